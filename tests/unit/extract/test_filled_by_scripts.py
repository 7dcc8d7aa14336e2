"""Cells that a page's scripts fill: neither blanks nor the 0 that stands there until the script has run."""

from __future__ import annotations

import pytest

from gipa_pipeline.extract.media.html import read_html
from gipa_pipeline.extract.media.html_drawn import DRAWN


def _cell(cell: str, script: str = "") -> str:
    page = f"<html><body><table><tr><td>甲</td>{cell}</tr></table><script>{script}</script></body></html>"
    return read_html(page.encode()).grids[0].cells[1].text


@pytest.mark.parametrize(
    ("cell", "script"),
    [
        ('<td id="n1"></td>', 'document.getElementById("n1").innerText = 12;'),
        ('<td id="n1">0</td>', "fill('#n1', 12)"),
        ('<td><span id="n1">--</span></td>', "$('#n1').html(12)"),
        ('<td class="right n1"></td>', "$('.n1').text('12')"),
        ('<td data-field="n1"></td>', 'show({"n1": 12})'),
        ('<td v-text="row.n1">0</td>', ""),
        ('<td th:text="${row.n1}">35</td>', ""),
        ('<td><i ng-bind="row.n1"></i></td>', ""),
        ('<td data-value="12"></td>', ""),
        ('<td data-value="12">0</td>', ""),
        ('<td><em data-count="">0</em></td>', ""),
        ("<td>加载中…</td>", ""),
        ("<td><span>Loading...</span></td>", ""),
    ],
)
def test_a_figure_that_a_script_puts_in_is_not_known(cell: str, script: str) -> None:
    assert _cell(cell, script) == DRAWN


@pytest.mark.parametrize(
    ("cell", "script", "seen"),
    [
        ('<td id="n1">12</td>', "mark('n1')", "12"),
        ('<td id="n2"></td>', "mark('n1')", ""),
        ('<td class="n1">0</td>', "$('.n1').hover(light)", "0"),
        ('<td class="ng-binding" ng-bind="row.n1">0</td>', "", "0"),
        ('<td data-value="0">0</td>', "", "0"),
        ('<td data-value=""></td>', "", ""),
        ("<td>-</td>", "var s = '-';", "-"),
    ],
)
def test_what_no_script_touches_is_read_as_it_stands(cell: str, script: str, seen: str) -> None:
    assert _cell(cell, script) == seen
