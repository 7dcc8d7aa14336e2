"""A slice of ``python -m tests.gold.mutate``, and the proof of what it counts on: distance four (码距)."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations, product
from random import Random

import pytest

from expectations.forms import load_form
from gipa_pipeline.extract.reading import read_document
from tests.generator import make_report
from tests.gold.mutants import YEAR, broken, generated, other_figures
from tests.gold.mutate import tally


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_fewer_than_four_changed_cells_always_break_a_sum(edition: str) -> None:
    form = load_form(edition)
    cells = form.table_cells("t3")
    rows = {i.name: set(i.cells) for i in form.identities if i.rule == "R01"}
    columns = {i.name: set(i.cells) for i in form.identities if i.rule in ("K01", "K02")}
    for cell in cells:
        # Every cell stands in one row's sum, in which only its row stands, and in a column's sum at least.
        (name,) = [n for n, of in rows.items() if cell in of]
        assert {c.rpartition(".")[0] for c in rows[name]} == {cell.rpartition(".")[0]}
        assert any(cell in of for of in columns.values())
    for of in rows.values():
        # No two cells of a row stand in one column's sum.
        assert not any({a, b} <= column for a, b in combinations(of, 2) for column in columns.values())
    # A changed cell alone in its row breaks that row's sum. Of two or three changed cells that leave all row sums
    # true none is alone in its row, so all stand in one row, and each is alone in its column's sums: they break.


def test_four_corners_can_leave_every_sum_true() -> None:
    report = make_report(Random(1), YEAR)
    corners = product(("granted", "partial"), ("natural_person", "other"))
    steps = dict(zip((f"t3.{r}.{c}" for r, c in corners), (1, -1, -1, 1), strict=True))
    changed = {**report.cells, **{c: (report.cells[c] or Decimal(0)) + s for c, s in steps.items()}}
    assert broken("2021", report.cells) == broken("2021", changed) == ()
    assert broken("2021", {**report.cells, "t3.granted.other": Decimal(99)}) == (
        "R01:granted",
        "K02:other",
    )


def test_other_figures_are_other_figures() -> None:
    made = other_figures(Decimal(10))
    assert made == {
        "one more": 11,
        "left blank": None,
        "one less": 9,
        "tenfold": 100,
        "another digit": 50,
        "digit dropped": 0,
    }
    assert other_figures(None) == {"blank filled": 3}
    assert set(other_figures(Decimal(0))) == {"one more", "left blank", "another digit"}


@pytest.mark.parametrize("layout", ["html", "text_tabs", "markdown_damaged", "page_own_measures"])
def test_every_change_is_found_and_its_cell_is_named(layout: str) -> None:
    fixture = generated(layout, layout, make_report(Random(f"{layout}/7"), YEAR), "7")
    score = tally(fixture, seed=3, share=0.04, several=2)
    assert (score.wrong, score.missed, score.astray) == ([], [], [])
    assert score.changed == score.found == score.exact + score.among > 15
    assert score.several == score.several_found > 10


def test_a_blank_beside_a_column_of_the_units_own_moves_no_figure() -> None:
    for seed in range(4):
        fixture = generated("own", "page_own_measures", make_report(Random(f"own/{seed}"), YEAR), f"{seed}")
        cell = "t3.denied_third_party.natural_person"
        name, data = fixture.made({cell: None})
        row = {
            c: (r.status, r.value)
            for c, r in read_document(data, name, prose=False).cells.items()
            if c.startswith("t3.denied_third_party.")
        }
        assert row == {c: ("blank", None) if c == cell else ("reported", fixture.cells[c]) for c in row}
