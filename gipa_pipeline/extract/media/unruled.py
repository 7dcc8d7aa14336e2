"""Tables without rules in a PDF: one reader only, so what stands beside a lost row is not believed (无框线表格).

Where figures are set by spaces, a label of several lines stands around its own figures. If one such label is not
recognised, its figures fall to the row before or after: those rows are left open.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

from expectations.forms import Form
from gipa_pipeline.extract.media.document import Grid
from gipa_pipeline.extract.media.word_grid import Known, Word, table_cells
from gipa_pipeline.extract.media.word_heads import block_grids
from gipa_pipeline.model import CellReading

NOTE = "beside a lost row"
TORN = "beside a lost rule"
_BOTH = 2
_MUCH = 4
"""Where one row in so many is in doubt, much of the table is."""
_FITTED = ("placed",)
"""Notes of values that the running text gave to a row by counting rows, not by its label."""
_MAX_PAGES = 40
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What the library raises for damaged files, beside its own errors; a range of widths may ask for gigabytes."""


def grids_of(data: bytes, known: Known, first: int = 0) -> list[Grid]:
    """The tables of a PDF without rules, from the places of its words.

    The words are found by another library than the running text, so that the two readings are independent.

    Args:
        data: a PDF that opens.
        known: the form's words.
        first: the index of the first grid.
    """
    grids: list[Grid] = []
    centres: list[float] | None = None
    for number, words in enumerate(_words(data), start=1):
        cells, centres = table_cells(words, number, known, centres)
        for own in [cells, *block_grids(words, number, known)]:
            if own:
                grids.append(Grid(own, index=first + len(grids), reader="words"))
    return grids


def _words(data: bytes) -> list[list[Word]]:
    """The words of each page; none where only the first library can read the file: its reading stands alone."""
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    # Its warnings about fonts would reach the operator without the file's name.
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        with pdfplumber.open(io.BytesIO(data)) as book:
            return [
                [
                    Word(w["text"], w["x0"], w["x1"], w["top"], w["bottom"])
                    for w in page.extract_words(x_tolerance=2, y_tolerance=2)
                ]
                for page in book.pages[:_MAX_PAGES]
            ]
    except (*_BROKEN, PDFException, PdfminerException, MalformedPDFException):
        return []


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


def untorn(grids: Iterable[Grid], cells: Mapping[str, CellReading]) -> dict[str, CellReading]:
    """The cells of ruled tables with those left open that lost rules may have put in a wrong place.

    Where a cell is no rectangle, some rules of the page are gone: rows beside it may have another's figures, and a
    figure that one reader alone found may have fallen out of its cell. Both readers see the same cells here.
    """
    torn = {grid.index: {row for cell in grid.cells for row in cell.torn} for grid in grids}
    if not any(torn.values()):
        return dict(cells)
    much = any(_MUCH * len(torn[grid.index]) > grid.height for grid in grids)
    out = dict(cells)
    for cell, reading in cells.items():
        if reading.status not in ("reported", "inferred", "blank"):
            continue
        place = reading.place
        level = place is not None and place.table is not None and place.row in torn.get(place.table, ())
        alone = reading.readers == ("sequence",) or (much and len(reading.readers) < _BOTH)
        if level or alone:
            seen = (reading.value,) if reading.value is not None else reading.candidates
            out[cell] = replace(reading, status="ambiguous", value=None, candidates=seen, note=TORN)
    return out


def both_agree(
    form: Form,
    cells: Mapping[str, CellReading],
    places: Mapping[str, CellReading],
    running: Mapping[str, CellReading],
) -> dict[str, CellReading]:
    """The cells with those left open on which the words' places and the running text differ.

    Neither reading of such a table is so much surer than the other that it may overrule it, with one exception:
    where each row of a table was found by its label and its place, and the running text says the same wherever it
    is sure, what it gave to a row by counting is no objection.

    Args:
        form: the edition.
        cells: as compared.
        places: by the places of words.
        running: by the running text.
    """
    whole = {t for t in ("t2", "t3", "t4") if _borne_out(form.table_cells(t), places, running)}
    out = dict(cells)
    for cell, reading in cells.items():
        a, b = places.get(cell), running.get(cell)
        if a is None or b is None or reading.value is None:
            continue
        if cell[:2] in whole and b.note in _FITTED:
            continue
        seen = tuple(dict.fromkeys(v for r in (a, b) for v in (r.value, *r.candidates) if v is not None))
        apart = {"blank"} & {a.status, b.status} or len(seen) > 1
        borne_out = a.value is not None and a.value in (b.value, *b.candidates)
        if apart and not borne_out:
            out[cell] = replace(
                reading, status="ambiguous", value=None, candidates=seen, note="two readings differ"
            )
    return out


def _borne_out(
    cells: Iterable[str], places: Mapping[str, CellReading], running: Mapping[str, CellReading]
) -> bool:
    """Whether a table was found whole by the places of words, and no sure reading of the text differs."""
    plain = ("reported", "blank")
    for cell in cells:
        a, b = places.get(cell), running.get(cell)
        if a is None or a.status not in plain:
            return False
        if b is not None and b.status in plain and b.value != a.value:
            return False
    return True
