"""The office's workbook (汇总工作簿): the worklist, consolidated tables, who has reported, every unit's numbers, rules.

Every figure of the consolidated tables is a formula that adds up the units' sheet, with its value kept beside
it, so that a clerk can see what it is the sum of. All else is written as text or number, never as a formula.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from expectations.forms import Form
from gipa_pipeline.aggregate import wording
from gipa_pipeline.aggregate.membership import is_consolidation
from gipa_pipeline.registry import Unit
from gipa_pipeline.report import lists
from gipa_pipeline.report.figures import STATED, Figure, TableSet
from gipa_pipeline.report.findings import FindingView
from gipa_pipeline.report.layout import LABEL_WIDTH, Box, Grid, grids
from gipa_pipeline.report.page import safe_link
from gipa_pipeline.report.pens import A3, A4, DOUBT, LONGEST_LINK, NOTHING, Pens, plain
from gipa_pipeline.report.view import OfficeView, UnitView

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

WORKLIST, SUMS, SUMS_TREE, COVERAGE, UNITS, RULES = (
    "问题清单", "汇总表", "汇总表（含下级）", "报送情况", "各单位", "规则说明"
)  # fmt: skip
LONGEST_SHEET_NAME = 31
MOST_SHEETS = 60
"""With more units than these there is no sheet a unit; all of them stand in one sheet anyway."""
_MOST_NAMED = 30
_FIRST_CELL_COLUMN = 3
_COLUMN_WIDTH = 9.5
_LABEL_COLUMNS = 5
"""All three tables share columns of one width; labels of tables 2 and 3 lie over five of them."""
_HEAD_ROWS = 4

Put = Callable[["Worksheet", int, int, str, int], None]
"""Writes a figure: sheet, row, column, cell id, and how many columns wide."""


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
    """Writes the sheets.

    ``rows`` tells in which row of the units' sheet a unit stands, ``places`` in which cell of its own sheet a
    figure of a unit stands, as an address within the workbook.
    """

    def __init__(self, book: xlsxwriter.Workbook, view: OfficeView) -> None:
        self.book, self.view, self.pens = book, view, Pens(book)
        self.rows: dict[str, int] = {}
        self.columns: dict[str, int] = {}
        self.places: dict[tuple[str, str], str] = {}

    def write(self) -> None:
        view, book = self.view, self.book
        worklist = book.add_worksheet(WORKLIST)
        sums = book.add_worksheet(SUMS)
        below = book.add_worksheet(SUMS_TREE) if view.figures_tree else None
        lists.coverage(self.pens, book.add_worksheet(COVERAGE), view)
        units = book.add_worksheet(UNITS)
        if view.form is None or view.figures is None:
            sums.write_string(0, 0, view.no_figures)
        else:
            flat_units = view.figures.units
            all_units = view.figures_tree.units if view.figures_tree else flat_units
            self._units(units, view.form, flat_units, all_units)
            self._tables(sums, view.form, view.figures, "本级")
            if below is not None and view.figures_tree is not None:
                self._tables(below, view.form, view.figures_tree, "含下级主管部门")
            if len(view.units) <= MOST_SHEETS:
                for number, line in enumerate(view.units, 1):
                    if line.unit.unit_id in view.cells.read:
                        sheet = book.add_worksheet(_sheet_name(number, line.unit.name))
                        self._one_unit(sheet, line, view.form)
                        self._source(sheet, line)
        lists.rules(self.pens, book.add_worksheet(RULES))
        # Its links lead to cells that have their place only now.
        lists.worklist(self.pens, worklist, view, self.places)

    # 汇总表

    def _tables(self, sheet: Worksheet, form: Form, figures: TableSet, scope: str) -> None:
        view = self.view
        title = f"{view.office.name} {view.year}年政府信息公开工作年度报告汇总表（{scope}）"
        missing = len(figures.units) - len(figures.read)
        state = f"应计入{len(figures.units)}个单位，已计入{len(figures.read)}个，未计入{missing}个。"
        state += "各格公式为“各单位”表相应列之和，批注写明由哪些单位组成；浅黄底色的格有疑。"
        row = self._form(sheet, form, title, state, lambda *at: self._sum(figures, *at))
        for note in figures.notes:
            text = f"[{note.number}] {note.unit.name}：{note.text}（{note.cells}格）"
            sheet.write_string(row, 0, text, self.pens.format())
            row += 1

    def _form(self, sheet: Worksheet, form: Form, title: str, state: str, put: Put) -> int:
        """The three tables as they are printed; returns the first free row."""
        sheet.set_column(0, len(form.proceedings) - 1, _COLUMN_WIDTH)
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        sheet.write_string(0, 0, title, self.pens.format(bold=True, font_size=14))
        sheet.write_string(1, 0, state)
        row = 3
        for grid in grids(form):
            sheet.write_string(row, 0, grid.title, self.pens.format(bold=True, font_size=12))
            row = self._grid(sheet, row + 1, grid, put) + 1
        return row

    def _grid(self, sheet: Worksheet, top: int, grid: Grid, put: Put) -> int:
        taken: set[tuple[int, int]] = set()
        rows = (*grid.head, *grid.body)
        for down, boxes in enumerate(rows):
            across = 0
            for box in boxes:
                while (down, across) in taken:
                    across += 1
                width = _width(grid, box, across)
                taken |= {(down + r, across + c) for r in range(box.rows) for c in range(width)}
                if box.cell is None:
                    self._label(sheet, top + down, across, box, width)
                else:
                    put(sheet, top + down, across, box.cell, width)
                across += width
            sheet.set_row(top + down, _height(grid, boxes))
        return top + len(rows)

    def _label(self, sheet: Worksheet, row: int, column: int, box: Box, width: int) -> None:
        left = self.pens.format(border=1, text_wrap=True, align="left")
        form = left if box.kind == "label" else self.pens.head
        if box.rows > 1 or width > 1:
            sheet.merge_range(row, column, row + box.rows - 1, column + width - 1, "", form)
        sheet.write_string(row, column, box.text, form)

    def _sum(self, figures: TableSet, sheet: Worksheet, row: int, column: int, cell: str, width: int) -> None:
        from xlsxwriter.utility import xl_rowcol_to_cell

        figure = figures.figures[cell]
        form = self.pens.format(border=1, align="right", **({"bg_color": DOUBT} if figure.notes else {}))
        if width > 1:
            sheet.merge_range(row, column, row, column + width - 1, "", form)
        if figure.value is None:
            sheet.write_string(row, column, "—", form)
        else:
            at = self.columns[cell]
            first = xl_rowcol_to_cell(_HEAD_ROWS, at, row_abs=True)
            last = xl_rowcol_to_cell(_HEAD_ROWS + len(figures.units) - 1, at, row_abs=True)
            sheet.write_formula(row, column, f"=SUM('{UNITS}'!{first}:{last})", form, plain(figure.value))
        self.pens.comment(sheet, row, column, self._behind(figures, figure, cell))

    def _behind(self, figures: TableSet, figure: Figure, cell: str) -> list[str]:
        """Which units make up a figure, the largest first, and which cast doubt on it."""
        stated = [(u, self.view.cells.counted[u, cell]["value"] or Decimal(0)) for u in figure.unit_ids]
        lines = [f"由{len(stated)}个单位的填报数相加：" if stated else "没有单位填报这一格。"]
        some = sorted(((u, v) for u, v in stated if v), key=lambda item: -item[1])
        lines += [f"{self._name(u)} {wording.number(v)}" for u, v in some[:_MOST_NAMED]]
        if more := some[_MOST_NAMED:]:
            lines.append(f"另{len(more)}个单位合计 {wording.number(sum((v for _, v in more), Decimal(0)))}")
        if zeros := len(stated) - len(some):
            lines.append(f"{zeros}个单位填0")
        if figure.missing:
            lines.append(f"未计入{figure.missing}个单位，见“{COVERAGE}”")
        return lines + [f"存疑：{n.unit.name}，{n.text}" for n in figures.notes if n.number in figure.notes]

    def _name(self, unit_id: str) -> str:
        return self.view.cells.units[unit_id].name

    # 一个单位一张表

    def _source(self, sheet: Worksheet, line: UnitView) -> None:
        """Under the heading: the way back, and where the numbers are printed."""
        link = self.pens.format(font_color="#0B5394")
        sheet.write_url(2, 0, f"internal:'{WORKLIST}'!A1", link, f"返回“{WORKLIST}”")
        sheet.write_string(2, 3, "报告原文：")
        address = safe_link(line.url)
        if address and len(address) <= LONGEST_LINK:
            sheet.write_url(2, 4, address, link)
        else:
            sheet.write_string(2, 4, line.url or "（没有网址）")

    def _one_unit(self, sheet: Worksheet, line: UnitView, form: Form) -> None:
        own = [f for f in self.view.findings if f.unit.unit_id == line.unit.unit_id]
        about: dict[str, list[FindingView]] = {}
        for f in own:
            for c in f.likely or f.cells:
                about.setdefault(c.cell_id, []).append(f)
        counts = f"须改正{line.errors}处，请核实{line.warnings}处" if own else "没有发现问题"
        counted = "" if line.included else f"（{line.why_not_included}）"
        state = f"各格取自“{UNITS}”表{counted}；{counts}。浅黄底色的格见批注，灰色的格没有填写。"
        title = f"{line.unit.name} {self.view.year}年"

        def put(sheet: Worksheet, row: int, column: int, cell: str, width: int) -> None:
            from xlsxwriter.utility import xl_rowcol_to_cell

            unit = line.unit.unit_id
            found = self.view.cells.counted.get((unit, cell))
            value = found["value"] if found and found["status"] in STATED else None
            colour = {"bg_color": DOUBT} if cell in about else {"bg_color": NOTHING} if value is None else {}
            form = self.pens.format(border=1, align="right", **colour)
            if width > 1:
                sheet.merge_range(row, column, row, column + width - 1, "", form)
            self.places[unit, cell] = f"internal:'{sheet.name}'!{xl_rowcol_to_cell(row, column)}"
            if value is None:
                sheet.write_blank(row, column, None, form)
            else:
                source = xl_rowcol_to_cell(self.rows[unit], self.columns[cell])
                sheet.write_formula(row, column, f"='{UNITS}'!{source}", form, plain(value))
            if cell in about:
                told = [f"【{wording.SEVERITY[f.severity]}】{f.message}" for f in about[cell]]
                place = next((c.place for c in about[cell][0].cells if c.cell_id == cell and c.place), "")
                told += [f"在原文中的位置：{place}"] if place else []
                self.pens.comment(sheet, row, column, told)

        self._form(sheet, form, title, state, put)

    # 各单位

    def _units(
        self, sheet: Worksheet, form: Form, flat_units: tuple[str, ...], units: tuple[str, ...]
    ) -> None:
        head = self.pens.head
        for column, (name, width) in enumerate((("单位", 30), ("所属主管部门", 24), ("计入情况", 18))):
            sheet.merge_range(0, column, _HEAD_ROWS - 1, column, "", head)
            sheet.write_string(0, column, name, head)
            sheet.set_column(column, column, width)
        sheet.set_column(_FIRST_CELL_COLUMN, _FIRST_CELL_COLUMN + len(form.cells) - 1, 11)
        sheet.set_row(1, 58)
        small = self.pens.format(font_color="#808080", font_size=8)
        for column, cell in enumerate(form.cells.values(), _FIRST_CELL_COLUMN):
            self.columns[cell.id] = column
            labels = (wording.TABLE[cell.table], cell.row_label, cell.column_label, cell.id)
            for row, text in enumerate(labels):
                sheet.write_string(row, column, text, small if text == cell.id else head)
        sheet.freeze_panes(_HEAD_ROWS, 1)
        sheet.set_landscape()
        sheet.set_paper(A3)
        sheet.repeat_rows(0, 2)
        sheet.repeat_columns(0)
        # The summands of the flat sum stand first, so that each sum is one range.
        ordered = [*flat_units, *units[len(flat_units) :]]
        for row, unit in enumerate(ordered, _HEAD_ROWS):
            self._unit(sheet, row, unit, form)
        others = [u.unit.unit_id for u in self.view.units if is_consolidation(u.unit)]
        if others:
            row = _HEAD_ROWS + len(ordered) + 1
            bold = self.pens.format(bold=True)
            sheet.write_string(row, 0, "以下为政府汇总报告，不计入汇总，供核对：", bold)
            for offset, unit in enumerate(others, 1):
                self._unit(sheet, row + offset, unit, form)

    def _unit(self, sheet: Worksheet, row: int, unit_id: str, form: Form) -> None:
        cells = self.view.cells
        unit = cells.units[unit_id]
        self.rows[unit_id] = row
        sheet.write_string(row, 0, unit.name, self.pens.text)
        sheet.write_string(row, 1, cells.offices[unit_id].name, self.pens.text)
        sheet.write_string(row, 2, self._why(unit, unit_id in cells.read), self.pens.text)
        for column, cell in enumerate(form.cells, _FIRST_CELL_COLUMN):
            found = cells.counted.get((unit_id, cell))
            if unit_id not in cells.read:
                sheet.write_blank(row, column, None, self.pens.format(border=1, bg_color=NOTHING))
            elif found is not None and found["status"] in STATED and found["value"] is not None:
                sheet.write_number(row, column, plain(found["value"]), self.pens.count)
            else:
                # A blank stays blank: a zero here would be our own invention.
                sheet.write_blank(row, column, None, self.pens.format(border=1, bg_color=DOUBT))

    def _why(self, unit: Unit, read: bool) -> str:
        """Whether a unit counts, and why not."""
        if read and not is_consolidation(unit):
            return "计入"
        known = next((u for u in self.view.units if u.unit.unit_id == unit.unit_id), None)
        return known.why_not_included if known else "没有可用报告"


def _sheet_name(number: int, name: str) -> str:
    """A name that office programs take: at most 31 characters, none of theirs, and no other sheet's."""
    shown = "".join(c for c in re.sub(r"[\[\]:*?/\\']", "", name) if c.isprintable())
    name = f"{number}.{shown}"
    # The limit counts in units of UTF-16, of which rare characters take two.
    while len(name.encode("utf-16-le")) > 2 * LONGEST_SHEET_NAME:
        name = name[:-1]
    return name.rstrip()


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
