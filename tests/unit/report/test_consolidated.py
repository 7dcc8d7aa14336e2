from __future__ import annotations

import io
import re
from collections.abc import Callable

import docx
from lxml import html

from expectations.forms import load_form
from gipa_pipeline.aggregate.wording import number
from gipa_pipeline.report import YearFacts, office_view
from gipa_pipeline.report.consolidated import consolidated_document, consolidated_fragment
from tests.unit.aggregate.scene import Scene, unit
from tests.unit.report.conftest import NEW, facts_of


def figures(facts: YearFacts, name: str = "consolidated") -> list[str]:
    rows = {r["cell_id"]: r["value"] for r in facts.rows(name, owner=["office"])}
    return ["—" if rows[c] is None else number(rows[c]) for c in load_form("2021").cells]


def numbers(rows: list[list[str]]) -> list[str]:
    """What a table's rows hold besides words."""
    return [t for row in rows for t in row if re.fullmatch(r"[\d.]+|—", t)]


def paragraphs(data: bytes) -> list[str]:
    return [p.text for p in docx.Document(io.BytesIO(data)).paragraphs]


def test_word_tables_hold_the_frames_figures(facts: YearFacts) -> None:
    data = consolidated_document(office_view(facts, "office"))
    assert data is not None
    opened = docx.Document(io.BytesIO(data))
    assert len(opened.tables) == 6
    shown = []
    for table in opened.tables:
        for row in table._tbl.tr_lst:
            # A raised mark is no part of the figure; a merged box holds its text in its first row.
            runs = [
                "".join(
                    r.text
                    for r in tc.iter()
                    if r.tag.endswith("}r")
                    and "superscript" not in "".join(v for e in r.iter() for v in e.attrib.values())
                )
                for tc in row.tc_lst
            ]
            shown.append(runs)
    assert numbers(shown) == figures(facts) + figures(facts, "consolidated_tree")
    assert data == consolidated_document(office_view(facts, "office"))


def test_fragment_holds_the_same_with_raised_numbers(facts: YearFacts) -> None:
    text = consolidated_fragment(office_view(facts, "office"))
    assert text is not None
    page = html.fragment_fromstring(text, create_parent=True)
    rows = [[(td.text or "").strip() for td in tr if td.tag == "td"] for tr in page.iter("tr")]
    assert numbers(rows) == figures(facts) + figures(facts, "consolidated_tree")
    # Without its format, a raised number must not lengthen the figure.
    assert {re.sub(r"[\d,]+", "n", t) for t in page.xpath("//sup/text()")} == {"[n]"}
    assert "<script" not in text
    assert not re.search(r"<(html|body|style|script)", text)


def test_what_is_not_settled_is_listed(facts: YearFacts) -> None:
    data = consolidated_document(office_view(facts, "office"))
    assert data is not None
    lines = paragraphs(data)
    at = lines.index("发布前请处理（处理完请删去上标和本说明）：")
    assert "点击该数即可查看" in lines[at + 1]
    assert lines[at + 2] == "各格均不含以下2个未计入的单位：某县卫生健康局、某县公安局。"
    listed = "\n".join(lines[at:])
    assert (
        "某县财政局：此格有未了结的须改正问题（R01 总计列等于六类申请人之和），按填报数计入。涉及：表三“一、本年新收政府信息公开申请数量”（自然人、总计）。"
        in listed
    )
    assert "此格空白未填，未计入。涉及：表三“二、上年结转政府信息公开申请数量”（总计）。" in listed
    assert "应计入5个单位，已计入3个，各格均不含2个未计入的单位。" in lines[1]


def test_nothing_open() -> None:
    scene = Scene([unit("office", "某县人民政府办公室")]).report("office", {NEW: 1})
    data = consolidated_document(office_view(facts_of(scene), "office"))
    assert data is not None
    assert paragraphs(data)[-2] == "没有存疑的数，也没有未计入的单位。"
    old = Scene(scene.units).report("office", state="unreadable", year=2015, covered="unreadable")
    assert consolidated_document(office_view(facts_of(old, 2015), "office")) is None
    assert consolidated_fragment(office_view(facts_of(old, 2015), "office")) is None


def test_hostile_names_are_inert(hostile: Callable[[], YearFacts]) -> None:
    text = consolidated_fragment(office_view(hostile(), "office"))
    assert text is not None
    assert "<script" not in text
    assert "&lt;script&gt;" in text
