"""What one office is told about one year, as plain records: page and workbook only set it in type.

Counts, sums and findings come from the frames as they are; here they are chosen, ordered and named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from expectations.forms import Form
from gipa_pipeline.aggregate import wording
from gipa_pipeline.aggregate.membership import flat, governments, tree
from gipa_pipeline.aggregate.rollup import OPEN_STATES, form_due
from gipa_pipeline.registry import Unit
from gipa_pipeline.report.facts import Row, YearFacts
from gipa_pipeline.report.figures import TableSet, UnitCells, table_set, unit_cells
from gipa_pipeline.report.findings import FindingView, finding_views
from gipa_pipeline.report.handed import Since, since
from gipa_pipeline.report.history import History, history_of
from gipa_pipeline.report.picture import is_recognised, open_for_pictures, page_pictures, pictures

if TYPE_CHECKING:
    from gipa_pipeline.extract.media.document import Document


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit's line: its report, whether it counts, and how many findings stand against it."""

    unit: Unit
    role: str
    included: bool
    state: str
    published: date | None
    due: date | None
    url: str | None
    title: str | None
    template: str | None
    reason: str | None
    errors: int
    warnings: int
    infos: int

    @property
    def days_late(self) -> int | None:
        """Days after the due date, for late reports only."""
        if self.state != "late" or self.published is None or self.due is None:
            return None
        return (self.published - self.due).days

    @property
    def why_not_included(self) -> str:
        """Why its numbers are not in the sum, in words; empty when they are."""
        if self.included:
            return ""
        if self.role == "consolidation":
            return "政府汇总报告，不计入"
        return wording.COVERAGE[self.state] if self.state not in _PRESENT else "没有可汇总的表格"


_PRESENT = ("on_time", "late", "undated")


@dataclass(frozen=True, slots=True)
class SubOffice:
    """An office directly below, with how far its own sum has got."""

    unit: Unit
    included: int
    missing: int


@dataclass(frozen=True)
class OfficeView:
    """All that goes into an office's page and workbook.

    ``findings`` go out; ``settled`` were corrected; ``internal`` are for the operator's page alone and are held
    against nobody.
    """

    office: Unit
    year: int
    form: Form | None
    contact: str
    peer_units: int
    peer_cases: int
    units: tuple[UnitView, ...]
    findings: tuple[FindingView, ...]
    settled: tuple[FindingView, ...]
    internal: tuple[FindingView, ...]
    figures: TableSet | None
    figures_tree: TableSet | None
    cells: UnitCells
    suboffices: tuple[SubOffice, ...]
    history: History
    since: Since | None
    data_from: date | None
    data_until: date | None
    stopped: str = ""

    @property
    def no_figures(self) -> str:
        """Why there are no consolidated figures."""
        return self.stopped or f"{self.year}年度使用的是2019年以前的统计表，不作汇总。"

    @property
    def summands(self) -> tuple[UnitView, ...]:
        """The units whose reports belong into the sum."""
        return tuple(u for u in self.units if u.role == "summand")

    @property
    def included(self) -> tuple[UnitView, ...]:
        """The units whose reports are in the sum."""
        return tuple(u for u in self.units if u.included)

    @property
    def missing(self) -> tuple[UnitView, ...]:
        """The units that belong into the sum and are not in it."""
        return tuple(u for u in self.summands if not u.included)

    def of_severity(self, severity: str) -> tuple[FindingView, ...]:
        """The outgoing findings of a severity."""
        return tuple(f for f in self.findings if f.severity == severity)

    def in_state(self, *states: str) -> tuple[UnitView, ...]:
        """The units in one of these states of coverage."""
        return tuple(u for u in self.units if u.state in states)

    def figure(self, cell: str) -> Decimal | None:
        """A figure of the flat consolidated tables."""
        return self.figures.figures[cell].value if self.figures and cell in self.figures.figures else None


def office_view(facts: YearFacts, office_id: str) -> OfficeView:
    """Choose and order what an office is told about a year.

    Raises:
        KeyError: no such office.
    """
    registry, year = facts.registry, facts.year
    below = tree(registry, office_id)
    direct = [*flat(registry, office_id), *governments(registry, office_id)]
    direct.sort(key=list(registry.members(office_id)).index)
    reports = {r["unit_id"]: r for r in facts.rows("reports", owner=direct)}
    coverage = {r["unit_id"]: r for r in facts.rows("coverage", owner=direct)}
    form = form_due(year)
    rows = facts.rows("findings", owner=direct)
    cells = unit_cells(facts, form, (*direct, *(u for u in below if u not in direct)))
    findings = finding_views(rows, registry.units, cells.printed, direct)
    standing = [f for f in findings if f.state in OPEN_STATES]
    outgoing = tuple(f for f in standing if f.publishable)
    units = tuple(
        _unit(registry.units[u], reports.get(u), coverage.get(u), outgoing, u in flat(registry, office_id))
        for u in direct
    )
    fetched = [r["first_fetched"] for r in reports.values() if r.get("first_fetched")]
    numbered = _numbered(outgoing)
    return OfficeView(
        office=registry.units[office_id],
        year=year,
        form=form,
        contact=facts.settings.report.contact,
        peer_units=facts.settings.report.peer_units,
        peer_cases=facts.settings.report.peer_cases,
        units=units,
        findings=_pictured(numbered, facts, reports),
        settled=tuple(f for f in findings if f.state == "corrected" and f.publishable),
        internal=_numbered([f for f in standing if not f.publishable]),
        figures=table_set(facts, form, office_id, cells, with_offices_below=False),
        figures_tree=(
            table_set(facts, form, office_id, cells, with_offices_below=True)
            if registry.suboffices(office_id)
            else None
        ),
        cells=cells,
        suboffices=tuple(
            _suboffice(facts, o) for o in registry.suboffices(office_id) if o in registry.offices_in(year)
        ),
        history=history_of(facts, form, units),
        since=since(facts.handed.get(office_id, ()), numbered, {f.finding_id: f.state for f in findings}),
        data_from=min(fetched, default=None),
        data_until=max(fetched, default=None),
        stopped=facts.stopped,
    )


def _pictured(
    findings: Sequence[FindingView], facts: YearFacts, reports: Mapping[str, Row]
) -> tuple[FindingView, ...]:
    """The errors on cells with the place as it is printed; every document is opened once."""
    if facts.document is None:
        return tuple(findings)
    opened: dict[str, Document | None] = {}
    made: list[FindingView] = []
    for f in findings:
        sha = reports.get(f.unit.unit_id, {}).get("document_sha256")
        spots = f.spots if f.severity == "error" else ()
        if sha and spots and is_recognised(spots):
            data = facts.document(sha)
            f = replace(f, pictures=page_pictures(data, spots) if data is not None else ())
        elif sha and spots:
            if sha not in opened:
                opened.clear()  # findings come unit by unit; one document at a time is in memory
                data = facts.document(sha)
                opened[sha] = None if data is None else open_for_pictures(data)
            if (document := opened[sha]) is not None:
                f = replace(f, pictures=pictures(document, spots))
        made.append(f)
    return tuple(made)


def _numbered(findings: Sequence[FindingView]) -> tuple[FindingView, ...]:
    """Units with errors first, otherwise as given, and what asks for nothing at the end; numbered in that order."""
    worst: dict[str, int] = {}
    for f in findings:
        rank = wording.SEVERITY_ORDER[f.severity]
        worst[f.unit.unit_id] = min(rank, worst.get(f.unit.unit_id, rank))
    ordered = sorted(findings, key=lambda f: (f.severity == "info", worst[f.unit.unit_id]))
    return tuple(replace(f, number=n) for n, f in enumerate(ordered, 1))


def _unit(
    unit: Unit, report: Row | None, coverage: Row | None, findings: tuple[FindingView, ...], summand: bool
) -> UnitView:
    severities = [f.severity for f in findings if f.unit.unit_id == unit.unit_id]
    report = report or {}
    coverage = coverage or {}
    return UnitView(
        unit=unit,
        role="summand" if summand else "consolidation",
        included=summand and report.get("state") == "read",
        state=coverage.get("state") or "missing",
        published=coverage.get("published") or report.get("published"),
        due=coverage.get("due"),
        url=report.get("url"),
        title=wording.clean(report.get("title") or "") or None,
        template=report.get("template"),
        reason=wording.clean(report.get("error_message") or "") or None,
        errors=severities.count("error"),
        warnings=severities.count("warning"),
        infos=severities.count("info"),
    )


def _suboffice(facts: YearFacts, office_id: str) -> SubOffice:
    units = flat(facts.registry, office_id)
    read = {r["unit_id"] for r in facts.rows("reports", owner=units, state=("read",))}
    return SubOffice(facts.registry.units[office_id], len(read), len(units) - len(read))
