"""When the sources of a year were last asked (来源查询的时效): whether the collection itself keeps up.

It says nothing of the units. A source that nobody has asked for a week may have changed or appeared since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gipa_pipeline.calendar import day_of, latest_year, season
from gipa_pipeline.registry import Registry, Source

NIGHTLY, WEEKLY = timedelta(hours=36), timedelta(days=8)
"""The longest since a source was asked: January to March, and April to June. Half as long again as the schedule
takes, or a day more, so that a long run is no alarm."""
LAST_MONTH = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What is behind.

    Attributes:
        limit: the longest that may have passed; None when the year is not followed at that time.
        sources: how many there are.
        behind: those not asked for longer, or never, with the moment; the oldest first.
    """

    limit: timedelta | None
    sources: int
    behind: tuple[tuple[Source, datetime | None], ...]


def limit_on(year: int, now: datetime) -> timedelta | None:
    """The longest since a year's sources were asked; only the newest year is followed, January to June."""
    day = day_of(now)
    if year != latest_year(day) or day.month > LAST_MONTH:
        return None
    return NIGHTLY if day <= season(year)[1] else WEEKLY


def asked(registry: Registry, fetches: Iterable[Mapping[str, Any]], year: int, now: datetime) -> Asked:
    """Which of a year's sources were not asked in time.

    Args:
        registry: what is to be asked.
        fetches: rows of ``raw/fetches`` with ``unit_id``, ``url`` and ``last_checked``.
        year: the report year.
        now: the present moment, with its zone.
    """
    limit, sources = limit_on(year, now), registry.sources_of(year)
    if limit is None:
        return Asked(None, len(sources), ())
    last: dict[tuple[str, str], datetime] = {}
    for row in fetches:
        key = (str(row["unit_id"]), str(row["url"]))
        last[key] = max(row["last_checked"], last.get(key, row["last_checked"]))
    moments = [(source, last.get((source.unit_id, source.url))) for source in sources]
    behind = [(source, when) for source, when in moments if when is None or now - when > limit]
    # Never asked comes before asked long ago.
    behind.sort(key=lambda pair: (pair[1] is not None, pair[1] or now, pair[0].unit_id, pair[0].url))
    return Asked(limit, len(sources), tuple(behind))
