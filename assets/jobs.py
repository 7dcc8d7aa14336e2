"""A job for every step of the season (报告季), each for one report year, in the order of their numbers.

What is unchanged costs nothing, so every job may be run again at any time.
"""

import dagster as dg

from assets.stages import CONTRACT

READ = ("extracted_cells", "normalized_cells")

collect_reports = dg.define_asset_job(
    "collect_reports",
    # Without the rules: there are no verdicts on what was only just read.
    selection=(dg.AssetSelection.assets("raw_reports", *READ) - dg.AssetSelection.checks_for_assets(*READ))
    | dg.AssetSelection.checks(*(dg.AssetCheckKey(dg.AssetKey(asset), CONTRACT) for asset in READ)),
    description="1 采集：取得并读取一个年度的报告，不作核验。Fetch and read one report year; no verdicts.",
)

report_year = dg.define_asset_job(
    "report_year",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets("open_data"),
    description="2 全程：采集、读取、规整、核验、汇总、报告。The whole chain for one report year, "
    "which the schedule runs.",
)

recheck_year = dg.define_asset_job(
    "recheck_year",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets("raw_reports", "open_data"),
    description="3 复核：不联网，用已取得的原件重做一个年度。Everything after fetching, from the documents at hand: "
    "after decisions, an upgrade or a change of settings.",
)

publish_open_data = dg.define_asset_job(
    "publish_open_data",
    selection=dg.AssetSelection.assets("published_database", "open_data"),
    description="6 开放数据：全部年度的 CSV、Parquet 和数据包说明。All years as CSV, Parquet and a data package.",
)
