"""One county with every state a unit may be in, for the page and the workbook."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from gipa_pipeline.aggregate import consolidate
from gipa_pipeline.report import YearFacts
from tests.unit.aggregate.scene import Scene, unit

if TYPE_CHECKING:
    from collections.abc import Callable

NEW = "t3.new.total"
FEES = "t2.fees.amount_wan_yuan"
HOSTILE = '<script>alert("x")</script>&=HYPERLINK("http://evil.example","x")'


def facts_of(scene: Scene, year: int = 2023) -> YearFacts:
    frames = scene.frames(year)
    return YearFacts.of(scene.registry, year, **frames, **consolidate(scene.registry, year, **frames))


@pytest.fixture
def county() -> Scene:
    scene = Scene(
        [
            unit("office", "某县人民政府办公室"),
            unit("finance", "某县财政局", office="office"),
            unit("health", "某县卫生健康局", office="office"),
            unit("police", "某县公安局", office="office"),
            unit("town", "某镇人民政府", "town", "government", "office"),
            unit("county", "某县人民政府", "county", "government", "office"),
            unit("park", "某开发区管理委员会", office="office"),
            unit("bureau", "某开发区投资促进局", office="park"),
        ]
    )
    scene.report("office", {NEW: 3, "t3.new.natural_person": 3, FEES: "0.1"}).report(
        "finance", {NEW: 4, FEES: "4219.39"}
    )
    scene.report(
        "town", {NEW: 2, "t3.carried_in.total": "", "t2.procurement.items": 3}, template="2019", due=None
    )
    scene.report("county", {NEW: 99}, published=date(2024, 3, 20), due=date(2024, 3, 31))
    scene.cover("health", "missing", due=date(2024, 1, 31)).report(
        "police", state="unreadable", covered="unreadable"
    )
    scene.reports[-1]["error_message"] = "扫描图片"
    scene.report("park", {NEW: 10}, covered="late", published=date(2024, 2, 5)).report("bureau", {NEW: 20})
    scene.find(
        "finance", "R01", ["t3.new.natural_person", NEW], message="表三“本年新收”行：六类申请人之和为0，总计填4，相差4。",
        actual="4", expected="0", difference="4", likely_cells=[NEW], suggestion="0",
        places='{"t3.new.total": {"reader": "structure", "page": 3, "row": 4, "column": 9}}',
    )  # fmt: skip
    scene.find(
        "town", "C02", ["t3.carried_in.total"], severity="warning", message="有1格空白。", state="sent"
    )
    scene.find(
        "office", "K01", [NEW], responsibility="undecided", verdict="uncertain", message="两种读法不一致。"
    )
    scene.find("office", "L01", [], state="dismissed", message="已撤销的问题。")
    return scene.find("office", "N04", [], state="corrected", message="曾经的问题。")


@pytest.fixture
def facts(county: Scene) -> YearFacts:
    return facts_of(county)


@pytest.fixture
def hostile() -> Callable[[], YearFacts]:
    def make() -> YearFacts:
        scene = Scene([unit("office", "某县人民政府办公室"), unit("x", HOSTILE, office="office")])
        scene.report("office", {NEW: 1}).report(
            "x", {NEW: 5, "t3.new.natural_person": ""}, url="javascript:alert(1)"
        )
        scene.reports[-1] |= {"title": HOSTILE, "error_message": HOSTILE}
        for cell in scene.cells:
            if cell["cell_id"] == NEW and cell["unit_id"] == "x":
                cell["raw"] = "=1+1"
        said = {
            "message": HOSTILE,
            "fix": "@SUM(A1)",
            "clause": "+1",
            "actual": "=1+1",
            "expected": "-2",
            "suggestion": "=9",
        }
        scene.find("x", "R01", [NEW], evidence='{"sentence": "</q><img src=x>"}', likely_cells=[NEW], **said)
        return facts_of(scene)

    return make
