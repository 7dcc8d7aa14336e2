"""Plain text and Markdown: the text as it stands, and grids where rows stand on lines (文本).

A bar or a tab separates cells on a line. Layouts with one cell a line have no grid: the sequence
reader deals with them.
"""

from __future__ import annotations

import re
from itertools import pairwise

from gipa_pipeline.extract.fold import fold
from gipa_pipeline.extract.media.charset import decode
from gipa_pipeline.extract.media.document import (
    MAX_COLUMNS,
    MAX_ROWS,
    Document,
    Grid,
    GridCell,
    bounded_grids,
)

_MANY_COMMAS, _MANY_ROWS, _SHORT = 6, 8, 12
_STROKES = re.compile(r"[\s|:+=-]+")
_PADDING = re.compile(r"(?<=\s)\|{2,}\s*$")


def read_text(data: bytes) -> Document:
    """Read a text file or a Markdown page of any encoding.

    Raises:
        UnreadableDocument: tables without measure.
    """
    text, _ = decode(data)
    text = _commas_apart(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", " "))
    return Document(medium="text", text=text, grids=grids_in(text))


_FIELD = re.compile(r"[ \t]*(?:-?\d+(?:\.\d+)?)?[ \t]*")


def _commas_apart(text: str) -> str:
    """Comma-separated rows with tabs for commas, at the same length: ``60,140`` is two cells there.

    Only where many lines are such rows; elsewhere a comma between digits is a thousands separator.
    """
    lines = text.split("\n")
    rows = [n for n, line in enumerate(lines) if line.count(",") >= _MANY_COMMAS and _is_row(line)]
    if len(rows) < _MANY_ROWS:
        return text
    return "\n".join(line.replace(",", "\t") if "," in line and _is_row(line) else line for line in lines)


def _is_row(line: str) -> bool:
    """Whether only short words and numbers stand between the commas, and numbers or nothing at the end."""
    fields = line.split(",")
    last = next((n for n in range(len(fields) - 1, -1, -1) if not _FIELD.fullmatch(fields[n])), -1)
    return last < len(fields) - 1 or all(len(f) <= _SHORT for f in fields)


def grids_in(text: str) -> list[Grid]:
    """Tables drawn with bars or tabs, a row a line; blank lines end a table."""
    grids: list[Grid] = []
    cells: list[GridCell] = []
    row = offset = 0

    def close() -> None:
        nonlocal cells, row
        if row > 1:
            grids.append(Grid(cells, index=len(grids), reader="text"))
        cells, row = [], 0

    for line in fold(text).split("\n"):
        split = _cells_of(line)
        if split and row < MAX_ROWS:
            if not _is_rule(line):
                for column, (start, end) in enumerate(split[:MAX_COLUMNS]):
                    piece = text[offset + start : offset + end].strip()
                    cells.append(GridCell(piece, row, column, start=offset + start, end=offset + end))
                row += 1
        elif line.strip() or row:
            close()
        offset += len(line) + 1
    close()
    return bounded_grids(grids)


def _is_rule(line: str) -> bool:
    """Whether a line is what is drawn beneath a heading: strokes in every cell.

    A line of blanks, or of strokes behind a blank label, is a row.
    """
    if not _STROKES.fullmatch(line):
        return False
    return all(piece.strip() for piece in re.split(r"[|+]", line.strip().strip("|+")))


def _cells_of(line: str) -> list[tuple[int, int]]:
    """Spans of a line's cells, empty when the line is no table row (fewer than three cells)."""
    mark = "|" if "|" in line else "\t" if "\t" in line else None
    if mark is None or line.count(mark) > 4 * MAX_COLUMNS:
        return []
    edges = [-1, *(i for i, c in enumerate(line) if c == mark), len(line)]
    spans = [(a + 1, b) for a, b in pairwise(edges)]
    if mark == "|":
        if not line[: edges[1]].strip():
            spans = spans[1:]
        if spans and not line[spans[-1][0] :].strip():
            spans = spans[:-1]
        # Bars without anything between them fill a row up to the table's width. They are no cells: where a
        # converter drops blank cells, ``label | 5 | ||||||||`` does not say in which column the 5 stood.
        if (padding := _PADDING.search(line)) is not None:
            spans = [s for s in spans if s[1] < padding.start() or line[s[0] : s[1]].strip()]
    # A single cell closed by bars ("0 |", "label | ||") is the layout with one cell a line.
    filled = [s for s in spans if line[s[0] : s[1]].strip()]
    if len(spans) < 3 or (len(filled) < 2 and not line.lstrip().startswith("|")):
        return []
    return spans
