"""From what stands in a zone to a line of cells: read as it stands, cut, or placed by blanks (归位).

Every way that fits is kept; choosing among them is ``runs``'s work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from gipa_pipeline.extract.tables.cutting import MAX_DIGITS, Values
from gipa_pipeline.extract.tables.habits import UNKNOWN, Habits, Spacing
from gipa_pipeline.extract.tables.lines import MAX_OPTIONS, MAX_RUN, line_from_tokens
from gipa_pipeline.extract.tables.zones import Item, Zone

_SEPARATORS = ("\t", "\n", "|", "")
_UNITS = ("万元", "亿元", "千元", "元", "件", "项", "条", "宗", "个")


@dataclass
class Filling:
    """How a line's cells may be filled.

    ``how``: ``read`` (one item a cell, in order), ``cut`` (digits were glued), ``placed`` (position was
    inferred) or ``unread`` (values that cannot be told apart). ``options`` are whole-number values by
    cell for the last three; a ``read`` line of plain counts has its single option too, so that it takes
    part in the joint decision. A ``bare`` line is blank with nothing there to show empty cells.
    """

    how: str
    items: Sequence[Item]
    options: list[Values] = field(default_factory=list)
    loose: list[Values] = field(default_factory=list)
    overflow: bool = False
    unread_items: bool = False
    weak: bool = False
    plain: bool = False
    bare: bool = False
    run: str = ""

    @classmethod
    def read(cls, items: Sequence[Item]) -> Self:
        """One item a cell."""
        return cls("read", items, _whole(items))

    @classmethod
    def placed(cls, items: Sequence[Item]) -> Self:
        """One item a cell, the row known by position only."""
        options = _whole(items)
        return cls("placed", items, options, unread_items=not options)

    @classmethod
    def empty(cls, count: int) -> Self:
        """All cells stand there empty."""
        return cls("read", [], [(None,) * count])

    @classmethod
    def unread(cls, items: Sequence[Item]) -> Self:
        """Values that belong to these cells or their neighbours: nothing can be said."""
        return cls("unread", items, unread_items=True)

    @property
    def has_span(self) -> bool:
        """Whether anything stands in the zone to point at."""
        return bool(self.items)

    def span(self, n: int) -> tuple[int, int]:
        """The characters that a cell was read from: its own item, or the whole line's."""
        if self.how == "read" and n < len(self.items):
            return self.items[n].start, self.items[n].end
        if self.how == "placed" and len(self.items) > n and len(self.options) == 1:
            return self.items[n].start, self.items[n].end
        return self.items[0].start, self.items[-1].end

    def raw(self, n: int, text: str) -> str | None:
        """The printed text behind a cell, a unit or note that follows included."""
        if not self.items:
            return ""
        start, end = self.span(n)
        if self.how == "read" and text[end : end + 1] not in _SEPARATORS:
            return _with_unit(text, start, end)
        return text[start:end]


def _with_unit(text: str, start: int, end: int) -> str:
    tail = text[end : end + 8]
    stripped = tail.lstrip(" ")
    for unit in _UNITS:
        if stripped.startswith(unit):
            return text[start : end + len(tail) - len(stripped) + len(unit)]
    if stripped[:1] in ("(", "（"):
        closing = min((c for p in ")）" if (c := text.find(p, end, end + 60)) > 0), default=-1)
        if closing > 0 and "\n" not in text[end:closing]:
            return text[start : closing + 1]
    return text[start:end]


def _whole(items: Sequence[Item]) -> list[Values]:
    """The items as one option of whole numbers; empty when one of them is none (money, decimals)."""
    values: list[int | None] = []
    for item in items:
        digits = item.text.replace(",", "")
        if item.blank:
            values.append(None)
        elif digits.isdecimal() and len(digits) <= MAX_DIGITS:
            values.append(int(digits))
        else:
            return []
    return [tuple(values)]


def fill(
    zone: Zone,
    count: int,
    blocks: Sequence[int] | None,
    habits: Habits = UNKNOWN,
    *,
    anchored: bool = True,
) -> Filling:
    """Fill ``count`` cells from a zone; ``blocks`` groups them into parts and sums where the form has sums.

    ``anchored``: the first square is the first cell, because a label stands right before it. Table 4 has no
    row label: empty squares at its start may be the padding of its headings.
    """
    if zone.plain is not None:
        return Filling("read", zone.items, [zone.plain], plain=True)
    if zone.overlong or zone.clouded:
        return Filling.unread(zone.items)
    numbers = zone.numbers
    if not numbers:
        marks = [i for i in zone.items if i.blank]
        seen = (
            len(marks) == count or len(zone.squares or ()) + zone.padding >= count or sum(zone.gaps) >= count
        )
        return Filling("read", marks if len(marks) == count else [], [(None,) * count], bare=not seen)
    if zone.squares is not None:
        return _from_squares(zone, count, blocks, habits, anchored=anchored)
    spacing = habits.spacing
    if len(zone.items) == count:
        if spacing is not None and _strays(zone, spacing, blocks):
            # As many figures as cells, but one stands apart like a page number and a blank is among them.
            return Filling.unread(zone.items)
        return Filling.read(zone.items)
    if len(zone.items) > count:
        if any(i.blank for i in zone.items):
            # Strokes between the figures may keep them apart, or stand for blanks.
            return Filling.unread(zone.items)
        return _windows(zone.items, count, blocks)
    if spacing is not None:
        # Where rows keep their cells apart, digits that stand together are one number: blanks were lost.
        placed = _by_spacing(zone, count, spacing) if spacing.empty else None
        if placed is None and not spacing.seen and spacing.step > 1:
            placed = _by_spacing(zone, count, Spacing(spacing.step, 1))
        if placed is None and not anchored and blocks is not None:
            placed = _ended_early(zone, count, blocks, spacing)
        return placed or _short(zone.items, count, blocks)
    return _cut(zone.items, count, blocks)


def _from_squares(
    zone: Zone,
    count: int,
    blocks: Sequence[int] | None,
    habits: Habits,
    *,
    anchored: bool,
) -> Filling:
    squares = list(zone.squares or ())
    filled = [n for n, s in enumerate(squares) if not s.blank]
    outside = [i for i in zone.numbers if all(i.start != squares[n].start for n in filled)]
    if outside:
        # Digits inside the label's own cell: glued text with a bar somewhere, or a wrapped row.
        if len(zone.items) == count:
            if len(squares) >= count and blocks is not None and not _sums_hold(zone.items, blocks):
                # The row has squares enough without them: a digit in the label, and a blank among the figures.
                return Filling.unread(zone.items)
            return Filling.read(zone.items)
        return (
            _cut(zone.items, count, blocks)
            if len(zone.items) < count
            else _windows(zone.items, count, blocks)
        )
    if len(filled) == count:
        if filled[-1] - filled[0] >= count and (
            anchored or blocks is None or not _sums_hold([squares[n] for n in filled], blocks)
        ):
            # An empty square among as many figures as there are cells: one of the columns is not the form's.
            return Filling.unread(zone.items)
        return Filling.read([squares[n] for n in filled])
    if len(filled) > count:
        return _windows([squares[n] for n in filled], count, blocks)
    if anchored and filled and len(squares) > count and squares[0].blank and squares[-1].blank:
        # Empty squares of the label's own before, and behind either the last cell or the table's padding.
        return _short([squares[n] for n in filled], count, blocks)
    while anchored and habits.counted and squares and squares[-1].blank and len(squares) > count:
        squares.pop()
    if len(squares) == count and (anchored or not squares[0].blank):
        edge = squares[0].blank or squares[-1].blank
        padded = habits.led and squares[0].blank and zone.padding > 0
        lost = habits.totals_blank and squares[-1].blank and not squares[0].blank
        unsure = padded or (not lost and blocks is not None and not _sums_hold(squares, blocks))
        if filled and edge and blocks is not None and unsure:
            # The blank may be the padding of the label or of the table's width, and a cell may have been dropped.
            return _short([s for s in squares if not s.blank], count, blocks)
        return Filling.read(squares)
    if len(squares) < count and blocks is None:
        # Cells are told apart here, and one was dropped; no sum says which.
        return Filling.unread(zone.items)
    if len(squares) < count:
        tokens = [squares[n] for n in filled]
        return (
            _cut(tokens, count, blocks)
            if any(len(t.text) > 1 for t in tokens) and not zone.padding and habits.spacing is None
            else _short(tokens, count, blocks)
        )
    return _windows(squares, count, blocks, must=filled)


def _measured(option: Values) -> bool:
    return all(abs(value or 0) < 10**MAX_DIGITS for value in option)


def _sums_hold(squares: Sequence[Item], blocks: Sequence[int]) -> bool:
    return any(_adds_up(option, blocks) for option in _whole(squares))


def _windows(
    items: Sequence[Item], count: int, blocks: Sequence[int] | None, must: Sequence[int] | None = None
) -> Filling:
    """More squares than cells: every run of ``count`` squares that could be the row."""
    options: dict[Values, int] = {}
    for start in range(len(items) - count + 1):
        if must and not (start <= must[0] and must[-1] < start + count):
            continue
        whole = _whole(items[start : start + count])
        if not whole:
            # Money or decimals among them: a way that fits, though not one that options can hold.
            return Filling.unread(items)
        options.setdefault(whole[0], start)
    if not options:
        return Filling.unread(items)
    # Where none adds up the place is a guess (a column of the unit's own may stand among the squares).
    adding = [o for o in options if blocks is None or _adds_up(o, blocks)]
    kept = adding or list(options)
    start = options[kept[0]] if len(kept) == 1 else 0
    placed = items[start : start + count] if len(kept) == 1 else items
    return Filling("placed", placed, kept, weak=not adding)


def _strays(zone: Zone, spacing: Spacing, blocks: Sequence[int] | None) -> bool:
    """Whether the line breaks inside a full row are not the document's: an empty cell, or a line of its own."""
    inner = zone.gaps[1:-1]
    if spacing.step == 0:
        if bool(inner) and inner[-1] > 0 and not any(inner[:-1]):
            return True
        return any(inner) and blocks is not None and not _sums_hold(zone.items, blocks)
    return spacing.empty > 0 and any(gap - spacing.step >= spacing.empty for gap in inner)


def _adds_up(values: Values, blocks: Sequence[int]) -> bool:
    start = 0
    for size in blocks:
        *parts, total = values[start : start + size]
        if (total or 0) != sum(p or 0 for p in parts):
            return False
        start += size
    return True


def _empties(gaps: Sequence[int], spacing: Spacing) -> list[int] | None:
    """How many blank cells stand in each gap; None unless they come out exactly."""
    extras = [gap - spacing.step for gap in gaps]
    if not spacing.empty or any(extra < 0 or extra % spacing.empty for extra in extras):
        return None
    return [extra // spacing.empty for extra in extras]


def _by_spacing(zone: Zone, count: int, spacing: Spacing) -> Filling | None:
    """Place items by the line breaks around them; None unless the blanks come out exactly."""
    empties = _empties(zone.gaps, spacing)
    if empties is None or sum(empties) + len(zone.items) != count or not any(empties):
        return None
    return _spread(zone, empties)


def _ended_early(zone: Zone, count: int, blocks: Sequence[int], spacing: Spacing) -> Filling | None:
    """Place the last row of a table, whose blanks at the end were trimmed with the white space behind it.

    What stands before and between the values tells their places; every sum must bear them out.
    """
    found: dict[Values, Filling] = {}
    if not spacing.seen and sum(zone.gaps[1:-1]) == spacing.step * (len(zone.gaps) - 2):
        # No blank is seen to leave a line in this document: it may have been any of them.
        return None
    for empty in {spacing.empty} if spacing.seen else {spacing.empty, 1}:
        empties = _empties(zone.gaps[:-1], Spacing(spacing.step, empty))
        if empties is None or (rest := count - sum(empties) - len(zone.items)) < 0:
            continue
        filling = _spread(zone, [*empties, rest])
        # Sums over zeros hold wherever a blank is: where something is cut off, so is its whole block.
        last = filling.options[0][-blocks[-1] :] if filling.options else ()
        if (
            last
            and (not rest or not any(v is not None for v in last))
            and _adds_up(filling.options[0], blocks)
        ):
            found[filling.options[0]] = filling
    return next(iter(found.values())) if len(found) == 1 else None


def _spread(zone: Zone, empties: Sequence[int]) -> Filling:
    squares: list[Item] = []
    for blanks, item in zip(empties, [*zone.items, None], strict=True):
        at = item.start if item else zone.items[-1].end
        squares += [Item("", at, at)] * blanks
        if item:
            squares.append(item)
    return Filling.placed(squares)


def _cut(items: Sequence[Item], count: int, blocks: Sequence[int] | None) -> Filling:
    tokens = [i.text.replace(",", "") for i in items if not i.blank]
    if any(i.blank for i in items) or not all(t.lstrip("+-").isdecimal() for t in tokens):
        return Filling.unread(items)
    if len(tokens) == 1 and count == 1:
        return Filling.read(items)
    if sum(map(len, tokens)) > MAX_RUN:
        return Filling.unread(items)
    line = line_from_tokens(("",) * count, tokens, blocks)
    if not line.options:
        return _short(items, count, blocks)
    if len(tokens) > 1 and blocks is not None:
        # Figures apart with too few of them: cells glued together, or blanks lost. Both are ways that fit; where
        # neither keeps the row's own sum, the sums across may be met by chance.
        if line.weak:
            return Filling.unread(items)
        lost = _short(items, count, blocks)
        if lost.options and not lost.weak:
            options = list(dict.fromkeys([*line.options, *lost.options]))
            line = replace(line, options=options, overflow=line.overflow or lost.overflow)
    options = [option for option in line.options if _measured(option)]
    if not options:
        return Filling.unread(items)  # a run without measure, be it behind a sign
    loose = [option for option in line.loose if _measured(option)]
    return Filling("cut", items, options, loose, line.overflow, weak=line.weak, run=line.run)


def _short(items: Sequence[Item], count: int, blocks: Sequence[int] | None) -> Filling:
    """Fewer numbers than cells: blanks were lost, and with them the positions."""
    if len(items) > count or count > 15:
        return Filling.unread(items)
    digits = [d for i in items if (d := i.text.replace(",", "")).isdecimal() and len(d) <= MAX_DIGITS]
    if len(digits) != len(items):
        return Filling.unread(items)
    values = list(map(int, digits))
    options: list[Values] = []

    def place(k: int, at: int, row: list[int | None]) -> None:
        if len(options) >= MAX_OPTIONS:
            return
        if k == len(values):
            options.append(tuple(row + [None] * (count - at)))
            return
        for skip in range(count - at - (len(values) - k) + 1):
            place(k + 1, at + skip + 1, [*row, *([None] * skip), values[k]])

    place(0, 0, [])
    kept = [o for o in options if blocks is None or _adds_up(o, blocks)]
    overflow = len(options) >= MAX_OPTIONS
    return Filling("placed", items, kept or options, overflow=overflow, weak=not kept or blocks is None)
