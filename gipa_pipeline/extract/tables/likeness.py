"""How much like a row's label of table 3 a wording is, and of which row alone (标签相似度).

Units shorten labels, add to them, put words in another order or mistype them. A wording is a row's only where it is
clearly more like that row's label than like any other row's and any group's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise

from expectations.forms import Form
from gipa_pipeline.extract.fold import CJK
from gipa_pipeline.extract.tables.labels import Ideographs, Spot, core, label_of

ENOUGH = 0.6
"""Likeness from which on a wording may be a row's label."""
CLEAR = 0.12
"""By how much it must be more like that label than like all others."""
_LONGEST = 60
"""Ideographs of a label; more is a sentence."""


@lru_cache(maxsize=16384)
def likeness(words: str, key: str) -> float:
    """Twice the longest common subsequence over the sum of the lengths: 1 for equal wordings, 0 for strange ones.

    Dice's measure on the longest common subsequence (Hirschberg 1975); both are short.
    """
    before = [0] * (len(key) + 1)
    for sign in words:
        row = [0]
        for n, other in enumerate(key):
            row.append(before[n] + 1 if sign == other else max(row[n], before[n + 1]))
        before = row
    return 2 * before[-1] / (len(words) + len(key)) if words and key else 0.0


@cache
def _spellings(form: Form) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Row keys with their spellings, and the groups' names under an empty key."""
    rows = tuple((row.key, label_of(row).keys) for row in form.rows)
    return (*rows, *(("", (core(group),)) for group in form.groups))


@lru_cache(maxsize=4096)
def told_by(words: str, form: Form) -> tuple[str, float, float]:
    """The row whose label a wording is most like, how much so, and by how much more than like any other label.

    The row is empty where that is a group's name, or where the wording is none's.
    """
    if not 1 < len(words) <= _LONGEST:
        return "", 0.0, 0.0
    ranked = sorted(
        ((max(likeness(words, s) for s in spellings), key) for key, spellings in _spellings(form)),
        reverse=True,
    )
    (best, key), (second, _) = ranked[:2]
    return key, best, best - second


def named_row(words: str, form: Form) -> str | None:
    """The row that a wording names by likeness, None where it is not clear."""
    key, best, margin = told_by(words, form)
    return key if key and best >= ENOUGH and margin >= CLEAR else None


def others_nearer(words: str, row: str, form: Form) -> bool:
    """Whether a wording is at least as much like another row's label as like this row's."""
    key, best, margin = told_by(words, form)
    if not best:
        return False
    return key != row or margin <= 0


_WORDING = re.compile(rf"[{CJK}][^\d|\t\n]*")
_GLOSS = re.compile(r"\(.*")
_INSIDE = f"{CJK}、“”‘’\"'「」"
_RUN = re.compile(rf"[{_INSIDE}]*")
_RUN_BEFORE = re.compile(rf"(?:\n(?=[{CJK}]))?[{_INSIDE}]*")
"""The same read backwards, with the line break that a narrow column puts into a wording."""
_WHOLE = 3
"""Ideographs from which on a label is told by itself."""
_NEAR = 200
"""Ideographs before the first row that is known, and behind the last, in which others are looked for."""


def find_alike(
    form: Form, text: Ideographs, spots: list[Spot | None], low: int, high: int
) -> list[Spot | None]:
    """The places of table 3's labels, in order, with those that stand there in other words.

    ``spots`` are the places found by spelling, one for each row of the form, in ideographs. A place inside a
    wording that is another row's label is given up.
    """
    keys = [row.key for row in form.rows]
    kept = [
        _whole(text, key, spot, form) if spot is not None else None
        for key, spot in zip(keys, spots, strict=True)
    ]
    known = [(-1, low), *((n, spot[0] + spot[1]) for n, spot in enumerate(kept) if spot), (len(keys), high)]
    starts = [*(spot[0] for spot in kept if spot), high]
    for (a, end), (b, _), start in zip(known, known[1:], starts, strict=False):
        wanted = keys[a + 1 : b]
        if not wanted or start <= end:
            continue
        if a < 0 or b == len(keys):
            # Before the first row that is known, or behind the last, much else may stand.
            end, start = (max(end, start - _NEAR), start) if a < 0 else (end, min(start, end + _NEAR))
        told = [(key, spot) for key, spot in _told_in(text, form, end, start) if key in wanted]
        places = [keys.index(key) for key, _ in told]
        if any(p >= q for p, q in pairwise(places)):
            # The same row twice, or rows in another order.
            continue
        for place, (_, spot) in zip(places, told, strict=True):
            kept[place] = spot
    return [None if _bears_twice(text, form, kept, n, low, high) else spot for n, spot in enumerate(kept)]


def _bears_twice(text: Ideographs, form: Form, spots: list[Spot | None], n: int, low: int, high: int) -> bool:
    """Whether another wording beside a row that is not told by its full label names that row as well.

    本年新收网上申请数量 and 本年新收信函申请数量 are parts of a row, and neither is the row.
    """
    spot = spots[n]
    if spot is None:
        return False
    words = text.string[spot[0] : spot[0] + spot[1]]
    if words == label_of(form.rows[n]).keys[0] or len(words) < _WHOLE:
        return False
    before = max((s[0] + s[1] for s in spots[:n] if s), default=max(low, spot[0] - _NEAR))
    after = min((s[0] for s in spots[n + 1 :] if s), default=min(high, spot[0] + spot[1] + _NEAR))
    told = [place for key, place in _told_in(text, form, before, after) if key == form.rows[n].key]
    return any(place[0] + place[1] <= spot[0] or place[0] >= spot[0] + spot[1] for place in told)


def _told_in(text: Ideographs, form: Form, low: int, high: int) -> Iterator[tuple[str, Spot]]:
    """The rows that wordings between two places name clearly, each with its place."""
    start, end = text.offset(low - 1) + 1 if low else 0, text.offset(high)
    for found in _WORDING.finditer(text.text, start, end):
        words = core(_GLOSS.sub("", found.group()))
        if len(words) > 2 and (key := named_row(_without_group(words, form), form)) is not None:
            first, last = text.position(found.start()), text.position(found.end())
            yield key, (first, last - first, 1)


def _whole(text: Ideographs, key: str, spot: Spot, form: Form) -> Spot | None:
    """A place found by spelling, or the wording around it; None where that is another row's label."""
    start, end = text.offset(spot[0]), text.offset(spot[0] + spot[1] - 1) + 1
    before = _RUN_BEFORE.match(text.text[max(0, start - _LONGEST) : start][::-1])
    begin = start - (before.end() if before else 0)
    if begin == start and not spot[2]:
        return spot
    whole = _RUN.match(text.text, end)
    end = whole.end() if whole else end
    if others_nearer(_without_group(core(text.text[begin:end]), form), key, form):
        return None
    if not spot[2]:
        return spot
    # An inexact match may reach into the words before, the name of a group for one.
    for found in _WORDING.finditer(text.text, begin, end):
        words = core(found.group())
        if _without_group(words, form) == words and named_row(words, form) == key:
            first = text.position(found.start())
            return first, text.position(found.end()) - first, spot[2]
    return spot


def _without_group(words: str, form: Form) -> str:
    """A wording without the names of the groups before it."""
    for group in map(core, form.groups):
        words = words.removeprefix(group)
    return words
