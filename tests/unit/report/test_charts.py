from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from lxml import etree, html

from expectations.forms import load_form
from gipa_pipeline.report import YearFacts, charts, office_report, office_view
from gipa_pipeline.report.drawing import Chart
from tests.unit.aggregate.scene import Scene, unit
from tests.unit.report.conftest import HOSTILE, NEW, facts_of

SHORT = {"granted": 5, "partial": 2, "denied_third_party": 1, "unable_not_held": 3, "carried_out": 4}


def drawn(chart: Chart | None) -> etree._Element:
    assert chart is not None
    svg = etree.fromstring(str(chart.svg))
    named = svg.get("aria-labelledby").split()
    assert [svg.find(f"*[@id='{i}']").tag for i in named] == ["title", "desc"]
    return svg


def flow(**rows: int) -> dict[str, int]:
    """The row totals of table 3."""
    return {f"t3.{row}.total": value for row, value in rows.items()}


def over_years(*scenes: tuple[int, Scene]) -> YearFacts:
    """The last year's facts with those of the years before."""
    *earlier, (year, last) = scenes
    return replace(facts_of(last, year), earlier=tuple(facts_of(scene, y) for y, scene in earlier))


def test_timeline_draws_every_dated_report_and_the_due_dates(facts: YearFacts) -> None:
    chart = charts.timeline(office_view(facts, "office"))
    svg = drawn(chart)
    assert svg.findtext("desc") == "4份有日期的报告的发布时间：按时4份，逾期0份"
    assert chart is not None
    assert "按时4个，逾期0个，未见报告1个，无法识读1个。" in chart.caption
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


def test_results_are_what_the_units_printed() -> None:
    scene = Scene(
        [unit("office", "办公室"), unit("a", "甲局", office="office"), unit("b", "乙局", office="office")]
    )
    scene.report("office").report("a", flow(new=15, **SHORT)).report(
        "b", flow(new=3, granted=3, reject_petition=2)
    )
    scene.find("b", "K02", ["t3.granted.total"])
    chart = charts.results(office_view(facts_of(scene), "office"))
    svg = drawn(chart)
    assert chart is not None
    assert [g.findtext("title") for g in svg.iterfind("g")] == [
        "甲局：新收15，上年结转0；予以公开5，部分公开2，不予公开1，无法提供3，结转下年4",
        "乙局：新收3，上年结转0；予以公开3，不予处理2（有疑）",
    ]
    assert chart.heads == (
        "单位", "新收", "上年结转", "予以公开", "部分公开", "不予公开", "无法提供", "不予处理", "其他处理", "结转下年"
    )  # fmt: skip
    assert chart.rows[0] == ("甲局", "15", "0", "5", "2", "1", "3", "0", "0", "4")
    assert chart.rows[1][0] == "乙局 △"
    assert "另有1个单位没有申请。" in chart.caption
    lengths = {r.get("class"): float(r.get("width")) for r in svg.find("g").iterfind("rect")}
    assert list(lengths) == ["seg granted", "seg partial", "seg denied", "seg unable", "seg open"]
    assert abs(lengths["seg granted"] / lengths["seg partial"] - 2.5) < 0.01
    assert [key for key, _ in chart.legend] == ["granted", "partial", "denied", "unable", "reject", "open"]


def test_beyond_the_largest_units_the_rest_is_one_bar() -> None:
    scene = Scene(
        [unit("office"), *(unit(f"u{i}", HOSTILE if i == 39 else "", office="office") for i in range(40))]
    )
    for i in range(40):
        scene.report(f"u{i}", flow(granted=i))
    chart = charts.results(office_view(facts_of(scene), "office"))
    titles = [g.findtext("title") for g in drawn(chart).iterfind("g")]
    assert len(titles) == charts.MOST_BARS
    assert titles[0] == f"{HOSTILE}：新收0，上年结转0；予以公开39"
    assert titles[-1] == f"其余16个单位合计：新收0，上年结转0；予以公开{sum(range(1, 17))}"
    assert chart is not None
    assert len(chart.rows) == 39, "the table has them all"


def test_years_add_up_the_reports_that_were_read_and_say_how_many() -> None:
    units = [unit("office", "办公室"), unit("a", "甲局", office="office")]
    first = Scene(units).report("office", flow(granted=2), year=2020, template="2019").report(
        "a", flow(granted=5, other=1), year=2020, template="2019"
    )  # fmt: skip
    last = (
        Scene(units)
        .report("office", flow(granted=4, other_other=2), year=2021)
        .cover("a", "missing", year=2021)
    )
    view = office_view(over_years((2020, first), (2021, last)), "office")
    chart = charts.years(view)
    assert chart is not None
    assert [row[0] for row in chart.rows] == ["2020年（2个单位）", "2021年（1个单位，缺1个）"]
    assert [row[3] for row in chart.rows] == ["7", "4"]
    assert [row[8] for row in chart.rows] == ["1", "2"], (
        "the old form's one row of other results and the new three"
    )
    page = html.document_fromstring(office_report(view))
    rows = {
        tr[0].text_content(): [td.text_content().strip() for td in tr[1:]]
        for tr in page.xpath("//table[contains(@class,'years')]//tbody/tr")
    }
    assert list(rows) == ["办公室", "甲局"]
    states = [s.get("title") for s in page.xpath("//table[contains(@class,'years')]//tr[2]//span")]
    assert states == ["按时发布", "未见报告"]
    assert charts.years(office_view(facts_of(last, 2021), "office")) is None


def test_a_small_line_leaves_gaps_where_there_was_no_report() -> None:
    line = etree.fromstring(str(charts.trend([Decimal(1), Decimal(4), None, Decimal(2)])))
    assert line.get("aria-label") == "历年新收：1、4、缺、2"
    assert len(line.findall("polyline")) == 1
    assert len(line.findall("circle")) == 3
    assert charts.trend([None, Decimal(4), None]) == ""


def test_errors_are_counted_where_they_most_likely_lie() -> None:
    units = [unit("office", "办公室"), unit("a", "甲局", office="office")]
    before = Scene(units).report("office", year=2022).report("a", year=2022)
    before.find("a", "R01", ["t3.new.natural_person", NEW], likely_cells=[NEW], state="corrected", year=2022)
    now = Scene(units).report("office").report("a")
    now.find("a", "R01", ["t3.new.natural_person", NEW], likely_cells=[NEW])
    now.find("office", "K02", ["t3.granted.other", "t3.total.other"])
    now.find("office", "R01", ["t3.granted.total"], state="dismissed")
    now.find("office", "R01", ["t3.partial.total"], responsibility="undecided", verdict="uncertain")
    view = office_view(over_years((2022, before), (2023, now)), "office")
    assert dict(view.history.cells) == {NEW: 2, "t3.granted.other": 1, "t3.total.other": 1}
    page = html.document_fromstring(office_report(view))
    [heat] = page.xpath("//table[contains(@class,'heat')]")
    marked = [td.text for td in heat.iter("td") if td.get("class") != "h0"]
    assert sorted(marked) == ["1", "1", "2"]
    assert len(list(heat.iter("td"))) == len(load_form("2021").table_cells("t3"))
    few = office_report(office_view(facts_of(now), "office"))
    assert 'heat"' not in few, "two errors are no cluster"


def test_peers_are_shown_only_among_enough_units_of_one_level_and_kind_with_enough_cases() -> None:
    rng = random.Random(3)
    names = [f"d{i}" for i in range(6)]
    scene = Scene([unit("office"), *(unit(n, n, office="office") for n in names)])
    scene.units += [unit(f"t{i}", "镇", "town", "government", "office") for i in range(4)]
    for n in (*names, "t0", "t1", "t2", "t3"):
        granted = rng.randint(20, 40)
        scene.report(n, flow(granted=granted, denied_third_party=60 - granted))
    scene.report("office", flow(granted=3))
    view = office_view(facts_of(scene), "office")
    chart = charts.peers(view, 5, 20)
    assert chart is not None
    assert {row[0] for row in chart.rows} == {"县级部门"}
    assert {row[2] for row in chart.rows} == {"6"}, "the office itself handled too few"
    assert "不作评价" in chart.caption
    assert charts.peers(view, 7, 20) is None
    assert charts.peers(view, 5, 61) is None
    scene.find("d0", "R01", ["t3.granted.total"])
    doubted = charts.peers(office_view(facts_of(scene), "office"), 5, 20)
    assert doubted is not None
    assert {row[2] for row in doubted.rows} == {"5"}, "a share of numbers in doubt is no share"
