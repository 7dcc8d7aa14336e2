"""Reports in the national format of fixed pages: a report's printed PDF written anew (版式文档)."""

from __future__ import annotations

from random import Random

import pypdfium2

from gipa_pipeline.extract.media.pdf import _glyphs, _rules
from gipa_pipeline.extract.media.upright import view_of
from tests.generator.layouts.base import Document, document, layout
from tests.generator.layouts.package import packed
from tests.generator.layouts.pdf import pdf
from tests.generator.truth import Report

MM = 25.4 / 72


def as_ofd(data: bytes) -> dict[str, str]:
    """The pages of a PDF as the parts of an OFD file: a text object a character, a path a rule."""
    book = pypdfium2.PdfDocument(data)
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    parts = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    }
    pages = []
    for n in range(len(book)):
        page = book[n]
        text = page.get_textpage()
        view = view_of(page, text)
        texts = [
            f'<ofd:TextObject Boundary="{g.left * MM:.3f} {g.top * MM:.3f} 9 9" Size="{(g.bottom - g.top) * MM:.3f}">'
            f'<ofd:TextCode X="0" Y="{(g.bottom - g.top) * 0.85 * MM:.3f}">{"&lt;" if g.text == "<" else g.text}</ofd:TextCode></ofd:TextObject>'
            for g in _glyphs(text, view)
        ]
        horizontal, vertical, _ = _rules(page, view)
        lines = [(r.start, r.at, r.end, r.at) for r in horizontal] + [
            (r.at, r.start, r.at, r.end) for r in vertical
        ]
        paths = [
            f'<ofd:PathObject Boundary="0 0 210 297"><ofd:AbbreviatedData>M {a * MM:.3f} {b * MM:.3f} L {c * MM:.3f} {d * MM:.3f}'
            "</ofd:AbbreviatedData></ofd:PathObject>"
            for a, b, c, d in lines
        ]
        parts[f"Doc_0/Pages/Page_{n}/Content.xml"] = (
            f"<ofd:Page {space}><ofd:Content><ofd:Layer>{''.join(texts + paths)}</ofd:Layer></ofd:Content></ofd:Page>"
        )
        pages.append(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>')
    parts["Doc_0/Document.xml"] = (
        f"<ofd:Document {space}><ofd:Pages>{''.join(pages)}</ofd:Pages></ofd:Document>"
    )
    return parts


def whole(parts: dict[str, str]) -> bytes:
    """The parts as one file."""
    return packed({name: text.encode() for name, text in parts.items()})


@layout("ofd", slow=True)
def ofd(report: Report, rng: Random) -> Document:
    """A text object a character and a path a rule."""
    made = whole(as_ofd(pdf(report, rng).data))
    return document(report, ".ofd", made, "application/ofd", unstated=frozenset({"index_number"}))
