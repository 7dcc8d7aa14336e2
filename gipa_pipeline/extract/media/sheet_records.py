"""What an old workbook's records say of its cells beyond their values: hidden, struck, coloured, formats (XLS 记录).

The file is a row of records, each with its kind, its length and its body; the first sheet of them describes fonts,
formats and styles, each further one a worksheet. Excel 97 and later (BIFF8); older ones give no marks.
Source: [MS-XLS], "Excel Binary File Format".
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.colours import BLACK, RGB, WHITE, colour, verdict
from gipa_pipeline.extract.media.record_texts import Stretched, letters
from gipa_pipeline.extract.media.sheet_marks import Marks
from gipa_pipeline.extract.media.sheet_styles import Rich, Styles, seen_text, shows, shows_no_nought
from gipa_pipeline.extract.media.sight import SUPERSCRIPTS

_BOF, _EOF, _CONTINUE, _SHEET, _LOCKED = 0x0809, 0x000A, 0x003C, 0x0085, 0x002F
_FONT, _FORMAT, _STYLE, _PALETTE, _TEXTS = 0x0031, 0x041E, 0x00E0, 0x0092, 0x00FC
_ROW, _COLUMN, _WINDOW = 0x0208, 0x007D, 0x023E
_NUMBER, _RK, _MANY, _FORMULA, _ERROR = 0x0203, 0x027E, 0x00BD, 0x0006, 0x0205
_TEXT, _OLD_TEXT, _OLD_RICH = 0x00FD, 0x0204, 0x00D6
_BIFF8 = 0x0600
_ERROR_RESULT = 2
_MOST_TEXTS = 200_000
_MOST_RANGES = 200
_MOST_SHEETS = 200
_FIRST = ("000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF")
_USUAL = (
    *_FIRST,
    *("800000", "008000", "000080", "808000", "800080", "008080", "C0C0C0", "808080"),
    *("9999FF", "993366", "FFFFCC", "CCFFFF", "660066", "FF8080", "0066CC", "CCCCFF"),
    *("000080", "FF00FF", "FFFF00", "00FFFF", "800080", "800000", "008080", "0000FF"),
    *("00CCFF", "CCFFFF", "CCFFCC", "FFFF99", "99CCFF", "FF99CC", "CC99FF", "FFCC99"),
    *("3366FF", "33CCCC", "99CC00", "FFCC00", "FF9900", "FF6600", "666699", "969696"),
    *("003366", "339966", "003300", "333300", "993300", "993366", "333399", "333333"),
)
"""The colours of a workbook that brings none of its own, from number 8 on."""


@dataclass(frozen=True, slots=True)
class _Font:
    ink: RGB | None
    struck: bool
    raised: bool


@dataclass(frozen=True, slots=True)
class _Figure:
    """A square with a number or the result of a formula."""

    at: tuple[int, int]
    style: int
    nought: bool = False
    error: bool = False


@dataclass(slots=True)
class _Book:
    """What the first records describe, in the order of their numbers."""

    sheets: list[tuple[str, int]] = field(default_factory=list)
    palette: dict[int, RGB] = field(default_factory=dict)
    fonts: list[bytes] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)
    styles: list[bytes] = field(default_factory=list)
    texts: dict[int, Rich] = field(default_factory=dict)

    def font(self, number: int) -> _Font:
        """A font by its number; there is none with number 4."""
        place = number - 1 if number > 4 else number
        if place >= len(self.fonts):
            return _Font(None, struck=False, raised=False)
        options, ink, _, raised = struct.unpack_from("<HHHH", self.fonts[place], 2)
        return _Font(self.palette.get(ink), struck=bool(options & 8), raised=raised in (1, 2))


def marks_of_records(data: bytes) -> dict[str, Marks]:
    """The marks of each worksheet of an XLS file, by the sheet's name; none for a file of an older program.

    Raises:
        UnreadableDocument: the file is damaged.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as package:
            if not package.exists("Workbook"):
                return {}
            stream = package.openstream("Workbook").read()
        return marks_of_stream(stream)
    except (OSError, ValueError, IndexError, TypeError, struct.error) as error:
        raise UnreadableDocument("broken", f"the workbook's records are damaged: {error}") from error


def marks_of_stream(stream: bytes) -> dict[str, Marks]:
    """The marks of each worksheet, by its name, from the stream of records.

    Raises:
        struct.error: a record is shorter than its kind asks.
    """
    if len(stream) < 6 or struct.unpack_from("<HHH", stream)[::2] != (_BOF, _BIFF8):
        return {}
    book = _book(stream)
    styles = _styles(book)
    return {name: _sheet(stream, at, book, styles) for name, at in book.sheets}


def _records(stream: bytes, at: int) -> Iterator[tuple[int, list[bytes]]]:
    """The records of one sheet from its beginning, each with what goes on of it; charts in it are passed over."""
    depth = 0
    held: tuple[int, list[bytes]] | None = None
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + length]
        at += 4 + length
        if kind == _CONTINUE:
            if held is not None:
                held[1].append(body)
            continue
        if held is not None:
            yield held
            held = None
        depth += (kind == _BOF) - (kind == _EOF)
        if depth < 1:
            return
        if depth == 1:
            held = (kind, [body])


def _book(stream: bytes) -> _Book:
    book = _Book(palette={n + 8: _hex(code) for n, code in enumerate(_USUAL)})
    book.palette |= {n: _hex(code) for n, code in enumerate(_FIRST)} | {0x41: WHITE}
    shared: list[bytes] = []
    for kind, bodies in _records(stream, 0):
        body = bodies[0]
        if kind == _LOCKED:
            raise UnreadableDocument("encrypted", "the workbook is locked with a password")
        if kind == _SHEET and len(book.sheets) < _MOST_SHEETS:
            at, _, _, length, wide = struct.unpack_from("<IBBBB", body)
            book.sheets.append((letters(body[8:], length, wide=wide), at))
        elif kind == _FONT:
            book.fonts.append(body)
        elif kind == _FORMAT:
            number, length, wide = struct.unpack_from("<HHB", body)
            book.codes[number] = letters(body[5:], length, wide=wide)
        elif kind == _STYLE:
            book.styles.append(body)
        elif kind == _PALETTE:
            for n in range(struct.unpack_from("<H", body)[0]):
                red, green, blue = struct.unpack_from("<BBB", body, 2 + 4 * n)
                book.palette[8 + n] = (float(red), float(green), float(blue))
        elif kind == _TEXTS:
            shared = bodies
    book.texts = _rich_texts(shared, book)
    return book


def _hex(code: str) -> RGB:
    return colour(code) or BLACK


def _styles(book: _Book) -> Styles:
    """What each cell style does with the value of its cells."""
    found: dict[str, set[int]] = {
        kind: set() for kind in ("shares", "odd", "whole", "struck", "unseen", "bare")
    }
    grounds: dict[int, RGB | None] = {}
    for n, body in enumerate(book.styles):
        font, number = struct.unpack_from("<HH", body)
        pattern, fill = struct.unpack_from("<I", body, 14)[0] >> 26, struct.unpack_from("<H", body, 18)[0]
        look = book.font(font)
        code = book.codes.get(number)
        for kind in shows(str(number), code):
            found[kind].add(n)
        if code is not None and shows_no_nought(code):
            found["bare"].add(n)
        if look.struck:
            found["struck"].add(n)
        ground = WHITE if pattern == 0 else book.palette.get(fill & 0x7F) if pattern == 1 else None
        if ground != WHITE:
            grounds[n] = ground
        if verdict(look.ink, [ground]) is not True:
            found["unseen"].add(n)
    return Styles(**{kind: frozenset(of) for kind, of in found.items()}, grounds=grounds, theme={})


def _sheet(stream: bytes, at: int, book: _Book, styles: Styles) -> Marks:
    """The marks of the worksheet whose records begin at an offset."""
    marks = Marks()
    bare = False
    figures: list[_Figure] = []
    for kind, bodies in _records(stream, at):
        body = bodies[0]
        if kind == _ROW:
            row, height = struct.unpack_from("<H4xH", body)
            if struct.unpack_from("<I", body, 12)[0] & 0x20 or not height & 0x7FFF:
                marks.rows.add(row)
        elif kind == _COLUMN:
            low, high, width, _, options = struct.unpack_from("<HHHHH", body)
            if (options & 1 or not width) and len(marks.columns) < _MOST_RANGES:
                marks.columns.append((low, high))
        elif kind == _WINDOW:
            bare = not struct.unpack_from("<H", body)[0] & 0x10
        elif kind in (_TEXT, _OLD_TEXT, _OLD_RICH):
            row, column, style = struct.unpack_from("<HHH", body)
            pieces = book.texts.get(struct.unpack_from("<I", body, 6)[0] if kind == _TEXT else -1, ())
            if pieces:
                marks.texts[row, column] = seen_text(pieces, styles.grounds.get(style, WHITE))
            if not pieces or pieces[0][0].strip():
                # What stands before the first change of font is in the cell's own.
                _note_look(marks, (row, column), style, styles)
        else:
            figures += _figures(kind, body)
    for figure in figures:
        _note_figure(marks, figure, styles, bare=bare)
    return marks


def _figures(kind: int, body: bytes) -> Iterator[_Figure]:
    """The squares of a record with figures."""
    if kind not in (_NUMBER, _RK, _MANY, _FORMULA, _ERROR):
        return
    row, column, style = struct.unpack_from("<HHH", body)
    if kind == _MANY:
        for n, at in enumerate(range(4, len(body) - 7, 6)):
            style, packed = struct.unpack_from("<HI", body, at)
            yield _Figure((row, column + n), style, nought=not packed >> 2)
    elif kind == _RK:
        yield _Figure((row, column), style, nought=not struct.unpack_from("<I", body, 6)[0] >> 2)
    elif kind == _ERROR:
        yield _Figure((row, column), style, error=bool(struct.unpack_from("<B", body, 7)[0]))
    else:
        # A formula's result that is no number begins with its kind and ends with all bits set.
        text = kind == _FORMULA and body[12:14] == b"\xff\xff"
        nought = not text and struct.unpack_from("<d", body, 6)[0] == 0
        yield _Figure((row, column), style, nought=nought, error=text and body[6] == _ERROR_RESULT)


def _note_figure(marks: Marks, figure: _Figure, styles: Styles, *, bare: bool) -> None:
    """Enter how a cell shows its figure."""
    _note_look(marks, figure.at, figure.style, styles)
    for known, noted in (
        (styles.shares, marks.shares),
        (styles.odd, marks.odd),
        (styles.whole, marks.whole),
    ):
        if figure.style in known:
            noted.add(figure.at)
    if figure.error or (figure.nought and (bare or figure.style in styles.bare)):
        # Of a 0 that is not shown nobody knows whether it was printed: neither a nought nor a blank.
        marks.odd.add(figure.at)


def _note_look(marks: Marks, at: tuple[int, int], style: int, styles: Styles) -> None:
    """Enter a cell that is struck out, or printed in the colour of its ground."""
    if style in styles.struck:
        marks.odd.add(at)
    elif style in styles.unseen:
        marks.unseen.add(at)


def _rich_texts(bodies: list[bytes], book: _Book) -> dict[int, Rich]:
    """The shared texts with struck, raised or coloured pieces, by their numbers."""
    texts: dict[int, Rich] = {}
    source = Stretched(bodies)
    count = struct.unpack_from("<4xI", bodies[0])[0] if bodies and len(bodies[0]) >= 8 else 0
    source.skip(8)
    for n in range(min(count, _MOST_TEXTS)):
        length, flags = struct.unpack("<HB", source.take(3))
        runs = struct.unpack("<H", source.take(2))[0] if flags & 8 else 0
        sounds = struct.unpack("<I", source.take(4))[0] if flags & 4 else 0
        text = source.letters(length, flags)
        fonts = list(struct.iter_unpack("<HH", source.take(4 * runs)))
        source.skip(sounds)
        if fonts and (pieces := _pieces(text, fonts, book)):
            texts[n] = pieces
    return texts


def _pieces(text: str, fonts: list[tuple[int, ...]], book: _Book) -> Rich:
    """A text in its fonts' pieces: without the struck, raised signs as such; none of a plain text."""
    pieces: list[tuple[str, RGB | None]] = [(text[: fonts[0][0]], None)]
    plain = True
    for n, (start, number) in enumerate(fonts):
        font = book.font(number)
        own = text[start : fonts[n + 1][0] if n + 1 < len(fonts) else None]
        plain = plain and not font.struck and not font.raised and verdict(font.ink, [None]) is True
        own = "" if font.struck else own.translate(SUPERSCRIPTS) if font.raised else own
        pieces.append((own, font.ink))
    return () if plain else tuple(pieces)
