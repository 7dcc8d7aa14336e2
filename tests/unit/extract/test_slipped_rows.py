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


def _two_rows(first: str, second: str) -> str:
    """Table 3 with two lines a row: this year's figures, and those of the year before (all 3)."""
    heads = "<td colspan=2>项目</td>" + "".join(f"<td>{c.label}</td>" for c in FORM.columns)
    rows = []
    for row, cells in zip(FORM.rows, rows_of(), strict=True):
        lines = {
            name: _values(cells) if name in ("本年", "2023年") else "<td>3</td>" * 7
            for name in (first, second)
        }
        rows.append(f"<tr><td rowspan=2>{row.label}</td><td>{first}</td>{lines[first]}</tr>")
        rows.append(f"<tr><td>{second}</td>{lines[second]}</tr>")
    return f"<html><body><table><tr>{heads}</tr>{''.join(rows)}</table></body></html>"


@pytest.mark.parametrize(
    "names", [("本年", "上年"), ("上年", "本年"), ("2022年", "2023年"), ("2023年", "2022年")]
)
def test_last_years_line_under_the_same_label_is_never_this_years(names: tuple[str, str]) -> None:
    assert _wrong(read_document(_two_rows(*names).encode(), "a.html")) == []


def test_serial_numbers_before_the_labels_are_no_figures_where_blanks_are() -> None:
    rows = "".join(
        f"<tr><td>{n}</td><td>{row.label}</td>{_values(cells)}</tr>"
        for n, (row, cells) in enumerate(zip(FORM.rows, rows_of(), strict=True), start=1)
    )
    reading = read_document(f"<html><body><table>{rows}</table></body></html>".encode(), "a.html")
    assert _wrong(reading) == []


def test_a_column_more_among_the_forms_is_passed_over_in_every_row() -> None:
    heads = [c.label for c in FORM.columns]
    heads.insert(2, "个体工商户")
    lines = []
    for n, (row, cells) in enumerate(zip(FORM.rows, rows_of(), strict=True)):
        texts = [str(TABLE[c]) for c in cells]
        texts.insert(2, "" if n % 2 else "4")
        lines.append(f"<tr><td>{row.label}</td>" + "".join(f"<td>{t}</td>" for t in texts) + "</tr>")
    page = f"<table><tr><td>项目</td>{''.join(f'<td>{h}</td>' for h in heads)}</tr>{''.join(lines)}</table>"
    reading = read_document(f"<html><body>{page}</body></html>".encode(), "a.html")
    assert {c: reading.cells[c].value for c in TABLE} == TABLE


def test_the_name_of_a_group_is_not_taken_for_a_row_that_is_not_there() -> None:
    rows = "".join(
        f"<tr><td>{row.group or ''}</td><td>{row.label}</td>{_values(cells)}</tr>"
        for row, cells in zip(FORM.rows, rows_of(), strict=True)
        if row.key != "granted"
    )
    reading = read_document(f"<html><body><table>{rows}</table></body></html>".encode(), "a.html")
    assert all(reading.cells[c].status == "missing" for c in TABLE if c.startswith("t3.granted."))
