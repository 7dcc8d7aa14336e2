"""The smallest change of cells that restores broken sums (最小改动): the search that locating rests on.

Fellegi and Holt's principle (A systematic approach to automatic edit and imputation, 1976): change as few cells as
possible. The sums of table 3 are a code of distance 4, so one wrong cell is always told; two or three are always
noticed, and are told when only one smallest change explains them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache

from expectations.forms import Form, load_form
from expectations.forms.model import T3_CARRIED_OUT, T3_INFLOW, T3_TOTAL

Residuals = Mapping[str, Decimal | None]
Values = Mapping[str, Decimal | None]
Change = Mapping[str, Decimal]
"""An explanation: cell to what must be added to it."""

MOST_CELLS = 4
"""Cells changed together at most; more are no explanation but a table to be done again."""
BUDGET = 4000
"""Steps of the search for one report (some ten milliseconds per thousand) before the rest is told as suspects only."""
_SUMS_OF_A_CELL = 3


@cache
def _signs(edition: str) -> dict[str, tuple[tuple[str, int], ...]]:
    """Each cell's sums with its sign in the residual."""
    form = load_form(edition)
    return {
        cell: tuple((i.name, 1 if cell in i.left else -1) for i in identities)
        for cell, identities in form.identities_of.items()
        if identities
    }


@cache
def _cells_of(edition: str) -> dict[str, tuple[str, ...]]:
    return {i.name: i.cells for i in load_form(edition).identities}


class Search:
    """The sums of one report, and what would mend those that are broken."""

    def __init__(self, form: Form, values: Values, residuals: Residuals) -> None:
        self.form = form
        self.values = values
        self.residuals = residuals
        self.signs = _signs(form.edition)
        self.cells_of = _cells_of(form.edition)
        self.columns = [c.key for c in form.columns if c.key != "total"]
        self.results = [r.key for r in form.rows if r.key not in (*T3_INFLOW, T3_TOTAL, T3_CARRIED_OUT)]

    def signature(self, cell: str) -> tuple[tuple[str, int], ...]:
        """The sums that a cell stands in and that could be formed."""
        return tuple((n, s) for n, s in self.signs.get(cell, ()) if self.residuals.get(n) is not None)

    def fits(self, cell: str, delta: Decimal) -> bool:
        """Whether a cell could hold its value changed by a difference: a whole number of 0 or more."""
        value = self.values.get(cell)
        if value is None or not delta:
            return False
        changed = value + delta
        return changed >= 0 and changed == changed.to_integral_value()

    def single(self, broken: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
        """The cells that mend exactly these sums alone, each with its difference."""
        found = []
        for cell in self.cells_of[next(iter(broken))]:
            signature = self.signature(cell)
            if len(signature) != len(broken) or any(n not in broken for n, _ in signature):
                continue
            deltas = {-sign * broken[name] for name, sign in signature}
            if len(deltas) == 1 and self.fits(cell, delta := deltas.pop()):
                found.append((cell, delta))
        return found

    def touching(self, broken: Iterable[str]) -> Iterator[str]:
        """Every cell of these sums, once."""
        yield from dict.fromkeys(cell for name in broken for cell in self.cells_of[name])

    def after(self, broken: Mapping[str, Decimal], cell: str, delta: Decimal) -> dict[str, Decimal]:
        """What is broken once a cell is changed."""
        left = dict(broken)
        for name, sign in self.signature(cell):
            changed = left.get(name, Decimal(0)) + sign * delta
            if changed:
                left[name] = changed
            else:
                left.pop(name, None)
        return left

    def changed(self, broken: Mapping[str, Decimal], change: Change) -> dict[str, Decimal] | None:
        """What is broken after several changes; None when a cell cannot hold its new value."""
        left = dict(broken)
        for cell, delta in change.items():
            if not self.fits(cell, delta):
                return None
            left = self.after(left, cell, delta)
        return left

    def needed(self, change: Change) -> dict[str, Decimal]:
        """The values that the cells of a change would have."""
        return {c: v + d for c, d in change.items() if (v := self.values[c]) is not None}


def smallest(search: Search, broken: Mapping[str, Decimal]) -> list[Change]:
    """Every change of the least number of cells that restores all broken sums; none when that cannot be told.

    In a smallest change some cell stands alone in a sum, whose residual is its difference; so it is enough to
    try, for the cells of one broken sum, the residuals of their sums.
    """
    left = BUDGET
    for most in range(1, MOST_CELLS + 1):
        found: dict[frozenset[str], Change] = {}
        left = _descend(search, broken, {}, most, found, left)
        if left <= 0:
            return []
        if found:
            return list(found.values())
    return []


def _descend(
    search: Search,
    broken: Mapping[str, Decimal],
    chosen: dict[str, Decimal],
    most: int,
    found: dict[frozenset[str], Change],
    budget: int,
) -> int:
    """Add one cell to a change; returns what is left of the budget."""
    if len(broken) > _SUMS_OF_A_CELL * most:
        return budget
    if most == 1:
        for cell, delta in search.single(broken):
            if cell not in chosen:
                found[frozenset((*chosen, cell))] = {**chosen, cell: delta}
        return budget - 1
    name = min(broken, key=lambda n: (len(search.cells_of[n]), n))
    for cell in search.cells_of[name]:
        if cell in chosen:
            continue
        for delta in {-sign * broken[n] for n, sign in search.signature(cell) if n in broken}:
            if not search.fits(cell, delta):
                continue
            rest = search.after(broken, cell, delta)
            if rest:
                budget = _descend(search, rest, {**chosen, cell: delta}, most - 1, found, budget - 1)
            if budget <= 0:
                return 0
    return budget


def parted(search: Search, change: Change) -> list[Change]:
    """A change as the changes that have no sum in common: each is a cause of its own."""
    groups: list[tuple[set[str], dict[str, Decimal]]] = []
    for cell, delta in change.items():
        names, members = {n for n, _ in search.signature(cell)}, {cell: delta}
        apart = []
        for other, those in groups:
            if other & names:
                names |= other
                members = {**those, **members}
            else:
                apart.append((other, those))
        groups = [*apart, (names, members)]
    return [members for _, members in groups]
