"""From documents as read to one report a unit and year (规整): which document counts, and every cell of its form.

Pure: frames in, frames out. Files are the store's, documents the readers'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from expectations.forms import editions, load_form
from gipa_pipeline.normalize.identity import OTHER, Identity, UnitLike, Units, judge_year

if TYPE_CHECKING:
    import pandas as pd

_RANK = {"read": 0, "wrong_year": 1, "wrong_unit": 1, "table_absent": 2, "unreadable": 3, "not_a_report": 4}
"""Which of several documents speaks for a unit: a report that can be read, before one that cannot."""


class RegistryLike(Protocol):
    """What is asked of the registry."""

    @property
    def units(self) -> Mapping[str, Any]: ...  # noqa: D102
    def office_of(self, unit_id: str) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class _Judged:
    """A document with its state, how it was recognised, and what decides between several."""

    row: dict[str, Any]
    state: str
    identity: str


def normalize_year(
    registry: RegistryLike,
    documents: pd.DataFrame,
    cells: pd.DataFrame,
    sections: pd.DataFrame,
    claims: pd.DataFrame,
    notes: pd.DataFrame,
    year: int,
) -> dict[str, pd.DataFrame]:
    """The frames of a year under the contracts ``normalized/*``.

    Args:
        registry: units that were asked for; documents of others are left out.
        documents: ``extracted/documents``, superseded versions included.
        cells: ``extracted/cells`` of the same documents.
        sections: ``extracted/sections``.
        claims: ``extracted/claims``.
        notes: ``extracted/notes``.
        year: the report year.

    Returns:
        ``reports`` (one row a unit that has a document), ``cells`` (every cell of each read report's form),
        ``quarantine``, ``sections``, ``claims``, ``notes`` and ``changes`` (figures that the version before
        showed otherwise).
    """
    from expectations.frames import conform

    units = Units(registry.units)
    judged: dict[str, list[_Judged]] = {}
    for row in _rows(documents):
        if row["year"] == year and row["unit_id"] in registry.units:
            judged.setdefault(row["unit_id"], []).append(_judge(units, registry.units, row, year))
    current = {unit: sorted(found, key=_order)[0] for unit, found in judged.items()}
    keys = {(unit, j.row["document_sha256"]) for unit, j in current.items()}
    reports = [_report(registry, unit, j) for unit, j in sorted(current.items())]
    kept = _of_current(cells, keys, year)
    complete = _complete(kept, [r for r in reports if r["state"] == "read"], year)
    frames = {
        "reports": reports,
        "cells": complete,
        "quarantine": _quarantine(complete, reports, year),
        **{name: _of_current(frame, keys, year) for name, frame in
           (("sections", sections), ("claims", claims), ("notes", notes))},
        "changes": _changes(cells, judged, current, year),
    }  # fmt: skip
    return {name: conform("normalized", name, rows) for name, rows in frames.items()}


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame's rows as plain dictionaries, absent values as None."""
    import pandas as pd
    import pyarrow as pa

    table: pa.Table = pa.Table.from_pandas(frame, preserve_index=False)
    rows: list[dict[str, Any]] = table.to_pylist()
    # Object columns keep NaN and NaT where arrow columns have None.
    return [{k: None if v is pd.NaT or v != v else v for k, v in row.items()} for row in rows]


def _judge(units: Units, known: Mapping[str, UnitLike], row: dict[str, Any], year: int) -> _Judged:
    if row["state"] != "read" and row["state"] != "table_absent":
        return _Judged(row, row["state"], "未能读出，以名录为准")
    who = units.judge(row["unit_id"], row["title"], row["agency"], row["index_number"])
    when = judge_year(year, row["title"], (row["period_from"], row["period_to"]), row["published"])
    state = row["state"]
    if when.verdict == OTHER:
        state = "wrong_year"
    if who.verdict == OTHER:
        state = "wrong_unit"
    return _Judged(row, state, _told(who, when))


def _told(who: Identity, when: Identity) -> str:
    return f"{who.evidence}；{when.evidence}"


def _order(judged: _Judged) -> tuple[Any, ...]:
    row = judged.row
    fetched: date | None = row["first_fetched"]
    return (
        _RANK[judged.state],
        # A page may go back to what it was before: then the older bytes are what it shows.
        row.get("published_now") is False,
        -(fetched.toordinal() if fetched else 0),
        row["url"] or "",
        row["document_sha256"],
    )


_REPORT = (
    *("unit_id", "year", "document_sha256", "url", "media_type", "medium", "template", "hybrid", "title"),
    *("agency", "document_year", "published", "index_number", "notice", "period_from", "period_to"),
    *("error_kind", "error_message", "first_fetched"),
)


def _report(registry: RegistryLike, unit: str, judged: _Judged) -> dict[str, Any]:
    return {name: judged.row.get(name) for name in _REPORT} | {
        "office_id": registry.office_of(unit),
        "state": judged.state,
        "identity": judged.identity,
    }


def _of_current(frame: pd.DataFrame, keys: set[tuple[str, str]], year: int) -> pd.DataFrame:
    """The rows of the current documents."""
    import pandas as pd

    wanted = pd.MultiIndex.from_tuples(sorted(keys), names=["unit_id", "document_sha256"])
    pairs = pd.MultiIndex.from_arrays(
        [frame["unit_id"].astype("object"), frame["document_sha256"].astype("object")]
    )
    return frame[pairs.isin(wanted) & (frame["year"] == year).to_numpy(dtype=bool)]


def _complete(cells: pd.DataFrame, reports: list[dict[str, Any]], year: int) -> pd.DataFrame:
    """Every cell of each report's form, as ``missing`` where the reader gave none."""
    import pandas as pd

    parts = []
    for edition in editions():
        form = load_form(edition)
        units = [r for r in reports if r["template"] == edition]
        ids = list(form.cells)
        parts.append(
            pd.DataFrame(
                {
                    "unit_id": [r["unit_id"] for r in units for _ in ids],
                    "document_sha256": [r["document_sha256"] for r in units for _ in ids],
                    "cell_id": ids * len(units),
                    "table": [form.cells[c].table for c in ids] * len(units),
                    "row": [form.cells[c].row for c in ids] * len(units),
                    "column": [form.cells[c].column for c in ids] * len(units),
                },
                dtype="object",
            )
        )
    wanted = pd.concat(parts, ignore_index=True)
    given = cells[["unit_id", "cell_id", "value", "status", "raw", "candidates", "evidence", "readers"]]
    given = given.astype({"unit_id": "object", "cell_id": "object"}).drop_duplicates(["unit_id", "cell_id"])
    merged = wanted.merge(given, on=["unit_id", "cell_id"], how="left")
    merged["year"] = year
    merged["status"] = merged["status"].astype("object").where(merged["status"].notna(), "missing")
    merged["agreement"] = (
        merged["readers"].map(lambda r: len(r) if hasattr(r, "__len__") else 0).astype("int8")
    )
    return merged


def _quarantine(cells: pd.DataFrame, reports: list[dict[str, Any]], year: int) -> list[dict[str, Any]]:
    rows = [
        {
            "unit_id": r["unit_id"],
            "year": year,
            "document_sha256": r["document_sha256"],
            "cell_id": None,
            "raw": None,
            "reason": r["state"],
            "detail": r["error_message"] or r["identity"],
        }
        for r in reports
        if r["state"] != "read"
    ]
    bad = cells[cells["status"] == "unreadable"].sort_values(["unit_id", "cell_id"])
    rows += [
        {
            "unit_id": c.unit_id,
            "year": year,
            "document_sha256": c.document_sha256,
            "cell_id": c.cell_id,
            "raw": c.raw,
            "reason": "unreadable_cell",
            "detail": "所印内容不是可以确定的数字",
        }
        for c in bad.itertuples()
    ]
    return rows


def _changes(
    cells: pd.DataFrame, judged: Mapping[str, list[_Judged]], current: Mapping[str, _Judged], year: int
) -> list[dict[str, Any]]:
    """Figures of a current report that an earlier version, at the same address, showed otherwise.

    Every earlier version counts: one that differs in nothing but a visitor counter must not hide a change before it.
    """
    earlier = {unit: found for unit, now in current.items() if (found := _versions_before(judged[unit], now))}
    shas = {
        (unit, j.row["document_sha256"]) for unit, found in earlier.items() for j in (current[unit], *found)
    }
    values = _values(cells, shas, year)
    rows: list[dict[str, Any]] = []
    for unit, found in sorted(earlier.items()):
        sha256 = current[unit].row["document_sha256"]
        new = values.get((unit, sha256), {})
        told: dict[str, tuple[Any, str]] = {}
        for before in found:
            old = values.get((unit, before.row["document_sha256"]), {})
            for cell in old.keys() & new.keys():
                if old[cell] != new[cell]:
                    told.setdefault(cell, (old[cell], before.row["document_sha256"]))
        rows += [
            {
                "unit_id": unit,
                "year": year,
                "cell_id": cell,
                "before": before,
                "after": new[cell],
                "before_sha256": before_sha256,
                "after_sha256": sha256,
            }
            for cell, (before, before_sha256) in sorted(told.items())
        ]
    return rows


def _versions_before(judged: list[_Judged], now: _Judged) -> list[_Judged]:
    """The other versions of a report that were read from the same address, newest first."""
    same = [
        j
        for j in judged
        if j.state == now.state == "read"
        and j.row["url"] == now.row["url"]
        and j.row["document_sha256"] != now.row["document_sha256"]
        and j.row["template"] == now.row["template"]
    ]
    return sorted(same, key=_order)


def _values(
    cells: pd.DataFrame, wanted: set[tuple[str, str]], year: int
) -> dict[tuple[str, str], dict[str, Any]]:
    """The cells that some versions print for certain, by unit and document."""
    units = {unit for unit, _ in wanted}
    sure = cells[(cells["year"] == year) & (cells["status"] == "reported") & cells["unit_id"].isin(units)]
    found: dict[tuple[str, str], dict[str, Any]] = {key: {} for key in wanted}
    columns = (sure[n] for n in ("unit_id", "document_sha256", "cell_id", "value"))
    for unit, sha256, cell, value in zip(*columns, strict=True):
        if (unit, sha256) in found:
            found[unit, sha256][cell] = value
    return found
