"""Web pages whose tables are pictures: which ones, how page and pictures are kept and read together (图片表格).

A page and its pictures are kept together as a web archive (MHTML, RFC 2557), so that one document holds all that a
visitor sees. Browsers save and open such files too.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from email.message import Message
from typing import Any
from urllib.parse import unquote_to_bytes, urldefrag, urljoin

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.fold import fold, ideographs
from gipa_pipeline.extract.media.charset import decode, to_the_end
from gipa_pipeline.extract.media.document import Document
from gipa_pipeline.extract.media.html import may_show_a_table, read_html
from gipa_pipeline.extract.media.kinds import MAX_BYTES

MOST = 10
"""So many pictures of one page are looked at; three tables are three to six."""
_MARK = re.compile("\ue010(\\d{1,3})\ue011")
"""Stands in the page's text where a picture stands in the page; private characters that no page prints."""
_FIRST_ROW = "本年新收政府信息公开申请数量"
_PARTS = ("主动公开政府信息情况", "收到和处理政府信息公开申请", "行政复议行政诉讼情况", "行政诉讼情况")
_REPORT = re.compile(r"信息公开.{0,12}(?:年度报告|年报)|(?:年度报告|年报).{0,12}信息公开")
_ASIDE = frozenset(("nav", "header", "footer", "aside"))
_LEAST_PARTS = 3
_LONGEST = 400
"""Ideographs that are remembered while no heading was met."""
_MOST_PARTS, _MOST_NESTED = 200, 20


def _parsed(page: bytes) -> Any:
    from lxml import etree

    text, _ = decode(page)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    return etree.fromstring(to_the_end(text.replace("\x00", "").encode("utf-8", "replace")), parser)


def table_pictures(page: bytes, base: str) -> list[str]:
    """The addresses of pictures that may be the tables of a report without tables, in the page's order.

    Args:
        page: the page as received.
        base: its address, after redirects.

    Returns:
        At most ``MOST``; none when the page shows the tables itself or is no annual report.
    """
    from lxml import etree

    try:
        root = _parsed(page)
    except (etree.ParserError, ValueError):
        return []
    if root is None:
        return []
    words = ideographs(fold("".join(root.itertext())))
    if _FIRST_ROW in words or not _REPORT.search(words):
        return []
    marked = sum(part in words for part in _PARTS)
    seen = ""
    found: dict[str, None] = {}
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        # Where the parts have headings, pictures before the first one belong to the page's own dress.
        inside = marked < _LEAST_PARTS - 1 or any(part in seen for part in _PARTS)
        if inside and element.tag == "img" and may_show_a_table(element) and not _is_aside(element):
            address = _address(element, base)
            if address is not None:
                found[address] = None
        if element.tag not in ("script", "style"):
            seen += ideographs(fold(f"{element.text or ''} {element.tail or ''}"))
        seen = seen if any(part in seen for part in _PARTS) else seen[-_LONGEST:]
    return list(found)[:MOST]


def _is_aside(element: Any) -> bool:
    return any(parent.tag in _ASIDE for parent in element.iterancestors())


def _address(image: Any, base: str) -> str | None:
    # Pages that load pictures late keep the true address beside a blank one.
    for name in ("data-original", "data-src", "src"):
        given = (image.get(name) or "").strip()
        if given:
            try:
                url = given if given.startswith("data:") else urldefrag(urljoin(base, given)).url
            except ValueError:
                continue
            if url.startswith(("http://", "https://", "data:image/", "cid:", "file:")):
                return url
    return None


def bundle(page: bytes, address: str, pictures: Sequence[tuple[str, bytes]]) -> bytes:
    """A page with its pictures as a web archive; the same bytes for the same page and pictures."""
    parts = [("text/html", address, page), *(("image/*", url, data) for url, data in pictures)]
    digest = hashlib.sha256(b"\x00".join(data for _, _, data in parts)).hexdigest()[:32]
    lines = [
        "MIME-Version: 1.0",
        f'Content-Type: multipart/related; type="text/html"; boundary="part-{digest}"',
        "",
    ]
    for kind, url, data in parts:
        lines += [
            f"--part-{digest}",
            f"Content-Type: {kind}",
            "Content-Transfer-Encoding: base64",
            f"Content-Location: {url}",
            "",
            base64.encodebytes(data).decode("ascii"),
        ]
    return "\r\n".join([*lines, f"--part-{digest}--", ""]).encode("utf-8")


def opened(data: bytes) -> tuple[bytes, str, dict[str, bytes]]:
    """A web archive's page, its address, and its pictures by address.

    Raises:
        UnreadableDocument: it holds no page, or more than a page is.
    """
    if data.count(b"multipart/") > _MOST_NESTED:
        raise UnreadableDocument("too_large", "the web archive is nested without measure")
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    page: tuple[bytes, str] | None = None
    pictures: dict[str, bytes] = {}
    size = 0
    for n, piece in enumerate(message.walk()):
        if n > _MOST_PARTS or size > MAX_BYTES:
            raise UnreadableDocument("too_large", "the web archive holds more than a page and its pictures")
        kind = piece.get_content_type()
        if piece.is_multipart() or not (kind == "text/html" or kind.startswith("image/")):
            continue
        content = _content(piece)
        size += len(content)
        where = re.sub(r"\s+", "", str(piece.get("Content-Location") or ""))
        if kind == "text/html":
            page = page or (content, where)
            continue
        ident = str(piece.get("Content-ID") or "").strip(" <>")
        for address in (where, f"cid:{ident}" if ident else ""):
            if address:
                pictures[address] = content
    if page is None:
        raise UnreadableDocument("broken", "the web archive holds no page")
    return (*page, pictures)


def _content(piece: Message) -> bytes:
    payload = piece.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def read_archive(data: bytes, *, whole: bool = True, on_page: Callable[[], None] | None = None) -> Document:
    """Read a web archive: the page, and its pictures where the page has no table itself.

    Raises:
        UnreadableDocument: no page in it, or pictures that cannot be looked at.
    """
    page, address, pictures = opened(data)
    document = read_html(page, whole=whole)
    wanted = [url for url in table_pictures(page, address) if url in pictures]
    if not wanted:
        return document
    return with_pictures(page, address, {url: pictures[url] for url in wanted}, on_page) or document


def inline_pictures(page: bytes) -> dict[str, bytes]:
    """The pictures that a page holds itself (``data:`` addresses) and that may be its tables."""
    found: dict[str, bytes] = {}
    for url in table_pictures(page, ""):
        head, comma, body = url.partition(",")
        if comma and head.startswith("data:image/"):
            try:
                raw = unquote_to_bytes(body)
                found[url] = base64.b64decode(raw) if head.endswith(";base64") else raw
            except (ValueError, binascii.Error):
                continue
    return found


def shown_pictures(data: bytes, medium: str) -> list[bytes]:
    """The pictures of a page or web archive that were read, in their order.

    Raises:
        UnreadableDocument: the archive holds no page.
    """
    page, base, pictures = opened(data) if medium == "mhtml" else (data, "", inline_pictures(data))
    wanted = {u: pictures[u] for u in table_pictures(page, base) if u in pictures}
    root = _parsed(page)
    return [wanted[u] for i in root.iter("img") if (u := _address(i, base)) is not None and u in wanted]


def with_pictures(
    page: bytes, base: str, pictures: Mapping[str, bytes], on_page: Callable[[], None] | None = None
) -> Document | None:
    """The page's text with what its pictures show in their places; None when none of them is large enough.

    Raises:
        UnreadableDocument: no recogniser is installed.
    """
    from lxml import etree

    from gipa_pipeline.extract.media.scan import seen_pictures

    root = _parsed(page)
    placed: list[bytes] = []
    for image in list(root.iter("img")):
        address = _address(image, base)
        if address is not None and address in pictures:
            image.tag, image.text = "span", f"\ue010{len(placed)}\ue011"
            placed.append(pictures[address])
            for name in list(image.attrib):
                del image.attrib[name]
    document = read_html(etree.tostring(root, encoding="utf-8", method="html"), whole=True)
    return seen_pictures(document, _pieces(document.text, placed), on_page)


def _pieces(text: str, pictures: Sequence[bytes]) -> Iterable[tuple[int, int, bytes]]:
    """Each mark in the text: where it begins and ends, and the picture that it stands for."""
    for mark in _MARK.finditer(text):
        if int(mark[1]) < len(pictures):
            yield mark.start(), mark.end(), pictures[int(mark[1])]
