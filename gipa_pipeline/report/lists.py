"""The workbook's lists: what to work through, who has reported, what the rules are (问题清单、报送情况、规则说明)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from expectations.rules import catalogue
from gipa_pipeline.aggregate import wording
from gipa_pipeline.report.findings import FindingView
from gipa_pipeline.report.pens import CAUTION, DOUBT, Pens, needed
from gipa_pipeline.report.view import OfficeView

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_WORKLIST = (
    ("序号", 6), ("程度", 8), ("单位", 24), ("表", 7), ("单元格", 38), ("填报值", 18), ("应为／关系", 16),
    ("原因／说明", 50), ("如何改正", 36), ("建议值", 9), ("差额", 9), ("条款", 46),
    ("状态", 9), ("较上次报告", 11), ("首次发现", 11), ("规则", 7), ("问题编号", 18), ("处理结果", 20),
)  # fmt: skip
_TABLE, _LAST_PRINTED, _OUTCOME = 3, 10, len(_WORKLIST) - 1
"""Columns of the worklist: the table, the last one that is printed, and what came of it."""
_OUTCOMES = ("已通知单位", "已更正并重新发布", "属实，已说明", "单位有异议", "无需处理")
_COVERAGE = (
    ("单位", 30), ("层级", 8), ("性质", 8), ("报送情况", 16), ("发布日期", 12), ("期限", 12), ("逾期天数", 9),
    ("是否计入", 22), ("须改正", 8), ("请核实", 8), ("提示", 8), ("来源", 60), ("说明", 40),
)  # fmt: skip
_RULES = (
    ("规则", 7), ("类别", 14), ("名称", 30), ("内容", 60), ("程度", 9), ("常见原因", 36), ("如何改正", 40), ("依据", 50)
)  # fmt: skip
_READ_ME = (
    ("须改正", "由表内数字、法定格式或日期本身就能判定的问题，如合计不等于分项之和。"),
    ("请核实", "通常是差错，但需要单位说明，如正文所述与表格不一致、空白未填0。"),
    ("提示", "供参考，不要求处理。"),
    ("建议值", "使全部勾稽关系成立的唯一数值，仅供核对时参考，请以台账为准。"),
    ("浅黄底色", "该格有疑，原因见批注；数字仍是已填数之和，未作修改。"),
    ("—", "没有任何单位填报这一格，不是零。空白不当作零。"),
    ("汇总表公式", "各格为“各单位”表相应列之和；更正“各单位”表中的数，汇总表和该单位的表随之改变。"),
)


def worklist(pens: Pens, sheet: Worksheet, view: OfficeView, places: Mapping[tuple[str, str], str]) -> None:
    """The findings that go out, grave ones first, in the order in which they are worked through.

    Args:
        pens: makes the formats.
        sheet: the sheet to write.
        view: the office.
        places: the addresses, within the workbook, of the units' cells.
    """
    findings = sorted(view.findings, key=lambda f: wording.SEVERITY_ORDER[f.severity])
    changes: dict[str, str] = {}
    if view.since:
        changes |= {f.finding_id: "新发现" for f in view.since.new}
        changes |= {f.finding_id: "仍未改正" for f in view.since.left}
    pens.headings(sheet, _WORKLIST, len(findings), fixed=3)
    for row, f in enumerate(findings, 1):
        shown = f.likely or f.shown
        more = f"（等{len(f.cells)}格）" if len(f.cells) > len(shown) else ""
        printed, expected = _beside(f)
        texts = (
            wording.SEVERITY[f.severity], f.unit.name, f.tables, "；".join(c.label for c in shown) + more,
            printed, expected, f.message, f.fix,
            f.suggestion or "", f.difference or "", f.clause, wording.FINDING_STATE[f.state],
            changes.get(f.finding_id, ""), wording.day(f.first_seen), f.rule, f.finding_id, "",
        )  # fmt: skip
        sheet.write_number(row, 0, f.number, pens.count)
        colours: dict[str, dict[str, object]] = {
            "error": {"bg_color": CAUTION, "bold": True},
            "warning": {"bg_color": DOUBT},
        }
        grave = pens.format(border=1, valign="top", align="center", **colours.get(f.severity, {}))
        for column, text in enumerate(texts, 1):
            sheet.write_string(row, column, text, grave if column == 1 else pens.text)
        first = next((at for c in shown if (at := places.get((f.unit.unit_id, c.cell_id)))), None)
        if first:
            form = pens.format(border=1, text_wrap=True, valign="top", font_color="#0B5394")
            # Not on the cell's name: office programs do not break the lines of a link.
            sheet.write_url(row, _TABLE, first, form, f.tables, "转到该单位的表")
        sheet.set_row(row, needed(zip(texts, (width for _, width in _WORKLIST[1:]), strict=True)))
    if findings:
        sheet.data_validation(
            1, _OUTCOME, len(findings), _OUTCOME,
            {"validate": "list", "source": list(_OUTCOMES), "error_type": "information",
             "input_title": "处理结果", "input_message": "可从列表中选择，也可以自己写。"},
        )  # fmt: skip
        # The columns behind it are for tracking and stay off the paper.
        sheet.print_area(0, 0, len(findings), _LAST_PRINTED)
    else:
        sheet.write_string(1, 0, "没有发现需要单位改正或核实的问题。")


def _beside(f: FindingView) -> tuple[str, str]:
    """What the named cells print, and what should stand there: of these very cells, or the relation in words."""
    if not f.likely:
        return f.actual or "；".join(c.text for c in f.shown), f.expected or f.title
    printed = "；".join(c.text for c in f.likely)
    if len(f.likely) > 1:
        return printed, f.title
    # The relation's two numbers may be of another cell than the suspect.
    return printed, f.suggestion or (f.expected if f.expected and f.actual == printed else f.title)


def coverage(pens: Pens, sheet: Worksheet, view: OfficeView) -> None:
    """Every unit: whether and when it published, whether it counts, and why not."""
    pens.headings(sheet, _COVERAGE, len(view.units))
    for row, u in enumerate(view.units, 1):
        texts = (
            u.unit.name, wording.LEVEL[u.unit.level], wording.KIND[u.unit.kind], wording.COVERAGE[u.state],
            wording.day(u.published), wording.day(u.due),
        )  # fmt: skip
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, pens.text)
        if u.days_late is None:
            sheet.write_blank(row, 6, None, pens.text)
        else:
            sheet.write_number(row, 6, u.days_late, pens.count)
        sheet.write_string(row, 7, "计入" if u.included else u.why_not_included, pens.text)
        for column, number in enumerate((u.errors, u.warnings, u.infos), 8):
            sheet.write_number(row, column, number, pens.count)
        pens.address(sheet, row, 11, u.url)
        sheet.write_string(row, 12, u.reason or "", pens.text)
        wide = [(u.unit.name, 30), (u.url or "", 120), (u.reason or "", 40)]
        sheet.set_row(row, needed(wide))


def rules(pens: Pens, sheet: Worksheet) -> None:
    """What the signs mean, and every rule that reports are checked against."""
    listed = [r for r in catalogue().values() if r.assessed]
    pens.headings(sheet, _RULES, len(listed))
    for row, rule in enumerate(listed, 1):
        texts = (
            rule.id, rule.group, rule.title, rule.statement, wording.SEVERITY[rule.severity], rule.cause, rule.fix,
            rule.clause,
        )  # fmt: skip
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, pens.text)
        sheet.set_row(row, needed(zip(texts, (width for _, width in _RULES), strict=True)))
    top = len(listed) + 2
    sheet.write_string(top, 0, "标记说明", pens.format(bold=True))
    for row, (sign, meaning) in enumerate(_READ_ME, top + 1):
        sheet.merge_range(row, 0, row, 1, "", pens.text)
        sheet.write_string(row, 0, sign, pens.text)
        sheet.merge_range(row, 2, row, 7, "", pens.text)
        sheet.write_string(row, 2, meaning, pens.text)
