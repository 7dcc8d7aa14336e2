"""Every unit's cells over the years (历年数列), as printed: nothing is carried over between editions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gipa_pipeline.aggregate.engine import to_arrow, to_frame

if TYPE_CHECKING:
    import pandas as pd


def series(cells_by_year: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put the ``normalized`` cells of all years one below the other.

    Returns:
        unit_id, year, cell_id, value (decimal(18,6)), status; sorted by unit, cell and year.
    """
    import pyarrow as pa

    schema = pa.schema(
        [
            ("unit_id", pa.string()),
            ("year", pa.int16()),
            ("cell_id", pa.string()),
            ("value", pa.decimal128(18, 6)),
            ("status", pa.string()),
        ]
    )
    parts = [to_arrow(cells, schema) for cells in cells_by_year]
    table = pa.concat_tables(parts) if parts else schema.empty_table()
    return to_frame(
        table.sort_by([("unit_id", "ascending"), ("cell_id", "ascending"), ("year", "ascending")])
    )
