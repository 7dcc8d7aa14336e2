"""Cutting glued digits: the truth is never lost, and nothing is decided that the sums do not bear out."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from expectations.forms import load_form
from gipa_pipeline.extract.tables.cutting import cut_blocks, cuts, summing_cuts
from gipa_pipeline.extract.tables.joint import solve
from gipa_pipeline.extract.tables.lines import MAX_RUN, Line, line_from_tokens
from gipa_pipeline.extract.tables.runs import decide
from tests.unit.extract.tables import FORM, Table, broken, random_table, rows_of, with_errors

seeds = st.integers(0, 10**6)


def _glued(table: Table) -> list[Line]:
    return [line_from_tokens(cells, ["".join(str(table[c]) for c in cells)], (7,)) for cells in rows_of()]


def _decided(table: Table) -> tuple[Table, list[Line]]:
    lines = _glued(table)
    values: Table = {}
    for line, decision in zip(lines, decide(FORM, lines), strict=True):
        if decision.values is not None:
            values.update((c, v) for c, v in zip(line.cells, decision.values, strict=True) if v is not None)
    return values, lines


@pytest.mark.parametrize(
    ("run", "parts", "expected"),
    [
        ("123", 2, [(1, 23), (12, 3)]),
        ("100", 3, [(1, 0, 0)]),
        ("007", 3, [(0, 0, 7)]),
        ("007", 2, []),
        ("-12", 2, [(-1, 2)]),
        ("5", 1, [(5,)]),
        ("5", 2, []),
    ],
)
def test_cuts(run: str, parts: int, expected: list[tuple[int, ...]]) -> None:
    assert list(cuts(run, parts)) == expected


@given(st.lists(st.integers(0, 10**5), min_size=2, max_size=6))
def test_a_sum_is_among_the_summing_cuts(numbers: list[int]) -> None:
    line = (*numbers, sum(numbers))
    found = list(summing_cuts("".join(map(str, line)), len(line)))
    assert line in found
    assert all(sum(f[:-1]) == f[-1] for f in found)


@given(st.lists(st.lists(st.integers(0, 99), min_size=4, max_size=4), min_size=3, max_size=3))
@settings(max_examples=50)
def test_table_four_is_three_sums(parts: list[list[int]]) -> None:
    line = tuple(itertools.chain.from_iterable((*p, sum(p)) for p in parts))
    assert line in set(cut_blocks("".join(map(str, line)), (5, 5, 5)))


@given(st.lists(st.integers(0, 9999), min_size=2, max_size=7), st.data())
def test_tokens_with_some_borders_lost(numbers: list[int], data: st.DataObject) -> None:
    kept = [data.draw(st.booleans()) for _ in numbers[1:]]
    tokens = [str(numbers[0])]
    for border, number in zip(kept, numbers[1:], strict=True):
        if border:
            tokens.append(str(number))
        else:
            tokens[-1] += str(number)
    line = line_from_tokens(("",) * len(numbers), tokens, None)
    assert tuple(numbers) in line.options or line.overflow


def test_a_sign_in_a_glued_run() -> None:
    assert (-3, 10, 7) in set(summing_cuts("-3107", 3))
    assert line_from_tokens(("",) * 7, ["-30000003"], (7,)).weak
    assert line_from_tokens(("",) * 7, ["-" + "3" * 50], (7,)).overflow


def test_a_long_run_beside_another_is_bounded_work() -> None:
    line = line_from_tokens(("",) * 15, ["1" * 40, "5"], (5, 5, 5))
    assert line.overflow
    assert len(line.options) <= 4000


@given(seeds, st.sampled_from((3, 30, 400, 9000)), st.sampled_from((0.05, 0.4, 0.9)))
@settings(max_examples=10)
def test_a_sound_table_is_read_right_or_left_open(seed: int, largest: int, filled: float) -> None:
    table = random_table(Random(seed), largest, filled=filled)
    assert broken(table) == []
    lines = _glued(table)
    for line, decision in zip(lines, decide(FORM, lines), strict=True):
        truth = tuple(table[c] for c in line.cells)
        assert truth in decision.standing or line.overflow
        assert decision.values in (None, truth)


@given(seeds, st.sampled_from((3, 30, 400, 9000)), st.sampled_from((1, 1, 2, 3)))
@settings(max_examples=25)
def test_a_publishers_error_never_becomes_a_silent_wrong_value(seed: int, largest: int, count: int) -> None:
    rng = Random(seed)
    printed = with_errors(rng, random_table(rng, largest), count)
    values, _ = _decided(printed)
    named = {cell for cells in broken(values) for cell in cells}
    wrong = {cell for cell, value in values.items() if value != printed[cell]}
    assert wrong <= named


def test_most_of_an_ordinary_table_is_decided() -> None:
    decided = sum(len(_decided(random_table(Random(seed), 60))[0]) for seed in range(4))
    assert decided >= 0.9 * 4 * len(FORM.table_cells("t3"))


def test_the_order_of_lines_does_not_matter() -> None:
    lines = _glued(random_table(Random(5), 40))
    forwards = [d.values for d in decide(FORM, lines)]
    backwards = [d.values for d in decide(FORM, lines[::-1])]
    assert forwards == backwards[::-1]


@given(
    st.lists(
        st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1, max_size=4),
        min_size=1,
        max_size=5,
    )
)
@example([[(0, 0)], [(1, 1), (2, 2)]])
def test_solve_finds_every_best_choice(lines: list[list[tuple[int, ...]]]) -> None:
    broken: dict[tuple[int, ...], int] = {}
    for choice in itertools.product(*(range(len(options)) for options in lines)):
        total = [sum(lines[n][k][i] for n, k in enumerate(choice)) for i in range(2)]
        broken[choice] = sum(1 for v in total if v)
    fewest = min(broken.values())
    found = set(solve(lines, (0, 0)) or ())
    assert {choice for choice, n in broken.items() if n == fewest} <= found
    assert fewest or all(broken[choice] == 0 for choice in found)


def test_solve_gives_up_beyond_its_budget() -> None:
    lines = [[(n * 7**k, k) for n in range(3000)] for k in range(5)]
    assert solve(lines, (1, 1)) is None


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_a_table_of_zeros(edition: str) -> None:
    form = load_form(edition)
    lines = [line_from_tokens(cells, ["0" * len(cells)], (len(cells),)) for cells in rows_of(form)]
    assert all(d.values == (0,) * 7 for d in decide(form, lines))


def test_the_longest_run_that_is_cut_is_long_enough_for_a_city() -> None:
    table = random_table(Random(1), 99_999, filled=1.0)
    assert all(len("".join(str(table[c]) for c in cells)) <= MAX_RUN for cells in rows_of())


def test_a_row_that_adds_up_with_a_blank_too_is_not_cut_without_the_sums_across() -> None:
    # Printed 67, 15, 2, 2, a blank, 5 and 91; the digits also add up as seven numbers.
    cells = tuple(f"t3.carried_in.{c.key}" for c in FORM.columns)
    line = line_from_tokens(cells, ["671522591"], (7,))
    [decision] = decide(FORM, [line])
    assert (6, 71, 5, 2, 2, 5, 91) in line.options
    assert decision.values is None
