"""Every rule on a year's reports (年度核对): verdicts, findings, coverage and one outcome a rule.

Pure: frames in, frames out. The sums of all reports are formed at once; each report is then asked by the same
code that asks a single document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from expectations import suites
from expectations.forms import editions, load_form
from expectations.outcomes import SAMPLE, Finding, Outcome, RuleResult
from expectations.rules import assessed
from gipa_pipeline import calendar
from gipa_pipeline.settings import Settings
from gipa_pipeline.validate.alike import twins
from gipa_pipeline.validate.case import Case, option
from gipa_pipeline.validate.checks import check_case, findings_of, results_of
from gipa_pipeline.validate.coverage import Coverage, check_coverage, cover
from gipa_pipeline.validate.peers import peers_of
from gipa_pipeline.validate.residuals import residual_frame, units_whose_sums_hold, with_rules
from gipa_pipeline.validate.rollup import check_rollup
from gipa_pipeline.validate.subject import Subject
from gipa_pipeline.validate.subjects import Year, rows_of, subjects_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Year", "validate_year"]


@dataclass
class _Verdicts:
    """What a year's reports gave."""

    findings: list[Finding] = field(default_factory=list)
    results: list[RuleResult] = field(default_factory=list)


def validate_year(
    registry: Any,
    settings: Settings,
    year: int,
    current: Year,
    last: Year | None = None,
    fetches: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """Hold a year's reports against the catalogue.

    Args:
        registry: the units, their offices and sources.
        settings: severities, thresholds, dates.
        year: the report year.
        current: the year's normalized frames.
        last: the frames of the year before, None when there are none.
        fetches: ``raw/fetches`` of the year; without it no unit is told to be missing.

    Returns:
        ``findings``, ``rule_results`` and ``coverage``: frames under the contracts ``validated/*``;
        ``outcomes``: one :class:`Outcome` a rule, in the catalogue's order; ``expectations``: the evidence of
        Great Expectations as JSON text.
    """
    from expectations.frames import conform

    subjects = subjects_of(registry, current, year)
    before = subjects_of(registry, last, year - 1) if last is not None else {}
    cases = _cases(subjects, before, settings)
    found = _Verdicts()
    frames = {edition: _residuals(edition, current, cases) for edition in editions()}
    # Most reports add up; only the others are asked why not.
    hold: set[str] = set()
    for frame in frames.values():
        hold |= units_whose_sums_hold(frame, current.cells)
    for unit, case in sorted(cases.items()):
        checked = check_case(case, sums_hold=unit in hold)
        found.findings += findings_of(checked)
        found.results += results_of(case.subject, checked)
    read = {unit: case for unit, case in cases.items() if case.subject.state == "read"}
    for unit, one in check_rollup(registry, read):
        found.findings += one.findings
        found.results += results_of(cases[unit].subject, [one])
    reports = {r["unit_id"]: r for r in rows_of(current.reports)}
    coverage = cover(registry, settings, year, reports, _outcomes_of(registry, year, fetches))
    absent, results = check_coverage(registry, settings, coverage, reports, _as_of(fetches))
    found.findings += absent
    found.results += results
    outcomes, evidence = _outcomes(found, frames)
    return {
        "findings": conform("validated", "findings", _columns(Finding, found.findings)),
        "rule_results": conform("validated", "rule_results", _columns(RuleResult, found.results)),
        "coverage": conform("validated", "coverage", _columns(Coverage, coverage)),
        "outcomes": outcomes,
        "expectations": suites.as_json(evidence, year, _data_until(current)),
    }


def _cases(
    subjects: Mapping[str, Subject], before: Mapping[str, Subject], settings: Settings
) -> dict[str, Case]:
    """Every report with what it is compared with: last year's, the units of its kind, the one most alike."""
    read = {unit: subject for unit, subject in subjects.items() if subject.state == "read"}
    alike = twins(read, option(settings, "S11", "share"))
    peers = peers_of(read, option(settings, "X06", "least"))
    cases = {}
    for unit, subject in subjects.items():
        earlier = before.get(unit)
        kind = (subject.unit.level, subject.unit.kind) if subject.unit else ("", "")
        cases[unit] = Case(
            subject,
            earlier if earlier is not None and earlier.state == "read" else None,
            settings,
            peers.get(kind),
            alike.get(unit),
        )
    return cases


def _data_until(current: Year) -> date | None:
    """The day of the newest document: what the evidence is dated by, since the clock says nothing of the data."""
    days = [row["first_fetched"] for row in rows_of(current.reports[["first_fetched"]])]
    return max((day for day in days if day is not None), default=None)


def _columns(kind: type, records: Sequence[Any]) -> dict[str, list[Any]]:
    """Records as columns, tuples as lists."""
    return {
        f.name: [list(v) if isinstance(v := getattr(r, f.name), tuple) else v for r in records]
        for f in fields(kind)
    }


def _residuals(edition: str, current: Year, cases: Mapping[str, Case]) -> pd.DataFrame:
    units = sorted(u for u, c in cases.items() if c.subject.edition == edition and c.subject.state == "read")
    return residual_frame(edition, current.cells, units)


def _outcomes_of(registry: Any, year: int, fetches: pd.DataFrame | None) -> dict[str, list[str]]:
    """What fetching gave, by unit; of sources that are listed no more nothing counts."""
    found: dict[str, list[str]] = {}
    if fetches is not None:
        listed = {(source.unit_id, source.url) for source in registry.sources_of(year)}
        rows = zip(fetches["unit_id"], fetches["url"], fetches["outcome"], strict=True)
        for unit, url, outcome in rows:
            if (unit, url) in listed:
                found.setdefault(str(unit), []).append(str(outcome))
    return found


def _as_of(fetches: pd.DataFrame | None) -> date | None:
    """The day up to which was looked: the newest look at any source."""
    if fetches is None or fetches.empty:
        return None
    newest = fetches["last_checked"].max()
    return calendar.day_of(newest.to_pydatetime())


def _outcomes(found: _Verdicts, frames: Mapping[str, pd.DataFrame]) -> tuple[list[Outcome], dict[str, Any]]:
    """One outcome a rule from the verdicts; the sums' are Great Expectations' own."""
    verdicts: dict[str, dict[str, list[str]]] = {}
    for result in found.results:
        verdicts.setdefault(result.rule, {}).setdefault(result.verdict, []).append(result.unit_id)
    judged, evidence = _judged(found, frames)
    return [
        judged.get(rule.id)
        or Outcome(
            rule=rule.id,
            passed=not (failed := sorted(verdicts.get(rule.id, {}).get("fail", []))),
            severity=rule.severity,
            bad=len(failed),
            total=len(failed) + len(verdicts.get(rule.id, {}).get("pass", [])),
            sample=tuple(failed[:SAMPLE]),
            description=rule.statement,
        )
        for rule in assessed()
    ], evidence


def _judged(
    found: _Verdicts, frames: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, Outcome], dict[str, Any]]:
    """The sums before Great Expectations, without those that are not sure enough to be held against a unit."""
    outcomes: dict[str, Outcome] = {}
    evidence: dict[str, Any] = {}
    for edition, frame in frames.items():
        if frame.empty:
            continue
        made, document = suites.run(edition, _sure(edition, frame, found.results))
        evidence[edition] = document
        for outcome in made:
            outcomes[outcome.rule] = _joined(outcomes.get(outcome.rule), outcome)
    return outcomes, evidence


def _sure(edition: str, residuals: pd.DataFrame, results: list[RuleResult]) -> pd.DataFrame:
    import numpy as np

    frame = with_rules(edition, residuals).astype(float)
    rules = {i.rule for i in load_form(edition).identities}
    for result in results:
        if result.verdict == "uncertain" and result.rule in rules and result.unit_id in frame.index:
            columns = [c for c in frame.columns if c.partition(":")[0] == result.rule]
            frame.loc[result.unit_id, columns] = np.nan
    return frame


def _joined(one: Outcome | None, other: Outcome) -> Outcome:
    """A rule's outcomes over two editions as one."""
    if one is None:
        return other
    return Outcome(
        rule=one.rule,
        passed=one.passed and other.passed,
        severity=one.severity,
        bad=one.bad + other.bad,
        total=one.total + other.total,
        sample=(one.sample + other.sample)[:SAMPLE],
        description=one.description,
    )
