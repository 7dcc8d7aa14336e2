"""Rows of table 3 whose cells have slipped: spans that say too much or too little, with blanks among the figures."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import Reading
from tests.unit.extract.tables import FORM, random_table, rows_of

TABLE = random_table(Random(11), 30)
BLANK = {c for c, v in TABLE.items() if v == 0 and Random(c).random() < 0.7}


def _values(row: tuple[str, ...]) -> str:
    return "".join(f"<td>{'' if c in BLANK else TABLE[c]}</td>" for c in row)


def _read(label_of: dict[str, str], behind: str = "", head: str = "") -> Reading:
    """Table 3 with one label cell a row, three columns wide but for the rows in ``label_of``."""
    heads = "<td colspan=3>项目</td>" + "".join(f"<td>{c.label}</td>" for c in FORM.columns) + head
    rows = "".join(
        f"<tr>{label_of.get(row.key, f'<td colspan=3>{row.label}</td>').replace('LABEL', row.label)}"
        f"{_values(cells)}{behind}</tr>"
        for row, cells in zip(FORM.rows, rows_of(), strict=True)
    )
    page = f"<html><body><table><tr>{heads}</tr>{rows}</table></body></html>"
    return read_document(page.encode(), "a.html")


def _wrong(reading: Reading) -> list[str]:
    true = {c: None if c in BLANK else Decimal(v) for c, v in TABLE.items()}
    given = {
        c: reading.cells[c] for c in true if reading.cells[c].status in ("reported", "inferred", "blank")
    }
    return [c for c, r in given.items() if r.value != true[c]]


@pytest.mark.parametrize("wide", [1, 2, 4, 5])
def test_a_label_that_spans_too_little_or_too_much_moves_its_row_as_a_whole(wide: int) -> None:
    slipped = {row.key: f"<td colspan={wide}>LABEL</td>" for row in FORM.rows[4:12]}
    reading = _read(slipped)
    assert _wrong(reading) == []
    assert all(reading.cells[c].status in ("reported", "blank") for c in TABLE)


def test_a_narrow_label_with_empty_cells_behind_it_has_not_slipped() -> None:
    filled = {row.key: "<td>LABEL</td><td></td><td></td>" for row in FORM.rows[4:12]}
    reading = _read(filled)
    assert _wrong(reading) == []
    assert all(reading.cells[c].status in ("reported", "blank") for c in TABLE)


def test_a_row_with_a_cell_too_few_is_not_guessed() -> None:
    assert _wrong(_read({FORM.rows[6].key: "<td colspan=2>LABEL</td><td></td><td></td>"})) == []


def test_figures_beside_the_table_do_not_take_the_place_of_blanks() -> None:
    reading = _read({}, behind="<td></td><td>7</td>")
    assert _wrong(reading) == []
