"""One report as the rules see it (被检报告), whether it comes from a reading or from a year's frames."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from expectations.forms import Form, load_form
from gipa_pipeline.model import Claim, ReaderNote, Reading, SectionText
from gipa_pipeline.normalize.identity import UnitLike
from gipa_pipeline.validate.cuts import cuts

KNOWN = frozenset({"reported", "inferred"})
"""The statuses under which a cell has a value."""

_PICTURES = frozenset({"image", "scan", "ocr"})
"""Media whose figures were recognised, not read: one look at them proves nothing against a unit."""


@dataclass(frozen=True)
class Subject:
    """A report: cells by id, prose, notes of the readers, and what the registry says of its unit.

    ``values`` holds None where the cell has no value; ``place`` gives a cell's place as JSON text and
    ``candidates`` the rival values of an ambiguous cell. ``seen`` is the day these bytes were first had.
    """

    unit_id: str
    office_id: str
    year: int | None
    state: str
    edition: str | None
    values: Mapping[str, Decimal | None]
    statuses: Mapping[str, str]
    raws: Mapping[str, str | None]
    agreements: Mapping[str, int]
    place: Callable[[str], str | None] = lambda _: None
    candidates: Callable[[str], tuple[Decimal, ...]] = lambda _: ()
    unit: UnitLike | None = None
    hybrid: bool = False
    medium: str = ""
    title: str | None = None
    agency: str | None = None
    published: date | None = None
    period: tuple[date | None, date | None] = (None, None)
    notice: str | None = None
    sections: tuple[SectionText, ...] = ()
    claims: tuple[Claim, ...] = ()
    notes: tuple[ReaderNote, ...] = ()
    changes: tuple[tuple[str, Decimal | None, Decimal | None], ...] = ()
    seen: date | None = None
    other_names: Callable[[str], str | None] = field(default=lambda _: None)

    @cached_property
    def form(self) -> Form | None:
        """The form edition that the cells show, None for the older statistics tables and for no table."""
        return load_form(self.edition) if self.edition in ("2019", "2021") else None

    @cached_property
    def apart(self) -> frozenset[str]:
        """The cells on which our two readers disagree."""
        return frozenset(c for note in self.notes if note.kind == "readers_disagree" for c in note.cells)

    def value(self, cell: str) -> Decimal | None:
        """A cell's value, None when it has none or stands in no cell of the form."""
        return self.values.get(cell)

    def doubtful(self, cell: str) -> bool:
        """Whether a cell's value rests on one uncertain look only."""
        if self.agreements.get(cell, 0) > 1:
            return False
        if self.medium in _PICTURES:
            return True
        return self.statuses.get(cell) == "inferred" and len(self.cuttings(cell)) != 1

    def glued(self, cell: str) -> str | None:
        """The digits of the row of table 3 that a cell comes from, where all its cells were printed as one run."""
        row, _, _ = cell.rpartition(".")
        run = self.raws.get(cell)
        if self.form is None or not run or not row.startswith("t3."):
            return None
        if any(self.raws.get(f"{row}.{column.key}") != run for column in self.form.columns):
            return None
        return "".join(run.split())

    def cuttings(self, cell: str) -> list[dict[str, Decimal]]:
        """The ways in which the row of glued digits that a cell comes from can be cut, by cell.

        Empty when the row of table 3 was not printed as one run, or can be cut in too many ways.
        """
        run = self.glued(cell)
        if run is None or self.form is None:
            return []
        row, _, _ = cell.rpartition(".")
        cells = [f"{row}.{column.key}" for column in self.form.columns]
        return [dict(zip(cells, map(Decimal, cut), strict=True)) for cut in cuts(run, len(cells) - 1)]

    def responsibility(self, cells: tuple[str, ...]) -> str:
        """Who erred if a relation among cells does not hold: held against the unit only on sure readings."""
        if any(cell in self.apart for cell in cells):
            return "extractor"
        if any(self.doubtful(cell) for cell in cells):
            return "undecided"
        return "publisher"

    def part(self, number: int) -> SectionText | None:
        """A part of the report (第几部分)."""
        return next((s for s in self.sections if s.part == number), None)

    def noted(self, kind: str) -> list[ReaderNote]:
        """The readers' notes of a kind."""
        return [note for note in self.notes if note.kind == kind]


def subject_of(reading: Reading, unit: UnitLike | None = None, year: int | None = None) -> Subject:
    """One reading as a subject.

    Args:
        reading: as the readers gave it.
        unit: the unit it was asked of, if known.
        year: the report year asked for, by default the one the document states.
    """
    cells = reading.cells

    def place(cell: str) -> str | None:
        where = cells[cell].place if cell in cells else None
        return json.dumps(where.as_dict(), ensure_ascii=False, sort_keys=True) if where else None

    return Subject(
        unit_id=unit.unit_id if unit else "",
        office_id=(unit.supervising_unit_id or unit.unit_id) if unit else "",
        year=reading.year if year is None else year,
        state=reading.state,
        edition=reading.template,
        values={i: c.value for i, c in cells.items()},
        statuses={i: c.status for i, c in cells.items()},
        raws={i: c.raw for i, c in cells.items()},
        agreements={i: len(c.readers) for i, c in cells.items()},
        place=place,
        candidates=lambda cell: cells[cell].candidates if cell in cells else (),
        unit=unit,
        hybrid=reading.hybrid,
        medium=reading.medium,
        title=reading.title,
        agency=reading.agency,
        published=reading.published,
        period=reading.period or (None, None),
        notice=reading.notice,
        sections=reading.sections,
        claims=reading.claims,
        notes=reading.notes,
    )
