"""Rows of table 3 under labels in other words: told where one row's label alone is near, else left open."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from expectations.forms import load_form
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.extract.tables.labels import core
from gipa_pipeline.extract.tables.likeness import named_row
from gipa_pipeline.model import Reading
from tests.generator.grids import Box, Grid, table_three
from tests.generator.layouts.html import plain_table
from tests.generator.truth import make_report

FORM = load_form("2021")
REPORT = make_report(Random("reworded"), 2024, edition="2021", size="county")
LABELS = {row.key: row.label for row in FORM.rows}


def read(table: Grid) -> Reading:
    page = f"<p>三、收到和处理政府信息公开申请情况</p>{plain_table(table)}<p>四、政府信息公开行政复议、行政诉讼情况</p>"
    return read_document(f"<html><body>{page}</body></html>".encode(), prose=False)


def lines(table: Grid) -> Reading:
    cells = "\n\n".join(box.text for row in table.rows for box in row)
    return read_document(
        f"三、收到和处理政府信息公开申请情况\n\n{cells}\n\n四、政府信息公开行政复议\n".encode(), prose=False
    )


def labelled(**labels: str) -> Grid:
    own = {LABELS[key]: label for key, label in labels.items()}
    table = table_three(REPORT)
    return Grid(
        tuple(
            tuple(b if b.cell else replace(b, text=own.get(b.text, b.text)) for b in row)
            for row in table.rows
        ),
        10,
    )


def row(reading: Reading, key: str) -> list[object]:
    return [reading.cells[f"t3.{key}.{c.key}"].value for c in FORM.columns]


def true_row(key: str) -> list[object]:
    return [REPORT.cells[f"t3.{key}.{c.key}"] for c in FORM.columns]


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("属于国家机密", "denied_state_secret"),
        ("执法案卷", "denied_enforcement_files"),
        ("无正当理由大量重复申请", "reject_excessive"),
        ("去年结转政府信息公开申请数量", "carried_in"),
        ("结转至下年度继续办理", "carried_out"),
        ("不予公开", None),
        ("政府信息公开申请数量", None),
        ("申请人", None),
        ("其他处理情形", None),
    ],
)
def test_a_wording_names_the_one_row_that_it_is_clearly_most_like(label: str, key: str | None) -> None:
    assert named_row(core(label), FORM) == key


@pytest.mark.parametrize("medium", [read, lines])
def test_the_words_of_one_row_inside_the_label_of_another_take_no_figures(medium) -> None:  # type: ignore[no-untyped-def]
    reading = medium(labelled(reject_repeat="2.重复提出申请", reject_excessive="4.无正当理由大量重复申请"))
    for key in ("reject_repeat", "reject_publication", "reject_excessive"):
        assert row(reading, key) == true_row(key)
    reading = medium(labelled(reject_repeat="2.屡次递件", reject_excessive="4.无正当理由大量重复申请"))
    seen = row(reading, "reject_repeat")
    assert seen in (true_row("reject_repeat"), [None] * 7)
    assert row(reading, "reject_excessive") == true_row("reject_excessive")


def test_a_blank_row_under_an_unknown_label_keeps_its_place() -> None:
    blank = {f"t3.denied_admin_query.{c.key}": None for c in FORM.columns}
    report = REPORT.with_cells(blank)
    table = table_three(report)
    own = {LABELS["denied_enforcement_files"]: "某甲", LABELS["denied_admin_query"]: "某乙"}
    rows = tuple(
        tuple(b if b.cell else replace(b, text=own.get(b.text, b.text)) for b in r) for r in table.rows
    )
    reading = read(Grid(rows, 10))
    for key in ("denied_enforcement_files", "denied_admin_query"):
        for cell in (f"t3.{key}.{c.key}" for c in FORM.columns):
            assert reading.cells[cell].value in (None, report.cells[cell])
    assert row(reading, "denied_admin_query") == [None] * 7


def test_two_rows_of_nearly_one_name_are_not_chosen_between() -> None:
    table = labelled(new="一、本年新收网上申请数量")
    at = next(n for n, r in enumerate(table.rows) if "网上" in r[0].text)
    twin = (Box("本年新收信函申请数量", colspan=3), *(Box("7") for _ in FORM.columns))
    reading = read(Grid((*table.rows[: at + 1], twin, *table.rows[at + 1 :]), 10))
    assert row(reading, "new") == [None] * 7
    assert row(reading, "carried_in") == true_row("carried_in")
