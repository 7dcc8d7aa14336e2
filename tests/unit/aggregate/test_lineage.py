from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from gipa_pipeline.aggregate import NotTraceable, render, trace
from gipa_pipeline.errors import StoreError
from gipa_pipeline.store import Store
from tests.unit.aggregate.scene import Scene, contract, store_of, unit

NEW = "t3.new.total"
OTHER = "t3.other_other.total"
PAGE = "<html><body><table><tr><td>本年\n新收</td><td>4</td></tr></table></body></html>"


@pytest.fixture
def scene() -> Scene:
    scene = Scene(
        [
            unit("office", "某县人民政府办公室"),
            unit("finance", "某县财政局", office="office"),
            unit("town", "某镇人民政府", "town", "government", office="office"),
            unit("health", "某县卫生健康局", office="office"),
            unit("county", "某县人民政府", kind="government", office="office"),
        ]
    )
    scene.report("office", {NEW: 3, OTHER: 1}).report("town", {NEW: "", "t3.other.total": 7}, template="2019")
    scene.report("finance", {NEW: 4}).report("county", {NEW: 9}).cover("health", "not_retrievable")
    return scene.find("finance", "R01", [NEW], message="六类申请人之和为5，总计填4，相差-1。")


@pytest.fixture
def store(scene: Scene, tmp_path: Path) -> Store:
    store = Store(tmp_path)
    sha = store.put_bytes(PAGE.encode())
    for row in (*scene.reports, *scene.cells):
        if row["unit_id"] == "finance":
            row["document_sha256"] = sha
        if row["unit_id"] == "finance" and row.get("cell_id") == NEW:
            row["evidence"] = '{"reader": "html", "table": 0, "row": 0, "column": 1}'
    return store_of(scene, tmp_path)


def test_a_figure_with_its_parts_and_who_is_missing(scene: Scene, store: Store) -> None:
    found = trace(store, scene.registry, "office", 2023, NEW)
    assert (found.value, found.units_included, found.units_missing, found.units_doubtful) == (7, 2, 1, 2)
    assert found.agrees
    assert [(s.unit_id, s.value, s.included) for s in found.sources] == [
        ("office", 3, True), ("finance", 4, True), ("town", None, False)
    ]  # fmt: skip
    assert [(a.unit_id, a.coverage_state) for a in found.absent] == [("health", "not_retrievable")]
    text = render(found)
    assert "合计：7件\n计入 2 个单位，缺 1 个，本格有疑 2 个\n" in text
    assert "原文“4”，直接读出" in text
    assert "网页，第1个表格，第1行第2列" in text
    assert "有疑：R01：六类申请人之和为5，总计填4，相差-1。" in text
    assert "某镇人民政府（town）\n                空白，未填" in text
    assert "某县卫生健康局（health）：暂未能取得" in text
    assert "https://finance.example.cn/2023.html" in text
    assert "county" not in text


def test_one_unit_down_to_its_bytes(scene: Scene, store: Store) -> None:
    found = trace(store, scene.registry, "某县人民政府办公室", 2023, NEW, unit="某县财政局")
    assert found.document is not None
    assert (found.document.intact, found.document.size) == (True, len(PAGE.encode()))
    assert (
        found.document.path
        == f"raw/objects/{found.sources[0].document_sha256[:2]}/{found.sources[0].document_sha256}"
    )
    assert found.document.excerpt == "本年⏎新收 | 【4】"
    assert "与摘要相符" in render(found)
    store.object_path(found.sources[0].document_sha256).write_bytes(b"other")
    spoilt = trace(store, scene.registry, "office", 2023, NEW, unit="finance")
    assert spoilt.document is not None
    assert (spoilt.document.intact, spoilt.document.excerpt) == (False, None)
    assert "原件已损坏" in render(spoilt)


def test_a_governments_own_cell_can_be_traced_though_it_is_no_summand(scene: Scene, store: Store) -> None:
    found = trace(store, scene.registry, "office", 2023, NEW, unit="county")
    assert [(s.unit_id, s.value) for s in found.sources] == [("county", 9)]


def test_a_folded_cell_leads_to_the_printed_one(scene: Scene, store: Store) -> None:
    found = trace(store, scene.registry, "office", 2023, OTHER)
    assert found.value == Decimal(8)
    assert {s.unit_id: (s.cell_id, s.value) for s in found.sources}["town"] == ("t3.other.total", 7)
    assert found.agrees


def test_tree_takes_in_the_offices_below(tmp_path: Path) -> None:
    scene = Scene([unit("city", level="city"), unit("east", office="city"), unit("e1", office="east")])
    scene.report("city", {NEW: 1}).report("east", {NEW: 2}).report("e1", {NEW: 4})
    store = store_of(scene, tmp_path)
    assert [s.unit_id for s in trace(store, scene.registry, "city", 2023, NEW).sources] == ["city"]
    found = trace(store, scene.registry, "city", 2023, NEW, tree=True)
    assert (found.value, [s.unit_id for s in found.sources], found.agrees) == (
        7,
        ["city", "east", "e1"],
        True,
    )


def test_a_stale_sum_is_said_to_be_stale(scene: Scene, store: Store) -> None:
    next(c for c in scene.cells if c["unit_id"] == "office" and c["cell_id"] == NEW)["value"] = Decimal(30)
    store.write_frame("normalized", 2023, "cells", contract("normalized", "cells", scene.frame("cells")))
    found = trace(store, scene.registry, "office", 2023, NEW)
    assert not found.agrees
    assert "汇总表已过时" in render(found)


@pytest.mark.parametrize(
    ("office", "year", "cell", "of", "says"),
    [
        ("ofice", 2023, NEW, None, "相近的有：office"),
        ("office", 2023, "t3.new.totl", None, "t3.new.total"),
        ("office", 2023, NEW, "finanze", "finance"),
        ("office", 2023, "t3.other.total", None, "计入 t3.other_other.total"),
        ("office", 2023, "t2.procurement.items", None, "不参加汇总"),
        ("office", 2015, NEW, None, "没有可汇总的法定格式"),
        ("finance", 2023, NEW, None, "没有这个主管部门"),
    ],
)
def test_what_cannot_be_traced_is_told_with_near_names(
    scene: Scene, store: Store, office: str, year: int, cell: str, of: str | None, says: str
) -> None:
    with pytest.raises(NotTraceable, match=says.replace(".", r"\.")):
        trace(store, scene.registry, office, year, cell, unit=of)


def test_an_office_out_of_scope_is_told_as_such(scene: Scene, store: Store) -> None:
    with pytest.raises(NotTraceable, match="没有登记该主管部门所属单位2021年度的来源"):
        trace(store, scene.registry, "office", 2021, NEW)


def test_a_year_not_added_up_names_the_stage(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="aggregate"):
        trace(Store(tmp_path / "empty"), scene.registry, "office", 2023, NEW)
