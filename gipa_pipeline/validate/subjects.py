"""A year's frames as subjects (年度数据转为被检报告), one a unit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gipa_pipeline.model import Claim, ReaderNote, SectionText
from gipa_pipeline.normalize.identity import OTHER, Units
from gipa_pipeline.validate.subject import Subject

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Year:
    """A year's frames ``normalized/*``; ``changes`` may be left out."""

    reports: pd.DataFrame
    cells: pd.DataFrame
    sections: pd.DataFrame
    claims: pd.DataFrame
    notes: pd.DataFrame
    changes: pd.DataFrame | None = None


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame's rows as plain dictionaries, absent values as None."""
    import pyarrow as pa

    rows: list[dict[str, Any]] = pa.Table.from_pandas(frame, preserve_index=False).to_pylist()
    return rows


def subjects_of(registry: Any, year: Year, report_year: int) -> dict[str, Subject]:
    """Every report of a year by its unit; units that the registry no longer names are left out."""
    cells = _cells(year.cells)
    sections = _grouped(year.sections)
    claims, notes = _grouped(year.claims), _grouped(year.notes)
    changes = _grouped(year.changes) if year.changes is not None else {}
    names = _others(registry)
    subjects = {}
    for row in rows_of(year.reports):
        unit_id = row["unit_id"]
        if unit_id not in registry.units:
            continue
        own = cells.get(unit_id, _Cells.none())
        subjects[unit_id] = Subject(
            unit_id=unit_id,
            office_id=registry.office_of(unit_id),
            year=report_year,
            state=row["state"],
            edition=row["template"],
            values=own.values,
            statuses=own.statuses,
            raws=own.raws,
            agreements=own.agreements,
            place=own.place,
            candidates=own.candidates,
            unit=registry.units[unit_id],
            hybrid=bool(row["hybrid"]),
            medium=row["medium"] or "",
            title=row["title"],
            agency=row["agency"],
            published=row["published"],
            period=(row["period_from"], row["period_to"]),
            notice=row["notice"],
            sections=tuple(
                SectionText(s["part"], s["heading"], s["text"])
                for s in sorted(sections.get(unit_id, ()), key=lambda s: s["position"])
            ),
            claims=tuple(
                Claim(c["kind"], c["value"], c["sentence"], c["part"]) for c in claims.get(unit_id, ())
            ),
            notes=tuple(
                ReaderNote(n["kind"], n["detail"], tuple(n["cells"] or ())) for n in notes.get(unit_id, ())
            ),
            changes=tuple((c["cell_id"], c["before"], c["after"]) for c in changes.get(unit_id, ())),
            seen=row["first_fetched"],
            other_names=names(unit_id),
        )
    return subjects


def _others(registry: Any) -> Callable[[str], Callable[[str], str | None]]:
    units = Units(registry.units)

    def of(unit_id: str) -> Callable[[str], str | None]:
        def other(name: str) -> str | None:
            judged = units.judge(unit_id, None, name)
            return name if judged.verdict == OTHER else None

        return other

    return of


def _grouped(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(frame):
        found.setdefault(row["unit_id"], []).append(row)
    return found


@dataclass(frozen=True)
class _Cells:
    """One report's cells; places and candidates are looked up only when a finding needs them."""

    values: Mapping[str, Decimal | None]
    statuses: Mapping[str, str]
    raws: Mapping[str, str | None]
    agreements: Mapping[str, int]
    place: Callable[[str], str | None]
    candidates: Callable[[str], tuple[Decimal, ...]]

    @classmethod
    def none(cls) -> _Cells:
        """A report without cells."""
        return cls({}, {}, {}, {}, lambda _: None, lambda _: ())


def _cells(frame: pd.DataFrame) -> dict[str, _Cells]:
    """Cells by unit, taken out of the frame column by column: a report has two hundred."""
    import pyarrow as pa

    if not frame["unit_id"].is_monotonic_increasing:
        frame = frame.sort_values("unit_id", kind="stable")
    table = pa.Table.from_pandas(frame, preserve_index=False)
    columns = {n: table[n].to_pylist() for n in ("unit_id", "cell_id", "value", "status", "raw", "agreement")}
    places: Sequence[Any] = table["evidence"]
    rivals: Sequence[Any] = table["candidates"]
    starts = [0]
    units = columns["unit_id"]
    starts += [n for n in range(1, len(units)) if units[n] != units[n - 1]]
    found = {}
    for begin, end in zip(starts, [*starts[1:], len(units)], strict=True):
        if begin == end:
            continue
        ids = columns["cell_id"][begin:end]
        at = {cell: begin + n for n, cell in enumerate(ids)}
        found[units[begin]] = _Cells(
            values=dict(zip(ids, columns["value"][begin:end], strict=True)),
            statuses=dict(zip(ids, columns["status"][begin:end], strict=True)),
            raws=dict(zip(ids, columns["raw"][begin:end], strict=True)),
            agreements=dict(zip(ids, columns["agreement"][begin:end], strict=True)),
            place=_looked_up(places, at),
            candidates=_listed(rivals, at),
        )
    return found


def _looked_up(column: Any, at: Mapping[str, int]) -> Callable[[str], str | None]:
    def place(cell: str) -> str | None:
        text = column[at[cell]].as_py() if cell in at else None
        return None if text is None else json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True)

    return place


def _listed(column: Any, at: Mapping[str, int]) -> Callable[[str], tuple[Decimal, ...]]:
    def candidates(cell: str) -> tuple[Decimal, ...]:
        return tuple(column[at[cell]].as_py() or ()) if cell in at else ()

    return candidates
