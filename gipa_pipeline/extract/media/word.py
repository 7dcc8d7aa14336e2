"""DOCX: paragraphs and tables of the document part in order, spans as they are declared (Word 文档)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from gipa_pipeline.extract.media.document import (
    MAX_COLUMNS,
    MAX_ROWS,
    Document,
    Grid,
    GridCell,
    Meta,
    bounded_grids,
)
from gipa_pipeline.extract.media.package import open_package, parse_xml, part
from gipa_pipeline.extract.media.writer import TextWriter
from gipa_pipeline.extract.prose.dates import date_in
from gipa_pipeline.model import Place

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_UNSEEN = frozenset(
    (
        f"{_W}pPr",
        f"{_W}rPr",
        f"{_W}del",
        f"{_W}moveFrom",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    )
)
"""Properties, tracked deletions, and the copy of a text box for old programs."""
_SMALL = re.compile(r"[1-9][0-9]{0,2}")
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"


def read_docx(data: bytes) -> Document:
    """Read a DOCX file.

    Raises:
        UnreadableDocument: a damaged or locked package, or tables without measure.
    """
    package = open_package(data)
    raw = part(package, "word/document.xml").replace(_STRICT.strip("{}").encode(), _W.strip("{}").encode())
    root = parse_xml(raw)
    body = root.find(f"{_W}body")
    writer = _Writer()
    writer.blocks(body if body is not None else root, depth=0)
    bounded_grids(writer.grids)
    names = package.namelist()
    meta = Meta()
    if "docProps/core.xml" in names:
        meta = _properties(parse_xml(part(package, "docProps/core.xml")))
    return Document(
        medium="docx",
        text=writer.text,
        grids=writer.grids,
        meta=meta,
        pictures=sum(n.startswith("word/media/") for n in names),
        spans=writer.spans,
        locate_cell=_cell_place,
    )


def _properties(root: Any) -> Meta:
    values = {
        child.tag.rsplit("}", 1)[-1]: (child.text or "").strip()
        for child in root
        if isinstance(child.tag, str)
    }
    title = values.get("title") or None
    # The file's own dates are when it was typed, not when the report was published.
    return Meta(title=title if title and date_in(title) is None else None)


class _Writer(TextWriter):
    """Linear text, spans and grids of a body."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs = 0

    def blocks(self, element: Any, depth: int) -> None:
        for child in element:
            if child.tag == f"{_W}p":
                number = self.paragraphs
                self.paragraphs += 1
                self.spans.append((self.length, _paragraph_place(number)))
                self.put(_text(child) + "\n")
            elif child.tag == f"{_W}tbl":
                self.table(child)
            elif depth < 60 and child.tag in (
                f"{_W}sdt",
                f"{_W}sdtContent",
                f"{_W}ins",
                f"{_W}customXml",
                f"{_W}smartTag",
            ):
                self.blocks(child, depth + 1)

    def table(self, table: Any) -> None:
        self.cells(Grid(list(_cells(table)), reader="docx"), _cell_place)


def _cells(table: Any) -> Iterator[GridCell]:
    open_merges: dict[int, GridCell] = {}
    for number, row in enumerate(_rows(table)):
        if number >= MAX_ROWS:
            return
        column = _skipped(row)
        for tc in _row_cells(row):
            if column >= MAX_COLUMNS:
                break
            properties = tc.find(f"{_W}tcPr")
            wide = min(_number(properties, "gridSpan", 1), MAX_COLUMNS - column)
            merge = properties.find(f"{_W}vMerge") if properties is not None else None
            going_on = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
            if going_on and column in open_merges:
                merged = open_merges[column]
                merged.rowspan = number - merged.row + 1
            else:
                cell = GridCell(_cell_text(tc), number, column, 1, wide)
                if merge is not None:
                    open_merges[column] = cell
                else:
                    open_merges.pop(column, None)
                yield cell
            column += wide


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == f"{_W}tr":
            if child.find(f"{_W}trPr/{_W}del") is None:
                yield child
        elif child.tag in (f"{_W}sdt", f"{_W}ins"):
            yield from child.iter(f"{_W}tr")


def _row_cells(row: Any) -> Iterator[Any]:
    for child in row:
        if child.tag == f"{_W}tc":
            yield child
        elif child.tag == f"{_W}sdt":
            yield from child.iter(f"{_W}tc")


def _skipped(row: Any) -> int:
    return min(_number(row.find(f"{_W}trPr"), "gridBefore", 0), MAX_COLUMNS)


def _number(properties: Any, name: str, default: int) -> int:
    element = properties.find(f"{_W}{name}") if properties is not None else None
    value = element.get(f"{_W}val", "") if element is not None else ""
    return int(value) if _SMALL.fullmatch(value) else default


def _cell_text(tc: Any) -> str:
    return "\n".join(line for line in _text(tc).split("\n") if line)


def _text(element: Any) -> str:
    """The text of a paragraph or cell as printed: without what was moved away, and each text box once."""
    pieces: list[str] = []
    stack = [iter(element)]
    closing: list[bool] = [False]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            if closing.pop():
                pieces.append("\n")
            continue
        if node.tag in _UNSEEN:
            continue
        if node.tag == f"{_W}t" and node.text:
            pieces.append(node.text)
        elif node.tag == f"{_W}tab":
            pieces.append(" ")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            pieces.append("\n")
        if len(node):
            stack.append(iter(node))
            closing.append(node.tag == f"{_W}p")
    return "".join(pieces).strip("\n")


def _paragraph_place(number: int) -> Callable[[], Place]:
    return lambda: Place(reader="docx", path=f"/document/body/p[{number + 1}]")


def _cell_place(grid: Grid, cell: GridCell) -> Place:
    return Place(reader="docx", table=grid.index, row=cell.row, column=cell.column)
