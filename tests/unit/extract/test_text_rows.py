"""Rows of text with blanks in them: copied out of a browser, exported, drawn with strokes, marked up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest

from gipa_pipeline.extract.media.text_marks import cleaned
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import Reading
from tests.generator import Report, make_report
from tests.generator.grids import Grid, filled
from tests.generator.layouts.text import compose


def _report(seed: int, keep: Callable[[str, Decimal | None], bool]) -> Report:
    report = make_report(Random(seed), 2023, size="department", edition="2021")
    return report.with_cells({c: None for c, value in report.cells.items() if not keep(c, value)})


def _no_zeros(cell: str, value: Decimal | None) -> bool:
    return bool(value) or cell.startswith("t2.regulations")


def _no_totals(cell: str, _value: Decimal | None) -> bool:
    return not (cell.startswith("t3.") and cell.endswith(".total"))


def _tabs(grid: Grid) -> str:
    return "\n".join("\t".join(box.text for box in row) for row in grid.rows)


def _tabs_alone(grid: Grid) -> str:
    return "\n".join("\n\t\n".join(box.text for box in row) + "\n" for row in grid.rows)


def _bars(grid: Grid) -> str:
    return "\n".join(" | ".join(box.text for box in row) for row in grid.rows)


def _commas(grid: Grid) -> str:
    rows = [[box.text if box and starts else "" for box, starts in row] for row in filled(grid)]
    return "\n".join(",".join(f'"{t}"' if "," in t else t for t in row) for row in rows)


def _drawn(grid: Grid) -> str:
    """Cells of ten signs a line between ``+---+`` rules."""
    rule = "+" + "------------+" * grid.width
    lines = [rule]
    for row in filled(grid):
        texts = [box.text if box and starts else "" for box, starts in row]
        deep = max(1, *(-(-len(t) // 10) for t in texts))
        lines += [
            "| " + " | ".join(f"{t[n * 10 : n * 10 + 10]:10}" for t in texts) + " |" for n in range(deep)
        ]
        lines.append(rule)
    return "\n".join(lines)


def _read(report: Report, table: Callable[[Grid], str]) -> Reading:
    return read_document(compose(report, table).encode(), "a.txt", prose=False)


def _wrong(reading: Reading, report: Report) -> list[str]:
    return [c for c, value in report.cells.items() if reading.cells[c].value != value]


def _open(reading: Reading) -> list[str]:
    return [c for c, r in reading.cells.items() if r.status not in ("reported", "inferred", "blank")]


@pytest.mark.parametrize("table", [_tabs, _tabs_alone, _bars, _commas, _drawn])
@pytest.mark.parametrize("keep", [_no_zeros, _no_totals])
def test_blanks_keep_their_places(
    table: Callable[[Grid], str], keep: Callable[[str, Decimal | None], bool]
) -> None:
    report = _report(3, keep)
    reading = _read(report, table)
    silent = [c for c in _wrong(reading, report) if c not in _open(reading)]
    assert silent == []
    assert len(_open(reading)) <= (30 if table is _tabs_alone else 0)


def test_figures_apart_are_not_cut_where_blanks_may_be_lost() -> None:
    # 5 + 8 + 7 + 1 + 2 ... is a cutting of these five figures; so is 58 + 7 + 1 + 2 = 68 with two blanks.
    report = _report(1, lambda _cell, _value: True)
    row = [f"t3.new.{c.key}" for c in report.form.columns]
    values = dict(zip(row, (58, 7, None, None, 1, 2, 68), strict=True))
    spaced = report.with_cells({c: None for c in report.cells if c.startswith("t3.")}).with_cells(values)
    reading = _read(spaced, lambda g: "\n".join(" ".join(box.text for box in r if box.text) for r in g.rows))
    for cell, value in values.items():
        assert reading.cells[cell].value in (value, None)
        assert reading.cells[cell].status != "reported"


def test_a_column_dropped_by_a_converter_is_not_taken_for_blank_totals() -> None:
    """Each row loses its third figure and is filled up behind: the sums stand where the sixth column should."""
    report = make_report(Random(5), 2023, size="department", edition="2021")

    def table(grid: Grid) -> str:
        rows = []
        for row in grid.rows:
            kept = [b.text for b in row if not (b.cell or "").endswith(".research_institution")]
            rows.append(" | ".join([*kept, ""] if len(kept) < len(row) else kept) + " |")
        return "\n".join(rows)

    reading = _read(report, table)
    assert not [
        c for c in _wrong(reading, report) if c.startswith("t3.") and reading.cells[c].value is not None
    ]


def test_marks_of_markup_are_put_out_of_the_way_in_their_places() -> None:
    text = "| 1\\.属于 | **3** | &nbsp; | ~~4~~ 5 | NaN |\n- 其他 0\n- 5 -\n"
    out = cleaned(text)
    assert len(out) == len(text)
    assert out.split("\n")[0].split("|")[1:-1] == [" 1. 属于 ", "   3   ", "        ", "       5 ", "     "]
    assert out.split("\n")[1:3] == ["  其他 0", "- 5 -"]


def test_a_comma_between_digits_is_a_separator_only_in_rows_of_them() -> None:
    rows = "\n".join(f'其他{n},"甲,乙",{n},0,0,0,0,{n}' for n in range(9))
    assert cleaned(rows).split("\n")[3] == "其他3\t 甲,乙 \t3\t0\t0\t0\t0\t3"
    assert cleaned("共收到1,234件,答复1,200件") == "共收到1,234件,答复1,200件"


# --- rows in which a figure's place is not to be seen ------------------------------------------------------
def _values_above(grid: Grid) -> str:
    return "\n".join(
        "\n".join([*(b.text for b in row if b.cell), *(b.text for b in row if not b.cell)])
        for row in grid.rows
    )


def _labels_first(grid: Grid) -> str:
    labels = [" ".join(b.text for b in row if not b.cell) for row in grid.rows]
    values = [" ".join(b.text for b in row if b.cell) for row in grid.rows]
    return "\n".join([*filter(None, labels), *filter(None, values)])


def _letters(grid: Grid) -> str:
    return "\n".join("\t".join("O" if b.cell and b.text == "0" else b.text for b in row) for row in grid.rows)


def _strokes_between(grid: Grid) -> str:
    return "\n".join(" / ".join(b.text for b in row) for row in grid.rows)


def _page_numbers(grid: Grid) -> str:
    """A blank leaves no trace, and a page's number stands where the last figure should."""
    lines = [" ".join(b.text for b in row if b.text) for row in grid.rows]
    return "\n".join(
        f"{line}\n\n{n}\n" if n in (9, 20) and len(grid.rows) > 12 else line for n, line in enumerate(lines)
    )


@pytest.mark.parametrize("table", [_values_above, _labels_first, _letters, _strokes_between, _page_numbers])
@pytest.mark.parametrize("seed", range(3))
def test_what_cannot_be_placed_is_never_given_to_another_cell(
    table: Callable[[Grid], str], seed: int
) -> None:
    keep = (lambda _c, _v: True, _no_zeros, lambda c, v: bool(v) or len(c) % 7 > 0)[seed]
    report = _report(seed, keep)
    reading = _read(report, table)
    assert [
        c for c in _wrong(reading, report) if reading.cells[c].status in ("reported", "inferred", "blank")
    ] == []


def test_a_lost_label_of_two_signs_is_not_found_in_table_four() -> None:
    report = make_report(Random(4), 2023, size="department", edition="2021")

    def table(grid: Grid) -> str:
        return (
            _tabs(grid)
            .replace("3.其他", "3.木他")
            .replace("四、结转下年度继续办理", "四、结转下年度继续口理")
        )

    reading = _read(report, table)
    assert not _wrong(reading, report)
