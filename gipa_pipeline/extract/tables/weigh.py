"""The joint reading that explains a table best, and every rival that explains it about as well (联合权衡).

Starts are joint readings that keep sums as they stand: all of them, those of one kind, or those without 总计. From
the best of them any line is read in any other way, and any two lines together; what costs least by ``slips`` is
the reading, and what costs hardly more stands beside it. Which readings a line has is for ``runs``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import comb
from typing import TYPE_CHECKING, Any

from gipa_pipeline.extract.tables.joint import Budget, solve_whole
from gipa_pipeline.extract.tables.slips import BOTH, LINE, Sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

Choice = tuple[int, ...]

_CLEAR = 3
_ONE_CASE = 2
_FAR = 10
"""Where one case in the wrong column explains everything, what asks for so many times as much is no rival."""
_STEPS = 40
_STARTS = 6
_MOST_PATTERNS = 300
_FEW = 2
_MANY = 500
_MOST_WORK = 10_000_000
_MOST_PAIRS = 400_000
_COARSE = 2**20


@dataclass(frozen=True)
class Readings:
    """All readings of a line: values as readings × cells with blanks as 0, and what each costs beside its sums."""

    values: NDArray[Any]
    extra: NDArray[Any]


@dataclass(frozen=True)
class Weighed:
    """The cheapest joint reading, all readings of each line that stand with it, and whether all were looked at."""

    best: Choice
    standing: list[list[int]]
    cost: int
    complete: bool


def clear(cost: int) -> int:
    """How much more than the best a rival must cost to be left out: the more slips there are, the less they tell."""
    return _CLEAR + max(0, cost - 7) // 2


def weigh(sums: Sums, lines: Sequence[Readings]) -> Weighed | None:
    """Weigh the joint readings near the best of ``lines``; None when there is nothing to start from."""
    table = _Table(sums, lines)
    known = {choice: table.cost(choice) for choice in table.starts()}
    if not known:
        return None
    for start in sorted(known, key=known.__getitem__)[:_STARTS]:
        found = table.descend(start)
        known[found] = table.cost(found)
    complete = False
    for _ in range(_STEPS):
        best = min(known, key=lambda choice: (known[choice], choice))
        near = table.near(best)
        known |= near
        if min(near.values(), default=known[best]) >= known[best]:
            complete = not table.overrun
            break
    cost = known[best]
    best = min((c for c, price in known.items() if price == cost), key=lambda c: (table.amount(c), c))
    far = _FAR * table.amount(best) if table.amount(best) == _ONE_CASE else None
    standing: list[set[int]] = [set() for _ in lines]
    for choice, price in known.items():
        if price < cost + clear(cost) and (far is None or table.amount(choice) <= far):
            for n, k in enumerate(choice):
                standing[n].add(k)
    return Weighed(best, [sorted(options) for options in standing], cost, complete)


class _Table:
    """Lines with their readings, and what each contributes to every sum."""

    def __init__(self, sums: Sums, lines: Sequence[Readings]) -> None:
        import numpy as np

        self.np = np
        self.sums = sums
        self.lines = lines
        self.columns = lines[0].values.shape[1]
        self.moves = [
            np.hstack([line.values * first, line.values * second])
            for line, (first, second) in zip(lines, sums.signs, strict=True)
        ]
        own = [line.values[:, :-1].sum(1) - line.values[:, -1] for line in lines]
        self.broken = [(of != 0).astype(np.int64) for of in own]
        self.own = [of * (first or second) for of, (first, second) in zip(own, sums.signs, strict=True)]
        self.overrun = False
        self.budget = Budget(_MOST_WORK)

    def totals(self, choice: Choice) -> tuple[Any, Any, Any, int]:
        """What the sums across lines are off by; the lines of each group that break their own; by how much; extras."""
        np = self.np
        across = np.zeros(2 * self.columns, dtype=np.int64)
        broken, own = np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64)
        extra = 0
        for n, k in enumerate(choice):
            across += self.moves[n][k]
            broken[self.sums.group[n]] += self.broken[n][k]
            own[self.sums.group[n]] += self.own[n][k]
            extra += int(self.lines[n].extra[k])
        return across, broken, own, extra

    def cost(self, choice: Choice) -> int:
        """What a joint reading costs."""
        across, broken, own, extra = self.totals(choice)
        return int(self._costs(across[None], broken[None], own[None])[0]) + extra

    def amount(self, choice: Choice) -> int:
        """What all sums are off by, together."""
        across, _, own, _ = self.totals(choice)
        return int(self.np.abs(across).sum() + self.np.abs(own).sum())

    def _costs(self, across: Any, broken: Any, own: Any) -> Any:
        return self.sums.cost(across[:, : self.columns], across[:, self.columns :], broken, own)

    def starts(self) -> list[Choice]:
        """Joint readings whose columns are wrong in as few places as can be, and in up to two more.

        Lines are read as keeping their own sum where they can. A line that is wrong in a column puts its sums off,
        the first, the second or, 总计, both alike; all other sums must hold. Where lines break their own sum the wrong
        cells are theirs; else it is one line that is wrong. None when no such reading is found.
        """
        kept = [self._kept(n) for n in range(len(self.lines))]
        weak = sorted({self.sums.group[n] for n, of in enumerate(kept) if self.broken[n][of[0]]})
        found: dict[Choice, None] = {}
        last = self.columns
        for wrong in range(self.columns + 1):
            near = self._within(kept, wrong)
            for where in self._wrong(wrong, weak):
                found |= dict.fromkeys(self._with_wrong(near, where))
            if found and last == self.columns:
                last = wrong + _CLEAR - 1
            if wrong >= last:
                break
        best = min(map(self.cost, found), default=LINE + self.columns)
        limit = best + clear(best) - 1
        if not weak:
            for n in range(len(self.lines)):
                found |= dict.fromkeys(self._with_broken(kept, n, limit))
        return [choice for choice in found if self.cost(choice) <= limit]

    def _with_broken(self, kept: Sequence[NDArray[Any]], n: int, limit: int) -> Iterator[Choice]:
        """The joint readings that may cost ``limit`` in which a line breaks a sum that it could keep."""
        np = self.np
        loose = np.flatnonzero(self.broken[n])
        if not len(loose):
            return
        group = self.sums.group[n]
        cells = self._off_range([*kept[:n], loose, *kept[n + 1 :]], n)
        most = limit - LINE - self.lines[n].extra[loose]
        loose, most = loose[np.maximum(cells, 1) <= most], int(most.max())
        if not len(loose):
            return
        readings = [*kept[:n], loose, *kept[n + 1 :]]
        for wrong in range(min(most, _FEW) + 1):
            for columns in combinations(range(self.columns), wrong):
                yield from self._with_wrong(readings, dict.fromkeys(columns, group))

    def _wrong(self, count: int, weak: Sequence[int]) -> Iterator[dict[int, int]]:
        """The groups of lines that may be wrong in ``count`` columns, by column."""
        if len(weak) > 1 and len(weak) ** count * comb(self.columns, count) > _MOST_PATTERNS:
            self.overrun = True
            return
        for columns in combinations(range(self.columns), count):
            if len(weak) > 1:
                yield from (dict(zip(columns, groups, strict=True)) for groups in product(weak, repeat=count))
            else:
                yield from (
                    dict.fromkeys(columns, group) for group in weak or ((0, 1, BOTH) if count else (0,))
                )

    def _kept(self, n: int) -> NDArray[Any]:
        """The readings of a line that keep its own sum, or all of them when none does."""
        np = self.np
        plain = self.lines[n].extra == self.lines[n].extra.min()
        return np.flatnonzero(plain & (self.broken[n] == self.broken[n][plain].min()))

    def _within(self, kept: Sequence[NDArray[Any]], wrong: int) -> list[NDArray[Any]]:
        """The readings of each line that other lines can make up for in all columns but so many."""
        near = list(kept)
        for n, of in enumerate(kept):
            if len(of) > _MANY:
                near[n] = of[self._off_range(near, n) <= wrong]
        return near

    def _off_range(self, kept: Sequence[NDArray[Any]], n: int) -> NDArray[Any]:
        """In how many columns each reading of a line stands apart whatever the readings of the others."""
        others = [m[of] for k, (m, of) in enumerate(zip(self.moves, kept, strict=True)) if k != n and len(of)]
        low, high = sum(m.min(0) for m in others), sum(m.max(0) for m in others)
        own = self.moves[n][kept[n]]
        out = (own > -low) | (own < -high)
        wrong = out[:, : self.columns], out[:, self.columns :]
        if (group := self.sums.group[n]) == BOTH:
            return (wrong[0] | wrong[1]).sum(1)
        # What other lines make of the sums that this line has no part in is no matter of its readings.
        return wrong[group].sum(1)

    def _with_wrong(self, kept: Sequence[NDArray[Any]], where: dict[int, int]) -> list[Choice]:
        """The joint readings that keep all sums but those that lines of a group put off in some columns."""
        np = self.np
        if not all(map(len, kept)):
            return []
        whole = [c for c in range(self.columns) if c not in where]
        vectors = []
        for n, (one, other) in enumerate(self.sums.signs):
            values = self.lines[n].values[kept[n]]
            factors = [(other, one, one - self.sums.alike * other)[g] for g in where.values()]
            beside = values[:, list(where)] * np.array(factors, dtype=np.int64)
            vectors.append(np.hstack([values[:, whole] * one, values[:, whole] * other, beside]))
        found = solve_whole(vectors, self.budget)
        if found is None:
            self.overrun = True
            return []
        return [tuple(int(of[k]) for of, k in zip(kept, choice, strict=True)) for choice in found]

    def descend(self, choice: Choice) -> Choice:
        """The reading reached by reading one line after another otherwise as long as that costs less."""
        cost = self.cost(choice)
        for _ in range(_STEPS):
            step = min(self._singles(choice, cost - 1), key=lambda f: f[1], default=None)
            if step is None:
                break
            choice, cost = _changed(choice, step[0]), step[1]
        return choice

    def near(self, choice: Choice) -> dict[Choice, int]:
        """Readings with one or two lines read otherwise that are not left out for their cost."""
        limit = self.cost(choice) + clear(self.cost(choice)) - 1
        found = [*self._singles(choice, limit), *self._pairs(choice, limit)]
        return {_changed(choice, change): cost for change, cost in found}

    def _singles(self, choice: Choice, limit: int) -> Iterator[tuple[dict[int, int], int]]:
        """Readings with one line read otherwise that cost at most ``limit``."""
        np = self.np
        across, broken, own, extra = self.totals(choice)
        for n, moves in enumerate(self.moves):
            k, group = choice[n], self.sums.group[n]
            moved = across - moves[k] + moves
            # Two sums that are off may be one cell of 总计: so many cells are wrong at least.
            likely = np.flatnonzero(
                (moved != 0).sum(1) <= 2 * (limit - LINE - extra + self.lines[n].extra[k])
            )
            if not len(likely):
                continue
            moves, moved = moves[likely], moved[likely]
            lines, owns = np.repeat(broken[None], len(moves), 0), np.repeat(own[None], len(moves), 0)
            lines[:, group] += self.broken[n][likely] - self.broken[n][k]
            owns[:, group] += self.own[n][likely] - self.own[n][k]
            costs = (
                self._costs(moved, lines, owns) + extra + self.lines[n].extra[likely] - self.lines[n].extra[k]
            )
            for at in np.flatnonzero(costs <= limit):
                if (other := int(likely[at])) != k:
                    yield {n: other}, int(costs[at])

    def _pairs(self, choice: Choice, limit: int) -> Iterator[tuple[dict[int, int], int]]:
        """Two lines read otherwise: pairs that leave all columns but one as they are, or that mend all but one.

        They are looked up by a linear hash of their columns, so that no pair is tried in vain.
        """
        np = self.np
        across, broken, own, extra = self.totals(choice)
        shift = [m - m[k] for m, k in zip(self.moves, choice, strict=True)]
        line = np.concatenate([np.full(len(s), n) for n, s in enumerate(shift)])
        option = np.concatenate([np.arange(len(s)) for s in shift])
        moves = np.concatenate(shift)
        more = np.concatenate([b - b[k] for b, k in zip(self.broken, choice, strict=True)])
        dear = np.concatenate([r.extra - r.extra[k] for r, k in zip(self.lines, choice, strict=True)])
        group = np.array(self.sums.group)[line]
        spare = limit // (LINE + 1) - int(broken.sum())
        away = np.concatenate([o - o[k] for o, k in zip(self.own, choice, strict=True)])
        usable = np.flatnonzero((option != np.asarray(choice)[line]) & (more <= max(0, spare)))
        asked = usable[more[usable] <= 0]
        if not len(asked):
            return
        weights = _weights(2 * self.columns)
        tried: set[tuple[int, int]] = set()
        left_out = [(), *((c, c + self.columns) for c in range(self.columns))]
        for columns in left_out:
            part = weights.copy()
            part[list(columns)] = 0
            ranked = asked[np.argsort(moves[asked] @ part, kind="stable")]
            hashes, asking = moves[ranked] @ part, -(moves[usable] @ part)
            for target in {0, int(-(across @ part))}:
                wanted = asking + target
                # Most find nothing: a coarse table of what there is sorts them out at once.
                there = np.zeros(_COARSE, dtype=bool)
                there[hashes & (_COARSE - 1)] = True
                some = np.flatnonzero(there[wanted & (_COARSE - 1)])
                wanted = wanted[some]
                low, high = np.searchsorted(hashes, wanted), np.searchsorted(hashes, wanted, "right")
                count = high - low
                if count.sum() > _MOST_PAIRS:
                    self.overrun = True
                    continue
                one = np.repeat(usable[some], count)
                other = ranked[np.arange(count.sum()) - np.repeat(np.cumsum(count) - count - low, count)]
                fits = (line[one] != line[other]) & (more[one] + more[other] <= spare)
                one, other = one[fits], other[fits]
                if not len(one):
                    continue
                lines, owns = np.repeat(broken[None], len(one), 0), np.repeat(own[None], len(one), 0)
                for side in (one, other):
                    at = np.arange(len(side)), group[side]
                    np.add.at(lines, at, more[side])
                    np.add.at(owns, at, away[side])
                costs = (
                    self._costs(across + moves[one] + moves[other], lines, owns)
                    + extra
                    + dear[one]
                    + dear[other]
                )
                for k in np.flatnonzero(costs <= limit).tolist():
                    a, b = sorted((int(one[k]), int(other[k])))
                    if (a, b) not in tried:
                        tried.add((a, b))
                        yield {int(line[a]): int(option[a]), int(line[b]): int(option[b])}, int(costs[k])


def _changed(choice: Choice, change: dict[int, int]) -> Choice:
    return tuple(change.get(n, k) for n, k in enumerate(choice))


def _weights(count: int) -> Any:
    """Fixed odd multipliers: sums hash to the sum of their hashes, modulo 2 to the 64th."""
    import numpy as np

    state, weights = 0x9E3779B97F4A7C15, []
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        weights.append((state | 1) - 2**64 if state >= 2**63 else state | 1)
    return np.array(weights, dtype=np.int64)
