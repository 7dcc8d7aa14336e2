"""How much like a row's label of table 3 a wording is, and of which row alone (标签相似度).

Units shorten labels, add to them, put words in another order or mistype them. A wording is a row's only where it is
clearly more like that row's label than like any other row's and any group's.
"""

from __future__ import annotations

from functools import cache, lru_cache

from expectations.forms import Form
from gipa_pipeline.extract.tables.labels import core, label_of

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
