"""Ways to break what is inside a zipped document (DOCX, XLSX, OFD), and the package itself."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
from random import Random

from tests.hardness.mutations import (
    ANY,
    DIGITS,
    Mutation,
    absurd_numbers,
    enter,
    many,
    tags_deleted,
    tags_doubled,
)

PACKAGES: dict[str, Mutation] = {}


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed_again(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(_entry(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """A part's entry, of the same day whenever it is made."""
    return zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))


def main_part(parts: dict[str, bytes]) -> str:
    """The part that holds the text; of an OFD file any of its pages.

    Raises:
        StopIteration: none is left.
    """
    known = ("xl/worksheets/sheet", "Doc_0/Pages/")
    return next(n for n in parts if n == "word/document.xml" or n.startswith(known))


@enter(PACKAGES)
def inner_damage(data: bytes, rng: Random) -> bytes:
    """The main part damaged, the package whole."""
    parts = parts_of(data)
    name = rng.choice([main_part(parts), *parts])
    mutation = rng.choice([*ANY.values(), tags_deleted, tags_doubled, absurd_numbers])
    if parts[name]:
        parts[name] = mutation(parts[name], rng)
    return packed_again(parts)


@enter(PACKAGES, heavy=True)
def zip_bomb(data: bytes, rng: Random) -> bytes:
    """A part that unpacks to a hundred megabytes."""
    parts = parts_of(data)
    name = rng.choice([main_part(parts), "word/media/a.xml", "xl/sharedStrings.xml", "docProps/core.xml"])
    parts[name] = b"<a>" + b" " * 100_000_000 + b"</a>"
    return packed_again(parts)


@enter(PACKAGES)
def xml_entities(data: bytes, rng: Random) -> bytes:
    """Entities of entities in the main part."""
    parts = parts_of(data)
    name = main_part(parts)
    layers = b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9))
    content = re.sub(rb"^<\?xml[^>]*>", b"", parts[name])
    parts[name] = b'<!DOCTYPE x [<!ENTITY a0 "9">' + layers + b"]>" + DIGITS.sub(b"&a9;", content, count=3)
    return packed_again(parts)


@enter(PACKAGES)
def far_cell(data: bytes, rng: Random) -> bytes:
    """One cell in the last corner of the sheet, or a span over everything."""
    parts = parts_of(data)
    name = main_part(parts)
    if name.startswith("xl/"):
        row = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        parts[name] = parts[name].replace(b"</sheetData>", rng.choice((row, merge)))
    else:
        parts[name] = re.sub(rb'(gridSpan w:val=")\d+', rb"\g<1>999", parts[name])
    return packed_again(parts)


@enter(PACKAGES)
def nested_part(data: bytes, rng: Random) -> bytes:
    """Tables in tables in tables."""
    parts = parts_of(data)
    name = main_part(parts)
    depth = rng.choice((200, 1000, 5000))
    opening, closing = b"<w:tbl><w:tr><w:tc>", b"</w:tc></w:tr></w:tbl>"
    if name.startswith("xl/"):
        opening, closing = b"<is><t>", b"</t></is>"
    parts[name] = re.sub(
        rb"(<w:body>|<sheetData>)", rb"\1" + opening * depth + closing * depth, parts[name], count=1
    )
    return packed_again(parts)


@enter(PACKAGES)
def parts_missing(data: bytes, rng: Random) -> bytes:
    """A part or two not in the package."""
    parts = parts_of(data)
    for name in rng.sample(sorted(parts), k=min(len(parts) - 1, rng.choice((1, 3)))):
        del parts[name]
    return packed_again(parts)


@enter(PACKAGES)
def strange_names(data: bytes, rng: Random) -> bytes:
    """Parts that would leave the folder, stand there twice, or have no name."""
    parts = parts_of(data)
    main = main_part(parts)
    made = ("../../../etc/passwd", "/etc/passwd", "C:\\a.xml", "a\x00b.xml", "a" * 60_000, main, main.upper(),
            "word/../" + main, "xl/worksheets/sheet99.xml", "word/media/image1.png")  # fmt: skip
    out = io.BytesIO(data)
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as package:
        warnings.simplefilter("ignore")  # a name that stands there twice
        for name in rng.sample(made, k=rng.choice((1, 3))):
            package.writestr(_entry(name), rng.choice((b"", b"<a/>", parts[main], b"\xff" * 100)))
    return out.getvalue()


@enter(PACKAGES)
def lying_directory(data: bytes, rng: Random) -> bytes:
    """The directory gives other sizes, methods, flags or places than the parts have."""
    out = bytearray(data)
    for found in re.finditer(rb"PK\x01\x02", data):
        if rng.random() < 0.5:
            field, wide = rng.choice(((8, "<H"), (10, "<H"), (16, "<I"), (20, "<I"), (24, "<I"), (28, "<H"), (42, "<I")))  # fmt: skip
            most = 2 ** (8 * struct.calcsize(wide)) - 1
            if found.start() + field + 4 <= len(out):
                struct.pack_into(
                    wide, out, found.start() + field, rng.choice((0, 1, 8, 99, most, rng.randrange(most)))
                )
    return bytes(out)


@enter(PACKAGES, heavy=True)
def many_parts(data: bytes, rng: Random) -> bytes:
    """Tens of thousands of parts, or a hundred that each unpack to megabytes."""
    parts = parts_of(data)
    folder = rng.choice(("xl/worksheets/", "word/media/", "a/"))
    if rng.random() < 0.5:
        parts |= {f"{folder}{n}.xml": b"" for n in range(many(rng, 60_000))}
    else:
        parts |= {
            f"{folder}{n}.xml": bytes(4_000_000) + rng.randbytes(12_000) for n in range(many(rng, 100, 5))
        }
    return packed_again(parts)


@enter(PACKAGES, heavy=True)
def shared_text(data: bytes, rng: Random) -> bytes:
    """A long text that thousands of squares share, or a paragraph of a megabyte."""
    parts = parts_of(data)
    name = main_part(parts)
    text = rng.choice((b"1", "一".encode(), b"1 ")) * many(rng, 300_000)
    if name.startswith("xl/"):
        parts["xl/sharedStrings.xml"] = (
            b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
            + text
            + b"</t></si></sst>"
        )
        cells = b"".join(b'<c r="A%d" t="s"><v>0</v></c>' % n for n in range(1, many(rng, 20_000)))
        parts[name] = parts[name].replace(b"<sheetData>", b'<sheetData><row r="1">' + cells + b"</row>", 1)
    else:
        parts[name] = re.sub(
            rb"(<w:t[^>]*>|<ofd:TextCode[^>]*>)", lambda m: m.group() + text, parts[name], count=2
        )
    return packed_again(parts)


@enter(PACKAGES, heavy=True)
def endless_rows(data: bytes, rng: Random) -> bytes:
    """Rows, paragraphs or placed characters without end."""
    parts = parts_of(data)
    name = main_part(parts)
    count = many(rng, 100_000)
    if name.startswith("xl/"):
        rows = b"".join(
            b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(100, 100 + count)
        )
        parts[name] = parts[name].replace(b"</sheetData>", rows + b"</sheetData>")
    elif name.startswith("Doc_0"):
        piece = rng.choice(
            (
                b'<ofd:TextObject Boundary="1 1 9 9" Size="3"><ofd:TextCode X="0" Y="3">11</ofd:TextCode></ofd:TextObject>',
                b'<ofd:PathObject Boundary="0 0 9 9"><ofd:AbbreviatedData>M 1 1 L 99 1 L 99 99</ofd:AbbreviatedData></ofd:PathObject>',
            )
        )
        parts[name] = parts[name].replace(b"<ofd:Layer>", b"<ofd:Layer>" + piece * count)
    else:
        piece = rng.choice(
            (
                b"<w:p><w:r><w:t>1</w:t></w:r></w:p>",
                b"<w:tbl><w:tr><w:tc/><w:tc/></w:tr></w:tbl>",
                b"<w:p/>",
                b"<w:sdt>",
            )
        )
        parts[name] = parts[name].replace(b"<w:body>", b"<w:body>" + piece * count)
    return packed_again(parts)


@enter(PACKAGES)
def absurd_places(data: bytes, rng: Random) -> bytes:
    """Lengths and places of an OFD file without measure; numbers of any other package."""
    parts = parts_of(data)
    made = (b"9" * 400, b"1e999", b"-1", b"nan", b"99999999", b"0", b"g 99999999 1", b".5.5.")
    share = rng.choice((0.001, 0.05))

    def changed(found: re.Match[bytes]) -> bytes:
        return rng.choice(made) if rng.random() < share else found.group()

    name = main_part(parts)
    parts[name] = re.sub(rb"(?<=[ \"])\d+(?:\.\d+)?", changed, parts[name])
    return packed_again(parts)


@enter(PACKAGES)
def circular_parts(data: bytes, rng: Random) -> bytes:
    """Parts that name themselves or each other."""
    parts = parts_of(data)
    names = sorted(parts)
    text = re.compile(rb'((?:Target|BaseLoc)="|<ofd:DocRoot>)[^"<]+')
    for name in names:
        target = rng.choice((*names, "..", "/", name)).encode()
        parts[name] = text.sub(lambda m, target=target: m.group(1) + target, parts[name])  # type: ignore[misc]
    if "Doc_0/Document.xml" in parts and rng.random() < 0.3:
        page = re.search(rb"<ofd:Page [^>]*/>", parts["Doc_0/Document.xml"])
        if page:
            parts["Doc_0/Document.xml"] = parts["Doc_0/Document.xml"].replace(
                page.group(), page.group() * 3000
            )
    return packed_again(parts)
