"""What every medium is turned into before anything is understood: linear text, grids, places.

A medium's reader (``html``, ``text``, ``pdf``, ``word``, ``sheet``) builds a ``Document``. Labels, forms and
numbers are not known here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.model import Place

MAX_COLUMNS = 120
MAX_ROWS = 4000
"""A statutory table has 10 columns and some 30 rows. Spans beyond these are hostile or broken."""
MAX_SQUARES = 600_000
"""All tables of a document together; a long report with its annexes has some ten thousand squares."""


MAX_MARKS = 300_000
"""Opening and closing tags of a page; one pasted from Word, the most wordy there is, has some ten thousand."""
MAX_TEXT = 4_000_000
"""Characters of a document's text; the longest reports have a hundred thousand."""


@dataclass(slots=True, eq=False)
class GridCell:
    """A table cell as it stands in the source: text, position, extent, and where to find it again.

    ``node`` is what the medium keeps of it (a sheet's name, how it was recognised), ``step`` the way to it from
    its table's element, ``inked`` the box of its last line of print. ``torn`` are the rows in which it is not as wide
    as in its others, so that a rule must have been lost beside it.
    """

    text: str
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    start: int | None = None
    end: int | None = None
    node: Any = None
    step: str = ""
    box: tuple[float, float, float, float] | None = None
    page: int | None = None
    inked: tuple[float, float, float, float] | None = None
    torn: tuple[int, ...] = ()


class Grid:
    """A table with its merged cells spread: ``at(row, column)`` is the cell that covers a square.

    ``elements`` are the sources of ``cells``, ``source`` that of the table, and ``path`` its place once it has
    been asked for, in media that have them. ``origins`` lead from the cells of a grid that was put into another
    shape back to the grid and the cell that stand in the document, by identity.
    """

    def __init__(self, cells: Sequence[GridCell], *, index: int = 0, reader: str = "grid") -> None:
        self.cells = list(cells)
        self.index = index
        self.reader = reader
        self.elements: list[Any] = []
        self.source: Any = None
        self.path: str | None = None
        self.origins: dict[int, tuple[Grid, GridCell]] = {}
        self.height = max((c.row + c.rowspan for c in self.cells), default=0)
        self.width = max((c.column + c.colspan for c in self.cells), default=0)
        self._own: dict[int, list[GridCell]] = {}
        self._rows: list[list[GridCell | None]] = [[None] * self.width for _ in range(self.height)]
        for cell in self.cells:
            for row in self._rows[cell.row : cell.row + cell.rowspan]:
                for column in range(cell.column, cell.column + cell.colspan):
                    row[column] = cell

    def row(self, number: int) -> list[GridCell | None]:
        """The cells covering a row, left to right; None where nothing stands."""
        return self._rows[number]

    def own(self, number: int) -> list[GridCell]:
        """The cells of a row, each once however wide it is."""
        if number not in self._own:
            self._own[number] = list(dict.fromkeys(c for c in self._rows[number] if c is not None))
        return self._own[number]

    def at(self, row: int, column: int) -> GridCell | None:
        """The cell covering a square, or None."""
        return self._rows[row][column]


def bounded_grids(grids: Iterable[Grid]) -> list[Grid]:
    """All grids of a document.

    Raises:
        UnreadableDocument: more squares than ``MAX_SQUARES``; part of the tables would be a false whole.
    """
    kept: list[Grid] = []
    squares = 0
    for grid in grids:
        squares += grid.height * grid.width
        if squares > MAX_SQUARES:
            raise UnreadableDocument(
                "too_large", f"the tables of the document have more than {MAX_SQUARES:,} squares"
            )
        kept.append(grid)
    return kept


@dataclass(slots=True)
class Meta:
    """What a medium says of itself outside its text: title, date, publisher, addresses."""

    title: str | None = None
    site: str | None = None
    source: str | None = None
    published: date | None = None


@dataclass
class Document:
    """One document: its medium, its text in reading order and the grids in it.

    ``text`` is what offsets refer to. ``spans`` gives, in ascending order, the offset at which a piece of
    the text begins and a function that tells its place (computed only when asked for).
    ``folded`` is the folded text where the medium has it at hand. ``concealed`` are the paths of cells that the
    medium does not show: blank where they stand between others, and no blank that the unit left.
    """

    medium: str
    text: str
    grids: list[Grid] = field(default_factory=list)
    meta: Meta = field(default_factory=Meta)
    pictures: int = 0
    spans: list[tuple[int, Callable[[], Place]]] = field(default_factory=list)
    folded: str | None = None
    locate_cell: Callable[[Grid, GridCell], Place] | None = None
    concealed: frozenset[str] = frozenset()
    _starts: list[int] | None = None

    def place(self, start: int, end: int) -> Place:
        """The place of a character span of ``text``."""
        if not self.spans:
            return Place(reader=self.medium, start=start, end=end)
        if self._starts is None:
            self._starts = [s for s, _ in self.spans]
        found = bisect_right(self._starts, start) - 1
        return self.spans[max(0, found)][1]()

    def cell_place(self, grid: Grid, cell: GridCell) -> Place:
        """The place of a grid cell."""
        if grid.origins:
            grid, cell = grid.origins[id(cell)]
        if self.locate_cell is not None:
            return self.locate_cell(grid, cell)
        return Place(
            reader=self.medium,
            start=cell.start,
            end=cell.end,
            table=grid.index,
            row=cell.row,
            column=cell.column,
            page=cell.page,
            box=cell.box,
        )


def bounded_text(document: Document) -> Document:
    """The document, unless its text is without measure: reading part of it would be a false whole.

    Raises:
        UnreadableDocument: more than ``MAX_TEXT`` characters.
    """
    bounded_length(document.text)
    return document


def bounded_length(text: str) -> None:
    """Refuse a text without measure before anything is looked for in it.

    Raises:
        UnreadableDocument: more than ``MAX_TEXT`` characters.
    """
    if len(text) > MAX_TEXT:
        raise UnreadableDocument("too_large", f"the document's text has more than {MAX_TEXT:,} characters")
