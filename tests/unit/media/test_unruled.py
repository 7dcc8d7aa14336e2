"""PDF tables without rules, radicals in the text layer, and what stands beside a lost row."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest
from reportlab.pdfgen.canvas import Canvas

from expectations.forms import load_form
from gipa_pipeline.extract import reading as door
from gipa_pipeline.extract.media.document import Grid
from gipa_pipeline.extract.media.lattice import Glyph, Rule, lattices
from gipa_pipeline.extract.media.unruled import NOTE, TORN, cautious, grids_of, untorn
from gipa_pipeline.extract.media.word_grid import Known, Word, table_cells
from gipa_pipeline.extract.media.word_heads import block_grids
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.extract.tables.structure import known_words
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
    (grid,) = [g for g in grids_of(made.data, known_words()) if g.height > 10][:1]
    texts = {"".join(c.text for c in grid.row(n)[:1] if c): n for n in range(grid.height)}
    wrapped = next(t for t in texts if "逾期未按收费通知要求" in t)
    assert "缴纳费用" in wrapped
    assert wrapped.endswith("政府信息公开申请")


def test_what_cannot_be_opened_again_gives_no_second_opinion() -> None:
    assert grids_of(b"%PDF-1.4 nothing", known_words()) == []
    assert grids_of(b"", known_words()) == []


def test_disagreement_of_the_two_is_ambiguous(monkeypatch: pytest.MonkeyPatch) -> None:
    made = LAYOUTS["pdf_unruled"](make_report(Random(5), 2023, edition="2021"), Random(5))
    honest = door.grids_of
    twice = [
        c
        for c, r in read_document(made.data).cells.items()
        if c.endswith(".natural_person") and len(r.readers) == 2
    ]
    assert len(twice) > 20

    def shifted(data: bytes, known: Known, first: int = 0) -> object:
        grids = honest(data, known, first)
        for grid in grids:
            for cell in grid.cells:
                if cell.column == 1 and cell.text.isdigit() and grid.width == 8:
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


def _word(text: str, x: float, y: float, size: float = 9.0) -> Word:
    half = len(text) * size / 2
    return Word(text, x - half, x + half, y - size / 2, y + size / 2)


_MIDDLES = [300.0 + 40 * n for n in range(7)]


def _row(label: str, figures: list[str], y: float) -> list[Word]:
    return [_word(label, 200, y), *(_word(f, x, y) for f, x in zip(figures, _MIDDLES, strict=True) if f)]


def _texts(words: list[Word]) -> list[list[str]]:
    cells, _ = table_cells(words, 1, known_words())
    grid = Grid(cells)
    return [[c.text if c else "" for c in grid.row(n)] for n in range(grid.height)]


def test_an_empty_row_between_full_ones_keeps_its_label_and_no_figure() -> None:
    full = ["1", "0", "0", "0", "0", "0", "1"]
    words = (
        _row("（一）予以公开", full, 100)
        + _row("1.属于国家秘密", [""] * 7, 120)
        + _row("（七）总计", full, 140)
    )
    assert _texts(words) == [
        ["（一）予以公开", *full],
        ["1.属于国家秘密", *[""] * 7],
        ["（七）总计", *full],
    ]


def test_a_figure_keeps_its_column_when_others_are_blank() -> None:
    full = ["1", "0", "0", "0", "0", "0", "1"]
    words = _row("（一）予以公开", full, 100) + _row("（七）总计", ["", "4", "", "", "", "", "4"], 120)
    words += _row("四、结转下年度继续办理", full, 140)
    assert _texts(words)[1] == ["（七）总计", "", "4", "", "", "", "", "4"]


@pytest.mark.parametrize(("x", "y"), [(320.0, 120.0), (300.0, 128.5)])
def test_a_figure_without_a_sure_place_leaves_the_cell_open(x: float, y: float) -> None:
    full = ["1", "0", "0", "0", "0", "0", "1"]
    words = _row("（一）予以公开", full, 100) + _row("（七）总计", ["", *full[1:]], 120)
    words += [*_row("四、结转下年度继续办理", full, 160), _word("5", x, y)]
    assert _texts(words)[1][1].endswith("？")
    assert _texts(words)[1][2] == "0？"
    assert _texts(words)[1][3] == "0"


def test_figures_of_table_four_stand_below_their_headings() -> None:
    form = FORM.proceedings
    words = [_word("行政复议", 80, 100), _word("行政诉讼", 300, 100)]
    words += [_word(c.label, 60 + 40 * n, 120) for n, c in enumerate(form)]
    words += [_word("3", 60 + 40 * n, 140) for n in (0, 4)]
    (cells,) = block_grids(words, 1, known_words())
    figures = [c.text for c in cells if c.row == 1]
    assert figures == ["3", "", "", "", "3", *[""] * 10]
    assert block_grids([w for w in words if w.text != "尚未审结"], 1, known_words()) == []


# --- rules that were lost ------------------------------------------------------------------------------
def _grid(lost: set[tuple[str, int, int]], figures: dict[tuple[int, int], str]) -> Grid:
    """Three rows and columns of 20 points, without some strokes: which way, the rule's number, its piece."""
    at = [float(n) for n in (0, 20, 40, 60)]
    pieces = [(n, m, a, b) for n in range(4) for m, (a, b) in enumerate(pairwise(at))]
    level = [Rule(at[n], a, b) for n, m, a, b in pieces if ("level", n, m) not in lost]
    upright = [Rule(at[n], a, b) for n, m, a, b in pieces if ("upright", n, m) not in lost]
    glyphs = [
        Glyph(t, 20 * c + 8.0, 20 * r + 8.0, 20 * c + 12.0, 20 * r + 12.0) for (r, c), t in figures.items()
    ]
    ((lattice,), _) = lattices(level, upright, glyphs, 1)
    return lattice.grid


def test_a_cell_that_is_no_rectangle_has_lost_a_rule() -> None:
    figures = {(r, c): str(3 * r + c) for r in range(3) for c in range(3)}
    assert [c.torn for c in _grid(set(), figures).cells] == [()] * 9
    # A whole rule between two cells that is not there joins them: so are cells drawn that were merged.
    assert [c.torn for c in _grid({("upright", 1, 0)}, {(0, 0): "0"}).cells] == [()] * 8
    bent = _grid({("upright", 1, 0), ("level", 1, 1)}, figures)
    assert [c.torn for c in bent.cells if c.torn] == [(0, 1)]
    stacked = _grid({("level", 1, 1)}, figures)
    assert [c.torn for c in stacked.cells if c.torn] == [(0, 1)]


def test_beside_a_lost_rule_nothing_is_certain_that_one_reader_alone_found() -> None:
    figures = {(r, c): str(3 * r + c) for r in range(3) for c in range(3)}
    made = LAYOUTS["pdf"](make_report(Random(5), 2023, edition="2021"), Random(5))
    both = read_document(made.data).cells["t3.new.total"]
    assert both.readers == ("structure", "sequence")
    assert both.place is not None
    one = CellReading("reported", both.value, both.raw, (), None, ("sequence",))
    cells = {"t3.new.total": both, "t3.new.other": one}
    whole, torn = _grid(set(), figures), _grid({("level", 1, 1)}, figures)
    assert untorn([whole], cells) == cells
    torn.index = 7
    left = untorn([torn], cells)
    assert left["t3.new.total"] == both
    assert (left["t3.new.other"].status, left["t3.new.other"].candidates) == ("ambiguous", (both.value,))
    assert both.place.table is not None
    torn.index = both.place.table
    torn.cells[0].torn = (both.place.row or 0,)
    assert untorn([torn], cells)["t3.new.total"].note == TORN


@pytest.mark.parametrize("seed", range(6))
def test_a_pdf_that_lost_some_of_its_rules_gives_no_wrong_figure(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(seed)

    def rect(self: Canvas, x: float, y: float, width: float, height: float, **_: object) -> None:
        right, top = x + width, y + height
        for line in ((x, y, right, y), (x, top, right, top), (x, y, x, top), (right, y, right, top)):
            if chance.random() > (0.12, 0.45)[seed % 2]:
                self.line(*line)

    monkeypatch.setattr(Canvas, "rect", rect)
    report = make_report(Random(seed), 2023, edition="2021", size="town")
    blank = {c: None for c, v in report.cells.items() if v == 0 and not c.endswith(".total")}
    made = LAYOUTS["pdf"](report.with_cells(blank), Random(seed))
    read = read_document(made.data, prose=False).cells
    certain = {c: r.value for c, r in read.items() if r.status in ("reported", "inferred", "blank")}
    assert certain
    assert certain == {cell: made.report.cells[cell] for cell in certain}
