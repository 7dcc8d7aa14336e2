"""What is made once over all report years: the published database."""

import dagster as dg

from assets.partitions import ALL_YEARS
from assets.resources import ChainResource, DatabaseResource, built_from
from assets.stages import plainly
from assets.summaries import of_step
from assets.yearly import consolidated_tables, findings, normalized_cells, raw_reports
from gipa_pipeline.aggregate.publish import NAME, inputs_digest, publish
from gipa_pipeline.stages import CODE_VERSIONS, Step, years_of


@dg.asset(
    deps=[
        dg.AssetDep(asset, partition_mapping=ALL_YEARS)
        for asset in (raw_reports, normalized_cells, findings, consolidated_tables)
    ],
    group_name="aggregate",
    kinds={"duckdb"},
    owners=["team:operations"],
    code_version=CODE_VERSIONS["published"],
    pool="duckdb_publish",
    metadata={"file": f"<data>/{NAME}"},
)
def published_database(
    context: dg.AssetExecutionContext, chain: ChainResource, database: DatabaseResource
) -> dg.MaterializeResult:
    """汇总：各年度全部数据表放进一个库（gipa.duckdb），供查询和其他工具使用。

    All years' tables in one DuckDB file. It is built beside its place and renamed there, so that a reader has
    the old one or the new one, whole. Open it read-only.
    """
    with plainly():
        opened = chain.open()
        store, registry = opened.store, opened.registry
        years, path = years_of(registry), store.root / NAME
        with store.lock():
            opened.series(years)
            inputs = inputs_digest(store, registry, years)
            rows: dict[str, int] = {}
            if changed := built_from(path) != inputs:
                with database.replacing(path) as connection:
                    rows = publish(store, registry, years, connection)
    step = Step("published", None, changed, rows, inputs, (path,))
    return dg.MaterializeResult(
        metadata={
            **of_step(step),
            "years": ", ".join(map(str, years)),
            "database": dg.MetadataValue.path(str(path)),
        },
        data_version=dg.DataVersion(inputs),
    )
