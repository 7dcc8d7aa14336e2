"""Pages with more than the report's tables: hidden copies, annexes, other years, other editions, other units."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest

from gipa_pipeline.extract.media.html import read_html
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import Reading
from tests.generator import LAYOUTS, make_report
from tests.generator.grids import Grid, tables
from tests.generator.layouts.base import full
from tests.generator.layouts.html import article, plain_paragraph, plain_table
from tests.generator.produce import with_fault
from tests.generator.truth import Report
from tests.unit.extract.tables import FORM, page, random_table, rows_of

TABLE = random_table(Random(5), 30)
IDS = FORM.table_cells("t3")


def _read(text: str) -> Reading:
    return read_document(text.encode(), "a.html")


def _page(report: Report, table: Callable[[Grid], str], *, before: str = "", behind: str = "") -> Reading:
    body = before + article(report, plain_paragraph, table) + behind
    return _read(f"<html><head><title>{report.title}</title></head><body>{body}</body></html>")


def _wrong(reading: Reading, report: Report) -> list[str]:
    """Cells that are given with another value than the report's."""
    given = {c: r.value for c, r in reading.cells.items() if r.value is not None}
    return [c for c, value in given.items() if report.cells.get(c) != value]


def _values(reading: Reading) -> dict[str, Decimal | None]:
    return {c: reading.cells[c].value for c in IDS}


# --- what a visitor does not see -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("inside", "seen"),
    [
        ("<del>12</del>15", "15"),
        ("<s>1</s> 15", "15"),
        ('<span style="text-decoration:line-through">3</span>15', "15"),
        ("15<sup>2</sup>", "15²"),
        ('15<span style="vertical-align: super">2</span>', "15²"),
        ('<span style="visibility:hidden">9</span>15', "15"),
        ('<b hidden>9</b>15<i style="font-size:0px">4</i>', "15"),
        ('<span style="mso-hide:all">9</span>15', "15"),
        ('<i style="position:absolute;clip:rect(0 0 0 0)">9</i>15', "15"),
        ('<i style="display:inline-block;width:0;overflow:hidden">9</i>15', "15"),
        ('<i style="transform:scale(0)">9</i>15<i style="opacity:.02">9</i>', "15"),
        ("<dialog>9</dialog>15<canvas>9</canvas>", "15"),
        ('<span class="sr-only">9</span>15', "15"),
        # What only looks hidden is not: a size for the spaces between, a block that is shown.
        ('<span style="font-size:0"><b style="font-size:14px">15</b></span>', "15"),
        ('<span style="display:block">15</span>', "15"),
        ('<div style="line-height:0;min-width:0;overflow:hidden">15</div>', "15"),
        ('<i style="transform:scale(0.9);opacity:0.6">15</i>', "15"),
        ("<ins>15</ins>", "15"),
    ],
)
def test_only_what_is_seen_is_a_cells_text(inside: str, seen: str) -> None:
    (grid,) = read_html(f"<table><tr><td>a<td>{inside}</table>".encode()).grids
    assert grid.cells[1].text == seen


@pytest.mark.parametrize(
    ("sheet", "hidden"),
    [
        (".m{display:none}", True),
        ("div.x .m , p{color:red;display : none !important}", True),
        ("#i{display:none}", True),
        (".m{display:none}.m.on{display:block}", False),
        (".m{display:none}.m:target{display:block}", False),
        (".y .m{display:none}", False),
        ("@media print{.m{display:none}}", False),
        ("/* .m{display:none} */", False),
        (".m{display:none}.m{display:block}", False),
    ],
)
def test_a_copy_hidden_by_the_pages_own_sheet_is_not_read(sheet: str, hidden: bool) -> None:
    other = random_table(Random(6), 30)
    old = page(other).replace("<html><body>", "").replace("</body></html>", "")
    copy = f'<div class="x"><div class="m on" id="i">{old}</div></div>'
    reading = _read(page(TABLE, head=f"<style>{sheet}</style>{copy}"))
    if hidden:
        assert _values(reading) == TABLE
    else:
        differing = {c for c in IDS if TABLE[c] != other[c]}
        assert {c for c in IDS if reading.cells[c].status == "ambiguous"} == differing
        assert reading.cells["t3.total.total"].candidates == (
            other["t3.total.total"],
            TABLE["t3.total.total"],
        )
        assert [n.cells for n in reading.notes if n.kind == "readers_disagree"]


def test_a_hidden_table_that_is_the_only_one_is_read() -> None:
    tab = (
        page(TABLE)
        .replace("<table>", '<div style="display:none"><table>')
        .replace("</table>", "</table></div>")
    )
    assert _values(_read(tab)) == TABLE


# --- several tables 3 ----------------------------------------------------------------------------------
def test_the_same_table_twice_is_one_table() -> None:
    reading = _page(make_report(Random(2), 2023), lambda g: plain_table(g) * 2)
    assert not _wrong(reading, make_report(Random(2), 2023))
    assert all(c.status in ("reported", "blank") for c in reading.cells.values())


def test_departments_before_their_sum() -> None:
    parts = [make_report(Random(n), 2023, size="department") for n in (1, 2)]
    whole = parts[0].with_cells(
        {c: (parts[0].cells[c] or 0) + (parts[1].cells[c] or 0) for c in IDS},
    )
    apart = "".join(f"<p>第{n}支队</p>{plain_table(tables(p)[3].map(full))}" for n, p in enumerate(parts))
    reading = _page(whole, lambda g: apart + plain_table(g) if g.width == 10 else plain_table(g))
    assert _values(reading) == {c: whole.cells[c] for c in IDS}
    # The same tables where the third is no sum: nothing tells which of them is the report's.
    other = make_report(Random(3), 2023, size="department")
    reading = _page(other, lambda g: apart + plain_table(g) if g.width == 10 else plain_table(g))
    assert not _wrong(reading, other)
    assert reading.cells["t3.total.total"].status == "ambiguous"


def test_the_year_above_each_of_two_reports_decides() -> None:
    report = make_report(Random(4), 2023)
    last = make_report(Random(5), 2022, body=report.body)
    old = f"<h2>{last.title}</h2>{article(last, plain_paragraph, plain_table)}"
    for before, behind in ((f"{old}<h2>{report.title}</h2>", ""), ("", old)):
        reading = _page(report, plain_table, before=before, behind=behind)
        assert not _wrong(reading, report)
        assert reading.cells["t3.new.total"].value == report.cells["t3.new.total"]
        assert reading.year == 2023


def test_a_wrong_year_in_the_title_does_not_make_an_annex_the_report() -> None:
    # A unit left last year in its title; the annex above part one was taken for the report of that year.
    for seed in range(40):
        report = with_fault(Random(seed), "title_year", 2023)
        reading = read_document(LAYOUTS["page_annexes"](report, Random(seed)).data, "a.html")
        wrong = {c for c in IDS if reading.cells[c].value not in (report.cells[c], None)}
        assert not wrong, seed
        assert any(reading.cells[c].value is not None for c in IDS), seed


# --- editions, other tables ----------------------------------------------------------------------------
def test_an_old_table_2_beside_the_new_table_3_does_not_make_the_form_old() -> None:
    for seed in range(4):
        report = make_report(Random(seed), 2023)
        document = LAYOUTS["page_hybrid"](report, Random(seed))
        reading = read_document(document.data, "a.html")
        assert (reading.template, reading.hybrid) == ("2021", True)
        assert not _wrong(reading, report)
        assert reading.cells["t2.normative_documents.issued"].status in ("missing", "unreadable")


def test_the_old_statistics_table_and_other_tables_give_no_cells() -> None:
    report = make_report(Random(1), 2023)
    old = read_document(LAYOUTS["page_pre2019"](report, Random(1)).data, "a.html")
    assert (old.template, old.cells) == ("pre2019", {})
    for seed in range(6):
        other = read_document(LAYOUTS["page_other_form"](report, Random(seed)).data, "a.html")
        assert (other.template, other.state, other.cells) == (None, "not_a_report", {})


@pytest.mark.parametrize("seed", range(4))
def test_money_in_yuan_is_brought_into_the_forms_unit(seed: int) -> None:
    report = make_report(Random(seed), 2023, size="county")
    reading = read_document(LAYOUTS["page_in_yuan"](report, Random(seed)).data, "a.html")
    assert reading.cells["t2.fees.amount_wan_yuan"].value == report.cells["t2.fees.amount_wan_yuan"]


# --- columns and values --------------------------------------------------------------------------------
def test_a_column_that_is_not_there_is_missing_not_shifted() -> None:
    report = make_report(Random(8), 2023, size="county")

    def table(grid: Grid) -> str:
        if grid.width != 10:
            return plain_table(grid)
        first, second, third, *rows = grid.rows
        cut = [(first[0], first[1]), second, third[:-1], *((*r[:-2], r[-1]) for r in rows)]
        return (
            plain_table(Grid(tuple(cut), 9))
            .replace('colspan="7"', 'colspan="6"')
            .replace('colspan="5"', 'colspan="4"')
        )

    reading = _page(report, table)
    lost = [c for c in IDS if c.endswith(".other")]
    assert all(reading.cells[c].value is None for c in lost)
    assert [n.detail for n in reading.notes if n.kind == "column_missing"] == ["other"]
    assert not _wrong(reading, report)


def test_table_4_in_another_order_of_columns_is_read_by_its_headings() -> None:
    report = make_report(Random(9), 2023, size="city")
    order = (3, 0, 1, 2, 4)

    def table(grid: Grid) -> str:
        if grid.width != 15:
            return plain_table(grid)
        top, second, third, values = grid.rows

        def moved(row: tuple) -> tuple:  # type: ignore[type-arg]
            return tuple(row[b + k] for b in range(0, len(row), 5) for k in order)

        return plain_table(Grid((top, (*moved(second[:5]), *second[5:]), moved(third), moved(values)), 15))

    reading = _page(report, table)
    assert {c: reading.cells[c].value for c in FORM.table_cells("t4")} == {
        c: report.cells[c] for c in FORM.table_cells("t4")
    }
    assert {reading.cells[c].readers for c in FORM.table_cells("t4")} == {("structure",)}


def test_digits_with_spaces_between_are_one_number_only_if_the_sums_say_so() -> None:
    spaced = {c: " ".join(str(v)) for c, v in TABLE.items()}
    assert _values(_read(page(spaced))) == TABLE
    cell = rows_of()[2][0]
    reading = _read(page({**TABLE, cell: f"{TABLE[cell]} 7"}))
    assert reading.cells[cell].status == "ambiguous"
    assert reading.cells[cell].value is None


@pytest.mark.parametrize("reverse", [False, True])
def test_values_named_in_sentences_are_read_by_their_names_or_left_open(reverse: bool) -> None:
    names = [c.label for c in FORM.columns]
    lines = [f"{make_report(Random(1)).title}\n"]
    for row, cells in zip(FORM.rows, rows_of(), strict=True):
        parts = [f"{n}{TABLE[c]}件" for n, c in zip(names[:-1], cells, strict=False)]
        named = "，".join(reversed(parts) if reverse else parts)
        lines.append(f"{row.label}{TABLE[cells[-1]]}件，其中{named}。\n")
    given = {
        c: v for c, v in _values(read_document("".join(lines).encode(), "a.txt")).items() if v is not None
    }
    assert {c: v for c, v in given.items() if v != TABLE[c]} == {}
    assert len(given) >= (0 if reverse else 140)


def test_a_blank_table_four_beside_a_filled_one_is_open() -> None:
    # The filled one may be the draft; taking its figures for those of a report whose own are blank was silent.
    report = make_report(Random(4), 2024)
    blank = report.with_cells(dict.fromkeys(report.form.table_cells("t4")))
    document = LAYOUTS["page_two_versions"](blank, Random(4))
    cells = read_document(document.data, document.name, prose=False).cells
    seen = {cells[cell].status for cell in report.form.table_cells("t4")}
    assert seen == {"ambiguous"}
