"""Whom the collector calls and how often: hosts, addresses, robots.txt, pace, TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from gipa_pipeline.fetch.guard import Hosts, is_public, socket_factory

PAGE = web.Response


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "2001:db8::1",
    ],
)
def test_addresses_that_are_not_called(address: str) -> None:
    assert not is_public(address)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(OSError, match="is no public address"):
        socket_factory(False)((family, socket.SOCK_STREAM, 0, "", (address, 80)))


@pytest.mark.parametrize(
    "address", ["58.248.1.1", "1.1.1.1", "2400:3200::1", "::ffff:58.248.1.1", "64:ff9b::3af8:101"]
)
def test_addresses_that_are_called(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://www.zs.gov.cn/a", None),
        ("https://zs.gov.cn/a", None),
        ("https://WWW.ZS.GOV.CN./a", None),
        ("http://www.zs.gov.cn:8080/a", None),
        ("https://x.gd.gov.cn/a", None),
        ("https://政务.cn/a", None),
        ("https://gd.gov.cn/a", "stands neither"),
        ("https://evilgd.gov.cn/a", "stands neither"),
        ("https://www.zs.gov.cn.evil.com/a", "stands neither"),
        ("https://other.gov.cn/a", "stands neither"),
        ("https://www.zs.gov.cn@evil.com/", "user name"),
        ("http://www.zs.gov.cn:22/", "no web port"),
        ("http://www.zs.gov.cn:0/", "no web port"),
        ("http://www.zs.gov.cn:99999/", "no address"),
        ("ftp://www.zs.gov.cn/", "not collected"),
        ("http:///a", "no host name"),
        ("http://2130706433/", "no host name"),
    ],
)
def test_hosts(url: str, reason: str | None) -> None:
    refusal = Hosts(["www.zs.gov.cn", "*.gd.gov.cn", "政务.cn"]).refusal(url)
    assert (refusal is None) if reason is None else reason in (refusal or "")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_private_address_is_refused_as_literal_and_behind_a_name(site: Any, office: Any, host: str) -> None:
    site.pages["/a"] = lambda *_: PAGE(text="internal")
    office.hosts = [host]
    office.set(allow_private=False)
    office.add(site.url("/a", host))
    row = office.row()
    assert (row.outcome, row.sha256, row.status) == ("not_allowed", None, None)
    assert "is no public address" in row.message
    assert site.asked == []


def test_a_host_outside_the_registry_is_not_called_unless_it_is_allowed(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda *_: PAGE(text="report")
    office.add(site.url("/a", "127.0.0.9"))
    assert (office.row().outcome, site.asked) == ("not_allowed", [])
    office.set(allowed_hosts=("127.0.0.9",))
    assert office.row().outcome == "stored"


def test_proxies_of_the_environment_are_not_used(
    site: Any, office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    site.pages["/a"] = lambda *_: PAGE(text="report")
    office.add(site.url("/a"))
    assert office.row().outcome == "stored"


def test_robots_is_obeyed_and_asked_once(site: Any, office: Any) -> None:
    rules = "User-agent: *\nDisallow: /private/\nUser-agent: gipa-pipeline\nDisallow: /b\n"
    site.pages["/robots.txt"] = lambda *_: PAGE(text=rules)
    site.pages["/a"] = site.pages["/b"] = site.pages["/private/c"] = lambda *_: PAGE(text="report")
    for path in ("/a", "/b", "/private/c"):
        office.add(site.url(path))
    assert [r.outcome for r in office.rows()] == ["stored", "robots", "stored"]
    assert sorted(site.asked) == ["/a", "/private/c", "/robots.txt"]
    office.set(robots=False)
    assert [r.outcome for r in office.rows()] == ["unchanged", "stored", "unchanged"]
    assert site.count("/robots.txt") == 1


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(403, "stored"), (404, "stored"), (410, "stored"), (429, "robots"), (500, "robots"), (503, "robots")],
)
def test_a_host_without_robots_allows_one_that_fails_does_not(
    site: Any, office: Any, status: int, outcome: str
) -> None:
    site.pages["/robots.txt"] = lambda *_: PAGE(status=status)
    site.pages["/a"] = site.pages["/b"] = lambda *_: PAGE(text="report")
    office.set(retries=1)
    office.add(site.url("/a"))
    office.add(site.url("/b"))
    assert [r.outcome for r in office.rows()] == [outcome, outcome]
    assert site.count("/robots.txt") == (2 if outcome == "robots" else 1)
    assert site.count("/a") == (outcome == "stored")


def test_robots_may_be_redirected_and_one_that_leads_out_counts_as_none(site: Any, office: Any) -> None:
    office.hosts.append("127.0.0.2")
    site.pages["/robots.txt"] = lambda request, _: PAGE(
        status=302,
        headers={"Location": "/r" if "127.0.0.1" in request.host else "http://127.0.0.3/robots.txt"},
    )
    site.pages["/r"] = lambda *_: PAGE(text="User-agent: *\nDisallow: /")
    site.pages["/a"] = lambda *_: PAGE(text="report")
    office.add(site.url("/a"))
    office.add(site.url("/a", "127.0.0.2"))
    assert [r.outcome for r in office.rows()] == ["robots", "stored"]


def test_the_robots_of_a_redirect_target_count_too(site: Any, office: Any) -> None:
    office.hosts.append("127.0.0.2")
    site.pages["/robots.txt"] = lambda request, _: PAGE(
        text="User-agent: *\nDisallow: /b" if "127.0.0.2" in request.host else ""
    )
    site.pages["/a"] = lambda *_: PAGE(status=302, headers={"Location": site.url("/b", "127.0.0.2")})
    site.pages["/b"] = lambda *_: PAGE(text="report")
    office.add(site.url("/a"))
    assert (office.row().outcome, site.count("/b")) == ("robots", 0)


def test_one_request_at_a_time_for_a_host_and_a_limit_for_all(site: Any, office: Any) -> None:
    async def page() -> web.Response:
        await asyncio.sleep(0.02)
        return PAGE(text="report")

    hosts = [f"127.0.0.{n}" for n in range(1, 7)]
    office.hosts = hosts
    office.set(concurrency=3, robots=False)
    for n in range(4):
        site.pages[f"/{n}"] = lambda *_: page()
        for host in hosts:
            office.add(site.url(f"/{n}", host))
    assert {r.outcome for r in office.rows()} == {"stored"}
    assert {site.most[f"{host}:{site.port}"] for host in hosts} == {1}
    assert site.most["all"] == 3


def test_between_two_requests_to_a_host_the_pause_is_waited(site: Any, office: Any) -> None:
    site.pages["/robots.txt"] = lambda *_: PAGE(text="User-agent: *\nCrawl-delay: 9\n")
    site.pages["/a"] = site.pages["/b"] = lambda *_: PAGE(text="report")
    office.set(pace_seconds=2.0)
    for path in ("/a", "/b"):
        office.add(site.url(path))
    office.rows()
    # After robots.txt the pause of the settings, from then on the longer one that it asks for.
    first, second = office.waits
    assert 0 < first <= 2 < second <= 9


def test_a_host_that_stays_silent_is_given_up_after_three_sources(office: Any) -> None:
    office.set(retries=0, robots=False)
    for n in range(5):
        office.add(f"http://127.0.0.1:1024/{n}")
    rows = office.rows()
    assert [(r.outcome, r.attempts) for r in rows] == [("unreachable", 1)] * 3 + [("unreachable", 0)] * 2


@pytest.fixture
def secure(tmp_path: Path) -> Any:
    """A host with a certificate that nobody has signed; gives its port."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "old.gov.cn")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1)
        )
    ).sign(key, hashes.SHA256())
    file = tmp_path / "host.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    ready, over = threading.Event(), threading.Event()
    port = []

    async def serve() -> None:
        async def answer(request: web.BaseRequest) -> web.Response:
            return PAGE(text="report", status=404 if request.path == "/robots.txt" else 200)

        runner = web.ServerRunner(web.Server(answer, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        port.append(runner.addresses[0][1])
        ready.set()
        while not over.is_set():
            await asyncio.sleep(0.02)
        await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield port[0]
    over.set()
    thread.join(10)


def test_an_untrusted_host_is_taken_only_where_permitted_and_then_marked(secure: int, office: Any) -> None:
    office.add(f"https://127.0.0.1:{secure}/a")
    row = office.row()
    assert (row.outcome, row.attempts) == ("unreachable", 1)
    assert "no trusted TLS connection" in row.message
    office.set(allow_legacy_tls=True)
    row = office.row()
    assert (row.outcome, row.tls) == ("stored", "legacy-unverified")
