"""Table 3 in another shape: lying on its side, or its columns over several tables."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

from expectations.forms import Column
from tests.generator.grids import Box, Grid, table_three
from tests.generator.layouts.base import Document, document, layout
from tests.generator.layouts.cms import page
from tests.generator.layouts.html import HTML, article, plain_paragraph, plain_table
from tests.generator.truth import Report

_TABLE_THREE = 10
_ORGANISATIONS = "法人或其他组织"


def _box(report: Report, row: str, column: str) -> Box:
    cell = f"t3.{row}.{column}"
    return Box(report.text(cell), cell=cell)


def on_its_side(report: Report, *, deep: bool) -> Grid:
    """Applicants down the side, results across the head; ``deep``: with the headings of the groups over them."""
    form = report.form
    kinds = [c for c in form.columns if c.groups]
    rows: list[tuple[Box, ...]] = [(Box("申请人情况", colspan=2), *(Box(r.label) for r in form.rows))]
    if deep:
        results = [r for r in form.rows if r.group]
        heads: list[list[Box]] = [[Box("申请人情况", rowspan=3, colspan=2)], [], []]
        for row in form.rows:
            siblings = [r for r in results if r.group == row.group]
            if row.group is None:
                heads[0].append(Box(row.label, rowspan=3))
                continue
            if row is results[0]:
                heads[0].append(Box(form.groups[0], colspan=len(results)))
            if row.group == form.groups[0]:
                heads[1].append(Box(row.label, rowspan=2))
                continue
            if row is siblings[0]:
                heads[1].append(Box(row.group, colspan=len(siblings)))
            heads[2].append(Box(row.label))
        rows = [tuple(head) for head in heads]
    for column in form.columns:
        label = [Box(column.label)] if column.groups else [Box(column.label, colspan=2)]
        if kinds and column is kinds[0]:
            label.insert(0, Box(_ORGANISATIONS, rowspan=len(kinds)))
        rows.append((*label, *(_box(report, row.key, column.key) for row in form.rows)))
    return Grid(tuple(rows), 2 + len(form.rows))


def some_columns(report: Report, columns: Sequence[Column], *, labels: bool) -> Grid:
    """Some of the form's columns with their headings, with the labels of the rows or without."""
    whole = table_three(report)
    kinds = [c for c in columns if c.groups]
    heads = [[Box("申请人情况", colspan=len(columns))], [], []]
    for column in columns:
        if not column.groups:
            heads[1].append(Box(column.label, rowspan=2))
            continue
        if column is kinds[0]:
            heads[1].append(Box(_ORGANISATIONS, colspan=len(kinds)))
        heads[2].append(Box(column.label))
    if labels:
        heads[0].insert(0, whole.rows[0][0])
    wanted = {c.key for c in columns}
    body = [
        tuple(b for b in row if (b.cell is None and labels) or (b.cell or "").rpartition(".")[2] in wanted)
        for row in whole.rows[3:]
    ]
    return Grid((*map(tuple, heads), *body), 3 * labels + len(columns))


def _page(report: Report, rng: Random, grids: Sequence[Grid]) -> Document:
    def table(grid: Grid) -> str:
        return "".join(map(plain_table, grids)) if grid.width == _TABLE_THREE else plain_table(grid)

    text = page(report, rng, article(report, plain_paragraph, table))
    return document(report, ".html", text.encode(), HTML)


@layout("page_turned")
def page_turned(report: Report, rng: Random) -> Document:
    """Table 3 with a row for each kind of applicant."""
    return _page(report, rng, [on_its_side(report, deep=rng.random() < 0.7)])


@layout("page_columns_apart")
def page_columns_apart(report: Report, rng: Random) -> Document:
    """Table 3 in two tables or three: some columns in each, the labels in all of them or in the first alone."""
    columns, labels = report.form.columns, rng.random() < 0.5
    cuts = rng.choice(((1,), (1, 6), (4,), (3,)) if labels else ((1,), (3,), (4,)))
    edges = (0, *cuts, len(columns))
    pieces = [columns[a:b] for a, b in pairwise(edges)]
    grids = [some_columns(report, piece, labels=labels or n == 0) for n, piece in enumerate(pieces)]
    return _page(report, rng, grids)
