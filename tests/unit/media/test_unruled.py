"""PDF tables without rules, radicals in the text layer, and what stands beside a lost row."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from expectations.forms import load_form
from gipa_pipeline.extract import reading as door
from gipa_pipeline.extract.media.unruled import NOTE, cautious, grids_of
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import CellReading
from tests.generator import LAYOUTS, make_report

FORM = load_form("2021")


@pytest.mark.parametrize("layout", ["pdf_unruled", "pdf_radicals"])
@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_every_cell_is_read(layout: str, edition: str) -> None:
    for seed in range(3):
        made = LAYOUTS[layout](make_report(Random(seed), 2023, edition=edition), Random(seed))
        reading = read_document(made.data)
        assert {c: r.value for c, r in reading.cells.items()} == made.report.cells
        assert {r.status for r in reading.cells.values()} <= {"reported", "inferred"}


def test_two_libraries_agree_on_table_three_without_rules() -> None:
    made = LAYOUTS["pdf_unruled"](make_report(Random(5), 2023, edition="2021"), Random(5))
    cells = read_document(made.data).cells
    twice = [c for c, r in cells.items() if c.startswith("t3.") and len(r.readers) == 2]
    assert len(twice) >= 0.9 * len(FORM.table_cells("t3"))
    place = cells["t3.new.total"].place
    assert place is not None
    assert place.page is not None
    assert place.box is not None


def test_figures_between_the_halves_of_a_label_belong_to_it() -> None:
    made = LAYOUTS["pdf_unruled"](make_report(Random(5), 2023, edition="2021"), Random(5))
    (grid,) = [g for g in grids_of(made.data) if g.height > 10][:1]
    texts = {"".join(c.text for c in grid.row(n)[:1] if c): n for n in range(grid.height)}
    wrapped = next(t for t in texts if "逾期未按收费通知要求" in t)
    assert "缴纳费用" in wrapped
    assert wrapped.endswith("政府信息公开申请")


def test_what_cannot_be_opened_again_gives_no_second_opinion() -> None:
    assert grids_of(b"%PDF-1.4 nothing") == []
    assert grids_of(b"") == []


def test_disagreement_of_the_two_is_ambiguous(monkeypatch: pytest.MonkeyPatch) -> None:
    made = LAYOUTS["pdf_unruled"](make_report(Random(5), 2023, edition="2021"), Random(5))
    honest = door.grids_of
    twice = [
        c
        for c, r in read_document(made.data).cells.items()
        if c.endswith(".natural_person") and len(r.readers) == 2
    ]
    assert len(twice) > 20

    def shifted(data: bytes, first: int = 0) -> object:
        grids = honest(data, first)
        for grid in grids:
            for cell in grid.cells:
                if cell.column == 1:
                    cell.text = str(int(cell.text) + 1)
        return grids

    monkeypatch.setattr(door, "grids_of", shifted)
    cells = read_document(made.data).cells
    for cell in twice:
        assert cells[cell].status == "ambiguous"
        assert set(cells[cell].candidates) >= {made.report.cells[cell], made.report.cells[cell] + 1}


def test_rows_beside_a_lost_row_are_left_open() -> None:
    rows = [row.key for row in FORM.rows]
    cells = {
        cell: CellReading("missing" if f".{rows[5]}." in cell else "inferred", Decimal(1), "1")
        for cell in FORM.table_cells("t3")
    }
    out = cautious(FORM, cells)
    for n, row in enumerate(rows):
        cell = out[f"t3.{row}.total"]
        if n in (4, 6):
            assert (cell.status, cell.value, cell.candidates, cell.note) == ("ambiguous", None, (1,), NOTE)
        else:
            assert cell.status == ("missing" if n == 5 else "inferred")
