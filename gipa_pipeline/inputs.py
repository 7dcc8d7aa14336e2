"""What each stage's results depend on: digests by which a run sees that nothing changed (输入指纹)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gipa_pipeline.registry import Registry
from gipa_pipeline.settings import Settings
from gipa_pipeline.store import Store, digest_of


@dataclass(frozen=True, slots=True)
class Inputs:
    """The digests of what the stages of a year are made of; equal digests and equal code, equal results."""

    registry: Registry
    settings: Settings
    store: Store

    def fetched(self, year: int) -> str:
        """What was fetched last, apart from when."""
        from gipa_pipeline.fetch import state_digest

        if not self.store.has_frame("raw", year, "fetches"):
            return ""
        return state_digest(self.store.read_frame("raw", year, "fetches"))

    def of_extracted(self, year: int) -> str:
        """What reading depends on besides its code; installing the recogniser or the converter lets more be read."""
        from gipa_pipeline.extract.helpers import installed

        limits = self.settings.extract
        return digest_of(
            [self.fetched(year), limits.max_bytes, limits.timeout_seconds, sorted(installed().items())]
        )

    def of_normalized(self, year: int) -> str:
        """What tidying depends on."""
        return digest_of([self.store.digest("extracted", year), self._units()])

    def of_validated(self, year: int) -> str:
        """What the verdicts depend on, decisions and dates among it."""
        from gipa_pipeline.ledger import decided_digest

        before = self.store.has_frame("normalized", year - 1, "reports")
        return digest_of(
            [
                self.store.digest("normalized", year),
                self.store.digest("normalized", year - 1) if before else None,
                self.fetched(year),
                self._dates_passed(year),
                self._units(),
                self._sources(year),
                repr((self.settings.rules, self.settings.dates, self.settings.offices)),
                decided_digest(self.store, year),
            ]
        )

    def of_aggregated(self, year: int) -> str:
        """What the sums depend on."""
        return digest_of(
            [
                self.store.digest("normalized", year),
                self.store.digest("validated", year),
                self._units(),
                self._sources(year),
            ]
        )

    def of_reports(self, year: int) -> str:
        """What the offices' pages and workbooks depend on, earlier years and what was handed over among it."""
        from gipa_pipeline.report.facts import years_before
        from gipa_pipeline.report.handed import digest_parts

        stages = ("normalized", "validated", "aggregated")
        before = [
            self.store.digest(stage, y)
            for y in years_before(self.store, year)
            for stage in ("normalized", "validated")
        ]
        return digest_of(
            [
                *(self.store.digest(s, year) for s in stages),
                *before,
                self._units(),
                self._sources(year),
                repr(self.settings.report),
                digest_parts(self.store, year, self.registry.offices_in(year)),
            ]
        )

    def of_judging(self, versions: Mapping[str, str]) -> str:
        """What findings depend on besides the documents: rules, forms, readers, settings."""
        from expectations.forms import editions, load_form
        from expectations.rules import catalogue
        from gipa_pipeline.extract.reading import VERSION

        code = [versions[stage] for stage in ("extracted", "normalized", "validated")]
        set_by = (self.settings.rules, self.settings.dates, self.settings.offices)
        rules = [repr(catalogue()), repr([load_form(e).cells for e in editions()])]
        return digest_of([VERSION, *code, *rules, repr(set_by)])[:16]

    def _dates_passed(self, year: int) -> list[str]:
        """The due dates that were over when last looked; only they make a report that is not there a missing one."""
        from gipa_pipeline.calendar import day_of
        from gipa_pipeline.validate.coverage import accountable_from

        looked = self.store.read_frame("raw", year, "fetches", ["last_checked"])["last_checked"]
        if looked.empty:
            return []
        until = day_of(looked.max().to_pydatetime())
        units = self.registry.units.values()
        dates = {accountable_from(self.settings, self.registry.office_of(u.unit_id), u, year) for u in units}
        return sorted(day.isoformat() for day in dates if day < until)

    def _units(self) -> list[Any]:
        """What the registry says of its units, for input digests; sources are in the fetch state."""
        return [
            [
                u.unit_id,
                u.name,
                u.level,
                u.kind,
                u.region_code,
                u.supervising_unit_id,
                u.credit_code,
                *u.aliases,
            ]
            for u in self.registry.units.values()
        ]

    def _sources(self, year: int) -> list[list[str]]:
        """The sources that the registry names for a year: they set which offices are in scope."""
        return [[source.unit_id, source.url] for source in self.registry.sources_of(year)]
