from decimal import Decimal

import pytest

from gipa_pipeline.model import CellReading
from gipa_pipeline.validate import check_reading
from tests.unit.validate.forms import Unit, consistent, reading, sections

UNIT = Unit()
LAST = consistent(8)
RULES = {"Y01", "Y02", "Y03", "Y05", "Y06", "L06", "X02", "S11"}


def following(seed=9, **changed):
    """A report that carries on from LAST without a break."""
    now = consistent(seed)
    for cell in [c for c in now if c.startswith("t3.carried_in.")]:
        column = cell.rpartition(".")[2]
        then = LAST[f"t3.carried_out.{column}"]
        now[f"t3.new.{column}"] += now[cell] - then
        now[cell] = then
    for proceeding in ("reconsideration", "litigation_direct", "litigation_after_reconsideration"):
        for part in ("upheld", "corrected", "other", "pending", "total"):
            now[f"t4.{proceeding}.{part}"] = LAST[f"t4.{proceeding}.{part}"]
    return now | changed


def found(now=None, last=LAST, edition="2021", **given):
    earlier = reading(last, year=2022, template=edition)
    report = reading(now or following(), **given)
    return {f.rule: f for f in check_reading(report, UNIT, 2023, earlier) if f.rule in RULES}


def test_a_report_that_carries_on_has_no_findings():
    assert found() == {}


def test_the_total_carried_in_must_be_what_was_carried_out():
    now = following()
    now["t3.carried_in.total"] += 2
    finding = found(now)["Y01"]
    assert (finding.severity, finding.verdict, finding.difference) == ("error", "fail", "2")
    assert finding.expected == str(LAST["t3.carried_out.total"])


def test_columns_that_differ_below_an_equal_total_only_warn():
    now = following()
    now["t3.carried_in.other"] += 1
    now["t3.carried_in.natural_person"] -= 1
    finding = found(now)["Y01"]
    assert finding.severity == "warning"
    assert "“自然人”列" in finding.message
    assert "“其他”列" in finding.message


def test_a_doubtful_cell_of_last_year_accuses_nobody():
    now = following()
    now["t3.carried_in.total"] += 2
    last = LAST | {
        "t3.carried_out.total": CellReading("inferred", LAST["t3.carried_out.total"], "?", readers=("s",))
    }
    assert found(now, last)["Y01"].verdict == "uncertain"


@pytest.mark.parametrize("cell", ["t3.carried_in.total"])
def test_a_blank_carries_nothing(cell):
    assert "Y01" not in found(following() | {cell: None})


def test_documents_in_force():
    row = "t2.normative_documents."
    last = LAST | {row + "in_force": Decimal(14)}
    now = following() | {
        row + "issued": Decimal(1),
        row + "repealed": Decimal(5),
        row + "in_force": Decimal(10),
    }
    assert "Y02" not in found(now, last)
    finding = found(now | {row + "in_force": Decimal(12)}, last)["Y02"]
    assert (finding.severity, finding.expected, finding.actual) == ("warning", "10", "12")
    assert "Y02" not in found(now | {row + "in_force": Decimal(12)}, consistent(8, "2019"), "2019")


def test_pending_cases_are_somewhere():
    last = LAST | {"t4.reconsideration.pending": LAST["t4.reconsideration.total"] + 1}
    assert found(last=last)["Y03"].severity == "warning"


def test_jumps_and_money_in_the_wrong_unit():
    last = LAST | {"t2.licensing.decisions": Decimal(40), "t2.fees.amount_wan_yuan": Decimal("4219.39")}
    now = following() | {"t2.licensing.decisions": Decimal(400), "t2.fees.amount_wan_yuan": Decimal(42193900)}
    given = [f for f in check_reading(reading(now), UNIT, 2023, reading(last, year=2022)) if f.rule == "Y05"]
    assert len(given) == 2
    assert "恰为10000倍" in " ".join(f.message for f in given)
    assert "Y05" not in found(
        now | {"t2.licensing.decisions": Decimal(90), "t2.fees.amount_wan_yuan": Decimal(5000)}, last
    )


def test_last_years_table_once_more():
    finding = found(LAST)["Y06"]
    assert finding.severity == "warning"
    empty = dict.fromkeys(LAST, Decimal(0))
    assert "Y06" not in found(empty, empty), "nothing but zeros is a quiet year, not a copy"


def test_suits_after_review_need_reviews():
    now = following() | {"t4.litigation_after_reconsideration.total": Decimal(500)}
    assert found(now)["L06"].severity == "info"


def test_decisions_that_vanish():
    last = LAST | {"t2.penalties.decisions": Decimal(359)}
    assert found(last=last)["X02"].severity == "info"
    assert "X02" not in found(last=LAST | {"t2.penalties.decisions": Decimal(3)})


def test_the_prose_of_last_year():
    text = "".join(
        f"第{n}项工作围绕群众关切的{c}领域持续推进公开。"
        for n, c in enumerate("教育医疗住房就业社保交通环境食品" * 4)
    )
    same = reading(LAST, year=2022, sections=sections(p1=text))
    now = reading(following(), sections=sections(p1=text.replace("1", "2")))
    rules = {f.rule for f in check_reading(now, UNIT, 2023, same)}
    assert "S11" in rules
    other = reading(following(), sections=sections(p1=text[::-1]))
    assert "S11" not in {f.rule for f in check_reading(other, UNIT, 2023, same)}


def test_the_forms_of_2019_and_2021_are_compared_where_both_have_the_cell():
    now = following()
    now["t3.carried_in.total"] += 2
    last = consistent(8, "2019") | {c: v for c, v in LAST.items() if c.startswith("t3.carried_out.")}
    assert set(found(now, last, "2019")) <= {"Y01", "Y03", "Y05", "L06"}
    assert "Y01" in found(now, last, "2019")


def test_without_last_year_nothing_is_said():
    assert {f.rule for f in check_reading(reading(LAST), UNIT, 2023)} & RULES == set()
