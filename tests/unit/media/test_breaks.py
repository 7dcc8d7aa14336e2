"""Numbers that a narrow column or a page break cut in two."""

from __future__ import annotations

import pytest

from gipa_pipeline.extract.media.breaks import Block, Box, mend
from gipa_pipeline.extract.media.document import Grid, GridCell
from gipa_pipeline.extract.media.lattice import cell_text


@pytest.mark.parametrize(
    ("width", "gap", "text"),
    [
        (40, 4, "4617"),  # three digits fill the column: the fourth had to go below
        (80, 4, "461\n7"),  # there was room: two numbers, or nobody knows
        (40, 30, "461\n7"),  # far apart
    ],
)
def test_a_number_runs_on_only_where_its_column_is_full(width: float, gap: float, text: str) -> None:
    lines = [("461", (8.0, 10.0, 32.0, 20.0)), ("7", (16.0, 20.0 + gap, 24.0, 30.0 + gap))]
    assert cell_text(lines, width) == text


def test_words_are_never_run_together_with_digits() -> None:
    lines = [("22", (2.0, 10.0, 38.0, 20.0)), ("（其中", (2.0, 22.0, 38.0, 32.0))]
    assert cell_text(lines, 40) == "22\n（其中"


def _grid(texts: list[str], width: float = 24.0) -> Grid:
    cells = []
    for n, text in enumerate(texts):
        box: Box = (n * width, 10.0, (n + 1) * width, 40.0)
        inked = (box[0] + 4, 12.0, box[0] + 4 + 8 * len(text), 22.0) if text else None
        cells.append(GridCell(text, 0, n, box=box, page=1, inked=inked))
    return Grid(cells)


def _mended(
    upper: list[str], lower: list[str], *, width: float = 24.0, aside: int = 0
) -> tuple[list[str], list[str]]:
    a, b = _grid(upper, width), _grid(lower, width)
    lines: list[tuple[float, Block]] = [(50.0 + n, ("线", (0.0, 50.0, 9.0, 59.0))) for n in range(aside)]
    mend([[(10.0, a), *lines], [(10.0, b)]])
    return [c.text for c in a.cells], [c.text for c in b.cells]


def test_the_second_half_of_a_broken_number_goes_back_to_its_row() -> None:
    assert _mended(["198", "40", "32"], ["", "5", ""]) == (["198", "405", "32"], ["", "", ""])


def test_a_half_that_did_not_have_to_break_leaves_the_cell_open() -> None:
    assert _mended(["198", "40", "32"], ["", "5", ""], width=60.0) == (["198", "40\n5", "32"], ["", "", ""])


@pytest.mark.parametrize(
    "lower",
    [
        ["3.其他", "5", ""],  # a row of its own
        ["", "", ""],
    ],
)
def test_other_rows_stay_where_they_are(lower: list[str]) -> None:
    assert _mended(["2.重复申请", "40", "32"], lower) == (["2.重复申请", "40", "32"], lower)


def test_tables_with_text_between_them_are_two() -> None:
    assert _mended(["198", "40", "32"], ["", "5", ""], aside=3)[0] == ["198", "40", "32"]


def test_a_row_whose_label_stands_above_and_whose_figures_stand_below_is_one() -> None:
    assert _mended(["5.属于三类", "", ""], ["内部事务", "0", "3"]) == (
        ["5.属于三类\n内部事务", "0", "3"],
        [""] * 3,
    )
    assert _mended(["5.属于三类", "", ""], ["", "0", "3"]) == (["5.属于三类", "0", "3"], [""] * 3)


def test_a_blank_row_before_another_row_stays_blank() -> None:
    lower = ["6.属于四类", "0", "3"]
    assert _mended(["5.属于三类", "", ""], lower) == (["5.属于三类", "", ""], lower)


def test_figures_pulled_up_keep_their_place() -> None:
    a, b = _grid(["5.属于三类", "", ""]), _grid(["", "0", "3"])
    for cell in b.cells:
        cell.page = 2
    mend([[(10.0, a)], [(10.0, b)]])
    assert [c.page for c in a.cells] == [1, 2, 2]


def test_the_words_of_a_label_go_back_to_its_number() -> None:
    assert _mended(["5.", "0", "3"], ["属于三类", "", ""]) == (["5.\n属于三类", "0", "3"], ["", "", ""])


def test_a_blank_row_of_its_own_keeps_its_label() -> None:
    assert _mended(["5.属于", "0", "3"], ["属于四类", "", ""])[1] == ["属于四类", "", ""]
