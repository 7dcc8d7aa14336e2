"""The frame that leaves each stage (各阶段数据表): columns, types, keys, codes: one source for all who need them.

The column listing is cheap to import; storage schemas, catalogue metadata and the data dictionary are made
from it. pandera judges us: a frame that breaks its contract is our defect. What units publish is never judged
here, so no schema says that a count may not be negative.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from expectations.forms import editions, load_form

if TYPE_CHECKING:
    import pandas as pd

CASES = 20
"""How many offending values an error message lists; reporting a million of them takes a minute."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a frame (字段).

    Attributes:
        name: as in files and tables.
        type: an Arrow type by name: ``string``, ``int8``, ``int16``, ``int64``, ``bool``, ``date32``,
            ``timestamp[us, UTC]``, ``decimal128(18, 6)``, or ``list<…>`` of one of these.
        nullable: whether a value may be absent.
        chinese, english: what it holds.
        codes: the only values it may take, empty when free; ``cell_id`` stands for the forms' cell ids.
    """

    name: str
    type: str
    nullable: bool
    chinese: str
    english: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame's contract: its stage and name, columns in order, the key, and what a row is."""

    stage: str
    name: str
    chinese: str
    english: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)


@cache
def frames() -> Mapping[str, Frame]:
    """Every frame by ``stage/name``, e.g. ``normalized/cells``."""
    text = (resources.files(__package__) / "frames.json").read_text(encoding="utf-8")
    return MappingProxyType({f"{f['stage']}/{f['name']}": _frame(f) for f in json.loads(text)})


def _frame(data: Mapping[str, Any]) -> Frame:
    return Frame(
        data["stage"],
        data["name"],
        data["chinese"],
        data["english"],
        tuple(
            Column(name, kind.removesuffix("?"), kind.endswith("?"), chinese, english, tuple(*codes))
            for name, kind, chinese, english, *codes in data["columns"]
        ),
        tuple(data["key"]),
    )


def columns(stage: str, name: str) -> tuple[Column, ...]:
    """The columns of a frame.

    Raises:
        KeyError: no such frame.
    """
    return frames()[f"{stage}/{name}"].columns


@cache
def cell_ids() -> frozenset[str]:
    """The ids of every edition's cells."""
    return frozenset(cell for edition in editions() for cell in load_form(edition).cells)


def arrow_type(name: str) -> Any:
    """The pyarrow type that a column's type names.

    Raises:
        KeyError: a type that no frame may use.
    """
    import pyarrow as pa

    if name.startswith("list<"):
        return pa.list_(arrow_type(name[5:-1]))
    types = {
        "string": pa.string(),
        "int8": pa.int8(),
        "int16": pa.int16(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "bool": pa.bool_(),
        "date32": pa.date32(),
        "timestamp[us, UTC]": pa.timestamp("us", tz="UTC"),
        "decimal128(18, 6)": pa.decimal128(18, 6),
    }
    return types[name]


def arrow_schema(stage: str, name: str) -> Any:
    """The pyarrow schema of a frame: what its file holds."""
    import pyarrow as pa

    return pa.schema([pa.field(c.name, arrow_type(c.type), c.nullable) for c in columns(stage, name)])


def conform(stage: str, name: str, rows: Any) -> pd.DataFrame:
    """Rows (records, columns or a frame) as the frame of the contract: its columns, order and types, sorted.

    Raises:
        KeyError: a column of the contract is not there.
        pyarrow.ArrowInvalid: a value does not fit its column.
    """
    import pandas as pd

    frame = frames()[f"{stage}/{name}"]
    table = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows, columns=list(frame.names))
    arrays = {}
    for column in frame.columns:
        arrays[column.name] = _array(table[column.name], arrow_type(column.type))
    made = pd.DataFrame(arrays)
    by = [k for k in frame.key if not made.empty]
    return made.sort_values(by, kind="stable", ignore_index=True) if by else made


def _array(values: pd.Series, kind: Any) -> pd.Series:
    import pandas as pd
    import pyarrow as pa

    if values.empty:
        array = pa.array([], type=kind)
    elif values.dtype.kind in "iufb":
        array = pa.array(values, from_pandas=True)
        array = array.cast(pa.decimal128(38, 6)).cast(kind) if pa.types.is_decimal(kind) else array.cast(kind)
    else:
        array = pa.array(values, type=kind, from_pandas=True)
    return pd.Series(pd.arrays.ArrowExtensionArray(array))


@cache
def schema(stage: str, name: str) -> Any:
    """The pandera schema of a frame.

    Raises:
        KeyError: no such frame.
    """
    import pandas as pd
    import pandera.pandas as pa

    frame = frames()[f"{stage}/{name}"]
    checked = {}
    for column in frame.columns:
        codes = cell_ids() if column.codes == ("cell_id",) else frozenset(column.codes)
        checks = [pa.Check.isin(sorted(codes), n_failure_cases=CASES)] if codes else []
        checked[column.name] = pa.Column(
            pd.ArrowDtype(arrow_type(column.type)), checks=checks, nullable=column.nullable
        )
    return pa.DataFrameSchema(
        checked, strict=True, ordered=True, unique=list(frame.key) or None, name=f"{stage}/{name}"
    )


class FrameBroken(Exception):
    """A frame that does not keep its contract: a defect of this program, not of what a unit published."""


def check(stage: str, name: str, frame: pd.DataFrame) -> None:
    """Hold a frame to its contract.

    Raises:
        FrameBroken: with the frame's name and the first offending values.
    """
    import pandera.errors

    try:
        schema(stage, name).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases.head(CASES)[["column", "check", "failure_case"]]
        lines = [f"  {c.column}: {c.check} ({c.failure_case})" for c in cases.itertuples()]
        raise FrameBroken("\n".join([f"{stage}/{name} does not keep its contract:", *lines])) from error


def markdown() -> str:
    """The data dictionary (数据字典) as a page for people."""
    lines = ["# 数据字典", "", "本页由 `python -m expectations.frames` 生成，请勿手改。"]
    for frame in frames().values():
        lines += ["", f"## {frame.stage}/{frame.name}", "", f"{frame.chinese}", "", frame.english, ""]
        lines += [
            f"主键：{'、'.join(frame.key)}",
            "",
            "| 字段 | 类型 | 可空 | 含义 | Meaning |",
            "|---|---|---|---|---|",
        ]
        for c in frame.columns:
            empty = "是" if c.nullable else ""
            lines.append(f"| {c.name} | {c.type} | {empty} | {c.chinese} | {c.english} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.buffer.write(markdown().encode())
