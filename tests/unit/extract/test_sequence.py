"""Values in reading order: zones, placing, and whole tables without grids."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gipa_pipeline.extract.media.document import Document
from gipa_pipeline.extract.tables.habits import Habits, Spacing, spacing_of
from gipa_pipeline.extract.tables.placement import fill
from gipa_pipeline.extract.tables.sequence import read_sequence
from gipa_pipeline.extract.tables.zones import Zone, first_ideograph, read_zone, without_furniture
from tests.unit.extract.tables import FORM, Table, random_table, rows_of

IDS = FORM.table_cells("t3")


def _zone(text: str, count: int | None = None, *, signed: bool = False) -> Zone:
    end = text.index("公开") + 2
    return read_zone(text, 0, len(text), end, count=count, signed=signed)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("予以公开 1 2 3", ["1", "2", "3"]),
        ("予以公开\n12\n0\n", ["12", "0"]),
        ("予以公开 1,234 5", ["1,234", "5"]),
        ("予以公开 1, 234", ["1", "234"]),
        ("予以公开 65.48", ["65.48"]),
        ("予以公开 -3 4", ["-3", "4"]),
        ("予以公开 / — 无 5", ["", "", "", "5"]),
        ("予以公开 3(含上年结转1件) 4", ["3", "4"]),
        ("予以公开", []),
    ],
)
def test_what_stands_in_a_zone(text: str, items: list[str]) -> None:
    assert [i.text if not i.blank else "" for i in _zone(text).items] == items


def test_a_plain_row_is_read_at_once() -> None:
    assert _zone("予以公开\t1\t2\t3\t\n", 3).plain == (1, 2, 3)
    assert _zone("予以公开|1|2|3|", 3).plain == (1, 2, 3)
    assert _zone("予以公开\t1\t2\t", 3).plain is None


def test_squares_keep_blank_cells() -> None:
    squares = _zone("予以公开 | 1 |  | 3 |").squares
    assert squares is not None
    assert [s.text.strip() for s in squares] == ["1", "", "3"]


def test_an_overlong_zone_is_not_looked_into() -> None:
    zone = _zone("予以公开 " + "1 " * 20_000)
    assert zone.overlong
    filling = fill(zone, 7, (7,))
    assert filling.unread_items
    assert filling.options == []


def test_page_numbers_are_no_values() -> None:
    text = "予以公开 1\n- 12 -\n第3页 共9页\n— 4 —\n部分公开 2"
    assert [c for c in without_furniture(text) if c.isdigit()] == ["1", "2"]
    assert len(without_furniture(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [("12件 部分", "部"), ("3(含转1件) 部分", "部"), ("无 部分", "部"), ("12万元部分", "万"), ("12 ", None)],
)
def test_the_first_word_behind_values(text: str, word: str | None) -> None:
    at = first_ideograph(text, 0, len(text))
    assert (text[at] if at < len(text) else None) == word


def test_brackets_without_end_are_bounded_work() -> None:
    text = "予以公开" + "(" + "政" * 200_000
    assert first_ideograph(text, 4, len(text)) == 5
    assert _zone("予以公开 " + "(政" * 9_000).items == ()


def test_too_many_values_are_a_window_only_if_one_adds_up() -> None:
    filling = fill(_zone("予以公开 9 1 2 0 0 0 0 3"), 7, (7,), Habits(Spacing(0, 0)))
    assert filling.options == [(1, 2, 0, 0, 0, 0, 3)]
    several = fill(_zone("予以公开 0 0 0 0 0 0 0 0"), 7, (7,), Habits(Spacing(0, 0)))
    assert several.options == [(0,) * 7]


def test_blanks_by_line_breaks() -> None:
    full = _zone("予以公开\n1\n2\n3\n6\n")
    empty = _zone("予以公开\n\n\n\n\n")
    spacing = spacing_of([full, empty], 4)
    assert spacing is not None
    assert (spacing.step, spacing.empty) == (1, 1)
    placed = fill(_zone("予以公开\n1\n\n3\n4\n"), 4, (4,), Habits(spacing))
    assert placed.options == [(1, None, 3, 4)]


def _text(table: Table, between: str, after: str, blanks: frozenset[str] = frozenset()) -> str:
    lines = []
    for row, cells in zip(FORM.rows, rows_of(), strict=True):
        lines.append(
            row.label + between + between.join("" if c in blanks else str(table[c]) for c in cells) + after
        )
    return "三、收到和处理政府信息公开申请情况\n" + "".join(lines) + "四、复议诉讼\n"


def _read(text: str) -> dict[str, tuple[str, int | None]]:
    cells = read_sequence(Document("text", text), FORM).cells
    return {c: (cells[c].status, None if cells[c].value is None else int(cells[c].value or 0)) for c in IDS}


LAYOUTS = [("\t", "\t\n"), (" | ", " |\n"), ("\n", "\n"), ("  ", "\n"), (" |\n", " ||\n")]


@pytest.mark.parametrize(("between", "after"), LAYOUTS)
def test_whole_tables(between: str, after: str) -> None:
    table = random_table(Random(8), 300)
    assert _read(_text(table, between, after)) == {c: ("reported", v) for c, v in table.items()}


@given(st.integers(0, 10**6), st.sampled_from(LAYOUTS), st.sampled_from((3, 70)))
@settings(max_examples=12)
def test_blank_cells_never_shift_values_silently(seed: int, layout: tuple[str, str], largest: int) -> None:
    rng = Random(seed)
    table = random_table(rng, largest)
    zeros = sorted(c for c, v in table.items() if v == 0)
    blanks = frozenset(rng.sample(zeros, k=len(zeros) // 3))
    for cell, (status, value) in _read(_text(table, *layout, blanks)).items():
        printed = None if cell in blanks else table[cell]
        assert status in ("ambiguous", "unreadable") or value == printed or (value, printed) == (0, None), (
            cell
        )


def test_the_last_row_of_a_text_that_ends_there() -> None:
    table = random_table(Random(8), 300)
    text = _text(table, "\t", "\t\n").removesuffix("四、复议诉讼\n")
    assert _read(text)["t3.carried_out.total"] == ("reported", table["t3.carried_out.total"])


T4 = FORM.table_cells("t4")
HEADS = "四、政府信息公开行政复议、行政诉讼情况\n行政复议\n行政诉讼\n未经复议直接起诉\n复议后起诉\n总计"


def _table_four(text: str) -> list[tuple[str, int | None]]:
    cells = read_sequence(
        Document("text", _text(random_table(Random(8), 30), "\n\n", "\n\n") + text), FORM
    ).cells
    return [(cells[c].status, None if cells[c].value is None else int(cells[c].value or 0)) for c in T4]


@pytest.mark.parametrize("end", ["\n\n五、存在的主要问题及改进情况", ""])
def test_blanks_trimmed_behind_the_last_value(end: str) -> None:
    read = _table_four(f"{HEADS}\n\n4\n\n\n\n\n4\n\n\n\n1\n\n\n1{end}")
    values = [4, None, None, None, 4, None, None, 1, None, 1, *[None] * 5]
    assert [value for _, value in read] == values
    assert {status for status, _ in read} == {"inferred", "blank"}


def test_trimmed_blanks_are_not_guessed_where_the_sums_do_not_bear_them_out() -> None:
    read = _table_four(f"{HEADS}\n\n4\n\n\n\n\n5\n\n五、存在的主要问题及改进情况")
    assert {status for status, _ in read} == {"ambiguous"}


def test_bars_behind_the_last_heading_belong_to_its_row() -> None:
    cells = "".join(f"{value} |\n" for value in ("3", "", "", "", "3", *[""] * 10))
    read = _table_four(f"{HEADS} | |||||\n{cells}五、存在的主要问题及改进情况")
    assert [value for _, value in read] == [3, None, None, None, 3, *[None] * 10]
    assert {status for status, _ in read} == {"reported", "blank"}


def test_an_ordinal_on_a_line_of_its_own_is_no_value() -> None:
    labels = [row.label for row in FORM.rows]
    text = "".join(
        f"{label}\n\n" + ("\n" * 7 if "收费通知" in label else "1\n\n" * 6 + "6\n\n") for label in labels
    )
    cells = read_sequence(Document("text", text.replace("3.其他", "3.\n\n其他")), FORM).cells
    assert {cells[f"t3.other_overdue_fee.{c.key}"].status for c in FORM.columns} == {"blank"}
    assert cells["t3.other_other.total"].value == 6
