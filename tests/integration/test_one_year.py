"""``gipa run --year``: one year is made anew, the others stay in the database as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from gipa_pipeline.commands.run import run
from tests.integration.instance import files_of, registry_of, rows_of, write

Tables = dict[str, dict[int, list[tuple[Any, ...]]]]
YEARLY = (
    "reports", "cells", "claims", "findings", "rule_results", "coverage", "consolidated", "consolidated_tree",
    "series", "fetches",
)  # fmt: skip


def years(data: Path) -> Tables:
    """Every yearly table's rows by year."""
    found: Tables = {}
    with duckdb.connect(str(data / "gipa.duckdb"), read_only=True) as connection:
        there = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        for name in there & set(YEARLY):
            table = connection.sql(f'SELECT * FROM "{name}"')
            at = table.columns.index("year")
            by_year = found.setdefault(name, {})
            for row in sorted(table.fetchall(), key=repr):
                by_year.setdefault(row[at], []).append(row)
    return found


def few(registry: Path) -> Path:
    """Only web pages, which are read quickly."""
    sources = [row for row in rows_of(registry / "sources.csv") if row["url"].endswith(".html")]
    write(registry / "sources.csv", sources)
    return registry


@pytest.mark.slow
def test_the_other_years_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry, data = few(registry_of(tmp_path / "registry")), tmp_path / "data"

    def made(year: int) -> Tables:
        assert run(registry, data, year, offline=False, environ={}) == 0
        return years(data)

    # A year told on an empty data folder: that year only. The next one joins it.
    first = made(2023)
    assert {tuple(by_year) for by_year in first.values()} == {(2023,)}
    both = made(2024)
    for name, by_year in both.items():
        assert by_year[2023] == first[name][2023], name
    assert set(both["cells"]) == set(both["coverage"]) == set(both["consolidated"]) == {2023, 2024}

    # The older one anew and changed: the newer one stays, in the database and on the disk.
    page = registry / "reports" / "2023" / "yiyuan-minzheng.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("</td>", " </td>", 1), encoding="utf-8")
    files = {name: held for name, held in files_of(data).items() if "/2024/" in name}
    assert files
    after = made(2023)
    assert after["reports"][2023] != both["reports"][2023]
    for name, by_year in after.items():
        assert by_year.get(2024) == both[name].get(2024), name
    assert files.items() <= files_of(data).items()
    assert capsys.readouterr().out.count("years 2023\n") == 2
