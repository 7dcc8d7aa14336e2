"""Rarer layouts: two reports on a page, text out of a PDF, little tables, lone bars, lost characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from expectations.forms import load_form
from tests.generator.grids import Box, Grid, filled
from tests.generator.layouts.base import Document, dated, document, half, layout
from tests.generator.layouts.cms import page
from tests.generator.layouts.html import HTML, article, plain_paragraph, plain_table
from tests.generator.layouts.text import MARKDOWN, TEXT, compose, furniture, text_lines
from tests.generator.truth import Report, make_report


@layout("html_two_reports")
def html_two_reports(report: Report, rng: Random) -> Document:
    """Last year's report stands whole beneath this year's on one page."""
    edition = report.edition if load_form(report.edition).due_in(report.year - 1) else "2019"
    last = make_report(rng, report.year - 1, edition=edition, body=report.body)
    both = article(report, plain_paragraph, plain_table)
    both += f"\n<hr>\n<h2>{last.title}</h2>\n" + article(last, plain_paragraph, plain_table)
    return document(report, ".html", page(report, rng, both).encode(), HTML)


@layout("text_lone_bars")
def text_lone_bars(report: Report, rng: Random) -> Document:
    """A bar alone on a line between the cells."""

    def table(grid: Grid) -> str:
        return "\n".join("\n|\n".join(box.text for box in row) + "\n|" for row in grid.rows)

    return document(report, ".txt", (furniture(report) + compose(report, table, gap="\n")).encode(), TEXT)


@layout("markdown_pieces")
def markdown_pieces(report: Report, rng: Random) -> Document:
    """Many little Markdown tables, each under an invented header of strokes."""

    def table(grid: Grid) -> str:
        rows = [[box.text if box and starts else "" for box, starts in row] for row in filled(grid)]
        header = "| " + " | ".join("-" * grid.width) + " |\n|" + "---|" * grid.width
        pieces, start = [], 0
        while start < len(rows):
            # The header rows of the form stay with the first figures.
            size = rng.randint(5, 7) if start == 0 else rng.randint(2, 6)
            pieces.append(rows[start : start + size])
            start += size
        return "\n\n".join(
            "\n".join([header, *(f"| {' | '.join(row)} |" for row in piece)]) for piece in pieces
        )

    heading = f"# {report.title}\n\n发布日期:{dated(report)}\n\n"
    text = heading + compose(report, table, indent="")
    return document(report, ".md", text.encode(), MARKDOWN, unstated=frozenset({"index_number"}))


@layout("text_pdf")
def text_pdf(report: Report, rng: Random) -> Document:
    """Text copied out of a PDF: figures between the halves of a wrapped label, group labels one sign a line."""

    def table(grid: Grid) -> str:
        if grid.width == 10:
            return "\n".join(_pdf_rows(grid, rng))
        lines = []
        for row in grid.rows:
            if grid.width == 15 and not row[0].cell:
                narrow = [box.text for box in row if len(box.text) == 4 and box.colspan == 1]
                lines += [" ".join(text[:2] for text in narrow), " ".join(text[2:] for text in narrow)]
                lines.append(" ".join(box.text for box in row if box.text not in narrow))
            else:
                lines.append(" ".join(box.text for box in row))
        return "\n".join(line for line in lines if line)

    heading = f"{report.title}\n发布日期:{dated(report)}\n"
    text = heading + compose(report, table, gap="\n", indent="")
    # A blank leaves no trace in a line of figures: which cell of its row it was cannot be told.
    rows = {cell.rsplit(".", 1)[0] for cell in report.cells if not report.text(cell)}
    proceedings = {cell.rsplit(".", 1)[0] for cell in report.form.table_cells("t4")}
    if rows & proceedings:  # the fifteen figures stand in one line
        rows |= proceedings
    open_ = frozenset(cell for cell in report.cells if cell.rsplit(".", 1)[0] in rows)
    return document(
        report, ".txt", text.encode(), TEXT, ambiguous=open_, unstated=frozenset({"index_number"})
    )


def _pdf_rows(grid: Grid, rng: Random) -> Iterator[str]:
    yield "申请人情况"
    yield "自然 法人或其他组织 总计"
    yield "(本列数据的勾稽关系为:第一项加第二项之和,等"
    yield "于第三项加第四项之和) 人 商业 科研 社会公 法律服 其他"
    yield "企业 机构 益组织 务机构"
    upright: list[str] = []
    waiting: dict[int, list[str]] = {}
    for place, row in enumerate(grid.rows[3:]):
        labels = [box for box in row if not box.cell]
        for box in labels[:-1]:
            if box.rowspan > 10:
                upright = list(box.text)
            else:
                # A group's label stands in the middle of its rows.
                waiting[place + box.rowspan // 2] = [box.text[:5], box.text[5:]]
        yield from waiting.pop(place, [])
        if upright and place >= 8:
            yield upright.pop(0)
        yield from _pdf_row(labels[-1], [box.text for box in row if box.cell], rng)


def _pdf_row(label: Box, values: list[str], rng: Random) -> Iterator[str]:
    figures = " ".join(value for value in values if value)
    text = label.text
    if label.colspan == 1 and len(text) > 11:
        cut = rng.randint(8, len(text) - 2)
        yield text[:cut]
        yield figures
        yield text[cut:]
    else:
        yield f"{text} {figures}".rstrip()


@layout("text_lost_signs")
def text_lost_signs(report: Report, rng: Random) -> Document:
    """Characters lost where the font changed: 年 and 月 between digits, closing brackets of document numbers."""

    text = text_lines(report, rng).data.decode()
    text = re.sub(r"(?<=\d)[年月〕](?=\d)", lambda found: "" if rng.random() < 0.6 else found[0], text)
    return document(report, ".txt", half(text).encode(), TEXT)
