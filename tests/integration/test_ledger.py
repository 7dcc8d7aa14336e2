"""A report is corrected and spoiled again: its finding closes, comes back, and keeps what people decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gipa_pipeline.cli import main
from gipa_pipeline.ledger import Decision, append, restate
from gipa_pipeline.registry import load_registry
from gipa_pipeline.settings import RuleSettings, Settings
from gipa_pipeline.stages import Chain
from gipa_pipeline.store import Store
from gipa_pipeline.validate.tolerance import ToleranceExceeded
from tests.integration.instance import write

YEAR, START = 2023, datetime(2024, 4, 10, 4, 0, tzinfo=UTC)
TITLE = "某镇人民政府2023年政府信息公开工作年度报告"


class World:
    """One town whose report changes from day to day."""

    def __init__(self, folder: Path, report: str) -> None:
        self.folder, self.day = folder / "registry", 0
        self.folder.mkdir()
        unit = dict.fromkeys(
            ["unit_id", "name", "level", "kind", "region_code", "supervising_unit_id", "host", "contact_email"], ""
        )  # fmt: skip
        write(self.folder / "units.csv", [
            unit | {"unit_id": "office", "name": "某县人民政府办公室", "level": "county", "kind": "department", "region_code": "340323"},
            unit | {"unit_id": "town", "name": "某镇人民政府", "level": "town", "kind": "government", "region_code": "340323", "supervising_unit_id": "office"},
        ])  # fmt: skip
        write(self.folder / "sources.csv", [{"unit_id": "town", "year": str(YEAR), "url": "town.txt"}])
        self.store = Store(folder / "data")
        self.right = report

    def chain(self, settings: Settings | None = None) -> Chain:
        """The chain as it is run on the present day."""
        settings = settings or Settings()
        registry = load_registry(self.folder, settings)
        return Chain(registry, settings, self.store, lambda: START + timedelta(days=self.day))

    def run(self, report: str | None = None, *, days: int = 1) -> dict[str, dict]:
        """Publish a version, run the chain some days later, and give the findings by rule."""
        if report is not None:
            (self.folder / "town.txt").write_text(report, encoding="utf-8")
        self.day += days
        chain = self.chain()
        chain.fetch(YEAR)
        chain.extract(YEAR)
        chain.normalize(YEAR)
        chain.validate(YEAR)
        chain.aggregate(YEAR)
        chain.report(YEAR)
        rows = self.store.read_table("validated", YEAR, "findings").to_pylist()
        return {row["rule"]: row for row in rows}

    def decide(self, row: dict, action: str, reason: str = "") -> None:
        """Decide about a finding at the present moment."""
        moment = (START + timedelta(days=self.day, hours=1)).isoformat()
        append(self.store, Decision(row["finding_id"], moment, "王", action, reason))


def town_report(*, total: int = 12, note: str = "") -> str:
    """A report on 12 new applications, printed cell by cell."""
    from expectations.forms import load_form

    form = load_form("2021")
    lines = [TITLE, "发布日期：2024-01-10", "一、总体情况", f"2023年主动公开政府信息100条。{note}"]
    lines += ["二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况"]
    lines.append(
        "本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和 | "
        + " | ".join(c.label for c in form.columns)
    )
    for row in form.rows:
        counts = [0] * len(form.columns)
        if row.key in ("new", "granted", "total"):
            counts[0] = counts[-1] = 12
        if row.key == "new":
            counts[-1] = total
        lines.append(f"{row.label} | " + " | ".join(map(str, counts)))
    return "\n".join(lines)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, town_report())


def test_a_finding_is_sent_corrected_and_comes_back(world: World) -> None:
    first = world.run(town_report(total=13))["R01"]
    assert (first["state"], first["first_seen"]) == ("open", (START + timedelta(days=1)).date())
    world.decide(first, "sent")
    assert world.run(days=5)["R01"]["state"] == "sent"

    after = world.run(town_report())
    assert after["R01"] | {"state": "sent"} == first | {"state": "sent"}, "the row stays as it was"
    assert after["R01"]["state"] == "corrected"
    assert after["S14"]["severity"] == "warning"
    assert after["S14"]["cells"] == ["t3.new.total"]
    assert "由13改为12" in after["S14"]["message"]

    back = world.run(town_report(total=13))["R01"]
    assert (back["finding_id"], back["state"], back["first_seen"]) == (
        first["finding_id"],
        "open",
        first["first_seen"],
    )
    world.decide(back, "dismissed", "经核实为印刷格式")
    assert world.run()["R01"]["state"] == "dismissed"


def test_what_was_decided_shows_in_the_office_page_that_is_written_next(world: World) -> None:
    first = world.run(town_report(total=13))["R01"]
    page = world.store.folder("reports", YEAR) / "office" / "index.html"
    sums = "此格有未了结的须改正问题"
    assert sums in page.read_text(encoding="utf-8")
    world.decide(first, "dismissed", "经核实无误")
    places = ["--registry", str(world.folder), "--data", str(world.store.root)]
    assert restate(world.store, YEAR)
    assert main(["report", *places, "--year", str(YEAR)]) == 0
    assert sums not in page.read_text(encoding="utf-8")
    shown = page.read_bytes()
    assert world.run(days=0)["R01"]["state"] == "dismissed"
    assert page.read_bytes() == shown, "the next run comes to the same"


def test_a_year_that_is_stopped_says_so_and_shows_no_sums_of_before(world: World) -> None:
    world.run(world.right)
    page = world.store.folder("reports", YEAR) / "office" / "index.html"
    assert "暂未汇总" not in page.read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8").count('<table class="form') == 3
    (world.folder / "moved.pdf").write_bytes(b"%PDF-1.4 broken")
    write(world.folder / "sources.csv", [{"unit_id": "town", "year": str(YEAR), "url": "moved.pdf"}])
    world.day += 1
    chain = world.chain(Settings(rules=RuleSettings(thresholds={"W.least": 1})))
    for stage in (chain.fetch, chain.extract, chain.normalize, chain.validate):
        stage(YEAR)
    with pytest.raises(ToleranceExceeded):
        chain.aggregate(YEAR)
    text = page.read_text(encoding="utf-8")
    assert "2023年度暂未汇总：1份文件中有1份无法读取（W01，限度50%）" in text
    assert '<table class="form' not in text
    assert chain.aggregate(YEAR, accept=["W01"]).changed
    chain.report(YEAR)
    assert "暂未汇总" not in page.read_text(encoding="utf-8")


def test_a_change_with_a_note_is_only_told(world: World) -> None:
    world.run(town_report(total=13))
    after = world.run(town_report(note="更正说明：2024年4月12日更正表三本年新收总计。"))
    assert after["S14"]["severity"] == "info"


def test_what_is_derived_may_be_deleted(world: World) -> None:
    import shutil

    world.decide(world.run(town_report(total=13))["R01"], "confirmed")
    corrected = world.run(town_report())
    for stage in ("readings", "extracted", "normalized", "validated", "aggregated"):
        shutil.rmtree(world.store.folder(stage))
    assert world.run() == corrected
    assert corrected["R01"]["state"] == "corrected"


def test_the_same_documents_give_the_same_findings_on_another_day(world: World) -> None:
    world.run(town_report(total=13))
    folders = [
        world.store.folder(s, YEAR) for s in ("extracted", "normalized", "validated", "aggregated", "reports")
    ]
    before = {p: p.read_bytes() for folder in folders for p in folder.rglob("*.*")}
    assert any(p.name == "index.html" for p in before)
    world.run(days=30)
    assert {p: p.read_bytes() for folder in folders for p in folder.rglob("*.*")} == before


def test_a_date_that_passes_makes_a_report_that_is_not_there_a_missing_one(world: World) -> None:
    sources = [{"unit_id": u, "year": str(YEAR), "url": f"{u}.txt"} for u in ("town", "office")]
    write(world.folder / "sources.csv", sources)
    world.day -= 80  # 22 January: an office has until the 31st
    assert "A04" not in world.run(town_report())
    assert "A04" not in world.run(days=9)
    late = world.run(days=1)["A04"]
    assert (late["unit_id"], late["state"], late["first_seen"].isoformat()) == (
        "office",
        "open",
        "2024-01-31",
    )
    assert world.run(days=40)["A04"] == late
