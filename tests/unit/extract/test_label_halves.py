"""Labels of table 3 that run over two rows, and rows that are told figure by figure: never another row's figures."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from expectations.forms import load_form
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import Reading
from tests.generator.grids import Box, Grid, table_three
from tests.generator.layouts.html import plain_table
from tests.generator.truth import Report, make_report

FORM = load_form("2021")
_LONG = 14


def report(seed: int) -> Report:
    """A report in which most zeros were left blank."""
    rng = Random(f"halves/{seed}")
    made = make_report(rng, 2023, edition="2021", size="county")
    return made.with_cells({c: None for c, v in made.cells.items() if v == 0 and rng.random() < 0.6})


def read(table: Grid) -> Reading:
    page = f"<p>三、收到和处理政府信息公开申请情况</p>{plain_table(table)}<p>四、政府信息公开行政复议、行政诉讼情况</p>"
    return read_document(f"<html><body>{page}</body></html>".encode(), prose=False)


def halved(table: Grid, *, below: bool) -> Grid:
    """Every long label cut over two rows, without groups; the figures stand in the first or in the second."""
    rows: list[tuple[Box, ...]] = []
    blank = (Box(""),) * 7
    for row in table.rows[3:]:
        label, figures = [b for b in row if not b.cell][-1], tuple(b for b in row if b.cell)
        if len(label.text) <= _LONG:
            rows.append((Box(label.text), *figures))
            continue
        middle = len(label.text) // 2
        first, second = (blank, figures) if below else (figures, blank)
        rows += [(Box(label.text[:middle]), *first), (Box(label.text[middle:]), *second)]
    head = (Box(""), *(Box(c.label) for c in FORM.columns))
    return Grid((head, *(tuple(replace(b, colspan=1, rowspan=1) for b in row) for row in rows)), 8)


def silent(reading: Reading, of: Report) -> list[str]:
    """Cells given as something that the document does not print."""
    return [
        cell
        for cell in FORM.table_cells("t3")
        if (r := reading.cells[cell]).status in ("reported", "inferred", "blank")
        and r.value != of.cells[cell]
    ]


@pytest.mark.parametrize("seed", range(6))
def test_figures_beside_the_first_half_of_a_label_are_its_rows(seed: int) -> None:
    of = report(seed)
    reading = read(halved(table_three(of), below=False))
    assert {c: reading.cells[c].value for c in FORM.table_cells("t3")} == {
        c: of.cells[c] for c in FORM.table_cells("t3")
    }


@pytest.mark.parametrize("seed", range(6))
def test_a_blank_row_over_figures_that_nothing_names_is_not_told_as_blank(seed: int) -> None:
    of = report(seed)
    reading = read(halved(table_three(of), below=True))
    assert silent(reading, of) == []


@pytest.mark.parametrize("seed", range(6))
def test_a_line_for_each_figure_gives_no_row_the_figures_of_the_next(seed: int) -> None:
    of = report(seed)
    lines = [
        (Box(f"{row.label}-{column.label}"), Box(of.text(f"t3.{row.key}.{column.key}")))
        for row in FORM.rows
        for column in FORM.columns
    ]
    reading = read(Grid(((Box("指标"), Box("数值")), *lines), 2))
    assert silent(reading, of) == []
