"""Word, workbooks and PDF: spans, boxes, decimals, page breaks, locked and damaged files; kinds by content."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal

import docx
import openpyxl
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.document import Grid
from gipa_pipeline.extract.media.kinds import medium_of
from gipa_pipeline.extract.media.package import open_package, parse_xml, part
from gipa_pipeline.extract.media.pdf import read_pdf
from gipa_pipeline.extract.media.sheet import read_sheet
from gipa_pipeline.extract.media.word import read_docx

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _rows(grid: Grid) -> list[list[str | None]]:
    return [[c.text if c else None for c in grid.row(n)] for n in range(grid.height)]


def _docx(body: str = "", **parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def _cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def _table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def test_a_word_file_as_the_office_program_writes_it() -> None:
    document = docx.Document()
    document.add_paragraph("第一段")
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "合"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "横"
    table.cell(2, 2).text = "65.48"
    out = io.BytesIO()
    document.save(out)
    read = read_docx(out.getvalue())
    assert _rows(read.grids[0]) == [["合", "横", "横"], ["合", "", ""], ["", "", "65.48"]]
    assert read.text.startswith("第一段\n")
    corner = next(c for c in read.grids[0].cells if c.text == "65.48")
    assert (read.cell_place(read.grids[0], corner).row, corner.column) == (2, 2)


def test_cells_merged_to_the_right_the_old_way_are_one_cell() -> None:
    first, on = '<w:hMerge w:val="restart"/>', "<w:hMerge/>"
    body = _table(
        _cell("甲", first) + _cell("", on) + _cell("3"), _cell("4", first) + _cell("7", on) + _cell("5")
    )
    grid = read_docx(_docx(body)).grids[0]
    assert _rows(grid) == [["甲", "甲", "3"], ["4\n7", "4\n7", "5"]]
    assert [c.colspan for c in grid.cells] == [2, 1, 2, 1]


def test_a_merge_goes_on_below_a_row_that_lacks_the_column() -> None:
    body = _table(
        _cell("甲", '<w:vMerge w:val="restart"/>') + _cell("1"),
        '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + _cell("2"),
        _cell("", "<w:vMerge/>") + _cell("3"),
    )
    (grid,) = read_docx(_docx(body)).grids
    assert grid.at(2, 0) is grid.at(0, 0)
    assert [grid.at(n, 1).text for n in range(3) if grid.at(n, 1)] == ["1", "2", "3"]  # type: ignore[union-attr]


@pytest.mark.parametrize("span", ["9" * 5000, "²", "-3", "", "0"])
def test_a_span_that_is_no_number(span: str) -> None:
    (grid,) = read_docx(_docx(_table(_cell("1", f'<w:gridSpan w:val="{span}"/>') + _cell("2")))).grids
    assert _rows(grid) == [["1", "2"]]


def test_tracked_changes_are_read_as_the_text_stands_now() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    body = _table(
        f"<w:tc><w:p><w:del>{run.format(7)}</w:del><w:ins>{run.format(8)}</w:ins></w:p></w:tc>" + _cell("1"),
        f"<w:tc><w:p><w:moveFrom>{run.format(5)}</w:moveFrom></w:p></w:tc>" + _cell("2"),
        "<w:trPr><w:del/></w:trPr>" + _cell("gone") + _cell("9"),
    )
    assert _rows(read_docx(_docx(body)).grids[0]) == [["8", "1"], ["", "2"]]


def test_a_text_box_is_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>3</w:t></w:r></w:p></w:txbxContent>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    inside = f'<mc:AlternateContent xmlns:mc="{mc}"><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>'
    body = _table(f"<w:tc><w:p><w:r>{inside}</w:r></w:p></w:tc>" + _cell("1"))
    assert _rows(read_docx(_docx(body)).grids[0]) == [["3", "1"]]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (_docx()[:200], "broken"),
        (_docx(body="<w:p/>" + "<w:tbl>" * 300)[:-30], "broken"),
        (_docx(body=" " * 40_000_000), "too_large"),
    ],
)
def test_damaged_packages(data: bytes, kind: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read_docx(data)
    assert caught.value.kind == kind


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx">]><a>&b;&b;</a>'
    with pytest.raises(UnreadableDocument, match="entities"):
        parse_xml(bomb)
    assert parse_xml(b"<a><b>1</b></a>").findtext("b") == "1"


def test_a_locked_package() -> None:
    data = bytearray(_docx())
    data[6] |= 1  # the flag in the local header
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(UnreadableDocument) as caught:
        open_package(bytes(data))
    assert caught.value.kind == "encrypted"


def test_a_part_that_is_not_there() -> None:
    with pytest.raises(UnreadableDocument, match="cannot be unpacked"):
        part(open_package(_docx()), "word/other.xml")


def _workbook(**cells: object) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for address, value in cells.items():
        sheet[address] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_by_its_shown_values() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["标题", None, None])
    sheet.append([12, 0.1, "—"])
    sheet.append([1234567.0, None, True])
    sheet.merge_cells("A1:C1")
    out = io.BytesIO()
    book.save(out)
    read = read_sheet(out.getvalue())
    assert _rows(read.grids[0]) == [["标题"] * 3, ["12", "0.1", "—"], ["1234567", "", "True"]]
    cell = next(c for c in read.grids[0].cells if c.text == "0.1")
    assert read.cell_place(read.grids[0], cell).path == "Sheet!B2"


def test_a_number_that_is_none() -> None:
    data = _workbook(A1=1, B1=2)
    parts = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b"<v>2</v>", b"<v>1e999</v>")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for entry, content in parts.items():
            package.writestr(entry, content)
    texts = [c.text for c in read_sheet(out.getvalue()).grids[0].cells]
    assert texts[0] == "1"
    assert not texts[1].isdigit()


@pytest.mark.parametrize("cells", [{"A1": 1, "XFD1048576": 2}, {"CZ30000": 1, "A1": 1}])
def test_a_cell_far_out_does_not_fill_the_memory(cells: dict[str, object]) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read_sheet(_workbook(**cells))
    assert caught.value.kind == "too_large"


def test_a_damaged_workbook() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read_sheet(_workbook(A1=1)[:-40])
    assert caught.value.kind == "broken"


def _pdf(pages: int = 1, **options: object) -> tuple[io.BytesIO, canvas.Canvas]:
    out = io.BytesIO()
    return out, canvas.Canvas(out, pagesize=A4, **options)


def _ruled(sheet: canvas.Canvas, texts: list[list[str]], top: float, *, closed: bool = True) -> None:
    """A table of 60 by 20 points a cell whose upper edge is ``top`` points above the page's foot."""
    high, wide = len(texts), len(texts[0])
    for n in range(high + closed):
        sheet.line(50, top - 20 * n, 50 + 60 * wide, top - 20 * n)
    for n in range(wide + 1):
        sheet.line(50 + 60 * n, top, 50 + 60 * n, top - 20 * high)
    for r, row in enumerate(texts):
        for c, text in enumerate(row):
            sheet.drawString(55 + 60 * c, top - 20 * r - 14, text)


def test_a_ruled_table_in_a_pdf() -> None:
    out, sheet = _pdf()
    _ruled(sheet, [["label-a", "65.48", "-3"], ["label-b", "", "1,234"]], 700)
    sheet.drawString(50, 750, "a-line-of-text-above-the-table")
    sheet.save()
    read = read_pdf(out.getvalue())
    assert _rows(read.grids[0]) == [["label-a", "65.48", "-3"], ["label-b", "", "1,234"]]
    place = read.cell_place(read.grids[0], read.grids[0].cells[1])
    assert place.page == 1
    assert place.box == (110.0, 141.9, 170.0, 161.9)
    assert read.text.index("a-line-of-text") < read.text.index("label-a")


def test_a_row_cut_by_a_page_break_keeps_its_figures() -> None:
    out, sheet = _pdf()
    _ruled(sheet, [["label-a", "111", "222"], ["label-b", "3", "4"]], 100, closed=False)
    sheet.showPage()
    _ruled(sheet, [["label-c", "555", "666"], ["label-d", "7", "8"]], 800)
    sheet.save()
    read = read_pdf(out.getvalue())
    assert [_rows(g)[-1][1:] for g in read.grids] == [["3", "4"], ["7", "8"]]
    assert [g.cells[0].page for g in read.grids] == [1, 2]


@pytest.mark.parametrize(
    ("cut", "kind"), [(slice(0, 300), "broken"), (slice(100, None), "broken"), (slice(0, 9), "broken")]
)
def test_damaged_pdfs(cut: slice, kind: str) -> None:
    out, sheet = _pdf()
    sheet.drawString(50, 700, "some text that is long enough")
    sheet.save()
    with pytest.raises(UnreadableDocument) as caught:
        read_pdf(out.getvalue()[cut])
    assert caught.value.kind == kind


def test_a_table_may_stand_behind_the_last_page_read() -> None:
    out, sheet = _pdf()
    for n in range(82):
        sheet.drawString(50, 700, f"page-{n}-of-a-long-gazette-without-tables")
        sheet.showPage()
    sheet.save()
    with pytest.raises(UnreadableDocument, match="82 pages") as caught:
        read_pdf(out.getvalue())
    assert caught.value.kind == "too_large"


def test_a_drawing_is_no_table() -> None:
    out, sheet = _pdf()
    for n in range(400):
        sheet.line(50, 50 + 1.9 * n, 500, 50 + 1.9 * n)
        sheet.line(50 + n * 1.1, 50, 50 + n * 1.1, 800)
    sheet.drawString(50, 820, "text-of-a-page-that-holds-a-drawing-of-lines")
    sheet.save()
    assert "text-of-a-page" in read_pdf(out.getvalue()).text


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"", "a.html", "empty"),
        (b" \n\x00\t", "a.html", "empty"),
        (b"Rar!\x1a\x07\x00" + b"x" * 99, "a.doc", "archive"),
        (b"\x1f\x8b\x08" + b"x" * 99, "a.html", "archive"),
        (b"PK\x03\x04" + b"x" * 99, "a.docx", "broken"),
        (bytes(range(256)) * 20, "a.html", "binary"),
        (b"x" * 1001, "a.txt", "too_large"),
    ],
)
def test_what_is_no_document(data: bytes, name: str, kind: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        medium_of(data, name, max_bytes=10_000 if kind == "binary" else 1000)
    assert caught.value.kind == kind
    assert re.match(r"a\.\w+ ", str(caught.value))


@pytest.mark.parametrize(
    ("data", "name", "medium"),
    [
        (b"%PDF-1.4 ...", "a.html", "pdf"),
        (b"<html><table>", "a.doc", "html"),
        ("年度报告".encode("gb18030"), "a.pdf", "text"),
        ("<p>年度报告".encode("utf-16"), "a.html", "html"),
        (b"\x89PNG\r\n\x1a\n....", "a.jpg", "image"),
        (b"\xff\xd8\xff\xe0....", "a.html", "image"),
        (_docx(), "a.zip", "docx"),
        (_workbook(A1=1), "a.docx", "xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "a.doc", "doc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "a.xls", "xls"),
    ],
)
def test_kinds_are_told_by_content(data: bytes, name: str, medium: str) -> None:
    assert medium_of(data, name) == medium


def test_an_archive_is_not_a_document() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("年报.docx", _docx())
    with pytest.raises(UnreadableDocument) as caught:
        medium_of(out.getvalue(), "a.zip")
    assert caught.value.kind == "archive"


def test_decimals_are_exact() -> None:
    assert [c.text for c in read_sheet(_workbook(A1=0.1, B1=1234.56)).grids[0].cells] == ["0.1", "1234.56"]
    assert Decimal("0.1") + Decimal("1234.56") == Decimal("1234.66")
