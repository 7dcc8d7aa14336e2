"""Old workbooks, made record by record: what their cells hide, strike, colour or show otherwise (XLS)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.record_texts import Stretched
from gipa_pipeline.extract.media.sheet import read_sheet
from gipa_pipeline.extract.media.sheet_records import marks_of_records, marks_of_stream

RAISED, STRUCK, WHITE_INK, BLACK_INK = 1, 8, 9, 8
_SECTOR = 512


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _font(options: int = 0, ink: int = 0x7FFF, raised: int = 0) -> bytes:
    return _record(0x31, struct.pack("<HHHHHBBBB", 200, options, ink, 400, raised, 0, 0, 0, 0) + b"\x01\x00A")


def _style(font: int = 0, code: int = 0, pattern: int = 0, fill: int = 0) -> bytes:
    return _record(0xE0, struct.pack("<HHHBBBBIIH", font, code, 0, 0, 0, 0, 0, 0, pattern << 26, fill))


def _format(number: int, code: str) -> bytes:
    return _record(0x41E, struct.pack("<HHB", number, len(code), 0) + code.encode())


def _stream(
    cells: Sequence[bytes],
    *,
    fonts: Sequence[bytes] = (),
    formats: Sequence[bytes] = (),
    styles: Sequence[bytes] = (),
    texts: Sequence[bytes] = (),
) -> bytes:
    """The records of a workbook with one sheet named ``a``; fonts begin at 5, styles at 1."""

    def head(at: int) -> bytes:
        sheet = _record(0x85, struct.pack("<IBBBB", at, 0, 0, 1, 0) + b"a")
        shared = _record(0xFC, struct.pack("<II", len(texts), len(texts)) + b"".join(texts))
        described = (*[_font()] * 4, *fonts, *formats, _style(), *styles, sheet, shared)
        return _record(0x809, struct.pack("<HHIQ", 0x600, 5, 0, 0)[:16]) + b"".join(described) + _record(0xA)

    rows = _record(0x809, struct.pack("<HHIQ", 0x600, 0x10, 0, 0)[:16])
    rows += _record(0x200, struct.pack("<IIHHH", 0, 4, 0, 4, 0)) + b"".join(cells) + _record(0xA)
    return head(len(head(0))) + rows


def _number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return _record(0x203, struct.pack("<HHHd", row, column, style, value))


def _text(row: int, column: int, shared: int, style: int = 0) -> bytes:
    return _record(0xFD, struct.pack("<HHHI", row, column, style, shared))


def _shared(text: str, *runs: tuple[int, int]) -> bytes:
    """A shared text and, by their places, the fonts of its pieces."""
    body = struct.pack("<HB", len(text), 9 if runs else 1) + (struct.pack("<H", len(runs)) if runs else b"")
    return body + text.encode("utf-16-le") + b"".join(struct.pack("<HH", *run) for run in runs)


def _file(stream: bytes) -> bytes:
    """A compound file with the stream as its workbook."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % _SECTOR)
    count = len(stream) // _SECTOR
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + count), 0xFFFFFFFE]
    fat = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        letters = name.encode("utf-16-le")
        head = letters.ljust(64, b"\0") + struct.pack("<HBB", len(letters) + 2, kind, 1)
        return head + struct.pack("<iii", -1, -1, child) + b"\0" * 36 + struct.pack("<IQ", start, size)

    folder = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, -1, 2, len(stream))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += b"\0" * 6 + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + fat + folder.ljust(_SECTOR, b"\0") + stream


def _shown(stream: bytes) -> list[str]:
    return [c.text for c in read_sheet(_file(stream)).grids[0].cells]


@pytest.mark.parametrize(
    ("value", "font", "code", "fill", "seen"),
    [
        (7, _font(), "0", (0, 0), "7"),
        (7, _font(STRUCK), "0", (0, 0), DRAWN),
        (7, _font(ink=WHITE_INK), "0", (0, 0), DRAWN),
        (7, _font(ink=WHITE_INK), "0", (1, BLACK_INK), "7"),
        (7, _font(), ";;;", (0, 0), DRAWN),
        (7.3, _font(), "0", (0, 0), DRAWN),
        (123456, _font(), "0.00,", (0, 0), DRAWN),
        (0.5, _font(), "0%", (0, 0), "50%"),
        (0, _font(), "0;-0;;@", (0, 0), DRAWN),
        (0, _font(), "0;-0", (0, 0), "0"),
    ],
)
def test_a_cell_is_read_as_it_is_shown(
    value: float, font: bytes, code: str, fill: tuple[int, int], seen: str
) -> None:
    style = _style(5, 170, *fill)
    cells = [_number(0, 0, 1), _number(0, 1, value, 1)]
    assert _shown(_stream(cells, fonts=[font], formats=[_format(170, code)], styles=[style])) == ["1", seen]


@pytest.mark.parametrize(
    ("font", "seen"),
    [(_font(STRUCK), "15"), (_font(raised=RAISED), "9⁹15"), (_font(ink=WHITE_INK), "15"), (_font(), "9915")],
)
def test_pieces_of_a_text_in_other_fonts(font: bytes, seen: str) -> None:
    first = 1 if "⁹" in seen else 0
    text = _shared("9915", (first, 5), (2, 6))
    stream = _stream([_number(0, 0, 1), _text(0, 1, 0)], fonts=[font, _font()], texts=[text])
    assert _shown(stream)[1] == seen


def test_a_struck_cell_whose_text_begins_in_its_own_font_is_open() -> None:
    text = _shared("915", (1, 0), (2, 5))
    stream = _stream(
        [_number(0, 0, 1), _text(0, 1, 0, 1)], fonts=[_font(STRUCK)], styles=[_style(5)], texts=[text]
    )
    assert _shown(stream)[1] == DRAWN


def test_hidden_rows_and_columns_are_not_read() -> None:
    hidden_row = _record(0x208, struct.pack("<HHHHHHI", 1, 0, 3, 300, 0, 0, 0x20))
    hidden_column = _record(0x7D, struct.pack("<HHHHHH", 2, 2, 2000, 0, 1, 0))
    cells = [_number(r, c, 10 * r + c + 1) for r in range(3) for c in range(3)]
    document = read_sheet(_file(_stream([hidden_column, hidden_row, *cells])))
    assert [c.text for c in document.grids[0].cells] == ["1", "2", "", "21", "22", ""]
    assert document.concealed == {"a!C1", "a!C3"}


def test_a_sheet_that_shows_no_noughts_and_formulas_that_failed() -> None:
    window = _record(0x23E, struct.pack("<HHHIHHI", 0x6A6, 0, 0, 0, 0, 0, 0))
    failed = _record(0x6, struct.pack("<HHH", 0, 2, 0) + b"\x02\x00\x17\x00\x00\x00\xff\xff" + b"\0" * 8)
    packed = _record(0xBD, struct.pack("<HHHIHIH", 1, 0, 0, 0, 0, 3 << 2 | 2, 1))
    cells = [window, _number(0, 0, 0), _number(0, 1, 4), failed, packed]
    marks = marks_of_stream(_stream(cells))["a"]
    assert marks.odd == {(0, 0), (0, 2), (1, 0)}


def test_a_text_goes_on_in_the_next_record_with_signs_of_another_width() -> None:
    source = Stretched([b"\x05", b"\x00ab", b"\x01" + "公开".encode("utf-16-le") + b"c"])
    assert source.take(2) == b"\x05\x00"
    assert source.letters(4, 0) == "ab公开"
    assert source.take(1) == b"c"
    with pytest.raises(ValueError, match="too early"):
        source.take(1)


def test_damaged_records_are_told() -> None:
    whole = _file(_stream([_number(0, 0, 1)]))
    assert set(marks_of_records(whole)) == {"a"}
    with pytest.raises(UnreadableDocument, match="damaged"):
        marks_of_records(_file(_stream([_record(0x203, b"\0\0")])))
    with pytest.raises(UnreadableDocument, match="damaged"):
        marks_of_records(whole[:700])
    assert marks_of_stream(b"\x09\x08\x10\x00\x00\x05" + b"\0" * 20) == {}
