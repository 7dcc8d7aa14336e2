"""Cells that were printed together and every way their digits can be read (粘连行).

Which way is believed is for ``runs``; what stands in a document is found by ``placement``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gipa_pipeline.extract.tables.cutting import Values, cut_blocks, cut_tokens, cuts

MAX_OPTIONS = 4000
MAX_LOOSE = 2000
"""Bounds on the work for one document. Past them the answer is: not decided."""

MAX_RUN = 60
"""Digits of a glued line: fifteen cells of four digits. Longer runs cannot be cut with any confidence."""


@dataclass
class Line:
    """Cells that were printed together, with every way their digits can be read.

    ``options`` keep the identities inside the line where any reading does; ``loose`` are all readings of
    a glued run, kept to ask whether a reading that breaks the line's own sum would explain more. A ``weak``
    line has no reading that keeps its own sum: the unit erred, or blanks were swallowed; it is believed
    only where the sums across lines bear it out.
    """

    cells: tuple[str, ...]
    options: list[Values]
    loose: list[Values] = field(default_factory=list)
    overflow: bool = False
    weak: bool = False
    run: str = ""
    """The digits, where all cells were printed as one run."""


@dataclass
class Decision:
    """What the identities say of a line: the chosen values, or every reading that still stands.

    ``sure``: no reading but these comes into question, so that a cell on which they agree is read.
    """

    values: Values | None
    standing: list[Values]
    sure: bool = False


def bounded(source: Iterator[Values], limit: int) -> tuple[list[Values], bool]:
    """Up to ``limit`` distinct values of an iterator, and whether there were more."""
    found: dict[Values, None] = {}
    for values in source:
        found[values] = None
        if len(found) > limit:
            return list(found)[:limit], True
    return list(found), False


def line_from_tokens(cells: tuple[str, ...], tokens: Sequence[str], blocks: Sequence[int] | None) -> Line:
    """A line from digit runs whose own borders are known: each is cut into one or more numbers.

    ``blocks`` tells how the cells group into parts and a sum; None when no sum is prescribed.
    """
    count = len(cells)
    if len(tokens) == 1:
        if blocks is None:
            options, overflow = bounded(cuts(tokens[0], count), MAX_OPTIONS)
            return Line(cells, options, overflow=overflow)
        options, overflow = bounded(cut_blocks(tokens[0], blocks), MAX_OPTIONS)
        loose, more = bounded(cuts(tokens[0], count), MAX_LOOSE)
        if not options:
            return Line(cells, loose, loose, overflow=more, weak=True, run=tokens[0])
        return Line(cells, options, loose, overflow=overflow, run=tokens[0])
    loose, more = bounded(cut_tokens(tokens, count), MAX_OPTIONS)
    if blocks is not None and (kept := [v for v in loose if _keeps(v, blocks)]):
        return Line(cells, kept, loose[:MAX_LOOSE], overflow=more)
    return Line(cells, loose, loose[:MAX_LOOSE], overflow=more, weak=blocks is not None)


def _keeps(values: Values, blocks: Sequence[int]) -> bool:
    start = 0
    for size in blocks:
        *parts, total = values[start : start + size]
        if total is not None and total != sum(p or 0 for p in parts):
            return False
        start += size
    return True
