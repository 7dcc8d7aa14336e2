"""The chain, stage by stage (采集→读取→规整→核验→汇总→报告): what each reads, calls and leaves behind.

The command line and the scheduler both call these, so that they cannot do different things. Nothing is
computed here: a stage asks whether its inputs changed, calls one function of its package and writes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gipa_pipeline.calendar import Clock, system_clock
from gipa_pipeline.inputs import Inputs
from gipa_pipeline.openlineage import watched
from gipa_pipeline.registry import Registry
from gipa_pipeline.settings import Settings
from gipa_pipeline.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from expectations.outcomes import Outcome
    from gipa_pipeline.validate import Year

STAGES = ("raw", "extracted", "normalized", "validated", "aggregated", "reports")
"""The stage folders in the order of the chain."""

OUTCOMES, EVIDENCE = "outcomes.json", "expectations.json"

CODE_VERSIONS: Mapping[str, str] = {
    "raw": "2",
    "extracted": "9",
    "normalized": "4",
    "validated": "8",
    "aggregated": "3",
    "reports": "10",
    "published": "2",
}
"""Raised when a stage's code gives other results for the same inputs; the scheduler shows what is stale."""

Progress = Callable[[int, int, str], None]
"""Called on long work: how much is done, how much there is, what was done last."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a stage did for a year.

    Attributes:
        stage: the stage's folder.
        year: the report year; None for what is made over all years.
        changed: whether any file of the stage is other than before.
        rows: rows by frame, or counts worth knowing.
        digest: of the stage's outputs; equal outputs, equal digest.
        files: paths worth opening.
    """

    stage: str
    year: int | None
    changed: bool
    rows: Mapping[str, int]
    digest: str
    files: tuple[Path, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Chain:
    """A registry, its settings and a data folder: all that a stage needs."""

    registry: Registry
    settings: Settings
    store: Store
    clock: Clock = system_clock

    @property
    def _inputs(self) -> Inputs:
        return Inputs(self.registry, self.settings, self.store)

    @watched("raw")
    def fetch(self, year: int, *, offline: bool = False, progress: Progress | None = None) -> Step:
        """Collect a year's sources (采集): bytes under their hash, outcomes as rows."""
        from gipa_pipeline.fetch import collect, state_digest

        def told(done: int, total: int, row: Any) -> None:
            if progress:
                progress(done, total, f"{row.unit_id} {row.outcome}")

        before = self._inputs.fetched(year)
        fetches = collect(
            self.registry, self.store, self.settings, year, clock=self.clock, progress=told, offline=offline
        )
        after = state_digest(fetches)
        outcomes = {str(k): int(v) for k, v in fetches["outcome"].value_counts().items()}
        return Step("raw", year, before != after, {"fetches": len(fetches), **outcomes}, after)

    @watched("extracted")
    def extract(self, year: int, *, progress: Progress | None = None) -> Step:
        """Read every fetched document of a year (读取)."""
        from gipa_pipeline.extract.reading import VERSION
        from gipa_pipeline.extract.stage import extract_documents
        from gipa_pipeline.fetch import current_documents

        fetches = self.store.read_frame("raw", year, "fetches")
        documents = current_documents(self.registry, fetches)
        return self._make(
            "extracted",
            year,
            self._inputs.of_extracted(year),
            lambda: extract_documents(self.store, documents, self.settings.extract, progress),
            version=f"{CODE_VERSIONS['extracted']}.{VERSION}",
        )

    @watched("normalized")
    def normalize(self, year: int) -> Step:
        """One report a unit, every cell of its form (规整)."""
        from gipa_pipeline.normalize.tidy import normalize_year

        read = self._reader("extracted", year)
        return self._make(
            "normalized",
            year,
            self._inputs.of_normalized(year),
            lambda: normalize_year(
                self.registry,
                read("documents"),
                read("cells"),
                read("sections"),
                read("claims"),
                read("notes"),
                year,
            ),
        )

    @watched("validated")
    def validate(self, year: int) -> Step:
        """Every rule on a year's reports, against the year before where it is there (核验)."""
        from gipa_pipeline.ledger import has_ledger, settle
        from gipa_pipeline.validate import validate_year

        def work() -> Mapping[str, pd.DataFrame | str]:
            fetches = self.store.read_frame("raw", year, "fetches")
            last = self._normalized(year - 1) if self._has(year - 1) else None
            now = self._normalized(year)
            made = validate_year(self.registry, self.settings, year, now, last, fetches)
            results, coverage = made["rule_results"], made["coverage"]
            found, by = made["findings"], self._inputs.of_judging(CODE_VERSIONS)
            findings = settle(self.store, self.registry, year, found, results, coverage, now, last, by)
            frames = {"findings": findings, "rule_results": results, "coverage": coverage}
            outcomes = json.dumps([asdict(o) for o in made["outcomes"]], ensure_ascii=False, indent=1)
            return {**frames, OUTCOMES: outcomes + "\n", EVIDENCE: made["expectations"]}

        inputs = self._inputs.of_validated(year)
        return self._make("validated", year, inputs, work, intact=has_ledger(self.store, year))

    def verdicts_stand(self, year: int) -> bool:
        """Whether the verdicts are those of what was last fetched, read and set, by the present rules."""
        made = {"normalized": self._inputs.of_normalized, "validated": self._inputs.of_validated}
        return self.store.has_frame("validated", year, "rule_results") and all(
            self.store.is_current(stage, year, inputs(year), CODE_VERSIONS[stage])
            for stage, inputs in made.items()
        )

    @watched("aggregated")
    def aggregate(self, year: int, accept: Collection[str] = ()) -> Step:
        """The consolidated tables of every office (汇总).

        Args:
            year: the report year.
            accept: tolerance rules that shall not stop it this time.

        Raises:
            ToleranceExceeded: too much of the year is lost or in doubt; the sums that are there stay, and the
                offices' pages say so instead of showing them.
        """
        from gipa_pipeline.aggregate import consolidate, in_scope
        from gipa_pipeline.validate.tolerance import (
            STOPPED,
            ToleranceExceeded,
            exceeded,
            measures,
            stopped_text,
        )

        normalized, validated = self._reader("normalized", year), self._reader("validated", year)

        def work() -> Mapping[str, pd.DataFrame]:
            reports, cells = normalized("reports"), normalized("cells")
            last = self.store.read_frame("normalized", year - 1, "reports") if self._has(year - 1) else None
            if beyond := exceeded(measures(self.settings, reports, cells, last), accept):
                told = json.dumps({"message": stopped_text(year, beyond)}, ensure_ascii=False)
                self.store.write_text("aggregated", year, STOPPED, told + "\n")
                raise ToleranceExceeded(year, beyond)
            (self.store.folder("aggregated", year) / STOPPED).unlink(missing_ok=True)
            sums = consolidate(
                self.registry, year, reports, cells, validated("findings"), validated("coverage")
            )
            return in_scope(self.registry, year, sums)

        try:
            return self._make("aggregated", year, self._inputs.of_aggregated(year), work)
        except ToleranceExceeded:
            # Pages of an earlier run would show its sums as if nothing had happened.
            self.report(year)
            raise

    @watched("reports")
    def report(self, year: int) -> Step:
        """The page and the workbook of every office (报告)."""
        from gipa_pipeline.report import write_office_reports

        inputs = self._inputs.of_reports(year)
        folder = self.store.folder("reports", year)
        with self.store.lock():
            earlier = self.store.digest("reports", year)
            if not self.store.is_current("reports", year, inputs, CODE_VERSIONS["reports"]):
                write_office_reports(self.store, self.registry, self.settings, year)
                self.store.record("reports", year, inputs, CODE_VERSIONS["reports"])
            digest = self.store.digest("reports", year)
        files = [
            folder / office / name
            for office in self.registry.offices_in(year)
            for name in ("index.html", "consolidated.xlsx")
        ]
        files += [folder / "index.html", folder / "operator.html"]
        there = tuple(path for path in files if path.is_file())
        return Step("reports", year, earlier != digest, {"files": len(there)}, digest, there)

    def publish(self, years: Sequence[int]) -> Step:
        """The yearly series and the published database over all years (发布)."""
        from gipa_pipeline.aggregate import publish_database

        self.series(years)
        published = publish_database(self.store, self.registry, years)
        return Step("published", None, published.changed, published.rows, published.inputs, (published.path,))

    def series(self, years: Sequence[int]) -> Step:
        """Every unit's cells over the years (历年序列)."""
        from expectations.frames import check
        from gipa_pipeline.aggregate import series

        columns = ["unit_id", "year", "cell_id", "value", "status"]
        made = series(
            [self.store.read_frame("normalized", y, "cells", columns) for y in years if self._has(y)]
        )
        check("aggregated", "series", made)
        with self.store.lock():
            changed = self.store.write_frame("aggregated", None, "series", made)
        return Step("aggregated", None, changed, {"series": len(made)}, self.store.digest("aggregated", None))

    def outcomes(self, year: int) -> list[Outcome]:
        """One outcome a rule, as the last check of the year left them."""
        from expectations.outcomes import Outcome

        stored = json.loads(self.store.read_text("validated", year, OUTCOMES))
        return [Outcome(**{**o, "sample": tuple(o["sample"])}) for o in stored]

    def findings(self, year: int) -> pd.DataFrame:
        """The year's findings."""
        return self.store.read_frame("validated", year, "findings")

    def summary(self, year: int) -> list[str]:
        """A few lines on a year for a terminal: what arrived, what was found, what is missing."""
        from collections import Counter

        from gipa_pipeline.aggregate.rollup import standing

        coverage = self.store.read_frame("validated", year, "coverage")
        findings = standing(self.findings(year))
        lines = []
        for office in self.registry.offices_in(year):
            states = Counter(coverage.loc[coverage["office_id"] == office, "state"])
            own = findings[(findings["office_id"] == office) & (findings["responsibility"] == "publisher")]
            levels = Counter(own.loc[own["verdict"] == "fail", "severity"])
            told = ", ".join(f"{n} {state.replace('_', ' ')}" for state, n in sorted(states.items()))
            found = ", ".join(
                f"{levels[s]} {s}{'s' if levels[s] != 1 else ''}" for s in ("error", "warning") if levels[s]
            )
            lines.append(f"{year}  {self.registry.units[office].name}: {told}; {found or 'nothing found'}")
        doubtful = int((findings["responsibility"] != "publisher").sum())
        if doubtful:
            held = "1 finding rests" if doubtful == 1 else f"{doubtful} findings rest"
            lines.append(f"{year}  {held} on our own reading; kept for the operator, not held against a unit")
        return lines

    def _has(self, year: int) -> bool:
        return self.store.has_frame("normalized", year, "reports")

    def _normalized(self, year: int) -> Year:
        from gipa_pipeline.validate import Year

        read = self._reader("normalized", year)
        return Year(**{f.name: read(f.name) for f in fields(Year)})

    def _reader(self, stage: str, year: int) -> Callable[[str], pd.DataFrame]:
        return lambda name: self.store.read_frame(stage, year, name)

    def _make(
        self,
        stage: str,
        year: int,
        inputs: str,
        work: Callable[[], Mapping[str, pd.DataFrame | str]],
        version: str | None = None,
        intact: bool = True,
    ) -> Step:
        """Run a stage's function unless its inputs and code are those its folder was made of.

        ``intact`` is false when something that the stage keeps elsewhere is gone.
        """
        from expectations.frames import check, frames

        code = version or CODE_VERSIONS[stage]
        with self.store.lock():
            if intact and self.store.is_current(stage, year, inputs, code):
                return Step(stage, year, False, self._counts(stage, year), self.store.digest(stage, year))
            made = work()
            changed = False
            for name, frame in made.items():
                if isinstance(frame, str):
                    changed |= self.store.write_text(stage, year, name, frame)
                    continue
                check(stage, name, frame)
                contract = frames()[f"{stage}/{name}"]
                changed |= self.store.write_frame(stage, year, name, frame, key=contract.key)
            self.store.record(stage, year, inputs, code)
        rows = {n: len(f) for n, f in made.items() if not isinstance(f, str)}
        return Step(stage, year, changed, rows, self.store.digest(stage, year))

    def _counts(self, stage: str, year: int) -> dict[str, int]:
        """Rows by frame, from the files' footers."""
        import pyarrow.parquet as pq

        return {
            path.stem: pq.ParquetFile(path).metadata.num_rows
            for path in sorted(self.store.folder(stage, year).glob("*.parquet"))
        }


def years_of(registry: Registry, wanted: int | None = None) -> Sequence[int]:
    """The report years to run: all that the registry names, or the one told."""
    return (wanted,) if wanted is not None else registry.years()
