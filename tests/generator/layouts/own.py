"""What units and converters add or drop: columns and rows of their own, words in labels, blanks left out."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from random import Random

from tests.generator.grids import Box, Grid
from tests.generator.layouts.base import Document, dated, document, layout
from tests.generator.layouts.cms import page
from tests.generator.layouts.html import HTML, article, plain_paragraph, plain_table, spans
from tests.generator.layouts.text import TEXT, compose
from tests.generator.truth import Report

_GLOSSES = {
    "行政处罚": "行政处罚（{year}年立案）",
    "行政许可": "行政许可第1至8项",
    "行政强制": "行政强制12类",
    "规范性文件": "规范性文件（标题含“规定”“办法”等字样，{last}年起登记）",
    "行政规范性文件": "行政规范性文件{last}年清单",
    "本年处理决定数量": "本年处理决定数量（指{year}年办结量，没有的填0）",
    "处理决定数量": "处理决定数量（指{year}年办结量）",
}


def _is_head(row: tuple[Box, ...]) -> bool:
    return "勾稽关系" in row[0].text


@layout("text_dropped_blanks")
def text_dropped_blanks(report: Report, rng: Random) -> Document:
    """A row a line from a converter that drops empty cells and fills the row up with bars."""

    def table(grid: Grid) -> str:
        lines = []
        for row in grid.rows:
            texts = [box.text for box in row if box.text]
            lines.append(" | ".join(texts) + " | " + "|" * (grid.width - len(texts)))
        return "\n".join(lines)

    lost = {cell.rsplit(".", 1)[0] for cell in report.cells if not report.text(cell)}
    lost |= {"t4"} if any(not report.text(c) for c in report.form.table_cells("t4")) else set()
    open_ = frozenset(c for c in report.cells if c.rsplit(".", 1)[0] in lost or c[:2] in lost)
    text = f"{report.title}\n发布日期:{dated(report)}\n" + compose(report, table, gap="\n", indent="")
    return document(
        report, ".txt", text.encode(), TEXT, ambiguous=open_, unstated=frozenset({"index_number"})
    )


@layout("html_glossed")
def html_glossed(report: Report, rng: Random) -> Document:
    """Labels with explanations that hold numbers of their own."""

    def gloss(text: str) -> str:
        return _GLOSSES.get(text, text).format(year=report.year, last=report.year - 1)

    def table(grid: Grid) -> str:
        return plain_table(grid.map(gloss))

    text = page(report, rng, article(report, plain_paragraph, table))
    return document(report, ".html", text.encode(), HTML)


@layout("html_raised")
def html_raised(report: Report, rng: Random) -> Document:
    """Totals with a raised footnote number behind them."""

    def cell(box: Box) -> str:
        mark = "<sup>1</sup>" if box.cell and box.cell.endswith("total") and box.text else ""
        return f"<td{spans(box)}>{escape(box.text)}{mark}</td>"

    def table(grid: Grid) -> str:
        return "<table>" + "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in grid.rows) + "</table>"

    text = page(report, rng, article(report, plain_paragraph, table))
    return document(report, ".html", text.encode(), HTML)


@layout("html_own_column")
def html_own_column(report: Report, rng: Random) -> Document:
    """Table 3 with a column more: serial numbers before it, or last year's totals behind it."""
    serial = rng.random() < 0.5

    def table(grid: Grid) -> str:
        if grid.width != 10:
            return plain_table(grid)
        rows: list[tuple[Box, ...]] = []
        number = 0
        for row in grid.rows:
            if _is_head(row):
                extra = Box("序号" if serial else "上年总计", rowspan=3)
            elif any(box.cell for box in row):
                number += 1
                extra = Box(str(number) if serial else str(rng.randint(0, 40)))
            else:
                rows.append(row)
                continue
            rows.append((extra, *row) if serial else (*row, extra))
        return plain_table(Grid(tuple(rows), 11))

    text = page(report, rng, article(report, plain_paragraph, table))
    return document(report, ".html", text.encode(), HTML)


@layout("html_own_rows")
def html_own_rows(report: Report, rng: Random) -> Document:
    """Table 3 with the unit's own subtotals under the refusals."""

    def table(grid: Grid) -> str:
        if grid.width != 10:
            return plain_table(grid)
        rows: list[tuple[Box, ...]] = []
        for row in grid.rows:
            rows.append(row)
            if any("属于行政查询事项" in box.text for box in row):
                rows[-1] = tuple(box if box.cell else replace(box, rowspan=1) for box in row)
                label = Box("小计", colspan=1)
                rows.append((label, *(Box(str(rng.randint(0, 9))) for _ in range(7))))
        return plain_table(_stretched(Grid(tuple(rows), 10)))

    text = page(report, rng, article(report, plain_paragraph, table))
    return document(report, ".html", text.encode(), HTML)


def _stretched(grid: Grid) -> Grid:
    """Group labels reach over the row that was put in."""

    def longer(box: Box) -> Box:
        covers = box.text in ("三、本年度办理结果",) or box.text.endswith("不予公开")
        return replace(box, rowspan=box.rowspan + 1) if covers and box.rowspan > 1 and not box.cell else box

    return Grid(tuple(tuple(map(longer, row)) for row in grid.rows), grid.width)
