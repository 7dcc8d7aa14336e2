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
from gipa_pipeline.extract.media.package import named, open_package, parse_xml, part
from gipa_pipeline.extract.media.word_fields import fields_of
from gipa_pipeline.extract.media.word_looks import is_on, looks_of
from gipa_pipeline.extract.media.word_numbers import numbers_of
from gipa_pipeline.extract.media.word_text import FALLBACK, Printed
from gipa_pipeline.extract.media.word_xml import WRAPPERS, as_package, is_word_xml
from gipa_pipeline.extract.media.writer import TextWriter
from gipa_pipeline.extract.prose.dates import date_in
from gipa_pipeline.model import Place

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WRAPPERS = WRAPPERS | {
    f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "customXml", "smartTag", "moveTo")
}
_DEEPEST = 60
_SMALL = re.compile(r"[1-9][0-9]{0,2}")
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"


def read_docx(data: bytes) -> Document:
    """Read a DOCX file, or a Word document in one XML file.

    Raises:
        UnreadableDocument: a damaged or locked package, or tables without measure.
    """
    package = open_package(as_package(data) if is_word_xml(data) else data)
    name = named(package.namelist(), "word/document") or "word/document.xml"
    raw = part(package, name).replace(_STRICT.strip("{}").encode(), _W.strip("{}").encode())
    root = parse_xml(raw)
    body = root.find(f"{_W}body")
    writer = _Writer(_printed_by(package, root))
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


def _printed_by(package: Any, root: Any) -> Printed:
    """How a document part's text is printed.

    Raises:
        UnreadableDocument: a part of the package is damaged or without measure.
    """
    looks = looks_of(package, root)
    return Printed(looks, fields_of(root), numbers_of(package, looks))


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

    def __init__(self, printed: Printed) -> None:
        super().__init__()
        self.printed = printed
        self.paragraphs = 0

    def blocks(self, element: Any, depth: int) -> None:
        for child in element:
            if child.tag == f"{_W}p":
                self.paragraph(child, depth)
            elif child.tag == f"{_W}tbl":
                self.table(child, depth)
            elif depth < _DEEPEST and child.tag in _WRAPPERS:
                self.blocks(child, depth + 1)

    def paragraph(self, paragraph: Any, depth: int) -> None:
        """A paragraph, and after it the text boxes that hang on it and hold tables."""
        self.spans.append((self.length, _paragraph_place(self.paragraphs)))
        self.paragraphs += 1
        boxes = [b for b in _text_boxes(paragraph) if next(b.iter(f"{_W}tbl"), None) is not None]
        self.put(self.printed.paragraph(paragraph, without=boxes) + "\n")
        for box in boxes if depth < _DEEPEST else ():
            self.blocks(box, depth + 1)

    def table(self, table: Any, depth: int) -> None:
        """A table; one whose cells hold tables is a frame, and what stands in its cells is read by itself."""
        if self.printed.looks.veiled(table):
            return
        rows = list(_rows(table))
        if depth < _DEEPEST and any(
            next(_tables_in(tc), None) is not None for r in rows for tc in _row_cells(r)
        ):
            for row in rows:
                for tc in _row_cells(row):
                    self.blocks(tc, depth + 1)
            return
        self.cells(Grid(list(_cells(table, self.printed)), reader="docx"), _cell_place)


def _cells(table: Any, printed: Printed) -> Iterator[GridCell]:
    open_merges: dict[int, GridCell] = {}
    for number, row in enumerate(_rows(table)):
        if number >= MAX_ROWS:
            return
        column = _skipped(row)
        last: GridCell | None = None
        for tc in _row_cells(row):
            if column >= MAX_COLUMNS:
                break
            properties = tc.find(f"{_W}tcPr")
            wide = min(_number(properties, "gridSpan", 1), MAX_COLUMNS - column)
            merge = properties.find(f"{_W}vMerge") if properties is not None else None
            going_on = _goes_on(properties, "vMerge")
            if last is not None and _goes_on(properties, "hMerge"):
                last.colspan += wide if last.row == number else 0
                # Whether what was left in it is shown, no two programs agree.
                last.text = "\n".join(text for text in (last.text, printed.cell(tc)) if text)
            elif going_on and column in open_merges:
                last = open_merges[column]
                last.rowspan = number - last.row + 1
            else:
                last = cell = GridCell(printed.cell(tc), number, column, 1, wide)
                if merge is not None:
                    open_merges[column] = cell
                else:
                    open_merges.pop(column, None)
                yield cell
            column += wide


def _goes_on(properties: Any, name: str) -> bool:
    """Whether a cell only goes on with the one above it or before it."""
    merge = properties.find(f"{_W}{name}") if properties is not None else None
    return merge is not None and merge.get(f"{_W}val", "continue") == "continue"


def _rows(table: Any) -> Iterator[Any]:
    for row in _below(table, f"{_W}tr"):
        properties = row.find(f"{_W}trPr")
        gone = () if properties is None else (properties.find(f"{_W}del"), properties.find(f"{_W}hidden"))
        if not any(is_on(mark) for mark in gone):
            yield row


def _row_cells(row: Any) -> Iterator[Any]:
    for tc in _below(row, f"{_W}tc"):
        if tc.find(f"{_W}tcPr/{_W}cellDel") is None:
            yield tc


def _below(element: Any, tag: str) -> Iterator[Any]:
    """The rows of a table, or the cells of a row, be they wrapped; not those of tables inside."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _below(child, tag)


def _tables_in(tc: Any) -> Iterator[Any]:
    """Tables of more than one cell inside a cell; one of a single cell only frames a text."""
    for table in tc.iter(f"{_W}tbl"):
        if len(list(table.iter(f"{_W}tc"))) > 1:
            yield table


def _text_boxes(paragraph: Any) -> list[Any]:
    """The contents of a paragraph's text boxes, each once."""
    return [
        box
        for box in paragraph.iter(f"{_W}txbxContent")
        if not any(a.tag == FALLBACK or a.tag == f"{_W}txbxContent" for a in box.iterancestors())
    ]


def _skipped(row: Any) -> int:
    return min(_number(row.find(f"{_W}trPr"), "gridBefore", 0), MAX_COLUMNS)


def _number(properties: Any, name: str, default: int) -> int:
    element = properties.find(f"{_W}{name}") if properties is not None else None
    value = element.get(f"{_W}val", "") if element is not None else ""
    return int(value) if _SMALL.fullmatch(value) else default


def _paragraph_place(number: int) -> Callable[[], Place]:
    return lambda: Place(reader="docx", path=f"/document/body/p[{number + 1}]")


def _cell_place(grid: Grid, cell: GridCell) -> Place:
    return Place(reader="docx", table=grid.index, row=cell.row, column=cell.column)
