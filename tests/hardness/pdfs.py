"""Ways to break what is inside a PDF, and PDF files made for mischief."""

from __future__ import annotations

import re
import zlib
from random import Random

from tests.hardness.mutations import DIGITS, Mutation, enter, many

PDFS: dict[str, Mutation] = {}


@enter(PDFS)
def looping_references(data: bytes, rng: Random) -> bytes:
    """Objects that refer to themselves, a page tree without end."""
    changed = re.sub(
        rb"/Parent \d+ 0 R",
        lambda m: b"/Kids [%d 0 R]" % rng.randrange(1, 9) if rng.random() < 0.5 else m.group(),
        data,
    )
    return re.sub(rb"/Prev \d+", b"/Prev 9", changed).replace(b"/Count 1", b"/Count 999999", 1)


@enter(PDFS)
def moved_table(data: bytes, rng: Random) -> bytes:
    """Offsets of the cross-reference table are wrong."""
    return re.sub(rb"\n(\d{10}) ", lambda m: b"\n%010d " % rng.randrange(len(data)), data)


@enter(PDFS)
def numbers_changed(data: bytes, rng: Random) -> bytes:
    """Numbers of the file's own syntax replaced by vast ones."""
    return DIGITS.sub(
        lambda m: rng.choice((b"99999999", b"0", b"-1")) if rng.random() < 0.01 else m.group(), data
    )


def made(*objects: bytes, root: int = 1) -> bytes:
    """A PDF of the given objects, numbered from one, with a right table of their places."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, root, table)
    return bytes(out)


def stream(content: bytes, layers: int = 1, entries: bytes = b"") -> bytes:
    """A stream object's body, packed ``layers`` times over."""
    for _ in range(layers):
        content = zlib.compress(content, 9)
    filters = b"/Filter [" + b"/FlateDecode " * layers + b"]" if layers else b""
    return b"<< " + entries + filters + b" /Length %d >>\nstream\n" % len(content) + content + b"\nendstream"


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    b" /Resources << /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >> >>"
)


def one_page(
    content: bytes, layers: int = 1, drawing: bytes = b"null", page: bytes = PAGE, count: int = 1
) -> bytes:
    """A file of ``count`` times the same page."""
    kids = b"3 0 R " * count
    pages = b"<< /Type /Pages /Count %d /Kids [" % count + kids + b"] >>"
    return made(
        b"<< /Type /Catalog /Pages 2 0 R >>", pages, page, stream(content, layers), FONT, drawing
    )  # fmt: skip


@enter(PDFS, heavy=True)
def crowded_page(data: bytes, rng: Random) -> bytes:
    """A page with characters, rules, boxes or states without end."""
    piece = rng.choice(
        (
            b"BT /F1 9 Tf 50 50 Td (1) Tj ET\n",
            b"BT /F1 9 Tf 50 50 Td (" + b"1 2 3 " * 50 + b") Tj ET\n",
            b"%d %d m 500 %d l S\n" % (rng.randrange(500), rng.randrange(800), rng.randrange(800)),
            b"10 10 500 1 re f\n",
            b"q\n",
            b"q 1 0 0 1 1 1 cm /X Do Q\n",
            b"[",
            b"<<",
            b"(",
        )
    )
    lines = b"".join(b"%d 10 m %d 800 l S 10 %d m 500 %d l S\n" % (n, n, n, n) for n in range(5, 700, 2))
    return one_page(rng.choice((b"", lines)) + piece * many(rng, 100_000), count=rng.choice((1, 1, 100)))


@enter(PDFS, heavy=True)
def packed_stream(data: bytes, rng: Random) -> bytes:
    """A few kilobytes that unpack to hundreds of megabytes, once or over and over."""
    return one_page(
        rng.choice((b" ", b"\x00", b"1 ", b"q ")) * rng.choice((10**6, 10**8)), rng.choice((1, 2, 3))
    )


@enter(PDFS, heavy=True)
def looping_forms(data: bytes, rng: Random) -> bytes:
    """Drawings that draw themselves."""
    resources = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >> "
    content = b"/X Do " * rng.choice((1, 1, 1, 2, 50))
    return one_page(content, drawing=stream(content, 0, resources))


@enter(PDFS)
def strange_pages(data: bytes, rng: Random) -> bytes:
    """Page trees that loop, lie about their number, or hold pages of no or vast size."""
    catalogue = b"<< /Type /Catalog /Pages 2 0 R >>"
    box = rng.choice((b"[0 0 0 0]", b"[0 0 1e9 1e9]", b"[0 0 -5 nan]", b"[]", b"[0 0 9999999999999999 1]"))
    page = PAGE.replace(b"[0 0 595 842]", box)
    kids = rng.choice((b"[2 0 R]", b"[3 0 R 2 0 R]", b"2 0 R", b"[" + b"3 0 R " * many(rng, 100_000) + b"]"))
    count = rng.choice((b"1", b"999999999", b"-1", b"99999999999999999999"))
    tree = b"<< /Type /Pages /Count " + count + b" /Kids " + kids + b" >>"
    return made(catalogue, tree, page, stream(b"BT /F1 9 Tf (1) Tj ET"), FONT)


@enter(PDFS, heavy=True)
def many_objects(data: bytes, rng: Random) -> bytes:
    """Objects without end: apart, nested in one another, or a chain of references."""
    count = many(rng, 300_000)
    way = rng.randrange(3)
    if way == 0:
        others = [b"<< /A 1 >>"] * count
    elif way == 1:
        others = [b"[" * min(count, 100_000)]
    else:
        others = [b"%d 0 R" % (n + 7) for n in range(count)]
    page = PAGE.replace(b"4 0 R", b"6 0 R")
    content = stream(b"BT /F1 9 Tf (1) Tj ET")
    tree = b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
    return made(b"<< /Type /Catalog /Pages 2 0 R >>", tree, page, content, FONT, *others)


@enter(PDFS)
def strange_sizes(data: bytes, rng: Random) -> bytes:
    """Characters of vast or no size, turned, mirrored, far outside the page or all on one spot."""
    sizes = (b"0", b"900000", b"-9", b"0.0001", b"1e9", b"9")
    moves = (b"50 50 Td", b"1e9 -1e9 Td", b"0 0 0 0 0 0 Tm", b"-1 0 0 1 300 300 Tm", b"0 1 -1 0 9 9 Tm")
    lines = b"".join(
        b"BT /F1 %b Tf %b (1 2 3 Report) Tj ET\n" % (rng.choice(sizes), rng.choice(moves))
        for _ in range(rng.choice((5, 500)))
    )
    scaled = rng.choice((b"", b"1e5 0 0 1e5 0 0 cm\n", b"0 0 0 0 0 0 cm\n", b"w 1e9 w\n"))
    return one_page(scaled + lines, count=rng.choice((1, 9)))


@enter(PDFS, heavy=True)
def vast_image(data: bytes, rng: Random) -> bytes:
    """A picture that unpacks to hundreds of megabytes, drawn once or on many pages."""
    side = rng.choice((2000, 12_000, 30_000))
    head = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray " % (side, side)
    drawing = stream(bytes(side * side // 8), 1, head + b"/BitsPerComponent 1 ")
    return one_page(b"500 0 0 700 0 0 cm /X Do\n", drawing=drawing, count=rng.choice((1, 40)))


@enter(PDFS)
def odd_code_points(data: bytes, rng: Random) -> bytes:
    """A font whose characters stand for halves of pairs, controls and what is no character."""
    codes = rng.sample(
        (b"D800", b"DC00", b"DFFF", b"0000", b"FFFF", b"FFFE", b"D83D", b"202E", b"0660", b"F8FF"), k=5
    )
    pairs = b"".join(b"<%02X> <%b>\n" % (0x41 + n, code) for n, code in enumerate(codes))
    table = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange "
    )
    table += b"%d beginbfchar\n" % len(codes) + pairs + b"endbfchar endcmap end"
    font = FONT.replace(b" >>", b" /ToUnicode 6 0 R >>")
    text = b"BT /F1 9 Tf 50 700 Td (" + b"ABCDE" * 20 + b") Tj ET"
    return made(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        PAGE,
        stream(text),
        font,
        stream(table),
    )
