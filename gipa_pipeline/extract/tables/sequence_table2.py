"""Table 2 in reading order: blocks of rows under their captions (表二顺序读取)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from expectations.forms import Form
from gipa_pipeline.extract.fold import ideographs
from gipa_pipeline.extract.tables.cutting import cuts
from gipa_pipeline.extract.tables.habits import as_ended
from gipa_pipeline.extract.tables.labels import Found, Ideographs, Label, core, find_in_order, foreign_heads
from gipa_pipeline.extract.tables.named_figures import named_table2
from gipa_pipeline.extract.tables.placement import Filling, fill
from gipa_pipeline.extract.tables.spoken import rounded, spelled_out
from gipa_pipeline.extract.tables.task import SequenceReading, Task, beside_crowded
from gipa_pipeline.extract.tables.zones import Item, Zone, first_ideograph, read_zone

_PART_TWO, _PART_THREE = "主动公开政府信息情况", "收到和处理政府信息公开申请"


@cache
def printed_labels(form: Form) -> tuple[tuple[Label, tuple[str, ...]], ...]:
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


def table2_tasks(
    text: Ideographs, folded: str, form: Form, table3: int | None, reading: SequenceReading
) -> list[Task]:
    """Table 2: rows of figures, or each figure behind the name of what it counts."""
    tasks = _table2_rows(text, folded, form, table3, reading)
    if sum(len(t.cells) for t in tasks if t.filling.plain) == len(form.table_cells("t2")):
        return tasks
    high = table3 if table3 is not None else len(text.string)
    head = text.string.rfind(_PART_TWO, 0, high)
    if head < 0:
        return tasks
    tail = text.string.find(_PART_THREE, head, high)
    told = named_table2(folded, text.offset(head), text.offset(tail if tail >= 0 else high), form)
    if told is None:
        return tasks
    reading.tables.add("t2")
    return [Task((cell,), Filling.read([item])) for cell, item in told.items()]


def _table2_rows(
    text: Ideographs, folded: str, form: Form, table3: int | None, reading: SequenceReading
) -> list[Task]:
    """Table 2's rows: from the last caption of block one before table 3, each up to the next words."""
    labels = printed_labels(form)
    high = table3 if table3 is not None else len(text.string)
    low = text.string.rfind(labels[0][0].keys[0], 0, high)
    if low < 0:
        heads = [text.string.rfind(label.keys[0], 0, high) for label, _ in labels[1:4]]
        low = max(0, max(heads) - 60) if max(heads) >= 0 else -1
    if low < 0:
        return []
    found = find_in_order(text, [label for label, _ in labels], low, high)
    slipped = _slipped_blocks(text, form, low, high)
    anchors = [(labels[n][1], f) for n, f in enumerate(found) if f is not None]
    foreign = foreign_heads(form)
    if sum(bool(cells) for cells, _ in anchors) < 2:
        return []
    reading.tables.add("t2")
    reading.start = anchors[0][1].start
    limit = text.offset(high)
    tasks: list[Task] = []
    zones: list[Zone] = []
    head = max(0, anchors[0][1].start - 60)
    strange = added = False
    column_heads = tuple(key for label, _ in labels if label.key == "column" for key in label.keys)
    for n, (cells, here) in enumerate(anchors):
        if not cells:
            continue
        if n == 0 or not anchors[n - 1][0]:
            # What stands since the last row's label is this block's heading.
            words = text.string[text.position(head) : text.position(here.start)]
            strange = any(key in words for key in foreign)
            added = not any(e in h for h in column_heads for e in _ADDED) and any(e in words for e in _ADDED)
        in_yuan = _YUAN.search(folded, head, here.start) is not None
        head = here.end
        if strange:
            # Columns of another edition: what stands under them is none of this form's cells.
            continue
        after = anchors[n + 1][1].start if n + 1 < len(anchors) else limit
        start, label_end = here.start, _end_of_label(folded, here.end, after)
        if label_end > here.end:
            start = label_end
        end = min(after, first_ideograph(folded, label_end, limit))
        signed = any(form.cells[c].kind == "change" for c in cells)
        zone = read_zone(folded, start, max(end, label_end), label_end, signed=signed, count=len(cells))
        zone = as_ended(zone, reading.tabs_between)
        filling = Filling.unread(zone.items) if cells[0] in slipped else fill(zone, len(cells), None)
        heading = n + 1 == len(anchors) and _ORDINAL.match(folded, end)
        # A head of its own behind the label (项目, 指标, 数量 side by side): the figure stands behind that.
        headed = end < after and text.string.startswith(column_heads, text.position(end))
        money = any(form.cells[c].kind == "money" for c in cells)
        doubtful = not filling.plain and _doubtful(
            folded, zone, filling, len(cells), label_end, min(after, end + 12)
        )
        if end < after and zone.items and zone.items[-1].end == end and not heading:
            # The last number runs straight into words that are no label: it may be theirs (2023年立案).
            filling = Filling.unread(zone.items)
        elif (
            headed
            or doubtful
            or (added and not zone.squares)
            or _headed_inside(folded, here, label_end if len(cells) > 1 else here.end, column_heads)
        ):
            filling = Filling.unread(zone.items)
        elif _told_again(text, folded, here, label_end, after):
            # 行政许可(林业) and 行政许可(水利): parts of the row, each under its name.
            filling = Filling.unread(zone.items)
        elif money and in_yuan:
            # The heading counts in another unit, which the structure reader converts.
            filling = Filling.unread(zone.items)
        tasks.append(Task(cells, filling))
        zones.append(zone)
    tasks = beside_crowded(tasks, zones)
    if _taken_apart(folded, anchors, tasks, zones):
        return [Task(t.cells, Filling.unread(t.filling.items)) for t in tasks]
    return tasks


def _headed_inside(folded: str, label: Found, end: int, heads: Sequence[str]) -> bool:
    """Whether a column's heading stands in one cell with a row's label: 本年增/减(行政许可), 行政许可-本年增/减.

    The figure behind is that column's alone. ``end`` is where what goes on behind the label ends.
    """
    whole = tuple(h for h in heads if len(h) >= _WHOLE_LABEL)
    before = re.split(r"[|\t\n]", folded[max(0, label.start - 60) : label.start])[-1]
    behind = ideographs(folded[label.end : end]) if end > label.end else ""
    return (bool(before) and ideographs(before).startswith(whole)) or any(h in behind for h in whole)


def _slipped_blocks(text: Ideographs, form: Form, low: int, high: int) -> frozenset[str]:
    """The first cells of the rows in blocks whose headings do not stand in the form's order."""
    slipped: list[str] = []
    for block in form.blocks:
        caption = text.string.find(core(block.caption), low, high)
        row = text.string.find(core(block.rows[0].label), max(caption, low), high)
        places = [text.string.find(core(c.label), max(caption, low), row) for c in block.columns]
        if caption >= 0 and row >= 0 and min(places) >= 0 and places != sorted(places):
            slipped += [f"t2.{r.key}.{block.columns[0].key}" for r in block.rows]
    return frozenset(slipped)


_ORDINAL = re.compile(r"\(?[一二三四五六七八九十]{1,2}[、.)]")
_SEPARATOR = re.compile(r"[|\t\n]")
_DIGITS_OR_NOTES = re.compile(r"\([^()\n]*\)|\d[\d,.]*(?:万元|元|件|项|条|宗|个|次)?")


def _end_of_label(folded: str, start: int, limit: int) -> int:
    """Where a row's label ends: words behind its known spelling, in the same cell, are its own.

    ``行政处罚2023年立案 | 243``: the year is no figure. Nothing is taken for label when the values are not
    kept apart from it.
    """
    end = _SEPARATOR.search(folded, start, limit)
    if end is None or not any(c.isdigit() for c in folded[end.start() : limit]):
        return start
    rest = _DIGITS_OR_NOTES.sub("", folded[start : end.start()])
    return end.start() if any(c.isalpha() and not c.isascii() for c in rest) else start


def _doubtful(folded: str, zone: Zone, filling: Filling, count: int, start: int, end: int) -> bool:
    """Whether what stands behind a row's label cannot be taken for its figures.

    Table 2 has no sums: a run of digits is cut only where it is one run with one way to cut it, and figures too
    many are left out only where they are a converter's copies in cells of their own.
    """
    numbers = len(zone.numbers)
    if filling.bare or rounded(folded, start, end):
        return True
    if numbers and any(c.isascii() and c.isalpha() for c in folded[start : zone.numbers[-1].start]):
        return True
    if numbers < count:
        if filling.how == "cut" and (numbers > 1 or _apart(zone.numbers[0], count, start)):
            return True
        return spelled_out(folded, start, end)
    return numbers > count and not zone.squares


def _apart(run: Item, count: int, start: int) -> bool:
    """Whether a run of digits is kept apart from its label and may be fewer figures beside blanks: no glued text."""
    digits = run.text.replace(",", "")
    return run.start > start and any(next(cuts(digits, parts), None) for parts in range(1, count))


def _taken_apart(
    folded: str,
    anchors: Sequence[tuple[tuple[str, ...], Found]],
    tasks: Sequence[Task],
    zones: Sequence[Zone],
) -> bool:
    """Whether a conversion took the table apart: figures above the labels they belong to, or all behind the last."""
    crowded = any(len(zone.numbers) > len(task.cells) + 1 for task, zone in zip(tasks, zones, strict=True))
    if crowded and any(not zone.items and not zone.squares for zone in zones):
        return True
    blank = {task.cells: not zone.numbers for task, zone in zip(tasks, zones, strict=True)}
    for n, (cells, here) in enumerate(anchors):
        if not cells or n == 0 or anchors[n - 1][0]:
            continue
        last = next((m for m in range(n, len(anchors)) if m + 1 == len(anchors) or not anchors[m + 1][0]), n)
        before = anchors[n - 1][1].end
        above = read_zone(folded, before, here.start, before).numbers
        if len(above) >= len(cells) and blank.get(anchors[last][0]):
            return True
    return False


def _told_again(text: Ideographs, folded: str, here: Found, label_end: int, after: int) -> bool:
    """Whether a row's label begins another cell or line with a figure before the next row's."""
    label = text.string[text.position(here.start) : text.position(here.end)]
    at = text.string.find(label, text.position(label_end), text.position(after))
    if len(label) < _WHOLE_LABEL or at < 0:
        return False
    start = text.offset(at)
    cell = _SEPARATOR.search(folded, start, after)
    return bool(
        _ends_a_cell(folded[label_end:start])
        and cell is not None
        and re.search(r"\d", folded[cell.start() : after])
        and re.search(r"\d", folded[label_end:start])
    )


def _ends_a_cell(text: str) -> bool:
    """Whether nothing but white space stands behind the last separator of a text."""
    words = text.rstrip()
    return words.endswith("|") or any(sign in text[len(words) :] for sign in "\t\n")


_WHOLE_LABEL = 4
_ADDED = ("上年", "上一年", "去年", "占比", "同比")
"""Words of heads that units add to table 2, where the edition has none with them."""
_YUAN = re.compile(r"[(:为]\s*(?:人民币)?(?:千|百万|亿)?元\s*(?:[)|\t\n]|人民币)")
