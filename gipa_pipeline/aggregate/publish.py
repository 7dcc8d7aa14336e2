"""The published database (发布库, ``gipa.duckdb``): every table built anew from the frames, then put in place.

What the tables mean stands in ``tables.toml``. Nothing is computed here that is not in a frame already.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.forms import editions, load_form
from gipa_pipeline import store_files
from gipa_pipeline.aggregate.dictionary import VIEWS, Table, tables, view_meaning, view_sql
from gipa_pipeline.aggregate.engine import connect
from gipa_pipeline.aggregate.membership import flat
from gipa_pipeline.aggregate.rollup import roster
from gipa_pipeline.store import Store, digest_of

if TYPE_CHECKING:
    import duckdb

    from gipa_pipeline.registry import Registry, Unit

LAYOUT = "1"
"""Version of the tables' layout; raised when a table or column changes its meaning."""
NAME = "gipa.duckdb"


@dataclass(frozen=True, slots=True)
class Published:
    """Where the database lies, whether it was built anew, its rows by table, and the digest of its inputs."""

    path: Path
    changed: bool
    rows: dict[str, int]
    inputs: str


def publish_database(store: Store, registry: Registry, years: Sequence[int]) -> Published:
    """Build the database beside its place and rename it there; skip it when nothing that goes in has changed.

    A program that is killed on the way leaves the old file; a reader that has the old one open keeps it.
    """
    path = store.root / NAME
    with store.lock():
        inputs = inputs_digest(store, registry, years)
        rows = _current_rows(path, inputs)
        if rows is not None:
            return Published(path, False, rows, inputs)
        with staged(path) as temporary, connect(str(temporary)) as connection:
            rows = publish(store, registry, years, connection)
    return Published(path, True, rows, inputs)


@contextlib.contextmanager
def staged(path: Path) -> Iterator[Path]:
    """A place beside ``path`` to build a database in; it takes the place of ``path`` if the block succeeds.

    Close every connection within the block.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".tmp-{path.name}")
    log = temporary.with_name(temporary.name + ".wal")
    for left in (temporary, log):
        left.unlink(missing_ok=True)
    try:
        yield temporary
        # A database that is closed in order has written its log into itself.
        if log.exists():
            raise RuntimeError(f"{temporary}: a connection is still open")
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        store_files.replace(temporary, path)
    finally:
        for left in (temporary, log):
            left.unlink(missing_ok=True)


def publish(
    store: Store, registry: Registry, years: Sequence[int], connection: duckdb.DuckDBPyConnection
) -> dict[str, int]:
    """Create and fill every table and view in an empty database; returns the rows by table.

    Equal frames give equal tables in equal order. A frame that a year has not got leaves no rows.
    """
    fillings = _from_registry(store, registry, years)
    fillings["about"] = [
        ("inputs", inputs_digest(store, registry, years)),
        ("layout", LAYOUT),
        ("years", ",".join(map(str, sorted(years)))),
    ]
    rows = {}
    for table in tables():
        _create(connection, table)
        if table.source:
            _fill(connection, table, _files(store, table, years))
        elif fillings[table.name]:
            marks = ", ".join("?" * len(table.columns))
            connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", fillings[table.name])  # noqa: S608 (our own table names)
        rows[table.name] = connection.table(table.name).count("*").fetchall()[0][0]
    for name in VIEWS:
        connection.execute(f"CREATE VIEW {name} AS {view_sql(name)}")
        connection.execute(f"COMMENT ON VIEW {name} IS {_quoted(' | '.join(view_meaning(name)))}")
    return rows


def inputs_digest(store: Store, registry: Registry, years: Sequence[int]) -> str:
    """A digest of all that goes into the database: frames, registry, forms, and the tables' own definition."""
    package = resources.files(__package__)
    parts: dict[str, Any] = {
        "layout": [LAYOUT, (package / "tables.toml").read_text(encoding="utf-8"), *map(view_sql, VIEWS)],
        "years": sorted(years),
        "units": [astuple(unit) for unit in registry.units.values()],
        "forms": {e: [c.label for c in load_form(e).cells.values()] for e in editions()},
    }
    for table in tables():
        for file in _files(store, table, years):
            parts[f"{table.name}/{file.relative_to(store.root).as_posix()}"] = _frame_digest(table, file)
    return digest_of(parts)


def _frame_digest(table: Table, file: Path) -> str:
    """The digest of a frame's file; of the published columns only where the file also holds clock times."""
    if table.name != "fetches":
        return hashlib.sha256(file.read_bytes()).hexdigest()
    import duckdb

    with duckdb.connect() as connection:
        frame = connection.read_parquet(str(file)).project(_selected(table, None)).to_arrow_table()
    return hashlib.sha256(store_files.frame_bytes(frame, key=list(table.key))).hexdigest()


def _current_rows(path: Path, inputs: str) -> dict[str, int] | None:
    """The rows of the database in place if it was built from these inputs, else None."""
    import duckdb

    if not path.is_file():
        return None
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error:
        return None  # damaged, or held by a writer: it is replaced either way
    with connection:
        try:
            about = dict(connection.sql("SELECT item, value FROM about").fetchall())
            if about.get("inputs") != inputs:
                return None
            return {t.name: connection.table(t.name).count("*").fetchall()[0][0] for t in tables()}
        except duckdb.Error:
            return None  # a database of another make


def _files(store: Store, table: Table, years: Sequence[int]) -> list[Path]:
    if table.source is None:
        return []
    stage, name = table.source.split("/")
    places = [store.frame_path(stage, year if table.yearly else None, name) for year in sorted(years)]
    return [path for path in dict.fromkeys(places) if path.is_file()]


def _create(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = ", ".join(f'"{c.name}" {c.type}' for c in table.columns)
    connection.execute(f"CREATE TABLE {table.name} ({columns})")
    connection.execute(f"COMMENT ON TABLE {table.name} IS {_quoted(f'{table.chinese} | {table.english}')}")
    for c in table.columns:
        connection.execute(
            f'COMMENT ON COLUMN {table.name}."{c.name}" IS {_quoted(f"{c.chinese} | {c.english}")}'
        )


def _fill(connection: duckdb.DuckDBPyConnection, table: Table, files: list[Path]) -> None:
    if not files:
        return
    names = [str(file) for file in files]
    source = connection.read_parquet(names, union_by_name=True)
    columns = _selected(table, source.columns)
    key = ", ".join(f'"{name}" NULLS FIRST' for name in table.key if name in source.columns)
    source.create_view("source", replace=True)
    connection.execute(f"INSERT INTO {table.name} SELECT {columns} FROM source ORDER BY {key}")  # noqa: S608 (our own names)
    connection.execute("DROP VIEW source")


_SETTLED = {
    ("fetches", "outcome"): "CASE WHEN sha256 IS NULL THEN outcome ELSE 'stored' END",
    ("fetches", "status"): "CASE WHEN sha256 IS NOT NULL AND status = 304 THEN 200 ELSE status END",
}
"""Columns that say of a document only that it is there: not whether it was new when last looked at."""


def _selected(table: Table, there: Sequence[str] | None) -> str:
    """The columns as published; those that a frame of before has not got are null."""
    chosen = []
    for c in table.columns:
        known = there is None or c.name in there
        value = _SETTLED.get((table.name, c.name), f'"{c.name}"') if known else "NULL"
        chosen.append(f'CAST({value} AS {c.type}) AS "{c.name}"')
    return ", ".join(chosen)


def _from_registry(store: Store, registry: Registry, years: Sequence[int]) -> dict[str, list[tuple]]:
    def described(unit: Unit) -> tuple[str, ...]:
        return unit.unit_id, unit.name, unit.level, unit.kind, unit.region_code

    units = sorted(registry.units.values(), key=lambda u: u.unit_id)
    return {
        "units": [
            (*described(u), registry.office_of(u.unit_id), u.supervising_unit_id, u.host) for u in units
        ],
        "offices": [
            (u.unit_id, u.name, u.level, u.region_code, u.supervising_unit_id, len(flat(registry, u.unit_id)))
            for u in units
            if u.unit_id in registry.offices()
        ],
        "forms": [
            (f.edition, f.document_number, f.first_year, f.last_year) for f in map(load_form, editions())
        ],
        "form_cells": [
            (e, i, c.id, c.table, c.row, c.column, c.row_label, c.column_label, c.unit, c.kind)
            for e in editions()
            for i, c in enumerate(load_form(e).cells.values())
        ],
        "membership": [row for year in sorted(years) for row in _membership(store, registry, year)],
    }


def _membership(store: Store, registry: Registry, year: int) -> list[tuple]:
    if not (
        store.has_frame("normalized", year, "reports") and store.has_frame("validated", year, "coverage")
    ):
        return []
    reports = store.read_frame("normalized", year, "reports", ["unit_id", "state"])
    coverage = store.read_frame("validated", year, "coverage", ["unit_id", "state"])
    frame = roster(registry, year, reports, coverage)
    frame = frame.astype(object).where(frame.notna(), None)
    return list(frame.itertuples(index=False, name=None))


def _quoted(text: str) -> str:
    """A text as an SQL literal; comments take no parameters."""
    return "'" + text.replace("'", "''") + "'"
