"""A government's own report against its units: an error, a missing unit, a blank, one unit taken twice."""

from decimal import Decimal

import pytest

from gipa_pipeline.settings import Settings
from gipa_pipeline.validate import validate_year
from tests.unit.validate.forms import Registry, Unit, consistent, reading, sections, year_of

UNITS = {
    "gov": Unit("gov", "开平市人民政府", "county", "government", supervising_unit_id="office"),
    "office": Unit("office", "开平市人民政府办公室", "county", "department", supervising_unit_id=None),
    "shuikou": Unit("shuikou", "开平市水口镇人民政府", supervising_unit_id="office"),
    "yueshan": Unit("yueshan", "开平市月山镇人民政府", supervising_unit_id="office"),
}
PARTS = {unit: consistent(seed) for seed, unit in enumerate(("office", "shuikou", "yueshan"), start=11)}
SUM = {cell: sum((part[cell] for part in PARTS.values()), Decimal(0)) for cell in PARTS["office"]}


def a01(government, parts=PARTS):
    registry = Registry(UNITS)
    readings = {
        "gov": reading(government, sha256="g", sections=sections(p1="本报告汇总全市各部门、各镇（街）数据。"))
    }
    readings |= {unit: reading(cells, sha256=unit, sections=sections()) for unit, cells in parts.items()}
    made = validate_year(registry, Settings(), 2023, year_of(readings, registry), None, None)
    verdicts = made["rule_results"].query("rule == 'A01' and unit_id == 'gov'")
    found = made["findings"].query("rule == 'A01'")
    return verdicts["verdict"].item(), found.iloc[0] if len(found) else None


def test_the_sum_itself_passes():
    assert a01(SUM) == ("pass", None)


def test_a_wrong_figure_is_held_against_a_complete_sum():
    verdict, finding = a01(SUM | {"t3.granted.other": SUM["t3.granted.other"] + 5})
    assert verdict == "fail"
    assert list(finding["cells"]) == ["t3.granted.other"]
    assert finding["responsibility"] == "publisher"


def test_a_missing_unit_may_explain_it():
    verdict, finding = a01(SUM, {unit: PARTS[unit] for unit in ("office", "shuikou")})
    assert verdict == "uncertain"
    assert finding["responsibility"] == "undecided"
    assert "另有1个单位没有可用的报告" in finding["message"]


def test_a_blank_may_explain_it():
    blank = PARTS["shuikou"] | {"t3.granted.other": None}
    verdict, finding = a01(
        SUM | {"t3.granted.other": SUM["t3.granted.other"] + 5}, PARTS | {"shuikou": blank}
    )
    assert verdict == "uncertain"
    assert "有1个单位的相应数据格未填写" in finding["message"]


@pytest.mark.parametrize(("times", "word"), [(1, "重复计入"), (-1, "漏计")])
def test_one_unit_taken_twice_or_left_out_is_named(times, word):
    verdict, finding = a01({cell: SUM[cell] + times * PARTS["yueshan"][cell] for cell in SUM})
    assert verdict == "fail"
    assert "开平市月山镇人民政府" in finding["message"]
    assert word in finding["message"]


def test_a_unit_on_the_older_form_adds_by_equal_ids():
    old = consistent(12, "2019")
    total = dict(SUM)
    for cell in SUM:
        if cell.startswith(("t3.", "t4.")):
            row = cell.replace("t3.other_other.", "t3.other.")
            own = old.get(row, Decimal(0))
            total[cell] = PARTS["office"][cell] + own + PARTS["yueshan"][cell]
    government = total | {"t3.new.total": total["t3.new.total"] + 1}
    registry = Registry(UNITS)
    readings = {
        "gov": reading(government, sha256="g", sections=sections()),
        "office": reading(PARTS["office"], sha256="o", sections=sections()),
        "shuikou": reading(old, sha256="s", template="2019", sections=sections()),
        "yueshan": reading(PARTS["yueshan"], sha256="y", sections=sections()),
    }
    made = validate_year(registry, Settings(), 2023, year_of(readings, registry), None, None)
    finding = made["findings"].query("rule == 'A01'").iloc[0]
    assert "t3.new.total" in list(finding["cells"])
    assert "t3.other_other.total" not in list(finding["cells"])
