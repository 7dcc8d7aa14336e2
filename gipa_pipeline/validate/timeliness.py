"""When a report was published (时限): T01 to T05."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from expectations.outcomes import Finding
from gipa_pipeline import calendar
from gipa_pipeline.validate.case import Case, Checked, wording
from gipa_pipeline.validate.structure import day

RULES = ("T01", "T02", "T03", "T04", "T05")


def rule_for(level: str, kind: str) -> str:
    """The rule that holds for a unit: departments, governments, townships."""
    if level == "town":
        return "T03"
    return "T01" if kind == "department" else "T02"


def check_timeliness(case: Case) -> Iterator[Checked]:
    """The due date of the unit, the office's earlier one, and whether the date can be right at all."""
    subject, unit = case.subject, case.subject.unit
    own = rule_for(unit.level, unit.kind) if unit else None
    for rule in ("T01", "T02", "T03"):
        if rule == own:
            yield _in_time(case, rule)
        else:
            yield Checked(rule, reason="不适用于该单位" if own else "没有单位信息")
    yield _local(case)
    if unit is None or subject.year is None:
        yield Checked("T05", reason="没有单位或年度")
    else:
        yield _date(case)


def _in_time(case: Case, rule: str) -> Checked:
    subject, unit = case.subject, case.subject.unit
    if unit is None or subject.year is None:
        return Checked(rule, reason="没有单位或年度")
    due = calendar.due(case.settings, subject.office_id, unit.level, unit.kind, subject.year)
    if due is None:
        return Checked(rule, reason="没有规定期限")
    if subject.published is None:
        return Checked(rule, reason="没有读到发布日期")
    # The page shows when it was last posted; bytes that we had in time were in time.
    if subject.published <= due or (subject.seen is not None and subject.seen <= due):
        return Checked(rule)
    return Checked(rule, (_late(case, rule, due),))


def _late(case: Case, rule: str, due: date) -> Finding:
    published = case.subject.published or due
    message = wording(rule, published=day(published), due=day(due))
    days = (published - due).days
    return case.finding(rule, expected=due, actual=published, difference=f"{days}天", message=message)


def _local(case: Case) -> Checked:
    """T04: in time by law, late by the office's notice."""
    subject, unit = case.subject, case.subject.unit
    if unit is None or subject.year is None:
        return Checked("T04", reason="没有单位或年度")
    law = calendar.statutory_due(unit.level, unit.kind, subject.year)
    local = calendar.local_due(case.settings, subject.office_id, unit.level, unit.kind, subject.year)
    if law is None or local is None or local >= law:
        return Checked("T04", reason="当地没有更早的期限")
    if subject.published is None:
        return Checked("T04", reason="没有读到发布日期")
    if not local < subject.published <= law:
        return Checked("T04")
    return Checked("T04", (_late(case, "T04", local),))


def _date(case: Case) -> Checked:
    """T05: a date, and one that can be."""
    subject = case.subject
    earliest = calendar.earliest_publication(subject.year or 0)
    if subject.published is None:
        # A page may show its date where we do not look.
        finding = case.finding("T05", key=("none",), responsibility="undecided", detail="没有读到发布日期")
        return Checked("T05", (finding,))
    if subject.published >= earliest:
        return Checked("T05")
    detail = f"载明的发布日期{day(subject.published)}早于报告年度结束"
    finding = case.finding(
        "T05", key=("early",), expected=f"不早于{earliest}", actual=subject.published, detail=detail
    )
    return Checked("T05", (finding,))
