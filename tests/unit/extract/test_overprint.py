"""Print that lies over, under or beside the figures of a PDF: watermarks, white signs, corrections, footnote marks."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from random import Random

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from gipa_pipeline.extract.media.lattice import Glyph
from gipa_pipeline.extract.media.overprint import UNSURE, brightness, of_a_cell, tilted, with_pale
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import Reading
from tests.generator import Report, make_report
from tests.generator.grids import tables
from tests.generator.layouts.base import full
from tests.generator.layouts.pdf import FONT, Flow

WIDE, HIGH = A4


class _Pages(Flow):
    """Tables whose figures may be drawn with something else beside them."""

    beside: Callable[[Canvas, str, float, float, float], None] = lambda *_: None

    def _text(self, text: str, left: float, top: float, width: float, height: float, size: float) -> None:
        if text.isdigit():
            self.beside(self.canvas, text, left + width / 2, top - height / 2 - size / 3, size)
        super()._text(text, left, top, width, height, size)


def _read(
    report: Report,
    beside: Callable[[Canvas, str, float, float, float], None] = lambda *_: None,
    begin: Callable[[Canvas], None] = lambda _: None,
) -> Reading:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1, pageCompression=0)
    begin(canvas)
    flow = _Pages(canvas, begin=begin)
    flow.beside = beside
    for part, heading in report.headings():
        flow.paragraph(heading, 13)
        if part in (grids := tables(report)):
            flow.table(grids[part].map(full), 9)
    flow.close()
    return read_document(target.getvalue(), "a.pdf", prose=False)


def _wrong(reading: Reading, report: Report) -> list[str]:
    return [c for c, value in report.cells.items() if reading.cells[c].value != value]


REPORT = make_report(Random(2), 2023, size="department", edition="2021")


def _tiled(angle: float, grey: float) -> Callable[[Canvas], None]:
    def begin(canvas: Canvas) -> None:
        for x in range(60, int(WIDE), 110):
            for y in range(60, int(HIGH), 90):
                canvas.saveState()
                canvas.setFont(FONT, 12)
                canvas.setFillGray(grey)
                canvas.translate(x, y)
                canvas.rotate(angle)
                canvas.drawString(0, 0, "6021")
                canvas.restoreState()

    return begin


@pytest.mark.parametrize(("angle", "grey"), [(30, 0.8), (45, 0.0), (0, 0.8)])
def test_a_watermark_is_no_figure(angle: float, grey: float) -> None:
    assert not _wrong(_read(REPORT, begin=_tiled(angle, grey)), REPORT)


def test_white_digits_beside_a_figure_are_not_read() -> None:
    def beside(canvas: Canvas, _text: str, x: float, y: float, size: float) -> None:
        canvas.saveState()
        canvas.setFont(FONT, size)
        canvas.setFillGray(1)
        canvas.drawString(x + 8, y, "7")
        canvas.restoreState()

    assert not _wrong(_read(REPORT, beside), REPORT)


def test_a_raised_small_digit_is_the_mark_of_a_footnote() -> None:
    def beside(canvas: Canvas, text: str, x: float, y: float, size: float) -> None:
        canvas.setFont(FONT, size * 0.55)
        canvas.drawString(x + pdfmetrics.stringWidth(text, FONT, size) / 2, y + size * 0.5, "1")

    assert not _wrong(_read(REPORT, beside), REPORT)


def test_a_figure_printed_over_another_is_left_open() -> None:
    def beside(canvas: Canvas, text: str, x: float, y: float, size: float) -> None:
        canvas.setFont(FONT, size)
        canvas.drawCentredString(x, y, str(int(text) + 1))

    reading = _read(REPORT, beside)
    assert {reading.cells[c].status for c in REPORT.cells if c.startswith("t3.")} == {"unreadable"}


def _signs(
    text: str, *, high: float = 10.0, left: float = 0.0, top: float = 0.0, pale: bool = False
) -> list[Glyph]:
    return [Glyph(s, left + 6 * n, top, left + 6 * n + 5, top + high, pale) for n, s in enumerate(text)]


def _texts(glyphs: list[Glyph]) -> str:
    return "".join(g.text for g in glyphs)


def test_what_a_cell_holds_is_told_by_shade_size_and_place() -> None:
    assert _texts(of_a_cell(_signs("12") + _signs("34", pale=True))) == "12"
    assert _texts(of_a_cell(_signs("34", pale=True))) == UNSURE * 2
    assert _texts(of_a_cell(_signs("总计", pale=True))) == "总计"
    assert _texts(of_a_cell(_signs("12") + _signs("1", high=5, left=12))) == "12"
    assert _texts(of_a_cell(_signs("12") + _signs("1", high=5, left=12, top=5))) == UNSURE * 3
    assert _texts(of_a_cell(_signs("12") + _signs("3", left=1))) == UNSURE * 3
    assert _texts(of_a_cell(_signs("12") + _signs("3", left=12))) == "123"


def test_pale_is_what_is_paler_than_the_page() -> None:
    assert [g.pale for g in with_pale(_signs("123"), [0.0, 0.0, 0.8])] == [False, False, True]
    assert not any(g.pale for g in with_pale(_signs("123"), [0.8, 0.8, 0.8]))
    assert (brightness(255, 255, 255, 255), brightness(0, 0, 0, 0)) == (1, 1)
    assert (tilted(0.0), tilted(1.57), tilted(0.78)) == (False, False, True)
