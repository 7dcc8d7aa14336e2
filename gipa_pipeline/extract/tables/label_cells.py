"""Where the labels of table 3's rows stand in a grid: what stands before, beside and behind them (行标签位置)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from gipa_pipeline.extract.fold import ideographs, plain
from gipa_pipeline.extract.media.document import Grid, GridCell
from gipa_pipeline.extract.tables.labels import core

_OTHER = re.compile("上年|上一年|去年|前年|同期|占比|比例|比重|百分比|同比|增减|增长")
_YEAR = re.compile(r"(?<!\d)(20\d\d)年")
_LONGEST = 8
"""Ideographs of a word beside a label; more is a label or a note."""


def label_cells(grid: Grid, matched: Mapping[int, str], keys: Mapping[str, str]) -> dict[int, GridCell]:
    """For each row that carries a label of the form the cell it stands in; ``keys`` are label ideographs to rows."""
    found: dict[int, GridCell] = {}
    for n, key in matched.items():
        cell = next((c for c in grid.own(n) if keys.get(core(plain(c.text))) == key), None)
        if cell is not None:
            found[n] = cell
    return found


def behind(grid: Grid, label: GridCell, figures: list[int], width: int) -> list[int]:
    """A row's figures without those before its label, which number the rows, if the form's columns fit behind it."""
    end = label.column + label.colspan
    return [c for c in figures if c >= end] if grid.width - end >= width else figures


def of_other_years(
    grid: Grid, labels: Mapping[int, GridCell], matched: Mapping[int, str], figures: Mapping[int, list[int]]
) -> set[int]:
    """Rows that a word beside their label calls last year's, a share, or an earlier year's than another row's.

    One label may stand for two rows, 本年 and 上年 beside it, in either order.
    """
    gone: set[int] = set()
    years: dict[int, int] = {}
    for n, label in labels.items():
        end = label.column + label.colspan
        first = min(figures[n], default=end + 1)
        for cell in grid.own(n):
            words = ideographs(cell.text)
            if not end <= cell.column < first or not words or len(words) > _LONGEST:
                continue
            if _OTHER.search(words):
                gone.add(n)
            if year := _YEAR.fullmatch(plain(cell.text).removesuffix("度")):
                years[n] = int(year[1])
    latest = {key: max((years[n] for n in years if matched[n] == key), default=0) for key in matched.values()}
    return gone | {n for n, year in years.items() if year < latest[matched[n]]}


@dataclass(frozen=True, slots=True)
class LabelEdges:
    """Where each row's label ends, and where it does in most rows, with the cells that stand behind it there."""

    ends: dict[int, int]
    usual: int
    behind: int

    @classmethod
    def of(cls, grid: Grid, labels: Mapping[int, GridCell], full: Sequence[int]) -> Self:
        """What is usual is told by the rows that have all their figures."""
        ends = {n: cell.column + cell.colspan for n, cell in labels.items()}
        usual, behind = Counter((ends[n], _behind(grid, n, ends[n])) for n in full).most_common(1)[0][0]
        return cls(ends, usual, behind)

    def slip(self, grid: Grid, row: int) -> int | None:
        """By how many columns a row's cells have slipped against the others; None where that is open.

        A span that says too much or too little moves a label's end and all cells behind it. Where cells fill the
        gap up to the usual place, nothing has slipped.
        """
        end = self.ends.get(row, self.usual)
        behind = _behind(grid, row, end)
        if end == self.usual or behind == self.behind + self.usual - end:
            return 0
        return end - self.usual if behind == self.behind else None

    def aligned(self, grid: Grid, row: int) -> bool:
        """Whether a row's label and the cells behind it are like those of the other rows."""
        return self.ends.get(row) == self.usual and _behind(grid, row, self.usual) == self.behind


def _behind(grid: Grid, row: int, column: int) -> int:
    return sum(c.column >= column for c in grid.own(row))
