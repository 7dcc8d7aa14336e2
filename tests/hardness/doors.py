"""The other doors: registry, settings, decisions, stored frames and letter templates, broken in every way.

``python -m tests.hardness.doors --seed 1 --count 5000``. What comes in at them is an operator's own, so a refusal names
what to do; but nothing may crash, hang, or be taken for something it is not. Exit code 1 when something else happened.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from zipfile import ZipFile

from gipa_pipeline.errors import GipaError
from gipa_pipeline.extract.media.package import PACKAGE_ERRORS
from gipa_pipeline.samples import sample_registry
from tests.hardness.mutations import ANY, HEAVY, Mutation, absurd_numbers, many, odd_characters
from tests.hardness.packages import PACKAGES

LIMIT = 10.0
_TOML = b"""
[fetch]
pace_seconds = 3
allowed_hosts = ["*.gd.gov.cn"]
[dates]
today = 2025-03-01
[report]
sender = "office@example.gov.cn"
[mail]
host = "127.0.0.1"
port = 2525
[rules.severity]
C02 = "info"
[offices.jichuan-office]
towns_due = "01-31"
"""
_DECISION = '{"finding_id": "e8350de8a1b2c3d4", "action": "confirmed", "person": "王", "time": "2025-02-01T09:00:00+08:00", "reason": "核对"}\n'


def _rows_moved(data: bytes, rng: Random) -> bytes:
    """Lines and fields out of order, doubled or gone."""
    lines = data.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(line * rng.choice((0, 1, 1, 1, 2)) for line in lines)


def _fields_changed(data: bytes, rng: Random) -> bytes:
    """Commas, quotes and formulas where words stood."""
    made = (b"", b'"', b",", b";", b"=1+1", b"'", b"\t", b"../../x", b"http://[::1", b"2024\x00", b"a" * 5000, "\u202e某".encode(), b"-1", b"1e9", b"\r", b"{}", b"[", b"nan", b"true", b"99999999999999999999")  # fmt: skip
    words = data.replace(b"\n", b"\n\x01").split(b",")
    for _ in range(rng.choice((1, 3))):
        words[rng.randrange(len(words))] = rng.choice(made)
    return b",".join(words).replace(b"\x01", b"")


def _values_changed(data: bytes, rng: Random) -> bytes:
    """Another kind of value behind an equals sign or a colon."""
    made = ('"x"', "1", "-1", "[]", "{}", "true", "2025-99-01", "nan", "1e400", '""', "[[1]]", "null", '"' + "9" * 400 + '"', "0x10", '"02-30"', "'\\u0000'")  # fmt: skip
    text = data.decode("utf-8", "replace").splitlines()
    for _ in range(rng.choice((1, 3))):
        at = rng.randrange(len(text))
        for sign in (" = ", '": '):
            head, found, _rest = text[at].partition(sign)
            if found:
                text[at] = head + sign + rng.choice(made)
                break
    return "\n".join(text).encode()


def _nested(data: bytes, rng: Random) -> bytes:
    depth = many(rng, 100_000)
    return data + rng.choice((b"[", b'{"a":', b"x = [", b"[a.", b"(")) * depth


TEXT: dict[str, Mutation] = {
    **{name: mutation for name, mutation in ANY.items() if name not in HEAVY},
    "absurd_numbers": absurd_numbers, "odd_characters": odd_characters, "rows_moved": _rows_moved,
    "fields_changed": _fields_changed, "values_changed": _values_changed, "nested": _nested,
}  # fmt: skip


def _registry(folder: Path, name: str, data: bytes) -> None:
    from gipa_pipeline.registry import load_registry

    for other in ("units.csv", "sources.csv"):
        shutil.copy(sample_registry() / other, folder / other)
    (folder / "reports").mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    found = load_registry(folder)
    for unit in found.units.values():
        if not unit.unit_id or not unit.name or any(c in unit.unit_id for c in "/\\\x00"):
            raise AssertionError(f"a unit that is none: {unit}")


def units(folder: Path, data: bytes) -> None:
    """``units.csv``."""
    _registry(folder, "units.csv", data)


def sources(folder: Path, data: bytes) -> None:
    """``sources.csv``."""
    _registry(folder, "sources.csv", data)


def settings(folder: Path, data: bytes) -> None:
    """``gipa.toml``, the mail's part in it."""
    from gipa_pipeline.settings import load_settings

    (folder / "gipa.toml").write_bytes(data)
    load_settings(folder)


def decisions(folder: Path, data: bytes) -> None:
    """``decisions.jsonl``."""
    from gipa_pipeline.ledger.decisions import ACTIONS, decisions_path, read_decisions
    from gipa_pipeline.store import Store

    store = Store(folder)
    decisions_path(store).write_bytes(data)
    for decision in read_decisions(store):
        if decision.action not in ACTIONS or decision.moment.tzinfo is None:
            raise AssertionError(f"a decision that is none: {decision}")


def frame(folder: Path, data: bytes) -> None:
    """A stored frame."""
    from gipa_pipeline.store import Store

    store = Store(folder)
    path = store.frame_path("normalized", 2024, "cells")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    store.read_frame("normalized", 2024, "cells")


def template(folder: Path, data: bytes) -> None:
    """A letter's template."""
    from gipa_pipeline.report.docx import fill, paragraph

    values = dict.fromkeys(
        ("office", "unit", "year", "opening", "deadline", "contact", "basis"), "={{office}}<&>"
    )
    made = fill(data, values, {"findings": [paragraph("一")]}, "letter.docx")
    path = folder / "made.docx"
    path.write_bytes(made)
    with ZipFile(path) as package:
        if package.testzip() is not None:
            raise AssertionError("a letter that cannot be opened")


def _bases() -> dict[str, tuple[Callable[[Path, bytes], None], bytes, dict[str, Mutation]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from gipa_pipeline.report.letter import default_template

    sink = pa.BufferOutputStream()
    rows = pa.table({"unit_id": ["a", "b"] * 50, "year": [2024] * 100, "cell_id": ["t3.new.total"] * 100})
    pq.write_table(rows, sink)
    plain = {name: mutation for name, mutation in ANY.items() if name not in HEAVY}
    sample = sample_registry()
    return {
        "units.csv": (units, (sample / "units.csv").read_bytes(), TEXT),
        "sources.csv": (sources, (sample / "sources.csv").read_bytes(), TEXT),
        "gipa.toml": (settings, _TOML, TEXT),
        "decisions.jsonl": (decisions, _DECISION.encode() * 5, TEXT),
        "frame": (frame, sink.getvalue().to_pybytes(), plain),
        "template": (template, default_template(), plain | PACKAGES),
    }


def run(seed: int, count: int) -> Iterator[tuple[str, str, str | None]]:
    """The door, the outcome and what was wrong of each broken input."""
    bases = _bases()
    doors = list(bases)
    with tempfile.TemporaryDirectory(prefix="gipa-doors-") as name:
        for number in range(count):
            rng = Random(f"{seed}/{number}/doors")
            door = doors[number % len(doors)]
            opened, data, known = bases[door]
            done = []
            for mutation in rng.sample(sorted(known), k=rng.choice((1, 1, 2))):
                if mutation in HEAVY and rng.random() < 0.9:
                    continue
                try:
                    data = known[mutation](data, rng) or data
                except (KeyError, StopIteration, IndexError, *PACKAGE_ERRORS):
                    continue
                done.append(mutation)
            folder = Path(name) / str(number)
            folder.mkdir()
            label = f"{number} {door} {'-'.join(done)}"
            began = time.process_time()
            try:
                opened(folder, data)
                outcome, wrong = "accepted", None
            except GipaError as error:
                outcome = "refused"
                wrong = None if str(error).strip() else f"{label}: refused without a word"
            except Exception as error:  # noqa: BLE001  what else comes is what is looked for
                outcome, wrong = type(error).__name__, f"{label}: {type(error).__name__}: {str(error)[:200]}"
            taken = time.process_time() - began
            if taken > LIMIT:
                wrong = f"{label}: {taken:.1f} s"
            shutil.rmtree(folder)
            yield door, outcome, wrong


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(prog="python -m tests.hardness.doors", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=600)
    options = parser.parse_args()
    outcomes: Counter[tuple[str, str]] = Counter()
    wrong = []
    for door, outcome, complaint in run(options.seed, options.count):
        outcomes[door, outcome] += 1
        wrong += [complaint] if complaint else []
    for (door, outcome), number in sorted(outcomes.items()):
        print(f"{number:7} {door:16} {outcome}")
    for line in wrong:
        print("WRONG", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
