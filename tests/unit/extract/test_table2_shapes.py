"""Table 2 beside columns of a unit's own, on its side and one figure a line: read by its headings."""

from __future__ import annotations

import pytest

from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import Reading
from tests.unit.extract.tables import FORM

IDS = FORM.table_cells("t2")
FIGURES = ["3", "0", "15", "61", "59", "422", "1201", "88", "7", "12.5"]
BLOCKS = [
    ("第二十条第（一）项", ["本年制发件数", "本年废止件数", "现行有效件数"], [("规章", FIGURES[:3]), ("行政规范性文件", FIGURES[3:6])]),
    ("第二十条第（五）项", ["本年处理决定数量"], [("行政许可", FIGURES[6:7])]),
    ("第二十条第（六）项", ["本年处理决定数量"], [("行政处罚", FIGURES[7:8]), ("行政强制", FIGURES[8:9])]),
    ("第二十条第（八）项", ["本年收费金额（单位：万元）"], [("行政事业性收费", FIGURES[9:])]),
]  # fmt: skip


def _row(*texts: str) -> str:
    return "<tr>" + "".join(f"<td>{text}</td>" for text in texts) + "</tr>"


def _read(*tables: str) -> Reading:
    heads = _row("项目", *(c.label for c in FORM.columns))
    rows = "".join(_row(row.label, *["0"] * 7) for row in FORM.rows)
    page = "".join(f"<p></p><table>{table}</table>" for table in (*tables, heads + rows))
    return read_document(f"<html><body>{page}</body></html>".encode(), "a.html")


def _texts(reading: Reading) -> list[str | None]:
    return [None if (v := reading.cells[c].value) is None else str(v) for c in IDS]


def _blocks(head: str = "", *, other: str = "9", before: bool = False, figures: bool = True) -> str:
    """The blocks with a column more, under ``head``, behind the form's or before them."""
    lines = []
    for caption, columns, rows in BLOCKS:
        lines.append(f"<tr><td colspan=5>{caption}</td></tr>")
        more = [head] if head else []
        lines.append(_row("信息内容", *(more if before else []), *columns, *([] if before else more)))
        for label, own in rows:
            texts, extra = own if figures else [""] * len(own), [other] if head else []
            lines.append(_row(label, *(extra if before else []), *texts, *([] if before else extra)))
    return "".join(lines)


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("head", ["上年数", "同比增减", "备注", "占比"])
def test_a_column_of_the_units_own_is_passed_over(head: str, before: bool) -> None:
    assert _texts(_read(_blocks(head, before=before))) == FIGURES


def test_last_years_figure_beside_a_blank_is_not_this_years() -> None:
    assert _texts(_read(_blocks("上年数", figures=False))) == [None] * len(IDS)


def test_of_two_years_under_one_heading_the_later_is_the_reports() -> None:
    lines = []
    for caption, columns, rows in BLOCKS:
        lines.append(f"<tr><td colspan=7>{caption}</td></tr>")
        lines.append(
            "<tr><td rowspan=2>信息内容</td>" + "".join(f"<td colspan=2>{c}</td>" for c in columns) + "</tr>"
        )
        lines.append(_row(*["2022年", "2023年"] * len(columns)))
        lines += [_row(label, *(t for text in own for t in ("5", text))) for label, own in rows]
    assert _texts(_read("".join(lines))) == FIGURES


def test_a_table_on_its_side() -> None:
    lines = []
    for caption, columns, rows in BLOCKS:
        lines.append(
            f"<tr><td colspan=3>{caption}</td></tr>" + _row("信息内容", *(label for label, _ in rows))
        )
        lines += [_row(c, *(own[n] for _, own in rows)) for n, c in enumerate(columns)]
    assert _texts(_read("".join(lines))) == FIGURES


def test_one_figure_a_line() -> None:
    lines = [
        _row(label + c, text)
        for _, cs, rows in BLOCKS
        for label, own in rows
        for c, text in zip(cs, own, strict=True)
    ]
    assert _texts(_read("".join(lines))) == FIGURES
    lines = [
        _row(label, c, text)
        for _, cs, rows in BLOCKS
        for label, own in rows
        for c, text in zip(cs, own, strict=True)
    ]
    assert _texts(_read("".join(lines))) == FIGURES


def test_statistics_of_enforcement_before_the_report_are_not_its_table() -> None:
    other = _row("信息内容", "本年处理决定数量") + _row("行政许可", "777") + _row("行政处罚", "888")
    assert _texts(_read(other, _blocks())) == FIGURES


def test_parts_of_a_row_are_not_the_row() -> None:
    parts = _row("行政许可（林业）", "5") + _row("行政许可（水利）", "7")
    table = _blocks().replace(_row("行政许可", "1201"), parts)
    assert _read(table).cells["t2.licensing.decisions"].value is None


def test_a_figure_beside_the_table_does_not_fill_a_blank() -> None:
    table = _blocks().replace(_row("行政许可", "1201"), _row("行政许可", "", "", "", "", "44"))
    assert _read(table).cells["t2.licensing.decisions"].value is None


@pytest.mark.parametrize("wide", ["", " colspan=3"])
def test_one_figure_over_three_columns_leaves_the_row_open_and_no_blank(wide: str) -> None:
    """The figures of 规章 stand under one heading as wide as three columns: nothing says which of them each is."""
    table = f"<tr><td>信息内容</td><td{wide}>本年制发件数</td></tr><tr><td>规章</td><td{wide}>31</td></tr>"
    cells = _read(f"<tr><td colspan=4>第二十条第（一）项</td></tr>{table}").cells
    assert [(c, cells[c].status, cells[c].value) for c in IDS[:3]] == [
        (c, "unreadable", None) for c in IDS[:3]
    ]


def test_the_figures_behind_another_rows_label_are_not_the_first_rows() -> None:
    """规章 and 行政许可 side by side: what stands behind 行政许可 fills no column of 规章."""
    cells = _read(
        "<tr><td colspan=4>第二十条第（一）项</td><td colspan=3>第二十条第（五）项</td></tr>"
        "<tr><td>信息内容</td><td colspan=3>本年制发件数</td><td>信息内容</td><td colspan=2>本年处理决定数量</td></tr>"
        "<tr><td>规章</td><td colspan=3>31</td><td>行政许可</td><td>5</td><td>6</td></tr>"
    ).cells
    assert [cells[c].value for c in IDS[:3]] == [None] * 3
