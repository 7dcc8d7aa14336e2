"""Ways to break a document: damage in transit, careless editing, and malice. Each is bytes to bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, Random], bytes]
ANY: dict[str, Mutation] = {}
PAGES: dict[str, Mutation] = {}
PACKAGES: dict[str, Mutation] = {}
PDFS: dict[str, Mutation] = {}
_DEEP = 10_000
_TAG = re.compile(rb"<[^<>]{1,200}>")
_DIGITS = re.compile(rb"\d+")


def _enter(shelf: dict[str, Mutation]) -> Callable[[Mutation], Mutation]:
    def entered(mutation: Mutation) -> Mutation:
        shelf[mutation.__name__] = mutation
        return mutation

    return entered


HEAVY = frozenset(("many_blocks", "labels_repeated", "one_long_line", "deeply_nested", "zip_bomb", "doubled"))
"""Mutations that make a document large; each takes a second or more to read."""


def mutations_for(name: str) -> dict[str, Mutation]:
    """All mutations that make sense for a file of this name."""
    if name.endswith((".docx", ".xlsx")):
        return ANY | PACKAGES
    if name.endswith(".pdf"):
        return ANY | PDFS
    return ANY | PAGES


@_enter(ANY)
def flipped_bytes(data: bytes, rng: Random) -> bytes:
    """A few bytes changed anywhere."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 5, 50))):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


@_enter(ANY)
def truncated(data: bytes, rng: Random) -> bytes:
    """The transfer stopped."""
    return data[: rng.randrange(1, len(data))]


@_enter(ANY)
def head_lost(data: bytes, rng: Random) -> bytes:
    """The beginning is missing."""
    return data[rng.randrange(1, len(data)) :]


@_enter(ANY)
def shuffled_blocks(data: bytes, rng: Random) -> bytes:
    """Blocks of the file in another order."""
    size = rng.choice((64, 512, 4096))
    blocks = [data[n : n + size] for n in range(0, len(data), size)]
    rng.shuffle(blocks)
    return b"".join(blocks)


@_enter(ANY)
def with_nuls(data: bytes, rng: Random) -> bytes:
    """NUL bytes inserted."""
    at = rng.randrange(len(data))
    return data[:at] + b"\x00" * rng.choice((1, 3, 2000)) + data[at:]


@_enter(ANY)
def doubled(data: bytes, rng: Random) -> bytes:
    """The file twice, or forty times."""
    return data * (2 if len(data) > 200_000 else rng.choice((2, 40)))


@_enter(PAGES)
def tags_deleted(data: bytes, rng: Random) -> bytes:
    """Some tags lost."""
    share = rng.choice((0.01, 0.1, 0.5))
    return _TAG.sub(lambda m: b"" if rng.random() < share else m.group(), data)


@_enter(PAGES)
def tags_doubled(data: bytes, rng: Random) -> bytes:
    """Some tags twice."""
    share = rng.choice((0.01, 0.1, 0.5))
    return _TAG.sub(lambda m: m.group() * 2 if rng.random() < share else m.group(), data)


@_enter(PAGES)
def vast_spans(data: bytes, rng: Random) -> bytes:
    """Cells that claim thousands of rows and columns."""
    span = rng.choice(
        (b' colspan="99999"', b' rowspan="99999"', b' colspan="9999" rowspan="9999"', b" rowspan=0")
    )
    share = rng.choice((0.02, 0.3, 1.0))
    return re.sub(rb"<t[dh]\b", lambda m: m.group() + span if rng.random() < share else m.group(), data)


@_enter(PAGES)
def deeply_nested(data: bytes, rng: Random) -> bytes:
    """The document inside thousands of elements, closed or not."""
    tag = rng.choice((b"div", b"span", b"font", b"table><tr><td", b"b", b"ul><li"))
    depth = rng.choice((300, 1500, _DEEP))
    return (b"<" + tag + b">") * depth + data + (b"</div>" * depth if rng.random() < 0.5 else b"")


@_enter(PAGES)
def nested_everywhere(data: bytes, rng: Random) -> bytes:
    """Unclosed inline tags in every cell."""
    return data.replace(b"<td", rng.choice((b"<span><td", b"<td><b><font", b"<div><td"))).replace(
        b"</p>", b""
    )


@_enter(PAGES)
def entity_bomb(data: bytes, rng: Random) -> bytes:
    """Entities of entities."""
    layers = b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9))
    return b'<!DOCTYPE html [<!ENTITY a0 "9">' + layers + b"]>" + data.replace(b"<td>", b"<td>&a9;", 3)


@_enter(PAGES)
def one_long_line(data: bytes, rng: Random) -> bytes:
    """A megabyte without a line end, in the middle of the document."""
    filling = rng.choice(
        (
            b" ",
            b"\t",
            b"|",
            b"1 ",
            b"1",
            b"(",
            "（".encode(),
            "政".encode(),
            b"&nbsp;",
            b"- ",
            b"\n",
            b",",
            b"2023",
            b"0\t",
        )
    )
    at = rng.randrange(len(data))
    while at < len(data) and data[at] & 0xC0 == 0x80:
        at += 1
    return data[:at] + filling * (1_000_000 // len(filling)) + data[at:]


@_enter(PAGES)
def no_line_ends(data: bytes, rng: Random) -> bytes:
    """All on one line."""
    return data.replace(b"\n", rng.choice((b"", b" ", b"\r", b"\t")))


@_enter(PAGES)
def absurd_numbers(data: bytes, rng: Random) -> bytes:
    """Figures of hundreds of digits, with signs, points and exponents."""
    made = (
        b"9" * 5000,
        b"9" * 19,
        b"1e999",
        b"-" + b"8" * 40,
        b"0" * 30,
        b"1.1.1",
        b"12345678901234567890",
        b"7" * 120,
    )
    share = rng.choice((0.01, 0.1, 0.6))
    return _DIGITS.sub(lambda m: rng.choice(made) if rng.random() < share else m.group(), data)


@_enter(PAGES)
def glued_digits(data: bytes, rng: Random) -> bytes:
    """White space between digits gone, and sometimes the bars too."""
    out = re.sub(rb"(\d)[ \t\r\n]+(?=\d)", rb"\1", data)
    return re.sub(rb"(\d)\s*\|\s*(?=\d)", rb"\1", out) if rng.random() < 0.5 else out


@_enter(PAGES)
def labels_repeated(data: bytes, rng: Random) -> bytes:
    """The first and another label of table 3 thousands of times."""
    first = "本年新收政府信息公开申请数量".encode()
    other = rng.choice((first, "予以公开".encode(), "不予公开".encode() + b" 1 ", first + b"1 2 3"))
    at = data.find(first)
    at = max(at, 0)
    return data[:at] + (other + rng.choice((b"", b"\n", b"</td><td>"))) * 20_000 + data[at:]


@_enter(PAGES)
def hostile_markup(data: bytes, rng: Random) -> bytes:
    """Scripts, comments without end, foreign elements, broken character references."""
    made = (
        b"<!--",
        b"<![CDATA[",
        b"<script>",
        b"<svg><desc><td>",
        b"&#x110000;",
        b"&#0;",
        b"&#xD800;",
        b"<td style='",
        b"\xff\xfe",
        b"<?xml version='1.0' encoding='utf-7'?>",
        b"<plaintext>",
        b"<base href=//x>",
        b"</table></table>",
        b"<form><tr>",
        b"<select><tr><td>",
    )
    out = data
    for _ in range(rng.choice((1, 4))):
        at = rng.randrange(len(out))
        out = out[:at] + rng.choice(made) + out[at:]
    return out


@_enter(PAGES)
def many_blocks(data: bytes, rng: Random) -> bytes:
    """Tens of thousands of siblings."""
    piece = rng.choice(
        (
            b"<p>1</p>",
            b"<div></div>",
            b"<table><tr><td>1<td>2</table>",
            b"<tr><td colspan=120>1",
            b"<br>",
            b"1|2|3\n",
            b"<span>",
        )
    )
    at = data.find(b"<body")
    at = data.find(b">", at) + 1 if at >= 0 else 0
    return data[:at] + piece * 50_000 + data[at:]


@_enter(PAGES)
def wrong_charset(data: bytes, rng: Random) -> bytes:
    """Encoded again with something else."""
    text = data.decode("utf-8", errors="replace")
    return text.encode(
        rng.choice(("gb18030", "big5", "utf-16", "utf-16-be", "utf-32", "shift_jis")), errors="replace"
    )


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def _main_part(parts: dict[str, bytes]) -> str:
    return next(n for n in parts if n == "word/document.xml" or n.startswith("xl/worksheets/sheet"))


@_enter(PACKAGES)
def inner_damage(data: bytes, rng: Random) -> bytes:
    """The main part damaged, the package whole."""
    parts = _parts(data)
    name = rng.choice([_main_part(parts), *parts])
    mutation = rng.choice([*ANY.values(), tags_deleted, tags_doubled, absurd_numbers])
    if parts[name]:
        parts[name] = mutation(parts[name], rng)
    return _packed(parts)


@_enter(PACKAGES)
def zip_bomb(data: bytes, rng: Random) -> bytes:
    """A part that unpacks to a hundred megabytes."""
    parts = _parts(data)
    name = rng.choice([_main_part(parts), "word/media/a.xml", "xl/sharedStrings.xml", "docProps/core.xml"])
    parts[name] = b"<a>" + b" " * 100_000_000 + b"</a>"
    return _packed(parts)


@_enter(PACKAGES)
def xml_entities(data: bytes, rng: Random) -> bytes:
    """Entities of entities in the main part."""
    parts = _parts(data)
    name = _main_part(parts)
    layers = b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9))
    content = re.sub(rb"^<\?xml[^>]*>", b"", parts[name])
    parts[name] = b'<!DOCTYPE x [<!ENTITY a0 "9">' + layers + b"]>" + _DIGITS.sub(b"&a9;", content, count=3)
    return _packed(parts)


@_enter(PACKAGES)
def far_cell(data: bytes, rng: Random) -> bytes:
    """One cell in the last corner of the sheet, or a span over everything."""
    parts = _parts(data)
    name = _main_part(parts)
    if name.startswith("xl/"):
        row = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        parts[name] = parts[name].replace(b"</sheetData>", rng.choice((row, merge)))
    else:
        parts[name] = re.sub(rb'(gridSpan w:val=")\d+', rb"\g<1>999", parts[name])
    return _packed(parts)


@_enter(PACKAGES)
def nested_part(data: bytes, rng: Random) -> bytes:
    """Tables in tables in tables."""
    parts = _parts(data)
    name = _main_part(parts)
    depth = rng.choice((200, 1000, 5000))
    opening, closing = b"<w:tbl><w:tr><w:tc>", b"</w:tc></w:tr></w:tbl>"
    if name.startswith("xl/"):
        opening, closing = b"<is><t>", b"</t></is>"
    parts[name] = re.sub(
        rb"(<w:body>|<sheetData>)", rb"\1" + opening * depth + closing * depth, parts[name], count=1
    )
    return _packed(parts)


@_enter(PACKAGES)
def parts_missing(data: bytes, rng: Random) -> bytes:
    """A part or two not in the package."""
    parts = _parts(data)
    for name in rng.sample(sorted(parts), k=min(len(parts) - 1, rng.choice((1, 3)))):
        del parts[name]
    return _packed(parts)


@_enter(PDFS)
def looping_references(data: bytes, rng: Random) -> bytes:
    """Objects that refer to themselves, a page tree without end."""
    changed = re.sub(
        rb"/Parent \d+ 0 R",
        lambda m: b"/Kids [%d 0 R]" % rng.randrange(1, 9) if rng.random() < 0.5 else m.group(),
        data,
    )
    return re.sub(rb"/Prev \d+", b"/Prev 9", changed).replace(b"/Count 1", b"/Count 999999", 1)


@_enter(PDFS)
def moved_table(data: bytes, rng: Random) -> bytes:
    """Offsets of the cross-reference table are wrong."""
    return re.sub(rb"\n(\d{10}) ", lambda m: b"\n%010d " % rng.randrange(len(data)), data)


@_enter(PDFS)
def numbers_changed(data: bytes, rng: Random) -> bytes:
    """Numbers of the file's own syntax replaced by vast ones."""
    return _DIGITS.sub(
        lambda m: rng.choice((b"99999999", b"0", b"-1")) if rng.random() < 0.01 else m.group(), data
    )


def rubbish(rng: Random) -> bytes:
    """No document at all: random bytes with or without a known beginning."""
    start = rng.choice(
        (
            b"",
            b"%PDF-1.7\n",
            b"PK\x03\x04",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"\x89PNG\r\n\x1a\n",
            b"<html>",
            b"\xff\xfe",
            b"{\\rtf1",
            b"\x1f\x8b\x08",
        )
    )
    return start + rng.randbytes(rng.choice((0, 1, 10, 5000)))
