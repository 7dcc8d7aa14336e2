"""All that Dagster loads, named one by one."""

from __future__ import annotations

import dagster as dg

from assets.checks import rule_checks
from assets.jobs import disclosure_season, recheck_year, registry_changes, report_year
from assets.published import published_database
from assets.resources import ChainResource, DatabaseResource
from assets.yearly import (
    consolidated_tables,
    extracted_cells,
    findings,
    normalized_cells,
    office_reports,
    raw_reports,
)
from gipa_pipeline.aggregate.engine import OPTIONS

defs = dg.Definitions(
    assets=[
        raw_reports,
        extracted_cells,
        normalized_cells,
        findings,
        consolidated_tables,
        published_database,
        office_reports,
    ],
    asset_checks=[
        rule_checks(asset)
        for asset in ("extracted_cells", "normalized_cells", "findings", "consolidated_tables")
    ],
    jobs=[report_year, recheck_year],
    schedules=[disclosure_season],
    sensors=[registry_changes],
    resources={"chain": ChainResource(), "database": DatabaseResource(connection_config=dict(OPTIONS))},
    # One process for all steps: a process each would cost seconds a step. What is heavy, reading documents,
    # has worker processes of its own.
    executor=dg.in_process_executor,
)
