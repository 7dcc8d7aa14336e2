"""Tables as programs leave them in text: copied out of a browser, exported with commas, drawn with strokes; and PDFs with a watermark."""

from __future__ import annotations

from random import Random

from reportlab.pdfgen.canvas import Canvas

from tests.generator.grids import Grid, filled
from tests.generator.layouts.base import Document, document, layout
from tests.generator.layouts.pdf import FONT, HEIGHT, WIDTH, printed
from tests.generator.layouts.text import MARKDOWN, TEXT, compose, furniture
from tests.generator.truth import Report


def _squares(grid: Grid) -> list[list[str]]:
    return [[box.text if box and starts else "" for box, starts in row] for row in filled(grid)]


@layout("text_copied")
def text_copied(report: Report, rng: Random) -> Document:
    """Copied out of a browser: a row a line, a tab between cells and none behind the last, spans not spread."""

    def table(grid: Grid) -> str:
        return "\n".join("\t".join(box.text for box in row) for row in grid.rows)

    return document(report, ".txt", (furniture(report) + compose(report, table)).encode(), TEXT)


@layout("text_commas")
def text_commas(report: Report, rng: Random) -> Document:
    """Exported with commas, fields with commas in quotes."""

    def table(grid: Grid) -> str:
        return "\n".join(",".join(f'"{t}"' if "," in t else t for t in row) for row in _squares(grid))

    return document(report, ".txt", (furniture(report) + compose(report, table)).encode(), TEXT)


@layout("text_drawn")
def text_drawn(report: Report, rng: Random) -> Document:
    """Drawn with strokes and crosses, the text of narrow cells on several lines."""
    corner, stroke, bar = rng.choice(("+-|", "┼─│"))

    def table(grid: Grid) -> str:
        rule = corner + f"{stroke * 12}{corner}" * grid.width
        lines = [rule.replace("┼", "├", 1)]
        for row in _squares(grid):
            deep = max(1, *(-(-len(text) // 10) for text in row))
            for n in range(deep):
                pieces = (f" {text[10 * n : 10 * n + 10]:10} " for text in row)
                lines.append(bar + bar.join(pieces) + bar)
            lines.append(lines[0])
        return "\n".join(lines)

    return document(report, ".txt", (furniture(report) + compose(report, table)).encode(), TEXT)


@layout("markdown_marked")
def markdown_marked(report: Report, rng: Random) -> Document:
    """Markdown with the marks of its converter: escapes, bold figures, ``&nbsp;`` for blanks, line breaks in labels."""

    def mark(text: str, *, figure: bool) -> str:
        if not text:
            return "&nbsp;"
        if figure:
            return f"**{text}**" if rng.random() < 0.3 else text
        return text.replace(".", "\\.").replace("(", "\\(").replace(")", "\\)").replace("/", "<br>")

    def table(grid: Grid) -> str:
        rows = [
            [
                mark("/".join(box.pieces), figure=bool(box.cell)) if box and starts else ""
                for box, starts in row
            ]
            for row in filled(grid.wrapped(rng))
        ]
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join([lines[0], "|" + ":---:|" * grid.width, *lines[1:]])

    text = f"# {report.title}\n\n" + furniture(report) + compose(report, table, indent="")
    return document(report, ".md", text.encode(), MARKDOWN)


@layout("pdf_watermark")
def pdf_watermark(report: Report, rng: Random) -> Document:
    """A watermark with figures across every page, aslant or pale."""
    angle, grey = rng.choice(((30, 0.8), (45, 0.3), (0, 0.8)))

    def begin(canvas: Canvas) -> None:
        for x in range(60, int(WIDTH), 170):
            for y in range(60, int(HEIGHT), 150):
                canvas.saveState()
                canvas.setFont(FONT, 12)
                canvas.setFillGray(grey)
                canvas.translate(x, y)
                canvas.rotate(angle)
                canvas.drawString(0, 0, f"仅供查阅 {report.year}")
                canvas.restoreState()

    return printed(report, 9.0, begin=begin)
