"""Whether print in one colour is seen on a ground of another (文字颜色与底色).

Figures are hidden by printing them in the colour of the paper or of the cell's shading. What nobody sees is not
what the unit printed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

RGB = tuple[float, float, float]
"""Red, green and blue, 0 to 255."""
WHITE: RGB = (255.0, 255.0, 255.0)
BLACK: RGB = (0.0, 0.0, 0.0)
UNSEEN, FAINT = 1.1, 1.5
"""Contrast up to which print is not seen, and up to which it may escape a reader: white on white has 1, light grey
(D9D9D9) on white 1.4, the lightest grey of ordinary print (BFBFBF) 1.8."""
SCHEME = ("dk1", "lt1", "dk2", "lt2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6")
"""The colours of an office theme in the order of its file."""
_HEX = re.compile(r"#?(?:[0-9a-f]{2})?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})")
_SHORT = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])[0-9a-f]?")
_WRITTEN = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*\)")
_SHADE = re.compile(r"hsla?\(\s*[\d.]+(?:deg)?[\s,]+(\d{1,3})%[\s,]+(\d{1,3})%(?:[\s,/]+1(?:\.0)?)?\s*\)")
_NAMED = {
    "white": WHITE,
    "snow": (255.0, 250.0, 250.0),
    "ivory": (255.0, 255.0, 240.0),
    "whitesmoke": (245.0, 245.0, 245.0),
    "window": WHITE,
    "black": BLACK,
    "windowtext": BLACK,
    "red": (255.0, 0.0, 0.0),
    "yellow": (255.0, 255.0, 0.0),
    "blue": (0.0, 0.0, 255.0),
    "green": (0.0, 128.0, 0.0),
    "gray": (128.0, 128.0, 128.0),
    "grey": (128.0, 128.0, 128.0),
    "silver": (192.0, 192.0, 192.0),
}


def colour(text: str | None) -> RGB | None:
    """A colour as office files and style sheets write it; None for ``auto`` and what is not understood.

    ``#fff``, ``FFFFFF``, ``FFFFFFFF`` (opacity first, as workbooks write it), ``rgb(255, 255, 255)``, ``white``.
    """
    plain = (text or "").strip().lower()
    if plain in _NAMED:
        return _NAMED[plain]
    if found := _HEX.fullmatch(plain):
        return (float(int(found[1], 16)), float(int(found[2], 16)), float(int(found[3], 16)))
    if found := _SHORT.fullmatch(plain):
        return (17.0 * int(found[1], 16), 17.0 * int(found[2], 16), 17.0 * int(found[3], 16))
    if found := _WRITTEN.fullmatch(plain):
        return (float(found[1]), float(found[2]), float(found[3]))
    if (found := _SHADE.fullmatch(plain)) and (found[1] == "0" or int(found[2]) in (0, 100)):
        # Without saturation, or wholly light or dark, a hue is a shade of grey.
        return (2.55 * int(found[2]),) * 3
    return None


def contrast(one: RGB, other: RGB) -> float:
    """How far two colours are told apart, 1 (not at all) to 21, as in WCAG 2.1, "contrast ratio"."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(of: RGB) -> float:
    parts = [c / 255 for c in of]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def tinted(of: RGB, tint: float) -> RGB:
    """A colour made lighter (``tint`` above 0, up to 1: white) or darker (down to -1: black)."""
    share, end = min(1.0, abs(tint)), 255.0 if tint > 0 else 0.0
    return (of[0] + (end - of[0]) * share, of[1] + (end - of[1]) * share, of[2] + (end - of[2]) * share)


def theme_of(root: Any) -> dict[str, RGB]:
    """The colours of an office theme part by their names (``lt1`` is the paper of most)."""
    found: dict[str, RGB] = {}
    scheme = next(iter(root.iter("{*}clrScheme")), None) if root is not None else None
    for entry in scheme if scheme is not None else ():
        if isinstance(entry.tag, str) and len(entry):
            value = colour(entry[0].get("lastClr") or entry[0].get("val"))
            if value is not None:
                found[entry.tag.rsplit("}", 1)[-1]] = value
    return {"dk1": BLACK, "lt1": WHITE, **found}


def verdict(print_: RGB | None, grounds: Sequence[RGB | None]) -> bool | None:
    """Whether print is seen: False when it surely is not, None when that cannot be told.

    ``print_`` is None for a colour that the program chooses itself so that it is seen. ``grounds`` are what it may
    stand on; None among them stands for a ground that is not known.
    """
    if print_ is None:
        return True
    ratios = [contrast(print_, ground) for ground in grounds if ground is not None]
    if None in grounds:
        # Light print stands on something dark as a rule, and on paper when it is to be hidden.
        return None if contrast(print_, WHITE) < FAINT or any(r < FAINT for r in ratios) else True
    if ratios and all(r < UNSEEN for r in ratios):
        return False
    return None if any(r < FAINT for r in ratios) else True
