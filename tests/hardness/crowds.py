"""Inputs just within the bounds whose parts, each harmless, multiply: what makes careless reading quadratic."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from random import Random

from gipa_pipeline.extract.media.document import MAX_MARKS
from tests.generator import LAYOUTS, make_report
from tests.generator.layouts import SLOW_LAYOUTS
from tests.hardness.packages import main_part, packed_again, parts_of
from tests.hardness.pdfs import one_page

_TAGS = MAX_MARKS - 20_000


def crowds() -> Iterator[tuple[str, bytes]]:
    """Names and bytes."""
    report = make_report(Random(1), 2023)
    page = LAYOUTS["html"](report, Random(1)).data
    for n, data in enumerate((*_pages(page), *_texts(LAYOUTS["text_lines"](report, Random(1)).data))):
        yield f"{600 + n:06d}-crowd.{'html' if data.startswith(b'<') else 'txt'}", data
    for n, data in enumerate(_pdfs()):
        yield f"{650 + n:06d}-crowd.pdf", data
    yield from _packages(report_ofd=SLOW_LAYOUTS["ofd"](report, Random(1)).data)
    body = base64.encodebytes(page)
    head = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b; type=text/html\r\n\r\n"
    part = b"--b\r\nContent-Type: %b\r\nContent-Location: http://a/%d\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    many = b"".join(part % (b"image/png", n) + b"AAAA\r\n" for n in range(1, 100_000))
    yield "000690-crowd.mht", head + part % (b"text/html", 0) + body + many + b"--b--\r\n"
    nested = b"".join(
        b"--%d\r\nContent-Type: multipart/mixed; boundary=%d\r\n\r\n" % (n, n + 1) for n in range(5000)
    )
    yield "000691-crowd.mht", head.replace(b"boundary=b", b"boundary=0") + nested + body


def _pages(page: bytes) -> Iterator[bytes]:
    """Many elements deep inside others, under many rules, in many tables, in vast spans."""
    for tag in (b"div", b"sup", b"span", b"table><tr><td", b"font", b"p"):
        for piece in (b"<div></div>", b"<table><tr><td>1<td>2</table>"):
            yield b"<html>" + (b"<" + tag + b">") * 500 + piece * (_TAGS // piece.count(b"<")) + page
    for name in (b"a", b"b%d", b"a.c a.c a"):
        rules = b"".join(b".%b{display:none}" % (name % n if b"%" in name else name) for n in range(4000))
        cells = b"".join(b"<i class='a c b%d'></i>" % (n % 4000) for n in range(_TAGS // 2))
        yield b"<html><style>" + rules + b"</style>" + cells + page
    for row in (
        b"<tr><td rowspan=4000>1<td rowspan=4000>2",
        b"<tr><td colspan=120>1",
        b"<tr><td rowspan=2 colspan=2>1",
    ):
        yield b"<html><table>" + row * 30_000 + b"</table>" + page
        yield b"<html>" + (b"<table>" + row * 40 + b"</table>") * 1500 + page
    yield b"<html>" + b"<div style='display:none'>" * 1500 + b"<b>1" * (_TAGS // 2) + page
    yield b"<html>" + page[6:] * 12
    yield b"<html><p>" + "一、本年新收政府信息公开申请数量1 2 3".encode() * 40_000 + page


def _texts(text: bytes) -> Iterator[bytes]:
    """The form's own words over and over, with figures, bars and breaks."""
    table = text[text.find("一、本年新收".encode()) : text.find("四、政府信息公开".encode())]
    yield table * (3_500_000 // len(table.decode())) + text
    yield text * 60
    for word in (
        "一、本年新收政府信息公开申请数量",
        "行政复议",
        "予以公开 1 ",
        "(一)第二十条第（一）项\n规章 1 2 3\n",
    ):
        yield (word + "\n").encode() * (3_500_000 // (len(word) + 1)) + text
    yield text.replace(b"0", b"0 " * 1000)
    yield text.replace("二、".encode(), b"|" * 900_000 + "二、".encode())


def _pdfs() -> Iterator[bytes]:
    """Characters, rules and pages without end."""
    words = b"BT /F1 9 Tf 50 50 Td (" + b"1 2 3 " * 500 + b") Tj ET\n"
    lines = b"".join(b"%d 10 m %d 800 l S 10 %d m 500 %d l S\n" % (n, n, n, n) for n in range(5, 700, 1))
    dots = b"".join(
        b"BT /F1 3 Tf %d %d Td (1) Tj ET\n" % (x, y) for x in range(10, 500, 4) for y in range(10, 800, 4)
    )
    for content, count in (
        (words * 2000, 1),
        (words * 40, 300),
        (lines * 60, 1),
        (lines + dots, 1),
        (lines + dots, 60),
    ):
        yield one_page(content, count=count)
    yield one_page(b"BT /F1 900000 Tf 50 50 Td (123) Tj ET\n" * 5000, count=50)


def _packages(report_ofd: bytes) -> Iterator[tuple[str, bytes]]:
    """Word, workbook and OFD parts as full as they may be."""
    report = make_report(Random(1), 2023)
    word = LAYOUTS["docx"](report, Random(1)).data
    row = b"<w:tr>" + b"<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc>" * 7 + b"</w:tr>"
    boxes = b"<w:p><w:r><w:txbxContent>" * 40 + b"<w:tbl><w:tr><w:tc/><w:tc/></w:tr></w:tbl>"
    boxes += b"</w:txbxContent></w:r></w:p>" * 40
    for n, piece in enumerate(
        (
            b"<w:p><w:r><w:t>1</w:t></w:r></w:p>",
            b"<w:tbl>" + row * 20 + b"</w:tbl>",
            b"<w:tbl><w:tr><w:tc/></w:tr></w:tbl>",
            boxes,
        )
    ):
        parts = parts_of(word)
        name = main_part(parts)
        parts[name] = parts[name].replace(b"<w:body>", b"<w:body>" + piece * (950_000 // piece.count(b"<")))
        yield f"{670 + n:06d}-crowd.docx", packed_again(parts)
    book = LAYOUTS["xlsx"](report, Random(1)).data
    merges = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(200, 100_000))
    cells = b"".join(b'<row r="%d"><c r="DP%d"><v>1</v></c></row>' % (n, n) for n in range(100, 4900))
    for n, piece in enumerate(
        (b"</sheetData><mergeCells>" + merges + b"</mergeCells>", cells + b"</sheetData>")
    ):
        parts = parts_of(book)
        name = main_part(parts)
        parts[name] = parts[name].replace(b"</sheetData>", piece, 1)
        yield f"{680 + n:06d}-crowd.xlsx", packed_again(parts)
    texts = b'<ofd:TextObject Boundary="1 1 9 9" Size="3"><ofd:TextCode X="%d" Y="%d" DeltaX="g 10000 1">11</ofd:TextCode></ofd:TextObject>'
    paths = b'<ofd:PathObject Boundary="0 0 9 9"><ofd:AbbreviatedData>M 1 %d L 99 %d M %d 1 L %d 99</ofd:AbbreviatedData></ofd:PathObject>'
    steps = (
        b'<ofd:TextObject Boundary="1 1 9 9"><ofd:TextCode DeltaX="'
        + b"g 99999 1 " * 100_000
        + b'">11</ofd:TextCode></ofd:TextObject>'
    )
    for n, layer in enumerate((
        b"".join(texts % (n % 200, n // 200) for n in range(100_000)),
        b"".join(paths % (n, n, n, n) for n in range(20_000)) + texts % (1, 1),
        steps * 5,
    )):  # fmt: skip
        parts = parts_of(report_ofd)
        name = main_part(parts)
        parts[name] = parts[name].replace(b"<ofd:Layer>", b"<ofd:Layer>" + layer, 1)
        yield f"{685 + n:06d}-crowd.ofd", packed_again(parts)
