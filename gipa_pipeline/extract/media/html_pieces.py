"""Digits that stand behind a figure's own and look otherwise: notes as likely as digits of the number (数字后的注号).

Smaller print, and a link to a note, are marks of a footnote to a visitor's eye. The text alone says ``12`` and ``1``.
"""

from __future__ import annotations

import re
from typing import Any

from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.html_parts import Parts
from gipa_pipeline.extract.media.sight import Sight

_PRINT = frozenset(["small", "a", "font", "span"])
_DIGITS = re.compile(r"\s*\d{1,3}\s*")
_SIZED = re.compile(r"font-size", re.I)


def draw_small(parts: Parts, sight: Sight) -> None:
    """Put the sign of what is no text in the place of digits that may be a note behind a figure.

    Args:
        parts: the page's cells and what stands in them, which is changed.
        sight: what a visitor sees; what it raises is marked as a note there.
    """
    for element in parts.inside:
        if element.tag not in _PRINT or len(element) or not _DIGITS.fullmatch(element.text or ""):
            continue
        if element in sight.raised or sight.hidden(element):
            continue
        if _looks_otherwise(element) and _behind_a_digit(element):
            element.text = DRAWN


def _looks_otherwise(element: Any) -> bool:
    if element.tag == "small":
        return True
    if element.tag == "a":
        return (element.get("href") or "").startswith("#")
    return element.get("size") is not None or _SIZED.search(element.get("style") or "") is not None


def _behind_a_digit(element: Any) -> bool:
    """Whether a figure that stands bare in the cell ends just before an element."""
    before = element.getprevious()
    parent = element.getparent()
    text = before.tail if before is not None else parent.text if parent is not None else None
    return bool(text and text[-1].isdigit())
