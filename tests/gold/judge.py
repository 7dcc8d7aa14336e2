"""How reports with known truth are judged: nothing against right ones, every mistake found, the wrong cell first.

``python -m tests.gold.judge --seed 7 --count 1000`` judges a year of right reports in all quick layouts, through
readers and rules, and counts every finding, those on our own doubtful reading too; it ends with 1 when one of them
has the severity error. ``--faults`` plants mistakes in sums instead and measures how they are located.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from expectations.forms import load_form
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import Reading
from gipa_pipeline.settings import Settings
from gipa_pipeline.validate import validate_year
from gipa_pipeline.validate.locate import explain
from gipa_pipeline.validate.residuals import residuals_of
from tests.generator import LAYOUTS, Report, broken_identities, make_report, with_fault
from tests.generator.layouts import SLOW_LAYOUTS
from tests.unit.validate.forms import Registry, Unit, year_of

YEAR = 2024
OFFICE = Unit("office", "某市人民政府办公室", "city", "department", supervising_unit_id=None)
DEPARTING = frozenset({"page_dropped_row", "page_hybrid", "page_pre2019"})
"""Layouts that depart from the form themselves (S02, C05): no report so laid out is right."""
QUICK = tuple(name for name in LAYOUTS if name not in SLOW_LAYOUTS and name not in DEPARTING)
ONE_CELL = ("wrong_cell", "wrong_row_total", "transposed_digits", "dropped_digit")
"""Faults that one cell explains alone."""
MISPLACED = ("misplaced_case", "received_elsewhere")
SHIFTED = ("shifted_row", "shifted_lines")
OTHER = ("balance_broken", "counted_twice", "total_not_updated", "totals_left_zero", "proceedings_total")


def judged(readings: dict[str, Reading], reports: dict[str, Report]) -> dict[str, Any]:
    """A year of readings through the rules: its frames."""
    units = {}
    for unit, report in reports.items():
        body = report.body
        # A government's own report is held against its units; the invented ones have none.
        above = None if body.kind == "government" and body.level != "town" else "office"
        units[unit] = Unit(unit, body.name, body.level, body.kind, supervising_unit_id=above)
    return judged_units(readings, units)


def judged_units(readings: dict[str, Reading], units: dict[str, Unit]) -> dict[str, Any]:
    """A year of readings of these units, under one office, through the rules: its frames."""
    registry = Registry({"office": OFFICE, **units})
    return validate_year(registry, Settings(), YEAR, year_of(readings, registry, YEAR), None, None)


def read(report: Report, layout: str, seed: str) -> Reading:
    """A report laid out and read again."""
    document = LAYOUTS[layout](report, Random(seed))
    return read_document(document.data, document.name)


def year(reports: Iterable[Report], layouts: Sequence[str], seed: int) -> dict[str, Any]:
    """A year of these reports, each in its turn of the layouts, through readers and rules."""
    made = {f"u{place}": report for place, report in enumerate(reports)}
    readings = {
        unit: read(report, layouts[n % len(layouts)], f"{seed}/{n}/layout")
        for n, (unit, report) in enumerate(made.items())
    }
    return judged(readings, made)


def _right(seed: int, place: int) -> tuple[Report, Reading]:
    report = make_report(Random(f"{seed}/{place}"), YEAR)
    return report, read(report, QUICK[place % len(QUICK)], f"{seed}/{place}/layout")


def right_year(seed: int, count: int, processes: int) -> list[dict[str, Any]]:
    """The findings on a year of right reports in all quick layouts, whoever they are held against."""
    with ProcessPoolExecutor(processes) as pool:
        made = list(pool.map(partial(_right, seed), range(count), chunksize=20))
    reports = {f"u{n}": report for n, (report, _) in enumerate(made)}
    frames = judged({f"u{n}": reading for n, (_, reading) in enumerate(made)}, reports)
    rows: list[dict[str, Any]] = frames["findings"].to_dict("records")
    return [
        r | {"layout": QUICK[int(r["unit_id"][1:]) % len(QUICK)]} for r in rows if r["unit_id"] != "office"
    ]


@dataclass
class Located:
    """How the mistakes of one kind were located."""

    planted: int = 0
    told_once: int = 0
    found_first: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)


def locate(fault: str, seed: int, count: int) -> Located:
    """Plant a mistake in so many reports and look where it is said to lie."""
    score = Located()
    for place in range(count):
        report = with_fault(Random(f"{seed}/{fault}/{place}"), fault, YEAR)
        form, cells = load_form(report.edition), report.cells
        statuses = {c: "blank" if value is None else "reported" for c, value in cells.items()}
        causes = explain(form, cells, residuals_of(form, cells, statuses))
        [mistake] = report.mistakes
        named = {n for cause in causes for n in cause.broken}
        score.planted += 1
        score.told_once += len(causes) == 1
        score.kinds["+".join(sorted(cause.kind for cause in causes))] += 1
        if named != set(broken_identities(report.edition, cells)):
            score.lost.append(f"{fault} {place}")
        likely = {c for cause in causes for c in cause.likely}
        if fault in MISPLACED:
            wanted = {c.rpartition(".")[2] for c in mistake.cells}
            score.found_first += {c.rpartition(".")[2] for c in likely} == wanted
        elif fault in SHIFTED:
            score.found_first += bool(likely & set(mistake.cells))
        else:
            score.found_first += likely == set(mistake.cells)
    return score


def main() -> int:
    """Print the findings on right reports, or how mistakes are located."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000, help="reports, or mistakes of each kind")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--faults", action="store_true", help="plant mistakes and locate them")
    wanted = parser.parse_args()
    if wanted.faults:
        lost = []
        print(f"{'fault':22}{'planted':>8}{'told once':>11}{'first':>8}  kinds")
        for fault in (*ONE_CELL, *MISPLACED, *SHIFTED, *OTHER):
            score = locate(fault, wanted.seed, wanted.count)
            lost += score.lost
            kinds = json.dumps(dict(score.kinds.most_common(3)))
            print(f"{fault:22}{score.planted:8}{score.told_once:11}{score.found_first:8}  {kinds}")
        print(f"broken sums that no cause names: {len(lost)}", *lost[:5])
        return 1 if lost else 0
    rows = right_year(wanted.seed, wanted.count, wanted.processes)
    counts = Counter((r["severity"], r["verdict"], r["rule"], r["layout"]) for r in rows)
    print(f"{wanted.count} right reports, {len(QUICK)} layouts, seed {wanted.seed}: {len(rows)} findings")
    for (severity, verdict, rule, layout), number in sorted(counts.items()):
        if severity != "info":
            print(f"  {severity:8}{verdict:10}{rule:5}{layout:24}{number:6}")
    for rule, number in sorted(Counter(r["rule"] for r in rows if r["severity"] == "info").items()):
        print(f"  info    {'':10}{rule:5}{'':24}{number:6}")
    errors = [r for r in rows if r["severity"] == "error"]
    for row in errors[:5]:
        print("   ", row["rule"], row["layout"], row["message"])
    print(f"of severity error: {len(errors)}")
    return 1 if errors else 0


if __name__ == "__main__":
    raise SystemExit(main())
