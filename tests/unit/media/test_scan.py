"""Scanned reports from bytes to cells, with the recogniser itself, and what happens without it."""

from __future__ import annotations

import importlib.util
from io import BytesIO
from random import Random
from typing import Any

import pypdfium2
import pytest

from gipa_pipeline.extract.media import ocr
from gipa_pipeline.extract.reading import open_document, read_document
from tests.generator import make_report
from tests.generator.layouts.pdf import pdf_whole
from tests.generator.layouts.scans import Wear, bound, docx_pictures, jpeg, pages
from tests.generator.truth import Report


def only_table3(report: Report) -> bytes:
    """The page with table 3, as a PDF."""
    book = pypdfium2.PdfDocument(pdf_whole(report, Random(1)).data)
    texts = [book[n].get_textpage().get_text_bounded() for n in range(len(book))]
    (number,) = [n for n, t in enumerate(texts) if "本年新收政府信息公开申请数量" in "".join(t.split())]
    part = pypdfium2.PdfDocument.new()
    part.import_pages(book, pages=[number])
    target = BytesIO()
    part.save(target)
    return target.getvalue()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_scanned_table_is_read_without_a_silent_error() -> None:
    report = make_report(Random(8), 2024, edition="2021")
    wear = Wear(dpi=150)
    (worn,) = pages(only_table3(report), wear, 3)
    reading = read_document(bound([jpeg(worn, wear.quality)]), "scan.pdf")
    assert (reading.medium, reading.state, reading.template) == ("scan", "read", "2021")
    truth = {c: v for c, v in report.cells.items() if c.startswith("t3.")}
    read = {c: reading.cells[c] for c in truth}
    silent = {
        c for c, r in read.items() if r.status in ("reported", "inferred", "blank") and r.value != truth[c]
    }
    assert silent == set()
    right = sum(r.value == truth[c] for c, r in read.items())
    assert right >= 0.98 * len(truth)
    assert all(len(r.readers) == 2 for r in read.values() if r.status == "reported")
    assert all(len(r.readers) == 1 for r in read.values() if r.status == "inferred")
    place = read["t3.new.total"].place
    assert place is not None
    assert (place.reader, place.page) == ("scan", 1)
    assert place.box is not None


@pytest.fixture
def no_recogniser(monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    gone: Any = lambda name, *a: None if name == "rapidocr" else there(name, *a)  # noqa: E731
    monkeypatch.setattr(ocr.importlib.util, "find_spec", gone)


@pytest.mark.usefixtures("no_recogniser")
def test_without_the_recogniser_a_scan_is_told_with_the_remedy() -> None:
    report = make_report(Random(8), 2024, edition="2021")
    worn = pages(only_table3(report), Wear(dpi=60), 3)
    picture = jpeg(worn[0], 40)
    for data in (bound([picture]), picture):
        reading = read_document(data, "scan")
        assert reading.state == "unreadable"
        assert reading.error is not None
        kind, message = reading.error
        assert kind == "needs_ocr"
        assert "pip install gipa-pipeline[ocr]" in message


@pytest.mark.usefixtures("no_recogniser")
def test_without_the_recogniser_a_word_file_with_pictures_keeps_its_text() -> None:
    made = docx_pictures(make_report(Random(8), 2024, edition="2021"), Random(1))
    reading = read_document(made.data, made.name)
    assert reading.medium == "docx"
    assert reading.title == made.report.title
    assert [n.detail for n in reading.notes if n.kind == "picture_tables"] == ["3"]


def test_pictures_in_a_word_file_are_read_in_the_order_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    from gipa_pipeline.extract.media import scan

    seen: list[int] = []

    def blocks(image: Any, number: int) -> list[tuple[float, Any]]:
        seen.append(number)
        return [(1.0, (f"第{number}页", (0.0, 0.0, 9.0, 9.0)))]

    monkeypatch.setattr(scan, "seen_blocks", blocks)
    made = docx_pictures(make_report(Random(8), 2024, edition="2021"), Random(1))
    turns: list[int] = []
    document = open_document(made.data, "docx", on_page=lambda: turns.append(1))
    assert (seen, len(turns)) == ([1, 2, 3], 3)
    assert document.text.startswith(made.report.title)
    assert document.text.endswith("第1页\n第2页\n第3页\n")
    assert document.place(document.text.index("第2页"), 0).page == 2


def test_a_page_with_a_text_layer_is_not_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    from gipa_pipeline.extract.media import scan

    printed = pdf_whole(make_report(Random(8), 2024, edition="2021"), Random(1))
    monkeypatch.setattr(scan, "seen_blocks", None)
    assert read_document(printed.data).medium == "pdf"
