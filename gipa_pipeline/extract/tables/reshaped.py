"""Table 3 in another shape than the form's: lying on its side, or its columns over several tables (表三变形).

A table whose applicants stand down the side and whose results stand across the head, and one whose columns stand
in two or three tables, are put into the form's shape before they are read; every cell keeps the place it stands at
in the document. Only what the labels on both sides say counts: where a label is not the form's, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from expectations.forms import Form
from gipa_pipeline.extract.fold import plain
from gipa_pipeline.extract.media.document import Document, Grid, GridCell
from gipa_pipeline.extract.tables.columns import headed
from gipa_pipeline.extract.tables.labels import core
from gipa_pipeline.extract.tables.row_labels import label_of_row, row_keys
from gipa_pipeline.extract.tables.values import is_value
from gipa_pipeline.model import CellReading
from gipa_pipeline.normalize.numbers import parse_number

_ENOUGH = 0.6
"""Share of table 3's rows that must be named in a grid."""
_MOST_BROKEN = 3
"""Rows of a joined table whose parts may differ from their total; a wrong joint breaks nearly all that have figures."""
_FEW_KINDS = 5
"""Kinds of applicants down the side that make a table lie on its side."""
_SIDE, _HEAD, _LOWEST = 3, 5, 12
"""Columns and rows in which the headings of a table on its side stand."""
_READ = ("reported", "inferred", "blank")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some columns of table 3: the rows of a grid that hold figures, and its column for each of the form's.

    ``keys`` are the form's rows that the labels name, None where they name none.
    """

    grid: Grid
    rows: tuple[int, ...]
    keys: tuple[str | None, ...]
    columns: dict[int, int]

    def names_most(self, form: Form) -> bool:
        """Whether the labels of most rows of the form stand beside its rows."""
        return sum(key is not None for key in self.keys) >= _ENOUGH * len(form.rows)

    def cell(self, n: int, kind: int) -> GridCell | None:
        """The cell of the piece's ``n``-th row in a column of the form."""
        return self.grid.at(self.rows[n], self.columns[kind])


def reshaped(
    document: Document, form: Form, cells: Mapping[str, CellReading] | None = None
) -> Document | None:
    """The document with table 3 in the form's shape, or None where it is not known to be in another one.

    Offsets keep; what stands in tables that were joined to the first one is blanked. Where a reading in the form's
    own shape gave ``cells`` in all columns of table 3, it has that shape.
    """
    if cells is not None and not _column_lost(form, cells):
        return None
    grids: list[Grid] = []
    on_side = False
    for grid in document.grids:
        band = _on_side(grid, form) if grid.width > 1 else None
        grids += _turned_band(grid, *band) if band else [grid]
        on_side = on_side or band is not None
    found = [p for g in grids if g.width >= 1 and (p := _piece(g, form)) is not None]
    first = next((p for p in found if p.names_most(form)), None)
    if first is None:
        return None
    # Other tables have headings of the same words; a part of table 3 has as many rows as the one with the labels.
    pieces = [p for p in found if p.names_most(form) or len(p.rows) == len(first.rows)]
    if len(pieces) > 1:
        return _joined(document, grids, pieces, form)
    if not on_side or len(first.columns) < len(form.columns):
        return None
    whole = dict.fromkeys(first.columns, first)
    return replace(document, grids=grids) if _adds_up(whole, len(first.rows)) else None


def _column_lost(form: Form, cells: Mapping[str, CellReading]) -> bool:
    """Whether no cell of some column of table 3 was read: the sign of a table in another shape."""
    return any(
        all((r := cells.get(f"t3.{row.key}.{c.key}")) is None or r.status not in _READ for row in form.rows)
        for c in form.columns
    )


def _turned_band(grid: Grid, top: int, bottom: int) -> list[Grid]:
    """Rows of a grid with rows for columns, and what is left of the grid; the cells lead back to those of the grid."""
    pairs = [
        (replace(c, row=c.column, column=c.row - top, rowspan=c.colspan, colspan=c.rowspan), c)
        for c in grid.cells
        if top <= c.row < bottom
    ]
    pairs.sort(key=lambda pair: (pair[0].row, pair[0].column))
    out = Grid([new for new, _ in pairs], index=grid.index, reader=grid.reader)
    out.origins = {id(new): (grid, old) for new, old in pairs}
    rest = Grid([c for c in grid.cells if not top <= c.row < bottom], index=grid.index, reader=grid.reader)
    rest.origins = {id(c): (grid, c) for c in rest.cells}
    return [out, rest] if rest.cells else [out]


def _on_side(grid: Grid, form: Form) -> tuple[int, int] | None:
    """The first row and the one behind the last of a table whose kinds of applicants stand down its side.

    None where there is none, or where most rows of the form are not named across its head.
    """
    side: dict[str, list[int]] = {}
    for c in grid.cells:
        if c.column < _SIDE and c.text and not _is_figure(c.text):
            side.setdefault(core(c.text), []).append(c.row)
    heads = [{core(t) for t in (c.label, *c.variants)} for c in form.columns]
    found = [[n for word in of for n in side.get(word, ())] for of in heads]
    if any(len(of) != 1 for of in found[:_FEW_KINDS]):
        # Every kind once: a sheet holds all tables, but each of them once.
        return None
    first = min(of[0] for of in found[:_FEW_KINDS])
    last = max(n for of in found for n in of if n < first + _LOWEST)
    keys = row_keys(form)
    top: dict[str, int] = {}
    for c in grid.cells:
        if first - _HEAD <= c.row < first and not _is_figure(c.text) and (key := keys.get(core(c.text))):
            top.setdefault(key, c.row)
    if len(top) < _ENOUGH * len(form.rows):
        return None
    return min(top.values()), last + 1


def _piece(grid: Grid, form: Form) -> _Piece | None:
    """The columns of table 3 that a grid holds; None where its figures do not all stand under their headings."""
    texts = [
        [plain(c.text) if c is not None and c.text else "" for c in grid.row(n)] for n in range(grid.height)
    ]
    named = [n for n in range(grid.height) if label_of_row(texts[n], form) is not None]
    for start in named or range(grid.height):
        kinds, _ = headed(texts, start, grid.width, form)
        if kinds and _is_row(texts[start], kinds):
            break
    else:
        return None
    if len(set(kinds.values())) < len(kinds):
        return None
    rows = tuple(n for n in range(start, grid.height) if _is_row(texts[n], kinds))
    keys = tuple(label_of_row(texts[n], form) for n in rows)
    squares = [grid.at(n, c) for n in rows for c in kinds]
    if any(c is None for c in squares) or len(set(map(id, squares))) < len(squares):
        return None
    return _Piece(grid, rows, keys, {kind: column for column, kind in kinds.items()})


def _is_row(texts: Sequence[str], kinds: Iterable[int]) -> bool:
    """Whether figures or blanks stand in all columns."""
    return all(is_value(texts[c]) or parse_number(texts[c]).status == "blank" for c in kinds)


def _joined(
    document: Document, grids: Sequence[Grid], pieces: Sequence[_Piece], form: Form
) -> Document | None:
    """The document with its pieces of table 3 side by side in one grid; None unless they make just one table."""
    width = len(form.columns)
    first, *others = pieces
    if not first.names_most(form) or any(len(p.columns) == width for p in pieces):
        return None
    columns = dict.fromkeys(first.columns, first)
    for piece in others:
        if len(piece.rows) != len(first.rows) or not _same_rows(first, piece):
            return None
        for kind in piece.columns:
            if kind in columns and not _same_figures(columns[kind], piece, kind):
                return None
            columns.setdefault(kind, piece)
    bare = any(not p.names_most(form) for p in others)
    if len(columns) < width or not _adds_up(columns, len(first.rows), bare=bare):
        return None
    joint = _side_by_side(first, columns)
    used = {id(p.grid) for p in pieces}
    kept = [joint if g is first.grid else g for g in grids if g is first.grid or id(g) not in used]
    return replace(document, grids=kept, text=_without(document.text, [p.grid for p in others]), folded=None)


def _same_rows(first: _Piece, other: _Piece) -> bool:
    """Whether no label of one piece contradicts that of the other in the same row."""
    return all(a == b or a is None or b is None for a, b in zip(first.keys, other.keys, strict=True))


def _same_figures(first: _Piece, other: _Piece, kind: int) -> bool:
    pairs = ((first.cell(n, kind), other.cell(n, kind)) for n in range(len(first.rows)))
    return all(a is not None and b is not None and a.text.strip() == b.text.strip() for a, b in pairs)


def _adds_up(columns: Mapping[int, _Piece], height: int, *, bare: bool = False) -> bool:
    """Whether nearly all rows keep their sum over all pieces; a wrong joint breaks most of those with figures."""
    broken = filled = 0
    for n in range(height):
        values = [
            parse_number(cell.text).value if (cell := columns[k].cell(n, k)) is not None else None
            for k in sorted(columns)
        ]
        *parts, total = values
        filled += any(values)
        broken += total is not None and total != sum(p or 0 for p in parts)
    return broken <= (min(_MOST_BROKEN, max(1, filled // 4)) if bare else _MOST_BROKEN)


def _side_by_side(first: _Piece, columns: Mapping[int, _Piece]) -> Grid:
    """The first piece with the other pieces' columns to its right, each under its heading."""
    origins: dict[int, tuple[Grid, GridCell]] = {}
    cells: list[GridCell] = []

    def put(grid: Grid, cell: GridCell, row: int, column: int, rowspan: int, colspan: int) -> None:
        new = replace(cell, row=row, column=column, rowspan=rowspan, colspan=colspan)
        origins[id(new)] = grid.origins[id(cell)] if grid.origins else (grid, cell)
        cells.append(new)

    for cell in first.grid.cells:
        put(first.grid, cell, cell.row, cell.column, cell.rowspan, cell.colspan)
    width = first.grid.width
    for kind in sorted(columns):
        piece = columns[kind]
        if piece is first:
            continue
        column = piece.columns[kind]
        heads = (piece.grid.at(n, column) for n in range(piece.rows[0] - 1, -1, -1))
        head = next((c for c in heads if c is not None and c.text.strip()), None)
        if head is not None and first.rows[0]:
            put(piece.grid, head, first.rows[0] - 1, width, 1, 1)
        for n, row in enumerate(first.rows):
            if (value := piece.cell(n, kind)) is not None:
                put(piece.grid, value, row, width, 1, 1)
        width += 1
    cells.sort(key=lambda c: (c.row, c.column))
    joint = Grid(cells, index=first.grid.index, reader=first.grid.reader)
    joint.origins = origins
    return joint


def _without(text: str, grids: Sequence[Grid]) -> str:
    """The text with what stands in these grids blanked, line by line."""
    for grid in grids:
        starts = [c.start for c in grid.cells if c.start is not None]
        ends = [c.end for c in grid.cells if c.end is not None]
        if starts and ends:
            start, end = min(starts), max(ends)
            text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text


def _is_figure(text: str) -> bool:
    return text.isascii() and text.isdigit()
