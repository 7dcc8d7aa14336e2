from __future__ import annotations

import pytest

from expectations.forms import load_form
from gipa_pipeline.report.layout import Grid, grids


def filled(grid: Grid) -> list[int]:
    """How many columns every row covers, spans from above included."""
    taken: set[tuple[int, int]] = set()
    rows = (*grid.head, *grid.body)
    for down, boxes in enumerate(rows):
        across = 0
        for box in boxes:
            while (down, across) in taken:
                across += 1
            spot = {(down + r, across + c) for r in range(box.rows) for c in range(box.columns)}
            assert not spot & taken
            taken |= spot
    assert max(r for r, _ in taken) == len(rows) - 1
    return [sum(1 for r, _ in taken if r == down) for down in range(len(rows))]


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_every_cell_stands_once_and_every_row_is_full(edition: str) -> None:
    form = load_form(edition)
    tables = grids(form)
    cells = [b.cell for g in tables for row in (*g.head, *g.body) for b in row if b.cell]
    assert sorted(cells) == sorted(form.cells)
    assert [set(filled(g)) for g in tables] == [{4}, {10}, {15}]


def test_table_3_is_printed_as_the_form_has_it() -> None:
    _, t3, t4 = grids(load_form("2021"))
    assert [(b.text, b.rows, b.columns) for b in t3.head[1]] == [
        ("自然人", 2, 1),
        ("法人或其他组织", 1, 5),
        ("总计", 2, 1),
    ]
    assert [(b.text, b.rows, b.columns) for b in t3.body[0][:1]] == [
        ("一、本年新收政府信息公开申请数量", 1, 3)
    ]
    assert [(b.text, b.rows, b.columns) for b in t3.body[2][:2]] == [
        ("三、本年度办理结果", 22, 1),
        ("(一)予以公开", 1, 2),
    ]
    assert [(b.text, b.rows) for b in t3.body[4][:2]] == [("(三)不予公开", 8), ("1.属于国家秘密", 1)]
    assert [(b.text, b.rows, b.columns) for b in t4.head[0]] == [("行政复议", 2, 5), ("行政诉讼", 1, 10)]
    assert [b.text for b in t4.head[1]] == ["未经复议直接起诉", "复议后起诉"]
