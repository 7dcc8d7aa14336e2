from __future__ import annotations

from decimal import Decimal

import pytest

from gipa_pipeline.aggregate.context import context_of
from gipa_pipeline.aggregate.wording import number, place

TEXT = "本年新收政府信息公开申请\n21\n0\n".encode("gb18030")


@pytest.mark.parametrize(
    ("data", "where", "shown"),
    [
        (TEXT, {"reader": "text", "start": 13, "end": 15}, "…本年新收政府信息公开申请⏎【21】⏎0…"),
        (TEXT, {"reader": "text", "start": 13, "end": 900}, None),
        (TEXT, {"reader": "text"}, None),
        (b"<table><tr><td>a<td>1<td>2</table>", {"table": 0, "row": 0, "column": 1}, "a | 【1】 | 2"),
        (b"<table><tr><td>a<td>1<td>2</table>", {"table": 7, "row": 0, "column": 1}, None),
        (b"<table><tr><td>a<td>1</table>", {"table": 0, "row": 9, "column": 9}, None),
        (
            "<p>总计</p><p>21</p><p>0</p>".encode(),
            {"reader": "html", "path": "/html/body/p[2]"},
            "…总计⏎【21】⏎0…",
        ),
        (b"\x89PNG not text", {"start": 0, "end": 3}, None),
        (b"", {"start": 0, "end": 0}, None),
    ],
)
def test_surroundings_of_a_place(data: bytes, where: dict, shown: str | None) -> None:
    assert context_of(data, where) == shown


def test_places_in_words() -> None:
    where = {"reader": "html", "table": 1, "row": 3, "column": 8, "path": "/html/body/table[2]"}
    assert place(where) == "第2个表格，第4行第9列"
    assert place(where, whole=True).endswith("第4行第9列，位置 /html/body/table[2]")
    assert place({"reader": "text", "start": 10, "end": 12}) == "第11至12个字符"
    assert place({"reader": "docx", "path": "/document/body/p[3]"}) == "位置 /document/body/p[3]"
    assert (
        place({"reader": "pdf", "page": 2, "box": (1.2, 2, 3, 4)}, whole=True)
        == "PDF，第2页，坐标 1，2，3，4"
    )


def test_numbers_are_printed_plainly() -> None:
    assert [number(Decimal(n)) for n in ("4219.390000", "0E-6", "-0.000000", "1000000", "1E+3", "-3.50")] == [
        "4219.39", "0", "0", "1000000", "1000", "-3.5"
    ]  # fmt: skip
