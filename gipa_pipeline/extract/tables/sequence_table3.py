"""Table 3 in reading order: each row's label owns the text up to the next one (表三顺序读取).

Rows whose labels are lost are told apart by lines or by number; where that does not work out, they are left
unread.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from expectations.forms import Form
from gipa_pipeline.extract.fold import CJK, ideographs, is_count
from gipa_pipeline.extract.tables.habits import as_ended, habits_of, tabs_between
from gipa_pipeline.extract.tables.labels import Found, Ideographs, core, find_in_order, table3_labels
from gipa_pipeline.extract.tables.likeness import find_alike
from gipa_pipeline.extract.tables.placement import Filling, fill
from gipa_pipeline.extract.tables.spoken import named_values, speckled, spelled_out
from gipa_pipeline.extract.tables.strange_heads import strange_before
from gipa_pipeline.extract.tables.task import SequenceReading, Task
from gipa_pipeline.extract.tables.zones import Item, Zone, first_ideograph, read_zone

_T3_BLOCKS = (7,)
_ENOUGH = 0.6
"""Share of table 3's labels that must be found for a stretch to count as the table."""
_PART_THREE, _PART_FOUR = "收到和处理政府信息公开申请", "政府信息公开行政复议"
_ROW_GAP = 12
_WORD = 3
"""Ideographs up to which a label's spelling is a word that other labels hold, too."""
_MOST_STARTS = 50
"""Places where table 3 may begin: reports on the page, page headers that repeat the first rows."""


def table3_segment(text: Ideographs, form: Form) -> tuple[int, int, list[Found | None]] | None:
    """The first stretch that holds most of table 3's labels: its borders and its labels."""
    labels = table3_labels(form)
    for sign in (labels[0].keys[0], _PART_THREE, ""):
        starts = [m.start() for m in re.finditer(re.escape(sign), text.string)] if sign else [0]
        if (segment := _first_table3(text, form, starts)) is not None:
            return segment
    return None


def _first_table3(
    text: Ideographs, form: Form, starts: Sequence[int]
) -> tuple[int, int, list[Found | None]] | None:
    """The first stretch between two of these places that holds most of table 3's labels."""
    labels = table3_labels(form)
    for n, start in enumerate(starts[:_MOST_STARTS]):
        end = starts[n + 1] if n + 1 < len(starts) else len(text.string)
        # 其他 and 总计 stand in table 4 too: what is lost here is not to be found there.
        four = text.string.find(_PART_FOUR, start, end)
        for limit in (four, end) if four >= 0 else (end,):
            found = find_in_order(text, labels, start, limit, alike=partial(find_alike, form))
            if sum(f is not None for f in found) >= _ENOUGH * len(labels):
                return start, end, found
    return None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What stands from one label to the next: for one row, or for several where labels are lost."""

    rows: Sequence[int]
    zone: Zone
    start: int
    end: int
    label_end: int

    @property
    def single(self) -> bool:
        """Whether it is one row's."""
        return len(self.rows) == 1


def _stretches(
    text: Ideographs, folded: str, form: Form, anchors: Sequence[tuple[int, Found]], high: int
) -> list[_Stretch]:
    """The stretches behind the labels that were found."""
    out: list[_Stretch] = []
    for n, (i, here) in enumerate(anchors):
        if n + 1 < len(anchors):
            after_row, after = anchors[n + 1]
            end = _before_ordinal(folded, after, here.end)
        else:
            after_row, end = len(form.rows), _end_of_table3(text, folded, here.end, text.offset(high))
        width = len(form.columns) if after_row == i + 1 else None
        zone = read_zone(folded, here.start, end, here.end, count=width)
        if width is None and _other_row(folded, zone, here.end):
            zone = Zone(zone.items, zone.squares, zone.gaps, clouded=True)
        out.append(_Stretch(range(i, after_row), zone, here.start, end, here.end))
    return out


def table3_tasks(
    text: Ideographs,
    folded: str,
    form: Form,
    found: list[Found | None],
    high: int,
    reading: SequenceReading,
) -> list[Task]:
    """Table 3's rows, by the labels found; unread where headings or order show that a reading would slip."""
    width = len(form.columns)
    anchors = [(i, f) for i, f in enumerate(found) if f is not None]
    stretches = _stretches(text, folded, form, anchors, high)
    reading.tabs_between = tabs_between([s.zone for s in stretches if s.single], width)
    stretches = [
        replace(s, zone=as_ended(s.zone, reading.tabs_between)) if s.single else s for s in stretches
    ]
    reading.start = anchors[0][1].start
    reading.end = stretches[-1].end
    tasks, bare, dense = _row_tasks(text, folded, form, stretches, found, reading)
    if len(tasks) == len(stretches):
        tasks = _own_columns(tasks, [s.zone for s in stretches], width)
    values_first = _values_first(folded, stretches, width)
    if strange_before(folded, anchors[0][1].start, form):
        return [Task(t.cells, Filling.unread(t.filling.items)) for t in tasks]
    if values_first or not _columns_in_order(text, form, anchors[0][1], stretches[0].end):
        return [Task(t.cells, Filling.unread(t.filling.items)) for t in tasks]
    crowded = any(len(s.zone.numbers) > width * len(s.rows) for s in stretches)
    last = stretches[-1].zone.numbers
    if crowded and bare >= len(tasks) - 1:
        # All labels first, then all figures: a conversion that took the table apart.
        return _by_position(form, last) or [Task(t.cells, Filling.unread([])) for t in tasks]
    if bare > _ENOUGH * len(tasks) and last:
        # A table lying on its side: all labels in a row, the figures behind the last of them.
        return [Task(t.cells, Filling.unread(t.filling.items)) for t in tasks]
    if crowded:
        # Figures stand together elsewhere: rows that look empty may be theirs, and a row's worth among many
        # that adds up (seven zeros do) is no reading.
        tasks = [
            Task(t.cells, Filling.unread(t.filling.items)) if t.filling.bare or t.cells[0] in dense else t
            for t in tasks
        ]
    return tasks


def _row_tasks(
    text: Ideographs,
    folded: str,
    form: Form,
    stretches: Sequence[_Stretch],
    found: Sequence[Found | None],
    reading: SequenceReading,
) -> tuple[list[Task], int, set[str]]:
    """A task for each row, how many of them are bare, and the first cells of those with figures for many rows."""
    width = len(form.columns)
    zones = [s.zone for s in stretches]
    habits = habits_of(zones, [s.zone for s in stretches if s.single], width)
    reading.spacing = habits.spacing
    extra = _extra_head(text, form, stretches[0].start)
    tasks: list[Task] = []
    dense: set[str] = set()
    bare = 0
    for s in stretches:
        keys = [form.rows[m].key for m in s.rows]
        if len(s.zone.numbers) > 2 * width * len(keys):
            dense.update(f"t3.{key}.{form.columns[0].key}" for key in keys)
        reading.lost_rows += keys[1:]
        parts = _divide(folded, s.zone, len(keys), s.start, s.end, width)
        for key, part in zip(keys, parts, strict=False):
            cells = tuple(f"t3.{key}.{c.key}" for c in form.columns)
            filling = part if isinstance(part, Filling) else fill(part, width, _T3_BLOCKS, habits)
            bare += filling.bare
            if s.single and (
                _straddling(filling, s.zone, s.label_end) or _said_again(text, found[s.rows[0]], s.end)
            ):
                filling = Filling.unread(s.zone.items)
            if not filling.plain and s.single:
                filling = _checked(folded, form, filling, s.zone, s.start, s.end)
            if extra and filling.how == "cut":
                # Digits of a column that is not the form's stand in the run.
                filling = Filling.unread(s.zone.items)
            tasks.append(Task(cells, filling))
    return tasks, bare, dense


def _said_again(text: Ideographs, label: Found | None, end: int) -> bool:
    """Whether a row's own label stands a second time before the next row's: a line for each figure, not for each row.

    Blanks leave no trace in such lines, and the figures of the next row's lines would fill their places.
    """
    if label is None:
        return False
    low, high = text.position(label.end), text.position(end)
    return any(len(key) > _WORD and text.string.find(key, low, high) >= 0 for key in label.label.keys)


def _straddling(filling: Filling, zone: Zone, label_end: int) -> bool:
    """Whether some of a row's figures stand among its label's signs and others behind it, and one is too many or few.

    A zero of the row before, or a page's number, may then have been taken for the row's own.
    """
    if filling.how not in ("placed", "cut") or zone.squares is not None:
        return False
    inside = [i.start < label_end for i in zone.items]
    return any(inside) and not all(inside)


_ORGANISATIONS = "法人或其他组织"


def _checked(folded: str, form: Form, filling: Filling, zone: Zone, start: int, end: int) -> Filling:
    """The filling of a row that is not seven plain figures, unless its text speaks against printed order."""
    named = named_values(folded, start, end, zone.items, form)
    if named is not None:
        return named
    short = len(zone.numbers) < len(form.columns)
    if filling.bare or (short and spelled_out(folded, start, end)):
        return Filling.unread(zone.items)
    if len(zone.items) > len(form.columns) + _MOST_EXTRA:
        return Filling.unread(zone.items)
    if short and len(zone.numbers) > 1 and speckled(folded, zone.items):
        return Filling.unread(zone.items)
    return filling


def _own_columns(tasks: Sequence[Task], zones: Sequence[Zone], width: int) -> list[Task]:
    """The tasks, unread where rows hold more figures than columns and not the same seven of them add up.

    A column of the unit's own (a subtotal, a share, a serial number) shifts the form's columns alike in all
    rows; where one row alone would allow a wrong seven, all of them together do not.
    """
    rows = [
        n
        for n, (task, zone) in enumerate(zip(tasks, zones, strict=True))
        if task.filling.how == "placed" and len(zone.items) > width and all(not i.blank for i in zone.items)
    ]
    fits = {
        n: {
            k
            for k in range(len(zones[n].items) - width + 1)
            if _adds_up([i.text for i in zones[n].items[k : k + width]])
        }
        for n in rows
    }
    counts = Counter(k for of in fits.values() for k in of)
    best = max(counts, key=lambda k: (counts[k], -k), default=0)
    common = len(rows) < _FEW_ROWS or counts[best] >= _SAME * len(rows)
    out = list(tasks)
    for n in rows:
        unique = len(rows) < _FEW_ROWS and fits[n]
        if not common or not (unique or best in fits[n]):
            out[n] = Task(tasks[n].cells, Filling.unread(zones[n].items))
        elif not unique:
            items = zones[n].items[best : best + width]
            out[n] = Task(tasks[n].cells, Filling.placed(items))
    filled = [n for n, zone in enumerate(zones) if zone.numbers]
    if len(rows) < _FEW_ROWS or 2 * len(rows) <= len(filled):
        return out
    # A row with a figure less is one of the same table with a blank in it, not one that lacks the unit's column.
    wide = Counter(len(zones[n].items) for n in rows).most_common(1)[0][0]
    for n in set(filled) - set(rows):
        squares = zones[n].squares or ()
        whole = common and len(squares) == wide and not zones[n].clouded
        filling = Filling.read(squares[best : best + width]) if whole else Filling.unread(zones[n].items)
        out[n] = Task(tasks[n].cells, filling)
    return out


def _adds_up(texts: Sequence[str]) -> bool:
    """Whether whole numbers end with their sum."""
    return all(map(is_count, texts)) and sum(map(int, texts[:-1])) == int(texts[-1])


_MOST_EXTRA = 2
"""Figures that may stand in a row's stretch beside its own: a serial number, a page number."""
_FEW_ROWS, _SAME = 3, 0.8
_EXTRA_HEAD = re.compile("小计|占比|比例|比重|百分比|上年|去年|同比|增减")


def _extra_head(text: Ideographs, form: Form, first: int) -> bool:
    """Whether the headings over the first row name a column that is none of the form's."""
    end = text.position(first)
    start = text.string.rfind(core(form.columns[0].label), max(0, end - 150), end)
    return start >= 0 and _EXTRA_HEAD.search(text.string, start, end) is not None


def unlabelled_table3(text: Ideographs, folded: str, form: Form, reading: SequenceReading) -> list[Task]:
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


def _by_position(form: Form, numbers: Sequence[Item]) -> list[Task]:
    """Figures without labels, row by row; none unless their number is right and every sum holds."""
    ids = [f"t3.{row.key}.{column.key}" for row in form.rows for column in form.columns]
    if len(numbers) != len(ids) or not all(is_count(i.text) for i in numbers):
        return []
    values = {cell: int(item.text) for cell, item in zip(ids, numbers, strict=True)}
    sums = [i for i in form.identities if i.cells[0] in values]
    if any(sum(values[c] for c in i.left) != sum(values[c] for c in i.right) for i in sums):
        return []
    width = len(form.columns)
    starts = range(0, len(ids), width)
    return [Task(tuple(ids[n : n + width]), Filling.placed(list(numbers[n : n + width]))) for n in starts]


def _end_of_table3(text: Ideographs, folded: str, start: int, limit: int) -> int:
    """Where the last row's values end: at the next words, or at part four when words stand before any value."""
    end = first_ideograph(folded, start, limit)
    if any(c.isdigit() for c in folded[start:end]) or end - start > _ROW_GAP:
        return end
    part_four = text.string.find(_PART_FOUR, text.position(start))
    return text.offset(part_four) if part_four >= 0 and text.offset(part_four) < limit else end


def _values_first(folded: str, stretches: Sequence[_Stretch], width: int) -> bool:
    """Whether values stand above their labels: over the first label, and none behind the last.

    Over the first, too, where blanks are marked; elsewhere one figure may be a page's number.
    """
    first = stretches[0].start
    if stretches[-1].zone.numbers:
        return False
    above = folded[max(0, first - 20 * width) : first]
    words = [m.end() for m in re.finditer(f"[{CJK}]", above[: len(above) - 4].replace("无", " "))]
    at = first - len(above) + (words[-1] if words else 0)
    zone = read_zone(folded, at, first, at)
    return len(zone.items) >= width or len(zone.numbers) > 1


def _columns_in_order(text: Ideographs, form: Form, first: Found, end: int) -> bool:
    """Whether the headings, where they can be seen, stand in the form's order (总计 behind 自然人)."""
    start = text.position(first.start)
    after = text.position(first.end)
    for low, high in ((max(0, start - 150), start), (after, text.position(end))):
        parts = [text.string.rfind(core(c.label), low, high) for c in form.columns[:5]]
        total = text.string.rfind(core(form.columns[-1].label), low, high)
        if min(parts) >= 0 and total >= 0 and not (parts == sorted(parts) and total > parts[0]):
            return False
        organisations = text.string.rfind(_ORGANISATIONS, low, high)
        if 0 <= organisations < parts[0] and not _beside_kinds(text, form, parts[0]):
            return False
    return True


def _beside_kinds(text: Ideographs, form: Form, natural: int) -> bool:
    """Whether 自然人 stands on the line of the kinds of organisation: printed pages set it a line below their name."""
    line = text.text[text.offset(natural) :].split("\n", 1)[0]
    first, second = (core(c.label) for c in form.columns[:2])
    return ideographs(line).startswith(first + second[:2])


def _other_row(folded: str, zone: Zone, label_end: int) -> bool:
    """Whether words stand between a label and the first figure, in cells of their own: another row's label.

    A row that was left blank and one whose label is not known would otherwise give the first the figures of
    the second.
    """
    numbers = zone.numbers
    between = folded[label_end : numbers[0].start] if numbers else ""
    return any(len(re.findall(f"[{CJK}]", cell)) > 1 for cell in re.split(r"[|\t\n]", between)[1:])


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
    elif zone.clouded:
        return [Filling.unread(zone.items)] * rows
    elif len(zone.items) <= width:
        # As many values as one row has: the other rows are not in the document at all.
        return [zone]
    else:
        return [Filling.unread(zone.items)] * rows
    return [Filling.placed(items) for items in chosen]


def _before_ordinal(folded: str, found: Found, low: int) -> int:
    """Where a label's own ordinal begins (``2.`` before 其他法律…), so that it is not read as a value."""
    # With its point it may stand on a line of its own, where a narrow column breaks the label.
    before = folded[max(low, found.start - 8) : found.start]
    # A unit may number its rows otherwise than the form: a number with a point, in a cell of its own, is no figure.
    match = re.search(r"(?<![^\s|(])\(?\d{1,2}[ \t]*[.、．)][ \t]*\Z", before)
    if match is None and (ordinal := found.label.ordinal):
        # Without a point it is the ordinal only where no digit stands before it: in ``118属于`` the 8 is a figure's.
        match = re.search(rf"{ordinal}[ \t]*[.、,)．]\s*\Z|(?<!\d){ordinal}[ \t]*\Z", before)
    return found.start if match is None else max(low, found.start - 8) + match.start()
