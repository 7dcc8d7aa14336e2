"""Drafts in Word and worked-on workbooks: frames, tracked changes, hidden parts, formulas without results."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import xlsxwriter

from gipa_pipeline.extract.media.sheet import PENDING, read_sheet
from gipa_pipeline.extract.media.word import read_docx
from gipa_pipeline.normalize.numbers import parse_number
from tests.unit.extract.test_office_files import _cell, _docx, _rows, _table


def _paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:r>{properties}<w:t>{text}</w:t></w:r></w:p>"


def test_tables_inside_the_cells_of_a_frame_are_tables_of_their_own() -> None:
    inner = _table(_cell("甲") + _cell("1"), _cell("乙") + _cell("2"))
    frame = _table(f"<w:tc>{_paragraph('表三')}{inner}{_paragraph('')}</w:tc>" + _cell("旁注"))
    read = read_docx(_docx(frame))
    assert [_rows(g) for g in read.grids] == [[["甲", "1"], ["乙", "2"]]]
    assert read.text.index("表三") < read.text.index("甲") < read.text.index("旁注")


def test_a_frame_of_one_cell_round_a_figure_is_its_cell() -> None:
    body = _table(_cell("甲") + f"<w:tc>{_table(_cell('7'))}{_paragraph('')}</w:tc>")
    assert _rows(read_docx(_docx(body)).grids[0]) == [["甲", "7"]]


def test_a_table_in_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{_table(_cell('甲') + _cell('1'))}</w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    drawing = (
        f"<w:p><w:r><mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    read = read_docx(_docx(drawing))
    assert [_rows(g) for g in read.grids] == [[["甲", "1"]]]
    assert read.text.count("甲") == 1


def test_tracked_changes_hidden_text_and_equations() -> None:
    change = (
        "<w:tc><w:p><w:del><w:r><w:delText>3</w:delText><w:t>4</w:t></w:r></w:del>"
        "<w:ins><w:r><w:t>5</w:t></w:r></w:ins></w:p></w:tc>"
    )
    hidden = f"<w:tc>{_paragraph('8', '<w:rPr><w:vanish/></w:rPr>')}{_paragraph('9')}</w:tc>"
    off = '<w:rPr><w:vanish w:val="0"/></w:rPr>'
    shown = f"<w:tc>{_paragraph('6', off)}</w:tc>"
    space = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    maths = f'<w:tc><w:p><m:oMath xmlns:m="{space}"><m:r><m:t>12</m:t></m:r></m:oMath></w:p></w:tc>'
    minus = "<w:tc><w:p><w:r><w:noBreakHyphen/><w:t>2</w:t></w:r></w:p></w:tc>"
    gone = f"<w:trPr><w:del/></w:trPr>{_cell('1') * 5}"
    unseen = f"<w:trPr><w:hidden/></w:trPr>{_cell('1') * 5}"
    (grid,) = read_docx(_docx(_table(change + hidden + shown + maths + minus, gone, unseen))).grids
    assert _rows(grid) == [["5", "9", "6", "12", "-2"]]


def test_a_deleted_cell_is_no_cell_and_wrapped_rows_are_rows() -> None:
    row = _cell("甲") + _cell("1", "<w:cellDel/>") + _cell("2")
    wrapped = f"<w:sdt><w:sdtContent><w:tr>{_cell('乙')}{_cell('3')}</w:tr></w:sdtContent></w:sdt>"
    body = f"<w:tbl><w:tr>{row}</w:tr>{wrapped}</w:tbl>"
    assert _rows(read_docx(_docx(body)).grids[0]) == [["甲", "2"], ["乙", "3"]]


def _book(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    fill(book)
    book.close()
    return target.getvalue()


def _with(data: bytes, name: str, old: str, new: str) -> bytes:
    """A package with one text of one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == name:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            target.writestr(entry, content)
    return out.getvalue()


def test_hidden_rows_columns_and_sheets_are_not_read() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("甲")
        for row in range(3):
            for column in range(3):
                sheet.write(row, column, 10 * row + column)
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column(2, 2, None, None, {"hidden": True})
        other = book.add_worksheet("乙")
        other.write(0, 0, 99)
        other.hide()

    (grid,) = read_sheet(_book(fill)).grids
    assert _rows(grid) == [["0", "1", ""], [None] * 3, ["20", "21", ""]]


def test_a_merged_cell_that_begins_in_a_hidden_column_is_shown() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 1, "7")
        sheet.write(1, 1, 8)
        sheet.set_column(0, 0, None, None, {"hidden": True})

    (grid,) = read_sheet(_book(fill)).grids
    assert _rows(grid) == [["7", "7"], ["", "8"]]


def test_a_formula_that_was_never_calculated_is_no_zero() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, 5)
        sheet.write_formula(0, 1, "=A1+1")

    asked = _book(fill)
    assert _rows(read_sheet(asked).grids[0]) == [["5", PENDING]]
    empty = _with(
        _with(asked, "xl/workbook.xml", ' fullCalcOnLoad="1"', ""),
        "xl/worksheets/sheet1.xml",
        "<f>A1+1</f><v>0</v>",
        "<f>A1+1</f>",
    )
    assert _rows(read_sheet(empty).grids[0]) == [["5", PENDING]]
    done = _with(
        _with(asked, "xl/workbook.xml", ' fullCalcOnLoad="1"', ""),
        "xl/worksheets/sheet1.xml",
        "<f>A1+1</f><v>0</v>",
        "<f>A1+1</f><v>6</v>",
    )
    assert _rows(read_sheet(done).grids[0]) == [["5", "6"]]
    assert parse_number(PENDING).status == "unreadable"


def test_numbers_as_text_dates_and_shares() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "12")
        sheet.write_number(0, 1, 5, book.add_format({"num_format": "yyyy/m/d"}))
        sheet.write_number(0, 2, 0.05, book.add_format({"num_format": "0%"}))
        sheet.write_number(0, 3, 3, book.add_format({"num_format": '0"件"'}))

    ((text, date, share, plain),) = _rows(read_sheet(_book(fill)).grids[0])
    assert (text, share, plain) == ("12", "5%", "3")
    assert parse_number(date or "").status == parse_number(share or "").status == "unreadable"
