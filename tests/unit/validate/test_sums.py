from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.forms import load_form
from expectations.frames import conform
from gipa_pipeline.model import CellReading, ReaderNote
from gipa_pipeline.validate import check_reading
from gipa_pipeline.validate.case import Case
from gipa_pipeline.validate.cuts import cuts
from gipa_pipeline.validate.residuals import residual_frame, residuals_of, with_rules
from gipa_pipeline.validate.subject import subject_of
from gipa_pipeline.validate.sums import check_sums
from tests.unit.validate.forms import consistent, reading


def found(cells, **given):
    return [f for f in check_reading(reading(cells, **given)) if f.rule[0] in "RKL"]


def verdicts(cells, **given):
    return {c.rule: c.verdict for c in check_sums(Case(subject_of(reading(cells, **given))))}


def test_a_consistent_report_passes_every_sum():
    assert found(consistent(1)) == []
    told = verdicts(consistent(1))
    assert told.pop("K04") == "not_assessable", "that no case is counted twice is not to be seen"
    assert set(told.values()) == {"pass"}


def test_one_wrong_part_is_told_once_with_the_number_that_would_mend_it():
    cells = consistent(1)
    right = cells["t3.granted.other"]
    cells["t3.granted.other"] = right + 3
    (finding,) = found(cells)
    assert (finding.rule, finding.severity, finding.verdict) == ("R01", "error", "fail")
    assert finding.likely_cells == ("t3.granted.other",)
    assert finding.suggestion == str(right)
    assert finding.difference == "3"
    assert f"现填{right + 3}，按其余数据应为{right}" in finding.message
    assert "办理结果合计等于总计行" in finding.message
    assert verdicts(cells)["K02"] == "fail", "the other broken rule fails too, though it is not told twice"


def test_the_misplaced_case_is_one_finding_that_names_both_columns():
    cells = consistent(5) | {
        f"t3.{row}.{column}": Decimal(value)
        for column, values in {"legal_service_org": (1, 0, 0, 0), "other": (11, 0, 12, 0)}.items()
        for row, value in zip(("new", "carried_in", "total", "carried_out"), values, strict=True)
    }
    for row in load_form("2021").rows:
        for column in ("legal_service_org", "other"):
            if row.key not in ("new", "carried_in", "total", "carried_out"):
                cells[f"t3.{row.key}.{column}"] = Decimal(
                    12 if (row.key, column) == ("granted", "other") else 0
                )
    for row in load_form("2021").rows:
        columns = [c.key for c in load_form("2021").columns if c.key != "total"]
        cells[f"t3.{row.key}.total"] = sum(cells[f"t3.{row.key}.{c}"] for c in columns)
    (finding,) = found(cells)
    assert (finding.rule, finding.severity, finding.responsibility) == ("K01", "error", "publisher")
    assert "表三“法律服务机构”列：第一项1加第二项0等于1，第三项0加第四项0等于0，相差1" in finding.message
    assert "表三“其他”列：第一项11加第二项0等于11，第三项12加第四项0等于12，相差1" in finding.message
    assert finding.suggestion is None


@pytest.mark.parametrize(("rule", "proceeding"), [("L01", "reconsideration"), ("L02", "litigation_direct"),
                                                  ("L03", "litigation_after_reconsideration")])  # fmt: skip
def test_table_four(rule, proceeding):
    cells = consistent(2)
    cells[f"t4.{proceeding}.total"] += 2
    (finding,) = found(cells)
    assert (finding.rule, finding.suggestion, len(finding.rivals)) == (rule, None, 5)
    assert "结果维持" in finding.message
    assert "相差2" in finding.message


def test_a_total_over_blank_parts():
    cells = consistent(2)
    cells |= {c: None for c in cells if c.startswith("t3.granted.") and not c.endswith("total")}
    assert cells["t3.granted.total"] > 0
    assert [f.rule for f in found(cells)] == ["R02"]


def test_blank_parts_below_a_zero_total_are_no_accusation():
    cells = consistent(2)
    for cell in cells:
        if cell.startswith("t3."):
            cells[cell] = Decimal(0) if cell.endswith(".total") else None
    assert found(cells) == []
    assert verdicts(cells)["R01"] == "not_assessable"


def test_parts_that_exceed_the_total_break_it_whatever_the_blank_holds():
    cells = consistent(2) | {"t3.granted.other": None, "t3.granted.natural_person": Decimal(9)}
    cells["t3.granted.total"] = Decimal(3)
    assert verdicts(cells)["R01"] == "fail"
    assert any("R01:granted" in f.evidence for f in found(cells))


def test_readers_that_disagree_are_our_fault_not_the_units():
    cells = consistent(2)
    cells["t3.granted.other"] += 3
    note = ReaderNote("readers_disagree", "", ("t3.granted.other",))
    (finding,) = found(cells, notes=(note,))
    assert (finding.verdict, finding.responsibility) == ("uncertain", "extractor")


def test_a_cell_seen_once_and_inferred_proves_nothing():
    cells = consistent(2)
    wrong = cells["t3.granted.other"] + 3
    cells["t3.granted.other"] = CellReading("inferred", wrong, "?", readers=("sequence",))
    (finding,) = found(cells)
    assert (finding.verdict, finding.responsibility) == ("uncertain", "undecided")
    cells["t3.granted.other"] = CellReading("inferred", wrong, "?", readers=("sequence", "structure"))
    assert found(cells)[0].responsibility == "publisher"


def test_cuttings():
    assert cuts("251000026") == ((25, 1, 0, 0, 0, 0, 26),)
    assert len(cuts("157800111177")) == 3
    assert cuts("3746") == ()
    assert cuts("9" * 40) == ()
    assert cuts("1" * 30) == (), "too many ways to weigh"


def test_an_ambiguous_cell_leaves_its_sums_open():
    cells = consistent(2) | {
        "t3.granted.other": CellReading("ambiguous", candidates=(Decimal(1), Decimal(2)))
    }
    assert found(cells) == []
    assert verdicts(cells)["R01"] == "not_assessable"


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.dictionaries(
        st.sampled_from([c for c in load_form("2021").cells if c[1] in "34"]),
        st.one_of(st.none(), st.integers(0, 30).map(Decimal), st.just("ambiguous"), st.just("missing")),
        max_size=5,
    ),
    st.sampled_from(["2021", "2019"]),
)
def test_all_reports_at_once_and_one_by_one_leave_the_same_residuals(seed, changes, edition):
    form = load_form(edition)
    known = consistent(seed, edition) | {c: v for c, v in changes.items() if c in form.cells}
    values = {c: v if isinstance(v, Decimal) else None for c, v in known.items()}
    statuses = {
        c: v if isinstance(v, str) else "blank" if v is None else "reported" for c, v in known.items()
    }
    rows = [
        {
            "unit_id": "u", "year": 2023, "cell_id": c, "value": values[c], "status": statuses[c], "raw": None,
            "candidates": None, "evidence": None, "document_sha256": "a", "table": form.cells[c].table, "row": "",
            "column": "", "agreement": 2,
        }
        for c in known
    ]  # fmt: skip
    frame = residual_frame(edition, conform("normalized", "cells", rows), ["u"])
    alone = residuals_of(form, values, statuses)
    for name, residual in alone.items():
        together = frame.loc["u", name]
        assert (residual is None and np.isnan(together)) or float(residual) == together, name
    counted = with_rules(edition, frame)
    assert set(counted.columns) >= {"R01", "K01", "K02", "L01", "R01:new"}


def test_cells_with_two_readings_are_named_once_and_against_ourselves():
    cells = consistent(2)
    for cell in ("t3.granted.other", "t4.reconsideration.upheld"):
        cells[cell] = CellReading("ambiguous", None, "1", (Decimal(1), Decimal(7)))
    note = ReaderNote("readers_disagree", "", ("t3.granted.other", "t4.reconsideration.upheld"))
    (finding,) = [f for f in check_reading(reading(cells, notes=(note,))) if f.rule == "S13"]
    assert finding.cells == ("t3.granted.other", "t4.reconsideration.upheld")
    assert (finding.responsibility, finding.verdict) == ("extractor", "uncertain")
    assert "2个数据格有两种读法" in finding.message
    assert "可能为1或7" in finding.message
    assert not [f for f in check_reading(reading(consistent(2))) if f.rule == "S13"]


def _glued(cells, row):
    """Cells of which one row of table 3 was printed as one run and cut."""
    columns = [f"t3.{row}.{c.key}" for c in load_form("2021").columns]
    run = "".join(str(cells[c]) for c in columns)
    one = {c: CellReading("inferred", Decimal(cells[c]), run, readers=("sequence",)) for c in columns}
    return {**cells, **one}, tuple(columns)


def _doubted(cells):
    return [f for f in check_reading(reading(cells)) if f.rule == "S13"]


def test_cuttings_in_a_table_that_does_not_add_up_are_all_said_to_be_in_doubt():
    cells, row = _glued(consistent(1), "granted")
    assert _doubted(cells) == []
    cells["t3.carried_in.other"] += 3
    (finding,) = _doubted(cells)
    assert finding.cells == row
    assert (finding.responsibility, finding.verdict) == ("undecided", "uncertain")
    assert "1行各格数字粘连" in finding.message


def test_an_open_cell_puts_cuttings_beside_it_in_doubt_and_separated_rows_not():
    ambiguous = {"t3.partial.other": CellReading("ambiguous", None, "12", (Decimal(1), Decimal(2)))}
    cells, row = _glued(consistent(1), "granted")
    assert [f.cells for f in _doubted({**cells, **ambiguous})] == [row, ("t3.partial.other",)]
    assert [f.cells for f in _doubted({**consistent(1), **ambiguous})] == [("t3.partial.other",)]
