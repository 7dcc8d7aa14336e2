"""Who reported and who did not (应报尽报): the registry against what arrived, and rule A04.

What we could not get is never held against a unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from expectations.outcomes import Finding, RuleResult
from gipa_pipeline import calendar
from gipa_pipeline.settings import Settings
from gipa_pipeline.validate.case import Case, wording
from gipa_pipeline.validate.structure import day
from gipa_pipeline.validate.subject import Subject

_ABSENT = frozenset({"not_found", "gone", "empty"})
"""Outcomes of fetching that say that nothing is there; every other failure may be ours."""
_UNREADABLE = frozenset({"unreadable", "table_absent", "not_a_report"})
_ACCOUNTED = {
    "not_retrievable": "来源未能取得，不作为单位问题",
    "unreadable": "已取得文件，但未能读出表格",
}

OUT_OF_SCOPE = "名录未登记该主管部门所属任何单位的该年度来源，本系统没有查找，不作判断"


@dataclass(frozen=True, slots=True)
class Coverage:
    """One unit's row: the state and the dates it rests on.

    ``listed`` counts the unit's sources in the registry; ``in_scope`` is whether its office has any that year.
    """

    unit_id: str
    office_id: str
    year: int
    state: str
    published: date | None
    due: date | None
    listed: int = 0
    in_scope: bool = True


def state_of(
    report: Mapping[str, Any] | None, outcomes: Iterable[str], due: date | None, listed: int = 0
) -> str:
    """A unit's state.

    Args:
        report: its row of ``normalized/reports``, None when no document arrived.
        outcomes: what fetching each of its sources gave.
        due: the date that decides between in time and late; None when there is none.
        listed: how many sources the registry names; one that was not asked yet says nothing of the unit.
    """
    if report is None:
        tried = list(outcomes)
        if any(o in ("stored", "unchanged") for o in tried):
            return "unreadable"
        absent = len(tried) >= listed and all(o in _ABSENT for o in tried)
        return "missing" if absent else "not_retrievable"
    state = str(report["state"])
    if state in _UNREADABLE:
        return "unreadable"
    if state != "read":
        return state
    published, seen = report["published"], report["first_fetched"]
    if due is not None and seen is not None and seen <= due:
        return "on_time"
    if published is None:
        return "undated"
    return "late" if due is not None and published > due else "on_time"


def cover(
    registry: Any,
    settings: Settings,
    year: int,
    reports: Mapping[str, Mapping[str, Any]],
    outcomes: Mapping[str, list[str]],
) -> list[Coverage]:
    """Every unit of the registry with its state, in order of the ids."""
    listed = Counter(source.unit_id for source in registry.sources_of(year))
    scope = frozenset(registry.offices_in(year))
    rows = []
    for unit_id, unit in sorted(registry.units.items()):
        office = registry.office_of(unit_id)
        due = calendar.due(settings, office, unit.level, unit.kind, year)
        report = reports.get(unit_id)
        state = state_of(report, outcomes.get(unit_id, []), due, listed[unit_id])
        published = report["published"] if report is not None else None
        rows.append(Coverage(unit_id, office, year, state, published, due, listed[unit_id], office in scope))
    return rows


def accountable_from(settings: Settings, office_id: str, unit: Any, year: int) -> date:
    """The day by the end of which a unit's report must be there; townships have none of their own by law."""
    return calendar.due(settings, office_id, unit.level, unit.kind, year) or calendar.season(year)[1]


def check_coverage(
    registry: Any,
    settings: Settings,
    rows: Iterable[Coverage],
    reports: Mapping[str, Any],
    as_of: date | None,
) -> tuple[list[Finding], list[RuleResult]]:
    """A04: units whose report is not there once it is due.

    Args:
        registry: names and levels.
        settings: severities.
        rows: the coverage of the year.
        reports: rows of ``normalized/reports`` by unit, for what the wrong documents are.
        as_of: the day up to which was looked, from the data; None when nothing was fetched. It decides
            whether a date has passed and stands in no message, so that looking again changes nothing.
    """
    findings, results = [], []
    for row in rows:
        unit = registry.units[row.unit_id]
        case = Case(_nobody(row, unit), None, settings)
        reason, finding = None, None
        if not row.in_scope:
            reason = OUT_OF_SCOPE
        elif row.state == "missing":
            if as_of is None or as_of <= accountable_from(settings, row.office_id, unit, row.year):
                reason = "期限未到"
            else:
                finding = _missing(case, unit, row)
        elif row.state in ("wrong_year", "wrong_unit"):
            finding = case.finding(
                "A04",
                key=(row.state,),
                severity="warning",
                responsibility="undecided",
                message=f"所登记来源的文件不是该单位{row.year}年度报告：{reports[row.unit_id]['identity']}",
                day=reports[row.unit_id]["first_fetched"],
            )
        else:
            reason = _ACCOUNTED.get(row.state)
        if finding is not None:
            findings.append(finding)
            results.append(RuleResult(row.unit_id, row.year, "A04", finding.verdict))
        else:
            verdict = "not_assessable" if reason else "pass"
            results.append(RuleResult(row.unit_id, row.year, "A04", verdict, reason))
    return findings, results


def _missing(case: Case, unit: Any, row: Coverage) -> Finding:
    told = day(row.due) if row.due else "条例未规定，按当地要求"
    why = "来源地址没有报告" if row.listed else "名录未登记来源，请确认是否已发布并提供网址"
    return case.finding(
        "A04",
        key=("missing",),
        expected=row.due,
        severity=None if unit.level != "town" else "warning",
        responsibility="publisher",
        message=wording("A04", name=unit.name, year=row.year, due=told, why=why),
        day=accountable_from(case.settings, row.office_id, unit, row.year),
    )


def _nobody(row: Coverage, unit: Any) -> Subject:
    """A unit without a report, as a subject."""
    return Subject(row.unit_id, row.office_id, row.year, "missing", None, {}, {}, {}, {}, unit=unit)
