"""A page's style sheets are taken apart in one go, and no way of writing them takes more than their length."""

from __future__ import annotations

import pytest

from gipa_pipeline.extract.media.html import read_html
from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.style_sheets import sheets_of, without_comments
from gipa_pipeline.extract.reading import read_document

MUCH = 390_000
"""Characters of a hostile sheet: nearly all that is looked at."""


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("a{b:C}", [("a", "b:c")]),
        ("a{b} c , d{e;f}", [("a", "b"), (" c , d", "e;f")]),
        ("/* a{b} */c{d}", [("c", "d")]),
        ("c{d} /* a{b}", [("c", "d"), (" /* a", "b")]),
        ("@import 'x.css';@charset 'x';a{b}", [("a", "b")]),
        ("@media screen{a{b}}c{d}", [("a", "b"), ("c", "d")]),
        ("@media print{a{b}}c{d}", [("c", "d")]),
        ("@media (max-width:9px){a{b}}@font-face{e:f}c{d}", [("c", "d")]),
        ("@supports (x:y){@media screen{a{b}}c{d}}e{f}", [("c", "d"), ("e", "f")]),
        ("a{b{c}d}e{f}", [("b", "c"), ("e", "f")]),
        ("}}a{b}", [("a", "b")]),
        ("{b}a{c", []),
        ("", []),
    ],
)
def test_the_rules_that_hold_at_a_desk(text: str, rules: list[tuple[str, str]]) -> None:
    assert [(r.selectors, r.body) for r in sheets_of([text]).rules] == rules


def test_the_rules_of_all_sheets_stand_in_their_order() -> None:
    sheets = sheets_of(["a{b}", "@media print{", "c{d}"])
    assert [r.selectors for r in sheets.rules] == ["a", "c"]
    assert sheets.whole


@pytest.mark.parametrize("text", ["a{b}" + " " * 400_000, "a{b}" * 60_001, ",".join(["a"] * 60_001) + "{b}"])
def test_sheets_without_measure_are_not_whole(text: str) -> None:
    assert not sheets_of([text[:400_001]]).whole


def test_a_comment_that_is_never_closed_stays() -> None:
    assert without_comments("a/*b*/c/*d") == "ac/*d"
    assert without_comments("/* " * 200_000) == "/* " * 200_000


_CELL = "<b class='o'>9</b>3"


@pytest.mark.parametrize(
    ("sheet", "seen"),
    [
        (".o{color:#fff}", "3"),
        ("/* grey */.o{color:#fff}", "3"),
        ("@media screen{.o{color:#fff}}", "3"),
        ("@media print{.o{color:#fff}}", "93"),
        ("@media print{:root{--w:#fff}} :root{--w:#000} .o{color:var(--w)}", "93"),
    ],
)
def test_colours_that_hold_at_a_desk(sheet: str, seen: str) -> None:
    page = f"<style>{sheet}</style><table><tr><td>甲</td><td>{_CELL}</td></tr></table>"
    assert read_html(page.encode()).grids[0].cells[1].text == seen


def _times(piece: str) -> str:
    return piece * (MUCH // len(piece))


@pytest.mark.parametrize(
    "sheet",
    [
        _times("a"),
        _times("a "),
        _times("@"),
        _times("@a{b{}"),
        "@layer x{" + _times("@"),
        _times("/*"),
        _times("--a"),
        _times("{"),
        _times(".a,") + "b{display:block}",
        "a{display:none" + _times(" ") + "x}",
        "a{color:" + _times("a ") + "}",
        "a{background:" + _times("a ") + "}",
        "a{" + _times("text-decoration") + ":x}",
        "a{clip-path:polygon(" + _times("0 ") + "x)}",
        "a{transform:" + _times("translate(") + "}",
        ":root{--a:" + "x" * (MUCH // 2) + "}a{color:" + "var(--a)" * (MUCH // 16) + "}",
        "a" + _times(" [") + "{display:none}",
    ],
    ids=lambda sheet: sheet[:24],
)
def test_a_hostile_sheet_costs_no_more_than_its_length(sheet: str) -> None:
    page = f"<style>color none {sheet}</style><style>.o{{color:#fff}}</style><table><tr><td>甲</td><td>{_CELL}</td></tr></table>"
    # Never the 93 that a reader without styles gives.
    assert read_html(page.encode()).grids[0].cells[1].text in ("3", f"{DRAWN}3")


def test_a_style_without_measure_may_hide_its_figure() -> None:
    def seen(style: str) -> str:
        page = f"<table><tr><td>甲</td><td><b style='{style}'>9</b></td></tr></table>"
        return read_html(page.encode()).grids[0].cells[1].text

    picture = "background:url(data:image/png;base64," + "A" * 90_000 + ")"
    assert seen("clip-path:polygon(" + "0 " * 1500 + "0)") == ""
    assert seen(picture) == "9"
    assert seen(f"{picture};display:none") == ""
    assert seen("text-decoration" * 100_000) == DRAWN


def test_twenty_thousand_rules_over_fifty_thousand_cells() -> None:
    sheet = "".join(f"td b{{left:-9999px;top:{n}px}}.c{n}{{display:none}}" for n in range(1_000))
    rows = "<tr><td>甲<td><b class=o>1</b></tr>" * 25_000
    reading = read_document(f"<html>{f'<style>{sheet}</style>' * 10}<table>{rows}</table>".encode())
    assert reading.error is not None
    assert reading.error[0] == "too_large"


def test_colours_are_asked_once_however_deep_a_page_nests() -> None:
    inner = "<b style='color:#fff'>9</b>" * 20_000
    page = f"<table><tr><td>甲</td><td>{'<font color=red>' * 1500}{inner}"
    cell = read_html(page.encode()).grids[0].cells[1]
    assert set(cell.text) == {DRAWN}


def test_a_style_on_each_of_many_elements() -> None:
    styled = "<p class=a style='display:none' hidden>8</p>" * 90_000
    page = f"<html><style>.a{{display:none}}</style>{styled}<table><tr><td>甲</td><td>3</td></tr></table>"
    document = read_html(page.encode(), whole=False)
    assert document.grids[0].cells[1].text == "3"
    assert "8" not in document.text


def test_cells_in_cells_with_figures() -> None:
    page = "<table><tr><td>甲<td>1" * 500 + "<b></b>" * 140_000
    cells = [grid.cells[1].text for grid in read_html(page.encode()).grids]
    assert len(cells) == 500
    # More stands in them than a figure's cell holds.
    assert set(cells) == {DRAWN}
