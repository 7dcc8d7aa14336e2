"""All ways to cut a run of glued digits into numbers (粘连数字的切分方式).

Whether a cutting is believed is for ``runs`` and ``weigh``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, combinations
from math import comb
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

Values = tuple[int | None, ...]
"""Values of a line's cells in order; None for a blank."""

MAX_DIGITS = 12
"""Of one number; what is longer is no figure of the form."""
MOST_CUTS = 400_000
"""Cuttings of one run that are looked at together; a run of 28 digits in seven numbers has 296,010."""
_SIGNED_RUN = 18


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


def cut_tokens(tokens: Sequence[str], count: int) -> Iterator[Values]:
    """All ways to cut digit runs whose own borders are known into ``count`` numbers, one or more a run."""
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
                for tail in cut_tokens(tokens[1:], count - parts):
                    yield (*head, *tail)


def _fewest(run: str) -> int:
    """Into how many numbers a run must be cut at least: every leading zero is a number of its own."""
    digits = run.lstrip("+-").lstrip("0")
    return len(run.lstrip("+-")) - len(digits) + bool(digits)


def blanked_cuts(run: str, count: int, blanks: int) -> Iterator[Values]:
    """The cuttings that add up when up to ``blanks`` of the parts were left blank and left no trace.

    ``671522591`` is 6, 71, 5, 2, 2, 5 and 91, and it is 67, 15, 2, 2, 5, a blank and 91.
    """
    for parts in range(max(3, count - blanks), count):
        for *head, total in summing_cuts(run, parts):
            for places in combinations(range(count - 1), parts - 1):
                row: list[int | None] = [None] * count
                row[-1] = total
                for place, value in zip(places, head, strict=True):
                    row[place] = value
                yield tuple(row)


@lru_cache(maxsize=6)
def _borders(length: int, parts: int) -> NDArray[Any]:
    """All places where a run of a length can be cut into so many numbers, each with both ends."""
    import numpy as np

    count = comb(length - 1, parts - 1)
    flat = chain.from_iterable(combinations(range(1, length), parts - 1))
    inner = np.fromiter(flat, dtype=np.int8, count=count * (parts - 1)).reshape(count, parts - 1)
    ends = np.full((count, 1), length, dtype=np.int8)
    return np.hstack([np.zeros((count, 1), dtype=np.int8), inner, ends])


def every_cut(run: str, parts: int) -> NDArray[Any] | None:
    """All cuttings of a digit run at once, cuttings × parts; None when there are too many to look at."""
    import numpy as np

    if not run.isdigit() or len(run) < parts or comb(len(run) - 1, parts - 1) > MOST_CUTS:
        return None
    borders = _borders(len(run), parts).astype(np.intp)
    first, last = borders[:, :-1], borders[:, 1:]
    digits = np.array([int(c) for c in run])
    fits = ((digits[first] != 0) | (last - first == 1)).all(1) & (last - first <= MAX_DIGITS).all(1)
    first, last = first[fits], last[fits]
    worth = np.zeros((len(run), len(run) + 1), dtype=np.int64)
    for a in range(len(run)):
        for b in range(a + 1, min(len(run), a + MAX_DIGITS) + 1):
            worth[a, b] = int(run[a:b])
    return worth[first, last]
