"""Dates as pages and reports write them (日期)."""

from __future__ import annotations

import re
from datetime import date

_DATE = re.compile(r"(?<!\d)(20\d\d)\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])([0-3]\d)(?!\d)")
_CHINESE = re.compile(
    r"(二[〇零○0O]([〇零○一二三四五六七八九]){2})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_NUMERALS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "0": 0, "O": 0}


def valid_date(year: int, month: int, day: int) -> date | None:
    """The date, or None when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def date_in(text: str | None) -> date | None:
    """The first date in a text, in any of the usual spellings; None when there is none."""
    if not text:
        return None
    for pattern in (_DATE, _COMPACT):
        for written in pattern.finditer(text):
            if day := valid_date(int(written[1]), int(written[2]), int(written[3])):
                return day
    if found := _CHINESE.search(text):
        year = int("".join(str(_NUMERALS[c]) for c in found[1]))
        return valid_date(year, _tens(found[3]), _tens(found[4]))
    return None


def _tens(text: str) -> int:
    if "十" not in text:
        return _NUMERALS.get(text, 0)
    left, _, right = text.partition("十")
    return (_NUMERALS[left] if left else 1) * 10 + (_NUMERALS[right] if right else 0)
