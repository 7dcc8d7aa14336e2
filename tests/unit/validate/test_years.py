import json
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pytest

from expectations.frames import check
from expectations.outcomes import Outcome
from expectations.rules import assessed
from gipa_pipeline.model import CellReading
from gipa_pipeline.settings import Settings
from gipa_pipeline.validate import Year, check_reading, sums, validate_year, years
from tests.unit.validate.forms import Registry, Unit, consistent, reading, sections, told, year_of

OFFICE = Unit("office", "中山市人民政府办公室", "city", "department", supervising_unit_id=None)
UNITS = Registry(
    {
        "office": OFFICE,
        "clean": Unit("clean", "中山市古镇镇人民政府"),
        "wrong": Unit("wrong", "中山市小榄镇人民政府"),
        "old": Unit("old", "中山市横栏镇人民政府"),
        "glued": Unit("glued", "中山市南头镇人民政府"),
        "silent": Unit("silent", "中山市教育局", "city", "department"),
        "blocked": Unit("blocked", "中山市民政局", "city", "department"),
    }
)


def broken(seed, cell, delta=3):
    cells = consistent(seed)
    cells[cell] += delta
    return cells


READINGS = {
    "office": reading(consistent(1), sha256="o", sections=sections(), published=date(2024, 1, 20)),
    "clean": reading(consistent(70), sha256="c", sections=sections(), published=date(2024, 1, 20)),
    "wrong": reading(broken(3, "t3.granted.other"), sha256="w", **told("2023年未收到政府信息公开申请。")),
    "old": reading(consistent(4, "2019"), sha256="d", template="2019", sections=sections(p6="无。")),
    "glued": reading(
        broken(6, "t3.partial.other")
        | {"t3.partial.other": CellReading("inferred", Decimal(99), "?", readers=("sequence",))},
        sha256="g",
        sections=sections(),
    ),
}
LOOKED = datetime(2024, 4, 10, 3, 0, tzinfo=UTC)
FETCHES = pd.DataFrame(
    {
        "unit_id": [*READINGS, "silent", "blocked"],
        "url": [f"https://{unit}/" for unit in (*READINGS, "silent", "blocked")],
        "outcome": ["stored"] * len(READINGS) + ["not_found", "blocked"],
        "last_checked": [LOOKED] * (len(READINGS) + 2),
    }
)


@pytest.fixture(scope="module")
def frames():
    return year_of(READINGS, UNITS)


@pytest.fixture(scope="module")
def result(frames):
    return validate_year(UNITS, Settings(), 2023, frames, None, FETCHES)


def test_the_frames_keep_their_contracts(result):
    for name in ("findings", "rule_results", "coverage"):
        check("validated", name, result[name])


def test_a_year_finds_what_each_report_alone_gives(result):
    by_unit = result["findings"].groupby("unit_id")
    for unit, report in READINGS.items():
        alone = check_reading(report, UNITS.units[unit], 2023)
        together = by_unit.get_group(unit) if unit in by_unit.groups else result["findings"].iloc[:0]
        together = together[~together["rule"].str.startswith("A0")]
        assert {f.finding_id for f in alone} == set(together["finding_id"]), unit
        rows = together.set_index("finding_id")
        for finding in alone:
            for name in ("rule", "severity", "verdict", "responsibility", "expected", "actual", "difference",
                         "suggestion", "message", "clause", "evidence", "places"):  # fmt: skip
                there = rows.loc[finding.finding_id, name]
                assert (None if pd.isna(there) else there) == asdict(finding)[name], (
                    unit,
                    finding.rule,
                    name,
                )
            assert tuple(rows.loc[finding.finding_id, "likely_cells"]) == finding.likely_cells


def test_reports_that_add_up_are_not_asked_why_and_nothing_is_lost_by_it(frames, result, monkeypatch):
    asked = []
    explain = sums.explain
    monkeypatch.setattr(sums, "explain", lambda *of: asked.append(of) or explain(*of))
    quick = validate_year(UNITS, Settings(), 2023, frames, None, FETCHES)
    assert len(asked) == 2, "of five reports only the two that do not add up"
    monkeypatch.setattr(years, "units_whose_sums_hold", lambda *_: frozenset())
    slow = validate_year(UNITS, Settings(), 2023, frames, None, FETCHES)
    assert len(asked) == 2 + len(READINGS)
    for name in ("findings", "rule_results", "coverage"):
        pd.testing.assert_frame_equal(quick[name], slow[name])


def test_a_number_too_large_for_binary_fractions_is_asked_exactly():
    cells = consistent(70)
    cells["t3.new.total"] += Decimal("100000000000.000001")
    cells["t3.new.other"] += 100000000000
    frames = year_of({"clean": reading(cells, sha256="c", sections=sections())}, UNITS)
    result = validate_year(UNITS, Settings(), 2023, frames, None, None)
    verdicts = dict(zip(result["rule_results"]["rule"], result["rule_results"]["verdict"], strict=True))
    assert (verdicts["R01"], verdicts["K01"]) == ("fail", "fail")


def test_every_unit_with_a_report_has_one_verdict_a_rule(result):
    counts = result["rule_results"].groupby("unit_id")["rule"].nunique()
    assert set(counts[list(READINGS)]) == {len(assessed())}
    reasons = result["rule_results"]
    assert reasons[reasons["verdict"] == "not_assessable"]["reason"].notna().all()


def test_one_outcome_a_rule_from_the_same_results(result):
    outcomes = result["outcomes"]
    assert [o.rule for o in outcomes] == [r.id for r in assessed()]
    assert all(type(o) is Outcome for o in outcomes)
    for outcome in outcomes:
        verdicts = result["rule_results"][result["rule_results"]["rule"] == outcome.rule]
        failing = set(verdicts[verdicts["verdict"] == "fail"]["unit_id"])
        assert outcome.bad == len(failing), outcome.rule
        assert outcome.total == verdicts["verdict"].isin(["pass", "fail"]).sum(), outcome.rule
        assert set(outcome.sample) == failing
        assert outcome.passed == (not failing)


def test_what_is_uncertain_is_not_held_against_the_unit(result):
    rows = result["findings"]
    glued = rows[(rows["unit_id"] == "glued") & rows["rule"].isin(["R01", "K02"])]
    assert set(glued["verdict"]) == {"uncertain"}
    outcome = next(o for o in result["outcomes"] if o.rule == "R01")
    assert "glued" not in outcome.sample


def test_coverage_tells_what_is_the_units_and_what_is_ours(result):
    states = dict(zip(result["coverage"]["unit_id"], result["coverage"]["state"], strict=True))
    assert states == {"office": "on_time", "clean": "on_time", "wrong": "undated", "old": "undated",
                      "glued": "undated", "silent": "missing", "blocked": "not_retrievable"}  # fmt: skip
    missing = result["findings"][result["findings"]["rule"] == "A04"]
    assert list(missing["unit_id"]) == ["silent"]
    assert missing.iloc[0]["severity"] == "error"
    assert missing.iloc[0]["first_seen"] == date(2024, 1, 31)
    assert "来源地址没有报告" in missing.iloc[0]["message"]


def test_the_same_data_gives_the_same_result_to_the_byte(frames, result):
    again = validate_year(UNITS, Settings(), 2023, frames, None, FETCHES)
    assert again["expectations"] == result["expectations"]
    assert again["outcomes"] == result["outcomes"]
    for name in ("findings", "rule_results", "coverage"):
        pd.testing.assert_frame_equal(again[name], result[name])


def test_the_evidence_names_the_unit_the_clause_and_the_severity(result):
    evidence = json.loads(result["expectations"])
    assert set(evidence) == {"2019", "2021", "report_year", "data_until"}
    assert (evidence["report_year"], evidence["data_until"]) == (2023, "2024-02-01")
    one = next(
        r for r in evidence["2021"]["results"] if r["expectation_config"]["kwargs"]["column"] == "R01:granted"
    )
    assert one["success"] is False
    assert one["result"]["partial_unexpected_index_list"][0]["unit_id"] == "wrong"
    assert one["expectation_config"]["meta"]["rule"] == "R01"
    assert "〔2021〕30号" in one["expectation_config"]["meta"]["clause"]
    assert one["expectation_config"]["severity"] == "critical"


def test_a_rule_that_crashes_is_a_defect_of_ours_and_gives_no_verdict(frames, monkeypatch):
    def crashes(case):
        raise ZeroDivisionError(case.subject.unit_id)

    monkeypatch.setattr("gipa_pipeline.validate.checks._CHECKS", (crashes,))
    with pytest.raises(ZeroDivisionError):
        validate_year(UNITS, Settings(), 2023, frames)


def test_last_year_is_asked_only_when_it_could_be_read(frames):
    last = year_of({"clean": replace(READINGS["clean"], year=2022)}, UNITS, 2022)
    result = validate_year(UNITS, Settings(), 2023, frames, last, FETCHES)
    rows = result["rule_results"].set_index(["unit_id", "rule"])
    assert rows.loc[("clean", "Y06"), "verdict"] == "fail"
    assert rows.loc[("wrong", "Y06"), "verdict"] == "not_assessable"


def test_a_silent_change_after_publication(frames):
    changes = pd.DataFrame(
        [
            {"unit_id": "clean", "cell_id": "t3.new.total", "before": Decimal(20), "after": Decimal(21)},
        ]
    )
    result = validate_year(UNITS, Settings(), 2023, replace(frames, changes=changes), None, FETCHES)
    row = result["findings"].set_index("rule").loc["S14"]
    assert (row["unit_id"], row["severity"]) == ("clean", "warning")
    assert "由20改为21" in row["message"]


def test_an_empty_year():
    nothing = year_of({}, UNITS)
    result = validate_year(UNITS, Settings(), 2023, nothing, None, None)
    assert result["findings"].empty
    assert set(result["coverage"]["state"]) == {"not_retrievable"}
    assert isinstance(nothing, Year)


def test_a_governments_report_against_its_units():
    registry = Registry(
        {
            "gov": Unit("gov", "开平市人民政府", "county", "government", supervising_unit_id="office"),
            "office": Unit(
                "office", "开平市人民政府办公室", "county", "department", supervising_unit_id=None
            ),
            "town": Unit("town", "开平市水口镇人民政府"),
        }
    )
    office, town = consistent(1), consistent(2)
    total = {c: office[c] + town[c] for c in office}

    def found(gov):
        readings = {
            "gov": reading(gov, sha256="1", sections=sections(p1="本报告汇总全市各部门、各镇（街）数据。")),
            "office": reading(office, sha256="2", sections=sections()),
            "town": reading(town, sha256="3", sections=sections()),
        }
        frame = validate_year(registry, Settings(), 2023, year_of(readings, registry), None, None)["findings"]
        return frame[frame["rule"].isin(["A01", "A02", "A03"])].set_index("rule")

    assert found(total).empty
    rows = found(
        total | {"t3.new.total": total["t3.new.total"] + 4, "t2.normative_documents.in_force": Decimal(7)}
    )
    assert list(rows.index) == ["A01", "A03"]
    assert rows.loc["A01", "unit_id"] == "gov"
    assert rows.loc["A01", "severity"] == "warning"
    assert list(rows.loc["A01", "cells"]) == ["t3.new.total"]
