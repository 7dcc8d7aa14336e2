"""Typed view of a form's data file: cells, rows, columns, sections and the sums they must keep.

How a label is found in a document is not known here; that is ``gipa_pipeline.extract``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

T3_INFLOW = ("new", "carried_in")
"""Rows one and two of table 3: 本年新收, 上年结转."""
T3_TOTAL, T3_CARRIED_OUT = "total", "carried_out"
"""Row (七)总计 and row four, 结转下年度继续办理."""


@dataclass(frozen=True, slots=True)
class Section:
    """One of the six parts of a report (六个部分)."""

    number: int
    title: str
    table: str | None
    variants: tuple[str, ...]
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A value column (列): its key in cell ids, the printed label and what else is printed for it."""

    key: str
    label: str
    variants: tuple[str, ...]
    unit: str = "件"
    kind: str = "count"
    groups: tuple[str, ...] = ()
    unit_printed: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A value row (行): its key in cell ids, the printed label, numbering path and group label."""

    key: str
    label: str
    variants: tuple[str, ...]
    numbering: str = ""
    group: str | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A block of table 2 under one caption (第二十条第(N)项)."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the form (单元格).

    ``kind`` is ``count`` (a whole number of 0 or more), ``change`` (a whole number that may be
    negative) or ``money`` (a decimal in 万元).
    """

    id: str
    table: str
    row: str
    column: str
    row_label: str
    column_label: str
    unit: str
    kind: str
    unit_printed: bool = True

    @property
    def label(self) -> str:
        """The cell as a clerk would name it, e.g. ``表三“(一)予以公开”行“自然人”列``."""
        table = {"t2": "表二", "t3": "表三", "t4": "表四"}[self.table]
        return f"{table}“{self.row_label}”行“{self.column_label}”列"


@dataclass(frozen=True, slots=True)
class Identity:
    """A sum that the form prescribes (勾稽关系): ``sum(left) == sum(right)``.

    ``name`` is unique within a form, e.g. ``R01:new`` or ``K01:total``.
    """

    name: str
    rule: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    text: str

    @property
    def cells(self) -> tuple[str, ...]:
        """Every cell the identity speaks of, left side first."""
        return self.left + self.right


@dataclass(frozen=True, eq=False)
class Form:
    """An edition of the statutory form, read from its data file."""

    edition: str
    document_number: str
    first_year: int
    last_year: int | None
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    groups: tuple[str, ...]
    proceedings: tuple[Column, ...]
    cells: Mapping[str, Cell]
    identities: tuple[Identity, ...]
    fingerprints: tuple[str, ...]
    note: str

    def due_in(self, year: int) -> bool:
        """Whether this edition is the one to use for a report year."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)

    def table_cells(self, table: str) -> tuple[str, ...]:
        """The ids of a table's cells in printed order; ``table`` is ``t2``, ``t3`` or ``t4``."""
        return self._by_table[table]

    @cached_property
    def _by_table(self) -> dict[str, tuple[str, ...]]:
        return {t: tuple(c.id for c in self.cells.values() if c.table == t) for t in ("t2", "t3", "t4")}

    @cached_property
    def identities_of(self) -> Mapping[str, tuple[Identity, ...]]:
        """Every cell's identities: the cell's signature, by which a single wrong cell is known."""
        found: dict[str, list[Identity]] = {cell: [] for cell in self.cells}
        for identity in self.identities:
            for cell in identity.cells:
                found[cell].append(identity)
        return {cell: tuple(of) for cell, of in found.items()}


@cache
def editions() -> tuple[str, ...]:
    """The editions at hand, oldest first."""
    files = (entry.name for entry in resources.files(__package__).iterdir())
    return tuple(sorted(n[5:-5] for n in files if n.startswith("form_") and n.endswith(".json")))


@cache
def load_form(edition: str) -> Form:
    """Read an edition's data file.

    Raises:
        FileNotFoundError: no such edition.
    """
    text = (resources.files(__package__) / f"form_{edition}.json").read_text(encoding="utf-8")
    return _form(json.loads(text))


def _form(data: Mapping[str, Any]) -> Form:
    t2, t3, t4 = data["tables"]
    blocks = tuple(
        Block(
            block["caption"],
            tuple(_column(c) for c in block["columns"]),
            tuple(_row(r) for r in block["rows"]),
        )
        for block in t2["blocks"]
    )
    rows = tuple(_row(r) for r in t3["rows"])
    columns = tuple(_column(c, unit=t3["unit"]) for c in t3["columns"])
    proceedings = tuple(
        _column(c, unit=t4["unit"], key=f"{c['proceeding']}.{c['id']}") for c in t4["columns"]
    )
    cells = {c.id: c for c in _cells(blocks, rows, columns, proceedings)}
    return Form(
        edition=data["edition"],
        document_number=data["document_number"],
        first_year=data["report_years"]["from"],
        last_year=data["report_years"]["to"],
        sections=tuple(
            Section(s["no"], s["title"], s["table"], tuple(s["variants"]), tuple(s.get("topics", ())))
            for s in data["sections"]
        ),
        blocks=blocks,
        rows=rows,
        columns=columns,
        groups=tuple(t3["groups"]),
        proceedings=proceedings,
        cells=cells,
        identities=tuple(_identities(data["identities"], rows, columns)),
        fingerprints=tuple(data["fingerprints"]),
        note=t3["note"],
    )


def _column(data: Mapping[str, Any], unit: str = "件", key: str | None = None) -> Column:
    group = data.get("group") or ()
    return Column(
        key=key or data["id"],
        label=data["label"],
        variants=tuple(data["variants"]),
        unit=data.get("unit", unit),
        kind=data.get("kind", "count"),
        groups=(group,) if isinstance(group, str) else tuple(group),
        unit_printed=data.get("unit_printed", True),
    )


def _row(data: Mapping[str, Any]) -> Row:
    return Row(
        key=data["id"],
        label=data["label"],
        variants=tuple(data["variants"]),
        numbering=data.get("numbering", ""),
        group=data.get("group"),
        basis=data.get("basis"),
    )


def _cells(
    blocks: tuple[Block, ...],
    rows: tuple[Row, ...],
    columns: tuple[Column, ...],
    proceedings: tuple[Column, ...],
) -> Iterator[Cell]:
    for block in blocks:
        for row in block.rows:
            for column in block.columns:
                yield _cell("t2", row.key, row.label, column)
    for row in rows:
        for column in columns:
            yield _cell("t3", row.key, row.label, column)
    for column in proceedings:
        proceeding, key = column.key.split(".")
        yield Cell(
            f"t4.{column.key}",
            "t4",
            proceeding,
            key,
            "·".join(column.groups),
            column.label,
            column.unit,
            column.kind,
        )


def _cell(table: str, row: str, row_label: str, column: Column) -> Cell:
    return Cell(
        id=f"{table}.{row}.{column.key}",
        table=table,
        row=row,
        column=column.key,
        row_label=row_label,
        column_label=column.label,
        unit=column.unit,
        kind=column.kind,
        unit_printed=column.unit_printed,
    )


def _identities(
    data: list[Mapping[str, Any]], rows: tuple[Row, ...], columns: tuple[Column, ...]
) -> Iterator[Identity]:
    keys = {"t3.rows": ("row", [r.key for r in rows]), "t3.columns": ("column", [c.key for c in columns])}
    for item in data:
        slot, names = keys[item["each"]] if item["each"] else ("", [""])
        for name in names:
            yield Identity(
                name=f"{item['rule']}:{name}" if name else item["rule"],
                rule=item["rule"],
                left=tuple(c.replace(f"{{{slot}}}", name) for c in item["left"]),
                right=tuple(c.replace(f"{{{slot}}}", name) for c in item["right"]),
                text=item["text"],
            )
