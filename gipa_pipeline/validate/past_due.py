"""Whose date is over and whose report is not there (逾期未报), an office and a date at a time.

Nobody is named before the sources were asked after the date: a report may have come on its last day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gipa_pipeline.registry import Registry
from gipa_pipeline.settings import Settings
from gipa_pipeline.validate.coverage import accountable_from

PUBLISHED = ("on_time", "late", "undated")
"""States of a report that is there."""


@dataclass(frozen=True, slots=True)
class PastDue:
    """An office's units without a report on the day after a date, with the state of each."""

    office_id: str
    year: int
    due: date
    units: tuple[tuple[str, str], ...]
    expected: int

    @property
    def key(self) -> str:
        """One event an office, year and date."""
        return f"{self.year} {self.office_id} {self.due.isoformat()}"


def due_dates(registry: Registry, settings: Settings, year: int) -> dict[tuple[str, date], tuple[str, ...]]:
    """The units by office and date, of the offices that any source is named for."""
    found: dict[tuple[str, date], list[str]] = {}
    scope = frozenset(registry.offices_in(year))
    for unit_id, unit in sorted(registry.units.items()):
        office = registry.office_of(unit_id)
        if office in scope:
            due = accountable_from(settings, office, unit, year)
            found.setdefault((office, due), []).append(unit_id)
    return {key: tuple(units) for key, units in sorted(found.items())}


def past_due(
    registry: Registry, settings: Settings, year: int, coverage: Iterable[Mapping[str, Any]], looked: date
) -> list[PastDue]:
    """Every office and date that is over, with the units that have no report.

    Args:
        registry: who is due when.
        settings: the offices' own dates.
        year: the report year.
        coverage: rows of ``validated/coverage``.
        looked: the day on which the sources were last asked; only dates before it are over.
    """
    states = {str(row["unit_id"]): str(row["state"]) for row in coverage}
    made = []
    for (office, due), units in due_dates(registry, settings, year).items():
        if due < looked:
            absent = (
                (unit, states[unit]) for unit in units if states.get(unit, PUBLISHED[0]) not in PUBLISHED
            )
            made.append(PastDue(office, year, due, tuple(absent), len(units)))
    return made
