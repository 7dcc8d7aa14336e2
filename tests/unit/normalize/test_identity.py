from dataclasses import dataclass
from datetime import date

import pytest

from gipa_pipeline.normalize.identity import (
    Units,
    core,
    credit_codes,
    has_check_digit,
    judge_year,
    names_same_unit,
    title_subject,
)


@dataclass(frozen=True)
class Unit:
    unit_id: str
    name: str
    supervising_unit_id: str | None = None
    credit_code: str = ""
    aliases: tuple[str, ...] = ()
    level: str = "town"
    kind: str = "government"
    region_code: str = "442000"
    host: str = "www.zs.gov.cn"


UNITS = Units(
    {
        u.unit_id: u
        for u in (
            Unit("zs-office", "中山市人民政府办公室"),
            Unit("guzhen", "中山市古镇镇人民政府", "zs-office", "11442000707641506F"),
            Unit("zs-edu", "中山市教育局", "zs-office"),
            Unit("zs-health", "中山市卫生健康局", "zs-office", aliases=("中山市卫生和计划生育局",)),
            Unit("shuikou", "开平市水口镇人民政府"),
            Unit("wenchang", "中卫市沙坡头区文昌镇人民政府"),
            Unit("rongchang", "重庆市荣昌区某镇人民政府"),
            Unit("street", "中山市东区街道办事处"),
        )
    }
)
TITLE = "政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("unit", "title", "agency", "verdict"),
    [
        ("guzhen", f"古镇镇2023年{TITLE}", None, "same"),
        ("guzhen", f"中山市古镇镇人民政府2023年{TITLE}", "中山市古镇镇人民政府", "same"),
        ("guzhen", "2023年度古镇镇人民政府信息公开工作年度报告", None, "same"),
        ("wenchang", f"沙坡头区文昌镇 2023 年{TITLE}", None, "same"),
        ("zs-office", f"中山市政府办公室2022年度{TITLE}", None, "same"),
        ("zs-edu", f"教育局2022年度{TITLE}", None, "same"),
        ("zs-health", f"中山市卫生和计划生育局2019年{TITLE}", None, "same"),
        ("street", f"中山市东区街道2023年{TITLE}", None, "same"),
        ("guzhen", f"中山市古镇镇人民政府（镇党政办）2023年{TITLE}", None, "same"),
        # nobody is named, or only in part: no ground to refuse
        ("rongchang", None, None, "unknown"),
        ("rongchang", f"2024年{TITLE}", None, "unknown"),
        ("zs-edu", f"市教育局2022年度{TITLE}", None, "unknown"),
        ("zs-edu", f"中山市教育和体育局2022年度{TITLE}", None, "unknown"),
        ("guzhen", f"我镇2023年{TITLE}", None, "unknown"),
        # the office posted the report for its unit
        ("guzhen", f"2023年{TITLE}", "中山市人民政府办公室", "unknown"),
        # title and metadata contradict each other
        ("guzhen", f"中山市教育局2023年{TITLE}", "中山市古镇镇人民政府", "unknown"),
        # another unit of the registry, or another place
        ("guzhen", f"开平市水口镇2023年{TITLE}", None, "other"),
        ("guzhen", f"水口镇2023年{TITLE}", None, "other"),
        ("guzhen", f"中山市人民政府办公室2023年{TITLE}", None, "other"),
        ("guzhen", None, "中山市教育局", "other"),
        ("guzhen", f"惠州市博罗县石湾镇2023年{TITLE}", None, "other"),
        ("zs-edu", f"惠州市教育局2023年{TITLE}", None, "other"),
    ],
)
def test_another_unit_on_positive_evidence_only(unit, title, agency, verdict):
    assert UNITS.judge(unit, title, agency).verdict == verdict


def test_a_credit_code_in_the_index_number_settles_it():
    found = UNITS.judge("guzhen", None, None, "11442000707641506F/2024-00035")
    assert found.verdict == "same"
    assert "11442000707641506F" in found.evidence


def test_credit_codes_are_known_by_their_check_digit():
    assert has_check_digit("11442000707641506F")
    assert not has_check_digit("11442000707641506G")
    assert not has_check_digit("1144200070764150")
    assert credit_codes("索引号: 11442000707641506F/2024-00035") == ["11442000707641506F"]
    assert credit_codes("114420007076415060000") == []


def test_the_evidence_quotes_what_was_printed():
    assert "“开平市水口镇”" in UNITS.judge("guzhen", f"开平市水口镇2023年{TITLE}", None).evidence


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("中山市古镇镇人民政府", "中山市古镇镇"),
        ("中山市人民政府办公室", "中山市政府办"),
        ("四川省人民政府办公厅", "四川省政府办"),
        ("中山市东区街道办事处", "中山市东区街道"),
        ("中山市 教育局（体育局）", "中山市教育局"),
    ],
)
def test_short_forms(name, short):
    assert core(name) == short


def test_a_shorter_name_is_the_same_unit_only_when_places_are_what_it_lacks():
    assert names_same_unit("文昌镇", "中卫市沙坡头区文昌镇人民政府")
    assert not names_same_unit("城镇", "中山市古城镇人民政府")


def test_title_subjects():
    assert title_subject(f"水口镇2022年度{TITLE}") == "水口镇"
    assert title_subject(f"2023年度中山市古镇镇{TITLE}") == "中山市古镇镇"
    assert title_subject("中山市古镇镇人民政府信息公开") == "中山市古镇镇"
    assert title_subject(f"{TITLE}") is None
    assert title_subject("通知公告") is None


@pytest.mark.parametrize(
    ("title", "period", "published", "verdict"),
    [
        ("某镇2023年报告", (None, None), None, "same"),
        ("某镇2022年报告", (date(2023, 1, 1), date(2023, 12, 31)), None, "same"),
        ("某镇报告", (None, None), None, "unknown"),
        ("某镇2022年报告", (None, None), date(2024, 1, 12), "unknown"),
        ("某镇2022年报告", (date(2021, 1, 1), date(2021, 12, 31)), None, "unknown"),
        ("某镇2022年报告", (None, None), date(2023, 1, 12), "other"),
        ("某镇２０２２年报告", (None, None), None, "other"),
        ("某镇报告", (date(2022, 1, 1), date(2022, 12, 31)), None, "other"),
    ],
)
def test_another_year_on_positive_evidence_only(title, period, published, verdict):
    assert judge_year(2023, title, period, published).verdict == verdict
