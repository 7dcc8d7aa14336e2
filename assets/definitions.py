"""All that Dagster loads, named one by one."""

from __future__ import annotations

import dagster as dg

from assets.changes import registry_changes
from assets.checks import rule_checks
from assets.jobs import collect_reports, publish_open_data, recheck_year, report_year
from assets.opendata import open_data
from assets.published import published_database
from assets.resources import ChainResource, DatabaseResource
from assets.schedules import disclosure_season
from assets.season import past_due_notice, send_office_reports, unit_letters
from assets.sensors import failed_runs, operator_mail, sources_freshness, units_past_due
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
        open_data,
    ],
    asset_checks=[
        rule_checks(asset)
        for asset in ("extracted_cells", "normalized_cells", "findings", "consolidated_tables")
    ],
    jobs=[
        collect_reports,
        report_year,
        recheck_year,
        unit_letters,
        send_office_reports,
        publish_open_data,
        past_due_notice,
    ],
    schedules=[disclosure_season],
    sensors=[registry_changes, units_past_due, sources_freshness, failed_runs, operator_mail],
    resources={"chain": ChainResource(), "database": DatabaseResource(connection_config=dict(OPTIONS))},
    # One process for all steps: a process each would cost seconds a step. What is heavy, reading documents,
    # has worker processes of its own.
    executor=dg.in_process_executor,
)
