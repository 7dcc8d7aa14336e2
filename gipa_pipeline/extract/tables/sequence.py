"""The sequence reader: labels and digits in reading order, without looking at grids (顺序读取).

Each label owns the text up to the next label. What stands there is taken as the row's values when their
number is right, cut under the identities when digits are glued, or placed by the blanks around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from expectations.forms import Cell, Form
from gipa_pipeline.extract.media.document import Document
from gipa_pipeline.extract.tables.labels import Ideographs
from gipa_pipeline.extract.tables.placement import Filling
from gipa_pipeline.extract.tables.runs import decide
from gipa_pipeline.extract.tables.sequence_table2 import table2_tasks
from gipa_pipeline.extract.tables.sequence_table3 import table3_segment, table3_tasks, unlabelled_table3
from gipa_pipeline.extract.tables.sequence_table4 import table4_tasks
from gipa_pipeline.extract.tables.spoken import plain_marks
from gipa_pipeline.extract.tables.task import READER, READERS, SequenceReading, Task
from gipa_pipeline.extract.tables.zones import without_furniture
from gipa_pipeline.model import CellReading
from gipa_pipeline.normalize.numbers import parse_number

_LISTED = 20
"""Readings of a line that are listed cell by cell in the same order; of more each value is named once."""


def read_sequence(
    document: Document, form: Form, ideographs: Ideographs | None = None, *, without: str | None = None
) -> SequenceReading:
    """Read all three tables of a form from a document's text, or all but one."""
    text = ideographs or Ideographs(document.text)
    folded = plain_marks(without_furniture(text.text))
    reading = SequenceReading()
    tasks: list[Task] = []
    low: int | None
    high: int | None
    segment = table3_segment(text, form)
    if segment is not None:
        low, high, found = segment
        tasks += table3_tasks(text, folded, form, found, high, reading)
        reading.tables.add("t3")
    else:
        low, high = None, None
        tasks += unlabelled_table3(text, folded, form, reading)
    tasks += table2_tasks(text, folded, form, low, reading)
    tasks += table4_tasks(text, folded, form, reading, after=reading.end, before=high)
    if without is not None:
        tasks = [task for task in tasks if not task.cells[0].startswith(f"{without}.")]
        reading.tables.discard(without)
        reading.lost_rows.clear()
    _settle(document, form, tasks, reading)
    return reading


def _settle(document: Document, form: Form, tasks: Sequence[Task], reading: SequenceReading) -> None:
    """Decide all lines together and write the cells."""
    open_tasks = [t for t in tasks if t.filling.options]
    decisions = decide(form, [t.line() for t in open_tasks])
    for task, decision in zip(open_tasks, decisions, strict=True):
        standing = decision.standing if decision.values is None else [decision.values]
        # What all readings of an undecided line agree on is certain only where no other comes into question:
        # they may keep the line's own sum, and the unit may not have.
        complete = decision.values is not None or decision.sure
        if task.filling.plain:
            reading.plain.update(zip(task.cells, standing[0], strict=True))
            continue
        for n, cell in enumerate(task.cells):
            seen = [values[n] for values in standing]
            reading.open_cells[cell] = _cell(
                document, form.cells[cell], task.filling, n, seen, complete=complete
            )
    for task in tasks:
        reading.fillings.update((cell, (task.filling, n)) for n, cell in enumerate(task.cells))
        if task.filling.options:
            continue
        for n, cell in enumerate(task.cells):
            reading.open_cells[cell] = _cell(document, form.cells[cell], task.filling, n, [])


def _cell(
    document: Document,
    cell: Cell,
    filling: Filling,
    n: int,
    seen: Sequence[int | None],
    *,
    complete: bool = True,
) -> CellReading:
    item = filling.items[n] if n < len(filling.items) else None
    place = None  # given by the comparison, for the cells whose reading it takes from here
    raw = filling.raw(n, document.text)
    if filling.unread_items:
        return CellReading("unreadable", raw=raw, place=place, readers=(READER,), note=filling.how)
    if filling.how == "read":
        if item is None or item.blank:
            return CellReading("blank", raw=raw or "", place=place, readers=READERS)
        number = parse_number(raw or item.text, cell.kind)
        if number.status != "reported":
            number = parse_number(item.text, cell.kind)
        return CellReading(number.status, number.value, raw, (), None, READERS)
    values = set(seen)
    if len(values) == 1 and complete:
        (value,) = values
        status = "blank" if value is None else "inferred"
        return CellReading(
            status,
            None if value is None else Decimal(value),
            raw,
            place=place,
            readers=(READER,),
            note=filling.how,
        )
    # Past the bounds the readings at hand are not all there are: none of them may be named.
    listed = seen if len(seen) <= _LISTED else dict.fromkeys(seen)
    candidates = () if filling.overflow else tuple(Decimal(v) for v in listed if v is not None)
    return CellReading("ambiguous", None, raw, candidates, place, (READER,), filling.how)
