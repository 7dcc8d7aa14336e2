"""Ways to break a document: damage in transit, careless editing, and malice. Each is bytes to bytes.

Here are those for any bytes and for pages and text; ``packages`` and ``pdfs`` know their formats' insides.
"""

from __future__ import annotations

import re
from base64 import encodebytes
from collections.abc import Callable
from math import log10
from quopri import encodestring
from random import Random
from zlib import compress, crc32

Mutation = Callable[[bytes, Random], bytes]
ANY: dict[str, Mutation] = {}
PAGES: dict[str, Mutation] = {}
PICTURES: dict[str, Mutation] = {}
HEAVY: set[str] = set()
"""Mutations that make a document large; each may take a second or more to read."""
_DEEP = 10_000
TAG = re.compile(rb"<[^<>]{1,200}>")
DIGITS = re.compile(rb"\d+")


def enter(shelf: dict[str, Mutation], *, heavy: bool = False) -> Callable[[Mutation], Mutation]:
    """Enter a mutation under its name; ``heavy`` ones are drawn seldom."""

    def entered(mutation: Mutation) -> Mutation:
        shelf[mutation.__name__] = mutation
        if heavy:
            HEAVY.add(mutation.__name__)
        return mutation

    return entered


def many(rng: Random, most: int, least: int = 50) -> int:
    """How often something is repeated: mostly little, now and then as much as can be."""
    return most if rng.random() < 0.1 else int(10 ** rng.uniform(log10(least), log10(most)))


def somewhere(data: bytes, rng: Random) -> int:
    """An offset that does not cut a UTF-8 character."""
    at = rng.randrange(len(data))
    while at < len(data) and data[at] & 0xC0 == 0x80:
        at += 1
    return at


@enter(ANY)
def flipped_bytes(data: bytes, rng: Random) -> bytes:
    """A few bytes changed anywhere."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 5, 50))):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


@enter(ANY)
def truncated(data: bytes, rng: Random) -> bytes:
    """The transfer stopped."""
    return data[: rng.randrange(1, len(data))]


@enter(ANY)
def head_lost(data: bytes, rng: Random) -> bytes:
    """The beginning is missing."""
    return data[rng.randrange(1, len(data)) :]


@enter(ANY)
def shuffled_blocks(data: bytes, rng: Random) -> bytes:
    """Blocks of the file in another order."""
    size = rng.choice((64, 512, 4096))
    blocks = [data[n : n + size] for n in range(0, len(data), size)]
    rng.shuffle(blocks)
    return b"".join(blocks)


@enter(ANY)
def with_nuls(data: bytes, rng: Random) -> bytes:
    """NUL bytes inserted."""
    at = rng.randrange(len(data))
    return data[:at] + b"\x00" * rng.choice((1, 3, 2000)) + data[at:]


@enter(ANY, heavy=True)
def doubled(data: bytes, rng: Random) -> bytes:
    """The file twice, or forty times."""
    return data * (2 if len(data) > 200_000 else rng.choice((2, 40)))


@enter(PAGES)
def tags_deleted(data: bytes, rng: Random) -> bytes:
    """Some tags lost."""
    share = rng.choice((0.01, 0.1, 0.5))
    return TAG.sub(lambda m: b"" if rng.random() < share else m.group(), data)


@enter(PAGES)
def tags_doubled(data: bytes, rng: Random) -> bytes:
    """Some tags twice."""
    share = rng.choice((0.01, 0.1, 0.5))
    return TAG.sub(lambda m: m.group() * 2 if rng.random() < share else m.group(), data)


@enter(PAGES)
def vast_spans(data: bytes, rng: Random) -> bytes:
    """Cells that claim thousands of rows and columns."""
    span = rng.choice(
        (b' colspan="99999"', b' rowspan="99999"', b' colspan="9999" rowspan="9999"', b" rowspan=0")
    )
    share = rng.choice((0.02, 0.3, 1.0))
    return re.sub(rb"<t[dh]\b", lambda m: m.group() + span if rng.random() < share else m.group(), data)


@enter(PAGES, heavy=True)
def deeply_nested(data: bytes, rng: Random) -> bytes:
    """The document inside thousands of elements, closed or not."""
    tag = rng.choice((b"div", b"span", b"font", b"table><tr><td", b"b", b"ul><li"))
    depth = many(rng, _DEEP)
    return (b"<" + tag + b">") * depth + data + (b"</div>" * depth if rng.random() < 0.5 else b"")


@enter(PAGES)
def nested_everywhere(data: bytes, rng: Random) -> bytes:
    """Unclosed inline tags in every cell."""
    return data.replace(b"<td", rng.choice((b"<span><td", b"<td><b><font", b"<div><td"))).replace(
        b"</p>", b""
    )


@enter(PAGES)
def entity_bomb(data: bytes, rng: Random) -> bytes:
    """Entities of entities."""
    layers = b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9))
    return b'<!DOCTYPE html [<!ENTITY a0 "9">' + layers + b"]>" + data.replace(b"<td>", b"<td>&a9;", 3)


@enter(PAGES, heavy=True)
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
    at = somewhere(data, rng)
    return data[:at] + filling * (many(rng, 1_000_000, 1000) // len(filling)) + data[at:]


@enter(PAGES)
def no_line_ends(data: bytes, rng: Random) -> bytes:
    """All on one line."""
    return data.replace(b"\n", rng.choice((b"", b" ", b"\r", b"\t")))


@enter(PAGES)
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
        "一".encode() * 5000,
        "〇".encode() * 30,
    )
    share = rng.choice((0.01, 0.1, 0.6))
    return DIGITS.sub(lambda m: rng.choice(made) if rng.random() < share else m.group(), data)


@enter(PAGES)
def glued_digits(data: bytes, rng: Random) -> bytes:
    """White space between digits gone, and sometimes the bars too."""
    out = re.sub(rb"(\d)[ \t\r\n]+(?=\d)", rb"\1", data)
    return re.sub(rb"(\d)\s*\|\s*(?=\d)", rb"\1", out) if rng.random() < 0.5 else out


@enter(PAGES, heavy=True)
def labels_repeated(data: bytes, rng: Random) -> bytes:
    """The first and another label of table 3 thousands of times."""
    first = "本年新收政府信息公开申请数量".encode()
    other = rng.choice((first, "予以公开".encode(), "不予公开".encode() + b" 1 ", first + b"1 2 3"))
    at = data.find(first)
    at = max(at, 0)
    return data[:at] + (other + rng.choice((b"", b"\n", b"</td><td>"))) * many(rng, 20_000) + data[at:]


@enter(PAGES)
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


@enter(PAGES, heavy=True)
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
    return data[:at] + piece * many(rng, 50_000) + data[at:]


@enter(PAGES)
def wrong_charset(data: bytes, rng: Random) -> bytes:
    """Encoded again with something else."""
    text = data.decode("utf-8", errors="replace")
    return text.encode(
        rng.choice(("gb18030", "big5", "utf-16", "utf-16-be", "utf-32", "shift_jis")), errors="replace"
    )


@enter(PAGES, heavy=True)
def hostile_runs(data: bytes, rng: Random) -> bytes:
    """What makes careless patterns try every way: digits, ideographs and openings without an end."""
    piece = rng.choice(
        (
            "一", "第一条", "1,", "1 ,", "1.", "(一", "((", "年", "20", "2023年", "2023年1月", "收到申请1件，",
            "其中，", "一、", "政府信息公开", "某市某县", "\u200b1", "1\u3000", "- 1 -\n", "（1）", "|1", "1\t\n",
            "2023年政府信息公开工作年度报告", "第二十条第一项", "本年新收政府信息公开申请数量", "尚未审结", "总体情况\n",
        )
    ).encode()  # fmt: skip
    at = somewhere(data, rng)
    if rng.random() < 0.5:
        at = max(0, data.find("一、".encode()))
    return data[:at] + piece * (many(rng, 600_000, 300) // len(piece)) + data[at:]


@enter(PAGES, heavy=True)
def endless_table(data: bytes, rng: Random) -> bytes:
    """A table of up to a million rows, closed or not, alone or inside another's row."""
    row = rng.choice(
        (b"<tr><td>1</td></tr>", b"<tr><td>1<td>2<td rowspan=2>3", b"<tr>", b"<tr><td rowspan=4000 colspan=120>1")
    )  # fmt: skip
    most = rng.choice((30_000, 1_000_000)) if len(row) < 20 else 30_000
    made = b"<table>" + row * many(rng, most) + rng.choice((b"</table>", b""))
    at = data.find(rng.choice((b"<table", b"<td", b"<p", b"</body")))
    at = at if at >= 0 else somewhere(data, rng)
    return data[:at] + made + data[at:]


@enter(PAGES, heavy=True)
def long_attribute(data: bytes, rng: Random) -> bytes:
    """Attributes of a megabyte, thousands of them, or one that never ends."""
    count = many(rng, 200_000)
    made = rng.choice(
        (
            b" style='" + b"display:" * count + b"none'",
            b" colspan='" + b" " * count + b"3'",
            b"".join(b" a%d=1" % n for n in range(min(count, 10_000))),
            b' title="' + b"<td>1" * (count // 5),
            b" width=" + b"9" * count,
        )
    )
    return re.sub(rb"<(td|table|p|tr)\b", lambda m: m.group() + made, data, count=rng.choice((1, 3)))


@enter(PAGES, heavy=True)
def many_tables(data: bytes, rng: Random) -> bytes:
    """Thousands of tables, with spans beyond their rows, empty, or in one another's cells."""
    table = rng.choice(
        (b"<table><tr><td rowspan=4000>1<td rowspan=4000>2</table>", b"<table><tr><td></table>",
         b"<table><tr><td><table><tr><td>1</table><td>2</table>", b"<table><tr><td colspan=120>1<tr><td>2</table>")
    )  # fmt: skip
    at = max(0, data.find(rng.choice((b"<table", b"<p", b"</body"))))
    return data[:at] + table * many(rng, 20_000) + data[at:]


@enter(PAGES)
def tables_copied(data: bytes, rng: Random) -> bytes:
    """The stretch with the form's tables again and again, whole or cut, with other figures."""
    first, last = data.find("主动公开".encode()), data.rfind("改进".encode())
    if not 0 <= first < last:
        first, last = 0, len(data)
    piece = data[first:last][: rng.choice((last - first, rng.randrange(1, last - first + 1)))]
    changed = DIGITS.sub(lambda m: b"%d" % rng.randrange(99), piece) if rng.random() < 0.5 else piece
    return data[:last] + changed * rng.choice((1, 2, 12)) + data[last:]


@enter(PAGES)
def as_archive(data: bytes, rng: Random) -> bytes:
    """The page inside a web archive, rightly or wrongly encoded, with borders doubled or missing."""
    coding = rng.choice((b"base64", b"quoted-printable", b"8bit", b"x-uuencode", b""))
    body = encodebytes(data) if coding == b"base64" else encodestring(data) if coding[:1] == b"q" else data
    border = rng.choice((b"b", b"--", b" ", b"", b"b" * 3000))
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="' + border + b'"\r\n\r\n'
    part = (
        b"--" + border + b"\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: " + coding + b"\r\n\r\n"
    )
    return head + part * rng.choice((1, 1, 1, 300)) + body + rng.choice((b"", b"\r\n--" + border + b"--\r\n"))


@enter(PAGES)
def lone_surrogates(data: bytes, rng: Random) -> bytes:
    """Halves of character pairs, as broken editors write them."""
    if rng.random() < 0.3:
        text = data.decode("utf-8", errors="replace")
        at = rng.randrange(len(text))
        return (text[:at] + "\ud800" + text[at:]).encode(
            rng.choice(("utf-16", "utf-16-be", "utf-8")), "surrogatepass"
        )
    made = rng.choice((b"\xed\xa0\x80", b"\xed\xb0\x80", b"&#xD800;", b"&#xDFFF;", b"\xed\xa0\xbd" * 3))
    for _ in range(rng.choice((1, 20))):
        at = somewhere(data, rng)
        data = data[:at] + made + data[at:]
    return data


@enter(PAGES)
def odd_characters(data: bytes, rng: Random) -> bytes:
    """Characters that are not seen, turn the reading direction, or look like others."""
    made = ("\u200b", "\u202e", "\ufeff", "\u00a0", "\u3000", "\U000e0031", "\u0661", "０", "①", "\u0301", "\x0b", "\x1f")  # fmt: skip
    text = data.decode("utf-8", errors="replace")
    share = rng.choice((0.001, 0.02))
    sign = rng.choice((*made, None))
    return "".join(
        c + (sign or rng.choice(made)) if rng.random() < share else c for c in text
    ).encode("utf-8", errors="replace")  # fmt: skip


@enter(PICTURES)
def vast_picture(data: bytes, rng: Random) -> bytes:
    """A head that claims more points than there are, or no picture behind it."""
    size = rng.choice((1, 16, 30_000, 65_535, 2**31 - 1)).to_bytes(4, "big")
    if data.startswith(b"\x89PNG"):
        data = data[:16] + size + rng.choice((size, b"\x00\x00\x04\x00")) + data[24:]
        return data[:29] + crc32(data[12:29]).to_bytes(4, "big") + data[33:]
    return rng.choice((b"II*\x00", b"GIF89a", b"BM", b"\xff\xd8\xff")) + size * 3 + data[16:]


@enter(PICTURES)
def vast_but_whole(data: bytes, rng: Random) -> bytes:
    """A picture of one shade, a few kilobytes long and hundreds of megabytes large."""
    side = rng.choice((3000, 20_000, 60_000))
    rows = compress(bytes((side // 8 + 1) * min(side, 20_000)), 1)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + crc32(kind + body).to_bytes(4, "big")

    size = side.to_bytes(4, "big")
    head = chunk(b"IHDR", size + size + b"\x01\x00\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


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
