"""Tables 2 and 4 in reading order: blocks of rows, and one line of fifteen cells (表二、表四顺序读取)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from expectations.forms import Form
from gipa_pipeline.extract.fold import ideographs
from gipa_pipeline.extract.tables.cutting import cuts
from gipa_pipeline.extract.tables.habits import Habits, as_ended
from gipa_pipeline.extract.tables.labels import Found, Ideographs, Label, core, find_in_order, foreign_heads
from gipa_pipeline.extract.tables.named_figures import named_table2, named_table4
from gipa_pipeline.extract.tables.placement import Filling, fill
from gipa_pipeline.extract.tables.spoken import numeral_follows, rounded, speckled, spelled_out
from gipa_pipeline.extract.tables.task import SequenceReading, Task, beside_crowded
from gipa_pipeline.extract.tables.zones import Item, Zone, first_ideograph, read_zone, without_notes

_T4_BLOCKS = (5, 5, 5)
_PART_TWO, _PART_THREE = "主动公开政府信息情况", "收到和处理政府信息公开申请"
_T4_LABELS = ("尚未审结", "结果维持", "结果纠正", "未经复议直接起诉", "复议后起诉")
_SECTION_FIVE = (
    "存在的主要问题及改进",
    "存在的主要问题",
    "存在的问题及改进",
    "存在问题及改进",
    "主要问题及改进",
    "存在主要问题",
)
_SECTION_SIX = ("其他需要报告的事项", "需要报告的其他事项", "其他需报告的事项")


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
    labels = _table2_labels(form)
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


_KINDS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")


def _kinds_in_order(headings: str) -> bool:
    """Whether the first five outcomes printed whole stand in the form's order; split ones prove nothing."""
    first = re.findall("|".join(_KINDS), headings)[: len(_KINDS)]
    return set(first) != set(_KINDS) or tuple(first) == _KINDS


_NUMERALS = "〇零一二两三四五六七八九十百千"
"""Figures written out: not blank, though this reader knows digits only."""


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
        re.search(r"[|\t\n]\s*\Z", folded[label_end:start])
        and cell is not None
        and re.search(r"\d", folded[cell.start() : after])
        and re.search(r"\d", folded[label_end:start])
    )


_WHOLE_LABEL = 4
_ADDED = ("上年", "上一年", "去年", "占比", "同比")
"""Words of heads that units add to table 2, where the edition has none with them."""
_YUAN = re.compile(r"[(:为]\s*(?:人民币)?(?:千|百万|亿)?元\s*(?:[)|\t\n]|人民币)")


_T4_HEADS = re.compile(r"(结果维持)|(结果纠正)|(其[他它]结果)|(尚未审结)|(总计|合计)")


def _heads_in_order(words: str) -> bool:
    """Whether table 4's fifteen headings, where all stand there whole, stand in the form's order and alone.

    So must the proceedings: 行政复议 first, and 未经复议直接起诉 before 复议后起诉.
    """
    direct, after = words.find("未经复议"), words.find("复议后")
    if 0 <= after < direct or words.rfind("行政复议") > words.rfind("行政诉讼") >= 0:
        return False
    seen = [m.lastindex or 0 for m in _T4_HEADS.finditer(words)]
    return len(seen) < 15 or seen == [1, 2, 3, 4, 5] * (len(seen) // 5)


def table4_tasks(
    text: Ideographs, folded: str, form: Form, reading: SequenceReading, after: int | None, before: int | None
) -> list[Task]:
    """Table 4: one line of figures behind its last heading, or each figure behind its name."""
    stretch = _table4_stretch(text, form, after, before)
    if stretch is None:
        return []
    tasks = _table4_line(text, folded, form, reading, *stretch)
    if tasks and tasks[0].filling.plain:
        return tasks
    # Part five may be left out.
    sixes = [at for key in _SECTION_SIX if (at := text.string.find(key, *stretch)) >= 0]
    start, end = text.offset(stretch[0]), text.offset(min([*sixes, stretch[1]]))
    # Headings may stand before the first proceeding's name, and nothing else does behind table 3.
    items = named_table4(folded, start if after is None else min(start, after), end, form)
    if items is None:
        return tasks
    reading.tables.add("t4")
    reading.end = end
    return [Task(form.table_cells("t4"), Filling.read(items))]


def _table4_stretch(
    text: Ideographs, form: Form, after: int | None, before: int | None
) -> tuple[int, int] | None:
    """Where table 4 stands, in ideographs: up to part five, or where another report on the page begins its table 2."""
    low = text.position(after) if after is not None else 0
    last_position = before if before is not None else len(text.string)
    head = text.string.find("行政复议", low, last_position)
    if head < 0:
        return None
    ends = (*_SECTION_FIVE, _table2_labels(form)[0][0].keys[0])
    fives = [at for key in ends if (at := text.string.find(key, head, last_position)) >= 0]
    fives += [before] if before is not None and before < len(text.string) else []
    return head, min(fives) if fives else len(text.string)


def _table4_line(
    text: Ideographs, folded: str, form: Form, reading: SequenceReading, head: int, high: int
) -> list[Task]:
    """Table 4's line: what stands behind its last heading."""
    labels_end = max(
        (text.string.rfind(k, head, high) + len(k) for k in _T4_LABELS if k in text.string[head:high]),
        default=-1,
    )
    limit = text.offset(high)
    start = text.offset(labels_end - 1) + 1 if labels_end > head else text.offset(head)
    folded = folded[:start] + without_notes(folded[start:limit]) + folded[limit:]
    number = re.compile(r"\d").search(folded, start, limit)
    cells = form.table_cells("t4")
    heads_end = text.position(number.start()) if number else labels_end + 8
    if labels_end > head and not _heads_in_order(text.string[head:heads_end]):
        return []
    if number is None:
        if labels_end < 0:
            return []
        reading.tables.add("t4")
        if re.search(r"\d", folded[text.offset(head) : start]):
            # Figures between the headings: three little tables, or one proceeding below the other.
            return [Task(cells, Filling.unread([]))]
        written = any(w.strip(_NUMERALS) == "" for w in folded[start : min(limit, start + 200)].split())
        written = written or numeral_follows(folded, start)
        return [Task(cells, Filling.unread([]) if written else Filling.empty(len(cells)))]
    # The values stand behind the last heading before the first digit.
    last = text.offset(text.position(number.start()) - 1) + 1
    end = first_ideograph(folded, last, limit)
    if labels_end < 0 and text.offset(head + 200) < last:
        return []
    if not _kinds_in_order(text.string[head : max(labels_end, head)]):
        reading.tables.add("t4")
        return [Task(cells, Filling.unread([]))]
    last = _behind_padding(folded, last, end)
    folded = _opened(folded, last, number.start())
    zone = read_zone(folded, last, end, last, count=len(cells))
    zone = as_ended(zone, reading.tabs_between)
    reading.tables.add("t4")
    reading.end = end
    filling = fill(zone, len(cells), _T4_BLOCKS, Habits(reading.spacing), anchored=False)
    several = len(zone.numbers) > len(cells) or speckled(folded, zone.items)
    if not filling.plain and several and not zone.squares:
        filling = Filling.unread(zone.items)
    return [Task(cells, filling)]


def _opened(folded: str, start: int, number: int) -> str:
    """The text with a tab for the line break before the line of values, so that its first cell is one like the others.

    Only where its cells stand between tabs or bars and nothing but white space lies between it and the headings.
    """
    head = folded[start:number]
    at = start + head.rfind("\n")
    line = folded[at + 1 :].partition("\n")[0] if "\n" in head else ""
    if (
        not line
        or line.lstrip(" ")[:1] == "|"
        or not re.search(r"[|\t]", line + folded[at + 1 + len(line) :][:4])
    ):
        return folded
    if folded[start:at].strip(" \n"):
        return folded
    return f"{folded[:at]}\t{folded[at + 1 :]}"


_PADDING = re.compile(r"[ \t]*(?:\|[ \t]*)*(?P<bar>\|)[ \t]*\n\s*(?P<next>\|)?")


def _behind_padding(folded: str, start: int, end: int) -> int:
    """Where the values' own row begins: bars on the line of the last heading fill up that heading's row."""
    found = _PADDING.match(folded, start, end)
    if found is None:
        return start
    return found.start("next") if found["next"] else found.start("bar")
