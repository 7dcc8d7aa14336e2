"""DuckDB in memory as the calculator of this stage: exact decimals, no extensions, no network.

What is computed stands in the SQL files beside this module; nothing here knows a table's meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

# An extension that is not linked in would be looked for on the network; a clear error is better.
OPTIONS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "2",
}


@contextmanager
def connect(path: str = ":memory:") -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection with the house's options, closed at the end."""
    import duckdb

    connection = duckdb.connect(path, config=dict(OPTIONS))
    try:
        yield connection
    finally:
        connection.close()


@cache
def sql(name: str) -> str:
    """The text of ``sql/<name>.sql``."""
    return (resources.files(__package__) / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def to_arrow(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """The named columns of a frame with exact types; a value that does not fit raises.

    Decimals may come as Arrow decimals or as ``Decimal`` objects; floats are refused where a decimal is due.
    """
    import pyarrow as pa

    columns = []
    for field in schema:
        column = frame[field.name]
        if pa.types.is_decimal(field.type) and column.dtype.kind == "f":
            raise TypeError(f"{field.name}: floats are not exact; give decimals")
        columns.append(pa.array(column, type=field.type, from_pandas=True))
    return pa.Table.from_arrays(columns, schema=schema)


def to_frame(table: pa.Table, schema: pa.Schema | None = None) -> pd.DataFrame:
    """An Arrow table as a pandas frame whose columns all stay Arrow; ``schema`` names types to hold it to."""
    import pandas as pd

    return (table if schema is None else table.cast(schema)).to_pandas(types_mapper=pd.ArrowDtype)
