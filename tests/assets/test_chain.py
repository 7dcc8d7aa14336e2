"""The sample's two years through Dagster: data, checks, versions, and what happens when something is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pyarrow.parquet as pq
import pytest

from assets.checks import trend
from assets.definitions import defs
from assets.freshness import SOURCES_ASKED
from assets.resources import ChainResource
from assets.stages import CONTRACT
from expectations.frames import FrameBroken
from expectations.outcomes import Outcome
from expectations.rules import assessed
from gipa_pipeline.stages import Chain, Step

JOB = "report_year"
YEARS = ("2023", "2024")
CHAIN = (
    "raw_reports",
    "extracted_cells",
    "normalized_cells",
    "findings",
    "consolidated_tables",
    "published_database",
    "office_reports",
)


pytestmark = pytest.mark.slow


@dataclass
class Ran:
    """A data folder and an instance in which both years have been run."""

    data: Path
    instance: dg.DagsterInstance
    runs: Mapping[str, dg.ExecuteInProcessResult]


def job(data: Path, name: str = JOB) -> dg.JobDefinition:
    resources = {**(defs.resources or {}), "chain": ChainResource(data=str(data))}
    return dg.Definitions(
        assets=defs.assets,
        asset_checks=defs.asset_checks,
        jobs=defs.jobs,
        executor=defs.executor,
        resources=resources,
    ).resolve_job_def(name)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    data = tmp_path_factory.mktemp("data")
    with dg.DagsterInstance.ephemeral() as instance:
        of = job(data)
        yield Ran(
            data, instance, {y: of.execute_in_process(partition_key=y, instance=instance) for y in YEARS}
        )


def materialized(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetMaterialization]:
    return {
        event.materialization.asset_key.to_user_string(): event.materialization
        for event in result.get_asset_materialization_events()
    }


def checks(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    return {found.check_name: found for found in result.get_asset_check_evaluations()}


def shown(metadata: Mapping[str, dg.MetadataValue], name: str) -> Any:
    return metadata[name].value


def versions(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    return {key: made.tags["dagster/data_version"] for key, made in materialized(result).items()}


def statuses(instance: dg.DagsterInstance, asset: str, check: str) -> dict[str | None, str]:
    key = dg.AssetCheckKey(dg.AssetKey(asset), check)
    history = instance.event_log_storage.get_asset_check_execution_history(key, limit=10)
    return {record.partition: record.status.value for record in reversed(history)}


class TestSample:
    def test_everything_is_made(self, ran: Ran) -> None:
        for run in ran.runs.values():
            assert run.success
            assert tuple(sorted(materialized(run))) == tuple(sorted(CHAIN))

    def test_rows_are_counted(self, ran: Ran) -> None:
        made = materialized(ran.runs["2023"])
        counts = {
            key: shown(of.metadata, "dagster/row_count")
            for key, of in made.items()
            if "dagster/row_count" in of.metadata
        }
        assert counts["raw_reports"] == 16
        assert counts["extracted_cells"] == counts["normalized_cells"] == 16 * 200
        assert counts["consolidated_tables"] == 2 * 200

    def test_every_check_is_told_once_a_year(self, ran: Ran) -> None:
        for run in ran.runs.values():
            found = [(e.asset_key.to_user_string(), e.check_name) for e in run.get_asset_check_evaluations()]
            assert len(found) == len(set(found))
            assert set(found) >= {(rule.asset, rule.id) for rule in assessed()}

    def test_a_rule_that_fails_in_one_year_only(self, ran: Ran) -> None:
        assert statuses(ran.instance, "normalized_cells", "K01") == {"2023": "SUCCEEDED", "2024": "FAILED"}
        failed = checks(ran.runs["2024"])["K01"]
        assert failed.severity == dg.AssetCheckSeverity.ERROR
        assert failed.description.splitlines()[0].endswith("units fail: 霁川市人民政府办公室")
        assert "表三“自然人”列" in failed.description.splitlines()[-1]
        assert shown(failed.metadata, "units that fail") == 1
        assert shown(failed.metadata, "last year").startswith("0 of ")
        assert shown(failed.metadata, "trend").startswith("more than last year: 0% → ")
        assert "reports/2024/jichuan-office.html" in shown(failed.metadata, "findings")

    def test_warnings_are_warnings(self, ran: Ran) -> None:
        failed = checks(ran.runs["2024"])["S04"]
        assert (failed.passed, failed.severity) == (False, dg.AssetCheckSeverity.WARN)

    def test_a_failed_rule_stops_nothing(self, ran: Ran) -> None:
        assert not checks(ran.runs["2024"])["T01"].passed
        assert ran.runs["2024"].success

    def test_who_is_missing_stands_on_the_findings(self, ran: Ran) -> None:
        missing = shown(materialized(ran.runs["2024"])["findings"].metadata, "not reported")
        assert "霁川市应急管理局" in missing
        assert "2025-01-31" in missing

    def test_the_database_holds_both_years(self, ran: Ran) -> None:
        with duckdb.connect(str(ran.data / "gipa.duckdb"), read_only=True) as connection:
            found = connection.execute("SELECT year, count(*) FROM reports GROUP BY 1 ORDER BY 1").fetchall()
        assert found == [(2023, 16), (2024, 15)]
        assert not list(ran.data.glob(".tmp-*"))

    def test_again_changes_nothing(self, ran: Ran) -> None:
        again = [
            job(ran.data).execute_in_process(partition_key="2024", instance=ran.instance) for _ in range(2)
        ]
        states = {key: shown(of.metadata, "changed") for key, of in materialized(again[1]).items()}
        assert states == dict.fromkeys(CHAIN, "no, the same as last time")
        assert versions(again[0]) == versions(again[1])
        yearly = {key: of for key, of in versions(ran.runs["2024"]).items() if key != "published_database"}
        assert yearly.items() <= versions(again[1]).items()

    def test_from_the_documents_at_hand(self, ran: Ran) -> None:
        result = job(ran.data, "recheck_year").execute_in_process(partition_key="2023", instance=ran.instance)
        assert result.success
        assert set(materialized(result)) == set(CHAIN) - {"raw_reports"}


def materialize(
    *assets: str, year: str, instance: dg.DagsterInstance | None = None, **chain: Path
) -> dg.ExecuteInProcessResult:
    """Some assets with their checks, as the UI's button does."""
    places = {name: str(path) for name, path in chain.items()}
    return dg.materialize(
        [*(defs.assets or ()), *(defs.asset_checks or ())],
        selection=dg.AssetSelection.assets(*assets),
        partition_key=year,
        instance=instance,
        resources={**(defs.resources or {}), "chain": ChainResource(**places)},
        raise_on_error=False,
    )


def failures(result: dg.ExecuteInProcessResult) -> dict[str | None, str]:
    return {
        event.step_key: str(
            event.step_failure_data.user_failure_data
            and event.step_failure_data.user_failure_data.description
        )
        for event in result.all_events
        if event.is_step_failure
    }


def test_a_broken_frame_blocks_and_is_not_materialized(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Chain, year: int, **_: object) -> None:
        raise FrameBroken("raw/fetches does not keep its contract:\n  bytes: dtype('int64') (float64)")

    monkeypatch.setattr(Chain, "fetch", broken)
    result = materialize("raw_reports", "extracted_cells", year="2023", data=tmp_path)
    assert not result.success
    assert materialized(result) == {}
    failed = checks(result)[CONTRACT]
    assert (failed.passed, failed.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "bytes: dtype" in shown(failed.metadata, "broken")
    assert list(failures(result)) == ["raw_reports"]


def test_a_registry_with_mistakes_is_told_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text("unit_id\n", encoding="utf-8")
    result = materialize("normalized_cells", year="2023", registry=tmp_path, data=tmp_path)
    assert "units.csv, row 1, column name: column is missing" in failures(result)["normalized_cells"]


def test_a_stage_out_of_turn_says_what_to_run_first(tmp_path: Path) -> None:
    result = materialize("normalized_cells", year="2023", data=tmp_path)
    assert "gipa run --year 2023" in failures(result)["normalized_cells"]


def test_a_year_without_sources_is_left_alone(tmp_path: Path) -> None:
    result = materialize(*CHAIN[:3], year="2022", data=tmp_path)
    assert result.success
    assert materialized(result) == {}
    assert list(tmp_path.iterdir()) == []


def test_checks_without_verdicts_say_nothing(tmp_path: Path) -> None:
    result = materialize("raw_reports", "extracted_cells", year="2023", data=tmp_path)
    assert result.success
    assert set(checks(result)) == {CONTRACT, SOURCES_ASKED}


def test_a_check_that_crashes_is_no_failed_rule(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    def crashed(self: Chain, year: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Chain, "outcomes", crashed)
    with dg.DagsterInstance.ephemeral() as instance:
        result = materialize("consolidated_tables", year="2024", instance=instance, data=ran.data)
        assert list(failures(result)) == ["consolidated_tables_rules"]
        assert set(checks(result)) == {CONTRACT}
        # Dagster shows it as "execution failed", which is not the "failed" of a rule.
        assert statuses(instance, "consolidated_tables", "A01") == {"2024": "PLANNED"}


def test_verdicts_of_before_are_not_shown_for_what_was_read_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: Ran
) -> None:
    shutil.copytree(ran.data, tmp_path / "data")
    with dg.DagsterInstance.ephemeral() as instance:
        # Read again with the same result, the verdicts still speak of it.
        again = materialize("extracted_cells", year="2024", instance=instance, data=tmp_path / "data")
        assert "S04" in checks(again)
        assert statuses(instance, "extracted_cells", "S04") == {"2024": "FAILED"}
        path = tmp_path / "data" / "extracted" / "2024" / "cells.parquet"
        monkeypatch.setattr(Chain, "extract", lambda self, year, **_: reread(self, year, path))
        other = materialize("extracted_cells", year="2024", instance=instance, data=tmp_path / "data")
        assert set(checks(other)) == {CONTRACT}
        assert statuses(instance, "extracted_cells", "S04") == {"2024": "PLANNED"}


def reread(chain: Chain, year: int, path: Path) -> Step:
    """As if a new reader had read one cell less."""
    frame = pq.read_table(path)
    pq.write_table(frame.slice(1), path)
    return Step("extracted", year, True, {"cells": frame.num_rows - 1}, "other")


def test_the_trend_is_told_in_shares() -> None:
    def outcome(bad: int, total: int) -> Outcome:
        return replace(sample, bad=bad, total=total)

    sample = Outcome(rule="K01", passed=True, bad=0, total=0, severity="error", sample=(), description="")
    assert trend(outcome(1, 10), outcome(3, 20)) == "more than last year: 10% → 15% of the units assessed"
    assert trend(outcome(1, 2), outcome(1, 4)).startswith("fewer than last year: 50% → 25%")
    assert trend(outcome(1, 2), outcome(2, 4)).startswith("as last year")
    assert trend(None, outcome(1, 2)) == trend(outcome(0, 0), outcome(1, 2))
