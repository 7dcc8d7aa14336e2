"""Which way up a scanned page lies, by its lines of text (扫描件方向).

Lines of print are wider than high. Which of the two ways that are left is up is told by reading a few lines both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gipa_pipeline.extract.media import ocr
from gipa_pipeline.extract.media.breaks import Block, Box
from gipa_pipeline.extract.media.document import Grid
from gipa_pipeline.extract.media.picture import POINT

_LONG = 1.8
"""A line of several characters is so much longer than high."""
_SAMPLE = 8
_LEGIBLE = 0.8
"""Mean certainty from which lines count as read the right way up, without trying the other way."""


def turn_of(reader: ocr.Recogniser, image: Any, boxes: Sequence[tuple[int, int, int, int]]) -> int:
    """How many quarters counter-clockwise a page must be turned to stand upright (0 to 3).

    Args:
        reader: the recogniser.
        image: the page, grey.
        boxes: the lines found on it as it is.
    """
    wide = [b for b in boxes if b[2] - b[0] > _LONG * (b[3] - b[1])]
    tall = [b for b in boxes if b[3] - b[1] > _LONG * (b[2] - b[0])]
    lying = len(tall) > len(wide)
    lines = sorted(tall if lying else wide, key=lambda b: (b[0] - b[2]) * (b[3] - b[1]))[:_SAMPLE]
    if not lines:
        return 0
    best, score = 0, -1.0
    for turn in (1, 3) if lying else (0, 2):
        certainty = _certainty(reader, image, lines, turn)
        if certainty >= _LEGIBLE:
            return turn
        if certainty > score:
            best, score = turn, certainty
    return best


def _certainty(
    reader: ocr.Recogniser, image: Any, lines: Sequence[tuple[int, int, int, int]], turn: int
) -> float:
    import numpy as np

    crops = [np.ascontiguousarray(np.rot90(image[b[1] : b[3], b[0] : b[2]], turn)) for b in lines]
    seen = reader.lines(crops)
    return sum(line.mean for line in seen) / len(seen)


def turned_back(block: Block, turn: int, shape: tuple[int, ...]) -> Block:
    """A block with its boxes on the page as it lies; ``shape`` is that page's height and width in pixels."""
    high, wide = shape[0] * POINT, shape[1] * POINT
    if isinstance(block, Grid):
        for cell in block.cells:
            if cell.box is not None:
                cell.box = _box(cell.box, turn, wide, high)
        return block
    text, box = block
    return text, _box(box, turn, wide, high)


def _box(box: Box, turn: int, wide: float, high: float) -> Box:
    (a, b), (c, d) = (_point(x, y, turn, wide, high) for x, y in (box[:2], box[2:]))
    return round(min(a, c), 1), round(min(b, d), 1), round(max(a, c), 1), round(max(b, d), 1)


def _point(x: float, y: float, turn: int, wide: float, high: float) -> tuple[float, float]:
    """A point of the turned page on the page before it was turned."""
    if turn == 1:
        return wide - y, x
    if turn == 2:
        return wide - x, high - y
    if turn == 3:
        return y, high - x
    return x, y
