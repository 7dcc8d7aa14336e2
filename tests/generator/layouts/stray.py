"""Pages that hold more than the report's tables, other tables, or tables of two editions (混杂页面)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from html import escape
from random import Random

from tests.generator.grids import Box, Grid, tables
from tests.generator.layouts.base import Document, document, full, layout
from tests.generator.layouts.cms import page
from tests.generator.layouts.html import HTML, article, plain_paragraph, plain_table, spans
from tests.generator.truth import Report, make_report, plain

_TABLE_THREE, _TABLE_TWO = 10, 4
"""Widths by which a layout knows which table it prints."""


def _page(
    report: Report, rng: Random, table: Callable[[Grid], str], *, before: str = "", behind: str = ""
) -> str:
    return page(report, rng, before + article(report, plain_paragraph, table) + behind)


def _marked_up(grid: Grid, change: Callable[[Box], str]) -> str:
    """A table whose values are printed by ``change``, labels as they are."""
    rows = (
        "<tr>"
        + "".join(f"<td{spans(box)}>{change(box) if box.cell else escape(box.text)}</td>" for box in row)
        + "</tr>"
        for row in grid.rows
    )
    return '<table border="1"><tbody>\n' + "\n".join(rows) + "\n</tbody></table>"


def _other_tables(report: Report, rng: Random) -> dict[int, str]:
    """The tables of another report on the same form, by their width."""
    other = make_report(rng, report.year, edition=report.edition, size="department")
    return {grid.width: plain_table(grid.map(full)) for grid in tables(other).values()}


@layout("page_hidden_copies")
def page_hidden_copies(report: Report, rng: Random) -> Document:
    """An older version of every table stands before it, kept from visitors in one of the usual ways."""
    old = _other_tables(report, rng)
    opened, closed = rng.choice(
        (
            ('<div style="DISPLAY: none">', "</div>"),
            ("<div hidden>", "</div>"),
            ('<div style="visibility:hidden;height:0">', "</div>"),
            ('<div style="position:absolute;left:-9999px" aria-hidden="true">', "</div>"),
            ('<div class="old-form m-only">', "</div>"),
            ("<noscript>", "</noscript>"),
            ("<template>", "</template>"),
            ("<!-- ", " -->"),
        )
    )
    sheet = "<style>.article .old-form{color:#999;display : none}@media(max-width:700px){.pc{display:none}}</style>"
    text = _page(report, rng, lambda grid: f"{opened}{old[grid.width]}{closed}{plain_table(grid)}")
    return document(report, ".html", text.replace("</head>", sheet + "</head>", 1).encode(), HTML)


@layout("page_corrected")
def page_corrected(report: Report, rng: Random) -> Document:
    """Figures with a struck, wrong one before them, and with pieces that a visitor does not see."""

    def change(box: Box) -> str:
        wrong = rng.choice(
            (
                "",
                "",
                f"<del>{rng.randint(1, 90)}</del>",
                f"<s>{rng.randint(1, 90)}</s> ",
                f'<span style="text-decoration: line-through;color:red">{rng.randint(1, 9)}</span>',
                f'<span style="display:none">{rng.randint(1, 9)}</span>',
                f"<em hidden>{rng.randint(1, 9)}</em>",
                f'<font style="font-size:0">{rng.randint(1, 9)}</font>',
            )
        )
        mark = rng.choice(("", "", "①", '<span style="vertical-align:super">2</span>')) if box.text else ""
        return wrong + escape(box.text) + mark

    return document(report, ".html", _page(report, rng, lambda g: _marked_up(g, change)).encode(), HTML)


@layout("page_annexes")
def page_annexes(report: Report, rng: Random) -> Document:
    """Tables of towns stand behind the report, or one of them before it, or a neighbour's table 3 in part one."""
    place = rng.choice(("behind", "before", "example"))
    towns = [_other_tables(report, rng) for _ in range(2)]
    annex = "".join(
        f"<p>附：{name}统计表</p>" + "".join(town.values())
        for name, town in zip(("东坪镇", "西坪乡"), towns, strict=True)
    )
    first = f"<p>附：东坪镇统计表</p>{''.join(towns[0].values())}"
    example = f"<p>编者按：表格填写样例如下。</p>{towns[0][_TABLE_THREE]}"
    before = {"behind": "", "before": first, "example": example}[place]
    text = _page(report, rng, plain_table, before=before, behind=annex if place == "behind" else "")
    return document(report, ".html", text.encode(), HTML)


@layout("page_two_versions")
def page_two_versions(report: Report, rng: Random) -> Document:
    """Every table twice; which version is seen is told by a style sheet that is elsewhere. No cell is certain."""
    old = _other_tables(report, rng)
    text = _page(
        report, rng, lambda g: f'<div class="v1">{old[g.width]}</div><div class="v2">{plain_table(g)}</div>'
    )
    return document(report, ".html", text.encode(), HTML, ambiguous=frozenset(report.cells))


@layout("page_last_year_first")
def page_last_year_first(report: Report, rng: Random) -> Document:
    """Last year's report stands whole above this year's on a page that is named after this year."""
    last = make_report(rng, report.year - 1, edition=report.edition, body=report.body)
    above = f"<h2>{last.title}</h2>\n{article(last, plain_paragraph, plain_table)}\n<h2>{report.title}</h2>\n"
    text = _page(report, rng, plain_table, before=above)
    return document(report, ".html", text.encode(), HTML)


@layout("page_own_measures")
def page_own_measures(report: Report, rng: Random) -> Document:
    """Table 3 with a column that is none of the form's: a share, a remark, a subtotal of the organisations."""
    kind = rng.choice(("占比(%)", "备注", "小计", "上年总计"))

    def table(grid: Grid) -> str:
        if grid.width != _TABLE_THREE:
            return plain_table(grid)
        rows = []
        for number, row in enumerate(grid.rows):
            values = [box for box in row if box.cell]
            if kind == "小计":
                if number == 0:
                    rows.append((row[0], replace(row[1], colspan=8)))
                elif number == 1:
                    rows.append((row[0], replace(row[1], colspan=6), row[2]))
                elif number == 2:
                    rows.append((*row, Box(kind)))
                else:
                    some = [int(b.text) for b in values[1:6] if b.text.isdigit()]
                    rows.append((*row[:-1], Box(str(sum(some))), row[-1]))
                continue
            text = rng.choice(("", "含转办", "见注")) if kind == "备注" else str(rng.randint(0, 99))
            more = (Box(kind, rowspan=3),) if number == 0 else () if number < 3 else (Box(text),)
            rows.append((*row, *more))
        return plain_table(Grid(tuple(rows), _TABLE_THREE + 1))

    return document(report, ".html", _page(report, rng, table).encode(), HTML)


@layout("page_dropped_row")
def page_dropped_row(report: Report, rng: Random) -> Document:
    """Table 3 without one of its rows."""
    gone = rng.choice(
        [row for row in report.form.rows if row.group in report.form.groups[0:1] or row.group][3:-4]
    )
    cells = frozenset(f"t3.{gone.key}.{c.key}" for c in report.form.columns)

    def table(grid: Grid) -> str:
        rows: list[tuple[Box, ...]] = []
        waiting: tuple[Box, ...] = ()
        for row in grid.rows:
            if any(box.cell in cells for box in row):
                # A group's label that began in the row moves to the next one.
                waiting = tuple(b for b in row if not b.cell and b.rowspan > 1)
                continue
            rows.append((*(b for b in waiting), *row))
            waiting = ()
        shorter = {report.form.groups[0], gone.group}
        return (
            plain_table(
                Grid(
                    tuple(
                        tuple(
                            replace(b, rowspan=b.rowspan - 1)
                            if b.rowspan > 1 and not b.cell and b.text.translate(_HALF) in shorter
                            else b
                            for b in row
                        )
                        for row in rows
                    ),
                    grid.width,
                )
            )
            if grid.width == _TABLE_THREE
            else plain_table(grid)
        )

    return document(report, ".html", _page(report, rng, table).encode(), HTML, missing=cells)


_HALF = str.maketrans({"（": "(", "）": ")", "，": ","})


@layout("page_hybrid")
def page_hybrid(report: Report, rng: Random) -> Document:
    """The new form with the first block of table 2, or all of it, from the old one."""
    if report.edition != "2021":
        return document(report, ".html", _page(report, rng, plain_table).encode(), HTML)
    old = make_report(rng, report.year, edition="2019", body=report.body)
    same = {c: report.cells[c] for c in old.cells if c in report.cells and c.startswith("t2.")}
    old = replace(old, cells={**old.cells, **same})
    whole = rng.random() < 0.5
    gone = frozenset(
        c for c in report.cells if c.startswith("t2.") and (c not in old.cells if whole else True)
    )
    if not whole:
        gone = frozenset(c for c in gone if c.split(".")[1] in ("regulations", "normative_documents"))

    def table(grid: Grid) -> str:
        if grid.width != _TABLE_TWO:
            return plain_table(grid)
        before = tables(old)[2].map(full)
        return plain_table(before if whole else Grid((*before.rows[:4], *grid.rows[4:]), grid.width))

    # Where the old table counts several things in a row, what is the new form's may be left open.
    shared = frozenset(c for c in same if whole)
    return document(report, ".html", _page(report, rng, table).encode(), HTML, missing=gone, ambiguous=shared)


@layout("page_in_yuan")
def page_in_yuan(report: Report, rng: Random) -> Document:
    """The sum of money in yuan, as the heading of its column or the cell itself says."""
    money = next(c for c, cell in report.form.cells.items() if cell.kind == "money")
    label = next(c.label for b in report.form.blocks for c in b.columns if c.kind == "money")
    in_cell = rng.random() < 0.5

    def table(grid: Grid) -> str:
        if grid.width != _TABLE_TWO:
            return plain_table(grid)

        def change(box: Box) -> Box:
            if box.cell == money and box.text.replace(".", "", 1).isdecimal():
                value = plain(Decimal(box.text) * 10_000)
                return replace(box, text=value + "元" if in_cell else value)
            if not in_cell and not box.cell and box.text == full(label):
                return replace(box, text=label.partition("(")[0] + "（单位：元）")
            return box

        return plain_table(Grid(tuple(tuple(change(b) for b in row) for row in grid.rows), grid.width))

    return document(report, ".html", _page(report, rng, table).encode(), HTML)


_OLD_INDICATORS = (
    "一、主动公开情况", "（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）", "其中：主动公开规范性文件数",
    "制发规范性文件总数", "（二）通过不同渠道和方式公开政府信息的情况", "1.政府公报公开政府信息数",
    "2.政府网站公开政府信息数", "二、回应解读情况", "（一）回应公众关注热点或重大舆情数",
    "三、依申请公开情况", "（一）收到申请数", "1.当面申请数", "2.传真申请数", "3.网络申请数", "4.信函申请数",
    "（二）申请办结数", "1.按时办结数", "2.延期办结数", "（三）申请答复数", "1.属于已主动公开范围数",
    "2.同意公开答复数", "3.同意部分公开答复数", "4.不同意公开答复数", "四、行政复议数量", "（一）维持具体行政行为数",
    "五、行政诉讼数量", "六、举报投诉数量", "七、依申请公开信息收取的费用", "八、机构建设和保障经费情况",
)  # fmt: skip


@layout("page_pre2019")
def page_pre2019(report: Report, rng: Random) -> Document:
    """The statistics table of 2018 and before: to be known by name and not read."""
    rows = "".join(f"<tr><td>{n}</td><td>件</td><td>{rng.randint(0, 900)}</td></tr>" for n in _OLD_INDICATORS)
    table = f"<p>政府信息公开情况统计表</p><table><tr><td>指标</td><td>单位</td><td>统计数</td></tr>{rows}</table>"
    text = page(report, rng, f"<p>{escape(report.opening)}</p><p>一、概述</p>{table}")
    return document(report, ".html", text.encode(), HTML, missing=frozenset(report.cells), state="pre2019")


@layout("page_other_form")
def page_other_form(report: Report, rng: Random) -> Document:
    """A table of another law beside the words that reports use: budgets, enforcement statistics, index pages."""
    kind = rng.choice(("budget", "enforcement", "index"))
    if kind == "index":
        table = "".join(
            f"<p><a href='/{y}.html'>{escape(report.body.name)}{y}年政府信息公开工作年度报告</a> {y + 1}-01-20</p>"
            for y in range(report.year, report.year - 9, -1)
        )
    else:
        names = {
            "budget": (
                "总计",
                "一、本年收入",
                "上年结转",
                "一般公共预算",
                "其他",
                "结转下年",
                "行政运行",
                "三公经费",
            ),
            "enforcement": (
                "行政许可",
                "行政处罚",
                "行政强制",
                "行政检查",
                "行政复议",
                "行政诉讼",
                "其他",
                "总计",
            ),
        }[kind]
        heads = "".join(
            f"<td>{t}</td>" for t in ("项目", "本年处理决定数量", "维持", "纠正", "尚未审结", "总计")
        )
        rows = "".join(
            f"<tr><td>{n}</td>" + "".join(f"<td>{rng.randint(0, 900)}</td>" for _ in range(5)) + "</tr>"
            for n in names
        )
        table = f"<table><tr>{heads}</tr>{rows}</table>"
    if kind != "index":
        report = replace(report, title=f"{report.body.name}{report.year}年度统计公报")
    text = page(report, rng, table)
    return document(
        report, ".html", text.encode(), HTML, missing=frozenset(report.cells), state="not_a_report"
    )
