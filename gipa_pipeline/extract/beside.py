"""One table drawn twice in one grid, as two years in one sheet: taken apart into tables of their own (并排、上下的表).

Read row by row, the figures of both stand behind the labels of either. Such tables are the same labels over and over
in the same distance, so nothing need be known of what they say.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from gipa_pipeline.extract.beside_columns import Part, by_years
from gipa_pipeline.extract.fold import ideographs
from gipa_pipeline.extract.media.document import Document, Grid, GridCell
from gipa_pipeline.model import Place

_LABEL = 4
"""Ideographs of a text that may be a row's label."""
_ROWS = 8
"""Rows with their label twice that make two tables."""
_APART = 5
"""Columns from a label to the same one in the table beside it; a label spread over its own squares is nearer."""
_HEADINGS = 5
"""Headings of one row that stand there several times, in the same distance, and make several tables."""
_TRIED = 5
"""Rows of such headings that are looked at."""
_HIGH = 4
"""Rows over such headings that may name their tables."""
_BELOW = 12
"""Rows from a label to the same one in the table beneath; two years' rows under one label are nearer."""
_OFTEN = 5
"""Times that a label stands in a grid at most; more is a group's, written beside each of its rows."""
_LOOSE = 12
"""Rows by which the distance of another table in the same report may differ: its prose is longer or shorter."""


@dataclass(frozen=True, slots=True)
class _Band:
    """Rows of a grid in which tables stand side by side, and the columns at which the tables begin.

    What stands before column ``labels`` are the labels of them all.
    """

    top: int
    bottom: int
    starts: tuple[int, ...]
    labels: int = 0

    def table_of(self, cell: GridCell) -> int:
        """Which of the tables a cell of the band is in."""
        return max(0, bisect_right(self.starts, cell.column) - 1)


def taken_apart(document: Document) -> Document:
    """The document with each table that stands beside or beneath itself as several tables, one behind the other.

    The text follows the tables; every place leads to where it stood. A table that is not written in the text cell by
    cell (of a PDF) is left as it is.
    """
    found = [(g, parts) for g in document.grids if _is_written(g) and (parts := _parts(g))]
    if not found:
        return document
    moved = _Moved(document)
    made: dict[int, list[Grid]] = {}
    for grid, parts in sorted(found, key=lambda one: _start(one[0])):
        if _start(grid) < moved.at:  # a table inside one that was taken apart
            continue
        moved.copy_to(_start(grid))
        made[id(grid)] = [_written(grid, part, moved) for part in parts if part.cells]
        moved.at = max(c.end or 0 for c in grid.cells)
    moved.copy_to(len(document.text))
    grids = [new for g in document.grids for new in made.get(id(g)) or [_shifted(g, moved)]]
    return replace(document, text="".join(moved.pieces), grids=grids, spans=moved.spans(), folded=None)


def _start(grid: Grid) -> int:
    return grid.cells[0].start or 0 if grid.cells else 0


def _is_written(grid: Grid) -> bool:
    """Whether the text holds the grid's cells one behind the other."""
    if any(c.start is None or c.end is None for c in grid.cells):
        return False
    return all((a.end or 0) <= (b.start or 0) for a, b in pairwise(grid.cells))


def _band(grid: Grid) -> _Band | None:
    """Where in a grid tables with the same labels stand side by side."""
    if grid.width < 2 * _APART:
        return None
    rows = {n: columns for n in range(grid.height) if (columns := _repeats(grid, n))}
    steps = Counter(tuple(b - a for a, b in pairwise(columns)) for columns in rows.values())
    if not steps or steps.most_common(1)[0][1] < _ROWS:
        return None
    usual = steps.most_common(1)[0][0]
    alike = {n: c for n, c in rows.items() if tuple(b - a for a, b in pairwise(c)) == usual}
    starts = tuple(min(column) for column in zip(*alike.values(), strict=True))
    top, bottom = min(alike), max(alike)
    while top > 0 and not _crosses(grid, top - 1, starts[1:]):
        top -= 1
    # A wider table beneath stands in the gap between these.
    gaps = [start - 1 for start in starts[1:]]
    if all(_is_empty(grid, n, gaps) for n in alike):
        while bottom + 1 < grid.height and _is_empty(grid, bottom + 1, gaps):
            bottom += 1
    return _Band(top, bottom + 1, starts)


def _headed_band(grid: Grid) -> _Band | None:
    """Where in a grid tables stand side by side under the same headings, behind one column of labels."""
    tried = 0
    for head in range(grid.height if grid.width > 2 * _HEADINGS else 0):
        repeated = _same_words(grid, head)
        usual, count = next(iter(Counter(repeated.values()).most_common(1)), ((), 0))
        if count < _HEADINGS or len(set(usual)) > 1 or usual[0] < count:
            continue
        if (tried := tried + 1) > _TRIED:
            break
        # The heads of some columns take two rows, as those of a group of columns do.
        near = [_same_words(grid, row) for row in range(max(0, head - 2), min(head + 2, grid.height))]
        first = min(column for words in near for column, steps in words.items() if steps == usual)
        starts = tuple(first + n * usual[0] for n in range(len(usual) + 1))
        top, bottom = head, head + 1
        while top > max(0, head - _HIGH) and not _crosses(grid, top - 1, starts):
            top -= 1
        while bottom < grid.height and not _crosses(grid, bottom, starts):
            bottom += 1
        while bottom > head and not _has_figures(grid, bottom - 1, range(first, grid.width)):
            bottom -= 1
        rows = [row for row in range(head, bottom) if _is_labelled(grid, row, first)]
        if len(rows) >= _ROWS and not any(_has_figures(grid, row, (first - 1,)) for row in rows):
            return _Band(top, bottom, starts, labels=first)
    return None


def _same_words(grid: Grid, row: int) -> dict[int, tuple[int, ...]]:
    """The first columns of words that stand several times in a row, each with the steps to the others."""
    columns: dict[str, list[int]] = defaultdict(list)
    for cell in grid.own(row):
        if len(word := ideographs(cell.text)) > 1:
            columns[word].append(cell.column)
    return {of[0]: tuple(b - a for a, b in pairwise(of)) for of in columns.values() if len(of) > 1}


def _has_figures(grid: Grid, row: int, columns: Iterable[int]) -> bool:
    """Whether figures stand in a row under these columns."""
    cells = (grid.at(row, column) for column in columns)
    return any(cell is not None and cell.text.strip().isdigit() for cell in cells)


def _is_labelled(grid: Grid, row: int, first: int) -> bool:
    return any(c.column < first and c.row == row and len(ideographs(c.text)) >= _LABEL for c in grid.own(row))


def _repeats(grid: Grid, row: int) -> tuple[int, ...]:
    """The columns of the first label of a row that stands there several times, far enough apart."""
    columns: dict[str, list[int]] = defaultdict(list)
    for cell in grid.own(row):
        label = ideographs(cell.text)
        if len(label) >= _LABEL and (not columns[label] or cell.column - columns[label][-1] >= _APART):
            columns[label].append(cell.column)
    return next((tuple(of) for of in columns.values() if len(of) > 1), ())


def _crosses(grid: Grid, row: int, starts: Sequence[int]) -> bool:
    return any(c.column < start < c.column + c.colspan for c in grid.own(row) for start in starts)


def _is_empty(grid: Grid, row: int, columns: Sequence[int]) -> bool:
    cells = (grid.at(row, column) for column in columns)
    return all(cell is None or (not cell.text.strip() and cell.colspan == 1) for cell in cells)


def _parts(grid: Grid) -> list[Part]:
    """The tables of a grid that holds one several times, with what stands above and beneath; empty for any other."""
    if (band := _band(grid) or _headed_band(grid)) is not None:
        return _from_left(grid, band)
    if years := by_years(grid):
        return years
    rows = _repeated_at(grid)
    parts = [Part(row, 0) for row in (0, *rows)] if rows else []
    for cell in grid.cells if parts else ():
        parts[bisect_right(rows, cell.row)].cells.append(cell)
    return parts


def _from_left(grid: Grid, band: _Band) -> list[Part]:
    """What stands above a band, its tables from left to right, and what stands beneath."""
    # The first table may have a column before its first label.
    tables = [Part(band.top, left - band.labels) for left in (band.labels, *band.starts[1:])]
    above, beneath = Part(0, 0), Part(band.bottom, 0)
    for cell in grid.cells:
        if not band.top <= cell.row < band.bottom:
            (above if cell.row < band.top else beneath).cells.append(cell)
        elif cell.column >= band.labels:
            tables[band.table_of(cell)].cells.append(cell)
        else:
            for table in tables:
                table.cells.append(replace(cell, column=cell.column + table.left))
    return [above, *tables, beneath]


def _repeated_at(grid: Grid) -> list[int]:
    """The rows at which a table begins whose labels stand above already."""
    at: dict[str, list[int]] = defaultdict(list)
    for cell in grid.cells:
        label = ideographs(cell.text)
        if len(label) >= _LABEL and cell.row not in at[label]:
            at[label].append(cell.row)
    pairs = [(one, other) for rows in at.values() if len(rows) <= _OFTEN for one, other in pairwise(rows)]
    steps = Counter(other - one for one, other in pairs if other - one >= _BELOW)
    found: list[int] = []
    for step in (step for step, count in steps.items() if count >= _ROWS):
        own = [other for one, other in pairs if other - one == step]
        last = max(one for one, other in pairs if other - one == step and other == min(own))
        near = [other for one, other in pairs if abs(other - one - step) <= _LOOSE and other > last]
        found.append(min(near))
    return sorted(set(found))


def _written(grid: Grid, part: Part, moved: _Moved) -> Grid:
    """Some cells of a grid as one of their own, written behind what is written."""
    origins: dict[int, tuple[Grid, GridCell]] = {}
    own: list[GridCell] = []
    for cell in part.cells:
        if own and cell.row - part.top != own[-1].row:
            moved.put("\n")
        start, end = moved.move(cell.start or 0, cell.end or 0)
        moved.put("\t")
        new = replace(cell, row=cell.row - part.top, column=cell.column - part.left, start=start, end=end)
        origins[id(new)] = grid.origins[id(cell)] if grid.origins else (grid, cell)
        own.append(new)
    moved.put("\n\n")
    out = Grid(own, index=grid.index, reader=grid.reader)
    out.origins = origins
    return out


def _shifted(grid: Grid, moved: _Moved) -> Grid:
    """A grid that keeps its shape, at its new place in the text."""
    if not grid.cells or grid.cells[0].start is None:
        return grid
    pairs = [
        (replace(c, start=moved.place(c.start or 0), end=moved.place(c.end or 0)), c) for c in grid.cells
    ]
    out = Grid([new for new, _ in pairs], index=grid.index, reader=grid.reader)
    out.origins = {id(new): grid.origins[id(old)] if grid.origins else (grid, old) for new, old in pairs}
    return out


class _Moved:
    """A document's text written anew in another order, with the way from old offsets to new ones."""

    def __init__(self, source: Document) -> None:
        self.source = source
        self.pieces: list[str] = []
        self.length = 0
        self.at = 0
        """How far the old text is written."""
        self.stretches: list[tuple[int, int, int]] = []
        """Beginning and end in the old text, beginning in the new one."""
        self.by_source: list[tuple[int, int, int]] | None = None

    def put(self, text: str) -> None:
        """Write what stands in no source."""
        self.pieces.append(text)
        self.length += len(text)

    def move(self, start: int, end: int) -> tuple[int, int]:
        """Write a stretch of the old text; gives its beginning and end in the new one."""
        self.stretches.append((start, end, self.length))
        self.put(self.source.text[start:end])
        return self.length - (end - start), self.length

    def copy_to(self, end: int) -> None:
        """Write the old text up to an offset."""
        if end > self.at:
            self.move(self.at, end)
            self.at = end

    def place(self, old: int) -> int:
        """Where what stood at an old offset stands now, or what stood before it ends."""
        if self.by_source is None:
            self.by_source = sorted(self.stretches)
        found = bisect_right(self.by_source, old, key=lambda stretch: stretch[0]) - 1
        if found < 0:
            return 0
        start, end, new = self.by_source[found]
        return new + min(old, end) - start

    def spans(self) -> list[tuple[int, Callable[[], Place]]]:
        """The places of the new text: those of the old one, each where its text went."""
        old = self.source.spans or list(_lines(self.source))
        starts = [start for start, _ in old]
        spans: list[tuple[int, Callable[[], Place]]] = []
        for start, end, new in self.stretches:
            first = max(0, bisect_right(starts, start) - 1)
            for at, place in old[first : bisect_right(starts, max(start, end - 1))]:
                spans.append((new + max(at, start) - start, place))
        return spans


def _lines(document: Document) -> Iterator[tuple[int, Callable[[], Place]]]:
    """A place for each line of a text whose places are its offsets."""
    start = 0
    for line in document.text.splitlines(keepends=True):
        yield start, partial(Place, reader=document.medium, start=start, end=start + len(line))
        start += len(line)
