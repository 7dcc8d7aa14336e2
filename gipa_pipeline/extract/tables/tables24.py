"""Tables 2 and 4 in grids: blocks under captions, and one row of fifteen cells (表二、表四)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

from expectations.forms import Block, Column, Form
from gipa_pipeline.extract.fold import ideographs, plain
from gipa_pipeline.extract.media.document import Document, Grid, GridCell
from gipa_pipeline.extract.tables.labels import core, foreign_heads
from gipa_pipeline.extract.tables.values import cell_reading, is_value, taken_once
from gipa_pipeline.model import CellReading
from gipa_pipeline.normalize.numbers import parse_number


def _spellings(label: str, variants: Sequence[str]) -> frozenset[str]:
    return frozenset(k for k in (core(label), *map(core, variants)) if k)


@cache
def table2_labels(form: Form) -> dict[str, tuple[str, Block]]:
    """Label ideographs of table 2's rows to the row's key and block."""
    return {
        key: (row.key, block)
        for block in form.blocks
        for row in block.rows
        for key in _spellings(row.label, row.variants)
    }


@cache
def table2_headings(form: Form) -> dict[str, set[str]]:
    """Heading ideographs to the column keys they may stand for."""
    keys: dict[str, set[str]] = {}
    for block in form.blocks:
        for column in block.columns:
            for key in _spellings(column.label, column.variants):
                keys.setdefault(key, set()).add(column.key)
    return keys


def read_table2(document: Document, grids: Sequence[Grid], form: Form) -> dict[str, CellReading]:
    """Read table 2's blocks: the first row with each label, under a heading of that block."""
    rows = table2_labels(form)
    cells: dict[str, CellReading] = {}
    columns: dict[str, int] = {}
    captions = False
    unit: str | None = None
    for grid in grids:
        columns = {}
        for n in range(grid.height):
            own = grid.own(n)
            heads = _headings_in(own, form)
            if heads:
                columns, captions = heads, True
                unit = next((u[1] for c in own if (u := _UNIT.search(plain(c.text)))), None)
                continue
            if _foreign_heading(own, form):
                columns, captions = {}, False
                continue
            # A number before the words is the unit's own numbering.
            label = next((c for c in own if ideographs(c.text) and not is_value(plain(c.text))), None)
            found = rows.get(core(label.text)) if label is not None else None
            if label is None or found is None or not captions:
                continue
            key, block = found
            if f"t2.{key}.{block.columns[0].key}" not in cells:
                tail = [c for c in own if c.column > label.column]
                cells.update(_row(document, form, grid, key, block.columns, tail, columns, n, unit))
    return cells


_UNIT = re.compile(r"\((?:单位\s*[:为]?\s*)?(?:人民币)?((?:千|百万|亿|万)?元)\)")


def _foreign_heading(own: Sequence[GridCell], form: Form) -> bool:
    """Whether a row prints column heads of table 2 that only another edition has."""
    words = [ideographs(c.text) for c in own]
    return any(w in foreign_heads(form) for w in words if w)


def _headings_in(own: Sequence[GridCell], form: Form) -> dict[str, int]:
    """Column key to grid column for a heading row; empty for any other row."""
    found: dict[str, int] = {}
    for cell in own:
        if _is_figure(cell.text):
            continue
        for column in _columns_headed(form, ideographs(cell.text)):
            # A converter repeats a wide heading to the right: the figure stands under the first copy.
            found.setdefault(column, cell.column)
    return found


@lru_cache(maxsize=16384)
def _columns_headed(form: Form, words: str) -> tuple[str, ...]:
    """The columns that a heading's ideographs may stand for."""
    return tuple(
        column
        for key, columns in table2_headings(form).items()
        if words == key or (len(key) >= 6 and key in words)
        for column in columns
    )


def _row(
    document: Document,
    form: Form,
    grid: Grid,
    key: str,
    columns: Sequence[Column],
    tail: Sequence[GridCell],
    heads: dict[str, int],
    number: int,
    unit: str | None,
) -> dict[str, CellReading]:
    kinds = {form.cells[f"t2.{key}.{column.key}"].kind for column in columns}
    values = [c for c in tail if any(is_value(plain(c.text), kind) for kind in kinds)]
    if len(columns) == 1 and len({c.text.strip() for c in values}) == 1:
        # A converter that spreads merged cells prints the one figure once a column.
        values = values[:1]
    chosen: list[GridCell | None]
    if len(values) == len(columns):
        ranked = (
            sorted(columns, key=lambda c: heads.get(c.key, 0)) if all(c.key in heads for c in columns) else []
        )
        by_head = dict(zip([c.key for c in ranked], values, strict=False))
        # A unit may print the columns in an order of its own: the headings say which is which.
        chosen = [by_head.get(c.key, v) for c, v in zip(columns, values, strict=True)]
    elif all(c.key in heads for c in columns):
        chosen = [grid.at(number, heads[c.key]) for c in columns]
    else:
        chosen = [*tail[: len(columns)], *[None] * (len(columns) - len(tail))]
    # Copies of the figure to the left are what a converter makes of a merged cell.
    copies = all(v in chosen or v.text == w.text for w, v in pairwise([tail[0], *values])) if values else True
    placed = [c for c in chosen if c is not None and c in values]
    once = taken_once(chosen, number)
    if len(chosen) > 1 and chosen[-1] is None and any(c is not None and c.text.strip() for c in chosen):
        # The row ends before the table does: a cell that was dropped moves those behind it.
        once = [False] * len(chosen)
    out: dict[str, CellReading] = {}
    for column, cell, own in zip(columns, chosen, once, strict=True):
        target = form.cells[f"t2.{key}.{column.key}"]
        # More figures in the row than the form has columns, and not where the heading says: not ours to choose.
        out[target.id] = cell_reading(
            document,
            grid,
            cell,
            target,
            own=own and (len(placed) == len(values) or copies),
            unit_hint=unit if target.kind == "money" else None,
        )
    return out


def _is_figure(text: str) -> bool:
    """Whether a text is plain digits, which need no look for words."""
    return text.isascii() and text.isdigit()


_PROCEEDINGS = (("行政复议",), ("未经复议直接起诉", "直接起诉"), ("复议后起诉", "复议后"))
_T4_HEADS = ("维持", "纠正", "其他", "审结", "计")


def _upright(document: Document, grid: Grid, form: Form) -> dict[str, CellReading]:
    """Table 4 with a row for each proceeding instead of a block of columns."""
    ids = form.table_cells("t4")
    width = len(ids) // len(_PROCEEDINGS)
    found: dict[int, list[GridCell]] = {}
    headed = False
    for n in range(grid.height):
        own = grid.own(n)
        words = [ideographs(c.text) for c in own]
        tail = [w for w in words if w][-width:]
        headed = headed or (len(tail) == width and all(h in w for h, w in zip(_T4_HEADS, tail, strict=True)))
        values = [c for c in own if is_value(plain(c.text))]
        label = next((w for w in reversed(words) if w), "")
        place = next((k for k, names in enumerate(_PROCEEDINGS) if label in names), None)
        if headed and place is not None and len(values) == width:
            found.setdefault(place, values)
    if len(found) != len(_PROCEEDINGS):
        return {}
    cells = [cell for k in range(len(_PROCEEDINGS)) for cell in found[k]]
    return {i: cell_reading(document, grid, c, form.cells[i]) for i, c in zip(ids, cells, strict=True)}


_T4_SIGNS = ("尚未审结", "行政复议")


def _only_values(grid: Grid, number: int) -> bool:
    """Whether a row holds figures, spelled numbers and blanks only."""
    texts = {plain(c.text) for c in grid.row(number) if c is not None}
    return all(t == "一" or parse_number(t).status != "unreadable" or not ideographs(t) for t in texts)


def _t4_order(grid: Grid, number: int, chosen: Sequence[GridCell], count: int) -> list[int] | None:
    """The order in which the chosen cells fill the form, told by the heading over each.

    The form's own order where headings do not stand over their columns (spans lost); None where a heading
    contradicts it and the headings of a block are not all there.
    """
    plan = list(range(count))
    if len(chosen) != count:
        return plan
    kinds: list[int | None] = []
    for cell in chosen:
        stack = (grid.at(n, cell.column) for n in range(number - 1, -1, -1))
        head = next((w for c in stack if c is not None and (w := ideographs(c.text))), "")
        kinds.append(next((k for k, sign in enumerate(_T4_HEADS) if sign in head), None))
    width = len(_T4_HEADS)
    if all(k is None or k == n % width for n, k in enumerate(kinds)):
        return plan
    order: list[int] = []
    for start in range(0, count, width):
        block = kinds[start : start + width]
        if sorted(k for k in block if k is not None) != list(range(width)):
            return None
        order += [start + block.index(k) for k in range(width)]
    return order


def read_table4(document: Document, grids: Sequence[Grid], form: Form) -> dict[str, CellReading]:
    """Read table 4: the first row without words below its headings, fifteen cells wide."""
    ids = form.table_cells("t4")
    for grid in grids:
        words = [
            ideographs("".join(c.text for c in grid.own(n) if not _is_figure(c.text)))
            for n in range(grid.height)
        ]
        head = next((n for n, w in enumerate(words) if _T4_SIGNS[1] in w and "本年新收" not in w), None)
        if head is None or not any(k in "".join(words) for k in ("审结", "维持", "未经复议")):
            continue
        if upright := _upright(document, grid, form):
            return upright
        below = [n for n in range(head + 1, grid.height) if _only_values(grid, n)]
        figures = [n for n in below if any(is_value(plain(c.text)) for c in grid.row(n) if c is not None)]
        if not below:
            continue
        number = figures[0] if figures else below[0]
        row = grid.own(number)
        values = [c for c in row if is_value(plain(c.text))]
        if len(values) == len(ids):
            chosen = values
        elif len(row) == len(ids):
            chosen = row
        elif len(row) > len(ids) and not any(c.text.strip() for c in row[len(ids) :]):
            # A row drawn with bars, filled up to the width of a wider table.
            chosen = row[: len(ids)]
        elif not values:
            chosen = []
        else:
            continue
        order = _t4_order(grid, number, chosen, len(ids))
        if order is None:
            return {}
        chosen = [chosen[n] for n in order] if chosen else []
        once = taken_once(chosen, number) if chosen else [True] * len(ids)
        padded: list[GridCell | None] = [*chosen] if chosen else [None] * len(ids)
        return {
            cell_id: cell_reading(document, grid, cell, form.cells[cell_id], own=own)
            for cell_id, cell, own in zip(ids, padded, once, strict=True)
        }
    return {}
