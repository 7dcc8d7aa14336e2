"""Whether the sources are asked as often as the season wants (来源查询是否及时), year by year.

Dagster's freshness policy looks at an asset as a whole: a run of an old year would make it fresh. So the policy on
``raw_reports`` says only that something ran, and this check says of each year whether its own sources were asked.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dagster as dg

from assets.stages import check_spec
from assets.summaries import rows, source, table, unit
from gipa_pipeline.calendar import CHINA
from gipa_pipeline.fetch.asked import asked
from gipa_pipeline.stages import Chain

SOURCES_ASKED = "sources_asked_in_time"

SPEC = check_spec(
    SOURCES_ASKED,
    "raw_reports",
    "本系统自查：1至3月每个来源36小时内、4至6月8天内查询过。不通过说明采集没有跟上，不是填报单位的问题。\n\n"
    "Each source of the newest year was asked in the last 36 hours (January to March) or 8 days (April to June). The "
    "sensor sources_freshness keeps it up to date between runs; other years are not followed and pass.",
)


@dataclass(frozen=True)
class Fresh:
    """The check's result before it is told to Dagster."""

    passed: bool
    description: str
    metadata: dict[str, Any]


def freshness(chain: Chain, year: int, now: datetime) -> Fresh:
    """How a year's sources stand against the clock."""
    there = chain.store.has_frame("raw", year, "fetches")
    fetches = rows(chain, "raw", year, "fetches", ["unit_id", "url", "last_checked"]) if there else []
    found = asked(chain.registry, fetches, year, now)
    if found.limit is None:
        return Fresh(True, f"{year} is not followed at this time of the year.", {"sources": found.sources})
    hours = int(found.limit.total_seconds() // 3600)
    told = f"{len(found.behind)} of {found.sources} sources were not asked in the last {hours} hours"
    lines = (
        (unit(chain, {"unit_id": behind.unit_id}), source(behind.url), moment(when))
        for behind, when in found.behind
    )
    metadata = {
        "sources": found.sources,
        "not asked in time": table(("unit", "source", "last asked (China time)"), lines),
        "what to do": "See that the schedule disclosure_season is on and its last run succeeded, or run report_year.",
    }
    return Fresh(not found.behind, told, metadata)


def moment(when: datetime | None) -> str:
    """A moment in China, to the minute."""
    return f"{when.astimezone(CHINA):%Y-%m-%d %H:%M}" if when else "never"


def result(chain: Chain, year: int) -> dg.AssetCheckResult:
    """The check as ``raw_reports`` tells it itself, right after asking."""
    found = freshness(chain, year, chain.clock().astimezone(CHINA))
    return dg.AssetCheckResult(
        check_name=SOURCES_ASKED,
        passed=found.passed,
        severity=dg.AssetCheckSeverity.WARN,
        description=found.description,
        metadata=found.metadata,
    )
