"""The structure reader: grids, their labels and their columns, without looking at running text (表格读取).

Table 3 may be cut into several grids by page breaks; rows are taken in order over all grids of the
document. What a row means is decided by its label, or by its place between two known rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise

from expectations.forms import Column, Form, editions, load_form
from gipa_pipeline.extract.fold import ideographs, plain
from gipa_pipeline.extract.media.document import Document, Grid, GridCell
from gipa_pipeline.extract.media.word_grid import Known
from gipa_pipeline.extract.tables.labels import closest, core, label_of, table3_labels
from gipa_pipeline.extract.tables.tables24 import (
    read_table2,
    read_table4,
    table2_headings,
    table2_labels,
)
from gipa_pipeline.extract.tables.values import cell_reading, is_value, taken_once
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


@dataclass(slots=True)
class _Row:
    """A grid row on its way to a row of table 3."""

    grid: Grid
    number: int
    texts: list[str]
    values: list[GridCell | None]
    key: str | None = None
    how: str = "label"
    empty: bool = False


@cache
def _row_keys(form: Form) -> dict[str, str]:
    """Label ideographs to row keys; spellings that two rows share are left out."""
    keys: dict[str, str] = {}
    for row in form.rows:
        for key in label_of(row).keys:
            keys[key] = "" if key in keys else row.key
    return {key: row for key, row in keys.items() if row}


@cache
def known_words() -> Known:
    """What the forms print, for a reader that finds their tables by places of words."""
    forms = [load_form(edition) for edition in editions()]
    keys = frozenset(key for form in forms for key in _row_keys(form))
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


def _table3_rows(grids: Sequence[Grid], form: Form) -> list[_Row]:
    """The grid rows of the first whole table 3, each with its form row."""
    rows: list[_Row] = []
    for grid in grids:
        rows += _rows_of(grid, form)
    order = [r.key for r in form.rows]
    index = {key: n for n, key in enumerate(order)}
    segments: list[list[_Row]] = []
    current: list[_Row] = []
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
        if len(known) >= _ENOUGH * len(order):
            return _ordered(segment, order, form)
    return []


def _rows_of(grid: Grid, form: Form) -> list[_Row]:
    width = len(form.columns)
    texts = [[_folded(c) for c in grid.row(n)] for n in range(grid.height)]
    matched = {n: key for n in range(grid.height) if (key := _match(texts[n], form)) is not None}
    if not matched:
        return _strays(grid, texts, width)
    figures = {n: _figures(grid.row(n), texts[n]) for n in matched}
    columns, ragged = _value_columns(grid, texts, figures, form)
    if columns is None:
        return []
    rows: list[_Row] = []
    for n in range(grid.height):
        cells = grid.row(n)
        own = _own_columns(texts[n], columns, ragged=ragged) if grid.reader == "text" else columns
        if n in matched and own is not None and grid.reader != "text":
            own = _shifted(figures[n], texts[n], columns)
        if own is None:
            continue
        values = [cells[c] for c in own]
        if n in matched or _looks_like_values(values):
            rows.append(
                _Row(grid, n, _label_texts(texts[n], min(columns), ragged=ragged), values, matched.get(n))
            )
        elif _is_empty(texts[n], values, form):
            rows.append(_Row(grid, n, [], values, empty=True))
        elif rows and rows[-1].number == n - 1 and any(texts[n][: min(columns)]) and not any(_texts(values)):
            # The second half of a label that a page break cut off from its figures.
            rows[-1].texts = [*rows[-1].texts, *texts[n][: min(columns)]]
    return rows


def _is_empty(texts: Sequence[str], values: Sequence[GridCell | None], form: Form) -> bool:
    """Whether a row holds blanks and at most a piece of the group label that runs down beside the results."""
    words = ideographs("".join(t for t in texts if parse_number(t).status != "blank"))
    return words in ideographs(form.groups[0]) and all(
        parse_number(t).status == "blank" for t in _texts(values)
    )


def _label_texts(texts: list[str], first: int, *, ragged: bool) -> list[str]:
    return [t for t in texts if ideographs(t)] if ragged else texts[:first]


def _figures(cells: list[GridCell | None], texts: list[str]) -> list[int]:
    """The columns in which a row's figures begin."""
    return [c for c, cell in enumerate(cells) if cell is not None and cell.column == c and is_value(texts[c])]


def _shifted(figures: list[int], texts: list[str], columns: list[int]) -> list[int] | None:
    """The value columns of a labelled row whose cells may have slipped (a span that a cut table lost).

    None when its figures stand elsewhere and are not one a column.
    """
    if set(figures) <= set(columns):
        return columns
    label = max((c for c, t in enumerate(texts) if _is_label(t)), default=-1)
    own = [c for c in figures if c > label]
    if set(own) <= set(columns):
        return columns
    return own if len(own) == len(columns) and columns == sorted(columns) else None


def _is_label(text: str) -> bool:
    return bool(ideographs(text)) and not is_value(text) and parse_number(text).status != "blank"


def _own_columns(texts: list[str], columns: list[int], *, ragged: bool) -> list[int] | None:
    """The value columns of one row in a table drawn with bars, or None when two places fit.

    Merged label cells are not spread there: a row's values stand behind its own label, unless a converter
    has kept the columns straight.
    """
    label = max((c for c, t in enumerate(texts) if _is_label(t)), default=-1)
    filled = {c for c, t in enumerate(texts) if is_value(t)}
    behind = list(range(label + 1, label + 1 + len(columns)))
    fits = [
        window
        for window in ([behind] if ragged or behind == columns else [columns, behind])
        if window[0] > label and window[-1] < len(texts) and filled <= set(window)
    ]
    if len(fits) == 2 and filled:
        return None
    # Columns to the left of the table's own may hold a stray figure that a conversion left there.
    return fits[0] if fits else (columns if label < columns[0] and not ragged else None)


def _strays(grid: Grid, texts: list[list[str]], width: int) -> list[_Row]:
    """Rows of a grid without any known label: a part of table 3 whose labels a conversion lost."""
    rows: list[_Row] = []
    for n in range(grid.height):
        cells = list(dict.fromkeys(c for c in grid.row(n) if c is not None))
        numeric = [c for c in cells if is_value(c.text)]
        if len(numeric) >= width:
            rows.append(_Row(grid, n, texts[n], list(numeric[-width:])))
    return rows


def _folded(cell: GridCell | None) -> str:
    return plain(cell.text) if cell is not None and cell.text else ""


def _texts(cells: Sequence[GridCell | None]) -> Iterator[str]:
    return (c.text.strip() for c in cells if c is not None and c.text)


def _match(texts: Sequence[str], form: Form) -> str | None:
    """The form row whose label a grid row carries: its last label cell, or all of them joined."""
    words = tuple(t for t in dict.fromkeys(texts) if t and not t.isdigit())
    return _labelled(words, form) if words else None


@lru_cache(maxsize=16384)
def _labelled(texts: tuple[str, ...], form: Form) -> str | None:
    keys = _row_keys(form)
    words = [t for t in texts if ideographs(t)]
    if not words:
        return None
    for text in reversed(words):
        if (found := keys.get(core(text))) is not None:
            return found
    joined = ideographs("".join(words))
    for key, row in keys.items():
        if len(key) >= 6 and joined.endswith(key):
            return row
    return None


def _looks_like_values(values: Sequence[GridCell | None]) -> bool:
    texts = list(_texts(values))
    return bool(texts) and all(is_value(plain(t)) for t in texts)


def _value_columns(
    grid: Grid, texts: list[list[str]], figures: dict[int, list[int]], form: Form
) -> tuple[list[int] | None, bool]:
    """The grid columns of the seven value columns: by full rows, by the heading, or the last seven.

    The second result tells whether the table is ragged: full rows stand in different columns because
    merged label cells were not spread, so that each row counts from its own label.
    """
    width = len(form.columns)
    votes = Counter(tuple(of) for of in figures.values() if len(of) == width)
    heads = _headings(form)
    first = min((n for n, of in figures.items() if of), default=0)
    if any(len(of) > width for of in figures.values()):
        # A column of the unit's own (serial numbers, last year): full rows cannot vote, headings may.
        return _headed(texts, grid, first, heads), False
    headed = _headed(texts, grid, first, heads) if grid.reader != "text" else None
    if votes:
        voted = list(votes.most_common(1)[0][0])
        if headed is not None and set(headed) != set(voted):
            # Seven figures a row, but not under the seven headings: a column is empty, another is not the form's;
            # or the headings are a column off, and then nothing tells.
            off = {a - b for a, b in zip(sorted(voted), sorted(headed), strict=True)}
            return (None if len(off) == 1 else headed), False
        return _by_heading(texts, voted, first, heads), len(votes) > 1 and grid.reader == "text"
    if headed is not None:
        return headed, False
    for n in range(grid.height):
        columns: list[int] = []
        for wanted in heads:
            start = columns[-1] + 1 if columns else 0
            at = next((c for c in range(start, grid.width) if core(texts[n][c]) in wanted), None)
            if at is None:
                break
            columns.append(at)
        if len(columns) == width:
            return columns, False
    used = max((c for n in figures for c, t in enumerate(texts[n]) if t), default=grid.width - 1)
    last = grid.width if used < grid.width - width else max(used + 1, min(grid.width, width + 1))
    return (list(range(last - width, last)) if last >= width + 1 else None), False


def _headed(
    texts: list[list[str]], grid: Grid, first: int, heads: tuple[frozenset[str], ...]
) -> list[int] | None:
    """The columns under the seven headings, where each heading stands over one column only; else None."""
    found: dict[int, int] = {}
    for column in range(grid.width):
        words = next((w for n in range(first - 1, -1, -1) if (w := core(texts[n][column]))), "")
        place = next((k for k, wanted in enumerate(heads) if words in wanted), None)
        if place is not None and found.setdefault(place, column) != column:
            return None
    return [found[k] for k in range(len(heads))] if len(found) == len(heads) else None


def _by_heading(
    texts: list[list[str]], columns: list[int], first: int, heads: tuple[frozenset[str], ...]
) -> list[int]:
    """The same columns in the form's order, where each stands under a heading of its own (总计 put first…)."""
    headed: list[int | None] = []
    for column in columns:
        words = next((w for n in range(first - 1, -1, -1) if (w := core(texts[n][column]))), "")
        headed.append(next((k for k, wanted in enumerate(heads) if words in wanted), None))
    if None in headed or len(set(headed)) != len(heads):
        return columns
    return [columns[headed.index(k)] for k in range(len(heads))]


@cache
def _headings(form: Form) -> tuple[frozenset[str], ...]:
    """The spellings of the seven column headings as ideographs."""
    return tuple(frozenset(core(t) for t in (c.label, *c.variants)) for c in form.columns)


def _ordered(segment: list[_Row], order: list[str], form: Form) -> list[_Row]:
    """Give every row between two known rows its form row: by a near label, else by position."""
    index = {key: n for n, key in enumerate(order)}
    anchors = [n for n, row in enumerate(segment) if row.key is not None]
    chain = _increasing([(n, index[segment[n].key or ""]) for n in anchors])
    kept = dict(chain)
    for n in anchors:
        if n not in kept:
            segment[n].how = "repeated" if _looks_like_values(segment[n].values) else "aside"
    edges = [(-1, -1), *chain, (len(segment), len(order))]
    for (a, i), (b, j) in pairwise(edges):
        loose = [n for n in range(a + 1, b) if segment[n].key is None]
        missing = order[i + 1 : j]
        _assign(segment, loose, missing, form, open_end=a == -1 or b == len(segment))
    return [row for row in segment if row.key is not None]


def _increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain of (row, form row) that increases in both."""
    best: list[tuple[int, int]] = []
    ends: dict[
        int, tuple[int, int]
    ] = {}  # form row: length and last member of the longest chain ending there
    for k, (_, i) in enumerate(pairs):
        length, last = max(
            ((n, -m) for row, (n, m) in ends.items() if row < i),
            default=(0, 1),
        )
        best.append((length + 1, -last))
        if length + 1 > ends.get(i, (0, 0))[0]:
            ends[i] = (length + 1, k)
    chain: list[tuple[int, int]] = []
    k = max(range(len(pairs)), key=lambda m: best[m][0], default=-1)
    while k >= 0:
        chain.append(pairs[k])
        k = best[k][1]
    return chain[::-1]


def _assign(segment: list[_Row], loose: list[int], missing: list[str], form: Form, *, open_end: bool) -> None:
    labels = {label.key: label for label in table3_labels(form)}
    left = list(missing)
    for n in list(loose):
        words = ideographs("".join(dict.fromkeys(segment[n].texts)))
        if not 3 <= len(words) <= _LONGEST_LABEL:
            continue
        for key in left:
            spelling = labels[key].keys[0]
            allowed = int(len(spelling) * _NEAR)
            if len(spelling) >= 4 and closest(spelling, words, 0, len(words), allowed) is not None:
                segment[n].key, segment[n].how = key, "near"
                del left[: left.index(key) + 1]
                loose.remove(n)
                break
    # A row without a label takes its place only when there are exactly as many as labels missing. Blank rows
    # may be the form's or the converter's: they count where the filled ones are too few.
    taken = {row.key for row in segment}
    places = [key for key in missing if key not in taken]
    filled = [n for n in loose if not segment[n].empty]
    for rows in (filled, loose):
        if not open_end and rows and len(rows) == len(places):
            for n, key in zip(rows, places, strict=True):
                segment[n].key, segment[n].how = key, "position"
            break


def _cut_short(values: Sequence[GridCell | None]) -> bool:
    """Whether a row with figures ends before the table does: a blank cell that was dropped moves the others."""
    return values[-1] is None and any(v is not None and v.text.strip() for v in values)


def _write_table3(document: Document, form: Form, rows: list[_Row], reading: StructureReading) -> None:
    reading.tables.add("t3")
    seen: set[str] = set()
    for row in rows:
        key = row.key or ""
        if key in seen or row.how in ("repeated", "aside"):
            reading.repeated_rows += [key] if row.how == "repeated" else []
            continue
        seen.add(key)
        if row.how == "position":
            reading.lost_rows.append(key)
        if len(row.values) != len(form.columns) or _cut_short(row.values):
            continue
        once = taken_once(row.values, row.number)
        for column, cell, own in zip(form.columns, row.values, once, strict=True):
            cell_id = f"t3.{key}.{column.key}"
            status = "inferred" if row.how == "position" else "reported"
            reading.cells[cell_id] = cell_reading(
                document, row.grid, cell, form.cells[cell_id], status, own=own
            )
