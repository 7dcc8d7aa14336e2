"""What a workbook's XML says of its cells beyond their values: hidden, not calculated, shares (工作表标记).

The reader of values knows neither. A formula that was never calculated has no value, or a zero that nobody saw.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gipa_pipeline.extract.media.colours import WHITE
from gipa_pipeline.extract.media.package import parse_xml, part
from gipa_pipeline.extract.media.sheet_styles import (
    Rich,
    Styles,
    rich_pieces,
    rich_texts,
    seen_text,
    styles_of,
)

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_MOST_RANGES = 200
"""Ranges of hidden columns looked at; each cell asks for all of them."""
_TRUE = frozenset(("1", "true", "on"))
_FALSE = frozenset(("0", "false", "off"))
_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,20})?")
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "equal": operator.eq,
    "notEqual": operator.ne,
    "lessThan": operator.lt,
    "lessThanOrEqual": operator.le,
    "greaterThan": operator.gt,
    "greaterThanOrEqual": operator.ge,
}


@dataclass(slots=True)
class Marks:
    """Of one sheet: hidden rows and columns, cells whose formula has no result, and cells shown as shares.

    ``texts`` are texts of several fonts without what is struck, raised signs as such. ``odd`` are cells that do
    not show their value (an error, a struck figure, a format that scales or hides
    it); ``whole`` those whose format shows no decimals;
    ``unseen`` those printed in the colour of their ground, or nearly.
    """

    rows: set[int] = field(default_factory=set)
    columns: list[tuple[int, int]] = field(default_factory=list)
    pending: set[tuple[int, int]] = field(default_factory=set)
    shares: set[tuple[int, int]] = field(default_factory=set)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    odd: set[tuple[int, int]] = field(default_factory=set)
    whole: set[tuple[int, int]] = field(default_factory=set)
    unseen: set[tuple[int, int]] = field(default_factory=set)

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
    styles = styles_of(package, names)
    texts = rich_texts(package, names, styles.theme)
    marks: dict[str, Marks] = {}
    for sheet in _all(book, "sheet"):
        ident = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
        where = targets.get(ident, "")
        if where in names:
            marks[sheet.get("name") or ""] = _sheet(
                parse_xml(part(package, where)), styles, texts, stale=stale
            )
    return marks


def _sheet(root: Any, styles: Styles, texts: dict[int, Rich], *, stale: bool) -> Marks:
    marks = Marks()
    for column in _all(root, "col"):
        if (column.get("hidden") in _TRUE or _none(column.get("width"))) and len(
            marks.columns
        ) < _MOST_RANGES:
            marks.columns.append((_number(column.get("min")) - 1, _number(column.get("max")) - 1))
    # A sheet may be set to show nothing for 0.
    bare = any(view.get("showZeros") in _FALSE for view in _all(root, "sheetView"))
    numbers: dict[tuple[int, int], str] = {}
    at = -1
    for row in _all(root, "row"):
        at = _number(row.get("r")) - 1 if row.get("r") else at + 1
        if row.get("hidden") in _TRUE or _none(row.get("ht")):
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
            style = _number(cell.get("s"))
            if "is" in inner and (pieces := rich_pieces(inner["is"], styles.theme)):
                marks.texts[at, column] = seen_text(pieces, styles.grounds.get(style, WHITE))
            _note(marks, (at, column), cell, value, styles, texts)
            if value and cell.get("t") in (None, "n"):
                numbers[at, column] = value
                if _none(value) and (bare or style in styles.bare):
                    # 0 stands there and nothing is shown: neither a nought that was printed nor a blank.
                    marks.odd.add((at, column))
    _conditional(root, styles, numbers, marks)
    return marks


def _note(
    marks: Marks, at: tuple[int, int], cell: Any, value: str, styles: Styles, texts: dict[int, Rich]
) -> None:
    """Enter how one cell shows its value."""
    style, kind = _number(cell.get("s")), cell.get("t")
    if kind == "s" and texts and _number(value) in texts:
        marks.texts[at] = seen_text(texts[_number(value)], styles.grounds.get(style, WHITE))
    if not value:
        return
    if kind == "e" or style in styles.struck:
        marks.odd.add(at)
    elif style in styles.unseen and at not in marks.texts:
        marks.unseen.add(at)
    elif kind in (None, "n"):
        for known, noted in (
            (styles.shares, marks.shares),
            (styles.odd, marks.odd),
            (styles.whole, marks.whole),
        ):
            if style in known:
                noted.add(at)


def _conditional(root: Any, styles: Styles, numbers: dict[tuple[int, int], str], marks: Marks) -> None:
    """Enter the figures that a conditional format hides, or may hide where what it asks is not understood."""
    for held in _all(root, "conditionalFormatting"):
        rules = [
            r
            for r in _all(held, "cfRule")
            if _number(r.get("dxfId") or "x") in styles.hiding and r.get("dxfId")
        ]
        if not rules:
            continue
        for area in (held.get("sqref") or "").split()[:_MOST_RANGES]:
            ends = [_REFERENCE.fullmatch(end) for end in area.replace("$", "").split(":")]
            if not all(ends):
                continue
            corners = [(_number(e[2]) - 1, _column(e[0], 0)) for e in ends if e is not None]
            (top, left), (bottom, right) = corners[0], corners[-1]
            for (row, column), value in numbers.items():
                if top <= row <= bottom and left <= column <= right and any(_meets(r, value) for r in rules):
                    marks.odd.add((row, column))


def _meets(rule: Any, value: str) -> bool:
    """Whether a figure may meet a rule: as computed for a comparison with a number, else taken for yes."""
    formula = next((f.text or "" for f in _all(rule, "formula")), "")
    compare = _COMPARISONS.get(rule.get("operator") or "") if rule.get("type") == "cellIs" else None
    if compare is None or not _PLAIN.fullmatch(formula.strip()) or not _PLAIN.fullmatch(value):
        return True
    return compare(float(value), float(formula))


def _none(text: str | None) -> bool:
    """Whether a number is there and is 0."""
    return text is not None and _PLAIN.fullmatch(text) is not None and float(text) == 0


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
