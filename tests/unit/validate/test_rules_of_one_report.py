"""Every rule that one report can answer: it passes on a clean one, fails on one that breaks it, and stays silent on
what only looks like it."""

from datetime import date
from decimal import Decimal

import pytest

from expectations.rules import catalogue
from gipa_pipeline.model import CellReading, ReaderNote
from gipa_pipeline.settings import DateSettings, Due, RuleSettings, Settings
from gipa_pipeline.validate.case import Case
from gipa_pipeline.validate.checks import check_case, check_reading, findings_of
from gipa_pipeline.validate.subject import subject_of
from tests.unit.validate.forms import TEXTS, Unit, consistent, reading, sections, told

TOWN = Unit()
DEPARTMENT = Unit(name="中山市教育局", level="city", kind="department")
COUNTY = Unit(name="开平市人民政府", level="county", kind="government")
CLEAN = consistent(70) | {"t2.normative_documents.in_force": Decimal(5)}
NEW = int(CLEAN["t3.new.total"])
CARRIED = int(CLEAN["t3.carried_in.total"])
ANSWERED = int(CLEAN["t3.total.total"])
CLEAN_2019 = consistent(70, "2019")
EMPTY = dict.fromkeys(CLEAN, Decimal(0))
REVIEWS = int(CLEAN["t4.reconsideration.total"])


def cell(value, raw, status="reported"):
    return CellReading(
        status, None if value is None else Decimal(value), raw, readers=("structure", "sequence")
    )


def rules(cells=None, unit=TOWN, settings=None, **given):
    given = {"sections": sections(), "published": date(2024, 1, 20)} | given
    return {f.rule: f for f in check_reading(reading(cells or CLEAN, **given), unit, 2023, settings=settings)}


def test_a_clean_report_has_no_findings():
    assert rules() == {}
    assert rules(unit=DEPARTMENT) == {}
    assert check_reading(reading(CLEAN, sections=sections())) == []


def test_every_assessed_rule_gives_exactly_one_verdict():
    checked = check_case(Case(subject_of(reading(CLEAN, sections=sections()), TOWN, 2023)))
    given = [c.rule for c in checked]
    assert len(given) == len(set(given))
    elsewhere = {"A01", "A02", "A03", "A04", "L04"}
    assert set(given) == {r.id for r in catalogue().values() if r.assessed} - elsewhere


@pytest.mark.parametrize(
    ("rule", "severity", "given"),
    [
        ("C01", "error", {"cells": CLEAN | {"t2.licensing.decisions": Decimal(-3)}}),
        ("C01", "error", {"cells": CLEAN | {"t2.licensing.decisions": Decimal("3.5")}}),
        ("C01", "error", {"cells": CLEAN | {"t2.licensing.decisions": cell(None, "若干", "unreadable")}}),
        ("C02", "warning", {"cells": CLEAN | {"t2.licensing.decisions": None}}),
        ("C03", "info", {"cells": CLEAN | {"t2.licensing.decisions": cell(22, "22（其中修订 16 件）")}}),
        ("C04", "error", {"cells": CLEAN | {"t2.fees.amount_wan_yuan": Decimal(-1)}}),
        ("S13", "warning", {"cells": CLEAN | {"t2.licensing.decisions": CellReading("ambiguous", raw="3746")}}),
        ("X03", "warning", {"cells": CLEAN | {"t2.regulations.in_force": Decimal(6)}}),
        ("X04", "warning", {"cells": CLEAN | {"t2.normative_documents.issued": Decimal(9)}}),
        ("X06", "info", {"cells": EMPTY | {"t3.denied_state_secret.total": Decimal(1)}}),
        ("N01", "warning", told(f"全年收到政府信息公开申请{NEW + 70}件。")),
        ("N02", "warning", told(f"收到政府信息公开申请{NEW}件，其中当面申请{NEW}件，信函2件。")),
        ("N03", "info", told(f"收到政府信息公开申请{NEW}件，其中网上申请{NEW}件，占61.23%。")),
        ("N04", "warning", told("2023年未收到政府信息公开申请。")),
        ("N05", "warning", told("没有因政府信息公开被申请行政复议的情况。")),
        ("N06", "warning", told("全年制发行政规范性文件8件。")),
        ("N07", "warning", told(f"收到政府信息公开申请{NEW}件，其中自然人{NEW + 50}件。")),
        ("N09", "info", told("主动公开信息100条，其中网站80条，公众号72条。")),
        ("X07", "warning", {"cells": EMPTY} | told("全年收到政府信息公开申请6件。")),
        ("S01", "error", {"sections": sections(p6=None)}),
        ("S02", "error", {"hybrid": True}),
        ("S03", "warning", {"title": "古镇镇2022年政府信息公开工作年度报告"}),
        ("S04", "warning", {"period": (date(2022, 1, 1), date(2022, 12, 31))}),
        ("S06", "info", {"sections": sections(p1=TEXTS[1].replace("社会评议", "调研"))}),
        ("S06", "warning", {"sections": sections(p1="推进主动公开，规范依申请公开、信息管理、平台建设、监督保障。")}),
        ("S07", "warning", {"sections": sections(p5="无。")}),
        ("S08", "warning", {"sections": sections(p6="无。")}),
        ("S09", "info", told("依据国办公开办函〔2019〕60号编制。")),
        ("S10", "warning", told("该部分以表格形式报告。表格如下。")),
        ("S12", "warning", told("网址：http://www.spt.gon.cn/。")),
        ("S12", "warning", told("电子邮箱：someone@163.con。")),
        ("T05", "info", {"published": date(2023, 11, 2)}),
    ],
)  # fmt: skip
def test_it_fails_where_it_is_broken(rule, severity, given):
    found = rules(**given)
    assert rule in found
    assert found[rule].severity == severity
    assert found[rule].message.endswith("。")
    assert found[rule].fix == catalogue()[rule].fix
    assert found[rule].clause
    assert "{" not in found[rule].message


@pytest.mark.parametrize(
    ("silent", "given"),
    [
        ("C02", {"cells": CLEAN | {"t2.licensing.decisions": CellReading("missing")}}),
        ("C03", {"cells": CLEAN | {"t2.fees.amount_wan_yuan": cell("4219.39", "4219.39")}}),
        ("C03", {"cells": CLEAN_2019 | {"t2.procurement.amount_wan_yuan": cell("12.5", "12.5万元")}, "template": "2019"}),
        ("X03", {"cells": CLEAN | {"t2.regulations.in_force": Decimal(6)},
                 "unit": Unit(name="中山市人民政府办公室", level="city", kind="department")}),
        ("X06", {"cells": CLEAN | {"t3.denied_state_secret.total": Decimal(1)}, "unit": DEPARTMENT}),
        ("N01", told(f"收到政府信息公开申请{NEW + CARRIED}件。")),
        ("N01", told(f"收到政府信息公开申请{NEW + CARRIED}件（含上年结转{CARRIED}件）。")),
        ("N01", told(f"全区各部门共收到政府信息公开申请{NEW + 500}件。")),
        ("N01", told(f"收到申请{NEW}件，同比减少63%。")),
        ("N01", told(f"较上年收到政府信息公开申请{NEW + 30}件有所减少。")),
        ("N02", told(f"收到政府信息公开申请{NEW}件，其中当面申请1件，信函2件。")),
        ("N03", told(f"收到政府信息公开申请{NEW}件，其中网上申请{NEW}件，占100%。")),
        ("N04", told("2023年未收到当面提出的政府信息公开申请。")),
        ("N05", told(f"因政府信息公开被申请行政复议{REVIEWS}件。")),
        ("N05", told("全年办理行政复议案件230件。")),
        ("N06", told("全市制发行政规范性文件80件。")),
        ("N08", told("所有申请均已按时答复。")),
        ("N09", told("主动公开信息1722条，其中政务动态55条，公共公示544条。")),
        ("N09", told("主动公开信息100条，其中网站80条，公众号发布推文720条。")),
        ("S01", {"sections": sections(p6=None, p5=TEXTS[5] + "其他需要报告的事项：未收取信息处理费。")}),
        ("S03", {"title": "2023年政务公开工作要点"}),
        ("S03", {"title": "古镇镇2023年政府信息公开工作年度报告"}),
        ("S08", {"sections": sections(p6="收取信息处理费的情况：本年度未收取。")}),
        ("S09", {"notice": "国办公开办函〔2021〕30号"}),
        ("S12", told("网址：http://www.spt.gov.cn/，邮箱：zwwcz001@163.com，www.sz.gov.cn。")),
        ("S12", told("网址：http://www.gd.cn/。")),
        ("T01", {"unit": TOWN, "published": date(2024, 6, 1)}),
    ],
)  # fmt: skip
def test_it_is_silent_on_what_only_looks_like_it(silent, given):
    found = rules(**given)
    assert silent not in found or found[silent].verdict == "uncertain"


def test_all_disclosed_while_nothing_was_granted():
    cells = CLEAN | {c: Decimal(0) for c in CLEAN if c.startswith("t3.granted.")}
    found = rules(cells, **told("收到公开申请若干，有制作或保存的，都已向申请人公开。"))
    assert found["N08"].severity == "warning"
    assert "予以公开总计为0" in found["N08"].message
    assert "N08" not in rules(CLEAN, **told("有制作或保存的申请，都已向申请人公开。"))


def test_a_fee_was_not_paid_and_no_notice_was_sent():
    cells = CLEAN | {"t3.other_overdue_fee.total": Decimal(2)}
    parts = sections()
    from gipa_pipeline.extract.prose.narrative import claims_of

    found = rules(cells, sections=parts, claims=tuple(claims_of(parts)))
    assert "未发出收费通知" in found["X01"].message


def test_the_old_form_in_a_later_year_is_one_error():
    found = check_reading(reading(consistent(70, "2019"), template="2019", sections=sections()), TOWN, 2022)
    assert [f.rule for f in found if f.severity == "error"] == ["S02"]
    assert check_reading(reading(consistent(70, "2019"), template="2019", year=2020)) == []


def test_blanks_are_one_finding_however_many():
    cells = CLEAN | dict.fromkeys([c for c in CLEAN if c.startswith("t4.")])
    found = [f for f in check_reading(reading(cells)) if f.rule == "C02"]
    assert len(found) == 1
    assert len(found[0].cells) == 15
    assert "15" in found[0].message


def test_a_row_we_did_not_find_is_not_yet_a_row_that_is_not_there():
    row = [c for c in CLEAN if c.startswith("t3.denied_third_party.")]
    cells = CLEAN | dict.fromkeys(row, CellReading("missing"))
    note = ReaderNote("row_missing", "t3.denied_third_party", tuple(row))
    found = rules(cells, notes=(note,))["C05"]
    assert (found.verdict, found.responsibility) == ("uncertain", "undecided")
    assert "保护第三方合法权益" in found.message
    sure = rules(cells, notes=(note,), medium="html")["C05"]
    assert (sure.verdict, sure.severity) == ("fail", "error")


def test_what_we_are_not_sure_of_is_an_error_against_nobody():
    row = [c for c in CLEAN if c.startswith("t3.denied_third_party.")]
    cells = (
        CLEAN
        | dict.fromkeys(row, CellReading("missing"))
        | {"t2.licensing.decisions": cell(None, "若干", "unreadable")}
    )
    note = ReaderNote("row_missing", "t3.denied_third_party", tuple(row))
    for settings in (None, Settings(rules=RuleSettings(severity=dict.fromkeys(catalogue(), "error")))):
        found = check_reading(reading(cells, notes=(note,)), TOWN, 2023, settings=settings)
        assert "error" not in {f.severity for f in found if f.verdict == "uncertain"}
        assert {f.rule for f in found if f.verdict == "uncertain"} >= {"C05"}


@pytest.mark.parametrize(
    "text",
    [
        "存在的主要問題是更新不夠及時。下一步將加強培訓，改進工作。",
        "存在的主要问(wen)题(ti)是更新不及(ji)时。下(xia)一步将加强培训。",
    ],
)
def test_traditional_characters_and_pinyin_say_the_same(text):
    one = "推進主動公開，規範依申請公開、信息管理、平臺建設、監督保障，工作考核，社會評議，責任追究。"
    assert rules(sections=sections(p1=one, p5=text)) == {}


def test_money_below_a_fen_is_a_hint_and_no_breach():
    given = subject_of(
        reading(CLEAN | {"t2.fees.amount_wan_yuan": Decimal("0.00000123")}, sections=sections()), TOWN, 2023
    )
    [checked] = [c for c in check_case(Case(given)) if c.rule == "C04"]
    assert checked.verdict == "pass"
    assert [(f.severity, f.actual) for f in checked.findings] == [("info", "0.00000123")]
    to_the_yuan = Settings(rules=RuleSettings(thresholds={"C04.decimals": 4}))
    assert "C04" in rules(CLEAN | {"t2.fees.amount_wan_yuan": Decimal("1.23456")}, settings=to_the_yuan)


def test_review_comes_before_court_since_2024():
    cells = CLEAN | {"t4.litigation_direct.total": Decimal(20), "t4.litigation_direct.upheld": Decimal(20)}
    cells |= {"t3.partial.total": Decimal(9)}
    given = {"sections": sections()}
    later = {f.rule for f in check_reading(reading(cells, **given), TOWN, 2024)}
    assert "L05" in later
    assert "L05" not in {f.rule for f in check_reading(reading(cells, **given), TOWN, 2023)}


def test_cases_far_beyond_the_applications():
    cells = CLEAN | {"t4.litigation_direct.total": Decimal(4000)}
    assert rules(cells)["X05"].severity == "info"


@pytest.mark.parametrize(
    ("unit", "published", "rule"),
    [
        (DEPARTMENT, date(2024, 2, 1), "T01"),
        (DEPARTMENT, date(2024, 1, 31), None),
        (COUNTY, date(2024, 4, 1), "T02"),
        (COUNTY, date(2024, 3, 31), None),
    ],
)
def test_statutory_dates(unit, published, rule):
    found = {r: f for r, f in rules(unit=unit, published=published).items() if r[0] == "T"}
    assert set(found) == ({rule} if rule else set())
    if rule:
        assert found[rule].severity == "error"
        assert found[rule].difference == "1天"


def test_local_dates():
    settings = Settings(dates=DateSettings(departments_due=Due((1, 26)), towns_due=Due((1, 31))))
    assert "T03" in rules(unit=TOWN, published=date(2024, 2, 5), settings=settings)
    found = rules(unit=DEPARTMENT, published=date(2024, 1, 28), settings=settings)
    assert found["T04"].severity == "info"
    assert "2024年1月26日" in found["T04"].message


def test_a_date_we_did_not_find_is_not_held_against_the_unit():
    assert rules(published=None)["T05"].verdict == "uncertain"


def test_an_operator_may_change_severities_and_thresholds():
    settings = Settings(rules=RuleSettings(severity={"C02": "error"}, thresholds={"X05.least": 1e9}))
    cells = CLEAN | {"t2.licensing.decisions": None, "t4.litigation_direct.total": Decimal(4000)}
    found = rules(cells, settings=settings)
    assert found["C02"].severity == "error"
    assert "X05" not in found


def test_a_report_without_tables_is_not_assessed_but_its_parts_are():
    given = reading({}, state="table_absent", template=None, sections=sections(p6="无。"),
                    notes=(ReaderNote("picture_tables", "3"),))  # fmt: skip
    checked = check_case(Case(subject_of(given, TOWN, 2023)))
    verdicts = {c.rule: c.verdict for c in checked}
    assert verdicts["K01"] == verdicts["C02"] == "not_assessable"
    assert all(c.reason for c in checked if c.verdict == "not_assessable")
    assert [f.rule for f in findings_of(checked) if f.verdict == "fail"] == ["S08", "S13"]


def test_another_unit_in_the_texts_introduction():
    parts = sections(p1="现将开平市水口镇2023年政府信息公开工作情况报告如下。" + TEXTS[1])
    given = subject_of(reading(CLEAN, sections=parts, published=date(2024, 1, 9)), TOWN, 2023)
    other = type(given)(**{**given.__dict__, "other_names": lambda name: name if "水口" in name else None})
    assert [f.rule for f in findings_of(check_case(Case(other)))] == ["S05"]
    assert findings_of(check_case(Case(given))) == []
