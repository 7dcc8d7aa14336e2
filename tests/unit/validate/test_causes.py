"""Slips of the hand, rivals and what decides between them: one finding a cause, a suggestion only when it is the only one."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.forms import load_form
from gipa_pipeline.extract.prose.narrative import claims_of
from gipa_pipeline.validate.checks import check_reading
from gipa_pipeline.validate.locate import explain
from gipa_pipeline.validate.residuals import residuals_of
from gipa_pipeline.validate.slips import slip
from tests.generator import with_fault
from tests.unit.validate.forms import consistent, reading, sections

FORM = load_form("2021")


def causes(cells, witnesses=None):
    statuses = {c: "reported" if v is not None else "blank" for c, v in cells.items()}
    return explain(FORM, cells, residuals_of(FORM, cells, statuses), witnesses)


def sums(cells, **given):
    """The findings on sums of a report, with what last year and the prose say."""
    last = given.pop("last", None)
    found = check_reading(reading(cells, **given), None, 2023, reading(last, year=2022) if last else None)
    return [f for f in found if f.rule[0] in "RKL" and f.rule not in ("K03", "K04", "L04", "L05", "L06")]


@pytest.mark.parametrize(
    ("printed", "needed", "said"),
    [
        (12, 21, "相邻两位数字颠倒"), (1032, 1302, "相邻两位数字颠倒"), (12, 120, "漏写一位数字"), (12, 112, "漏写一位数字"),
        (112, 12, "多写一位数字"), (35, 38, "一位数字误写"), (3, 5, None), (12, 34, None), (0, 12, None), (100, 1, None),
        (123, 321, None),
    ],
)  # fmt: skip
def test_slips_of_the_hand(printed, needed, said) -> None:
    assert slip(Decimal(printed), Decimal(needed)) == said


@pytest.mark.parametrize("fault", ["wrong_cell", "wrong_row_total", "transposed_digits", "dropped_digit"])
def test_one_wrong_cell_is_told_first_and_alone(fault: str) -> None:
    for seed in range(25):
        report = with_fault(Random(f"one/{fault}/{seed}"), fault)
        [cause] = causes(report.cells)
        [mistake] = report.mistakes
        assert (cause.kind, cause.likely, cause.rivals) == ("cell", mistake.cells, ())
        assert dict(cause.changes) == {c: v for c, v in mistake.right.items() if v is not None}


@pytest.mark.parametrize("fault", ["misplaced_case", "received_elsewhere"])
def test_a_misplaced_case_is_one_cause_naming_both_columns(fault: str) -> None:
    for seed in range(25):
        report = with_fault(Random(f"misplaced/{fault}/{seed}"), fault)
        [cause] = causes(report.cells)
        assert cause.kind == "misplaced"
        assert {c.rpartition(".")[2] for c in cause.likely} == {
            c.rpartition(".")[2] for c in report.mistakes[0].cells
        }


@pytest.mark.parametrize(
    ("fault", "kind"), [("shifted_row", "shifted_row"), ("shifted_lines", "shifted_lines")]
)
def test_numbers_one_place_on_are_one_cause(fault: str, kind: str) -> None:
    told = []
    for seed in range(25):
        report = with_fault(Random(f"shift/{fault}/{seed}"), fault)
        found = causes(report.cells)
        assert len(found) == 1
        told.append(found[0].kind)
        if found[0].kind == kind:
            rows = {c.rpartition(".")[0] for c in report.mistakes[0].cells}
            assert {c.rpartition(".")[0] for c in found[0].likely} & rows
            right = report.mistakes[0].right
            assert all(right[c] == v for c, v in found[0].changes.items() if c in right)
    assert told.count(kind) >= 23, "now and then only two cells moved, which is a misplaced case"


def test_two_pairs_of_columns_are_two_causes() -> None:
    cells = consistent(5, largest=30)
    for column, more in (
        ("natural_person", 1),
        ("other", -1),
        ("commercial_enterprise", 3),
        ("legal_service_org", -3),
    ):
        cells[f"t3.new.{column}"] += more
    assert sorted(sorted(c.broken) for c in causes(cells)) == [
        ["K01:commercial_enterprise", "K01:legal_service_org"], ["K01:natural_person", "K01:other"],
    ]  # fmt: skip


def test_three_wrong_cells_of_a_row_are_found_together() -> None:
    cells = consistent(3)
    right = {
        f"t3.granted.{c}": cells[f"t3.granted.{c}"]
        for c in ("natural_person", "commercial_enterprise", "other")
    }
    for cell, more in zip(right, (5, 7, 11), strict=True):
        cells[cell] += more
    [cause] = causes(cells)
    assert (cause.kind, dict(cause.changes)) == ("cells", right)


def carried_out_off(more: int = 1):
    cells = consistent(8)
    for column in ("natural_person", "total"):
        cells[f"t3.carried_out.{column}"] += more
    return cells


def test_rivals_of_one_size_are_all_told_and_none_is_pointed_at() -> None:
    [finding] = sums(carried_out_off())
    assert (finding.likely_cells, finding.suggestion) == ((), None)
    assert {"t3.carried_out.natural_person", "t3.carried_in.total", "t3.new.total"} <= set(finding.rivals)
    assert "无法确定是哪一处" in finding.message


def test_last_year_and_the_prose_decide_between_rivals() -> None:
    cells, last = carried_out_off(), consistent(4)
    for column in FORM.columns:
        last[f"t3.carried_out.{column.key}"] = cells[f"t3.carried_in.{column.key}"]
    parts = sections(p1=f"2023年收到政府信息公开申请{cells['t3.new.total']}件。")
    [finding] = sums(cells, last=last, sections=parts, claims=tuple(claims_of(parts)))
    assert finding.likely_cells == ("t3.carried_out.natural_person", "t3.carried_out.total")
    assert "t3.new.total" in finding.rivals
    assert "正文所写件数" in finding.message or "上一年度报告" in finding.message


def test_a_number_that_the_prose_bears_out_is_not_suspected() -> None:
    cells = consistent(8)
    right = sum(cells[f"t4.reconsideration.{p}"] for p in ("upheld", "corrected", "other", "pending"))
    cells["t4.reconsideration.total"] = right + 2
    parts = sections(p1=f"因政府信息公开被申请行政复议{right}件。")
    [finding] = sums(cells, sections=parts, claims=tuple(claims_of(parts)))
    assert (finding.rule, finding.likely_cells, finding.suggestion) == (
        "L01", ("t4.reconsideration.total",), str(right),
    )  # fmt: skip
    [finding] = sums(cells)
    assert (finding.likely_cells, finding.suggestion, len(finding.rivals)) == ((), None, 5)
    cells["t4.reconsideration.total"] = right * 10
    [finding] = sums(cells)
    assert (finding.likely_cells, finding.suggestion) == (("t4.reconsideration.total",), None), (
        "a slip points, no more"
    )


def test_witnesses_that_contradict_each_other_decide_nothing() -> None:
    cells = carried_out_off()
    parts = sections(p1="2023年收到政府信息公开申请70件。全年共收到政府信息公开申请90件。")
    [finding] = sums(cells, sections=parts, claims=tuple(claims_of(parts)))
    assert finding.suggestion is None


CELLS = FORM.table_cells("t3")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 500),
    st.lists(
        st.tuples(st.sampled_from(CELLS), st.integers(1, 30)),
        min_size=1,
        max_size=6,
        unique_by=lambda t: t[0],
    ),
)
def test_whatever_is_wrong_every_broken_sum_is_told_once_and_what_is_told_restores_it(seed, wrong) -> None:
    printed = consistent(seed)
    for cell, more in wrong:
        printed[cell] += more
    found = causes(printed)
    statuses = dict.fromkeys(printed, "reported")
    broken = sorted(n for n, r in residuals_of(FORM, printed, statuses).items() if r)
    assert sorted(n for c in found for n in c.broken) == broken
    mended = dict(printed)
    for cause in found:
        mended |= cause.changes
    left = {n for n, r in residuals_of(FORM, mended, statuses).items() if r}
    assert left == {n for c in found if not c.changes for n in c.broken}
    assert all(v >= 0 for c in found for v in c.changes.values())
