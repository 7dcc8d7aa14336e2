"""Which tables and columns are given out, and how they hang together (开放的表和字段)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from expectations.forms import editions, load_form
from gipa_pipeline.aggregate.dictionary import Column, Table, tables
from gipa_pipeline.aggregate.rollup import fold


@dataclass(frozen=True, slots=True)
class Resource:
    """A table as given out (资源).

    Attributes:
        name: of its files.
        table: the published table that it is taken from.
        columns: what is given out of it, in order.
        select: the query that gives these columns, sorted by the key.
        references: own columns to the table and columns that they point to.
    """

    name: str
    table: Table
    columns: tuple[Column, ...]
    select: str
    references: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]


_KEPT_BACK = {
    # Where a document could not be read is our own affair, and its wording may name files of this machine.
    "reports": ("error_kind", "error_message", "hybrid"),
    "cells": ("candidates",),
    "findings": ("responsibility", "verdict", "rivals", "places", "evidence"),
    "units": ("host",),
}
_WHERE = {
    # Only what is held against a unit, and was not withdrawn.
    "findings": "WHERE t.responsibility = 'publisher' AND t.verdict = 'fail' AND t.state <> 'dismissed'",
}
_UNIT, _OFFICE = (("unit_id",), "units", ("unit_id",)), (("office_id",), "units", ("unit_id",))
_REPORT = (("unit_id", "year"), "reports", ("unit_id", "year"))
_REFERENCES = {
    "reports": (_UNIT, _OFFICE),
    "cells": (_REPORT,),
    "findings": (_UNIT, _OFFICE),
    "coverage": (_UNIT, _OFFICE),
    "membership": (_UNIT, _OFFICE),
    "consolidated": (_OFFICE,),
    "consolidated_tree": (_OFFICE,),
    "lineage": (
        (("office_id", "year", "cell_id"), "consolidated", ("office_id", "year", "cell_id")),
        (("unit_id", "year", "source_cell_id"), "cells", ("unit_id", "year", "cell_id")),
    ),
}
NAMES = (
    "units",
    "forms",
    "form_cells",
    "reports",
    "cells",
    "coverage",
    "findings",
    "membership",
    "consolidated",
    "consolidated_tree",
    "lineage",
)
"""The tables that are given out, those that others point to first."""
_URL = Column(
    "url",
    "VARCHAR",
    "来源网址；由单位直接报送文件的为空",
    "Address of the document; null for files that were handed in",
)


@cache
def resources() -> tuple[Resource, ...]:
    """Every table that is given out."""
    known = {table.name: table for table in tables()}
    return tuple(_lineage(known) if name == "lineage" else _resource(known[name]) for name in NAMES)


def _lineage(known: Mapping[str, Table]) -> Resource:
    """Each consolidated figure beside the units' cells that it is the sum of (数据来源关系), a row a summand."""
    sums, cells = ({c.name: c for c in known[name].columns} for name in ("consolidated", "cells"))
    columns = (
        *(sums[name] for name in ("office_id", "year", "cell_id")),
        cells["unit_id"],
        Column(
            "source_cell_id",
            "VARCHAR",
            "该单位表中的单元格编号；采用其他年度格式的，可与汇总表的编号不同",
            "The cell in the unit's own form; other than cell_id where the unit used another edition",
        ),
        *(cells[name] for name in ("value", "raw", "document_sha256", "evidence")),
        _URL,
    )
    # Where the form due has no such row, another edition's cell counts in the one that takes its place.
    moved = sorted(
        {
            (target, cell)
            for edition in editions()
            for cell, (target, rank) in fold(load_form(edition)).items()
            if rank
        }
    )
    pairs = ", ".join(f"('{target}', '{cell}')" for target, cell in moved)
    select = f"""
        SELECT c.office_id, c.year, c.cell_id, k.unit_id, k.cell_id AS source_cell_id,
               k.value, k.raw, k.document_sha256, k.evidence, {_public("r")}
        FROM (SELECT office_id, year, cell_id, unnest(unit_ids) AS unit_id FROM consolidated) c
        LEFT JOIN (VALUES {pairs}) AS moved(target, cell) ON moved.target = c.cell_id
        JOIN cells k ON k.unit_id = c.unit_id AND k.year = c.year AND k.cell_id IN (c.cell_id, moved.cell)
        LEFT JOIN reports r ON r.unit_id = k.unit_id AND r.year = k.year
        ORDER BY c.office_id, c.year, c.cell_id, k.unit_id, k.cell_id
    """  # noqa: S608 (our own names)
    table = Table(
        name="lineage",
        key=("office_id", "year", "cell_id", "unit_id", "source_cell_id"),
        chinese="汇总表每个数字的来源：它是哪些单位哪一格之和，各在原文何处",
        english="Where each figure of consolidated comes from: the units' cells it is the sum of, each with its place",
        columns=columns,
        source=None,
        yearly=True,
    )
    return Resource("lineage", table, columns, select, _REFERENCES["lineage"])


def _resource(table: Table) -> Resource:
    columns = [c for c in table.columns if c.name not in _KEPT_BACK.get(table.name, ())]
    chosen = [f't."{c.name}"' for c in columns]
    source = f"{table.name} t"
    if table.name == "reports":
        at = [c.name for c in columns].index("url")
        columns[at], chosen[at] = _URL, _public("t")
    if table.name == "cells":
        # Each figure carries its own way back: address, hash of the bytes, and place in them.
        columns.append(_URL)
        chosen.append(_public("r"))
        source += " LEFT JOIN reports r ON r.unit_id = t.unit_id AND r.year = t.year"
    order = ", ".join(f't."{name}"' for name in table.key)
    where = _WHERE.get(table.name, "")
    select = f"SELECT {', '.join(chosen)} FROM {source} {where} ORDER BY {order}"  # noqa: S608 (our own names)
    return Resource(table.name, table, tuple(columns), select, _REFERENCES.get(table.name, ()))


def _public(alias: str) -> str:
    """An address that others can open; paths of this machine are none."""
    return f"""CASE WHEN regexp_matches({alias}.url, '^https?://', 'i') THEN {alias}.url END AS "url\""""
