"""Tables that conversion has damaged: blocks for cells, blank rows without labels, repeated headings."""

from __future__ import annotations

import pytest

from expectations.forms import load_form
from gipa_pipeline.extract.media.html import read_html
from gipa_pipeline.extract.media.text import grids_in, read_text
from gipa_pipeline.extract.tables.habits import Habits, Spacing
from gipa_pipeline.extract.tables.placement import fill
from gipa_pipeline.extract.tables.structure import read_structure
from gipa_pipeline.extract.tables.zones import Item, Zone, without_furniture
from tests.unit.extract.tables import FORM

ROWS = [row.key for row in FORM.rows]


def _row(*cells: str) -> str:
    return "<div>" + "".join(f"<div><p>{c}</p></div>" for c in cells) + "</div>"


def test_a_table_made_of_blocks_is_a_grid() -> None:
    rows = [
        _row("一、本年新收", "1", "", "3"),
        _row("二、上年结转", "4", "5", "6"),
        _row("四、结转", "7", "", "9"),
    ]
    (grid,) = read_html(f"<html><body><div>{''.join(rows)}</div></body></html>".encode()).grids
    assert [[c.text if c else None for c in grid.row(n)] for n in range(3)] == [
        ["一、本年新收", "1", "", "3"],
        ["二、上年结转", "4", "5", "6"],
        ["四、结转", "7", "", "9"],
    ]
    assert grid.cells[5].step == "/div[2]/div[2]"


@pytest.mark.parametrize(
    "inside",
    [
        _row("a", "b", "c") * 2,
        _row("a", "b") * 9,
        f"<div>words{_row('a', 'b', 'c')}</div>" * 9,
        _row("<b><i><u><s>deep</s></u></i></b>", "b", "c") * 9,
        _row("x" * 300, "b", "c") * 9,
    ],
)
def test_blocks_that_are_no_table(inside: str) -> None:
    assert read_html(f"<html><body><div>{inside}</div></body></html>".encode()).grids == []


def test_blocks_are_not_asked_where_a_real_table_stands() -> None:
    table = "<table><tr><td>一、本年新收</td><td>1</td></tr></table>"
    grids = read_html(f"<html><body><div>{_row('a', 'b', 'c') * 9}</div>{table}</body></html>".encode()).grids
    assert [grid.source.tag for grid in grids] == ["table"]


def _table3(unlabelled: list[list[str]]) -> str:
    lines = [f"| {row.label} |" + " 1 |" * 7 for row in FORM.rows]
    lines[4:6] = ["|  | " + " | ".join(cells) + " |" for cells in unlabelled]
    return "\n".join(lines)


BLANK, FIGURES = [""] * 7, ["5", "0", "0", "0", "0", "0", "5"]


@pytest.mark.parametrize("blank", [BLANK, ["-"] * 7, ["无"] * 7])
def test_a_blank_row_without_label_keeps_its_place(blank: list[str]) -> None:
    cells = read_structure(read_text(_table3([blank, FIGURES]).encode()), FORM).cells
    assert {cells[f"t3.{ROWS[4]}.{c.key}"].status for c in FORM.columns} == {"blank"}
    assert [cells[f"t3.{ROWS[5]}.{c.key}"].value for c in FORM.columns] == [5, 0, 0, 0, 0, 0, 5]
    assert cells[f"t3.{ROWS[5]}.total"].status == "inferred"


def test_more_blank_rows_than_lost_labels_tell_nothing() -> None:
    cells = read_structure(read_text(_table3([BLANK, FIGURES, BLANK]).encode()), FORM).cells
    assert not any(cell.startswith((f"t3.{ROWS[4]}.", f"t3.{ROWS[5]}.")) for cell in cells)


@pytest.mark.parametrize(
    ("line", "is_row"),
    [("|---|:-:|---|", False), ("| -- | -- | -- |", False), ("|  | - | - |", True), ("|  |  |  |", True)],
)
def test_strokes_beneath_a_heading_are_no_row(line: str, is_row: bool) -> None:
    (grid,) = grids_in(f"| a | b | c |\n{line}\n| d | e | f |")
    assert grid.height == 2 + is_row


def test_a_heading_repeated_over_two_columns() -> None:
    form = load_form("2019")
    table = "\n".join(
        [
            "| 第二十条第(八)项 | 第二十条第(八)项 | 第二十条第(八)项 | 第二十条第(八)项 |",
            "| 信息内容 | 上一年项目数量 | 本年增/减 | 本年增/减 |",
            "| 行政事业性收费 | 2 | -1 | {} |",
        ]
    )
    cells = read_structure(read_text(table.format("-1").encode()), form).cells
    assert (cells["t2.fees.items_last_year"].value, cells["t2.fees.change"].value) == (2, -1)
    # Two different figures under one heading are not ours to choose from.
    cells = read_structure(read_text(table.format("4").encode()), form).cells
    assert cells["t2.fees.change"].status == "unreadable"


def test_money_with_its_unit_is_a_figure_of_its_row() -> None:
    table = "\n".join(
        [
            "| 第二十条第(八)项 |  |  |",
            "| 信息内容 | 本年收费金额(单位:万元) |  |",
            "| 行政事业性收费 |  | 12.5万元 |",
        ]
    )
    cells = read_structure(read_text(table.encode()), FORM).cells
    assert str(cells["t2.fees.amount_wan_yuan"].value) == "12.5"


def test_the_rule_of_a_markdown_table_is_no_row_of_strokes() -> None:
    text = "一、新收 | 1 | 2 |\n|---|---|\n|:--|--:|\n二、结转 | --- | --- |\n---\n-- | 3\n"
    assert without_furniture(text) == text.replace("|---|---|", " " * 9).replace("|:--|--:|", " " * 9)


def test_a_digit_inside_a_label_is_no_figure_of_a_row_with_a_blank() -> None:
    squares = [Item("0", 30 + 4 * n, 31 + 4 * n) for n in range(6)] + [Item("", 56, 57)]
    inside = Item("2", 9, 10)
    broken = fill(Zone((inside, *squares[:6]), tuple(squares), ()), 7, (7,), Habits(Spacing(0, 0)))
    assert broken.unread_items
    whole = [Item("2", 50, 51), *squares[1:6]]
    adding = fill(
        Zone((inside, *squares[1:6], whole[0]), (*squares[1:6], whole[0]), ()), 7, (7,), Habits(Spacing(0, 0))
    )
    assert [i.text for i in adding.items] == ["2", "0", "0", "0", "0", "0", "2"]


def test_a_blank_before_the_figures_of_a_padded_table_may_be_the_labels() -> None:
    squares = tuple(Item(t, n, n + 1) for n, t in enumerate(("", "0", "0", "0", "0", "0", "0")))
    zone = Zone(squares[1:], squares, (), padding=2)
    assert fill(zone, 7, (7,), Habits(Spacing(0, 0))).how == "read"
    assert len(fill(zone, 7, (7,), Habits(Spacing(0, 0), led=True)).options) == 7
