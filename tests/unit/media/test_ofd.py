"""OFD: a report's PDF pages written anew in the national format, and files that are damaged."""

from __future__ import annotations

from random import Random

import pypdfium2
import pytest

from gipa_pipeline.extract.media.ofd import _deltas
from gipa_pipeline.extract.media.pdf import _glyphs, _rules
from gipa_pipeline.extract.reading import read_document
from tests.generator import make_report
from tests.generator.layouts.package import packed
from tests.generator.layouts.pdf import pdf

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
        height = book[n].get_height()
        texts = [
            f'<ofd:TextObject Boundary="{g.left * MM:.3f} {g.top * MM:.3f} 9 9" Size="{(g.bottom - g.top) * MM:.3f}">'
            f'<ofd:TextCode X="0" Y="{(g.bottom - g.top) * 0.85 * MM:.3f}">{"&lt;" if g.text == "<" else g.text}</ofd:TextCode></ofd:TextObject>'
            for g in _glyphs(book[n], height)
        ]
        horizontal, vertical = _rules(book[n], height)
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
    return packed({name: text.encode() for name, text in parts.items()})


def test_every_cell_is_read() -> None:
    made = pdf(make_report(Random(6), 2023, edition="2021"), Random(1))
    reading = read_document(whole(as_ofd(made.data)), "report.ofd")
    assert (reading.medium, reading.state, reading.title) == ("ofd", "read", made.report.title)
    assert {c: r.value for c, r in reading.cells.items()} == made.report.cells
    place = reading.cells["t3.new.total"].place
    assert place is not None
    assert (place.reader, place.box is not None) == ("ofd", True)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"Doc_0/Document.xml": '<D><Page BaseLoc="gone.xml"/></D>'}, "broken"),
        ({"OFD.xml": "no xml"}, "broken"),
        ({"Doc_0/Document.xml": "<D/>"}, "needs_converter"),
    ],
)
def test_a_damaged_file_is_told(change: dict[str, str], kind: str) -> None:
    parts = {"OFD.xml": "<O><DocRoot>Doc_0/Document.xml</DocRoot></O>", "Doc_0/Document.xml": "<D/>"} | change
    reading = read_document(whole(parts), "report.ofd")
    assert reading.error is not None
    assert reading.error[0] == kind


def test_repeated_steps_are_spelled_out() -> None:
    assert _deltas("g 3 4.2 5 g 2 1") == [4.2, 4.2, 4.2, 5.0, 1.0, 1.0]
    assert _deltas(None) == []
