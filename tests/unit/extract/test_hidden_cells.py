"""Columns of a workbook that are not shown: what they hold is not known, and is no blank."""

from __future__ import annotations

import io
from random import Random

import pytest
import xlsxwriter

from gipa_pipeline.extract.reading import read_document
from tests.generator import make_report
from tests.generator.grids import filled, tables
from tests.generator.layouts.base import full

REPORT = make_report(Random(3), 2023, size="city")


def _workbook(*, hidden: bool) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("a")
    at = 0
    for _, grid in sorted(tables(REPORT).items()):
        for n, line in enumerate(filled(grid.map(full))):
            for m, (box, starts) in enumerate(line):
                if box is not None and starts and box.text:
                    sheet.write(at + n, m, float(box.text) if box.cell else box.text)
        at += len(grid.rows) + 2
    if hidden:
        sheet.set_column(3, 3, None, None, {"hidden": True})
    book.close()
    return target.getvalue()


@pytest.mark.parametrize("hidden", [False, True])
def test_a_cell_in_a_hidden_column_is_missing(hidden: bool) -> None:
    cells = read_document(_workbook(hidden=hidden), "a.xlsx").cells
    for cell in ("t4.reconsideration.pending", "t2.regulations.in_force", "t3.new.natural_person"):
        assert cells[cell].status == ("missing" if hidden else "reported"), cell
    assert cells["t4.reconsideration.other"].value == REPORT.cells["t4.reconsideration.other"]
    assert cells["t2.regulations.issued"].value == REPORT.cells["t2.regulations.issued"]
