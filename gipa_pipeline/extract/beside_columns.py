"""Two years' columns by turns under the same headings: a table a year (按年份交错的列).

Each kind of applicant has a column for this year and one for the last, told apart only by a row of years below the
headings. To whoever looks at the headings alone the first column of each pair is the form's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from gipa_pipeline.extract.fold import ideographs
from gipa_pipeline.extract.media.document import Grid, GridCell

_YEAR = re.compile(r"\s*20\d\d\s*年?度?\s*")
_GROUPS = 5
"""Headings that must have a column for each year."""
_HIGH = 4
"""Rows of headings over a row of years at most."""
_SEARCHED = 200
"""Rows in which such a row of years is looked for: it stands at the head of a table."""


@dataclass(slots=True)
class Part:
    """Cells of a grid that become one of their own, and the square that becomes its first."""

    top: int
    left: int
    cells: list[GridCell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Years:
    """The row of years, its first column, and how many years take turns in how many groups."""

    row: int
    first: int
    years: int
    groups: int

    @property
    def end(self) -> int:
        """The column behind the last."""
        return self.first + self.years * self.groups


def by_years(grid: Grid) -> list[Part]:
    """A part for each year, its caption over it; empty where a grid has no years by turns."""
    found = next((y for row in range(min(grid.height, _SEARCHED)) if (y := _years(grid, row))), None)
    if found is None:
        return []
    top, bottom = _extent(grid, found)
    above, beneath = Part(0, 0), Part(bottom, 0)
    parts = [Part(top, 0) for _ in range(found.years)]
    for n, part in enumerate(parts):
        caption = grid.at(found.row, found.first + n)
        if caption is not None:
            part.cells.append(replace(caption, row=top, column=0, rowspan=1, colspan=1))
    for cell in grid.cells:
        if not top <= cell.row < bottom:
            (above if cell.row < top else beneath).cells.append(cell)
        elif cell.row != found.row or cell.column < found.first:
            placed = _placed(cell, found)
            if placed is None:
                return []
            for n, part in enumerate(parts):
                part.cells += [replace(new, row=new.row + 1) for k, new in placed if k in (None, n)]
    return [above, *parts, beneath]


def _extent(grid: Grid, years: _Years) -> tuple[int, int]:
    """The first row of the headings over a row of years, and the row behind the last with figures by turns."""
    top, bottom = years.row, years.row + 1
    while top > max(0, years.row - _HIGH) and not any(
        c.column >= years.first and any(sign.isdigit() for sign in c.text) for c in grid.own(top - 1)
    ):
        top -= 1
    while bottom < grid.height and not any(
        c.column + c.colspan > years.first and c.column < years.end and len(ideographs(c.text)) > 1
        for c in grid.own(bottom)
        if c.column >= years.first or c.colspan > years.first
    ):
        bottom += 1
    return top, bottom


def _years(grid: Grid, row: int) -> _Years | None:
    """The years of a row, if they take turns in it one behind the other."""
    cells = [cell for cell in grid.own(row) if cell.row == row and _YEAR.fullmatch(cell.text)]
    texts = [cell.text.strip() for cell in cells]
    count = len(dict.fromkeys(texts))
    groups = len(texts) // count if count else 0
    if count < 2 or groups < _GROUPS or texts != texts[:count] * groups:
        return None
    first = cells[0].column
    if [cell.column for cell in cells] != list(range(first, first + len(cells))) or first == 0:
        return None
    return _Years(row, first, count, groups)


def _placed(cell: GridCell, years: _Years) -> list[tuple[int | None, GridCell]] | None:
    """Where a cell stands in the table of which year, None for all; no list where that is not known."""
    if cell.column < years.first:
        within = cell.column + cell.colspan <= years.first or cell.row < years.row
        return [(None, cell)] if within else None
    if cell.column >= years.end:
        return [(None, replace(cell, column=cell.column - years.end + years.first + years.groups))]
    group, turn = divmod(cell.column - years.first, years.years)
    if cell.row < years.row:
        # A heading over the columns of one group or of several.
        if turn and cell.text.strip():
            return None
        wide = -(-cell.colspan // years.years)
        return [] if turn else [(None, replace(cell, column=years.first + group, colspan=wide))]
    if cell.colspan > 1:
        return None if cell.text.strip() else []
    return [(turn, replace(cell, column=years.first + group))]
