"""Who reported and who did not (应报尽报): the registry against what arrived, and rule A04.

What we could not get is never held against a unit.
"""

from __future__ import annotations

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
    "not_retrievable": "网址未能访问，不作为单位问题",
    "unreadable": "已取得文件，但未能读出表格",
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """One unit's row: the state, the dates it rests on, and how many sources were tried."""

    unit_id: str
    office_id: str
    year: int
    state: str
    published: date | None
    due: date | None
    tried: int = 0


def state_of(report: Mapping[str, Any] | None, outcomes: Iterable[str], due: date | None) -> str:
    """A unit's state.

    Args:
        report: its row of ``normalized/reports``, None when no document arrived.
        outcomes: what fetching each of its sources gave.
        due: the date that decides between in time and late; None when there is none.
    """
    if report is None:
        failed = [o for o in outcomes if o not in ("stored", "unchanged")]
        tried = list(outcomes)
        if len(failed) < len(tried):
            return "unreadable"
        return "missing" if all(o in _ABSENT for o in failed) else "not_retrievable"
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
    rows = []
    for unit_id, unit in sorted(registry.units.items()):
        office = registry.office_of(unit_id)
        due = calendar.due(settings, office, unit.level, unit.kind, year)
        report = reports.get(unit_id)
        tried = outcomes.get(unit_id, [])
        state = state_of(report, tried, due)
        published = report["published"] if report is not None else None
        rows.append(Coverage(unit_id, office, year, state, published, due, len(tried)))
    return rows


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
        as_of: the day up to which was looked, from the data; None when nothing was fetched.
    """
    findings, results = [], []
    for row in rows:
        unit = registry.units[row.unit_id]
        case = Case(_nobody(row, unit), None, settings)
        reason, finding = None, None
        # Townships have no date of their own; by the end of the season theirs is missed too.
        due = row.due or calendar.season(row.year)[1]
        if row.state == "missing":
            if as_of is None or as_of <= due:
                reason = "期限未到"
            else:
                finding = _missing(case, unit, row, due, as_of)
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


def _missing(case: Case, unit: Any, row: Coverage, due: date, as_of: date) -> Finding:
    told = day(due) if row.due else "条例未规定，按当地要求"
    message = wording("A04", day=day(as_of), name=unit.name, year=row.year, due=told)
    if not row.tried:
        message = message.removesuffix("。") + "；名录中没有登记该年度报告的来源。"
    return case.finding(
        "A04",
        key=("missing",),
        expected=due if row.due else None,
        severity=None if unit.level != "town" else "warning",
        responsibility="publisher",
        message=message,
        day=due,
    )


def _nobody(row: Coverage, unit: Any) -> Subject:
    """A unit without a report, as a subject."""
    return Subject(row.unit_id, row.office_id, row.year, "missing", None, {}, {}, {}, {}, unit=unit)
