"""Findings as they are told: cells in words, what is printed, where it stands (问题的表述)."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from expectations.forms import Cell, editions, load_form
from expectations.rules import catalogue
from gipa_pipeline.aggregate import wording
from gipa_pipeline.registry import Unit
from gipa_pipeline.report.facts import Row
from gipa_pipeline.report.picture import Picture, Spot

_SIDES = {"N": ("正文所述", "对照数"), "A": ("报告填报", "各单位合计")}
"""What the two numbers of a finding are, by the rule's group; elsewhere a printed one and what a relation gives."""
LONGEST_GIST = 120
MOST_CELLS = 8
"""Cells of a finding that are in sight at once."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A cell as a report prints it: the printed text, or the status in words where there is none.

    ``where`` is the place for programs, ``place`` in words.
    """

    cell_id: str
    label: str
    table: str
    text: str
    status: str
    place: str
    likely: bool = False
    where: Mapping[str, Any] = field(default_factory=dict)
    raw: str = ""


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding as told; ``number`` is its place in the list that goes out."""

    finding_id: str
    unit: Unit
    rule: str
    title: str
    severity: str
    verdict: str
    responsibility: str
    state: str
    message: str
    fix: str
    clause: str
    cells: tuple[Printed, ...]
    expected: str | None
    actual: str | None
    difference: str | None
    suggestion: str | None
    rivals: tuple[str, ...]
    sentences: tuple[str, ...]
    first_seen: date | None
    last_seen: date | None
    number: int = 0
    pictures: tuple[Picture, ...] = ()

    @property
    def publishable(self) -> bool:
        """Whether it may be told to anyone outside: certain, and held against the unit."""
        return self.responsibility == "publisher" and self.verdict == "fail"

    @property
    def compared(self) -> str:
        """The two numbers beside each other and how far they are apart; empty where there are none.

        Where prose and table differ, neither is said to be what the other should be.
        """
        mine, other = _SIDES.get(self.rule[:1], ("填报", "按关系应为"))
        parts = [f"{mine} {self.actual}"] if self.actual else []
        parts += [f"{other} {self.expected}"] if self.expected else []
        parts += [f"相差 {self.difference}"] if self.difference else []
        return "，".join(parts) if self.cells else ""

    @property
    def gist(self) -> str:
        """The first sentence of the message, for lists of one line a cause."""
        first = _first_sentence(self.message)
        return first if len(first) <= LONGEST_GIST else f"{first[: LONGEST_GIST - 1]}…"

    @property
    def likely(self) -> tuple[Printed, ...]:
        """The cells in which the error most likely lies."""
        return tuple(cell for cell in self.cells if cell.likely)

    @property
    def telling(self) -> tuple[Printed, ...]:
        """The cells worth showing one by one, suspects first: zeros under no suspicion tell nothing."""
        rest = tuple(c for c in self.cells if not c.likely and c.text != "0")
        return (*self.likely, *rest) or self.cells[:1]

    @property
    def shown(self) -> tuple[Printed, ...]:
        """The first of them, which are always in sight."""
        return self.telling[: max(MOST_CELLS, len(self.likely))]

    @property
    def spots(self) -> tuple[Spot, ...]:
        """The cells to mark in a picture of the document."""
        return tuple(Spot(c.cell_id, c.raw, c.where, c.likely) for c in self.shown if c.where)

    @property
    def folded(self) -> tuple[Printed, ...]:
        """The others, which are folded away: a column's sum has more than twenty parts."""
        return self.telling[len(self.shown) :]

    @property
    def alike(self) -> str:
        """Many cells that all print the same, row by row; empty where they are better shown one by one."""
        texts = {cell.text for cell in self.telling}
        if self.likely or len(self.telling) <= MOST_CELLS or len(texts) > 1:
            return ""
        return f"{len(self.telling)}格均为“{texts.pop()}”：{rows_of([c.cell_id for c in self.telling])}。"

    @property
    def zeros(self) -> int:
        """How many cells are not shown because they print 0."""
        return len(self.cells) - len(self.telling)

    @property
    def tables(self) -> str:
        """The tables that the cells are of, e.g. ``表三``."""
        return "、".join(dict.fromkeys(wording.TABLE[c.table] for c in self.cells))


def _first_sentence(text: str) -> str:
    """Up to the first full stop that is not inside a quotation."""
    depth = 0
    for at, sign in enumerate(text, 1):
        depth += (sign == "“") - (sign == "”")
        if sign == "。" and depth <= 0:
            return text[:at]
    return text


def cell_of(cell_id: str) -> Cell | None:
    """A cell of any edition, the newest one that has it."""
    forms = (load_form(edition) for edition in reversed(editions()))
    return next((form.cells[cell_id] for form in forms if cell_id in form.cells), None)


def finding_views(
    rows: Sequence[Row],
    units: Mapping[str, Unit],
    printed: Mapping[tuple[str, str], Row],
    order: Sequence[str],
) -> list[FindingView]:
    """Findings as told, by unit in the registry's order, errors first, then by rule and printed order of cells."""
    views = [_view(row, units[row["unit_id"]], printed) for row in rows]
    rules = list(catalogue())
    views.sort(
        key=lambda f: (
            order.index(f.unit.unit_id),
            wording.SEVERITY_ORDER[f.severity],
            rules.index(f.rule) if f.rule in rules else len(rules),
            f.finding_id,
        )
    )
    return views


def _view(row: Row, unit: Unit, printed: Mapping[tuple[str, str], Row]) -> FindingView:
    places, evidence = json.loads(row["places"] or "{}"), json.loads(row["evidence"] or "{}")
    likely = set(row["likely_cells"] or ())
    ids = dict.fromkeys([*(row["cells"] or ()), *(row["likely_cells"] or ())])
    rule = catalogue().get(row["rule"])
    return FindingView(
        finding_id=row["finding_id"],
        unit=unit,
        rule=row["rule"],
        title=rule.title if rule else "",
        severity=row["severity"],
        verdict=row["verdict"],
        responsibility=row["responsibility"],
        state=row["state"],
        message=wording.clean(row["message"]),
        fix=wording.clean(row["fix"]),
        clause=wording.clean(row["clause"]),
        cells=tuple(
            _printed(cell, printed.get((unit.unit_id, cell)), places.get(cell), cell in likely)
            for cell in ids
        ),
        expected=_cleaned(row["expected"]),
        actual=_cleaned(row["actual"]),
        difference=_cleaned(row["difference"]),
        suggestion=_cleaned(row["suggestion"]),
        rivals=tuple(label_of(cell) for cell in row["rivals"] or ()),
        sentences=_sentences(evidence),
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
    )


def _printed(cell_id: str, row: Row | None, place: Any, likely: bool) -> Printed:
    cell = cell_of(cell_id)
    status = row["status"] if row else "missing"
    text = wording.clean(row["raw"] or "").strip() if row else ""
    if row and status in ("reported", "inferred"):
        text = text_of(text, wording.number(row["value"]))
    if not place and row:
        place = row["evidence"]
    where = _where(place)
    return Printed(
        cell_id=cell_id,
        label=_short(cell.label) if cell else cell_id,
        table=cell.table if cell else cell_id[:2],
        text=text or wording.STATUS[status],
        status=status,
        place=_place(where),
        likely=likely,
        where=where,
        raw=(row["raw"] or "").strip() if row else "",
    )


def text_of(raw: str, number: str) -> str:
    """The printed text; where it is run together with its neighbours, the number that was cut out of it."""
    plain = unicodedata.normalize("NFKC", raw)
    digits = "".join(c for c in plain if c.isdigit())
    if not raw:
        return number
    if (
        number.isdigit()
        and digits.lstrip("0") != number.lstrip("0")
        and len(digits) > len(number)
        and "." not in plain
    ):
        return f"{number}（原文各格数字连排为 {raw}）"
    return raw


def place_of(place: Any) -> str:
    """A place that a reader can look up, from a record or the JSON of one: page, table, row and column, or address.

    Characters are counted, or a path told, where there is nothing better.
    """
    where = _where(place)
    return _place(where) or wording.place(where)


def _place(where: Mapping[str, Any]) -> str:
    """A place that a reader can look up: page, table, row and column, or a sheet's address.

    Paths and character counts are for programs; people are shown the picture of the place.
    """
    path = str(where.get("path", ""))
    if where.get("reader") in ("xlsx", "xls") and "!" in path:
        return f"工作表 {path}"
    known = {n: where[n] for n in ("reader", "page", "table", "row", "column") if n in where}
    return wording.place(known) if len(known) > 1 else ""


def label_of(cell_id: str) -> str:
    """A cell in words, without the row's rule of counting."""
    cell = cell_of(cell_id)
    return _short(cell.label) if cell else cell_id


def rows_of(cell_ids: Sequence[str]) -> str:
    """Cells in words, row by row: a row's name once, then its columns, or that it is all of them."""
    rows: dict[tuple[str, str], list[Cell]] = {}
    others = []
    for cell_id in cell_ids:
        if cell := cell_of(cell_id):
            rows.setdefault((cell.table, cell.row_label), []).append(cell)
        else:
            others.append(cell_id)
    told = []
    for (table, row), cells in rows.items():
        columns = "、".join(cell.column_label for cell in cells)
        whole = len(cells) == _width(cells[0]) > 2
        told.append(f"{wording.TABLE[table]}“{_short(row)}”{'各列' if whole else f'（{columns}）'}")
    return "；".join([*told, *others])


def _width(cell: Cell) -> int:
    """How many cells the row of a cell has in the newest form that has it."""
    form = next(f for f in map(load_form, reversed(editions())) if cell.id in f.cells)
    return sum(1 for c in form.cells.values() if (c.table, c.row) == (cell.table, cell.row))


def _short(label: str) -> str:
    """A cell's name without the row's printed rule of counting, which makes it three times as long."""
    return label.replace("(区分处理的,只计这一情形,不计其他情形)", "")


def _where(place: Any) -> Mapping[str, Any]:
    """A place as a record; it comes as one or as the JSON text of one."""
    if isinstance(place, str):
        place = json.loads(place) if place.startswith("{") else None
    return place if isinstance(place, Mapping) else {}


def _sentences(evidence: Any) -> tuple[str, ...]:
    """The sentences of the report that a finding rests on."""
    if not isinstance(evidence, Mapping):
        return ()
    found = evidence.get("sentences", evidence.get("sentence", ()))
    return (wording.clean(found),) if isinstance(found, str) else tuple(wording.clean(str(s)) for s in found)


def _cleaned(text: str | None) -> str | None:
    return None if text is None else wording.clean(text)
