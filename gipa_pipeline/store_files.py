"""How one file gets to its place as a whole, and how a frame becomes bytes that are always the same."""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gipa_pipeline.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

_TEMPORARY = ".tmp-"
UNLOCKED = "notices"
"""A folder that is written to while another process holds the data folder."""


def write(path: Path, data: bytes, *, durable: bool = True) -> bool:
    """Put a file in its place; see :meth:`gipa_pipeline.store.Store.write_file`."""
    try:
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
    except OSError:
        pass  # not there, or not readable: write it
    temporary = path.with_name(f"{_TEMPORARY}{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        replace(temporary, path)
        if durable:
            _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise StoreError(f"{path}: cannot be written ({error.strerror or error}).") from error
    return True


def clear_leftovers(root: Path) -> None:
    """Remove the temporary files that a killed writer left; only for who holds the lock.

    Notices to the operator are written without it, so their folder is left alone.
    """
    for folder, below, names in os.walk(root):
        if UNLOCKED in below:
            below.remove(UNLOCKED)
        for name in names:
            if name.startswith(_TEMPORARY):
                Path(folder, name).unlink(missing_ok=True)


def replace(source: Path, target: Path) -> None:
    """Rename over a file; on Windows a reader may hold the target for a moment."""
    for wait in (0.05, 0.2, 0.5, None):
        try:
            source.replace(target)
        except PermissionError:
            if os.name != "nt" or wait is None:
                raise
            time.sleep(wait)
        else:
            return


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows has no handle to a folder that could be flushed
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def frame_bytes(frame: Any, schema: Any = None, key: Sequence[str] = (), name: str = "frame") -> bytes:
    """A frame as parquet (zstd), the same bytes for the same content; see :meth:`Store.write_frame`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = frame if isinstance(frame, pa.Table) else _from_pandas(frame, schema)
        if schema is not None:
            table = table.select(schema.names).cast(schema)
    except (pa.ArrowException, KeyError) as error:
        raise StoreError(f"{name}: the frame does not fit its schema ({error}).") from error
    if key:
        table = table.sort_by([(column, "ascending") for column in key])
    # Neither pandas' notes nor the way the rows were put together may show in the bytes.
    table = table.replace_schema_metadata(None).combine_chunks()
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", compression_level=6)
    return bytes(sink.getvalue())


def _from_pandas(frame: Any, schema: Any) -> Any:
    import pyarrow as pa

    table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
    for at, column in enumerate(table.schema):
        if pa.types.is_large_string(column.type):  # pandas' own choice; one text type in all files
            table = table.set_column(at, column.name, table.column(at).cast(pa.string()))
    return table


def to_pandas(table: Any) -> pd.DataFrame:
    """An arrow table as a frame: pandas' ``str`` for text, arrow types for all else."""
    import pandas as pd
    import pyarrow as pa

    return table.to_pandas(types_mapper=lambda t: None if pa.types.is_string(t) else pd.ArrowDtype(t))
