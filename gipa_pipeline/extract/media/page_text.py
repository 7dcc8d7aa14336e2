"""A page's text in reading order: blocks on lines, cells of tables closed by tabs, each with its place (网页文字).

Which elements are tables' cells is told by ``html``; what the text means is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

from gipa_pipeline.extract.fold import fold_cell
from gipa_pipeline.extract.media.document import Grid, GridCell
from gipa_pipeline.extract.media.sight import SILENT, Sight, visible
from gipa_pipeline.model import Place

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
        # A workbook saved as XML (2003) that calls itself a page.
        "row",
        "cell",
        "data",
    ]
)
_CELL_ROLES = frozenset(["row", "cell", "gridcell", "rowheader", "columnheader"])
_LAID_OUT = re.compile(r"display\s*:\s*(?:block|flex|grid|table)", re.I)
SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")


def is_block(element: Any) -> bool:
    """Whether an element stands on lines of its own, by its name, its role in a table or its style."""
    if element.tag in BLOCKS:
        return True
    if element.tag not in ("span", "a", "b", "i", "em", "strong", "label"):
        return False
    style = element.get("style")
    return element.get("role") in _CELL_ROLES or (style is not None and _LAID_OUT.search(style) is not None)


def cell_place(grid: Grid, cell: GridCell) -> Place:
    """A cell's place: its path in the page, its table, row and column."""
    if grid.path is None:
        grid.path = _path(grid.source) or ""
    return Place("html", None, None, grid.path + cell.step, grid.index, cell.row, cell.column)


def _path(node: Any) -> str | None:
    return node.getroottree().getpath(node) if node is not None else None


def tables_text(grids: list[Grid]) -> tuple[str, str, list[tuple[int, Callable[[], Place]]]]:
    """The cells of all grids in source order, a tab after each, a line a row; also folded."""
    parts: list[str] = []
    folded: list[str] = []
    spans: list[tuple[int, Callable[[], Place]]] = []
    length = 0
    for grid in grids:
        row = 0
        for cell in grid.cells:
            mark = ""
            if cell.row != row:
                mark = "\n"
                parts.append(mark)
                length += 1
                row = cell.row
            text = cell.text
            if "\n" in text and not _loose(text):
                text = text.replace("\n", "")
            spans.append((length, partial(cell_place, grid, cell)))
            cell.start = length
            length += len(text)
            cell.end = length
            length += 1
            parts.append(text)
            parts.append("\t")
            folded.append(f"{mark}{fold_cell(text)}\t")
        parts.append("\n\n")
        folded.append("\n\n")
        length += 2
    return "".join(parts), "".join(folded), spans


def _loose(text: str) -> bool:
    """Whether line breaks inside a cell separate numbers and must stay."""
    return "\n" in text and re.search(r"\d\s*\n\s*\d", text) is not None


def linear_text(
    root: Any, grids: list[Grid], sight: Sight
) -> tuple[str, list[tuple[int, Callable[[], Place]]]]:
    """The page's text: blocks on lines, cells of data tables closed by tabs."""
    cells = {
        id(td): (grid, cell) for grid in grids for td, cell in zip(grid.elements, grid.cells, strict=True)
    }
    layout = {id(t) for t in root.iter("table") if next(t.iterdescendants("table"), None) is not None}
    parts: list[str] = []
    spans: list[tuple[int, Callable[[], Place]]] = []
    length = 0

    def put(text: str) -> None:
        nonlocal length
        text = visible(text)
        parts.append(text)
        length += len(text)

    def leave(element: Any, *, block: bool) -> None:
        if block:
            put("\t\n" if _is_square(element) else "\n")
        if element.tail:
            put(SPACE.sub(" ", element.tail))

    if root.text:
        put(SPACE.sub(" ", root.text))
    stack = [(root, iter(root), False)]
    while stack:
        owner, children, block = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if stack:
                leave(owner, block=block)
            continue
        tag = child.tag
        own = cells.get(id(child))
        if not isinstance(tag, str) or tag in SILENT or (own is None and sight.hidden(child)):
            leave(child, block=False)
        elif own is not None and id(_table_of(child)) not in layout:
            grid, cell = own
            cell.start = length
            spans.append((length, partial(cell_place, grid, cell)))
            put(cell.text if _loose(cell.text) else cell.text.replace("\n", ""))
            cell.end = length
            put("\t")
            leave(child, block=False)
        else:
            block = is_block(child)
            if block:
                put("\n")
                spans.append((length, _block_place(child)))
            if text := sight.text_of(child):
                put(SPACE.sub(" ", text))
            stack.append((child, iter(child), block))
    return "".join(parts), spans


_FEW = 5
_SHORT = 40


def _is_square(element: Any) -> bool:
    """Whether a block is one of a row of small blocks side by side: a table made without ``table``.

    Such blocks are closed by a tab like cells, so that an empty one still counts.
    """
    parent = element.getparent()
    # Counting all children of a parent once for each child would be quadratic on long pages.
    if parent is None or next(islice(parent, _FEW - 1, None), None) is None:
        return False
    if any(is_block(c) and c.tag != "br" for c in element):
        return False
    length = 0
    for text in element.itertext():
        length += len(text)
        if length > _SHORT:
            return False
    return True


def _block_place(node: Any) -> Callable[[], Place]:
    return lambda: Place(reader="html", path=_path(node))


def _table_of(node: Any) -> Any:
    while node is not None and node.tag != "table":
        node = node.getparent()
    return node
