"""Table 4 in reading order: one line of fifteen cells behind its headings, or each behind its name (表四顺序读取)."""

from __future__ import annotations

import re

from expectations.forms import Form
from gipa_pipeline.extract.tables.habits import Habits, as_ended
from gipa_pipeline.extract.tables.labels import Ideographs
from gipa_pipeline.extract.tables.named_figures import named_table4
from gipa_pipeline.extract.tables.placement import Filling, fill
from gipa_pipeline.extract.tables.sequence_table2 import printed_labels
from gipa_pipeline.extract.tables.spoken import numeral_follows, speckled
from gipa_pipeline.extract.tables.task import SequenceReading, Task
from gipa_pipeline.extract.tables.zones import first_ideograph, read_zone, without_notes

_T4_BLOCKS = (5, 5, 5)
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
_KINDS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")


def _kinds_in_order(headings: str) -> bool:
    """Whether the first five outcomes printed whole stand in the form's order; split ones prove nothing."""
    first = re.findall("|".join(_KINDS), headings)[: len(_KINDS)]
    return set(first) != set(_KINDS) or tuple(first) == _KINDS


_NUMERALS = "〇零一二两三四五六七八九十百千"
"""Figures written out: not blank, though this reader knows digits only."""


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
    ends = (*_SECTION_FIVE, printed_labels(form)[0][0].keys[0])
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
