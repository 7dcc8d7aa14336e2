"""Documents in which table 3 stands more than once: which of them is the report's (一文多表).

Last year's report beneath this year's, the tables of towns or departments beside the whole, another unit's table
as an example, a second copy for telephones. What tells them apart is said in :func:`chosen`; where nothing does,
the cells in which they differ are left open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from expectations.forms import Form, load_form
from gipa_pipeline.extract.fold import CJK, fold
from gipa_pipeline.extract.media.document import Document
from gipa_pipeline.extract.reports import FIRST_CAPTION, FIRST_ROW, TITLE, blanked, reports_in, wanted
from gipa_pipeline.extract.tables.agreement import compare
from gipa_pipeline.extract.tables.labels import Ideographs, core
from gipa_pipeline.extract.tables.sequence import read_sequence
from gipa_pipeline.extract.tables.structure import read_structure
from gipa_pipeline.extract.tables.values import DIFFER
from gipa_pipeline.extract.template import template_of
from gipa_pipeline.model import CellReading

_ENOUGH = 0.6
"""Share of table 3's rows that make a whole table; less is a page header that repeats its first rows."""
_MOST = 20
"""Tables 3 in one document; more are not told apart."""
_HEADING_ONE = "一总体情况"
_HEADING_THREE = re.compile("[一二三四五六](?:行政机关)?收到和处理政府信息公开申请情况")
_HEADING_FOUR = re.compile("[一二三四五六](?:因)?政府信息公开(?:工作被申请)?行政复议")
_TABLE_TOP = ("申请人情况", "本列数据的勾稽关系", "自然人")
_PLAIN_WORDS = re.compile("单位|件|如下|情况|统计|年度|下表|表|所示")
_PERIOD = re.compile(
    r"(20\d\d)\s*年?\s*1\s*月\s*1\s*日?\s*(?:起|零时)?\s*(?:至|到|—|-|~|止)+\s*(?:(20\d\d)\s*年?\s*)?12\s*月"
    r"|截[至止]?到?\s*(20\d\d)\s*年\s*12\s*月\s*31"
)


_CAPTION_YEAR = re.compile(rf"(20\d\d)(?:年度?)?[{CJK}:：()\s]*")
"""A line over a table, or a sheet's name, that says which year's it is, and no date."""
_RELATIVE = re.compile(
    r"(?:附[件表录]?\d?[:：])?(?:(上一?年度?|去年度?)|(本年度?|今年|当年))"
    r"[数据统计情况表对比参考同期申请办理收到和政府信息公开的年报告:：()\s]*"
)
_LONGEST_CAPTION = 40
_OVER = 240
"""Signs over a table in which such a line stands."""


@dataclass
class Chosen:
    """The document to read on with, how many reports or tables 3 there were, and what they say differently.

    ``years`` are those of the reports that it holds, where each says its own; ``of`` is the year of the chosen one.
    """

    document: Document
    count: int = 1
    rivals: dict[str, tuple[Decimal, ...]] = field(default_factory=dict)
    whole_report: bool = False
    years: tuple[int, ...] = ()
    of: int | None = None


@dataclass(slots=True)
class _Table:
    """A whole table 3: where its stretch of the document begins, its first row, and where the stretch ends."""

    border: int
    anchor: int
    end: int
    cells: dict[str, CellReading] = field(default_factory=dict)

    def values(self) -> dict[str, tuple[str, Decimal | None]]:
        """What is read, apart from where."""
        return {c: ("" if r.value is not None else r.status, r.value) for c, r in self.cells.items()}


def chosen(document: Document, text: Ideographs, year: int | None, asked: int | None = None) -> Chosen:
    """The report's own table 3 among several, by what is certain, in this order.

    The tables are the same · each has its year, by its title, its period or the line over it, and one alone has
    that of the report · one alone stands right under the heading of part three and the others outside that part ·
    one is the sum of all others.

    Args:
        document: the document.
        text: its text.
        year: the year in the title of the page, or in the first title in it.
        asked: the year whose report is wanted, if that is known. It goes before the page's own; where neither a
            web page's title nor anybody says which, the latest of the years is the report's.
    """
    tables = _tables(document, text)
    if len(tables) < 2:
        parts = reports_in(document, text)
        if len(parts) > 1:
            return Chosen(wanted(parts, asked or year), len(parts), whole_report=True)
        return Chosen(document)
    form = _form_of(text)
    for table in tables:
        _read(document, table, form)
    values = [t.values() for t in tables]
    if all(v == values[0] for v in values):
        return Chosen(_without(document, text, tables, 0), 1)
    own = _own_year(document)
    said = [_year_of(document, text, tables, n, own or year) for n in range(len(tables))]
    years = [y for y, _ in said]
    # What stands first under the page's own title and under no other is of that year.
    years[0] = years[0] or year
    known = tuple(sorted({y for y in years if y is not None})) if None not in years else ()
    target = next((y for y in (asked, own) if y in known), known[-1] if known else None)
    named = [n for n, y in enumerate(years) if y is not None and y == target]
    headed = [n for n in range(len(tables)) if _under_heading(text, tables, n)]
    # A unit may print a wrong year over its report: a year does not outweigh the heading of part three, but a
    # caption between that and the table says whose it is.
    if named and any(close and n in headed for n, (_, close) in enumerate(said)):
        headed = [n for n in headed if n in named]
    if len(named) == 1 and not (headed and named[0] not in headed):
        keep = named[0]
        table = tables[keep]
        reports = [_is_report(text, t) for t in tables]
        if not any(reports[1:]) or not reports[keep]:
            return Chosen(_without(document, text, tables, keep), len(tables), years=known, of=target)
        end = len(document.text) if keep + 1 == len(tables) else tables[keep + 1].border
        part = blanked(document, table.border, end)
        return Chosen(part, len(tables), whole_report=True, years=known, of=target)
    if len(headed) == 1 and all(
        _apart(text, tables[headed[0]], t) for t in tables if t is not tables[headed[0]]
    ):
        return Chosen(_without(document, text, tables, headed[0]), len(tables))
    whole = _sum_of_others(tables, form)
    if whole is not None:
        return Chosen(_without(document, text, tables, whole), len(tables))
    return Chosen(_without(document, text, tables, 0), len(tables), _rivals(tables))


def contested(cells: dict[str, CellReading], rivals: dict[str, tuple[Decimal, ...]]) -> list[str]:
    """Leave open the cells in which tables differ that nothing tells apart; gives their names."""
    left: list[str] = []
    for cell, values in rivals.items():
        reading = cells.get(cell)
        if reading is None or reading.status == "missing":
            continue
        own = (*reading.candidates, *values) if reading.value is None else (reading.value, *values)
        candidates = tuple(dict.fromkeys(own))
        cells[cell] = CellReading(
            "ambiguous", None, reading.raw, candidates, reading.place, reading.readers, DIFFER
        )
        left.append(cell)
    return left


def _form_of(text: Ideographs) -> Form:
    name = template_of(text.string).name
    return load_form(name if name in ("2019", "2021") else "2021")


def _tables(document: Document, text: Ideographs) -> list[_Table]:
    """The whole tables 3 of a document in order."""
    starts = [m.start() for m in re.finditer(FIRST_ROW, text.string)]
    if len(starts) < 2:
        return []
    labels = [core(row.label) for row in _form_of(text).rows]
    ends = [*starts[1:], len(text.string)]
    # The rows of a table, not those of the next one: no table is longer than its labels and some notes.
    whole = [
        (a, b)
        for a, b in zip(starts, ends, strict=True)
        if sum(label in text.string[a:b] for label in labels) >= _ENOUGH * len(labels)
    ][:_MOST]
    tables: list[_Table] = []
    for n, (anchor, _) in enumerate(whole):
        before = whole[n - 1][0] if n else 0
        border = 0 if n == 0 else _border(document, text, before, anchor)
        tables.append(_Table(border, anchor, len(document.text)))
    for table, after in pairwise(tables):
        table.end = after.border
    return tables


def _border(document: Document, text: Ideographs, before: int, anchor: int) -> int:
    """Where what belongs to a table begins: its report's title, its table 2, or the table itself."""
    start, end = text.offset(before), text.offset(anchor)
    caption = text.string.rfind(FIRST_CAPTION, before, anchor)
    opening = text.string.rfind(_HEADING_ONE, before, caption) if caption >= 0 else -1
    first = opening if opening >= 0 else caption
    top = text.offset(first) if first >= 0 else _top(document, text, anchor)
    titles = list(TITLE.finditer(text.text, start, top))
    return titles[-1].start() if titles else min(top, end)


def _top(document: Document, text: Ideographs, anchor: int) -> int:
    """Where a table 3 begins: its grid, or the headings over its first row."""
    at = text.offset(anchor)
    for grid in document.grids:
        if any(c.start is not None and c.end is not None and c.start <= at < c.end + 1 for c in grid.cells):
            return min(c.start for c in grid.cells if c.start is not None)
    return _headings(text, anchor)


def _headings(text: Ideographs, anchor: int) -> int:
    """Where the headings over a table's first row begin, or the row where there are none."""
    heads = [p for w in _TABLE_TOP if (p := text.string.rfind(w, max(0, anchor - 120), anchor)) >= 0]
    return text.offset(min([*heads, anchor]))


def _read(document: Document, table: _Table, form: Form) -> None:
    """Read one table 3 by itself, and whatever of tables 2 and 4 stands with it."""
    view = blanked(document, table.border, table.end)
    sequence = read_sequence(view, form)
    cells, _ = compare(form, read_structure(view, form).cells, sequence, lambda _: None)
    table.cells = {c: r for c, r in cells.items() if c.startswith("t3.") or r.status != "missing"}


def _own_year(document: Document) -> int | None:
    """The year in a web page's title; that of a file is often the one of the file it was copied from."""
    found = TITLE.search(fold(document.meta.title or "")) if document.medium == "html" else None
    return int(found[1]) if found else None


def _year_of(
    document: Document, text: Ideographs, tables: list[_Table], n: int, year: int | None
) -> tuple[int | None, bool]:
    """Which year's a table is, and whether the line right over it says so.

    By its own caption, else the last title over it, else the last period named over it, else its sheet's name.
    ``year`` is what ``本年`` means.
    """
    low = text.offset(tables[n - 1].anchor) if n else 0
    high = text.offset(tables[n].anchor)
    # A sheet's caption is a row of the table's own grid.
    top = max(_top(document, text, tables[n].anchor), _headings(text, tables[n].anchor))
    for line in reversed(text.text[max(low, top - _OVER) : top].split("\n")):
        # A caption in a table's own row stands beside the corner over its labels; a bare number may be a figure.
        parts = [part for part in line.split("\t") if not part.strip().isdigit()]
        if len(said := {y for part in parts if (y := _said(part, year)) is not None}) == 1:
            return said.pop(), True
    titles = [m for m in TITLE.finditer(text.text, low, high) if _is_line(text.text, m.start(), m.end())]
    if titles:
        return int(titles[-1][1]), False
    periods = [m for m in _PERIOD.finditer(text.text, low, high) if m[3] or m[2] in (m[1], None)]
    if periods:
        return int(periods[-1][1] or periods[-1][3]), False
    return _said(_sheet_at(document, high) or "", year), False


def _said(line: str, year: int | None) -> int | None:
    """The year that a caption says."""
    line = line.strip().strip("#*【】[]").strip()
    if not 0 < len(line) <= _LONGEST_CAPTION:
        return None
    if found := _CAPTION_YEAR.fullmatch(line):
        return int(found[1])
    relative = _RELATIVE.fullmatch(line)
    return None if relative is None or year is None else year - 1 if relative[1] else year


def _sheet_at(document: Document, at: int) -> str | None:
    """The name of the workbook's sheet that a place of the text is in."""
    for grid in document.grids:
        if (
            grid.reader == "sheet"
            and grid.cells
            and (grid.cells[0].start or 0) <= at <= (grid.cells[-1].end or 0)
        ):
            return str(grid.cells[0].node)
    return None


def _is_report(text: Ideographs, table: _Table) -> bool:
    """Whether more than the table itself stands with it: its report's title, or a table 2 of its own."""
    high = text.offset(table.anchor)
    return FIRST_CAPTION in text.string[text.position(table.border) : table.anchor] or bool(
        TITLE.search(text.text, table.border, high)
    )


def _is_line(text: str, start: int, end: int) -> bool:
    """Whether a title stands on a line of its own, and is not named in a sentence."""
    line = text[text.rfind("\n", 0, start) + 1 : (text.find("\n", end) + len(text) + 1) % (len(text) + 1)]
    return len(line.strip()) <= end - start + 30 and "。" not in line and "《" not in line


def _under_heading(text: Ideographs, tables: list[_Table], n: int) -> bool:
    """Whether the heading of part three stands right over a table, with no name of whose it is between."""
    anchor = tables[n].anchor
    low = tables[n - 1].anchor if n else 0
    found = [m.end() for m in _HEADING_THREE.finditer(text.string, low, anchor)]
    if not found:
        return False
    tops = [p for w in _TABLE_TOP if (p := text.string.find(w, found[-1], anchor)) >= 0]
    between = text.string[found[-1] : min([*tops, anchor])]
    return not _PLAIN_WORDS.sub("", between)


def _apart(text: Ideographs, own: _Table, other: _Table) -> bool:
    """Whether a heading stands between the report's table and another: it is in no part three."""
    low, high = sorted((own.anchor, other.anchor))
    between = _HEADING_THREE if other.anchor < own.anchor else _HEADING_FOUR
    return between.search(text.string, low, high) is not None


def _sum_of_others(tables: list[_Table], form: Form) -> int | None:
    """The table whose every cell is the sum of that cell in all others, if they have anything to add."""
    ids = form.table_cells("t3")
    figures = [[t.cells[c].value if c in t.cells else None for c in ids] for t in tables]
    if any(v is None for row in figures for v in row):
        return None
    rows = [[v or Decimal(0) for v in row] for row in figures]
    totals = [sum(column) for column in zip(*rows, strict=True)]
    found = [
        n
        for n, row in enumerate(rows)
        if any(row) and all(2 * v == t for v, t in zip(row, totals, strict=True))
    ]
    return found[0] if len(found) == 1 and len(tables) > 2 else None


def _rivals(tables: list[_Table]) -> dict[str, tuple[Decimal, ...]]:
    """The cells that the tables give differently, with the values of all."""
    rivals: dict[str, tuple[Decimal, ...]] = {}
    # In the order of the tables: a set has another one in every process.
    for cell in dict.fromkeys(c for t in tables for c in t.cells):
        seen = [t.cells[cell] for t in tables if cell in t.cells]
        # A table 2 of another edition has other cells: then one table's alone are as much in question.
        having = sum(any(c.startswith(cell[:3]) for c in t.cells) for t in tables)
        if len({(r.status if r.value is None else "", r.value) for r in seen}) > 1 or 1 < having > len(seen):
            rivals[cell] = tuple(dict.fromkeys(r.value for r in seen if r.value is not None))
    return rivals


def _without(document: Document, text: Ideographs, tables: list[_Table], keep: int) -> Document:
    """The document without the other tables: each from its table 2 or its top to the end of its figures."""
    gaps: list[tuple[int, int]] = []
    for n, table in enumerate(tables):
        if n == keep:
            continue
        low = tables[n - 1].anchor if n else 0
        caption = text.string.rfind(FIRST_CAPTION, low, table.anchor)
        own_caption = caption >= 0 and not _HEADING_THREE.search(text.string, caption, table.anchor)
        start = text.offset(caption) if own_caption else _top(document, text, table.anchor)
        grids = [g for g in document.grids if g.cells and g.cells[0].start is not None]
        at = text.offset(table.anchor)
        after = [g for g in grids if start <= (g.cells[0].start or 0) < table.end]
        end = max((g.cells[-1].end or 0 for g in after), default=0) if own_caption else 0
        own = [g for g in grids if (g.cells[0].start or 0) <= at <= (g.cells[-1].end or 0)]
        last = text.string.rfind("结转下年度", table.anchor, text.position(table.end))
        end = max(end, *(g.cells[-1].end or 0 for g in own), _figures_end(text, last) if last >= 0 else at)
        gaps.append((start, min(end, table.end)))
    return _blank(document, gaps)


def _figures_end(text: Ideographs, last: int) -> int:
    """Where the figures of a table's last row end: at the next words."""
    at = text.offset(last)
    line = re.compile(r"[^\n]*(?:\n[\s|\d,.\-—/]*)*").match(text.text, at)
    return line.end() if line else at


def _blank(document: Document, gaps: list[tuple[int, int]]) -> Document:
    """The document with stretches of text blanked, line breaks kept, and the grids in them left out."""
    text = document.text
    for start, end in gaps:
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    grids = [
        g
        for g in document.grids
        if not g.cells
        or g.cells[0].start is None
        or not any(start <= g.cells[0].start < end for start, end in gaps)
    ]
    return replace(document, text=text, grids=grids, folded=None)
