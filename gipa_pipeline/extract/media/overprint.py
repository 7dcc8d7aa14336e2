"""What lies over, under or beside the print of a page: watermarks, covered figures, raised marks (水印与叠印).

A watermark's digits, a figure that was covered and printed anew, or the mark of a footnote is no part of a figure.
Where it is plain which one is meant the other is left out; where it is not, the cell says that it cannot be read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from gipa_pipeline.extract.media.lattice import Glyph

UNSURE = "？"
"""Stands in a cell for figures that cannot be told from what lies over them."""
_TILTED = 0.09
"""Radians from a quarter turn from which on a sign is no part of the lines."""
_PALE, _DARK = 0.6, 0.45
"""Brightness from which on a sign is pale, on a page whose print is mostly darker than the second."""
_SMALL, _RAISED = 0.78, 0.12
_OVERLAP = 0.45
_DIGITS = frozenset("0123456789０１２３４５６７８９")


def tilted(angle: float) -> bool:
    """Whether a sign stands aslant, as watermarks do; vertical and turned print does not."""
    quarter = math.pi / 2
    return abs(angle - quarter * round(angle / quarter)) > _TILTED


def brightness(red: int, green: int, blue: int, alpha: int) -> float:
    """How bright a colour is on white paper, 0 to 1."""
    return 1 - (1 - (0.299 * red + 0.587 * green + 0.114 * blue) / 255) * alpha / 255


def with_pale(glyphs: Sequence[Glyph], shades: Sequence[float]) -> list[Glyph]:
    """The glyphs, those marked that are pale where most of the page is not."""
    if not shades or max(shades) < _PALE or median(shades) > _DARK:
        return list(glyphs)
    return [replace(g, pale=True) if s >= _PALE else g for g, s in zip(glyphs, shades, strict=True)]


def without_pale(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The glyphs of running text; a watermark's figures are no part of it, pale words may be headings."""
    return [g for g in glyphs if not (g.pale and g.text in _DIGITS)]


def of_a_cell(glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs of one cell without what is plainly no part of it; ``UNSURE`` for digits that cannot be told apart."""
    digits = [g for g in glyphs if g.text in _DIGITS]
    if not digits:
        return glyphs
    if any(g.pale for g in glyphs):
        dark = [g for g in glyphs if not g.pale]
        if not dark:
            return [replace(g, text=UNSURE) if g.text in _DIGITS else g for g in glyphs]
        glyphs, digits = dark, [g for g in digits if not g.pale]
    glyphs = _without_raised(glyphs, digits)
    digits = [g for g in glyphs if g.text in _DIGITS]
    if any(_covers(a, b) for n, a in enumerate(digits[:60]) for b in digits[n + 1 : 60]):
        return [replace(g, text=UNSURE) if g.text in _DIGITS else g for g in glyphs]
    return glyphs


def _without_raised(glyphs: list[Glyph], digits: Sequence[Glyph]) -> list[Glyph]:
    """Without small raised digits behind larger ones; small ones that stand elsewhere beside them are unsure."""
    if len(digits) < 2:
        return glyphs
    high = max(g.bottom - g.top for g in digits)
    small = [g for g in digits if g.bottom - g.top < _SMALL * high]
    if not small or any(g.text not in _DIGITS for g in glyphs):
        # Beside words digits may be set in another size.
        return glyphs
    large = [g for g in digits if g not in small]
    behind = all(
        g.left > max(o.left for o in large) and g.bottom < min(o.bottom for o in large) - _RAISED * high
        for g in small
    )
    if behind:
        return [g for g in glyphs if g not in small]
    return [replace(g, text=UNSURE) for g in glyphs]


def _covers(a: Glyph, b: Glyph) -> bool:
    """Whether two different digits stand in one place."""
    if a.text == b.text:
        return False
    wide = min(a.right, b.right) - max(a.left, b.left)
    high = min(a.bottom, b.bottom) - max(a.top, b.top)
    least_wide = min(a.right - a.left, b.right - b.left)
    least_high = min(a.bottom - a.top, b.bottom - b.top)
    return wide > _OVERLAP * least_wide and high > _OVERLAP * least_high
