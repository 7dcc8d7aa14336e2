"""The calendar's runs and those that a changed registry asks for."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest

from assets.changes import BECAUSE, registry_changes
from assets.definitions import defs
from assets.resources import ChainResource
from assets.schedules import disclosure_season
from gipa_pipeline.samples import sample_registry


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    shutil.copytree(sample_registry(), tmp_path / "registry")
    return tmp_path / "registry"


@pytest.fixture
def chain(registry: Path, tmp_path: Path) -> ChainResource:
    return ChainResource(registry=str(registry), data=str(tmp_path / "data"))


def tick(chain: ChainResource, moment: str) -> dg.RunRequest | dg.SkipReason:
    context = dg.build_schedule_context(scheduled_execution_time=datetime.fromisoformat(moment))
    return disclosure_season(context, chain=chain)


def test_the_season_runs_the_year_before(chain: ChainResource) -> None:
    request = tick(chain, "2025-01-06T02:00+08:00")
    assert isinstance(request, dg.RunRequest)
    assert (request.partition_key, request.run_key) == ("2024", "2024 on 2025-01-06")


def test_new_year_is_chinese_new_year_of_the_calendar(chain: ChainResource) -> None:
    # 31 December in UTC is already the first night of the season in China.
    request = tick(chain, "2024-12-31T18:00+00:00")
    assert isinstance(request, dg.RunRequest)
    assert request.partition_key == "2024"


def test_no_run_for_a_year_without_sources(chain: ChainResource) -> None:
    skipped = tick(chain, "2026-01-05T02:00+08:00")
    assert isinstance(skipped, dg.SkipReason)
    assert "sources.csv names no source for 2025" in (skipped.skip_message or "")


def test_nightly_while_reports_are_due_then_weekly() -> None:
    schedule = defs.resolve_schedule_def("disclosure_season")
    assert schedule.cron_schedule == ["0 2 * 1-3 *", "0 2 * 4-6 1"]
    assert schedule.execution_timezone == "Asia/Shanghai"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED


def look(chain: ChainResource, cursor: str | None) -> dg.SensorResult:
    with dg.DagsterInstance.ephemeral() as instance:
        return registry_changes(dg.build_sensor_context(instance=instance, cursor=cursor), chain=chain)


def asked(result: dg.SensorResult) -> list[str | None]:
    return [request.partition_key for request in result.run_requests or ()]


def because(result: dg.SensorResult) -> list[str]:
    return [request.tags[BECAUSE] for request in result.run_requests or ()]


def test_the_first_look_only_remembers(chain: ChainResource) -> None:
    first = look(chain, None)
    assert asked(first) == []
    assert set(json.loads(first.cursor or "")) == {"2023", "2024"}


def test_nothing_changed_nothing_run(chain: ChainResource) -> None:
    assert asked(look(chain, look(chain, None).cursor)) == []


def test_a_changed_file_runs_its_year(chain: ChainResource, registry: Path) -> None:
    before = look(chain, None).cursor
    with (registry / "reports" / "2023" / "jichuan-office.html").open("a", encoding="utf-8") as file:
        file.write("\n")
    after = look(chain, before)
    assert (asked(after), because(after)) == (["2023"], ["source files"])
    assert asked(look(chain, after.cursor)) == []


def test_a_new_source_runs_its_year(chain: ChainResource, registry: Path) -> None:
    before = look(chain, None).cursor
    with (registry / "sources.csv").open("a", encoding="utf-8") as file:
        file.write("jichuan-yingji,2024,reports/2024/jichuan-yingji.html\n")
    found = look(chain, before)
    assert (asked(found), because(found)) == (["2024"], ["sources.csv"])


def test_changed_units_run_every_year(chain: ChainResource, registry: Path) -> None:
    before = look(chain, None).cursor
    text = (registry / "units.csv").read_text(encoding="utf-8")
    (registry / "units.csv").write_text(text.replace("霁川市水务局", "霁川市水利局"), encoding="utf-8")
    assert asked(look(chain, before)) == ["2023", "2024"]


def test_going_back_is_a_change_too(chain: ChainResource, registry: Path) -> None:
    first = look(chain, None).cursor
    text = (registry / "units.csv").read_text(encoding="utf-8")
    (registry / "units.csv").write_text(text.replace("水务局", "水利局"), encoding="utf-8")
    second = look(chain, first)
    (registry / "units.csv").write_text(text, encoding="utf-8")
    third = look(chain, second.cursor)
    assert asked(third) == ["2023", "2024"]
    keys = [request.run_key for found in (second, third) for request in found.run_requests or ()]
    assert len(set(keys)) == 4


def test_a_look_repeated_after_a_crash_asks_for_the_same_run(chain: ChainResource, registry: Path) -> None:
    before = look(chain, None).cursor
    (registry / "reports" / "2023" / "jichuan-office.html").touch()
    first, second = look(chain, before), look(chain, before)
    [one], [other] = first.run_requests or (), second.run_requests or ()
    assert (one.run_key, first.cursor) == (other.run_key, second.cursor)


def test_a_broken_registry_is_told_in_plain_words(chain: ChainResource, registry: Path) -> None:
    (registry / "units.csv").unlink()
    with pytest.raises(dg.Failure, match=r"units\.csv: the file does not exist") as failure:
        tick(chain, "2025-01-06T02:00+08:00")
    assert not failure.value.allow_retries
