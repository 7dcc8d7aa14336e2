"""Plain text and Markdown: the text as it stands, and grids where rows stand on lines (文本).

A bar or a tab separates cells on a line. Layouts with one cell a line have no grid: the sequence
reader deals with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    bounded_length,
)
from gipa_pipeline.extract.media.text_marks import cleaned

_MANY_RULES, _SHORTEST_RULE = 4, 6
"""Rules that part the rows of a table, and the least that one consists of."""
_DRAWN = re.compile(r"[ \t]*[+┌┍┎┏├┝┞┟┠┡┢┣└┕┖┗╔╠╚╟╭╰][\s|+=:\-─-╿]*")
_STROKES = re.compile(r"[\s|:+=-]+")
_MOST_LINES = 4 * MAX_ROWS
_WIDEST = 7
"""Value columns of the widest table with labels."""
_NARROWEST = 2
_PADDING = re.compile(r"(?<=\s)\|{2,}\s*$")


def read_text(data: bytes) -> Document:
    """Read a text file or a Markdown page of any encoding.

    Raises:
        UnreadableDocument: tables or text without measure.
    """
    text, _ = decode(data)
    bounded_length(text)
    text = cleaned(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", " "))
    return Document(medium="text", text=text, grids=grids_in(text))


@dataclass(slots=True)
class _Line:
    """A line of a table: where it begins in the text, and the spans of its cells; none for a rule.

    ``drawn``: a rule of crosses and strokes, which parts rows; one of Markdown stands beneath a heading only.
    ``tail``: what follows the last cell, bars that close the row. ``headed``: there are no figures in it.
    """

    offset: int
    spans: list[tuple[int, int]]
    drawn: bool = False
    tail: str = ""
    headed: bool = False


def grids_in(text: str) -> list[Grid]:
    """Tables drawn with bars or tabs, a row a line or a row between two rules; blank lines end a table.

    Raises:
        UnreadableDocument: tables without measure.
    """
    return bounded_grids(Grid(cells, index=n, reader="text") for n, cells in enumerate(_tables_of(text)))


def _tables_of(text: str) -> Iterator[list[GridCell]]:
    """The cells of each table of more than one row."""
    lines: list[_Line] = []
    offset = 0
    for line in fold(text).split("\n"):
        spans = _cells_of(line, begun=bool(lines))
        if drawn := _is_drawn(line):
            lines.append(_Line(offset, [], drawn))
        elif spans and _is_rule(line):
            lines.append(_Line(offset, []))
        elif spans and len(lines) < _MOST_LINES:
            headed = line.strip(" |\t") != "" and not any(line[a:b].strip().isdigit() for a, b in spans)
            lines.append(_Line(offset, spans, tail=line[spans[-1][1] :], headed=headed))
        elif line.strip() or lines:
            yield from _closed(text, lines)
            lines = []
        offset += len(line) + 1
    yield from _closed(text, lines)


def _closed(text: str, lines: Sequence[_Line]) -> Iterator[list[GridCell]]:
    """The cells of a table that has come to its end, if it is one."""
    _open_ended(lines)
    cells = _grid_cells(text, lines)
    if len(lines) > 1 and cells:
        yield cells


def _open_ended(lines: Sequence[_Line]) -> None:
    """In a table whose rows are not closed by a bar, one at a line's end has an empty cell behind it."""
    rows = [line for line in lines if line.spans]
    # Headings have no empty cell at their end; where none can be seen, most of the rows tell.
    telling = [line for line in rows if line.headed] or rows
    if 2 * sum("|" not in line.tail for line in telling) <= len(telling):
        return
    for line in rows:
        if line.tail.count("|") == 1:
            end = line.spans[-1][1]
            line.spans.append((end + 1, end + len(line.tail)))


def _grid_cells(text: str, lines: Sequence[_Line]) -> list[GridCell]:
    """The cells of a table; where rules part its rows, those of several lines are put together."""
    cells: list[GridCell] = []
    for row, group in enumerate(_rows(text, lines)[:MAX_ROWS]):
        for column in range(min(MAX_COLUMNS, len(group[0].spans))):
            spans = [(line.offset + a, line.offset + b) for line in group for a, b in [line.spans[column]]]
            filled = [(a, b) for a, b in spans if text[a:b].strip()] or spans[:1]
            words = "\n".join(text[a:b].strip() for a, b in filled)
            cells.append(GridCell(words, row, column, start=filled[0][0], end=filled[-1][1]))
    return cells


def _rows(text: str, lines: Sequence[_Line]) -> list[list[_Line]]:
    """The lines of each row: those between two rules where every row has its rule, else each line its own."""
    alone = [[line] for line in lines if line.spans]
    if sum(line.drawn for line in lines) < _MANY_RULES:
        return alone
    groups: list[list[_Line]] = [[]]
    for line in lines:
        if line.spans:
            groups[-1].append(line)
        elif line.drawn and groups[-1]:
            groups.append([])
    groups = [g for g in groups if g]
    same = all(len({len(line.spans) for line in g}) == 1 for g in groups)
    # Rows without rules between them would show as columns of figures.
    return groups if same and not any(_stacked(text, g) for g in groups) else alone


def _stacked(text: str, group: Sequence[_Line]) -> bool:
    """Whether figures stand one above the other in at least two columns of what would be one row."""
    columns = [
        [text[line.offset + a : line.offset + b].strip() for line in group for a, b in [line.spans[n]]]
        for n in range(len(group[0].spans))
    ]
    return sum(sum(t.isdigit() for t in texts) > 1 for texts in columns) > 1


def _is_drawn(line: str) -> bool:
    """Whether a line is drawn with crosses and strokes alone (``+----+----+``, ``├────┼────┤``)."""
    return len(line.strip()) > _SHORTEST_RULE and _DRAWN.fullmatch(line) is not None


def _is_rule(line: str) -> bool:
    """Whether a line is what is drawn beneath a heading: strokes in every cell.

    A line of blanks, or of strokes behind a blank label, is a row.
    """
    if not _STROKES.fullmatch(line):
        return False
    return all(piece.strip() for piece in re.split(r"[|+]", line.strip().strip("|+")))


def _cells_of(line: str, *, begun: bool) -> list[tuple[int, int]]:
    """Spans of a line's cells, empty when the line is no table row (fewer than two cells).

    ``begun``: the line before is a row; a row of blanks may follow.
    """
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
    if len(spans) < _NARROWEST:
        return []
    if len(filled) < 2 and not line.lstrip().startswith("|"):
        # A label with a whole row of blanks, each between marks of its own, or such a row without a label.
        blank_row = len(spans) >= _WIDEST and (filled or begun)
        return spans if blank_row else []
    return spans
