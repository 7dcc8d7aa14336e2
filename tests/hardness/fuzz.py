"""Throw broken documents at the readers and look at what comes back.

``python -m tests.hardness.fuzz --seed 1 --count 2000`` breaks generated documents, reads each in a worker within
the bounds of the product, and prints the outcomes, the slowest and largest inputs and everything that is not as it
must be: a reader that crashed, hung, needed too much memory, or gave a record that says more than it knows. Exit
code 1 when there was such a thing.

With ``--log FILE`` every input leaves a line there, and a run that was stopped goes on where it was;
``--summary`` only adds up what the file holds.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from expectations.forms import load_form
from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media import ocr
from gipa_pipeline.extract.media.kinds import MAX_BYTES
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.extract.record import from_json, to_json
from gipa_pipeline.extract.workers import MEMORY, PROCESSOR_SHARE, Job, read_all
from gipa_pipeline.model import STATUSES, ReaderNote, Reading
from tests.hardness.inputs import RECOGNISED, broken

LIMIT = 10.0
"""Seconds of processor time that a document may take; recognising scanned pages has its own measure."""
TIMEOUT = LIMIT * PROCESSOR_SHARE
"""Seconds by the clock; a sixth of it as processor time, after which the document is given up."""
_STATES = ("read", "table_absent", "not_a_report", "unreadable")
_MEASURED = "measured"
_RESET = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


def wrong_in(reading: Reading) -> Iterator[str]:
    """What a reading says that no reading may say."""
    if reading.state not in _STATES:
        yield f"state {reading.state}"
    if (reading.state == "unreadable") != (reading.error is not None):
        yield f"state {reading.state} with error {reading.error}"
    if reading.error and reading.error[0] == "crashed" and "signal" not in reading.error[1]:
        yield f"{reading.error[0]}: {reading.error[1]}"
    if reading.cells and set(reading.cells) != set(load_form(reading.template or "2021").cells):
        yield "not all cells of the form"
    for cell, seen in reading.cells.items():
        known = seen.status in ("reported", "inferred")
        if seen.status not in STATUSES or known != (seen.value is not None):
            yield f"{cell}: {seen.status} with value {seen.value}"
        elif known and (
            not isinstance(seen.value, Decimal) or not seen.value.is_finite() or seen.value.adjusted() >= 12
        ):
            yield f"{cell}: value {seen.value!r}"
    try:
        kept = from_json(to_json(reading).encode("utf-8").decode("utf-8"))
    except UnicodeEncodeError as error:
        yield f"cannot be stored: {error.reason}"
    else:
        if kept != reading:
            yield "another one once it was stored"


def timed(data: bytes, name: str, *, max_bytes: int, on_page: Callable[[], None]) -> Reading:
    """``read_document``, with a note of the processor time and of the memory it needed at its highest."""
    if RECOGNISED not in name:
        ocr.require = _not_installed
    if _RESET.exists():
        _RESET.write_text("5", encoding="ascii")  # the mark of the highest memory begins anew
    began = time.process_time()
    reading = read_document(data, name, max_bytes=max_bytes, on_page=on_page)
    taken = time.process_time() - began
    note = ReaderNote(_MEASURED, f"{taken:.4f} {_highest()}")
    return replace(reading, notes=(*reading.notes, note))


def _not_installed() -> None:
    raise UnreadableDocument("needs_ocr", "pictures are left out of this run")


def _highest() -> int:
    """Megabytes this process held at its highest since the mark was reset; 0 where the system does not tell."""
    if not _STATUS.exists():
        return 0
    line = next(x for x in _STATUS.read_text(encoding="ascii").splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def judged(reading: Reading, name: str, size: int) -> dict[str, Any]:
    """One input's line for the log."""
    measures = [n.detail.split() for n in reading.notes if n.kind == _MEASURED]
    taken, megabytes = (float(measures[0][0]), int(measures[0][1])) if measures else (LIMIT, 0)
    bare = replace(reading, notes=tuple(n for n in reading.notes if n.kind != _MEASURED))
    wrong = list(wrong_in(bare))
    if taken > LIMIT * 1.05 and RECOGNISED not in name:
        wrong.append(f"{taken:.1f} s")
    outcome = reading.error[0] if reading.error else reading.state
    if outcome == "crashed" and "signal" in (reading.error or ("", ""))[1]:
        outcome = "ended by a library"
    return {
        "name": name, "medium": reading.medium, "outcome": outcome, "bytes": size, "seconds": taken,
        "megabytes": megabytes, "wrong": wrong,
    }  # fmt: skip


def run(
    seed: int,
    numbers: range,
    *,
    workers: int = 2,
    keep: Path | None = None,
    done: frozenset[int] = frozenset(),
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Read the broken documents of these numbers but the ``done`` ones; gives each number with its line."""
    with tempfile.TemporaryDirectory(prefix="gipa-fuzz-") as folder:

        def jobs() -> Iterator[Job]:
            for number in numbers:
                if number in done:
                    continue
                name, data = broken(seed, number)
                path = Path(folder) / name
                path.write_bytes(data)
                yield Job("", str(path), str(path))

        for job, reading in read_all(
            jobs(), workers=workers, timeout=TIMEOUT, max_bytes=MAX_BYTES, read=timed
        ):
            path = Path(job.path)
            line = judged(reading, path.name, path.stat().st_size)
            if keep is not None and line["wrong"]:
                (keep / path.name).write_bytes(path.read_bytes())
            path.unlink()
            yield int(path.name[:6]), line


def summary(lines: Mapping[int, dict[str, Any]]) -> list[str]:
    """The outcomes, the slowest and the largest, and what was wrong."""
    plain = [line for line in lines.values() if RECOGNISED not in line["name"]]
    out = [f"{len(lines)} inputs, memory bound of a worker {MEMORY // 2**20} MB of address space"]
    for title, of in (("inputs", plain), ("pictures", [x for x in lines.values() if x not in plain])):
        if not of:
            continue
        times = sorted(line["seconds"] for line in of)
        sizes = sorted(line["megabytes"] for line in of)
        out.append(
            f"{len(of)} {title}: {sum(times):.0f} s of processor time, median {times[len(times) // 2]:.4f} s,"
            f" 99.9% within {times[int(len(times) * 0.999)]:.2f} s, slowest {times[-1]:.2f} s;"
            f" memory median {sizes[len(sizes) // 2]} MB, highest {sizes[-1]} MB"
        )
    kinds = Counter(line["outcome"] for line in lines.values())
    out += [f"{number:8} {kind}" for kind, number in kinds.most_common()]
    out.append("by medium: " + ", ".join(
        f"{medium} {number}" for medium, number in Counter(x["medium"] for x in lines.values()).most_common()
    ))  # fmt: skip
    out.append("slowest:")
    slowest = sorted(lines.values(), key=lambda x: -x["seconds"])[:10]
    out += [f"{x['seconds']:8.2f} s {x['megabytes']:6} MB  {x['name']}" for x in slowest]
    out.append("largest:")
    largest = sorted(lines.values(), key=lambda x: -x["megabytes"])[:5]
    out += [f"{x['seconds']:8.2f} s {x['megabytes']:6} MB  {x['name']}" for x in largest]
    out += [f"WRONG {x['name']}: {what}" for x in lines.values() for what in x["wrong"]]
    return out


def _logged(path: Path | None) -> dict[int, dict[str, Any]]:
    """The lines of earlier runs; the last one may have been cut off."""
    lines: dict[int, dict[str, Any]] = {}
    for text in path.read_text(encoding="utf-8").splitlines() if path is not None and path.exists() else []:
        try:
            line = json.loads(text)
        except ValueError:
            continue
        lines[int(line["name"][:6])] = line
    return lines


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(prog="python -m tests.hardness.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder for the inputs that were slow or went wrong")
    parser.add_argument("--log", type=Path, help="a line for each input; a run goes on where its log ends")
    parser.add_argument("--summary", action="store_true", help="only add up what the log holds")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    lines = _logged(options.log)
    if not options.summary:
        numbers = range(options.first, options.first + options.count)
        answers = run(
            options.seed, numbers, workers=options.workers, keep=options.keep, done=frozenset(lines)
        )
        for number, line in answers:
            lines[number] = line
            if options.log:
                with options.log.open("a", encoding="utf-8") as log:
                    log.write(json.dumps(line, ensure_ascii=False) + "\n")
    print("\n".join(summary(lines)))
    return 1 if any(line["wrong"] for line in lines.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
