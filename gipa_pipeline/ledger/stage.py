"""The ledger in the data folder: read, carried on and written beside a year's findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gipa_pipeline.ledger.decisions import read_decisions
from gipa_pipeline.ledger.keep import Figures, Row, bases, keep, states_of
from gipa_pipeline.store import Store, digest_of

if TYPE_CHECKING:
    import pandas as pd

    from gipa_pipeline.validate import Year

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
    now: Year,
    last: Year | None,
    judged_by: str,
) -> pd.DataFrame:
    """Carry a year's ledger on and give the findings with their states.

    Args:
        store: the data folder.
        registry: who is in scope.
        year: the report year.
        findings: ``validated/findings`` as the rules give them.
        results: ``validated/rule_results``.
        coverage: ``validated/coverage``.
        now: the normalized frames of the year.
        last: those of the year before, None when there are none.
        judged_by: digest of the rules, readers and settings of this run.

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
        for unit, digest in bases(registry, now.reports, last.reports if last else None, coverage).items()
        if registry.office_of(unit) in offices
    }
    found = _rows(findings)
    figures = figures_of(now.cells, last.cells if last else None, [*earlier, *found])
    rows, told = keep(earlier, found, verdicts, basis, read_decisions(store), judged_by, figures)
    ledger = conform(STAGE, "findings", rows)
    check(STAGE, "findings", ledger)
    store.write_frame(STAGE, None, str(year), ledger, key=frames()[f"{STAGE}/findings"].key)
    return conform("validated", "findings", told)


def restate(store: Store, year: int) -> bool:
    """Put what people have decided since into the year's findings, without checking anything anew.

    The next run does the same and more: a finding that was withdrawn and is decided about now comes back with it.

    Returns:
        Whether a state changed.

    Raises:
        StoreError: the findings, the ledger or the decisions cannot be read.
    """
    import pyarrow as pa

    if not (has_ledger(store, year) and store.has_frame("validated", year, "findings")):
        return False
    with store.lock():
        findings = store.read_table("validated", year, "findings")
        rows = store.read_table(STAGE, None, str(year)).to_pylist()
        states = {r["finding_id"]: r["state"] for r in states_of(rows, read_decisions(store))}
        before = findings["state"].to_pylist()
        ids = findings["finding_id"].to_pylist()
        now = [states.get(finding_id, state) for finding_id, state in zip(ids, before, strict=True)]
        if now == before:
            return False
        at = findings.schema.get_field_index("state")
        findings = findings.set_column(at, findings.schema.field(at), pa.array(now, pa.string()))
        return store.write_frame("validated", year, "findings", findings)


def figures_of(now: pd.DataFrame, last: pd.DataFrame | None, rows: Iterable[Row]) -> Figures:
    """Digests of what cells state: a finding's own, and all of last year's where its rule looks there too.

    Args:
        now: ``normalized/cells`` of the year.
        last: the same of the year before.
        rows: every finding that may be asked for.
    """
    from expectations.rules import catalogue

    both = frozenset(rule.id for rule in catalogue().values() if "last_year" in rule.needs)
    rows = list(rows)
    this = _stated(now, {row["unit_id"] for row in rows if row["cells"]})
    before = _stated(last, {row["unit_id"] for row in rows if row["rule"] in both})

    def figures(row: Row) -> str:
        own = this.get(row["unit_id"], {})
        stated: list[Any] = [[cell, own.get(cell)] for cell in sorted(row["cells"] or ())]
        if row["rule"] in both:
            stated.append(sorted(before.get(row["unit_id"], {}).items()))
        return digest_of(stated)[:16]

    return figures


def _stated(cells: pd.DataFrame | None, units: set[str]) -> dict[str, dict[str, str]]:
    """By unit and cell, the value, or what is printed where there is none."""
    import pyarrow as pa

    found: dict[str, dict[str, str]] = {}
    if cells is None or not units:
        return found
    wanted = cells.loc[cells["unit_id"].isin(units), ["unit_id", "cell_id", "value", "status", "raw"]]
    table = pa.Table.from_pandas(wanted, preserve_index=False)
    value = table["value"].cast(pa.string()).to_pylist()
    columns = (table[n].to_pylist() for n in ("unit_id", "cell_id", "status", "raw"))
    for text, unit, cell, status, raw in zip(value, *columns, strict=True):
        found.setdefault(unit, {})[cell] = f"{status} {raw or ''}" if text is None else text
    return found


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
