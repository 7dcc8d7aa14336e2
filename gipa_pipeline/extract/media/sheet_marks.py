"""What a workbook's XML says of its cells beyond their values: hidden, not calculated, shares (工作表标记).

The reader of values knows neither. A formula that was never calculated has no value, or a zero that nobody saw.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from gipa_pipeline.extract.media.package import parse_xml, part

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_PERCENT_IDS = frozenset(("9", "10"))
"""Built-in number formats that show a share."""
_MOST_RANGES = 200
"""Ranges of hidden columns looked at; each cell asks for all of them."""
_TRUE = frozenset(("1", "true", "on"))


@dataclass(slots=True)
class Marks:
    """Of one sheet: hidden rows and columns, cells whose formula has no result, and cells shown as shares."""

    rows: set[int] = field(default_factory=set)
    columns: list[tuple[int, int]] = field(default_factory=list)
    pending: set[tuple[int, int]] = field(default_factory=set)
    shares: set[tuple[int, int]] = field(default_factory=set)

    def hides(self, row: int, column: int, rows: int = 1, columns: int = 1) -> bool:
        """Whether nothing of a cell, merged over so many rows and columns, is shown."""
        return all(r in self.rows for r in range(row, row + rows)) or all(
            any(low <= c <= high for low, high in self.columns) for c in range(column, column + columns)
        )


def marks_of(package: Any) -> dict[str, Marks]:
    """The marks of each worksheet of an XLSX package, by the sheet's name.

    Raises:
        UnreadableDocument: a part is damaged or without measure.
    """
    names = set(package.namelist())
    if "xl/workbook.xml" not in names:
        return {}
    book = parse_xml(part(package, "xl/workbook.xml"))
    targets: dict[str, str] = {}
    if "xl/_rels/workbook.xml.rels" in names:
        for relation in parse_xml(part(package, "xl/_rels/workbook.xml.rels")):
            target = relation.get("Target") or ""
            targets[relation.get("Id") or ""] = (
                target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            )
    # A program that has not calculated its formulas itself asks the next one to do it.
    stale = any(e.get("fullCalcOnLoad") in _TRUE for e in _all(book, "calcPr"))
    shares = _share_styles(package, names)
    marks: dict[str, Marks] = {}
    for sheet in _all(book, "sheet"):
        ident = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
        where = targets.get(ident, "")
        if where in names:
            marks[sheet.get("name") or ""] = _sheet(parse_xml(part(package, where)), shares, stale=stale)
    return marks


def _sheet(root: Any, shares: set[int], *, stale: bool) -> Marks:
    marks = Marks()
    for column in _all(root, "col"):
        if column.get("hidden") in _TRUE and len(marks.columns) < _MOST_RANGES:
            marks.columns.append((_number(column.get("min")) - 1, _number(column.get("max")) - 1))
    at = -1
    for row in _all(root, "row"):
        at = _number(row.get("r")) - 1 if row.get("r") else at + 1
        if row.get("hidden") in _TRUE:
            marks.rows.add(at)
        column = -1
        for cell in row:
            if not isinstance(cell.tag, str):
                continue
            column = _column(cell.get("r"), column + 1)
            inner = {child.tag.rsplit("}", 1)[-1]: child for child in cell if isinstance(child.tag, str)}
            value = (inner["v"].text or "") if "v" in inner else ""
            if "f" in inner and (stale or not value.strip()):
                marks.pending.add((at, column))
            if _number(cell.get("s")) in shares and cell.get("t") in (None, "n"):
                marks.shares.add((at, column))
    return marks


def _share_styles(package: Any, names: set[str]) -> set[int]:
    """The indexes of cell styles that show a value as a share (5%)."""
    if "xl/styles.xml" not in names:
        return set()
    root = parse_xml(part(package, "xl/styles.xml"))
    formats = {
        e.get("numFmtId")
        for e in _all(root, "numFmt")
        if "%" in re.sub(r'"[^"]*"', "", e.get("formatCode") or "")
    } | _PERCENT_IDS
    own = next(iter(_all(root, "cellXfs")), None)
    return {n for n, xf in enumerate(own if own is not None else ()) if xf.get("numFmtId") in formats}


def _all(root: Any, name: str) -> Any:
    return root.iter("{*}" + name)


def _column(reference: str | None, otherwise: int) -> int:
    found = _REFERENCE.fullmatch(reference or "")
    if found is None:
        return otherwise
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - 64
    return column - 1


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,7}", text) else 0
