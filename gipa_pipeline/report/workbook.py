"""The office's workbook (汇总工作簿): consolidated tables, the units' numbers, the worklist, who has reported.

Every figure of the consolidated tables is a formula that adds up the units' sheet, with its value kept beside
it, so that a clerk can see what it is the sum of. All else is written as text or number, never as a formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from expectations.forms import Form
from gipa_pipeline.aggregate import wording
from gipa_pipeline.aggregate.membership import is_consolidation
from gipa_pipeline.registry import Unit
from gipa_pipeline.report.figures import STATED, TableSet
from gipa_pipeline.report.layout import LABEL_WIDTH, Box, Grid, grids
from gipa_pipeline.report.page import safe_link
from gipa_pipeline.report.view import OfficeView

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SUMS, SUMS_TREE, UNITS, WORKLIST, COVERAGE = "汇总表", "汇总表（含下级）", "各单位", "问题清单", "报送情况"
_FIRST_CELL_COLUMN = 3
_COLUMN_WIDTH = 9.5
_LABEL_COLUMNS = 5
"""All three tables share columns of one width; labels of tables 2 and 3 lie over five of them."""
_HEAD_ROWS = 4
_A3, _A4 = 8, 9
_LINK_LIMIT = 2000
"""Excel takes no longer address as a link; it is written as text then."""


def consolidated_workbook(view: OfficeView) -> bytes:
    """The workbook of one office and year; equal data give equal bytes."""
    import xlsxwriter

    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        day = view.data_until or datetime(view.year + 1, 1, 1, tzinfo=UTC).date()
        book.set_properties(
            {
                "title": f"{view.year}年政府信息公开工作年度报告汇总表",
                "subject": view.office.name,
                # The data's day: the clock would make every run's file another one.
                "created": datetime.combine(day, time(0), UTC),
            }
        )
        _Writer(book, view).write()
    return file.getvalue()


class _Writer:
    """Writes the sheets; keeps the formats, and in which rows of the units' sheet the summands stand."""

    def __init__(self, book: xlsxwriter.Workbook, view: OfficeView) -> None:
        self.book, self.view = book, view
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def write(self) -> None:
        view = self.view
        sums = self.book.add_worksheet(SUMS)
        below = self.book.add_worksheet(SUMS_TREE) if view.figures_tree else None
        units = self.book.add_worksheet(UNITS)
        self._worklist(self.book.add_worksheet(WORKLIST))
        self._coverage(self.book.add_worksheet(COVERAGE))
        if view.form is None or view.figures is None:
            sums.write_string(0, 0, f"{view.year}年度使用的是2019年以前的统计表，不作汇总。")
            return
        flat_units = view.figures.units
        all_units = view.figures_tree.units if view.figures_tree else flat_units
        self._units(units, view.form, flat_units, all_units)
        self._tables(sums, view.form, view.figures, len(flat_units), "本级")
        if below is not None and view.figures_tree is not None:
            self._tables(below, view.form, view.figures_tree, len(all_units), "含下级主管部门")

    # Formats

    def format(self, **properties: Any) -> Format:
        base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        key = tuple(sorted((base | properties).items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(dict(key))
        return self._formats[key]

    @property
    def head(self) -> Format:
        return self.format(bold=True, border=1, bg_color="#EAF0F6", text_wrap=True, align="center")

    @property
    def text(self) -> Format:
        return self.format(border=1, text_wrap=True, valign="top")

    @property
    def count(self) -> Format:
        return self.format(border=1, valign="top", align="right")

    # 汇总表

    def _tables(self, sheet: Worksheet, form: Form, figures: TableSet, units: int, scope: str) -> None:
        view = self.view
        sheet.set_column(0, len(form.proceedings) - 1, _COLUMN_WIDTH)
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        title = f"{view.office.name} {view.year}年政府信息公开工作年度报告汇总表（{scope}）"
        sheet.write_string(0, 0, title, self.format(bold=True, font_size=14))
        missing = len(figures.units) - len(figures.read)
        state = f"应计入{len(figures.units)}个单位，已计入{len(figures.read)}个，未计入{missing}个。"
        sheet.write_string(1, 0, state + "浅黄底色的格有疑，见批注；各格公式为“各单位”表相应列之和。")
        row = 3
        columns = {cell: _FIRST_CELL_COLUMN + n for n, cell in enumerate(form.cells)}
        for grid in grids(form):
            sheet.write_string(row, 0, grid.title, self.format(bold=True, font_size=12))
            row = self._grid(sheet, row + 1, grid, figures, columns, units) + 1
        for note in figures.notes:
            sheet.write_string(
                row, 0, f"[{note.number}] {note.unit.name}：{note.text}（{note.cells}格）", self.format()
            )
            row += 1

    def _grid(
        self, sheet: Worksheet, top: int, grid: Grid, figures: TableSet, columns: dict[str, int], units: int
    ) -> int:
        taken: set[tuple[int, int]] = set()
        rows = (*grid.head, *grid.body)
        for down, boxes in enumerate(rows):
            across = 0
            for box in boxes:
                while (down, across) in taken:
                    across += 1
                width = _width(grid, box, across)
                taken |= {(down + r, across + c) for r in range(box.rows) for c in range(width)}
                self._box(sheet, top + down, across, box, width, figures, columns, units)
                across += width
            sheet.set_row(top + down, _height(grid, boxes))
        return top + len(rows)

    def _box(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        box: Box,
        width: int,
        figures: TableSet,
        columns: dict[str, int],
        units: int,
    ) -> None:
        if box.cell is None:
            form = self.format(border=1, text_wrap=True, align="left") if box.kind == "label" else self.head
            if box.rows > 1 or width > 1:
                sheet.merge_range(row, column, row + box.rows - 1, column + width - 1, "", form)
            sheet.write_string(row, column, box.text, form)
            return
        figure = figures.figures[box.cell]
        colours = {"bg_color": "#FFF3D6"} if figure.notes else {}
        form = self.format(border=1, align="right", **colours)
        if width > 1:
            sheet.merge_range(row, column, row, column + width - 1, "", form)
        if figure.value is None:
            sheet.write_string(row, column, "—", form)
        else:
            from xlsxwriter.utility import xl_rowcol_to_cell

            first = xl_rowcol_to_cell(_HEAD_ROWS, columns[box.cell], row_abs=True)
            last = xl_rowcol_to_cell(_HEAD_ROWS + units - 1, columns[box.cell], row_abs=True)
            sheet.write_formula(row, column, f"=SUM('{UNITS}'!{first}:{last})", form, _plain(figure.value))
        if figure.notes:
            told = [f"{n.unit.name}：{n.text}" for n in figures.notes if n.number in figure.notes]
            sheet.write_comment(row, column, "\n".join(told)[:3000], {"author": "", "x_scale": 2})

    # 各单位

    def _units(
        self, sheet: Worksheet, form: Form, flat_units: tuple[str, ...], units: tuple[str, ...]
    ) -> None:
        for column, (name, width) in enumerate((("单位", 30), ("所属主管部门", 24), ("计入情况", 18))):
            sheet.merge_range(0, column, _HEAD_ROWS - 1, column, "", self.head)
            sheet.write_string(0, column, name, self.head)
            sheet.set_column(column, column, width)
        sheet.set_column(_FIRST_CELL_COLUMN, _FIRST_CELL_COLUMN + len(form.cells) - 1, 11)
        sheet.set_row(1, 58)
        small = self.format(font_color="#808080", font_size=8)
        for column, cell in enumerate(form.cells.values(), _FIRST_CELL_COLUMN):
            labels = (wording.TABLE[cell.table], cell.row_label, cell.column_label, cell.id)
            for row, text in enumerate(labels):
                sheet.write_string(row, column, text, small if text == cell.id else self.head)
        sheet.freeze_panes(_HEAD_ROWS, 1)
        sheet.set_landscape()
        sheet.set_paper(_A3)
        sheet.repeat_rows(0, 2)
        sheet.repeat_columns(0)
        # The summands of the flat sum stand first, so that each sum is one range.
        ordered = [*flat_units, *units[len(flat_units) :]]
        for row, unit in enumerate(ordered, _HEAD_ROWS):
            self._unit(sheet, row, unit, form)
        others = [u.unit.unit_id for u in self.view.units if is_consolidation(u.unit)]
        if others:
            row = _HEAD_ROWS + len(ordered) + 1
            sheet.write_string(row, 0, "以下为政府汇总报告，不计入汇总，供核对：", self.format(bold=True))
            for offset, unit in enumerate(others, 1):
                self._unit(sheet, row + offset, unit, form)

    def _unit(self, sheet: Worksheet, row: int, unit_id: str, form: Form) -> None:
        cells = self.view.cells
        unit = cells.units[unit_id]
        sheet.write_string(row, 0, unit.name, self.text)
        sheet.write_string(row, 1, cells.offices[unit_id].name, self.text)
        sheet.write_string(row, 2, self._why(unit, unit_id in cells.read), self.text)
        for column, cell in enumerate(form.cells, _FIRST_CELL_COLUMN):
            found = cells.counted.get((unit_id, cell))
            if unit_id not in cells.read:
                sheet.write_blank(row, column, None, self.format(border=1, bg_color="#F0F0F0"))
            elif found is not None and found["status"] in STATED and found["value"] is not None:
                sheet.write_number(row, column, _plain(found["value"]), self.count)
            else:
                # A blank stays blank: a zero here would be our own invention.
                sheet.write_blank(row, column, None, self.format(border=1, bg_color="#FFF3D6"))

    def _why(self, unit: Unit, read: bool) -> str:
        """Whether a unit counts, and why not."""
        if read and not is_consolidation(unit):
            return "计入"
        known = next((u for u in self.view.units if u.unit.unit_id == unit.unit_id), None)
        return known.why_not_included if known else "没有可用报告"

    # 问题清单

    def _worklist(self, sheet: Worksheet) -> None:
        heads = (
            ("序号", 6), ("单位", 26), ("程度", 8), ("表", 8), ("单元格", 40), ("填报值", 24), ("应为／关系", 16),
            ("差额", 10), ("原因／说明", 48), ("建议值", 10), ("如何改正", 40), ("条款", 30), ("状态", 9),
            ("首次发现", 11), ("规则", 7), ("问题编号", 18), ("处理结果", 20),
        )  # fmt: skip
        findings = sorted(self.view.findings, key=lambda f: wording.SEVERITY_ORDER[f.severity])
        self._headings(sheet, heads, len(findings))
        for row, f in enumerate(findings, 1):
            shown = f.likely or f.shown
            more = f"（等{len(f.cells)}格）" if len(f.cells) > len(shown) else ""
            texts = (
                f.unit.name, wording.SEVERITY[f.severity], f.tables, "；".join(c.label for c in shown) + more,
                f.actual or "；".join(c.text for c in shown), f.expected or f.title, f.difference or "", f.message,
                f.suggestion or "", f.fix, f.clause, wording.FINDING_STATE[f.state], wording.day(f.first_seen),
                f.rule, f.finding_id, "",
            )  # fmt: skip
            sheet.write_number(row, 0, f.number, self.count)
            for column, text in enumerate(texts, 1):
                sheet.write_string(row, column, text, self.text)
            sheet.set_row(row, _needed(zip(texts, (width for _, width in heads[1:]), strict=True)))
        if not findings:
            sheet.write_string(1, 0, "没有发现需要单位改正或核实的问题。")

    # 报送情况

    def _coverage(self, sheet: Worksheet) -> None:
        heads = (
            ("单位", 30), ("层级", 8), ("性质", 8), ("报送情况", 16), ("发布日期", 12), ("期限", 12), ("逾期天数", 9),
            ("是否计入", 22), ("须改正", 8), ("请核实", 8), ("提示", 8), ("来源", 60), ("说明", 40),
        )  # fmt: skip
        self._headings(sheet, heads, len(self.view.units))
        for row, u in enumerate(self.view.units, 1):
            texts = (
                u.unit.name, wording.LEVEL[u.unit.level], wording.KIND[u.unit.kind], wording.COVERAGE[u.state],
                wording.day(u.published), wording.day(u.due),
            )  # fmt: skip
            for column, text in enumerate(texts):
                sheet.write_string(row, column, text, self.text)
            if u.days_late is None:
                sheet.write_blank(row, 6, None, self.text)
            else:
                sheet.write_number(row, 6, u.days_late, self.count)
            sheet.write_string(row, 7, "计入" if u.included else u.why_not_included, self.text)
            for column, number in enumerate((u.errors, u.warnings, u.infos), 8):
                sheet.write_number(row, column, number, self.count)
            self._address(sheet, row, 11, u.url)
            sheet.write_string(row, 12, u.reason or "", self.text)
            sheet.set_row(
                row,
                _needed(
                    [
                        (u.unit.name, heads[0][1]),
                        (u.url or "", heads[11][1] * 2),
                        (u.reason or "", heads[12][1]),
                    ]
                ),
            )

    def _address(self, sheet: Worksheet, row: int, column: int, address: str | None) -> None:
        if (link := safe_link(address)) and len(link) <= _LINK_LIMIT:
            sheet.write_url(
                row, column, link, self.format(border=1, font_color="#0B5394", text_wrap=True, valign="top")
            )
        else:
            sheet.write_string(row, column, address or "", self.text)

    def _headings(self, sheet: Worksheet, heads: tuple[tuple[str, int], ...], rows: int) -> None:
        for column, (name, width) in enumerate(heads):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, self.head)
        sheet.freeze_panes(1, 2 if heads[0][0] == "序号" else 1)
        sheet.autofilter(0, 0, max(rows, 1), len(heads) - 1)
        sheet.set_landscape()
        sheet.set_paper(_A3)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)


def _width(grid: Grid, box: Box, across: int) -> int:
    """How many columns of the sheet a box takes: the last label column of tables 2 and 3 takes what is left."""
    labels = {"t2": 1, "t3": LABEL_WIDTH}.get(grid.table, 0)
    if labels and across < labels <= across + box.columns:
        return box.columns + _LABEL_COLUMNS - labels
    return box.columns


def _height(grid: Grid, boxes: tuple[Box, ...]) -> float:
    """A row's height in points; merged boxes do not find theirs by themselves.

    Half a column's width is one Chinese character.
    """
    lines = 1
    for box in boxes:
        if box.kind == "label" and box.rows == 1 and grid.table == "t3":
            room = int((_LABEL_COLUMNS - LABEL_WIDTH + box.columns) * _COLUMN_WIDTH / 2)
            lines = max(lines, -(-len(box.text) // room))
        elif box.kind == "head" and box.columns == box.rows == 1 and len(box.text) * 2 > _COLUMN_WIDTH:
            lines = 2
    return 15.0 * lines


def _needed(texts: Iterable[tuple[str, int]]) -> float:
    """The height in points of a row of wrapped texts in columns of these widths; not every program finds it."""
    lines = max(-(-len(text) * 2 // width) for text, width in texts)
    return 14.0 * min(max(lines, 1), 20)


def _plain(value: Decimal) -> int | float:
    """A number for a spreadsheet; whole numbers stay whole.

    Spreadsheets calculate in binary fractions; up to 15 digits come back as they were printed.
    """
    return int(value) if value == value.to_integral_value() else float(value)
