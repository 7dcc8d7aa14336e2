"""Writing the open data: Parquet exact, CSV for spreadsheets, ``datapackage.json`` and a page that explains."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.frames import frames
from gipa_pipeline import store_files
from gipa_pipeline.aggregate.engine import connect
from gipa_pipeline.aggregate.publish import inputs_digest, publish
from gipa_pipeline.aggregate.wording import number
from gipa_pipeline.opendata.tables import Resource, resources

if TYPE_CHECKING:
    import pyarrow as pa

    from gipa_pipeline.registry import Registry
    from gipa_pipeline.store import Store

PACKAGE, README, DATA = "datapackage.json", "README.md", "data"
ENCODING = "utf-8-sig"
"""CSV begins with a byte order mark: without it spreadsheets take UTF-8 for something else."""
_TYPES = {"INTEGER": "integer", "DATE": "date", "BOOLEAN": "boolean", "DECIMAL(18,6)": "number"}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the files, and the rows by table."""

    files: tuple[Path, ...]
    rows: dict[str, int]
    changed: bool


def export(store: Store, registry: Registry, years: Sequence[int], folder: Path) -> Exported:
    """Write all tables of these years into a folder; equal data give equal bytes.

    The description is written last, with the hash of every file: a folder that was left half written does
    not agree with it.

    Raises:
        StoreError: a stage before this one has not been run, or the folder cannot be written.
    """
    files: list[Path] = []
    rows: dict[str, int] = {}
    described: list[dict[str, Any]] = []
    changed = False
    with store.lock(), connect() as connection:
        publish(store, registry, years, connection)
        version = inputs_digest(store, registry, years)[:16]
        for resource in resources():
            table = connection.sql(resource.select).to_arrow_table()
            rows[resource.name] = table.num_rows
            for ending, data in (("csv", _csv(resource, table)), ("parquet", _parquet(resource, table))):
                path = folder / DATA / f"{resource.name}.{ending}"
                changed |= store_files.write(path, data)
                files.append(path)
                described.append(_described(resource, ending, data))
    package = {
        "profile": "data-package",
        "name": "gipa-open-data",
        "title": "政府信息公开工作年度报告数据",
        "description": _ABOUT,
        "keywords": ["政府信息公开", "年度报告"],
        # Equal data, equal version: no clock is in it.
        "version": version,
        "years": sorted(years),
        "resources": described,
    }
    readme = folder / README
    changed |= store_files.write(readme, _readme(years, version).encode("utf-8"))
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    changed |= store_files.write(folder / PACKAGE, text.encode("utf-8"))
    return Exported((*files, readme, folder / PACKAGE), rows, changed)


def _parquet(resource: Resource, table: pa.Table) -> bytes:
    """Exact types; every column carries its meaning."""
    import pyarrow as pa

    fields = [
        table.schema.field(c.name).with_metadata({"chinese": c.chinese, "english": c.english})
        for c in resource.columns
    ]
    return store_files.frame_bytes(table.cast(pa.schema(fields)), None, (), resource.name)


def _csv(resource: Resource, table: pa.Table) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(c.name for c in resource.columns)
    for batch in table.to_batches(max_chunksize=10_000):
        columns = [batch.column(i).to_pylist() for i in range(batch.num_columns)]
        writer.writerows([_shown(value) for value in row] for row in zip(*columns, strict=True))
    return text.getvalue().encode(ENCODING)


def _shown(value: Any) -> str:
    """A value as text; what a spreadsheet would take for a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | int):
        return number(value)
    if isinstance(value, date):
        return value.isoformat()
    text = ";".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(("\t", "\r", "\n")) else text


_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def _described(resource: Resource, ending: str, data: bytes) -> dict[str, Any]:
    about: dict[str, Any] = {
        "name": resource.name if ending == "csv" else f"{resource.name}-parquet",
        "title": resource.table.chinese,
        "description": resource.table.english,
        "path": f"{DATA}/{resource.name}.{ending}",
        "format": ending,
        "mediatype": "text/csv" if ending == "csv" else "application/vnd.apache.parquet",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }
    if ending != "csv":
        # Its types are in the file itself; readers of packages that know no Parquet leave it alone.
        return about | {"profile": "data-resource", "type": "file"}
    return about | {
        "profile": "tabular-data-resource",
        # The mark at the beginning is part of UTF-8; the specification knows no other name for it.
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
        "schema": _schema(resource),
    }


def _schema(resource: Resource) -> dict[str, Any]:
    key = resource.table.key
    fields = [
        {
            "name": c.name,
            "type": _TYPES.get(c.type, "string"),
            "title": c.chinese,
            "description": c.english + (" (separated by ;)" if c.type.endswith("[]") else ""),
            **({"constraints": found} if (found := _constraints(resource, c.name)) else {}),
        }
        for c in resource.columns
    ]
    references = [
        {"fields": list(own), "reference": {"resource": table, "fields": list(theirs)}}
        for own, table, theirs in resource.references
    ]
    return {
        "fields": fields,
        "primaryKey": list(key),
        "missingValues": [""],
        **({"foreignKeys": references} if references else {}),
    }


def _constraints(resource: Resource, column: str) -> dict[str, Any]:
    """What every value of a column keeps to, from the contract of the frame that it was taken from."""
    found: dict[str, Any] = {}
    contract = None
    if resource.table.source is not None:
        frame = frames()[resource.table.source]
        contract = next((c for c in frame.columns if c.name == column), None)
    # An empty text is read as no value: only keys and codes are surely there.
    coded = contract is not None and contract.codes not in ((), ("cell_id",)) and "list" not in contract.type
    if column in resource.table.key or (coded and contract is not None and not contract.nullable):
        found["required"] = True
    if coded and contract is not None:
        found["enum"] = list(contract.codes)
    if column == "document_sha256":
        found["pattern"] = "[0-9a-f]{64}"
    return found


_ABOUT = (
    "各单位公开发布的政府信息公开工作年度报告中的法定表格，逐格取自原文；汇总表为已填数之和，空白不当作零，"
    "数值未作任何修改。问题仅列应由发布单位处理的。每个数字可由 url、document_sha256 和 evidence 追溯到原文位置。"
)


_READING = """\
- `data/*.csv`：UTF-8（带 BOM），可直接用 Excel 打开。文字以 `=`、`+`、`-`、`@` 开头的，前面加了 `'`，
  以免被当作公式；列表用 `;` 分隔。
- `data/*.parquet`：同样的表，类型精确，文字保持原样。
- `datapackage.json`：字段、类型、主键、外键和各文件的 SHA-256（Frictionless Data Package）。

一个汇总数的来历：`lineage` 逐行列出 `consolidated` 的每个数字是哪些单位哪一格之和，其中 `raw` 是原文所印，
`evidence` 是位置，`url` 和 `document_sha256` 是原件；各行 `value` 之和即汇总数。""".splitlines()


def _readme(years: Sequence[int], version: str) -> str:
    lines = ["# 政府信息公开工作年度报告数据", "", _ABOUT, ""]
    lines += [f"报告年度：{'、'.join(map(str, sorted(years)))}。数据版本：{version}。", ""]
    lines += _READING
    for resource in resources():
        lines += ["", f"## {resource.name}", "", f"{resource.table.chinese}。{resource.table.english}.", ""]
        lines += ["| 字段 | 类型 | 含义 | Meaning |", "|---|---|---|---|"]
        lines += [
            f"| {c.name} | {_TYPES.get(c.type, 'string')} | {c.chinese} | {c.english} |"
            for c in resource.columns
        ]
    return "\n".join(lines) + "\n"
