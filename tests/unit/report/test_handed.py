from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from gipa_pipeline.errors import StoreError
from gipa_pipeline.report import YearFacts, consolidated_workbook, office_report, office_view
from gipa_pipeline.report.findings import FindingView
from gipa_pipeline.report.handed import Item, Version, path_of, remember, since, versions
from gipa_pipeline.store import Store
from tests.unit.aggregate.scene import Scene, unit
from tests.unit.report.conftest import facts_of

FIRST = datetime(2024, 2, 1, 20, tzinfo=UTC)


def scene(**states: str) -> Scene:
    made = (
        Scene([unit("office", "某办公室"), unit("a", "甲局", office="office")]).report("office").report("a")
    )
    for rule, state in states.items():
        made.find("a", rule, ["t3.new.total"], state=state)
    return made


def told(store: Store, made: Scene) -> YearFacts:
    return replace(facts_of(made), handed={"office": versions(store, 2023, "office")})


def rules(findings: Iterable[object], made: Scene) -> list[str]:
    by_id = {row["finding_id"]: row["rule"] for row in made.findings}
    return sorted(by_id[f.finding_id] for f in findings)  # type: ignore[attr-defined]


def test_the_next_report_says_what_was_fixed_is_left_and_is_new(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = scene(R01="open", K01="open", K02="open", C01="open")
    assert remember(store, office_view(facts_of(first), "office"), FIRST)
    later = scene(R01="corrected", K01="acknowledged", K02="dismissed", L01="open")
    view = office_view(told(store, later), "office")
    assert view.since is not None
    assert view.since.day == date(2024, 2, 2), "a day of China"
    assert rules(view.since.fixed, first) == ["R01"]
    assert rules(view.since.dropped, first) == ["C01", "K02"], "taken back, or not found with today's rules"
    assert rules(view.since.left, later) == ["K01"]
    assert rules(view.since.new, later) == ["L01"]
    page = html.document_fromstring(office_report(view))
    section = "".join(page.get_element_by_id("since").text_content().split())
    assert "自2024年2月2日的报告以来" in section
    assert "已改正1处，不再提出2处，仍未改正1处；新发现1处。" in section
    assert "已改正1甲局：R01不成立。" in section
    assert "（已签收）" in section
    assert "不是单位作了更正" in section
    sheet = openpyxl.load_workbook(io.BytesIO(consolidated_workbook(view)))["问题清单"]
    column = [c.value for c in sheet[1]].index("较上次报告")
    assert sorted(row[column].value for row in sheet.iter_rows(min_row=2)) == ["仍未改正", "新发现"]


def test_handing_a_report_over_does_not_change_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    remember(store, office_view(facts_of(scene(R01="open")), "office"), FIRST)
    later = scene(R01="corrected", K01="open")
    before = office_report(office_view(told(store, later), "office"))
    assert 'id="since"' in before
    assert remember(store, office_view(told(store, later), "office"), datetime(2024, 3, 1, tzinfo=UTC))
    assert office_report(office_view(told(store, later), "office")) == before
    assert not remember(store, office_view(told(store, later), "office"), datetime(2024, 3, 5, tzinfo=UTC))
    assert [v.day for v in versions(store, 2023, "office")] == [date(2024, 2, 2), date(2024, 3, 1)]


def test_hints_are_not_followed_up(tmp_path: Path) -> None:
    store, first = Store(tmp_path), scene(R01="open")
    remember(store, office_view(facts_of(first), "office"), FIRST)
    later = scene(R01="open").find("a", "T03", [], severity="info")
    assert office_view(told(store, later), "office").since is None


def test_nothing_is_said_of_changes_before_anything_was_handed_over(facts: YearFacts) -> None:
    view = office_view(facts, "office")
    assert view.since is None
    assert 'id="since"' not in office_report(view)


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"day": "2024-13-01", "findings": []}', '{"day": "2024-01-01"}']
)
def test_a_damaged_record_is_named(tmp_path: Path, line: str) -> None:
    store = Store(tmp_path)
    path = path_of(store, 2023, "office")
    store.write_file(path, b'{"day": "2024-01-01", "findings": []}\n' + line.encode() + b"\n")
    with pytest.raises(StoreError, match="line 2"):
        versions(store, 2023, "office")


@cache
def a_finding() -> FindingView:
    return office_view(facts_of(scene(R01="open")), "office").findings[0]


IDS = st.frozensets(st.sampled_from("abcdef"))


@given(st.lists(IDS, max_size=5), IDS, st.sets(st.sampled_from("abcdef")))
def test_every_finding_is_told_once_and_every_number_adds_up(
    past: list[frozenset[str]], now: frozenset[str], corrected: set[str]
) -> None:
    findings = [replace(a_finding(), finding_id=i) for i in sorted(now)]
    told = [
        Version(date(2024, 1, n + 1), tuple(Item(i, "a", "error", i) for i in sorted(ids)))
        for n, ids in enumerate(past)
    ]
    found = since(told, findings, dict.fromkeys(corrected, "corrected"))
    others = [v for v in told if v.ids != now]
    assert (found is None) == (not others)
    if found is not None:
        assert found.day == others[-1].day
        before = others[-1].ids
        assert {i.finding_id for i in (*found.fixed, *found.dropped)} == before - now
        assert {f.finding_id for f in found.left} == before & now
        assert {f.finding_id for f in found.new} == now - before
        assert {i.finding_id for i in found.fixed} == (before - now) & corrected
