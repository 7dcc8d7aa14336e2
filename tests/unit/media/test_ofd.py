"""OFD: a report's PDF pages written anew in the national format, and files that are damaged."""

from __future__ import annotations

from random import Random

import pytest

from gipa_pipeline.extract.media.ofd import _deltas
from gipa_pipeline.extract.reading import read_document
from tests.generator import make_report
from tests.generator.layouts.ofd import as_ofd, whole
from tests.generator.layouts.pdf import pdf


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
