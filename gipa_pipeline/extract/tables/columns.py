"""The seven value columns of table 3 in a grid: by full rows, by the heading, or the last seven (数值列定位).

Units put columns of their own beside the form's: a serial number, a remark, a share, last year's figures, a
subtotal. What stands under a heading that is none of the form's is none of its cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from expectations.forms import Form
from gipa_pipeline.extract.fold import ideographs
from gipa_pipeline.extract.media.document import Grid, GridCell
from gipa_pipeline.extract.tables.labels import core
from gipa_pipeline.extract.tables.strange_heads import strange_columns
from gipa_pipeline.extract.tables.values import is_value
from gipa_pipeline.normalize.numbers import parse_number

_OTHER_MEASURE = re.compile(r"上年|上一年|去年|前年|同期|占比|比例|比重|百分比|同比|增减|增长|小计|备注|序号")
"""Words of a heading that say that the column is not this year's count of one kind of applicant."""
_FEW_ROWS = 2
"""Rows with figures that show by the number of their cells where a row's figures begin."""
_TRUSTED = 5
"""Headings of the form that must stand over the table before its other columns are believed to be its own."""


@dataclass(frozen=True, slots=True)
class ValueColumns:
    """Where the form's columns stand; None for one that the table does not have.

    ``ragged``: full rows stand in different columns because merged label cells were not spread, so that each
    row counts from its own label. ``headed``: the headings alone say so. ``others``: columns with a heading that
    is none of the form's.
    """

    positions: Sequence[int | None]
    ragged: bool = False
    headed: bool = False
    others: frozenset[int] = frozenset()


def figures_of(cells: Sequence[GridCell | None], texts: list[str]) -> list[int]:
    """The columns in which a row's figures begin."""
    return [c for c, cell in enumerate(cells) if cell is not None and cell.column == c and is_value(texts[c])]


def behind_label(figures: list[int], texts: list[str]) -> list[int]:
    """The figures behind a row's last label: those before it number the rows."""
    last = figures[-1] if figures else 0
    label = max((c for c, t in enumerate(texts[:last]) if _is_label(t)), default=-1)
    return [c for c in figures if c > label]


def value_columns(
    grid: Grid, texts: list[list[str]], figures: dict[int, list[int]], form: Form
) -> ValueColumns | None:
    """Find the columns.

    Args:
        grid: a grid with rows of table 3.
        texts: its folded texts by row and column.
        figures: for each row with a label of the form, the columns in which figures begin.
        form: the edition.

    Returns:
        The columns, or None where the table leaves open which is which.
    """
    width = len(form.columns)
    # A heading row looks like a labelled one: 总计 and 其他 are rows too.
    first = min((n for n, of in figures.items() if of), default=min(figures))
    if strange_columns(texts, first, range(grid.width), form):
        return None
    kinds, others = headed(texts, first, grid.width, form)
    trusted = len(kinds) >= _TRUSTED and len(set(kinds.values())) == len(kinds)
    if grid.reader != "text" and any(
        _is_label(texts[n][c]) for n, of in figures.items() if of for c in kinds
    ):
        # A heading that stands over the rows' labels has slipped, and so may the others have.
        trusted = False
    if grid.reader == "text":
        # Merged label cells are not spread there, so that headings do not stand over their columns.
        figures = {n: behind_label(of, texts[n]) for n, of in figures.items()}
        if _kinds_swapped(texts[:first]):
            return None
        crowded = any(len(of) > width for of in figures.values())
        whole = trusted and len(kinds) == width
        trusted = whole and crowded
        if (crowded and not trusted) or not (trusted or _heads_in_order(texts[:first], form)):
            return None
        if not crowded and (drawn := _drawn(grid, texts, figures, kinds if whole else {}, width)) is not None:
            return drawn
    votes = Counter(tuple(of) for of in figures.values() if len(of) == width)
    used = {c for of in figures.values() for c in of}
    if votes:
        voted = list(votes.most_common(1)[0][0])
        foreign = trusted and set(kinds) != set(voted)
        # Figures without a heading to the right of all headings: somebody's notes beside the table.
        beside = frozenset(c for c in used if c > max(kinds)) if trusted else frozenset()
        if foreign and len(kinds) == width and used <= set(kinds) | others | beside:
            # Rows that reach over the headed columns and one of the unit's own: a row that has as many figures
            # as the form has columns is one of them with a blank, and no sign of slipped headings.
            wide = sum(not (set(of) <= set(voted) or set(of) <= set(kinds)) for of in figures.values())
            if wide > votes[tuple(voted)]:
                return _by_kinds(kinds, width, others | beside)
        if (
            foreign
            and len(kinds) == width
            and len({a - b for a, b in zip(voted, sorted(kinds), strict=True)}) == 1
        ):
            # Headings and figures are a column apart: nothing tells which of them slipped.
            return None
        if not foreign or not (set(voted) & others):
            ragged = len(votes) > 1 and grid.reader == "text"
            known = others if trusted and not foreign else frozenset[int]()
            return ValueColumns(_by_heading(texts, voted, first, _headings(form)), ragged, others=known)
    beside = frozenset(c for c in used if len(kinds) == width and c > max(kinds))
    if trusted and (used <= set(kinds) | others | beside):
        return _by_kinds(kinds, width, others | beside)
    if (found := _by_one_row(grid, texts, _headings(form))) is not None and used <= set(found):
        return ValueColumns(list(found))
    last = _last(grid, texts, figures, width)
    return ValueColumns(list(last)) if last is not None else None


def _by_kinds(kinds: dict[int, int], width: int, others: frozenset[int]) -> ValueColumns:
    """The columns where their headings stand."""
    where = {k: c for c, k in kinds.items()}
    return ValueColumns([where.get(k) for k in range(width)], headed=True, others=others)


def _drawn(
    grid: Grid, texts: list[list[str]], figures: dict[int, list[int]], kinds: dict[int, int], width: int
) -> ValueColumns | None:
    """The columns of a table drawn with bars or tabs, whose merged labels are not spread, if they are plain to see.

    Either a converter kept the empty squares, so that each heading stands over its own column; or each row with
    figures has just as many cells behind its label as the form has columns.
    """
    if len(kinds) == width and [kinds[c] for c in sorted(kinds)] == sorted(kinds.values()):
        used = {c for of in figures.values() for c in of}
        if used <= set(kinds):
            return ValueColumns(sorted(kinds), headed=True)
    starts: list[int] = []
    for n in range(grid.height):
        full = len(figures_of(grid.row(n), texts[n])) >= width
        if not figures.get(n) and not full:
            continue
        label = max((c for c, t in enumerate(texts[n]) if _is_label(t)), default=-1)
        if sum(cell is not None for cell in grid.row(n)[label + 1 :]) != width:
            return None
        starts.append(label + 1)
    if len(starts) < _FEW_ROWS:
        return None
    return ValueColumns(list(range(starts[0], starts[0] + width)), ragged=True)


def moved(
    figures: list[int], texts: list[str], columns: ValueColumns, slip: int | None
) -> Sequence[int | None] | None:
    """The value columns of a row whose cells have slipped, None where they do not hold all its figures."""
    places = [c + slip if c is not None else None for c in columns.positions] if slip is not None else []
    known = {c for c in places if c is not None}
    others = {c + (slip or 0) for c in columns.others}
    if not known or min(known) < 0 or max(known) >= len(texts) or not set(figures) <= known | others:
        return shifted(figures, texts, columns) if len(figures) == len(columns.positions) else None
    return places


def shifted(
    figures: list[int], texts: list[str], columns: ValueColumns, *, aligned: bool = False
) -> Sequence[int | None] | None:
    """The value columns of a labelled row whose cells may have slipped (a span that a cut table lost).

    None when its figures stand elsewhere and are not one a column. ``aligned``: the row has its label and as many
    cells behind it as the others have, so that what stands right of the columns is beside the table.
    """
    positions = columns.positions
    known = {c for c in positions if c is not None} | columns.others
    if set(figures) <= known or (aligned and all(c in known or c > max(known) for c in figures)):
        return positions
    label = max((c for c, t in enumerate(texts) if _is_label(t)), default=-1)
    own = [c for c in figures if c > label]
    if set(own) <= known:
        return positions
    straight = [c for c in positions if c is not None]
    return own if len(own) == len(positions) and straight == sorted(straight) else None


def own_columns(texts: list[str], columns: list[int], *, ragged: bool) -> list[int] | None:
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
    stray = all(c in columns or c < columns[0] for c in filled)
    return fits[0] if fits else (columns if label < columns[0] and stray and not ragged else None)


def _is_label(text: str) -> bool:
    return bool(ideographs(text)) and not is_value(text) and parse_number(text).status != "blank"


def headed(
    texts: Sequence[Sequence[str]], first: int, width: int, form: Form
) -> tuple[dict[int, int], frozenset[int]]:
    """Grid column to the form's column whose heading stands over it, and the columns headed otherwise."""
    heads = _headings(form)
    kinds: dict[int, int] = {}
    others: set[int] = set()
    for c in range(width):
        stack = [w for w in dict.fromkeys(core(texts[n][c]) for n in range(first)) if w]
        named = {k for w in stack for k, wanted in enumerate(heads) if w in wanted}
        if not stack:
            continue
        if any(_OTHER_MEASURE.search(w) for w in stack) or not named:
            others.add(c)
        elif len(named) == 1:
            kinds[c] = named.pop()
    return kinds, frozenset(others)


def _heads_in_order(rows: list[list[str]], form: Form) -> bool:
    """Whether the headings of a table drawn with bars, where they can be seen, stand in the form's order."""
    words = "".join(ideographs(t) for row in rows for t in row)
    parts = [words.find(core(c.label)) for c in form.columns[:5]]
    total = words.rfind(core(form.columns[-1].label))
    seen = [p for p in parts if p >= 0]
    return seen == sorted(seen) and (total < 0 or not seen or total > seen[0])


def _kinds_swapped(headings: list[list[str]]) -> bool:
    """Whether a heading row of a table whose spans are not spread puts the organisations before 自然人."""
    for row in headings:
        words = [core(t) for t in row]
        if "自然人" in words and "法人或其他组织" in words[: words.index("自然人")]:
            return True
    return False


def _by_one_row(grid: Grid, texts: list[list[str]], heads: tuple[frozenset[str], ...]) -> list[int] | None:
    """The columns under a row that holds all seven headings in order."""
    for n in range(grid.height):
        columns: list[int] = []
        for wanted in heads:
            start = columns[-1] + 1 if columns else 0
            at = next((c for c in range(start, grid.width) if core(texts[n][c]) in wanted), None)
            if at is None:
                break
            columns.append(at)
        if len(columns) == len(heads):
            return columns
    return None


def _last(grid: Grid, texts: list[list[str]], figures: dict[int, list[int]], width: int) -> list[int] | None:
    """The last seven columns, where no figure stands before them and no label in them."""
    used = max((c for n in figures for c, t in enumerate(texts[n]) if t), default=grid.width - 1)
    last = grid.width if used < grid.width - width else max(used + 1, min(grid.width, width + 1))
    if last < width + 1:
        return None
    columns = list(range(last - width, last))
    if grid.reader == "text" and not any(figures.values()) and any(_written(texts[n]) for n in figures):
        # Something stands there that is no number, and nothing tells where a row's cells begin.
        return None
    for n, of in figures.items():
        if any(c < columns[0] for c in of):
            return None
        if any(_is_label(t) for t in texts[n][columns[0] : last]) and of:
            return None
    return columns


def _written(texts: list[str]) -> bool:
    """Whether a row holds more than its label and blank marks."""
    return any(t and not ideographs(t) and parse_number(t).status == "unreadable" for t in texts)


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
