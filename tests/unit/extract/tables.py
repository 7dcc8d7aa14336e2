"""Random tables 3 that keep the form's sums, and what publishers do to them."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from expectations.forms import Form, load_form
from expectations.forms.model import T3_CARRIED_OUT, T3_INFLOW, T3_TOTAL

FORM = load_form("2021")
Table = dict[str, int]


def random_table(rng: Random, largest: int, *, filled: float = 0.4, form: Form = FORM) -> Table:
    """A table 3 whose identities hold; ``filled`` of its inner cells are not zero."""
    *parts, total = [c.key for c in form.columns]
    new, carried_in = T3_INFLOW
    outcomes = [r.key for r in form.rows if r.key not in (*T3_INFLOW, T3_TOTAL, T3_CARRIED_OUT)]
    table: Table = {}
    for column in parts:
        for row in (*outcomes, T3_CARRIED_OUT):
            table[f"t3.{row}.{column}"] = rng.randint(0, largest) if rng.random() < filled else 0
        flow = sum(table[f"t3.{row}.{column}"] for row in outcomes)
        table[f"t3.{T3_TOTAL}.{column}"] = flow
        flow += table[f"t3.{T3_CARRIED_OUT}.{column}"]
        table[f"t3.{carried_in}.{column}"] = rng.randint(0, flow // 4)
        table[f"t3.{new}.{column}"] = flow - table[f"t3.{carried_in}.{column}"]
    for row in form.rows:
        table[f"t3.{row.key}.{total}"] = sum(table[f"t3.{row.key}.{c}"] for c in parts)
    return {cell: table[cell] for cell in form.table_cells("t3")}


def with_errors(rng: Random, table: Table, count: int) -> Table:
    """The table as a publisher prints it who got ``count`` cells wrong."""
    printed = dict(table)
    for cell in rng.sample(sorted(table), k=count):
        old = printed[cell]
        printed[cell] = rng.choice(
            (old + 1, max(0, old - 1), old * 10, old // 10, old + rng.randint(2, 99), 0)
        )
    return printed


def broken(values: Mapping[str, int], form: Form = FORM) -> list[tuple[str, ...]]:
    """The cells of every identity of table 3 that the values break."""
    return [
        i.cells
        for i in form.identities
        if all(c in values for c in i.cells)
        and sum(values[c] for c in i.left) != sum(values[c] for c in i.right)
    ]


def rows_of(form: Form = FORM) -> list[tuple[str, ...]]:
    """The cells of each row of table 3."""
    return [tuple(f"t3.{row.key}.{c.key}" for c in form.columns) for row in form.rows]


def page(
    table: Mapping[str, object], *, labels: Mapping[str, str] | None = None, head: str = "", form: Form = FORM
) -> str:
    """A web page with table 3 alone: a heading row, then a label and seven cells a row.

    ``labels`` replaces the printed labels of some rows; ``head`` is put before the table.
    """
    named = labels or {}
    lines = [f"<tr><td>{named.get(row.key, row.label)}</td>" for row in form.rows]
    for n, cells in enumerate(rows_of(form)):
        lines[n] += "".join(f"<td>{table[c]}</td>" for c in cells) + "</tr>"
    heading = "<tr><td></td>" + "".join(f"<td>{c.label}</td>" for c in form.columns) + "</tr>"
    body = "\n".join((heading, *lines))
    return f"<html><body>{head}<table>{body}</table></body></html>"
