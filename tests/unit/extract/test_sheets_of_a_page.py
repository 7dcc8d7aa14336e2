"""A page's own style sheets: what they hide by place, by attribute or by part of a path is no figure."""

from __future__ import annotations

import pytest

from gipa_pipeline.extract.media.html import read_html
from gipa_pipeline.extract.media.html_drawn import DRAWN


def _cell(sheet: str, inside: str) -> str:
    page = f'<html><head><style>{sheet}</style></head><body><table class="t"><tr><td>甲</td><td>{inside}</td></tr></table></body></html>'
    return read_html(page.encode()).grids[0].cells[1].text


OLD = '<span class="o" data-old="1">9</span><b class="n">3</b>'


@pytest.mark.parametrize(
    ("sheet", "inside", "seen"),
    [
        (".t td .o{visibility:hidden}", OLD, "3"),
        ("td > span:first-child{display:none}", OLD, "3"),
        ("[data-old]{display:none}", OLD, "3"),
        ("td span:not(.n){display:none}", OLD, "3"),
        (".o + .n{display:none}", OLD, "9"),
        (".o{text-decoration:line-through}", '<span class="o"><b><i>9</i></b></span>3', "3"),
        (".o{vertical-align:super}", '3<span class="o"><b>2</b></span>', "3²"),
        ("@media screen{.o{display:none}}", OLD, "3"),
        ("@media print{.n{display:none}}", '<b class="n">3</b>', "3"),
        ("@media (max-width:768px){.n{visibility:hidden}}", '<b class="n">3</b>', "3"),
        ("/* .n{visibility:hidden} */ .m{color:red}", '<b class="n">3</b>', "3"),
        (".n:hover{visibility:hidden}", '<b class="n">3</b>', "3"),
        (".n{display:none} b.n{display:inline}", '<b class="n">3</b>', "3"),
        (":root{--w:#fff} .o{color:var(--w)}", '<span class="o">9</span>3', "3"),
        # What a rule means that is not understood, or contradicted by another, is not known.
        (".o:nth-child(2n+1){visibility:hidden}", OLD, f"{DRAWN}3"),
        (".o{visibility:hidden} td .o{visibility:visible}", OLD, f"{DRAWN}3"),
    ],
)
def test_what_a_sheet_leaves_of_a_cell(sheet: str, inside: str, seen: str) -> None:
    assert _cell(sheet, inside) == seen


@pytest.mark.parametrize(
    ("sheet", "column"),
    [
        (".t td:nth-child(2){display:none}", ""),
        (".t tr > td:nth-last-child(2){display:none}", ""),
        ("", "<col><col style='visibility:collapse'>"),
    ],
)
def test_a_column_hidden_by_its_place_has_no_cells(sheet: str, column: str) -> None:
    page = (
        f"<html><head><style>{sheet}</style></head><body><table class=t>{column}"
        "<tr><td>甲</td><td>9</td><td>3</td></tr></table></body></html>"
    )
    document = read_html(page.encode())
    assert [cell.text for cell in document.grids[0].cells] == ["甲", "3"]
    assert "9" not in document.text


def test_the_figures_of_a_column_that_some_browsers_hide_are_not_known() -> None:
    page = "<table><col><col style='display:none'><tr><td>甲</td><td>9</td><td>3</td></tr></table>"
    assert [cell.text for cell in read_html(page.encode()).grids[0].cells] == ["甲", DRAWN, "3"]
