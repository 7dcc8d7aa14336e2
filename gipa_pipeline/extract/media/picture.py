"""A scanned page made upright and even, and the rules drawn on it (图像校正与表格线).

Pictures are grey arrays, white 255. Lengths are in pixels of the evened picture, about 200 to the inch.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.lattice import Rule

WIDTH = 1654
"""Width of an A4 page at 200 dots to the inch: what the recogniser reads best."""
POINT = 72 / 200
"""Points for a pixel of the evened picture."""
MAX_PIXELS = 60_000_000
MAX_FRAMES = 40
_LONGEST = 3.0
"""Pages higher than so many widths are strips pasted together; they are cut."""
_RULE = 50
"""Strokes of characters are shorter than this; rules are longer."""
_BRIDGE = 14
"""Gaps in a rule that scanning leaves."""
_REACH = 9
_PALE, _GRAINS = 24, 4.0
"""Steps of grey between ink and paper below which a page counts as empty, and in units of the paper's own grain."""
_SHADE = 30
"""Steps of grey by which the paper of a photograph may darken over the page."""
_ODD = 1.3
"""From this ratio of the resolutions on, points are not square."""
_STEEPEST = 0.14
"""Tilt in radians, 8 degrees, beyond which a page is not straightened."""
_STEP = 0.0007
"""Precision of the tilt in radians: a pixel over the width of a page."""


def frames_of(data: bytes) -> list[Any]:
    """The pictures of an image file, grey, in order.

    Raises:
        UnreadableDocument: damaged, or larger than a page can be.
    """
    import numpy as np
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnreadableDocument(
                    "too_large", f"the picture has {image.width} by {image.height} points; save it smaller"
                )
            out = []
            for n, frame in enumerate(ImageSequence.Iterator(image)):
                if n >= MAX_FRAMES:
                    break
                upright = ImageOps.exif_transpose(frame)
                if upright.mode in ("RGBA", "LA", "P"):
                    upright = upright.convert("RGBA")
                    ground = Image.new("RGBA", upright.size, "white")
                    upright = Image.alpha_composite(ground, upright)
                out.append(np.asarray(_squared(upright.convert("L"), frame.info.get("dpi"))))
            return out
    except UnidentifiedImageError as error:
        raise UnreadableDocument("broken", f"the picture cannot be opened: {error}") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableDocument("broken", f"the picture is damaged: {error}") from error


def _squared(image: Any, dpi: Any) -> Any:
    """The picture with square points: a fax has half as many lines to the inch as points in a line."""
    try:
        across, down = float(dpi[0]), float(dpi[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return image
    if not (across > 0 and down > 0 and _ODD < across / down < 4):
        return image
    return image.resize((image.width, round(image.height * across / down)))


def evened(image: Any, *, sheet: bool = True) -> list[Any]:
    """A picture at the usual size, with white ground and black ink, upright; long strips in pieces.

    Args:
        image: grey.
        sheet: it shows a whole sheet, which lies if it is wider than high; else it is a part as wide as a page.
    """
    import cv2
    import numpy as np

    height, width = image.shape[:2]
    if min(height, width) < 16:
        return []
    if height > _LONGEST * width:
        pieces = max(2, round(height / (1.6 * width)))
        return [e for piece in _cut(image, pieces) for e in evened(piece, sheet=sheet)]
    wide = WIDTH if height >= width or not sheet else round(WIDTH * 2**0.5)
    scale = wide / width
    way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    sized = cv2.resize(image, (wide, max(16, round(height * scale))), interpolation=way)
    sized = _evenly_lit(sized)
    low, high = np.percentile(sized, (1, 60))
    if high - low < 60:
        low = sized.min()  # hardly anything stands on the page, or it is faint
    paper = sized[sized >= np.median(sized)].astype(np.float32)
    if high - low < max(_PALE, _GRAINS * 2 * float(paper.std())):
        return [sized]
    # Most of a page is paper: from the 60th percentile on all is white.
    stretched = np.clip((sized.astype(np.float32) - low) * (255.0 / (high - low)), 0, 255).astype(np.uint8)
    return [straight(cv2.GaussianBlur(stretched, (3, 3), 0))]


def _evenly_lit(image: Any) -> Any:
    """The picture with its shadows taken out: a photographed page is darker on one side."""
    import cv2
    import numpy as np

    small = cv2.resize(image, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    ground = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, _block(15, 15)), (0, 0), 8)
    dark, light = np.percentile(ground, (2, 98))
    if light - dark < _SHADE:
        return image
    full = cv2.resize(ground, image.shape[1::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return np.clip(image.astype(np.float32) / np.maximum(full, 16) * 235, 0, 255).astype(np.uint8)


def _cut(image: Any, pieces: int) -> list[Any]:
    """A long strip cut between lines of text: at the palest row near each even border."""
    import numpy as np

    ink = (255 - image).mean(axis=1)
    step = len(ink) // pieces
    borders = [0]
    for n in range(1, pieces):
        low, high = n * step - step // 5, n * step + step // 5
        borders.append(low + int(np.argmin(ink[low:high])))
    return [image[a:b] for a, b in zip(borders, [*borders[1:], len(ink)], strict=True) if b - a > 16]


def straight(image: Any) -> Any:
    """The picture turned so that its long rules lie level; unchanged when it has none."""
    import cv2
    import numpy as np

    ink = _ink(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    level = np.pi / 2
    found = cv2.HoughLines(
        ink,
        1,
        _STEP,
        ink.shape[1] // 3,
        min_theta=level - _STEEPEST,
        max_theta=level + _STEEPEST,
    )
    if found is None:
        return image
    # Lines come with the most marked first.
    tilt = float(np.degrees(np.median(np.asarray(found).reshape(-1, 2)[:15, 1]) - level))
    if abs(tilt) < 0.04:
        return image
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1.0)
    return cv2.warpAffine(
        image, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=255
    )


def _ink(image: Any) -> Any:
    import cv2

    return cv2.adaptiveThreshold(image, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 18)


def rules_of(image: Any) -> tuple[list[Rule], list[Rule]]:
    """Level and upright rules in points, as :mod:`lattice` takes them."""
    level, upright = _strokes(image)
    horizontal = _joined(_pieces(level, flat=True))
    vertical = _joined(_pieces(upright, flat=False))
    # A stroke that meets no rule of the other direction belongs to a character, a seal or a line of prose.
    for _ in range(2):
        vertical = [v for v in vertical if _meets(v, horizontal) >= 2]
        horizontal = [h for h in horizontal if _meets(h, vertical) >= 2]
    return _points(horizontal), _points(vertical)


def without_rules(image: Any) -> Any:
    """The picture with its long strokes painted over, so that what is left in a cell is its figure."""
    import cv2

    level, upright = _strokes(image)
    bare = image.copy()
    bare[cv2.dilate(level | upright, _block(5, 5)) > 0] = 255
    return bare


def _strokes(image: Any) -> tuple[Any, Any]:
    """Masks of the long level and upright strokes."""
    import cv2

    ink = _ink(image)
    # A rule that is a little tilted or wavy falls apart into steps: thickened across, it holds together.
    level = cv2.morphologyEx(cv2.dilate(ink, _block(1, 3)), cv2.MORPH_OPEN, _block(_RULE, 1))
    upright = cv2.morphologyEx(cv2.dilate(ink, _block(3, 1)), cv2.MORPH_OPEN, _block(1, _RULE))
    return level, upright


def _block(width: int, height: int) -> Any:
    import cv2

    return cv2.getStructuringElement(cv2.MORPH_RECT, (width, height))


def _pieces(mask: Any, *, flat: bool) -> list[Rule]:
    import cv2

    _, _, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    rules = []
    for (x, y, width, height, _), (cx, cy) in zip(stats[1:], centres[1:], strict=True):
        if flat and width >= _RULE and height <= 20:
            rules.append(Rule(float(cy), float(x), float(x + width)))
        elif not flat and height >= _RULE and width <= 20:
            rules.append(Rule(float(cx), float(y), float(y + height)))
    return rules


def _joined(rules: Sequence[Rule]) -> list[Rule]:
    """Pieces of one rule as one: nearly in line, with a gap that scanning leaves."""
    out: list[Rule] = []
    for rule in sorted(rules, key=lambda r: r.start):
        for n, other in enumerate(out):
            if abs(other.at - rule.at) <= 5 and rule.start - other.end <= _BRIDGE:
                a, b = other.end - other.start, rule.end - rule.start
                at = (other.at * a + rule.at * b) / (a + b)
                out[n] = Rule(at, min(other.start, rule.start), max(other.end, rule.end))
                break
        else:
            out.append(rule)
    return out


def _meets(rule: Rule, others: Sequence[Rule]) -> int:
    return sum(
        rule.start - _REACH <= o.at <= rule.end + _REACH and o.start - _REACH <= rule.at <= o.end + _REACH
        for o in others
    )


def _points(rules: Sequence[Rule]) -> list[Rule]:
    return [Rule(r.at * POINT, r.start * POINT, r.end * POINT) for r in rules]


_DARK = 150
_SEED, _FAINT = 165, 195
"""Greys from which ink is sure, and up to which what touches it belongs to it."""
_SPECK = 14
"""Ink of fewer pixels is dirt; a point or a thin 1 has more."""
_SMALL_SIGN, _LEAST_DIGIT = 0.4, 12
"""Share of a digit's height below which ink is a sign or dirt; pixels that a digit is high at least."""
_SLANT = 0.17
"""Sideways steps for a step down; an upright 1 has next to none."""
_TOUCH = 7
"""Pixels from a cell's edge within which ink that lies along the edge is its rule."""


def ink_in(image: Any, box: tuple[float, float, float, float]) -> Any:
    """The part of a cell (``box`` in points) that holds ink, with some paper around it; None for an empty cell.

    The picture is one without rules; what is left of them along the cell's edge is passed over.
    """
    import cv2
    import numpy as np

    left, top, right, bottom = (round(v / POINT) for v in box)
    cell = image[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    height, width = cell.shape[:2]
    if min(height, width) < 3 * _TOUCH:
        return None
    # Thin strokes of a digit are paler than its thick ones: what hangs together with ink is ink.
    _, labels, stats, _ = cv2.connectedComponentsWithStats((cell < _FAINT).astype(np.uint8), connectivity=8)
    inked = set(np.unique(labels[cell < _SEED]))
    kept = []
    for n, (x, y, wide, high, area) in enumerate(stats):
        if n == 0 or n not in inked:
            continue
        beside = x < _TOUCH or x + wide > width - _TOUCH
        under = y < _TOUCH or y + high > height - _TOUCH
        along = (beside and wide <= 2 * _TOUCH and high > 0.3 * height) or (
            under and high <= 2 * _TOUCH and wide > 0.3 * width
        )
        frame = wide > 0.9 * width and high > 0.9 * height
        outside = x + wide <= _TOUCH or y + high <= _TOUCH or x >= width - _TOUCH or y >= height - _TOUCH
        if area >= _SPECK and not along and not frame and not outside:
            kept.append((x, y, x + wide, y + high))
    kept = _without_dirt(kept)
    if not kept:
        return None
    x0, y0 = min(k[0] for k in kept), min(k[1] for k in kept)
    x1, y1 = max(k[2] for k in kept), max(k[3] for k in kept)
    pad = max(5, round(0.22 * (y1 - y0)))
    crop = cell[y0:y1, x0:x1].copy()
    # Paper is put around the ink rather than taken: beside it the rules stand.
    return cv2.copyMakeBorder(crop, pad, pad, 2 * pad, 2 * pad, cv2.BORDER_CONSTANT, value=255)


def _without_dirt(boxes: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """The pieces of ink without specks that stand apart from the digits; points and dashes stand among them."""
    tallest = max((b[3] - b[1] for b in boxes), default=0)
    digits = [b for b in boxes if b[3] - b[1] >= _SMALL_SIGN * tallest]
    if tallest < _LEAST_DIGIT:
        return boxes
    top, bottom = min(b[1] for b in digits), max(b[3] for b in digits)
    kept = []
    for box in boxes:
        middle = (box[1] + box[3]) / 2
        gap = min(max(d[0] - box[2], box[0] - d[2], 0) for d in digits)
        dirt = max(box[2] - box[0], box[3] - box[1]) < _SMALL_SIGN * tallest
        if not dirt or (top <= middle <= bottom + 0.2 * tallest and gap <= 0.6 * tallest):
            kept.append(box)
    return kept


def leans(crop: Any) -> bool:
    """Whether the ink is a slanting stroke: a printed ``/``, which recognisers take for a 1."""
    import numpy as np

    rows, columns = np.nonzero(crop < _DARK)
    if len(rows) < _SPECK or np.ptp(rows) < 8:
        return False
    down = rows - rows.mean()
    slant = float((down * (columns - columns.mean())).sum() / (down**2).sum())
    return abs(slant) > _SLANT


_SLASH = (0.2, 1.6)
"""Sideways steps for a step down of a printed ``/``."""
_STRAIGHT = 0.07
"""How far the ink of a straight stroke lies off its axis, as a share of its height."""


def is_slash(crop: Any) -> bool:
    """Whether the ink is one straight slanting stroke from corner to corner and nothing else."""
    import cv2
    import numpy as np

    dark = (crop < _DARK).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    if count != 2 or stats[1][3] < 12:
        return False
    rows, columns = np.nonzero(dark)
    down = rows - rows.mean()
    across = columns - columns.mean()
    slant = float((down * across).sum() / (down**2).sum())
    off = across - slant * down
    # A slash leans to the right: further down means further left.
    return bool(_SLASH[0] <= -slant <= _SLASH[1] and off.std() <= _STRAIGHT * stats[1][3])


def sharpened(crop: Any) -> Any:
    """Another view of the same ink: enlarged, and black on white alone."""
    import cv2

    large = cv2.resize(crop, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    _, plain = cv2.threshold(large, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return cv2.GaussianBlur(plain, (3, 3), 0)
