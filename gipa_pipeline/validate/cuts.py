"""In how many ways a run of glued digits can be cut (连写数字的切分), asked again and independently of the reader.

A row of table 3 printed as ``251000026`` is six parts and their sum. When only one cutting keeps that sum, the
cells are as sure as if they had been printed apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

_LONGEST = 32
"""Seven counts are rarely longer; a longer run is several rows, and is left alone."""
MOST = 8
"""How many cuttings are still weighed one by one."""


@lru_cache(maxsize=4096)
def cuts(run: str, parts: int = 6) -> tuple[tuple[int, ...], ...]:
    """The ways to cut a run into parts and their sum; none when there are more than can be weighed.

    Args:
        run: digits without anything between.
        parts: how many numbers the last one is the sum of.
    """
    if not run.isascii() or not run.isdigit() or len(run) > _LONGEST:
        return ()
    found = tuple(islice(_with_sum(run, parts), MOST + 1))
    return found if len(found) <= MOST else ()


def _with_sum(run: str, parts: int) -> Iterator[tuple[int, ...]]:
    for length in range(1, len(run) - parts + 1):
        last = run[-length:]
        if length == 1 or last[0] != "0":
            for cut in _cuts(run[:-length], parts, int(last)):
                yield (*cut, int(last))


def _cuts(run: str, parts: int, total: int) -> Iterator[tuple[int, ...]]:
    """Every way to cut a run into so many numbers of that sum; 0 stands alone, nothing else begins with it."""
    if parts == 1:
        if (len(run) == 1 or run[0] != "0") and int(run) == total:
            yield (total,)
        return
    longest = 1 if run[0] == "0" else len(run) - parts + 1
    for length in range(1, longest + 1):
        number = int(run[:length])
        if number > total:
            return
        for rest in _cuts(run[length:], parts - 1, total - number):
            yield (number, *rest)
