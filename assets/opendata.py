"""What is given out to everybody: the open data of all report years."""

import dagster as dg

from assets.published import published_database
from assets.resources import ChainResource
from assets.stages import plainly
from assets.summaries import table
from gipa_pipeline.stages import CODE_VERSIONS, years_of


@dg.asset(
    deps=[published_database],
    group_name="report",
    kinds={"csv", "parquet"},
    owners=["team:operations"],
    code_version=CODE_VERSIONS["published"],
    metadata={"folder": "<data>/opendata/"},
)
def open_data(context: dg.AssetExecutionContext, chain: ChainResource) -> dg.MaterializeResult:
    """开放数据：各单位公开的数字、汇总表和应由单位处理的问题，CSV、Parquet 和数据包说明，可逐格追溯到原文。

    CSV and Parquet with a Frictionless data package: the published figures, the consolidated tables, and findings
    that are held against a unit. Doubts about our own reading stay inside. Made when asked for, not every night.
    """
    from gipa_pipeline.opendata import export

    with plainly():
        opened = chain.open()
        there = [
            y for y in years_of(opened.registry) if opened.store.has_frame("aggregated", y, "consolidated")
        ]
        if not there:
            raise dg.Failure("No year has been added up yet: run report_year first.", allow_retries=False)
        folder = opened.store.root / "opendata"
        made = export(opened.store, opened.registry, there, folder)
    return dg.MaterializeResult(
        metadata={
            "changed": "yes" if made.changed else "no, the same as last time",
            "years": ", ".join(map(str, there)),
            "rows": table(("table", "rows"), made.rows.items()),
            "description": dg.MetadataValue.path(str(made.files[-1])),
            "files": table(("file",), ((f"`{path.relative_to(folder).as_posix()}`",) for path in made.files)),
        },
    )
