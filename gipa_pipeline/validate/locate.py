"""Which cell is most likely wrong (定位): the smallest change of cells that restores every broken sum.

Table 3 is an error-correcting code: no two of its cells stand in the same sums, so one wrong cell is known by
exactly the sums it breaks, and its value follows. What has several explanations is told with all of them; another
source that states one of the cells (last year's report, the prose) may decide between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from expectations.forms import Form
from expectations.forms.model import T3_CARRIED_OUT, T3_INFLOW, T3_TOTAL
from gipa_pipeline.validate.decode import Change, Residuals, Search, Values, parted, smallest
from gipa_pipeline.validate.shifted import shifts
from gipa_pipeline.validate.slips import slip

__all__ = ["Cause", "Residuals", "Values", "explain"]

Witnesses = Mapping[str, tuple[Decimal, str]]
"""What another source says of a cell, and which source that is, in words."""
_SLIPS = ("相邻两位数字颠倒", "漏写一位数字", "多写一位数字")
"""Slips that tell an explanation from its rivals; one digit for another fits too much."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One explanation of some broken sums.

    Attributes:
        kind: ``cell`` (one wrong cell), ``cells`` (some), ``misplaced`` (a case counted in another column),
            ``total_column`` (总计列), ``total_row`` (总计行), ``shifted_row`` (a row some columns on),
            ``shifted_lines`` (rows one line on), ``sum`` (a sum whose parts stand in no other) or ``suspects``.
        broken: names of the sums it explains.
        changes: cell to the value that would restore them; filled when the explanation is the only one.
        likely: the cells it points at.
        rivals: cells that would explain it as well.
        decided: the source that decided between rivals, in words.
        ways: how many explanations of this size there are; 0 when not counted.
    """

    kind: str
    broken: tuple[str, ...]
    changes: Mapping[str, Decimal]
    likely: tuple[str, ...]
    rivals: tuple[str, ...] = ()
    decided: str = ""
    ways: int = 0


def explain(
    form: Form, values: Values, residuals: Residuals, witnesses: Witnesses | None = None
) -> list[Cause]:
    """Explain every broken sum of a report, one cause once.

    Args:
        form: the edition.
        values: cells by id, None where there is no value.
        residuals: the sums' residuals, None where a sum could not be formed.
        witnesses: what other sources say of cells.
    """
    search = Search(form, values, residuals)
    known = witnesses or {}
    broken = {n: r for n, r in residuals.items() if r}
    causes = [_sum(search, name, residual, known) for name, residual in broken.items() if name[0] == "L"]
    rest = {n: r for n, r in broken.items() if n[0] != "L"}
    if not rest:
        return causes
    whole = _whole(search, rest, known)
    if whole:
        return [*causes, *whole]
    peeled, rest = _peel(search, rest)
    causes += peeled
    if rest:
        causes += _whole(search, rest, known) or _smallest(search, rest, known) or [_suspects(search, rest)]
    return causes


def _whole(search: Search, broken: Mapping[str, Decimal], known: Witnesses) -> list[Cause]:
    """One act for all that is broken, the simplest first."""
    alone = [{cell: delta} for cell, delta in search.single(broken)]
    if alone:
        return [_chosen(search, "cell", tuple(broken), alone, known)]
    misplaced = _misplaced(search, broken)
    # A row of which many cells stand one column on cancels out as well, and is one slip and not many cases.
    if not misplaced or len(broken) > 2:
        moved = _shifted(search, broken)
        if moved is not None:
            return [moved]
    total = _total_column(search, broken) or _total_row(search, broken)
    return misplaced or ([total] if total else [])


def _shifted(search: Search, broken: Mapping[str, Decimal]) -> Cause | None:
    """Numbers one place on. Where a line was skipped is often not to be told; what all ways share is."""
    ways = shifts(search, broken)
    rows = {
        (kind, *(sorted({c.rpartition(".")[0] for c in way}) if kind == "row" else ())) for kind, way in ways
    }
    if len(rows) != 1:
        return None
    common = dict(set.intersection(*(set(way.items()) for _, way in ways)))
    order = {cell: n for n, cell in enumerate(search.form.cells)}
    needed = search.needed(dict(sorted(common.items(), key=lambda item: order[item[0]])))
    likely = tuple(needed) or tuple(ways[0][1])
    return Cause(
        f"shifted_{ways[0][0]}", tuple(broken), needed if len(ways) == 1 else {}, likely, ways=len(ways)
    )


def _chosen(
    search: Search, kind: str, broken: tuple[str, ...], ways: Sequence[Change], known: Witnesses
) -> Cause:
    """The most likely of several explanations of one size, with the others as rivals."""
    left, decided = list(ways), ""
    if len(left) > 1:
        left, decided = _decided(search, left, known)
    first = left[0] if len(left) == 1 else _by_slip(search, left)
    if first is None and kind == "cells":
        # Several pairs explain it as well as each other: none of them is pointed at.
        return Cause(
            kind, broken, {}, (), tuple(dict.fromkeys(c for way in left for c in way)), ways=len(left)
        )
    first = first or left[0]
    changes = search.needed(first) if len(left) == 1 else {}
    rivals = tuple(dict.fromkeys(c for way in ways for c in way if c not in first))
    return Cause(kind, broken, changes, tuple(first), rivals, decided, len(left))


def _decided(search: Search, ways: list[Change], known: Witnesses) -> tuple[list[Change], str]:
    """Those explanations that other sources bear out, or else those that none speaks against."""
    borne: list[tuple[Change, str]] = []
    open_ways: list[Change] = []
    against = ""
    for way in ways:
        needed = search.needed(way)
        told = [(c, *known[c]) for c in way if c in known]
        if any(value == search.values[c] for c, value, _ in told):
            against = next(words for c, value, words in told if value == search.values[c])
            continue
        open_ways.append(way)
        words = [w for c, value, w in told if value == needed[c]]
        if words:
            borne.append((way, words[0]))
    if borne:
        return [way for way, _ in borne], borne[0][1]
    if open_ways and against:
        return open_ways, against if len(open_ways) == 1 else ""
    return ways, ""


def _by_slip(search: Search, ways: Sequence[Change]) -> Change | None:
    """The one explanation of several that a usual slip of the hand makes."""
    slipped = [
        way
        for way in ways
        if all(slip(search.values[c], value) in _SLIPS for c, value in search.needed(way).items())
    ]
    return slipped[0] if len(slipped) == 1 else None


def _sum(search: Search, name: str, residual: Decimal, known: Witnesses) -> Cause:
    """A sum of table 4: its cells stand in no other, so any of them may be wrong unless another source tells."""
    cells = search.cells_of[name]
    ways: list[Change] = []
    for cell, sign in ((c, s) for c in cells for n, s in search.signs[c] if n == name):
        if search.fits(cell, -sign * residual):
            ways.append({cell: -sign * residual})
    left, decided = _decided(search, ways, known)
    first = left[0] if len(left) == 1 and decided else _by_slip(search, left)
    if first is None:
        return Cause("sum", (name,), {}, (), cells, ways=len(left))
    changes = search.needed(first) if decided and len(left) == 1 else {}
    return Cause(
        "cell", (name,), changes, tuple(first), tuple(c for c in cells if c not in first), decided, len(left)
    )


def _misplaced(search: Search, broken: Mapping[str, Decimal]) -> list[Cause]:
    """Cases that were counted under one column here and under another there (归类不一致).

    Only sums of one kind down the columns are broken, they cancel out, and 总计 holds. Two columns whose differences
    answer each other and no other's are one cause; what cannot be paired is told together.
    """
    rules = {name.partition(":")[0] for name in broken}
    columns = {name.partition(":")[2]: r for name, r in broken.items()}
    if len(rules) != 1 or not rules <= {"K01", "K02"} or "total" in columns or sum(broken.values()) != 0:
        return []
    rule, causes = rules.pop(), []
    rest = dict(columns)
    for size in {abs(r) for r in columns.values()}:
        pair = [c for c, r in columns.items() if abs(r) == size]
        if len(pair) == 2 and columns[pair[0]] == -columns[pair[1]]:
            causes.append(_between(search, rule, {c: rest.pop(c) for c in pair}))
    if rest:
        causes.append(_between(search, rule, rest))
    return causes


def _between(search: Search, rule: str, columns: Mapping[str, Decimal]) -> Cause:
    """The rows in which the case may stand under the wrong one of some columns."""
    rows = [*T3_INFLOW, T3_CARRIED_OUT] if rule == "K01" else search.results
    sign = {row: 1 if row in T3_INFLOW else -1 for row in rows}
    possible = [
        row for row in rows if all(search.fits(f"t3.{row}.{c}", -sign[row] * r) for c, r in columns.items())
    ]
    likely = tuple(f"t3.{row}.{c}" for c in columns for row in possible)
    rivals = tuple(f"t3.{T3_TOTAL}.{c}" for c in columns) if rule == "K01" else ()
    if not likely:
        likely, rivals = rivals, ()
    return Cause("misplaced", tuple(f"{rule}:{c}" for c in columns), {}, likely, rivals)


def _total_column(search: Search, broken: Mapping[str, Decimal]) -> Cause | None:
    """总计 of several rows was not added up: adding it up restores every sum."""
    rows = {name[4:]: r for name, r in broken.items() if name.startswith("R01:")}
    if len(rows) < 2:
        return None
    change = {f"t3.{row}.total": -r for row, r in rows.items()}
    return _recomputed(search, broken, "total_column", change)


def _total_row(search: Search, broken: Mapping[str, Decimal]) -> Cause | None:
    """(七)总计 of several columns was not added up."""
    columns = {name[4:]: r for name, r in broken.items() if name.startswith("K02:")}
    if len(columns) < 2:
        return None
    change = {f"t3.{T3_TOTAL}.{column}": -r for column, r in columns.items()}
    return _recomputed(search, broken, "total_row", change)


def _recomputed(search: Search, broken: Mapping[str, Decimal], kind: str, change: Change) -> Cause | None:
    if search.changed(broken, change) != {}:
        return None
    return Cause(kind, tuple(broken), search.needed(change), tuple(change), ways=1)


def _smallest(search: Search, broken: Mapping[str, Decimal], known: Witnesses) -> list[Cause]:
    """Two to four wrong cells. Those that share no sum are causes of their own."""
    ways = smallest(search, broken)
    if not ways:
        return []
    parts = parted(search, ways[0])
    if len(ways) > 1 or len(parts) == 1:
        return [_chosen(search, "cells", tuple(broken), ways, known)]
    causes = []
    for part in parts:
        names = {n for c in part for n, _ in search.signature(c)}
        own = tuple(n for n in broken if n in names)
        causes.append(_chosen(search, "cell" if len(part) == 1 else "cells", own, [part], known))
    return causes


def _peel(search: Search, broken: Mapping[str, Decimal]) -> tuple[list[Cause], dict[str, Decimal]]:
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
        own = tuple(n for n in broken if n in names)
        causes.append(Cause("cell", own, {cell: value + delta}, (cell,), ways=1))
        left = search.after(left, cell, delta)
    return causes, left


def _suspects(search: Search, broken: Mapping[str, Decimal]) -> Cause:
    """What is left when no small change explains it: the cells whose sums are all broken."""
    suspects = [
        cell
        for cell in search.touching(broken)
        if len(s := search.signature(cell)) > 1 and all(n in broken for n, _ in s)
    ]
    return Cause("suspects", tuple(broken), {}, (), tuple(suspects))
