"""Reports as pictures: pages of the printed PDF as a scanner, a copier or a page editor leaves them."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from io import BytesIO
from random import Random

import numpy as np
import pypdfium2
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.generator.grids import Grid
from tests.generator.layouts import cms
from tests.generator.layouts.base import Document, document, full, layout
from tests.generator.layouts.html import article, plain_paragraph
from tests.generator.layouts.office import WORD, docx_of_pictures
from tests.generator.layouts.pdf import FONT, HEIGHT, WIDTH, Flow, Pen, pdf, pdf_whole, printed
from tests.generator.truth import Report

UNSEEN = frozenset({"index_number"})


@dataclass(frozen=True)
class Wear:
    """What scanning does to a page: resolution, tilt in degrees, grain of the paper, compression.

    ``turn``: quarters by which it lies turned. ``ink``: how pale the ink is, 0 to 1. ``specks``: the share of
    points that a fax line spoilt.
    """

    dpi: int = 150
    tilt: float = 0.7
    grain: float = 9.0
    quality: int = 45
    turn: int = 0
    ink: float = 0.0
    specks: float = 0.0


def pages(data: bytes, wear: Wear, seed: int) -> list[Image.Image]:
    """The pages of a PDF as worn grey pictures; every second one tilts the other way."""
    # The grain must be the same everywhere: a generator with a seed, not the system's chance.
    chance = np.random.Generator(np.random.PCG64(seed))
    book = pypdfium2.PdfDocument(data)
    out = []
    for n in range(len(book)):
        clean = book[n].render(scale=wear.dpi / 72, grayscale=True).to_pil().convert("L")
        tilted = clean.rotate(
            wear.tilt if n % 2 else -wear.tilt, resample=Image.Resampling.BICUBIC, fillcolor=255
        )
        paper = np.asarray(tilted.rotate(90 * wear.turn, expand=True), dtype=np.float64)
        paper = (255 - (255 - paper) * (1 - wear.ink)) * 0.86 + 20
        grained = paper + chance.normal(0, wear.grain, paper.shape)
        if wear.specks:
            spoilt = chance.random(paper.shape) < wear.specks
            grained[spoilt] = chance.choice((0.0, 255.0), int(spoilt.sum()))
        out.append(Image.fromarray(np.clip(grained, 0, 255).astype(np.uint8)))
    book.close()
    return out


def jpeg(image: Image.Image, quality: int) -> bytes:
    """A picture as JPEG."""
    target = BytesIO()
    image.save(target, "JPEG", quality=quality)
    return target.getvalue()


def any_wear(rng: Random) -> Wear:
    """An office's scanner on some day: what it does to a page varies, within what a person can read at ease."""
    return Wear(
        dpi=rng.choice((150, 200)),
        tilt=rng.uniform(-1.5, 1.5),
        grain=rng.uniform(2, 10),
        quality=rng.choice((45, 60, 80)),
        turn=rng.choice((0, 0, 1, 2, 3)),
        ink=rng.choice((0.0, 0.0, 0.5, 0.7)),
        specks=rng.choice((0.0, 0.0, 0.002)),
    )


def any_pen(rng: Random) -> Pen:
    """Figures in the fonts that offices print, rules thin to thick."""
    fonts = (FONT, "Helvetica", "Times-Roman", "Times-Bold", "Courier")
    return Pen(rng.choice(fonts), rng.choice((0.3, 0.5, 0.9)))


@layout("scan_varied", slow=True)
def scan_varied(report: Report, rng: Random) -> Document:
    """A scan by any scanner of any printer: turned, tilted, pale, grainy, in several fonts."""
    made = printed(report, rng.choice((9.0, 10.5, 11.5)), pen=any_pen(rng))
    wear = any_wear(rng)
    worn = pages(made.data, wear, rng.randrange(2**32))
    data = bound([jpeg(page, wear.quality) for page in worn])
    return document(report, ".pdf", data, "application/pdf", unstated=UNSEEN)


def bound(pictures: list[bytes], under: list[list[tuple[str, float, float]]] | None = None) -> bytes:
    """A PDF of full-page pictures; ``under`` is invisible text for each page, words with their places."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    target = BytesIO()
    canvas = Canvas(target, invariant=1, pageCompression=0)
    for n, picture in enumerate(pictures):
        image = ImageReader(BytesIO(picture))
        wide, high = image.getSize()
        size = (WIDTH, HEIGHT) if high >= wide else (HEIGHT, WIDTH)
        canvas.setPageSize(size)
        canvas.drawImage(image, 0, 0, *size)
        for word, left, bottom in under[n] if under else []:
            line = canvas.beginText(left, bottom)
            line.setFont(FONT, 11)
            line.setTextRenderMode(3)
            line.textOut(word)
            canvas.drawText(line)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def scanned(report: Report, rng: Random, wear: Wear) -> Document:
    """A report printed and scanned."""
    printed = pdf(report, rng)
    worn = pages(printed.data, wear, rng.randrange(2**32))
    data = bound([jpeg(page, wear.quality) for page in worn])
    return document(report, ".pdf", data, "application/pdf", unstated=UNSEEN)


@layout("scan", slow=True)
def scan(report: Report, rng: Random) -> Document:
    """A scan of ordinary quality: 150 dpi, a little tilted, grainy."""
    return scanned(report, rng, Wear())


@layout("scan_poor", slow=True)
def scan_poor(report: Report, rng: Random) -> Document:
    """A poor scan: 120 dpi, tilted, grainy, compressed hard."""
    return scanned(report, rng, Wear(dpi=120, tilt=1.0, grain=12, quality=25))


@layout("scan_text_layer", slow=True)
def scan_text_layer(report: Report, rng: Random) -> Document:
    """A scan that some recogniser has put its own text under, invisible, with some figures wrong."""
    printed = pdf(report, rng)
    worn = pages(printed.data, Wear(), rng.randrange(2**32))
    data = bound([jpeg(page, 60) for page in worn], misread(printed.data, rng))
    return document(report, ".pdf", data, "application/pdf", unstated=UNSEEN)


def misread(data: bytes, rng: Random) -> list[list[tuple[str, float, float]]]:
    """The words of each page of a PDF with their places, one figure in six read wrong."""
    book = pypdfium2.PdfDocument(data)
    out = []
    for page in book:
        text = page.get_textpage()
        words = []
        for n in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(n)
            word = text.get_text_bounded(left, bottom, right, top).strip()
            if word.isdigit() and rng.random() < 0.17:
                word = str(int(word) + rng.randint(1, 9))
            words.append((word, left, bottom))
        out.append(words)
    book.close()
    return out


@layout("image_strip", slow=True)
def image_strip(report: Report, rng: Random) -> Document:
    """All pages in one long clean PNG, as page editors export them."""
    clean = pages(pdf_whole(report, rng).data, Wear(dpi=130, tilt=0.0, grain=0.0), 0)
    strip = Image.new("L", (clean[0].width, sum(p.height for p in clean)), 255)
    top = 0
    for page in clean:
        strip.paste(page, (0, top))
        top += page.height
    target = BytesIO()
    strip.save(target, "PNG")
    return document(report, ".png", target.getvalue(), "image/png", unstated=UNSEEN)


@layout("image_tiff", slow=True)
def image_tiff(report: Report, rng: Random) -> Document:
    """A fax: a TIFF of several pages in black and white."""
    first, *others = [
        page.point(lambda v: 255 * (v > 140)).convert("1")
        for page in pages(pdf(report, rng).data, Wear(dpi=200, tilt=0.3, grain=0.0), 0)
    ]
    target = BytesIO()
    first.save(target, "TIFF", save_all=True, append_images=others, compression="group4")
    return document(report, ".tif", target.getvalue(), "image/tiff", unstated=UNSEEN)


def table_picture(grid: Grid, dpi: int) -> bytes:
    """A table alone as a clean PNG, as a page editor exports it."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    target = BytesIO()
    canvas = Canvas(target, pagesize=(WIDTH, 2 * HEIGHT), invariant=1)
    Flow(canvas, y=2 * HEIGHT - 20).table(grid.map(full), 9)
    canvas.showPage()
    canvas.save()
    clean = pages(target.getvalue(), Wear(dpi=dpi, tilt=0.0, grain=0.0), 0)[0]
    ink = np.argwhere(np.asarray(clean) < 128)
    (top, left), (bottom, right) = ink.min(axis=0), ink.max(axis=0)
    out = BytesIO()
    clean.crop((max(0, left - 6), max(0, top - 6), right + 6, bottom + 6)).save(out, "PNG")
    return out.getvalue()


@layout("page_pictures", slow=True)
def page_pictures(report: Report, rng: Random) -> Document:
    """A web page saved with its pictures, which are its tables; or a page that holds them itself."""
    dpi = rng.choice((96, 110, 150))
    inline = rng.random() < 0.5
    pictures: list[bytes] = []

    def table(grid: Grid) -> str:
        pictures.append(table_picture(grid, dpi))
        where = f"upload/nb{len(pictures)}.png"
        if inline:
            where = "data:image/png;base64," + base64.b64encode(pictures[-1]).decode()
        return f'<p align="center"><img src="{where}"></p>'

    text = cms.page(report, rng, article(report, plain_paragraph, table)).encode()
    if inline:
        return document(report, ".html", text, "text/html")
    address = "http://www.example.gov.cn/xxgk/nb/"
    parts = [("text/html; charset=utf-8", f"{address}1.html", text)]
    parts += [("image/png", f"{address}upload/nb{n}.png", data) for n, data in enumerate(pictures, start=1)]
    lines = ["From: <Saved by a browser>", "MIME-Version: 1.0"]
    lines += ['Content-Type: multipart/related;\r\n\tboundary="----b"; type="text/html"', ""]
    for kind, where, data in parts:
        lines += ["------b", f"Content-Type: {kind}", "Content-Transfer-Encoding: base64"]
        lines += [f"Content-Location: {where}", "", base64.encodebytes(data).decode()]
    saved = "\r\n".join([*lines, "------b--", ""]).encode()
    return document(report, ".mht", saved, "multipart/related")


@layout("docx_pictures", slow=True)
def docx_pictures(report: Report, rng: Random) -> Document:
    """A Word document whose tables were pasted as pictures."""
    worn = pages(pdf(report, rng).data, Wear(dpi=150, tilt=0.2, grain=3), 1)
    made = docx_of_pictures(report, [jpeg(page, 70) for page in worn])
    return replace(document(report, ".docx", made, WORD, unstated=UNSEEN), layout="docx_pictures")
