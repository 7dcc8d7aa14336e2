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
        (None, [], DUE, "missing"),
        (None, ["not_found"], DUE, "missing"),
        (None, ["gone", "empty"], DUE, "missing"),
        (None, ["not_found", "timeout"], DUE, "not_retrievable"),
        (None, ["robots"], DUE, "not_retrievable"),
        (None, ["stored"], DUE, "unreadable"),
    ],
)
def test_states(given, outcomes, due, state):
    assert state_of(given, outcomes, due) == state


def judged(unit, given=None, outcomes=(), as_of=date(2024, 4, 10)):
    registry = Registry({"unit": unit})
    reports = {"unit": given} if given else {}
    rows = cover(registry, Settings(), 2023, reports, {"unit": list(outcomes)})
    return check_coverage(registry, Settings(), rows, reports, as_of)


DEPARTMENT = Unit(level="county", kind="department")


def test_a_department_that_did_not_report_is_an_error_once_it_is_due():
    findings, results = judged(DEPARTMENT)
    assert [(f.rule, f.severity, f.verdict) for f in findings] == [("A04", "error", "fail")]
    assert results[0].verdict == "fail"


def test_a_unit_without_a_source_is_told_so():
    assert "没有登记" in judged(DEPARTMENT)[0][0].message
    assert "没有登记" not in judged(DEPARTMENT, outcomes=["not_found"])[0][0].message


def test_nobody_is_missing_before_the_date_or_when_nobody_looked():
    assert judged(DEPARTMENT, as_of=date(2024, 1, 31))[0] == []
    findings, results = judged(DEPARTMENT, as_of=None)
    assert findings == []
    assert results[0].reason == "期限未到"


def test_a_township_has_no_statutory_date():
    findings, _ = judged(Unit(level="town"))
    assert findings[0].severity == "warning"
    assert "条例未规定" in findings[0].message
    assert judged(Unit(level="town"), as_of=date(2024, 3, 1))[0] == []


@pytest.mark.parametrize("outcomes", [["timeout"], ["blocked"], ["server_error"]])
def test_what_we_could_not_get_is_held_against_nobody(outcomes):
    findings, results = judged(DEPARTMENT, outcomes=outcomes)
    assert findings == []
    assert results[0].verdict == "not_assessable"


def test_a_document_of_another_unit_is_told_but_accuses_nobody():
    findings, _ = judged(DEPARTMENT, report("wrong_unit"))
    assert (findings[0].verdict, findings[0].responsibility) == ("uncertain", "undecided")
    assert "标题写明另一单位" in findings[0].message
