"""The wheel alone, in a fresh environment and an empty folder, takes a newcomer from nothing to a report."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = [
    pytest.mark.wheel,
    pytest.mark.slow,
    pytest.mark.timeout(900),
]


def _run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command away from the checkout and from this environment's settings."""
    outside = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PYTHON", "VIRTUAL_ENV", "GIPA"))
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=outside,
        capture_output=True,
        text=True,
        check=False,
        timeout=800,
    )
    said = (
        f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    )
    assert done.returncode == 0, said
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment that holds the runtime lock and the wheel, nothing of the checkout."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    lock = ROOT / "requirements.lock"
    python = home / "bin" / "python"
    uv = Path(sys.executable).with_name("uv")
    if uv.is_file() or shutil.which("uv"):
        installer: list[str | Path] = [
            uv if uv.is_file() else "uv",
            "pip",
            "install",
            "--quiet",
            "--python",
            python,
        ]
        _run(sys.executable, "-m", "venv", "--without-pip", home, cwd=home.parent)
    else:
        installer = [python, "-m", "pip", "install", "--quiet"]
        _run(sys.executable, "-m", "venv", home, cwd=home.parent)
    _run(*installer, "--require-hashes", "--no-deps", "-r", lock, cwd=home.parent)
    _run(*installer, "--no-deps", wheel, cwd=home.parent)
    return home / "bin"


def test_wheel_holds_code_and_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "assets",
        "expectations",
        "gipa_pipeline",
    }
    assert {"gipa_pipeline/instance/dagster.yaml", "gipa_pipeline/instance/workspace.yaml"} <= names
    assert "gipa_pipeline/cli.py" in names
    source = {
        str(path.relative_to(ROOT))
        for floor in ("assets", "expectations", "gipa_pipeline")
        for path in (ROOT / floor).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert source - names == set()


def test_installed_wheel_makes_an_instance(installed: Path, tmp_path: Path) -> None:
    _run(installed / "gipa", "init", "office", cwd=tmp_path)
    office = tmp_path / "office"
    assert (office / "dagster.yaml").read_bytes() == (ROOT / "dagster.yaml").read_bytes()
    assert (office / "workspace.yaml").read_bytes() == (ROOT / "workspace.yaml").read_bytes()
    where = "import assets.definitions as d; print(d.__file__, d.defs.resolve_asset_graph() is not None)"
    printed = _run(installed / "python", "-c", where, cwd=office).stdout
    assert str(installed.parent) in printed


def test_installed_wheel_reports_on_the_bundled_sample(installed: Path, tmp_path: Path) -> None:
    summary = _run(installed / "gipa", "run", cwd=tmp_path).stdout
    paths = [Path(found) for found in re.findall(r"[^\s:：,，]+\.(?:html|xlsx|docx|md)\b", summary)]
    assert paths, summary
    assert [path for path in paths if not (tmp_path / path).is_file()] == []
