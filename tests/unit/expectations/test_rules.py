from pathlib import Path

import pytest

from expectations.forms import editions, load_form
from expectations.outcomes import SEVERITIES, finding_id
from expectations.rules import KINDS, assessed, catalogue, markdown

RULES = list(catalogue().values())


def test_the_catalogue_holds_sixty_two_rules():
    groups = dict(zip("CRKLXYNSTA", (5, 2, 4, 6, 7, 6, 9, 14, 5, 4), strict=True))
    assert {letter: sum(r.id[0] == letter for r in RULES) for letter in groups} == groups


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_every_rule_is_whole(rule):
    assert rule.severity in SEVERITIES
    assert rule.kind in KINDS
    assert rule.title
    assert rule.statement.endswith("。")
    assert rule.clause
    assert "{form}" not in rule.clause
    assert set(rule.editions) <= set(editions())
    assert rule.needs
    if rule.assessed:
        assert rule.message
        assert rule.fix.startswith(("请", "建议", "如"))
        assert rule.cause
    else:
        assert rule.note, "a rule that gives no verdict says why"


def test_what_rests_on_prose_is_at_most_a_warning():
    assert {r.id for r in RULES if r.kind == "narrative" and r.severity == "error"} == set()


def test_every_identity_of_the_forms_is_in_the_catalogue():
    for edition in editions():
        rules = {i.rule for i in load_form(edition).identities}
        assert rules == {r.id for r in RULES if r.kind == "identity" and edition in r.editions}


def test_an_older_report_is_held_to_its_own_form():
    assert "〔2019〕60号" in catalogue()["K01"].grounds["2019"]
    assert "〔2021〕30号" in catalogue()["K01"].grounds["2021"]
    assert "〔2021〕30号" in catalogue()["S02"].grounds["2019"]


def test_no_asset_carries_fifty_checks():
    assets = [r.asset for r in assessed()]
    assert all(assets.count(a) < 50 for a in assets)


def test_the_printed_list_is_current():
    page = Path(__file__).parents[3] / "docs" / "rules.md"
    assert page.read_text(encoding="utf-8") == markdown(), "run: python -m expectations.rules > docs/rules.md"


def test_a_finding_keeps_its_id_whatever_the_order_of_its_cells():
    assert finding_id("u", 2023, "K01", ["a", "b"]) == finding_id("u", 2023, "K01", ["b", "a"])
    assert finding_id("u", 2023, "K01", ["a"]) != finding_id("u", 2022, "K01", ["a"])
    assert len(finding_id("u", 2023, "K01", [])) == 16
