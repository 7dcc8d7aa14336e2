"""What kind of document some bytes are (文件类型), by the bytes themselves: servers mislabel.

Seen in the wild: web pages named ``.doc``, PDF sent as ``text/html``, archives sent as text.
"""

from __future__ import annotations

import io
import re
import zipfile

_OOXML = "application/vnd.openxmlformats-officedocument."
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
)
_ZIPPED = (
    ("word/", _OOXML + "wordprocessingml.document"),
    ("xl/", _OOXML + "spreadsheetml.sheet"),
    ("ppt/", _OOXML + "presentationml.presentation"),
    ("OFD.xml", "application/ofd"),
    ("content.xml", "application/vnd.oasis.opendocument"),
)
_HTML = re.compile(
    rb"<(!doctype\s+html|html|head|body|meta|title|table|div|script|p|span|br)\b", re.IGNORECASE
)

_WEB_ARCHIVE = re.compile(rb"^MIME-Version:.*?^Content-Type:\s*multipart/related", re.I | re.M | re.S)


def media_type(data: bytes, declared: str | None = None) -> str:
    """The media type of a document: known marks first, then markup and plain text, else what was declared."""
    head = data[:4096]
    for mark, kind in _MAGIC:
        if head.startswith(mark):
            return kind
    # Readers of PDF forgive some bytes before the mark, and some servers send them.
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")
    if _WEB_ARCHIVE.search(head):
        return "multipart/related"
    if _HTML.search(head):
        return "text/html"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        return "application/xml"
    if b"\0" not in head and not re.search(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]", head):
        return "text/plain"
    declared = (declared or "").partition(";")[0].strip().lower()
    # Binary bytes under a text label are of no known kind.
    usable = re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", declared) and not declared.startswith("text/")
    return declared if usable else "application/octet-stream"


def _zipped(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return "application/zip"
    for start, kind in _ZIPPED:
        if any(name.startswith(start) for name in names):
            return kind
    return "application/zip"
