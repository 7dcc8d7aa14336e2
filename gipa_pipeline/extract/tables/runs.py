"""Cutting glued digits and placing loose values under the form's identities (粘连数字切分).

A row printed ``157800111177`` is seven numbers of which the last is the sum of the others. Most rows can
be cut in one way only; the column identities settle the rest together. Where several cuttings stand,
all are given and none is chosen. Printed numbers that break an identity stay as printed: identities rank
the cuttings, they never change a digit.
"""

from __future__ import annotations

from collections.abc import Sequence

from expectations.forms import Form
from gipa_pipeline.extract.tables.cutting import Values, blanked_cuts
from gipa_pipeline.extract.tables.joint import solve
from gipa_pipeline.extract.tables.lines import Decision, Line
from gipa_pipeline.extract.tables.settle import BLANKS, settle
from gipa_pipeline.extract.tables.slips import signed

_MARGIN = 10
"""The runner-up must miss by this factor more than the best, when both break as many identities."""


class _Shared:
    """The identities that at least two lines share, as signed weights on cells."""

    def __init__(self, form: Form, lines: Sequence[Line]) -> None:
        line_of = {cell: n for n, line in enumerate(lines) for cell in line.cells}
        self.weights: dict[str, list[tuple[int, int]]] = {}
        self.count = 0
        for identity in form.identities:
            if all(c in line_of for c in identity.cells) and len({line_of[c] for c in identity.cells}) > 1:
                for cell, sign in signed(identity):
                    self.weights.setdefault(cell, []).append((self.count, sign))
                self.count += 1
        self.inner = [
            [
                [(line.cells.index(c), sign) for c, sign in signed(identity)]
                for identity in form.identities
                if all(line_of.get(c) == n for c in identity.cells)
            ]
            for n, line in enumerate(lines)
        ]

    def vector(self, line: Line, values: Values) -> tuple[int, ...]:
        total = [0] * self.count
        for cell, value in zip(line.cells, values, strict=True):
            if value:
                for n, sign in self.weights.get(cell, ()):
                    total[n] += sign * value
        return tuple(total)

    def inside(self, n: int, values: Values) -> tuple[int, ...]:
        """The differences of the identities that lie wholly inside a line."""
        return tuple(sum(sign * (values[i] or 0) for i, sign in terms) for terms in self.inner[n])


def _cost(vector: Sequence[int]) -> tuple[int, int]:
    """Broken identities first, then the sum of the differences."""
    return sum(1 for v in vector if v), sum(abs(v) for v in vector)


def _add(a: Sequence[int], b: Sequence[int]) -> tuple[int, ...]:
    return tuple(x + y for x, y in zip(a, b, strict=True))


def decide(form: Form, lines: Sequence[Line]) -> list[Decision]:
    """Read all lines of a document together.

    A line is decided when every joint reading that keeps all identities agrees on it. Units do publish tables
    that do not add up: then every cutting of every run of table 3 comes into question, and what is decided is
    what all joint readings agree on that ask for the fewest slips (``settle``). Where lines are missing, so that
    columns cannot be weighed, the readings that break the fewest sums must agree, or the nearest be nearer by a
    clear margin. Everything else stands open with all its readings.
    """
    if all(len(line.options) == 1 and len(line.loose) < 2 and not line.weak for line in lines):
        return [Decision(line.options[0], line.options) for line in lines]
    sums = _Shared(form, lines)
    fixed: tuple[int, ...] = (0,) * sums.count
    open_lines = [n for n, line in enumerate(lines) if len(line.options) > 1]
    for line in lines:
        if len(line.options) == 1:
            fixed = _add(fixed, sums.vector(line, line.options[0]))
    decisions = [
        Decision(line.options[0], line.options) if len(line.options) == 1 else Decision(None, line.options)
        for line in lines
    ]
    # Lines that no identity ties to others are decided by nothing here.
    tied = [n for n in open_lines if any(c in sums.weights for c in lines[n].cells)]
    kept = not tied and not any(fixed)
    if tied and not any(lines[n].overflow for n in tied):
        kept = _decide_tied(lines, sums, fixed, tied, decisions)
    settled = _in_table3(lines) if kept and _sound(lines, sums) else settle(form, lines, decisions)
    while _doubt(lines, sums, decisions, settled):
        pass
    _confirm_weak(lines, sums, decisions, settled)
    _confirm_full(lines, sums, decisions, settled)
    return decisions


def _decide_tied(
    lines: Sequence[Line], sums: _Shared, fixed: tuple[int, ...], tied: list[int], decisions: list[Decision]
) -> bool:
    """Decide the lines that sums tie together; whether there is a joint reading that keeps all these sums."""
    vectors = [[sums.vector(lines[n], v) for v in lines[n].options] for n in tied]
    solutions = solve(vectors, fixed)
    if solutions is None:
        return False
    ranked = sorted((_cost(_total(vectors, fixed, choice)), choice) for choice in solutions)
    (broken, distance), best = ranked[0]
    for place, n in enumerate(tied):
        standing = sorted({choice[place] for (_, far), choice in ranked if far <= _MARGIN * distance})
        options = [lines[n].options[k] for k in standing]
        decisions[n] = Decision(lines[n].options[best[place]] if len(options) == 1 else None, options)
    return not broken


def _in_table3(lines: Sequence[Line]) -> frozenset[int]:
    return frozenset(n for n, line in enumerate(lines) if line.cells[0].startswith("t3."))


def _sound(lines: Sequence[Line], sums: _Shared) -> bool:
    """Whether every line of table 3 has readings that keep its own sum, and shares sums with others."""
    for n in _in_table3(lines):
        line = lines[n]
        if (
            line.weak
            or not all(c in sums.weights for c in line.cells)
            or any(sums.inside(n, line.options[0]))
        ):
            return False
    return True


def _total(
    vectors: Sequence[Sequence[tuple[int, ...]]], fixed: tuple[int, ...], choice: Sequence[int]
) -> tuple[int, ...]:
    total = fixed
    for options, k in zip(vectors, choice, strict=True):
        total = _add(total, options[k])
    return total


def _doubt(lines: Sequence[Line], sums: _Shared, decisions: list[Decision], settled: frozenset[int]) -> bool:
    """Where sums stay broken, reopen a glued line that another cutting would explain as well or better.

    Sums that an undecided line takes part in say nothing and are left out. Returns whether any was reopened.
    """
    unknown = {
        k
        for n, decision in enumerate(decisions)
        if decision.values is None
        for cell in lines[n].cells
        for k, _ in sums.weights.get(cell, ())
    }
    known = [k for k in range(sums.count) if k not in unknown]
    total: tuple[int, ...] = (0,) * sums.count
    inside = []
    for n, decision in enumerate(decisions):
        values = decision.values
        inside.append(sums.inside(n, values) if values is not None else ())
        total = _add(total, sums.vector(lines[n], values)) if values is not None else total
    broken, distance = _cost([*(total[k] for k in known), *(v for values in inside for v in values)])
    if not broken and not unknown:
        return False
    reopened = False
    for n, line in enumerate(lines):
        chosen = decisions[n].values
        if n in settled or chosen is None or len(line.loose) < 2:
            continue
        unsure = any(k in unknown for cell in line.cells for k, _ in sums.weights.get(cell, ()))
        if not broken and not unsure:
            continue
        without = _add(total, tuple(-x for x in sums.vector(line, chosen)))
        others = [v for m, values in enumerate(inside) if m != n for v in values]
        rivals = []
        for values in line.loose:
            if values == chosen:
                continue
            across = _add(without, sums.vector(line, values))
            cost = _cost([*(across[k] for k in known), *others, *sums.inside(n, values)])
            near = cost[0] == broken and cost[1] <= _MARGIN * distance
            # A cutting that no sum across lines confirms stands on the line's own sum alone: one sum that
            # the unit may have got wrong.
            if cost[0] < broken or near or (unsure and cost[0] == broken + 1):
                rivals.append(values)
        if rivals:
            decisions[n] = Decision(None, [chosen, *rivals])
            reopened = True
    return reopened


def _confirm_weak(
    lines: Sequence[Line], sums: _Shared, decisions: list[Decision], settled: frozenset[int]
) -> None:
    """Take back weak lines that the sums across lines do not bear out, every one of them."""
    total: tuple[int, ...] = (0,) * sums.count
    for n, decision in enumerate(decisions):
        if decision.values is not None:
            total = _add(total, sums.vector(lines[n], decision.values))
    for n, line in enumerate(lines):
        values = decisions[n].values
        if n in settled or not line.weak or values is None:
            continue
        across = {k for cell in line.cells for k, _ in sums.weights.get(cell, ())}
        if not across or any(total[k] for k in across):
            decisions[n] = Decision(None, line.options)


def _confirm_full(
    lines: Sequence[Line], sums: _Shared, decisions: list[Decision], settled: frozenset[int]
) -> None:
    """Take back a cut line that adds up with a blank among its cells too, unless the sums across bear it out.

    In a table that leaves cells blank every cut line is taken back that they do not bear out.
    """
    blanks = any(
        None in values for line in lines if line.cells[0].startswith("t3.") for values in line.options
    )
    total: tuple[int, ...] = (0,) * sums.count
    open_sums: set[int] = set()
    for n, decision in enumerate(decisions):
        if decision.values is not None:
            total = _add(total, sums.vector(lines[n], decision.values))
        else:
            open_sums |= {k for cell in lines[n].cells for k, _ in sums.weights.get(cell, ())}
    for n, line in enumerate(lines):
        values, across = decisions[n].values, {k for c in line.cells for k, _ in sums.weights.get(c, ())}
        if (
            n in settled
            or values is None
            or not line.loose
            or None in values
            or not line.cells[0].startswith("t3.")
        ):
            continue
        borne_out = across and not any(total[k] or k in open_sums for k in across)
        if not borne_out and (blanks or _adds_up_shorter(values)):
            decisions[n] = Decision(None, line.options)


def _adds_up_shorter(values: Values) -> bool:
    """Whether the digits of these numbers add up as fewer numbers as well."""
    run = "".join(str(value) for value in values)
    return next(blanked_cuts(run, len(values), BLANKS), None) is not None
