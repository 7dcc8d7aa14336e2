"""A small registry made from the bundled sample, runs of the command, and comparing what runs left behind."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from gipa_pipeline.samples import sample_registry

ROOT = Path(__file__).resolve().parents[2]


def registry_of(
    folder: Path, office: str = "yiyuan-office", years: tuple[str, ...] = ("2023", "2024")
) -> Path:
    """The sample's registry with one office's units only."""
    sample = sample_registry()
    folder.mkdir(parents=True)
    units = rows_of(sample / "units.csv")
    kept = [u for u in units if office in (u["unit_id"], u["supervising_unit_id"])]
    ids = {u["unit_id"] for u in kept}
    for unit in kept:
        if unit["supervising_unit_id"] not in ids:
            unit["supervising_unit_id"] = ""
    sources = [s for s in rows_of(sample / "sources.csv") if s["unit_id"] in ids and s["year"] in years]
    write(folder / "units.csv", kept)
    write(folder / "sources.csv", sources)
    for source in sources:
        target = folder / source["url"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sample / source["url"], target)
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    """A table's rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def start(registry: Path, data: Path, *more: str) -> subprocess.Popen[str]:
    """Start ``gipa run`` in a process group of its own."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GIPA_")}
    return subprocess.Popen(
        [sys.executable, "-m", "gipa_pipeline.cli", "run", "--registry", registry, "--data", data, *more],
        cwd=ROOT, env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def run(registry: Path, data: Path, *more: str) -> tuple[int, str]:
    """``gipa run`` to its end: exit code and all that it printed."""
    process = start(registry, data, *more)
    told, _ = process.communicate(timeout=300)
    return process.returncode, told


def files_of(data: Path) -> dict[str, bytes]:
    """Every file that a run leaves and that must not depend on when it was run."""
    own = {}
    for path in sorted(data.rglob("*")):
        name = path.relative_to(data).as_posix()
        timed = name.endswith("fetches.parquet") or path.name.startswith(("_", ".")) or name == "gipa.duckdb"
        if path.is_file() and not timed:
            own[name] = path.read_bytes()
    return own


def tables_of(data: Path) -> dict[str, list[tuple]]:
    """Every table of the published database in its stored order."""
    with duckdb.connect(str(data / "gipa.duckdb"), read_only=True) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: connection.execute(f"FROM {name}").fetchall() for name in sorted(names)}
