"""What units and converters add to the form or drop from it must not move a figure to another cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest

from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import Reading
from gipa_pipeline.normalize.numbers import parse_number
from tests.generator import LAYOUTS, make_report
from tests.generator.grids import Box, Grid, tables
from tests.generator.layouts.html import plain_table
from tests.generator.truth import Report
from tests.unit.extract.tables import FORM


def _report(seed: int = 3) -> Report:
    return make_report(Random(seed), 2023, size="county")


def _read(page: str) -> Reading:
    return read_document(page.encode(), "a.html")


def _page(report: Report, change: dict[str, str]) -> str:
    """The whole report as plain HTML with pieces of the tables' markup replaced."""
    body = ""
    for part, heading in report.headings():
        body += f"<p>{heading}</p>"
        if part in (grids := tables(report)):
            body += plain_table(grids[part])
    for old, new in change.items():
        assert old in body
        body = body.replace(old, new, 1)
    return f"<html><body><h1>{report.title}</h1>{body}</body></html>"


def test_a_row_with_dropped_blanks_stays_open_and_a_full_one_is_read() -> None:
    seven = " | ".join(str(n) for n in (1, 0, 0, 0, 0, 0, 1))
    rows = [
        f"一、本年新收政府信息公开申请数量 | {seven} | ||",
        "二、上年结转政府信息公开申请数量 | 5 | ||||||||",
    ]
    report = _report()
    text = LAYOUTS["text_bar_rows"](report, Random(1)).data.decode()
    kept = text.split("\n")
    new = next(n for n, line in enumerate(kept) if line.startswith("一、本年新收"))
    kept[new : new + 2] = rows
    reading = read_document("\n".join(kept).encode(), "a.txt")
    assert reading.cells["t3.new.natural_person"].value == 1
    opened = [reading.cells[f"t3.carried_in.{c.key}"] for c in report.form.columns]
    assert all(cell.value is None for cell in opened)
    assert opened[0].status in ("ambiguous", "unreadable")


def test_a_row_filled_up_after_a_cell_was_dropped_is_not_read_by_place() -> None:
    report = _report()
    lines = LAYOUTS["text_bar_rows"](report, Random(1)).data.decode().split("\n")
    new = next(n for n, line in enumerate(lines) if line.startswith("二、上年结转"))
    lines[new] = "二、上年结转政府信息公开申请数量 | 8 | 2 | 0 | 0 | 2 | 12 | | ||"
    reading = read_document("\n".join(lines).encode(), "a.txt")
    for column in ("legal_service_org", "other", "total"):
        assert reading.cells[f"t3.carried_in.{column}"].value is None


@pytest.mark.parametrize(
    "gloss", ["行政处罚2023年立案", "行政处罚（2023年立案）", "行政处罚<br>2023年以来", "行政处罚12类"]
)
def test_numbers_in_a_label_are_not_the_figure(gloss: str) -> None:
    report = _report()
    cell = _read(_page(report, {">行政处罚<": f">{gloss}<"})).cells["t2.penalties.decisions"]
    assert cell.value in (report.cells["t2.penalties.decisions"], None)
    assert cell.value is not None or cell.status in ("ambiguous", "unreadable")


def test_a_raised_footnote_is_no_digit_of_the_figure() -> None:
    report = _report()
    total = report.text("t3.new.total")
    page = _page(report, {f"<td>{total}</td></tr>": f"<td>{total}<sup>1</sup></td></tr>"})
    assert _read(page).cells["t3.new.total"].value == Decimal(total)


def test_a_lone_circled_figure_is_a_mark_and_no_number() -> None:
    assert parse_number("①").status == "unreadable"
    assert parse_number("12①").value == 12


def test_a_figure_in_chinese_is_not_taken_for_a_blank() -> None:
    report = _report()
    total = report.text("t3.new.total")
    page = _page(report, {f"<td>{total}</td></tr>": "<td>十二</td></tr>"})
    assert _read(page).cells["t3.new.total"].value == 12
    page = _page(report, {f"<td>{total}</td></tr>": "<td>一</td></tr>"})
    assert _read(page).cells["t3.new.total"].status == "unreadable"


@pytest.mark.parametrize("blank", [(), ("commercial_enterprise",), ("total",)])
def test_a_serial_number_before_the_table_does_not_shift_it(blank: tuple[str, ...]) -> None:
    report = _report()
    rows, number = [], 0
    for row in tables(report)[3].rows:
        kept = (
            tuple(Box("", cell=box.cell) if box.cell and box.cell.endswith(blank) else box for box in row)
            if blank
            else row
        )
        if "勾稽关系" in row[0].text:
            kept = (Box("序号", rowspan=3), *kept)
        elif any(box.cell for box in row):
            number += 1
            kept = (Box(str(number)), *kept)
        rows.append(kept)
    table = plain_table(Grid(tuple(rows), 11))
    page = _page(report, {plain_table(tables(report)[3]): table})
    reading = _read(page)
    for line in report.form.rows:
        for column in report.form.columns:
            cell = f"t3.{line.key}.{column.key}"
            expected = None if column.key in blank else report.cells[cell]
            assert reading.cells[cell].value == expected, cell


def _lines(report: Report, *, change: Callable[[Box], str] = lambda box: box.text) -> str:
    """The whole report with one cell a line."""
    lines = [report.title]
    for part, heading in report.headings():
        lines.append(heading)
        if part in (grids := tables(report)):
            lines += [change(box) for row in grids[part].rows for box in row]
    return "\n".join(lines)


def test_the_last_digit_of_a_figure_is_not_the_ordinal_of_the_next_label() -> None:
    # 118 on the line above 属于行政查询事项 was read as 11: the 8 passed for the label's own number.
    report = _report()
    text = _lines(report, change=lambda box: box.text if box.cell else re.sub(r"^\d\.", "", box.text))
    assert "8.属于" not in text
    reading = read_document(text.encode(), "a.txt")
    for line in report.form.rows:
        cell = reading.cells[f"t3.{line.key}.total"]
        assert cell.value in (report.cells[f"t3.{line.key}.total"], None)


def test_a_page_number_does_not_fill_a_blank() -> None:
    report = _report()
    row = [box for row in tables(report)[3].rows for box in row if box.cell and ".granted." in box.cell]
    whole = "\n".join(["", *(box.text for box in row)])
    broken = "\n".join(["", *(box.text for box in row[:4]), "", *(box.text for box in row[5:]), "3"])
    text = _lines(report)
    assert whole in text
    reading = read_document(text.replace(whole, broken, 1).encode(), "a.txt")
    for box in row:
        cell = reading.cells[box.cell or ""]
        assert cell.value in (report.cells[box.cell or ""], None), box.cell


@pytest.mark.parametrize("marks", ["td", "|"])
def test_table_two_with_columns_in_another_order_is_read_by_its_headings_or_not_at_all(marks: str) -> None:
    report = _report()
    rows = tuple((row[0], row[3], row[1], row[2]) if len(row) == 4 else row for row in tables(report)[2].rows)
    if marks == "td":
        old, new = plain_table(tables(report)[2]), plain_table(Grid(rows, 4))
        reading = _read(_page(report, {old: new}))
        assert reading.cells["t2.normative_documents.in_force"].value is not None
    else:
        text = LAYOUTS["text_bar_rows"](report, Random(1)).data.decode()
        for before, after in zip(tables(report)[2].rows, rows, strict=True):
            text = text.replace(" | ".join(b.text for b in before), " | ".join(b.text for b in after), 1)
        reading = read_document(text.encode(), "a.txt")
    for column in ("issued", "repealed", "in_force"):
        cell = f"t2.normative_documents.{column}"
        assert reading.cells[cell].value in (report.cells[cell], None)


def test_table_four_with_totals_first_is_not_read_by_place() -> None:
    report = _report()
    heads, values = tables(report)[4].rows[1:3], tables(report)[4].rows[3]
    page = _page(report, {})
    for row in (heads[0][:5], heads[1][:5], heads[1][5:], values[:5], values[5:10], values[10:]):
        old = "".join(plain_table(Grid((row,), 5)).split("<tr>")[1].split("</tr>")[0])
        new = "".join(plain_table(Grid(((row[-1], *row[:-1]),), 5)).split("<tr>")[1].split("</tr>")[0])
        at = page.rindex(old)
        page = page[:at] + new + page[at + len(old) :]
    reading = _read(page)
    for cell in report.form.table_cells("t4"):
        assert reading.cells[cell].value in (report.cells[cell], None), cell


def test_a_figure_beside_a_table_without_figures_is_no_total() -> None:
    """A blank form with notes in a column that has no heading, right of 总计."""
    heads = "".join(f"<td>{column.label}</td>" for column in FORM.columns)
    rows = "".join(
        f"<tr><td>{row.label}</td>{'<td></td>' * 7}<td>{n}</td></tr>" for n, row in enumerate(FORM.rows)
    )
    page = f"<html><body><table><tr><td>项目</td>{heads}<td></td></tr>{rows}</table></body></html>"
    cells = read_document(page.encode(), "a.html").cells
    assert [c for c in FORM.table_cells("t3") if cells[c].value is not None] == []


def test_the_heading_other_above_a_rows_figures_is_not_the_row_other() -> None:
    """Each row under headings of its own: the 其他 of the headings before is no label of the row 3.其他."""
    heads = "".join(f"<th>{column.label}</th>" for column in FORM.columns)
    parts = "".join(
        f"<h4>{row.label}</h4><table><tr>{heads}</tr><tr>"
        + "".join(
            "<td></td>" if row.key == "other_overdue_fee" else f"<td>{n}</td>" for n in (1, 2, 0, 0, 0, 0, 3)
        )
        + "</tr></table>"
        for row in FORM.rows
    )
    cells = read_document(f"<html><body>{parts}</body></html>".encode(), "a.html").cells
    row = [cells[f"t3.other_other.{column.key}"] for column in FORM.columns]
    assert [cell.status for cell in row if cell.value is None] == []
    assert [int(cell.value or 0) for cell in row] == [1, 2, 0, 0, 0, 0, 3]
