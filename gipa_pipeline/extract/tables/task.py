"""What the sequence reader works on and what it gives: cells printed together, and its reading (顺序读取)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gipa_pipeline.extract.tables.habits import Spacing
from gipa_pipeline.extract.tables.lines import Line
from gipa_pipeline.extract.tables.placement import Filling
from gipa_pipeline.extract.tables.zones import Zone
from gipa_pipeline.model import CellReading
from gipa_pipeline.normalize.numbers import parse_number

READER = "sequence"
READERS = (READER,)


@dataclass
class SequenceReading:
    """What the sequence reader found: cells of the form, and rows whose labels are not there.

    ``plain`` are the values of rows that stand there as plain numbers, nearly all of them; their readings are
    made only where the comparison asks for one. ``open_cells`` are the readings of all others. ``tabs_between``:
    tabs stand between cells, so that nothing behind the last one of a row is an empty cell.
    """

    plain: dict[str, int | None] = field(default_factory=dict)
    open_cells: dict[str, CellReading] = field(default_factory=dict)
    lost_rows: list[str] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    start: int | None = None
    end: int | None = None
    spacing: Spacing | None = None
    tabs_between: bool | None = None
    fillings: dict[str, tuple[Filling, int]] = field(default_factory=dict)

    def cell(self, cell: str) -> CellReading | None:
        """A cell's reading, None for one that was not found."""
        if cell in self.plain:
            filling, n = self.fillings[cell]
            text = filling.items[n].text
            return CellReading("reported", parse_number(text).value, text, (), None, READERS)
        return self.open_cells.get(cell)

    @property
    def cells(self) -> dict[str, CellReading]:
        """All readings."""
        return {cell: reading for cell in self.fillings if (reading := self.cell(cell)) is not None}

    def span(self, cell: str) -> tuple[int, int] | None:
        """The characters of the text that a cell was read from."""
        filling, n = self.fillings.get(cell, (None, 0))
        return filling.span(n) if filling is not None and filling.has_span else None


@dataclass
class Task:
    """Cells printed together, on the way from a zone to values."""

    cells: tuple[str, ...]
    filling: Filling

    def line(self) -> Line:
        """The cells as the joint decision takes them."""
        f = self.filling
        return Line(self.cells, f.options, f.loose, f.overflow, f.weak, f.run)


def beside_crowded(tasks: Sequence[Task], zones: Sequence[Zone]) -> list[Task]:
    """The tasks, a blank one left open behind one with figures too many in a cell: a cell may cover both rows."""
    out = list(tasks)
    for n, (task, zone) in enumerate(zip(tasks[1:], zones[1:], strict=True), start=1):
        above = zones[n - 1]
        if above.clouded and not zone.numbers and len(above.numbers) > len(tasks[n - 1].cells):
            out[n] = Task(task.cells, Filling.unread(zone.items))
    return out
