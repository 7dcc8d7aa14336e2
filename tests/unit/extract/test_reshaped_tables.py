"""Table 3 lying on its side, or with its columns in several tables: read by both its headings, or left open."""

from __future__ import annotations

from random import Random

from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import Reading
from tests.generator.grids import Grid
from tests.generator.layouts.html import plain_table
from tests.generator.layouts.reshaped import on_its_side, some_columns
from tests.generator.truth import Report, make_report

REPORT = make_report(Random("shapes"), 2024, edition="2021", size="county")
COLUMNS = REPORT.form.columns


def read(*grids: Grid, between: str = "") -> Reading:
    tables = between.join(map(plain_table, grids))
    page = f"<p>三、收到和处理政府信息公开申请情况</p>{tables}<p>四、政府信息公开行政复议、行政诉讼情况</p>"
    return read_document(f"<html><body>{page}</body></html>".encode(), prose=False)


def values(reading: Reading) -> dict[str, object]:
    return {c: r.value for c, r in reading.cells.items() if c.startswith("t3.") and r.value is not None}


def truth(report: Report = REPORT) -> dict[str, object]:
    return {c: v for c, v in report.cells.items() if c.startswith("t3.")}


def without(grid: Grid, *rows: int) -> Grid:
    return Grid(tuple(row for n, row in enumerate(grid.rows) if n not in rows), grid.width)


def test_a_table_on_its_side_is_read_and_its_cells_lead_back_to_their_places() -> None:
    reading = read(on_its_side(REPORT, deep=True))
    assert values(reading) == truth()
    place = reading.cells["t3.carried_in.natural_person"].place
    assert place is not None
    assert (place.row, place.column) == (3, 3)


def test_a_printed_mistake_on_the_side_is_read_as_printed() -> None:
    wrong = REPORT.with_cells({"t3.granted.natural_person": 4711})
    assert values(read(on_its_side(wrong, deep=False))) == truth(wrong)


def test_figures_on_the_side_beside_other_headings_are_left_open() -> None:
    grid = on_its_side(REPORT, deep=False)
    head, *rows = grid.rows
    figures = [row[-25:] for row in rows]
    mixed = [(*row[:-25], *figures[(n + 1) % 7]) for n, row in enumerate(rows)]
    assert values(read(Grid((head, *mixed), grid.width))) == {}


def test_columns_in_two_tables_are_joined_by_their_labels() -> None:
    first = some_columns(REPORT, COLUMNS[:1], labels=True)
    second = some_columns(REPORT, COLUMNS[1:], labels=True)
    assert values(read(first, second)) == truth()


def test_columns_without_labels_are_joined_row_by_row_where_the_sums_hold() -> None:
    first = some_columns(REPORT, COLUMNS[:4], labels=True)
    second = some_columns(REPORT, COLUMNS[4:], labels=False)
    assert values(read(first, second)) == truth()


def test_columns_without_labels_are_left_open_where_rows_are_out_of_step() -> None:
    first = some_columns(REPORT, COLUMNS[:4], labels=True)
    second = some_columns(REPORT, COLUMNS[4:], labels=False)
    heads, body = second.rows[:3], second.rows[3:]
    assert values(read(first, Grid((*heads, *body[1:], body[0]), second.width))) == {}
    assert values(read(first, without(second, 5))) == {}


def test_columns_in_tables_of_different_rows_are_left_open() -> None:
    first = some_columns(REPORT, COLUMNS[:4], labels=True)
    second = some_columns(REPORT, COLUMNS[4:], labels=True)
    seen = values(read(first, without(second, 20)))
    assert all(seen[cell] == truth()[cell] for cell in seen)
