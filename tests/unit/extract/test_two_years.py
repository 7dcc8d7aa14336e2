"""Documents that hold last year's report or table beside this year's: which one is read, asked for a year or not."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import openpyxl
import pandas as pd
import pytest

from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.extract.record import from_json, to_json
from gipa_pipeline.extract.stage import extract_documents
from gipa_pipeline.model import Reading
from gipa_pipeline.settings import ExtractSettings
from gipa_pipeline.store import Store
from tests.generator import make_report
from tests.generator.grids import Grid, filled, tables
from tests.generator.layouts.base import full
from tests.generator.layouts.html import article, plain_paragraph, plain_table
from tests.generator.truth import Report

NEW = make_report(Random(1), 2023, size="county")
OLD = make_report(Random(2), 2022, size="county", body=NEW.body)


def _wrong(reading: Reading, report: Report) -> list[str]:
    return [c for c, r in reading.cells.items() if r.value is not None and r.value != report.cells.get(c)]


def _whole(reading: Reading, report: Report) -> bool:
    return all(reading.cells[c].value == v for c, v in report.cells.items())


def _workbook(sheets: dict[str, Report], *, titles: bool) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book["Sheet"])
    for name, report in sheets.items():
        sheet = book.create_sheet(name)
        at = 1
        if titles:
            sheet.cell(at, 1, report.title)
            at += 2
        grids = tables(report)
        for part, heading in report.headings():
            sheet.cell(at, 1, heading)
            at += 1
            if part in grids:
                at = _put(sheet, grids[part].map(full), at) + 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(sheet: object, grid: Grid, at: int) -> int:
    for n, line in enumerate(filled(grid)):
        for m, (box, starts) in enumerate(line):
            if box is not None and starts:
                sheet.cell(at + n, m + 1, int(box.text) if box.text.isdigit() else box.text)  # type: ignore[attr-defined]
                if box.rowspan > 1 or box.colspan > 1:
                    ends = {"end_row": at + n + box.rowspan - 1, "end_column": m + box.colspan}
                    sheet.merge_cells(start_row=at + n, start_column=m + 1, **ends)  # type: ignore[attr-defined]
    return at + len(grid.rows)


@pytest.mark.parametrize("titles", [True, False])
@pytest.mark.parametrize("first", [2022, 2023])
def test_of_two_sheets_the_one_asked_for_is_read_else_the_later(first: int, titles: bool) -> None:
    sheets = {"2022年": OLD, "2023年": NEW}
    order = dict(sorted(sheets.items(), reverse=first == 2023))
    data = _workbook(order, titles=titles)
    for asked, report in ((None, NEW), (2022, OLD), (2023, NEW)):
        reading = read_document(data, "a.xlsx", year=asked)
        assert _whole(reading, report), asked
        assert reading.year == report.year
        assert reading.years == (2022, 2023)
    assert from_json(to_json(reading)).years == (2022, 2023)


def test_sheets_that_do_not_say_their_year_are_left_open_where_they_differ() -> None:
    reading = read_document(_workbook({"表1": OLD, "表2": NEW}, titles=False), "a.xlsx", year=2023)
    assert _wrong(reading, NEW) == []
    assert "readers_disagree" in {n.kind for n in reading.notes}


def test_a_text_with_last_years_report_first_is_read_for_this_year() -> None:
    text = "\n".join(article(r, plain_paragraph, plain_table) for r in (OLD, NEW))
    reading = read_document(f"<html><body>{text}</body></html>".encode(), "a.html")
    assert _whole(reading, NEW)
    assert (reading.year, reading.years) == (2023, (2022, 2023))
    assert _whole(read_document(f"<body>{text}</body>".encode(), "a.html", year=2022), OLD)


def test_a_pages_own_title_goes_before_the_later_year() -> None:
    text = "\n".join(article(r, plain_paragraph, plain_table) for r in (OLD, NEW))
    page = f"<html><head><title>{OLD.title}</title></head><body>{text}</body></html>".encode()
    assert _whole(read_document(page, "a.html"), OLD)
    assert _whole(read_document(page, "a.html", year=2023), NEW)


@pytest.mark.parametrize(
    ("this", "last"),
    [("2023年度", "2022年度（对比）"), ("本年度情况", "附：上年度情况"), ("2023年", "去年数据")],
)
@pytest.mark.parametrize("reverse", [False, True])
def test_captions_over_two_tables_3_tell_them_apart(this: str, last: str, reverse: bool) -> None:
    old = tables(OLD)[3].map(full)

    def both(grid: Grid) -> str:
        if grid.width != 10:
            return plain_table(grid)
        pieces = [f"<p>{this}</p>{plain_table(grid)}", f"<p>{last}</p>{plain_table(old)}"]
        return "".join(reversed(pieces) if reverse else pieces)

    page = f"<html><head><title>{NEW.title}</title></head><body>{article(NEW, plain_paragraph, both)}</body></html>"
    reading = read_document(page.encode(), "a.html")
    assert _whole(reading, NEW)


def test_a_captions_year_is_no_date_and_none_in_a_sentence() -> None:
    old = tables(OLD)[3].map(full)

    def both(grid: Grid) -> str:
        if grid.width != 10:
            return plain_table(grid)
        return f"<p>2022年1月3日</p>{plain_table(grid)}<p>比2023年多</p>{plain_table(old)}"

    page = f"<html><head><title>{NEW.title}</title></head><body>{article(NEW, plain_paragraph, both)}</body></html>"
    assert _wrong(read_document(page.encode(), "a.html"), NEW) == []


def test_the_chain_reads_a_document_of_two_years_for_each_unit_and_year(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha256 = store.put_bytes(_workbook({"2023年": NEW, "2022年": OLD}, titles=True))
    when = pd.Timestamp(datetime(2024, 1, 1, tzinfo=UTC))
    row = {"unit_id": "u", "sha256": sha256, "url": "a.xlsx", "media_type": None, "first_fetched": when}
    documents = pd.DataFrame([{**row, "year": y, "published_now": True} for y in (2022, 2023)])
    settings = replace(ExtractSettings(), workers=1)
    for _ in range(2):
        frames = extract_documents(store, documents, settings)
        assert list(frames["documents"]["document_year"]) == [2022, 2023]
        cells = frames["cells"].set_index(["year", "cell_id"])["value"]
        for report in (OLD, NEW):
            assert cells[report.year, "t3.new.total"] == report.cells["t3.new.total"]
            assert cells[report.year, "t3.new.natural_person"] == report.cells["t3.new.natural_person"]
