"""Numbers in the neighbouring cell (错位): a row typed one column too far, or rows typed one line too far.

A zero was skipped or typed twice, and what follows stands one place on. Taking the shift back must restore every
sum; otherwise nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from expectations.forms.model import T3_CARRIED_OUT, T3_TOTAL
from gipa_pipeline.validate.decode import Change, Search

LEAST_CELLS = 3
"""Fewer cells in other places than these are told as what they are: single wrong cells, or a case misplaced."""


def shifts(search: Search, broken: Mapping[str, Decimal]) -> list[tuple[str, Change]]:
    """Every shift that, taken back, restores all broken sums: ``row`` or ``lines``, and the change."""
    found: dict[tuple[tuple[str, Decimal], ...], tuple[str, Change]] = {}
    for kind, change in (*_across(search, broken), *_down(search, broken)):
        if len(change) >= LEAST_CELLS and search.changed(broken, change) == {}:
            found.setdefault(tuple(sorted(change.items())), (kind, change))
    return list(found.values())


def _change(search: Search, cells: Sequence[str], right: Sequence[Decimal]) -> Change | None:
    """What turns the printed values into the right ones; None when a cell has no value."""
    made = {}
    for cell, value in zip(cells, right, strict=True):
        printed = search.values.get(cell)
        if printed is None or value < 0:
            return None
        if value != printed:
            made[cell] = value - printed
    return made


def _moved(row: Sequence[Decimal]) -> Iterator[list[Decimal]]:
    """A row with one zero taken out in one place and put in at another."""
    for place in (n for n, value in enumerate(row) if value == 0):
        without = [*row[:place], *row[place + 1 :]]
        for to in range(len(row)):
            if to != place:
                yield [*without[:to], Decimal(0), *without[to:]]


def _across(search: Search, broken: Mapping[str, Decimal]) -> Iterator[tuple[str, Change]]:
    """One row, some columns on; 总计 may have been pushed out or drawn in."""
    for row in (r.key for r in search.form.rows):
        cells = [f"t3.{row}.{c.key}" for c in search.form.columns]
        if not any(name in broken for cell in cells for name, _ in search.signature(cell)):
            continue
        printed = [v for c in cells if (v := search.values.get(c)) is not None]
        if len(printed) != len(cells) or not any(printed):
            continue
        guesses = [[*moved, printed[-1]] for moved in _moved(printed[:-1])]
        # 总计 stands in the last column of the parts, and the first part was lost; or all were typed one on.
        first = printed[-2] - sum(printed[:-2], Decimal(0))
        guesses.append([first, *printed[:-2], printed[-2]])
        guesses.append([*printed[1:], sum(printed[1:], Decimal(0))])
        for guess in guesses:
            if change := _change(search, cells, guess):
                yield "row", change


def _down(search: Search, broken: Mapping[str, Decimal]) -> Iterator[tuple[str, Change]]:
    """Lines from one row to the end, one line on: a line was printed empty, or one was left out."""
    if sum(name.startswith("K") for name in broken) < LEAST_CELLS:
        return
    rows = [r.key for r in search.form.rows]
    columns = [c.key for c in search.form.columns]
    table = {r: [search.values.get(f"t3.{r}.{c}") for c in columns] for r in rows}
    if any(value is None for line in table.values() for value in line):
        return
    lines = {r: [v for v in line if v is not None] for r, line in table.items()}
    for start in range(2, rows.index(T3_TOTAL) + 1):
        if not any(lines[rows[start]]):
            # An empty line was printed here: all below belongs one line up; the last is what the balance leaves.
            moved = {r: lines[rows[n + 1]] for n, r in enumerate(rows) if start <= n < len(rows) - 1}
            kept = {**lines, **moved}
            given = zip(lines["new"], lines["carried_in"], kept[T3_TOTAL], strict=True)
            kept[T3_CARRIED_OUT] = [new + carried - total for new, carried, total in given]
            yield from _lines(search, rows, columns, kept)
        # This line was left out: all from here on belongs one line down; it is what 总计 lacks.
        moved = {r: lines[rows[n - 1]] for n, r in enumerate(rows) if n > start}
        kept = {**lines, **moved, rows[start]: [Decimal(0)] * len(columns)}
        parts = [sum((kept[r][n] for r in search.results), Decimal(0)) for n in range(len(columns))]
        kept[rows[start]] = [t - p for t, p in zip(kept[T3_TOTAL], parts, strict=True)]
        if rows[start] != T3_TOTAL:
            yield from _lines(search, rows, columns, kept)


def _lines(
    search: Search, rows: Sequence[str], columns: Sequence[str], right: Mapping[str, Sequence[Decimal]]
) -> Iterator[tuple[str, Change]]:
    cells = [f"t3.{r}.{c}" for r in rows for c in columns]
    change = _change(search, cells, [v for r in rows for v in right[r]])
    if change:
        yield "lines", change
