"""Links from a page without tables to the file that has them (附件链接)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urldefrag, urljoin

from gipa_pipeline.extract.fold import fold, ideographs
from gipa_pipeline.extract.media.charset import decode, to_the_end

MOST = 3
"""So many files of one page are looked at; a report has one, now and then two forms of it."""
_FILE = re.compile(r"\.(?:pdf|docx?|wps|ofd|rtf|xlsx?|et)(?:$|[?&#])", re.IGNORECASE)
_FIRST_ROW = "本年新收政府信息公开申请数量"
_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)(?=年|年度|[^\d]|$)")
_REPORT = re.compile(r"年度报告|年报|信息公开.{0,8}报告")
_NOT = re.compile(r"预算|决算|监督|法治政府|通知|模板|格式|权责|解读")
_TAG = re.compile(r"<[^>]*>")


def report_files(page: bytes, base: str, year: int) -> list[str]:
    """The addresses of files that a page without tables offers as the year's report.

    Args:
        page: the page as received.
        base: its address, after redirects.
        year: the report year.

    Returns:
        At most ``MOST`` addresses, those that name the year first; none when the page shows the tables itself.
    """
    from lxml import etree, html

    text, _ = decode(page)
    if _FIRST_ROW in ideographs(fold(_TAG.sub("", text))):
        return []
    try:
        root = html.document_fromstring(
            to_the_end(text.encode("utf-8")), parser=html.HTMLParser(encoding="utf-8")
        )
    except (etree.ParserError, ValueError):
        return []
    ranked: dict[str, int] = {}
    for address, name in _links(root):
        try:
            url = urldefrag(urljoin(base, address.strip())).url
        except ValueError:
            continue
        rank = _rank(fold(f"{name} {unquote(url.rsplit('/', 1)[-1])}"), year)
        if url.startswith(("http://", "https://")) and _FILE.search(url) and rank is not None:
            ranked[url] = min(rank, ranked.get(url, rank))
    return sorted(ranked, key=lambda u: ranked[u])[:MOST]


def _links(root: object) -> Iterator[tuple[str, str]]:
    """Addresses with what is written on them."""
    for element in root.iter("a", "iframe", "embed", "object"):  # type: ignore[attr-defined]
        address = element.get("href") or element.get("src") or element.get("data")
        if address:
            words = "".join(element.itertext()) if element.tag == "a" else ""
            yield address, f"{words} {element.get('title') or ''} {element.get('download') or ''}"


def _rank(name: str, year: int) -> int | None:
    """0 for a report of the year, 1 for a report without a year, 2 for the year alone; None for another file."""
    years = {int(y) for y in _YEAR.findall(name)}
    if _NOT.search(name) or (years and year not in years and year + 1 not in years):
        return None
    report = bool(_REPORT.search(name))
    if not report and year not in years:
        return None
    return 0 if report and year in years else 1 if report else 2
