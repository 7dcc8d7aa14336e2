"""Five real reports, their figures as read by hand and the sentences that matter: what must be told of each, and that
nothing else is called an error."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from expectations.forms import load_form
from gipa_pipeline.extract.prose.narrative import claims_of
from gipa_pipeline.model import CellReading, SectionText
from gipa_pipeline.validate import check_reading
from tests.unit.validate.forms import Unit, reading

REPORTS = json.loads((Path(__file__).parent / "real_reports.json").read_text(encoding="utf-8"))
MUST_FIND = {
    "guzhen_2023": {"N08": "warning"},
    "shuikou_2022": {"S02": "error", "C02": "warning"},
    "zhongshan_office_2022": {"K01": "error", "S13": "warning"},
    "rongchang_town_2024": {"S08": "warning"},
    "wenchang_2023": {"S12": "warning"},
}


def check(name):
    given = REPORTS[name]
    form = load_form(given["template"])
    cells = dict.fromkeys(form.cells, Decimal(0))
    if given["blank"]:
        cells |= {c: None for c in cells if c[:2] in ("t3", "t4") and c not in given["printed_zero"]}
    cells |= {c: Decimal(str(v)) for c, v in given["cells"].items()}
    cells |= {c: CellReading("ambiguous", raw="3746") for c in given["ambiguous"]}
    texts = {s.number: given["parts"].get(str(s.number), "") for s in form.sections}
    parts = tuple(SectionText(s.number, s.title, texts[s.number]) for s in form.sections)
    report = reading(
        cells,
        template=given["template"],
        title=given["title"],
        published=given["published"] and date.fromisoformat(given["published"]),
        sections=parts,
        claims=tuple(claims_of(parts)),
    )
    return check_reading(report, Unit(**given["unit"]), given["year"])


@pytest.mark.parametrize("name", list(MUST_FIND))
def test_what_must_be_told_is_told_once(name):
    found = [f for f in check(name) if f.rule in MUST_FIND[name]]
    assert {f.rule: f.severity for f in found} == MUST_FIND[name]
    assert len(found) == len(MUST_FIND[name])


@pytest.mark.parametrize("name", list(MUST_FIND))
def test_no_false_error(name):
    errors = {f.rule for f in check(name) if f.severity == "error"}
    assert errors == {rule for rule, severity in MUST_FIND[name].items() if severity == "error"}


@pytest.mark.parametrize("name", list(MUST_FIND))
def test_nothing_doubtful_is_said_beyond_part_one_and_the_date(name):
    others = {f.rule for f in check(name) if f.severity != "error"} - MUST_FIND[name].keys()
    assert others <= {"S06", "S08", "T05"}


def test_the_misplaced_case_names_both_columns():
    finding = next(f for f in check("zhongshan_office_2022") if f.rule == "K01")
    assert "“法律服务机构”列：第一项1加第二项0等于1，第三项0加第四项0等于0，相差1" in finding.message
    assert "“其他”列：第一项11加第二项0等于11，第三项12加第四项0等于12，相差1" in finding.message
    assert finding.responsibility == "publisher"


def test_blanks_are_one_finding():
    finding = next(f for f in check("shuikou_2022") if f.rule == "C02")
    assert len(finding.cells) == 162
