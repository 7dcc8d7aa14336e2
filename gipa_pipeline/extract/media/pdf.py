"""PDF with a text layer: drawn rules to grids, the rest to lines, page by page (PDF 文件)."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from typing import Any

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.breaks import Block, Box, mend
from gipa_pipeline.extract.media.document import Document, Grid, GridCell
from gipa_pipeline.extract.media.lattice import Glyph, Rule, lattices, placed_lines
from gipa_pipeline.extract.media.overprint import brightness, of_a_cell, tilted, with_pale, without_pale
from gipa_pipeline.extract.media.upright import View, view_of
from gipa_pipeline.extract.media.veil import LOST, is_behind_a_picture, unreadable_codes
from gipa_pipeline.extract.media.writer import TextWriter
from gipa_pipeline.model import Place

MAX_PAGES = 80
MAX_GLYPHS = 60_000
MAX_PATHS = 30_000
"""Of one page; a drawing or a map has more."""
MAX_WHOLE = 200_000
"""Characters and paths of all pages together; eighty full pages have some hundred thousand."""
_THIN = 3.0
_FEW_GLYPHS = 20
_FIRST_ROW = re.compile(r"本\s*年\s*新\s*收")


def read_pdf(data: bytes) -> Document:
    """Read a PDF's text layer and its ruled tables.

    Raises:
        UnreadableDocument: damaged, locked, or pictures without a text layer.
    """
    import pypdfium2

    try:
        book = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        kind = "encrypted" if "password" in str(error).lower() else "broken"
        raise UnreadableDocument(kind, f"the PDF cannot be opened: {error}") from error
    try:
        return _read(book)
    except pypdfium2.PdfiumError as error:
        raise UnreadableDocument("broken", f"a page of the PDF cannot be read: {error}") from error
    finally:
        book.close()


def _read(book: Any) -> Document:
    writer = Writer()
    empty_pages = 0
    pages: list[list[tuple[float, Block]]] = []
    held = 0
    for number in range(min(len(book), MAX_PAGES)):
        page = book[number]
        blocks, bare, size = printed_blocks(page, number + 1)
        held += size
        if held > MAX_WHOLE:
            raise UnreadableDocument(
                "too_large", f"the PDF's pages hold more than {MAX_WHOLE:,} characters and paths"
            )
        empty_pages += bare
        pages.append(sorted(blocks, key=lambda b: b[0]))
        page.close()
    mend(pages)
    for number, blocks in enumerate(pages, start=1):
        writer.page(blocks, number)
    if empty_pages and empty_pages == min(len(book), MAX_PAGES):
        raise UnreadableDocument(
            "needs_ocr",
            "the PDF holds pictures only, or text that is not what it shows; its figures need character recognition",
        )
    document = writer.document("pdf", pictures=empty_pages)
    if len(book) > MAX_PAGES and not _FIRST_ROW.search(document.text):
        # The table may stand on a page that was not looked at: that is no report without a table.
        raise UnreadableDocument(
            "too_large",
            f"the PDF has {len(book)} pages; no table in the first {MAX_PAGES}, the rest is not read",
        )
    return document


def printed_blocks(page: Any, number: int) -> tuple[list[tuple[float, Block]], bool, int]:
    """The tables and lines of a page's text layer with their tops, whether it has none to go by, and its size.

    The size is how many characters and drawn paths it holds.
    """
    text = page.get_textpage()
    view = view_of(page, text)
    glyphs = _glyphs(text, view)
    text.close()
    lost = sum(g.text == LOST for g in glyphs)
    if len(glyphs) >= _FEW_GLYPHS and (unreadable_codes(lost, len(glyphs)) or is_behind_a_picture(page)):
        return [], True, len(glyphs)
    horizontal, vertical, paths = _rules(page, view)
    tables, rest = lattices(horizontal, vertical, glyphs, number, of_a_cell)
    blocks: list[tuple[float, Block]] = [(t.box[1], t.grid) for t in tables]
    blocks += [(box[1], (text, box)) for text, box in placed_lines(without_pale(rest))]
    return blocks, len(glyphs) < _FEW_GLYPHS, len(glyphs) + paths


class Writer(TextWriter):
    """The pages of a paginated document as one text with grids and places."""

    def __init__(self) -> None:
        super().__init__()
        self.readers: list[str] = []

    def page(self, blocks: Sequence[tuple[float, Block]], number: int, reader: str = "pdf") -> None:
        """Add a page's tables and lines from top to bottom; ``reader`` names who saw them."""
        for _, block in sorted(blocks, key=lambda b: b[0]):
            if isinstance(block, Grid):
                self.table(block, reader)
            else:
                self.line(*block, page=number, reader=reader)

    def document(self, medium: str, pictures: int = 0) -> Document:
        """What was written, as a document."""
        return Document(
            medium=medium,
            text=self.text,
            grids=self.grids,
            pictures=pictures,
            spans=self.spans,
            locate_cell=self.cell_place,
        )

    def line(self, text: str, box: Box, page: int, reader: str = "pdf") -> None:
        """Add a line of text."""
        self.spans.append((self.length, lambda: Place(reader=reader, page=page, box=box)))
        self.put(text + "\n")

    def table(self, grid: Grid, reader: str = "pdf") -> None:
        """Add a table, a row a line."""
        self.readers.append(reader)
        self.cells(grid, self.cell_place)

    def cell_place(self, grid: Grid, cell: GridCell) -> Place:
        """Where a cell of a table stands."""
        return Place(
            reader=self.readers[grid.index],
            table=grid.index,
            row=cell.row,
            column=cell.column,
            page=cell.page,
            box=cell.box,
        )


def _glyphs(text: Any, view: View) -> list[Glyph]:
    from pypdfium2 import raw

    left, bottom, right, top = (ctypes.c_double() for _ in range(4))
    loose = raw.FS_RECTF()
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    out: list[Glyph] = []
    shades: list[float] = []
    aslant: list[int] = []
    if text.count_chars() > MAX_GLYPHS:
        raise UnreadableDocument("too_large", f"a page of the PDF has more than {MAX_GLYPHS} characters")
    for n in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, n)
        if (code <= 32 or code in (0xFFFE, 0xFFFF, 0xFEFF)) and not raw.FPDFText_HasUnicodeMapError(text, n):
            continue
        if raw.FPDFText_GetCharBox(text, n, left, right, bottom, top):
            # Half of a pair stands for no character, and cannot be stored.
            lost = raw.FPDFText_HasUnicodeMapError(text, n) == 1 or 0xD800 <= code <= 0xDFFF
            sign = LOST if lost else chr(code)
            ink = view.box(left.value, bottom.value, right.value, top.value)
            if raw.FPDFText_GetLooseCharBox(text, n, loose) and loose.top > loose.bottom:
                ink = _framed(ink, view.box(loose.left, loose.bottom, loose.right, loose.top))
            if tilted(raw.FPDFText_GetCharAngle(text, n)):
                aslant.append(len(out))
            out.append(Glyph(sign, *ink))
            known = raw.FPDFText_GetFillColor(text, n, red, green, blue, alpha)
            shades.append(brightness(red.value, green.value, blue.value, alpha.value) if known else 0.0)
    out = with_pale(out, shades)
    if 2 * len(aslant) < len(out):
        # On a page that was put in askew, all of it stands so.
        gone = set(aslant)
        out = [g for n, g in enumerate(out) if n not in gone]
    return out


def _framed(ink: Box, advance: Box) -> Box:
    """A character's box: as high as its line, and as wide as its advance where that is a sane frame of its ink.

    The ink of a point or a dash lies on another line than its digits (65.48 read as 6548), and that of full-width
    digits so far apart that a number seems to be spaced.
    """
    left, top, right, bottom = advance
    around = left <= ink[0] + 1 and ink[2] <= right + 1 and right - left <= 1.5 * (bottom - top)
    return (left, top, right, bottom) if around else (ink[0], top, ink[2], bottom)


def _rules(page: Any, view: View) -> tuple[list[Rule], list[Rule], int]:
    """Straight lines across and down, and how many paths were looked at."""
    from pypdfium2 import raw

    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    count = 0
    for count, item in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH])):
        if count >= MAX_PATHS:
            # A drawing. Half of its lines would make a false table.
            return [], [], count
        matrix = item.get_matrix()
        container = item.container
        while container is not None:
            matrix = matrix.multiply(container.get_matrix())
            container = container.container
        for x0, y0, x1, y1 in _segments(item, matrix, raw):
            (x0, y0), (x1, y1) = view.point(x0, y0), view.point(x1, y1)
            wide, high = abs(x1 - x0), abs(y1 - y0)
            if high <= _THIN < wide:
                horizontal.append(Rule((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
            elif wide <= _THIN < high:
                vertical.append(Rule((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
    return horizontal, vertical, count


def _segments(item: Any, matrix: Any, raw: Any) -> list[tuple[float, float, float, float]]:
    """Straight pieces of a path on the page; a thin filled box counts as one line."""
    mode, stroke = ctypes.c_int(), raw.FPDF_BOOL()
    raw.FPDFPath_GetDrawMode(item, mode, stroke)
    points: list[tuple[float, float]] = []
    pieces: list[tuple[float, float, float, float]] = []
    start: tuple[float, float] | None = None
    x, y = ctypes.c_float(), ctypes.c_float()
    for n in range(min(raw.FPDFPath_CountSegments(item), 2000)):
        segment = raw.FPDFPath_GetPathSegment(item, n)
        if not raw.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        point = matrix.on_point(x.value, y.value)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif points and raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_LINETO:
            pieces.append((*points[-1], *point))
        points.append(point)
        if raw.FPDFPathSegment_GetClose(segment) and start is not None:
            pieces.append((*point, *start))
    if not points:
        return []
    left, right = min(p[0] for p in points), max(p[0] for p in points)
    low, top = min(p[1] for p in points), max(p[1] for p in points)
    if mode.value and min(right - left, top - low) <= _THIN:
        return (
            [(left, low, right, top)]
            if right - left > top - low
            else [((left + right) / 2, low, (left + right) / 2, top)]
        )
    return pieces if stroke.value else []
