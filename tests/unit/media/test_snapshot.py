"""Pictures of pages: what a box says is what the picture shows there."""

from __future__ import annotations

import json
from io import BytesIO
from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from gipa_pipeline.commands.extract import read_and_show
from gipa_pipeline.extract.media.orientation import turned_back
from gipa_pipeline.extract.media.page_pictures import bundle
from gipa_pipeline.extract.media.picture import POINT
from gipa_pipeline.extract.media.snapshot import Snapshot, page_of, snapshots
from gipa_pipeline.model import Place
from gipa_pipeline.report.picture import Spot, is_recognised, page_pictures
from tests.generator import LAYOUTS, make_report

SHEET = (595, 842)
BLOT = (100.0, 200.0, 160.0, 230.0)
"""In points from the upper left corner of the sheet."""


def pixels(snapshot: Snapshot) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(snapshot.jpeg)))


def dark_at(snapshot: Snapshot, box: tuple[float, float, float, float]) -> float:
    """The share of dark points in a box given in points."""
    picture = pixels(snapshot)
    k = picture.shape[1] / snapshot.width
    left, top, right, bottom = (
        round((v - o) * k) for v, o in zip(box, (snapshot.left, snapshot.top) * 2, strict=True)
    )
    return float((picture[top + 2 : bottom - 2, left + 2 : right - 2] < 100).mean())


def blotted(turn: int = 0) -> bytes:
    """A PDF with some lines of text and a black box, drawn and shown turned by quarters."""
    target = BytesIO()
    # The writer itself swaps the sides of a page that is shown turned by a quarter.
    canvas = Canvas(target, pagesize=SHEET, invariant=1)
    canvas.setPageRotation(90 * turn)
    # Counter-clockwise on the sheet, so that it stands upright when the sheet is turned clockwise.
    canvas.translate(*((0, 0), (SHEET[1], 0), SHEET, (0, SHEET[0]))[turn])
    canvas.rotate(90 * turn)
    for n in range(12):
        canvas.drawString(300, 700 - 20 * n, "lines of text that tell which way is up")
    left, top, right, bottom = BLOT
    canvas.rect(left, SHEET[1] - bottom, right - left, bottom - top, stroke=0, fill=1)
    canvas.save()
    return target.getvalue()


def painted(size: tuple[int, int] = (1654, 2339)) -> bytes:
    image = Image.new("L", size, 255)
    ImageDraw.Draw(image).rectangle([round(v / POINT) for v in BLOT], fill=0)
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


@pytest.mark.parametrize("turn", range(4))
def test_a_box_on_a_pdf_page_is_where_the_picture_shows_it(turn: int) -> None:
    (shot,) = snapshots(blotted(turn), [("pdf", 1)]).values()
    assert (round(shot.width), round(shot.height)) == SHEET
    assert dark_at(shot, BLOT) > 0.99
    assert dark_at(shot, (100, 300, 160, 330)) < 0.01


def test_a_stripe_of_a_page_keeps_the_pages_measure() -> None:
    (shot,) = snapshots(blotted(), [("pdf", 1)], {("pdf", 1): (0.0, 180.0, 9999.0, 260.0)}).values()
    assert (round(shot.top), round(shot.height)) == (180, 80)
    assert dark_at(shot, BLOT) > 0.99


def test_pictures_files_scans_and_pages_are_drawn_in_the_readers_measure() -> None:
    for data in (painted(), web_page()):
        (shot,) = snapshots(data, [("image", 1)]).values()
        assert dark_at(shot, BLOT) > 0.95
    target = BytesIO()
    canvas = Canvas(target, pagesize=SHEET, invariant=1)
    canvas.drawInlineImage(Image.open(BytesIO(painted())), 0, 0, *SHEET)
    canvas.save()
    (scan,) = snapshots(target.getvalue(), [("scan", 1)]).values()
    assert dark_at(scan, BLOT) > 0.95


def web_page() -> bytes:
    page = "<h1>2023年政府信息公开工作年度报告</h1><img src='http://a.gov.cn/1.png'>"
    return bundle(page.encode(), "http://a.gov.cn/", [("http://a.gov.cn/1.png", painted())])


@pytest.mark.parametrize(
    ("data", "page"),
    [(b"%PDF-1.4 broken", ("pdf", 1)), (b"plain text", ("image", 1)), (b"\x89PNG broken", ("image", 1))],
)
def test_what_cannot_be_drawn_is_left_out(data: bytes, page: tuple[str, int]) -> None:
    assert snapshots(data, [page]) == {}


def test_pages_that_are_not_there_are_left_out() -> None:
    assert snapshots(blotted(), [("pdf", 9), ("scan", 0)]) == {}


def test_only_boxes_on_pages_are_asked_for() -> None:
    assert page_of(Place("pdf", page=2, box=BLOT)) == ("pdf", 2)
    assert page_of(Place("pdf", page=2)) is None
    assert page_of(Place("ofd", page=2, box=BLOT)) is None
    assert page_of(None) is None


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_box_found_on_the_turned_page_is_put_back_where_it_lay(turn: int) -> None:
    image = np.full((300, 200), 255, np.uint8)
    image[40:60, 10:80] = 0
    rows, columns = np.nonzero(np.rot90(image, turn) == 0)
    k = POINT
    found = (columns.min() * k, rows.min() * k, (columns.max() + 1) * k, (rows.max() + 1) * k)
    _, box = turned_back(("x", found), turn, image.shape)  # type: ignore[misc]
    assert box == pytest.approx((10 * k, 40 * k, 80 * k, 60 * k), abs=0.1)


def test_a_finding_on_a_scan_shows_the_page_itself() -> None:
    place = {"reader": "image", "page": 1, "box": list(BLOT), "table": 0, "row": 1, "column": 1}
    spots = [Spot("t3.new.total", "9", place, True)]
    assert is_recognised(spots)
    assert not is_recognised([Spot("t3.new.total", "9", place | {"reader": "pdf"}, True)])
    (made,) = page_pictures(painted(), spots)
    assert made.title == "原文第1幅图"
    assert [(b.left, b.top, b.width, b.height, b.mark) for b in made.boxes] == [(100, 200, 60, 30, "likely")]
    assert made.image is not None
    assert dark_at(made.image, BLOT) > 0.95
    assert round(made.image.height) == 90


def test_evidence_marks_every_cell_on_its_page(tmp_path: object) -> None:
    from pathlib import Path

    from lxml import html

    folder = Path(str(tmp_path))
    made = LAYOUTS["pdf_turned"](make_report(Random(1), 2023, edition="2021"), Random(1))
    reading = read_and_show(made.data, made.name, max_bytes=10**7, folder=folder)
    (page,) = folder.glob("*.html")
    root = html.fromstring(page.read_text("utf-8"))
    marked = {r.get("id").removeprefix("p-") for r in root.xpath("//rect")}
    assert marked == set(reading.cells)
    assert all(h.startswith("data:image/jpeg;base64,") for h in root.xpath("//image/@href"))
    linked = {a.get("href") for a in root.xpath("//td[starts-with(@id, 'c-')]/a")}
    assert linked == {f"#p-{cell}" for cell in reading.cells}
    assert json.dumps(sorted(marked))
