"""Reports as web pages."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from random import Random

from tests.generator.grids import Box, Grid, filled, tables
from tests.generator.layouts.base import Document, document, full, layout, signed
from tests.generator.layouts.cms import page
from tests.generator.truth import Report

HTML = "text/html"
Paragraph = Callable[[str], str]
Table = Callable[[Grid], str]


def article(report: Report, paragraph: Paragraph, table: Table) -> str:
    """The six parts one after another."""
    grids = tables(report)
    lines = [paragraph(report.opening)]
    for part, heading in report.headings():
        lines.append(paragraph(heading))
        if part in grids:
            lines.append(table(grids[part].map(full)))
        lines += [paragraph(text) for text in report.parts.get(part, ())]
    lines += [paragraph(text) for text in signed(report)]
    return "\n".join(lines)


def spans(box: Box) -> str:
    """The rowspan and colspan attributes of a box."""
    return "".join(
        f' {name}="{value}"'
        for name, value in (("rowspan", box.rowspan), ("colspan", box.colspan))
        if value > 1
    )


def plain_paragraph(text: str) -> str:
    """An indented paragraph."""
    return f"<p>　　{escape(text)}</p>"


def plain_table(grid: Grid) -> str:
    """A table with rowspan and colspan."""
    rows = (
        "<tr>" + "".join(f"<td{spans(box)}>{escape(box.text)}</td>" for box in row) + "</tr>"
        for row in grid.rows
    )
    return '<table border="1"><tbody>\n' + "\n".join(rows) + "\n</tbody></table>"


@layout("html")
def html(report: Report, rng: Random) -> Document:
    """A plain table with spanning cells inside a content management system's page."""
    text = page(report, rng, article(report, plain_paragraph, plain_table))
    return document(report, ".html", text.encode(), HTML)


@layout("html_gb18030")
def html_gb18030(report: Report, rng: Random) -> Document:
    """The same in GB18030 bytes that call themselves gb2312."""
    text = page(report, rng, article(report, plain_paragraph, plain_table), charset="gb2312")
    return document(report, ".html", text.encode("gb18030"), HTML)


@layout("html_word")
def html_word(report: Report, rng: Random) -> Document:
    """Pasted from Word: mso styles, labels cut over spans, paragraphs and line breaks."""

    def runs(text: str, deep: bool = False) -> str:
        if not text:
            return '<span lang="EN-US"><o:p>&nbsp;</o:p></span>'
        cut = rng.randint(1, len(text) - 1) if len(text) > 3 and rng.random() < 0.6 else len(text)
        style = 'style="mso-bidi-font-size:10.5pt;font-family:仿宋_GB2312;mso-hansi-font-family:宋体"'
        between = rng.choice(("", "", "<br>")) if deep else ""
        return between.join(
            f"<span {style}>{escape(piece)}</span>" for piece in (text[:cut], text[cut:]) if piece
        )

    def paragraph(text: str) -> str:
        return f'<p class="MsoNormal" style="text-indent:32.0pt;mso-char-indent-count:2.0">{runs(text)}</p>'

    def inside(box: Box) -> str:
        if box.cell:
            number = f'<span lang="EN-US">{escape(box.text)}<o:p></o:p></span>' if box.text else runs("")
            return f'<p class="MsoNormal" align="center">{number}</p>'
        if len(box.pieces) > 1 and rng.random() < 0.5:
            return "".join(f'<p class="MsoNormal" align="center">{runs(piece)}</p>' for piece in box.pieces)
        return f'<p class="MsoNormal" align="center">{runs(box.text, deep=True)}</p>'

    def table(grid: Grid) -> str:
        rows = (
            '<tr style="mso-yfti-irow:1;height:14.2pt">'
            + "".join(
                f'<td{spans(box)} valign="center" style="border:solid windowtext 1.0pt;padding:0cm 5.4pt">{inside(box)}</td>'
                for box in row
            )
            + "</tr>"
            for row in grid.wrapped(rng).rows
        )
        return (
            "<!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]-->\n"
            '<table class="MsoTableGrid" cellspacing="0" style="border-collapse:collapse;mso-yfti-tbllook:1184">'
            + "\n".join(rows)
            + "</table>"
        )

    text = page(report, rng, '<div class="Section1">' + article(report, paragraph, table) + "</div>")
    return document(report, ".html", text.encode(), HTML)


@layout("html_nested")
def html_nested(report: Report, rng: Random) -> Document:
    """Layout tables around everything, and the report's own tables inside a cell of another."""

    def table(grid: Grid) -> str:
        return (
            f'<table width="98%" align="center"><tr><td>&nbsp;</td><td>{plain_table(grid)}</td></tr></table>'
        )

    inner = article(report, plain_paragraph, table)
    around = (
        '<table width="1000" cellpadding="0"><tr><td width="200" valign="top"><table>'
        + "".join(f"<tr><td><a href='/c{n}/'>栏目{n}</a></td></tr>" for n in range(1, 13))
        + f'</table></td><td valign="top"><table width="100%"><tbody><tr><td>{inner}</td></tr></tbody></table></td></tr></table>'
    )
    return document(report, ".html", page(report, rng, around).encode(), HTML)


@layout("html_div")
def html_div(report: Report, rng: Random) -> Document:
    """A grid of div and p elements, no table element; every covered position is an empty cell."""

    def table(grid: Grid) -> str:
        rows = (
            '<div class="tr">'
            + "".join(
                f'<div class="td"><p>{escape(box.text) if box and starts else ""}</p></div>'
                for box, starts in row
            )
            + "</div>"
            for row in filled(grid)
        )
        return '<div class="grid">\n' + "\n".join(rows) + "\n</div>"

    text = page(report, rng, article(report, plain_paragraph, table))
    # The metadata and the menus keep their elements: only the statutory tables are grids.
    return document(report, ".html", text.encode(), HTML)


@layout("html_images")
def html_images(report: Report, rng: Random) -> Document:
    """The three tables are pictures: nothing of them is in the document."""
    number = iter(range(1, 9))

    def table(grid: Grid) -> str:
        return f'<p align="center"><img src="/upload/nb{report.year}_{next(number)}.png" width="{60 * grid.width}"></p>'

    text = page(report, rng, article(report, plain_paragraph, table))
    return document(
        report, ".html", text.encode(), HTML, missing=frozenset(report.cells), state="table_absent"
    )


@layout("html_split")
def html_split(report: Report, rng: Random) -> Document:
    """Table 3 is cut into two tables at a page boundary of the original; table 4 likewise stands alone."""

    def table(grid: Grid) -> str:
        if grid.width != 10:
            return plain_table(grid)
        cut = rng.randint(9, len(grid.rows) - 6)
        plan = filled(grid)
        # The second half repeats the group labels that the cut would leave behind.
        rest = tuple(
            Box(box.text, min(box.rowspan, len(grid.rows) - cut), box.colspan)
            for place, (box, starts) in enumerate(plan[cut])
            if box
            and not starts
            and plan[cut - 1][place][0] is box
            and (place == 0 or plan[cut][place - 1][0] is not box)
        )
        spans_left = [_still(plan, cut, box) for box in rest]
        second = (
            tuple(Box(b.text, n, b.colspan) for b, n in zip(rest, spans_left, strict=True)) + grid.rows[cut],
        )
        first = tuple(
            tuple(Box(b.text, min(b.rowspan, cut - top), b.colspan, b.cell) for b in row)
            for top, row in enumerate(grid.rows[:cut])
        )
        return (
            plain_table(Grid(first, 10))
            + "\n<p>&nbsp;</p>\n"
            + plain_table(Grid(second + grid.rows[cut + 1 :], 10))
        )

    return document(
        report, ".html", page(report, rng, article(report, plain_paragraph, table)).encode(), HTML
    )


def _still(plan: list[list[tuple[Box | None, bool]]], cut: int, box: Box) -> int:
    """How many rows from the cut on a box still covers."""
    return sum(any(at is not None and at.text == box.text for at, _ in row) for row in plan[cut:])
