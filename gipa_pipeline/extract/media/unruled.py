"""Tables without rules in a PDF: one reader only, so what stands beside a lost row is not believed (无框线表格).

Where figures are set by spaces, a label of several lines stands around its own figures. If one such label is not
recognised, its figures fall to the row before or after: those rows are left open.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from expectations.forms import Form
from gipa_pipeline.extract.media.document import Grid, GridCell
from gipa_pipeline.model import CellReading

NOTE = "beside a lost row"
_COLUMNS = 7
_VALUE = re.compile(r"[\d０-９][\d０-９,，.]*|[/／—－-]+|无")
_SAME_LINE = 3.0
"""Points by which the middles of words on one line may differ."""
_OFF_CENTRE = 3.0
"""Points by which a row's figures may miss the middle of its label."""
_MOST_LINES = 9
"""A label in a narrow column takes no more lines."""
_SKIPPED = 9.0
_MAX_PAGES = 40


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        return (self.top + self.bottom) / 2


def grids_of(data: bytes, first: int = 0) -> list[Grid]:
    """Table 3 of a PDF without rules, from the places of its words: a label in several lines and seven figures.

    The words are found by another library than the running text, so that the two readings are independent.

    Args:
        data: a PDF that opens.
        first: the index of the first grid.
    """
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    grids: list[Grid] = []
    try:
        with pdfplumber.open(io.BytesIO(data)) as book:
            for page in book.pages[:_MAX_PAGES]:
                words = [
                    _Word(w["text"], w["x0"], w["x1"], w["top"], w["bottom"])
                    for w in page.extract_words(x_tolerance=2, y_tolerance=2)
                ]
                cells = _table(words, page.page_number)
                if cells:
                    grids.append(Grid(cells, index=first + len(grids), reader="words"))
    except (PDFException, PdfminerException, ValueError, KeyError, TypeError, AssertionError, RecursionError):
        return []  # only the first library can read it: its reading stands alone
    return grids


def _table(words: Sequence[_Word], page: int) -> list[GridCell]:
    lines: list[list[_Word]] = []
    for word in sorted(words, key=lambda w: w.y):
        if lines and abs(lines[-1][0].y - word.y) <= _SAME_LINE:
            lines[-1].append(word)
        else:
            lines.append([word])
    values = [sorted((w for w in line if _VALUE.fullmatch(w.text)), key=lambda w: w.x) for line in lines]
    full = [row[-_COLUMNS:] for row in values if len(row) >= _COLUMNS]
    if len(full) < 2:
        return []
    centres = [median(row[n].x for row in full) for n in range(_COLUMNS)]
    reach = min(b - a for a, b in pairwise(centres)) / 2
    if reach < 4:
        return []
    edge = centres[0] - reach
    rows = [row for row in full if all(abs(w.x - c) < reach for w, c in zip(row, centres, strict=True))]
    if len(rows) < 2:
        return []
    labels = _labels(words, rows, edge)
    cells: list[GridCell] = []
    for n, (row, label) in enumerate(zip(rows, labels, strict=True)):
        for column, group in enumerate([label, *([w] for w in row)]):
            text = "".join(w.text for w in group)
            box = None
            if group:
                box = (
                    round(min(w.left for w in group), 1),
                    round(min(w.top for w in group), 1),
                    round(max(w.right for w in group), 1),
                    round(max(w.bottom for w in group), 1),
                )
            cells.append(GridCell(text, n, column, page=page, box=box))
    return cells


def _labels(words: Sequence[_Word], rows: Sequence[Sequence[_Word]], edge: float) -> list[list[_Word]]:
    """Each row's label: the lines of the last label column whose middle is level with the figures.

    The lines are dealt out in order so that the middles fit best (dynamic programming); a line that fits nowhere
    (a heading, the label of an empty row) is passed over.
    """
    left = [w for w in words if w.right < edge + 1 and not _VALUE.fullmatch(w.text)]
    levels = [row[0].y for row in rows]
    beside = [
        max((w for w in left if abs(w.y - y) <= _SAME_LINE), key=lambda w: w.right, default=None)
        for y in levels
    ]
    known = [w.x for w in beside if w is not None]
    if not known:
        return [[] for _ in rows]
    middle = median(known)
    lines = sorted((w for w in left if w.left - 2 <= middle <= w.right + 2), key=lambda w: w.y)
    best: list[list[tuple[float, int, int]]] = [
        [(0.0, 0, 0)] * (len(rows) + 1) for _ in range(len(lines) + 1)
    ]
    for i in range(len(lines) + 1):
        for r in range(len(rows) + 1):
            if i == r == 0:
                continue
            ways: list[tuple[float, int, int]] = []
            if i:
                ways.append((best[i - 1][r][0] + _SKIPPED, 1, 0))
            if r:
                ways.append((best[i][r - 1][0] + 2 * _SKIPPED, 0, 1))
                for size in range(1, min(i, _MOST_LINES) + 1):
                    off = abs((lines[i - size].y + lines[i - 1].y) / 2 - levels[r - 1])
                    if off <= _OFF_CENTRE:
                        ways.append((best[i - size][r - 1][0] + off, size, 1))
            best[i][r] = min(ways)
    found: list[list[_Word]] = [[] for _ in rows]
    i, r = len(lines), len(rows)
    while i or r:
        _, size, row = best[i][r]
        if size and row:
            found[r - 1] = list(lines[i - size : i])
        i, r = i - size, r - row
    return found


def cautious(form: Form, cells: Mapping[str, CellReading]) -> dict[str, CellReading]:
    """The cells with those of table 3 left open that stand beside a row of which nothing was found."""
    rows = [row.key for row in form.rows]
    ids = {key: [f"t3.{key}.{column.key}" for column in form.columns] for key in rows}
    lost = {
        key
        for key in rows
        if all(cells.get(c, CellReading("missing")).status in ("missing", "unreadable") for c in ids[key])
    }
    out = dict(cells)
    for n, key in enumerate(rows):
        beside = rows[max(0, n - 1) : n] + rows[n + 1 : n + 2]
        if key in lost or not lost.intersection(beside):
            continue
        for cell in ids[key]:
            reading = cells[cell]
            if reading.status in ("reported", "inferred", "blank"):
                seen = (reading.value,) if reading.value is not None else ()
                out[cell] = replace(
                    reading, status="ambiguous", value=None, candidates=seen or reading.candidates, note=NOTE
                )
    return out


def both_agree(
    cells: Mapping[str, CellReading],
    places: Mapping[str, CellReading],
    running: Mapping[str, CellReading],
) -> dict[str, CellReading]:
    """The cells with those left open on which the words' places and the running text differ.

    Neither reading of such a table is so much surer than the other that it may overrule it.

    Args:
        cells: as compared.
        places: table 3 by the places of words.
        running: by the running text.
    """
    out = dict(cells)
    for cell, reading in cells.items():
        a, b = places.get(cell), running.get(cell)
        if a is None or b is None or not cell.startswith("t3.") or reading.value is None:
            continue
        seen = tuple(dict.fromkeys(v for r in (a, b) for v in (r.value, *r.candidates) if v is not None))
        apart = {"blank"} & {a.status, b.status} or len(seen) > 1
        borne_out = a.value is not None and a.value in (b.value, *b.candidates)
        if apart and not borne_out:
            out[cell] = replace(
                reading, status="ambiguous", value=None, candidates=seen, note="two readings differ"
            )
    return out
