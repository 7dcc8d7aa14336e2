"""Whole years of invented reports: nothing is held against a right one, every mistake is found and told first."""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random

import pytest

from tests.generator import Report, broken_identities, make_report, with_fault
from tests.gold.judge import QUICK, YEAR, year

PLAIN = ("html", "text_bar_cells", "docx", "markdown")


def errors(frames) -> list[tuple[str, str, str]]:
    """Every error, and every doubt of ours that is told as one."""
    rows = frames["findings"]
    rows = rows[rows["severity"] == "error"]
    return [(r.unit_id, r.rule, r.message) for r in rows.itertuples()]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_right_year_gives_no_error_whatever_its_layouts(seed: int) -> None:
    frames = year((make_report(Random(f"{seed}/{n}"), YEAR) for n in range(2 * len(QUICK))), QUICK, seed)
    assert errors(frames) == []
    assert all(outcome.passed for outcome in frames["outcomes"] if outcome.severity == "error")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [4, 5])
def test_every_broken_sum_of_a_faulty_year_is_told_and_one_wrong_cell_is_named(seed: int) -> None:
    faults = ("wrong_cell", "wrong_row_total", "transposed_digits", "balance_broken", "counted_twice",
              "misplaced_case", "total_not_updated", "totals_left_zero", "proceedings_total")  # fmt: skip
    rng = Random(seed)
    planted = {f"u{n}": (fault, with_fault(rng, fault, YEAR)) for n, fault in enumerate(faults * 4)}
    reports = [report for _, report in planted.values()]
    frames = year(reports, PLAIN, seed)
    told: dict[str, list[dict]] = {}
    for row in frames["findings"].to_dict("records"):
        told.setdefault(row["unit_id"], []).append(row)
    for unit, (fault, report) in planted.items():
        sums = [row for row in told.get(unit, []) if "broken" in json.loads(row["evidence"])]
        named = {name for row in sums for name in json.loads(row["evidence"])["broken"]}
        broken = set(broken_identities(report.edition, report.cells))
        assert broken, (unit, fault)
        assert named == broken, (unit, fault)
        assert {(row["severity"], row["verdict"]) for row in sums} == {("error", "fail")}
        if fault in ("wrong_cell", "transposed_digits", "wrong_row_total"):
            [finding], [(cell, right)] = sums, single(report)
            assert list(finding["likely_cells"]) == [cell], (unit, fault)
            if right is not None:
                assert finding["suggestion"] == str(right)


def single(report: Report) -> list[tuple[str, Decimal | None]]:
    """The one cell that a fault changed, with what stood there before if the fault tells."""
    [mistake] = report.mistakes
    return [(cell, mistake.right.get(cell)) for cell in mistake.cells]
