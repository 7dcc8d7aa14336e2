"""Frictionless Data Package, Data Resource, Table Schema and CSV Dialect (v1), as rules to hold a package against.

Written for the parts that are used here; anything else in a description is refused, so that nothing goes unchecked.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import jsonschema

NAME = {"type": "string", "pattern": r"^[-a-z0-9._]+$"}
TEXT = {"type": "string", "minLength": 1}
FIELDS = {
    "oneOf": [{"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True}, TEXT]
}  # one field may be named without a list


def closed(required: list[str], /, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


FIELD = closed(
    ["name", "type"],
    name=TEXT, title=TEXT, description=TEXT,
    type={"enum": ["string", "integer", "number", "boolean", "date"]},
    constraints=closed(
        [], required={"type": "boolean"}, unique={"type": "boolean"},
        enum={"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True}, pattern=TEXT,
    ),
)  # fmt: skip
SCHEMA = closed(
    ["fields"],
    fields={"type": "array", "items": FIELD, "minItems": 1},
    primaryKey=FIELDS,
    missingValues={"type": "array", "items": {"type": "string"}},
    foreignKeys={
        "type": "array",
        "minItems": 1,
        "items": closed(["fields", "reference"], fields=FIELDS, reference=closed(["resource", "fields"], resource={"type": "string"}, fields=FIELDS)),
    },
)  # fmt: skip
RESOURCE = closed(
    ["name", "path"],
    name=NAME, title=TEXT, description=TEXT,
    path={"type": "string", "pattern": r"^(?!/)(?!.*\.\.)(?!~)[^\\]+$"},  # inside the package's folder, with slashes
    format={"enum": ["csv", "parquet"]}, mediatype={"type": "string", "pattern": r"^.+/.+$"},
    bytes={"type": "integer", "minimum": 1}, hash={"type": "string", "pattern": r"^sha256:[0-9a-f]{64}$"},
    profile={"enum": ["data-resource", "tabular-data-resource"]}, type={"const": "file"},
    encoding={"enum": ["utf-8"]},  # a preferred MIME name that IANA has registered
    dialect=closed(
        [], delimiter={"type": "string"}, lineTerminator={"type": "string"}, quoteChar={"type": "string"},
        doubleQuote={"type": "boolean"},
    ),
    schema=SCHEMA,
)  # fmt: skip
PACKAGE = closed(
    ["resources"],
    name=NAME, title=TEXT, description=TEXT, profile={"enum": ["data-package"]}, version=TEXT,
    keywords={"type": "array", "items": TEXT, "minItems": 1},
    years={"type": "array", "items": {"type": "integer"}, "minItems": 1},  # our own
    resources={"type": "array", "items": RESOURCE, "minItems": 1},
)  # fmt: skip


def problems(folder: Path) -> Iterator[str]:
    """Everything in which a package's folder departs from the specification or from itself."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(PACKAGE)
    for error in jsonschema.Draft202012Validator(PACKAGE).iter_errors(package):
        yield f"datapackage.json {error.json_path}: {error.message}"
    resources = package["resources"]
    for doubled in {r["name"] for r in resources if [o["name"] for o in resources].count(r["name"]) > 1}:
        yield f"two resources are named {doubled}"
    tables: dict[str, list[dict[str, Any]]] = {}
    for resource in resources:
        data = (folder / resource["path"]).read_bytes()
        if (resource["bytes"], resource["hash"]) != (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}"):
            yield f"{resource['name']}: bytes or hash are not those of the file"
        if resource.get("profile") == "tabular-data-resource":
            tables[resource["name"]] = read = []
            yield from _table(resource, data, read)
    for resource in resources:
        if "schema" in resource:
            yield from _keys(resource["name"], resource["schema"], tables)


def _table(resource: Mapping[str, Any], data: bytes, read: list[dict[str, Any]]) -> Iterator[str]:
    name, schema = resource["name"], resource["schema"]
    text = data.decode(resource["encoding"]).removeprefix("\ufeff")
    end = resource["dialect"]["lineTerminator"]
    if not text.endswith(end):
        yield f"{name}: the last line has no end"
    rows = list(
        csv.reader(text.split(end)[:-1] if '"' not in text else text.splitlines(keepends=True), strict=True)
    )
    names = [field["name"] for field in schema["fields"]]
    if rows[0] != names or len(set(names)) != len(names):
        yield f"{name}: the head {rows[0]} is not {names}"
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(names):
            yield f"{name}, row {number}: {len(row)} values for {len(names)} fields"
            continue
        values = {}
        for field, value in zip(schema["fields"], row, strict=True):
            values[field["name"]], wrong = _value(field, value, schema.get("missingValues", [""]))
            if wrong:
                yield f"{name}, row {number}, {field['name']}: {value!r} {wrong}"
        read.append(values)


def _value(field: Mapping[str, Any], text: str, missing: list[str]) -> tuple[Any, str]:
    constraints = field.get("constraints", {})
    if text in missing:
        return None, "is required" if constraints.get("required") else ""
    try:
        value = CASTS[field["type"]](text)
    except (ValueError, InvalidOperation, KeyError):
        return None, f"is no {field['type']}"
    if "enum" in constraints and text not in constraints["enum"]:
        return value, "is not in the enum"
    if "pattern" in constraints and not re.fullmatch(constraints["pattern"], text):
        return value, "does not match the pattern"
    return value, ""


def _integer(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d+", text):
        raise ValueError
    return int(text)


def _number(text: str) -> Decimal:
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        raise ValueError
    return Decimal(text)


CASTS: Mapping[str, Callable[[str], Any]] = {
    "string": str, "integer": _integer, "number": _number, "date": dt.date.fromisoformat,
    "boolean": lambda text: {"true": True, "false": False}[text],
}  # fmt: skip


def _keys(name: str, schema: Mapping[str, Any], tables: Mapping[str, list[dict[str, Any]]]) -> Iterator[str]:
    def of(table: str, fields: list[str]) -> list[tuple[Any, ...]]:
        return [tuple(row[field] for field in fields) for row in tables[table]]

    keys = of(name, schema["primaryKey"])
    if any(None in key for key in keys) or len(set(keys)) != len(keys):
        yield f"{name}: the primary key {schema['primaryKey']} is not unique or not whole"
    for foreign in schema.get("foreignKeys", []):
        target = foreign["reference"]
        if len(foreign["fields"]) != len(target["fields"]):
            yield f"{name}: a foreign key of unequal length"
        lost = set(of(name, foreign["fields"])) - set(of(target["resource"], target["fields"]))
        if lost := {key for key in lost if key != (None,) * len(key)}:
            yield f"{name}: {foreign['fields']} leads nowhere for {sorted(map(str, lost))[:3]}"
