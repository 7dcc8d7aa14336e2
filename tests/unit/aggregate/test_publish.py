from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from gipa_pipeline.aggregate import publish, publish_database, series
from gipa_pipeline.aggregate.describe import markdown
from gipa_pipeline.aggregate.dictionary import VIEWS, tables
from gipa_pipeline.aggregate.publish import staged
from gipa_pipeline.store import Store
from tests.unit.aggregate.scene import Scene, store_of, unit

ROOT = Path(__file__).resolve().parents[3]
NEW = "t3.new.total"

# Names and meaning on which other people's tools rely; never take one away.
STABLE = {
    "reports": "unit_id office_id year document_sha256 url media_type template title agency published state",
    "cells": "unit_id year cell_id value status raw evidence document_sha256",
    "claims": "unit_id year kind value sentence",
    "findings": "finding_id unit_id office_id year rule edition severity verdict responsibility cells expected actual "
    "difference likely_cells suggestion message fix clause state first_seen last_seen",
    "rule_results": "unit_id year rule verdict reason",
    "coverage": "unit_id office_id year state published due",
    "consolidated": "office_id year cell_id value units_included units_missing units_doubtful unit_ids",
    "consolidated_tree": "office_id year cell_id value units_included units_missing units_doubtful unit_ids",
}


def world() -> Scene:
    scene = Scene([unit("office", "某县人民政府办公室"), unit("finance", "某县财政局", office="office")])
    scene.report("office", {NEW: 3}).report("finance", {NEW: 4, "t2.fees.amount_wan_yuan": "4219.39"})
    scene.report("office", {NEW: 2}, year=2022, published=date(2023, 1, 9), due=date(2023, 1, 31))
    return scene.find("finance", "R01", [NEW, "t3.new.other"], difference="1")


def dump(path: Path) -> dict[str, list[tuple]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return {t.name: connection.execute(f"FROM {t.name}").fetchall() for t in tables()}


def test_tables_have_their_stable_columns_types_and_comments(tmp_path: Path) -> None:
    store = store_of(world(), tmp_path, (2022, 2023))
    publish_database(store, world().registry, [2022, 2023])
    with duckdb.connect(str(tmp_path / "gipa.duckdb"), read_only=True) as connection:
        for table, names in STABLE.items():
            assert set(names.split()) <= set(connection.table(table).columns)
        comments = connection.execute(
            "SELECT count(*) FILTER (comment IS NULL), count(*) FROM duckdb_columns() WHERE NOT internal "
            "AND table_name IN (SELECT table_name FROM duckdb_tables())"
        ).fetchone()
        assert comments == (0, sum(len(t.columns) for t in tables()))
        [[comment]] = connection.execute(
            "SELECT comment FROM duckdb_tables() WHERE table_name = 'cells'"
        ).fetchall()
        assert (
            comment
            == "单元格，已识读报告所用格式的全部单元格 | All cells of the reports that were read, absent ones too"
        )
        types = dict(
            connection.execute("SELECT column_name, column_type FROM (DESCRIBE consolidated)").fetchall()
        )
        assert (types["value"], types["unit_ids"], types["units_doubtful"]) == (
            "DECIMAL(18,6)",
            "VARCHAR[]",
            "INTEGER",
        )


def test_values_are_those_of_the_frames(tmp_path: Path) -> None:
    store = store_of(world(), tmp_path, (2022, 2023))
    rows = publish_database(store, world().registry, [2022, 2023]).rows
    assert (rows["reports"], rows["cells"], rows["series"], rows["consolidated"]) == (3, 600, 600, 400)
    with duckdb.connect(str(tmp_path / "gipa.duckdb"), read_only=True) as connection:
        figure = connection.execute(
            f"SELECT value, units_included, units_missing, units_doubtful, unit_ids FROM consolidated "
            f"WHERE office_id = 'office' AND year = 2023 AND cell_id = '{NEW}'"
        ).fetchone()
        assert figure == (Decimal(7), 2, 0, 1, ["finance", "office"])
        labelled = connection.execute(
            "SELECT office, row_label, value FROM consolidated_labelled WHERE year = 2023 AND cell_id LIKE 't2.fees%'"
        ).fetchone()
        assert labelled == ("某县人民政府办公室", "行政事业性收费", Decimal("4219.39"))
        assert connection.execute("SELECT unit, rule, difference FROM open_findings").fetchall() == [
            ("某县财政局", "R01", "1")
        ]
        member = "SELECT unit_id, included, coverage_state FROM membership WHERE year = 2022 ORDER BY ALL"
        assert connection.execute(member).fetchall() == [
            ("finance", False, None),
            ("office", True, "on_time"),
        ]


def test_a_year_without_frames_gives_no_rows_but_all_tables(tmp_path: Path) -> None:
    publish_database(Store(tmp_path), world().registry, [2023])
    content = dump(tmp_path / "gipa.duckdb")
    assert content["reports"] == content["consolidated"] == []
    assert [row[0] for row in content["units"]] == ["finance", "office"]
    assert len(content["form_cells"]) == 398


def test_publishing_again_changes_nothing_and_a_new_finding_does(tmp_path: Path) -> None:
    scene = world()
    store = store_of(scene, tmp_path)
    assert publish_database(store, scene.registry, [2023]).changed
    inode, content = (tmp_path / "gipa.duckdb").stat().st_ino, dump(tmp_path / "gipa.duckdb")
    again = publish_database(store, scene.registry, [2023])
    assert again.inputs == dict(content["about"])["inputs"]
    assert (again.changed, again.rows["reports"]) == (False, 2)
    assert (tmp_path / "gipa.duckdb").stat().st_ino == inode
    (tmp_path / "gipa.duckdb").unlink()
    publish_database(store, scene.registry, [2023])
    assert dump(tmp_path / "gipa.duckdb") == content
    scene.find("office", "K01", [NEW])
    store = store_of(scene, tmp_path)
    assert publish_database(store, scene.registry, [2023]).changed
    assert len(dump(tmp_path / "gipa.duckdb")["findings"]) == 2
    assert publish_database(store, Scene(scene.units[:1]).registry, [2023]).changed


def test_a_damaged_database_is_replaced(tmp_path: Path) -> None:
    store = store_of(world(), tmp_path)
    (tmp_path / "gipa.duckdb").write_bytes(b"no database")
    assert publish_database(store, world().registry, [2023]).changed
    assert len(dump(tmp_path / "gipa.duckdb")["reports"]) == 2


def test_a_reader_that_has_the_old_file_open_keeps_it(tmp_path: Path) -> None:
    scene = world()
    publish_database(store_of(scene, tmp_path), scene.registry, [2023])
    with duckdb.connect(str(tmp_path / "gipa.duckdb"), read_only=True) as old:
        scene.find("office", "K01", [NEW])
        # A program of its own: within one process DuckDB shares an open file between connections.
        code = (
            "import sys; from pathlib import Path; from tests.unit.aggregate import test_publish as t;"
            "s = t.world().find('office', 'K01', [t.NEW]); root = Path(sys.argv[1]);"
            "t.publish_database(t.store_of(s, root), s.registry, [2023])"
        )
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True)
        assert old.execute("SELECT count(*) FROM findings").fetchone() == (1,)
    assert len(dump(tmp_path / "gipa.duckdb")["findings"]) == 2


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_killed_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    scene = world()
    publish_database(store_of(scene, tmp_path), scene.registry, [2023])
    before = (tmp_path / "gipa.duckdb").read_bytes()
    code = textwrap.dedent(f"""
        import os, signal, sys
        from pathlib import Path
        import gipa_pipeline.aggregate
        from tests.unit.aggregate import test_publish as t
        module = sys.modules['gipa_pipeline.aggregate.publish']
        create = module._create
        def dying(connection, table):
            if table.name == "series":
                os.kill(os.getpid(), {signal.SIGKILL})
            create(connection, table)
        module._create = dying
        s = t.world().find("office", "K01", [t.NEW]); root = Path(sys.argv[1])
        t.publish_database(t.store_of(s, root), s.registry, [2023])
    """)
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "gipa.duckdb").read_bytes() == before
    assert publish_database(Store(tmp_path), scene.registry, [2023]).changed
    assert [p.name for p in tmp_path.glob("*.tmp*")] == [p.name for p in tmp_path.glob(".tmp*")] == []


def test_a_failed_build_leaves_the_old_file_and_no_leftovers(tmp_path: Path) -> None:
    target = tmp_path / "x.duckdb"
    target.write_bytes(b"old")

    def build() -> None:
        with staged(target) as path:
            path.write_bytes(b"half")
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        build()
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.duckdb"]


def test_build_into_a_connection_that_is_handed_in(tmp_path: Path) -> None:
    store = store_of(world(), tmp_path)
    with duckdb.connect() as connection:
        rows = publish(store, world().registry, [2023], connection)
        assert rows["consolidated"] == 200
        assert connection.execute("SELECT count(*) FROM open_findings").fetchone() == (1,)


def test_series_is_sorted_by_unit_cell_and_year() -> None:
    scene = world()
    found = series([scene.frame("cells", 2023), scene.frame("cells", 2022)])
    office = found[(found["unit_id"] == "office") & (found["cell_id"] == NEW)]
    assert office[["year", "value", "status"]].values.tolist() == [
        [2022, 2, "reported"],
        [2023, 3, "reported"],
    ]
    assert len(series([])) == 0


def test_the_data_dictionary_is_current() -> None:
    page = (ROOT / "docs" / "database.md").read_text(encoding="utf-8")
    assert page == markdown(), "run: python -m gipa_pipeline.aggregate.describe > docs/database.md"
    assert all(f"## {t.name}\n" in page for t in tables())
    assert all(name in page for name in VIEWS)


def test_the_states_that_stand_are_the_same_wherever_they_are_named() -> None:
    from expectations.frames import columns
    from gipa_pipeline.aggregate import wording
    from gipa_pipeline.aggregate.rollup import OPEN_STATES
    from gipa_pipeline.ledger import STATES

    [state] = [c for c in columns("validated", "findings") if c.name == "state"]
    assert tuple(state.codes) == STATES == tuple(wording.FINDING_STATE)
    assert (*OPEN_STATES, "dismissed", "corrected") == STATES
    view = ROOT / "gipa_pipeline" / "aggregate" / "sql" / "views" / "open_findings.sql"
    standing = "findings.state IN (" + ", ".join(f"'{s}'" for s in OPEN_STATES) + ")"
    assert standing in view.read_text(encoding="utf-8")
