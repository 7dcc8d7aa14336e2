"""What units and converters add to the form or drop from it must not move a figure to another cell."""

from __future__ import annotations

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
