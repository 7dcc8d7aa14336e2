"""HTML pages: tables with their spans spread, and the page's text in reading order (网页).

Tables are taken from the tree with an own grid: text extractors drop tables that stand inside layout
tables. What the numbers mean is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.charset import decode
from gipa_pipeline.extract.dates import date_in
from gipa_pipeline.extract.document import (
    MAX_COLUMNS,
    MAX_ROWS,
    Document,
    Grid,
    GridCell,
    Meta,
    bounded_grids,
)
from gipa_pipeline.extract.fold import fold_cell
from gipa_pipeline.model import Place

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
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
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset(
    ["script", "style", "noscript", "template", "head", "select", "textarea", "svg", "iframe", "object"]
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_SHOWN_INPUTS = ("text", "number")
_ANCHOR = re.compile(r"本\s*年\s*新\s*收")
"""Table 3's first row; where no table has it, the figures stand outside tables."""
_DIGITS = re.compile(r"\s*(\d{1,4})")
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_TOO_DEEP = "Excessive depth"
"""What the parser says when it stops at its limit of 2048 levels and drops the rest of the page."""


def read_html(data: bytes, *, whole: bool = True) -> Document:
    """Read a page.

    ``whole=False`` builds the text from the tables alone, when there are tables: all that the cells
    need, at a third of the cost.

    Raises:
        ValueError: no element at all.
        UnreadableDocument: nested beyond the parser's limit, or tables without measure.
    """
    from lxml import etree

    text, encoding = decode(data)
    # A page that is UTF-8 already is parsed as it came.
    source = (
        data
        if encoding == "utf-8" and b"\x00" not in data
        else text.replace("\x00", "").encode("utf-8", "replace")
    )
    # Without huge_tree the parser stops at 256 levels, which unclosed tags reach, and says nothing.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.fromstring(source, parser)
    if root is None:
        raise ValueError("the page holds no element")
    if any(_TOO_DEEP in entry.message for entry in parser.error_log):
        raise UnreadableDocument("broken", "the page is nested too deeply to be read whole")
    tables: list[Any] = []
    images: list[Any] = []
    tags: list[Any] = []
    titles: list[Any] = []
    shelves = {"table": tables, "img": images, "meta": tags, "title": titles}
    for element in root.iter("table", "img", "meta", "title"):
        shelves[element.tag].append(element)
    made = (_grid(table, i) for i, table in enumerate(tables))
    grids = bounded_grids(grid for grid in made if grid is not None)
    folded: str | None = None
    linear = ""
    if not whole:
        linear, folded, spans = _tables_text(grids)
    if not _ANCHOR.search(linear):
        linear, spans = _linear(root, grids)
        folded = None
    return Document(
        medium="html",
        text=linear,
        grids=grids,
        meta=_meta(tags, titles),
        pictures=_pictures(images),
        spans=spans,
        locate_cell=_cell_place,
        folded=folded,
    )


def _meta(tags: list[Any], titles: list[Any]) -> Meta:
    """The government page tags (网站标签) and the title element."""
    values: dict[str, str] = {}
    for tag in tags:
        name = (tag.get("name") or tag.get("property") or "").lower()
        if name and tag.get("content"):
            values.setdefault(name, tag.get("content").strip())
    title = values.get("articletitle") or values.get("og:title")
    if not title:
        title = _SPACE.sub(" ", "".join(titles[0].itertext())).strip() if titles else None
    published = next(
        (d for n in ("pubdate", "publishdate", "article:published_time") if (d := date_in(values.get(n)))),
        None,
    )
    return Meta(
        title=title or None,
        site=values.get("sitename"),
        source=values.get("contentsource") or values.get("author"),
        published=published,
    )


def _pictures(images: list[Any]) -> int:
    """How many pictures stand in the page that may be pictures of tables (no icons, no buttons)."""
    count = 0
    for image in images:
        source = (image.get("src") or "").lower()
        wide = _DIGITS.match(image.get("width") or "")
        if (
            source
            and not (wide and int(wide[1]) < 200)
            and not re.search(r"logo|icon|btn|qr|code|share|\.gif", source)
        ):
            count += 1
    return count


def _span(value: str | None, limit: int) -> int:
    found = _DIGITS.match(value) if value else None
    return min(max(1, int(found[1])), limit) if found else 1


def _grid(table: Any, index: int) -> Grid | None:
    """The table's own rows as a grid; None for a table with fewer than two cells (a layout frame)."""
    cells: list[GridCell] = []
    elements: list[Any] = []
    taken: dict[int, list[tuple[int, int]]] = {}
    number = 0
    for row, way in _own_rows(table):
        if number >= MAX_ROWS:
            break
        busy = taken.pop(number, [])
        column = 0
        seen = {"td": 0, "th": 0}
        for td in row:
            if td.tag not in seen:
                continue
            seen[td.tag] += 1
            if _hidden(td):
                continue
            column = _free(column, busy)
            if column >= MAX_COLUMNS:
                break
            wide = min(_span(td.get("colspan"), MAX_COLUMNS), MAX_COLUMNS - column)
            high = _span(td.get("rowspan"), MAX_ROWS)
            step = f"{way}/{td.tag}[{seen[td.tag]}]"
            cells.append(GridCell(_cell_text(td), number, column, high, wide, None, None, None, step))
            elements.append(td)
            for below in range(number + 1, min(number + high, MAX_ROWS)):
                taken.setdefault(below, []).append((column, column + wide))
            column += wide
        number += 1
    if len(cells) < 2:
        return None
    for cell in cells:
        cell.rowspan = min(cell.rowspan, number - cell.row)
    grid = Grid(cells, index=index, reader="html")
    grid.elements = elements
    grid.source = table
    return grid


def _free(column: int, busy: list[tuple[int, int]]) -> int:
    moved = True
    while moved:
        moved = False
        for start, end in busy:
            if start <= column < end:
                column, moved = end, True
    return column


def _own_rows(table: Any) -> Iterator[tuple[Any, str]]:
    """A table's rows that a visitor sees, each with the way to it from the table."""
    places: dict[str, int] = {}
    for child in table:
        tag = child.tag
        places[tag] = places.get(tag, 0) + 1
        if tag == "tr":
            if not _hidden(child):
                yield child, f"/tr[{places[tag]}]"
        elif tag in ("tbody", "thead", "tfoot", "form") and not _hidden(child):
            number = 0
            for row in child:
                if row.tag == "tr":
                    number += 1
                    if not _hidden(row):
                        yield row, f"/{tag}[{places[tag]}]/tr[{number}]"


def _hidden(element: Any) -> bool:
    style = element.get("style")
    return style is not None and _HIDDEN.search(style) is not None


def _cell_text(td: Any) -> str:
    if not len(td):
        return (td.text or "").strip()
    parts: list[str] = []
    _gather(td, parts)
    lines = (line.strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _gather(element: Any, parts: list[str]) -> None:
    """Text of an element: inline pieces joined as they stand, block elements on lines of their own.

    Tables inside are left out: they are grids of their own, unless they frame a single value. A stack
    instead of recursion, since unclosed tags nest without end.
    """
    if element.text:
        parts.append(element.text.replace("\n", " "))
    stack = [(element, iter(element))]
    while stack:
        owner, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if stack:
                _leave(owner, parts)
        elif child.tag in _SILENT or _hidden(child) or (child.tag == "table" and not _is_frame(child)):
            if child.tail:
                parts.append(child.tail.replace("\n", " "))
        else:
            if child.tag in _BLOCKS:
                parts.append("\n")
            if child.text:
                parts.append(child.text.replace("\n", " "))
            elif child.tag == "input" and child.get("type", "text") in _SHOWN_INPUTS:
                # A form that was published as it stands in the editor keeps its figures in fields.
                parts.append(child.get("value") or "")
            if len(child):
                stack.append((child, iter(child)))
            else:
                _leave(child, parts)


def _is_frame(table: Any) -> bool:
    """Whether a table inside a cell has one cell only: an editor's way to place a value."""
    cells = table.iter("td", "th")
    next(cells, None)
    return next(cells, None) is None


def _leave(element: Any, parts: list[str]) -> None:
    if element.tag in _BLOCKS:
        parts.append("\n")
    if element.tail:
        parts.append(element.tail.replace("\n", " "))


def _cell_place(grid: Grid, cell: GridCell) -> Place:
    if grid.path is None:
        grid.path = _path(grid.source) or ""
    return Place("html", None, None, grid.path + cell.step, grid.index, cell.row, cell.column)


def _path(node: Any) -> str | None:
    return node.getroottree().getpath(node) if node is not None else None


def _tables_text(grids: list[Grid]) -> tuple[str, str, list[tuple[int, Callable[[], Place]]]]:
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
            spans.append((length, partial(_cell_place, grid, cell)))
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


def _linear(root: Any, grids: list[Grid]) -> tuple[str, list[tuple[int, Callable[[], Place]]]]:
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
        parts.append(text)
        length += len(text)

    def leave(element: Any, *, block: bool) -> None:
        if block:
            put("\t\n" if _is_square(element) else "\n")
        if element.tail:
            put(_SPACE.sub(" ", element.tail))

    if root.text:
        put(_SPACE.sub(" ", root.text))
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
        if not isinstance(tag, str) or tag in _SILENT or _hidden(child):
            leave(child, block=False)
        elif own is not None and id(_table_of(child)) not in layout:
            grid, cell = own
            cell.start = length
            spans.append((length, partial(_cell_place, grid, cell)))
            put(cell.text if _loose(cell.text) else cell.text.replace("\n", ""))
            cell.end = length
            put("\t")
            leave(child, block=False)
        else:
            block = tag in _BLOCKS
            if block:
                put("\n")
                spans.append((length, _block_place(child)))
            if child.text:
                put(_SPACE.sub(" ", child.text))
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
    if any(c.tag in _BLOCKS and c.tag != "br" for c in element):
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
