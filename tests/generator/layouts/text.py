"""Reports as text: what remains of a page when its markup is gone."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.generator.grids import Grid, filled, tables
from tests.generator.layouts.base import Document, dated, document, half, layout, signed
from tests.generator.layouts.runs import unsettled
from tests.generator.truth import Report

TEXT, MARKDOWN = "text/plain", "text/markdown"


def compose(report: Report, table: Callable[[Grid], str], *, gap: str = "\n\n", indent: str = "  ") -> str:
    """The six parts as text, the tables by ``table``; punctuation is half-width as conversion leaves it."""
    grids = tables(report)
    lines = [indent + half(report.opening)]
    for part, heading in report.headings():
        lines.append(indent + heading)
        if part in grids:
            lines.append(table(grids[part]))
        lines += [indent + half(text) for text in report.parts.get(part, ())]
    return gap.join([*lines, *(half(line) for line in signed(report))])


def furniture(report: Report) -> str:
    """What the page says before the article."""
    day = dated(report)
    return half(
        f"无障碍    长者模式    收藏本站\n首页 > 政府信息公开 > 年度报告\n\n索引号： {report.index_number} 分类：\n"
        f"发布机构： {report.body.name} 成文日期： {day}\n名称： {report.title}\n文号： 发布日期： {day}\n"
        f"主题词：\n【打印】 【字体：大 中 小】\n\n{report.title}\n\n发布日期：{day}  浏览次数：-\n\n"
    )


@layout("text_lines")
def text_lines(report: Report, rng: Random) -> Document:
    """One cell a line, a blank line between; wrapped headers make a line more; a blank cell is a blank line."""

    def table(grid: Grid) -> str:
        lines = []
        for row in grid.wrapped(rng).rows:
            for box in row:
                piece = rng.choice(("\n", "\n\n")).join(box.pieces) if len(box.text) <= 4 else box.text
                lines.append(f"{piece}\n" if piece else "")
        return "\n".join(lines).rstrip("\n") if any(b.text for b in grid.rows[-1]) else "\n".join(lines)

    return document(report, ".txt", (furniture(report) + compose(report, table)).encode(), TEXT)


@layout("text_bar_rows")
def text_bar_rows(report: Report, rng: Random) -> Document:
    """A row a line, ``a | b | c |``, padded with bars to the table's width."""

    def table(grid: Grid) -> str:
        return "\n".join(
            f"{' | '.join(box.text for box in row)} | {'|' * (grid.width - len(row))}".rstrip()
            for row in grid.rows
        )

    return document(report, ".txt", (furniture(report) + compose(report, table, gap="\n")).encode(), TEXT)


@layout("text_bar_cells")
def text_bar_cells(report: Report, rng: Random) -> Document:
    """A cell a line, ``a |``, the row's last one padded with bars; wrapped labels hold a blank or lose their rest."""

    def table(grid: Grid) -> str:
        lines = []
        for row in grid.wrapped(rng).rows:
            texts = []
            for box in row:
                # In the narrow columns of table 4 the second line of a label gets lost.
                narrow = grid.width == 15 and len(box.pieces) > 1 and box.colspan == 1
                texts.append(box.pieces[0] if narrow else " ".join(box.pieces))
            lines += [f"{text} |" for text in texts[:-1]]
            padding = "|" * (grid.width - len(row))
            lines.append(f"{texts[-1]} | {padding}".rstrip() if padding else f"{texts[-1]} |")
        return "\n".join(lines)

    heading = f"{report.title}\n发布日期:{dated(report)}\n"
    text = heading + compose(report, table, gap="\n", indent="")
    return document(report, ".txt", text.encode(), TEXT, unstated=frozenset({"index_number"}))


@layout("text_tabs")
def text_tabs(report: Report, rng: Random) -> Document:
    """A row a line, every position of the grid between tabs, as copied out of a spreadsheet."""

    def table(grid: Grid) -> str:
        return "\n".join(
            "\t".join(box.text if box and starts else "" for box, starts in row) for row in filled(grid)
        )

    return document(report, ".txt", (furniture(report) + compose(report, table, gap="\n")).encode(), TEXT)


@layout("text_glued")
def text_glued(report: Report, rng: Random) -> Document:
    """Everything in one line without any separator, the digits of a row in one run.

    Only the sums can cut the runs: what they leave open (the free numbers of table 2, rows that split
    in two ways, blanks) may be answered as ambiguous.
    """

    def table(grid: Grid) -> str:
        return "".join(box.text for row in grid.rows for box in row)

    day = half(dated(report, "%Y年%m月%d日"))
    heading = f"{report.title}\n政策\n发布部门:{report.body.name}\n发布时间:{day}\n"
    text = heading + compose(report, table, gap="", indent="")
    return document(
        report, ".txt", text.encode(), TEXT, ambiguous=unsettled(report), unstated=frozenset({"index_number"})
    )


def markdown_table(rows: list[list[str]]) -> str:
    """Rows between bars, a rule beneath the first."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


@layout("markdown")
def markdown(report: Report, rng: Random) -> Document:
    """Clean Markdown tables; a spanning cell stands in its first position, the others are empty."""

    def table(grid: Grid) -> str:
        return markdown_table(
            [[box.text if box and starts else "" for box, starts in row] for row in filled(grid)]
        )

    heading = f"# {report.title}\n\n发布日期:{dated(report)}\n\n"
    text = heading + compose(report, table, indent="")
    return document(report, ".md", text.encode(), MARKDOWN, unstated=frozenset({"index_number"}))


@layout("markdown_repeated")
def markdown_repeated(report: Report, rng: Random) -> Document:
    """Markdown by a converter that repeats a spanning cell in every position it covers."""

    def table(grid: Grid) -> str:
        return markdown_table([[box.text if box else "" for box, _ in row] for row in filled(grid)])

    heading = f"# {report.title}\n\n发布日期:{dated(report)}\n\n"
    text = heading + compose(report, table, indent="")
    return document(report, ".md", text.encode(), MARKDOWN, unstated=frozenset({"index_number"}))
