"""Giving every printed row of table 3 its row of the form, in the form's order (行次对应).

By its label where it has one, by a label near enough to one that is missing, or by its place. How labels are cut from
cells is not decided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from expectations.forms import Form
from gipa_pipeline.extract.fold import ideographs, plain
from gipa_pipeline.extract.media.document import Grid, GridCell
from gipa_pipeline.extract.tables.labels import closest, core, table3_labels
from gipa_pipeline.extract.tables.likeness import named_row, others_nearer
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
    tail: list[str] = field(default_factory=list)
    """What stands in rows without figures below: the rest of the label, or labels that are not known."""

    @property
    def label(self) -> str:
        """The ideographs of the last label, behind those of the groups."""
        own = next((words for text in reversed(self.texts) if (words := core(text))), "")
        return own + ideographs("".join(self.tail))


def told_row(row: TableRow, form: Form) -> str | None:
    """The form's row that a label in other words is clearly most like."""
    return named_row(row.label, form)


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
        _by_label(segment, (a, i), (b, j), order, form)
        _by_place(segment, (a, i), (b, j), order, form, first=a == -1, last=b == len(segment))
    _leave_halves(segment)
    return [row for row in segment if row.key is not None]


def _leave_halves(segment: Sequence[TableRow]) -> None:
    """Take its form row from a blank row with a near label beside figures that nothing names.

    The two may be the halves of one row whose label runs over both: its figures are not blank then.
    """
    for above, below in pairwise(segment):
        if above.grid is not below.grid or below.number != above.number + 1:
            continue
        for row, beside in ((above, below), (below, above)):
            if (
                row.how == "near"
                and beside.key is None
                and looks_like_values(beside.values)
                and not any(printed_texts(row.values))
            ):
                row.key = None


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


def _by_label(
    segment: list[TableRow], start: tuple[int, int], end: tuple[int, int], order: Sequence[str], form: Form
) -> None:
    """Rows between two known ones whose label is near that of a row that is missing there."""
    loose = [n for n in range(start[0] + 1, end[0]) if segment[n].key is None]
    left = list(order[start[1] + 1 : end[1]])
    if not loose or not left:
        return
    labels = {label.key: label for label in table3_labels(form)}
    names = Counter(told_row(segment[n], form) for n in loose)
    for n in loose:
        words = ideographs("".join(dict.fromkeys([*segment[n].texts, *segment[n].tail])))
        if not 3 <= len(words) <= _LONGEST_LABEL:
            continue
        label = segment[n].label
        told = told_row(segment[n], form)
        if told is not None and names[told] > 1:
            # Rows of the unit's own, or parts of the form's row: not ours to choose.
            continue
        for key in left:
            spelling = labels[key].keys[0]
            allowed = int(len(spelling) * _NEAR)
            near = key == told or (
                told is None
                and len(spelling) >= 4
                and closest(spelling, words, 0, len(words), allowed) is not None
                # 大量重复申请 holds the words of 重复申请 and is the label of 大量反复申请.
                and not others_nearer(label, key, form)
            )
            if near:
                segment[n].key, segment[n].how = key, "near"
                del left[: left.index(key) + 1]
                break


def _by_place(
    segment: list[TableRow],
    start: tuple[int, int],
    end: tuple[int, int],
    order: Sequence[str],
    form: Form,
    *,
    first: bool,
    last: bool,
) -> None:
    """Rows that no label names take their places where there are exactly as many as rows missing there."""
    index = {key: n for n, key in enumerate(order)}
    near = [(n, index[key]) for n in range(start[0] + 1, end[0]) if (key := segment[n].key) in index]
    known = [start, *near, end]
    for number, ((a, i), (b, j)) in enumerate(pairwise(known)):
        if (first and number == 0) or (last and number + 2 == len(known)):
            # Before the first row that is known and behind the last one stands what is no row of the form, too.
            continue
        if any(_covers_a_row(row, form) for row in segment[max(a, 0) : b]):
            continue
        loose = [n for n in range(a + 1, b) if segment[n].key is None]
        # Blank rows may be the form's or the converter's: they count where the filled ones are too few.
        filled = [n for n in loose if not segment[n].empty]
        places = order[i + 1 : j]
        rows = next((of for of in (filled, loose) if len(of) == len(places)), [])
        for n, key in zip(rows, places, strict=False):
            segment[n].key, segment[n].how = key, "position"


def _covers_a_row(row: TableRow, form: Form) -> bool:
    """Whether words stand below a row that may be the label of a blank one."""
    words = ideographs("".join(row.tail))
    return bool(words) and not any(words in ideographs(group) for group in form.groups)


def looks_like_values(values: Sequence[GridCell | None]) -> bool:
    """Whether something is printed in these cells and all of it are values."""
    texts = list(printed_texts(values))
    return bool(texts) and all(is_value(plain(t)) for t in texts)


def printed_texts(cells: Sequence[GridCell | None]) -> Iterator[str]:
    """What is printed in those of the cells that are not empty."""
    return (c.text.strip() for c in cells if c is not None and c.text)
