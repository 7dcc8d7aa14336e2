"""What kind of document some bytes are, by their content; names and servers mislabel (文件类型)."""

from __future__ import annotations

import io
import re
import zipfile

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.package import PACKAGE_ERRORS, named
from gipa_pipeline.extract.media.word_xml import is_word_xml

MAX_BYTES = 30 * 1024 * 1024
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|table|div|p|meta|span|td|h1)\b", re.I)
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_INK = re.compile(rb"[^\x00\s]")
_WEB_ARCHIVE = re.compile(
    rb"^MIME-Version:[^\n]*\n(?:[^\n]+\n)*?Content-Type:\s*multipart/related", re.I | re.M
)
_CONTROL = bytes([*range(9), *range(14, 27), *range(28, 32), 127])
_LOCKED = "EncryptedPackage".encode("utf-16-le")
"""The name of what a locked document's outer file holds."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def medium_of(data: bytes, name: str = "", *, max_bytes: int = MAX_BYTES) -> str:
    """The kind of a document, by its content.

    One of ``html``, ``mhtml`` (a web archive), ``text``, ``pdf``, ``docx``, ``xlsx``, ``xls``, ``doc`` (Word, WPS
    or RTF), ``ofd``, ``image``.

    Raises:
        UnreadableDocument: empty, too large, an archive, or bytes that are no document at all.
    """
    if not _INK.search(data):
        raise UnreadableDocument(
            "empty", f"{name or 'the document'} is empty; fetch it again or ask the unit for it"
        )
    if len(data) > max_bytes:
        size, limit = len(data) // 2**20, max_bytes // 2**20
        raise UnreadableDocument(
            "too_large",
            f"{name or 'the document'} has {size} MB, over the limit of {limit} MB (extract.max_bytes)",
        )
    head = data[:1024].lstrip()
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _zipped(data, name)
    if data.startswith(_OLE):
        if _LOCKED in data:
            raise UnreadableDocument(
                "encrypted",
                f"{name or 'the document'} is locked with a password; ask the unit for an open one",
            )
        return (
            "xls"
            if name.lower().endswith((".xls", ".et"))
            or b"W\x00o\x00r\x00k\x00b\x00o\x00o\x00k" in data[:200_000]
            else "doc"
        )
    if data.startswith(_IMAGES):
        return "image"
    if head.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise UnreadableDocument(
            "archive", f"{name or 'the document'} is an archive; unpack it and list its files as sources"
        )
    if head.startswith(b"{\\rtf"):
        return "doc"
    if is_word_xml(data):
        return "docx"
    if b"multipart/related" in data[:4096].lower() and _WEB_ARCHIVE.search(data, 0, 4096):
        return "mhtml"
    if _binary(data):
        raise UnreadableDocument(
            "binary", f"{name or 'the document'} is neither text nor a known document format"
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        # Two bytes a sign: the tags have a zero byte between their letters.
        data = data[:400_000].replace(b"\x00", b"")
    return "html" if _HTML.search(data, 0, 200_000) else "text"


def _zipped(data: bytes, name: str) -> str:
    try:
        members = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except PACKAGE_ERRORS as error:
        raise UnreadableDocument(
            "broken", f"{name or 'the document'} is a damaged package: {error}"
        ) from error
    if named(members, "word/document"):
        return "docx"
    if "xl/workbook.xml" in members:
        return "xlsx"
    if "OFD.xml" in members:
        return "ofd"
    raise UnreadableDocument(
        "archive", f"{name or 'the document'} is an archive; unpack it and list its files as sources"
    )


def _binary(data: bytes) -> bool:
    """Control characters that no text has; UTF-16 with its mark is text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    sample = data[:65536]
    return len(sample) - len(sample.translate(None, _CONTROL)) > max(2, len(sample) // 200)
