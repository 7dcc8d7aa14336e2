"""What an office was last handed (上次送出的报告): the findings in it, so that the next report can say what changed.

One file an office and year, a line a version, only ever added to. It lies outside what a run rebuilds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gipa_pipeline.calendar import day_of
from gipa_pipeline.errors import StoreError

if TYPE_CHECKING:
    from gipa_pipeline.report.findings import FindingView
    from gipa_pipeline.report.view import OfficeView
    from gipa_pipeline.store import Store

FOLDER = "handed"


@dataclass(frozen=True, slots=True)
class Item:
    """A finding as an earlier report told it."""

    finding_id: str
    unit_id: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Version:
    """A report version that was handed over: on which day (China), and with which findings."""

    day: date
    items: tuple[Item, ...]

    @property
    def ids(self) -> frozenset[str]:
        """The findings in it that ask for something; mere hints are not followed up."""
        return frozenset(item.finding_id for item in self.items if item.severity != "info")


@dataclass(frozen=True, slots=True)
class Since:
    """What became of the findings since the report of ``day``.

    ``fixed``: a later document no longer shows them. ``dropped``: taken back, by a person's decision or because
    our rules or readers changed; the unit corrected nothing. ``left`` and ``new`` still stand.
    """

    day: date
    fixed: tuple[Item, ...]
    dropped: tuple[Item, ...]
    left: tuple[FindingView, ...]
    new: tuple[FindingView, ...]


def path_of(store: Store, year: int, office_id: str) -> Path:
    """Where an office's versions of a year are noted."""
    return store.root / FOLDER / str(year) / f"{office_id}.jsonl"


def versions(store: Store, year: int, office_id: str) -> tuple[Version, ...]:
    """The versions that were handed over, oldest first.

    Raises:
        StoreError: a line cannot be understood; it is named.
    """
    path = path_of(store, year, office_id)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: cannot be read ({error}). Restore it from a copy.") from error
    return tuple(_version(path, n, line) for n, line in enumerate(lines, 1) if line.strip())


def _version(path: Path, number: int, line: str) -> Version:
    try:
        entry: Any = json.loads(line)
        return Version(
            date.fromisoformat(entry["day"]),
            tuple(
                Item(*(str(item[name]) for name in ("finding_id", "unit_id", "severity", "message")))
                for item in entry["findings"]
            ),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{path}, line {number}: no version of a report. Correct this line or take it out."
        ) from error


def remember(store: Store, view: OfficeView, moment: datetime) -> bool:
    """Note that the office has the report as it stands now; the same findings are noted once.

    Returns:
        Whether there was anything new to note.

    Raises:
        StoreError: the file cannot be read or written.
    """
    made = Version(day_of(moment), tuple(_item(f) for f in view.findings))
    with store.lock():
        before = versions(store, view.year, view.office.unit_id)
        if before and before[-1].ids == made.ids:
            return False
        path = path_of(store, view.year, view.office.unit_id)
        line = json.dumps(
            {"day": made.day.isoformat(), "findings": [asdict(item) for item in made.items]},
            ensure_ascii=False,
        )
        old = path.read_bytes() if before else b""
        if old and not old.endswith(b"\n"):
            old += b"\n"
        return store.write_file(path, old + line.encode("utf-8") + b"\n")


def since(
    told: Sequence[Version], findings: Sequence[FindingView], states: Mapping[str, str]
) -> Since | None:
    """Compare what stands now with the last version that told something else.

    That version and not simply the last one: otherwise handing a report over would change it, and it would have
    to be handed over again.

    Args:
        told: the versions handed over, oldest first.
        findings: what stands and may be told.
        states: the ledger's state of every finding that is known, by id.

    Returns:
        None when nothing was handed over yet, or nothing else than now.
    """
    asked = [f for f in findings if f.severity != "info"]
    now = {f.finding_id for f in asked}
    base = next((v for v in reversed(told) if v.ids != now), None)
    if base is None:
        return None
    gone = [item for item in base.items if item.finding_id in base.ids - now]
    return Since(
        day=base.day,
        fixed=tuple(i for i in gone if states.get(i.finding_id) == "corrected"),
        dropped=tuple(i for i in gone if states.get(i.finding_id) != "corrected"),
        left=tuple(f for f in asked if f.finding_id in base.ids),
        new=tuple(f for f in asked if f.finding_id not in base.ids),
    )


def digest_parts(store: Store, year: int, offices: Iterable[str]) -> list[list[object]]:
    """What a report depends on here, for input digests."""
    return [
        [office, v.day.isoformat(), sorted(v.ids)]
        for office in offices
        for v in versions(store, year, office)
    ]


def _item(f: FindingView) -> Item:
    return Item(f.finding_id, f.unit.unit_id, f.severity, f.message)
