"""Comparing the readers, choosing the form, a document's own data, its parts, and records on disk."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.forms import load_form
from gipa_pipeline.extract.media.document import Document, Meta
from gipa_pipeline.extract.prose.metadata import metadata_of
from gipa_pipeline.extract.prose.sections import sections_of
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.extract.record import failed, from_json, to_json
from gipa_pipeline.extract.tables.agreement import compare
from gipa_pipeline.extract.tables.labels import core
from gipa_pipeline.extract.tables.task import SequenceReading
from gipa_pipeline.extract.template import Template, template_of
from gipa_pipeline.model import CellReading, Claim, Place, ReaderNote, Reading, SectionText
from tests.unit.extract.tables import FORM

CELL = "t3.granted.total"
HERE = Place("html", table=0, row=3, column=7)


def _compared(a: CellReading | None, b: CellReading | None) -> tuple[CellReading, list[ReaderNote]]:
    sequence = SequenceReading(open_cells={CELL: b} if b else {})
    cells, notes = compare(FORM, {CELL: a} if a else {}, sequence, lambda cell: Place("html", start=5))
    assert set(cells) == set(FORM.cells)
    return cells[CELL], notes


def _seen(value: int, status: str = "reported", reader: str = "structure") -> CellReading:
    return CellReading(status, Decimal(value), str(value), place=HERE, readers=(reader,))


def test_agreement_names_both_readers() -> None:
    cell, notes = _compared(_seen(5), _seen(5, reader="sequence"))
    assert (cell.status, cell.value, cell.readers) == ("reported", 5, ("structure", "sequence"))
    assert notes == []


def test_disagreement_is_ambiguous_and_noted() -> None:
    cell, notes = _compared(_seen(5), _seen(6, reader="sequence"))
    assert (cell.status, cell.value) == ("ambiguous", None)
    assert set(cell.candidates) == {5, 6}
    assert [(n.kind, n.cells) for n in notes] == [("readers_disagree", (CELL,))]


def test_a_blank_against_a_number_is_no_zero() -> None:
    cell, notes = _compared(CellReading("blank", raw="", readers=("structure",)), _seen(0, reader="sequence"))
    assert cell.status == "ambiguous"
    assert notes[0].kind == "readers_disagree"


def test_a_plain_reading_outranks_a_cut_one() -> None:
    cell, notes = _compared(_seen(5), _seen(6, "inferred", "sequence"))
    assert (cell.status, cell.value) == ("reported", 5)
    assert notes[0].kind == "readers_disagree"


def test_a_cutting_does_not_answer_for_printed_words() -> None:
    words = CellReading("unreadable", raw="见附件", place=HERE, readers=("structure",))
    cell, _ = _compared(words, _seen(4, "inferred", "sequence"))
    assert (cell.status, cell.value, cell.raw) == ("unreadable", None, "见附件")


def test_a_cutting_answers_for_merged_figures() -> None:
    merged = CellReading("unreadable", raw="12\n3", place=HERE, readers=("structure",), note="merged")
    cell, _ = _compared(merged, _seen(12, "inferred", "sequence"))
    assert (cell.status, cell.value) == ("inferred", 12)


def test_the_running_text_does_not_share_out_a_figure_over_several_cells() -> None:
    merged = CellReading("unreadable", raw="0", place=HERE, readers=("structure",), note="merged")
    for other in (_seen(0, reader="sequence"), CellReading("blank", raw="", readers=("sequence",))):
        assert _compared(merged, other)[0].status == "unreadable"
    blank = CellReading("blank", raw="", readers=("structure",))
    assert _compared(blank, CellReading("blank", raw="", readers=("sequence",)))[0].status == "blank"


def test_one_reader_alone_and_none_at_all() -> None:
    assert _compared(None, CellReading("reported", Decimal(3), "3"))[0].place == Place("html", start=5)
    assert _compared(None, None)[0].status == "missing"


def _signs(edition: str) -> str:
    form = load_form(edition)
    return "".join([*map(core, form.fingerprints), *(core(r.label) for r in form.rows)])


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_an_edition_by_its_own_labels(edition: str) -> None:
    assert template_of(_signs(edition)) == Template(edition)


def test_a_hybrid_is_the_edition_with_more_signs() -> None:
    other = core(load_form("2019").fingerprints[0])
    assert template_of(_signs("2021") + other) == Template("2021", hybrid=True)


def test_the_statistics_table_is_refused_by_name() -> None:
    page = (
        "<p>政府信息公开情况统计表</p><table><tr><td>主动公开政府信息数<td>12<tr><td>收到申请数<td>3</table>"
    )
    reading = read_document(page.encode(), "a.html")
    assert (reading.template, reading.state, dict(reading.cells)) == ("pre2019", "read", {})


def test_a_budget_table_gives_no_cells() -> None:
    rows = "".join(f"<tr><td>{n}、一般公共预算拨款收入<td>{n * 10}<td>0" for n in range(20))
    reading = read_document(
        f"<title>甲局2023年部门预算</title><p>行政复议</p><table>{rows}</table>".encode(), "a.html"
    )
    assert (reading.template, reading.state, dict(reading.cells)) == (None, "not_a_report", {})


def _document(text: str, **meta: str) -> Document:
    return Document("text", text, meta=Meta(**meta))  # type: ignore[arg-type]


def test_metadata() -> None:
    found = metadata_of(
        _document(
            "索 引 号：113400/2024-00012\n发布机构：济川市水务局\n发布日期：2024-01-18 09:00\n"
            "济川市水务局2023年政府信息公开工作年度报告\n"
            "根据国办公开办函〔2021〕30号要求,数据统计期限自2023年1月1日起至2023年12月31日止。\n"
        )
    )
    assert found.title == "济川市水务局2023年政府信息公开工作年度报告"
    assert (found.agency, found.year) == ("济川市水务局", 2023)
    assert found.published == date(2024, 1, 18)
    assert found.index_number == "113400/2024-00012"
    assert found.notice == "国办公开办函〔2021〕30号"
    assert found.period == (date(2023, 1, 1), date(2023, 12, 31))


def test_what_is_not_said_is_not_known() -> None:
    found = metadata_of(_document("一页普通文字,2023年工作总结。"))
    assert (found.title, found.agency, found.year, found.published) == (None, None, None, None)


def test_metadata_in_a_megabyte_of_white_space() -> None:
    text = "济川市水务局2023年政府信息公开工作年度报告\n2023" + " " * 1_000_000 + "年"
    assert metadata_of(_document(text)).year == 2023


def _report(headings: list[str]) -> str:
    return "\n".join(f"{h}\n这是{n}的正文。" for n, h in enumerate(headings))


HEADINGS = [f"{'一二三四五六'[s.number - 1]}、{s.title}" for s in FORM.sections]


def test_six_parts() -> None:
    sections, notes = sections_of("前言\n" + _report(HEADINGS), FORM)
    assert [s.part for s in sections] == [0, 1, 2, 3, 4, 5, 6]
    assert [s.text for s in sections[1:]] == [f"这是{n}的正文。" for n in range(6)]
    assert notes == []


def test_a_missing_part() -> None:
    sections, notes = sections_of(_report(HEADINGS[:4] + HEADINGS[5:]), FORM)
    assert [s.part for s in sections if s.part] == [1, 2, 3, 4, 6]
    assert [(n.kind, n.detail) for n in notes] == [("part_missing", "5")]


def test_numbering_that_repeats() -> None:
    headings = [*HEADINGS[:4], HEADINGS[4].replace("五、", "四、"), HEADINGS[5].replace("六、", "五、")]
    sections, notes = sections_of(_report(headings), FORM)
    assert [s.part for s in sections if s.part] == [1, 2, 3, 4, 5, 6]
    assert [(n.kind, n.detail) for n in notes] == [("part_numbering", "5:四"), ("part_numbering", "6:五")]


def test_the_foot_of_a_page_is_no_prose() -> None:
    sections, _ = sections_of(_report(HEADINGS) + "\n版权所有：某单位\n电话 123", FORM)
    assert sections[-1].text == "这是5的正文。"


decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**11), max_value=10**11)
texts = st.text(st.characters(codec="utf-8"), max_size=12)
places = st.builds(
    Place,
    reader=st.sampled_from(("html", "pdf")),
    start=st.none() | st.integers(0, 10**6),
    path=st.none() | texts,
    page=st.none() | st.integers(1, 80),
    box=st.none() | st.tuples(*[st.floats(0, 900, allow_nan=False)] * 4),
)
cells = st.builds(
    CellReading,
    status=st.sampled_from(("reported", "ambiguous", "blank")),
    value=st.none() | decimals,
    raw=st.none() | texts,
    candidates=st.lists(decimals, max_size=3).map(tuple),
    place=st.none() | places,
    readers=st.lists(texts, max_size=2).map(tuple),
    note=st.none() | texts,
)
readings = st.builds(
    Reading,
    sha256=texts,
    medium=st.just("html"),
    state=st.just("read"),
    template=st.sampled_from(("2019", "2021", None)),
    hybrid=st.booleans(),
    year=st.none() | st.integers(2008, 2030),
    agency=st.none() | texts,
    title=st.none() | texts,
    published=st.none() | st.dates(),
    index_number=st.none() | texts,
    notice=st.none() | texts,
    period=st.none() | st.tuples(st.dates(), st.dates()),
    cells=st.dictionaries(texts, cells, max_size=3),
    sections=st.lists(st.builds(SectionText, st.integers(0, 6), texts, texts), max_size=2).map(tuple),
    claims=st.lists(st.builds(Claim, texts, decimals, texts), max_size=2).map(tuple),
    notes=st.lists(st.builds(ReaderNote, texts, texts, st.just(("a", "b"))), max_size=2).map(tuple),
    error=st.none() | st.tuples(texts, texts),
)


@given(readings)
@settings(max_examples=50)
def test_a_record_gives_the_reading_back(reading: Reading) -> None:
    text = to_json(reading)
    assert from_json(text) == reading
    assert to_json(from_json(text)) == text


def test_a_failure_as_a_record() -> None:
    reading = from_json(to_json(failed("ab", "timeout", "took too long")))
    assert (reading.state, reading.error) == ("unreadable", ("timeout", "took too long"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sha256": 1}'])
def test_a_damaged_record(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_json(text)
