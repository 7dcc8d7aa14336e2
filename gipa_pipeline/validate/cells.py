"""Rules on single cells (单元格): C01 to C05, and S13 on tables that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from expectations.outcomes import Finding
from gipa_pipeline.normalize.numbers import parse_number
from gipa_pipeline.validate.case import Case, Checked, number
from gipa_pipeline.validate.residuals import residual
from gipa_pipeline.validate.subject import Subject

NO_TABLE = "没有可核对的表格"
_TABLES = {"t2": "表二", "t3": "表三", "t4": "表四"}
_SLIPS = {
    "full_width": "全角数字",
    "separator": "千分位",
    "unit": "计量单位",
    "footnote": "注释",
    "words": "文字",
    "chinese": "中文数字",
    "sign": "正负号",
}
_SURE_MEDIA = frozenset({"html", "docx", "xlsx", "xls"})
"""Media that say themselves where a cell begins and ends."""


def check_cells(case: Case) -> Iterator[Checked]:
    """C01 to C05 and S13."""
    if case.subject.form is None or not case.subject.values:
        for rule in ("C01", "C02", "C03", "C04", "C05"):
            yield Checked(rule, reason=NO_TABLE)
    else:
        yield _numbers(case, "C01", ("count", "change"))
        yield _blanks(case)
        yield _plain(case)
        yield _numbers(case, "C04", ("money",))
        yield _layout(case)
    yield _readable(case)


def _numbers(case: Case, rule: str, kinds: tuple[str, ...]) -> Checked:
    """C01 and C04: a number of 0 or more, whole where it counts."""
    subject, form = case.subject, case.form
    findings = []
    unread = 0
    for cell, value in subject.values.items():
        of = form.cells.get(cell)
        if of is None or of.kind not in kinds:
            continue
        if value is None:
            unread += subject.statuses.get(cell) == "ambiguous"
            if subject.statuses.get(cell) != "unreadable":
                continue
            why = "不是可以确定的数字"
        elif value < 0 and of.kind != "change":
            why = "小于0"
        elif of.kind != "money" and value != value.to_integral_value():
            why = "不是整数"
        else:
            continue
        raw = subject.raws.get(cell) or number(value)
        sure = value is not None or subject.agreements.get(cell, 0) > 1
        findings.append(
            case.finding(
                rule,
                (cell,),
                actual=raw,
                likely=(cell,),
                responsibility=None if sure else "undecided",
                cell=of.label,
                raw=raw,
                why=why,
                unit=of.unit,
            )
        )
    reason = f"{unread}个数据格无法确定数值" if unread else None
    if rule == "C04" and not findings:
        # A hint at the unit of measurement is no breach of the rule.
        hints = tuple(_fine_amounts(case))
        return Checked(rule, hints, reason=reason, said="pass" if hints else None)
    return Checked(rule, tuple(findings), reason=reason)


def _fine_amounts(case: Case) -> Iterator[Finding]:
    """Amounts to less than a fen (分), which nobody pays: perhaps divided once too often."""
    most = int(case.option("C04", "decimals"))
    for cell, value in case.subject.values.items():
        of = case.form.cells.get(cell)
        if of is None or of.kind != "money" or value is None or value < 0:
            continue
        places = -int(value.normalize().as_tuple().exponent)
        if places > most:
            raw = case.subject.raws.get(cell) or number(value)
            why = f"有{places}位小数，请核对计量单位"
            told: dict[str, Any] = {"cell": of.label, "raw": raw, "why": why, "unit": of.unit}
            yield case.finding("C04", (cell,), severity="info", actual=raw, key=("decimals",), **told)


def _blanks(case: Case) -> Checked:
    """C02: one finding a report, however many cells are empty."""
    subject, form = case.subject, case.form
    blank = [c for c in form.cells if subject.statuses.get(c) == "blank" and c not in subject.apart]
    if not blank:
        return Checked("C02")
    counts = {t: sum(form.cells[c].table == t for c in blank) for t in _TABLES}
    where = "，".join(f"{_TABLES[t]}{n}格" for t, n in counts.items() if n)
    if len(blank) <= 3:
        where = "、".join(form.cells[c].label for c in blank)
    tables = "、".join(_TABLES[t] for t, n in counts.items() if n)
    finding = case.finding(
        "C02", blank, expected="0或实际数量", actual="空白", tables=tables, count=len(blank), where=where
    )
    return Checked("C02", (finding,))


def _plain(case: Case) -> Checked:
    """C03: one finding a report on what stands beside the digits."""
    subject, form = case.subject, case.form
    found: dict[str, str] = {}
    for cell, raw in subject.raws.items():
        value = subject.values.get(cell)
        if not raw or value is None or (raw.isascii() and raw.isdigit()) or cell not in form.cells:
            continue
        of = form.cells[cell]
        parsed = parse_number(raw, of.kind, of.unit)
        # A column whose head prints no unit leaves it to the cell to say one.
        meant = {"sign"} if of.kind == "change" else set()
        meant |= set() if of.unit_printed else {"unit"}
        slips = [_SLIPS[n] for n in parsed.notes if n in _SLIPS.keys() - meant]
        if parsed.value == value and slips:
            found[cell] = f"{of.label}写作“{raw}”（{'、'.join(slips)}）"
    if not found:
        return Checked("C03")
    examples = "；".join(list(found.values())[:3])
    return Checked("C03", (case.finding("C03", found, count=len(found), examples=examples),))


def _layout(case: Case) -> Checked:
    """C05: rows and columns of the form. That we did not find one is not yet that it is not there."""
    subject, form = case.subject, case.form
    rows = {r.key: r.label.partition("(区分")[0] for r in form.rows}
    absent = [
        table
        for table in _TABLES
        if all(subject.statuses.get(c, "missing") == "missing" for c in form.table_cells(table))
    ]
    details = [f"缺少{_TABLES[t]}" for t in absent]
    cells: list[str] = [c for t in absent for c in form.table_cells(t)]
    for kind, said in (("row_missing", "缺少"), ("row_repeated", "重复出现")):
        for note in subject.noted(kind):
            key = note.detail.removeprefix("t3.")
            if key in rows and "t3" not in absent:
                details.append(f"{said}“{rows[key]}”行")
                cells += note.cells
    if not details:
        return Checked("C05")
    others = [c for c in form.table_cells("t3") if c not in cells]
    sure = (
        subject.medium in _SURE_MEDIA
        and not absent
        and all(subject.agreements.get(c, 0) > 1 and subject.statuses[c] == "reported" for c in others)
    )
    finding = case.finding(
        "C05",
        cells,
        responsibility=None if sure else "undecided",
        key=details,
        detail="、".join(details[:5]) + ("等" if len(details) > 5 else ""),
    )
    return Checked("C05", (finding,))


def _readable(case: Case) -> Checked:
    """S13: tables as pictures, or figures run together so that they cannot be told apart."""
    subject = case.subject
    findings = []
    if subject.noted("picture_tables") and subject.state == "table_absent":
        findings.append(
            case.finding(
                "S13",
                key=("picture",),
                responsibility="publisher",
                detail="表格以图片发布，无法读取其中的数据",
            )
        )
    runs: dict[str, list[str]] = {}
    for cell, status in subject.statuses.items():
        if status == "ambiguous" and cell not in subject.apart:
            runs.setdefault(cell.rpartition(".")[0], []).append(cell)
    findings += [_run(case, cells) for cells in runs.values()]
    if apart := [c for c in subject.statuses if c in subject.apart and case.subject.form is not None]:
        findings.append(_apart(case, apart))
    if weighed := _weighed(subject):
        findings.append(_cut_by_weight(case, weighed))
    if not findings and subject.state == "table_absent":
        return Checked("S13", reason="没有读到表格")
    return Checked("S13", tuple(findings))


def _weighed(subject: Subject) -> list[str]:
    """The cells cut out of glued digits in a table whose sums do not all hold, or cannot all be formed.

    Such cuttings ask for the fewest slips of the unit; a unit that made more of them is read wrong, and nothing else
    would tell.
    """
    form = subject.form
    cut = [
        cell
        for cell, status in subject.statuses.items()
        if status == "inferred" and subject.agreements.get(cell, 0) < 2 and subject.glued(cell)
    ]
    if form is None or not cut:
        return []
    own = {cell.rpartition(".")[0] for cell in cut}
    # Blanks in a row that was cut are part of the cutting.
    row = [cell for cell in subject.statuses if cell.rpartition(".")[0] in own]
    table3 = (i for i in form.identities if i.cells[0].startswith("t3."))
    unsure = any(s == "ambiguous" and cell.startswith("t3.") for cell, s in subject.statuses.items())
    return row if unsure or any(residual(i, subject.values, subject.statuses) for i in table3) else []


def _cut_by_weight(case: Case, cells: list[str]) -> Finding:
    rows = dict.fromkeys(case.form.cells[c].row_label for c in cells)
    named = "、".join(f"“{label}”" for label in list(rows)[:3])
    return case.finding(
        "S13",
        cells,
        key=("cut",),
        responsibility="undecided",
        detail=f"表三{named}{'等' if len(rows) > 3 else ''}{len(rows)}行各格数字粘连，而表内合计不平或不能全部核对，"
        "现按差错最少的切分读取，请对照原表核对",
    )


def _run(case: Case, cells: list[str]) -> Finding:
    subject, form = case.subject, case.form
    row = form.cells[cells[0]]
    raw = next((r for c in cells if (r := subject.raws.get(c))), None)
    told = "、".join(
        f"“{form.cells[c].column_label}”可能为{'或'.join(map(number, list(dict.fromkeys(subject.candidates(c)))[:6]))}"
        for c in cells[:3]
        if subject.candidates(c)
    )
    printed = f"印作“{raw}”，" if raw else ""
    return case.finding(
        "S13",
        cells,
        responsibility="undecided",
        detail=f"{_TABLES[row.table]}“{row.row_label}”行{printed}各格数字无法确切分开：{told or '请提供原表'}",
    )


def _apart(case: Case, cells: list[str]) -> Finding:
    """What our two readers, or several tables of the page, give differently: one finding, against ourselves."""
    told = "、".join(
        f"{case.label(c)}可能为{'或'.join(map(number, dict.fromkeys(values[:6])))}"
        for c in cells[:3]
        if (values := case.subject.candidates(c))
    )
    more = f"：{told}{'等' if len(cells) > 3 else ''}" if told else ""
    return case.finding(
        "S13",
        cells,
        key=("readers",),
        responsibility="extractor",
        detail=f"{len(cells)}个数据格有两种读法，未作取舍{more}",
    )
