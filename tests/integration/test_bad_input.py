"""Bad input: told with file, row and column; the rest goes on; nothing stored before is lost."""

from __future__ import annotations

import socket
from pathlib import Path
from random import Random

import pytest

from gipa_pipeline.cli import main
from gipa_pipeline.store import Store
from tests.integration.instance import registry_of, rows_of, run, write


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    return registry_of(tmp_path / "registry")


def spoil_column(folder: Path) -> str:
    rows = [{k: v for k, v in row.items() if k != "level"} for row in rows_of(folder / "units.csv")]
    write(folder / "units.csv", rows)
    return "units.csv, row 1, column level: "


def spoil_unit(folder: Path) -> str:
    rows = rows_of(folder / "units.csv")
    write(folder / "units.csv", [*rows, rows[1]])
    return f"units.csv, row {len(rows) + 2}, column unit_id: {rows[1]['unit_id']!r} is already in row 3"


def spoil_year(folder: Path) -> str:
    rows = rows_of(folder / "sources.csv")
    rows[0]["year"] = "2199"
    write(folder / "sources.csv", rows)
    return "sources.csv, row 2, column year: "


@pytest.mark.parametrize("spoil", [spoil_column, spoil_unit, spoil_year])
def test_a_registry_with_a_mistake_is_told_where_and_nothing_is_touched(
    registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil
) -> None:
    told = spoil(registry)
    assert main(["run", "--registry", str(registry), "--data", str(tmp_path / "data")]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error
    assert not (tmp_path / "data").exists()


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_bad_documents_stop_nobody_and_cost_nothing_that_was_there(registry: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    code, told = run(registry, data)
    assert code == 0, told
    before = Store(data).read_table("normalized", 2024, "cells").to_pylist()

    sources = rows_of(registry / "sources.csv")
    units = [row["unit_id"] for row in sources]
    empty, huge, *_ = units
    listed = rows_of(registry / "units.csv")
    far = {**listed[-1], "unit_id": "far", "name": "漪原县远乡人民政府", "host": "127.0.0.1"}
    rubbish = {**listed[-1], "unit_id": "rubbish", "name": "漪原县乱乡人民政府", "host": ""}
    write(registry / "units.csv", [*listed, far, rubbish])
    (registry / "bad").mkdir()
    (registry / "bad" / "empty.html").write_bytes(b"")
    (registry / "bad" / "rubbish.pdf").write_bytes(Random(5).randbytes(50_000))
    with (registry / "bad" / "huge.html").open("wb") as file:
        file.write(b"<html><body><table>")
        for _ in range(50):
            file.write(b"<tr><td>1</td></tr>\n" * 50_000)
    bad = [{"unit_id": u, "year": "2024", "url": f"bad/{name}"} for u, name in
           ((empty, "empty.html"), ("rubbish", "rubbish.pdf"), (huge, "huge.html"))]  # fmt: skip
    closed = {"unit_id": "far", "year": "2024", "url": f"http://127.0.0.1:{closed_port()}/report.html"}
    write(registry / "sources.csv", [*sources, *bad, closed])
    (registry / "gipa.toml").write_text("[fetch]\nallow_private = true\nretries = 0\npace_seconds = 0\n")

    code, told = run(registry, data)
    assert code == 0, told
    assert "Traceback" not in told
    store = Store(data)
    assert store.read_table("normalized", 2024, "cells").to_pylist() == before, (
        "every good report still counts"
    )
    fetched = {(r["unit_id"], r["url"]): r for r in store.read_table("raw", 2024, "fetches").to_pylist()}
    outcomes = {url.rpartition("/")[2]: r["outcome"] for (_, url), r in fetched.items() if "bad/" in url}
    assert outcomes == {"empty.html": "empty", "rubbish.pdf": "stored", "huge.html": "too_large"}
    assert fetched["far", closed["url"]]["outcome"] == "unreachable"
    assert fetched[huge, "bad/huge.html"]["message"] == "bad/huge.html is larger than 31457280 bytes"
    states = {r["unit_id"]: r["state"] for r in store.read_table("validated", 2024, "coverage").to_pylist()}
    assert (states["far"], states["rubbish"]) == ("not_retrievable", "unreadable")
    found = store.read_table("validated", 2024, "findings").to_pylist()
    assert not [f for f in found if f["unit_id"] in ("far", "rubbish") and f["responsibility"] == "publisher"]
    [lost] = store.read_table("normalized", 2024, "quarantine").to_pylist()
    assert (lost["unit_id"], lost["reason"]) == ("rubbish", "unreadable")
    assert lost["detail"]


def test_a_year_that_the_registry_does_not_name_is_not_made_of_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--data", str(tmp_path / "data"), "--year", "2021"]) == 2
    told = capsys.readouterr().err
    assert "names no source for 2021; it names 2023, 2024." in told
    assert "not the one they are published in" in told
    assert not (tmp_path / "data").exists()
