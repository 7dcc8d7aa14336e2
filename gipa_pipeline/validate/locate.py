"""Which cell is most likely wrong (定位): the smallest change of cells that restores every broken sum.

Table 3 is an error-correcting code: no two of its cells stand in the same sums, so one wrong cell is known by
exactly the sums it breaks, and its value follows. What has several explanations is told with all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import combinations

from expectations.forms import Form, load_form
from expectations.forms.model import T3_CARRIED_OUT, T3_INFLOW, T3_TOTAL

Residuals = Mapping[str, Decimal | None]
Values = Mapping[str, Decimal | None]

MAX_PAIRS = 4000
"""Pairs tried in one report before the rest is told as suspects only."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One explanation of some broken sums.

    Attributes:
        kind: ``cell`` (one wrong cell), ``cells`` (two), ``misplaced`` (a case counted in another column),
            ``total_column`` (总计列), ``total_row`` (总计行), ``sum`` (a sum whose parts stand in no other) or
            ``suspects``.
        broken: names of the sums it explains.
        changes: cell to the value that would restore them; filled when the explanation is the only one.
        likely: the cells it points at.
        rivals: cells that would explain it as well.
    """

    kind: str
    broken: tuple[str, ...]
    changes: Mapping[str, Decimal]
    likely: tuple[str, ...]
    rivals: tuple[str, ...] = ()


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


class _Search:
    """The broken sums of one report, and what would mend them."""

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


def explain(form: Form, values: Values, residuals: Residuals) -> list[Cause]:
    """Explain every broken sum of a report, one cause once.

    Args:
        form: the edition.
        values: cells by id, None where there is no value.
        residuals: the sums' residuals, None where a sum could not be formed.
    """
    search = _Search(form, values, residuals)
    broken = {n: r for n, r in residuals.items() if r}
    causes = [_sum(search, name) for name in broken if name[0] == "L"]
    rest = {n: r for n, r in broken.items() if n[0] != "L"}
    if not rest:
        return causes
    whole = _whole(search, rest)
    if whole is not None:
        return [*causes, whole]
    peeled, rest = _peel(search, rest)
    causes += peeled
    if rest:
        causes += [_whole(search, rest) or _pair(search, rest) or _suspects(search, rest)]
    return causes


def _whole(search: _Search, broken: Mapping[str, Decimal]) -> Cause | None:
    """One cause for all that is broken, the simplest first."""
    alone = search.single(broken)
    if alone:
        cells = tuple(cell for cell, _ in alone)
        value = search.values[cells[0]]
        changes = {cells[0]: value + alone[0][1]} if len(alone) == 1 and value is not None else {}
        return Cause("cell", tuple(broken), changes, cells[:1], cells[1:])
    return _misplaced(search, broken) or _total_column(search, broken) or _total_row(search, broken)


def _sum(search: _Search, name: str) -> Cause:
    """A sum of table 4: its cells stand in no other, so any of them may be wrong."""
    return Cause("sum", (name,), {}, (), search.cells_of[name])


def _misplaced(search: _Search, broken: Mapping[str, Decimal]) -> Cause | None:
    """A case that was counted under one column here and under another there (归类不一致).

    Only sums of one kind down the columns are broken, they cancel out, and 总计 holds.
    """
    rules = {name.partition(":")[0] for name in broken}
    columns = [name.partition(":")[2] for name in broken]
    if len(rules) != 1 or not rules <= {"K01", "K02"} or "total" in columns or sum(broken.values()) != 0:
        return None
    rule = rules.pop()
    rows = [*T3_INFLOW, T3_CARRIED_OUT] if rule == "K01" else search.results
    sign = {row: 1 if row in T3_INFLOW else -1 for row in rows}
    possible = [
        row
        for row in rows
        if all(search.fits(f"t3.{row}.{c}", -sign[row] * broken[f"{rule}:{c}"]) for c in columns)
    ]
    likely = tuple(f"t3.{row}.{c}" for c in columns for row in possible)
    rivals = tuple(f"t3.{T3_TOTAL}.{c}" for c in columns) if rule == "K01" else ()
    if not likely:
        likely, rivals = rivals, ()
    return Cause("misplaced", tuple(broken), {}, likely, rivals)


def _total_column(search: _Search, broken: Mapping[str, Decimal]) -> Cause | None:
    """总计 of several rows was not added up: adding it up restores every sum."""
    rows = {name[4:]: r for name, r in broken.items() if name.startswith("R01:")}
    if len(rows) < 2:
        return None
    return _recomputed(search, broken, "total_column", {f"t3.{row}.total": r for row, r in rows.items()})


def _total_row(search: _Search, broken: Mapping[str, Decimal]) -> Cause | None:
    """(七)总计 of several columns was not added up."""
    columns = {name[4:]: r for name, r in broken.items() if name.startswith("K02:")}
    if len(columns) < 2:
        return None
    return _recomputed(
        search, broken, "total_row", {f"t3.{T3_TOTAL}.{column}": r for column, r in columns.items()}
    )


def _recomputed(
    search: _Search, broken: Mapping[str, Decimal], kind: str, surplus: Mapping[str, Decimal]
) -> Cause | None:
    left: dict[str, Decimal] = dict(broken)
    changes: dict[str, Decimal] = {}
    for cell, residual in surplus.items():
        value = search.values.get(cell)
        if value is None or not search.fits(cell, -residual):
            return None
        left = search.after(left, cell, -residual)
        changes[cell] = value - residual
    return None if left else Cause(kind, tuple(broken), changes, tuple(changes))


def _pair(search: _Search, broken: Mapping[str, Decimal]) -> Cause | None:
    """Two wrong cells: in every two of them each stands alone in some sum, which gives its difference."""
    if len(broken) > 6:
        return None
    found: dict[frozenset[str], dict[str, Decimal]] = {}
    tried = 0
    for cell in search.touching(broken):
        for delta in {-sign * broken[n] for n, sign in search.signature(cell) if n in broken}:
            tried += 1
            if tried > MAX_PAIRS or not search.fits(cell, delta):
                continue
            left = search.after(broken, cell, delta)
            for other, second in search.single(left) if left else ():
                if other != cell:
                    found[frozenset((cell, other))] = {cell: delta, other: second}
    if not found:
        return None
    first = next(iter(found.values()))
    likely = tuple(first)
    rivals = tuple(dict.fromkeys(c for pair in found.values() for c in pair if c not in first))
    changes = {c: v + d for c, d in first.items() if (v := search.values[c]) is not None}
    return Cause("cells", tuple(broken), changes if len(found) == 1 else {}, likely, rivals)


def _peel(search: _Search, broken: Mapping[str, Decimal]) -> tuple[list[Cause], dict[str, Decimal]]:
    """Take off the wrong cells that explain all their own sums and share none with another such cell."""
    left = dict(broken)
    candidates: list[tuple[str, Decimal, frozenset[str]]] = []
    for cell in search.touching(broken):
        signature = search.signature(cell)
        names = frozenset(n for n, _ in signature)
        if len(names) < 2 or not names <= broken.keys():
            continue
        deltas = {-sign * broken[n] for n, sign in signature}
        if len(deltas) == 1 and search.fits(cell, delta := deltas.pop()):
            candidates.append((cell, delta, names))
    shared = {cell for a, b in combinations(candidates, 2) if a[2] & b[2] for cell in (a[0], b[0])}
    causes = []
    for cell, delta, names in candidates:
        value = search.values[cell]
        if cell in shared or value is None:
            continue
        causes.append(Cause("cell", tuple(n for n in broken if n in names), {cell: value + delta}, (cell,)))
        left = search.after(left, cell, delta)
    return causes, left


def _suspects(search: _Search, broken: Mapping[str, Decimal]) -> Cause:
    """What is left when no small change explains it: the cells whose sums are all broken."""
    suspects = [
        cell
        for cell in search.touching(broken)
        if len(s := search.signature(cell)) > 1 and all(n in broken for n, _ in s)
    ]
    return Cause("suspects", tuple(broken), {}, (), tuple(suspects))
