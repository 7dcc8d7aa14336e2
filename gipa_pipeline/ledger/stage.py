"""The ledger in the data folder: read, carried on and written beside a year's findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gipa_pipeline.ledger.decisions import read_decisions
from gipa_pipeline.ledger.keep import bases, keep
from gipa_pipeline.store import Store

if TYPE_CHECKING:
    import pandas as pd

STAGE = "ledger"


def has_ledger(store: Store, year: int) -> bool:
    """Whether a year has a ledger."""
    return store.has_frame(STAGE, None, str(year))


def settle(
    store: Store,
    registry: Any,
    year: int,
    findings: pd.DataFrame,
    results: pd.DataFrame,
    coverage: pd.DataFrame,
    reports: pd.DataFrame,
    last: pd.DataFrame | None,
) -> pd.DataFrame:
    """Carry a year's ledger on and give the findings with their states.

    Doing it again with the same frames changes nothing. The ledger is written first: a run killed before it
    writes its findings finds the same states when it is run again.

    Raises:
        StoreError: the ledger or the decisions cannot be read.
    """
    from expectations.frames import check, conform, frames

    earlier = _rows(store.read_frame(STAGE, None, str(year))) if has_ledger(store, year) else []
    verdicts = dict(
        zip(zip(results["unit_id"], results["rule"], strict=True), results["verdict"], strict=True)
    )
    offices = frozenset(registry.offices_in(year))
    basis = {
        unit: digest
        for unit, digest in bases(registry, reports, last, coverage).items()
        if registry.office_of(unit) in offices
    }
    rows, told = keep(earlier, _rows(findings), verdicts, basis, read_decisions(store))
    ledger = conform(STAGE, "findings", rows)
    check(STAGE, "findings", ledger)
    store.write_frame(STAGE, None, str(year), ledger, key=frames()[f"{STAGE}/findings"].key)
    return conform("validated", "findings", told)


def decided_digest(store: Store, year: int) -> list[list[str]]:
    """The decisions on a year's findings, for input digests."""
    if not has_ledger(store, year):
        return []
    ids = set(store.read_frame(STAGE, None, str(year), ["finding_id"])["finding_id"])
    return [[d.finding_id, d.time, d.action] for d in read_decisions(store) if d.finding_id in ids]


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    import pyarrow as pa

    rows: list[dict[str, Any]] = pa.Table.from_pandas(frame, preserve_index=False).to_pylist()
    return rows
