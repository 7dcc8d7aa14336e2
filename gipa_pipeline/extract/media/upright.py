"""Which way up a PDF page's text runs, and coordinates that follow it (页面方向).

A page may be shown turned (``/Rotate``), or hold text that runs up or down the sheet, or both, so that a wide table
fits. What a reader needs is the way in which the text runs level.
"""

from __future__ import annotations

import io
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

_SAMPLE = 1500
"""Characters of a page that are looked at for its direction."""


@dataclass(frozen=True, slots=True)
class View:
    """A page turned clockwise by ``turn`` quarters; points are given from its upper left corner then.

    ``left`` and ``bottom`` are where the visible part begins in the page's own coordinates, ``width`` and
    ``height`` its size there.
    """

    turn: int
    left: float
    bottom: float
    width: float
    height: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page's own coordinates, rightwards and downwards in this view."""
        x, y = x - self.left, y - self.bottom
        if self.turn == 1:
            return y, x
        if self.turn == 2:
            return self.width - x, y
        if self.turn == 3:
            return self.height - y, self.width - x
        return x, self.height - y

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A box as left, top, right and bottom in this view."""
        (a, b), (c, d) = self.point(left, bottom), self.point(right, top)
        return min(a, c), min(b, d), max(a, c), max(b, d)


def view_of(page: Any, text: Any) -> View:
    """The view in which most of a page's characters stand upright; the page's own where it has none.

    Args:
        page: a page of pypdfium2.
        text: its text page.
    """
    from pypdfium2 import raw

    left, bottom, right, top = page.get_bbox()
    step = max(1, text.count_chars() // _SAMPLE)
    turns: Counter[int] = Counter()
    for n in range(0, text.count_chars(), step):
        if raw.FPDFText_GetUnicode(text, n) > 32:
            turns[-round(raw.FPDFText_GetCharAngle(text, n) / (math.pi / 2)) % 4] += 1
    turn = turns.most_common(1)[0][0] if turns else page.get_rotation() // 90
    return View(turn, left, bottom, right - left, top - bottom)


def turned_upright(data: bytes) -> bytes:
    """A PDF whose pages are shown with their text level; the same bytes where they are already.

    Args:
        data: a PDF that opens.
    """
    import pypdfium2

    book = pypdfium2.PdfDocument(data)
    changed = False
    for page in book:
        text = page.get_textpage()
        turn = 90 * view_of(page, text).turn
        text.close()
        if turn != page.get_rotation():
            page.set_rotation(turn)
            changed = True
        page.close()
    target = io.BytesIO()
    if changed:
        book.save(target)
    book.close()
    return target.getvalue() if changed else data
