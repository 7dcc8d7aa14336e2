"""S03 where a title names another body than the registry: told to the operator, never held against the unit."""

import pytest

from gipa_pipeline.validate import check_reading
from tests.unit.validate.forms import Unit, consistent, reading, sections

WATER = Unit("water", "某市水务局", "city", "department")


def s03(title, unit=WATER):
    read = reading(consistent(3), title=title, sections=sections(), year=2023)
    return [f for f in check_reading(read, unit=unit, year=2023) if f.rule == "S03"]


def test_another_bureau_is_asked_about():
    (finding,) = s03("某市住房和城乡建设局2023年政府信息公开工作年度报告")
    assert (finding.verdict, finding.responsibility) == ("uncertain", "undecided")
    assert "某市住房和城乡建设局" in finding.message
    assert "某市水务局" in finding.message


@pytest.mark.parametrize(
    "title",
    [
        "某市水务局2023年政府信息公开工作年度报告",
        "水务局2023年度政府信息公开工作年度报告",
        "2023年政府信息公开工作年度报告",
        "某省某市水务局2023年政府信息公开工作年度报告",
    ],
)
def test_shorter_and_longer_names_are_the_same_unit(title):
    assert s03(title) == []
