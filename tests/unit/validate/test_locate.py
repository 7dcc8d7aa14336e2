from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.forms import load_form
from gipa_pipeline.validate.locate import explain
from gipa_pipeline.validate.residuals import residuals_of
from tests.unit.validate.forms import consistent

T3 = load_form("2021").table_cells("t3")


def causes(cells, edition="2021"):
    form = load_form(edition)
    statuses = {c: "reported" if v is not None else "blank" for c, v in cells.items()}
    return explain(form, cells, residuals_of(form, cells, statuses))


@given(st.integers(0, 10**6), st.sampled_from(["2021", "2019"]))
def test_a_consistent_table_has_no_cause(seed, edition):
    assert causes(consistent(seed, edition), edition) == []


@pytest.mark.parametrize("edition", ["2021", "2019"])
@pytest.mark.parametrize("delta", [1, 7, -1])
def test_one_wrong_cell_is_located_and_its_value_follows(edition, delta):
    for cell in load_form(edition).table_cells("t3"):
        printed = consistent(11, edition)
        right = printed[cell]
        if right + delta < 0:
            continue
        printed[cell] = right + delta
        found = causes(printed, edition)
        assert [(c.kind, dict(c.changes), c.rivals) for c in found] == [("cell", {cell: right}, ())], cell


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 1000),
    st.lists(
        st.tuples(st.sampled_from(T3), st.integers(1, 20)), min_size=2, max_size=3, unique_by=lambda t: t[0]
    ),
)
def test_two_or_three_wrong_cells_are_always_noticed(seed, wrong):
    printed = consistent(seed)
    for cell, delta in wrong:
        printed[cell] += delta
    found = causes(printed)
    assert found
    form = load_form("2021")
    broken = {n for n, r in residuals_of(form, printed, dict.fromkeys(printed, "reported")).items() if r}
    told = [name for cause in found for name in cause.broken]
    assert set(told) == broken
    assert len(told) == len(set(told)), "one sum is told under one cause"


def test_two_far_apart_wrong_cells_are_two_causes_each_with_its_value():
    printed = consistent(3)
    a, b = "t3.granted.natural_person", "t3.reject_repeat.other"
    right = {a: printed[a], b: printed[b]}
    printed[a] += 5
    printed[b] += 2
    assert {c: v for cause in causes(printed) for c, v in cause.changes.items()} == right
    assert len(causes(printed)) == 2


def test_two_wrong_cells_with_the_same_difference_have_rivals_and_no_suggestion():
    printed = consistent(3) | dict.fromkeys(T3, Decimal(0))
    rows, columns = ("granted", "partial", "total", "new"), ("natural_person", "other", "total")
    for row, times in zip(rows, (1, 1, 2, 2), strict=True):
        for column, value in zip(columns, (9, 9, 18), strict=True):
            printed[f"t3.{row}.{column}"] = Decimal(value * times)
    assert causes(printed) == []
    printed["t3.granted.natural_person"] += 5
    printed["t3.partial.other"] += 5
    cause = causes(printed)
    assert len(cause) == 1
    assert not cause[0].changes
    assert {*cause[0].likely, *cause[0].rivals} >= {"t3.granted.natural_person", "t3.partial.other"}


def test_a_case_received_under_one_column_and_answered_under_another():
    printed = consistent(5)
    printed["t3.new.legal_service_org"] += 1
    printed["t3.new.other"] -= 1
    cause = causes(printed)
    assert [c.kind for c in cause] == ["misplaced"]
    assert set(cause[0].broken) == {"K01:legal_service_org", "K01:other"}
    assert cause[0].changes == {}
    columns = {c.rsplit(".", 1)[1] for c in cause[0].likely}
    assert columns == {"legal_service_org", "other"}


def test_a_total_column_left_zero_is_one_cause():
    printed = consistent(5)
    for cell in printed:
        if cell.startswith("t3.") and cell.endswith(".total"):
            printed[cell] = Decimal(0)
    cause = causes(printed)
    assert [c.kind for c in cause] == ["total_column"]


def test_a_total_row_left_zero_is_one_cause():
    printed = consistent(5)
    right = {c: v for c, v in printed.items() if c.startswith("t3.total.") and v}
    printed.update(dict.fromkeys(right, Decimal(0)))
    cause = causes(printed)
    assert [c.kind for c in cause] == ["total_row"]
    assert dict(cause[0].changes) == right


def test_a_broken_sum_of_table_four_points_at_no_single_cell():
    printed = consistent(5)
    printed["t4.reconsideration.total"] += 1
    cause = causes(printed)[0]
    assert (cause.kind, cause.likely, len(cause.rivals)) == ("sum", (), 5)


def test_a_blank_next_to_a_wrong_cell_leaves_rivals():
    printed = consistent(5)
    printed["t3.granted.total"] = None
    printed["t3.granted.natural_person"] += 1
    cause = causes(printed)[0]
    assert not cause.changes or "t3.granted.natural_person" in cause.changes


def test_a_suggestion_is_never_negative():
    printed = consistent(5) | {"t3.granted.other": Decimal(0), "t3.granted.total": Decimal(0)}
    # The row would add up with -2 for others, too.
    assert [cause.changes for cause in causes(printed)] == [{"t3.granted.total": Decimal(2)}]
