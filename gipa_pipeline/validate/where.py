"""Where the error most likely lies, in words (定位说明): always a suggestion, never a verdict on a cell."""

from __future__ import annotations

from expectations.forms import Form
from expectations.rules import catalogue
from gipa_pipeline.validate.case import Case, number
from gipa_pipeline.validate.locate import Cause, Residuals
from gipa_pipeline.validate.slips import slip

TOLD = 4
"""How many broken relations a message spells out."""
_TABLES = {"t2": "表二", "t3": "表三", "t4": "表四"}


def where(case: Case, form: Form, cause: Cause, residuals: Residuals) -> str:
    """The sentence that says where the error most likely lies."""
    if cause.kind == "cell":
        return _cell(case, form, cause)
    if cause.kind == "cells":
        return _cells(case, form, cause, residuals)
    if cause.kind == "misplaced":
        return _misplaced(form, cause)
    if cause.kind in ("total_column", "total_row"):
        what = "总计列" if cause.kind == "total_column" else "（七）总计行"
        return f"{what}按各分项重新相加后，全部关系成立，请更新{what}。"
    if cause.kind == "shifted_row":
        row = plain_row(form.cells[cause.likely[0]].row_label)
        return f"“{row}”行的数字可能错了一列：把错开的数字移回一格，全部关系成立。请对照台账核对该行各列。"
    if cause.kind == "shifted_lines":
        first = plain_row(form.cells[cause.likely[0]].row_label)
        return f"自“{first}”行起，各行数字可能错了一行：移回一行，全部关系成立。请对照台账逐行核对。"
    if cause.kind == "sum":
        return "总计和各分项都可能有误，请逐项核对。"
    return _partial_hint(case, cause, residuals) + "涉及多处，请对照台账逐行逐列核对。"


def _cell(case: Case, form: Form, cause: Cause) -> str:
    cell = cause.likely[0]
    said = f"最可能有误的是{label(form, cell)}"
    if cell not in cause.changes:
        return f"{said}，也可能是{labels(form, cause.rivals)}。"
    printed, needed = case.subject.value(cell), cause.changes[cell]
    how = slip(printed, needed)
    said += f"，现填{number(printed)}，按其余数据应为{number(needed)}"
    said += f"，疑为{how}" if how else ""
    if cause.decided:
        return f"{said}（{cause.decided}）；仅就各项关系而言，也可能是{labels(form, cause.rivals)}。"
    return f"{said}。"


def _cells(case: Case, form: Form, cause: Cause, residuals: Residuals) -> str:
    hint = _partial_hint(case, cause, residuals)
    if not cause.likely:
        told = f"有{cause.ways}种改法都能使关系成立，无法确定是哪一处"
        return f"{hint}{told}，涉及{labels(form, cause.rivals)}，请逐项核对。"
    said = f"{hint}最可能有误的是{labels(form, cause.likely)}"
    if not cause.changes:
        return said + "，尚有其他可能。"
    told = said + "，按其余数据应分别为" + "、".join(map(number, cause.changes.values()))
    return f"{told}（{cause.decided}）。" if cause.decided else f"{told}。"


def _misplaced(form: Form, cause: Cause) -> str:
    columns = dict.fromkeys(form.cells[c].column_label for c in (*cause.likely, *cause.rivals))
    names = "、".join(f"“{c}”" for c in columns)
    if cause.broken[0].startswith("K01"):
        how = "可能是同一申请在收件与办理时填入了不同的列"
    else:
        how = "可能是同一申请在办理结果行与（七）总计行填入了不同的列"
    return f"各列差额正负相抵，总计列平衡，{how}，请核对{names}各列。"


def counted_twice(case: Case, cause: Cause, residuals: Residuals) -> bool:
    """区分处理 counted twice (K04): each column is over by just what stands in 部分公开."""
    columns = [n.partition(":")[2] for n in cause.broken if n.startswith("K02:")]
    partial = {c: case.subject.value(f"t3.partial.{c}") for c in columns}
    return bool(columns) and all(v and residuals[f"K02:{c}"] == -v for c, v in partial.items())


def _partial_hint(case: Case, cause: Cause, residuals: Residuals) -> str:
    if counted_twice(case, cause, residuals):
        return "差额恰好等于“（二）部分公开”一行，请核对区分处理的申请是否重复计入其他情形。"
    return ""


def label(form: Form, cell: str) -> str:
    """A cell as it is named to a clerk."""
    of = form.cells[cell]
    return f"{_TABLES[of.table]}“{plain_row(of.row_label)}”行“{of.column_label}”列"


def labels(form: Form, cells: tuple[str, ...]) -> str:
    """Some cells, the first three by name."""
    return "、".join(label(form, c) for c in cells[:3]) + ("等" if len(cells) > 3 else "")


def names(form: Form, broken: list[str]) -> str:
    """Broken relations by name."""
    rows = {r.key: plain_row(r.label) for r in form.rows}
    columns = {c.key: c.label for c in form.columns}
    told = []
    for name in broken[:TOLD]:
        rule, _, of = name.partition(":")
        told.append(f"“{rows[of]}”行合计" if rule == "R01" else f"“{columns[of]}”列{catalogue()[rule].title}")
    return "、".join(told) + ("等" if len(broken) > TOLD else "")


def plain_row(text: str) -> str:
    """A row's label without the explanation that is printed behind it."""
    return text.partition("(区分")[0]
