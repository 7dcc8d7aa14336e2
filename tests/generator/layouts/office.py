"""Reports as a Word document and as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
    return _word(report, rng, lambda text: _paragraph(text, rng), lambda table: table)


@layout("docx_frames")
def docx_frames(report: Report, rng: Random) -> Document:
    """A draft in Word: tables in frames or text boxes, figures changed under tracking, hidden remarks."""

    def paragraph(text: str) -> str:
        if text.isdigit() and rng.random() < 0.15:
            old = f"<w:del><w:r><w:delText>{rng.randint(1, 99)}</w:delText></w:r></w:del>"
            return f"<w:p>{old}<w:ins>{_run(text)}</w:ins></w:p>"
        if text.isdigit() and rng.random() < 0.1:
            remark = f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>{rng.randint(1, 99)}</w:t></w:r>"
            return f"<w:p>{remark}{_run(text)}</w:p>"
        return _paragraph(text, rng)

    def framed(table: str) -> str:
        if rng.random() < 0.4:
            box = f"<w:txbxContent>{table}<w:p/></w:txbxContent>"
            return f'<w:p><w:r><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml">{box}</v:textbox></w:pict></w:r></w:p>'
        aside = f"<w:tc>{_paragraph('单位：件', rng)}</w:tc>" if rng.random() < 0.5 else ""
        return f"<w:tbl><w:tr><w:tc>{table}<w:p/></w:tc>{aside}</w:tr></w:tbl>"

    return _word(report, rng, paragraph, framed)


def _run(text: str) -> str:
    return f'<w:r><w:rPr><w:rFonts w:eastAsia="仿宋"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _paragraph(text: str, rng: Random) -> str:
    cut = rng.randint(1, len(text) - 1) if len(text) > 3 and rng.random() < 0.5 else len(text)
    return f"<w:p>{''.join(_run(piece) for piece in (text[:cut], text[cut:]) if piece)}</w:p>"


def _word(report: Report, rng: Random, cell: Callable[[str], str], framed: Callable[[str], str]) -> Document:
    grids = tables(report)
    body = [_paragraph(text, rng) for text in opening_lines(report)]
    for part, heading in report.headings():
        body.append(_paragraph(heading, rng))
        if part in grids:
            body.append(framed(_word_table(grids[part].map(full), cell)) + _paragraph("", rng))
        body += [_paragraph(text, rng) for text in report.parts.get(part, ())]
    body += [_paragraph(text, rng) for text in signed(report)]
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
    book = _book(target, report)
    _whole_sheet(book, "年度报告", report)
    book.close()
    return document(report, ".xlsx", repacked(target.getvalue()), SHEET, unstated=frozenset({"index_number"}))


@layout("xlsx_sheets")
def xlsx_sheets(report: Report, rng: Random) -> Document:
    """A worked-on workbook: a sheet a table, figures as text, last year's report and drafts in hidden places."""
    target = BytesIO()
    book = _book(target, report)
    style = book.add_format({"text_wrap": True, "border": 1})
    old = replace(report, cells={c: v and v + 1 for c, v in report.cells.items()}, year=report.year - 1)
    _whole_sheet(book, "上年", old).hide()
    front = book.add_worksheet("报告")
    front.activate()
    front.set_first_sheet()
    lines = [*opening_lines(report)]
    for part, heading in report.headings():
        lines += [heading, *report.parts.get(part, ())]
    for top, text in enumerate([*lines, *signed(report)]):
        front.write(top, 0, text)
    for part, grid in tables(report).items():
        sheet = book.add_worksheet(f"表{part}")
        sheet.write(0, 0, "草稿，勿印")
        sheet.set_row(0, None, None, {"hidden": True})
        _sheet_table(report, sheet, style, grid.map(full), 1, as_text=rng.random() < 0.5)
        for row in range(2, len(grid.rows)):
            sheet.write(row, grid.width, rng.randint(0, 99))
        sheet.set_column(grid.width, grid.width, None, None, {"hidden": True})
    book.close()
    return document(report, ".xlsx", repacked(target.getvalue()), SHEET, unstated=frozenset({"index_number"}))


def _book(target: BytesIO, report: Report) -> xlsxwriter.Workbook:
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    # A workbook carries the time of its making: fixed, so that the bytes are.
    book.set_properties(
        {"title": report.title, "created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
    )
    return book


def _whole_sheet(book: xlsxwriter.Workbook, name: str, report: Report) -> Any:
    sheet = book.add_worksheet(name)
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
    return sheet


def _sheet_table(
    report: Report, sheet: Any, style: Any, grid: Grid, top: int, *, as_text: bool = False
) -> None:
    def put(row: int, column: int, box: Box) -> None:
        value = report.cells[box.cell] if box.cell and box.cell not in report.printed else None
        # A figure is a number in the workbook; what is written otherwise is text.
        content = box.text if value is None or as_text else float(value)
        if box.rowspan * box.colspan > 1:
            sheet.merge_range(row, column, row + box.rowspan - 1, column + box.colspan - 1, "", style)
        if as_text and content:
            sheet.write_string(row, column, content, style)
        else:
            sheet.write(row, column, content, style)

    for down, line in enumerate(filled(grid)):
        for along, (box, starts) in enumerate(line):
            if box is not None and starts:
                put(top + down, along, box)
