"""Tables in other shapes than the form's: turned, apart, with last year beside; cells that show what is no text."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from random import Random

from tests.generator.grids import Box, Grid
from tests.generator.layouts.base import Document, document, full, layout
from tests.generator.layouts.cms import page
from tests.generator.layouts.html import HTML, Table, article, plain_paragraph, plain_table, spans
from tests.generator.truth import Report

_TABLE_THREE, _TABLE_FOUR = 10, 15
_OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
_PROCEEDINGS = ("行政复议", "未经复议直接起诉", "复议后起诉")


def _document(report: Report, rng: Random, table: Table, **known: frozenset[str]) -> Document:
    text = page(report, rng, article(report, plain_paragraph, table))
    return document(report, ".html", text.encode(), HTML, **known)


def _rows(*rows: list[str]) -> str:
    return plain_table(Grid(tuple(tuple(Box(text) for text in row) for row in rows), len(rows[0])))


def table_four_apart(parts: list[list[str]]) -> str:
    """Three little tables, the name of each before it."""
    return "".join(
        f"<p>（{n}）{name}</p>{_rows(list(_OUTCOMES), figures)}"
        for n, name, figures in zip("一二三", _PROCEEDINGS, parts, strict=True)
    )


def table_four_upright(parts: list[list[str]]) -> str:
    """One figure below the other, under the name of its proceeding."""
    rows: list[tuple[Box, ...]] = []
    for name, figures in zip(_PROCEEDINGS, parts, strict=True):
        if name == _PROCEEDINGS[1]:
            rows.append((Box("行政诉讼", colspan=2),))
        rows.append((Box(name, colspan=2),))
        rows += [(Box(label), Box(text)) for label, text in zip(_OUTCOMES, figures, strict=True)]
    return plain_table(Grid(tuple(rows), 2))


def table_four_crosswise(parts: list[list[str]]) -> str:
    """A row for each outcome, a column for each proceeding."""
    return _rows(["案件结果", *_PROCEEDINGS], *([k, *(p[n] for p in parts)] for n, k in enumerate(_OUTCOMES)))


def table_four_reordered(parts: list[list[str]]) -> str:
    """The lawsuits before the reconsiderations, and the numbers of the columns under the headings."""
    groups = (Box("行政诉讼", colspan=10), Box("行政复议", colspan=5))
    direct, after = (Box(name, colspan=5) for name in _PROCEEDINGS[1:])
    rows = (
        groups,
        (direct, after, *(Box(k, rowspan=2) for k in _OUTCOMES)),
        tuple(Box(k) for k in _OUTCOMES * 2),
        tuple(Box(str(n)) for n in range(1, _TABLE_FOUR + 1)),
        tuple(Box(text) for part in (parts[1], parts[2], parts[0]) for text in part),
    )
    return plain_table(Grid(rows, _TABLE_FOUR))


SHAPES = (table_four_apart, table_four_upright, table_four_crosswise, table_four_reordered)


@layout("page_proceedings")
def page_proceedings(report: Report, rng: Random) -> Document:
    """Table 4 as three tables, upright, crosswise or with its proceedings in another order."""
    shape = rng.choice(SHAPES)
    texts = [report.text(cell) for cell in report.form.table_cells("t4")]
    parts = [texts[start : start + 5] for start in (0, 5, 10)]
    return _document(
        report, rng, lambda grid: shape(parts) if grid.width == _TABLE_FOUR else plain_table(grid)
    )


@layout("page_fields")
def page_fields(report: Report, rng: Random) -> Document:
    """A form published as it stands in the editor: figures in its fields; some drawn, which nobody can read."""
    drawn: set[str] = set()

    def inside(box: Box) -> str:
        if not box.cell or not box.text:
            return escape(box.text)
        if rng.random() < 0.03:
            drawn.add(box.cell)
            picture = f'<img src="/images/n{box.text}.gif">'
            return rng.choice((picture, f"<script>show({box.text})</script>", "<svg><path d=''/></svg>"))
        return rng.choice(
            (
                f'<input type="TEXT" value="{box.text}" readonly>',
                f"<textarea>{box.text}</textarea>",
                f"<select><option>0</option><option selected>{box.text}</option></select>",
                "\u200b".join(box.text),
                f"{box.text}&amp;nbsp;",
            )
        )

    def table(grid: Grid) -> str:
        rows = ("".join(f"<td{spans(box)}>{inside(box)}</td>" for box in row) for row in grid.rows)
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"

    made = _document(report, rng, table)
    return document(report, ".html", made.data, HTML, ambiguous=frozenset(drawn))


def _with_last_year(report: Report, rng: Random, caption: str, lines: list[list[Box]]) -> list[list[Box]]:
    """A block with last year's figures behind the form's columns, or before them."""
    before = rng.random() < 0.5
    rows: list[list[Box]] = [[Box(caption, colspan=5)]]
    for n, (label, *boxes) in enumerate(lines):
        more = [Box("上年数量" if n == 0 else str(rng.randint(0, 90)))]
        rows.append([label, *(more + boxes if before else boxes + more)])
    return rows


def _on_its_side(report: Report, rng: Random, caption: str, lines: list[list[Box]]) -> list[list[Box]]:
    """A block with a row for each of the form's columns."""
    return [[Box(caption, colspan=3)], *(list(line) for line in zip(*lines, strict=True))]


def _one_a_line(report: Report, rng: Random, caption: str, lines: list[list[Box]]) -> list[list[Box]]:
    """A block with a row for each figure: what it is of, what it counts, how many."""
    head, *rows = lines
    return [
        [label, replace(column, colspan=1), box]
        for label, *boxes in rows
        for column, box in zip(head[1:], boxes, strict=True)
    ]


@layout("page_disclosure")
def page_disclosure(report: Report, rng: Random) -> Document:
    """Table 2 with last year's figures, on its side, or with one figure a line."""
    shape = rng.choice((_with_last_year, _on_its_side, _one_a_line))

    def table(grid: Grid) -> str:
        if grid.width in (_TABLE_THREE, _TABLE_FOUR):
            return plain_table(grid)
        rows: list[tuple[Box, ...]] = []
        for block in report.form.blocks:
            lines = [[Box("信息内容"), *(Box(full(c.label)) for c in block.columns)]]
            for row in block.rows:
                ids = [f"t2.{row.key}.{c.key}" for c in block.columns]
                lines.append([Box(row.label), *(Box(report.text(i), cell=i) for i in ids)])
            rows += map(tuple, shape(report, rng, full(block.caption), lines))
        return plain_table(Grid(tuple(rows), 5))

    return _document(report, rng, table)


@layout("page_slipped")
def page_slipped(report: Report, rng: Random) -> Document:
    """Table 3 with spans of labels that say too much or too little, so that whole rows slip."""

    def table(grid: Grid) -> str:
        if grid.width != _TABLE_THREE:
            return plain_table(grid)
        rows = []
        for row in grid.rows:
            first, *rest = row
            if rest and rest[0].cell and first.colspan > 1 and rng.random() < 0.6:
                row = (replace(first, colspan=first.colspan + rng.choice((-1, 1))), *rest)
            rows.append(row)
        return plain_table(Grid(tuple(rows), _TABLE_THREE))

    return _document(report, rng, table)
