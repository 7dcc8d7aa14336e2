"""What a cell shows besides its text: fields, drawings, raised and struck signs, formats of a workbook."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter

from gipa_pipeline.extract.media.html import read_html
from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.sheet import read_sheet
from gipa_pipeline.extract.media.word import read_docx
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.normalize.numbers import parse_number
from tests.unit.extract.tables import FORM
from tests.unit.extract.test_office_files import _cell, _docx, _rows, _table


def _shown(inside: str) -> str:
    page = f"<html><body><table><tr><td>甲</td><td>{inside}</td></tr></table></body></html>"
    return read_html(page.encode()).grids[0].cells[1].text


@pytest.mark.parametrize(
    ("inside", "seen"),
    [
        ('<input type="TEXT" value="12">', "12"),
        ('<input type="tel" value="12">件', "12件"),
        ('<input type="hidden" value="12">3', "3"),
        ("<textarea>12</textarea>", "12"),
        ("<select><option>0</option><option selected>12</option></select>", "12"),
        ("<select><option>7</option><option>12</option></select>", "7"),
        ("1\u200b2", "12"),
        ("\u200e1&shy;2\u200f", "12"),
        ("12&amp;nbsp;", "12"),
        ('<span style="opacity:0">9</span>', ""),
        ('3<span style="position:absolute;transform:translateX(-9999px)">9</span>', "3"),
        ('3<span style="position:absolute;margin-left:-9999px">9</span>', "3"),
        ('3<span style="position:fixed;left:-100vw">9</span>', "3"),
        ('3<span style="font:0/0 a">9</span>', "3"),
        ('3<span style="clip-path:polygon(0 0, 0 0, 0 0)">9</span>', "3"),
        ('3<span style="margin-left:-2px">9</span>', "39"),
        ("<ruby>3<rp>(</rp><rt>9</rt><rp>)</rp></ruby>", "3"),
        ("1\ufe0f\u20e32\ufe0f\u20e3", "12"),
        ('<a href="#top">12</a>', "12"),
        ("<small>12</small>", "12"),
        ('<span style="font-size:9pt">1</span><span style="font-size:9pt">2</span>', "12"),
        ("<ul><li>12</li></ul>", "12"),
        ("<table><tr><td>12</td></tr></table>", "12"),
        ('<span style="filter:none;z-index:2">39</span>', "39"),
        ('12<span style="position:relative;top:-4px;font-size:8px">2</span>', "12²"),
        ("12<sub>2</sub>", "12²"),
        ('<td style="">', ""),
        ('<p class="MsoNormal"><span style="font-size:9pt"></span></p>', ""),
        ('<img src="/images/spacer.gif">', ""),
        ('<img src="a.gif" width="1">', ""),
    ],
)
def test_what_a_visitor_sees_in_a_cell(inside: str, seen: str) -> None:
    assert _shown(inside) == seen


@pytest.mark.parametrize(
    "inside",
    [
        '<img src="/n3.gif">',
        "<svg><text>3</text></svg>",
        "<script>document.write(3)</script>",
        '<i class="digit-3"></i>',
        '<span data-count="3"></span>',
        '<em data-count="3">0</em>',
        '<div style="background:url(n3.png)"></div>',
        '<span style="position:absolute;z-index:-1">3</span>',
        '<span style="mask:linear-gradient(transparent,transparent)">3</span>',
        '<span style="color:hsl(0, 0%, 100%)">3</span>',
        '<ol start="12"><li></li></ol>',
        '<ul><li value="12"></li></ul>',
        '<progress value="12"></progress>',
        "<table><tr><td>12</td><td>件</td></tr></table>",
        "<canvas></canvas>",
    ],
)
def test_a_cell_that_shows_what_is_no_text_is_not_blank(inside: str) -> None:
    assert _shown(inside) == DRAWN
    assert parse_number(DRAWN).status == "unreadable"


@pytest.mark.parametrize(
    "inside",
    [
        '12<a href="#fn1">1</a>',
        "12<small>2</small>",
        '12<font size="1">2</font>',
        '12<span style="font-size:6pt">2</span>',
    ],
)
def test_smaller_digits_behind_a_figure_may_be_a_note(inside: str) -> None:
    assert _shown(inside) == f"12{DRAWN}"


@pytest.mark.parametrize(
    ("cells", "seen"),
    [
        ('<td background="n3.png"></td><td>5</td>', [DRAWN, "5"]),
        ('<td style="background:url(n3.png)"></td><td style="background:url(n4.png)"></td>', [DRAWN, DRAWN]),
        ('<td background="bg.png"></td><td background="bg.png">5</td>', ["", "5"]),
    ],
)
def test_a_picture_behind_an_empty_cell_may_be_of_its_figure(cells: str, seen: list[str]) -> None:
    page = f"<html><body><table><tr>{cells}</tr></table></body></html>"
    assert [cell.text for cell in read_html(page.encode()).grids[0].cells] == seen


def test_a_page_is_read_behind_the_end_of_its_first_part() -> None:
    """Pages are put together of parts that each close ``html``; browsers read on."""
    table = "<table><tr><td>甲</td><td>12</td></tr></table>"
    page = f"<html><body><p>头</p></body></html>\n<html><body>{table}</body></html>\n"
    assert [cell.text for cell in read_html(page.encode()).grids[0].cells] == ["甲", "12"]


def test_a_line_number_and_a_figure_are_no_decimal() -> None:
    assert parse_number("2.\xa0 12").status == "unreadable"
    assert parse_number("2.12").value == Decimal("2.12")


def test_a_drawn_figure_leaves_its_cell_open() -> None:
    rows = "".join(
        f"<tr><td>{row.label}</td>"
        + f"<td>{'<img src=n.png>' if row.key == 'granted' else '0'}</td>" * 7
        + "</tr>"
        for row in FORM.rows
    )
    heads = "".join(f"<td>{column.label}</td>" for column in FORM.columns)
    page = f"<html><body><table><tr><td>项目</td>{heads}</tr>{rows}</table></body></html>"
    cells = read_document(page.encode(), "a.html").cells
    assert cells["t3.granted.natural_person"].status == "unreadable"
    assert cells["t3.partial.natural_person"].value == 0


def _word(runs: str) -> str:
    body = _table(_cell("甲") + f"<w:tc><w:p>{runs}</w:p></w:tc>")
    return _rows(read_docx(_docx(body)).grids[0])[0][1]


def _run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize("mark", ["strike", "dstrike", "vanish"])
def test_struck_figures_of_a_word_document_are_gone(mark: str) -> None:
    assert _word(_run("12", f"<w:{mark}/>") + _run("15")) == "15"
    assert _word(_run("12", f'<w:{mark} w:val="0"/>') + _run("5")) == "125"


@pytest.mark.parametrize("mark", ['vertAlign w:val="superscript"', 'position w:val="8"'])
def test_raised_figures_of_a_word_document_are_marks(mark: str) -> None:
    text = _word(_run("15") + _run("1", f"<w:{mark}/>"))
    assert text == "15¹"
    assert parse_number(text).value == 15


@pytest.mark.parametrize(
    "run",
    [
        "<w:r><w:drawing/></w:r>",
        "<w:r><w:object/></w:r>",
        '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>',
    ],
)
def test_a_picture_or_a_tick_is_no_blank(run: str) -> None:
    assert _word(run) == DRAWN
    assert _word(run + _run("3")) == "3"


def _workbook(number: float, **formats: object) -> str:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("a")
    sheet.write(0, 0, "甲")
    sheet.write_number(0, 1, number, book.add_format(dict(formats)))
    book.close()
    return read_sheet(target.getvalue()).grids[0].cells[1].text


@pytest.mark.parametrize(
    ("number", "code", "seen"),
    [
        (12, "0", "12"),
        (12, '0"件"', "12"),
        (1234, "#,##0", "1234"),
        (12.5, "0.00", "12.5"),
        (12.5, "General", "12.5"),
        (0.1 + 0.2, "General", "0.3"),
        (12.5, "0", DRAWN),
        (123456, "0!.0000", DRAWN),
        (123456, "0.00,", DRAWN),
        (7, ";;;", DRAWN),
        (7, '"无"', DRAWN),
        (0.5, "0%", "50%"),
        (7, '"5"0', DRAWN),
        (7, "0\\5", DRAWN),
        (7, '0"万"', DRAWN),
        (7, "G/通用格式", "7"),
        (7, 'G/通用格式"件"', "7"),
        (0, '0;-0;"0"', "0"),
        # Nothing is shown for 0: that is no nought that was printed. A dash or a word is another way to write it.
        (0, "0;-0;;@", DRAWN),
        (0, "#,##0;-#,##0;", DRAWN),
        (0, "###", DRAWN),
        (0, '[=0]"";0', DRAWN),
        (7, '[=0]"";0', "7"),
        (0, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"??_ ;_ @_ ', "0"),
        (0, '0;-0;"无"', "0"),
        (0, "0;-0;0", "0"),
        (0, "0;-0", "0"),
        (3, "0;-0;;@", "3"),
    ],
)
def test_a_format_that_shows_another_number_leaves_the_cell_open(number: float, code: str, seen: str) -> None:
    assert _workbook(number, num_format=code) == seen


@pytest.mark.parametrize("number", [0, 1234])
def test_the_accounts_own_format_writes_a_dash_for_nought(number: int) -> None:
    target = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["B1"] = "甲", number
    sheet["B1"].style = "Comma"
    book.save(target)
    assert read_sheet(target.getvalue()).grids[0].cells[1].text == str(number)


def test_a_sheet_that_shows_no_noughts_leaves_them_open() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("a")
    sheet.hide_zero()
    sheet.write_row(0, 0, ["甲", 0, 10, "0"])
    book.close()
    assert _rows(read_sheet(target.getvalue()).grids[0]) == [["甲", DRAWN, "10", "0"]]


def test_rows_and_columns_without_height_or_width_are_not_shown() -> None:
    target, narrow = io.BytesIO(), io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("a")
    for n, row in enumerate((["甲", 1, 2], ["乙", 3, 4], ["丙", 5, 6])):
        sheet.set_row(n, 20)
        sheet.write_row(n, 0, row)
    sheet.set_column(1, 1, 9)
    book.close()
    with zipfile.ZipFile(target) as wide, zipfile.ZipFile(narrow, "w") as package:
        for name in wide.namelist():
            content = wide.read(name)
            if name.endswith("sheet1.xml"):
                content = re.sub(rb'width="[^"]*"', b'width="0"', content)
                content = re.sub(rb'(<row r="2"[^>]* ht=)"[\d.]+"', rb'\1"0"', content)
            package.writestr(name, content)
    data = narrow.getvalue()
    rows = [[c.text for c in read_sheet(data).grids[0].own(n)] for n in (0, 1, 2)]
    assert rows == [["甲", "", "2"], [], ["丙", "", "6"]]


def test_struck_and_raised_pieces_of_a_workbook() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("a")
    plain = book.add_format({})
    sheet.write_rich_string(0, 0, book.add_format({"font_strikeout": True}), "12", plain, "15", plain, "件")
    sheet.write_rich_string(0, 1, plain, "15", book.add_format({"font_script": 1}), "2")
    sheet.write_string(0, 2, "15")
    book.close()
    assert _rows(read_sheet(target.getvalue()).grids[0]) == [["15件", "15²", "15"]]
    assert _workbook(12, font_strikeout=True) == DRAWN


def test_digits_with_signs_without_width_between_them_are_one_number() -> None:
    page = "<html><body><table><tr><td>甲</td><td>1\u200b,\u200b234</td></tr></table></body></html>"
    text = read_html(page.encode()).grids[0].cells[1].text
    assert parse_number(text).value == Decimal(1234)


def test_a_cell_that_is_hidden_but_keeps_its_place_is_blank() -> None:
    cells = '<td style="visibility:hidden">9</td><td>3</td><td style="display:none">8</td><td>4</td>'
    grid = read_html(f"<html><body><table><tr><td>甲</td>{cells}</tr></table></body></html>".encode()).grids[
        0
    ]
    assert _rows(grid) == [["甲", "", "3", "4"]]


def test_a_page_whose_tags_were_escaped_twice_is_read_as_its_tags() -> None:
    heads = "".join(f"<td>{c.label}</td>" for c in FORM.columns)
    rows = "".join(f"<tr><td colspan=3>{row.label}</td>{'<td>2</td>' * 7}</tr>" for row in FORM.rows)
    inner = f"<table><tr><td colspan=3>项目</td>{heads}</tr>{rows}</table>".replace("<", "&lt;")
    reading = read_document(f"<html><body><p>{inner}</p></body></html>".encode(), "a.html")
    assert {reading.cells[c].value for c in FORM.table_cells("t3")} == {Decimal(2)}
