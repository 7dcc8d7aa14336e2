"""Table 2 in grids: blocks of rows under captions (表二)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from expectations.forms import Block, Column, Form
from gipa_pipeline.extract.fold import ideographs, plain
from gipa_pipeline.extract.media.document import Document, Grid, GridCell
from gipa_pipeline.extract.tables.labels import core, foreign_heads
from gipa_pipeline.extract.tables.table2_heads import (
    columns_headed,
    crosswise,
    row_by_headings,
    table2_labels,
)
from gipa_pipeline.extract.tables.values import BESIDE, cell_reading, is_value, taken_once
from gipa_pipeline.model import CellReading


def read_table2(document: Document, grids: Sequence[Grid], form: Form) -> dict[str, CellReading]:
    """Read table 2's blocks: the first row with each label, under a heading of that block."""
    rows = table2_labels(form)
    cells: dict[str, CellReading] = {}
    columns: dict[str, int] = {}
    captions, right = False, 0
    unit: str | None = None
    names = _glossed_labels(grids, rows)
    captioned = [grid for grid in grids if any(_CAPTION in ideographs(c.text) for c in grid.cells)]
    # Statistics of enforcement have the same headings and rows; the report's table has the law's article above.
    for grid in (*captioned, *(g for g in grids if g not in captioned)):
        columns = {}
        for n in range(grid.height):
            own = grid.own(n)
            heads = _headings_in(own, form)
            if heads:
                columns, captions = heads, True
                right = max(c.column + c.colspan for c in own if ideographs(c.text))
                unit = next((u[1] for c in own if (u := _UNIT.search(plain(c.text)))), None)
                continue
            if _foreign_heading(own, form):
                columns, captions = {}, False
                continue
            headed = _headed(document, form, grid, n, unit) if captions and grid.reader != "text" else {}
            if headed:
                cells.update((c, r) for c, r in headed.items() if c not in cells)
                continue
            # A number before the words is the unit's own numbering.
            label = next((c for c in own if ideographs(c.text) and not is_value(plain(c.text))), None)
            found = rows.get(names.get(label.text, core(label.text))) if label is not None else None
            if label is None or found is None or not captions:
                continue
            key, block = found
            if core(label.text) not in rows and not _alone(grid, label):
                # 行政许可(林业) and 行政许可(水利) are parts of a row, and no explanations of it.
                continue
            if f"t2.{key}.{block.columns[0].key}" not in cells:
                tail = _tail(own, label, rows)
                row = _row(document, form, grid, key, block.columns, tail, columns, n, unit)
                beside = grid.reader != "text" and any(
                    c.column >= right and is_value(plain(c.text)) for c in tail
                )
                # A figure beyond the headings: the row has slipped, or somebody noted it beside the table.
                cells.update(row if not beside else {i: _left_open(r) for i, r in row.items()})
    return {**_crosswise(document, grids, form), **cells}


def _glossed_labels(grids: Sequence[Grid], rows: dict[str, tuple[str, Block]]) -> dict[str, str]:
    """Labels with an explanation behind them, each with its name, where no other row of the document bears it.

    Several rows of one name (行政许可(林业), 行政许可(水利)) are its parts.
    """
    found: dict[str, list[str]] = {}
    for grid in grids:
        for cell in grid.cells:
            if (name := _named(cell.text)) in rows:
                found.setdefault(rows[name][0], []).append(cell.text)
    return {of[0]: _named(of[0]) for of in found.values() if len(of) == 1}


_LONGEST_LABEL = 200
_GLOSSED = re.compile(r"(.*?[\u3400-\u9fff])\s*(?=[(\d]|第\s*\d)", re.S)
_PART = re.compile("其中|小计|合计|占|上年|去年")


@lru_cache(maxsize=16384)
def _named(label: str) -> str:
    """A row label's ideographs; without the explanation behind it (行政处罚(2023年立案), 行政强制12类).

    What a unit counts beside the whole (行政处罚(其中罚款)) keeps its own name.
    """
    text = plain(label)
    found = None if len(text) > _LONGEST_LABEL or _PART.search(text) else _GLOSSED.match(text)
    return core(found[1]) if found else core(label)


def _alone(grid: Grid, label: GridCell) -> bool:
    """Whether no other label of the table begins with the same name."""
    name = _named(label.text)
    return not any(
        c is not label and c.column <= label.column and ideographs(c.text).startswith(name)
        for c in grid.cells
        if not is_value(c.text)
    )


def _tail(own: Sequence[GridCell], label: GridCell, rows: dict[str, tuple[str, Block]]) -> list[GridCell]:
    """The cells behind a row's label, up to the label of another row that stands beside it."""
    key = rows.get(core(label.text))
    behind = [c for c in own if c.column > label.column]
    other = (n for n, c in enumerate(behind) if (found := rows.get(core(c.text))) and found != key)
    return behind[: next(other, len(behind))]


def _left_open(reading: CellReading) -> CellReading:
    return CellReading(
        "unreadable", raw=reading.raw, place=reading.place, readers=reading.readers, note=BESIDE
    )


def _crosswise(document: Document, grids: Sequence[Grid], form: Form) -> dict[str, CellReading]:
    """Figures whose heading stands beside them, each found once in the document."""
    found: dict[str, list[tuple[Grid, GridCell]]] = {}
    for grid in grids:
        if grid.reader != "text":
            for key, column, cell in crosswise(form, grid):
                found.setdefault(f"t2.{key}.{column}", []).append((grid, cell))
    return {
        cell_id: cell_reading(document, *of[0], form.cells[cell_id])
        for cell_id, of in found.items()
        if len(of) == 1
    }


def _headed(
    document: Document, form: Form, grid: Grid, number: int, unit: str | None
) -> dict[str, CellReading]:
    """The rows that begin in a grid row, where headings say what each of their figures is."""
    cells: dict[str, CellReading] = {}
    rows = table2_labels(form)
    for label in grid.own(number):
        if (found := rows.get(core(label.text))) is None:
            continue
        key, block = found
        chosen = row_by_headings(form, grid, number, label, block)
        if chosen is None:
            return {}
        once = taken_once(list(chosen.values()), number)
        for (column, cell), own in zip(chosen.items(), once, strict=True):
            target = form.cells[f"t2.{key}.{column}"]
            hint = unit if target.kind == "money" else None
            cells[target.id] = cell_reading(document, grid, cell, target, own=own, unit_hint=hint)
    return cells


_CAPTION = "第二十条"
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
        for column in columns_headed(form, ideographs(cell.text)):
            # A converter repeats a wide heading to the right: the figure stands under the first copy.
            found.setdefault(column, cell.column)
    return found


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
