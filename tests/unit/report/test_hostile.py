"""Names and prose that want to be something else than text, through everything an office or a unit receives."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import docx
import openpyxl
import pytest
from lxml import etree, html

from gipa_pipeline.deliver.message import NotSendable, parcel, to_bytes
from gipa_pipeline.errors import RegistryError
from gipa_pipeline.extract.evidence import evidence_page
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.opendata.export import export
from gipa_pipeline.registry import load_registry
from gipa_pipeline.report import OfficeView, YearFacts, consolidated_workbook, office_report, office_view
from gipa_pipeline.report.consolidated import consolidated_document, consolidated_fragment
from gipa_pipeline.report.letter import letter
from gipa_pipeline.settings import Settings
from tests.unit.aggregate.scene import Scene, store_of, unit
from tests.unit.report.conftest import NEW, facts_of

NAMES = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example","点我")',
    "+1-1|cmd",
    "@SUM(A1:A9)",
    "-2+3",
    "{{contact}}{% raw %}",
    "某'县[局]:*?/\\局",
    '"><img src=x onerror=alert(1)>',
    "长" * 200,
    "&amp;&lt;b&gt;",
    "𠮷野家" * 20,
)
PROSE = "<b>粗</b>\u202e\u200f反\x00\x07\x0b\t=1+1\r\nBcc: x@evil.example\r\n]]><w:p/>{{unit}}"
TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b\x00-\x08\x0b\x0c\x0e-\x1f]")


@pytest.fixture(scope="module", params=NAMES, ids=range(len(NAMES)))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def scene(name: str) -> Scene:
    scene = Scene([unit("office", name), unit("x", name, office="office"), unit("y", name, office="office")])
    scene.report("office", {NEW: 1}).report("x", {NEW: 5}, url="javascript:alert(1)").report("y", {NEW: ""})
    scene.reports[-1] |= {"title": PROSE, "error_message": PROSE}
    for cell in scene.cells:
        if cell["unit_id"] == "x" and cell["cell_id"] == NEW:
            cell["raw"] = PROSE
    said = dict.fromkeys(
        ("message", "fix", "clause", "actual", "expected", "difference", "suggestion"), PROSE
    )
    told = json.dumps({"sentences": [PROSE]})
    scene.find("x", "R01", [NEW], likely_cells=[NEW], evidence=told, **said)
    return scene.find("office", "S07", [], severity="warning", evidence=told, **said)


@pytest.fixture(scope="module")
def facts(scene: Scene) -> YearFacts:
    return facts_of(scene)


@pytest.fixture(scope="module")
def view(facts: YearFacts) -> OfficeView:
    return office_view(facts, "office")


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_page(view: OfficeView, name: str) -> None:
    text = office_report(view)
    assert not TURNS.search(text)
    page = html.document_fromstring(text)
    assert page.xpath("//script | //img | //b[text()='粗'] | //iframe | //*[@onerror] | //*[@style]") == []
    assert all(re.match(r"https://|#|\.\./|(consolidated|tables)\.", h) for h in page.xpath("//@href"))
    assert squeezed(name) in squeezed(page.text_content())
    for svg in page.xpath("//svg"):
        etree.fromstring(etree.tostring(svg))
    assert len(page.get_element_by_id("findings").xpath(".//article")) == 2


def test_tables_to_paste(view: OfficeView, name: str) -> None:
    text = consolidated_fragment(view)
    assert text is not None
    assert not TURNS.search(text)
    page = html.fragment_fromstring(text, create_parent=True)
    assert {e.tag for e in page.iter()} <= {
        "div", "meta", "h2", "h3", "p", "table", "tbody", "tr", "th", "td", "sup", "strong", "ul", "li"
    }  # fmt: skip
    assert squeezed(name) in squeezed(page.text_content())


def test_workbook(view: OfficeView, name: str) -> None:
    data = consolidated_workbook(view)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for part in package.namelist():
            if part.endswith((".xml", ".rels", ".vml")):
                text = package.read(part).decode("utf-8")
                etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False))
                assert not TURNS.search(text), part
    book = openpyxl.load_workbook(io.BytesIO(data))
    for title in book.sheetnames:
        assert 0 < len(title.encode("utf-16-le")) <= 62
        assert not set(title) & set("[]:*?/\\'")
    ours = re.compile(r"=SUM\('各单位'!([A-Z]+)\$5:\1\$7\)|='各单位'![A-Z]+\d+")
    for sheet in book:
        for cell in (c for row in sheet.iter_rows() for c in row):
            assert cell.data_type != "f" or ours.fullmatch(str(cell.value)), cell.value
            target = cell.hyperlink.target if cell.hyperlink else None
            assert target is None or target.startswith("https://")
    assert book["各单位"]["A5"].value == name


def test_letter_and_word_tables(view: OfficeView, facts: YearFacts, name: str) -> None:
    for data in (letter(view, facts.registry.units["x"], Settings()), consolidated_document(view)):
        assert data is not None
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            assert sorted(package.namelist()) == ["[Content_Types].xml", "_rels/.rels", "word/document.xml"]
            root = etree.fromstring(package.read("word/document.xml"))
        kinds = {etree.QName(e).localname for e in root.iter()}
        assert not kinds & {"hyperlink", "fldSimple", "instrText", "altChunk", "object", "pict", "drawing"}
        told = "".join(t for t in root.itertext())
        assert not TURNS.search(told)
        assert squeezed(name) in squeezed(told)
        docx.Document(io.BytesIO(data))


def test_mail(name: str) -> None:
    about = {
        "office_id": "office",
        "year": 2023,
        "sender": "a@b.cn",
        "summary": "",
        "files": {"a.html": b"x"},
    }
    mail = message_from_bytes(
        to_bytes(parcel(name=name, recipient="c@d.cn", **about), datetime(2024, 1, 1, tzinfo=UTC)),
        policy=policy.default,
    )
    assert sorted(mail.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
    )
    assert squeezed(name) in squeezed(str(mail["Subject"]))
    for wrong in (f"{name}\r\nBcc: x@evil.example", f"{name}\u202e"):
        with pytest.raises(NotSendable):
            parcel(name=wrong, recipient="c@d.cn", **about)
    with pytest.raises(NotSendable):
        parcel(name=name, recipient="c@d.cn\r\nBcc: x@evil.example", **about)


@pytest.mark.parametrize("sign", ["\u202e", "\x07", "\u200b", "\x0b"])
def test_the_registry_takes_no_name_with_what_cannot_be_seen(tmp_path: Path, sign: str) -> None:
    rows = ["unit_id,name,level,kind,region_code,supervising_unit_id,host,contact_email"]
    rows.append(f"a,某{sign}局,county,department,340323,,www.a.gov.cn,")
    (tmp_path / "units.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "sources.csv").write_text("unit_id,year,url\n", encoding="utf-8")
    with pytest.raises(RegistryError, match="invisible character"):
        load_registry(tmp_path)


def test_open_data(tmp_path: Path) -> None:
    scene = Scene([unit(f"u{n}", name, office="u0" if n else None) for n, name in enumerate(NAMES)])
    for n in range(len(NAMES)):
        scene.report(f"u{n}", {NEW: 1}).find(
            f"u{n}", "R01", [NEW], message=NAMES[n], fix=PROSE, actual=NAMES[n]
        )
    export(store_of(scene, tmp_path / "data"), scene.registry, [2023], tmp_path / "out")
    paths = sorted((tmp_path / "out" / "data").glob("*.csv"))
    assert {"findings.csv", "units.csv"} <= {path.name for path in paths}
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            boxes = [box for row in csv.reader(file) for box in row]
        assert boxes
        # What a spreadsheet would calculate begins with an apostrophe; numbers may be negative.
        wild = [
            b for b in boxes if b.lstrip()[:1] in ("=", "+", "-", "@") and not re.fullmatch(r"-?[\d.]+", b)
        ]
        assert wild == [], path.name


def test_evidence_page() -> None:
    body = "".join(
        f"<p>{i}</p>"
        for i in ("&lt;script&gt;x&lt;/script&gt;", "一、总体情况", "&quot;&gt;&lt;img src=x&gt;")
    )
    data = f"<html><head><meta charset=utf-8><title>&lt;b&gt;局</title></head><body>{body}</body></html>".encode()
    reading = read_document(data, "<i>x.html")
    page = html.document_fromstring(evidence_page("<i>x.html", reading, None))
    assert page.xpath("//script | //img | //i | //b") == []
