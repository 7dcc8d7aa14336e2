"""The consolidated tables (汇总表): what the units of an office state, added up cell by cell.

Nothing is estimated and nothing is corrected: a figure is the sum of what is printed, and beside it stands
how many units are in it, how many are missing and how many are in doubt there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from expectations.forms import Form, editions, load_form
from expectations.rules import catalogue
from gipa_pipeline.aggregate.engine import connect, sql, to_arrow, to_frame
from gipa_pipeline.aggregate.membership import flat, governments, tree

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

    from gipa_pipeline.registry import Registry

OPEN_STATES = ("open", "sent", "acknowledged", "confirmed")
"""States in which a finding still stands (未了结); dismissed and corrected ones no longer cast doubt."""


def form_due(year: int) -> Form | None:
    """The edition to use for a report year; it sets the cells of the consolidated tables.

    None before 2019: the statistics table of those years is not added up, and its tables have no rows here.
    """
    return next((form for form in map(load_form, editions()) if form.due_in(year)), None)


def fold(form: Form) -> dict[str, tuple[str, int]]:
    """Where a printed cell of any edition counts in ``form``: cell id -> (cell id of the form, rank).

    Equal ids keep their place (rank 0). The 2019 form has one row 其他处理 (``t3.other.*``) where the 2021
    form has three; it goes into ``t3.other_other.*`` (rank 1). Cells without a place are not added up.
    """
    places = {cell: (cell, 0) for cell in form.cells}
    for edition in editions():
        for cell in load_form(edition).cells.values():
            target = f"t3.other_other.{cell.column}"
            if (
                cell.id not in form.cells
                and cell.table == "t3"
                and cell.row == "other"
                and target in form.cells
            ):
                places[cell.id] = (target, 1)
    return places


def not_summed(edition: str, form: Form) -> tuple[str, ...]:
    """Cells of another edition that have no place in ``form``, in printed order (不参加汇总的单元格)."""
    places = fold(form)
    return tuple(cell for cell in load_form(edition).cells if cell not in places)


def standing(findings: pd.DataFrame) -> pd.DataFrame:
    """The findings that still stand; withdrawn and corrected ones left out."""
    return findings[findings["state"].isin(OPEN_STATES)]


def casts_doubt(severity: str, verdict: str, rule: str) -> bool:
    """Whether a finding that stands makes its cells doubtful (存疑): an error, or what would be one if we were sure.

    A rule that the catalogue holds to be an error is told at most as a warning while it rests on our own uncertain
    reading; the cell is no surer for that.
    """
    known = catalogue().get(rule)
    return severity == "error" or (verdict == "uncertain" and known is not None and known.severity == "error")


def consolidate(
    registry: Registry,
    year: int,
    reports: pd.DataFrame,
    cells: pd.DataFrame,
    findings: pd.DataFrame | None = None,
    coverage: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Add up a year's reports for every office (汇总).

    Args:
        registry: units and offices; every unit of an office is expected to report every year.
        year: the report year; its form sets the cells.
        reports: ``normalized`` reports of the year; only those in state ``read`` are added.
        cells: ``normalized`` cells of the year, values as exact decimals.
        findings: ``validated`` findings of the year; without them only blanks and the like cast doubt.
        coverage: not needed for the sums; taken so that all of a year's frames can be passed.

    Returns:
        ``consolidated`` and ``consolidated_tree``, each with the columns office_id, year, cell_id, value
        (decimal(18,6), null where no unit states the cell), units_included, units_missing, units_doubtful,
        unit_ids (the units in the sum, sorted); rows by office, then in the form's printed order.
        An included unit may be doubtful at the same time; a doubtful unit that states nothing is not included.
    """
    offices = sorted(registry.offices())
    with connect() as connection:
        _load(connection, year, reports, cells, findings)
        return {
            "consolidated": _sum(connection, {o: flat(registry, o) for o in offices}),
            "consolidated_tree": _sum(connection, {o: tree(registry, o) for o in offices}),
        }


def in_scope(registry: Registry, year: int, sums: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables without the offices of which nobody looked for any report in that year (范围).

    The figure with the offices below stays where an office below is in scope.
    """
    offices = frozenset(registry.offices_in(year))
    below: set[str] = set(offices)
    for office in offices:
        above = registry.units[office].supervising_unit_id
        while above and above not in below:
            below.add(above)
            above = registry.units[above].supervising_unit_id
    kept = {"consolidated": offices, "consolidated_tree": below}
    return {
        name: frame[frame["office_id"].isin(sorted(kept[name]))].reset_index(drop=True)
        for name, frame in sums.items()
    }


def differences(
    registry: Registry,
    year: int,
    reports: pd.DataFrame,
    cells: pd.DataFrame,
    sums: dict[str, pd.DataFrame],
) -> pd.DataFrame:
    """A government's own consolidated report beside its office's sums, cell by cell (A01).

    Whether a government's report covers the offices below is known from its text only, so both sums are given.

    Returns:
        unit_id (the government), office_id, year, cell_id, reported, consolidated, consolidated_tree,
        difference (reported minus consolidated), difference_tree, units_missing, units_doubtful (of the tree).
        One row for every cell that the report states; a difference is null where no unit states the cell.
    """
    pairs = [(office, unit) for office in registry.offices() for unit in governments(registry, office)]
    with connect() as connection:
        _load(connection, year, reports, cells, None)
        connection.register("pairs", _table(pairs, "office_id", "unit_id"))
        for name in ("consolidated", "consolidated_tree"):
            connection.register(name, to_arrow(sums[name], sum_schema()))
        return to_frame(connection.sql(sql("differences")).to_arrow_table())


def roster(registry: Registry, year: int, reports: pd.DataFrame, coverage: pd.DataFrame) -> pd.DataFrame:
    """Every unit of every office with its part in the office's sum (汇总范围).

    Returns:
        office_id, unit_id, year, scope (``flat``, or ``tree`` for units that count through an office below),
        role (``summand`` or ``consolidation``: a government's own report, never added), included (its report
        is read and added), report_state, coverage_state (null where the frame has no row for the unit).
    """
    import pandas as pd

    report_state = dict(zip(reports["unit_id"], reports["state"], strict=True))
    coverage_state = dict(zip(coverage["unit_id"], coverage["state"], strict=True))
    rows = []
    for office in sorted(registry.offices()):
        direct = flat(registry, office)
        listed = [(u, "flat", "summand") for u in direct]
        listed += [(u, "flat", "consolidation") for u in governments(registry, office)]
        listed += [(u, "tree", "summand") for u in tree(registry, office)[len(direct) :]]
        for unit, scope, role in listed:
            state = report_state.get(unit)
            included = role == "summand" and state == "read"
            rows.append((office, unit, year, scope, role, included, state, coverage_state.get(unit)))
    names = ["office_id", "unit_id", "year", "scope", "role", "included", "report_state", "coverage_state"]
    return pd.DataFrame(rows, columns=names).astype(
        {"year": "int16", "included": "bool", "report_state": "str", "coverage_state": "str"}
    )


def _load(
    connection: duckdb.DuckDBPyConnection,
    year: int,
    reports: pd.DataFrame,
    cells: pd.DataFrame,
    findings: pd.DataFrame | None,
) -> None:
    """Register the year's frames and the form under the names that the SQL files use."""
    import pyarrow as pa

    form = form_due(year)
    connection.execute("SET VARIABLE year = ?", [year])
    text = pa.string()
    connection.register("reports", to_arrow(reports, pa.schema([("unit_id", text), ("state", text)])))
    connection.register("cells", to_arrow(cells, _cell_schema()))
    positions = [(c, i) for i, c in enumerate(form.cells)] if form else []
    connection.register("form_cells", _table(positions, "cell_id", "position"))
    places = fold(form) if form else {}
    connection.register(
        "fold", _table([(c, *place) for c, place in places.items()], "cell_id", "target", "rank")
    )
    doubted = []
    if findings is not None:
        of = standing(findings)
        names = ("unit_id", "cells", "severity", "verdict", "rule")
        doubted = [
            (unit, cell)
            for unit, ids, *told in zip(*(of[n] for n in names), strict=True)
            if casts_doubt(*told)
            for cell in ids
        ]
    connection.register("doubted", _table(doubted, "unit_id", "cell_id"))


def _sum(connection: duckdb.DuckDBPyConnection, units_of: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    pairs = [(office, unit) for office, ids in units_of.items() for unit in ids]
    connection.register("offices", _table([(office,) for office in units_of], "office_id"))
    connection.register("membership", _table(pairs, "office_id", "unit_id"))
    return to_frame(connection.sql(sql("consolidate")).to_arrow_table(), sum_schema())


def _table(rows: Sequence[tuple], *names: str) -> pa.Table:
    """Rows of text and small numbers as an Arrow table, typed even when there is no row."""
    import pyarrow as pa

    numbers = {"position", "rank"}
    return pa.table(
        {
            name: pa.array([row[i] for row in rows], pa.int32() if name in numbers else pa.string())
            for i, name in enumerate(names)
        }
    )


def _cell_schema() -> pa.Schema:
    import pyarrow as pa

    text = pa.string()
    return pa.schema(
        [("unit_id", text), ("cell_id", text), ("value", pa.decimal128(18, 6)), ("status", text)]
    )


def sum_schema() -> pa.Schema:
    """Columns and types of ``consolidated`` and ``consolidated_tree``."""
    import pyarrow as pa

    return pa.schema(
        [
            ("office_id", pa.string()),
            ("year", pa.int16()),
            ("cell_id", pa.string()),
            ("value", pa.decimal128(18, 6)),
            ("units_included", pa.int32()),
            ("units_missing", pa.int32()),
            ("units_doubtful", pa.int32()),
            ("unit_ids", pa.list_(pa.string())),
        ]
    )
