"""The instance files load with the pinned Dagster and say what the project relies on."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
import yaml
from dagster import DagsterInstance

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DagsterInstance:
    """The instance of a folder that holds dagster.yaml alone, as somebody finds it who starts there."""
    shutil.copy(ROOT / "dagster.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return DagsterInstance.from_config(str(tmp_path))


def test_nothing_is_sent_home(instance: DagsterInstance) -> None:
    assert instance.telemetry_enabled is False
    assert instance.nux_enabled is False


def test_one_run_and_one_writer_at_a_time(instance: DagsterInstance) -> None:
    concurrency = instance.get_concurrency_config()
    assert concurrency.run_queue_config is not None
    assert concurrency.run_queue_config.max_concurrent_runs == 1
    assert concurrency.pool_config.default_pool_limit == 1


def test_a_failed_step_is_not_started_over(instance: DagsterInstance) -> None:
    assert instance.run_monitoring_enabled is True
    assert instance.get_settings("run_retries")["retry_on_asset_or_op_failure"] is False


def test_history_stays_beside_the_configuration(instance: DagsterInstance, tmp_path: Path) -> None:
    assert instance.get_runs_count() == 0
    assert (tmp_path / ".dagster" / "history").is_dir()


def test_both_ways_into_dagster_name_the_same_location() -> None:
    (entry,) = yaml.safe_load((ROOT / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["dg"]["project"]
    assert entry == {
        "python_module": {
            "module_name": project["code_location_target_module"],
            "location_name": project["code_location_name"],
        }
    }
