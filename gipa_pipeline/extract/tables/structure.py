"""The structure reader: grids, their labels and their columns, without looking at running text (表格读取).

Table 3 may be cut into several grids by page breaks; rows are taken in order over all grids of the
document. What a row means is decided by its label, or by its place between two known rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from expectations.forms import Column, Form, editions, load_form
from gipa_pipeline.extract.fold import ideographs, is_count, plain
from gipa_pipeline.extract.media.document import Document, Grid, GridCell
from gipa_pipeline.extract.media.word_grid import Known
from gipa_pipeline.extract.tables.columns import (
    figures_of,
    moved,
    own_columns,
    shifted,
    value_columns,
)
from gipa_pipeline.extract.tables.label_cells import LabelEdges, behind, label_cells, of_other_years
from gipa_pipeline.extract.tables.labels import core
from gipa_pipeline.extract.tables.row_labels import label_of_row, row_keys
from gipa_pipeline.extract.tables.row_order import (
    TableRow,
    looks_like_values,
    ordered_rows,
    printed_texts,
    told_row,
)
from gipa_pipeline.extract.tables.table2 import read_table2
from gipa_pipeline.extract.tables.table2_heads import table2_headings, table2_labels
from gipa_pipeline.extract.tables.table4 import read_table4
from gipa_pipeline.extract.tables.values import READER, cell_reading, is_value, taken_once
from gipa_pipeline.model import CellReading
from gipa_pipeline.normalize.numbers import parse_number

_ENOUGH = 0.6
_NEAR = 0.34
_LONGEST_LABEL = 200


@dataclass
class StructureReading:
    """What the structure reader found: cells, rows without labels, repeated rows."""

    cells: dict[str, CellReading] = field(default_factory=dict)
    lost_rows: list[str] = field(default_factory=list)
    repeated_rows: list[str] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)


@cache
def known_words() -> Known:
    """What the forms print, for a reader that finds their tables by places of words."""
    forms = [load_form(edition) for edition in editions()]
    keys = frozenset(key for form in forms for key in row_keys(form))
    blocks = frozenset(key for form in forms for key in table2_labels(form))
    return Known(
        lambda text: core(text) in keys,
        _spellings([form.columns for form in forms]),
        lambda text: core(text) in blocks,
        frozenset(key for form in forms for key in table2_headings(form)),
        _spellings([form.proceedings for form in forms]),
    )


def _spellings(columns: Sequence[Sequence[Column]]) -> list[frozenset[str]]:
    """The spellings of headings, column by column, over all editions."""
    return [
        frozenset(core(text) for column in same for text in (column.label, *column.variants))
        for same in zip(*columns, strict=True)
    ]


def read_structure(document: Document, form: Form) -> StructureReading:
    """Read all three tables of a form from a document's grids."""
    reading = StructureReading()
    grids = [g for g in document.grids if g.width > 1]
    if not grids:
        return reading
    rows = _table3_rows(grids, form)
    if rows:
        _write_table3(document, form, rows, reading)
    for name, cells in (
        ("t2", read_table2(document, grids, form)),
        ("t4", read_table4(document, grids, form)),
    ):
        if cells:
            reading.tables.add(name)
            reading.cells.update(cells)
    return reading


def _table3_rows(grids: Sequence[Grid], form: Form) -> list[TableRow]:
    """The grid rows of the first whole table 3, each with its form row."""
    rows: list[TableRow] = []
    for grid in grids:
        rows += _rows_of(grid, form)
    order = [r.key for r in form.rows]
    index = {key: n for n, key in enumerate(order)}
    segments: list[list[TableRow]] = []
    current: list[TableRow] = []
    last = -1
    for row in rows:
        n = index.get(row.key or "", -1)
        if n == 0 and last > 0:
            segments.append(current)
            current, last = [], -1
        if n >= 0:
            last = max(last, n)
        current.append(row)
    segments.append(current)
    for segment in segments:
        known = {row.key for row in segment if row.key}
        if known and len(known) < _ENOUGH * len(order):
            known |= {told for row in segment if row.key is None and (told := told_row(row, form))}
        if len(known) >= _ENOUGH * len(order):
            return ordered_rows(segment, order, form)
    return []


def _rows_of(grid: Grid, form: Form) -> list[TableRow]:
    width = len(form.columns)
    texts = [[_folded(c) for c in grid.row(n)] for n in range(grid.height)]
    matched = {n: key for n in range(grid.height) if (key := label_of_row(texts[n], form)) is not None}
    if not matched:
        return _strays(grid, texts, width)
    figures = {n: figures_of(grid.row(n), texts[n]) for n in matched}
    edges: LabelEdges | None = None
    gone: set[int] = set()
    if grid.reader != "text":
        labels = label_cells(grid, matched, row_keys(form))
        figures |= {n: behind(grid, label, figures[n], width) for n, label in labels.items()}
        full = [n for n, of in figures.items() if len(of) == width and n in labels]
        edges = LabelEdges.of(grid, labels, full) if full else None
        gone = of_other_years(grid, labels, matched, figures)
    found = value_columns(grid, texts, figures, form)
    if found is None:
        return []
    columns, ragged = found.positions, found.ragged
    first = min(c for c in columns if c is not None)
    rows: list[TableRow] = []
    for n in range(grid.height):
        if n in gone:
            continue
        cells = grid.row(n)
        own: Sequence[int | None] | None = columns
        if grid.reader == "text" and not found.headed:
            own = own_columns(texts[n], [c for c in columns if c is not None], ragged=ragged)
        elif n in matched:
            slip = edges.slip(grid, n) if edges else 0
            own = (
                shifted(figures[n], texts[n], found, aligned=edges is not None and edges.aligned(grid, n))
                if slip == 0
                else moved(figures[n], texts[n], found, slip)
            )
        if own is None:
            continue
        values = [None if c is None else cells[c] for c in own]
        if n in matched or looks_like_values(values):
            absent = frozenset(k for k, c in enumerate(own) if c is None)
            rows.append(
                TableRow(
                    grid,
                    n,
                    _label_texts(texts[n], first, ragged=ragged),
                    values,
                    matched.get(n),
                    absent=absent,
                )
            )
        elif _is_empty(texts[n], values, form):
            rows.append(TableRow(grid, n, [], values, empty=True))
        elif any(texts[n][:first]) and not any(printed_texts(values)):
            row = TableRow(grid, n, _label_texts(texts[n], first, ragged=ragged), values)
            above = rows[-1] if rows and rows[-1].number == n - 1 else None
            cut = above is not None and above.key is None and any(printed_texts(above.values))
            if not cut and any(v is not None for v in values) and told_row(row, form):
                # A row left blank, under a label in other words.
                rows.append(row)
            elif above is not None:
                # The second half of a label that a page break or a line break cut off from its figures.
                above.tail += [t for t in texts[n][:first] if t]
    return rows


def _is_empty(texts: Sequence[str], values: Sequence[GridCell | None], form: Form) -> bool:
    """Whether a row holds blanks and at most a piece of the group label that runs down beside the results."""
    words = ideographs("".join(t for t in texts if parse_number(t).status != "blank"))
    stands = any(value is not None for value in values)
    return (
        stands
        and words in ideographs(form.groups[0])
        and all(parse_number(t).status == "blank" for t in printed_texts(values))
    )


def _label_texts(texts: list[str], first: int, *, ragged: bool) -> list[str]:
    return [t for t in texts if ideographs(t)] if ragged else texts[:first]


def _strays(grid: Grid, texts: list[list[str]], width: int) -> list[TableRow]:
    """Rows of a grid without any known label: a part of table 3 whose labels a conversion lost."""
    rows: list[TableRow] = []
    for n in range(grid.height):
        cells = grid.own(n)
        numeric = [c for c in cells if is_value(c.text)]
        if len(numeric) >= width:
            rows.append(TableRow(grid, n, texts[n], list(numeric[-width:])))
    return rows


def _folded(cell: GridCell | None) -> str:
    return plain(cell.text) if cell is not None and cell.text else ""


def _cut_short(row: TableRow, *, totals: bool) -> bool:
    """Whether a row with figures ends before the table does: a cell that was dropped moves the others.

    In a table drawn with bars the row may have been filled up again, ``8 | 2 | 0 | 0 | 2 | 12 | |``: a blank
    total is no proof of that where the unit states none, and is one where other rows have theirs (``totals``).
    """
    texts = [v.text.strip() if v is not None else None for v in row.values]
    if texts[-1] is None:
        return any(texts)
    return totals and row.grid.reader == "text" and not texts[-1] and any(texts)


def _states_totals(rows: Sequence[TableRow]) -> bool:
    """Whether most rows with figures have one in the last column."""
    last = [
        bool(row.values[-1] and row.values[-1].text.strip())
        for row in rows
        if any(printed_texts(row.values)) and row.key
    ]
    return 2 * sum(last) > len(last)


def _totals_lost(rows: Sequence[TableRow]) -> bool:
    """Whether a drawn table's last column is blank and the one before it holds the sums: a column was dropped."""
    adding = other = 0
    for row in rows:
        texts = [v.text.strip() if v is not None else "" for v in row.values]
        if row.grid.reader != "text" or texts[-1] or not all(map(is_count, texts[:-1])):
            continue
        *parts, last = map(int, texts[:-1])
        adding += bool(last) and sum(parts) == last
        other += sum(parts) != last
    return adding > other


def _write_table3(document: Document, form: Form, rows: list[TableRow], reading: StructureReading) -> None:
    reading.tables.add("t3")
    seen: set[str] = set()
    totals = _states_totals(rows) or _totals_lost(rows)
    for row in rows:
        key = row.key or ""
        if key in seen or row.how in ("repeated", "aside"):
            reading.repeated_rows += [key] if row.how == "repeated" else []
            continue
        seen.add(key)
        if row.how == "position":
            reading.lost_rows.append(key)
        if len(row.values) != len(form.columns) or (not row.absent and _cut_short(row, totals=totals)):
            continue
        once = taken_once(row.values, row.number)
        if row.grid.reader == "lattice":
            # Where a rule between two rows is not drawn, a figure may be either's.
            once = [o and (v is None or v.rowspan == 1) for o, v in zip(once, row.values, strict=True)]
        for n, (column, cell, own) in enumerate(zip(form.columns, row.values, once, strict=True)):
            cell_id = f"t3.{key}.{column.key}"
            if n in row.absent:
                # The heading has no such column: there is no cell, not a blank one.
                reading.cells[cell_id] = CellReading("missing", readers=(READER,))
                continue
            status = "inferred" if row.how == "position" else "reported"
            reading.cells[cell_id] = cell_reading(
                document, row.grid, cell, form.cells[cell_id], status, own=own
            )
