"""Units over four years: what was carried out comes in again, and a break is told in the later year, once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

import pytest

from expectations.outcomes import Finding
from gipa_pipeline.validate import check_reading
from tests.generator import Report, make_report
from tests.unit.validate.forms import Unit, reading

YEARS = (2021, 2022, 2023, 2024)
ACROSS = frozenset({"Y01", "Y02", "Y03", "Y05", "Y06", "L06", "X02"})


@dataclass
class Series:
    """One unit's reports by year."""

    unit: Unit
    reports: dict[int, Report]

    def findings(self) -> dict[int, list[Finding]]:
        """What is found between each year and the one before."""
        found = {}
        for year, report in self.reports.items():
            last = self.reports.get(year - 1)
            before = reading(last.cells, year=year - 1) if last else None
            made = check_reading(reading(report.cells, year=year), self.unit, year, before)
            found[year] = [f for f in made if f.rule in ACROSS]
        return found


def series(seed: int) -> Series:
    rng = Random(f"series/{seed}")
    reports: dict[int, Report] = {}
    body = None
    for year in YEARS:
        last = reports.get(year - 1)
        report = make_report(rng, year, edition="2021", body=body, previous=last.cells if last else None)
        body, reports[year] = report.body, report
    assert body is not None
    return Series(Unit(f"u{seed}", body.name, body.level, body.kind), reports)


def broken(of: Series, year: int, changes: dict[str, Decimal]) -> Series:
    report = of.reports[year]
    cells = {**report.cells, **{c: (report.cells[c] or Decimal(0)) + more for c, more in changes.items()}}
    from dataclasses import replace

    return Series(of.unit, {**of.reports, year: replace(report, cells=cells)})


SEEDS = range(10)


def test_units_that_carry_on_have_no_break_in_any_year() -> None:
    for seed in SEEDS:
        for found in series(seed).findings().values():
            assert [f for f in found if f.rule in ("Y01", "Y02", "Y03") or f.severity == "error"] == []


@pytest.mark.parametrize("year", YEARS[1:])
def test_a_total_that_was_not_carried_in_is_an_error_of_the_later_year(year: int) -> None:
    for seed in SEEDS:
        right = series(seed)
        wrong = broken(
            right, year, {"t3.carried_in.total": Decimal(2), "t3.carried_in.natural_person": Decimal(2)}
        )
        before, after = right.findings(), wrong.findings()
        [told] = [f for f in after[year] if f.rule == "Y01"]
        assert (told.severity, told.verdict, told.year, told.difference) == ("error", "fail", year, "2")
        assert {y: [f.rule for f in found if f.rule == "Y01"] for y, found in after.items() if y != year} == {
            y: [] for y in YEARS if y != year
        }
        assert all(before[y] == after[y] for y in YEARS if y < year)


def test_what_last_year_carried_out_wrongly_is_told_in_the_year_after() -> None:
    for seed in SEEDS:
        wrong = broken(series(seed), 2022, {"t3.carried_out.total": Decimal(3)})
        assert [(y, f.severity) for y, of in wrong.findings().items() for f in of if f.rule == "Y01"] == [
            (2023, "error")
        ]


def test_a_column_below_an_equal_total_is_a_warning() -> None:
    for seed in SEEDS:
        wrong = broken(
            series(seed),
            2023,
            {"t3.carried_in.other": Decimal(1), "t3.carried_in.legal_service_org": Decimal(-1)},
        )
        assert [(y, f.severity) for y, of in wrong.findings().items() for f in of if f.rule == "Y01"] == [
            (2023, "warning")
        ]


@pytest.mark.parametrize("more", [1, 7, 400])
def test_documents_in_force_are_never_more_than_a_warning(more: int) -> None:
    for seed in SEEDS:
        wrong = broken(series(seed), 2023, {"t2.normative_documents.in_force": Decimal(more)})
        told = [(y, f.severity, f.rule) for y, of in wrong.findings().items() for f in of if f.rule == "Y02"]
        assert told == [(2023, "warning", "Y02"), (2024, "warning", "Y02")], "the year after counts from it"
        assert {f.severity for of in wrong.findings().values() for f in of} <= {"warning", "info"}
