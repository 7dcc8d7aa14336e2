"""The calendar of the season."""

import dagster as dg

from assets.jobs import report_year
from assets.partitions import TIMEZONE
from assets.resources import ChainResource
from assets.stages import plainly
from gipa_pipeline.calendar import day_of, latest_year
from gipa_pipeline.registry import SOURCES

NIGHTS = ["0 2 * 1-3 *", "0 2 * 4-6 1"]
"""Every night while reports are due (January to March), then on Mondays until June for the late ones."""


@dg.schedule(job=report_year, cron_schedule=NIGHTS, execution_timezone=TIMEZONE)
def disclosure_season(
    context: dg.ScheduleEvaluationContext, chain: ChainResource
) -> dg.RunRequest | dg.SkipReason:
    """报告季：1至3月每晚、4至6月每周一凌晨2时，采集并核验上一年度的报告。

    The report year before the present one, at two in the morning: nightly from January to March, on Mondays
    from April to June.
    """
    day = day_of(context.scheduled_execution_time)
    year = latest_year(day)
    with plainly():
        registry = chain.open().registry
    if year not in registry.years():
        return dg.SkipReason(f"{registry.folder / SOURCES} names no source for {year} yet.")
    return dg.RunRequest(partition_key=str(year), run_key=f"{year} on {day}")
