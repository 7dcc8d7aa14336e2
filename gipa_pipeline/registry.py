"""Who has to report, and where each report lies (单位名录与来源).

``units.csv`` names the units and their supervising offices, ``sources.csv`` the addresses or files by report
year, ``gipa.toml`` the settings. Everything wrong with them is told at once, by file, row and column.
What one field may hold is ``registry_fields``; whether a source can be had is found out by ``fetch``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from gipa_pipeline import calendar
from gipa_pipeline import registry_fields as fields
from gipa_pipeline.errors import Problem, RegistryError
from gipa_pipeline.settings import Settings, load_settings

UNITS, SOURCES = "units.csv", "sources.csv"
UNIT_COLUMNS = (
    "unit_id",
    "name",
    "level",
    "kind",
    "region_code",
    "supervising_unit_id",
    "host",
    "contact_email",
)
OPTIONAL_UNIT_COLUMNS = ("credit_code", "aliases")
SOURCE_COLUMNS = ("unit_id", "year", "url")
MAX_TABLE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit (单位): an organ that has to publish a report of its own.

    ``level`` is ``province``, ``city``, ``county`` or ``town``; ``kind`` is ``department`` or
    ``government``. ``supervising_unit_id`` names its office (政务公开主管部门). ``aliases`` are other names
    by which its reports may go. ``row`` is where it stands in the table (1 = header).
    """

    unit_id: str
    name: str
    level: str
    kind: str
    region_code: str
    supervising_unit_id: str | None
    host: str
    contact_email: str
    credit_code: str = ""
    aliases: tuple[str, ...] = ()
    row: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Where a unit's report of a year lies (来源): an address, or a path beside the registry with ``/``."""

    unit_id: str
    year: int
    url: str
    row: int = 0

    @property
    def is_file(self) -> bool:
        """Whether it is a file beside the registry."""
        return not fields.is_address(self.url)


@dataclass(frozen=True)
class Registry:
    """The units and sources as listed, and who belongs to whom."""

    folder: Path
    units: Mapping[str, Unit]
    sources: tuple[Source, ...]
    settings: Settings

    @cached_property
    def _members(self) -> Mapping[str, tuple[str, ...]]:
        units = self.units.values()
        named = {u.supervising_unit_id for u in units}
        members: dict[str, list[str]] = {
            u.unit_id: [] for u in units if u.unit_id in named or not u.supervising_unit_id
        }
        for unit in units:
            office = unit.unit_id if unit.unit_id in members else unit.supervising_unit_id or ""
            members[office].append(unit.unit_id)
        return {office: tuple(of) for office, of in members.items()}

    def offices(self) -> tuple[str, ...]:
        """The offices in order of the list: units that others name, and units that name nobody."""
        return tuple(self._members)

    def office_of(self, unit_id: str) -> str:
        """The office in whose table a unit's own report counts: itself for an office, else the one it names."""
        return unit_id if unit_id in self._members else self.units[unit_id].supervising_unit_id or unit_id

    def members(self, office_id: str) -> tuple[str, ...]:
        """An office and its direct units that are no offices themselves, in order of the list."""
        return self._members[office_id]

    def suboffices(self, office_id: str) -> tuple[str, ...]:
        """The offices directly below an office."""
        return tuple(u for u in self._members if self.units[u].supervising_unit_id == office_id)

    def years(self) -> tuple[int, ...]:
        """The report years that have a source, oldest first."""
        return tuple(sorted({source.year for source in self.sources}))

    def sources_of(self, year: int) -> tuple[Source, ...]:
        """The sources of a report year, in order of the list."""
        return tuple(source for source in self.sources if source.year == year)

    def offices_in(self, year: int) -> tuple[str, ...]:
        """The offices in scope of a report year: those of which a source of any member is listed.

        Nobody looked for the reports of the others, so nothing can be said of them.
        """
        named = {self.office_of(source.unit_id) for source in self.sources_of(year)}
        return tuple(office for office in self._members if office in named)

    def hosts(self) -> frozenset[str]:
        """The hosts of all units, in lower case ASCII."""
        return frozenset(unit.host for unit in self.units.values() if unit.host)


def load_registry(folder: Path, settings: Settings | None = None, *, today: date | None = None) -> Registry:
    """Read a registry folder.

    Args:
        folder: holds ``units.csv`` and ``sources.csv`` (UTF-8 or GB18030).
        settings: by default those of ``gipa.toml`` in the folder.
        today: by default ``dates.today``, else the present day in China. A year that is not over by then
            cannot have been reported.

    Raises:
        RegistryError: with every problem found.
        SettingsError: from ``gipa.toml``.
    """
    folder = Path(folder)
    settings = load_settings(folder) if settings is None else settings
    problems: list[Problem] = []
    latest = calendar.latest_year(today or calendar.today(settings))
    units = _units(folder / UNITS, problems)
    sources = _sources(folder / SOURCES, units, latest, problems)
    if problems:
        raise RegistryError(problems)
    return Registry(folder, units, tuple(sources), settings)


class _Row:
    """One record of a table; a field that cannot be used becomes a problem and is returned empty."""

    def __init__(self, file: str, number: int, values: Mapping[str, str], problems: list[Problem]) -> None:
        self.number = number
        self._file, self._values, self._problems = file, values, problems

    def get(self, column: str, check: Callable[[str], str] | None = None) -> str:
        text = self._values.get(column, "").strip()
        try:
            return fields.plain(text) if check is None else check(fields.plain(text))
        except fields.Unusable as error:
            self.problem(column, error.what, error.remedy)
            return ""

    def problem(self, column: str | None, what: str, remedy: str) -> None:
        self._problems.append(Problem(self._file, self.number, column, what, remedy))


def _units(path: Path, problems: list[Problem]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    rows: dict[str, _Row] = {}
    folded: dict[str, int] = {}
    for row in _rows(path, UNIT_COLUMNS, problems):
        unit = _unit(row)
        if not unit.unit_id:
            continue
        # Folder names that differ in case only are one folder on Windows.
        first = folded.setdefault(unit.unit_id.lower(), row.number)
        if first != row.number:
            row.problem(
                "unit_id", f"{unit.unit_id!r} is already in row {first}", "Give each unit its own id."
            )
            continue
        units[unit.unit_id], rows[unit.unit_id] = unit, row
    for unit_id, row in rows.items():
        above = units[unit_id].supervising_unit_id
        if above and above not in units:
            row.problem(
                "supervising_unit_id",
                f"no unit has the id {above!r}",
                f"Add the office to {UNITS}, or correct the id.",
            )
    for cycle in _cycles(units):
        rows[cycle[0]].problem(
            "supervising_unit_id",
            f"units supervise each other in a circle: {' → '.join((*cycle, cycle[0]))}",
            "Leave the field of the topmost office empty.",
        )
    if not units and not problems:
        problems.append(Problem(str(path), None, None, "no units in it", "Add a row for each unit."))
    return units


def _unit(row: _Row) -> Unit:
    return Unit(
        unit_id=row.get("unit_id", fields.unit_id),
        name=row.get("name", fields.name),
        level=row.get("level", fields.level),
        kind=row.get("kind", fields.kind),
        region_code=row.get("region_code", fields.region_code),
        supervising_unit_id=row.get("supervising_unit_id") or None,
        host=row.get("host", fields.host),
        contact_email=row.get("contact_email", fields.email),
        credit_code=row.get("credit_code", fields.credit_code),
        aliases=tuple(a.strip() for a in row.get("aliases").replace("；", ";").split(";") if a.strip()),
        row=row.number,
    )


def _cycles(units: Mapping[str, Unit]) -> Iterator[list[str]]:
    """Every circle of supervision once, from its first listed unit."""
    done: set[str] = set()
    for start in units:
        path: dict[str, None] = {}
        at: str | None = start
        while at is not None and at in units and at not in done and at not in path:
            path[at] = None
            at = units[at].supervising_unit_id
        if at in path:
            names = list(path)
            yield names[names.index(at) :]
        done.update(path)


def _sources(path: Path, units: Mapping[str, Unit], latest: int, problems: list[Problem]) -> list[Source]:
    sources: list[Source] = []
    seen: dict[tuple[str, int, str], int] = {}
    for row in _rows(path, SOURCE_COLUMNS, problems):
        unit_id, url = row.get("unit_id"), row.get("url", fields.source)
        year = _year(row, row.get("year"), latest)
        known = unit_id in units or not units  # a list that could not be read is told once, not for every row
        if not known:
            what = f"no unit has the id {unit_id!r}" if unit_id else "is empty"
            row.problem("unit_id", what, f"Write an id that stands in {UNITS}.")
        if not known or year is None or not url:
            continue
        first = seen.setdefault((unit_id, year, fields.same_source(url)), row.number)
        if first != row.number:
            row.problem("url", f"the same source as in row {first}", "Remove one of the two rows.")
            continue
        sources.append(Source(unit_id, year, url, row.number))
    return sources


def _year(row: _Row, text: str, latest: int) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        row.problem("year", f"{text!r} is no year", "Write the report year as four digits, e.g. 2023.")
    elif int(text) < calendar.FIRST_YEAR:
        row.problem(
            "year",
            f"{text} is before the first report year, {calendar.FIRST_YEAR}",
            "Write the year that the report is about.",
        )
    elif int(text) > latest:
        row.problem(
            "year",
            f"{text} is not over yet, so there can be no report on it (the latest is {latest})",
            "Write the year that the report is about, not the year of its publication.",
        )
    else:
        return int(text)
    return None


def _rows(path: Path, columns: tuple[str, ...], problems: list[Problem]) -> Iterator[_Row]:
    """The records of a table that are not wholly empty; what is wrong with the table is told on the way."""
    file = str(path)
    try:
        text = fields.decode(_bytes(path))
        between = fields.separator(text, columns)
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True))
    except fields.Unusable as error:
        problems.append(Problem(file, None, None, error.what, error.remedy))
        return
    except csv.Error as error:
        problems.append(
            Problem(file, None, None, f"not a proper CSV table ({error})", "Save it as CSV again.")
        )
        return
    header = [column.strip().lower() for column in records[0]] if records else []
    for column in columns:
        if header.count(column) != 1:
            what = "column is missing" if column not in header else "column stands there twice"
            problems.append(Problem(file, 1, column, what, f"The header must be: {','.join(columns)}."))
    if any(header.count(column) != 1 for column in columns):
        return
    for number, record in enumerate(records[1:], start=2):
        if not any(value.strip() for value in record):
            continue
        row = _Row(file, number, dict(zip(header, record, strict=False)), problems)
        if any(value.strip() for value in record[len(header) :]):
            row.problem(
                None,
                f"{len(record)} fields under {len(header)} columns",
                'Put a field that contains a comma between quotes ("…").',
            )
            continue
        yield row


def _instead(path: Path) -> str:
    """What to do about a table that is not there: a workbook of the same name is the likeliest reason."""
    for ending in (".xlsx", ".xls", ".et"):
        if path.with_suffix(ending).is_file():
            name = path.with_suffix(ending).name
            return f"There is {name}: open it and save it as “CSV UTF-8” under the name {path.name}."
    return "A registry folder holds units.csv and sources.csv."


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_TABLE_BYTES + 1)
    except FileNotFoundError:
        raise fields.Unusable("the file does not exist", _instead(path)) from None
    except OSError as error:
        raise fields.Unusable(
            f"cannot be read ({error.strerror})", "Check the file and its permissions."
        ) from error
    if len(data) > MAX_TABLE_BYTES:
        raise fields.Unusable(f"larger than {MAX_TABLE_BYTES >> 20} MB", "Check that this is the right file.")
    return data
