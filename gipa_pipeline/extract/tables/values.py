"""A grid cell's text to a cell reading: number, blank or unreadable, with its place (单元格取值)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from expectations.forms import Cell
from gipa_pipeline.extract.media.document import Document, Grid, GridCell
from gipa_pipeline.model import CellReading
from gipa_pipeline.normalize.numbers import parse_number

READER = "structure"
_SPELLED = re.compile(r"[零〇一二两三四五六七八九十百千]{1,9}[件项条个宗起份]?")
_SPACED = re.compile(r"\d[ \u00a0\u3000]+\d")
SPACED = "spaced"
"""Note of a number with spaces between its digits: it may be two numbers, unless the sums bear it out."""
BESIDE = "beside"
"""Note of a row that has a figure beyond the table's headings: its own may have slipped, or be that one."""
MERGED = "merged"
"""Note of what covers several cells, or holds several figures: it belongs to no cell for certain."""
DIFFER = "tables differ"
"""Note of a cell that several tables of the document give differently, where nothing tells which is the report's."""
_TWO_LINES = re.compile(r"\d\s*\n\s*\d")


@lru_cache(maxsize=16384)
def is_value(text: str, kind: str = "count") -> bool:
    """Whether a cell's text is a number (with unit or note), not a label with digits in it."""
    text = text.strip()
    if not text or not (any(c.isdigit() for c in text) or _SPELLED.fullmatch(text)):
        return False
    return parse_number(text, kind).status == "reported"


def taken_once(cells: Sequence[GridCell | None], row: int) -> list[bool]:
    """Whether each cell stands for one square only: a merged value belongs to no cell for certain."""
    if len(set(map(id, cells))) == len(cells):
        return [c is None or c.rowspan == 1 or c.row == row or not c.text.strip() for c in cells]
    seen: dict[int, int] = {}
    for cell in cells:
        if cell is not None:
            seen[id(cell)] = seen.get(id(cell), 0) + 1
    return [
        cell is None
        or not cell.text.strip()
        or (seen[id(cell)] == 1 and (cell.rowspan == 1 or cell.row == row))
        for cell in cells
    ]


def cell_reading(
    document: Document,
    grid: Grid,
    cell: GridCell | None,
    target: Cell,
    status: str = "reported",
    *,
    own: bool = True,
    unit_hint: str | None = None,
) -> CellReading:
    """Read one grid cell for a cell of the form; ``status`` is what a plain number will be called."""
    if cell is None and not own:
        # A figure of the row belongs to no cell for certain, so that it may be this one's.
        return CellReading("unreadable", raw="", readers=(READER,), note=MERGED)
    if cell is None:
        return CellReading("blank", raw="", readers=(READER,))
    place = document.cell_place(grid, cell)
    raw = cell.text
    if own and raw.isdigit() and raw.isascii():
        number = parse_number(raw, target.kind, unit_hint)
        return CellReading(
            status if number.status == "reported" else number.status, number.value, raw, (), place, (READER,)
        )
    if not own or _TWO_LINES.search(raw):
        return CellReading("unreadable", raw=raw, place=place, readers=(READER,), note=MERGED)
    number = parse_number(raw, target.kind, unit_hint)
    if number.status != "reported":
        return CellReading(number.status, raw=raw, place=place, readers=(READER,))
    spaced = _SPACED.search(raw) is not None
    return CellReading(
        status, number.value, raw, place=place, readers=(READER,), note=SPACED if spaced else None
    )
