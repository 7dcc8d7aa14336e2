"""The instance files load with the pinned Dagster and say what the project relies on."""

from __future__ import annotations

import shutil
import socket
import tomllib
from pathlib import Path

import pytest
import yaml
from dagster import DagsterInstance

from gipa_pipeline.cli import main

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


def test_a_port_that_is_taken_is_told_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["ui", "--port", str(port)]) == 2
    told = capsys.readouterr().err
    assert f"port {port} cannot be used" in told
    assert "gipa ui --port 3000" in told
    assert main(["ui", "--port", "700000"]) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["init", str(tmp_path / "file" / "instance")]) == 2
    assert "cannot be written: Not a directory" in capsys.readouterr().err
