from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from expectations.forms import load_form
from gipa_pipeline.report import YearFacts, consolidated_workbook, office_view
from gipa_pipeline.report.workbook import _sheet_name
from tests.unit.aggregate.scene import Scene, unit
from tests.unit.report.conftest import HOSTILE, NEW, facts_of
from tests.unit.report.numbers import differing


def opened(data: bytes, *, values: bool) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def by_cell(data: bytes, sheet: str) -> dict[str, tuple[object, str]]:
    """Every figure of a consolidated sheet by cell id: its kept value and its formula, over the units' columns."""
    values, formulas = opened(data, values=True), opened(data, values=False)
    ids = {c.column_letter: c.value for c in formulas["各单位"][4] if c.value}
    found = {}
    for row in formulas[sheet].iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and (
                m := re.fullmatch(r"=SUM\('各单位'!([A-Z]+)\$5:\1\$(\d+)\)", cell.value)
            ):
                found[ids[m[1]]] = (values[sheet][cell.coordinate].value, cell.value)
    return found


def test_figures_are_formulas_over_the_units_with_the_frames_values(facts: YearFacts) -> None:
    data = consolidated_workbook(office_view(facts, "office"))
    for sheet, name in (("汇总表", "consolidated"), ("汇总表（含下级）", "consolidated_tree")):
        frame = {r["cell_id"]: r["value"] for r in facts.rows(name, owner=["office"])}
        found = by_cell(data, sheet)
        assert {c: Decimal(str(v)) for c, (v, _) in found.items()} == {
            c: v for c, v in frame.items() if v is not None
        }
    assert by_cell(data, "汇总表")[NEW] == (9, by_cell(data, "汇总表")[NEW][1])
    assert by_cell(data, "汇总表")[NEW][1].endswith("$9)")
    assert by_cell(data, "汇总表（含下级）")[NEW][1].endswith("$11)")


def test_units_sheet_adds_up_to_the_figures(facts: YearFacts) -> None:
    book = opened(consolidated_workbook(office_view(facts, "office")), values=True)
    sheet = book["各单位"]
    column = next(c.column for c in sheet[4] if c.value == NEW)
    rows = {
        sheet.cell(r, 1).value: (sheet.cell(r, 3).value, sheet.cell(r, column).value)
        for r in range(5, sheet.max_row + 1)
    }
    assert rows["某县财政局"] == ("计入", 4)
    assert rows["某县卫生健康局"] == ("未见报告", None)
    assert rows["某县公安局"] == ("无法识读", None)
    assert rows["某县人民政府"] == ("政府汇总报告，不计入", 99)
    assert rows["某开发区投资促进局"] == ("计入", 20)
    assert [c.value for c in sheet[4]][3:] == list(load_form("2021").cells)
    blank = next(c.column for c in sheet[4] if c.value == "t3.carried_in.total")
    town = next(r for r in range(5, 20) if sheet.cell(r, 1).value == "某镇人民政府")
    assert sheet.cell(town, blank).value is None


def test_worklist_errors_first_and_nothing_internal(facts: YearFacts) -> None:
    sheet = opened(consolidated_workbook(office_view(facts, "office")), values=True)["问题清单"]
    heads = [c.value for c in sheet[1]]
    rows = [dict(zip(heads, [c.value for c in row], strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert [(r["单位"], r["程度"]) for r in rows] == [("某县财政局", "须改正"), ("某镇人民政府", "请核实")]
    first = rows[0]
    assert first["表"] == "表三"
    assert first["单元格"] == "表三“一、本年新收政府信息公开申请数量”行“总计”列（等2格）"
    assert (first["填报值"], first["应为／关系"], first["差额"], first["建议值"]) == ("4", "0", "4", "0")
    assert first["原因／说明"].endswith("相差4。")
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref == "A1:R3"


def test_coverage_sheet(facts: YearFacts) -> None:
    sheet = opened(consolidated_workbook(office_view(facts, "park")), values=True)["报送情况"]
    assert [c.value for c in sheet[2]][:8] == [
        "某开发区管理委员会",
        "县级",
        "部门",
        "逾期发布",
        "2024-02-05",
        "2024-01-31",
        5,
        "计入",
    ]
    assert sheet["L2"].hyperlink.target == "https://park.example.cn/2023.html"


def test_nothing_that_units_wrote_becomes_a_formula_or_a_link(hostile: Callable[[], YearFacts]) -> None:
    data = consolidated_workbook(office_view(hostile(), "office"))
    book = opened(data, values=False)
    formulas = [c.value for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
    ours = r"=SUM\('各单位'![A-Z]+\$5:[A-Z]+\$6\)|='各单位'![A-Z]+[56]"
    assert [f for f in formulas if not re.fullmatch(ours, f)] == []
    texts = [c.value for row in book["问题清单"].iter_rows(min_row=2, max_row=2) for c in row]
    assert HOSTILE in texts
    assert "=9" in texts
    assert "@SUM(A1)" in texts
    assert book["报送情况"]["L3"].value == "javascript:alert(1)"
    assert book["报送情况"]["L3"].hyperlink is None


def test_equal_data_give_equal_bytes(facts: YearFacts) -> None:
    view = office_view(facts, "office")
    assert consolidated_workbook(view) == consolidated_workbook(view)


@pytest.mark.ui
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_an_office_program_opens_it_and_calculates_the_same(facts: YearFacts, tmp_path: Path) -> None:
    count, wrong = differing(consolidated_workbook(office_view(facts, "office")), tmp_path)
    assert wrong == []
    assert count > 1000


def test_sheets_in_the_order_of_work(facts: YearFacts) -> None:
    names = opened(consolidated_workbook(office_view(facts, "office")), values=False).sheetnames
    assert names == [
        "问题清单", "汇总表", "汇总表（含下级）", "报送情况", "各单位",
        "1.某县人民政府办公室", "2.某县财政局", "5.某镇人民政府", "6.某县人民政府", "规则说明",
    ]  # fmt: skip
    heads = [
        c.value
        for c in opened(consolidated_workbook(office_view(facts, "office")), values=False)["问题清单"][1]
    ]
    assert heads[2:9] == ["单位", "表", "单元格", "填报值", "应为／关系", "原因／说明", "如何改正"]


def test_comments_name_the_units_behind_a_figure(facts: YearFacts) -> None:
    sheet = opened(consolidated_workbook(office_view(facts, "office")), values=True)["汇总表"]
    [nine] = [c for row in sheet.iter_rows() for c in row if c.value == 9]
    told = nine.comment.text.split("\n")
    assert told[:4] == ["由3个单位的填报数相加：", "某县财政局 4", "某县人民政府办公室 3", "某镇人民政府 2"]
    assert told[4] == "未计入2个单位，见“报送情况”"
    assert "存疑：某县财政局，此格有未了结的须改正问题（R01 总计列等于六类申请人之和），按填报数计入" in told


def test_a_sheet_for_a_unit_follows_the_units_numbers(facts: YearFacts) -> None:
    data = consolidated_workbook(office_view(facts, "office"))
    values, formulas = opened(data, values=True), opened(data, values=False)
    cells = [c for row in formulas["2.某县财政局"].iter_rows() for c in row if c.data_type == "f"]
    assert len(cells) == len(load_form("2021").cells)
    for cell in cells:
        source = cell.value.removeprefix("='各单位'!")
        assert values["2.某县财政局"][cell.coordinate].value == values["各单位"][source].value
    [total] = [c for c in cells if values["2.某县财政局"][c.coordinate].value == 4]
    assert total.comment.text.startswith("【须改正】表三“本年新收”行")
    blank = [c for row in formulas["5.某镇人民政府"].iter_rows() for c in row if c.data_type == "f"]
    assert len(blank) < len(cells)


def test_many_units_share_one_sheet() -> None:
    scene = Scene(
        [unit("office", "办公室"), *(unit(f"u{n}", f"单位{n}", office="office") for n in range(60))]
    )
    for n in range(60):
        scene.report(f"u{n}", {NEW: n})
    scene.report("office")
    book = opened(consolidated_workbook(office_view(facts_of(scene), "office")), values=False)
    assert book.sheetnames == ["问题清单", "汇总表", "报送情况", "各单位", "规则说明"]
    texts = [c.comment.text for row in book["汇总表"].iter_rows() for c in row if c.comment]
    assert [t for t in texts if "单位59 59\n" in t and "另29个单位合计 435" in t]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("某县[局]:*?/\\'", "7.某县局"),
        ("长" * 40, "7." + "长" * 29),
        ("甲\u202e\n乙", "7.甲乙"),
        ("𠮷" * 20, "7." + "𠮷" * 14),
    ],
)
def test_names_of_sheets(name: str, shown: str) -> None:
    assert _sheet_name(7, name) == shown
