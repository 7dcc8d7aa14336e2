"""Table 4 in grids: by the headings above and beside each figure, else one row of fifteen cells (表四).

Units print it in one row as the form has it, as three small tables, one figure below the other, or with a row for
each proceeding. Whatever the shape, a figure belongs to the outcome and to the proceeding whose names stand nearest
above it or to its left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from expectations.forms import Form
from gipa_pipeline.extract.fold import ideographs, plain
from gipa_pipeline.extract.media.document import Document, Grid, GridCell
from gipa_pipeline.extract.tables.values import DIFFER, cell_reading, is_value, taken_once
from gipa_pipeline.model import CellReading
from gipa_pipeline.normalize.numbers import parse_number

_OUTCOMES = (
    frozenset(("结果维持", "维持")),
    frozenset(("结果纠正", "纠正")),
    frozenset(("其他结果", "其它结果", "其他", "其它")),
    frozenset(("尚未审结", "未审结", "未结")),
    frozenset(("总计", "合计", "小计", "总数")),
)
_OTHER = re.compile("上年|上一年|去年|前年|同期|占比|比例|比重|百分比|同比|增减|增长")
"""Words beside a row that say that it is not this year's cases."""
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_LONGEST = 24
"""Ideographs of a heading; more is a note or a sentence."""
_FEW = 3
"""Outcomes that must be named in a grid before it is looked at as a table 4."""
_BEFORE = 60
"""Characters before a grid in which its caption stands."""


@lru_cache(maxsize=4096)
def _outcome(words: str) -> int | None:
    return next((k for k, names in enumerate(_OUTCOMES) if words in names), None)


@lru_cache(maxsize=4096)
def _proceeding(words: str) -> int | None:
    """The proceeding that a heading names: 0 to 2, -1 for 行政诉讼 alone, None where it names none or several."""
    if not words or len(words) > _LONGEST:
        return None
    direct, after = "未经复议" in words or "直接起诉" in words, "复议后" in words
    if direct or after:
        return None if direct and after else 1 if direct else 2
    first, second = "行政复议" in words or words == "复议", "诉讼" in words
    return None if first == second else 0 if first else -1


def read_table4(document: Document, grids: Sequence[Grid], form: Form) -> dict[str, CellReading]:
    """Read table 4: by headings where every cell has its own, else the first row without words, fifteen cells wide."""
    likely = [grid for grid in grids if len(_outcomes_named(grid)) >= _FEW]
    return _by_headings(document, grids, likely, form) or _by_place(document, grids, form)


def _outcomes_named(grid: Grid) -> set[int]:
    if grid.reader == "text":
        return set()
    return {k for c in grid.cells if not c.text.isdigit() and (k := _outcome(ideographs(c.text))) is not None}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A cell that may be one of the fifteen: the words its row begins with, and whether that row is blank."""

    grid: Grid
    cell: GridCell
    beside: tuple[str, ...]
    blank: bool


def _by_headings(
    document: Document, grids: Sequence[Grid], likely: Sequence[Grid], form: Form
) -> dict[str, CellReading]:
    """All fifteen cells by their headings, over one grid or several that follow one another.

    None unless each is found once: a cell merged over two headings leaves one of them without.
    """
    ids = form.table_cells("t4")
    wholes: list[list[_Candidate]] = []
    parts: dict[int, list[_Candidate]] = {}
    places = {id(grid): n for n, grid in enumerate(grids)}
    before = -1
    for grid in likely:
        found = _candidates(document, grid, grids)
        if found is None:
            return {}
        goes_on = places[id(grid)] == before + 1 and not set(found) & set(parts)
        parts, before = {**parts, **found} if goes_on else found, places[id(grid)]
        if len(parts) == len(ids):
            chosen = [_one_of(parts[n]) for n in range(len(ids))]
            if any(c is None for c in chosen):
                return {}
            wholes.append([c for c in chosen if c is not None])
            parts = {}
    whole = _own(wholes, grids, form)
    if whole is None and wholes:
        return _several(document, wholes, form)
    whole = whole or []
    return {
        i: cell_reading(document, c.grid, c.cell, form.cells[i]) for i, c in zip(ids, whole, strict=False)
    }


def _several(document: Document, wholes: Sequence[list[_Candidate]], form: Form) -> dict[str, CellReading]:
    """Tables 4 that differ and that nothing tells apart: a cell is read where all of them say the same."""
    read: dict[str, CellReading] = {}
    for n, cell in enumerate(form.table_cells("t4")):
        seen = [cell_reading(document, w[n].grid, w[n].cell, form.cells[cell]) for w in wholes]
        read[cell] = seen[0]
        if len({(r.status, r.value) for r in seen}) > 1:
            values = tuple(dict.fromkeys(r.value for r in seen if r.value is not None))
            read[cell] = CellReading(
                "ambiguous", None, seen[0].raw, values, seen[0].place, seen[0].readers, DIFFER
            )
    return read


def _own(wholes: Sequence[list[_Candidate]], grids: Sequence[Grid], form: Form) -> list[_Candidate] | None:
    """The report's own table 4 among several: the one behind its table 3, if there is just one."""
    if len(wholes) < 2:
        return wholes[0] if wholes else None
    texts = [[c.cell.text.strip() for c in whole] for whole in wholes]
    if all(t == texts[0] for t in texts):
        return wholes[0]
    last = ideographs(form.rows[-1].label)[-8:]
    ends = [n for n, g in enumerate(grids) if any(ideographs(c.text).endswith(last) for c in g.cells)]
    places = {id(g): n for n, g in enumerate(grids)}
    behind = [w for w in wholes if ends and places[id(w[0].grid)] >= ends[-1]]
    return behind[0] if len(behind) == 1 else None


def _one_of(candidates: Sequence[_Candidate]) -> _Candidate | None:
    """The cell among several with the same headings: the one whose row is not blank, or is of the latest year."""
    if len(candidates) == 1 or all(c.blank and not c.beside for c in candidates):
        return candidates[0]
    if len({c.beside for c in candidates}) == 1:
        filled = [c for c in candidates if not c.blank]
        return filled[0] if len(filled) == 1 else None
    years = [{int(y) for word in c.beside for y in _YEAR.findall(word)} for c in candidates]
    if all(len(y) == 1 for y in years) and len({max(y) for y in years}) == len(years):
        return max(zip(years, candidates, strict=True), key=lambda pair: max(pair[0]))[1]
    return None


def _candidates(document: Document, grid: Grid, grids: Sequence[Grid]) -> dict[int, list[_Candidate]] | None:
    """The cells of a grid by their number in the form; None where headings contradict one another."""
    named = [
        [_proceeding(ideographs(c.text)) if c is not None else None for c in grid.row(n)]
        for n in range(grid.height)
    ]
    none_named = all(k is None for row in named for k in row)
    outside = _caption(document, grid, grids) if none_named else None
    found: dict[int, list[_Candidate]] = {}
    for n, names in enumerate(_headings(grid)):
        own = grid.own(n)
        if _counts_columns(own):
            continue
        # A word among figures (a sum not worked out) stands in a cell of the form; elsewhere it is a heading.
        filled = sum(is_value(plain(c.text)) for c in own) >= _FEW
        beside = tuple(
            w
            for c in takewhile(lambda c: _is_words(c.text) or _YEAR.search(c.text), own)
            if (w := plain(c.text))
        )
        if any(_OTHER.search(word) for word in beside):
            continue
        blank = all(parse_number(plain(c.text)).status == "blank" for c in own)
        for cell in own:
            words = _is_words(cell.text)
            if cell.row != n or (words and (cell.colspan > 1 or not filled or _is_head(cell))):
                continue
            outcome, proceeding = names[cell.column]
            proceeding = outside if proceeding is None and none_named else proceeding
            if proceeding is None or proceeding == -1:
                continue
            if _CONTRADICTION in (outcome, proceeding):
                return None
            if outcome is not None:
                found.setdefault(len(_OUTCOMES) * proceeding + outcome, []).append(
                    _Candidate(grid, cell, beside, blank)
                )
    return found


def _is_head(cell: GridCell) -> bool:
    words = ideographs(cell.text)
    return _outcome(words) is not None or _proceeding(words) is not None


def _is_words(text: str) -> bool:
    text = plain(text)
    return bool(ideographs(text)) and not is_value(text) and parse_number(text).status != "blank"


_CONTRADICTION = -2


def _headings(grid: Grid) -> Iterator[list[tuple[int | None, int | None]]]:
    """Row by row, for every square the outcome and proceeding whose names stand nearest above it or to its left."""
    above: list[tuple[int | None, int | None]] = [(None, None)] * grid.width
    for n in range(grid.height):
        names = []
        left: tuple[int | None, int | None] = (None, None)
        for column, cell in enumerate(grid.row(n)):
            names.append(_together(above[column], left))
            if cell is None or not cell.text or _is_figure(cell.text):
                continue
            words = ideographs(cell.text)
            outcome, proceeding = _outcome(words), _proceeding(words)
            left = _nearer(left, outcome, proceeding)
            above[column] = _nearer(above[column], outcome, proceeding)
        yield names


def _nearer(
    names: tuple[int | None, int | None], outcome: int | None, proceeding: int | None
) -> tuple[int | None, int | None]:
    return names[0] if outcome is None else outcome, names[1] if proceeding is None else proceeding


def _together(
    above: tuple[int | None, int | None], left: tuple[int | None, int | None]
) -> tuple[int | None, int | None]:
    proceedings = [above[1], left[1]]
    if -1 in proceedings and (1 in proceedings or 2 in proceedings):
        # 行政诉讼 above and 复议后起诉 beside it: the second says which.
        proceedings = [k for k in proceedings if k != -1]
    return _agreed(above[0], left[0]), _agreed(*proceedings)


def _agreed(*names: int | None) -> int | None:
    seen = {k for k in names if k is not None}
    return _CONTRADICTION if len(seen) > 1 else seen.pop() if seen else None


def _counts_columns(own: Sequence[GridCell]) -> bool:
    """Whether a row's figures number the columns: 1, 2, 3 and so on."""
    figures = [plain(c.text) for c in own if is_value(plain(c.text))]
    return len(figures) >= len(_OUTCOMES) and figures == [str(n) for n in range(1, len(figures) + 1)]


def _caption(document: Document, grid: Grid, grids: Sequence[Grid]) -> int | None:
    """The proceeding that is named between the table before and this one."""
    start = grid.cells[0].start
    if start is None:
        return None
    ends = [g.cells[-1].end for g in grids if g.cells and g is not grid]
    low = max([e for e in ends if e is not None and e <= start] + [start - _BEFORE, 0])
    lines = [ideographs(line) for line in document.text[low:start].split("\n")]
    return next((k for line in reversed(lines) if (k := _proceeding(line)) is not None), None)


def _is_figure(text: str) -> bool:
    return text.isascii() and text.isdigit()


_T4_HEADS = ("维持", "纠正", "其他", "审结", "计")
_T4_SIGNS = ("尚未审结", "行政复议")


def _only_values(grid: Grid, number: int) -> bool:
    """Whether a row holds figures, spelled numbers and blanks only."""
    texts = {plain(c.text) for c in grid.row(number) if c is not None}
    return all(t == "一" or parse_number(t).status != "unreadable" or not ideographs(t) for t in texts)


def _by_place(document: Document, grids: Sequence[Grid], form: Form) -> dict[str, CellReading]:
    """The first row without words below the headings of a table 4, if it has fifteen cells."""
    ids = form.table_cells("t4")
    for grid in grids:
        words = [
            ideographs("".join(c.text for c in grid.own(n) if not _is_figure(c.text)))
            for n in range(grid.height)
        ]
        head = next((n for n, w in enumerate(words) if _T4_SIGNS[1] in w and "本年新收" not in w), None)
        if head is None or not any(k in "".join(words) for k in ("审结", "维持", "未经复议")):
            continue
        rows = _rows_below(grid, head)
        if rows is None:
            return {}
        if not rows:
            continue
        number = rows[0]
        row = grid.own(number)
        values = [c for c in row if is_value(plain(c.text))]
        if len(values) == len(ids):
            chosen = values
        elif len(row) == len(ids):
            chosen = row
        elif len(row) > len(ids) and not any(c.text.strip() for c in row[len(ids) :]):
            # A row drawn with bars, filled up to the width of a wider table.
            chosen = row[: len(ids)]
        elif not any(sign.isdigit() for c in row for sign in c.text):
            chosen = []
        else:
            continue
        order = _order(grid, number, chosen, len(ids))
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


def _rows_below(grid: Grid, head: int) -> list[int] | None:
    """The rows that may be the values': those that are not blank and hold no words, else a blank one.

    None where it is open. A row with several figures and a word among them (a cell not worked out) is the values'
    row too: a blank row beneath it is not.
    """
    named = [n for n in range(head, grid.height) if sum(map(_is_outcome, grid.own(n))) >= _FEW]
    below = [n for n in range(max([head, *named]) + 1, grid.height) if not _counts_columns(grid.own(n))]
    only = [n for n in below if _only_values(grid, n)]
    filled = [n for n in only if any(parse_number(plain(c.text)).status != "blank" for c in grid.own(n))]
    mixed = [n for n in below if n not in only and sum(is_value(plain(c.text)) for c in grid.own(n)) >= _FEW]
    if mixed and not filled:
        return None
    rows = {tuple(c.text.strip() for c in grid.own(n)) for n in filled}
    return None if len(rows) > 1 else filled or only


def _is_outcome(cell: GridCell) -> bool:
    return _outcome(ideographs(cell.text)) is not None


def _in_order(grid: Grid, number: int) -> bool:
    """Whether the proceedings that the headings name stand in the form's order from left to right."""
    seen: list[int] = []
    for n in range(number):
        for cell in grid.own(n):
            place = _proceeding(ideographs(cell.text))
            if place in (0, -1) and cell.column == 0 and place == -1:
                return False
            if place in (1, 2):
                seen.append(place)
    firsts = list(dict.fromkeys(seen))
    return firsts == sorted(firsts)


def _order(grid: Grid, number: int, chosen: Sequence[GridCell], count: int) -> list[int] | None:
    """The order in which the chosen cells fill the form, told by the heading over each.

    The form's own order where headings do not stand over their columns (spans lost); None where a heading
    contradicts it and the headings of a block are not all there.
    """
    if not _in_order(grid, number):
        return None
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
