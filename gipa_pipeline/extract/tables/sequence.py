"""The sequence reader: labels and digits in reading order, without looking at grids (顺序读取).

Each label owns the text up to the next label. What stands there is taken as the row's values when their
number is right, cut under the identities when digits are glued, or placed by the blanks around it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from expectations.forms import Cell, Form
from gipa_pipeline.extract.fold import CJK
from gipa_pipeline.extract.media.document import Document
from gipa_pipeline.extract.tables.labels import Found, Ideographs, Label, core, find_in_order, table3_labels
from gipa_pipeline.extract.tables.placement import Filling, Spacing, fill, spacing_of
from gipa_pipeline.extract.tables.runs import Line, decide
from gipa_pipeline.extract.tables.zones import Item, Zone, first_ideograph, read_zone, without_furniture
from gipa_pipeline.model import CellReading
from gipa_pipeline.normalize.numbers import parse_number

READER = "sequence"
_READERS = (READER,)
_T4_BLOCKS = (5, 5, 5)
_T3_BLOCKS = (7,)
_ENOUGH = 0.6
_ROW_GAP = 12
"""Share of table 3's labels that must be found for a stretch to count as the table."""
_SECTION_FIVE = (
    "存在的主要问题及改进",
    "存在的主要问题",
    "存在的问题及改进",
    "存在问题及改进",
    "主要问题及改进",
    "存在主要问题",
)
_MOST_STARTS = 50
"""Places where table 3 may begin: reports on the page, page headers that repeat the first rows."""
_T4_LABELS = ("尚未审结", "结果维持", "结果纠正", "未经复议直接起诉", "复议后起诉")


@dataclass
class SequenceReading:
    """What the sequence reader found: cells of the form, and rows whose labels are not there.

    ``plain`` are the values of rows that stand there as plain numbers, nearly all of them; their readings are
    made only where the comparison asks for one. ``open_cells`` are the readings of all others.
    """

    plain: dict[str, int | None] = field(default_factory=dict)
    open_cells: dict[str, CellReading] = field(default_factory=dict)
    lost_rows: list[str] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    start: int | None = None
    end: int | None = None
    spacing: Spacing | None = None
    fillings: dict[str, tuple[Filling, int]] = field(default_factory=dict)

    def cell(self, cell: str) -> CellReading | None:
        """A cell's reading, None for one that was not found."""
        if cell in self.plain:
            filling, n = self.fillings[cell]
            text = filling.items[n].text
            return CellReading("reported", parse_number(text).value, text, (), None, _READERS)
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
class _Task:
    """Cells printed together, on the way from a zone to values."""

    cells: tuple[str, ...]
    filling: Filling

    def line(self) -> Line:
        """The cells as the joint decision takes them."""
        f = self.filling
        return Line(self.cells, f.options, f.loose, f.overflow, f.weak)


@cache
def _table2_labels(form: Form) -> tuple[tuple[Label, tuple[str, ...]], ...]:
    """Captions, column heads and rows of table 2 in printed order, rows with their cells."""
    labels: list[tuple[Label, tuple[str, ...]]] = []
    for block in form.blocks:
        labels.append((Label("caption", (core(block.caption),)), ()))
        for column in block.columns:
            keys = dict.fromkeys(k for k in (core(column.label), *map(core, column.variants)) if k)
            labels.append((Label("column", tuple(keys)), ()))
        for row in block.rows:
            keys = dict.fromkeys(k for k in (core(row.label), *map(core, row.variants)) if k)
            cells = tuple(f"t2.{row.key}.{column.key}" for column in block.columns)
            labels.append((Label(row.key, tuple(keys)), cells))
    return tuple(labels)


def read_sequence(document: Document, form: Form, ideographs: Ideographs | None = None) -> SequenceReading:
    """Read all three tables of a form from a document's text."""
    text = ideographs or Ideographs(document.text)
    folded = without_furniture(text.text)
    reading = SequenceReading()
    tasks: list[_Task] = []
    low: int | None
    high: int | None
    segment = _table3_segment(text, form)
    if segment is not None:
        low, high, found = segment
        tasks += _table3_tasks(text, folded, form, found, high, reading)
        reading.tables.add("t3")
    else:
        low, high = None, None
        tasks += _unlabelled_table3(text, folded, form, reading)
    tasks += _table2_tasks(text, folded, form, low, reading)
    tasks += _table4_tasks(text, folded, form, reading, after=reading.end, before=high)
    _settle(document, form, tasks, reading)
    return reading


def _table3_segment(text: Ideographs, form: Form) -> tuple[int, int, list[Found | None]] | None:
    """The first stretch that holds most of table 3's labels: its borders and its labels."""
    labels = table3_labels(form)
    starts = [m.start() for m in re.finditer(re.escape(labels[0].keys[0]), text.string)] or [0]
    for n, start in enumerate(starts[:_MOST_STARTS]):
        end = starts[n + 1] if n + 1 < len(starts) else len(text.string)
        found = find_in_order(text, labels, start, end)
        if sum(f is not None for f in found) >= _ENOUGH * len(labels):
            return start, end, found
    return None


def _table3_tasks(
    text: Ideographs,
    folded: str,
    form: Form,
    found: list[Found | None],
    high: int,
    reading: SequenceReading,
) -> list[_Task]:
    rows = form.rows
    anchors = [(i, f) for i, f in enumerate(found) if f is not None]
    zones: list[tuple[list[int], Zone, int, int]] = []
    for n, (i, here) in enumerate(anchors):
        if n + 1 < len(anchors):
            after_row, after = anchors[n + 1]
            end = _before_ordinal(folded, after, here.end)
        else:
            after_row, end = len(rows), _end_of_table3(text, folded, here.end, text.offset(high))
        width = len(form.columns) if after_row == i + 1 else None
        zone = read_zone(folded, here.start, end, here.end, count=width)
        zones.append((list(range(i, after_row)), zone, here.start, end))
    reading.start = anchors[0][1].start
    reading.end = zones[-1][3]
    spacing = spacing_of([zone for members, zone, _, _ in zones if len(members) == 1], len(form.columns))
    reading.spacing = spacing
    tasks: list[_Task] = []
    for members, zone, start, end in zones:
        keys = [rows[m].key for m in members]
        reading.lost_rows += keys[1:]
        for key, part in zip(
            keys, _divide(folded, zone, len(keys), start, end, len(form.columns)), strict=False
        ):
            cells = tuple(f"t3.{key}.{c.key}" for c in form.columns)
            filling = part if isinstance(part, Filling) else fill(part, len(cells), _T3_BLOCKS, spacing)
            tasks.append(_Task(cells, filling))
    first = zones[0]
    values_first = _values_first(folded, zones, len(form.columns))
    if values_first or not _columns_in_order(text, form, anchors[0][1], first[3]):
        return [_Task(t.cells, Filling.unread(t.filling.items)) for t in tasks]
    crowded = any(len(zone.numbers) > len(form.columns) * len(members) for members, zone, _, _ in zones)
    if crowded and all(t.filling.bare for t in tasks[:-1]):
        # All labels first, then all figures: a conversion that took the table apart.
        return _by_position(form, zones[-1][1].numbers) or [_Task(t.cells, Filling.unread([])) for t in tasks]
    if crowded:
        # Figures stand together elsewhere: rows that look empty may be theirs.
        tasks = [_Task(t.cells, Filling.unread([])) if t.filling.bare else t for t in tasks]
    return tasks


_PART_THREE, _PART_FOUR = "收到和处理政府信息公开申请", "政府信息公开行政复议"


def _unlabelled_table3(text: Ideographs, folded: str, form: Form, reading: SequenceReading) -> list[_Task]:
    """Table 3 whose labels a conversion lost altogether: its figures by number, if the sums bear them out."""
    head = text.string.rfind(core(form.note))
    head = head if head >= 0 else text.string.rfind(_PART_THREE)
    tail = text.string.find(_PART_FOUR, max(head, 0))
    if head < 0 or tail < 0:
        return []
    start, end = text.offset(head), text.offset(tail)
    tasks = _by_position(form, read_zone(folded, start, end, start).numbers)
    if tasks:
        reading.start, reading.end = start, end
        reading.tables.add("t3")
        reading.lost_rows += [row.key for row in form.rows]
    return tasks


def _by_position(form: Form, numbers: Sequence[Item]) -> list[_Task]:
    """Figures without labels, row by row; none unless their number is right and every sum holds."""
    ids = [f"t3.{row.key}.{column.key}" for row in form.rows for column in form.columns]
    if len(numbers) != len(ids) or not all(i.text.isdigit() for i in numbers):
        return []
    values = {cell: int(item.text) for cell, item in zip(ids, numbers, strict=True)}
    sums = [i for i in form.identities if i.cells[0] in values]
    if any(sum(values[c] for c in i.left) != sum(values[c] for c in i.right) for i in sums):
        return []
    width = len(form.columns)
    starts = range(0, len(ids), width)
    return [_Task(tuple(ids[n : n + width]), Filling.placed(list(numbers[n : n + width]))) for n in starts]


def _end_of_table3(text: Ideographs, folded: str, start: int, limit: int) -> int:
    """Where the last row's values end: at the next words, or at part four when words stand before any value."""
    end = first_ideograph(folded, start, limit)
    if any(c.isdigit() for c in folded[start:end]) or end - start > _ROW_GAP:
        return end
    part_four = text.string.find(_PART_FOUR, text.position(start))
    return text.offset(part_four) if part_four >= 0 and text.offset(part_four) < limit else end


def _values_first(folded: str, zones: Sequence[tuple[list[int], Zone, int, int]], width: int) -> bool:
    """Whether values stand above their labels: a row's worth over the first label, none behind the last."""
    first, last = zones[0], zones[-1]
    if last[1].numbers:
        return False
    above = folded[max(0, first[2] - 20 * width) : first[2]]
    words = [m.end() for m in re.finditer(f"[{CJK}]", above[: len(above) - 4])]
    return len(re.findall(r"\d+", above[words[-1] if words else 0 :])) >= width


def _columns_in_order(text: Ideographs, form: Form, first: Found, end: int) -> bool:
    """Whether the headings, where they can be seen, stand in the form's order (总计 behind 自然人)."""
    start = text.position(first.start)
    after = text.position(first.end)
    for low, high in ((max(0, start - 150), start), (after, text.position(end))):
        parts = [text.string.rfind(core(c.label), low, high) for c in form.columns[:5]]
        total = text.string.rfind(core(form.columns[-1].label), low, high)
        if min(parts) >= 0 and total >= 0 and not (parts == sorted(parts) and total > parts[0]):
            return False
    return True


def _divide(folded: str, zone: Zone, rows: int, start: int, end: int, width: int) -> Sequence[Zone | Filling]:
    """A zone that covers rows whose labels are lost, row by row where lines or counts tell them apart."""
    if rows == 1:
        return [zone]
    lines: dict[int, list[int]] = {}
    for n, item in enumerate(zone.items):
        lines.setdefault(folded.count("\n", start, item.start), []).append(n)
    full = [members for members in lines.values() if len(members) >= width]
    if len(full) == rows:
        chosen = [[zone.items[n] for n in members[-width:]] for members in full]
    elif len(zone.items) == rows * width:
        chosen = [list(zone.items[n * width : (n + 1) * width]) for n in range(rows)]
    elif len(zone.items) <= width:
        # As many values as one row has: the other rows are not in the document at all.
        return [zone]
    else:
        return [Filling.unread(zone.items)] * rows
    return [Filling.placed(items) for items in chosen]


def _before_ordinal(folded: str, found: Found, low: int) -> int:
    """Where a label's own ordinal begins (``2.`` before 其他法律…), so that it is not read as a value."""
    if not found.label.ordinal:
        return found.start
    match = re.search(
        rf"{found.label.ordinal}[ \t]*[.、,)．]?[ \t]*$", folded[max(low, found.start - 8) : found.start]
    )
    return found.start if match is None else max(low, found.start - 8) + match.start()


def _table2_tasks(
    text: Ideographs, folded: str, form: Form, table3: int | None, reading: SequenceReading
) -> list[_Task]:
    labels = _table2_labels(form)
    high = table3 if table3 is not None else len(text.string)
    low = text.string.rfind(labels[0][0].keys[0], 0, high)
    if low < 0:
        heads = [text.string.rfind(label.keys[0], 0, high) for label, _ in labels[1:4]]
        low = max(0, max(heads) - 60) if max(heads) >= 0 else -1
    if low < 0:
        return []
    found = find_in_order(text, [label for label, _ in labels], low, high)
    anchors = [(labels[n][1], f) for n, f in enumerate(found) if f is not None]
    if sum(bool(cells) for cells, _ in anchors) < 2:
        return []
    reading.tables.add("t2")
    reading.start = anchors[0][1].start
    limit = text.offset(high)
    tasks: list[_Task] = []
    for n, (cells, here) in enumerate(anchors):
        if not cells:
            continue
        after = anchors[n + 1][1].start if n + 1 < len(anchors) else limit
        end = min(after, first_ideograph(folded, here.end, limit))
        signed = any(form.cells[c].kind == "change" for c in cells)
        zone = read_zone(folded, here.start, max(end, here.end), here.end, signed=signed, count=len(cells))
        tasks.append(_Task(cells, fill(zone, len(cells), None, None)))
    return tasks


def _table4_tasks(
    text: Ideographs, folded: str, form: Form, reading: SequenceReading, after: int | None, before: int | None
) -> list[_Task]:
    low = text.position(after) if after is not None else 0
    last_position = before if before is not None else len(text.string)
    head = text.string.find("行政复议", low, last_position)
    if head < 0:
        return []
    # The table ends with part five, or where another report on the page begins its table 2.
    ends = (*_SECTION_FIVE, _table2_labels(form)[0][0].keys[0])
    fives = [at for key in ends if (at := text.string.find(key, head, last_position)) >= 0]
    fives += [before] if before is not None and before < len(text.string) else []
    high = min(fives) if fives else len(text.string)
    labels_end = max(
        (text.string.rfind(k, head, high) + len(k) for k in _T4_LABELS if k in text.string[head:high]),
        default=-1,
    )
    limit = text.offset(high) if fives else len(folded)
    start = text.offset(labels_end - 1) + 1 if labels_end > head else text.offset(head)
    number = re.compile(r"\d").search(folded, start, limit)
    cells = form.table_cells("t4")
    if number is None:
        if labels_end < 0:
            return []
        reading.tables.add("t4")
        return [_Task(cells, Filling.empty(len(cells)))]
    # The values stand behind the last heading before the first digit.
    last = text.offset(text.position(number.start()) - 1) + 1
    end = first_ideograph(folded, last, limit)
    if labels_end < 0 and text.offset(head + 200) < last:
        return []
    zone = read_zone(folded, last, end, last)
    reading.tables.add("t4")
    reading.end = end
    return [_Task(cells, fill(zone, len(cells), _T4_BLOCKS, reading.spacing, anchored=False))]


def _settle(document: Document, form: Form, tasks: Sequence[_Task], reading: SequenceReading) -> None:
    """Decide all lines together and write the cells."""
    open_tasks = [t for t in tasks if t.filling.options]
    decisions = decide(form, [t.line() for t in open_tasks])
    for task, decision in zip(open_tasks, decisions, strict=True):
        standing = decision.standing if decision.values is None else [decision.values]
        # What all readings of an undecided line agree on is no certainty: they keep the line's own sum, and
        # the unit may not have.
        complete = decision.values is not None
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
            return CellReading("blank", raw=raw or "", place=place, readers=_READERS)
        number = parse_number(raw or item.text, cell.kind)
        if number.status != "reported":
            number = parse_number(item.text, cell.kind)
        return CellReading(number.status, number.value, raw, (), None, _READERS)
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
    candidates = () if filling.overflow else tuple(Decimal(v) for v in seen if v is not None)
    return CellReading("ambiguous", None, raw, candidates, place, (READER,), filling.how)
