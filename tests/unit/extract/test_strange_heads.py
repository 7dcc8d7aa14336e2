"""Rows of table 3 under headings that are no kinds of applicants."""

from __future__ import annotations

from random import Random

import pytest

from expectations.forms import load_form
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.extract.tables.strange_heads import strange_before, strange_columns
from tests.generator.layouts.html import article, plain_paragraph, plain_table
from tests.generator.layouts.text import compose, furniture
from tests.generator.truth import Report, make_report

FORM = load_form("2021")
KINDS = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
OTHERS = {
    "departments": ["办公室", "教育局", "公安局", "民政局", "财政局", "城东镇", "总计"],
    "months": ["一月", "二月", "三月", "四月", "五月", "六月", "合计"],
    "years": ["2017", "2018", "2019", "2020", "2021年", "2022年", "2023年"],
    "channels": ["当面", "邮寄", "网络", "传真", "信函", "其他", "总计"],
}


def _report() -> Report:
    return make_report(Random(3), 2023, edition="2021", size="city")


def _rows(heads: list[str]) -> list[list[str]]:
    """Table 3 with one label a row, the parts 1 to 6 and their sum under these headings."""
    return [
        ["项目", *heads],
        *([row.label, *map(str, (1, 2, 3, 4, 5, 6, 21))] for row in FORM.rows),
    ]


def _as_page(heads: list[str]) -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in _rows(heads))
    parts = article(
        _report(), plain_paragraph, lambda g: f"<table>{rows}</table>" if g.width == 10 else plain_table(g)
    )
    return f"<html><title>{_report().title}</title><body>{parts}</body></html>".encode()


def _as_text(heads: list[str]) -> bytes:
    rows = "\n".join(" | ".join(row) for row in _rows(heads))
    return (
        furniture(_report()) + compose(_report(), lambda g: rows if g.width == 10 else "", gap="\n")
    ).encode()


@pytest.mark.parametrize("heads", OTHERS.values(), ids=OTHERS)
def test_figures_under_strange_headings_are_none_of_table_3(heads: list[str]) -> None:
    for data, name in ((_as_page(heads), "a.html"), (_as_text(heads), "a.txt")):
        cells = read_document(data, name).cells
        assert {r.value for c, r in cells.items() if c.startswith("t3.")} == {None}


def test_the_same_table_under_the_forms_headings_is_read() -> None:
    for data, name in ((_as_page(KINDS), "a.html"), (_as_text(KINDS), "a.txt")):
        cells = read_document(data, name).cells
        assert [cells[f"t3.new.{c.key}"].value for c in FORM.columns] == [1, 2, 3, 4, 5, 6, 21]


def test_headings_in_other_words_or_lost_ones_are_not_strange() -> None:
    reworded = ["个人", "企业", "科研单位", "公益组织", "法律机构", "其他", "合计"]
    assert not strange_columns([reworded, ["1"] * 7], 1, range(7), FORM)
    assert not strange_columns([["", "", "数量", "", "", "", "总计"], ["1"] * 7], 1, range(7), FORM)
    assert strange_columns([OTHERS["departments"], ["1"] * 7], 1, range(7), FORM)
    wrapped = "第四项之和)\n自然人\n商业\n企业\n科研\n机构\n社会公\n益组织\n总计\n一、本年新收"
    assert not strange_before(wrapped, wrapped.index("一、本"), FORM)


def test_a_head_of_table_3_beside_another_tables_is_its_own() -> None:
    beside = [
        [*KINDS, "", "", "", ""],
        ["", "", "", "", "", "", "", "收费金额", "制发件数", "废止件数", "处理决定"],
    ]
    assert not strange_columns([*beside, ["1"] * 11], 2, range(11), FORM)
