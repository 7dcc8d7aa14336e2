"""The chain as assets, one partition a report year (采集→读取→规整→核验→汇总→报告).

Each body calls its stage; what a stage does stands in ``gipa_pipeline.stages``.
"""

from datetime import timedelta

import dagster as dg

from assets import freshness, summaries
from assets.partitions import TIMEZONE, WITH_LAST_YEAR
from assets.resources import ChainResource
from assets.stages import Results, made, told, yearly

SOURCES_ASKED_WEEKLY = dg.FreshnessPolicy.cron(
    deadline_cron="0 8 * 1-6 1", lower_bound_delta=timedelta(days=6), timezone=TIMEZONE
)
"""From January to June, by Monday morning, the sources were asked in the week before."""

TRY_AGAIN = dg.RetryPolicy(max_retries=2, delay=60, backoff=dg.Backoff.EXPONENTIAL)
"""For the machinery (disk, network card); a page that cannot be had is asked again within the stage."""


@dg.asset(
    **yearly(
        "raw_reports",
        "raw",
        "fetches",
        kinds={"http", "parquet"},
        owner="operations",
        group="fetch",
        also=[freshness.SPEC],
    ),
    retry_policy=TRY_AGAIN,
    freshness_policy=SOURCES_ASKED_WEEKLY,
)
def raw_reports(context: dg.AssetExecutionContext, chain: ChainResource) -> Results:
    """采集：名录所列来源的原件，一字不改，按内容存放；每个来源的每次变化一行。

    The reports as received, bytes first, and what came of asking each source. A page that has not changed
    makes nothing new; a changed one is kept beside the old one. What could not be had is a row, not a failure.
    """
    yield from made(
        context,
        chain,
        lambda c, year: c.fetch(year, progress=told(context)),
        summaries.fetched,
        "fetches",
        also={freshness.SOURCES_ASKED: freshness.result},
    )


@dg.asset(
    **yearly(
        "extracted_cells", "extracted", "cells", kinds={"python", "parquet"}, owner="reading", group="extract"
    ),
    deps=[raw_reports],
)
def extracted_cells(context: dg.AssetExecutionContext, chain: ChainResource) -> Results:
    """读取：每份文件中法定表格的每一格、正文各部分和正文所述数字，连同出处。

    Every cell of the statutory tables as printed, with its place in the document, and the prose. A document
    that cannot be read costs its own row; the others go on.
    """
    yield from made(
        context, chain, lambda c, year: c.extract(year, progress=told(context)), summaries.extracted, "cells"
    )


@dg.asset(
    **yearly(
        "normalized_cells",
        "normalized",
        "cells",
        kinds={"python", "parquet"},
        owner="reading",
        group="normalize",
    ),
    deps=[extracted_cells],
)
def normalized_cells(context: dg.AssetExecutionContext, chain: ChainResource) -> Results:
    """规整：每个单位一份现行报告，格式规定的每一格都有一行，缺的也在内；读不出的另行隔离。

    One current report a unit and one row for every cell of its form. What could not be read as a number is
    set aside with its printed text; a blank is never a zero.
    """
    yield from made(context, chain, lambda c, year: c.normalize(year), summaries.normalized, "cells")


@dg.asset(
    **yearly(
        "findings",
        "validated",
        "findings",
        kinds={"greatexpectations", "parquet"},
        owner="supervision",
        group="validate",
    ),
    deps=[raw_reports, dg.AssetDep(normalized_cells, partition_mapping=WITH_LAST_YEAR)],
)
def findings(context: dg.AssetExecutionContext, chain: ChainResource) -> Results:
    """核验：按规则目录逐条核对本年和上年的报告，列出问题、依据和处理建议；并统计谁还没有报告。

    What does not agree in the reports of this year and with those of the year before, by rule, with clause and
    remedy; and which units have not reported. Each rule is also a check, on the asset it speaks of.
    """
    yield from made(context, chain, lambda c, year: c.validate(year), summaries.validated, "findings")


@dg.asset(
    **yearly(
        "consolidated_tables",
        "aggregated",
        "consolidated",
        kinds={"duckdb", "parquet"},
        owner="supervision",
        group="aggregate",
    ),
    deps=[normalized_cells, findings],
)
def consolidated_tables(context: dg.AssetExecutionContext, chain: ChainResource) -> Results:
    """汇总：各主管部门的汇总表，每个数字注明含哪些单位、缺哪些、哪些存疑。

    Each supervising office's table. A figure says how many units are in it, missing from it, and in doubt.
    """
    yield from made(context, chain, lambda c, year: c.aggregate(year), summaries.aggregated, "consolidated")


@dg.asset(
    **yearly("office_reports", "reports", None, kinds={"html", "excel"}, owner="supervision", group="report"),
    deps=[normalized_cells, findings, consolidated_tables],
)
def office_reports(context: dg.AssetExecutionContext, chain: ChainResource) -> Results:
    """报告：给每个主管部门的网页和汇总工作簿，可直接转发。

    A page and a workbook for every supervising office: findings with their remedies, and the consolidated tables.
    """
    yield from made(context, chain, lambda c, year: c.report(year), summaries.reported)
