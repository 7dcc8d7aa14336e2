"""What Word prints without having it as text: fields, signs of symbol fonts, automatic numbers."""

from __future__ import annotations

import io
import zipfile

import pytest

from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.word import read_docx
from gipa_pipeline.normalize.numbers import parse_number
from tests.unit.extract.test_office_files import _cell, _docx, _rows, _table

BEGIN, THEN, END = (
    f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
)


def _says(instruction: str) -> str:
    return f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"


def _run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def _read(paragraph: str, **parts: str) -> str:
    """The text of a cell with one paragraph, in a package with further parts."""
    target = io.BytesIO(_docx(_table(_cell("甲") + f"<w:tc><w:p>{paragraph}</w:p></w:tc>")))
    with zipfile.ZipFile(target, "a") as package:
        for name, content in parts.items():
            package.writestr(f"word/{name}.xml", content)
    return _rows(read_docx(target.getvalue()).grids[0])[0][1]


@pytest.mark.parametrize(
    ("runs", "seen"),
    [
        (BEGIN + _says("=SUM(LEFT)") + THEN + _run("15") + END, "15"),
        # The instruction holds the text of a field in it.
        (BEGIN + _says("IF") + _run("9") + _says("= 1") + THEN + _run("15") + END, "15"),
        (BEGIN + BEGIN + _run("4") + THEN + _run("6") + END + THEN + _run("15") + END, "15"),
        # A mark for an index prints nothing, nor does a form that was left blank.
        (_run("1") + BEGIN + _says(" XE ") + _run("9") + END + _run("5"), "15"),
        (BEGIN + _says("FORMTEXT") + THEN + _run(" ") + END, ""),
    ],
)
def test_of_a_field_the_result_is_printed(runs: str, seen: str) -> None:
    assert _read(runs).strip() == seen


@pytest.mark.parametrize(
    "runs",
    [
        BEGIN + _says("=SUM(LEFT)") + END,
        BEGIN + _says("=SUM(LEFT)"),
        # Word works out the circle, and what is to be worked out anew, when it prints.
        _run("15") + BEGIN + _says(r"eq \o\ac(○,7)") + END,
        '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>' + THEN + _run("15") + END,
        _run("1") + '<w:fldSimple w:instr="=SUM(LEFT)"/>',
        # A field that is never closed: what stands before its result may be seen or not.
        BEGIN + _run("9") + THEN + _run("15"),
    ],
)
def test_a_field_whose_print_is_not_known_leaves_its_cell_open(runs: str) -> None:
    text = _read(runs)
    assert DRAWN in text
    assert parse_number(text).status == "unreadable"


def test_a_field_that_is_never_closed_takes_no_other_cell_with_it() -> None:
    body = _table(f"<w:tc><w:p>{BEGIN}{_run('甲')}</w:p></w:tc>" + _cell("15"))
    assert _rows(read_docx(_docx(body)).grids[0])[0] == ["甲", "15"]


@pytest.mark.parametrize(
    ("font", "char", "seen"),
    [
        ("Symbol", "F035", "15"),
        ("Symbol", "0035", "15"),
        ("宋体", "0035", "15"),
        ("宋体", "F035", f"1{DRAWN}"),
        ("Wingdings", "F08C", f"1{DRAWN}"),
        ("Wingdings", "F035", "1"),
        ("Wingdings", "F0FC", "1"),
        ("Symbol", "F0B7", "1"),
    ],
)
def test_a_digit_set_as_a_sign_is_a_digit_where_its_font_is_known(font: str, char: str, seen: str) -> None:
    assert _read(_run("1") + f'<w:r><w:sym w:font="{font}" w:char="{char}"/></w:r>') == seen


_LISTS = """<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl>
<w:lvl w:ilvl="2"><w:numFmt w:val="none"/><w:lvlText w:val=""/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""


def _listed(level: int, number: int, runs: str) -> str:
    mark = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
    return _read(mark + runs, numbering=_LISTS)


@pytest.mark.parametrize(
    ("level", "number", "text", "seen"),
    [
        (0, 1, "", DRAWN),
        (0, 1, "15", f"15{DRAWN}"),
        (0, 1, "本年新收政府信息公开申请数量3", "本年新收政府信息公开申请数量3"),
        (1, 1, "", DRAWN),
        (1, 1, "15", "15"),
        (2, 1, "", ""),
        (0, 0, "", ""),
        (0, 7, "", DRAWN),
        (0, 7, "15", "15"),
    ],
)
def test_a_number_that_word_counts_by_itself_is_printed_too(
    level: int, number: int, text: str, seen: str
) -> None:
    assert _listed(level, number, _run(text)) == seen


def test_a_style_numbers_its_paragraphs() -> None:
    styles = """<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
    <w:style w:type="paragraph" w:styleId="a"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
    </w:styles>"""
    mark = '<w:pPr><w:pStyle w:val="a"/>{}</w:pPr>'
    none = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    assert _read(mark.format(""), numbering=_LISTS, styles=styles) == DRAWN
    assert _read(mark.format(none), numbering=_LISTS, styles=styles) == ""
