"""Ruled tables from line segments and placed characters: the same for PDF pages and scans (表格线还原).

Coordinates grow to the right and downwards. What the rules were drawn with is for the medium's reader.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gipa_pipeline.extract.media.document import Grid, GridCell

_TOLERANCE = 2.5
_LONGEST = 200
"""More rules than this in one direction is a drawing, not a table."""
_CROSSINGS = 1_000_000
_MOST = 60
"""A page with more ruled boxes than this is a drawing; its text is read as lines."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A drawn line: at ``at``, from ``start`` to ``end`` in the other direction."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Glyph:
    """A character with its box; ``pale`` where the page's print is darker."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    pale: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        """The centre of the box."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(slots=True)
class Lattice:
    """A table's outer box, its edges and its cells."""

    grid: Grid
    box: tuple[float, float, float, float]


def lattices(
    horizontal: Sequence[Rule],
    vertical: Sequence[Rule],
    glyphs: list[Glyph],
    page: int,
    of_a_cell: Callable[[list[Glyph]], list[Glyph]] = lambda glyphs: glyphs,
) -> tuple[list[Lattice], list[Glyph]]:
    """The ruled tables of a page from top to bottom, and the glyphs outside them.

    ``of_a_cell`` tells which of the glyphs within a cell's rules are its print.
    """
    across, down = _merged(horizontal), _merged(vertical)
    if len(across) * len(down) > _CROSSINGS:
        return [], glyphs
    tables = [(hs, vs, *_edges(hs, vs)) for hs, vs in _connected(across, down) if len(hs) > 1 and len(vs) > 1]
    tables = [t for t in tables if 2 <= len(t[2]) <= _LONGEST and 2 <= len(t[3]) <= _LONGEST]
    tables.sort(key=lambda t: t[3][0])
    if len(tables) > _MOST:
        return [], glyphs
    found: list[Lattice] = []
    rest = glyphs
    for hs, vs, xs, ys in tables:
        box = (xs[0], ys[0], xs[-1], ys[-1])
        inside = [
            g for g in rest if box[0] - 1 < g.middle[0] < box[2] + 1 and box[1] - 1 < g.middle[1] < box[3] + 1
        ]
        if not inside:
            continue
        taken = set(map(id, inside))
        rest = [g for g in rest if id(g) not in taken]
        found.append(Lattice(Grid(_cells(hs, vs, xs, ys, inside, page, of_a_cell), reader="lattice"), box))
    return found, rest


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Rules on the same line that touch, as one."""
    out: list[Rule] = []
    for rule in sorted(rules, key=lambda r: (round(r.at / _TOLERANCE), r.start)):
        last = out[-1] if out else None
        if last and abs(last.at - rule.at) <= _TOLERANCE and rule.start <= last.end + _TOLERANCE:
            out[-1] = Rule(last.at, last.start, max(last.end, rule.end))
        else:
            out.append(rule)
    return [r for r in out if r.end - r.start > 3]


def _connected(hs: list[Rule], vs: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups of rules that cross or touch."""
    parent = list(range(len(hs) + len(vs)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for i, h in enumerate(hs):
        for j, v in enumerate(vs):
            across = h.start - _TOLERANCE <= v.at <= h.end + _TOLERANCE
            if across and v.start - _TOLERANCE <= h.at <= v.end + _TOLERANCE:
                parent[root(i)] = root(len(hs) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, h in enumerate(hs):
        groups.setdefault(root(i), ([], []))[0].append(h)
    for j, v in enumerate(vs):
        groups.setdefault(root(len(hs) + j), ([], []))[1].append(v)
    return list(groups.values())


def _edges(hs: list[Rule], vs: list[Rule]) -> tuple[list[float], list[float]]:
    """Column and row borders.

    The ends of vertical rules are row borders too: a row cut by a page break has no closing rule, and
    its figures would fall out of the table.
    """
    xs = [v.at for v in vs] + [min(h.start for h in hs), max(h.end for h in hs)]
    ys = [h.at for h in hs] + [min(v.start for v in vs), max(v.end for v in vs)]
    return _clusters(xs), _clusters(ys)


def _clusters(values: list[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > 2 * _TOLERANCE:
            out.append(value)
    return out


def _cells(
    hs: list[Rule],
    vs: list[Rule],
    xs: list[float],
    ys: list[float],
    glyphs: list[Glyph],
    page: int,
    of_a_cell: Callable[[list[Glyph]], list[Glyph]],
) -> list[GridCell]:
    columns, rows = len(xs) - 1, len(ys) - 1
    parent = list(range(columns * rows))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    beside = [[v for v in vs if abs(v.at - x) <= 2 * _TOLERANCE] for x in xs]
    above = [[h for h in hs if abs(h.at - y) <= 2 * _TOLERANCE] for y in ys]
    for r in range(rows):
        middle = (ys[r] + ys[r + 1]) / 2
        for c in range(1, columns):
            if not any(v.start - 1 <= middle <= v.end + 1 for v in beside[c]):
                parent[root(r * columns + c)] = root(r * columns + c - 1)
    for c in range(columns):
        middle = (xs[c] + xs[c + 1]) / 2
        for r in range(1, rows):
            if not any(h.start - 1 <= middle <= h.end + 1 for h in above[r]):
                parent[root(r * columns + c)] = root((r - 1) * columns + c)
    groups: dict[int, list[int]] = {}
    for n in range(columns * rows):
        groups.setdefault(root(n), []).append(n)
    held: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        x, y = glyph.middle
        c = min(max(bisect_right(xs, x) - 1, 0), columns - 1)
        r = min(max(bisect_right(ys, y) - 1, 0), rows - 1)
        held.setdefault(root(r * columns + c), []).append(glyph)
    cells: list[GridCell] = []
    for key, squares in groups.items():
        top, bottom = min(s // columns for s in squares), max(s // columns for s in squares)
        left, right = min(s % columns for s in squares), max(s % columns for s in squares)
        lines = placed_lines(of_a_cell(held.get(key, [])))
        cell = GridCell(
            cell_text(lines, xs[right + 1] - xs[left]),
            top,
            left,
            bottom - top + 1,
            right - left + 1,
            box=(round(xs[left], 1), round(ys[top], 1), round(xs[right + 1], 1), round(ys[bottom + 1], 1)),
            page=page,
            inked=lines[-1][1] if lines else None,
            torn=_torn(squares, columns, (top, bottom, left, right), [line for line, _ in lines]),
        )
        cells.append(cell)
    return sorted(cells, key=lambda c: (c.row, c.column))


_FEW_ROWS = 4
"""A torn cell over more rows is a heading at their side; over these, it may hold the labels of two rows."""


def _torn(
    squares: Sequence[int], columns: int, extent: tuple[int, int, int, int], lines: Sequence[str]
) -> tuple[int, ...]:
    """The rows of a cell in doubt.

    Its squares are no rectangle, as those of every drawn cell are, or it is over several rows and has figures in
    several lines.
    """
    top, bottom, left, right = extent
    if bottom > top and len(lines) > 1 and all(_DIGITS.fullmatch(line) for line in lines):
        return tuple(range(top, bottom + 1))
    if len(squares) == (bottom - top + 1) * (right - left + 1):
        return ()
    rows: dict[int, list[int]] = {}
    for square in sorted(squares):
        rows.setdefault(square // columns, []).append(square % columns)
    if len(rows) <= _FEW_ROWS:
        return tuple(rows)
    usual = Counter(map(tuple, rows.values())).most_common(1)[0][0]
    return tuple(row for row, own in rows.items() if tuple(own) != usual)


_PADDING = 12.0
"""Points of paper that a narrow column keeps free beside its text, both sides together."""
_DIGITS = re.compile(r"[0-9０-９][0-9０-９,，.．]*")

Line = tuple[str, tuple[float, float, float, float]]


def cell_text(lines: Sequence[Line], width: float) -> str:
    """A cell's lines as its text; a number that a narrow column broke is one number again."""
    text = ""
    for n, (line, box) in enumerate(lines):
        last = lines[n - 1] if n else None
        text += "" if last is None or runs_on(last, line, box[1], width) else "\n"
        text += line
    return text


def runs_on(last: Line, line: str, top: float, width: float) -> bool:
    """Whether a number goes on in the next line because its first line fills the column.

    Args:
        last: the line above with its box.
        line: the text of the next one.
        top: where that begins.
        width: of the column.
    """
    text, (left, upper, right, lower) = last
    if not (_DIGITS.fullmatch(text) and _DIGITS.fullmatch(line)):
        return False
    digit = (right - left) / len(text)
    return width - (right - left) < digit + _PADDING and top - lower < 1.5 * (lower - upper)


def placed_lines(glyphs: list[Glyph]) -> list[Line]:
    """Lines of text with their boxes."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: g.middle[1]):
        if rows and abs(rows[-1][-1].middle[1] - glyph.middle[1]) <= max(
            2.0, 0.5 * (glyph.bottom - glyph.top)
        ):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    out: list[Line] = []
    for row in rows:
        row.sort(key=lambda g: g.left)
        text = ""
        previous: Glyph | None = None
        for glyph in row:
            if previous is not None and glyph.left - previous.right > 0.45 * max(
                4.0, previous.bottom - previous.top
            ):
                text += " "
            text += glyph.text
            previous = glyph
        if text.strip():
            box = (
                min(g.left for g in row),
                min(g.top for g in row),
                max(g.right for g in row),
                max(g.bottom for g in row),
            )
            out.append((text.strip(), tuple(round(v, 1) for v in box)))  # type: ignore[arg-type]
    return out
