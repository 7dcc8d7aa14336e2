"""The page that shows where each cell was read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

import pytest
from lxml import html

from gipa_pipeline.cli import main
from gipa_pipeline.commands.extract import read_and_show
from gipa_pipeline.extract.evidence import evidence_page, place_in_words
from gipa_pipeline.extract.record import failed
from gipa_pipeline.model import Place
from gipa_pipeline.samples import sample_registry
from tests.generator import LAYOUTS, make_report
from tests.unit.extract.tables import page, random_table


def _page(folder: Path, data: bytes, name: str) -> html.HtmlElement:
    read_and_show(data, name, max_bytes=10**7, folder=folder)
    (path,) = folder.glob("*.html")
    return html.fromstring(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "layout", ["text_glued", "html_div", "html_nested", "docx", "pdf", "xlsx", "markdown"]
)
def test_every_read_cell_is_linked_to_its_place_and_back(layout: str, tmp_path: Path) -> None:
    document = LAYOUTS[layout](make_report(Random(5), 2023), Random(5))
    root = _page(tmp_path, document.data, document.name)
    ids = set(root.xpath("//@id"))
    targets = {href.removeprefix("#") for href in root.xpath("//a/@href")}
    assert targets <= ids
    assert len(ids) == len(root.xpath("//@id"))
    canonical = [i for i in ids if i.startswith("c-")]
    assert len(canonical) == len(document.report.cells)
    located = {i.removeprefix("s-") for i in ids if i.startswith("s-")}
    filled = {cell for cell, value in document.report.cells.items() if value is not None}
    assert filled <= located


def test_values_and_printed_text_stand_on_both_sides(tmp_path: Path) -> None:
    table = random_table(Random(2), 40)
    root = _page(
        tmp_path, page({**table, "t3.granted.total": "１２件", "t3.new.other": "见附件"}).encode(), "a.html"
    )
    (cell,) = root.xpath("//td[@id='c-t3.granted.total']")
    assert cell.text_content() == "12"
    assert "reported" in cell.get("class")
    assert "doubted" in cell.get("class")
    (mark,) = root.xpath("//a[@id='s-t3.granted.total']")
    assert mark.text_content() == "１２件"
    (unread,) = root.xpath("//td[@id='c-t3.new.other']")
    assert "unreadable" in unread.get("class")
    assert "missing" in root.xpath("//td[@id='c-t2.licensing.decisions']/@class")[0]


def test_rival_readings_are_listed(tmp_path: Path) -> None:
    document = LAYOUTS["text_glued"](make_report(Random(3), 2023), Random(3))
    text = re.sub(r"(行政规范性文件)\d+", r"\g<1>12345", document.data.decode())
    root = _page(tmp_path, text.encode(), "a.txt")
    cells = root.xpath("//td[starts-with(@id, 'c-t2.normative')]")
    assert cells
    assert all("ambiguous" in c.get("class") and "、" in c.xpath("string(small)") for c in cells)


def test_what_a_unit_wrote_is_text_only(tmp_path: Path) -> None:
    table = random_table(Random(2), 9)
    evil = "<script>alert(1)</script>&lt;img src=x onerror=alert(2)&gt;\"'><b>"
    data = page({**table, "t3.new.other": "&lt;script&gt;3&lt;/script&gt;"}, head=f"<p>{evil}</p>")
    root = _page(tmp_path, data.encode(), "<i>.html")
    assert root.xpath("//script|//img|//i|//b|//link|//iframe") == []
    assert root.xpath("//@onerror|//@style|//@src") == []
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "<script>3</script>" in root.text_content()


def test_a_document_that_could_not_be_opened() -> None:
    text = evidence_page("a.pdf", failed("ab" * 32, "encrypted", "locked with a <password>"), None)
    assert "locked with a &lt;password&gt;" in text
    assert "无法读取" in text


def test_places_in_words() -> None:
    assert place_in_words(None) == ""
    assert place_in_words(Place("pdf", table=1, row=2, column=3, page=4, box=(1.0, 2.5, 3.0, 4.0))) == (
        "第4页，第2个表格第3行第4列，左1 上2.5 右3 下4（磅）"
    )
    assert place_in_words(Place("text", start=5, end=7)) == "第5至7字"
    assert place_in_words(Place("html", path="/html/body/p[2]")) == "/html/body/p[2]"


def test_the_command_writes_a_page_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = sample_registry() / "reports" / "2023"
    paths = [next(folder.glob("*.pdf")), next(folder.glob("*.docx"))]
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    code = main(["extract", *map(str, [*paths, broken]), "--evidence", str(tmp_path / "pages")])
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 1
    assert [f["path"] for f in found] == [str(p) for p in [*paths, broken]]
    names = {f"{Path(f['path']).stem}-{f['sha256'][:8]}.html" for f in found}
    assert {p.name for p in (tmp_path / "pages").iterdir()} == names
