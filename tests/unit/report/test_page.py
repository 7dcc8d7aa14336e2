from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import html

from expectations.forms import load_form
from gipa_pipeline.aggregate.wording import number
from gipa_pipeline.errors import StoreError
from gipa_pipeline.report import YearFacts, office_report, office_view, write_office_reports
from gipa_pipeline.report.page import safe_link
from gipa_pipeline.report.write import write_reports
from gipa_pipeline.settings import ReportSettings, Settings
from gipa_pipeline.store import Store
from tests.unit.aggregate.scene import Scene, store_of, unit
from tests.unit.report.conftest import NEW, facts_of


def page_of(facts: YearFacts, office: str = "office") -> tuple[str, html.HtmlElement]:
    text = office_report(office_view(facts, office))
    return text, html.document_fromstring(text)


def words(element: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content())


def test_heading_key_numbers_and_summary(facts: YearFacts) -> None:
    _, page = page_of(facts)
    assert words(page.find(".//h1")) == "2023年政府信息公开工作年度报告汇总与数据质量报告"
    assert "数据依据：2024-04-02取得的各单位报告原件；格式依据：国办公开办函〔2021〕30号" in words(page)
    keys = {words(li[1]): words(li[0]) for li in page.xpath("//ul[contains(@class,'keys')]/li")}
    assert keys == {
        "应计入单位": "5", "已计入单位": "3", "未计入单位": "2", "逾期发布": "0", "须改正的问题": "1", "请核实的问题": "1"
    }  # fmt: skip


def test_every_unit_with_its_state(facts: YearFacts) -> None:
    _, page = page_of(facts)
    rows = {
        words(tr[0]).strip(): [words(td).strip() for td in tr[1:]]
        for tr in page.xpath("//section[@id='units']//tbody/tr")
    }
    assert rows["某县财政局"] == ["按时发布", "2024-01-20", "2024-01-31", "计入", "1", "0"]
    assert rows["某县卫生健康局"] == ["未见报告", "—", "2024-01-31", "未计入", "0", "0"]
    assert rows["某县公安局"][0] == "无法识读扫描图片"
    assert rows["某镇人民政府使用2019年格式"][2:4] == ["未规定", "计入"]
    assert rows["某县人民政府"][3] == "不计入"
    assert "某开发区管理委员会" not in rows
    [link] = page.xpath("//section[@id='units']//a[text()='某县财政局']")
    assert link.get("href") == "https://finance.example.cn/2023.html"


def test_figures_are_those_of_the_frames(facts: YearFacts) -> None:
    _, page = page_of(facts)
    shown: dict[str, list[str]] = {}
    for td in page.xpath("//td[@data-cell]"):
        shown.setdefault(td.get("data-cell"), []).append((td.text or td[0].text).strip())
    flat = {r["cell_id"]: r["value"] for r in facts.rows("consolidated", owner=["office"])}
    tree = {r["cell_id"]: r["value"] for r in facts.rows("consolidated_tree", owner=["office"])}
    assert shown == {c: ["—" if s[c] is None else number(s[c]) for s in (flat, tree)] for c in flat}
    assert shown[NEW] == ["9", "39"]


def test_every_figure_leads_to_its_units_cells_and_their_places(facts: YearFacts) -> None:
    _, page = page_of(facts)
    frames = {"n": "consolidated", "t": "consolidated_tree"}
    for anchor, name in frames.items():
        for row in facts.rows(name, owner=["office"]):
            cell = page.get_element_by_id(f"{anchor}-{row['cell_id']}")
            links = [a.get("href") for a in cell.findall("a")]
            if row["value"] is None:
                assert links == []
                continue
            basis = page.get_element_by_id(links[0][1:])
            parts = [Decimal(td.text) for td in basis.xpath(".//td[@class='n']")]
            assert sum(parts, Decimal(0)) == row["value"], row["cell_id"]
            zeros = re.search(r"(\d+)个单位填0", words(basis))
            assert len(parts) + int(zeros[1] if zeros else 0) == row["units_included"]
            assert f"gipa trace office 2023 {row['cell_id']}" in words(basis)
            assert basis.find("p/a").get("href") == f"#{anchor}-{row['cell_id']}"
    new = page.get_element_by_id(f"nb-{NEW}")
    rows = [[words(td).strip() for td in tr.findall("td")] for tr in new.iterfind(".//tbody/tr")]
    assert [r[:2] for r in rows] == [["某县财政局", "4"], ["某县人民政府办公室", "3"], ["某镇人民政府", "2"]]
    assert all(re.fullmatch(r"第\d+至\d+个字符", r[2]) for r in rows)
    assert new.find(".//tbody/tr/td/a").get("href") == "https://finance.example.cn/2023.html"


def test_doubtful_cells_lead_to_their_notes(facts: YearFacts) -> None:
    _, page = page_of(facts)
    cell = page.xpath(f"//td[@data-cell='{NEW}']")[0]
    told = [words(page.get_element_by_id(a.get("href")[1:])) for a in cell.findall("sup/a")]
    assert sorted(re.sub(r"^\[\d+\]", "", t) for t in told) == [
        "某县人民政府办公室：此格的识读有待本系统人员核对，按现读数计入（1格）",
        "某县财政局：此格有未了结的须改正问题（R01 总计列等于六类申请人之和），按填报数计入（2格）",
    ]
    [blank] = page.xpath("//td[@data-cell='t3.carried_in.total']")[0].findall("sup/a")
    assert "某镇人民政府：此格空白未填，未计入" in words(page.get_element_by_id(blank.get("href")[1:]))
    unplaced = words(page).split("未参加汇总的单元格")[1]
    assert "某镇人民政府：表二“规章”各列；" in unplaced
    assert "表二“政府集中采购”（采购项目数量、采购总金额）" in unplaced


def test_only_certain_findings_against_publishers_go_out(county: Scene) -> None:
    county.find("finance", "A01", [NEW], verdict="uncertain", message="缺报时不能判定的差额。")
    text, page = page_of(facts_of(county))
    out = words(page.get_element_by_id("findings"))
    assert "两种读法不一致" not in text
    assert "不能判定的差额" not in text
    assert "已撤销的问题" not in words(page)
    assert "六类申请人之和为0，总计填4，相差4。" in out
    assert out.index("某县财政局") < out.index("某镇人民政府")
    assert "已经改正 某县人民政府办公室：曾经的问题。" in out
    assert "表三“一、本年新收政府信息公开申请数量”行“总计”列 ◀ 最可能有误" in out
    assert "填报 4，按关系应为 0，相差 4" in out
    assert "第3页，第5行第10列" in out
    assert "已发出" in out


def test_what_is_not_settled_stands_on_the_operators_page_alone(county: Scene, tmp_path: Path) -> None:
    county.find("finance", "A01", [NEW], verdict="uncertain", message="缺报时不能判定的差额。")
    paths = write_reports(Store(tmp_path), facts_of(county))
    held = [p for p in paths if "不能判定的差额" in html_or_book(p) or "两种读法不一致" in html_or_book(p)]
    [page] = held
    assert page == tmp_path / "reports" / "2023" / "operator.html"
    told = words(html.document_fromstring(page.read_text(encoding="utf-8")))
    assert "某县人民政府办公室（2处）" in told
    assert "核对之前不作为任何单位的问题" in told
    assert "六类申请人之和为0" not in told


def html_or_book(path: Path) -> str:
    """All text of a page, or of the parts of a workbook or document."""
    if path.suffix == ".html":
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as package:
        return "".join(package.read(name).decode("utf-8") for name in package.namelist())


def test_page_needs_nothing_from_elsewhere(facts: YearFacts) -> None:
    text, page = page_of(facts)
    assert page.xpath("//script | //link | //img | //iframe | //object | //*[@style]") == []
    assert "url(http" not in text
    assert "@import" not in text
    [policy] = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    style = page.find(".//style").text
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert (
        policy
        == f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert [
        h
        for h in page.xpath("//@href")
        if not re.match(r"https://|#|\.\./|(consolidated\.(xlsx|docx)|tables\.html)$", h)
    ] == []


def test_hostile_names_and_addresses_are_inert(hostile: Callable[[], YearFacts]) -> None:
    text, page = page_of(hostile())
    assert page.xpath("//script | //img | //q//img") == []
    assert "<script" not in text
    assert "javascript:" not in "".join(page.xpath("//@href"))
    assert 'alert("x")' in page.text_content()
    assert "</q><img src=x>" in page.text_content()


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://www.gz.gov.cn/a?b=1", True),
        ("http://例子.中国/年报", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example", False),
        ("https://", False),
        ("https://a.cn/\nx", False),
        ("http://[::1", False),
        ("files/report.pdf", False),
        (None, False),
    ],
)
def test_only_http_addresses_become_links(address: str | None, safe: bool) -> None:
    assert safe_link(address) == (address if safe else None)


def test_an_office_without_findings_or_reports(county: Scene) -> None:
    scene = Scene([unit("office", "某县人民政府办公室")]).cover("office", "not_retrievable")
    _, page = page_of(facts_of(scene))
    assert "没有发现需要单位改正或核实的问题。" in words(page)
    assert "数据依据：尚未取得任何报告" in words(page)
    assert {td.text for td in page.xpath("//td[@data-cell]")} == {"—"}
    old = Scene(county.units[:1]).report("office", state="unreadable", year=2015, covered="unreadable")
    _, page = page_of(facts_of(old, 2015))
    assert "不作汇总" in words(page)


def test_files_are_written_once_and_old_ones_go(facts: YearFacts, county: Scene, tmp_path: Path) -> None:
    store = Store(tmp_path)
    paths = write_reports(store, facts)
    names = [p.relative_to(tmp_path / "reports" / "2023").as_posix() for p in paths]
    assert names == [
        "office/index.html", "park/index.html", "office/consolidated.xlsx", "park/consolidated.xlsx",
        "office/consolidated.docx", "office/tables.html", "park/consolidated.docx", "park/tables.html",
        "operator.html", "index.html",
    ]  # fmt: skip
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in paths}
    write_reports(store, facts_of(county))
    assert {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in paths} == before
    index = html.document_fromstring(paths[-1].read_text(encoding="utf-8"))
    assert [words(td) for td in index.xpath("//tbody/tr[1]/td")] == [
        "某县人民政府办公室",
        "5",
        "3",
        "2",
        "1",
        "1",
        "Excel",
    ]
    letter = paths[0].with_name("letter.txt")
    letter.write_text("x")
    rest = [u for u in county.units if u.unit_id not in ("park", "bureau")]
    ids = {u.unit_id for u in rest}
    write_reports(store, facts_of(Scene(rest, sources=[s for s in county.sources if s.unit_id in ids])))
    assert sorted(p.name for p in (tmp_path / "reports" / "2023").rglob("*.*")) == [
        "consolidated.docx", "consolidated.xlsx", "index.html", "index.html", "letter.txt", "tables.html"
    ]  # fmt: skip


def test_of_many_cells_the_suspects_are_in_sight_and_the_rest_is_folded(county: Scene) -> None:
    parts = [c for c in load_form("2021").table_cells("t3") if c.endswith(".total")]
    for cell in county.cells:
        if cell["unit_id"] == "finance" and cell["cell_id"] in parts[:20]:
            cell["raw"] = "7"
    county.find(
        "finance", "K02", parts, likely_cells=[parts[19], parts[18]], rivals=[parts[0]], message="长的关系。"
    )
    _, page = page_of(facts_of(county))
    [finding] = [a for a in page.xpath("//article") if "长的关系。" in words(a)]
    seen = [words(tr[0]) for tr in finding.xpath(".//dd/table/tr | .//dd/table/tbody/tr")]
    assert len(seen) == 8
    assert [s.endswith("◀ 可能有误") for s in seen] == [True, True] + [False] * 6
    assert len(finding.xpath(".//details//tr")) == 12
    assert "关系中另有5格填 0" in words(finding)


def test_written_from_the_store_as_from_frames(county: Scene, tmp_path: Path) -> None:
    store = store_of(county, tmp_path / "a")
    paths = write_office_reports(
        store, county.registry, Settings(report=ReportSettings(contact="0552-0000000")), 2023
    )
    page = paths[0].read_text(encoding="utf-8")
    assert "联系：0552-0000000。" in page
    other = write_reports(Store(tmp_path / "b"), facts_of(county))
    assert page.replace("联系：0552-0000000。", "").replace("：0552-0000000", "") == other[0].read_text(
        encoding="utf-8"
    )
    assert paths[2].read_bytes() == other[2].read_bytes()


def test_a_year_that_was_not_added_up_names_the_stage(county: Scene, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="normalize"):
        write_office_reports(Store(tmp_path), county.registry, Settings(), 2023)


def test_the_gist_is_the_first_sentence_and_no_quotation_is_cut(county: Scene) -> None:
    county.findings.clear()
    county.find(
        "finance",
        "N01",
        [NEW],
        message="正文称“共70件。其中5件。”，表三为68，相差2。请核实。",
        severity="warning",
    )
    [finding] = office_view(facts_of(county), "office").findings
    assert finding.gist == "正文称“共70件。其中5件。”，表三为68，相差2。"


def test_many_cells_that_print_the_same_are_told_row_by_row(county: Scene) -> None:
    blank = [c for c in load_form("2021").table_cells("t3") if c.startswith(("t3.new.", "t3.partial."))]
    county.findings.clear()
    for cell in county.cells:
        if cell["unit_id"] == "finance" and cell["cell_id"] in blank:
            cell |= {"raw": "", "status": "blank", "value": None}
    county.find("finance", "C02", blank, severity="warning")
    facts = facts_of(county)
    _, page = page_of(facts)
    [finding] = page.xpath("//article")
    assert (
        "14格均为“空白，未填”：表三“一、本年新收政府信息公开申请数量”各列；表三“(二)部分公开”各列。"
        in words(finding)
    )
    assert finding.xpath(".//dd/table") == []


def test_of_very_many_units_the_smallest_are_told_together() -> None:
    scene = Scene(
        [unit("office", "办公室"), *(unit(f"u{n}", f"单位{n}", office="office") for n in range(104))]
    )
    for n in range(104):
        scene.report(f"u{n}", {NEW: n + 1}, default=None)
    _, page = page_of(facts_of(scene.cover("office", "missing")))
    behind = page.get_element_by_id(f"nb-{NEW}")
    assert len(behind.findall(".//tbody/tr")) == 100
    assert "其余4个单位合计10，见工作簿“各单位”。" in words(behind)
