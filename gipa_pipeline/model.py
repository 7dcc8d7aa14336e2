"""What travels between stages for one document: places, cells as read, sections, claims, the reading.

Plain records only. How they are obtained is ``extract``; what they must satisfy is ``expectations``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

STATUSES = ("reported", "inferred", "blank", "missing", "ambiguous", "unreadable")
"""How a cell was read.

``reported``: read straight. ``inferred``: follows uniquely from the identities or from position.
``blank``: stands there empty, or ``/``, ``—``, ``无``. ``missing``: the document has no such cell.
``ambiguous``: several readings fit, all listed. ``unreadable``: something stands there that is no number.
"""


@dataclass(slots=True)
class Place:
    """Where in a document something stands; not to be changed once made.

    Which parts are filled depends on the medium: a character span of the decoded text (``start``,
    ``end``), a DOM path (``path``), a table with row and column (0-based), a page (1-based) with a
    box in points, a sheet with an A1 address in ``path``.
    """

    reader: str
    start: int | None = None
    end: int | None = None
    path: str | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    page: int | None = None
    box: tuple[float, float, float, float] | None = None

    def as_dict(self) -> dict[str, object]:
        """The filled parts only, for JSON."""
        names = ("reader", "start", "end", "path", "table", "row", "column", "page", "box")
        return {n: v for n in names if (v := getattr(self, n)) is not None}


@dataclass(slots=True)
class CellReading:
    """One cell as read: the exact value, the printed text, the status and the place.

    Not to be changed once made; it is not frozen because a document makes six hundred of them.

    ``value`` is given for ``reported`` and ``inferred`` only. ``candidates`` lists the rival values
    of an ambiguous cell. ``readers`` names the readers that agree on the value.
    """

    status: str
    value: Decimal | None = None
    raw: str | None = None
    candidates: tuple[Decimal, ...] = ()
    place: Place | None = None
    readers: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class SectionText:
    """A narrative part: ``part`` is 1 to 6, or 0 for what stands before part one."""

    part: int
    heading: str
    text: str
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A number that the prose states: what it counts (``kind``), the value and its sentence."""

    kind: str
    value: Decimal
    sentence: str
    part: int = 0
    start: int | None = None


@dataclass(frozen=True, slots=True)
class ReaderNote:
    """Something the readers noticed about the document or about themselves.

    ``kind``: ``readers_disagree`` (against ourselves), ``part_missing``, ``parts_out_of_order``,
    ``part_title``, ``row_missing``, ``row_repeated``, ``column_missing``, ``unit_unstated``,
    ``digits_cut``, ``picture_tables``, ``second_report``.
    """

    kind: str
    detail: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """Everything read from one document.

    ``template`` is the edition that the cells show (``2021``, ``2019``), ``pre2019`` for the older
    statistics table (named and refused), or None. ``state``: ``read``, ``table_absent`` (a report
    without its tables), ``not_a_report`` or ``unreadable`` (then ``error`` holds kind and message).
    ``years`` are those of all reports that the document holds, where it holds several.
    """

    sha256: str
    medium: str
    state: str
    template: str | None = None
    hybrid: bool = False
    year: int | None = None
    years: tuple[int, ...] = ()
    agency: str | None = None
    title: str | None = None
    published: date | None = None
    index_number: str | None = None
    notice: str | None = None
    period: tuple[date, date] | None = None
    cells: Mapping[str, CellReading] = field(default_factory=dict)
    sections: tuple[SectionText, ...] = ()
    claims: tuple[Claim, ...] = ()
    notes: tuple[ReaderNote, ...] = ()
    error: tuple[str, str] | None = None
