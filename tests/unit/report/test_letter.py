from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from lxml import etree

from gipa_pipeline.commands.letters import letters
from gipa_pipeline.report import YearFacts, office_view, write_office_reports
from gipa_pipeline.report.docx import Box, TemplateError, document, fill, paragraph, table
from gipa_pipeline.report.letter import default_template, due_findings, letter, write_letters
from gipa_pipeline.settings import Due, OfficeSettings, ReportSettings, Settings, load_settings
from tests.unit.aggregate.scene import Scene, store_of
from tests.unit.report.conftest import HOSTILE, NEW, facts_of


def text_of(data: bytes) -> str:
    """All text of a document in reading order, tables row by row."""
    opened = docx.Document(io.BytesIO(data))
    return "\n".join(
        "".join(t.text or "" for t in block.iter() if t.tag.endswith("}t")) for block in opened.element.body
    )


def made(facts: YearFacts, unit: str, settings: Settings | None = None) -> str:
    view = office_view(facts, "office")
    data = letter(view, facts.registry.units[unit], settings or Settings())
    return "" if data is None else text_of(data)


def test_a_letter_is_polite_and_exact(facts: YearFacts) -> None:
    told = made(facts, "finance")
    assert told.startswith("关于核对2023年政府信息公开\n工作年度报告的通知\n某县财政局：\n")
    for said in (
        "有1处需要改正。以下写明不成立的关系和报告所填的数，哪一个数有误，请以台账为准。",
        "1．【须改正】表三“本年新收”行：六类申请人之和为0，总计填4，相差4。",
        "表三“一、本年新收政府信息公开申请数量”行“总计”列（最可能有误）4第3页",
        "核对：填报 4，按关系应为 0，相差 4。",
        "列为0时全部关系成立。仅供核对时参考，请以台账为准。",
        "如何处理：核对台账后更正。",
        "依据：格式表",
        "（规则R01）",
        "请自收到本通知之日起10个工作日内核对",
        "格式依据为国办公开办函〔2021〕30号。",
        "\n某县人民政府办公室\n",
    ):
        assert said in told
    assert "{{" not in told
    assert "请核实" not in told
    assert "标为“请核实”的，如果属实，说明情况即可" in made(facts, "town")


@pytest.mark.parametrize(
    "more",
    [
        {"responsibility": "extractor"}, {"responsibility": "undecided"}, {"state": "dismissed"}, {"state": "corrected"},
        {"verdict": "uncertain"}, {"severity": "info"},
    ],
)  # fmt: skip
def test_nobody_is_written_to_without_ground(county: Scene, more: dict[str, str]) -> None:
    county.findings.clear()
    county.find("finance", "R01", [NEW], **more)
    facts = facts_of(county)
    assert due_findings(office_view(facts, "office"), "finance") == ()
    assert made(facts, "finance") == ""
    county.find("finance", "K01", [NEW])
    assert "K01不成立" in made(facts_of(county), "finance")
    assert "R01" not in made(facts_of(county), "finance")


def test_the_date_is_the_offices_where_it_sets_one(facts: YearFacts) -> None:
    days = Settings(report=ReportSettings(reply_days=5, contact="张三 0552-000"))
    assert "自收到本通知之日起5个工作日内" in made(facts, "finance", days)
    own = replace(days, offices={"office": OfficeSettings(reply_by=Due((2, 20)))})
    assert "请于2024年2月20日前核对" in made(facts, "finance", own)


def test_settings_of_letters(tmp_path: Path) -> None:
    (tmp_path / "gipa.toml").write_text(
        '[report]\nreply_days = 7\n[offices.a]\nreply_by = {2024 = "02-28"}\n'
    )
    settings = load_settings(tmp_path)
    assert settings.report.reply_days == 7
    assert settings.offices["a"].reply_by.on(2024) == Due((2, 28)).on(2024)
    assert settings.offices["a"].reply_by.on(2023) is None


def test_hostile_names_are_inert(hostile: Callable[[], YearFacts]) -> None:
    facts = hostile()
    unit = replace(facts.registry.units["x"], name="{{contact}}<w:p/>&\u202e\x07\n某局")
    facts.registry.units["x"] = unit  # type: ignore[index]
    view = office_view(facts, "office")
    data = letter(view, unit, Settings(report=ReportSettings(contact="办公室电话")))
    assert data is not None
    told = text_of(data)
    assert "\n{{contact}}<w:p/>& 某局：\n" in told
    assert told.count("办公室电话") == 0  # the view's contact is that of the facts' settings
    assert HOSTILE in told
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.namelist() == ["[Content_Types].xml", "_rels/.rels", "word/document.xml"]
    assert data == letter(view, unit, Settings(report=ReportSettings(contact="办公室电话")))


def test_letters_are_written_and_those_without_ground_go(county: Scene, tmp_path: Path) -> None:
    store = store_of(county, tmp_path)
    county.find("office", "S02", []).find("county", "A01", [])
    store = store_of(county, tmp_path)
    folder = tmp_path / "reports" / "2023" / "office" / "letters"
    folder.mkdir(parents=True)
    (folder / "health.docx").write_bytes(b"old")
    written, own = write_letters(store, county.registry, Settings(), 2023, offices=["office"])
    assert [p.name for p in written] == ["finance.docx", "town.docx"]
    assert sorted(p.name for p in folder.iterdir()) == ["finance.docx", "town.docx"]
    assert own == ["某县人民政府办公室", "某县人民政府"]
    county.findings = [f for f in county.findings if f["unit_id"] != "town"]
    store = store_of(county, tmp_path)
    assert write_letters(store, county.registry, Settings(), 2023, offices=["office"], unit="town") == (
        [],
        [],
    )
    assert [p.name for p in folder.iterdir()] == ["finance.docx"]


def test_what_lies_beside_a_new_page_is_of_it_or_gone(county: Scene, tmp_path: Path) -> None:
    store = store_of(county, tmp_path)
    write_office_reports(store, county.registry, Settings(), 2023)
    office = tmp_path / "reports" / "2023" / "office"
    assert not (office / "letters").exists()
    write_letters(store, county.registry, Settings(), 2023, offices=["office"])
    (office / "report.pdf").write_bytes(b"%PDF")
    write_office_reports(store, county.registry, Settings(), 2023)
    assert sorted(p.name for p in office.rglob("*.[dp]*f*")) == ["report.pdf"]
    assert len(list((office / "letters").iterdir())) == 2
    county.findings = [f for f in county.findings if f["unit_id"] != "finance"]
    write_office_reports(store_of(county, tmp_path), county.registry, Settings(), 2023)
    assert not (office / "report.pdf").exists()
    assert [p.name for p in (office / "letters").iterdir()] == ["town.docx"]
    gone = office.with_name("closed")
    (gone / "letters").mkdir(parents=True)
    for name in ("index.html", "report.pdf", "letters/x.docx", "notes.txt"):
        (gone / name).write_bytes(b"x")
    write_office_reports(store, county.registry, Settings(), 2023)
    assert [p.name for p in gone.rglob("*.*")] == ["notes.txt"]


def test_the_registrys_template_is_taken(county: Scene, tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(
        document([paragraph("{{unit}}请看：{{contact}}"), paragraph("{{findings}}")])
    )
    registry = replace(county.registry, folder=tmp_path)
    [path, _], _ = write_letters(
        store_of(county, tmp_path / "d"), registry, Settings(), 2023, offices=["office"]
    )
    assert text_of(path.read_bytes()).startswith("某县财政局请看：")


def test_an_offices_own_template() -> None:
    own = docx.Document()
    line = own.add_paragraph("致 {{un")
    line.add_run("it").bold = True
    line.add_run("}}（{{ year }}年）")
    own.add_paragraph("{{findings}}")
    file = io.BytesIO()
    own.save(file)
    data = fill(
        file.getvalue(), {"unit": "甲局", "year": "2024"}, {"findings": [paragraph("一件事")]}, "letter.docx"
    )
    assert text_of(data).startswith("致 甲局（2024年）\n一件事")


def test_headers_footers_and_text_boxes_are_filled() -> None:
    own = docx.Document()
    own.sections[0].header.paragraphs[0].text = "{{office}}"
    own.sections[0].footer.paragraphs[0].text = "{{year}}年　{{ contact }}"
    own.add_paragraph("{{findings}}")
    own.paragraphs[0]._p.addnext(etree.fromstring(TEXT_BOX))
    file = io.BytesIO()
    own.save(file)
    values = {"office": "某办公室", "year": "2024", "contact": "0552", "unit": "甲局"}
    opened = docx.Document(
        io.BytesIO(fill(file.getvalue(), values, {"findings": [paragraph("事项")]}, "letter.docx"))
    )
    assert opened.sections[0].header.paragraphs[0].text == "某办公室"
    assert opened.sections[0].footer.paragraphs[0].text == "2024年　0552"
    texts = [t.text for t in opened.element.body.iter() if t.tag.endswith("}t")]
    assert texts == ["事项", "框前", "致", "甲局", "2024"]


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TEXT_BOX = f"""<w:p xmlns:w="{W}"><w:r><w:t>框前</w:t></w:r><w:r><w:pict><w:txbxContent>
<w:p><w:r><w:t>致</w:t></w:r><w:r><w:t>{{{{unit}}}}</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>
<w:r><w:t>{{{{year}}}}</w:t></w:r></w:p>"""


def test_what_was_told_before_is_said_so(county: Scene) -> None:
    county.findings.clear()
    county.find("finance", "R01", [NEW]).find("town", "R01", [NEW], state="acknowledged")
    told = made(facts_of(county), "town")
    assert "进展：此前已告知，现公开的报告中仍有此问题。" in told
    assert "此前已告知" not in made(facts_of(county), "finance")


def with_header(text: str) -> bytes:
    own = docx.Document()
    own.sections[0].header.paragraphs[0].text = text
    own.add_paragraph("{{findings}}")
    file = io.BytesIO()
    own.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (with_header("{{phone}}"), r"\{\{phone\}\} is not known"),
        (with_header("{{findings}}"), "must stand alone in a paragraph of the main text"),
        (with_header("{{单位}}"), r"\{\{单位\}\} is not known. Known are: findings, unit"),
        (with_header("致{{unit}"), "broken placeholder in “致{{unit}”"),
        (with_header("{{}}"), "is not known"),
        (b"no zip", "letter.docx: no Word document"),
        (document([paragraph("{{unit}}")]), "must stand alone in a paragraph of the template"),
        (
            document([paragraph("{{findings}}"), paragraph("{{phone}}")]),
            r"\{\{phone\}\} is not known. Known are: findings, unit",
        ),
        (document([paragraph("见 {{findings}}")]), "must stand alone in a paragraph"),
    ],
)
def test_templates_that_cannot_be_filled_are_told(template: bytes, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        fill(template, {"unit": "甲局"}, {"findings": []}, "letter.docx")


def test_spans_of_a_table() -> None:
    made = table([[Box("甲", rows=2), Box("乙", columns=2)], [Box("丙"), Box("丁")]], (100, 100, 100))
    opened = docx.Document(io.BytesIO(document([made]))).tables[0]
    assert [[c.text for c in row.cells] for row in opened.rows] == [["甲", "乙", "乙"], ["甲", "丙", "丁"]]


def test_command(county: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = tmp_path / "t.docx"
    options = {"office": None, "year": None, "unit": None}
    assert letters(None, None, {}, **options, new_template=template) == 0
    assert template.read_bytes() == default_template()
    assert letters(None, None, {}, **options, new_template=template) == 2
    assert "is there already" in capsys.readouterr().err
    assert letters(None, tmp_path, {}, office="nobody", year=None, unit=None, new_template=None) == 2
    assert "no office 'nobody'; there are jichuan-office" in capsys.readouterr().err
