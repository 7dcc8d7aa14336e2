from datetime import date

import pytest

from gipa_pipeline.settings import Settings
from gipa_pipeline.validate.coverage import check_coverage, cover, state_of
from tests.unit.validate.forms import Registry, Unit

DUE = date(2024, 1, 31)


def report(state="read", published=None, seen=None):
    return {"state": state, "published": published, "first_fetched": seen, "identity": "标题写明另一单位"}


@pytest.mark.parametrize(
    ("given", "outcomes", "due", "state"),
    [
        (report(published=date(2024, 1, 31)), [], DUE, "on_time"),
        (report(published=date(2024, 2, 1)), [], DUE, "late"),
        (report(published=date(2024, 2, 1), seen=date(2024, 1, 30)), [], DUE, "on_time"),
        (report(published=date(2024, 6, 1)), [], None, "on_time"),
        (report(), [], DUE, "undated"),
        (report("unreadable"), [], DUE, "unreadable"),
        (report("table_absent"), [], DUE, "unreadable"),
        (report("not_a_report"), [], DUE, "unreadable"),
        (report("wrong_year"), [], DUE, "wrong_year"),
        (report("wrong_unit"), [], DUE, "wrong_unit"),
        (None, ["not_found"], DUE, "missing"),
        (None, ["gone", "empty"], DUE, "missing"),
        (None, ["not_found", "timeout"], DUE, "not_retrievable"),
        (None, ["robots"], DUE, "not_retrievable"),
        (None, ["stored"], DUE, "unreadable"),
    ],
)
def test_states(given, outcomes, due, state):
    assert state_of(given, outcomes, due, listed=len(outcomes)) == state


def test_a_source_that_was_not_asked_yet_is_held_against_nobody():
    assert state_of(None, [], DUE, listed=0) == "missing"
    assert state_of(None, [], DUE, listed=1) == "not_retrievable"
    assert state_of(None, ["not_found"], DUE, listed=2) == "not_retrievable"


OFFICE = Unit("office", "中山市人民政府办公室", "city", "department", supervising_unit_id=None)


def judged(unit, given=None, outcomes=(), as_of=date(2024, 4, 10), listed=("unit", "office")):
    registry = Registry({"unit": unit, "office": OFFICE}, listed)
    reports = {"unit": given} if given else {}
    rows = cover(registry, Settings(), 2023, reports, {"unit": list(outcomes), "office": ["timeout"]})
    findings, results = check_coverage(registry, Settings(), rows, reports, as_of)
    return findings, [r for r in results if r.unit_id == "unit"]


DEPARTMENT = Unit(name="中山市教育局", level="county", kind="department")


def test_a_department_that_did_not_report_is_an_error_once_it_is_due():
    findings, results = judged(DEPARTMENT, outcomes=["not_found"])
    assert [(f.rule, f.severity, f.verdict) for f in findings] == [("A04", "error", "fail")]
    assert findings[0].message == (
        "未见中山市教育局2023年度政府信息公开工作年度报告（期限为2024年1月31日）：来源地址没有报告。"
    )
    assert results[0].verdict == "fail"


def test_a_unit_without_a_source_is_told_that_none_is_listed():
    [finding], _ = judged(DEPARTMENT, listed=("office",))
    assert finding.message.endswith("：名录未登记来源，请确认是否已发布并提供网址。")


def test_nothing_is_said_of_an_office_of_which_nobody_looked_for_any_report():
    findings, results = judged(DEPARTMENT, listed=())
    assert findings == []
    assert results[0].verdict == "not_assessable"
    assert "没有查找" in results[0].reason


def test_the_day_of_the_last_look_stands_in_no_finding():
    early, late = (judged(DEPARTMENT, outcomes=["gone"], as_of=date(2024, m, 5)) for m in (3, 9))
    assert early == late
    assert early[0][0].first_seen == DUE


def test_nobody_is_missing_before_the_date_or_when_nobody_looked():
    assert judged(DEPARTMENT, outcomes=["gone"], as_of=date(2024, 1, 31))[0] == []
    findings, results = judged(DEPARTMENT, outcomes=["gone"], as_of=None)
    assert findings == []
    assert results[0].reason == "期限未到"


def test_a_township_has_no_statutory_date():
    findings, _ = judged(Unit(level="town"), outcomes=["gone"])
    assert findings[0].severity == "warning"
    assert "条例未规定" in findings[0].message
    assert judged(Unit(level="town"), outcomes=["gone"], as_of=date(2024, 3, 1))[0] == []


@pytest.mark.parametrize("outcomes", [["timeout"], ["blocked"], ["server_error"]])
def test_what_we_could_not_get_is_held_against_nobody(outcomes):
    findings, results = judged(DEPARTMENT, outcomes=outcomes)
    assert findings == []
    assert results[0].verdict == "not_assessable"


def test_a_document_of_another_unit_is_told_but_accuses_nobody():
    findings, _ = judged(DEPARTMENT, report("wrong_unit"))
    assert (findings[0].verdict, findings[0].responsibility) == ("uncertain", "undecided")
    assert "标题写明另一单位" in findings[0].message
