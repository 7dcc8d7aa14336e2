"""One partition a report year (报告年度): year Y is there from 1 January Y+1, when its report may be published."""

from __future__ import annotations

import warnings

import dagster as dg
from dagster._utils.warnings import BetaWarning

from expectations.forms import editions, load_form

TIMEZONE = "Asia/Shanghai"

FIRST_YEAR = min(load_form(edition).first_year for edition in editions())
"""The first year whose statutory tables are known here; older reports have other tables."""

YEARS = dg.TimeWindowPartitionsDefinition(
    start=str(FIRST_YEAR), cron_schedule="0 0 1 1 *", fmt="%Y", timezone=TIMEZONE
)

with warnings.catch_warnings():
    warnings.simplefilter(
        "ignore", BetaWarning
    )  # of the third argument; without it the first year cannot run
    WITH_LAST_YEAR = dg.TimeWindowPartitionMapping(
        start_offset=-1, end_offset=0, allow_nonexistent_upstream_partitions=True
    )
"""A year and the one before it, which the first year has not got."""

ALL_YEARS = dg.AllPartitionMapping()
