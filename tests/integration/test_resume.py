"""A run that is killed at any moment is finished by the next one, as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from tests.integration.instance import files_of, registry_of, run, start, tables_of

KILLS = 3


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_run_killed_several_times_ends_like_one_that_was_not(tmp_path: Path) -> None:
    registry = registry_of(tmp_path / "registry")
    began = time.monotonic()
    code, told = run(registry, tmp_path / "whole")
    assert code == 0, told
    takes = time.monotonic() - began
    whole = files_of(tmp_path / "whole")
    assert any(name.startswith("reports/") for name in whole)

    random, data, killed = Random(20240131), tmp_path / "killed", 0
    for _ in range(KILLS):
        process = start(registry, data)
        try:
            process.wait(timeout=random.uniform(0.1, 0.5) * takes)
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        process.communicate()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # readers that outlived it
        assert {n: b for n, b in files_of(data).items() if whole.get(n, b) != b} == {}, "no half file"
    assert killed > 0
    code, told = run(registry, data)
    assert code == 0, told
    assert {name for name, data in files_of(data).items() if whole.get(name) != data} == set()
    assert files_of(data).keys() == whole.keys()
    assert tables_of(data) == tables_of(tmp_path / "whole")

    before = files_of(data), tables_of(data), (data / "gipa.duckdb").read_bytes()
    code, told = run(registry, data)
    assert "Nothing has changed since the last run" in told
    assert (files_of(data), tables_of(data), (data / "gipa.duckdb").read_bytes()) == before
