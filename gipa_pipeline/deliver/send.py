"""Which reports are due to whom, and handing them over one after the other (寄送).

Each recipient of each report version is a parcel of its own: no refusal of one address can make a mail
half delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import TYPE_CHECKING

from gipa_pipeline import store_files
from gipa_pipeline.calendar import CHINA
from gipa_pipeline.deliver.message import NotSendable, Parcel, parcel, to_bytes
from gipa_pipeline.deliver.smtp import Answer, hand_over
from gipa_pipeline.deliver.state import Outbox, opened
from gipa_pipeline.report.facts import YearFacts, load_facts
from gipa_pipeline.report.handed import remember
from gipa_pipeline.report.view import office_view
from gipa_pipeline.report.write import PAGE, TABLES, WORKBOOK

if TYPE_CHECKING:
    from gipa_pipeline.registry import Registry
    from gipa_pipeline.settings import Settings
    from gipa_pipeline.store import Store

FOLDER = "outbox"
_GOOD = ("sent", "already", "draft")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one report.

    ``outcome``: ``sent``, ``already`` (this version was sent before), ``draft`` (dry run), ``failed`` (not
    taken, may be tried again), ``refused`` (not taken, for good), ``unknown`` (perhaps taken; not tried again
    by itself), ``no_address``, ``not_sendable``.
    """

    office_id: str
    year: int
    outcome: str
    detail: str
    key: str = ""

    @property
    def good(self) -> bool:
        """Whether nothing is left to do."""
        return self.outcome in _GOOD


def deliver(
    store: Store,
    registry: Registry,
    settings: Settings,
    years: Sequence[int],
    *,
    now: Callable[[], datetime],
    office: str | None = None,
    really: bool = False,
    again: Sequence[str] = (),
) -> Iterator[Delivery]:
    """Deliver the reports of these years, or write each as an .eml file to look at.

    Args:
        store: where the reports are.
        registry: who receives them.
        settings: from whom, and over which server.
        years: report years.
        now: the clock.
        office: one office only.
        really: send; otherwise only drafts are written.
        again: keys of parcels whose outcome is unknown and that are to be sent once more.

    Raises:
        StoreError: a year's reports are not written yet.
        RecordDamaged: the record of what was sent cannot be read.
        MailSetup: no server is set.
    """
    with store.lock(), opened(store.root / FOLDER) as outbox:
        for key in again:
            if outbox.state(key) == "unknown":
                outbox.note("again", key, now())
        for year in years:
            # No picture is drawn here; without documents none is opened.
            facts = replace(load_facts(store, registry, settings, year), document=None)
            for office_id in registry.offices_in(year):
                if office in (None, office_id):
                    yield from _office(store, facts, office_id, outbox, now, really=really)


def recipients(registry: Registry, settings: Settings, office_id: str) -> tuple[str, ...]:
    """Who gets an office's report: its address in the registry, then those of the settings, each once."""
    own = settings.offices.get(office_id)
    named = (registry.units[office_id].contact_email, *(own.recipients if own else ()))
    found: dict[str, str] = {}
    for one in named:
        if one:
            found.setdefault(one.lower(), one)
    return tuple(found.values())


def _office(
    store: Store,
    facts: YearFacts,
    office_id: str,
    outbox: Outbox,
    now: Callable[[], datetime],
    *,
    really: bool,
) -> Iterator[Delivery]:
    found = recipients(facts.registry, facts.settings, office_id)
    if not found:
        detail = "units.csv names no contact_email for this office"
        yield Delivery(office_id, facts.year, "no_address", detail)
    has_it = False
    for number, recipient in enumerate(found, 1):
        draft = f"{facts.year}-{office_id}{f'-{number}' if number > 1 else ''}.eml"
        done = _one(store, facts, office_id, recipient, draft, outbox, now, really=really)
        has_it |= done.outcome in ("sent", "already")
        yield done
    if has_it and really:
        # The office's next report says what changed since this one.
        remember(store, office_view(facts, office_id), now())


def _one(
    store: Store,
    facts: YearFacts,
    office_id: str,
    recipient: str,
    draft: str,
    outbox: Outbox,
    now: Callable[[], datetime],
    *,
    really: bool,
) -> Delivery:
    year = facts.year
    try:
        made = _parcel(store, facts, office_id, recipient)
    except NotSendable as error:
        return Delivery(office_id, year, "not_sendable", str(error))
    state = outbox.state(made.key)
    if state == "sent":
        return Delivery(office_id, year, "already", f"this version was sent to {made.recipient}", made.key)
    if state == "unknown":
        detail = (
            f"the line broke while {made.recipient} was served; if it is missing there: --again {made.key}"
        )
        return Delivery(office_id, year, "unknown", detail, made.key)
    if not really:
        path = store.root / FOLDER / draft
        store_files.write(path, to_bytes(made, _day(facts, office_id)))
        return Delivery(office_id, year, "draft", str(path), made.key)
    answer = _hand_over(facts.settings, made, outbox, now)
    return Delivery(office_id, year, answer.outcome, f"{made.recipient}: {answer.detail}", made.key)


def _parcel(store: Store, facts: YearFacts, office_id: str, recipient: str) -> Parcel:
    folder = store.folder("reports", facts.year) / office_id
    paths = [folder / name for name in (PAGE, WORKBOOK, TABLES)]
    # The Word tables are not made for years before the form; the page and the workbook always are.
    files = {path.name: store.read_file(path) for path in paths if path.name != TABLES or path.is_file()}
    unit = facts.registry.units[office_id]
    return parcel(
        office_id=office_id,
        name=unit.name,
        year=facts.year,
        sender=facts.settings.report.sender,
        recipient=recipient,
        summary=_summary(facts, office_id),
        files=files,
    )


def _summary(facts: YearFacts, office_id: str) -> str:
    view = office_view(facts, office_id)
    changed = ""
    if view.since:
        day = f"{view.since.day.year}年{view.since.day.month}月{view.since.day.day}日"
        changed = (
            f"自{day}的报告以来，已改正{len(view.since.fixed)}处，仍未改正{len(view.since.left)}处，"
            f"新发现{len(view.since.new)}处。"
        )
    return changed + (
        f"应计入汇总的单位{len(view.summands)}个，已计入{len(view.included)}个，未计入{len(view.missing)}个；"
        f"须改正的问题{len(view.of_severity('error'))}处，请核实的问题{len(view.of_severity('warning'))}处。"
    )


def _hand_over(settings: Settings, made: Parcel, outbox: Outbox, now: Callable[[], datetime]) -> Answer:
    about = {"office": made.office_id, "year": made.year, "to": made.recipient}
    answer = hand_over(
        settings.mail,
        made.sender,
        made.recipient,
        to_bytes(made, now()),
        lambda: outbox.note("handing", made.key, now(), **about),
    )
    if answer.outcome != "unknown":
        outbox.note(answer.outcome, made.key, now(), detail=answer.detail, **about)
    return answer


def _day(facts: YearFacts, office_id: str) -> datetime:
    """The data's day as a draft's date: the clock would make each draft another one."""
    rows = facts.rows("reports", owner=facts.registry.members(office_id))
    day = max((r["first_fetched"] for r in rows if r["first_fetched"]), default=None)
    return datetime.combine(day or datetime(facts.year + 1, 1, 1, tzinfo=CHINA).date(), time(12), CHINA)
