"""The printed layout of the statutory tables (表样): rows of boxes with their spans, for page and workbook."""

from __future__ import annotations

from dataclasses import dataclass

from expectations.forms import Block, Form

LABEL_WIDTH = 3
"""Columns that hold the labels of table 3."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a table: text, or the id of the cell whose number stands there.

    ``kind``: ``head`` (column headings), ``label`` (row headings), ``value`` or ``caption``.
    """

    text: str
    kind: str
    rows: int = 1
    columns: int = 1
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: heading rows, which are repeated on every printed page, and the rows under them."""

    table: str
    title: str
    head: tuple[tuple[Box, ...], ...]
    body: tuple[tuple[Box, ...], ...]


def grids(form: Form) -> tuple[Grid, Grid, Grid]:
    """Tables 2, 3 and 4 of a form as they are printed."""
    titles = {s.table: s.title for s in form.sections if s.table}
    return (
        Grid("t2", titles["t2"], (), _table_2(form)),
        Grid("t3", titles["t3"], _head_3(form), _body_3(form)),
        Grid("t4", titles["t4"], *_table_4(form)),
    )


def _table_2(form: Form) -> tuple[tuple[Box, ...], ...]:
    width = max(len(block.columns) for block in form.blocks)
    rows: list[tuple[Box, ...]] = []
    for block in form.blocks:
        spans = _spans(block, width)
        rows.append((Box(block.caption, "caption", columns=width + 1),))
        heads = (Box(c.label, "head", columns=n) for c, n in zip(block.columns, spans, strict=True))
        rows.append((Box("信息内容", "head"), *heads))
        for row in block.rows:
            values = (
                Box("", "value", columns=n, cell=f"t2.{row.key}.{c.key}")
                for c, n in zip(block.columns, spans, strict=True)
            )
            rows.append((Box(row.label, "label"), *values))
    return tuple(rows)


def _spans(block: Block, width: int) -> list[int]:
    """Fewer columns share the whole width; the last one takes what is left."""
    count = len(block.columns)
    return [1] * (count - 1) + [width - count + 1]


def _head_3(form: Form) -> tuple[tuple[Box, ...], ...]:
    upper: list[Box] = []
    lower: list[Box] = []
    for column in form.columns:
        if not column.groups:
            upper.append(Box(column.label, "head", rows=2))
            continue
        if not lower:
            inner = sum(1 for c in form.columns if c.groups == column.groups)
            upper.append(Box(column.groups[0], "head", columns=inner))
        lower.append(Box(column.label, "head"))
    first = (
        Box(form.note, "head", rows=3, columns=LABEL_WIDTH),
        Box("申请人情况", "head", columns=len(form.columns)),
    )
    return first, tuple(upper), tuple(lower)


def _body_3(form: Form) -> tuple[tuple[Box, ...], ...]:
    outer = form.groups[0]
    inside = [row for row in form.rows if row.group is not None]
    rows: list[tuple[Box, ...]] = []
    seen: set[str] = set()
    for row in form.rows:
        boxes: list[Box] = []
        if row.group is not None and outer not in seen:
            seen.add(outer)
            boxes.append(Box(outer, "label", rows=len(inside)))
        if row.group is None:
            boxes.append(Box(row.label, "label", columns=LABEL_WIDTH))
        elif row.group == outer:
            boxes.append(Box(row.label, "label", columns=LABEL_WIDTH - 1))
        else:
            if row.group not in seen:
                seen.add(row.group)
                boxes.append(Box(row.group, "label", rows=sum(1 for r in inside if r.group == row.group)))
            boxes.append(Box(row.label, "label"))
        boxes.extend(Box("", "value", cell=f"t3.{row.key}.{c.key}") for c in form.columns)
        rows.append(tuple(boxes))
    return tuple(rows)


def _table_4(form: Form) -> tuple[tuple[tuple[Box, ...], ...], tuple[tuple[Box, ...], ...]]:
    first: list[Box] = []
    second: list[Box] = []
    for at, column in enumerate(form.proceedings):
        before = form.proceedings[at - 1].groups if at else ()
        group = column.groups
        if before[:1] != group[:1]:
            width = sum(1 for c in form.proceedings if c.groups[:1] == group[:1])
            first.append(Box(group[0], "head", rows=1 if len(group) > 1 else 2, columns=width))
        if len(group) > 1 and before != group:
            second.append(
                Box(group[1], "head", columns=sum(1 for c in form.proceedings if c.groups == group))
            )
    labels = tuple(Box(c.label, "head") for c in form.proceedings)
    values = tuple(Box("", "value", cell=f"t4.{c.key}") for c in form.proceedings)
    return (tuple(first), tuple(second), labels), (values,)
