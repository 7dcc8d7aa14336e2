"""The rules of the house that no linter knows: what may be tracked, who may import what, and when."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("assets", "gipa_pipeline", "expectations")
LONGEST_SOURCE = 450
LARGEST_FILE = 1_000_000

# Put together here, so that this file does not hold what it looks for.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("debian", "org"),
        ("anaconda", "org"),
        ("crates", "io"),
    )
)
MACHINE_FOLDERS = tuple(f"/{name}/" for name in ("work", "root", "farm", "home", "Users"))
MACHINE_PATH = re.compile(rf"(?<![\w.~*$)}}/-])(?:{'|'.join(MACHINE_FOLDERS)})")


def tracked() -> list[Path]:
    """The files of the checkout that git knows and that are still there."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [path for name in listing.decode().split("\0") if name and (path := ROOT / name).is_file()]


def tracked_text() -> Iterator[tuple[Path, str]]:
    """The tracked files that are text, with their text."""
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            yield path.relative_to(ROOT), data.decode("utf-8", errors="replace")


def python_sources(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """The modules under these folders, parsed."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(node: ast.AST) -> set[str]:
    """The top-level packages that one statement imports."""
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and not node.level:
        return {(node.module or "").partition(".")[0]}
    return set()


def at_module_level(node: ast.AST) -> Iterator[ast.AST]:
    """The statements that run at import; not the bodies of functions nor what stands under TYPE_CHECKING."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from at_module_level(child)


def test_no_registry_is_named() -> None:
    named = [
        f"{path}: {host}" for path, text in tracked_text() for host in REGISTRY_HOSTS if host in text.lower()
    ]
    assert named == []


def test_no_path_of_a_machine() -> None:
    found = [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in tracked_text()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_is_exact_hashed_and_without_addresses(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    logical = [
        line
        for line in text.replace("\\\n", " ").splitlines()
        if line.strip() and not line.strip().startswith("#")
    ]
    assert len(logical) > 50
    assert [line for line in logical if not re.match(r"[a-z0-9][a-z0-9.\-]*==\S+ ", line)] == []
    assert [line for line in logical if "--hash=sha256:" not in line] == []


def test_development_lock_holds_the_runtime_lock() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE))

    assert pins("requirements.lock") - pins("requirements-dev.lock") == set()


def test_no_lock_that_carries_addresses_is_tracked() -> None:
    assert [path.name for path in tracked() if path.name in {"uv.lock", "poetry.lock", "pdm.lock"}] == []


def test_dagster_stays_on_the_top_floor() -> None:
    offenders = [
        f"{path}:{node.lineno}"
        for path, tree in python_sources("gipa_pipeline", "expectations")
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and any(name.startswith("dagster") for name in imported(node))
    ]
    assert offenders == []


def test_great_expectations_is_imported_only_inside_functions() -> None:
    offenders = [
        f"{path}:{node.lineno}"
        for path, tree in python_sources(*FLOORS)
        for node in at_module_level(tree)
        if isinstance(node, ast.stmt) and "great_expectations" in imported(node)
    ]
    assert offenders == []


def test_command_line_starts_without_the_heavy_libraries() -> None:
    heavy = {
        "dagster",
        "duckdb",
        "great_expectations",
        "numpy",
        "openpyxl",
        "pandas",
        "pandera",
        "pdfplumber",
        "pyarrow",
        "pypdfium2",
        "trafilatura",
    }
    program = (
        "import gipa_pipeline.cli, sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert heavy & set(done.stdout.split()) == set()


def test_sources_can_be_read_at_a_sitting() -> None:
    long = {
        str(path): lines
        for path, text in tracked_text()
        if path.suffix in {".py", ".sql"} and (lines := text.count("\n")) > LONGEST_SOURCE
    }
    assert long == {}


def test_no_large_file_is_tracked() -> None:
    large = {path.name: size for path in tracked() if (size := path.stat().st_size) > LARGEST_FILE}
    assert large == {}


def test_every_floor_is_in_the_wheel_and_under_the_import_contract() -> None:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert sorted(tool["hatch"]["build"]["targets"]["wheel"]["packages"]) == sorted(FLOORS)
    assert sorted(tool["importlinter"]["root_packages"]) == sorted(FLOORS)
    assert tool["importlinter"]["contracts"][0]["layers"] == list(FLOORS)
    assert [floor for floor in FLOORS if not (ROOT / floor / "__init__.py").is_file()] == []
