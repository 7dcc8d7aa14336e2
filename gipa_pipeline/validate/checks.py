"""Every rule that a single report can be asked (逐份核对), and the verdicts and findings it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from expectations.outcomes import Finding, RuleResult
from gipa_pipeline.model import Reading
from gipa_pipeline.normalize.identity import UnitLike
from gipa_pipeline.settings import Settings
from gipa_pipeline.validate.carryover import check_carryover
from gipa_pipeline.validate.case import Case, Checked
from gipa_pipeline.validate.cells import check_cells
from gipa_pipeline.validate.crosstable import check_crosstable
from gipa_pipeline.validate.narrative import check_narrative
from gipa_pipeline.validate.structure import check_structure
from gipa_pipeline.validate.subject import Subject, subject_of
from gipa_pipeline.validate.sums import check_sums
from gipa_pipeline.validate.timeliness import check_timeliness

_CHECKS: tuple[Callable[[Case], Iterator[Checked]], ...] = (
    check_cells,
    check_crosstable,
    check_carryover,
    check_structure,
    check_narrative,
    check_timeliness,
)
_GRAVITY = {"error": 0, "warning": 1, "info": 2}


def check_case(case: Case, *, sums_hold: bool = False) -> list[Checked]:
    """Ask a report every rule that one report and last year's can answer.

    Args:
        case: the report.
        sums_hold: it is known already that each of its sums holds.
    """
    checked = list(check_sums(case, hold=sums_hold))
    for check in _CHECKS:
        checked += check(case)
    return checked


def findings_of(checked: list[Checked]) -> list[Finding]:
    """The findings, gravest first, each id once."""
    found = {f.finding_id: f for c in checked for f in c.findings}
    return sorted(found.values(), key=lambda f: (_GRAVITY[f.severity], f.rule, f.cells, f.finding_id))


def results_of(subject: Subject, checked: list[Checked]) -> list[RuleResult]:
    """One verdict a rule."""
    return [RuleResult(subject.unit_id, subject.year or 0, c.rule, c.verdict, _reason(c)) for c in checked]


def _reason(checked: Checked) -> str | None:
    return checked.reason if checked.verdict in ("not_assessable", "uncertain") else None


def check_reading(
    reading: Reading,
    unit: UnitLike | None = None,
    year: int | None = None,
    last: Reading | None = None,
    settings: Settings | None = None,
) -> list[Finding]:
    """The findings on one document: what it alone, and last year's if given, can answer.

    Args:
        reading: the document as read.
        unit: the unit it is the report of, if known; rules on levels and dates need it.
        year: the report year, by default the one the document states.
        last: the same unit's report of the year before.
        settings: severities, thresholds and dates.
    """
    subject = subject_of(reading, unit, year)
    before = None
    if last is not None and last.state == "read":
        before = subject_of(last, unit, None if subject.year is None else subject.year - 1)
    return findings_of(check_case(Case(subject, before, settings or Settings())))
