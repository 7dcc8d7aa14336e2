"""What was seen in one cell of a picture, and how sure it is (单元格识别结果)."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from gipa_pipeline.extract.media.ocr import LOOKALIKES, Figure, Line

SURE = 0.90
"""Probability from which a digits-only reading counts as clear."""
CONFIRMED = 0.40
"""Probability from which a reading among all characters confirms the same digits read alone."""
_LEAST = 1e-4
"""Readings less likely than this are not candidates."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_FLAT = frozenset("一ー-—–―─_¯")
_SLASHES = ("", "/", "1", "I", "l", "|", "J", "丿", "ノ")
"""What recognisers read for a printed ``/``."""
_AS_DIGITS = str.maketrans({sign: digit for digit, signs in LOOKALIKES.items() for sign in signs})


@dataclass(slots=True)
class Look:
    """What was seen in a cell.

    ``page`` is its text among the page's lines, ``alone`` the cell read by itself with the whole character
    set, ``figures`` its digits-only readings, the likeliest first. ``ink`` tells whether anything is there.
    ``crop`` is kept for a further look. ``leans``: the ink is a slanting stroke, and may be a ``/``; ``slash``: it
    is straight from end to end and nothing else.
    """

    page: str = ""
    page_score: float = 1.0
    alone: Line = field(default_factory=lambda: Line("", 1.0))
    figures: list[Figure] = field(default_factory=list)
    ink: bool = False
    crop: Any = None
    leans: bool = False
    slash: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible number: its digits and its cost, the negative logarithm of its probability."""

    text: str
    cost: float


def _tidy(text: str) -> str:
    """The text without spaces; flat strokes as a dash, which recognisers take for the numeral 一."""
    tidy = "".join(unicodedata.normalize("NFKC", text).split())
    return "—" if tidy and set(tidy) <= _FLAT else tidy


def _number(text: str) -> str | None:
    """A number as its plain digits, or None."""
    found = _tidy(text).translate(_AS_DIGITS)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", found):
        found = found.replace(",", "")
    return found if _NUMBER.fullmatch(found) else None


def is_sure(look: Look) -> bool:
    """Whether two looks saw the same: nothing, the same number, or the same words."""
    page = _tidy(look.page)
    if not look.ink:
        return not page
    if look.slash:
        return page in _SLASHES
    best = look.figures[0] if look.figures else Figure("", 0.0)
    number = _number(page)
    if number == "1" and look.leans:
        return False
    if number is not None:
        return number == best.text and best.probability >= SURE and look.page_score >= CONFIRMED
    alone = _tidy(look.alone.text)
    return bool(page) and page == alone and min(look.page_score, look.alone.score) >= SURE


def text_of(look: Look) -> str:
    """The text to go on with: what was printed as far as it was seen."""
    page = _tidy(look.page)
    if look.slash and page in _SLASHES:
        return "/"
    if not look.ink or is_sure(look):
        return _number(page) or (page if page == "—" else look.page)
    best = look.figures[0] if look.figures else Figure("", 0.0)
    seen_as_number = not page or _number(page) is not None
    if _NUMBER.fullmatch(best.text) and (seen_as_number or best.probability >= SURE):
        return best.text
    return (page if page == "—" else look.page) or _tidy(look.alone.text)


def candidates_of(look: Look) -> list[Candidate]:
    """The numbers that the cell may show, the likeliest first; numbers seen by other looks are among them."""
    costs: dict[str, float] = {}
    for figure in look.figures:
        if _NUMBER.fullmatch(figure.text) and figure.probability >= _LEAST:
            costs[figure.text] = -math.log(figure.probability)
    for text, score in ((look.page, look.page_score), (look.alone.text, look.alone.score)):
        number = _number(text)
        if number is not None and look.ink:
            cost = -math.log(max(score, 0.05)) + 1.0
            costs[number] = min(costs.get(number, 99.0), cost)
    return [Candidate(t, c) for t, c in sorted(costs.items(), key=lambda i: (i[1], i[0]))]
