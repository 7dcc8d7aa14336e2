"""Table 3 of a page without rules as a grid, from the places of its words (无框线表格还原).

A row is a label, in one line or several, and the figures level with it. A known label without figures is an empty
row. What stands in the table and has no sure place makes the cell next to it unreadable; nothing is dropped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from gipa_pipeline.extract.fold import ideographs
from gipa_pipeline.extract.media.document import GridCell

_COLUMNS = 7
_MOST_FIGURES = 10
"""A line with more figures belongs to another table."""
_VALUE = re.compile(r"[\d０-９][\d０-９,，.]*|[/／—－-]+|无")
_ALONE = re.compile(r"\d+[.、．]")
"""The number before a label (``2.``), which is no figure."""
_ORDINAL = re.compile(r"[(（]?[一二三四五六七八九十\d]{1,2}[)）、.．]")
"""What a label begins with; a line that begins so is no later line of another label."""
_SAME_LINE = 3.0
"""Points by which the middles of words on one line may differ."""
_OFF_CENTRE = 3.0
"""Points by which a row's figures may miss the middle of a label that is not known."""
_NEAR = 8.0
"""Points from a row within which a word without a place of its own makes the row's cell unreadable."""
_SURE = 0.8
"""Share of the way to the border between two columns up to which a word stands surely in one."""
_MOST_LINES = 9
"""A label in a narrow column takes no more lines."""
_SKIPPED = 9.0
_MARGIN = 0.4
"""Share of the label column's lines that begin alike where it is set to the left."""
_EMPTY, _UNKNOWN = 1.0, 2.0
"""Costs of passing over a line of the label column, of a label without figures, of a line of an unknown label."""
_GATHERING = ("法人或其他组织", "申请人情况")
_UNSURE = "？"


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its box in points."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def x(self) -> float:
        """The middle, across."""
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        """The middle, down."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Known:
    """What the forms print.

    ``is_label`` and ``is_block_label``: whether a text is a label of table 3, of table 2. ``headings``,
    ``outcomes``: the spellings of the headings of table 3's and table 4's columns in printed order;
    ``block_headings`` those of table 2.
    """

    is_label: Callable[[str], bool]
    headings: Sequence[frozenset[str]]
    is_block_label: Callable[[str], bool]
    block_headings: frozenset[str]
    outcomes: Sequence[frozenset[str]]


@dataclass(slots=True)
class _Row:
    label: list[Word]
    level: float | None
    words: list[Word] = field(default_factory=list)
    outside: list[Word] = field(default_factory=list)
    """Figures close by that are level with no label."""

    @property
    def top(self) -> float:
        return min(
            [w.top for w in self.label] + ([self.level - _SAME_LINE] if self.level is not None else [])
        )

    @property
    def bottom(self) -> float:
        return max(
            [w.bottom for w in self.label] + ([self.level + _SAME_LINE] if self.level is not None else [])
        )


def table_cells(
    words: Sequence[Word], page: int, known: Known, before: list[float] | None = None
) -> tuple[list[GridCell], list[float] | None]:
    """The cells of table 3 on a page, eight a row (the label and seven figures), and the columns' middles.

    Args:
        words: the page's words.
        page: its number.
        known: the form's words.
        before: the columns' middles of the page before, for a page that goes on without a heading.
    """
    lines = lines_of(words)
    headed = _by_heading(words, known)
    centres = headed or _by_figures(lines) or before
    if centres is None:
        return [], before
    reach = pitch(centres) / 2
    if reach < 4:
        return [], before
    edge = _edge(lines, centres, reach)
    levels = [row for line in lines if (row := _figures(line, edge))]
    fitting = [
        row
        for row in levels
        if len(row) <= _MOST_FIGURES and all(column_at(w, centres, reach) is not None for w in row)
    ]
    rows = _rows(words, fitting, edge, known)
    if len(rows) < 2 and not (headed and rows):
        return [], headed or before
    _fill(rows, [w for w in words if w.x > edge], fitting)
    for word in words:
        # A figure between the labels and the first column may be one of that column's, set to the left.
        if edge - 2 * reach < word.x <= edge and is_figure(word):
            for own in rows:
                if own.top <= word.y <= own.bottom:
                    own.outside.append(word)
    cells: list[GridCell] = []
    for n, own in enumerate(rows):
        cells += _row_cells(own, n, page, centres, reach)
    return cells, centres


def _edge(lines: Sequence[Sequence[Word]], centres: Sequence[float], reach: float) -> float:
    """Where the labels end: at the first column's figures, which may be set to the left under their heading."""
    firsts = [
        min(w.left for w in own)
        for line in lines
        if len(fit := [w for w in line if is_figure(w) and column_at(w, centres, reach) is not None]) >= 3
        and (own := [w for w in fit if column_at(w, centres, reach) == 0])
    ]
    return max(centres[0] - reach, min(firsts, default=0.0) - 1)


def pitch(middles: Sequence[float]) -> float:
    """The smallest step between columns."""
    return min(b - a for a, b in pairwise(middles))


def lines_of(words: Sequence[Word]) -> list[list[Word]]:
    """Words level with one another, from top to bottom."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.y):
        if lines and abs(lines[-1][0].y - word.y) <= _SAME_LINE:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def is_figure(word: Word) -> bool:
    """Whether a word is a number, or a sign for none."""
    return bool(_VALUE.fullmatch(word.text)) and not _ALONE.fullmatch(word.text)


def _figures(line: Sequence[Word], edge: float) -> list[Word]:
    return sorted((w for w in line if w.x > edge and is_figure(w)), key=lambda w: w.x)


def column_at(word: Word, centres: Sequence[float], reach: float) -> int | None:
    """The column in which a word surely stands, None for one near a border."""
    near = min(range(len(centres)), key=lambda n: abs(word.x - centres[n]))
    return near if abs(word.x - centres[near]) < _SURE * reach else None


def _by_figures(lines: Sequence[Sequence[Word]]) -> list[float] | None:
    """The columns' middles by the lines that have all seven figures."""
    values = [sorted(filter(is_figure, line), key=lambda w: w.x) for line in lines]
    full = [row[-_COLUMNS:] for row in values if _COLUMNS <= len(row) <= _MOST_FIGURES]
    if len(full) < 2:
        return None
    centres = [median(row[n].x for row in full) for n in range(_COLUMNS)]
    reach = pitch(centres) / 2
    level = [row for row in full if all(abs(w.x - c) < reach for w, c in zip(row, centres, strict=True))]
    return centres if len(level) >= 2 else None


def _by_heading(words: Sequence[Word], known: Known) -> list[float] | None:
    """The columns' middles by the seven headings, each in one piece or broken over lines."""
    firsts = [w for w in words if ideographs(w.text) in known.headings[0]]
    lasts = [w for w in words if ideographs(w.text) in known.headings[-1]]
    for first in firsts:
        for last in lasts:
            if last.left <= first.right or abs(first.y - last.y) > 40:
                continue
            zone = [
                w
                for w in words
                if first.left - 1 <= w.left
                and w.right <= last.right + 1
                and abs(w.y - first.y) <= 45
                and ideographs(w.text)
                and ideographs(w.text) not in _GATHERING
            ]
            groups = across(zone)
            texts = [ideographs("".join(w.text for w in sorted(g, key=lambda w: w.y))) for g in groups]
            if len(groups) == _COLUMNS and all(t in h for t, h in zip(texts, known.headings, strict=True)):
                return [(min(w.left for w in g) + max(w.right for w in g)) / 2 for g in groups]
    return None


def across(words: Sequence[Word]) -> list[list[Word]]:
    """Words that stand above one another, together, from left to right."""
    groups: list[list[Word]] = []
    edge = float("-inf")
    for word in sorted(words, key=lambda w: w.left):
        if word.left < edge - 1:
            groups[-1].append(word)
        else:
            groups.append([word])
        edge = max(edge, word.right)
    return groups


def _rows(words: Sequence[Word], figures: Sequence[Sequence[Word]], edge: float, known: Known) -> list[_Row]:
    """The table's rows: each label of several lines with the figures level with it.

    The lines of the last label column are dealt out in order so that they fit best (dynamic programming); a
    line that fits nowhere (a heading) is passed over, and so are figures that belong to no label.
    """
    left = [w for w in words if w.right < edge + 1 and not is_figure(w)]
    levels = [row[0].y for row in figures]
    beside = [
        max((w for w in left if abs(w.y - y) <= _SAME_LINE), key=lambda w: w.right, default=None)
        for y in levels
    ]
    # 总计 and 其他 without their number head columns of other tables as well.
    whole = {id(w) for w in left if ideographs(w.text) != w.text and known.is_label(w.text)}
    columns = [w.x for w in beside if w is not None] + [w.x for w in left if id(w) in whole]
    if not columns:
        return []
    middle = median(columns)
    through = [w for w in left if w.left - 2 <= middle <= w.right + 2]
    # The last short line of a label that is set to the left begins where its other lines begin.
    margins = Counter(round(w.left) for w in through).most_common(1)
    margin = margins[0][0] if margins and margins[0][1] >= _MARGIN * len(through) else -99
    lines = sorted(
        (w for w in left if w in through or id(w) in whole or abs(w.left - margin) <= 1.5), key=lambda w: w.y
    )
    full = [len(row) >= _COLUMNS for row in figures]
    best: list[list[tuple[float, int, int]]] = [
        [(0.0, 0, 0)] * (len(levels) + 1) for _ in range(len(lines) + 1)
    ]
    for i in range(len(lines) + 1):
        for r in range(len(levels) + 1):
            if i or r:
                best[i][r] = min(_ways(best, lines, levels, full, i, r, known))
    found: list[_Row] = []
    i, r = len(lines), len(levels)
    while i or r:
        _, size, row = best[i][r]
        label = list(lines[i - size : i])
        if row and (size or full[r - 1]):
            found.append(_Row(label, levels[r - 1]))
        elif size and known.is_label("".join(w.text for w in label)):
            found.append(_Row(label, None))
        i, r = i - size, r - row
    return found[::-1]


def _ways(
    best: Sequence[Sequence[tuple[float, int, int]]],
    lines: Sequence[Word],
    levels: Sequence[float],
    full: Sequence[bool],
    i: int,
    r: int,
    known: Known,
) -> list[tuple[float, int, int]]:
    """The ways to end with ``i`` lines and ``r`` lines of figures: cost, lines and figures taken."""
    ways: list[tuple[float, int, int]] = []
    if i:
        ways.append((best[i - 1][r][0] + _SKIPPED, 1, 0))
    if r:
        ways.append((best[i][r - 1][0] + 2 * _SKIPPED, 0, 1))
    for size in range(1, min(i, _MOST_LINES) + 1):
        first, last = lines[i - size], lines[i - 1]
        named = known.is_label("".join(w.text for w in lines[i - size : i]))
        if named:
            ways.append((best[i - size][r][0] + _EMPTY, size, 0))
        if not r:
            continue
        level = levels[r - 1]
        # Figures stand level with the middle of their label, or with its first line.
        off = min(abs((first.y + last.y) / 2 - level), abs(first.y - level))
        inside = named and first.top - 2 <= level <= last.bottom + 2
        if inside or (off <= _OFF_CENTRE and full[r - 1]):
            numbered = sum(bool(_ORDINAL.match(w.text)) for w in lines[i - size + 1 : i])
            cost = min(off, _EMPTY / 2) if named else off + _UNKNOWN * size + 3 * _SKIPPED * numbered
            ways.append((best[i - size][r - 1][0] + cost, size, 1))
    return ways


def _fill(rows: Sequence[_Row], words: Sequence[Word], figures: Sequence[Sequence[Word]]) -> None:
    """Give each row its words: figures and notes level with its label, and figures near it."""
    placed = {id(w) for row in figures for w in row}
    for word in words:
        nearest = min(rows, key=lambda row: max(row.top - word.y, word.y - row.bottom, 0.0))
        if nearest.top <= word.y <= nearest.bottom:
            nearest.words.append(word)
        elif id(word) in placed and max(nearest.top - word.y, word.y - nearest.bottom) <= _NEAR:
            nearest.outside.append(word)


def _row_cells(row: _Row, number: int, page: int, centres: Sequence[float], reach: float) -> list[GridCell]:
    groups: list[list[Word]] = [row.label, *([] for _ in centres)]
    unsure: set[int] = set()
    for word in sorted((*row.words, *row.outside), key=lambda w: (w.y, w.x)):
        column = None if word in row.outside else column_at(word, centres, reach)
        if column is None:
            near = sorted(range(len(centres)), key=lambda n: abs(word.x - centres[n]))[:2]
            unsure.update(n + 1 for n in near)
            column = near[0]
        groups[column + 1].append(word)
    cells = []
    for column, group in enumerate(groups):
        joint = "" if column == 0 else "\n"
        text = joint.join(w.text for w in group) + (_UNSURE if column in unsure else "")
        box = None
        if group:
            box = (
                round(min(w.left for w in group), 1),
                round(min(w.top for w in group), 1),
                round(max(w.right for w in group), 1),
                round(max(w.bottom for w in group), 1),
            )
        cells.append(GridCell(text, number, column, page=page, box=box))
    return cells
