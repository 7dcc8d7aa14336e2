from __future__ import annotations

from datetime import date, timedelta

from lxml import etree

from gipa_pipeline.report import YearFacts, charts, office_view
from tests.unit.aggregate.scene import Scene, unit
from tests.unit.report.conftest import HOSTILE, NEW, facts_of


def drawn(chart: charts.Chart | None) -> etree._Element:
    assert chart is not None
    return etree.fromstring(str(chart.svg))


def test_timeline_draws_every_dated_report_and_the_due_dates(facts: YearFacts) -> None:
    svg = drawn(charts.timeline(office_view(facts, "office")))
    assert svg.get("aria-label") == "4份有日期的报告的发布时间：按时4份，逾期0份"
    assert [t.text for t in svg.iterfind(".//circle/title")][-1] == "某县人民政府 2024-03-20 按时发布"
    assert [t.text for t in svg.iterfind("text[@class]") if "due-label" in t.get("class")] == [
        "期限 1月31日",
        "期限 3月31日",
    ]
    assert charts.timeline(office_view(facts, "park")) is None


def test_many_reports_share_symbols() -> None:
    scene = Scene([unit("office"), *(unit(f"u{i}", office="office") for i in range(60))])
    for i in range(60):
        scene.report(
            f"u{i}",
            published=date(2024, 1, 25) + timedelta(days=40 * (i == 7)),
            covered="late" if i == 7 else "on_time",
        )
    chart = charts.timeline(office_view(facts_of(scene), "office"))
    svg = drawn(chart)
    assert chart is not None
    assert "每个符号至多代表8个单位" in chart.caption
    assert len(svg.findall(".//circle")) == 8
    assert len(svg.findall(".//path[@class='late']")) == 1


def test_bars_show_the_units_numbers_and_doubts(facts: YearFacts) -> None:
    svg = drawn(charts.applications(office_view(facts, "office")))
    bars = [(g.find("title").text, g.findall("text")[1].text) for g in svg.iterfind("g")]
    assert bars == [
        ("某县财政局：4件（有疑）", "4 △"),
        ("某县人民政府办公室：3件（有疑）", "3 △"),
        ("某镇人民政府：2件", "2"),
    ]


def test_beyond_the_largest_units_the_rest_is_one_bar() -> None:
    scene = Scene(
        [unit("office"), *(unit(f"u{i}", HOSTILE if i == 39 else "", office="office") for i in range(40))]
    )
    for i in range(40):
        scene.report(f"u{i}", {NEW: i})
    svg = drawn(charts.applications(office_view(facts_of(scene), "office")))
    titles = [g.find("title").text for g in svg.iterfind("g")]
    assert len(titles) == charts.MOST_BARS
    assert titles[0] == f"{HOSTILE}：39件"
    assert titles[-1] == f"其余16个单位：{sum(range(1, 17))}件"
