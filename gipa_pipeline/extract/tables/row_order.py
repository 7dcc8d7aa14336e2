"""Giving every printed row of table 3 its row of the form, in the form's order (行次对应).

By its label where it has one, by a label near enough to one that is missing, or by its place. How labels are cut from
cells is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from expectations.forms import Form
from gipa_pipeline.extract.fold import ideographs, plain
from gipa_pipeline.extract.media.document import Grid, GridCell
from gipa_pipeline.extract.tables.labels import closest, table3_labels
from gipa_pipeline.extract.tables.values import is_value

_NEAR = 0.34
_LONGEST_LABEL = 200


@dataclass(slots=True)
class TableRow:
    """A grid row on its way to a row of table 3."""

    grid: Grid
    number: int
    texts: list[str]
    values: list[GridCell | None]
    key: str | None = None
    how: str = "label"
    empty: bool = False
    absent: frozenset[int] = frozenset()


def ordered_rows(segment: list[TableRow], order: list[str], form: Form) -> list[TableRow]:
    """Give every row between two known rows its form row: by a near label, else by position."""
    index = {key: n for n, key in enumerate(order)}
    anchors = [n for n, row in enumerate(segment) if row.key is not None]
    chain = _increasing([(n, index[segment[n].key or ""]) for n in anchors])
    kept = dict(chain)
    for n in anchors:
        if n not in kept:
            segment[n].how = "repeated" if looks_like_values(segment[n].values) else "aside"
    edges = [(-1, -1), *chain, (len(segment), len(order))]
    for (a, i), (b, j) in pairwise(edges):
        loose = [n for n in range(a + 1, b) if segment[n].key is None]
        missing = order[i + 1 : j]
        _assign(segment, loose, missing, form, open_end=a == -1 or b == len(segment))
    return [row for row in segment if row.key is not None]


def _increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain of (row, form row) that increases in both."""
    if all(a[1] < b[1] for a, b in pairwise(pairs)):
        return pairs
    best: list[tuple[int, int]] = []
    ends: dict[
        int, tuple[int, int]
    ] = {}  # form row: length and last member of the longest chain ending there
    for k, (_, i) in enumerate(pairs):
        length, last = max(
            ((n, -m) for row, (n, m) in ends.items() if row < i),
            default=(0, 1),
        )
        best.append((length + 1, -last))
        if length + 1 > ends.get(i, (0, 0))[0]:
            ends[i] = (length + 1, k)
    chain: list[tuple[int, int]] = []
    k = max(range(len(pairs)), key=lambda m: best[m][0], default=-1)
    while k >= 0:
        chain.append(pairs[k])
        k = best[k][1]
    return chain[::-1]


def _assign(
    segment: list[TableRow], loose: list[int], missing: list[str], form: Form, *, open_end: bool
) -> None:
    if not loose:
        return
    labels = {label.key: label for label in table3_labels(form)}
    left = list(missing)
    for n in list(loose):
        words = ideographs("".join(dict.fromkeys(segment[n].texts)))
        if not 3 <= len(words) <= _LONGEST_LABEL:
            continue
        for key in left:
            spelling = labels[key].keys[0]
            allowed = int(len(spelling) * _NEAR)
            if len(spelling) >= 4 and closest(spelling, words, 0, len(words), allowed) is not None:
                segment[n].key, segment[n].how = key, "near"
                del left[: left.index(key) + 1]
                loose.remove(n)
                break
    # A row without a label takes its place only when there are exactly as many as labels missing. Blank rows
    # may be the form's or the converter's: they count where the filled ones are too few.
    taken = {row.key for row in segment}
    places = [key for key in missing if key not in taken]
    filled = [n for n in loose if not segment[n].empty]
    for rows in (filled, loose):
        if not open_end and rows and len(rows) == len(places):
            for n, key in zip(rows, places, strict=True):
                segment[n].key, segment[n].how = key, "position"
            break


def looks_like_values(values: Sequence[GridCell | None]) -> bool:
    """Whether something is printed in these cells and all of it are values."""
    texts = list(printed_texts(values))
    return bool(texts) and all(is_value(plain(t)) for t in texts)


def printed_texts(cells: Sequence[GridCell | None]) -> Iterator[str]:
    """What is printed in those of the cells that are not empty."""
    return (c.text.strip() for c in cells if c is not None and c.text)
