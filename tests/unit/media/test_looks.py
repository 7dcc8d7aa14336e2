"""What two looks at a cell are worth, and when the sums may decide."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from expectations.forms import load_form
from gipa_pipeline.extract.media import repair
from gipa_pipeline.extract.media.document import Document, Grid, GridCell
from gipa_pipeline.extract.media.looks import Look, candidates_of, is_sure, text_of
from gipa_pipeline.extract.media.ocr import Figure, Line
from gipa_pipeline.model import CellReading, Place

FORM = load_form("2021")
ROWS = [row.key for row in FORM.rows]
COLUMNS = [column.key for column in FORM.columns]


def look(page: str, *figures: tuple[str, float], alone: str | None = None, score: float = 0.99) -> Look:
    alone = page if alone is None else alone
    return Look(page, score, Line(alone, score), [Figure(t, p) for t, p in figures], ink=True)


@pytest.mark.parametrize(
    ("seen", "sure", "text"),
    [
        (look("12", ("12", 0.99)), True, "12"),
        (look("1,204", ("1204", 0.97)), True, "1204"),
        (look("O", ("0", 0.99), score=0.5), True, "0"),
        (look("12", ("17", 0.99)), False, "17"),
        (look("12", ("12", 0.70), ("17", 0.28)), False, "12"),
        (look("12", ("12", 0.99), score=0.2), False, "12"),
        (look("/", ("1", 0.8)), True, "/"),
        (look("/", ("1", 0.8), alone="1"), False, "/"),
        (look("22件", ("22", 0.6)), True, "22件"),
        (look("", ("8", 0.99), alone="8"), False, "8"),
        (replace(look("1", ("1", 0.99)), leans=True), False, "1"),
        (replace(look("7", ("7", 0.99)), leans=True), True, "7"),
        (look("一", ("-", 0.9), alone="—"), True, "—"),
        (look("一", ("1", 0.4), alone="7"), False, "—"),
        (Look(), True, ""),
        (Look("7", 0.9), False, "7"),
    ],
)
def test_two_looks_that_see_the_same_are_sure(seen: Look, sure: bool, text: str) -> None:
    assert is_sure(seen) is sure
    assert text_of(seen) == text


def test_candidates_come_from_every_look_and_likeliest_first() -> None:
    found = candidates_of(look("17", ("12", 0.9), ("72", 0.08), ("", 0.01), alone="12"))
    assert [c.text for c in found] == ["12", "17", "72"]
    assert found[0].cost == pytest.approx(0.105, abs=0.001)


def report(**changes: int) -> dict[str, int]:
    """Table 3 with 5 requests of citizens and 2 of companies, all answered; changes by cell without prefix."""
    cells = {f"t3.{row}.{column}": 0 for row in ROWS for column in COLUMNS}
    for row in ("new", "granted", "total"):
        cells |= {
            f"t3.{row}.natural_person": 5,
            f"t3.{row}.commercial_enterprise": 2,
            f"t3.{row}.total": 7,
        }
    assert set(changes) <= {c.removeprefix("t3.").replace(".", "__") for c in cells}
    return cells | {f"t3.{c.replace('__', '.')}": v for c, v in changes.items()}


def settled(printed: dict[str, int], doubts: dict[str, Look]) -> dict[str, CellReading]:
    """The cells after settling; all but the doubtful ones were clearly seen twice."""
    squares, cells = [], {}
    for row, key in enumerate(ROWS):
        for column, name in enumerate(COLUMNS):
            cell = f"t3.{key}.{name}"
            seen = doubts.get(cell) or look(str(printed[cell]), (str(printed[cell]), 0.9999))
            squares.append(GridCell(text_of(seen), row, column, node=seen))
            place = Place("scan", table=0, row=row, column=column)
            value = Decimal(text_of(seen)) if text_of(seen) else None
            cells[cell] = CellReading("reported", value, text_of(seen), place=place, readers=("structure",))
    document = Document("scan", "", [Grid(squares)])
    out, _ = repair.settle(document, FORM, cells, [], cells)
    return out


def test_a_figure_seen_twice_is_reported_by_two() -> None:
    cell = settled(report(), {})["t3.new.natural_person"]
    assert (cell.status, cell.value, cell.readers) == ("reported", 5, repair.TWO)


def test_a_doubtful_figure_follows_from_two_sums_when_it_was_nearly_seen() -> None:
    doubt = look("8", ("6", 0.55), ("5", 0.40), score=0.6)
    cell = settled(report(), {"t3.new.natural_person": doubt})["t3.new.natural_person"]
    assert (cell.status, cell.value, cell.readers) == ("inferred", 5, repair.ONE)
    assert cell.candidates[:2] == (6, 5)
    assert cell.note == "page '8', cell '6'"


def test_a_doubtful_figure_that_no_look_saw_stays_open() -> None:
    doubt = look("8", ("6", 0.7), ("9", 0.2), score=0.6)
    cell = settled(report(), {"t3.new.natural_person": doubt})["t3.new.natural_person"]
    assert (cell.status, cell.value) == ("ambiguous", None)
    assert set(cell.candidates) == {6, 9, 8}


def test_two_doubtful_figures_that_may_change_together_stay_open() -> None:
    # 5+2 or 6+1: both keep the row's sum; the columns' sums cannot tell because the totals are doubtful too.
    doubts = {
        f"t3.{row}.{column}": look(str(value), (str(value), 0.5), (str(value + step), 0.4), score=0.5)
        for row in ("new", "granted", "total")
        for column, value, step in (("natural_person", 5, 1), ("commercial_enterprise", 2, -1))
    }
    out = settled(report(), doubts)
    assert {out[cell].status for cell in doubts} == {"ambiguous"}


def test_the_units_own_error_is_read_as_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Third:
        def looks(self, crops: list[str]) -> list[tuple[Line, list[Figure]]]:
            return [(Line(text, 1.0), [Figure(text, 1.0)]) for text in crops]

    wrong = report(new__total=9)
    monkeypatch.setattr(repair.ocr, "recogniser", Third)
    monkeypatch.setattr(repair.picture, "sharpened", lambda crop: crop)
    doubts = {}
    for cell, value in wrong.items():
        doubts[cell] = replace(look(str(value), (str(value), 0.9999)), crop=str(value))
    cell = settled(wrong, doubts)["t3.new.total"]
    assert (cell.status, cell.value, cell.readers) == ("reported", 9, repair.TWO)


def test_a_figure_of_a_broken_sum_that_a_third_look_does_not_bear_out_is_not_held_against_the_unit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Third:
        def looks(self, crops: list[str]) -> list[tuple[Line, list[Figure]]]:
            return [(Line(text, 1.0), [Figure("7" if text == "9" else text, 0.9)]) for text in crops]

    wrong = report(new__total=9)
    monkeypatch.setattr(repair.ocr, "recogniser", Third)
    monkeypatch.setattr(repair.picture, "sharpened", lambda crop: crop)
    doubts = {c: replace(look(str(v), (str(v), 0.9999)), crop=str(v)) for c, v in wrong.items()}
    cell = settled(wrong, doubts)["t3.new.total"]
    assert cell.status in ("ambiguous", "inferred")
    assert cell.readers == repair.ONE
    assert 9 in cell.candidates


def test_what_was_not_looked_at_is_neither_blank_nor_reported() -> None:
    cells = {
        "t2.regulations.issued": CellReading("blank", raw="", readers=("sequence",)),
        "t2.regulations.repealed": CellReading("reported", Decimal(3), "3", readers=("sequence",)),
    }
    out, _ = repair.settle(Document("scan", ""), FORM, cells, [], {})
    assert out["t2.regulations.issued"].status == "unreadable"
    assert (out["t2.regulations.repealed"].status, out["t2.regulations.repealed"].candidates) == (
        "ambiguous",
        (3,),
    )
