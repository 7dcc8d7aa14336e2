"""Figures printed in the colour of their ground: not seen, so not read; and colours told apart."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from gipa_pipeline.extract.media.colours import BLACK, WHITE, colour, contrast, theme_of, tinted, verdict
from gipa_pipeline.extract.media.html import read_html
from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.package import parse_xml
from gipa_pipeline.extract.media.sheet import read_sheet
from gipa_pipeline.extract.media.word import read_docx

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
GREY = (217.0, 217.0, 217.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("FFFFFF", WHITE),
        ("FF000000", BLACK),
        ("#fff", WHITE),
        ("#D9D9D9", GREY),
        ("rgb(217, 217, 217)", GREY),
        (" White ", WHITE),
        ("auto", None),
        ("rgba(0,0,0,0.4)", None),
        ("#12", None),
        (None, None),
    ],
)
def test_colours_as_they_are_written(text: str | None, value: object) -> None:
    assert colour(text) == value


def test_contrast_and_tints() -> None:
    assert contrast(WHITE, WHITE) == 1
    assert contrast(BLACK, WHITE) == contrast(WHITE, BLACK) == pytest.approx(21)
    assert contrast(GREY, WHITE) == pytest.approx(1.41, abs=0.01)
    assert tinted(BLACK, 0.85) == pytest.approx((216.75,) * 3)
    assert tinted(WHITE, -0.15) == pytest.approx((216.75,) * 3)


def test_what_is_seen_on_what() -> None:
    assert verdict(None, [WHITE]) is True
    assert verdict(BLACK, [WHITE]) is True
    assert verdict(WHITE, [WHITE]) is False
    assert verdict((235.0, 235.0, 235.0), [WHITE]) is None
    assert verdict(GREY, [WHITE]) is None
    assert verdict((191.0, 191.0, 191.0), [WHITE]) is True
    assert verdict(WHITE, [None]) is None
    assert verdict(BLACK, [None]) is True
    assert verdict(WHITE, [(47.0, 84.0, 150.0)]) is True


def test_a_theme_has_paper_and_ink_even_if_it_says_nothing() -> None:
    part = '<a:t xmlns:a="x"><a:clrScheme><a:lt1><a:sysClr lastClr="EEEEEE"/></a:lt1></a:clrScheme></a:t>'
    assert theme_of(None) == {"dk1": BLACK, "lt1": WHITE}
    assert theme_of(parse_xml(part.encode()))["lt1"] == (238.0, 238.0, 238.0)


# --- Word ----------------------------------------------------------------------------------------------
STYLES = f"""<w:styles xmlns:w="{W}">
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:rPr><w:sz w:val="21"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="pale"><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="paler"><w:basedOn w:val="pale"/></w:style>
<w:style w:type="character" w:styleId="gone"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="table" w:styleId="dark"><w:tblStylePr w:type="firstRow"><w:tcPr>
<w:shd w:val="clear" w:fill="2F5496"/></w:tcPr></w:tblStylePr></w:style></w:styles>"""


def _run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def _seen(runs: str, *, cell: str = "", table: str = "", paragraph: str = "") -> str:
    body = (
        f"<w:tbl><w:tblPr>{table}</w:tblPr><w:tr><w:tc><w:p>{_run('表')}</w:p></w:tc>"
        f"<w:tc><w:tcPr>{cell}</w:tcPr><w:p><w:pPr>{paragraph}</w:pPr>{runs}</w:p></w:tc></w:tr></w:tbl>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
        package.writestr("word/styles.xml", STYLES)
    return read_docx(out.getvalue()).grids[0].cells[1].text


PALE = '<w:color w:val="FFFFFF"/>'


@pytest.mark.parametrize(
    "hidden",
    [
        PALE,
        '<w:color w:val="FEFEFE"/>',
        '<w:color w:val="000000" w:themeColor="background1"/>',
        '<w:rStyle w:val="pale"/>',
        '<w:rStyle w:val="paler"/>',
    ],
)
def test_white_print_on_paper_is_not_read(hidden: str) -> None:
    assert _seen(_run("5") + _run("7", hidden)) == "5"
    # Nobody sees a figure there, and nobody knows what was meant: neither a blank nor a number.
    assert _seen(_run("7", hidden)) == DRAWN


def test_a_style_that_hides_its_text() -> None:
    assert _seen(_run("5") + _run("7", '<w:rStyle w:val="gone"/>')) == "5"
    assert _seen(_run("7", '<w:rStyle w:val="gone"/><w:vanish w:val="0"/>')) == "7"


def test_white_print_on_a_dark_ground_is_read() -> None:
    dark = '<w:shd w:val="clear" w:color="auto" w:fill="2F5496"/>'
    assert _seen(_run("7", PALE), cell=dark) == "7"
    assert _seen(_run("7", PALE), paragraph=dark) == "7"
    assert _seen(_run("7", PALE + dark)) == "7"
    assert _seen(_run("7", PALE + '<w:highlight w:val="black"/>')) == "7"


def test_print_in_the_colour_of_its_cell_is_not_read() -> None:
    red = '<w:shd w:val="clear" w:fill="FF0000"/>'
    assert _seen(_run("5") + _run("7", '<w:color w:val="FF0000"/>'), cell=red) == "5"
    assert _seen(_run("7", '<w:color w:val="auto"/>'), cell='<w:shd w:fill="000000"/>') == "7"


def test_where_the_ground_is_not_known_figures_are_left_open_and_words_kept() -> None:
    style = '<w:tblStyle w:val="dark"/>'
    assert _seen(_run("7", PALE), table=style) == DRAWN
    assert _seen(_run("总计", PALE), table=style) == "总计"
    assert _seen(_run("7"), table=style) == "7"
    assert _seen(_run("5") + _run("7", '<w:sz w:val="2"/>')) == f"5{DRAWN}"


def test_grey_print_is_read() -> None:
    assert _seen(_run("7", '<w:color w:val="BFBFBF"/>')) == "7"


# --- workbooks -----------------------------------------------------------------------------------------
def _sheet(
    *cells: tuple[object, dict[str, object]], rules: tuple[tuple[str, dict[str, object]], ...] = ()
) -> list[str]:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("a")
    sheet.write(0, 0, "表")
    for n, (value, looks) in enumerate(cells, start=1):
        sheet.write(0, n, value, book.add_format(looks))
    for area, rule in rules:
        sheet.conditional_format(area, {**rule, "format": book.add_format(rule["format"])})
    book.close()
    return [c.text for c in read_sheet(target.getvalue()).grids[0].own(0)][1:]


def test_figures_of_a_workbook_in_the_colour_of_their_fill() -> None:
    shown = _sheet(
        (7, {"font_color": "#FFFFFF"}),
        ("7", {"font_color": "#FFFFFF"}),
        ("总计", {"font_color": "#FFFFFF"}),
        (7, {"font_color": "#FFFFFF", "bg_color": "#2F5496", "pattern": 1}),
        (7, {"font_color": "#FFFF00", "bg_color": "#FFFF00", "pattern": 1}),
        (7, {"font_color": "#7F7F7F"}),
        (7, {}),
    )
    assert shown == [DRAWN, DRAWN, "总计", "7", DRAWN, "7", "7"]


def test_a_conditional_format_that_hides_figures() -> None:
    white: dict[str, object] = {"format": {"font_color": "#FFFFFF"}}
    shown = _sheet(
        (0, {}), (7, {}), (0, {}), (7, {}), (5, {}),
        rules=(
            ("B1:C1", {"type": "cell", "criteria": "==", "value": 0, **white}),
            ("D1:D1", {"type": "cell", "criteria": "<", "value": 0, **white}),
            ("E1", {"type": "formula", "criteria": "=A1=7", **white}),
            ("F1", {"type": "cell", "criteria": ">", "value": 0, "format": {"font_color": "#FF0000"}}),
        ),
    )  # fmt: skip
    assert shown == [DRAWN, "7", "0", DRAWN, "5"]


def test_pieces_of_a_text_in_a_workbook() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("a")
    white, red = book.add_format({"font_color": "#FFFFFF"}), book.add_format({"font_color": "#FF0000"})
    sheet.write_rich_string(0, 0, "15", white, "2")
    sheet.write_rich_string(0, 1, "1", red, "5")
    sheet.write_rich_string(0, 2, white, "1", white, "5")
    book.close()
    assert [c.text for c in read_sheet(target.getvalue()).grids[0].own(0)] == ["15", "15", DRAWN]


# --- pages ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ('<td>5<span style="color:#fff">7</span></td>', "5"),
        ('<td>5<font color="white">7</font></td>', "5"),
        ('<td><span style="mso-x:1;color:white">7</span></td>', DRAWN),
        ('<td style="color:#fefefe">7</td>', DRAWN),
        ('<td style="color:#fff"><p>总计</p></td>', "总计"),
        ('<td style="color:#fff"><b style="color:#000">7</b></td>', "7"),
        ('<td bgcolor="#036"><span style="color:#fff">7</span></td>', "7"),
        ('<td style="background:#1f4e79;color:#fff">7</td>', "7"),
        ('<td style="background:#f00"><i style="color:red">7</i>5</td>', "5"),
        ('<td style="background:url(x.png)"><i style="color:white">7</i>5</td>', f"{DRAWN}5"),
        ('<td><span style="background:black">7</span></td>', DRAWN),
        ('<td><span style="color:#999">7</span></td>', "7"),
        ('<td style="border-color:#fff;background-color:#fff">7</td>', "7"),
        ('<td style="background:transparent;color:inherit">7</td>', "7"),
        ('<td>5<i style="color:transparent">7</i></td>', "5"),
        ('<td>5<i style="color:rgba(0,0,0,0)">7</i></td>', "5"),
        ('<td><i style="direction:rtl;unicode-bidi:bidi-override">71</i></td>', DRAWN),
        ('<td class="pale">7</td>', DRAWN),
        ('<td class="pale dark">7</td>', "7"),
        ('<td class="dark" style="color:white">7</td>', "7"),
    ],
)
def test_figures_of_a_page_in_the_colour_of_their_ground(cell: str, seen: str) -> None:
    sheet = "<style>.pale{color:#FFF} td.dark{background-color:#234;font-size:9pt}</style>"
    (grid,) = read_html(f"<html><head>{sheet}</head><table><tr><td>表{cell}</table>".encode()).grids
    assert grid.cells[1].text == seen


def test_where_a_linked_sheet_may_colour_the_ground_white_figures_are_left_open() -> None:
    page = '<link rel="stylesheet" href="a.css"><table><tr><td>表<td>5<b style="color:#fff">7</b></table>'
    (grid,) = read_html(page.encode()).grids
    assert grid.cells[1].text == f"5{DRAWN}"


@pytest.mark.parametrize(
    ("sheet", "cell", "seen"),
    [
        (".old{text-decoration:line-through}", '<i class="old">9</i>15', "15"),
        ("i.old , p{color:red;visibility:hidden}", '<i class="old">9</i>15', "15"),
        ("#o{font-size:0}", '<i id="o">9</i>15', "15"),
        (".n{vertical-align:super;font-size:9px}", '15<i class="n">2</i>', "15²"),
        (".v::before{content:'15'}", '<i class="v"></i>', DRAWN),
        ("td .v[data-v]:after{content:attr(data-v)}", '1<i class="v" data-v="5"></i>', f"1{DRAWN}"),
        # An icon or a mark is no figure; what other elements are given is none of this one's.
        (".v::before{content:'\\2022'}", '<i class="v">15</i>', "15"),
        (".w::before{content:'1'}", '<i class="v">15</i>', "15"),
        (".old:hover{text-decoration:line-through}", '<i class="old">15</i>', "15"),
    ],
)
def test_what_a_pages_own_sheets_do_to_the_figures_in_its_cells(sheet: str, cell: str, seen: str) -> None:
    page = f"<html><head><style>{sheet}</style></head><table><tr><td>表<td>{cell}</table>"
    (grid,) = read_html(page.encode()).grids
    assert grid.cells[1].text == seen
