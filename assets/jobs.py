"""Runs of one report year, by hand, by the calendar, or when the registry has changed."""

import json
from collections.abc import Iterator

import dagster as dg

from assets.partitions import TIMEZONE, YEARS
from assets.resources import ChainResource
from assets.stages import plainly
from gipa_pipeline.calendar import day_of, latest_year
from gipa_pipeline.registry import SOURCES, UNITS, Registry
from gipa_pipeline.settings import FILE_NAME
from gipa_pipeline.store import digest_of

report_year = dg.define_asset_job(
    "report_year",
    selection=dg.AssetSelection.all(),
    description="一个报告年度的全部阶段：采集、读取、规整、核验、汇总、报告。The whole chain for one report year.",
)

recheck_year = dg.define_asset_job(
    "recheck_year",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets("raw_reports"),
    description="不联网，用已取得的原件重做一个年度。Everything after fetching, from the documents at hand: "
    "after an upgrade or a change of settings.",
)

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


@dg.sensor(job=report_year, minimum_interval_seconds=300)
def registry_changes(context: dg.SensorEvaluationContext, chain: ChainResource) -> dg.SensorResult:
    """名录、设置或本地文件有变动时，重做有变动的年度。

    Runs the years whose sources, units, settings or files beside the registry have changed. The first look
    only remembers how things are.
    """
    with plainly():
        registry = chain.open().registry
    known = json.loads(context.cursor) if context.cursor else None
    now = {str(year): state(registry, year) for year in registry.years() if str(year) in partition_keys()}
    changed = [] if known is None else [year for year, digest in now.items() if known.get(year) != digest]
    return dg.SensorResult(
        run_requests=[dg.RunRequest(partition_key=year) for year in changed],
        skip_reason=None if changed else dg.SkipReason("The registry is as it was."),
        cursor=json.dumps(now, sort_keys=True),
    )


def partition_keys() -> frozenset[str]:
    """The report years there can be so far."""
    return frozenset(YEARS.get_partition_keys())


def state(registry: Registry, year: int) -> str:
    """A digest of what the registry says that bears on a year; files by size and time, not by content."""
    tables = [(registry.folder / name) for name in (UNITS, FILE_NAME)]
    shared = [path.read_bytes().hex() for path in tables if path.is_file()]
    sources = sorted((source.unit_id, source.url) for source in registry.sources_of(year))
    return digest_of([shared, sources, list(stamps(registry, year))])


def stamps(registry: Registry, year: int) -> Iterator[tuple[str, int, int]]:
    """Size and time of the files that a year's sources name; none for one that is not there."""
    for source in registry.sources_of(year):
        path = registry.folder / source.url
        if source.is_file and path.is_file():
            yield source.url, path.stat().st_size, path.stat().st_mtime_ns
