"""In which columns of a grid table 3's seven figures stand (表三数值列).

Rows vote, headings decide where a table has columns of the unit's own. What the rows mean is for
``structure``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache

from expectations.forms import Form
from gipa_pipeline.extract.fold import ideographs
from gipa_pipeline.extract.media.document import Grid, GridCell
from gipa_pipeline.extract.tables.labels import core
from gipa_pipeline.extract.tables.values import is_value
from gipa_pipeline.normalize.numbers import parse_number


@dataclass(frozen=True, slots=True)
class Columns:
    """The seven value columns in the form's order.

    ``ragged``: full rows stand in different columns because merged label cells were not spread, so that each
    row counts from its own label. ``headed``: the headings alone say so, and figures elsewhere are not the
    form's.
    """

    places: list[int]
    ragged: bool = False
    headed: bool = False


def value_columns(
    grid: Grid, texts: list[list[str]], figures: dict[int, list[int]], form: Form
) -> Columns | None:
    """The grid columns of the seven value columns: by full rows, by the headings, or the last seven.

    Args:
        grid: the table.
        texts: the folded text of every square, by row and column.
        figures: by labelled row, the columns in which its figures begin.
        form: the form whose table 3 it is.

    Returns:
        None where nothing tells the columns for certain.
    """
    width = len(form.columns)
    votes = Counter(tuple(of) for of in figures.values() if len(of) == width)
    heads = _headings(form)
    first = min((n for n, of in figures.items() if of), default=0)
    if grid.reader == "text" and _kinds_swapped(texts[:first]):
        return None
    if any(len(of) > width for of in figures.values()):
        # A column of the unit's own (serial numbers, last year): full rows cannot vote, headings may.
        return _authoritative(_headed(texts, grid, first, heads))
    headed = _headed(texts, grid, first, heads) if grid.reader != "text" else None
    if votes:
        voted = list(votes.most_common(1)[0][0])
        if headed is not None and set(headed) != set(voted):
            # Seven figures a row, but not under the seven headings: a column is empty, another is not the form's;
            # or the headings are a column off, and then nothing tells.
            off = {a - b for a, b in zip(sorted(voted), sorted(headed), strict=True)}
            return None if len(off) == 1 else _authoritative(headed)
        places = _by_heading(texts, voted, first, heads)
        return Columns(places, ragged=len(votes) > 1 and grid.reader == "text")
    if headed is not None:
        return _authoritative(headed)
    for n in range(grid.height):
        columns: list[int] = []
        for wanted in heads:
            start = columns[-1] + 1 if columns else 0
            at = next((c for c in range(start, grid.width) if core(texts[n][c]) in wanted), None)
            if at is None:
                break
            columns.append(at)
        if len(columns) == width:
            return Columns(columns)
    used = max((c for n in figures for c, t in enumerate(texts[n]) if t), default=grid.width - 1)
    last = grid.width if used < grid.width - width else max(used + 1, min(grid.width, width + 1))
    return Columns(list(range(last - width, last))) if last >= width + 1 else None


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


def _kinds_swapped(headings: list[list[str]]) -> bool:
    """Whether a heading row of a table whose spans are not spread puts the organisations before 自然人."""
    for row in headings:
        words = [core(t) for t in row]
        if "自然人" in words and "法人或其他组织" in words[: words.index("自然人")]:
            return True
    return False


def _authoritative(places: list[int] | None) -> Columns | None:
    return Columns(places, headed=True) if places is not None else None


def figures_of(cells: list[GridCell | None], texts: list[str]) -> list[int]:
    """The columns in which a row's figures begin."""
    return [c for c, cell in enumerate(cells) if cell is not None and cell.column == c and is_value(texts[c])]


def shifted(figures: list[int], texts: list[str], columns: list[int]) -> list[int] | None:
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
    return fits[0] if fits else (columns if label < columns[0] and not ragged else None)
