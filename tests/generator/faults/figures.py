"""Mistakes in the figures of one report."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

from expectations.forms.model import T3_CARRIED_OUT, T3_INFLOW, T3_TOTAL
from tests.generator.faults.base import NotApplicable, fault
from tests.generator.prose import count
from tests.generator.truth import Mistake, Report, make_report, plain

PARTS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_welfare_org",
    "legal_service_org",
    "other",
)


def result_rows(report: Report) -> list[str]:
    """The rows of the results, without the total."""
    return [r.key for r in report.form.rows if r.key not in (*T3_INFLOW, T3_TOTAL, T3_CARRIED_OUT)]


@fault("wrong_row_total")
def wrong_row_total(report: Report, rng: Random) -> Report:
    """总计 of one result row is off; the row and the 总计 column both break."""
    rows = result_rows(report)
    row = rng.choice([r for r in rows if count(report.cells, f"t3.{r}.total")] or rows)
    cell = f"t3.{row}.total"
    value = count(report.cells, cell) + rng.choice((1, 1, 2, 10))
    return report.with_cells({cell: value}, Mistake("R01", (cell,), "总计与各列之和不符"))


@fault("wrong_cell")
def wrong_cell(report: Report, rng: Random) -> Report:
    """One part cell is off: its row and its column break by the same amount."""
    cell = f"t3.{rng.choice(result_rows(report))}.{rng.choice(PARTS)}"
    value = count(report.cells, cell) + rng.choice((1, 1, 2, 3))
    return report.with_cells({cell: value}, Mistake("R01", (cell,), "单元格误填"))


@fault("transposed_digits")
def transposed_digits(report: Report, rng: Random) -> Report:
    """Two digits of a figure of table 3 changed places."""
    rows = [r.key for r in report.form.rows]
    cells = [f"t3.{row}.{part}" for row in rows for part in PARTS]
    able = [c for c in cells if len(text := report.text(c)) > 1 and text[-1] != text[-2]]
    if not able:
        raise NotApplicable("transposed_digits")
    cell = rng.choice(able)
    text = report.text(cell)
    changed = Decimal(text[:-2] + text[-1] + text[-2])
    return report.with_cells({cell: changed}, Mistake("R01", (cell,), "数字前后颠倒"))


@fault("misplaced_case")
def misplaced_case(report: Report, rng: Random) -> Report:
    """A case is received under one kind of applicant and answered under another; 总计 balances."""
    able = [
        (row, part)
        for row in result_rows(report)
        for part in PARTS
        if count(report.cells, f"t3.{row}.{part}") > 0
    ]
    if not able:
        raise NotApplicable("misplaced_case")
    row, source = rng.choice(able)
    target = rng.choice([part for part in PARTS if part != source])
    changes = {
        f"t3.{line}.{part}": count(report.cells, f"t3.{line}.{part}") + step
        for line in (row, T3_TOTAL)
        for part, step in ((source, -1), (target, 1))
    }
    totals = tuple(f"t3.{T3_TOTAL}.{part}" for part in (source, target))
    return report.with_cells(changes, Mistake("K01", totals, "收到与答复填在不同的申请人列"))


@fault("total_not_updated")
def total_not_updated(report: Report, rng: Random) -> Report:
    """A case was added to a column (received, answered), the 总计 column was not recomputed."""
    row, part = rng.choice(result_rows(report)), rng.choice(PARTS)
    lines = ("new", row, T3_TOTAL)
    changes = {f"t3.{line}.{part}": count(report.cells, f"t3.{line}.{part}") + 1 for line in lines}
    wrong = tuple(f"t3.{line}.total" for line in lines)
    return report.with_cells(changes, Mistake("R01", wrong, "补登一件后总计列未更新"))


@fault("totals_left_zero")
def totals_left_zero(report: Report, rng: Random) -> Report:
    """Row (七)总计 left at 0 over filled parts."""
    filled = (f"t3.total.{part}" for part in (*PARTS, "total"))
    changes = {cell: 0 for cell in filled if count(report.cells, cell)}
    if not changes:
        raise NotApplicable("totals_left_zero")
    return report.with_cells(changes, Mistake("K02", tuple(changes), "(七)总计行未填,均为0"))


@fault("counted_twice")
def counted_twice(report: Report, rng: Random) -> Report:
    """A case of partial disclosure is also counted under a ground of refusal: K02 breaks twice, rows hold."""
    row = rng.choice([r for r in result_rows(report) if r.startswith("denied_")])
    changes = {
        f"t3.{row}.{part}": count(report.cells, f"t3.{row}.{part}") + 1
        for part in ("natural_person", "total")
    }
    return report.with_cells(changes, Mistake("K02", tuple(changes), "区分处理的一件又计入不予公开"))


@fault("balance_broken")
def balance_broken(report: Report, rng: Random) -> Report:
    """结转下年度 forgotten or invented: K01 breaks in a column and in 总计, rows hold."""
    part = rng.choice(PARTS)
    cells = (f"t3.carried_out.{part}", "t3.carried_out.total")
    changes = {cell: count(report.cells, cell) + 1 for cell in cells}
    return report.with_cells(changes, Mistake("K01", cells, "收到与办结、结转不平衡"))


@fault("proceedings_total")
def proceedings_total(report: Report, rng: Random) -> Report:
    """总计 of one kind of proceeding in table 4 is off."""
    kinds = {"L01": "reconsideration", "L02": "litigation_direct", "L03": "litigation_after_reconsideration"}
    rule = rng.choice([r for r in kinds if count(report.cells, f"t4.{kinds[r]}.total")] or ["L01"])
    kind = kinds[rule]
    cell = f"t4.{kind}.total"
    value = count(report.cells, cell) + 1
    return report.with_cells({cell: value}, Mistake(rule, (cell,), "表四总计与各项之和不符"))


@fault("blank_block")
def blank_block(report: Report, rng: Random) -> Report:
    """A block of zeros is left empty: table 4, or all zero cells of table 3 above (七)总计."""
    form = report.form
    blocks = [form.table_cells("t4"), tuple(c for c in form.table_cells("t3") if ".total." not in c)]
    able = [b for b in ([c for c in block if report.cells[c] == 0] for block in blocks) if len(b) > 4]
    if not able:
        raise NotApplicable("blank_block")
    cells = tuple(rng.choice(able))
    return report.with_cells(dict.fromkeys(cells), Mistake("C02", cells, "零值未填写,留空"))


@fault("strokes_for_zero")
def strokes_for_zero(report: Report, rng: Random) -> Report:
    """A row of zeros is printed as strokes."""
    row = next((r for r in result_rows(report) if all(not report.cells[f"t3.{r}.{p}"] for p in PARTS)), None)
    if row is None:
        raise NotApplicable("strokes_for_zero")
    sign = rng.choice(("/", "—", "-", "无"))
    cells = tuple(f"t3.{row}.{part}" for part in (*PARTS, "total"))
    blank = report.with_cells(dict.fromkeys(cells), Mistake("C02", cells, f"零值写作{sign}"))
    return replace(blank, printed={**report.printed, **dict.fromkeys(cells, sign)})


@fault("not_whole")
def not_whole(report: Report, rng: Random) -> Report:
    """A count is printed with a decimal or a minus sign."""
    cell = rng.choice(("t2.licensing.decisions", "t2.penalties.decisions"))
    value = rng.choice((Decimal(-3), Decimal("12.5")))
    return report.with_cells({cell: value}, Mistake("C01", (cell,), "件数不是非负整数"))


@fault("decorated_figure")
def decorated_figure(report: Report, rng: Random) -> Report:
    """A figure carries its unit, separators, full-width digits or a remark; the value is not changed."""
    able = [c for c in report.form.table_cells("t2") if report.cells[c]]
    if not able:
        raise NotApplicable("decorated_figure")
    cell = rng.choice(able)
    text = report.text(cell)
    wide = text.translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    forms = [wide, text + report.form.cells[cell].unit]
    if text.isdigit():
        forms.append(f"{text}（其中修订 1 件）")
        forms += [f"{int(text):,}", f"{text[:-3]} {text[-3:]}"] * (len(text) > 3)
    shown = rng.choice(forms)
    return report.with_mistake(
        Mistake("C03", (cell,), f"单元格写作{shown}"), printed={**report.printed, cell: shown}
    )


@fault("regulations_of_a_unit")
def regulations_of_a_unit(report: Report, rng: Random) -> Report:
    """A body without the power reports 规章 in force."""
    if report.edition != "2021" or (report.body.level, report.body.kind) == ("city", "government"):
        raise NotApplicable("regulations_of_a_unit")
    cell = "t2.regulations.in_force"
    return report.with_cells({cell: rng.randint(2, 9)}, Mistake("X03", (cell,), "无规章制定权却填报规章"))


@fault("wrong_form")
def wrong_form(report: Report, rng: Random) -> Report:
    """The form of 2019 is used for a later year; the applications are the same."""
    if report.edition == "2019" or not report.form.due_in(report.year):
        raise NotApplicable("wrong_form")
    other = make_report(rng, report.year, edition="2019", body=report.body)
    old, merged = dict(other.cells), ("other_overdue_correction", "other_overdue_fee", "other_other")
    for cell in old:
        table, row, column = cell.split(".")
        if table == "t3" and row == "other":
            old[cell] = sum((report.cells[f"t3.{r}.{column}"] or Decimal(0) for r in merged), Decimal(0))
        elif table != "t2" or row in ("licensing", "penalties", "coercion"):
            old[cell] = report.cells.get(cell, old[cell])
    mistake = Mistake("S02", (), f"{report.year}年使用2019年格式")
    return report.with_mistake(mistake, edition="2019", cells=old)


@fault("fee_in_yuan")
def fee_in_yuan(report: Report, rng: Random) -> Report:
    """The fee is written in yuan under a heading that says 万元."""
    cell = "t2.fees.amount_wan_yuan"
    value = report.cells.get(cell)
    if not value or value != value.quantize(Decimal("0.0001")):
        raise NotApplicable("fee_in_yuan")
    text = plain(value * 10_000)
    return report.with_cells({cell: Decimal(text)}, Mistake("C04", (cell,), "收费金额以元填报"))
