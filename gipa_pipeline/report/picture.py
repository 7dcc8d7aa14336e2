"""The place of a finding as it is printed (原文截图的替代): the rows around its cells, with the cells marked.

A picture is only made where the document shows, at the very place, what was read from it; a wrong picture
would accuse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gipa_pipeline.extract.media.document import Document, Grid, GridCell
    from gipa_pipeline.extract.media.snapshot import Snapshot

LONGEST = 60
"""Characters shown of one box or around one number of running text."""
AROUND = 30.0
"""Points of a page shown above and below its marked cells."""
MOST_ROWS, MOST_COLUMNS = 40, 24
_HEADS = {"t2": 1, "t3": 0, "t4": 3}
"""Rows above a cell that name its column; table 3 has them at its top."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell to be marked: its id, what was read there, its place, and whether it is a suspect."""

    cell_id: str
    raw: str
    place: Mapping[str, Any]
    likely: bool


@dataclass(frozen=True, slots=True)
class Square:
    """A box of the picture; ``mark`` is ``likely``, ``part`` (belongs to the relation) or empty."""

    text: str
    rows: int = 1
    columns: int = 1
    mark: str = ""


@dataclass(frozen=True, slots=True)
class MarkedBox:
    """A cell on the image of a page, in the image's measure."""

    left: float
    top: float
    width: float
    height: float
    mark: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What is shown of one table or stretch of text; an empty row stands for rows left out.

    A recognised page is shown as it looks: ``image`` with the marked ``boxes``, and no rows.
    """

    title: str
    rows: tuple[tuple[Square, ...], ...]
    width: int
    image: Snapshot | None = None
    boxes: tuple[MarkedBox, ...] = ()


def open_for_pictures(data: bytes) -> Document | None:
    """The document as the readers open it; None where it has no text."""
    from gipa_pipeline.errors import UnreadableDocument
    from gipa_pipeline.extract.media.kinds import medium_of
    from gipa_pipeline.extract.reading import open_document

    try:
        return open_document(data, medium_of(data))
    except UnreadableDocument:
        return None


def is_recognised(spots: Sequence[Spot]) -> bool:
    """Whether a finding's cells were recognised in a picture of the page."""
    return any(spot.place.get("reader") in ("scan", "image") and spot.place.get("box") for spot in spots)


def page_pictures(data: bytes, spots: Sequence[Spot]) -> tuple[Picture, ...]:
    """The stripes of recognised pages on which these cells stand; nothing is recognised again."""
    from gipa_pipeline.extract.media.snapshot import snapshots

    on: dict[tuple[str, int], list[Spot]] = {}
    for spot in spots:
        if is_recognised([spot]) and spot.place.get("page"):
            on.setdefault((str(spot.place["reader"]), int(spot.place["page"])), []).append(spot)
    around = {
        page: (
            0.0,
            max(0.0, min(s.place["box"][1] for s in of) - AROUND),
            100_000.0,
            max(s.place["box"][3] for s in of) + AROUND,
        )
        for page, of in on.items()
    }
    made = []
    for page, image in snapshots(data, on, around).items():
        boxes = []
        for spot in on[page]:
            left, top, right, bottom = spot.place["box"]
            mark = "likely" if spot.likely else "part"
            boxes.append(MarkedBox(left, top, round(right - left, 1), round(bottom - top, 1), mark))
        title = f"原文第{page[1]}{'幅图' if page[0] == 'image' else '页'}"
        made.append(Picture(title, (), 0, image, tuple(boxes)))
    return tuple(made)


def pictures(document: Document, spots: Sequence[Spot]) -> tuple[Picture, ...]:
    """The tables, or the text, around these cells; cells that do not stand at their place are left out."""
    made: list[Picture] = []
    tables: dict[int, list[Spot]] = {}
    loose: list[Spot] = []
    for spot in spots:
        if {"table", "row", "column"} <= spot.place.keys():
            tables.setdefault(spot.place["table"], []).append(spot)
        else:
            loose.append(spot)
    for number, of in tables.items():
        grid = next((g for g in document.grids if g.index == number), None)
        if grid is not None and (picture := _of_grid(grid, of, heads=document.medium != "text")):
            made.append(picture)
    if loose and (picture := _of_text(document, loose)):
        made.append(picture)
    return tuple(made)


def _of_grid(grid: Grid, spots: Sequence[Spot], *, heads: bool) -> Picture | None:
    """``heads`` is false for plain text, whose heading rows do not stand above their columns."""
    marks: dict[int, str] = {}
    rows: set[int] = set()
    columns: set[int] = set()
    for spot in spots:
        row, column = spot.place["row"], spot.place["column"]
        cell = grid.at(row, column) if row < grid.height and column < grid.width else None
        if cell is None or not _shows(cell.text, spot.raw):
            continue
        marks[id(cell)] = "likely" if spot.likely else marks.get(id(cell), "part")
        rows |= {row, *_around(grid, row, spot.cell_id[:2] if heads else "")}
        columns |= set(range(cell.column, cell.column + cell.colspan))
    if not marks:
        return None
    kept = sorted(rows)[:MOST_ROWS]
    last = max(columns)
    left = max(0, last - MOST_COLUMNS + 1) if grid.width > MOST_COLUMNS else 0
    right = min(grid.width, left + MOST_COLUMNS)
    shown: list[tuple[Square, ...]] = []
    for run in _runs(kept):
        if shown or run[0] > 0:
            shown.append(())
        shown.extend(_run(grid, run, left, right, marks, heads=heads))
    if kept[-1] < grid.height - 1:
        shown.append(())
    page = next((c.page for c in grid.cells if id(c) in marks and c.page), None)
    return Picture(f"原文第{page}页的表格" if page else "原文表格", tuple(shown), right - left)


def _around(grid: Grid, row: int, table: str) -> set[int]:
    """The rows that make a marked row readable: its neighbours and those that name its column."""
    found = {r for r in range(row - max(1, _HEADS.get(table, 1)), row + 2) if 0 <= r < grid.height}
    if table == "t3":
        named = (
            r for r in range(row, -1, -1) if any(w in _row_text(grid, r) for w in ("自然人", "科研机构"))
        )
        if (lowest := next(named, None)) is not None:
            found |= {r for r in (lowest - 2, lowest - 1, lowest) if r >= 0 and not _numbers(grid, r)}
    return found


def _row_text(grid: Grid, row: int) -> str:
    return "|".join(_bare(cell.text) for cell in grid.row(row) if cell is not None)


def _numbers(grid: Grid, row: int) -> bool:
    """Whether a row holds numbers: then it is no heading."""
    return any(cell is not None and _bare(cell.text).isdigit() for cell in grid.row(row))


def _runs(rows: Sequence[int]) -> list[list[int]]:
    """Consecutive rows together."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and runs[-1][-1] == row - 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _run(
    grid: Grid, run: Sequence[int], left: int, right: int, marks: Mapping[int, str], *, heads: bool
) -> list[tuple[Square, ...]]:
    """Neighbouring rows as boxes; a merged cell is cut off at the edges of what is shown."""
    shown: list[tuple[Square, ...]] = []
    seen: set[int] = set()
    for row in run:
        squares: list[Square] = []
        for column in range(left, right):
            cell = grid.at(row, column)
            if cell is None:
                squares.append(Square(""))
            elif id(cell) not in seen:
                seen.add(id(cell))
                squares.append(_square(cell, run, left, right, marks.get(id(cell), "")))
        if not heads:
            # Rows of plain text are short where a group's name is not repeated: at their beginning.
            filled = max((n for n, square in enumerate(squares, 1) if square != Square("")), default=0)
            squares = squares[filled:] + squares[:filled]
        shown.append(tuple(squares))
    return shown


def _square(cell: GridCell, run: Sequence[int], left: int, right: int, mark: str) -> Square:
    rows = sum(1 for r in run if cell.row <= r < cell.row + cell.rowspan)
    columns = min(right, cell.column + cell.colspan) - max(left, cell.column)
    return Square(_short(cell.text), rows, columns, mark)


def _of_text(document: Document, spots: Sequence[Spot]) -> Picture | None:
    """The lines around numbers that stand in running text."""
    text = document.text
    found: dict[tuple[int, int], str] = {}
    for spot in spots:
        span = _span(document, spot.place)
        if span and _shows(text[slice(*span)], spot.raw):
            found[span] = "likely" if spot.likely else found.get(span, "part")
    rows: list[tuple[Square, ...]] = []
    for (start, end), mark in sorted(found.items())[:MOST_ROWS]:
        before = _short(text[max(0, start - LONGEST) : start].lstrip())
        after = _short(text[end : end + LONGEST].rstrip())
        rows.append((Square("…" + before), Square(_short(text[start:end]), mark=mark), Square(after + "…")))
    return Picture("原文文字", tuple(rows), 3) if rows else None


def _span(document: Document, place: Mapping[str, Any]) -> tuple[int, int] | None:
    """The characters of a place: its own span, or the piece of the text that has this very place."""
    if "start" in place and "end" in place:
        start, end = place["start"], place["end"]
        return (start, end) if 0 <= start < end <= len(document.text) else None
    wanted = {name: list(part) if isinstance(part, tuple) else part for name, part in place.items()}
    ends = [*(start for start, _ in document.spans[1:]), len(document.text)]
    for (start, place_of), end in zip(document.spans, ends, strict=bool(document.spans)):
        there = {n: list(p) if isinstance(p, tuple) else p for n, p in place_of().as_dict().items()}
        if there == wanted:
            kept = document.text[start:end]
            return start + len(kept) - len(kept.lstrip()), start + len(kept.rstrip())
    return None


def _shows(text: str, raw: str) -> bool:
    """Whether what was read stands there; a blank cell shows nothing."""
    return _bare(raw) in _bare(text) if _bare(raw) else not _bare(text)


def _bare(text: str) -> str:
    return "".join(text.split())


def _short(text: str) -> str:
    """A text on one line, without what does not print, cut at :data:`LONGEST`."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
