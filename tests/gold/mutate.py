"""Every wrong figure of table 3 is found and located: the whole chain on documents with one, two or three changed cells.

``python -m tests.gold.mutate`` takes right reports (every layout with a text layer, the samples of the package, the real
reports beside the checkout where they are), changes figures of table 3 *in the document*, reads it, normalizes it and
checks it. One changed cell must be told and its cell named; of two or three one broken sum must be told. What stands
in no broken sum is counted apart: with fewer than four changed cells there is none (``tests/gold/test_mutate.py``
proves it). It ends with 1 when a change was missed, or a figure was read wrong that nothing announces.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from expectations.forms import load_form
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import Reading
from tests.gold.judge import judged_units
from tests.gold.mutants import Changes, Fixture, broken, fixtures, groups_of, single_changes

_SUMS = frozenset({"R01", "R02", "K01", "K02", "L01", "L02", "L03"})
_OPEN = ("ambiguous", "unreadable", "missing")
_MOST_NAMED = 23
"""Cells a finding may name where arithmetic leaves more than one: where parts are blank, all of one column's sum."""


@dataclass(frozen=True)
class Mutant:
    """A document with changed figures: what kind of change, which cells, and what was read."""

    kind: str
    changes: Changes
    reading: Reading


@dataclass
class Tally:
    """How the changes in one layout's documents were found."""

    fixtures: int = 0
    changed: int = 0
    found: int = 0
    exact: int = 0
    among: int = 0
    several: int = 0
    several_found: int = 0
    unseen: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add up."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(value, Counter):
                mine.update(value)
            else:
                setattr(self, name, mine + value)


def mutants(fixture: Fixture, seed: int, share: float, several: int) -> Iterator[Mutant]:
    """The changed documents of a fixture, read: every kind of change of every cell, and some of several cells.

    Args:
        fixture: the right report.
        seed: where chance starts.
        share: share of the changes of one cell to make.
        several: how many changes of two and of three cells.
    """
    rng = Random(f"{seed}/{fixture.name}/mutants")
    for kind, changes in single_changes(fixture):
        if rng.random() < share:
            yield _mutant(fixture, kind, changes)
    for _ in range(several):
        for kind, changes in groups_of(fixture, rng):
            yield _mutant(fixture, kind, changes)


def _mutant(fixture: Fixture, kind: str, changes: Changes) -> Mutant:
    name, data = fixture.made(changes)
    return Mutant(kind, changes, read_document(data, name, prose=False))


def tally(fixture: Fixture, seed: int, share: float = 1.0, several: int = 20) -> Tally:
    """Change, read and check one fixture, and count. A report that is not right as it stands is no fixture."""
    name, data = fixture.made({})
    whole = read_document(data, name, prose=False)
    score = Tally(fixtures=1)
    if whole.state != "read" or any(_misread(fixture, {}, whole)):
        score.wrong.append(f"{fixture.name}: not read right as it stands")
        return score
    made = [Mutant("whole", {}, whole), *mutants(fixture, seed, share, several)]
    units = {f"u{n}": fixture.unit(f"u{n}") for n in range(len(made))}
    frames = judged_units({f"u{n}": mutant.reading for n, mutant in enumerate(made)}, units)
    findings: dict[str, list[dict[str, Any]]] = {}
    for row in frames["findings"].to_dict("records"):
        findings.setdefault(row["unit_id"], []).append(row)
    if any(r["rule"] in _SUMS for r in findings.get("u0", ())):
        score.wrong.append(f"{fixture.name}: {[r['message'] for r in findings['u0'] if r['rule'] in _SUMS]}")
    for n, mutant in enumerate(made[1:], start=1):
        _count(fixture, mutant, findings.get(f"u{n}", []), score)
    return score


def _count(fixture: Fixture, mutant: Mutant, findings: Sequence[Mapping[str, Any]], score: Tally) -> None:
    told = f"{fixture.name} {mutant.kind} {_words(fixture, mutant.changes)}"
    named = {c for f in findings if f["severity"] != "info" for c in _named(f)}
    for cell, seen in _misread(fixture, mutant.changes, mutant.reading):
        # A figure that reading got wrong is announced where a finding names its cell.
        if cell not in named:
            score.wrong.append(f"{told}: {cell} read {seen}")
    # What reading left open may hold anything, as a blank may.
    open_cells = {c: None for c, r in mutant.reading.cells.items() if r.status in _OPEN}
    sums = broken(fixture.edition, {**fixture.cells, **mutant.changes, **open_cells})
    alone = len(mutant.changes) == 1
    if not sums and None not in mutant.changes.values() and not set(mutant.changes) & open_cells.keys():
        # Four corners of a rectangle, or what blanks of the same sums may make up for.
        score.unseen += 1
        return
    # That all glued rows of a table stand in doubt announces what is wrong in them, but finds nothing.
    grave = [f for f in findings if f["severity"] != "info" and not (f["rule"] == "S13" and _vague(f))]
    names = {i.name for i in load_form(fixture.edition).identities if set(mutant.changes) & set(i.cells)}
    about = [
        f
        for f in grave
        if names & set(json.loads(f["evidence"]).get("broken", ())) or set(mutant.changes) & set(_named(f))
    ]
    if alone:
        score.changed += 1
        score.found += bool(about)
        score.kinds[mutant.kind] += 1
    else:
        score.several += 1
        score.several_found += bool(about)
    if not about:
        score.missed.append(f"{told}: broken {sums}, told {[f['rule'] for f in findings]}")
    elif alone:
        (cell,) = mutant.changes
        if any(tuple(f["likely_cells"]) == (cell,) for f in about):
            score.exact += 1
        elif any(cell in (of := _named(f)) and len(of) <= _MOST_NAMED for f in about) or _as_blank(
            cell, about
        ):
            score.among += 1
        else:
            score.astray.append(f"{told}: {[(f['rule'], len(_named(f)), f['message'][:90]) for f in about]}")


def _vague(finding: Mapping[str, Any]) -> bool:
    return len(finding["cells"]) > _MOST_NAMED


def _as_blank(cell: str, about: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a cell is named among the blanks, which are told in one finding however many they are."""
    return any(f["rule"] == "C02" and cell in f["cells"] for f in about)


def _named(finding: Mapping[str, Any]) -> tuple[str, ...]:
    """The cells a finding points at: the likely ones and their rivals, or those it is about."""
    pointed = (*finding["likely_cells"], *finding["rivals"])
    return pointed or tuple(finding["cells"])


def _misread(fixture: Fixture, changes: Changes, reading: Reading) -> Iterator[tuple[str, object]]:
    """The cells whose reading says another figure, or another blank, than is printed."""
    for cell, value in {**fixture.cells, **changes}.items():
        seen = reading.cells.get(cell)
        if seen is not None and seen.status not in _OPEN and seen.value != value:
            yield cell, f"{seen.value} ({seen.status}, raw {seen.raw!r}), printed {value}"


def _words(fixture: Fixture, changes: Changes) -> str:
    return ", ".join(f"{cell} {fixture.cells[cell]}→{value}" for cell, value in changes.items())


def main() -> int:
    """Print what was found and located, by layout."""
    parser = argparse.ArgumentParser(prog="python -m tests.gold.mutate", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1, help="reports of each layout")
    parser.add_argument("--share", type=float, default=1.0, help="share of the changes of one cell")
    parser.add_argument("--several", type=int, default=20, help="rounds of changes of two and three cells")
    parser.add_argument("--layout", action="append", help="only these; may be repeated")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--show", type=int, default=3)
    wanted = parser.parse_args()
    scores: dict[str, Tally] = {}
    found = [f for f in fixtures(wanted.seed, wanted.count) if f.layout in (wanted.layout or (f.layout,))]
    work = partial(tally, seed=wanted.seed, share=wanted.share, several=wanted.several)
    with ProcessPoolExecutor(wanted.processes) as pool:
        for fixture, score in zip(found, pool.map(work, found), strict=True):
            scores.setdefault(fixture.layout, Tally()).add(score)
            print(f"{fixture.name}: {score.changed} changes", file=sys.stderr, flush=True)
    whole = Tally()
    print(
        f"{'layout':22}{'reports':>8}{'one cell':>9}{'found':>8}{'exact':>8}{'among':>8}{'2-3':>7}{'found':>7}{'unseen':>7}"
    )
    for layout, score in scores.items():
        whole.add(score)
        print(_line(layout, score))
        for kind, lines in (("wrong", score.wrong), ("missed", score.missed), ("astray", score.astray)):
            for line in lines[: wanted.show]:
                print(f"    {kind} ({len(lines)}): {line}")
    print(_line("all", whole))
    print("kinds of change: " + ", ".join(f"{kind} {number}" for kind, number in whole.kinds.items()))
    return 1 if whole.wrong or whole.missed or whole.astray else 0


def _line(layout: str, s: Tally) -> str:
    return (
        f"{layout:22}{s.fixtures:8}{s.changed:9}{s.found:8}{s.exact:8}{s.among:8}"
        f"{s.several:7}{s.several_found:7}{s.unseen:7}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
