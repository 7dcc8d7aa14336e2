"""Reports as PDF with a text layer: tables of ruled cells, table 3 running over pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from random import Random

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.generator.grids import Box, Grid, filled, tables
from tests.generator.layouts.base import Document, document, full, layout, opening_lines, signed
from tests.generator.truth import Report

FONT = "STSong-Light"
"""A font every PDF reader knows by name, so that none lies in the repository."""
WIDTH, HEIGHT = A4
MARGIN, LEADING, PAD = 56.0, 1.35, 3.0
RADICALS = str.maketrans(
    "一人入八力十又口土士大女子小工己干弓心戈手支文方日月木止比氏水火父片牛犬玉甘生用田目石示立竹米老而耳肉自至行衣言谷走足身辛里金長門面音風飛食高",
    "⼀⼈⼊⼋⼒⼗⼜⼝⼟⼠⼤⼥⼦⼩⼯⼰⼲⼸⼼⼽⼿⽀⽂⽅⽇⽉⽊⽌⽐⽒⽔⽕⽗⽚⽜⽝⽟⽢⽣⽤⽥⽬⽯⽰⽴⽵⽶⽼⽽⽿⾁⾃⾄⾏⾐⾔⾕⾛⾜⾝⾟⾥⾦⾧⾨⾯⾳⾵⾶⾷⾼",
)
WIDTHS = {4: (3, 2, 2, 2), 10: (0.7, 1.6, 3.4, *[1.0] * 7), 15: (1,) * 15}
"""Relative column widths of tables 2, 3 and 4 by their number of columns."""


@dataclass(frozen=True)
class Pen:
    """What figures are set in (a font that every PDF reader knows), and how thick rules are, in points."""

    digits: str = FONT
    rule: float = 0.5


PLAIN = Pen()


@layout("pdf")
def pdf(report: Report, rng: Random) -> Document:
    """Ruled tables, narrow label columns, page numbers; table 3 is longer than a page and is cut."""
    return printed(report, 11.5)


@layout("pdf_whole")
def pdf_whole(report: Report, rng: Random) -> Document:
    """The same in small type: table 3 mostly stands on one page."""
    return printed(report, 8.5)


@layout("pdf_unruled")
def pdf_unruled(report: Report, rng: Random) -> Document:
    """Tables set by spaces alone, as some page editors print them: no rule is drawn."""
    return printed(report, 9.0, ruled=False)


@layout("pdf_radicals")
def pdf_radicals(report: Report, rng: Random) -> Document:
    """A text layer in which common characters are radicals (⼀ ⾏ ⼈), as some printers write it."""
    return printed(report, 10.0, spelling=RADICALS)


@layout("pdf_turned")
def pdf_turned(report: Report, rng: Random) -> Document:
    """Sheets on which the text runs up or down; some are shown turned, so that it stands level, some are not."""
    up = rng.random() < 0.5

    def begin(canvas: Canvas) -> None:
        shown = rng.choice((0, 90 if up else 270))
        # The writer itself swaps the sides of a page that is shown turned by a quarter.
        canvas.setPageSize((WIDTH, HEIGHT) if shown else (HEIGHT, WIDTH))
        canvas.setPageRotation(shown)
        canvas.translate(HEIGHT if up else 0, 0 if up else WIDTH)
        canvas.rotate(90 if up else -90)

    return printed(report, 11.5, begin=begin)


def printed(
    report: Report,
    size: float,
    *,
    ruled: bool = True,
    spelling: dict[int, str] | None = None,
    begin: Callable[[Canvas], None] = lambda _: None,
    pen: Pen = PLAIN,
) -> Document:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    target = BytesIO()
    # Invariant: no date of making and no random identifier; not compressed: see ``package.packed``.
    canvas = Canvas(target, pagesize=A4, invariant=1, pageCompression=0)
    canvas.setTitle(report.title)
    begin(canvas)
    flow = Flow(canvas, ruled=ruled, spelling=spelling or {}, begin=begin, pen=pen)
    flow.paragraph(report.title, 16, indent=0)
    for text in opening_lines(report)[1:]:
        flow.paragraph(text, 12)
    grids = tables(report)
    for part, heading in report.headings():
        flow.paragraph(heading, 13)
        if part in grids:
            flow.table(grids[part].map(full), size if part == 3 else 9)
        for text in report.parts.get(part, ()):
            flow.paragraph(text, 12)
    for text in signed(report):
        flow.paragraph(text, 12)
    flow.close()
    return document(
        report, ".pdf", target.getvalue(), "application/pdf", unstated=frozenset({"index_number"})
    )


def wrapped(text: str, size: float, width: float) -> list[str]:
    """A text broken into lines of a width; a number is not broken."""
    if text.replace(".", "").isdigit():
        return [text]
    lines = [""]
    for sign in text:
        if lines[-1] and pdfmetrics.stringWidth(lines[-1] + sign, FONT, size) > width:
            lines.append("")
        lines[-1] += sign
    return lines


@dataclass
class Flow:
    """Paragraphs and tables one under the other, over as many pages as it takes."""

    canvas: Canvas
    y: float = HEIGHT - MARGIN
    page: int = 1
    ruled: bool = True
    spelling: dict[int, str] = field(default_factory=dict)
    begin: Callable[[Canvas], None] = lambda _: None
    pen: Pen = PLAIN

    def paragraph(self, text: str, size: float, indent: int = 2) -> None:
        for line in wrapped("　" * indent + text, size, WIDTH - 2 * MARGIN):
            self._need(size * LEADING)
            self.canvas.setFont(FONT, size)
            self.canvas.drawString(MARGIN, self.y - size, line.translate(self.spelling))
            self.y -= size * LEADING
        self.y -= 3

    def table(self, grid: Grid, size: float) -> None:
        whole = sum(WIDTHS[grid.width])
        widths = [w * (WIDTH - 2 * MARGIN) / whole for w in WIDTHS[grid.width]]
        plan = filled(grid)
        heights = _heights(plan, widths, size)
        first = 0
        while first < len(plan):
            room, last = self.y - MARGIN, first
            while last < len(plan) and sum(heights[first : last + 1]) <= room:
                last += 1
            # A header alone at the foot of a page is of no use to anybody.
            if last - first >= 4 or last == len(plan):
                self._piece(plan, first, last, widths, heights, size)
                first = last
            if first < len(plan):
                self._next()
        self.y -= 8

    def _piece(
        self,
        plan: list[list[tuple[Box | None, bool]]],
        first: int,
        last: int,
        widths: list[float],
        heights: list[float],
        size: float,
    ) -> None:
        """The rows of a table that fit on this page; a cell that spans the break is closed at its edge."""
        drawn: set[int] = set()
        for down in range(first, last):
            for along, (box, _) in enumerate(plan[down]):
                if box is None or id(box) in drawn:
                    continue
                drawn.add(id(box))
                deep = sum(1 for row in plan[down:last] if row[along][0] is box)
                left = MARGIN + sum(widths[:along])
                top = self.y - sum(heights[first:down])
                width, height = sum(widths[along : along + box.colspan]), sum(heights[down : down + deep])
                if self.ruled:
                    self.canvas.setLineWidth(self.pen.rule)
                    self.canvas.rect(left, top - height, width, height)
                if plan[down][along][1]:
                    self._text(box.text, left, top, width, height, size)
        self.y -= sum(heights[first:last])

    def _text(self, text: str, left: float, top: float, width: float, height: float, size: float) -> None:
        lines = wrapped(text, size, width - 2 * PAD)
        y = top - (height - len(lines) * size * LEADING) / 2 - size
        figure = text.isdigit() and text.isascii()
        self.canvas.setFont(self.pen.digits if figure else FONT, size)
        for line in lines:
            self.canvas.drawCentredString(left + width / 2, y, line.translate(self.spelling))
            y -= size * LEADING

    def _need(self, height: float) -> None:
        if self.y - height < MARGIN:
            self._next()

    def _next(self) -> None:
        self.close(more=True)

    def close(self, more: bool = False) -> None:
        """End the page with its number; ``more`` begins the next one."""
        self.canvas.setFont(FONT, 9)
        self.canvas.drawCentredString(WIDTH / 2, MARGIN / 2, f"— {self.page} —")
        self.canvas.showPage()
        if more:
            self.begin(self.canvas)
            self.page, self.y = self.page + 1, HEIGHT - MARGIN
        else:
            self.canvas.save()


def _heights(plan: list[list[tuple[Box | None, bool]]], widths: list[float], size: float) -> list[float]:
    """Row heights: what the highest cell of one row needs; the rest of a spanning cell goes to its last row."""
    heights = [size * LEADING + 2 * PAD] * len(plan)
    spanning = []
    for down, line in enumerate(plan):
        for along, (box, starts) in enumerate(line):
            if box is None or not starts:
                continue
            width = sum(widths[along : along + box.colspan]) - 2 * PAD
            need = len(wrapped(box.text, size, width)) * size * LEADING + 2 * PAD
            if box.rowspan == 1:
                heights[down] = max(heights[down], need)
            else:
                spanning.append((down, box.rowspan, need))
    for down, rows, need in spanning:
        short = need - sum(heights[down : down + rows])
        heights[down + rows - 1] += max(0.0, short)
    return heights
