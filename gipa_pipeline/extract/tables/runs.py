"""Cutting glued digits and placing loose values under the form's identities (粘连数字切分).

A row printed ``157800111177`` is seven numbers of which the last is the sum of the others. Most rows can
be cut in one way only; the column identities settle the rest together. Where several cuttings stand,
all are given and none is chosen. Printed numbers that break an identity stay as printed: identities rank
the cuttings, they never change a digit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from expectations.forms import Form, Identity
from gipa_pipeline.extract.tables.joint import solve

Values = tuple[int | None, ...]
"""Values of a line's cells in order; None for a blank."""

MAX_OPTIONS = 4000
MAX_LOOSE = 2000
"""Bounds on the work for one document. Past them the answer is: not decided."""

MAX_DIGITS = 12
"""Of one number; what is longer is no figure of the form."""
MAX_RUN = 60
"""Digits of a glued line: fifteen cells of four digits. Longer runs cannot be cut with any confidence."""
_SIGNED_RUN = 18

_MARGIN = 10
"""The runner-up must miss by this factor more than the best, when both break as many identities."""


@dataclass
class Line:
    """Cells that were printed together, with every way their digits can be read.

    ``options`` keep the identities inside the line where any reading does; ``loose`` are all readings of
    a glued run, kept to ask whether a reading that breaks the line's own sum would explain more. A ``weak``
    line has no reading that keeps its own sum: the unit erred, or blanks were swallowed; it is believed
    only where the sums across lines bear it out.
    """

    cells: tuple[str, ...]
    options: list[Values]
    loose: list[Values] = field(default_factory=list)
    overflow: bool = False
    weak: bool = False


@dataclass
class Decision:
    """What the identities say of a line: the chosen values, or every reading that still stands."""

    values: Values | None
    standing: list[Values]


def cuts(run: str, parts: int) -> Iterator[tuple[int, ...]]:
    """All ways to cut a digit run into ``parts`` numbers without leading zeros; a sign belongs to the first."""
    if run[:1] in ("-", "+"):
        sign = -1 if run[0] == "-" else 1
        for values in cuts(run[1:], parts):
            yield (sign * values[0], *values[1:])
        return
    if parts == 1:
        if len(run) == 1 or run[0] != "0":
            yield (int(run),)
        return
    for length in range(1, len(run) - parts + 2):
        if length > 1 and run[0] == "0":
            return
        head = int(run[:length])
        for tail in cuts(run[length:], parts - 1):
            yield (head, *tail)


def summing_cuts(run: str, parts: int) -> Iterator[tuple[int, ...]]:
    """The cuttings whose last number is the sum of those before it."""
    if run[:1] in ("-", "+"):
        # The short way below counts on numbers that only grow; no office means such a row.
        if len(run) <= _SIGNED_RUN:
            yield from (values for values in cuts(run, parts) if sum(values[:-1]) == values[-1])
        return
    for length in range(1, len(run) - parts + 2):
        tail = run[-length:]
        if length > 1 and tail[0] == "0":
            continue
        total = int(tail)
        for head in _adding_up(run[:-length], parts - 1, total):
            yield (*head, total)


def _adding_up(run: str, parts: int, total: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        if (len(run) == 1 or run[:1] != "0") and int(run) == total:
            yield (total,)
        return
    longest = len(str(total))
    if len(run) > parts * longest:
        return
    for length in range(1, min(longest, len(run) - parts + 1) + 1):
        if length > 1 and run[0] == "0":
            return
        head = int(run[:length])
        if head > total:
            return
        for tail in _adding_up(run[length:], parts - 1, total - head):
            yield (head, *tail)


def cut_blocks(run: str, blocks: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Cut a run into blocks, each of parts followed by their sum (table 4: three blocks of five)."""
    if len(blocks) == 1:
        yield from summing_cuts(run, blocks[0])
        return
    rest = sum(blocks[1:])
    for length in range(blocks[0], len(run) - rest + 1):
        heads = list(summing_cuts(run[:length], blocks[0]))
        if heads:
            for tail in cut_blocks(run[length:], blocks[1:]):
                for head in heads:
                    yield (*head, *tail)


def bounded(source: Iterator[Values], limit: int) -> tuple[list[Values], bool]:
    """Up to ``limit`` distinct values of an iterator, and whether there were more."""
    found: dict[Values, None] = {}
    for values in source:
        found[values] = None
        if len(found) > limit:
            return list(found)[:limit], True
    return list(found), False


def line_from_tokens(cells: tuple[str, ...], tokens: Sequence[str], blocks: Sequence[int] | None) -> Line:
    """A line from digit runs whose own borders are known: each is cut into one or more numbers.

    ``blocks`` tells how the cells group into parts and a sum; None when no sum is prescribed.
    """
    count = len(cells)
    if len(tokens) == 1:
        if blocks is None:
            options, overflow = bounded(cuts(tokens[0], count), MAX_OPTIONS)
            return Line(cells, options, overflow=overflow)
        options, overflow = bounded(cut_blocks(tokens[0], blocks), MAX_OPTIONS)
        loose, more = bounded(cuts(tokens[0], count), MAX_LOOSE)
        if not options:
            return Line(cells, loose, loose, overflow=more, weak=True)
        return Line(cells, options, loose, overflow=overflow)
    loose, more = bounded(_cut_tokens(tokens, count), MAX_OPTIONS)
    if blocks is not None and (kept := [v for v in loose if _keeps(v, blocks)]):
        return Line(cells, kept, loose[:MAX_LOOSE], overflow=more)
    return Line(cells, loose, loose[:MAX_LOOSE], overflow=more, weak=blocks is not None)


def _cut_tokens(tokens: Sequence[str], count: int) -> Iterator[Values]:
    if len(tokens) > count or not tokens:
        return
    if len(tokens) == 1:
        yield from cuts(tokens[0], count)
        return
    # Without this look ahead, long runs would be cut in millions of ways that nothing can follow.
    fewest = sum(map(_fewest, tokens[1:]))
    most = sum(map(len, tokens[1:]))
    for parts in range(_fewest(tokens[0]), len(tokens[0]) + 1):
        if fewest <= count - parts <= most:
            for head in cuts(tokens[0], parts):
                for tail in _cut_tokens(tokens[1:], count - parts):
                    yield (*head, *tail)


def _fewest(run: str) -> int:
    """Into how many numbers a run must be cut at least: every leading zero is a number of its own."""
    digits = run.lstrip("+-").lstrip("0")
    return len(run.lstrip("+-")) - len(digits) + bool(digits)


def _keeps(values: Values, blocks: Sequence[int]) -> bool:
    start = 0
    for size in blocks:
        *parts, total = values[start : start + size]
        if total is not None and total != sum(p or 0 for p in parts):
            return False
        start += size
    return True


class _Sums:
    """The identities that at least two lines share, as signed weights on cells."""

    def __init__(self, form: Form, lines: Sequence[Line]) -> None:
        line_of = {cell: n for n, line in enumerate(lines) for cell in line.cells}
        self.weights: dict[str, list[tuple[int, int]]] = {}
        self.count = 0
        for identity in form.identities:
            if all(c in line_of for c in identity.cells) and len({line_of[c] for c in identity.cells}) > 1:
                for cell, sign in _signed(identity):
                    self.weights.setdefault(cell, []).append((self.count, sign))
                self.count += 1
        self.inner = [
            [
                [(line.cells.index(c), sign) for c, sign in _signed(identity)]
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


def _signed(identity: Identity) -> list[tuple[str, int]]:
    return [(c, 1) for c in identity.left] + [(c, -1) for c in identity.right]


def _cost(vector: Sequence[int]) -> tuple[int, int]:
    """Broken identities first, then the sum of the differences."""
    return sum(1 for v in vector if v), sum(abs(v) for v in vector)


def _add(a: Sequence[int], b: Sequence[int]) -> tuple[int, ...]:
    return tuple(x + y for x, y in zip(a, b, strict=True))


def decide(form: Form, lines: Sequence[Line]) -> list[Decision]:
    """Read all lines of a document together.

    A line is decided when every joint reading that keeps all identities agrees on it; or, when none keeps
    them all (units do publish tables that do not add up), when the readings that break the fewest agree on
    it or the nearest is nearer by a clear margin, and no looser cutting explains the table better.
    Everything else stands open with all its readings.
    """
    if all(len(line.options) == 1 and len(line.loose) < 2 and not line.weak for line in lines):
        return [Decision(line.options[0], line.options) for line in lines]
    sums = _Sums(form, lines)
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
    if tied and not any(lines[n].overflow for n in tied):
        _decide_tied(lines, sums, fixed, tied, decisions)
    while _doubt(lines, sums, decisions):
        pass
    _confirm_weak(lines, sums, decisions)
    _confirm_full(lines, sums, decisions)
    return decisions


def _decide_tied(
    lines: Sequence[Line], sums: _Sums, fixed: tuple[int, ...], tied: list[int], decisions: list[Decision]
) -> None:
    vectors = [[sums.vector(lines[n], v) for v in lines[n].options] for n in tied]
    solutions = solve(vectors, fixed)
    if solutions is None:
        return
    ranked = sorted((_cost(_total(vectors, fixed, choice)), choice) for choice in solutions)
    (_, distance), best = ranked[0]
    for place, n in enumerate(tied):
        standing = sorted({choice[place] for (_, far), choice in ranked if far <= _MARGIN * distance})
        options = [lines[n].options[k] for k in standing]
        decisions[n] = Decision(lines[n].options[best[place]] if len(options) == 1 else None, options)


def _total(
    vectors: Sequence[Sequence[tuple[int, ...]]], fixed: tuple[int, ...], choice: Sequence[int]
) -> tuple[int, ...]:
    total = fixed
    for options, k in zip(vectors, choice, strict=True):
        total = _add(total, options[k])
    return total


def _doubt(lines: Sequence[Line], sums: _Sums, decisions: list[Decision]) -> bool:
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
        if chosen is None or len(line.loose) < 2:
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


def _confirm_weak(lines: Sequence[Line], sums: _Sums, decisions: list[Decision]) -> None:
    """Take back weak lines that the sums across lines do not bear out, every one of them."""
    total: tuple[int, ...] = (0,) * sums.count
    for n, decision in enumerate(decisions):
        if decision.values is not None:
            total = _add(total, sums.vector(lines[n], decision.values))
    for n, line in enumerate(lines):
        values = decisions[n].values
        if not line.weak or values is None:
            continue
        across = {k for cell in line.cells for k, _ in sums.weights.get(cell, ())}
        if not across or any(total[k] for k in across):
            decisions[n] = Decision(None, line.options)


_BLANKS = 2
"""Blank cells that a glued row may have lost at most, when it is asked whether it lost any."""


def _confirm_full(lines: Sequence[Line], sums: _Sums, decisions: list[Decision]) -> None:
    """Take back a cut line that adds up with a blank among its cells too, unless the sums across bear it out.

    ``671522591`` is 6, 71, 5, 2, 2, 5 and 91, and it is 67, 15, 2, 2, 5, a blank and 91.
    """
    total: tuple[int, ...] = (0,) * sums.count
    open_sums: set[int] = set()
    for n, decision in enumerate(decisions):
        if decision.values is not None:
            total = _add(total, sums.vector(lines[n], decision.values))
        else:
            open_sums |= {k for cell in lines[n].cells for k, _ in sums.weights.get(cell, ())}
    for n, line in enumerate(lines):
        values, across = decisions[n].values, {k for c in line.cells for k, _ in sums.weights.get(c, ())}
        if values is None or not line.loose or None in values or not line.cells[0].startswith("t3."):
            continue
        borne_out = across and not any(total[k] or k in open_sums for k in across)
        if not borne_out and _adds_up_shorter(values):
            decisions[n] = Decision(None, line.options)


def _adds_up_shorter(values: Values) -> bool:
    """Whether the digits of these numbers add up as fewer numbers as well."""
    run = "".join(str(value) for value in values)
    shorter = range(max(3, len(values) - _BLANKS), len(values))
    return any(next(summing_cuts(run, parts), None) is not None for parts in shorter)
