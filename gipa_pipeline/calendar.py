"""Report years and due dates (报告年度与期限).

A report for year Y covers Y's calendar year and is published early in Y+1. The dates are the law's and do
not move for holidays or weekends. A local date is added by an office's notice and is told apart from the
statutory one, so that a report can be in time by law and late by the notice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

from gipa_pipeline.settings import OfficeSettings, Settings

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one time without summer time since 1991, so that a fixed offset is exact."""

FIRST_YEAR = 2008
"""The first report year: the regulation (政府信息公开条例) took effect on 1 May 2008."""

Clock = Callable[[], datetime]
"""Gives the present moment with its zone."""


def system_clock() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)


def today(settings: Settings, clock: Clock = system_clock) -> date:
    """The day in China: the one set in ``dates.today``, else the clock's."""
    return settings.dates.today or clock().astimezone(CHINA).date()


def day_of(moment: datetime) -> date:
    """The day in China of a moment with a zone."""
    return moment.astimezone(CHINA).date()


def latest_year(day: date) -> int:
    """The newest report year that can have been reported on a day: the year before it."""
    return day.year - 1


def earliest_publication(year: int) -> date:
    """The first day on which a report for ``year`` can be published."""
    return date(year + 1, 1, 1)


def season(year: int) -> tuple[date, date]:
    """First and last day of the reporting season (报告季) of a report year."""
    return date(year + 1, 1, 1), date(year + 1, 3, 31)


def in_season(day: date) -> bool:
    """Whether a day lies in the season of the year before it."""
    first, last = season(latest_year(day))
    return first <= day <= last


def statutory_due(level: str, kind: str, year: int) -> date | None:
    """The date by which the law wants the report of a unit; None when it names none.

    Since the regulation of 2019 (§49): departments of county level and above 31 January, a government's
    consolidated report 31 March, townships none. For the years 2008 to 2018 the first regulation's §31:
    every organ 31 March.

    Args:
        level: ``province``, ``city``, ``county`` or ``town``.
        kind: ``department`` or ``government``.
        year: the report year.
    """
    if year <= 2018:
        return date(year + 1, 3, 31)
    if level == "town":
        return None
    return date(year + 1, 1, 31) if kind == "department" else date(year + 1, 3, 31)


def local_due(settings: Settings, office_id: str, level: str, kind: str, year: int) -> date | None:
    """The date that the office's own notice sets (rule T04), else the one set for all; None without either."""
    name = "towns_due" if level == "town" else f"{kind}s_due"
    own: OfficeSettings | None = settings.offices.get(office_id)
    day: date | None = getattr(own, name).on(year) if own else None
    return day or getattr(settings.dates, name).on(year)


def due(settings: Settings, office_id: str, level: str, kind: str, year: int) -> date | None:
    """The date that decides between in time and late: the law's, or the office's where the law has none."""
    return statutory_due(level, kind, year) or local_due(settings, office_id, level, kind, year)
