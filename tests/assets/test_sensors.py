"""Dates that pass, sources nobody asks, runs that fail, mail that waits: each is told once."""

from __future__ import annotations

import email
import email.policy
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from assets import resources, sensors
from assets.definitions import defs
from assets.freshness import SOURCES_ASKED
from assets.resources import ChainResource
from assets.season import past_due_notice, send_office_reports, unit_letters
from assets.sensors import failed_runs, operator_mail, sources_freshness, units_past_due
from gipa_pipeline.commands.places import open_chain
from gipa_pipeline.samples import sample_registry
from gipa_pipeline.stages import Chain

pytestmark = pytest.mark.slow
FEBRUARY = datetime(2025, 2, 1, 1, 0, tzinfo=UTC)
SETTINGS = """
[report]
sender = "gipa@example.cn"
[mail]
operator = "ops@example.cn"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's newer year, fetched on 1 February and read, checked and reported."""
    folder = tmp_path_factory.mktemp("season")
    shutil.copytree(sample_registry(), folder / "registry")
    # Without the sample's own "today": here the clock is set.
    (folder / "registry" / "gipa.toml").write_text(SETTINGS, encoding="utf-8")
    opened = open_chain(folder / "registry", folder / "data", {})
    chain = Chain(opened.registry, opened.settings, opened.store, lambda: FEBRUARY)
    for stage in (chain.fetch, chain.extract, chain.normalize, chain.validate, chain.aggregate, chain.report):
        stage(2024)
    return folder


@pytest.fixture
def season(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Season:
    shutil.copytree(made, tmp_path / "instance")
    return Season(tmp_path / "instance", monkeypatch)


class Season:
    """An instance and a clock that can be set."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.now, self.patch = root, FEBRUARY, monkeypatch
        self.chain = ChainResource(registry=str(root / "registry"), data=str(root / "data"))
        opening = resources.open_chain

        def opened(*places: object) -> Chain:
            chain = opening(*places)  # type: ignore[arg-type]
            return Chain(chain.registry, chain.settings, chain.store, lambda: self.now)

        monkeypatch.setattr(resources, "open_chain", opened)
        monkeypatch.setattr(sensors, "partition_keys", lambda: frozenset({"2023", "2024"}))

    def look(self, sensor: dg.SensorDefinition, cursor: str | None = None) -> dg.SensorResult:
        with dg.DagsterInstance.ephemeral() as instance:
            return sensor(dg.build_sensor_context(instance=instance, cursor=cursor), chain=self.chain)

    def notices(self) -> list[str]:
        paths = sorted((self.root / "data" / "outbox" / "notices").glob("*.eml"))
        mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]
        return [f"{mail['To']} {mail['Subject']}\n{mail.get_body().get_content()}" for mail in mails]


def test_before_the_date_nobody_is_past_due(season: Season) -> None:
    season.now = datetime(2025, 1, 31, 10, tzinfo=UTC)
    found = season.look(units_past_due)
    assert not found.run_requests
    assert "No date of 2024 has passed" in found.skip_reason.skip_message


def test_one_run_an_office_and_date(season: Season) -> None:
    found = season.look(units_past_due)
    [request] = found.run_requests
    assert (request.run_key, request.job_name) == ("2024 jichuan-office 2025-01-31", "past_due_notice")
    assert request.run_config["ops"]["tell_past_due"]["config"] == {
        "office": "jichuan-office",
        "due": "2025-01-31",
    }
    again = season.look(units_past_due, found.cursor)
    assert not again.run_requests
    assert "Everybody whose date has passed was told of" in again.skip_reason.skip_message
    # A crash before the cursor was kept asks for the same run, which Dagster starts once.
    assert [r.run_key for r in season.look(units_past_due).run_requests] == [request.run_key]


def test_after_a_later_date_the_sources_are_asked_before_anybody_is_named(season: Season) -> None:
    first = season.look(units_past_due)
    season.now = datetime(2025, 4, 1, 1, tzinfo=UTC)
    found = season.look(units_past_due, first.cursor)
    [request] = found.run_requests
    assert (request.job_name, request.run_key) == ("report_year", "2024 after 2025-03-31")
    waiting = season.look(units_past_due, found.cursor)
    assert not waiting.run_requests
    assert "have not been asked since 2025-03-31" in waiting.skip_reason.skip_message


def test_nobody_is_named_by_findings_of_before(season: Season) -> None:
    with (season.root / "registry" / "gipa.toml").open("a", encoding="utf-8") as file:
        file.write('[dates]\ntowns_due = "02-15"\n')
    found = season.look(units_past_due)
    assert not found.run_requests
    assert "are not those of what was last fetched" in found.skip_reason.skip_message


def notice(
    season: Season, instance: dg.DagsterInstance, due: str = "2025-01-31"
) -> dg.ExecuteInProcessResult:
    return past_due_notice.execute_in_process(
        partition_key="2024",
        instance=instance,
        resources={"chain": season.chain},
        run_config={"ops": {"tell_past_due": {"config": {"office": "jichuan-office", "due": due}}}},
    )


def test_the_notice_names_unit_state_and_report(season: Season) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert notice(season, instance).success
        records = instance.fetch_observations(dg.AssetKey("findings"), limit=5).records
        [event] = [record.asset_observation for record in records]
        assert (event.partition, event.metadata["units without a report"].value) == ("2024", 1)
        assert "霁川市应急管理局 | 未见报告 (missing)" in event.metadata["units"].value
        assert Path(event.metadata["office report"].value).is_file()
        notice(season, instance)
    [mail] = season.notices()
    assert mail.startswith("ops@example.cn [GIPA] 霁川市人民政府办公室：截至2025-01-31")
    assert "霁川市应急管理局" in mail


def test_a_date_that_no_longer_holds_is_told_of_nobody(season: Season) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert notice(season, instance, due="2025-01-20").success
        assert not instance.fetch_observations(dg.AssetKey("findings"), limit=5).records
    assert season.notices() == []


def test_freshness_is_told_when_it_changes(season: Season) -> None:
    fresh = season.look(sources_freshness)
    [event] = fresh.asset_events
    assert (event.check_name, event.partition, event.passed) == (SOURCES_ASKED, "2024", True)
    assert not season.look(sources_freshness, fresh.cursor).asset_events
    season.now = datetime(2025, 2, 2, 14, tzinfo=UTC)
    [stale] = season.look(sources_freshness, fresh.cursor).asset_events
    assert (stale.passed, stale.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert stale.description == "15 of 15 sources were not asked in the last 36 hours"
    assert "2025-02-01 09:00" in stale.metadata["not asked in time"].value


@pytest.fixture
def failing(season: Season) -> Iterator[dg.RunFailureSensorContext]:
    """The context of a run that failed because of a registry with mistakes."""
    (season.root / "registry" / "units.csv").write_text("unit_id\n", encoding="utf-8")
    job = dg.Definitions(
        assets=defs.assets, asset_checks=defs.asset_checks, jobs=defs.jobs, executor=defs.executor,
        resources={**(defs.resources or {}), "chain": season.chain},
    ).resolve_job_def("collect_reports")  # fmt: skip
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(partition_key="2024", instance=instance, raise_on_error=False)
        event = next(e for e in result.all_events if e.event_type_value == "PIPELINE_FAILURE")
        yield dg.build_run_status_sensor_context(
            "failed_runs", event, instance, result.dagster_run
        ).for_run_failure()


def test_a_failed_run_is_told_once_and_in_plain_words(
    season: Season, failing: dg.RunFailureSensorContext
) -> None:
    failed_runs(failing, chain=season.chain)
    [mail] = season.notices()
    assert mail.startswith("ops@example.cn [GIPA] run failed: collect_reports 2024")
    assert "raw_reports: " in mail
    assert "units.csv, row 1, column name: column is missing" in mail
    assert f"/runs/{failing.dagster_run.run_id}" in mail
    failed_runs(failing, chain=season.chain)
    assert len(season.notices()) == 1


def test_without_an_operator_nothing_is_written(season: Season, failing: dg.RunFailureSensorContext) -> None:
    (season.root / "registry" / "gipa.toml").write_text("", encoding="utf-8")
    failed_runs(failing, chain=season.chain)
    assert season.notices() == []


def test_mail_waits_until_it_is_wanted(season: Season) -> None:
    told = season.look(operator_mail)
    assert "send_notices is off" in (told.skip_message or "")


def test_letters_and_drafts_of_a_year(season: Season) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        options = {"partition_key": "2024", "instance": instance, "resources": {"chain": season.chain}}
        letters = unit_letters.execute_in_process(**options)
        assert letters.success
        assert list((season.root / "data").rglob("*.docx"))
        assert send_office_reports.execute_in_process(**options).success
        assert sorted(p.name for p in (season.root / "data" / "outbox").glob("*.eml")) == [
            "2024-jichuan-office.eml", "2024-yiyuan-office.eml",
        ]  # fmt: skip
        units = season.root / "registry" / "units.csv"
        units.write_text(re.sub(r"[\w.]+@[\w.]+", "", units.read_text(encoding="utf-8")), encoding="utf-8")
        sent = send_office_reports.execute_in_process(**options, raise_on_error=False)
        [failure] = [e for e in sent.all_events if e.is_step_failure]
        told = failure.step_failure_data.user_failure_data.description
        assert "2 of 2 mails were not delivered" in told
        assert "units.csv names no contact_email" in told
