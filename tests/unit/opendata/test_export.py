from __future__ import annotations

import csv
import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from gipa_pipeline.commands.export import export_data
from gipa_pipeline.errors import StoreError
from gipa_pipeline.opendata import export
from gipa_pipeline.opendata.export import _shown
from tests.unit.aggregate.scene import Scene, store_of, unit

NEW, FEES = "t3.new.total", "t2.fees.amount_wan_yuan"


@pytest.fixture
def scene() -> Scene:
    made = Scene(
        [
            unit("office", "某县人民政府办公室"),
            unit("a", "=甲局", office="office"),
            unit("b", "乙局", office="office"),
        ]
    )
    made.report("office", {NEW: 3, FEES: "0.1"}).report(
        "a", {NEW: 4, FEES: "4219.39"}, url="/srv/registry/files/a.docx"
    )
    made.report("b", {NEW: ""})
    for cell in made.cells:
        if cell["unit_id"] == "b" and cell["cell_id"] == NEW:
            cell["raw"] = "-"
    made.find("a", "R01", [NEW], message="@表三", likely_cells=[NEW])
    made.find("a", "K01", [NEW], responsibility="extractor").find(
        "a", "K02", [NEW], responsibility="undecided"
    )
    made.find("a", "L01", [NEW], state="dismissed").find("a", "L02", [NEW], verdict="uncertain")
    return made.find("b", "C02", [NEW], severity="warning", state="corrected")


def written(scene: Scene, root: Path) -> Path:
    export(store_of(scene, root / "data"), scene.registry, [2023], root / "out")
    return root / "out"


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "data" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_figures_in_both_forms_are_those_of_the_reports(scene: Scene, tmp_path: Path) -> None:
    out = written(scene, tmp_path)
    cells = {(r["unit_id"], r["cell_id"]): r for r in rows(out, "cells")}
    assert cells["a", FEES]["value"] == "4219.39"
    assert (cells["b", NEW]["value"], cells["b", NEW]["status"], cells["b", NEW]["raw"]) == (
        "",
        "blank",
        "'-",
    )
    exact = {
        (r["unit_id"], r["cell_id"]): r for r in pq.read_table(out / "data" / "cells.parquet").to_pylist()
    }
    assert exact["a", FEES]["value"] == Decimal("4219.39")
    assert (exact["b", NEW]["value"], exact["b", NEW]["raw"]) == (None, "-")
    assert len(cells) == len(exact) == 600
    [total] = [r for r in rows(out, "consolidated") if r["cell_id"] == NEW]
    assert (total["value"], total["units_included"], total["units_doubtful"], total["unit_ids"]) == (
        "7",
        "2",
        "2",
        "a;office",
    )


def test_every_figure_leads_back_to_its_document(scene: Scene, tmp_path: Path) -> None:
    out = written(scene, tmp_path)
    for cell in rows(out, "cells"):
        assert len(cell["document_sha256"]) == 64
        assert json.loads(cell["evidence"])["reader"] == "structure"
    urls = {r["unit_id"]: r["url"] for r in rows(out, "reports")}
    assert urls == {
        "office": "https://office.example.cn/2023.html",
        "b": "https://b.example.cn/2023.html",
        "a": "",
    }
    assert b"/srv/" not in b"".join(p.read_bytes() for p in out.rglob("*.*"))


def test_only_what_is_held_against_a_unit_goes_out(scene: Scene, tmp_path: Path) -> None:
    out = written(scene, tmp_path)
    found = rows(out, "findings")
    assert [(r["unit_id"], r["rule"], r["state"]) for r in found] == [
        ("a", "R01", "open"),
        ("b", "C02", "corrected"),
    ]
    assert found[0]["message"] == "'@表三"
    assert not {"responsibility", "rivals", "places", "evidence"} & set(found[0])
    assert [r["name"] for r in rows(out, "units")] == ["'=甲局", "乙局", "某县人民政府办公室"]
    assert "contact_email" not in rows(out, "units")[0]


def test_the_description_agrees_with_the_files(scene: Scene, tmp_path: Path) -> None:
    out = written(scene, tmp_path)
    package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    tabular = {r["name"]: r for r in package["resources"] if r["format"] == "csv"}
    assert len(package["resources"]) == 2 * len(tabular) == 22
    for resource in package["resources"]:
        data = (out / resource["path"]).read_bytes()
        assert resource["hash"] == "sha256:" + hashlib.sha256(data).hexdigest()
        assert resource["bytes"] == len(data)
    for name, resource in tabular.items():
        schema = resource["schema"]
        held = rows(out, name)
        assert list(held[0]) == [f["name"] for f in schema["fields"]]
        keys = [tuple(r[k] for k in schema["primaryKey"]) for r in held]
        assert len(set(keys)) == len(keys), name
        for key in schema.get("foreignKeys", []):
            target = key["reference"]
            known = {tuple(r[f] for f in target["fields"]) for r in rows(out, target["resource"])}
            assert {tuple(r[f] for f in key["fields"]) for r in held} <= known, (name, key)
        for field in schema["fields"]:
            check(field, [r[field["name"]] for r in held])
    assert all(
        f"| {f['name']} |" in (out / "README.md").read_text(encoding="utf-8")
        for f in tabular["cells"]["schema"]["fields"]
    )


def check(field: dict[str, Any], values: list[str]) -> None:
    stated = [v for v in values if v]
    if field["type"] == "integer":
        assert all(v.lstrip("-").isdigit() for v in stated), field
    if field["type"] == "number":
        assert all(Decimal(v).is_finite() and "E" not in v for v in stated), field
    if field["type"] == "date":
        assert all(len(v) == 10 and v[4] == "-" for v in stated), field


def test_equal_data_leave_the_files_untouched(scene: Scene, tmp_path: Path) -> None:
    store = store_of(scene, tmp_path / "data")
    first = export(store, scene.registry, [2023], tmp_path / "out")
    assert first.changed
    assert not export(store, scene.registry, [2023], tmp_path / "out").changed
    other = export(store_of(scene, tmp_path / "again"), scene.registry, [2023], tmp_path / "out2")
    assert [p.read_bytes() for p in first.files] == [p.read_bytes() for p in other.files]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"), ("+86", "'+86"), ("-", "'-"), ("@x", "'@x"), (" =1", "' =1"), ("\t=1", "'\t=1"), ("＝1", "'＝1"),
        ("3-2", "3-2"), (Decimal("-2.500000"), "-2.5"), (Decimal("1E+3"), "1000"), (None, ""), (["a", "b"], "a;b"), (True, "true"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_calculate_is_text(value: object, shown: str) -> None:
    assert _shown(value) == shown


def test_nothing_to_export_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="gipa run"):
        export_data(None, tmp_path, None, {})
