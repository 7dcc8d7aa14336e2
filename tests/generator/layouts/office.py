"""Reports as a Word document and as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from random import Random
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

from tests.generator.grids import Box, Grid, filled, tables
from tests.generator.layouts.base import Document, document, full, layout, opening_lines, signed
from tests.generator.layouts.package import packed, repacked
from tests.generator.truth import Report

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{WORD}.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


@layout("docx")
def docx(report: Report, rng: Random) -> Document:
    """A Word document: gridSpan and vMerge, runs cut inside words."""

    def runs(text: str) -> str:
        cut = rng.randint(1, len(text) - 1) if len(text) > 3 and rng.random() < 0.5 else len(text)
        return "".join(
            f'<w:r><w:rPr><w:rFonts w:eastAsia="仿宋"/></w:rPr><w:t xml:space="preserve">{escape(piece)}</w:t></w:r>'
            for piece in (text[:cut], text[cut:])
            if piece
        )

    def paragraph(text: str) -> str:
        return f"<w:p>{runs(text)}</w:p>"

    grids = tables(report)
    body = [paragraph(text) for text in opening_lines(report)]
    for part, heading in report.headings():
        body.append(paragraph(heading))
        if part in grids:
            body.append(_word_table(grids[part].map(full), paragraph) + paragraph(""))
        body += [paragraph(text) for text in report.parts.get(part, ())]
    body += [paragraph(text) for text in signed(report)]
    xml = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<w:document xmlns:w="{W}"><w:body>{"".join(body)}<w:sectPr/></w:body></w:document>'
    )
    files = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS, "word/document.xml": xml}
    data = packed({name: text.encode() for name, text in files.items()})
    return document(report, ".docx", data, WORD, unstated=frozenset({"index_number"}))


def docx_of_pictures(report: Report, pictures: list[bytes]) -> bytes:
    """A Word document with the title in words and all else in JPEG pictures, one a page."""
    relations, body = [], [f"<w:p><w:r><w:t>{escape(report.title)}</w:t></w:r></w:p>"]
    for n in range(1, len(pictures) + 1):
        relations.append(
            f'<Relationship Id="rId{n}" Target="media/image{n}.jpeg" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>'
        )
        body.append(f'<w:p><w:r><w:drawing><a:blip r:embed="rId{n}"/></w:drawing></w:r></w:p>')
    spaces = (
        f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    files = {
        "[Content_Types].xml": _TYPES.replace(
            "<Override", '<Default Extension="jpeg" ContentType="image/jpeg"/><Override'
        ),
        "_rels/.rels": _RELATIONS,
        "word/document.xml": f"<w:document {spaces}><w:body>{''.join(body)}</w:body></w:document>",
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{''.join(relations)}</Relationships>",
    }
    media = {f"word/media/image{n}.jpeg": data for n, data in enumerate(pictures, start=1)}
    return packed({**{name: text.encode() for name, text in files.items()}, **media})


def _word_table(grid: Grid, paragraph: Callable[[str], str]) -> str:
    rows = []
    for line in filled(grid):
        cells, left = [], 0
        while left < grid.width:
            box, starts = line[left]
            assert box is not None
            span = f'<w:gridSpan w:val="{box.colspan}"/>' if box.colspan > 1 else ""
            merge = "" if box.rowspan == 1 else '<w:vMerge w:val="restart"/>' if starts else "<w:vMerge/>"
            inner = paragraph(box.text if starts else "")
            cells.append(f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{inner}</w:tc>")
            left += box.colspan
        rows.append(f"<w:tr>{''.join(cells)}</w:tr>")
    columns = '<w:gridCol w:w="900"/>' * grid.width
    return f'<w:tbl><w:tblPr><w:tblStyle w:val="a"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{"".join(rows)}</w:tbl>'


@layout("xlsx")
def xlsx(report: Report, rng: Random) -> Document:
    """A workbook: prose in merged rows, tables with merged cells, figures as numbers."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    # A workbook carries the time of its making: fixed, so that the bytes are.
    book.set_properties(
        {"title": report.title, "created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
    )
    sheet = book.add_worksheet("年度报告")
    style = book.add_format({"text_wrap": True, "border": 1, "align": "center", "valign": "vcenter"})
    top = 0

    def line(text: str) -> None:
        nonlocal top
        sheet.merge_range(top, 0, top, 14, text)
        top += 1

    grids = tables(report)
    for text in opening_lines(report):
        line(text)
    for part, heading in report.headings():
        line(heading)
        if part in grids:
            _sheet_table(report, sheet, style, grids[part].map(full), top)
            top += len(grids[part].rows)
        for text in report.parts.get(part, ()):
            line(text)
    for text in signed(report):
        line(text)
    book.close()
    return document(report, ".xlsx", repacked(target.getvalue()), SHEET, unstated=frozenset({"index_number"}))


def _sheet_table(report: Report, sheet: Any, style: Any, grid: Grid, top: int) -> None:
    def put(row: int, column: int, box: Box) -> None:
        value = report.cells[box.cell] if box.cell and box.cell not in report.printed else None
        # A figure is a number in the workbook; what is written otherwise is text.
        content = box.text if value is None else float(value)
        if box.rowspan * box.colspan > 1:
            sheet.merge_range(row, column, row + box.rowspan - 1, column + box.colspan - 1, "", style)
        sheet.write(row, column, content, style)

    for down, line in enumerate(filled(grid)):
        for along, (box, starts) in enumerate(line):
            if box is not None and starts:
                put(top + down, along, box)
