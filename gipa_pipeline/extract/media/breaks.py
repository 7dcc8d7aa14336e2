"""Rows of ruled tables that a page break cut inside their cells (跨页断行).

A figure in a narrow column may stand with its first digits at the foot of a page and its last ones at the head of
the next. Read page by page, both halves look like whole numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from gipa_pipeline.extract.fold import ideographs
from gipa_pipeline.extract.media.document import Grid, GridCell
from gipa_pipeline.extract.media.lattice import runs_on

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in points from the page's upper left corner."""
Block = Grid | tuple[str, Box]
"""A table, or a line of text with its box."""
_SAME_EDGE = 2.0
_MOST_ASIDE = 2
"""Lines between two pieces of a table: the page's number and the running head."""
_NUMBER = re.compile(r"[0-9０-９,，.．]+")
_ORDINAL = re.compile(r"\s*[(（]?[一二三四五六七八九十\d]+[)）、.．]")


def mend(pages: Sequence[Sequence[tuple[float, Block]]]) -> None:
    """Give back to the last row of a page what of it stands on the next one; the grids are changed in place.

    Args:
        pages: each page's tables and lines with their tops, from top to bottom.
    """
    for above, below in pairwise(pages):
        last = next((n for n, (_, b) in enumerate(reversed(above)) if isinstance(b, Grid)), None)
        first = next((n for n, (_, b) in enumerate(below) if isinstance(b, Grid)), None)
        if last is None or first is None or max(last, first) > _MOST_ASIDE:
            continue
        upper, lower = above[len(above) - 1 - last][1], below[first][1]
        if isinstance(upper, Grid) and isinstance(lower, Grid):
            _mend(upper, lower)


def _mend(upper: Grid, lower: Grid) -> None:
    ends = {id(c): c for c in upper.row(upper.height - 1) if c is not None and c.rowspan == 1}
    starts = {id(c): c for c in lower.row(0) if c is not None and c.rowspan == 1}
    pairs = [(a, b) for a in ends.values() for b in starts.values() if _one_column(a, b)]
    halves = [(a, b) for a, b in pairs if b.text.strip()]
    words = [b.text for b in starts.values() if ideographs(b.text)]
    figures = [(a, b) for a, b in halves if _NUMBER.fullmatch(b.text.strip())]
    alone = [b for b in starts.values() if b.text.strip() and not any(b is h for _, h in halves)]
    if alone or any(_ORDINAL.match(w) for w in words):
        return
    if not figures:
        _give_label(pairs)
        return
    if not any(a.text.strip() for a, _ in figures):
        _pull_up(pairs)
        return
    if any(not _NUMBER.fullmatch(a.text.replace("\n", "")) for a, _ in figures):
        return
    whole = [a for a, b in pairs if not b.text.strip() and _NUMBER.fullmatch(a.text.strip())]
    broken = [_fills(a) for a, _ in figures]
    if not all(broken) and (words or not whole):
        return
    for (a, b), sure in zip(figures, broken, strict=True):
        # Two lines of digits are no number: where it is not plain that one was broken, the cell stays open.
        a.text += ("" if sure else "\n") + b.text
        b.text = ""


def _give_label(pairs: Sequence[tuple[GridCell, GridCell]]) -> None:
    """A row of which the number of its label stands above with the figures, and the words stand below."""
    if not any(
        _NUMBER.fullmatch(a.text.strip()) and not _ORDINAL.fullmatch(a.text.strip()) for a, _ in pairs
    ):
        return
    for a, b in pairs:
        if _ORDINAL.fullmatch(a.text.strip()) and ideographs(b.text):
            a.text, b.text = f"{a.text}\n{b.text}", ""


def _pull_up(pairs: Sequence[tuple[GridCell, GridCell]]) -> None:
    """A row whose label begins on the page above, and whose figures all stand on this one."""
    above = [a for a, b in pairs if ideographs(a.text)]
    others = [a for a, _ in pairs if a.text.strip() and not ideographs(a.text)]
    if not above or others:
        return
    for a, b in pairs:
        if ideographs(a.text) or not a.text.strip():
            # The figure keeps its own place, on the page where it stands.
            a.text, b.text = "\n".join(t for t in (a.text, b.text) if t), ""
            if b.inked is not None and not ideographs(a.text):
                a.box, a.page, a.inked = b.box, b.page, b.inked


def _one_column(a: GridCell, b: GridCell) -> bool:
    return (
        a.box is not None
        and b.box is not None
        and abs(a.box[0] - b.box[0]) <= _SAME_EDGE
        and abs(a.box[2] - b.box[2]) <= _SAME_EDGE
    )


def _fills(cell: GridCell) -> bool:
    """Whether the digits of a cell fill its column, so that a number had to be broken."""
    if cell.box is None or cell.inked is None:
        return False
    text = cell.text.rsplit("\n", 1)[-1]
    return runs_on((text, cell.inked), "0", cell.inked[3], cell.box[2] - cell.box[0])
