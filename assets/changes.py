"""What has changed in the registry and the files beside it (名录与来源文件的变动), year by year."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from assets.jobs import report_year
from assets.partitions import YEARS
from assets.resources import ChainResource
from assets.stages import plainly
from gipa_pipeline.registry import SOURCES, UNITS, Registry
from gipa_pipeline.settings import FILE_NAME
from gipa_pipeline.store import digest_of

BECAUSE = "gipa/because"
"""The tag of a run that says why it was asked for."""
PARTS: Mapping[str, str] = {
    "files": "source files",
    "sources": SOURCES,
    "units": UNITS,
    "settings": FILE_NAME,
}


@dg.sensor(job=report_year, minimum_interval_seconds=300)
def registry_changes(context: dg.SensorEvaluationContext, chain: ChainResource) -> dg.SensorResult:
    """名录、设置或本地文件有变动时，重做有变动的年度。

    Runs the years whose sources, units, settings or files beside the registry have changed; the run's tag
    gipa/because says which. The first look only remembers how things are. A look that is repeated after a crash
    asks for the same run, which Dagster starts once.
    """
    with plainly():
        registry = chain.open().registry
    known: dict[str, Any] | None = json.loads(context.cursor) if context.cursor else None
    now: dict[str, Any] = {}
    requests = []
    for year in registry.years():
        if str(year) not in partition_keys():
            continue
        parts = state(registry, year)
        before = (known or {}).get(str(year), {})
        turn = int(before.get("turn", 0))
        if known is not None and before.get("parts") != parts:
            turn += 1
            old = before.get("parts", {})
            changed = ", ".join(name for part, name in PARTS.items() if old.get(part) != parts[part])
            # The turn tells going back to an earlier state from a repetition of the same look.
            requests.append(
                dg.RunRequest(
                    run_key=f"{year} {turn} {digest_of(parts)[:16]}",
                    partition_key=str(year),
                    tags={BECAUSE: changed},
                )
            )
        now[str(year)] = {"parts": parts, "turn": turn}
    return dg.SensorResult(
        run_requests=requests,
        skip_reason=None if requests else dg.SkipReason("The registry is as it was."),
        cursor=json.dumps(now, sort_keys=True),
    )


def partition_keys() -> frozenset[str]:
    """The report years there can be so far."""
    return frozenset(YEARS.get_partition_keys())


def state(registry: Registry, year: int) -> dict[str, str]:
    """Digests of what the registry says that bears on a year; files by size and time, not by content."""
    tables = {part: registry.folder / name for part, name in (("units", UNITS), ("settings", FILE_NAME))}
    sources = sorted((source.unit_id, source.url) for source in registry.sources_of(year))
    return {
        **{
            part: digest_of(path.read_bytes().hex() if path.is_file() else "")
            for part, path in tables.items()
        },
        "sources": digest_of(sources),
        "files": digest_of(list(stamps(registry, year))),
    }


def stamps(registry: Registry, year: int) -> Iterator[tuple[str, int, int]]:
    """Size and time of the files that a year's sources name; none for one that is not there."""
    for source in registry.sources_of(year):
        path = registry.folder / source.url
        if source.is_file and path.is_file():
            yield source.url, path.stat().st_size, path.stat().st_mtime_ns
