"""Pages that only link to the report's file: which links are followed, and what becomes of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from gipa_pipeline.extract.media.attachments import report_files
from gipa_pipeline.extract.media.page_pictures import opened
from gipa_pipeline.fetch import archive
from gipa_pipeline.fetch.collect import PICTURES

BASE = "http://www.a.gov.cn/xxgk/2024/index.html"
TITLE = "2023年政府信息公开工作年度报告"


def page(*links: str, table: bool = False) -> bytes:
    row = "<table><tr><td>一、本年新收政府信息公开<br>申请数量</td><td>3</td></tr></table>" if table else ""
    return f"<html><meta charset=utf-8><body><h1>{TITLE}</h1>{row}{''.join(links)}</body></html>".encode()


def link(href: str, words: str) -> str:
    return f'<a href="{href}">{words}</a>'


@pytest.mark.parametrize(
    ("href", "words", "found"),
    [
        ("P02.pdf", f"附件：{TITLE}.pdf", "http://www.a.gov.cn/xxgk/2024/P02.pdf"),
        ("/d/report.DOC", "政府信息公开工作年度报告", "http://www.a.gov.cn/d/report.DOC"),
        (
            "/down?file=2023%E5%B9%B4%E5%B9%B4%E6%8A%A5.docx",
            "下载",
            "http://www.a.gov.cn/down?file=2023%E5%B9%B4%E5%B9%B4%E6%8A%A5.docx",
        ),
        ("nb.pdf", "2022年政府信息公开工作年度报告", None),
        ("ys.pdf", "2023年部门预算", None),
        ("a.html", TITLE, None),
        ("logo.pdf", "网站地图", None),
        ("javascript:open('a.pdf')", TITLE, None),
        ("http://[bad/a.pdf", TITLE, None),
    ],
)
def test_links_to_the_years_report_are_found(href: str, words: str, found: str | None) -> None:
    assert report_files(page(link(href, words)), BASE, 2023) == ([found] if found else [])


def test_a_page_with_its_table_needs_no_file() -> None:
    assert report_files(page(link("a.pdf", TITLE), table=True), BASE, 2023) == []


def test_three_files_at_most_and_those_of_the_year_first() -> None:
    links = [link("0.pdf", "年度报告"), *(link(f"{n}.pdf", TITLE) for n in range(1, 5))]
    names = [url.rsplit("/", 1)[-1] for url in report_files(page(*links), BASE, 2023)]
    assert names == ["1.pdf", "2.pdf", "3.pdf"]


def test_a_viewer_in_a_frame_counts_as_a_link() -> None:
    frame = '<iframe src="v/2023年政府信息公开工作年度报告.pdf"></iframe>'
    assert report_files(page(frame), BASE, 2023) == [
        "http://www.a.gov.cn/xxgk/2024/v/2023年政府信息公开工作年度报告.pdf"
    ]


def serve(site: Any, *links: str) -> None:
    site.pages["/a"] = lambda *_: web.Response(body=page(*links), content_type="text/html")
    site.pages["/r.pdf"] = lambda *_: web.Response(body=b"%PDF-1.4 report", headers={"ETag": '"p1"'})


def by_url(rows: list[archive.Retrieval]) -> dict[str, archive.Retrieval]:
    return {row.url.rsplit("/", 1)[-1]: row for row in rows}


def test_the_file_is_a_further_document_of_the_pages_unit(site: Any, office: Any) -> None:
    serve(site, link("r.pdf", TITLE))
    unit = office.add(site.url("/a"))
    rows = by_url(office.rows())
    assert set(rows) == {"a", "r.pdf"}
    file = rows["r.pdf"]
    assert (file.unit_id, file.outcome, file.media_type) == (unit, "stored", "application/pdf")
    assert json.loads(file.headers or "")[archive.ATTACHED_TO] == site.url("/a")
    assert file.listed_as == rows["a"].source
    documents = archive.current_documents(office.registry(), archive.to_frame(list(rows.values())))
    assert sorted(documents["sha256"]) == sorted(office.objects())


def test_an_unchanged_file_is_asked_with_conditions(site: Any, office: Any) -> None:
    serve(site, link("r.pdf", TITLE))
    office.add(site.url("/a"))
    first = by_url(office.rows())["r.pdf"]
    site.pages["/r.pdf"] = lambda request, _: web.Response(
        status=304 if request.headers.get("If-None-Match") == '"p1"' else 500
    )
    again = by_url(office.rows())["r.pdf"]
    assert (again.outcome, again.sha256, again.first_fetched) == (
        "unchanged",
        first.sha256,
        first.first_fetched,
    )
    assert again.listed_as == first.listed_as


def test_a_file_on_a_foreign_host_is_not_called(site: Any, office: Any) -> None:
    serve(site, link(site.url("/r.pdf", "127.0.0.9"), TITLE))
    office.add(site.url("/a"))
    rows = by_url(office.rows())
    assert (rows["r.pdf"].outcome, rows["a"].outcome) == ("not_allowed", "stored")
    assert site.count("/r.pdf") == 0


def test_a_file_that_is_gone_leaves_the_page_as_it_is(site: Any, office: Any) -> None:
    serve(site, link("lost.pdf", TITLE))
    office.add(site.url("/a"))
    rows = by_url(office.rows())
    assert (rows["a"].outcome, rows["lost.pdf"].outcome) == ("stored", "not_found")


def test_a_file_that_is_listed_itself_is_asked_once(site: Any, office: Any) -> None:
    serve(site, link("r.pdf", TITLE))
    unit = office.add(site.url("/a"))
    office.add(site.url("/r.pdf"), unit)
    assert len(office.rows()) == 2
    assert site.count("/r.pdf") == 1


def test_a_file_of_a_page_that_is_listed_no_more_is_no_current_document(site: Any, office: Any) -> None:
    serve(site, link("r.pdf", TITLE))
    office.add(site.url("/a"))
    rows = office.rows()
    office.sources.clear()
    assert archive.current_documents(office.registry(), archive.to_frame(rows)).empty


PICTURE = b"\x89PNG\r\n\x1a\n" + b"x" * 40


def pictured(*sources: str) -> bytes:
    images = "".join(f"<p><img src='{s}'></p>" for s in sources)
    parts = f"<p>二、主动公开政府信息情况</p>{images}<p>三、收到和处理政府信息公开申请情况</p>"
    return f"<html><meta charset=utf-8><body><h1>{TITLE}</h1>{parts}</body></html>".encode()


def test_pictures_of_tables_are_kept_with_their_page(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda *_: web.Response(body=pictured("1.png", "2.png"), content_type="text/html")
    for name in ("/1.png", "/2.png"):
        site.pages[name] = lambda *_: web.Response(body=PICTURE)
    unit = office.add(site.url("/a"))
    rows = by_url(office.rows())
    assert set(rows) == {"a", "a" + PICTURES}
    kept = rows["a" + PICTURES]
    assert (kept.unit_id, kept.outcome, kept.media_type) == (unit, "stored", "multipart/related")
    assert kept.listed_as == rows["a"].source
    data = office.store.get_bytes(kept.sha256)
    page_, address, pictures = opened(data)
    assert (page_, address) == (pictured("1.png", "2.png"), site.url("/a"))
    assert pictures == {site.url("/1.png"): PICTURE, site.url("/2.png"): PICTURE}
    again = by_url(office.rows())["a" + PICTURES]
    assert (again.outcome, again.sha256) == ("unchanged", kept.sha256)


def test_a_missing_picture_is_our_failure_and_no_missing_table(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda *_: web.Response(body=pictured("1.png", "2.png"), content_type="text/html")
    site.pages["/1.png"] = lambda *_: web.Response(body=PICTURE)
    office.add(site.url("/a"))
    rows = by_url(office.rows())
    lost = rows["a" + PICTURES]
    assert (rows["a"].outcome, lost.outcome, lost.sha256) == ("stored", "not_found", None)
    assert "picture" in (lost.message or "")


def test_pictures_on_a_foreign_host_are_not_called(site: Any, office: Any) -> None:
    foreign = site.url("/1.png", "127.0.0.9")
    site.pages["/a"] = lambda *_: web.Response(body=pictured(foreign), content_type="text/html")
    office.add(site.url("/a"))
    assert by_url(office.rows())["a" + PICTURES].outcome == "not_allowed"
    assert site.count("/1.png") == 0
