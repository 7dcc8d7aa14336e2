"""This year's report against last year's (跨年): Y01 to Y06, L06, X02 and S11.

Between the forms of 2019 and 2021 only what both have under the same id is compared (Y04).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from expectations.outcomes import Finding
from gipa_pipeline.validate.alike import likeness, pieces, prose
from gipa_pipeline.validate.case import Case, Checked, number
from gipa_pipeline.validate.subject import Subject

RULES = ("Y01", "Y02", "Y03", "Y05", "Y06", "L06", "X02")
_PROCEEDINGS = {
    "reconsideration": "行政复议",
    "litigation_direct": "未经复议直接起诉",
    "litigation_after_reconsideration": "复议后起诉",
}
_DECISIONS = ("t2.licensing.decisions", "t2.penalties.decisions", "t2.coercion.decisions")
_COMPARED = ("t3.new.total", *_DECISIONS, *(f"t4.{p}.total" for p in _PROCEEDINGS))
_FEES = "t2.fees.amount_wan_yuan"


def check_carryover(case: Case) -> Iterator[Checked]:
    """Every rule that needs last year's report."""
    last = case.last
    if last is None or last.form is None or case.subject.form is None:
        reason = "没有可核对的表格" if case.subject.form is None else "没有可比较的上一年度报告"
        for rule in RULES:
            yield Checked(rule, reason=reason)
    else:
        yield _carried(case, last)
        yield _in_force(case, last)
        yield _pending(case, last)
        yield _jumps(case, last)
        yield _repeated(case, last)
        yield _after_review(case, last)
        yield _vanished(case, last)
    yield _same_text(case, last)


def _who(case: Case, last: Subject, cells: tuple[str, ...], before: tuple[str, ...]) -> str:
    """Who erred when two years disagree: nobody but us while either of them was not read for certain."""
    found = {case.subject.responsibility(cells), last.responsibility(before)}
    return next((w for w in ("extractor", "undecided") if w in found), "publisher")


def _carried(case: Case, last: Subject) -> Checked:
    """Y01: carried in now is what was carried out then; 总计 decides, the columns only warn."""
    apart = []
    for column in case.form.columns:
        now, then = f"t3.carried_in.{column.key}", f"t3.carried_out.{column.key}"
        actual, expected = case.subject.value(now), last.value(then)
        if actual is not None and expected is not None and actual != expected:
            apart.append((column, now, then, actual, expected))
    known = case.subject.value("t3.carried_in.total"), last.value("t3.carried_out.total")
    if not apart:
        return Checked("Y01", reason="总计列没有数值" if None in known else None)
    column, now, _, actual, expected = apart[-1]
    cells, before = tuple(a[1] for a in apart), tuple(a[2] for a in apart)
    shared: dict[str, Any] = {
        "responsibility": _who(case, last, cells, before),
        "evidence": {"columns": [a[0].key for a in apart], "last_year": last.year},
    }
    if column.key == "total":
        told: dict[str, Any] = {"expected": expected, "actual": actual, "difference": abs(actual - expected)}
        return Checked("Y01", (case.finding("Y01", (now,), **told, **shared, column=column.label),))
    message = "表三“上年结转”总计与上一年度报告一致，但分列不一致：" + "；".join(
        f"“{c.label}”列为{number(a)}，上一年度“结转下年度继续办理”同列为{number(e)}"
        for c, _, _, a, e in apart
    )
    return Checked("Y01", (case.finding("Y01", cells, severity="warning", **shared, message=message),))


def _in_force(case: Case, last: Subject) -> Checked:
    """Y02: documents in force."""
    if last.edition != "2021" or case.subject.edition != "2021":
        return Checked("Y02", reason="两年格式不同，表二不作比较")
    findings, known = [], False
    for row, label in (("regulations", "规章"), ("normative_documents", "行政规范性文件")):
        cells = tuple(f"t2.{row}.{c}" for c in ("in_force", "issued", "repealed"))
        actual, issued, repealed = (case.subject.value(c) for c in cells)
        before = last.value(cells[0])
        if actual is None or issued is None or repealed is None or before is None:
            continue
        known = True
        expected = before + issued - repealed
        if actual != expected:
            findings.append(
                case.finding(
                    "Y02",
                    cells,
                    expected=expected,
                    actual=actual,
                    difference=abs(actual - expected),
                    responsibility=_who(case, last, cells, cells[:1]),
                    row=label,
                    before=before,
                    issued=issued,
                    repealed=repealed,
                )
            )
    return Checked("Y02", tuple(findings), reason=None if known else "有数据格没有数值")


def _pending(case: Case, last: Subject) -> Checked:
    """Y03: cases pending then are somewhere now."""
    if not case.choice("Y03", "counted_again"):
        return Checked("Y03", reason="按当地口径只统计当年新发生的案件")
    findings, known = [], False
    for key, label in _PROCEEDINGS.items():
        now, then = f"t4.{key}.total", f"t4.{key}.pending"
        actual, expected = case.subject.value(now), last.value(then)
        if actual is None or expected is None:
            continue
        known = True
        if actual < expected:
            findings.append(
                case.finding(
                    "Y03",
                    (now,),
                    expected=expected,
                    actual=actual,
                    difference=expected - actual,
                    responsibility=_who(case, last, (now,), (then,)),
                    column=label,
                )
            )
    return Checked("Y03", tuple(findings), reason=None if known else "有数据格没有数值")


def _jumps(case: Case, last: Subject) -> Checked:
    """Y05: many times last year's number, or money times a power of ten."""
    ratio, least = Decimal(str(case.option("Y05", "ratio"))), case.option("Y05", "least")
    found: list[Finding] = []
    for cell in _COMPARED:
        after, before = case.subject.value(cell), last.value(cell)
        if cell not in case.form.cells or not after or not before or max(after, before) < least:
            continue
        if after > before * ratio or before > after * ratio:
            found.append(_jump(case, last, cell, before, after, f"相差超过{number(ratio)}倍"))
    after, before = case.subject.value(_FEES), last.value(_FEES)
    if after and before and after > 0 and before > 0:
        times = max(after, before) / min(after, before)
        if times in (10, 100, 10000):
            how = f"恰为{number(times)}倍，请核对计量单位是否为万元"
            found.append(_jump(case, last, _FEES, before, after, how))
    return Checked("Y05", tuple(found))


def _jump(case: Case, last: Subject, cell: str, before: Decimal, after: Decimal, how: str) -> Finding:
    return case.finding(
        "Y05",
        (cell,),
        actual=after,
        responsibility=_who(case, last, (cell,), (cell,)),
        cell=case.label(cell),
        before=before,
        after=after,
        how=how,
    )


def _repeated(case: Case, last: Subject) -> Checked:
    """Y06: last year's table 3 once more."""
    if last.edition != case.subject.edition:
        return Checked("Y06", reason="两年格式不同")
    cells = case.form.table_cells("t3")
    now, then = ([s.value(c) for c in cells] for s in (case.subject, last))
    if None in now or None in then:
        return Checked("Y06", reason="有数据格没有数值")
    filled = [c for c, v in zip(cells, now, strict=True) if v]
    if now != then or len(filled) < case.option("Y06", "least"):
        return Checked("Y06")
    return Checked("Y06", (case.finding("Y06", filled, count=len(filled)),))


def _after_review(case: Case, last: Subject) -> Checked:
    """L06: suits after review, against the reviews that were concluded."""
    if case.choice("L06", "counted_by_instance"):
        return Checked("L06", reason="按当地口径各审级分别统计")
    done = [f"t4.reconsideration.{k}" for k in ("upheld", "corrected", "other")]
    values = [s.value(c) for s in (case.subject, last) for c in done]
    cell = "t4.litigation_after_reconsideration.total"
    pending = last.value("t4.litigation_after_reconsideration.pending")
    after = case.subject.value(cell)
    if after is None or pending is None or None in values:
        return Checked("L06", reason="有数据格没有数值")
    concluded = sum((v for v in values if v is not None), Decimal(0))
    if after <= concluded + pending:
        return Checked("L06")
    who = _who(case, last, (cell, *done), tuple(done))
    told: dict[str, Any] = {"after": after, "concluded": concluded, "pending": pending}
    finding = case.finding("L06", (cell,), actual=after, responsibility=who, **told)
    return Checked("L06", (finding,))


def _vanished(case: Case, last: Subject) -> Checked:
    """X02: decisions that were many and are none."""
    findings = [
        case.finding(
            "X02",
            (cell,),
            actual=Decimal(0),
            responsibility=_who(case, last, (cell,), (cell,)),
            cell=case.label(cell),
            before=before,
        )
        for cell in _DECISIONS
        if case.subject.value(cell) == 0
        and (before := last.value(cell)) is not None
        and before >= case.option("X02", "least")
    ]
    return Checked("X02", tuple(findings))


def _same_text(case: Case, last: Subject | None) -> Checked:
    """S11: the prose of last year, or of another unit, but for names and numbers."""
    compared = case.peers is not None and any(s.part in (1, 5) for s in case.subject.sections)
    findings = []
    if last is not None:
        now, then = pieces(prose(case.subject)), pieces(prose(last))
        compared = compared or bool(now and then)
        share = likeness(now, then)
        if share >= case.option("S11", "share"):
            findings.append(case.finding("S11", other="上一年度报告", share=round(share * 100)))
    if case.twin is not None:
        other = f"“{case.twin.name}”当年报告"
        told: dict[str, Any] = {"other": other, "share": round(case.twin.share * 100)}
        findings.append(case.finding("S11", key=("twin",), **told))
    return Checked("S11", tuple(findings), reason=None if compared else "没有可比较的正文")
