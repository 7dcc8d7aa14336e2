"""Finding the form's labels in a document's ideographs, in order, damaged or not (标签定位).

Labels are compared by their ideographs alone: brackets, digits, spaces and line breaks differ in every
layout. Positions are given in the text itself. What stands between labels is for the readers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from expectations.forms import Form, Row, editions, load_form
from gipa_pipeline.extract.fold import CJK, blank_pinyin, fold, ideographs

_ORDINAL = re.compile(r"^\s*(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、|\d+[.、)])\s*")
_RUN = re.compile(f"[{CJK}]+")
_NUMERALS = "一二三四五六七八九十"
_MOST_COPIES = 60
_WHOLE_WORDS = 3
"""Ideographs from which on a label is told by itself."""
_HEADINGS = ("服务机构", "公益组织", "科研机构")
"""Behind these, 其他 is a column's heading."""
_GROUP_REST = "处"
"""What goes on so is a group's label (其他处理), not the row 其他."""
_TOLERANCE = 0.34
"""Share of a label's ideographs that may be wrong, lost or added for a fuzzy match."""


@dataclass(frozen=True, slots=True)
class Label:
    """What to look for: the ideographs of a label without its ordinal, longest spelling first."""

    key: str
    keys: tuple[str, ...]
    ordinal: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A label found at ``[start, end)`` of the text; ``errors`` counts wrong ideographs."""

    label: Label
    start: int
    end: int
    errors: int = 0


@lru_cache(maxsize=16384)
def core(label: str) -> str:
    """A label's ideographs without its ordinal: ``(三)不予公开`` gives ``不予公开``."""
    return ideographs(_ORDINAL.sub("", fold(label)))


def label_of(row: Row) -> Label:
    """The label of a form's row."""
    keys = dict.fromkeys(k for k in (core(row.label), *map(core, row.variants)) if k)
    last = row.numbering.rsplit("/", 1)[-1]
    return Label(row.key, tuple(keys), last if last.isdigit() else "")


@cache
def table3_labels(edition: Form) -> tuple[Label, ...]:
    """Labels of table 3's value rows in printed order."""
    return tuple(label_of(row) for row in edition.rows)


@cache
def foreign_heads(form: Form) -> frozenset[str]:
    """Column heads of table 2 that only other editions print."""

    def heads(edition: Form) -> set[str]:
        return {
            core(t)
            for block in edition.blocks
            for column in block.columns
            for t in (column.label, *column.variants)
        }

    own = heads(form)
    others = {h for e in editions() if e != form.edition for h in heads(load_form(e))}
    return frozenset(h for h in others if len(h) >= 4 and not any(h in o or o in h for o in own))


class Ideographs:
    """A text's ideographs as one string, with the way back to offsets in the text."""

    def __init__(self, text: str, folded: str | None = None) -> None:
        self.text = blank_pinyin(fold(text) if folded is None else folded)
        runs = [(m.start(), m.group()) for m in _RUN.finditer(self.text)]
        self.string = "".join(run for _, run in runs)
        self._offsets = [start for start, _ in runs]
        self._positions: list[int] = []
        position = 0
        for _, run in runs:
            self._positions.append(position)
            position += len(run)

    def offset(self, position: int) -> int:
        """The offset in the text of an ideograph; behind the last one, that of the text's end."""
        if position >= len(self.string):
            return len(self.text)
        run = bisect_right(self._positions, position) - 1
        return self._offsets[run] + position - self._positions[run]

    def position(self, offset: int) -> int:
        """How many ideographs stand before an offset of the text."""
        run = bisect_right(self._offsets, offset) - 1
        if run < 0:
            return 0
        nexts = self._positions[run + 1] if run + 1 < len(self._positions) else len(self.string)
        return min(self._positions[run] + offset - self._offsets[run], nexts)

    def found(self, label: Label, position: int, length: int, errors: int = 0) -> Found:
        """A match of ``length`` ideographs at ``position`` as a span of the text."""
        return Found(label, self.offset(position), self.offset(position + length - 1) + 1, errors)


def find_in_order(
    text: Ideographs,
    labels: Sequence[Label],
    low: int,
    high: int,
    *,
    fuzzy: bool = True,
    alike: Callable[[Ideographs, list[Spot | None], int, int], list[Spot | None]] | None = None,
) -> list[Found | None]:
    """One match for each label, in order, within ideographs ``[low, high)``; None where none is found.

    First the full spellings, as the heaviest increasing chain; then, in the gaps that remain, shorter
    spellings; then matches with errors; then what ``alike`` finds in other words; then words of two signs.
    """
    spots = _chain(text.string, labels, low, high)
    _fill(text.string, labels, spots, low, high, _exact)
    if fuzzy:
        _fill(text.string, labels, spots, low, high, _approximate)
    if alike is not None:
        spots = alike(text, spots, low, high)
    # A word of two signs stands in many places: it is looked for between the labels that are surely there.
    _fill(text.string, labels, spots, low, high, _short)
    return [
        text.found(label, *_last_copy(text, spot)) if spot else None
        for label, spot in zip(labels, spots, strict=True)
    ]


def _last_copy(text: Ideographs, spot: Spot) -> Spot:
    """A converter that spreads merged cells prints a label once a column: the values follow the last copy."""
    position, length, errors = spot
    printed = text.string[position : position + length]
    for _ in range(_MOST_COPIES):
        end = position + length
        # Each copy carries its ordinal again: 四、结转下年度继续办理四、结转下年度继续办理.
        copy = end + (text.string[end : end + 1] in tuple(_NUMERALS))
        if not text.string.startswith(printed, copy):
            return position, length, errors
        between = text.text[text.offset(end - 1) + 1 : text.offset(copy)]
        if sum(c.isdigit() for c in between) > 1:
            return position, length, errors
        position = copy
    return position, length, errors


Spot = tuple[int, int, int]
"""Position, length and errors of a match, in ideographs."""


def _chain(string: str, labels: Sequence[Label], low: int, high: int) -> list[Spot | None]:
    """The heaviest chain of full spellings whose positions increase with the labels' order."""
    hits: list[tuple[int, int, int]] = []
    for i, label in enumerate(labels):
        full = label.keys[0]
        if len(full) < 4:
            continue
        at = string.find(full, low, high)
        while at >= 0 and len(hits) < 2000:
            hits.append((at, i, len(full)))
            at = string.find(full, at + 1, high)
    hits.sort()
    if all(a[1] < b[1] for a, b in pairwise(hits)):
        return _spots(len(labels), hits)
    best: list[tuple[int, int]] = []
    for n, (at, i, length) in enumerate(hits):
        weight, before = length, -1
        for m in range(n):
            other_at, other_i, other_length = hits[m]
            if other_i < i and other_at + other_length <= at and best[m][0] + length > weight:
                weight, before = best[m][0] + length, m
        best.append((weight, before))
    chosen: list[tuple[int, int, int]] = []
    n = max(range(len(hits)), key=lambda k: best[k][0], default=-1)
    while n >= 0:
        chosen.append(hits[n])
        n = best[n][1]
    return _spots(len(labels), chosen)


def _spots(count: int, hits: Sequence[tuple[int, int, int]]) -> list[Spot | None]:
    spots: list[Spot | None] = [None] * count
    for at, i, length in hits:
        spots[i] = (at, length, 0)
    return spots


def _fill(
    string: str,
    labels: Sequence[Label],
    spots: list[Spot | None],
    low: int,
    high: int,
    match: Callable[[str, Label, int, int], Spot | None],
) -> None:
    for i, label in enumerate(labels):
        if spots[i] is not None:
            continue
        before = next((s for s in reversed(spots[:i]) if s), None)
        after = next((s for s in spots[i + 1 :] if s), None)
        start = before[0] + before[1] if before else low
        end = after[0] if after else high
        if end > start:
            spots[i] = match(string, label, start, end)


def _exact(string: str, label: Label, start: int, end: int) -> Spot | None:
    for key in label.keys:
        at = string.find(key, start, end) if len(key) >= _WHOLE_WORDS else -1
        if at >= 0:
            return (at, len(key), 0)
    return None


def _short(string: str, label: Label, start: int, end: int) -> Spot | None:
    for key in (k for k in label.keys if len(k) < _WHOLE_WORDS):
        at = string.find(key, start, end)
        while at >= 0 and (
            string.startswith(_GROUP_REST, at + len(key)) or string.endswith(_HEADINGS, start, at)
        ):
            at = string.find(key, at + 1, end)
        if at >= 0:
            return (at, len(key), 0)
    return None


@cache
def _group_names() -> frozenset[str]:
    return frozenset(core(group) for edition in editions() for group in load_form(edition).groups)


def _within_group_name(string: str, start: int, end: int) -> bool:
    return any(
        0 <= string.find(name, max(0, end - len(name)), start + len(name)) <= start
        for name in _group_names()
        if len(name) >= end - start
    )


def _approximate(string: str, label: Label, start: int, end: int) -> Spot | None:
    best: Spot | None = None
    for key in label.keys:
        allowed = int(len(key) * _TOLERANCE)
        if len(key) < 4 or not allowed or end - start > 4000:
            continue
        spot = closest(key, string, start, end, allowed)
        if spot and _within_group_name(string, spot[0], spot[0] + spot[1]):
            # 不予公开 is one sign from 予以公开, but the name of its own group.
            continue
        if spot and (best is None or spot[2] / spot[1] < best[2] / best[1]):
            best = spot
    return best


def closest(key: str, string: str, start: int, end: int, allowed: int) -> Spot | None:
    """The substring of ``string[start:end]`` nearest to ``key`` by edits, at most ``allowed`` of them.

    Sellers' algorithm (1980): the first row of the edit matrix is zero, so a match may begin anywhere.
    """
    column = [(i, start) for i in range(len(key) + 1)]
    best: tuple[int, int, int] | None = None
    for j in range(start, end):
        diagonal = (0, j)
        column[0] = (0, j + 1)
        for i in range(1, len(key) + 1):
            left, above = column[i], column[i - 1]
            change = (diagonal[0] + (key[i - 1] != string[j]), diagonal[1])
            diagonal = left
            column[i] = min(change, (left[0] + 1, left[1]), (above[0] + 1, above[1]))
        errors, begin = column[-1]
        if errors <= allowed and (best is None or errors < best[0]):
            best = (errors, begin, j + 1 - begin)
    return (best[1], best[2], best[0]) if best and best[2] else None
