from __future__ import annotations

import pytest
from lxml import html

from gipa_pipeline.report import office_report, office_view
from gipa_pipeline.report.picture import Spot, open_for_pictures, pictures
from tests.unit.aggregate.scene import Scene, unit
from tests.unit.report.conftest import NEW, facts_of

HEAD = "<tr><td rowspan=2>关系</td><td rowspan=2>自然人</td><td colspan=2>法人</td><td rowspan=2>总计</td></tr><tr><td>企业</td><td>其他</td></tr>"
ROWS = "".join(f"<tr><td>第{n}行</td><td>{n}</td><td>0</td><td>0</td><td>{n}</td></tr>" for n in range(2, 12))
PAGE = f"<html><meta charset=utf-8><body><table>{HEAD}{ROWS}</table><p>共收到申请 12 件。</p></body></html>".encode()


def place(row: int, column: int) -> dict[str, object]:
    return {"reader": "html", "table": 0, "row": row, "column": column, "path": "/html"}


def marked(data: bytes, *spots: Spot) -> list[tuple[str, str]]:
    document = open_for_pictures(data)
    assert document is not None
    return [(s.text, s.mark) for p in pictures(document, spots) for row in p.rows for s in row if s.mark]


def test_rows_around_the_cell_with_their_headings() -> None:
    document = open_for_pictures(PAGE)
    assert document is not None
    [picture] = pictures(
        document, [Spot("t3.x.total", "9", place(9, 4), True), Spot("t3.x.a", "9", place(9, 1), False)]
    )
    texts = [[s.text for s in row] for row in picture.rows]
    assert texts == [
        ["关系", "自然人", "法人", "总计"], ["企业", "其他"], [],
        ["第8行", "8", "0", "0", "8"], ["第9行", "9", "0", "0", "9"], ["第10行", "10", "0", "0", "10"], [],
    ]  # fmt: skip
    assert [(s.rows, s.columns) for s in picture.rows[0]] == [(2, 1), (2, 1), (1, 2), (2, 1)]
    assert [s.mark for s in picture.rows[4]] == ["", "part", "", "", "likely"]


def test_what_does_not_stand_there_is_not_marked() -> None:
    assert marked(PAGE, Spot("t3.x.total", "7", place(9, 4), True)) == []
    assert marked(PAGE, Spot("t3.x.total", "9", place(99, 4), True)) == []
    assert (
        marked(PAGE, Spot("t3.x.total", "9", {"reader": "html", "table": 5, "row": 1, "column": 1}, True))
        == []
    )
    assert marked(PAGE, Spot("t3.x.total", "", place(9, 4), True)) == []
    assert open_for_pictures(b"%PDF-1.4 broken") is None


def test_numbers_in_running_text() -> None:
    text = "本年新收157800111177件，其余略。".encode()
    start = text.decode().index("1578")
    spot = Spot("t3.new.total", "157800111177", {"reader": "text", "start": start, "end": start + 12}, True)
    document = open_for_pictures(text)
    assert document is not None
    [picture] = pictures(document, [spot])
    assert [s.text for s in picture.rows[0]] == ["…本年新收", "157800111177", "件，其余略。…"]
    assert marked(text, Spot("t3.new.total", "1", {"reader": "text", "start": 500, "end": 512}, True)) == []


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_the_page_shows_it_escaped_for_errors(severity: str) -> None:
    hostile = PAGE.replace("第8行".encode(), b"&lt;script&gt;x&lt;/script&gt;")
    scene = Scene([unit("office", "某县人民政府办公室")]).report("office", {NEW: 9})
    spot = '{"t3.new.total": {"reader": "html", "table": 0, "row": 9, "column": 4}}'
    scene.find("office", "R01", [NEW], severity=severity, likely_cells=[NEW], places=spot)
    facts = facts_of(scene)
    facts = type(facts)(
        **{n: getattr(facts, n) for n in facts.__dataclass_fields__ if n != "_slices"}
        | {"document": lambda _: hostile}
    )
    text = office_report(office_view(facts, "office"))
    page = html.document_fromstring(text)
    shown = page.xpath("//details[@class='picture']")
    assert len(shown) == (1 if severity == "error" else 0)
    assert "<script" not in text
    if shown:
        assert shown[0].get("open") is not None
        assert shown[0].xpath(".//td[@class='likely']/mark/text()") == ["9"]
        assert "<script>x</script>" in shown[0].text_content()


def test_glued_numbers_are_told_apart_from_what_is_printed() -> None:
    scene = Scene([unit("office", "某县人民政府办公室")]).report("office", {NEW: 7})
    for cell in scene.cells:
        if cell["cell_id"] == NEW:
            cell["raw"] = "157800111177"
    scene.find("office", "R01", [NEW])
    view = office_view(facts_of(scene), "office")
    assert view.findings[0].cells[0].text == "7（原文各格数字连排为 157800111177）"
