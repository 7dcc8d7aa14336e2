"""The frames of one year that the offices' reports are written from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gipa_pipeline.aggregate.rollup import sum_schema
from gipa_pipeline.report.handed import Version, versions
from gipa_pipeline.settings import Settings
from gipa_pipeline.validate.tolerance import STOPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    import pyarrow as pa

    from gipa_pipeline.registry import Registry
    from gipa_pipeline.store import Store

Row = dict[str, Any]
MOST_YEARS = 7
"""Years that the charts go back over, the report's own among them."""
_CELL_COLUMNS = ("unit_id", "cell_id", "value", "status")


@dataclass(frozen=True)
class YearFacts:
    """One report year as Arrow tables: what was published, found, and added up.

    Built from the store by :func:`load_facts`, or from frames by :meth:`of`. ``document`` gives a document's
    bytes by its hash, where they are at hand: pictures of places are made from them. ``earlier`` are the years
    before, oldest first, of whose cells only the row totals of table 3 are there; ``handed`` what each office was
    handed of this year's reports so far; ``stopped`` says why the year was not added up, if it was not.
    """

    registry: Registry
    settings: Settings
    year: int
    reports: pa.Table
    cells: pa.Table
    findings: pa.Table
    coverage: pa.Table
    consolidated: pa.Table
    consolidated_tree: pa.Table
    document: Callable[[str], bytes | None] | None = None
    earlier: tuple[YearFacts, ...] = ()
    handed: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    stopped: str = ""
    _slices: dict[str, _Sliced] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        registry: Registry,
        year: int,
        settings: Settings | None = None,
        document: Callable[[str], bytes | None] | None = None,
        earlier: tuple[YearFacts, ...] = (),
        handed: Mapping[str, tuple[Version, ...]] | None = None,
        **frames: pd.DataFrame,
    ) -> YearFacts:
        """From pandas frames under the names of this record's tables."""
        import pyarrow as pa

        return cls(
            registry=registry,
            settings=settings or Settings(),
            year=year,
            document=document,
            earlier=earlier,
            handed=handed or {},
            **{n: pa.Table.from_pandas(f, preserve_index=False) for n, f in frames.items()},
        )

    def rows(self, name: str, *, owner: Sequence[str], **wanted: Sequence[str]) -> list[Row]:
        """Rows of a table as plain values with None for null.

        Args:
            name: one of this record's tables.
            owner: the units or, for consolidated tables, the offices whose rows are wanted.
            **wanted: for other columns, the texts of which one must stand there.
        """
        if name not in self._slices:
            by = "office_id" if name.startswith("consolidated") else "unit_id"
            self._slices[name] = _Sliced(getattr(self, name), by)
        rows = [row for one in owner for row in self._slices[name].rows(one)]
        return [row for row in rows if all(row[column] in texts for column, texts in wanted.items())]


class _Sliced:
    """A table cut by its owner once, so that each of thousands of offices need not search all of it."""

    def __init__(self, table: pa.Table, by: str) -> None:
        import pyarrow.compute as pc

        self._table = table.take(pc.sort_indices(table, sort_keys=[(by, "ascending")]))
        owners = self._table[by].to_pylist()
        self._spans: dict[str, tuple[int, int]] = {}
        start = 0
        for end in range(1, len(owners) + 1):
            if end == len(owners) or owners[end] != owners[start]:
                self._spans[owners[start]] = (start, end - start)
                start = end

    def rows(self, owner: str) -> list[Row]:
        start, length = self._spans.get(owner, (0, 0))
        return self._table.slice(start, length).to_pylist()


def load_facts(store: Store, registry: Registry, settings: Settings, year: int) -> YearFacts:
    """Read a year's frames.

    Raises:
        StoreError: a stage before this one has not been run.
    """
    return YearFacts(
        registry=registry,
        settings=settings,
        year=year,
        reports=store.read_table("normalized", year, "reports"),
        cells=store.read_table("normalized", year, "cells"),
        findings=store.read_table("validated", year, "findings"),
        coverage=store.read_table("validated", year, "coverage"),
        consolidated=_sums(store, year, "consolidated"),
        consolidated_tree=_sums(store, year, "consolidated_tree"),
        stopped=_stopped(store, year),
        document=lambda sha: store.get_bytes(sha) if store.object_path(sha).is_file() else None,
        earlier=tuple(_earlier(store, registry, settings, y) for y in years_before(store, year)),
        handed={o: versions(store, year, o) for o in registry.offices_in(year)},
    )


def _stopped(store: Store, year: int) -> str:
    if not (store.folder("aggregated", year) / STOPPED).is_file():
        return ""
    return str(json.loads(store.read_text("aggregated", year, STOPPED))["message"])


def _sums(store: Store, year: int, name: str) -> pa.Table:
    """A consolidated table; of a year that was stopped before it was ever added up, one without rows."""
    if _stopped(store, year) and not store.has_frame("aggregated", year, name):
        return sum_schema().empty_table()
    return store.read_table("aggregated", year, name)


def years_before(store: Store, year: int) -> tuple[int, ...]:
    """The earlier years that were checked, within :data:`MOST_YEARS`, oldest first."""
    before = range(year - MOST_YEARS + 1, year)
    return tuple(y for y in before if store.has_frame("validated", y, "coverage"))


def _earlier(store: Store, registry: Registry, settings: Settings, year: int) -> YearFacts:
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = store.read_table("normalized", year, "cells", _CELL_COLUMNS)
    nothing = pa.table({"office_id": pa.array([], pa.string())})
    return YearFacts(
        registry=registry,
        settings=settings,
        year=year,
        reports=store.read_table("normalized", year, "reports"),
        cells=cells.filter(pc.match_substring_regex(cells["cell_id"], r"^t3\..*\.total$")),
        findings=store.read_table("validated", year, "findings"),
        coverage=store.read_table("validated", year, "coverage"),
        consolidated=nothing,
        consolidated_tree=nothing,
    )
