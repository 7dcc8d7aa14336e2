"""HTML pages: tables with their spans spread, and the page's text in reading order (网页).

Tables are taken from the tree with an own grid: text extractors drop tables that stand inside layout
tables. What the numbers mean is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.charset import decode, to_the_end
from gipa_pipeline.extract.media.document import (
    MAX_COLUMNS,
    MAX_MARKS,
    MAX_ROWS,
    Document,
    Grid,
    GridCell,
    Meta,
    bounded_grids,
    bounded_length,
)
from gipa_pipeline.extract.media.html_blocks import block_grids
from gipa_pipeline.extract.media.html_colours import veil
from gipa_pipeline.extract.media.html_drawn import DRAWN, FIELDS, counted_to, draws, painted, typed
from gipa_pipeline.extract.media.html_filled import draw_filled
from gipa_pipeline.extract.media.html_parts import parts_of
from gipa_pipeline.extract.media.html_pieces import draw_small
from gipa_pipeline.extract.media.html_sheets import apply_sheets
from gipa_pipeline.extract.media.page_text import (
    SPACE,
    cell_place,
    is_block,
    linear_text,
    tables_text,
)
from gipa_pipeline.extract.media.sight import RAISED, SILENT, STRUCK, Sight, keeps_place, sight_of, visible
from gipa_pipeline.extract.media.style_display import conceal
from gipa_pipeline.extract.media.style_sheets import sheets_of
from gipa_pipeline.extract.prose.dates import date_in
from gipa_pipeline.model import Place

_ANCHOR = re.compile(r"本\s*年\s*新\s*收")
"""Table 3's first row; where no table has it, the figures stand outside tables."""
_DIGITS = re.compile(r"\s*(\d{1,4})")
_NOTHING = ("", "0")
"""What a cell holds whose figure is in an attribute, for a script to put in."""
_TOO_DEEP = "Excessive depth"
"""What the parser says when it stops at its limit of 2048 levels and drops the rest of the page."""


def read_html(data: bytes, *, whole: bool = True, inner: bool = False) -> Document:
    """Read a page.

    ``whole=False`` builds the text from the tables alone, when there are tables: all that the cells
    need, at a third of the cost.

    Raises:
        UnreadableDocument: no element at all, nested beyond the parser's limit, or tables without measure.
    """
    from lxml import etree

    if data.count(b"<") > MAX_MARKS:
        raise UnreadableDocument("too_large", f"the page has more than {MAX_MARKS:,} tags")
    text, encoding = decode(data)
    # A page that is UTF-8 already is parsed as it came.
    source = (
        data
        if encoding == "utf-8" and b"\x00" not in data
        else text.replace("\x00", "").encode("utf-8", "replace")
    )
    # Without huge_tree the parser stops at 256 levels, which unclosed tags reach, and says nothing.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(to_the_end(source), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument("broken", f"the page cannot be parsed: {error}") from error
    if root is None:
        raise UnreadableDocument("broken", "the page holds no element")
    if any(_TOO_DEEP in entry.message for entry in parser.error_log):
        raise UnreadableDocument("broken", "the page is nested too deeply to be read whole")
    parts = parts_of(root)
    sheets = sheets_of(e.text or "" for e in parts.named["style"])
    if b"color" in source or b"background" in source or b"bidi-override" in source:
        veil(root, sheets, parts)
    sight = sight_of(root, [element for tag in (*RAISED, *STRUCK) for element in parts.named[tag]])
    conceal(root, sheets.rules, sight)
    apply_sheets(sheets, parts, sight)
    draw_filled(parts)
    draw_small(parts, sight)
    tables = parts.named["table"]
    grids, linear, folded, spans = _read(root, tables, sight, whole=whole)
    if not _ANCHOR.search(linear) and (open_sight := sight.lifted()) is not None:
        grids, linear, folded, spans = _read(root, tables, open_sight, whole=whole)
    meta = _meta(parts.named["meta"], parts.named["title"])
    if not inner and "</td>" in linear and not any(_ANCHOR.search(c.text) for g in grids for c in g.cells):
        # The report stands in the page as the text of its tags: escaped twice, or for browsers without frames.
        document = read_html(linear.encode(), whole=whole, inner=True)
        return replace(document, meta=meta)
    return Document(
        medium="html",
        text=linear,
        grids=grids,
        meta=meta,
        pictures=sum(map(may_show_a_table, parts.named["img"])),
        spans=spans,
        locate_cell=cell_place,
        folded=folded,
    )


def _read(
    root: Any, tables: list[Any], sight: Sight, *, whole: bool
) -> tuple[list[Grid], str, str | None, list[tuple[int, Callable[[], Place]]]]:
    """Grids, text, folded text where it is at hand, and places of what is seen of a page."""
    made = (_grid(table, i, sight) for i, table in enumerate(tables) if sight.shown(table))
    grids = bounded_grids(grid for grid in made if grid is not None)
    if not whole:
        linear, folded, spans = tables_text(grids)
        if len(_ANCHOR.findall(linear)) == 1 and not any(map(_nameless, linear.split("\n\n"))):
            return grids, linear, folded, spans
        # Which of several tables is the report's, and what a table is of, is told by what stands around them.
    if not any(_ANCHOR.search(cell.text) for grid in grids for cell in grid.cells):
        grids = bounded_grids([*grids, *block_grids(root, len(grids), sight)])
    linear, spans = linear_text(root, grids, sight)
    return grids, linear, None, spans


def _nameless(table: str) -> bool:
    """Whether a table has outcomes of cases and not the name of their proceeding, which stands above it then."""
    return "维持" in table and "复议" not in table


def _meta(tags: list[Any], titles: list[Any]) -> Meta:
    """The government page tags (网站标签) and the title element."""
    values: dict[str, str] = {}
    for tag in tags:
        name = (tag.get("name") or tag.get("property") or "").lower()
        if name and tag.get("content"):
            values.setdefault(name, tag.get("content").strip())
    title = values.get("articletitle") or values.get("og:title")
    if not title:
        title = SPACE.sub(" ", "".join(titles[0].itertext())).strip() if titles else None
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


def may_show_a_table(image: Any) -> bool:
    """Whether a picture of a page may be one of a table, by what the page says of it: no icon, no button."""
    source = (image.get("src") or image.get("data-src") or "").lower()
    wide = _DIGITS.match(image.get("width") or "")
    inline = source.startswith("data:")
    return (
        bool(source)
        and not (wide and int(wide[1]) < 200)
        and (inline or not re.search(r"logo|icon|btn|qr|code|share|\.gif", source))
    )


def _span(value: str | None, limit: int) -> int:
    found = _DIGITS.match(value) if value else None
    return min(max(1, int(found[1])), limit) if found else 1


def _grid(table: Any, index: int, sight: Sight) -> Grid | None:
    """The table's own rows as a grid; None for a table with fewer than two cells (a layout frame)."""
    cells: list[GridCell] = []
    elements: list[Any] = []
    taken: dict[int, list[tuple[int, int]]] = {}
    rows = list(islice(_own_rows(table, sight), MAX_ROWS))
    concealed = sight.concealed
    unseen = _unseen_columns(table, sight)
    for number, (row, way) in enumerate(rows):
        busy = sorted(taken.pop(number, ()))
        column = passed = 0
        seen = {"td": 0, "th": 0}
        for td in row:
            tag = td.tag
            if tag not in seen:
                continue
            seen[tag] += 1
            hidden = td in concealed
            if hidden and not keeps_place(td):
                continue
            while passed < len(busy) and busy[passed][0] <= column:
                column = max(column, busy[passed][1])
                passed += 1
            if column >= MAX_COLUMNS:
                break
            colspan, rowspan = td.get("colspan"), td.get("rowspan")
            wide = min(_span(colspan, MAX_COLUMNS), MAX_COLUMNS - column) if colspan else 1
            high = _span(rowspan, MAX_ROWS) if rowspan else 1
            shut = unseen.get(column) if wide == 1 else None
            if shut:
                concealed.add(td)
                column += wide
                continue
            step = f"{way}/{tag}[{seen[tag]}]"
            text = "" if hidden else _cell_text(td, sight)
            if shut is False and any(map(str.isdigit, text)):
                text = DRAWN
            bounded_length(text)
            cells.append(GridCell(text, number, column, high, wide, None, None, None, step))
            elements.append(td)
            if high > 1:
                for below in range(number + 1, min(number + high, len(rows))):
                    taken.setdefault(below, []).append((column, column + wide))
            column += wide
    if len(cells) < 2:
        return None
    for cell in cells:
        cell.rowspan = min(cell.rowspan, len(rows) - cell.row)
    grid = Grid(cells, index=index, reader="html")
    grid.elements = elements
    grid.source = table
    return grid


def _unseen_columns(table: Any, sight: Sight) -> dict[int, bool]:
    """The columns whose ``col`` is not seen: True where browsers hide their cells too, False where some do."""
    found: dict[int, bool] = {}
    column = 0
    for child in table:
        if child.tag not in ("col", "colgroup"):
            if child.tag in ("tr", "tbody", "thead"):
                break
            continue
        for col in (child,) if child.tag == "col" else child.iterchildren("col"):
            wide = _span(col.get("span"), MAX_COLUMNS)
            if sight.hidden(col):
                shut = "collapse" in (col.get("style") or "").lower()
                found.update(dict.fromkeys(range(column, column + wide), shut))
            column += wide
    return found


def _own_rows(table: Any, sight: Sight) -> Iterator[tuple[Any, str]]:
    """A table's rows that a visitor sees, each with the way to it from the table."""
    places: dict[str, int] = {}
    for child in table:
        tag = child.tag
        places[tag] = places.get(tag, 0) + 1
        if tag == "tr":
            if not sight.hidden(child):
                yield child, f"/tr[{places[tag]}]"
        elif tag in ("tbody", "thead", "tfoot", "form") and not sight.hidden(child):
            number = 0
            for row in child:
                if row.tag == "tr":
                    number += 1
                    if not sight.hidden(row):
                        yield row, f"/{tag}[{places[tag]}]/tr[{number}]"


def _cell_text(td: Any, sight: Sight) -> str:
    if not len(td):
        text = visible(td.text or "").strip()
        unknown = text in _NOTHING and counted_to(td) not in (None, text)
        return DRAWN if unknown or (not text and painted(td)) else text
    parts: list[str] = []
    _gather(td, parts, sight)
    lines = (line.strip() for line in visible("".join(parts)).split("\n"))
    text = "\n".join(line for line in lines if line)
    return DRAWN if draws(td, sight, text) else text


def _gather(element: Any, parts: list[str], sight: Sight) -> None:
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
        elif child.tag in SILENT or sight.hidden(child) or (child.tag == "table" and not _is_frame(child)):
            if child.tag in FIELDS and not sight.hidden(child):
                parts.append(typed(child))
            if child.tail:
                parts.append(child.tail.replace("\n", " "))
        else:
            if is_block(child):
                parts.append("\n")
            if text := sight.text_of(child):
                parts.append(text.replace("\n", " "))
            elif child.tag == "input":
                parts.append(typed(child))
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
    if is_block(element):
        parts.append("\n")
    if element.tail:
        parts.append(element.tail.replace("\n", " "))
