"""The way back from a consolidated figure to the bytes it rests on (溯源).

Everything is read from the frames and the stored documents; a figure that no longer agrees with its parts
is said to be stale, never mended.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from expectations.forms import Cell, editions, load_form
from gipa_pipeline.aggregate.context import context_of
from gipa_pipeline.aggregate.membership import flat, governments, tree
from gipa_pipeline.aggregate.rollup import OPEN_STATES, casts_doubt, fold, form_due
from gipa_pipeline.errors import GipaError

if TYPE_CHECKING:
    from gipa_pipeline.registry import Registry
    from gipa_pipeline.store import Store

Context = Callable[[bytes, Mapping[str, Any]], str | None]
"""Gives what stands around a place in a document's bytes; None where there is no text."""

STATED = ("reported", "inferred")


class NotTraceable(GipaError):
    """A figure that cannot be traced: unknown office, unit, cell or year; the message names near ones."""


@dataclass(frozen=True, slots=True)
class Source:
    """A unit's cell in its document (来源单元格)."""

    unit_id: str
    name: str
    cell_id: str
    value: Decimal | None
    raw: str | None
    status: str
    candidates: tuple[Decimal, ...]
    included: bool
    doubts: tuple[str, ...]
    document_sha256: str
    url: str | None
    place: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Absent:
    """A unit without a usable report (缺报): the report's state and the state in the coverage."""

    unit_id: str
    name: str
    report_state: str | None
    coverage_state: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Bytes:
    """A document's bytes (原件): where they lie, whether they still have their hash, and what stands there."""

    path: str
    size: int | None
    intact: bool
    excerpt: str | None


@dataclass(frozen=True, slots=True)
class Trace:
    """A consolidated figure and all it rests on.

    ``agrees`` is whether the parts still add up to the published figure. ``unit`` and ``document`` are
    filled when one unit is traced down to its bytes.
    """

    office_id: str
    office: str
    year: int
    cell: Cell
    tree: bool
    value: Decimal | None
    units_included: int
    units_missing: int
    units_doubtful: int
    agrees: bool
    sources: tuple[Source, ...]
    absent: tuple[Absent, ...]
    unit: str | None = None
    document: Bytes | None = None


def trace(
    store: Store,
    registry: Registry,
    office: str,
    year: int,
    cell_id: str,
    unit: str | None = None,
    tree: bool = False,
    context: Context = context_of,
) -> Trace:
    """Trace a figure of an office's consolidated table.

    Args:
        store: the data folder.
        registry: units and offices.
        office: an office's id or full name.
        year: the report year.
        cell_id: a cell of the form due in that year.
        unit: trace only this unit's cell, down to its bytes; a government's own report may be asked for too.
        tree: the figure that takes in the offices below.
        context: shows what stands around a place in a document's bytes.

    Raises:
        NotTraceable: unknown office, unit or cell.
        StoreError: the year has not been added up yet, or a document is gone.
    """
    office_id = _find(office, registry, registry.offices(), "主管部门 (office)")
    cell = _cell(cell_id, year)
    units = _units(registry, office_id, tree)
    unit_id = None
    if unit is not None:
        unit_id = _find(
            unit, registry, (*units, *governments(registry, office_id)), "单位 (unit of this office)"
        )
    if not tree and office_id not in registry.offices_in(year):
        raise NotTraceable(
            f"{office_id} {year}: 名录没有登记该主管部门所属单位{year}年度的来源，没有汇总表 (no source of this office "
            f"is listed for {year})。"
        )
    name = "consolidated_tree" if tree else "consolidated"
    figures = _rows(store, "aggregated", year, name, office_id=(office_id,), cell_id=(cell.id,))
    if not figures:
        raise NotTraceable(
            f"{office_id} {year} {cell.id}: 汇总表中没有这一格。请重新汇总：gipa run --year {year}。"
        )
    figure = figures[0]
    wanted = units if unit_id is None else (unit_id,)
    sources, absent = _parts(store, registry, year, cell, wanted)
    stated = [source.value for source in sources if source.included and source.value is not None]
    complete = unit_id is not None or (
        sum(stated, Decimal(0)) == (figure["value"] or 0) and len(stated) == figure["units_included"]
    )
    document = None
    if unit_id is not None and sources:
        document = _bytes(store, sources[0], context)
    return Trace(
        office_id=office_id,
        office=registry.units[office_id].name,
        year=year,
        cell=cell,
        tree=tree,
        value=figure["value"],
        units_included=figure["units_included"],
        units_missing=figure["units_missing"],
        units_doubtful=figure["units_doubtful"],
        agrees=complete,
        sources=sources,
        absent=absent,
        unit=unit_id,
        document=document,
    )


def _units(registry: Registry, office_id: str, with_offices_below: bool) -> tuple[str, ...]:
    return tree(registry, office_id) if with_offices_below else flat(registry, office_id)


def _parts(
    store: Store, registry: Registry, year: int, cell: Cell, units: tuple[str, ...]
) -> tuple[tuple[Source, ...], tuple[Absent, ...]]:
    form = form_due(year)
    places = fold(form) if form else {}
    printed = [source for source, (target, _) in places.items() if target == cell.id]
    reports_of = {r["unit_id"]: r for r in _rows(store, "normalized", year, "reports", unit_id=units)}
    found = _rows(store, "normalized", year, "cells", cell_id=printed, unit_id=units)
    # The same choice as in the sum: what states a number first, then the cell's own place.
    found.sort(key=lambda c: (c["status"] not in STATED or c["value"] is None, places[c["cell_id"]][1]))
    cell_of = {c["unit_id"]: c for c in reversed(found)}
    findings = _errors(store, year, units, printed)
    coverage = _rows(store, "validated", year, "coverage", unit_id=units)
    coverage_of = {row["unit_id"]: row["state"] for row in coverage}
    sources, absent = [], []
    for unit_id in units:
        report, name = reports_of.get(unit_id), registry.units[unit_id].name
        if report is None or report["state"] != "read":
            state = None if report is None else report["state"]
            reason = None if report is None else report.get("error_message")
            absent.append(Absent(unit_id, name, state, coverage_of.get(unit_id), reason))
            continue
        sources.append(_source(name, cell, report, cell_of.get(unit_id), findings.get(unit_id, [])))
    return tuple(sources), tuple(absent)


def _source(
    name: str, cell: Cell, report: Mapping[str, Any], found: Mapping[str, Any] | None, errors: list[str]
) -> Source:
    if found is None:
        found = {
            "cell_id": cell.id, "value": None, "raw": None, "status": "missing", "candidates": (), "evidence": None,
        }  # fmt: skip
    included = found["status"] in STATED and found["value"] is not None
    doubts = [] if included else [found["status"]]
    return Source(
        unit_id=report["unit_id"],
        name=name,
        cell_id=found["cell_id"],
        value=found["value"] if included else None,
        raw=found["raw"],
        status=found["status"],
        candidates=tuple(found["candidates"] or ()),
        included=included,
        doubts=(*doubts, *errors),
        document_sha256=report["document_sha256"],
        url=report["url"],
        place=json.loads(found["evidence"] or "{}"),
    )


def _errors(store: Store, year: int, units: tuple[str, ...], cells: list[str]) -> dict[str, list[str]]:
    """For every unit, the messages of the open findings that make the cell doubtful (``R01: …``)."""
    rows = _rows(store, "validated", year, "findings", unit_id=units, state=OPEN_STATES)
    found: dict[str, list[str]] = {}
    for row in rows:
        doubted = casts_doubt(row["severity"], row["verdict"], row["rule"])
        if doubted and set(row["cells"] or ()) & set(cells):
            found.setdefault(row["unit_id"], []).append(f"{row['rule']}：{row['message']}")
    return found


def _rows(store: Store, stage: str, year: int, name: str, **wanted: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of a frame whose columns hold one of the wanted values; filtered before they become Python."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = store.read_table(stage, year, name)
    for column, values in wanted.items():
        table = table.filter(pc.is_in(table[column], value_set=pa.array(values, pa.string())))
    return table.to_pylist()


def _bytes(store: Store, source: Source, context: Context) -> Bytes:
    path = store.object_path(source.document_sha256)
    shown = path.relative_to(store.root).as_posix()
    if not path.is_file():
        return Bytes(shown, None, False, None)
    data = path.read_bytes()
    intact = hashlib.sha256(data).hexdigest() == source.document_sha256
    excerpt = context(data, source.place) if intact else None
    return Bytes(shown, len(data), intact, excerpt)


def _cell(cell_id: str, year: int) -> Cell:
    form = form_due(year)
    if form is None:
        raise NotTraceable(f"{year} 年度没有可汇总的法定格式 (no form to add up before 2019)。")
    if cell_id in form.cells:
        return form.cells[cell_id]
    places = fold(form)
    if cell_id in places:
        raise NotTraceable(f"{cell_id} 在 {year} 年度的汇总表中计入 {places[cell_id][0]}，请溯源该格。")
    if any(cell_id in load_form(edition).cells for edition in editions()):
        raise NotTraceable(f"{cell_id} 不在 {year} 年度应用的格式（{form.edition}）中，不参加汇总。")
    raise NotTraceable(f"没有单元格 {cell_id!r} (no such cell)。{_near(cell_id, form.cells)}")


def _find(wanted: str, registry: Registry, ids: Iterable[str], what: str) -> str:
    """The id that is meant by an id or a full name."""
    ids = tuple(ids)
    if wanted in ids:
        return wanted
    named = [i for i in ids if registry.units[i].name == wanted]
    if len(named) == 1:
        return named[0]
    near = _near(wanted, {i: i for i in ids} | {registry.units[i].name: i for i in ids})
    raise NotTraceable(f"没有这个{what}：{wanted!r}。{near}")


def _near(wanted: str, known: Mapping[str, Any]) -> str:
    """The names most like the one asked for, as a sentence."""
    close = difflib.get_close_matches(wanted, list(known), n=5, cutoff=0.4) or sorted(known)[:5]
    return f"相近的有：{'、'.join(close)}。" if close else ""
