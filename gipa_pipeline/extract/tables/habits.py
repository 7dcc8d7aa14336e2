"""How a document keeps cells apart, learnt from its rows: line breaks, blanks, tabs, a column left empty (版式习惯)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gipa_pipeline.extract.fold import is_count
from gipa_pipeline.extract.tables.zones import Item, Zone


@dataclass(frozen=True, slots=True)
class Spacing:
    """Line breaks a document puts between cells: ``step`` between filled ones, ``empty`` for a blank one.

    Both are 0 when cells are kept apart by something else than line breaks. ``seen``: an empty row has shown
    what a blank cell takes; otherwise it takes a step, or one line break.
    """

    step: int
    empty: int
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Habits:
    """What all rows of a table together say about each.

    ``counted``: no row has a figure behind its last cell; else the table has columns more than the form, and squares
    cannot be counted off from the label. ``led``: empty squares that belong to labels stand before the figures of
    full rows. ``totals_blank``: the last column is seen to be empty throughout.
    """

    spacing: Spacing | None = None
    counted: bool = True
    led: bool = False
    totals_blank: bool = False


UNKNOWN = Habits()


def habits_of(zones: Sequence[Zone], singles: Sequence[Zone], width: int) -> Habits:
    """The habits of a table of so many columns; ``singles`` are the zones of one row each."""
    squares = [z.squares for z in zones if z.squares]
    return Habits(
        spacing_of(singles, width),
        counted=not any(not s.blank for row in squares for s in row[width:]),
        led=any(
            len(z.squares) > width and z.squares[0].blank and len(z.numbers) == width
            for z in zones
            if z.squares
        ),
        totals_blank=totals_blank(singles, width),
    )


def spacing_of(zones: Sequence[Zone], width: int) -> Spacing | None:
    """Learn the spacing from full rows and wholly blank rows; None when no row keeps its cells apart."""
    steps: Counter[int] = Counter()
    for zone in zones:
        if len(zone.items) == width:
            steps.update(zone.gaps[1:-1])
    step = steps.most_common(1)[0][0] if steps else None
    if step == 0 or (step is None and any(zone.plain for zone in zones)):
        return Spacing(0, 0)
    blanks = Counter(zone.gaps[0] for zone in zones if not zone.items)
    if blanks:
        total = blanks.most_common(1)[0][0]
        for guess in (step,) if step else (1, 2):
            if guess and total > guess and (total - guess) % width == 0:
                return Spacing(guess, (total - guess) // width)
    return Spacing(step, step, seen=False) if step else None


def totals_blank(zones: Sequence[Zone], width: int) -> bool:
    """Whether a table's last column is empty in all rows, and no other column was dropped instead.

    Were the blank cells of another column dropped and the rows filled up behind, the figures would end with their sum.
    """
    rows = [z.squares for z in zones if z.squares is not None and len(z.squares) == width and z.numbers]
    if any(not row[-1].blank for row in rows):
        return False
    parts = [[int(s.text) for s in row[:-1]] for row in rows if all(is_count(s.text) for s in row[:-1])]
    sums = [sum(row[:-1]) == row[-1] for row in parts if any(row)]
    return sums.count(False) > max(1, sums.count(True))


def tabs_between(zones: Sequence[Zone], width: int) -> bool | None:
    """Whether rows that end with a tab have an empty cell behind it; None where the rows do not tell.

    A full row with a tab behind it shows that tabs close the rows, one that ends with a figure that they do not.
    Where all rows end with one they may be a cell short: then the last of the others may not hold their sums.
    """
    rows = [z for z in zones if z.plain is None and z.squares]
    if any(z.open_end and len(z.numbers) >= width for z in rows):
        return False
    if any(not z.open_end and z.squares and not z.squares[-1].blank for z in rows):
        return True
    return totals_blank([_with_last(z) for z in rows], width) or None


def as_ended(zone: Zone, between: bool | None) -> Zone:
    """A row's zone as tabs end rows in this document (see ``tabs_between``).

    Where that is not known and the label's own empty squares stand before the figures, an empty cell at the end is
    one of the ways that fit.
    """
    padded = bool(zone.squares) and zone.squares is not None and zone.squares[0].blank
    return _with_last(zone) if between or (between is None and padded) else zone


def _with_last(zone: Zone) -> Zone:
    """The zone of a row with the empty cell behind its last tab."""
    if not zone.open_end or zone.squares is None:
        return zone
    end = zone.squares[-1].end if zone.squares else 0
    return replace(zone, squares=(*zone.squares, Item("", end, end)), open_end=False)
