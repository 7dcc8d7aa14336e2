"""Cutting glued tables that do not add up: what asks for the fewest slips is read, its equals stay open."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from gipa_pipeline.extract.tables.cutting import blanked_cuts, cuts, every_cut
from gipa_pipeline.extract.tables.joint import Budget, solve_whole
from gipa_pipeline.extract.tables.lines import Line, line_from_tokens
from gipa_pipeline.extract.tables.runs import decide
from gipa_pipeline.extract.tables.slips import Sums
from tests.unit.extract.tables import FORM, Table, random_table, rows_of

SUMS = Sums.of(FORM, rows_of())


def _lines(table: Table) -> list[Line]:
    return [line_from_tokens(cells, ["".join(str(table[c]) for c in cells)], (7,)) for cells in rows_of()]


def _cost(
    first: dict[int, int], second: dict[int, int], broken: tuple[int, int, int], own: tuple[int, int, int]
) -> int:
    assert SUMS is not None
    off = [np.array([[of.get(n, 0) for n in range(7)]]) for of in (first, second)]
    return int(SUMS.cost(off[0], off[1], np.array([broken]), np.array([own]))[0])


@pytest.mark.parametrize(
    ("first", "second", "broken", "own", "cost"),
    [
        ({}, {}, (0, 0, 0), (0, 0, 0), 0),
        # One result wrong in one cell: its row and one column.
        ({}, {2: -5}, (0, 1, 0), (0, -5, 0), 3),
        # A case in the wrong column of 本年新收: the row holds, two columns do not.
        ({3: 1, 4: -1}, {}, (0, 0, 0), (0, 0, 0), 4),
        # One cell of 总计: both sums of its column, and its row.
        ({0: -2}, {0: 2}, (0, 0, 1), (0, 0, -2), 3),
        # Both sums of a column off unlike: a line above 总计 and a line below it.
        ({0: -2}, {0: 7}, (0, 0, 0), (0, 0, 0), 8),
        # A row that is off while no column is: its cell was mended in another line.
        ({}, {}, (1, 0, 1), (3, 0, 3), 6),
    ],
)
def test_what_slips_cost(
    first: dict[int, int],
    second: dict[int, int],
    broken: tuple[int, int, int],
    own: tuple[int, int, int],
    cost: int,
) -> None:
    assert _cost(first, second, broken, own) == cost


def test_sums_need_all_lines() -> None:
    assert SUMS is not None
    assert SUMS.group.count(2) == 1
    assert Sums.of(FORM, rows_of()[:-3]) is None


@pytest.mark.parametrize("row", ["granted", "new", "total", "carried_out"])
def test_a_wrong_cell_leaves_nearly_all_others_read(row: str) -> None:
    table = random_table(Random(11), 60)
    printed = table | {f"t3.{row}.natural_person": table[f"t3.{row}.natural_person"] + 100}
    lines = _lines(printed)
    decisions = decide(FORM, lines)
    for line, decision in zip(lines, decisions, strict=True):
        truth = tuple(printed[c] for c in line.cells)
        assert truth in decision.standing
        assert decision.values in (truth, None)
    # What stays open are rows that another cutting explains about as well.
    assert sum(decision.values is None for decision in decisions) <= 3


def test_a_number_without_measure_is_one_way_out_of_many() -> None:
    # 20 digits: one cutting leaves fourteen of them to a single number, which no count has.
    cells = rows_of()[0]
    table = random_table(Random(1), 9000, filled=1.0)
    printed = [line_from_tokens(of, ["".join(str(table[c]) for c in of)], (7,)) for of in rows_of()]
    decisions = decide(FORM, printed)
    assert decisions[0].values == tuple(table[c] for c in cells)


@pytest.mark.parametrize("run", ["0012345", "900000009", "12345678"])
def test_every_cut_at_once(run: str) -> None:
    at_once = every_cut(run, 5)
    assert at_once is not None
    assert sorted(map(tuple, at_once.tolist())) == sorted(cuts(run, 5))


def test_too_many_cuts_are_not_looked_at() -> None:
    assert every_cut("1" * 40, 7) is None
    assert every_cut("123", 7) is None


def test_cuts_with_a_blank_that_left_no_trace() -> None:
    assert (67, 15, 2, 2, None, 5, 91) in set(blanked_cuts("671522591", 7, 2))


def test_choices_that_keep_every_sum() -> None:
    lines = [np.array([[1, 0], [2, 3], [4, 4]]), np.array([[-2, -3], [-1, 0], [0, 9]])]
    assert sorted(solve_whole(lines, Budget()) or ()) == [(0, 1), (1, 0)]
    assert solve_whole([np.array([[1]]), np.array([[1], [2]])], Budget()) == []


def test_a_figure_left_out_of_a_glued_row_is_not_made_up_for_silently() -> None:
    # 24000127 is 2, 4, 0, 0, 0, 1, 27 with a figure that is off by 20, and 24, 0, 0, 0, 1, 27 without its first one.
    rng = Random(11)
    table = random_table(rng, 40, filled=0.5)
    lost = "t3.reject_confirm_received.natural_person"
    lines = [
        line_from_tokens(cells, ["".join(str(table[c]) for c in cells if c != lost)], (7,))
        for cells in rows_of()
    ]
    [row] = [n for n, line in enumerate(lines) if lost in line.cells]
    decision = decide(FORM, lines)[row]
    assert lines[row].run == "24000127"
    assert decision.values is None
    assert {values[0] for values in decision.standing} >= {2, None}
