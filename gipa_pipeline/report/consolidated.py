"""The office's tables 2 to 4 for its own annual report (汇总报告附表), as Word and as HTML to paste.

The figures are those of the consolidated tables. Each that rests on a doubtful cell has a raised number, and a
list tells what to settle before the report is published.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from markupsafe import Markup, escape

from expectations.forms import Form
from gipa_pipeline.aggregate import wording
from gipa_pipeline.report import docx
from gipa_pipeline.report.docx import Look, document, paragraph, table
from gipa_pipeline.report.figures import Note, TableSet
from gipa_pipeline.report.findings import rows_of
from gipa_pipeline.report.layout import Box, Grid, grids
from gipa_pipeline.report.view import OfficeView

_WIDTHS = {"t2": (2211,) * 4, "t3": (640, 900, 2400, *(700,) * 7), "t4": (589,) * 15}
_SIZES = {"t2": 10.5, "t3": 9, "t4": 8.5}
_SOURCES = (
    "每个数由哪些单位的哪些数组成、在原文何处：打开报告页（index.html）“三、汇总表”，点击该数即可查看。"
)
_MOST_LISTED = 40
"""A note on more cells than these does not name them one by one; the raised numbers do."""
_SMALL = Look(size=11, indent=0, line=18, font="宋体")


def consolidated_document(view: OfficeView) -> bytes | None:
    """The tables with their notes as a Word document; None where no form is added up (before 2019)."""
    if view.form is None:
        return None
    title = Look(size=16, align="center", indent=0, font="方正小标宋简体", line=28, after=10)
    blocks: list[Any] = []
    for scope, figures in _sets(view):
        look = replace(title, fresh_page=bool(blocks))
        blocks.append(paragraph(f"{view.year}年政府信息公开工作年度报告汇总表（{scope}）", look))
        blocks.append(paragraph(_state(view, figures), _SMALL))
        for grid in grids(view.form):
            blocks.append(
                paragraph(grid.title, Look(size=14, bold=True, indent=0, font="黑体", before=10, keep=True))
            )
            rows = [[_box(box, figures) for box in row] for row in (*grid.head, *grid.body)]
            blocks.append(table(rows, _WIDTHS[grid.table], size=_SIZES[grid.table], heads=len(grid.head)))
        lines = _notes(view, figures)
        blocks.append(
            paragraph(lines[0], Look(size=12, bold=True, indent=0, line=20, font="宋体", before=12))
        )
        blocks += [paragraph(line, _SMALL) for line in lines[1:]]
    return document(blocks)


def consolidated_fragment(view: OfficeView) -> str | None:
    """The same as HTML without a page around it, for a site's editor; None where no form is added up."""
    if view.form is None:
        return None
    # Opened by itself, a browser must know the encoding; editors drop this line.
    parts = [Markup('<meta charset="utf-8">')]
    for scope, figures in _sets(view):
        parts.append(Markup("<h2>{}</h2>").format(f"{view.year}年政府信息公开工作年度报告汇总表（{scope}）"))
        parts.append(Markup("<p>{}</p>").format(_state(view, figures)))
        for grid in grids(view.form):
            parts.append(Markup("<h3>{}</h3>").format(grid.title))
            parts.append(Markup("\n").join(_html(grid, figures)))
        lines = _notes(view, figures)
        items = Markup("\n").join(Markup("<li>{}</li>").format(line) for line in lines[1:])
        parts.append(Markup("<p><strong>{}</strong></p>").format(lines[0]))
        parts.append(Markup("<ul>\n{}\n</ul>").format(items) if items else Markup(""))
    return str(Markup("\n").join(part for part in parts if part)) + "\n"


def _sets(view: OfficeView) -> Iterator[tuple[str, TableSet]]:
    if view.figures:
        yield ("本级" if view.figures_tree else "各单位合计"), view.figures
    if view.figures_tree:
        yield "含下级主管部门", view.figures_tree


def _state(view: OfficeView, figures: TableSet) -> str:
    absent = len(figures.units) - len(figures.read)
    tail = f"，各格均不含{absent}个未计入的单位" if absent else ""
    return f"{view.office.name}：应计入{len(figures.units)}个单位，已计入{len(figures.read)}个{tail}。"


def _marks(figures: TableSet, cell: str) -> str:
    """The numbers of a figure's notes in brackets: pasted without its format, 12[3] must not become 123."""
    notes = figures.figures[cell].notes
    return f"[{','.join(map(str, notes))}]" if notes else ""


def _value(figures: TableSet, cell: str) -> str:
    value = figures.figures[cell].value
    return "—" if value is None else wording.number(value)


def _box(box: Box, figures: TableSet) -> docx.Box:
    if box.cell is None:
        label = box.kind == "label"
        return docx.Box(box.text, box.rows, box.columns, "left" if label else "center", bold=not label)
    return docx.Box(_value(figures, box.cell), box.rows, box.columns, mark=_marks(figures, box.cell))


def _html(grid: Grid, figures: TableSet) -> Iterator[Markup]:
    yield Markup('<table border="1" cellspacing="0" cellpadding="4">')
    for row in (*grid.head, *grid.body):
        yield Markup("<tr>")
        for box in row:
            spans = Markup(' align="center"') if box.cell else Markup("")
            if box.rows > 1:
                spans += Markup(' rowspan="{}"').format(box.rows)
            if box.columns > 1:
                spans += Markup(' colspan="{}"').format(box.columns)
            text = escape(box.text if box.cell is None else _value(figures, box.cell))
            if box.cell and (marks := _marks(figures, box.cell)):
                text += Markup("<sup>{}</sup>").format(marks)
            tag = "th" if box.kind in ("head", "caption") else "td"
            yield Markup("<{0}{1}>{2}</{0}>").format(Markup(tag), spans, text)  # noqa: S704 (our own tag names)
        yield Markup("</tr>")
    yield Markup("</table>")


def _notes(view: OfficeView, figures: TableSet) -> list[str]:
    """The heading and a line for everything that a figure rests on and that is not settled."""
    absent = [u for u in figures.units if u not in figures.read]
    if not absent and not figures.notes:
        return ["没有存疑的数，也没有未计入的单位。", _SOURCES]
    lines = ["发布前请处理（处理完请删去上标和本说明）：", _SOURCES]
    if absent:
        names = "、".join(view.cells.units[u].name for u in absent)
        lines.append(f"各格均不含以下{len(absent)}个未计入的单位：{names}。")
    return lines + [
        f"[{note.number}] {note.unit.name}：{note.text}。{_where(view.form, figures, note)}"
        for note in figures.notes
    ]


def _where(form: Form | None, figures: TableSet, note: Note) -> str:
    cells = [cell for cell in form.cells if note.number in figures.figures[cell].notes] if form else []
    if len(cells) > _MOST_LISTED:
        return f"共{len(cells)}格，见表中上标{note.number}。"
    return f"涉及：{rows_of(cells)}。"
