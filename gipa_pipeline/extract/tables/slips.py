"""How many slips of the publisher a joint reading of table 3 asks for (错误的最简解释).

Printed tables do not always add up. Of two cuttings that both leave sums broken, the better one is explained by
fewer lines that the unit got wrong, and in those lines by fewer cells. What a reading costs is therefore

- ``LINE`` for every line that must be altered: each whose own sum is broken, and where a column's sums are off
  at least one of the lines that they are made of;
- one for every cell that must be altered: a column whose two sums are off by the amount of one cell of 总计
  asks for that cell alone.

It is a lower bound, and the same bound for every rival. Which rival is believed is for ``weigh``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from expectations.forms import Form, Identity

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINE = 2
"""What a wrong line costs, beside its wrong cells."""
BOTH = 2
"""The group of the one line that both sums of a column share, 总计."""


def signed(identity: Identity) -> list[tuple[str, int]]:
    """The cells of an identity with the sign they have in it."""
    return [(c, 1) for c in identity.left] + [(c, -1) for c in identity.right]


@dataclass(frozen=True)
class Sums:
    """The sums that lines of one table share, column by column.

    ``signs`` holds for each line its sign in the column's first and second sum (收到 against 处理和结转; 总计 against
    the results), 0 where it has no part in it; ``group`` is 0 or 1 for a line of one sum only and ``BOTH`` for
    the line of both; ``alike`` is the factor between the two differences that one wrong cell of that line makes.
    ``parts`` is the number of cells whose sum is the line's last.
    """

    signs: tuple[tuple[int, int], ...]
    group: tuple[int, ...]
    alike: int
    parts: int

    @classmethod
    def of(cls, form: Form, lines: Sequence[tuple[str, ...]]) -> Sums | None:
        """The sums over some lines; None when they are not column sums of equal lines, all of them there."""
        line_of = {cell: (n, k) for n, cells in enumerate(lines) for k, cell in enumerate(cells)}
        families: dict[tuple[tuple[int, int], ...], set[int]] = {}
        inner = [0] * len(lines)
        for identity in form.identities:
            if not all(c in line_of for c in identity.cells):
                continue
            places = {line_of[c] for c in identity.cells}
            if len({n for n, _ in places}) == 1:
                inner[next(iter(places))[0]] += 1
                continue
            columns = {k for _, k in places}
            if len(columns) > 1:
                return None
            terms = tuple(sorted((line_of[c][0], sign) for c, sign in signed(identity)))
            families.setdefault(terms, set()).update(columns)
        width = {len(cells) for cells in lines}
        if len(width) != 1 or not 1 <= len(families) <= BOTH or set(inner) != {1}:
            return None
        if any(len(columns) != min(width) for columns in families.values()):
            return None
        factors = [dict(family) for family in families]
        signs = tuple(
            (factors[0].get(n, 0), factors[1].get(n, 0) if len(factors) > 1 else 0) for n in range(len(lines))
        )
        shared = [n for n, (first, second) in enumerate(signs) if first and second]
        if len(shared) != len(factors) - 1 or not all(first or second for first, second in signs):
            return None
        group = tuple(BOTH if first and second else int(not first) for first, second in signs)
        alike = signs[shared[0]][0] * signs[shared[0]][1] if shared else 0
        return cls(signs, group, alike, min(width) - 1)

    def cost(
        self, first: NDArray[Any], second: NDArray[Any], broken: NDArray[Any], own: NDArray[Any]
    ) -> NDArray[Any]:
        """What readings cost.

        Args:
            first: readings × columns, what the columns' first sums are off by.
            second: the same of their second sums.
            broken: readings × 3, how many lines of each group break their own sum.
            own: readings × 3, what the lines of each group break their own sums by, with their signs, summed up.
        """
        import numpy as np

        shared = (first != 0) & (first == self.alike * second)
        nothing = np.zeros_like(first)
        apart = _price((first, second, nothing), broken, own)
        return np.minimum(
            apart,
            _price(
                (np.where(shared, 0, first), np.where(shared, 0, second), np.where(shared, first, 0)),
                broken,
                own,
            ),
        )


def _price(off: Sequence[NDArray[Any]], broken: NDArray[Any], own: NDArray[Any]) -> NDArray[Any]:
    """The lines and cells that columns ask for which lines of each group put off, and lines that break their sum."""
    import numpy as np

    lines, cells = 0, 0
    for n, amounts in enumerate(off):
        wrong = (amounts != 0).sum(1)
        # Cells that would mend the columns but not the lines' own sums are not all that are wrong.
        unmended = amounts[:, :-1].sum(1) - amounts[:, -1] != own[:, n]
        lines = lines + np.maximum(broken[:, n], wrong > 0)
        cells = cells + np.maximum(wrong + unmended, broken[:, n])
    return np.asarray(LINE * lines + cells)
