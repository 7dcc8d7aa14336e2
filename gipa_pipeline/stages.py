"""The chain, stage by stage (采集→读取→规整→核验→汇总→报告): what each reads, calls and leaves behind.

The command line and the scheduler both call these, so that they cannot do different things. Nothing is
computed here: a stage asks whether its inputs changed, calls one function of its package and writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gipa_pipeline.calendar import Clock, system_clock, today
from gipa_pipeline.registry import Registry
from gipa_pipeline.settings import Settings
from gipa_pipeline.store import Store, digest_of

if TYPE_CHECKING:
    import pandas as pd

STAGES = ("raw", "extracted", "normalized", "validated", "aggregated", "reports")
"""The stage folders in the order of the chain."""

CODE_VERSIONS: Mapping[str, str] = {
    "raw": "1",
    "extracted": "1",
    "normalized": "1",
    "validated": "1",
    "aggregated": "1",
    "reports": "1",
    "published": "1",
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

    def fetch(self, year: int, *, offline: bool = False, progress: Progress | None = None) -> Step:
        """Collect a year's sources (采集): bytes under their hash, outcomes as rows."""
        from gipa_pipeline.fetch import collect, state_digest

        def told(done: int, total: int, row: Any) -> None:
            if progress:
                progress(done, total, f"{row.unit_id} {row.outcome}")

        before = self._fetch_state(year)
        fetches = collect(
            self.registry, self.store, self.settings, year, clock=self.clock, progress=told, offline=offline
        )
        after = state_digest(fetches)
        outcomes = {str(k): int(v) for k, v in fetches["outcome"].value_counts().items()}
        return Step("raw", year, before != after, {"fetches": len(fetches), **outcomes}, after)

    def extract(self, year: int, *, progress: Progress | None = None) -> Step:
        """Read every fetched document of a year (读取)."""
        from gipa_pipeline.extract.reading import VERSION
        from gipa_pipeline.extract.stage import extract_documents
        from gipa_pipeline.fetch import current_documents

        fetches = self.store.read_frame("raw", year, "fetches")
        documents = current_documents(self.registry, fetches)
        limits = self.settings.extract
        inputs = digest_of([self._fetch_state(year), limits.max_bytes, limits.timeout_seconds])
        return self._make(
            "extracted",
            year,
            inputs,
            lambda: extract_documents(self.store, documents, limits, progress),
            version=f"{CODE_VERSIONS['extracted']}.{VERSION}",
        )

    def normalize(self, year: int) -> Step:
        """One report a unit, every cell of its form (规整)."""
        from gipa_pipeline.normalize.tidy import normalize_year

        inputs = digest_of([self.store.digest("extracted", year), self._units()])
        read = self._reader("extracted", year)
        return self._make(
            "normalized",
            year,
            inputs,
            lambda: normalize_year(
                self.registry, read("documents"), read("cells"), read("sections"), read("claims"), read("notes"), year
            ),
        )

    def _fetch_state(self, year: int) -> str:
        from gipa_pipeline.fetch import state_digest

        if not self.store.has_frame("raw", year, "fetches"):
            return ""
        return state_digest(self.store.read_frame("raw", year, "fetches"))

    def _units(self) -> list[Any]:
        """What the registry says of its units, for input digests; sources are in the fetch state."""
        return [
            [u.unit_id, u.name, u.level, u.kind, u.region_code, u.supervising_unit_id, u.credit_code, *u.aliases]
            for u in self.registry.units.values()
        ]

    def _day(self) -> str:
        return today(self.settings, self.clock).isoformat()

    def _reader(self, stage: str, year: int) -> Callable[[str], pd.DataFrame]:
        return lambda name: self.store.read_frame(stage, year, name)

    def _make(
        self,
        stage: str,
        year: int,
        inputs: str,
        work: Callable[[], Mapping[str, pd.DataFrame]],
        version: str | None = None,
    ) -> Step:
        """Run a stage's function unless its inputs and code are those its folder was made of."""
        from expectations.frames import check, frames

        code = version or CODE_VERSIONS[stage]
        with self.store.lock():
            if self.store.is_current(stage, year, inputs, code):
                return Step(stage, year, False, self._counts(stage, year), self.store.digest(stage, year))
            made = work()
            changed = False
            for name, frame in made.items():
                check(stage, name, frame)
                contract = frames()[f"{stage}/{name}"]
                changed |= self.store.write_frame(stage, year, name, frame, key=contract.key)
            self.store.record(stage, year, inputs, code)
        return Step(stage, year, changed, {n: len(f) for n, f in made.items()}, self.store.digest(stage, year))

    def _counts(self, stage: str, year: int) -> dict[str, int]:
        """Rows by frame, from the files' footers."""
        import pyarrow.parquet as pq

        return {
            path.stem: pq.ParquetFile(path).metadata.num_rows for path in sorted(self.store.folder(stage, year).glob("*.parquet"))
        }


def years_of(registry: Registry, wanted: int | None = None) -> Sequence[int]:
    """The report years to run: all that the registry names, or the one told."""
    return (wanted,) if wanted is not None else registry.years()
