"""Markdown made from a PDF by a converter that loses labels and keeps the figures."""

from __future__ import annotations

from random import Random

from tests.generator.grids import Grid
from tests.generator.layouts.base import Document, document, half, layout
from tests.generator.layouts.text import MARKDOWN, compose, markdown_table
from tests.generator.truth import Report

LOSABLE = (
    "denied_state_secret",
    "denied_law_prohibits",
    "denied_three_securities",
    "denied_third_party",
    "denied_internal_affairs",
)
"""Rows whose labels get lost: they stand beside a group label that the converter cannot place."""


@layout("markdown_damaged")
def markdown_damaged(report: Report, rng: Random) -> Document:
    """Labels lost, cut or shifted, page numbers in between, empty columns, table 3 in several pieces."""
    lost = set(LOSABLE[: rng.randint(2, len(LOSABLE))])

    def table(grid: Grid) -> str:
        if grid.width == 15:
            return _table_four(grid)
        if grid.width == 10:
            return _table_three(report, grid, lost, rng)
        return _table_two(grid, rng)

    # Nothing of the page around the report is left, so no publication date and no index number.
    body = compose(report, table, indent="").rsplit("\n\n", 2 if report.published else 1)[0]
    heading = f"{report.title.replace(str(report.year), f' {report.year} ')}\n\n"
    inferred = {f"t3.{row}.{column.key}" for row in lost for column in report.form.columns}
    return document(
        report,
        ".md",
        (heading + half(body) + "\n").encode(),
        MARKDOWN,
        inferred=frozenset(inferred),
        unstated=frozenset({"published", "index_number"}),
    )


def _table_two(grid: Grid, rng: Random) -> str:
    extra = rng.randint(2, 7)
    rows = []
    for row in grid.rows:
        texts = [box.text for box in row]
        if len(texts) == 1 and rng.random() < 0.6:
            texts = ["", texts[0][:4], texts[0][4:]]
        elif len(texts) == 2 and not row[1].cell and rng.random() < 0.3:
            texts = [texts[0], " ".join(texts)]
        elif len(texts) == 2 and row[1].cell and rng.random() < 0.4:
            texts = [texts[0], "", texts[1]]
        rows.append(texts + [""] * (grid.width + extra - len(texts)))
    return markdown_table(rows)


def _table_three(report: Report, grid: Grid, lost: set[str], rng: Random) -> str:
    empty = rng.randint(0, 2)
    note = report.form.note
    head = [
        ["", "", "申请人情况", *[""] * 7],
        [note[:3], note[3:11], note[11:20], "", "法人或其他组织", *[""] * 5],
        [note[20:23], note[23:30], note[30:], "自然", "商业", "科研", "社会", "法律", "", "总计"],
        ["", "", "", "人", "企业", "机构", "公益组织", "服务机构", "其他", ""],
    ]
    rows = [row + [""] * empty for row in head]
    pages = [rows]
    group_pieces = iter(["", "", "三、本年", "度办", "理结", "果"])
    breaks = {rng.randint(6, 11), rng.randint(18, 22)}
    for number, (line, row) in enumerate(zip(report.form.rows, grid.rows[3:], strict=True)):
        if number in breaks:
            rows = []
            pages.append(rows)
            empty = rng.randint(0, 1)
        values = [box.text for box in row if box.cell]
        labels = [box.text for box in row if not box.cell]
        own = labels[-1]
        if line.group is None:
            cut = rng.randint(3, 6)
            shown = [own[:cut], own[cut:], ""]
        elif line.key in lost:
            shown = [next(group_pieces, ""), "", ""]
        elif line.group == report.form.groups[0]:
            shown = ["", own, ""]
        else:
            group = labels[-2] if len(labels) > 1 else ""
            gap = rng.randint(4, 9)
            wrapped = own if len(own) < 12 or rng.random() < 0.4 else f"{own[:gap]} {own[gap:]}"
            shown = [next(group_pieces, "") if rng.random() < 0.3 else "", group, wrapped]
        rows.append(shown + values + [""] * empty)
    numbers = (f"\n\n— {page} —\n\n" if rng.random() < 0.5 else "\n\n" for page in range(3, 9))
    text = markdown_table(pages[0])
    for page in pages[1:]:
        # On the next page the first row of figures is taken for a header.
        text += next(numbers) + markdown_table(page)
    return text


def _table_four(grid: Grid) -> str:
    values = [box.text for box in grid.rows[-1]]
    labels = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    signs = [[(label + "    ")[line] for label in labels * 3] for line in range(4)]
    rows = [
        ["行政复议", *[""] * 4, "行政诉讼", *[""] * 9],
        [",,", ",,", "", "", "", "未经复议直接起诉", *[""] * 4, "复议后起诉", *[""] * 4],
        *([sign.strip() for sign in line] for line in signs),
        [""] * 15,
        values,
        [""] * 15,
    ]
    return markdown_table(rows)
