"""Tables 2 and 4 told in words: each figure behind the name of what it counts (逐项列示).

Units write table 4 as sentences, as a list, or with a row for each proceeding; table 2 as a list or as sentences.
Every figure of the stretch must have its name right before it and every cell its one figure; else nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from expectations.forms import Form
from gipa_pipeline.extract.tables.zones import NUMBER, Item

_LONGEST = 3000
"""Characters of a part that holds one table told in words."""
_ORDINAL = re.compile(r"(?<![\d.,])\(?\d{1,2}[ \t]*[.、．)](?![\d])[ \t]*(?=[\u3400-\u9fff])")
_GAP = re.compile(r"[\s|:为有计共是(),、]*")
"""What may stand between a name and its figure; a stroke would be a blank."""
_ROW_GAP = re.compile(r"[\s|件宗起:]*")
_UNIT = re.compile(r"[ \t]*(?:件|宗|起|项|万元)?(?=[\s|,，;；。、)(]|\Z|[\u3400-\u9fff])")
_STRANGE_UNIT = re.compile(r"[ \t]*(?:年|月|日|号|%|％|条|余|多|元|亿|千|百)")
_PROCEEDINGS = 3
_TOTAL = 4
_MARK = re.compile(
    rf"(?P<p1>未经复议(?:直接起诉)?|直接起诉)|(?P<p2>经?复议后(?:直接)?(?:提起)?(?:起诉|诉讼)?)|(?P<p0>行政复议)|(?P<p9>行政诉讼)"
    rf"|(?P<o0>(?:结果)?维持)|(?P<o1>(?:结果)?纠正)|(?P<o2>其[他它](?:结果)?)|(?P<o3>(?:尚未|未)(?:审结|结案|办结)|未结)"
    rf"|(?P<o4>总计|合计|小计|共计)|(?P<n>{NUMBER.pattern})"
)


@dataclass(frozen=True, slots=True)
class _Event:
    """A name or a figure: its kind (``p`` a proceeding, ``o`` an outcome, ``n`` a figure), which one, and where."""

    kind: str
    which: int
    start: int
    end: int


def named_table4(folded: str, start: int, end: int, form: Form) -> list[Item] | None:
    """Table 4's fifteen figures in the form's order, None where they are not all named."""
    if not 0 < end - start <= _LONGEST:
        return None
    stretch = _plain(folded[start:end])
    if (events := _events(stretch)) is None:
        return None
    width = len(form.table_cells("t4")) // _PROCEEDINGS
    found = (
        _each_named(stretch, events)
        or _in_rows(stretch, events, width)
        or _in_columns(stretch, events, width)
    )
    wanted = [(p, o) for p in range(_PROCEEDINGS) for o in range(width)]
    if found is None or set(found) != set(wanted):
        return None
    return [
        Item(stretch[found[cell].start : found[cell].end], start + found[cell].start, start + found[cell].end)
        for cell in wanted
    ]


def _plain(stretch: str) -> str:
    """A stretch without the numbers of its items; the length keeps."""
    return _ORDINAL.sub(lambda m: " " * len(m.group()), stretch)


def _events(stretch: str) -> list[_Event] | None:
    """Names and figures in order; None where a figure is none of the table's (a year, a share)."""
    events: list[_Event] = []
    for m in _MARK.finditer(stretch):
        group = m.lastgroup or "n"
        if group == "n":
            if _STRANGE_UNIT.match(stretch, m.end()) or not _UNIT.match(stretch, m.end()):
                return None
            events.append(_Event("n", 0, m.start(), m.end()))
        else:
            which = int(group[1])
            events.append(_Event(group[0], -1 if which > _TOTAL else which, m.start(), m.end()))
    return events if any(e.kind == "n" for e in events) else None


def _each_named(stretch: str, events: Sequence[_Event]) -> dict[tuple[int, int], _Event] | None:
    """Each figure behind its outcome (行政复议:结果维持1件,…), a proceeding's whole perhaps behind its name."""
    found: dict[tuple[int, int], _Event] = {}
    wholes: dict[int, _Event] = {}
    proceeding = -1
    for n, event in enumerate(events):
        follows = n + 1 < len(events) and events[n + 1].kind == "n"
        if event.kind == "p":
            proceeding = event.which
        elif event.kind == "o" and not follows:
            return None
        elif event.kind == "n":
            before = events[n - 1] if n else None
            if before is None or before.kind == "n" or proceeding < 0:
                return None
            if not _GAP.fullmatch(stretch, before.end, event.start):
                return None
            held = wholes if before.kind == "p" else found
            key = proceeding if before.kind == "p" else (proceeding, before.which)
            if key in held:
                return None
            held[key] = event  # type: ignore[index]
    for proceeding, event in wholes.items():
        own = found.setdefault((proceeding, _TOTAL), event)
        if stretch[own.start : own.end] != stretch[event.start : event.end]:
            return None
    return found


def _in_rows(stretch: str, events: Sequence[_Event], width: int) -> dict[tuple[int, int], _Event] | None:
    """A row for each proceeding under the outcomes in the form's order."""
    head, runs = _runs(stretch, events, "p")
    if [e.which for e in head if e.kind == "o"] != list(range(width)):
        return None
    if [p for p, _ in runs] != list(range(_PROCEEDINGS)) or any(len(of) != width for _, of in runs):
        return None
    return {(p, o): figures[o] for p, figures in runs for o in range(width)}


def _in_columns(stretch: str, events: Sequence[_Event], width: int) -> dict[tuple[int, int], _Event] | None:
    """A row for each outcome under the proceedings in the form's order."""
    head, runs = _runs(stretch, events, "o")
    if [e.which for e in head if e.kind == "p" and e.which >= 0][-_PROCEEDINGS:] != list(range(_PROCEEDINGS)):
        return None
    if [o for o, _ in runs] != list(range(width)) or any(len(of) != _PROCEEDINGS for _, of in runs):
        return None
    return {(p, o): figures[p] for o, figures in runs for p in range(_PROCEEDINGS)}


def _runs(
    stretch: str, events: Sequence[_Event], kind: str
) -> tuple[list[_Event], list[tuple[int, list[_Event]]]]:
    """What stands before the name of the first figures, and each run of figures with the name before it.

    No runs where another kind of name than ``kind``, or other words, stand among them.
    """
    first = next(n for n, e in enumerate(events) if e.kind == "n")
    runs: list[tuple[int, list[_Event]]] = []
    for before, event in pairwise(events[max(0, first - 1) :]):
        if before.kind not in (kind, "n"):
            return [], []
        if event.kind == "n":
            if not _ROW_GAP.fullmatch(stretch, before.end, event.start):
                return [], []
            if before.kind == kind:
                runs.append((before.which, []))
            if not runs:
                return [], []
            runs[-1][1].append(event)
    return list(events[: max(0, first - 1)]), runs


_SHORT = {
    "issued": "制发|制定|印发",
    "repealed": "废止|失效",
    "in_force": "现行有效",
    "decisions": "处理决定",
    "amount_wan_yuan": "收费金额",
}
"""What a sentence calls the columns of table 2."""
_T2_GAP = re.compile(r"[\s|:为有计共是(),、件数量总项单位元万]*")


@cache
def _table2_marks(form: Form) -> tuple[re.Pattern[str], dict[str, str], dict[str, tuple[str, ...]]] | None:
    """Names and figures of table 2 as one pattern, the row of each label, and the columns of each row."""
    columns = {row.key: tuple(c.key for c in block.columns) for block in form.blocks for row in block.rows}
    if any(key not in _SHORT for keys in columns.values() for key in keys):
        return None
    rows = {
        word: row.key for block in form.blocks for row in block.rows for word in (row.label, *row.variants)
    }
    words = "|".join(map(re.escape, sorted(rows, key=len, reverse=True)))
    names = "|".join(f"(?P<{key}>{short})" for key, short in _SHORT.items())
    return re.compile(rf"(?P<row>{words})|{names}|(?P<n>{NUMBER.pattern})"), rows, columns


def named_table2(folded: str, start: int, end: int, form: Form) -> dict[str, Item] | None:
    """Table 2's figures by cell, None where not every figure is named and every cell told once."""
    marks = _table2_marks(form)
    if marks is None or not 0 < end - start <= _LONGEST:
        return None
    pattern, rows, columns = marks
    stretch = _plain(folded[start:end])
    found: dict[str, Item] = {}
    row, last = "", 0
    named: set[str] = set()
    heads: set[str] = set()
    for m in pattern.finditer(stretch):
        kind = m.lastgroup or ""
        if kind == "row":
            named.add(rows[m.group()])
        elif kind in _SHORT:
            heads.add(kind)
        else:
            row = named.pop() if len(named) == 1 else "" if named else row
            own = heads or (set(columns[row]) if row and len(columns[row]) == 1 else set())
            close = _T2_GAP.fullmatch(stretch, last, m.start()) and last
            strange = _STRANGE_UNIT.match(stretch, m.end()) or not _UNIT.match(stretch, m.end())
            if not row or len(own) != 1 or not own <= set(columns[row]) or not close or strange:
                return None
            cell = f"t2.{row}.{own.pop()}"
            if cell in found:
                return None
            found[cell] = Item(m.group(), start + m.start(), start + m.end())
            named, heads = set(), set()
        last = m.end()
    return found if set(found) == set(form.table_cells("t2")) else None
