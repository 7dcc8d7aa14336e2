"""What a row's text says besides plain figures: values behind the names of their columns, spelled numbers (行内文字).

Without a grid a row's values are taken in printed order. Where the text itself names the columns, or spells
its numbers out, that order is not to be trusted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from expectations.forms import Form
from gipa_pipeline.extract.fold import is_count
from gipa_pipeline.extract.tables.placement import Filling
from gipa_pipeline.extract.tables.zones import Item

_SPELLED_ALONE = re.compile(
    r"(?:^|(?<=[\s|:,]))[零〇一二两三四五六七八九十百千]{1,9}[件项条宗个]?(?=[\s|,;。]|$)(?!\s*[、.．)])"
)
_NUMERAL_NEXT = re.compile(r"[\s|]*[零〇一二三四五六七八九十百]+(?!\s*[、.．)])")
_LONG_MARK = re.compile(
    r"(?:(?<=[\t|\n])|(?<=[\t|\n] ))(?:- -|— —|－ －|/ /|…{1,3}|\.{3,6}|×)(?= ?(?:[\t|\n]|$))"
)
_SIGN = re.compile(r"[^\s\d|,.\-—–/:;、无空]|(?<=\d)[无空/]")
_STUCK = re.compile(r"\d[余多来几]")


def spelled_out(folded: str, start: int, end: int) -> bool:
    """Whether a number in Chinese numerals stands by itself in a stretch, where a figure should stand."""
    return _SPELLED_ALONE.search(folded, start, end) is not None


def numeral_follows(folded: str, start: int) -> bool:
    """Whether the next sign is a Chinese numeral that is no ordinal (五、)."""
    return _NUMERAL_NEXT.match(folded, start) is not None


def plain_marks(folded: str) -> str:
    """Blank marks of several signs (``- -``, ``……``) as one sign and spaces, so that a cell has one mark."""
    return _LONG_MARK.sub(lambda m: "-" + " " * (len(m.group()) - 1), folded)


def speckled(folded: str, items: Sequence[Item]) -> bool:
    """Whether signs that are no figure, blank mark or separator stand between a row's figures."""
    edges = sorted((i.start, i.end) for i in items)
    return any(_SIGN.search(folded, a, b) for (_, a), (b, _) in pairwise(edges))


def rounded(folded: str, start: int, end: int) -> bool:
    """Whether a figure goes on in words (12余): it is no count."""
    return _STUCK.search(folded, start, end + 1) is not None


@cache
def _names(form: Form) -> tuple[re.Pattern[str], dict[str, int]]:
    """The column names as one pattern, longest first, and the column each stands for."""
    columns = {name: n for n, column in enumerate(form.columns) for name in (column.label, *column.variants)}
    words = "|".join(sorted(columns, key=len, reverse=True))
    return re.compile(rf"(?P<name>(?<!或)(?:{words}))|(?P<number>\d)"), columns


def named_values(folded: str, start: int, end: int, items: Sequence[Item], form: Form) -> Filling | None:
    """The row's filling where its text names the columns between the figures; None where it does not.

    Every column must be named once and have one figure; the whole may instead stand first without a name
    (3件,其中自然人2件,…) if it is the sum of the others. Anything else is unread.
    """
    numbers = [i for i in items if not i.blank]
    pattern, columns = _names(form)
    found: list[tuple[int, str]] = [
        (m.start(), m["name"]) for m in pattern.finditer(folded, start, end) if m["name"]
    ]
    if len(found) < 2 or not numbers:
        return None
    given: dict[int, list[Item]] = {}
    for (at, name), after in zip(found, [*(a for a, _ in found[1:]), end], strict=True):
        given.setdefault(columns[name], []).extend(i for i in numbers if at < i.start < after)
    if sum(len(of) == 1 for of in given.values()) < 2:
        return None
    first = [i for i in numbers if i.start < found[0][0]]
    width = len(form.columns)
    whole = [i.text for i in first]
    if len(first) == 1 and width - 1 not in given and is_count(whole[0]):
        parts = [of[0].text for of in given.values() if len(of) == 1]
        if all(map(is_count, parts)) and sum(map(int, parts)) == int(whole[0]):
            given[width - 1], first = first, []
    if first or set(given) != set(range(width)) or any(len(of) != 1 for of in given.values()):
        return Filling.unread(items)
    return Filling.read([given[n][0] for n in range(width)])
