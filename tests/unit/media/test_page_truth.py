"""PDF pages that are shown turned, and text layers that are not what is printed."""

from __future__ import annotations

from io import BytesIO
from random import Random

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.pdf import read_pdf
from gipa_pipeline.extract.media.upright import View, turned_upright
from gipa_pipeline.extract.media.veil import unreadable_codes
from gipa_pipeline.extract.reading import read_document
from tests.generator import LAYOUTS, make_report


@pytest.mark.parametrize(
    ("turn", "corner"), [(0, (100.0, 0.0)), (1, (200.0, 100.0)), (2, (0.0, 200.0)), (3, (0.0, 0.0))]
)
def test_the_upper_right_corner_in_every_view(turn: int, corner: tuple[float, float]) -> None:
    assert View(turn, 10.0, 20.0, 100.0, 200.0).point(110.0, 220.0) == corner


@pytest.mark.parametrize("turn", range(4))
def test_a_box_stays_a_box_inside_the_page(turn: int) -> None:
    view = View(turn, 0.0, 0.0, 100.0, 200.0)
    left, top, right, bottom = view.box(10, 20, 40, 90)
    assert 0 <= left < right <= (100 if turn % 2 == 0 else 200)
    assert 0 <= top < bottom <= (200 if turn % 2 == 0 else 100)
    assert (right - left) * (bottom - top) == 30 * 70


@pytest.mark.parametrize("seed", [1, 2])
def test_a_report_on_turned_sheets_is_read_like_any_other(seed: int) -> None:
    made = LAYOUTS["pdf_turned"](make_report(Random(seed), 2023, edition="2021"), Random(seed))
    reading = read_document(made.data)
    assert {c: r.value for c, r in reading.cells.items()} == made.report.cells


def test_upright_pages_are_left_as_they_are() -> None:
    data = _page(text_mode=0)
    assert turned_upright(data) is data
    book = pypdfium2.PdfDocument(data)
    book[0].set_rotation(90)
    target = BytesIO()
    book.save(target)
    again = pypdfium2.PdfDocument(turned_upright(target.getvalue()))
    assert again[0].get_rotation() == 0


def _page(*, text_mode: int, picture: str = "before") -> bytes:
    target = BytesIO()
    canvas = Canvas(target, pagesize=(400, 400), invariant=1)
    paper = ImageReader(Image.new("L", (40, 40), 230))
    if picture == "before":
        canvas.drawImage(paper, 0, 0, 400, 400)
    for n in range(10):
        line = canvas.beginText(40, 300 - 20 * n)
        line.setTextRenderMode(text_mode)
        line.textOut("1234567890 figures")
        canvas.drawText(line)
    if picture == "after":
        canvas.drawImage(paper, 0, 0, 400, 400)
    canvas.save()
    return target.getvalue()


def test_visible_text_on_a_picture_is_text() -> None:
    assert "1234567890" in read_pdf(_page(text_mode=0)).text


@pytest.mark.parametrize(("mode", "picture"), [(3, "before"), (0, "after"), (3, "after")])
def test_text_that_nobody_sees_is_not_taken_for_print(mode: int, picture: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read_pdf(_page(text_mode=mode, picture=picture))
    assert caught.value.kind == "needs_ocr"


def test_invisible_text_without_a_picture_hides_nothing() -> None:
    assert "1234567890" in read_pdf(_page(text_mode=3, picture="none")).text


@pytest.mark.parametrize(("lost", "glyphs", "no_text"), [(0, 500, False), (2, 30, False), (40, 400, True)])
def test_codes_without_meaning_are_no_text(lost: int, glyphs: int, no_text: bool) -> None:
    assert unreadable_codes(lost, glyphs) is no_text
