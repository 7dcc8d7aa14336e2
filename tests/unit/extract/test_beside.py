"""The same table twice in one grid, beside or beneath itself: each year's figures stay its own."""

from __future__ import annotations

import io
from dataclasses import replace
from random import Random

import pytest
import xlsxwriter

from gipa_pipeline.extract.beside import taken_apart
from gipa_pipeline.extract.reading import open_document, read_document
from tests.generator import make_report
from tests.generator.grids import Box, Grid, filled, table_three, tables
from tests.generator.layouts.base import full
from tests.generator.layouts.html import article, plain_paragraph, plain_table
from tests.generator.truth import Report

NEW = make_report(Random(1), 2023, size="county")
OLD = make_report(Random(2), 2022, size="county", body=NEW.body)
CELLS = [c for c in NEW.cells if c.startswith("t3.")]


def _put(sheet: xlsxwriter.worksheet.Worksheet, grid: Grid, top: int, left: int) -> None:
    for n, line in enumerate(filled(grid.map(full))):
        for m, (box, starts) in enumerate(line):
            if box is None or not starts:
                continue
            y, x = top + n, left + m
            if box.rowspan * box.colspan > 1:
                sheet.merge_range(y, x, y + box.rowspan - 1, x + box.colspan - 1, box.text)
            elif box.text.isdigit():
                sheet.write_number(y, x, int(box.text))
            elif box.text:
                sheet.write_string(y, x, box.text)


def _workbook(*placed: tuple[Report, int, int], captions: bool = True, table4: int = 0) -> bytes:
    """Table 3 of several reports at their places in one sheet, each under its year."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("Sheet1")
    for report, top, left in placed:
        if captions:
            sheet.write(top, left, f"{report.year}年")
        _put(sheet, table_three(report), top + 1, left)
    if table4:
        _put(sheet, tables(NEW)[4], table4, 0)
    book.close()
    return target.getvalue()


def _wrong(data: bytes, report: Report, year: int | None = None) -> dict[str, object]:
    cells = read_document(data, "a.xlsx", year=year).cells
    return {c: cells[c].value for c in CELLS if cells[c].value != report.cells[c]}


@pytest.mark.parametrize(
    ("old", "new"),
    [((0, 0), (0, 10)), ((0, 0), (0, 11)), ((0, 13), (0, 0)), ((0, 0), (40, 0)), ((40, 0), (0, 0))],
)
def test_each_year_is_read_from_its_own_table(old: tuple[int, int], new: tuple[int, int]) -> None:
    data = _workbook((OLD, *old), (NEW, *new))
    assert _wrong(data, NEW) == {}
    assert _wrong(data, NEW, 2023) == {}
    assert _wrong(data, OLD, 2022) == {}


def test_where_nothing_says_whose_a_table_is_no_figure_is_chosen() -> None:
    cells = read_document(_workbook((OLD, 0, 0), (NEW, 0, 11), captions=False), "a.xlsx").cells
    told = {c: r.value for c, r in cells.items() if r.value is not None}
    assert all(NEW.cells[c] == OLD.cells[c] == v for c, v in told.items())
    differing = next(c for c in CELLS if NEW.cells[c] != OLD.cells[c])
    assert set(cells[differing].candidates) == {NEW.cells[differing], OLD.cells[differing]}


def test_three_years_beside_one_another() -> None:
    older = replace(OLD, year=2021)
    assert _wrong(_workbook((older, 0, 0), (OLD, 0, 11), (NEW, 0, 22)), NEW) == {}


def test_a_wider_table_beneath_stays_whole() -> None:
    data = _workbook((NEW, 0, 0), (OLD, 0, 11), table4=40)
    cells = read_document(data, "a.xlsx").cells
    assert {c: cells[c].value for c in NEW.cells if c.startswith("t4.")} == {
        c: v for c, v in NEW.cells.items() if c.startswith("t4.")
    }


def test_every_figure_leads_back_to_its_square() -> None:
    document = taken_apart(open_document(_workbook((OLD, 0, 0), (NEW, 0, 11)), "xlsx"))
    assert len(document.grids) == 2
    grid = document.grids[1]
    cell = next(c for c in grid.cells if c.row == 4 and c.column == 3)
    assert document.text[cell.start : cell.end] == cell.text == str(NEW.cells["t3.new.natural_person"])
    assert document.cell_place(grid, cell).path == "Sheet1!O5"
    assert cell.start is not None
    assert document.place(cell.start, cell.start + 1).path == "Sheet1!O5"


def _one_label_column(first: Report, second: Report) -> str:
    """One column of labels and two years behind it, as a page."""
    one, other = (table_three(r).map(full) for r in (first, second))
    rows = [[Box("项目", colspan=3), *(Box(f"{r.year}年", colspan=7) for r in (first, second))]]
    for n, (left, right) in enumerate(zip(one.rows, other.rows, strict=True)):
        rows.append([*left, *(right[1:] if n == 0 else right if n < 3 else [b for b in right if b.cell])])
    table = plain_table(Grid(tuple(tuple(row) for row in rows), 17))
    return article(NEW, plain_paragraph, lambda grid: table if grid.width == 10 else plain_table(grid))


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_two_years_behind_one_column_of_labels(order: tuple[Report, Report]) -> None:
    page = f"<html><body>{_one_label_column(*order)}</body></html>".encode()
    assert _wrong(page, NEW) == {}


@pytest.mark.parametrize("medium", ["xlsx", "html"])
def test_an_ordinary_document_is_left_as_it_is(medium: str) -> None:
    page = f"<html><body>{article(NEW, plain_paragraph, plain_table)}</body></html>".encode()
    document = open_document(_workbook((NEW, 0, 0), table4=40) if medium == "xlsx" else page, medium)
    assert taken_apart(document) is document


def test_a_figure_over_a_table_is_no_year() -> None:
    def twice(grid: Grid) -> str:
        if grid.width != 10:
            return plain_table(grid)
        return plain_table(grid) + "<p>{}</p>" + plain_table(table_three(OLD).map(full))

    page = f"<html><body>{article(NEW, plain_paragraph, twice)}</body></html>"
    differing = [c for c in CELLS if NEW.cells[c] != OLD.cells[c]]
    captioned = read_document(page.format("2022年").encode(), "a.html").cells
    assert [captioned[c].value for c in differing] == [NEW.cells[c] for c in differing]
    bare = read_document(page.format("2042").encode(), "a.html").cells
    assert {bare[c].status for c in differing} == {"ambiguous"}


def _by_turns(first: Report, second: Report) -> bytes:
    """Tables 2 to 4 in one sheet, table 3 with a column for each year under every kind of applicant."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("Sheet1")
    sheet.write(0, 0, NEW.title)
    _put(sheet, tables(NEW)[2], 2, 0)
    top = 3 + len(tables(NEW)[2].rows)
    one, other = (filled(table_three(r).map(full)) for r in (first, second))
    for n, (left, right) in enumerate(zip(one, other, strict=True)):
        row = top + n + (n > 2)
        for k, ((box, starts), (twin, _)) in enumerate(zip(left, right, strict=True)):
            if box is None or twin is None or not starts:
                continue
            column = k if k < 3 else 3 + 2 * (k - 3)
            for at, text in ((column, box.text), *(((column + 1, twin.text),) if box.cell else ())):
                if text:
                    sheet.write(row, at, int(text) if box.cell else text)
    for k in range(7):
        sheet.write(top + 3, 3 + 2 * k, f"{first.year}年")
        sheet.write(top + 3, 4 + 2 * k, f"{second.year}年")
    _put(sheet, tables(NEW)[4], top + 4 + len(one), 0)
    book.close()
    return target.getvalue()


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_two_years_columns_by_turns(order: tuple[Report, Report]) -> None:
    data = _by_turns(*order)
    assert _wrong(data, NEW) == {}
    cells = read_document(data, "a.xlsx").cells
    assert {c: cells[c].value for c in NEW.cells} == NEW.cells
