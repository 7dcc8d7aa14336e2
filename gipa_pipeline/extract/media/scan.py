"""Scanned PDF pages and pictures of pages: rules and recognised characters to grids and lines (扫描件、图片).

Every cell that may hold a figure is looked at twice: as part of the page's lines with the whole character set,
and alone with digits only. Both looks are kept with the cell; what they are worth is decided in ``repair``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.fold import ideographs
from gipa_pipeline.extract.media import ocr, picture
from gipa_pipeline.extract.media.breaks import Block
from gipa_pipeline.extract.media.document import Document, GridCell
from gipa_pipeline.extract.media.lattice import Glyph, Lattice, Rule, lattices, placed_lines
from gipa_pipeline.extract.media.looks import Look, text_of
from gipa_pipeline.extract.media.orientation import turn_of, turned_back
from gipa_pipeline.extract.media.package import pictures_in
from gipa_pipeline.extract.media.pdf import MAX_PAGES, Writer, printed_blocks

SCAN, IMAGE = "scan", "image"
_INSET = 4
"""Pixels beside a rule that may still belong to it."""
_LABEL = 3
"""A cell with so many ideographs is a label or heading and holds no figure to look at again."""
_SMALLEST, _LOWEST = 300, 60
"""A picture that is smaller both ways, or lower, is a seal or a mark, not a table."""

PixelBox = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of the evened page."""
OnPage = Callable[[], None]
"""Called before the first page and after each, so that a long document is not taken for one that hangs."""


def read_picture(data: bytes, on_page: OnPage | None = None) -> Document:
    """Read an image file: one page a frame.

    Raises:
        UnreadableDocument: damaged, or no recogniser is installed.
    """
    ocr.require()
    ocr.listen(on_page)
    if on_page:
        on_page()  # from here on it takes seconds a page
    writer = Writer()
    number = 0
    for number, image in enumerate(_frames([data], sheets=True), start=1):
        writer.page(seen_blocks(image, number), number, IMAGE)
        if on_page:
            on_page()
    return writer.document(IMAGE, number)


def pictures_of(data: bytes) -> Iterator[Any]:
    """The evened pictures of an image file, a Word file or a page, in the order of their numbers in places.

    Raises:
        UnreadableDocument: damaged.
    """
    from gipa_pipeline.extract.media.kinds import medium_of
    from gipa_pipeline.extract.media.page_pictures import shown_pictures

    medium = medium_of(data)
    if medium == "image":
        yield from _frames([data], sheets=True)
    elif medium == "docx":
        yield from _frames(pictures_in(data), sheets=False)
    elif medium in ("html", "mhtml"):
        yield from _frames(shown_pictures(data, medium), sheets=False)


def _frames(contents: Iterable[bytes], *, sheets: bool) -> Iterator[Any]:
    """The evened frames of pictures; of parts of a page only those large enough for a table.

    Raises:
        UnreadableDocument: a sheet is damaged.
    """
    for content in contents:
        try:
            frames = picture.frames_of(content)
        except UnreadableDocument:
            if sheets:
                raise
            continue  # a drawing in a vector format, or an ornament
        for frame in frames:
            if sheets or (max(frame.shape[:2]) >= _SMALLEST and min(frame.shape[:2]) >= _LOWEST):
                yield from picture.evened(frame, sheet=sheets)


def read_scanned_pdf(data: bytes, on_page: OnPage | None = None) -> Document:
    """Read a PDF whose pages are pictures, all or some; pages with a text layer are read from that.

    Raises:
        UnreadableDocument: damaged or locked, or no recogniser is installed.
    """
    import pypdfium2

    ocr.require()
    ocr.listen(on_page)
    if on_page:
        on_page()  # from here on it takes seconds a page
    writer = Writer()
    pictures = 0
    try:
        book = pypdfium2.PdfDocument(data)
        for n in range(min(len(book), MAX_PAGES)):
            page = book[n]
            blocks, bare, _ = printed_blocks(page, n + 1)
            if bare:
                pictures += 1
                writer.page(_rendered(page, n + 1), n + 1, SCAN)
                if on_page:
                    on_page()
            else:
                writer.page(blocks, n + 1)
            page.close()
        book.close()
    except pypdfium2.PdfiumError as error:
        raise UnreadableDocument("broken", f"the PDF cannot be read: {error}") from error
    return writer.document(SCAN, pictures)


def read_docx_pictures(data: bytes, document: Document, on_page: OnPage | None = None) -> Document:
    """A Word document whose tables are pictures: its text, followed by what its pictures show.

    Raises:
        UnreadableDocument: no recogniser is installed.
    """
    end = len(document.text)
    return seen_pictures(document, ((end, end, p) for p in pictures_in(data)), on_page) or document


def seen_pictures(
    document: Document, pictures: Iterable[tuple[int, int, bytes]], on_page: OnPage | None = None
) -> Document | None:
    """A document's text with what its pictures show; None when none of them is large enough for a table.

    Args:
        document: its text and title are kept, its own tables only as text.
        pictures: the stretch of text that each picture takes the place of, in order, and its content.
        on_page: called after each picture.

    Raises:
        UnreadableDocument: no recogniser is installed.
    """
    ocr.require()
    ocr.listen(on_page)
    writer = Writer()
    number = at = 0
    for start, end, content in pictures:
        _copy(document, at, start, writer)
        at = end
        for image in _frames([content], sheets=False):
            number += 1
            writer.page(seen_blocks(image, number), number, IMAGE)
            if on_page:
                on_page()
    if not number:
        return None
    _copy(document, at, len(document.text), writer)
    read = writer.document(IMAGE, document.pictures)
    read.meta = document.meta
    return read


def _copy(document: Document, start: int, end: int, writer: Writer) -> None:
    """A stretch of a document's text with its places."""
    if start == end:
        return
    shift = writer.length - start
    writer.spans += [(at + shift, place) for at, place in document.spans if start <= at < end]
    writer.put(document.text[start:end] + "\n")


def pieces_of_page(page: Any) -> list[Any]:
    """A PDF's page as evened pictures: one, or the pieces of a long strip."""
    width, height = page.get_size()
    if min(width, height) < 20 or max(width, height) > 20_000:
        return []
    image = page.render(scale=picture.WIDTH / min(width, height), grayscale=True).to_numpy().squeeze()
    return picture.evened(image)


def _rendered(page: Any, number: int) -> list[tuple[float, Block]]:
    return [block for piece in pieces_of_page(page) for block in seen_blocks(piece, number)]


def seen_blocks(image: Any, number: int) -> list[tuple[float, Block]]:
    """The tables and lines of an evened page, figures looked at twice.

    The page may lie on its side or on its head; the tops are those of the page set upright, the boxes those of the
    page as it is.
    """
    import numpy as np

    reader = ocr.recogniser()
    boxes = reader.boxes(image)
    turn = turn_of(reader, image, boxes)
    upright = image
    if turn:
        upright = picture.straight(np.ascontiguousarray(np.rot90(image, turn)))
        boxes = reader.boxes(upright)
    horizontal, vertical = picture.rules_of(upright)
    boxes = [piece for box in boxes for piece in _between(box, vertical)]
    lines = reader.lines([upright[top:bottom, left:right] for left, top, right, bottom in boxes])
    tables, rest = lattices(horizontal, vertical, _glyphs(boxes, lines), number)
    _look_again(reader, upright, tables, boxes, lines)
    blocks: list[tuple[float, Block]] = [(t.box[1], t.grid) for t in tables]
    blocks += [(box[1], (text, box)) for text, box in placed_lines(rest)]
    return [(top, turned_back(block, turn, image.shape)) for top, block in blocks] if turn else blocks


def _between(box: PixelBox, vertical: Sequence[Rule]) -> Iterator[PixelBox]:
    """A line's box cut where upright rules run through it: what stands in two cells is two lines."""
    left, top, right, bottom = box
    middle = (top + bottom) / 2 * picture.POINT
    cuts = sorted(
        round(v.at / picture.POINT)
        for v in vertical
        if v.start <= middle <= v.end and left - 3 <= v.at / picture.POINT <= right + 3
    )
    edges = [left - _INSET, *cuts, right + _INSET]
    for a, b in pairwise(edges):
        if b - a > 2 * _INSET + 3:
            yield max(0, a + _INSET), top, b - _INSET, bottom


def _glyphs(boxes: Sequence[PixelBox], lines: Sequence[ocr.Line]) -> list[Glyph]:
    """The lines' characters with boxes in points."""
    glyphs: list[Glyph] = []
    k = picture.POINT
    for (left, top, right, bottom), line in zip(boxes, lines, strict=True):
        middles = [left + p * (right - left) for p in line.places]
        for n, sign in enumerate(line.text):
            if not sign.isspace():
                start = left if n == 0 else (middles[n - 1] + middles[n]) / 2
                end = right if n + 1 == len(middles) else (middles[n] + middles[n + 1]) / 2
                glyphs.append(Glyph(sign, start * k, top * k, end * k, bottom * k))
    return glyphs


def _look_again(
    reader: ocr.Recogniser,
    image: Any,
    tables: Sequence[Lattice],
    boxes: Sequence[PixelBox],
    lines: Sequence[ocr.Line],
) -> None:
    """Read every cell that may hold a figure by itself, and put the better text into the grid."""
    k = picture.POINT
    scored = [
        ((b[0] + b[2]) / 2 * k, (b[1] + b[3]) / 2 * k, n.score) for b, n in zip(boxes, lines, strict=True)
    ]
    bare = picture.without_rules(image)
    todo: list[tuple[GridCell, Look]] = []
    for cell in (cell for table in tables for cell in table.grid.cells):
        if cell.box is None or len(ideographs(cell.text)) >= _LABEL:
            continue
        left, top, right, bottom = cell.box
        score = min((s for x, y, s in scored if left < x < right and top < y < bottom), default=0.0)
        crop = picture.ink_in(bare, cell.box)
        look = Look(cell.text, score, ink=crop is not None, crop=crop)
        cell.node = look
        if crop is not None:
            look.leans, look.slash = picture.leans(crop), picture.is_slash(crop)
            todo.append((cell, look))
    looks = reader.looks([look.crop for _, look in todo])
    for (cell, look), (line, figures) in zip(todo, looks, strict=True):
        look.alone, look.figures = line, figures
        cell.text = text_of(look)
