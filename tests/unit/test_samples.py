from __future__ import annotations

import json
import re
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

import pytest

from expectations.forms import load_form
from gipa_pipeline.registry import load_registry
from gipa_pipeline.samples import sample_registry
from tests.generator import samples
from tests.generator.names import credit_code_is_valid


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return json.loads(samples.TRUTH.read_text(encoding="utf-8"), parse_float=Decimal)


def planted(truth: dict[str, Any]) -> set[str]:
    rules = {m["rule"] for record in truth["reports"].values() for m in record["mistakes"]}
    return rules | {absent["rule"] for absent in truth["absent"]}


def test_the_files_in_the_package_are_what_the_generator_writes() -> None:
    written = samples.files()
    folder = sample_registry()
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == set(
        written
    )
    for name, data in written.items():
        assert (folder / name).read_bytes() == data, f"{name}: run python -m tests.generator.samples"


def test_the_truth_is_what_the_generator_writes() -> None:
    assert samples.TRUTH.read_text(encoding="utf-8") == samples.truth()


def test_the_sample_is_small() -> None:
    assert sum(path.stat().st_size for path in sample_registry().rglob("*") if path.is_file()) < 1_000_000


def test_the_registry_loads_with_two_offices_one_above_the_other() -> None:
    registry = load_registry(sample_registry())
    assert registry.offices() == ("jichuan-office", "yiyuan-office")
    assert registry.suboffices("jichuan-office") == ("yiyuan-office",)
    assert registry.years() == samples.YEARS
    assert {(u.level, u.kind) for u in registry.units.values()} == {
        ("city", "department"),
        ("county", "department"),
        ("county", "government"),
        ("town", "government"),
    }
    for source in registry.sources:
        assert (registry.folder / source.url).is_file()


def test_nothing_in_the_registry_can_be_taken_for_a_real_body() -> None:
    for unit in load_registry(sample_registry()).units.values():
        assert unit.region_code.startswith("99")
        assert unit.host.endswith(".example")
        assert unit.contact_email.endswith(".example")
        assert credit_code_is_valid(unit.credit_code)


def test_every_family_of_rules_has_something_to_find(truth: dict[str, Any]) -> None:
    assert {rule[0] for rule in planted(truth)} == set("ACKLNRSTXY")
    assert {"A01", "A04", "C02", "K01", "K02", "R01", "S02", "T01", "Y01", "Y02"} <= planted(truth)


def test_most_reports_are_clean_or_wrong_in_one_thing(truth: dict[str, Any]) -> None:
    amounts = [len(record["mistakes"]) for record in truth["reports"].values()]
    assert amounts.count(0) >= 10
    assert max(amounts) == 2


def test_only_the_planted_mistakes_break_sums(truth: dict[str, Any]) -> None:
    for record in truth["reports"].values():
        rules = {name.split(":")[0] for name in record["broken"]}
        named = {m["rule"] for m in record["mistakes"]}
        assert bool(rules) == bool(named & {"R01", "K01", "K02", "L01", "L02", "L03"})


def test_years_carry_on_where_nothing_is_planted(truth: dict[str, Any]) -> None:
    reports = truth["reports"]
    columns = [c.key for c in load_form("2021").columns]
    for plan in samples.PLAN:
        records = [reports.get(f"{plan.unit_id}/{year}") for year in samples.YEARS]
        for last, now in pairwise(record for record in records if record):
            rules = {m["rule"] for m in now["mistakes"]}
            pairs = [(f"t3.carried_in.{c}", f"t3.carried_out.{c}") for c in columns]
            known = [(a, b) for a, b in pairs if now["cells"][a] is not None]
            agree = all(now["cells"][a] == last["cells"][b] for a, b in known)
            # What was counted twice in the sum was received and answered, not carried over.
            assert agree == ("Y01" not in rules), plan.unit_id
            documents = "t2.normative_documents."
            if now["format"] == "2021":
                made = now["cells"][documents + "issued"] - now["cells"][documents + "repealed"]
                carried = last["cells"][documents + "in_force"] + made
                assert (carried == now["cells"][documents + "in_force"]) == ("Y02" not in rules), plan.unit_id


@pytest.mark.parametrize("year", samples.YEARS)
def test_the_county_report_is_the_sum_of_its_units_but_for_what_is_planted(
    truth: dict[str, Any], year: int
) -> None:
    reports = truth["reports"]
    registry = load_registry(sample_registry())
    units = [u for u in registry.members("yiyuan-office") if u != "yiyuan-gov"]
    own = reports[f"yiyuan-gov/{year}"]
    wrong = {cell for m in own["mistakes"] for cell in m["cells"]}
    for cell in load_form("2021").cells:
        whole = sum(reports[f"{unit}/{year}"]["cells"].get(cell) or 0 for unit in units)
        assert (own["cells"][cell] == whole) == (cell not in wrong), cell
    assert bool(wrong) == (year == 2024)


def test_no_two_reports_are_copies_of_each_other() -> None:
    shingles = []
    for document in samples.documents().values():
        text = "".join("".join(document.report.parts.get(part, ())) for part in (1, 5, 6))
        text = re.sub(r"\d", "", text)
        shingles.append({text[at : at + 5] for at in range(len(text) - 4)})
    for first, second in combinations(shingles, 2):
        assert len(first & second) / len(first | second) < 0.7
