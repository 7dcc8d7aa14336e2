"""Comparing the two readers: agreement is certainty, disagreement is said aloud (两路核对)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from expectations.forms import Form
from gipa_pipeline.extract.fold import fold
from gipa_pipeline.extract.tables.task import SequenceReading
from gipa_pipeline.extract.tables.values import BESIDE, DIFFER, MERGED, SPACED
from gipa_pipeline.model import CellReading, Place, ReaderNote

_PLAIN = ("reported", "blank")
_BOTH = ("structure", "sequence")
_NUMERALS = frozenset("〇零一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟")


def compare(
    form: Form,
    structure: Mapping[str, CellReading],
    sequence: SequenceReading,
    place_of: Callable[[str], Place | None],
) -> tuple[dict[str, CellReading], list[ReaderNote]]:
    """One reading for every cell of the form, and a note against ourselves where the readers differ.

    A plain reading (a number or a blank seen where it stands) outranks one that was inferred, cut or left
    open. Two plain readings that differ leave the cell ambiguous with both values. ``place_of`` tells where
    the sequence reader found a cell; it is asked only where no grid told the place.
    """
    cells: dict[str, CellReading] = {}
    plain = sequence.plain
    apart: list[str] = []
    for cell in form.cells:
        a = structure.get(cell)
        if a is not None and a.status == "reported" and plain.get(cell) == a.value:
            a.readers = _BOTH
            cells[cell] = a
            continue
        b = sequence.cell(cell)
        if a is None or b is None:
            chosen, differ = a or b or CellReading("missing"), False
        else:
            chosen, differ = _one(a, b)
        if chosen.place is None and b is not None:
            chosen.place = place_of(cell)
        cells[cell] = chosen
        if differ:
            apart.append(cell)
    _weigh_spaced(form, cells)
    _weigh_lone(form, cells, apart)
    notes = []
    if apart:
        detail = f"the two readers differ in {len(apart)} cell(s)"
        notes.append(ReaderNote("readers_disagree", detail, tuple(apart)))
    return cells, notes


def _weigh_lone(form: Form, cells: dict[str, CellReading], apart: list[str]) -> None:
    """Leave open what one reader alone gives of table 3 where the two readers differ in a row's worth of it.

    They look at two different tables then, and a cell that only one of them has may be of the wrong one.
    """
    if sum(cell.startswith("t3.") for cell in apart) < len(form.columns):
        return
    for cell, reading in cells.items():
        if cell.startswith("t3.") and len(reading.readers) == 1 and reading.value is not None:
            cells[cell] = CellReading(
                "ambiguous",
                None,
                reading.raw,
                (reading.value,),
                reading.place,
                reading.readers,
                "readers apart",
            )


def _weigh_spaced(form: Form, cells: dict[str, CellReading]) -> None:
    """Leave digits with spaces between them open, unless every sum they stand in bears them out.

    ``1 2`` may be twelve set wide, or the one and the two of neighbouring cells.
    """
    spaced = {c for c, reading in cells.items() if reading.note == SPACED and reading.value is not None}
    if not spaced:
        return
    sums: dict[str, list[bool]] = {}
    for identity in form.identities:
        if any(c in spaced for c in identity.cells):
            left, right = (sum(cells[c].value or 0 for c in side) for side in (identity.left, identity.right))
            for cell in identity.cells:
                sums.setdefault(cell, []).append(left == right)
    for cell in spaced:
        if not sums.get(cell) or not all(sums[cell]):
            reading = cells[cell]
            values = [reading.value, *map(Decimal, re.findall(r"\d+", fold(reading.raw or "")))]
            candidates = tuple(dict.fromkeys(v for v in values if v is not None))
            cells[cell] = CellReading(
                "ambiguous", None, reading.raw, candidates, reading.place, reading.readers, SPACED
            )


def _with(cell: CellReading, readers: tuple[str, ...]) -> CellReading:
    return CellReading(cell.status, cell.value, cell.raw, cell.candidates, cell.place, readers, cell.note)


def _words(cell: CellReading) -> bool:
    return cell.status == "unreadable" and bool(cell.raw) and not any(c.isdigit() for c in cell.raw or "")


def _numeral(cell: CellReading) -> bool:
    """Whether a cell holds a number in Chinese numerals (or a stroke that looks like 一), and no digits."""
    raw = cell.raw or ""
    return any(c in _NUMERALS for c in raw) and not any(c.isdigit() for c in raw)


def _grid_alone(a: CellReading, b: CellReading) -> bool:
    """Whether what the grid shows (``a``) stands whatever the running text has there (``b``)."""
    raw = a.raw or ""
    # Only the grid's reader sees words; to the other one 三, or a picture, between two bars is an empty cell.
    if b.status == "blank" and (_numeral(a) or _words(a)):
        return True
    # The cell's own text is no plain number (/5, 3/5): digits picked out of it are none either.
    if a.status == "unreadable" and a.note is None and any(c.isdigit() for c in raw):
        return True
    # Printed order cannot tell a figure in the table from one beside it; and it has one table alone where another's
    # figures are blanks.
    if a.note in (BESIDE, DIFFER):
        return True
    # The running text prints a figure that covers several cells in the first of them, and none in the others.
    if a.status == "unreadable" and a.note == MERGED and b.status in _PLAIN and "\n" not in raw:
        return True
    # The heading shows that the table has no such column.
    return a.status == "missing" and b.status not in _PLAIN


def _one(a: CellReading, b: CellReading) -> tuple[CellReading, bool]:
    """One reading of the grid's and the running text's, and whether they differ."""
    both = a.readers + b.readers
    if a.status == b.status == "blank" or (a.value is not None and a.value == b.value):
        best = b if (b.status in _PLAIN and a.status not in _PLAIN) else a
        return _with(best, both), False
    a_plain, b_plain = a.status in _PLAIN, b.status in _PLAIN
    if _grid_alone(a, b):
        return a, False
    if a_plain != b_plain:
        chosen, other = (a, b) if a_plain else (b, a)
        agrees = chosen.value is not None and chosen.value in other.candidates
        differ = other.value is not None and not agrees
        return (_with(chosen, both) if agrees else chosen), differ
    if _words(a):
        # Words were seen where the figure should stand; a cutting of the row's other digits is no answer to that.
        return a, False
    if a.value is None and b.value is None:
        # Neither knows; the one with the listed readings says more.
        return (b if b.candidates and not a.candidates else a), False
    if a.value is None or b.value is None:
        chosen, other = (a, b) if a.value is not None else (b, a)
        if not a_plain:
            return chosen, False
    candidates = tuple(dict.fromkeys(v for r in (a, b) for v in (r.value, *r.candidates) if v is not None))
    note = "blank in one reading" if "blank" in (a.status, b.status) else "two readings"
    return CellReading("ambiguous", None, a.raw or b.raw, candidates, a.place or b.place, both, note), True
