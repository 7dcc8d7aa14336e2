"""All joint choices, one a line, that keep the sums across lines or break the fewest of them (联合求解).

Exact within a budget of work: every choice is found, or the answer is that there are too many to say.
Whether a choice is believed is for ``runs``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_BROKEN = 2
"""More broken sums than these say that the table itself is not to be trusted, not which cutting is right."""
SLACK = 2
"""How many more broken sums a rival may have; see ``solve``."""
_BUDGET = 6_000_000
_STATES = 400_000
_SOLUTIONS = 2_000
_SMALL = 300
_AT_ONCE = 100_000
"""Sums held in memory together; a hostile table would ask for gigabytes otherwise."""

Vector = tuple[int, ...]


def solve(lines: Sequence[Sequence[Vector]], fixed: Vector) -> list[tuple[int, ...]] | None:
    """The choices with the fewest broken sums, at most ``MOST_BROKEN`` of them, and their near rivals.

    A choice that keeps every sum has no rivals but its like. Where sums stay broken, choices that break up to
    ``SLACK`` more are given too: two rows cut wrongly alike can break fewer sums than the unit's own slip.

    Args:
        lines: for each line the contribution of each of its options to every sum.
        fixed: what lines without a choice contribute.

    Returns:
        Option numbers, one a line, for every such choice; None when there is none or when the work would
        pass the budget.
    """
    if prod(len(options) for options in lines) <= _SMALL:
        return _by_trial(lines, fixed)
    search = _Search(lines, fixed)
    found: dict[tuple[int, ...], None] = {}
    most = MOST_BROKEN
    broken = 0
    while broken <= most:
        for dropped in combinations(range(len(fixed)), broken):
            choices = search.run(dropped)
            if choices is None:
                return None
            found.update(dict.fromkeys(choices))
            if len(found) > _SOLUTIONS:
                return None
        if found and broken == 0:
            break
        if found and most == MOST_BROKEN:
            most = broken + SLACK
        broken += 1
    return list(found) or None


@dataclass
class Budget:
    """The work that is left to one or several searches: sums to be looked at, of all lines' options together."""

    left: int = _BUDGET


def solve_whole(lines: Sequence[NDArray[Any]], budget: Budget) -> list[tuple[int, ...]] | None:
    """The choices that keep every sum.

    Args:
        lines: for each line options × sums, what each of its options contributes to every sum.
        budget: of all the searches in one table; what this one takes is taken from it.

    Returns:
        Option numbers, one a line, for every such choice; None when the work would pass the budget. Of options of a
        line that contribute the same only the first is named.
    """
    import numpy as np

    # What the other lines cannot make up for is out, again and again until nothing more goes.
    kept = [np.arange(len(line)) for line in lines]
    while True:
        budget.left -= sum(map(len, kept))
        if budget.left < 0:
            return None
        low = np.array([line[of].min(0) for line, of in zip(lines, kept, strict=True)])
        high = np.array([line[of].max(0) for line, of in zip(lines, kept, strict=True)])
        below, above = low.sum(0), high.sum(0)
        left = []
        for n, (line, of) in enumerate(zip(lines, kept, strict=True)):
            own = line[of]
            fits = (own <= low[n] - below) & (own >= high[n] - above)
            left.append(of[fits.all(1)])
        if not all(map(len, left)):
            return []
        if sum(map(len, left)) == sum(map(len, kept)):
            break
        kept = left
    kept = [
        of[np.unique(line[of], axis=0, return_index=True)[1]] for line, of in zip(lines, kept, strict=True)
    ]
    several = [n for n, of in enumerate(kept) if len(of) > 1]
    fixed = sum((lines[n][of[0]] for n, of in enumerate(kept) if len(of) == 1), np.zeros_like(low[0]))
    if not several:
        return [tuple(int(of[0]) for of in kept)] if not fixed.any() else []
    choices = _Search([lines[n][kept[n]] for n in several], fixed, budget).run(())
    if choices is None:
        return None
    found = []
    for choice in choices:
        whole = [int(of[0]) for of in kept]
        for n, k in zip(several, choice, strict=True):
            whole[n] = int(kept[n][k])
        found.append(tuple(whole))
    return found


def _by_trial(lines: Sequence[Sequence[Vector]], fixed: Vector) -> list[tuple[int, ...]] | None:
    found: list[tuple[int, tuple[int, ...]]] = []

    def go(n: int, total: Vector, choice: tuple[int, ...]) -> None:
        if n == len(lines):
            found.append((sum(1 for v in total if v), choice))
            return
        for k, vector in enumerate(lines[n]):
            go(n + 1, tuple(a + b for a, b in zip(total, vector, strict=True)), (*choice, k))

    go(0, fixed, ())
    fewest = min(broken for broken, _ in found)
    if fewest > MOST_BROKEN:
        return None
    return [choice for broken, choice in found if broken <= (fewest + SLACK if fewest else 0)]


class _Search:
    """Layer by layer over the lines, keeping partial sums that the remaining lines can still bring to zero."""

    def __init__(
        self,
        lines: Sequence[Sequence[Vector] | NDArray[Any]],
        fixed: Vector | NDArray[Any],
        budget: Budget | None = None,
    ) -> None:
        import numpy

        self.np = numpy
        arrays = [numpy.array(options, dtype=numpy.int64) for options in lines]
        # Lines that differ most between their options first: they leave the least room for the rest.
        self.order = sorted(
            range(len(lines)), key=lambda n: -int((arrays[n].max(0) - arrays[n].min(0)).sum())
        )
        self.arrays = [arrays[n] for n in self.order]
        self.fixed = numpy.array(fixed, dtype=numpy.int64)
        low = [a.min(0) for a in self.arrays]
        high = [a.max(0) for a in self.arrays]
        zero = numpy.zeros_like(self.fixed)
        self.low = [sum(low[n + 1 :], zero) for n in range(len(low))]
        self.high = [sum(high[n + 1 :], zero) for n in range(len(high))]
        self.budget = budget or Budget()

    def run(self, dropped: tuple[int, ...]) -> list[tuple[int, ...]] | None:
        """Every choice that keeps all sums but the dropped ones; None past the budget."""
        np = self.np
        kept = np.ones(len(self.fixed), dtype=bool)
        kept[list(dropped)] = False
        states: NDArray[Any] = self.fixed[None, kept]
        trail: list[tuple[NDArray[Any], NDArray[Any]]] = []
        for n, options in enumerate(self.arrays):
            self.budget.left -= len(states) * len(options)
            if self.budget.left < 0:
                return None
            low, high, added = self.low[n][kept], self.high[n][kept], options[:, kept]
            found: list[tuple[NDArray[Any], NDArray[Any]]] = []
            step = max(1, _AT_ONCE // len(options))
            for first in range(0, len(states), step):
                sums = states[first : first + step, None, :] + added[None]
                parents, chosen = np.nonzero(((sums + low <= 0) & (sums + high >= 0)).all(axis=2))
                found.append((parents + first, chosen))
            parents, chosen = (np.concatenate(parts) for parts in zip(*found, strict=True))
            if len(parents) > _STATES:
                return None
            states = states[parents] + added[chosen]
            trail.append((parents, chosen))
            if not len(states):
                return []
        if len(states) > _SOLUTIONS:
            return None
        return [self._choice(trail, n) for n in range(len(states))]

    def _choice(self, trail: Sequence[tuple[NDArray[Any], NDArray[Any]]], state: int) -> tuple[int, ...]:
        choice = [0] * len(self.order)
        for line, (parents, chosen) in zip(reversed(self.order), reversed(trail), strict=True):
            choice[line] = int(chosen[state])
            state = int(parents[state])
        return tuple(choice)
