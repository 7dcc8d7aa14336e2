"""``gipa decide``: what a person decides about a finding goes on record; ``--list`` shows the findings."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gipa_pipeline.calendar import CHINA, Clock, system_clock
from gipa_pipeline.commands.places import data_folder
from gipa_pipeline.ledger import STATES, Decision, DecisionRefused, append, restate
from gipa_pipeline.ledger.keep import CORRECTED
from gipa_pipeline.store import Store


def decide(
    data: Path | None,
    finding_id: str,
    action: str,
    *,
    reason: str,
    person: str | None,
    environ: Mapping[str, str],
    clock: Clock = system_clock,
) -> int:
    """Put a decision on record; returns the exit code.

    Raises:
        DecisionRefused: no such finding, or not with this finding.
        StoreError: the ledger or the decisions cannot be read or written.
    """
    store = Store(data_folder(data, environ))
    row = _find(store, finding_id)
    if row["standing"] == CORRECTED and action in ("sent", "acknowledged", "confirmed", "reopened"):
        raise DecisionRefused(
            f"{row['finding_id']} was corrected by a later version of the report; it opens by itself if it "
            "comes back. A note or a dismissal can still be recorded."
        )
    now = clock().astimezone(CHINA).isoformat(timespec="microseconds")
    append(store, Decision(row["finding_id"], now, person or getpass.getuser(), action, reason))
    print(f"{row['finding_id']} {action}: {row['unit_id']} {row['year']} {row['rule']} {row['message']}")
    restate(store, int(row["year"]))
    print(
        "On record, and in force for lists and letters. Run gipa report to renew the office pages and their sums,"
    )
    print("gipa run to renew the database as well.")
    return 0


def list_findings(data: Path | None, environ: Mapping[str, str]) -> int:
    """Print every finding with its id and state, one a line, those that stand first within a year."""
    store = Store(data_folder(data, environ))
    for year in _years(store, "validated/*/findings.parquet"):
        rows = store.read_table("validated", year, "findings").to_pylist()
        for row in sorted(rows, key=lambda r: (STATES.index(r["state"]), r["unit_id"], r["rule"])):
            told = (row["finding_id"], str(year), row["state"], row["severity"], row["rule"], row["unit_id"])
            print("\t".join((*told, row["message"])))
    return 0


def _find(store: Store, wanted: str) -> dict[str, Any]:
    """The finding of this id, or of an id that begins so."""
    found = [row for row in _ledger(store) if wanted and row["finding_id"].startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(row["finding_id"] for row in found[:5])
        raise DecisionRefused(f"{wanted} stands for {len(found)} findings ({ids} …); give more of the id.")
    raise DecisionRefused(f"no finding {wanted!r} in {store.root}; see gipa decide --list.")


def _ledger(store: Store) -> Iterator[dict[str, Any]]:
    columns = ["finding_id", "unit_id", "year", "rule", "message", "standing"]
    for year in _years(store, "ledger/*.parquet"):
        yield from store.read_table("ledger", None, str(year), columns).to_pylist()


def _years(store: Store, pattern: str) -> list[int]:
    names = (path.stem if path.stem.isdigit() else path.parent.name for path in store.root.glob(pattern))
    return sorted(int(name) for name in names if name.isdigit())
