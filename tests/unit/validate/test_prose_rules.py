"""The prose against the tables: each way in which a rule could accuse falsely, beside a real contradiction."""

from datetime import date
from decimal import Decimal

import pytest

from gipa_pipeline.model import CellReading
from gipa_pipeline.validate.checks import check_reading
from gipa_pipeline.validate.prose import said
from tests.unit.validate.forms import TEXTS, Unit, consistent, reading, told

TOWN = Unit()
BUREAU = Unit(name="中山市教育局", level="city", kind="department")
RULES = {*(f"N0{n}" for n in range(1, 10)), "X01", "X07"}


def table(**numbers):
    """A report's cells: one column of applicants, the numbers given, all else zero."""
    cells = {c: Decimal(0) for c in consistent(1)}
    for row, value in ({"new": 50, "carried_in": 3, "total": 51, "carried_out": 2} | numbers).items():
        for column in ("natural_person", "total"):
            cells[f"t3.{row}.{column}"] = Decimal(value)
        if row == "total":
            for column in ("natural_person", "total"):
                cells[f"t3.granted.{column}"] = Decimal(value)
    cells["t2.normative_documents.in_force"] = Decimal(10)
    return cells


def found(text, cells=None, unit=TOWN, **given):
    """The findings of the rules on prose, by rule."""
    given = {"published": date(2024, 1, 20)} | told(text) | given
    findings = check_reading(reading(cells or table(), **given), unit, 2023)
    assert all(f.severity in ("warning", "info") for f in findings if f.rule in RULES)
    return {f.rule: f for f in findings if f.rule in RULES}


HEAD = "（二）依申请公开情况。"


@pytest.mark.parametrize(
    ("rule", "text", "expected", "actual"),
    [
        ("N01", HEAD + "全年新收申请50件。办结58件，结转下年度2件。", "51", "58"),
        ("N01", "我镇收到政府信息公开申请57件。", "50", "57"),
        ("N01", "古镇镇收到政府信息公开申请57件。", "50", "57"),
        ("N01", HEAD + "收到申请50件，上年结转4件。", "3", "4"),
        ("N01", HEAD + "收到申请50件，结转下年度继续办理5件。", "2", "5"),
        ("N02", "收到政府信息公开申请50件，其中当面10件，信函20件，网络21件。", "50", "51"),
        ("N02", "收到政府信息公开申请50件，其中当面10件，信函20件，网络19件。", "50", "49"),
        ("N02", "收到政府信息公开申请50件，其中网络提交51件。", "50", "51"),
        ("N03", HEAD + "办结51件。予以公开30件，占办结总数的68.82%。", "58.82", "68.82"),
        ("N04", "全年没有收到政府信息公开申请。", "50", "0"),
        ("N05", "没有因政府信息公开被申请行政复议。", None, None),
        ("N06", "制发行政规范性文件0件，现行有效12件。", "10", "12"),
        ("N07", "收到政府信息公开申请50件，其中自然人45件。", "50", "45"),
        ("N09", "主动公开政府信息100条，分别为网站60条、公示栏30条。", None, None),
        ("N09", "主动公开政府信息1，000条，其中网站700条、公示栏400条。", None, None),
    ],
)
def test_a_contradiction_is_found(rule, text, expected, actual):
    cells = table()
    if rule == "N05":
        cells |= {"t4.reconsideration.total": Decimal(2), "t4.reconsideration.upheld": Decimal(2)}
    finding = found(text, cells)[rule]
    assert finding.verdict == "fail"
    if expected is not None:
        assert (finding.expected, finding.actual) == (expected, actual)


@pytest.mark.parametrize(
    "text",
    [
        # The table's number under another reading of the words.
        "收到政府信息公开申请50件，办结48件。",
        "收到政府信息公开申请53件。",
        "收到政府信息公开申请53件（含上年结转3件），答复51件。",
        "办理政府信息公开申请53件。",
        HEAD + "上年结转的3件均已办结3件；收到申请50件，办结48件。",
        # Other bodies.
        "全市共收到政府信息公开申请340件，答复338件。",
        "各镇街共收到政府信息公开申请340件，答复338件。",
        "全市共收到政府信息公开申请340件。答复338件，结转下年度2件。",
        "2023年，市府办共受理政府信息公开申请177件。",
        "市教育局收到政府信息公开申请177件。",
        # Other years and other times.
        "2023年，推进公开。2022年收到政府信息公开申请34件，2023年收到政府信息公开申请50件。",
        "去年收到政府信息公开申请34件。",
        "上半年收到政府信息公开申请34件。",
        "收到政府信息公开申请50件，比上年的34件增加16件。",
        # Persons, times, round numbers, ten thousands.
        "收到政府信息公开申请60人次。",
        "收到政府信息公开申请近60件。",
        "收到政府信息公开申请6万件。",
        # Channels as examples, of more than the new ones, joined, divided, with a rest.
        "收到政府信息公开申请50件，其中当面10件，信函20件。",
        "收到政府信息公开申请50件，上年结转3件，其中当面10件，信函20件，网络23件。",
        "收到政府信息公开申请50件，其中当面10件，信函及传真20件，网络20件。",
        "收到政府信息公开申请50件，其中网络30件（含电子邮件25件），信函20件。",
        "收到政府信息公开申请50件，其中当面10件、信函20件、传真5件等。",
        "收到政府信息公开申请50件，其中当面10件、信函20件、传真5件，其余通过窗口转来15件。",
        "收到政府信息公开申请50件，当面10件，信函20件，传真5件，经邮政专递15件。",
        "受理政府信息公开申请50件，其中当面10件，网络38件，信函4件（含重复2件）。",
        # Several years together, years in brackets, quarters.
        "2021年至2023年，共收到政府信息公开申请150件，办结149件。",
        "2023年收到政府信息公开申请50件（2022年56件，2021年60件），办结51件（2022年55件）。",
        "2023年收到政府信息公开申请50件。其中一季度12件，二季度10件，三季度20件，四季度8件。",
        "第一季度收到政府信息公开申请12件，第二季度收到政府信息公开申请38件。",
        "收到政府信息公开申请50件，信函申请20件、网上申请30件，网上申请中自然人28件。",
        # Shares of another number of the sentence, and rounded ones.
        "收到政府信息公开申请50件，网络30件，其中自然人28件，占比93.3%。",
        HEAD + "办结51件，予以公开17件，占办结总数的33.4%。",
        HEAD + "办结51件，予以公开17件，约占办结总数的40%。",
        # Applicants of a part.
        "收到政府信息公开申请50件。网上收到政府信息公开申请30件，自然人28件，法人或其他组织2件。",
        # Cases heard as authority, won, joint.
        "全年办理政府信息公开行政复议案件23件。",
        "政府信息公开行政复议无纠错。",
        "政府信息公开行政复议和行政诉讼案件共5件。",
        # Documents of others, or other documents.
        "全市现行有效行政规范性文件120件。",
        "清理行政规范性文件35件，公布政策文件8件。",
        # Items that repeat or leave some out.
        "主动公开政府信息100条，其中网站60条、公示栏30条。",
        "主动公开政府信息1，722条，其中网站1，200条、公示栏400条。",
        "主动公开政府信息2万条，其中网站9000条、公示栏9000条。",
        "主动公开政府信息100条，其中网站80条，公众号发布推文720条。",
    ],
)
def test_what_agrees_under_another_reading_is_not_held_against_anyone(text):
    assert found(text) == {}


def test_the_unit_itself_may_be_named_by_its_short_form():
    office = Unit(name="中山市人民政府办公室", level="city", kind="department")
    text = "2023年，市府办共受理政府信息公开申请177件。"
    assert found(text, unit=office)["N01"].actual == "177"
    assert "N01" not in found(text, unit=BUREAU)


@pytest.mark.parametrize(
    "cell",
    [
        None,
        CellReading("ambiguous", raw="500", candidates=(Decimal(50), Decimal(5))),
        CellReading("unreadable", raw="若干"),
    ],
)
def test_a_cell_without_a_value_contradicts_nothing(cell):
    text = HEAD + "全年新收申请57件，其中自然人57件。上年结转9件，办结58件，结转下年度8件。"
    cells = table() | {
        f"t3.{row}.{column}": cell
        for row in ("new", "carried_in", "total", "carried_out")
        for column in ("natural_person", "total")
    }
    assert found(text, cells) == {}
    assert "N04" not in found("全年没有收到政府信息公开申请。", cells)


def test_an_unknown_number_carried_in_leaves_it_open():
    cells = table() | {
        "t3.carried_in.total": CellReading("ambiguous", raw="37", candidates=(Decimal(3), Decimal(7)))
    }
    finding = found("收到政府信息公开申请57件。", cells)["N01"]
    assert (finding.verdict, finding.responsibility) == ("uncertain", "undecided")


def test_several_numbers_told_leave_it_open_unless_they_add_up():
    two = "机关科室收到政府信息公开申请{}件。下半年起由专人办理。其他股室收到政府信息公开申请{}件。"
    assert "N01" not in found(two.format(30, 20))
    assert found(two.format(30, 27))["N01"].verdict == "uncertain"


def test_a_fee_notice_that_was_sent_is_not_denied_by_another_sentence():
    cells = table() | {"t3.other_overdue_fee.total": Decimal(2)}
    assert "X01" in found("本年度未发出收费通知。", cells)
    assert "X01" not in found("发出收费通知2件。上年未发出收费通知。", cells)


def test_tables_left_empty_are_told_once():
    cells = dict.fromkeys(table(), Decimal(0))
    finding = found(HEAD + "全年新收申请57件，办结57件，其中自然人57件。", cells)
    assert set(finding) == {"X07"}
    assert found(HEAD + "全年新收申请0件，办结0件。", cells) == {}


def test_a_long_sentence_is_quoted_around_its_number():
    text = "推进公开工作，" * 30 + "收到申请57件，" + "做好服务，" * 20
    quoted = said(text, Decimal(57))
    assert "收到申请57件" in quoted
    assert len(quoted) <= 84
    assert said("收到申请57件。", Decimal(57)) == "收到申请57件。"
    assert TEXTS[1] in said(TEXTS[1]) or len(TEXTS[1]) > 80
