"""Tables as they stand in pages and texts: grids, spans, lost labels, two reports, merged cells."""

from __future__ import annotations

import re
from random import Random

import pytest

from expectations.forms import load_form
from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.document import Grid, GridCell
from gipa_pipeline.extract.media.html import read_html
from gipa_pipeline.extract.media.text import read_text
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.extract.tables.table2 import _named
from gipa_pipeline.model import Reading
from tests.unit.extract.tables import FORM, page, random_table, rows_of

TABLE = random_table(Random(11), 40)
IDS = FORM.table_cells("t3")


def _read(text: str) -> Reading:
    return read_document(text.encode(), "a.html")


def _values(reading: Reading) -> dict[str, int | None]:
    return {c: None if (v := reading.cells[c].value) is None else int(v) for c in IDS}


def _grids(text: str) -> list[Grid]:
    return read_html(f"<html><body>{text}</body></html>".encode()).grids


def test_a_plain_page() -> None:
    reading = _read(page(TABLE))
    assert _values(reading) == TABLE
    cell = reading.cells["t3.granted.total"]
    assert cell.readers == ("structure", "sequence")
    assert cell.place is not None
    assert (cell.place.row, cell.place.column) == (3, 7)
    assert cell.place.path == "/html/body/table/tr[4]/td[8]"


def test_the_old_form() -> None:
    form = load_form("2019")
    table = random_table(Random(3), 40, form=form)
    reading = _read(page(table, form=form))
    assert reading.template == "2019"
    assert {c: int(reading.cells[c].value or 0) for c in form.table_cells("t3")} == table


def test_rowspan_and_colspan_are_spread() -> None:
    (grid,) = _grids("<table><tr><td rowspan=2 colspan=2>a<td>b<tr><td>c<tr><td>d<td>e<td>f</table>")
    assert [[c.text if c else None for c in grid.row(n)] for n in range(3)] == [
        ["a", "a", "b"],
        ["a", "a", "c"],
        ["d", "e", "f"],
    ]


def test_vast_spans_stay_within_the_table() -> None:
    (grid,) = _grids('<table><tr><td rowspan="99999">a<td colspan="99999">b<tr><td>c<tr><td>d</table>')
    assert (grid.height, grid.width) == (3, 120)
    assert [c.rowspan for c in grid.cells] == [3, 1, 1, 1]


def test_hidden_rows_and_cells_are_not_read() -> None:
    (grid,) = _grids(
        "<table><tr style='display:none'><td>9<td>9<tr><td style='DISPLAY: none'>8<td>a<td>b</table>"
    )
    assert [c.text for c in grid.cells] == ["a", "b"]


def test_text_of_a_cell() -> None:
    (grid,) = _grids("<table><tr><td> <p>1</p>\n<p> 2 </p><td>a<b>b</b> c<br>d<script>9</script></table>")
    assert [c.text for c in grid.cells] == ["1\n2", "ab c\nd"]


def test_a_table_in_a_table_is_its_own() -> None:
    outer, inner = _grids("<table><tr><td>x<table><tr><td>1<td>2</table><td>y</table>")
    assert [c.text for c in outer.cells] == ["x", "y"]
    assert [c.text for c in inner.cells] == ["1", "2"]


@pytest.mark.parametrize("depth", [300, 1500])
def test_unclosed_tags_do_not_hide_the_table(depth: int) -> None:
    assert _values(_read(page(TABLE, head="<span>" * depth))) == TABLE
    assert _values(_read(page(TABLE).replace("<td>", "<td>" + "<b>" * (depth // 50)))) == TABLE


def test_a_page_nested_beyond_the_parser_is_refused_not_half_read() -> None:
    reading = _read(page(TABLE, head="<div>" * 5000))
    assert reading.state == "unreadable"
    assert reading.error is not None
    assert reading.error[0] == "broken"


def test_tables_without_measure_are_refused() -> None:
    row = "<tr><td colspan=120>1<td>2"
    reading = _read("<table>" + ("<table>" + row * 3990 + "</table>") * 6)
    assert reading.error is not None
    assert reading.error[0] == "too_large"


def test_a_page_of_many_siblings() -> None:
    assert _values(_read(page(TABLE, head="<p>1</p>" * 20_000))) == TABLE


def test_a_table_cut_in_two() -> None:
    text = page(TABLE)
    rows = text.split("<tr>")
    cut = "<tr>".join(rows[:12]) + "</table><p>第2页</p><table><tr>" + "<tr>".join(rows[12:])
    assert _values(_read(cut)) == TABLE


def test_the_heading_repeated_after_a_page_break() -> None:
    rows = page(TABLE).split("<tr>")
    cut = "<tr>".join([*rows[:12], rows[1], *rows[12:]])
    assert _values(_read(cut)) == TABLE


def test_a_lost_label_between_two_known_ones_is_told_by_position() -> None:
    reading = _read(page(TABLE, labels={"partial": ""}))
    assert _values(reading) == TABLE
    assert reading.cells["t3.partial.total"].status == "inferred"
    assert reading.cells["t3.granted.total"].status == "reported"
    assert "label_lost" in {n.kind for n in reading.notes}


def test_a_missing_row_is_missing() -> None:
    text = re.sub(r"<tr><td>[^<]*国家秘密.*?</tr>", "", page(TABLE), flags=re.S)
    reading = _read(text)
    assert reading.cells["t3.denied_state_secret.total"].status == "missing"
    missing = {n.detail for n in reading.notes if n.kind == "row_missing" and n.detail.startswith("t3.")}
    assert missing == {"t3.denied_state_secret"}
    others = {c: v for c, v in TABLE.items() if "state_secret" not in c}
    assert {c: v for c, v in _values(reading).items() if c in others} == others


def test_a_repeated_row_keeps_the_first() -> None:
    rows = page(TABLE).split("<tr>")
    reading = _read("<tr>".join([*rows[:5], rows[4].replace("<td>", "<td>", 1), *rows[5:]]))
    assert _values(reading) == TABLE


def test_a_merged_value_belongs_to_no_cell() -> None:
    row = rows_of()[2]
    text = page({**TABLE, row[1]: "@", row[2]: "12"})
    text = text.replace("<td>@</td><td>12</td>", '<td colspan="2">12</td>')
    reading = _read(text)
    assert reading.cells[row[1]].value is None
    assert reading.cells[row[2]].value is None
    assert reading.cells[row[3]].value == TABLE[row[3]]


@pytest.mark.parametrize(
    ("printed", "status", "value"),
    [
        ("", "blank", None),
        ("/", "blank", None),
        ("—", "blank", None),
        ("１２", "reported", 12),
        ("1,234", "reported", 1234),
        ("12件", "reported", 12),
        ("-3", "reported", -3),
        ("见附件", "unreadable", None),
        ("1\ufffd3", "unreadable", None),
        ("9" * 30, "unreadable", None),
    ],
)
def test_what_stands_in_a_cell(printed: str, status: str, value: int | None) -> None:
    reading = _read(page({**TABLE, "t3.granted.other": printed}))
    cell = reading.cells["t3.granted.other"]
    assert (cell.status, cell.value) == (status, value)


def test_all_blank() -> None:
    reading = _read(page(dict.fromkeys(IDS, "")))
    assert {reading.cells[c].status for c in IDS} == {"blank"}


def test_numbers_of_thousands_of_digits_do_not_stop_the_reader() -> None:
    glued = "\n".join(f"{row.label}{'7' * 6000}" for row in FORM.rows)
    reading = read_document(glued.encode(), "a.txt")
    assert all(reading.cells[c].value is None for c in IDS)


@pytest.mark.parametrize("filling", ["1 ", "(", "- ", "\n", "|", "1\t2\t"])
def test_a_megabyte_between_two_rows(filling: str) -> None:
    text = "\n".join(
        f"{row.label}\t" + "\t".join(str(TABLE[c]) for c in cells) + "\t"
        for row, cells in zip(FORM.rows, rows_of(), strict=True)
    )
    at = text.index(FORM.rows[5].label)
    reading = read_document((text[:at] + filling * 200_000 + text[at:]).encode(), "a.txt")
    wrong = {c for c in IDS if reading.cells[c].status == "reported" and reading.cells[c].value != TABLE[c]}
    assert wrong == set()


def test_bars_and_tabs_make_grids() -> None:
    grids = read_text(b"a | b | c\n1 | 2 | 3\n\n| x | y | z |\n|---|---|---|\n| 4 |  | 6 |\n").grids
    assert [[c.text for c in g.cells] for g in grids] == [
        ["a", "b", "c", "1", "2", "3"],
        ["x", "y", "z", "4", "", "6"],
    ]
    assert [c.text for c in read_text(b"a\tb\tc\n1\t2\t3\n").grids[0].cells] == ["a", "b", "c", "1", "2", "3"]


def test_ragged_bars_count_from_the_label() -> None:
    lines = []
    for n, (row, cells) in enumerate(zip(FORM.rows, rows_of(), strict=True)):
        lead = ["三、本年度办理结果"] if n % 2 else []
        lines.append(" | ".join([*lead, row.label, *(str(TABLE[c]) for c in cells)]))
    reading = read_document("\n".join(lines).encode(), "a.txt")
    assert _values(reading) == TABLE


def test_two_reports_on_a_page_are_not_mixed() -> None:
    other = random_table(Random(12), 40)
    block = "<p>第二十条第（一）项</p>"
    text = (
        f"<html><head><title>甲局2023年政府信息公开工作年度报告</title></head><body><p>甲局2023年政府信息公开工作年度报告</p>"
        f"{block}{page(TABLE)}<p>甲局2022年政府信息公开工作年度报告</p>{block}{page(other)}</body></html>"
    )
    reading = _read(text)
    assert _values(reading) == TABLE
    assert "second_report" in {n.kind for n in reading.notes}


def test_grid_of_overlapping_cells_keeps_the_last() -> None:
    grid = Grid([GridCell("a", 0, 0, 2, 2), GridCell("b", 1, 1)])
    assert [c.text if c else None for c in grid.row(1)] == ["a", "b"]
    assert grid.at(0, 1) is grid.cells[0]


def test_text_tables_without_measure_are_refused() -> None:
    wide = "|".join("1" * 120)
    block = wide + "\n" + "1|2|3\n" * 3990
    with pytest.raises(UnreadableDocument, match="squares"):
        read_text((block + "\n").encode() * 6)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("行政处罚（2023年立案）", "行政处罚"),
        ("1.行政许可第1至8项", "行政许可"),
        ("行政强制12类", "行政强制"),
        ("行政处罚（其中罚款）", "行政处罚其中罚款"),
    ],
)
def test_an_explanation_behind_a_label_of_table_two_is_no_part_of_it(label: str, name: str) -> None:
    assert _named(label) == name
