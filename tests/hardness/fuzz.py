"""Throw broken documents at the readers and look at what comes back.

``python -m tests.hardness.fuzz --seed 1 --count 2000`` mutates generated documents and prints the outcomes,
the slowest inputs and everything that is not as it must be: a reader that crashed, hung, needed too much
memory, or gave a record that says more than it knows. Exit code 1 when there was such a thing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random

from expectations.forms import load_form
from gipa_pipeline.extract.media.kinds import MAX_BYTES
from gipa_pipeline.extract.media.package import PACKAGE_ERRORS
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.extract.workers import Job, read_all
from gipa_pipeline.model import STATUSES, Reading
from tests.generator import FAULTS, generate
from tests.hardness.mutations import mutations_for, rubbish

LIMIT = 10.0
"""Seconds of processor time that a document may take; recognising scanned pages has its own measure."""
TIMEOUT = 120.0
"""Seconds by the clock, on a machine that does other things too."""
_PICTURES = (".pdf", ".png", ".jpg", ".tif", ".tiff")
_STATES = ("read", "table_absent", "not_a_report", "unreadable")
_OURS = ("crashed", "timeout")


@dataclass
class Outcome:
    """What a run of broken documents gave."""

    states: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def broken_documents(
    seed: int, count: int, without: frozenset[str] = frozenset()
) -> Iterator[tuple[str, bytes]]:
    """Names and bytes, the same for the same seed; ``without`` names mutations to leave out."""
    chance = Random(seed)
    for number, document in enumerate(generate(seed, count, faults=tuple(FAULTS))):
        rng = Random(f"{seed}/{number}/hardness")
        suffix = Path(document.name).suffix
        if chance.random() < 0.03:
            yield f"{number:05d}-rubbish{suffix}", rubbish(rng)
            continue
        known = {n: m for n, m in mutations_for(document.name).items() if n not in without}
        data, done = document.data, []
        for name in rng.sample(sorted(known), k=rng.choice((1, 1, 2, 3))):
            try:
                changed = known[name](data, rng)
            except (KeyError, StopIteration, *PACKAGE_ERRORS):
                continue  # the package is already too damaged to be opened and changed
            if 0 < len(changed) <= MAX_BYTES:
                data = changed
                done.append(name)
        yield f"{number:05d}-{document.layout}-{'-'.join(done) or 'whole'}{suffix}", data


def wrong_in(reading: Reading) -> Iterator[str]:
    """What a reading says that no reading may say."""
    if reading.state not in _STATES:
        yield f"state {reading.state}"
    if (reading.state == "unreadable") != (reading.error is not None):
        yield f"state {reading.state} with error {reading.error}"
    if reading.error and (reading.error[0] in _OURS or "memory" in reading.error[1]):
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


def timed(data: bytes, name: str, *, max_bytes: int) -> Reading:
    """``read_document`` that leaves its processor time beside the file."""
    began = time.process_time()
    reading = read_document(data, name, max_bytes=max_bytes)
    Path(f"{name}.seconds").write_text(f"{time.process_time() - began:.3f}", encoding="ascii")
    return reading


def run(seed: int, count: int, *, workers: int = 2, keep: Path | None = None) -> Outcome:
    """Read ``count`` broken documents, each within the time limit."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:

        def jobs() -> Iterator[Job]:
            for name, data in broken_documents(seed, count):
                path = Path(folder) / name
                path.write_bytes(data)
                yield Job("", str(path), str(path))

        for job, reading in read_all(
            jobs(), workers=workers, timeout=TIMEOUT, max_bytes=MAX_BYTES, read=timed
        ):
            path = Path(job.path)
            outcome.states[reading.error[0] if reading.error else reading.state] += 1
            complaints = list(wrong_in(reading))
            outcome.wrong += [f"{path.name}: {what}" for what in complaints]
            seconds = Path(f"{path}.seconds")
            if seconds.exists():
                taken = float(seconds.read_text(encoding="ascii"))
                seconds.unlink()
                outcome.slowest.append((taken, path.name))
                slow = taken > LIMIT and path.suffix not in _PICTURES
                outcome.slow += [f"{path.name}: {taken:.1f} s"] if slow else []
            else:
                slow = True
            if keep is not None and (complaints or slow):
                (keep / path.name).write_bytes(path.read_bytes())
            path.unlink()
            outcome.slowest = sorted(outcome.slowest, reverse=True)[:10]
    return outcome


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder for the inputs that were slow or went wrong")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    outcome = run(options.seed, options.count, workers=options.workers, keep=options.keep)
    for state, number in outcome.states.most_common():
        print(f"{number:6} {state}")
    print("slowest:")
    for seconds, name in outcome.slowest:
        print(f"{seconds:8.2f} s  {name}")
    for line in outcome.slow:
        print("SLOW", line)
    for line in outcome.wrong:
        print("WRONG", line)
    return 1 if outcome.wrong or outcome.slow else 0


if __name__ == "__main__":
    sys.exit(main())
