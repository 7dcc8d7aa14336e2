"""Much white space, or many marks, between a row's label and what follows take no longer than their length."""

from __future__ import annotations

from random import Random

import pytest

from gipa_pipeline.extract.reading import read_document
from tests.generator import LAYOUTS, make_report

CELL, NEXT = "t2.licensing.decisions", "t2.penalties.decisions"


@pytest.mark.parametrize("much", ["\n" * 400_000, " \n" * 200_000, "#" * 400_000, "()" * 200_000])
def test_rows_far_apart_are_read(much: str) -> None:
    report = make_report(Random(3), 2023, edition="2021")
    text = LAYOUTS["text_bar_rows"](report, Random(3)).data.decode()
    end = text.index("\n", text.index("行政许可")) + 1
    reading = read_document(f"{text[:end]}{much}\n甲行政许可 3\n{text[end:]}".encode(), prose=False)
    assert reading.cells[NEXT].value == report.cells[NEXT]
    assert reading.cells[CELL].value in (report.cells[CELL], None)
