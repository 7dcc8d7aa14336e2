"""What is declared: every asset says who answers for it, every check has a result a year, and it loads fast."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest

from assets.checks import described
from assets.definitions import defs
from assets.freshness import SOURCES_ASKED
from assets.partitions import FIRST_YEAR, YEARS
from assets.stages import CONTRACT
from expectations.rules import assessed, catalogue
from gipa_pipeline.stages import CODE_VERSIONS

ROOT = Path(__file__).resolve().parent.parent.parent
GRAPH = defs.resolve_asset_graph()
ASSETS = [GRAPH.get(key) for key in sorted(GRAPH.get_all_asset_keys())]
CHECKS = [GRAPH.get_check_spec(key) for key in sorted(GRAPH.asset_check_keys)]


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: asset.key.to_user_string())
def test_every_asset_says_what_it_is_and_who_answers_for_it(asset: dg.AssetNode) -> None:
    assert asset.group_name in {"fetch", "extract", "normalize", "validate", "aggregate", "report"}
    assert asset.kinds
    assert asset.owners
    assert asset.code_version in CODE_VERSIONS.values()
    assert asset.description
    chinese, english = asset.description.split("\n\n", 1)
    assert "：" in chinese
    assert english.isascii()


def test_one_asset_a_stage_in_the_order_of_the_chain() -> None:
    order = [key.to_user_string() for keys in GRAPH.toposorted_asset_keys_by_level for key in sorted(keys)]
    assert order == [
        "raw_reports",
        "extracted_cells",
        "normalized_cells",
        "findings",
        "consolidated_tables",
        "office_reports",
        "published_database",
        "open_data",
    ]


def test_all_but_what_holds_all_years_is_made_year_by_year() -> None:
    by_year = {asset.key.to_user_string() for asset in ASSETS if asset.partitions_def == YEARS}
    assert {asset.key.to_user_string() for asset in ASSETS} - by_year == {"published_database", "open_data"}


@pytest.mark.parametrize(
    "check", CHECKS, ids=lambda check: f"{check.asset_key.to_user_string()}-{check.name}"
)
def test_every_check_keeps_a_result_for_every_year(check: dg.AssetCheckSpec) -> None:
    assert check.partitions_def == YEARS


def test_checked_assets_are_never_backfilled_in_one_run() -> None:
    # A run over several years would store one result for all of them.
    assert [
        asset.key for asset in ASSETS if asset.backfill_policy not in (None, dg.BackfillPolicy.multi_run())
    ] == []


def test_one_check_for_every_assessed_rule_where_the_catalogue_puts_it() -> None:
    rules = {
        (check.asset_key.to_user_string(), check.name): check
        for check in CHECKS
        if check.name not in (CONTRACT, SOURCES_ASKED)
    }
    assert set(rules) == {(rule.asset, rule.id) for rule in assessed()}
    assert not any(check.blocking for check in rules.values())
    for (_, name), check in rules.items():
        assert check.description == described(catalogue()[name])
        assert catalogue()[name].clause in check.description


def test_only_our_own_contracts_block() -> None:
    contracts = {
        check.asset_key.to_user_string(): check.blocking for check in CHECKS if check.name == CONTRACT
    }
    assert contracts == dict.fromkeys(
        ["raw_reports", "extracted_cells", "normalized_cells", "findings", "consolidated_tables"], True
    )


def test_retries_are_for_fetching_only() -> None:
    retried = {
        key.to_user_string()
        for assets in defs.assets or ()
        if isinstance(assets, dg.AssetsDefinition) and assets.op.retry_policy
        for key in assets.keys
    }
    assert retried == {"raw_reports"}


def test_frames_are_described_in_the_catalogue() -> None:
    schema = GRAPH.get(dg.AssetKey("normalized_cells")).metadata["dagster/column_schema"]
    column = next(column for column in schema.columns if column.name == "status")
    assert column.type == "string"
    assert "ambiguous" in column.constraints.other[0]
    assert column.description


def test_years_begin_with_the_first_form() -> None:
    assert YEARS.get_first_partition_key() == str(FIRST_YEAR) == "2019"
    assert YEARS.timezone == "Asia/Shanghai"


def test_a_report_year_begins_when_it_is_over() -> None:
    for moment, latest in (("2024-12-31T23:59+08:00", "2023"), ("2025-01-01T00:01+08:00", "2024")):
        with dg.partition_loading_context(effective_dt=datetime.fromisoformat(moment)):
            assert YEARS.get_last_partition_key() == latest


def test_loading_imports_nothing_heavy() -> None:
    program = "import assets.definitions, sys; print(*{n.partition('.')[0] for n in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=90
    )
    assert done.stderr == ""
    assert {"great_expectations", "pandas", "pyarrow", "lxml", "pandera", "trafilatura"} & set(
        done.stdout.split()
    ) == set()
