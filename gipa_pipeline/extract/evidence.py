"""A page that shows where each cell was read: the form's tables beside the source, linked both ways (取数对照页).

For the eyes of a person who checks one report. The source is what the readers saw (text and grids), not a
picture of it; whatever a unit wrote is escaped, and the page loads and runs nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, Any

from expectations.forms import Column, Form, load_form
from expectations.outcomes import Finding
from gipa_pipeline.extract.media.document import Document, Grid, GridCell
from gipa_pipeline.extract.media.snapshot import Page, Snapshot, page_of, snapshots
from gipa_pipeline.model import CellReading, Place, Reading

if TYPE_CHECKING:
    import jinja2

STATUS_WORDS = {
    "reported": "直接读出",
    "inferred": "推定",
    "blank": "空白",
    "missing": "文中没有",
    "ambiguous": "有歧义",
    "unreadable": "读不出",
}
_READERS = {"structure": "表格", "sequence": "顺序"}
_NOTES = {
    "readers_disagree": "两种读法不一致",
    "label_lost": "行名缺失，按位置推定",
    "row_repeated": "重复的行",
    "row_missing": "缺少的行",
    "second_report": "同一文件中有多份报告",
    "picture_tables": "表格可能是图片",
    "part_missing": "缺少部分",
    "part_numbering": "部分的编号有误",
    "recognised": "由图像识别",
}
_STATES = {
    "read": "已读取",
    "table_absent": "没有找到法定表格",
    "not_a_report": "不是年度报告",
    "unreadable": "无法读取",
}
_MOST_SPANS = 20_000
_BLANK_LINES = re.compile(r"[ \t]*\n(?:[ \t]*\n)+")
_MOST_CANDIDATES = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell of the form as the page shows it."""

    id: str
    label: str
    text: str
    status: str
    candidates: str = ""
    raw: str = ""
    place: str = ""
    readers: str = ""
    located: bool = False
    on_page: bool = False
    doubted: bool = False

    @property
    def word(self) -> str:
        """The status in Chinese."""
        return STATUS_WORDS[self.status]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the source's text and the cells read from it."""

    text: str
    cells: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Square:
    """A cell of a source's table and the cells of the form read from it."""

    text: str
    rowspan: int
    colspan: int
    cells: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the source that cells were read from."""

    caption: str
    rows: list[list[Square]]


@dataclass(frozen=True, slots=True)
class Box:
    """A marked cell on a picture of a page, in points."""

    cell: Shown
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture of a page with the cells read from it."""

    caption: str
    picture: Snapshot
    boxes: list[Box]


@dataclass
class _Marks:
    """Which cells stand where: by square of a grid, by span of the text."""

    squares: dict[tuple[int, int, int], list[str]] = field(default_factory=dict)
    spans: dict[tuple[int, int], list[str]] = field(default_factory=dict)


def evidence_page(
    name: str,
    reading: Reading,
    document: Document | None,
    findings: Sequence[Finding] = (),
    data: bytes | None = None,
) -> str:
    """The page of one document, self-contained.

    Args:
        name: the file's name, for the heading.
        reading: what was read.
        document: what it was read from; None when it could not be opened.
        findings: what checking it gave; their cells are framed.
        data: its bytes; with them pages that can be drawn are shown as a person sees them.
    """
    form = load_form(reading.template) if reading.template in ("2019", "2021") and reading.cells else None
    marks = _marks(document, reading) if document is not None and form is not None else _Marks()
    drawn = _drawn(data, reading) if data is not None and form is not None else {}
    shown = _shown(form, reading, marks, findings, drawn) if form is not None else {}
    style = (resources.files(__package__) / "templates" / "evidence.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    counts = {status: sum(c.status == status for c in shown.values()) for status in STATUS_WORDS}
    return (
        _environment()
        .get_template("evidence.html.j2")
        .render(
            name=name,
            reading=reading,
            state=_STATES[reading.state],
            form=form,
            shown=shown,
            proceedings=_proceedings(form) if form is not None else [],
            counts=counts,
            words=STATUS_WORDS,
            sheets=_sheets(drawn, reading, shown),
            blocks=_source(document, shown, marks) if document is not None else [],
            findings=findings,
            notes=[(_NOTES.get(n.kind, n.kind), n.detail, n.cells) for n in reading.notes],
            style=style,
            style_hash=f"sha256-{digest}",
        )
    )


def _drawn(data: bytes, reading: Reading) -> dict[Page, Snapshot]:
    """The pages on which cells are boxes, in order, as far as they can be drawn."""
    pages = {page for cell in reading.cells if (page := page_of(_place(reading, cell))) is not None}
    drawn = snapshots(data, sorted(pages, key=lambda page: page[1]))
    return {page: drawn[page] for page in sorted(drawn, key=lambda page: page[1])}


def _sheets(drawn: Mapping[Page, Snapshot], reading: Reading, shown: Mapping[str, Shown]) -> list[Sheet]:
    """Each page with its cells."""
    sheets = []
    for page, picture in drawn.items():
        boxes = []
        for cell in shown:
            place = _place(reading, cell)
            if place is not None and place.box is not None and page_of(place) == page:
                left, top, right, bottom = place.box
                boxes.append(Box(shown[cell], left, top, round(right - left, 1), round(bottom - top, 1)))
        sheets.append(Sheet(f"第{page[1]}{'幅图' if page[0] == 'image' else '页'}", picture, boxes))
    return sheets


def _place(reading: Reading, cell: str) -> Place | None:
    return reading.cells[cell].place if cell in reading.cells else None


def _proceedings(form: Form) -> list[list[Column]]:
    """The columns of table 4, proceeding by proceeding in printed order."""
    return [list(columns) for _, columns in groupby(form.proceedings, key=lambda c: c.groups)]


@cache
def _environment() -> jinja2.Environment:
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gipa_pipeline.extract", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Our own style sheet; it holds nothing that a unit wrote.
    environment.filters["trusted_style"] = Markup
    environment.tests["table"] = lambda block: isinstance(block, Table)
    return environment


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"


def _shown(
    form: Form,
    reading: Reading,
    marks: _Marks,
    findings: Sequence[Finding],
    drawn: Mapping[Page, Snapshot],
) -> Mapping[str, Shown]:
    located = {cell for cells in (*marks.squares.values(), *marks.spans.values()) for cell in cells}
    doubted = {cell for finding in findings if finding.severity == "error" for cell in finding.cells}
    missing = CellReading("missing")
    out: dict[str, Shown] = {}
    for cell_id, cell in form.cells.items():
        seen = reading.cells.get(cell_id, missing)
        text = (
            _number(seen.value)
            if seen.value is not None
            else {"blank": "", "missing": "—"}.get(seen.status, "？")
        )
        listed = [_number(c) for c in seen.candidates[:_MOST_CANDIDATES]]
        if len(seen.candidates) > _MOST_CANDIDATES:
            listed.append(f"等{len(seen.candidates)}种")
        out[cell_id] = Shown(
            id=cell_id,
            label=cell.label,
            text=text,
            status=seen.status,
            candidates="、".join(listed),
            raw=seen.raw or "",
            place=place_in_words(seen.place),
            readers="、".join(_READERS.get(r, r) for r in seen.readers),
            located=cell_id in located,
            on_page=page_of(seen.place) in drawn,
            doubted=cell_id in doubted,
        )
    return out


def place_in_words(place: Place | None) -> str:
    """A place as a person would look it up: page and box, table with row and column, path, characters."""
    if place is None:
        return ""
    parts = []
    if place.page is not None:
        parts.append(f"第{place.page}页")
    if place.table is not None and place.row is not None and place.column is not None:
        parts.append(f"第{place.table + 1}个表格第{place.row + 1}行第{place.column + 1}列")
    if place.box is not None:
        left, top, right, bottom = place.box
        parts.append(f"左{left:g} 上{top:g} 右{right:g} 下{bottom:g}（磅）")
    if place.path:
        parts.append(place.path)
    if place.start is not None:
        parts.append(f"第{place.start}至{place.end}字")
    return "，".join(parts)


def _marks(document: Document, reading: Reading) -> _Marks:
    marks = _Marks()
    squares = {
        (grid.index, cell.row, cell.column)
        for grid in document.grids
        for cell in grid.cells
        if document.medium != "text"
    }
    loose: list[tuple[str, Place]] = []
    for cell_id, cell in reading.cells.items():
        place = cell.place
        if place is None:
            continue
        key = (place.table, place.row, place.column)
        if key in squares:
            marks.squares.setdefault(key, []).append(cell_id)
        elif place.start is not None and place.end is not None:
            marks.spans.setdefault((place.start, place.end), []).append(cell_id)
        else:
            loose.append((cell_id, place))
    if loose:
        _mark_by_place(document, loose, marks)
    return marks


def _mark_by_place(document: Document, loose: Sequence[tuple[str, Place]], marks: _Marks) -> None:
    """Places that name a paragraph or block: the stretch of text that has this place."""
    ends = [start for start, _ in document.spans[1:]] + [len(document.text)]
    wanted: dict[tuple[object, ...], list[str]] = {}
    for cell_id, place in loose:
        wanted.setdefault(_key(place), []).append(cell_id)
    for (start, place_of), end in list(zip(document.spans, ends, strict=True))[:_MOST_SPANS]:
        if cells := wanted.pop(_key(place_of()), None):
            marks.spans.setdefault((start, end), []).extend(cells)
        if not wanted:
            return


def _key(place: Place) -> tuple[object, ...]:
    return (place.path, place.table, place.row, place.column, place.page, place.box)


def _source(document: Document, shown: Mapping[str, Shown], marks: _Marks) -> list[Any]:
    """The source in reading order: tables that cells were read from, and the text around them."""
    used = {table for table, _, _ in marks.squares}
    regions: list[tuple[int, int, Grid]] = []
    aside: list[Grid] = []
    for grid in document.grids:
        if grid.index not in used:
            continue
        starts = [c.start for c in grid.cells if c.start is not None]
        ends = [c.end for c in grid.cells if c.end is not None]
        if starts and ends and (not regions or min(starts) >= regions[-1][1]):
            regions.append((min(starts), max(ends), grid))
        else:
            aside.append(grid)
    blocks: list[Any] = []
    at = 0
    for start, end, grid in regions:
        blocks.append(_pieces(document, shown, marks, at, start))
        blocks.append(_table(grid, shown, marks))
        at = end
    blocks.append(_pieces(document, shown, marks, at, len(document.text)))
    blocks += [_table(grid, shown, marks) for grid in aside]
    return [b for b in blocks if b]


def _pieces(
    document: Document, shown: Mapping[str, Shown], marks: _Marks, low: int, high: int
) -> list[Piece]:
    pieces: list[Piece] = []
    at = low
    for (first, end), cells in sorted(marks.spans.items()):
        start = first
        if not low <= start < high:
            continue
        own = tuple(shown[c] for c in cells)
        if start < at and pieces:
            # Two readings of overlapping stretches: shown at the first of them.
            pieces[-1] = Piece(pieces[-1].text, pieces[-1].cells + own)
            continue
        body = document.text[start:end].strip() or document.text[start:end]
        start = document.text.index(body, start)
        pieces.append(Piece(_BLANK_LINES.sub("\n", document.text[at:start])))
        pieces.append(Piece(body, own))
        at = start + len(body)
    pieces.append(Piece(_BLANK_LINES.sub("\n", document.text[at:high])))
    return pieces if any(p.text.strip() or p.cells for p in pieces) else []


def _table(grid: Grid, shown: Mapping[str, Shown], marks: _Marks) -> Table:
    rows: list[list[Square]] = [[] for _ in range(grid.height)]
    for cell in grid.cells:
        rows[cell.row].append(_square(grid, cell, shown, marks))
    page = next((c.page for c in grid.cells if c.page), None)
    caption = f"第{grid.index + 1}个表格" + (f"（第{page}页）" if page else "")
    return Table(caption, [row for row in rows if row])


def _square(grid: Grid, cell: GridCell, shown: Mapping[str, Shown], marks: _Marks) -> Square:
    cells = marks.squares.get((grid.index, cell.row, cell.column), ())
    return Square(cell.text, cell.rowspan, cell.colspan, tuple(shown[c] for c in cells))
