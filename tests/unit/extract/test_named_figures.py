"""Tables 2 and 4 told in words: read where every figure has its name before it, else not at all."""

from __future__ import annotations

import pytest

from expectations.forms import load_form
from gipa_pipeline.extract.tables.named_figures import named_table2, named_table4

FORM = load_form("2021")
KINDS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
FIGURES = [3, 1, 0, 2, 6, 1, 0, 0, 0, 1, 0, 0, 4, 0, 4]
NAMES = ("行政复议", "未经复议直接起诉", "复议后起诉")


def four(text: str) -> list[int] | None:
    items = named_table4(text, 0, len(text), FORM)
    return None if items is None else [int(i.text) for i in items]


def told(join: str = ",", unit: str = "件") -> str:
    parts = (FIGURES[n : n + 5] for n in (0, 5, 10))
    return "".join(
        f"{name}:{join.join(f'{k}{v}{unit}' for k, v in zip(KINDS, part, strict=True))}。\n"
        for name, part in zip(NAMES, parts, strict=True)
    )


@pytest.mark.parametrize(
    "text",
    [
        told(),
        "四、政府信息公开行政复议、行政诉讼情况\n" + told("\n", ""),
        told().replace("行政复议:", "1.行政复议:").replace("总计6件", "共计6件"),
        (
            "行政复议6件,其中维持3件,纠正1件,其他0件,未审结2件。行政诉讼:未经复议直接起诉1件,其中维持1件,纠正0件,"
            "其他0件,未审结0件;复议后起诉4件,其中维持0件,纠正0件,其他4件,未审结0件。"
        ),
        (
            "案件 | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计\n行政复议 | 3 | 1 | 0 | 2 | 6\n"
            "行政诉讼 | 未经复议直接起诉 | 1 | 0 | 0 | 0 | 1\n复议后起诉 | 0 | 0 | 4 | 0 | 4"
        ),
        (
            "结果 | 行政复议 | 未经复议直接起诉 | 复议后起诉\n结果维持 | 3 | 1 | 0\n结果纠正 | 1 | 0 | 0\n其他结果 | 0 | 0 | 4\n"
            "尚未审结 | 2 | 0 | 0\n总计 | 6 | 1 | 4"
        ),
    ],
)
def test_table_four_in_words(text: str) -> None:
    assert four(text) == FIGURES


@pytest.mark.parametrize(
    "text",
    [
        told().replace("结果纠正1件", "结果纠正一件"),
        told().replace("结果纠正1件", "结果纠正 -1件"),
        told().replace("行政复议:", "2023年行政复议:"),
        told() + told(),
        told().replace("未经复议直接起诉", "行政诉讼"),
        told().replace("总计6件", "总计6件,比上年多2件"),
        "行政复议7件,其中结果维持3件,结果纠正1件,其他结果0件,尚未审结2件,总计6件。"
        + told().split("\n", 1)[1],
        (
            "案件 | 结果纠正 | 结果维持 | 其他结果 | 尚未审结 | 总计\n行政复议 | 3 | 1 | 0 | 2 | 6\n"
            "未经复议直接起诉 | 1 | 0 | 0 | 0 | 1\n复议后起诉 | 0 | 0 | 4 | 0 | 4"
        ),
        (
            "案件 | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计\n行政复议 | 3 |  | - | 2 | 6\n"
            "未经复议直接起诉 | 1 | 0 | 0 | 0 | 1\n复议后起诉 | 0 | 0 | 4 | 0 | 4"
        ),
        "结果维持 结果纠正 其他结果 尚未审结 总计 " * 3 + " ".join(map(str, FIGURES)),
    ],
)
def test_table_four_is_left_alone_where_a_figure_has_no_name_of_its_own(text: str) -> None:
    assert four(text) is None


TWO = (
    "规章:本年制发件数0件,本年废止件数1件,现行有效件数4件。行政规范性文件:本年制发件数2件,本年废止件数0件,现行有效件数9件。"
    "行政许可:处理决定数量120件。行政处罚:处理决定数量7件。行政强制:处理决定数量0件。行政事业性收费:收费金额12.5万元。"
)
CELLS = dict(
    zip(FORM.table_cells("t2"), ("0", "1", "4", "2", "0", "9", "120", "7", "0", "12.5"), strict=True)
)


def two(text: str) -> dict[str, str] | None:
    found = named_table2(text, 0, len(text), FORM)
    return None if found is None else {cell: item.text for cell, item in found.items()}


def test_table_two_in_words() -> None:
    assert two(TWO) == CELLS
    assert two("本年制发规章0件,废止1件,现行有效4件。" + TWO.split("。", 1)[1]) == CELLS
    assert two(TWO.replace("行政许可:处理决定数量120件", "本年处理决定数量(行政许可) | 120")) == CELLS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("本年废止件数1件", "本年废止件数-1件"),
        ("处理决定数量120件", "处理决定数量120余件"),
        ("12.5万元", "125000元"),
        ("行政处罚:", "行政处罚、行政强制:"),
        ("行政强制:处理决定数量0件。", ""),
        ("现行有效件数9件", "现行有效件数9件,上年8件"),
    ],
)
def test_table_two_is_left_alone_where_a_figure_has_no_name_of_its_own(old: str, new: str) -> None:
    assert two(TWO.replace(old, new)) is None
