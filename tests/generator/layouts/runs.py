"""How many ways a run of glued digits can be cut, and so which cells a glued report leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations

from tests.generator.truth import Report


def cuts(run: str, parts: int) -> Iterator[tuple[str, ...]]:
    """Every way to cut a run into so many numbers without leading zeros."""
    for places in combinations(range(1, len(run)), parts - 1):
        pieces = tuple(run[a:b] for a, b in zip((0, *places), (*places, len(run)), strict=True))
        if all(len(piece) == 1 or piece[0] != "0" for piece in pieces):
            yield pieces


def summing(run: str, parts: int) -> list[tuple[str, ...]]:
    """The cuts in which the last number is the sum of the others."""
    return [c for c in cuts(run, parts) if sum(map(int, c[:-1])) == int(c[-1])]


@cache
def ways(run: str, groups: int, parts: int) -> int:
    """In how many ways a run falls into groups that each end with their sum."""
    if groups == 1:
        return len(summing(run, parts))
    least = parts * (groups - 1)
    return sum(
        len(head) * ways(run[end:], groups - 1, parts)
        for end in range(parts, len(run) - least + 1)
        if (head := summing(run[:end], parts))
    )


def unsettled(report: Report) -> frozenset[str]:
    """The cells of a glued report that its runs and row sums alone do not settle.

    Column sums may still settle some of them: a reader may answer either way, but not wrongly. In a table that
    leaves cells blank no row is settled: its digits may be fewer numbers.
    """
    form, found = report.form, set()
    for block in form.blocks:
        for row in block.rows:
            cells = [f"t2.{row.key}.{column.key}" for column in block.columns]
            texts = [report.text(cell) for cell in cells]
            simple = all(text.isdigit() for text in texts)
            if (
                len(cells) > 1 and (not simple or len(list(cuts("".join(texts), len(cells)))) != 1)
            ) or not texts[0]:
                found.update(cells)
    rows = [[f"t3.{line.key}.{column.key}" for column in form.columns] for line in form.rows]
    blanks = any(not report.text(cell) for cells in rows for cell in cells)
    for cells in rows:
        run = "".join(report.text(cell) for cell in cells)
        if not run.isdigit() or len(summing(run, len(cells))) != 1 or blanks:
            found.update(cells)
    cells = list(form.table_cells("t4"))
    run = "".join(report.text(cell) for cell in cells)
    if not run.isdigit() or ways(run, 3, 5) != 1:
        found.update(cells)
    return frozenset(found)
