"""How codes, numbers and places are said in Simplified Chinese to those who read reports (用语).

Judgements are made elsewhere; here is only how they are put, so that the page, the workbook and the trace
say the same thing in the same words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from expectations.rules import SEVERITY_LABELS

COVERAGE = {
    "on_time": "按时发布",
    "late": "逾期发布",
    "undated": "未注明发布日期",
    "missing": "未见报告",
    "not_retrievable": "暂未能取得",
    "unreadable": "无法识读",
    "wrong_year": "年度不符",
    "wrong_unit": "单位不符",
}
"""States of ``coverage``."""

COVERAGE_NOTES = {
    "on_time": "在规定期限内发布；没有统一期限的，指已发布。",
    "late": "发布日期晚于期限。",
    "undated": "报告已识读，但页面上没有可用的发布日期，不能判断是否按时。",
    "missing": "名录中没有来源，或者来源处没有报告。",
    "not_retrievable": "因网络、网站限制或本系统原因没有取到，不作为该单位的问题。",
    "unreadable": "取到了文件，但它是图片、损坏或不是年度报告，需要人工查看。",
    "wrong_year": "取到的是其他年度的报告。",
    "wrong_unit": "取到的是其他单位的报告。",
}

REPORT = {
    "read": "已识读",
    "unreadable": "无法识读",
    "table_absent": "没有法定表格",
    "not_a_report": "不是年度报告",
    "wrong_year": "年度不符",
    "wrong_unit": "单位不符",
}
"""States of ``reports``."""

STATUS = {
    "reported": "直接读出",
    "inferred": "由勾稽关系或位置唯一推出",
    "blank": "空白，未填",
    "missing": "没有这一格",
    "ambiguous": "有几种读法，不能确定",
    "unreadable": "不是数字",
}
"""Statuses of a cell."""

SEVERITY = SEVERITY_LABELS
SEVERITY_ORDER = {"error": 0, "warning": 1, "info": 2}
FINDING_STATE = {
    "open": "待处理",
    "sent": "已发出",
    "acknowledged": "已签收",
    "confirmed": "已确认",
    "dismissed": "已撤销",
    "corrected": "已改正",
}
RESPONSIBILITY = {"publisher": "发布单位", "extractor": "本系统识读", "undecided": "尚未判定"}
LEVEL = {"province": "省级", "city": "市级", "county": "县级", "town": "乡级"}
KIND = {"department": "部门", "government": "政府"}
TABLE = {"t2": "表二", "t3": "表三", "t4": "表四"}

READER = {
    "html": "网页",
    "text": "文本",
    "pdf": "PDF",
    "docx": "Word",
    "xlsx": "电子表格",
    "image": "图像识别",
    "scan": "扫描件识别",
    "ofd": "OFD",
}
"""Kinds of document as places name them; any other is shown as it is."""


def number(value: Decimal | int | None) -> str:
    """A number as it would be printed: no exponent, no trailing zeros; nothing for null."""
    if value is None:
        return ""
    text = f"{Decimal(value):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def day(value: date | None) -> str:
    """A date as 2024-01-31; nothing for null."""
    return "" if value is None else value.isoformat()


def place(where: Mapping[str, Any], *, whole: bool = False) -> str:
    """A place in a document in words, counted from 1: kind, page, table, row and column.

    Characters are told where there is no table. With ``whole`` also what only a program can use: path and box.
    """
    parts = []
    if (reader := where.get("reader")) and (whole or len(where) == 1):
        parts.append(READER.get(reader, reader))
    if "page" in where:
        parts.append(f"第{where['page']}页")
    if "table" in where:
        parts.append(f"第{where['table'] + 1}个表格")
    if "row" in where and "column" in where:
        parts.append(f"第{where['row'] + 1}行第{where['column'] + 1}列")
    if "start" in where and "end" in where and (whole or "row" not in where):
        parts.append(f"第{where['start'] + 1}至{where['end']}个字符")
    if "path" in where and (whole or not parts):
        parts.append(f"位置 {where['path']}")
    if "box" in where and whole:
        parts.append("坐标 " + "，".join(f"{float(x):.0f}" for x in where["box"]))
    return "，".join(parts)


def clean(text: str) -> str:
    """A text from outside without what does not print or turns the direction of writing; breaks become blanks."""
    if text.isprintable():
        return text
    shown = (" " if c in "\t\r\n" else c for c in text)
    return "".join(
        c for c in shown if c == " " or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )


def listed(names: list[str] | tuple[str, ...], most: int = 8) -> str:
    """Names in a row; beyond ``most`` only how many more there are."""
    if len(names) <= most:
        return "、".join(names)
    return f"{'、'.join(names[:most])}等{len(names)}个"
