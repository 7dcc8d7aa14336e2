"""The statutory tables as grids of spanning cells: what every table layout draws from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from tests.generator.truth import Report

WRAPS = {
    "商业企业": "商业/企业",
    "科研机构": "科研/机构",
    "社会公益组织": "社会公/益组织",
    "法律服务机构": "法律服/务机构",
}
"""Where a narrow column breaks a label (the stroke marks the break)."""


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of a grid: its text, how far it spans, and the form's cell it holds, if any.

    A stroke in ``broken`` marks where the printed text wraps.
    """

    text: str
    rowspan: int = 1
    colspan: int = 1
    cell: str | None = None
    broken: str = ""

    @property
    def pieces(self) -> tuple[str, ...]:
        """The text as wrapped."""
        return tuple((self.broken or self.text).split("/")) if self.broken else (self.text,)


@dataclass(frozen=True)
class Grid:
    """A table: rows of the cells that begin in them."""

    rows: tuple[tuple[Box, ...], ...]
    width: int

    def map(self, change: Callable[[str], str]) -> Grid:
        """The same grid with every label changed; values are left alone."""
        return Grid(
            tuple(
                tuple(b if b.cell else replace(b, text=change(b.text), broken=change(b.broken)) for b in row)
                for row in self.rows
            ),
            self.width,
        )

    def wrapped(self, rng: Random) -> Grid:
        """The same grid with labels broken as narrow columns break them."""

        def wrap(box: Box) -> Box:
            if box.cell or len(box.text) < 3:  # too short to wrap
                return box
            if box.text in WRAPS:
                return replace(box, broken=WRAPS[box.text])
            if len(box.text) == 4 and box.colspan == 1 and rng.random() < 0.8:
                return replace(box, broken=f"{box.text[:2]}/{box.text[2:]}")
            if rng.random() < 0.25:
                cut = rng.randint(2, len(box.text) - 1)
                return (
                    replace(box, broken=f"{box.text[:cut]}/{box.text[cut:]}") if "/" not in box.text else box
                )
            return box

        return Grid(tuple(tuple(wrap(b) for b in row) for row in self.rows), self.width)


def tables(report: Report) -> dict[int, Grid]:
    """The three tables by the number of the part they stand in."""
    return {2: table_two(report), 3: table_three(report), 4: table_four(report)}


def table_two(report: Report) -> Grid:
    """Table 2: blocks one under the other, the last column stretched to the table's width."""
    form = report.form
    width = 1 + max(len(block.columns) for block in form.blocks)
    rows: list[tuple[Box, ...]] = []

    def stretch(boxes: list[Box]) -> tuple[Box, ...]:
        return (*boxes[:-1], replace(boxes[-1], colspan=width - len(boxes) + 1))

    for block in form.blocks:
        rows.append((Box(block.caption, colspan=width),))
        rows.append(stretch([Box("信息内容"), *(Box(c.label) for c in block.columns)]))
        for row in block.rows:
            cells = [f"t2.{row.key}.{column.key}" for column in block.columns]
            rows.append(stretch([Box(row.label), *(Box(report.text(c), cell=c) for c in cells)]))
    return Grid(tuple(rows), width)


def table_three(report: Report) -> Grid:
    """Table 3: three label columns and seven value columns under three header rows."""
    form = report.form
    kinds = [c for c in form.columns if c.groups]
    rows: list[tuple[Box, ...]] = [
        (Box(form.note, rowspan=3, colspan=3), Box("申请人情况", colspan=7)),
        (Box("自然人", rowspan=2), Box("法人或其他组织", colspan=len(kinds)), Box("总计", rowspan=2)),
        tuple(Box(c.label) for c in kinds),
    ]
    results = [r for r in form.rows if r.group]
    for row in form.rows:
        values = tuple(
            Box(report.text(c), cell=c) for c in (f"t3.{row.key}.{column.key}" for column in form.columns)
        )
        labels: list[Box] = []
        if row.group is None:
            labels.append(Box(row.label, colspan=3))
        else:
            if row is results[0]:
                labels.append(Box(form.groups[0], rowspan=len(results)))
            if row.group == form.groups[0]:
                labels.append(Box(row.label, colspan=2))
            else:
                siblings = [r for r in results if r.group == row.group]
                if row is siblings[0]:
                    labels.append(Box(row.group, rowspan=len(siblings)))
                labels.append(Box(row.label))
        rows.append((*labels, *values))
    return Grid(tuple(rows), 10)


def table_four(report: Report) -> Grid:
    """Table 4: fifteen values in one row under three header rows."""
    first, *others = (report.form.proceedings[start : start + 5] for start in (0, 5, 10))
    return Grid(
        (
            (Box("行政复议", colspan=5), Box("行政诉讼", colspan=10)),
            (*(Box(c.label, rowspan=2) for c in first), *(Box(o[0].groups[-1], colspan=5) for o in others)),
            tuple(Box(c.label) for o in others for c in o),
            tuple(Box(report.text(f"t4.{c.key}"), cell=f"t4.{c.key}") for c in report.form.proceedings),
        ),
        15,
    )


def filled(grid: Grid) -> list[list[tuple[Box | None, bool]]]:
    """The grid square by square: each position's box, and whether the box begins there."""
    plan: list[list[tuple[Box | None, bool]]] = [[(None, False)] * grid.width for _ in grid.rows]
    for top, row in enumerate(grid.rows):
        left = 0
        for box in row:
            while plan[top][left][0] is not None:
                left += 1
            for down in range(box.rowspan):
                for along in range(box.colspan):
                    plan[top + down][left + along] = (box, down == along == 0)
    return plan
