"""What comes of each kind of answer, from a real server on loopback."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web

REPORT = "<html><body><h1>2023年政府信息公开工作年度报告</h1></body></html>"


def html(body: str | bytes = REPORT, status: int = 200, **headers: str) -> web.Response:
    data = body.encode() if isinstance(body, str) else body
    return web.Response(body=data, status=status, headers={"Content-Type": "text/html"} | headers)


@pytest.mark.parametrize(
    ("encoding", "charset"), [("utf-8", "utf-8"), ("gb18030", "gb2312"), ("utf-16", "utf-8")]
)
def test_bytes_are_kept_exactly_whatever_the_header_says(
    site: Any, office: Any, encoding: str, charset: str
) -> None:
    body = REPORT.encode(encoding)
    site.pages["/a.html"] = lambda *_: html(body, **{"Content-Type": f"text/html; charset={charset}"})
    unit = office.add(site.url("/a.html"))
    row = office.row()
    assert (row.unit_id, row.year, row.outcome, row.status) == (unit, 2023, "stored", 200)
    assert row.sha256 == hashlib.sha256(body).hexdigest()
    assert office.store.get_bytes(row.sha256) == body
    assert (row.bytes, row.media_type, row.attempts, row.tls) == (len(body), "text/html", 1, None)
    assert row.first_fetched == row.last_checked == datetime.fromisoformat("2024-02-01T08:00:00+00:00")
    assert json.loads(row.headers or "")["content-type"] == f"text/html; charset={charset}"
    assert row.final_url == row.url


def test_a_compressed_page_is_kept_as_the_page(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda *_: html(gzip.compress(REPORT.encode()), **{"Content-Encoding": "gzip"})
    office.add(site.url("/a"))
    row = office.row()
    assert office.store.get_bytes(row.sha256) == REPORT.encode()
    assert site.headers["/a"][0]["Accept-Encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, "not_found"),
        (410, "gone"),
        (401, "refused"),
        (403, "refused"),
        (412, "refused"),
        (451, "refused"),
        (300, "refused"),
        (304, "server_error"),
        (501, "server_error"),
        (521, "server_error"),
        (204, "empty"),
    ],
)
def test_answers_that_bring_nothing_are_asked_once(site: Any, office: Any, status: int, outcome: str) -> None:
    site.pages["/a"] = lambda *_: web.Response(status=status)
    office.add(site.url("/a"))
    row = office.row()
    assert (row.outcome, row.status, row.sha256, row.first_fetched) == (outcome, status, None, None)
    assert f"status {status}" in row.message
    assert (site.count("/a"), office.objects()) == (1, [])


def test_an_empty_page_is_no_document(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda *_: html("")
    office.add(site.url("/a"))
    row = office.row()
    assert (row.outcome, row.status, row.sha256, office.objects()) == ("empty", 200, None, [])


def test_passing_trouble_is_tried_again_after_growing_waits(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda _, before: html(status=500) if before < 2 else html()
    office.add(site.url("/a"))
    row = office.row()
    assert (row.outcome, row.attempts, site.count("/a")) == ("stored", 3, 3)
    assert office.waits == [1.0, 2.0]


def test_lasting_trouble_ends_after_the_retries(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda *_: html(status=503)
    office.add(site.url("/a"))
    row = office.row()
    assert (row.outcome, row.status, row.attempts, site.count("/a")) == ("server_error", 503, 3, 3)


@pytest.mark.parametrize("value", ["7", "Thu, 01 Feb 2024 08:00:07 GMT"])
def test_a_host_that_names_a_time_is_given_it(site: Any, office: Any, value: str) -> None:
    site.pages["/a"] = lambda _, before: html() if before else html(status=429, **{"Retry-After": value})
    office.add(site.url("/a"))
    assert (office.row().outcome, office.waits) == ("stored", [7.0])


def test_a_host_that_wants_a_long_rest_is_left_alone(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda *_: html(status=429, **{"Retry-After": "3600"})
    office.add(site.url("/a"))
    office.add(site.url("/b"))
    first, second = office.rows()
    assert (first.outcome, first.status, first.attempts) == ("refused", 429, 1)
    assert (second.outcome, second.attempts, "not asked" in second.message) == ("refused", 0, True)
    assert (office.waits, site.asked) == ([], ["/robots.txt", "/a"])


def test_a_slow_page_is_given_up(site: Any, office: Any) -> None:
    async def slow() -> web.Response:
        await asyncio.sleep(30)
        return html()

    site.pages["/a"] = lambda *_: slow()
    office.set(total_timeout=0.2, retries=1)
    office.add(site.url("/a"))
    row = office.row()
    assert (row.outcome, row.status, row.attempts, site.count("/a")) == ("timeout", None, 2, 2)


def test_a_page_that_trickles_is_given_up(site: Any, office: Any) -> None:
    async def trickle(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.02)

    site.pages["/a"] = lambda request, _: trickle(request)
    office.set(total_timeout=0.3, retries=0)
    office.add(site.url("/a"))
    assert (office.row().outcome, office.objects()) == ("timeout", [])


def test_a_page_that_breaks_off_is_no_document(site: Any, office: Any) -> None:
    async def half(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"<html>half")
        assert request.transport
        request.transport.close()
        return response

    site.pages["/a"] = lambda request, before: html() if before == 2 else half(request)
    office.add(site.url("/a"))
    row = office.row()
    assert (row.outcome, row.attempts, row.bytes) == ("stored", 3, len(REPORT.encode()))


def test_nothing_listens(site: Any, office: Any) -> None:
    office.add("http://127.0.0.1:1024/a")
    row = office.row()
    assert (row.outcome, row.status, row.sha256) == ("unreachable", None, None)


def test_a_name_that_does_not_exist(office: Any) -> None:
    office.hosts.append("no-such-host.invalid")
    office.add("http://no-such-host.invalid/a")
    assert office.row().outcome == "unreachable"


async def stream(request: web.BaseRequest, chunks: int) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(chunks):
        await response.write(b"x" * 1000)
    return response


def test_too_large_by_its_own_word_by_what_comes_and_by_what_it_unpacks_to(site: Any, office: Any) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    site.pages["/declared"] = lambda *_: html(b"x" * 100_001)
    site.pages["/streamed"] = lambda request, _: stream(request, 101)
    site.pages["/bomb"] = lambda *_: html(bomb, **{"Content-Encoding": "gzip"})
    site.pages["/fits"] = lambda *_: html(b"x" * 100_000)
    office.set(max_bytes=100_000)
    for path in ("/bomb", "/declared", "/fits", "/streamed"):
        office.add(site.url(path))
    rows = office.rows()
    assert [r.outcome for r in rows] == ["too_large", "too_large", "stored", "too_large"]
    assert [r.bytes for r in rows] == [None, None, 100_000, None]
    assert len(office.objects()) == 1


RUISHU = "<html><head><script>$_ts=window['$_ts'];eval(x)</script></head><body></body></html>"
COOKIE = "<script>document.cookie='k=1';location.reload()</script>"


@pytest.mark.parametrize(
    ("status", "body"), [(412, RUISHU), (202, RUISHU), (521, COOKIE), (200, COOKIE), (403, COOKIE)]
)
def test_a_challenge_is_recorded_and_the_host_left_alone(
    site: Any, office: Any, status: int, body: str
) -> None:
    site.pages["/a"] = site.pages["/b"] = lambda *_: html(body, status, **{"Set-Cookie": "k=1"})
    office.add(site.url("/a"))
    office.add(site.url("/b"))
    first, second = office.rows()
    assert (first.outcome, first.status, first.attempts) == ("blocked", status, 1)
    assert (second.outcome, second.status, second.attempts) == ("blocked", None, 0)
    assert (site.count("/a"), site.count("/b"), office.objects()) == (1, 0, [])


def test_a_page_with_text_is_no_challenge_whatever_its_scripts_do(site: Any, office: Any) -> None:
    page = f"<html>{COOKIE}<p>{'本机关全年主动公开政府信息。' * 5}</p></html>"
    site.pages["/a"] = lambda *_: html(page)
    office.add(site.url("/a"))
    assert office.row().outcome == "stored"


def test_a_redirect_within_the_registry_is_followed(site: Any, office: Any) -> None:
    office.hosts.append("127.0.0.2")
    site.pages["/a"] = lambda *_: html(status=302, Location=site.url("/b", "127.0.0.2"))
    site.pages["/b"] = lambda *_: html(status=301, Location="c.html#top")
    site.pages["/c.html"] = lambda *_: html()
    office.add(site.url("/a"))
    row = office.row()
    assert (row.outcome, row.url, row.final_url) == (
        "stored",
        site.url("/a"),
        site.url("/c.html", "127.0.0.2"),
    )


def test_a_redirect_in_bytes_of_another_encoding_is_followed(site: Any, office: Any) -> None:
    def raw(request: web.BaseRequest) -> web.Response:
        assert request.transport
        request.transport.write(
            b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /" + "年报".encode("gbk") + b"\r\n\r\n"
        )
        request.transport.close()
        return web.Response()

    site.pages["/a"] = lambda request, _: raw(request)
    site.pages["/%C4%EA%B1%A8"] = lambda *_: html()
    office.add(site.url("/a"))
    assert office.row().outcome == "stored"


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.3:{port}/b",
        "http://gambling.example/",
        "ftp://127.0.0.1/b",
        "http://127.0.0.1:22/",
        "file:///etc/passwd",
        "javascript:1",
    ],
)
def test_a_redirect_elsewhere_is_not_followed(site: Any, office: Any, target: str) -> None:
    site.pages["/a"] = lambda *_: html(status=302, Location=target.format(port=site.port))
    site.pages["/b"] = lambda *_: html()
    office.add(site.url("/a"))
    row = office.row()
    assert (row.outcome, row.sha256, site.count("/b")) == ("redirected_out", None, 0)


def test_circles_long_chains_and_redirects_to_nowhere(site: Any, office: Any) -> None:
    site.pages["/circle"] = lambda *_: html(status=302, Location="/elcric")
    site.pages["/elcric"] = lambda *_: html(status=302, Location="/circle")
    site.pages["/cookie"] = lambda *_: html(status=302, Location="/cookie", **{"Set-Cookie": "k=1"})
    for n in range(9):
        site.pages[f"/{n}"] = lambda *_, n=n: html(status=302, Location=f"/{n + 1}")
    site.pages["/9"] = lambda *_: html()
    site.pages["/nowhere"] = lambda *_: html(status=302)
    for path in ("/circle", "/3", "/4", "/nowhere", "/cookie"):
        office.add(site.url(path))
    outcomes = {row.url.rpartition("/")[2]: row.outcome for row in office.rows()}
    assert outcomes == {
        "circle": "server_error",
        "3": "server_error",
        "4": "stored",
        "nowhere": "server_error",
        "cookie": "blocked",
    }


def test_no_cookie_is_kept(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda *_: html(**{"Set-Cookie": "k=1"})
    site.pages["/b"] = lambda *_: html()
    office.add(site.url("/a"))
    office.add(site.url("/b"))
    assert [r.outcome for r in office.rows()] == ["stored", "stored"]
    assert "Cookie" not in site.headers["/b"][0]
    assert site.headers["/b"][0]["User-Agent"].startswith("gipa-pipeline/")
