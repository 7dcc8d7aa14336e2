"""Table 4 in other shapes than one row of fifteen: read by the headings nearest to each figure."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import Reading
from tests.generator.layouts.turned import SHAPES, table_four_apart
from tests.unit.extract.tables import FORM

IDS = FORM.table_cells("t4")
PARTS = [["9", "2", "4", "1", "16"], ["3", "0", "5", "7", "15"], ["6", "8", "0", "0", "14"]]
FIGURES = [text for part in PARTS for text in part]
H5 = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]


def _row(texts: list[str], *, wide: int = 1) -> str:
    return "<tr>" + "".join(f"<td colspan={wide}>{text}</td>" for text in texts) + "</tr>"


def _read(table: str) -> Reading:
    rows = "".join(_row([row.label, *["0"] * 7]) for row in FORM.rows)
    heads = _row(["项目", *(c.label for c in FORM.columns)])
    page = (
        "<html><body><p>三、收到和处理政府信息公开申请情况</p>"
        f"<table>{heads}{rows}</table><p>四、政府信息公开行政复议、行政诉讼情况</p>{table}"
        "<p>五、存在的主要问题及改进情况</p><p>无。</p></body></html>"
    )
    return read_document(page.encode(), "a.html")


def _texts(reading: Reading) -> list[str | None]:
    return [None if (v := reading.cells[c].value) is None else str(v) for c in IDS]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_fifteen_figures(shape: Callable[[list[list[str]]], str]) -> None:
    assert _texts(_read(shape(PARTS))) == FIGURES


def _table(*rows: str) -> str:
    names = (
        "<tr><td colspan=5>行政复议</td><td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td></tr>"
    )
    return f"<table>{names}{_row(H5 * 3)}{''.join(rows)}</table>"


def test_the_latest_of_two_years_is_this_years_row() -> None:
    names = "<tr><td rowspan=2>年度</td><td colspan=5>行政复议</td><td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td></tr>"
    rows = _row(["2022年", *["1"] * 15]), _row(["2023年", *FIGURES])
    for order in (rows, rows[::-1]):
        table = f"<table>{names}{_row(H5 * 3)}{''.join(order)}</table>"
        assert _texts(_read(table)) == FIGURES


def test_two_rows_that_nothing_tells_apart_are_left_open() -> None:
    reading = _read(_table(_row(FIGURES), _row(["1"] * 15)))
    assert all(reading.cells[c].value is None for c in IDS if reading.cells[c].status != "ambiguous")
    assert _texts(reading) != FIGURES


def test_two_rows_are_not_mixed_where_one_has_blanks() -> None:
    reading = _read(_table(_row(["", *FIGURES[1:]]), _row(["7", *["1"] * 14])))
    assert reading.cells[IDS[0]].value is None


def test_a_blank_row_beneath_the_headings_is_passed_over() -> None:
    assert _texts(_read(_table(_row([""] * 15), _row(FIGURES)))) == FIGURES


def test_the_numbers_of_the_columns_are_no_figures() -> None:
    assert _texts(_read(_table(_row([str(n) for n in range(1, 16)]), _row(FIGURES)))) == FIGURES


def test_a_row_with_a_total_that_was_not_worked_out_is_not_passed_over_for_a_blank_one() -> None:
    pending = [*FIGURES[:4], "（公式未计算）", *FIGURES[5:]]
    reading = _read(_table(_row(pending), _row([""] * 15)))
    assert [str(reading.cells[c].value) for c in IDS[:4]] == FIGURES[:4]
    assert reading.cells[IDS[4]].status == "unreadable"


def test_a_column_of_the_units_own_is_passed_over() -> None:
    names = "<tr><td colspan=5>行政复议</td><td colspan=11>行政诉讼</td></tr>"
    names += "<tr>" + "".join(f"<td rowspan=2>{h}</td>" for h in H5)
    names += "<td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td><td rowspan=2>合计</td></tr>"
    table = f"<table>{names}{_row(H5 * 2)}{_row([*FIGURES, '29'])}</table>"
    assert _texts(_read(table)) == FIGURES


def test_tables_without_the_name_of_their_proceeding_are_not_guessed() -> None:
    nameless = table_four_apart(PARTS).replace("未经复议直接起诉", "诉讼").replace("复议后起诉", "诉讼")
    assert all(reading.value is None for c, reading in _read(nameless).cells.items() if c in IDS)
