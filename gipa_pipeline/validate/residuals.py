"""What is left of each sum (差额): printed total less its parts, for one report or for all at once.

Null where the sum cannot be formed. A blank is not zero, but it is not less than zero either: where only
blanks are unknown and the known parts already exceed the total, the sum is broken whatever they hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from expectations.forms import Form, Identity, load_form

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ZERO = Decimal(0)


def residuals_of(
    form: Form, values: Mapping[str, Decimal | None], statuses: Mapping[str, str]
) -> dict[str, Decimal | None]:
    """Every identity's left side less its right side for one report, by the identity's name."""
    return {i.name: residual(i, values, statuses) for i in form.identities}


def residual(
    identity: Identity, values: Mapping[str, Decimal | None], statuses: Mapping[str, str]
) -> Decimal | None:
    """One identity's left side less its right side, None when it cannot be told."""
    left, left_blank = _side(identity.left, values, statuses)
    right, right_blank = _side(identity.right, values, statuses)
    if left is None or right is None or (left_blank and right_blank):
        return None
    difference = left - right
    if (left_blank and difference <= 0) or (right_blank and difference >= 0):
        return None
    return difference


def _side(
    cells: tuple[str, ...], values: Mapping[str, Decimal | None], statuses: Mapping[str, str]
) -> tuple[Decimal | None, bool]:
    """The sum of a side's values and whether blanks stand in it; None when something else is unknown."""
    total, blank = ZERO, False
    for cell in cells:
        value = values.get(cell)
        if value is None:
            if statuses.get(cell) != "blank":
                return None, False
            blank = True
        else:
            total += value
    return total, blank


@cache
def _matrices(edition: str) -> tuple[dict[str, int], Any, Any]:
    import numpy as np

    form = load_form(edition)
    at = {cell: n for n, cell in enumerate(form.cells)}
    left, right = (np.zeros((len(at), len(form.identities))) for _ in range(2))
    for n, identity in enumerate(form.identities):
        left[[at[c] for c in identity.left], n] = 1
        right[[at[c] for c in identity.right], n] = 1
    return at, left, right


def residual_frame(edition: str, cells: pd.DataFrame, units: Sequence[str]) -> pd.DataFrame:
    """The residuals of all reports of an edition: one row a unit, one column an identity, NaN for null.

    Args:
        edition: the form edition of all the units.
        cells: ``normalized/cells``; those of other units are passed over.
        units: the units in the order wanted.
    """
    import numpy as np
    import pandas as pd

    at, left, right = _matrices(edition)
    row = pd.Index(units).get_indexer(pd.Index(cells["unit_id"].astype("object")))
    column = pd.Index(list(at)).get_indexer(pd.Index(cells["cell_id"].astype("object")))
    keep = (row >= 0) & (column >= 0)
    numbers = cells["value"].astype("float64[pyarrow]").to_numpy(dtype=float, na_value=np.nan)
    blank = (cells["status"] == "blank").to_numpy(dtype=bool)
    shape = (len(units), len(at))
    values, blanks = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    values[row[keep], column[keep]] = numbers[keep]
    blanks[row[keep], column[keep]] = blank[keep]
    found = _arithmetic(values, blanks, left, right)
    names = [i.name for i in load_form(edition).identities]
    return pd.DataFrame(found, index=pd.Index(list(units), name="unit_id", dtype="object"), columns=names)


LARGEST = 1e9
"""Up to here sums of binary fractions are exact to the six places of a cell."""


def units_whose_sums_hold(residuals: pd.DataFrame, cells: pd.DataFrame) -> frozenset[str]:
    """The units of which every sum could be formed and holds; they need not be asked one by one.

    Args:
        residuals: as :func:`residual_frame` gives them.
        cells: the cells they were formed from. A unit with a number too large for binary fractions is left out.
    """
    numbers = cells["value"].astype("float64[pyarrow]").to_numpy(dtype=float, na_value=0.0)
    large = frozenset(cells["unit_id"][abs(numbers) > LARGEST])
    hold = (residuals.to_numpy() == 0).all(axis=1)
    return frozenset(residuals.index[hold]) - large


def _arithmetic(values: np.ndarray, blanks: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    import numpy as np

    absent = np.isnan(values)
    known = np.where(absent, 0.0, values)
    unknown = (absent & ~blanks).astype(float)
    open_cells = (absent & blanks).astype(float)
    # Six places are what a cell holds; rounding takes off what binary fractions add.
    difference = np.round(known @ left - known @ right, 6)
    left_open, right_open = open_cells @ left > 0, open_cells @ right > 0
    null = (unknown @ (left + right) > 0) | (left_open & right_open)
    null |= (left_open & (difference <= 0)) | (right_open & (difference >= 0))
    return np.where(null, np.nan, difference)


def with_rules(edition: str, residuals: pd.DataFrame) -> pd.DataFrame:
    """The same frame with one column a rule before: how many of the rule's sums are broken, null if untold."""
    import numpy as np
    import pandas as pd

    names: dict[str, list[str]] = {}
    for identity in load_form(edition).identities:
        names.setdefault(identity.rule, []).append(identity.name)
    columns = {}
    for rule, of in names.items():
        part = residuals[of].to_numpy()
        broken = ((part != 0) & ~np.isnan(part)).sum(axis=1)
        columns[rule] = np.where((broken == 0) & np.isnan(part).any(axis=1), np.nan, broken)
    counts = pd.DataFrame(columns, index=residuals.index)
    single = [rule for rule, of in names.items() if of == [rule]]
    return pd.concat([counts, residuals.drop(columns=single)], axis=1)
