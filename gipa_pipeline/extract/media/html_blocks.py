"""Tables that a page draws with blocks instead of ``table``: a block of rows, each a block of cells (无表格标签的表格).

Only asked for where no real table holds the statutory rows. What the cells mean is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from gipa_pipeline.extract.media.document import MAX_COLUMNS, MAX_ROWS, Grid, GridCell
from gipa_pipeline.extract.media.page_text import is_block
from gipa_pipeline.extract.media.sight import SILENT, Sight, visible

_TABLES = frozenset(["table", "thead", "tbody", "tfoot", "tr", "td", "th"])
_CELLS, _ROWS = 3, 3
"""A block with fewer rows, or rows with fewer cells, is no table."""
_INSIDE = 3
"""Elements that one cell may wrap its text in."""
_LONGEST = 200


def block_grids(root: Any, first: int, sight: Sight) -> list[Grid]:
    """The tables made of blocks in a page, in source order; ``first`` is the number of the first one."""
    grids: list[Grid] = []
    for element in root.iter("div", "section", "article", "ul", "ol", "dl", "main", "form", "p"):
        if not sight.shown(element):
            continue
        rows = [(way, cells) for way, row in _shown(element, sight) if (cells := _cells(row, sight))]
        if sum(len(cells) >= _CELLS for _, cells in rows) >= _ROWS:
            grid = _grid(element, rows[:MAX_ROWS], first + len(grids), sight)
            if grid is not None:
                grids.append(grid)
    return grids


def _shown(element: Any, sight: Sight) -> Iterator[tuple[str, Any]]:
    """The parts of an element that a visitor sees, each with its step as XPath counts."""
    places: dict[str, int] = {}
    for child in element:
        tag = child.tag
        if not isinstance(tag, str):
            continue
        places[tag] = places.get(tag, 0) + 1
        if tag not in SILENT and not sight.hidden(child):
            yield f"/{tag}[{places[tag]}]", child


def _cells(row: Any, sight: Sight) -> list[tuple[str, Any]]:
    """The cells of a row; none when one of its parts is more than a cell, or text stands between them."""
    if not is_block(row) or row.tag in _TABLES or (row.text or "").strip():
        return []
    found: list[tuple[str, Any]] = []
    for way, cell in _shown(row, sight):
        inside = sum(1 for _ in islice(cell.iter(), _INSIDE + 2)) - 1
        if cell.tag in _TABLES or (cell.tail or "").strip() or inside > _INSIDE or len(found) >= MAX_COLUMNS:
            return []
        found.append((way, cell))
    return found


def _grid(
    source: Any, rows: list[tuple[str, list[tuple[str, Any]]]], index: int, sight: Sight
) -> Grid | None:
    cells: list[GridCell] = []
    elements: list[Any] = []
    for number, (way, own) in enumerate(rows):
        for column, (step, element) in enumerate(own):
            text = visible(sight.plain_text(element)).strip()
            if len(text) > _LONGEST:
                return None
            cells.append(GridCell(text, number, column, step=way + step))
            elements.append(element)
    grid = Grid(cells, index=index, reader="html")
    grid.elements = elements
    grid.source = source
    return grid
