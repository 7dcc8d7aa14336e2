"""Deciding table 3 where its printed figures do not add up whatever the cutting (不平表格的切分).

Where one joint reading keeps every sum there is nothing to weigh. Otherwise every reading of every line comes into
question, and a line is decided by what the cheapest joint readings agree on. ``runs`` goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from expectations.forms import Form
from gipa_pipeline.extract.tables.cutting import Values, blanked_cuts, every_cut
from gipa_pipeline.extract.tables.lines import MAX_OPTIONS, Decision, Line, bounded
from gipa_pipeline.extract.tables.slips import Sums
from gipa_pipeline.extract.tables.weigh import Readings, Weighed, weigh

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLANKS = 2
"""Blank cells that a glued row may have lost at most, when it is asked whether it lost any."""
_UNLIKELY = 3
"""What a lost blank costs in a table that prints its zeros, and a lost figure in a row that adds up without it."""
_LACKING = 2
"""What a lost figure costs in a row that has no reading that adds up."""
_BY_CHANCE = 2
"""What it costs to say that a row does not add up whose digits can be cut so that it does."""
_MOST_DIGITS = 18
"""Digits of a run that is asked whether it lacks a figure that is not zero."""


@dataclass
class _Options:
    """All readings of a line, the values behind the first of them, and where a figure is lacking in the last ones."""

    readings: Readings
    named: list[Values]
    whole: int = 0
    lacking: int = 1

    def values(self, n: int) -> Values:
        """A reading as values."""
        if n < len(self.named):
            return self.named[n]
        values: list[int | None] = [int(v) for v in self.readings.values[n]]
        if (k := n - len(self.named) - self.whole) >= 0:
            values[k // self.lacking] = None
        return tuple(values)


def settle(form: Form, lines: Sequence[Line], decisions: list[Decision]) -> frozenset[int]:
    """Weigh the lines of table 3 and return their numbers; none where their sums cannot be weighed.

    Args:
        form: whose sums.
        lines: all lines of a document.
        decisions: what is known of each line; rewritten for the lines that are settled.
    """
    places = [n for n, line in enumerate(lines) if line.cells[0].startswith("t3.")]
    sums = Sums.of(form, [lines[n].cells for n in places])
    if sums is None or any(not lines[n].run and len(lines[n].options) > 1 for n in places):
        # Cells that were kept apart and lost a blank are another matter: their digits are certain, their places not.
        return frozenset()
    blanks = any(_shows_blanks(lines[n]) for n in places)
    options = [found for n in places if (found := _options(lines[n], blanks=blanks)) is not None]
    if len(options) < len(places):
        return frozenset()
    weighed = weigh(sums, [o.readings for o in options])
    if weighed is None:
        return _by_rows(lines, places, decisions, blanks=blanks)
    for n, o, standing in zip(places, options, _standing(options, weighed), strict=True):
        if len(standing) == 1 and len(o.readings.values) == 1 and not lines[n].weak:
            continue
        sure = weighed.complete and not (lines[n].weak and blanks and weighed.cost)
        decisions[n] = Decision(standing[0] if sure and len(standing) == 1 else None, standing, sure=sure)
    return frozenset(places)


def _by_rows(
    lines: Sequence[Line], places: Sequence[int], decisions: list[Decision], *, blanks: bool
) -> frozenset[int]:
    """Decide lines by their own sums, where the columns are off as if whole lines stood in a wrong place.

    That every line has a reading that adds up is no chance. It says nothing where cells were left blank.
    """
    if blanks or any(lines[n].weak for n in places):
        return frozenset()
    for n in places:
        options = lines[n].options
        decisions[n] = Decision(options[0] if len(options) == 1 else None, options)
    return frozenset(places)


def _shows_blanks(line: Line) -> bool:
    """Whether a line shows that the table leaves cells blank."""
    return any(None in values for values in line.options)


def _options(line: Line, *, blanks: bool) -> _Options | None:
    """Every way to read a line; None when there are too many to look at."""
    import numpy as np

    if not line.run:
        named = list(dict.fromkeys([*line.options, *line.loose]))
        if line.overflow:
            return None
        values = _array(named)
        return _Options(Readings(values, np.zeros(len(values), dtype=np.int64)), named)
    cut = every_cut(line.run, len(line.cells))
    blanked, more = bounded(blanked_cuts(line.run, len(line.cells), BLANKS), MAX_OPTIONS)
    if cut is None or more:
        return None
    lacking = _lacking(line.run, len(line.cells))
    adds_up = cut[:, :-1].sum(1) == cut[:, -1]
    extra = [
        np.full(len(blanked), 0 if blanks else _UNLIKELY),
        np.where(adds_up | line.weak, 0, _BY_CHANCE),
        np.full(len(lacking), _LACKING if line.weak else _UNLIKELY),
    ]
    values = np.vstack([_array(blanked, len(line.cells)), cut, lacking])
    return _Options(
        Readings(values, np.concatenate(extra)), blanked, len(cut), max(1, len(lacking) // len(line.cells))
    )


def _lacking(run: str, count: int) -> NDArray[Any]:
    """The readings of a run in which one figure, whichever, was left out and left no trace, and the row is off by it.

    A row printed ``3 2 4 1 0 1 0`` is that, and it is 32, 4, 1, 0, 1, 0 without its 总计.
    """
    import numpy as np

    fewer = every_cut(run, count - 1) if len(run) <= _MOST_DIGITS else None
    if fewer is None:
        return np.zeros((0, count), dtype=np.int64)
    return np.vstack([np.insert(fewer, place, 0, axis=1) for place in range(count)])


def _array(options: Sequence[Values], width: int = 0) -> NDArray[Any]:
    import numpy as np

    rows = [[value or 0 for value in values] for values in options]
    return np.array(rows, dtype=np.int64).reshape(len(rows), -1 if rows else width)


def _standing(options: Sequence[_Options], weighed: Weighed) -> list[list[Values]]:
    return [[o.values(k) for k in of] for o, of in zip(options, weighed.standing, strict=True)]
