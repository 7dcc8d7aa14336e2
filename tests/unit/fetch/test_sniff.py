"""Media types by the bytes, whatever the server says."""

from __future__ import annotations

import io
import zipfile

import pytest

from gipa_pipeline.fetch.sniff import media_type


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "declared", "found"),
    [
        (b"%PDF-1.7\n", "text/html", "application/pdf"),
        (b"\r\n\r\n%PDF-1.4", None, "application/pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", "application/x-ole-storage"),
        (b"<html><table>", "application/msword", "text/html"),
        ("<!DOCTYPE HTML>年报".encode("gb18030"), "text/plain", "text/html"),
        ("<html>年报".encode("utf-16"), None, "text/html"),
        (b"<?xml version='1.0'?><a/>", None, "application/xml"),
        ("2023年年报".encode("gb18030"), "application/pdf", "text/plain"),
        (zipped("[Content_Types].xml", "word/document.xml"), "application/zip", "wordprocessingml"),
        (zipped("xl/workbook.xml"), None, "spreadsheetml"),
        (zipped("OFD.xml"), None, "application/ofd"),
        (zipped("a.txt"), None, "application/zip"),
        (b"PK\x03\x04 broken", None, "application/zip"),
        (b"\x89PNG\r\n\x1a\n", "text/html", "image/png"),
        (b"\xff\xd8\xff\xe0", None, "image/jpeg"),
        (b"\x00\x01\x02", "text/html; charset=utf-8", "application/octet-stream"),
        (b"\x00\x01\x02", "Application/X-Odd; q=1", "application/x-odd"),
        (b"\x00\x01\x02", "nonsense", "application/octet-stream"),
    ],
)
def test_media_type(data: bytes, declared: str | None, found: str) -> None:
    assert found in media_type(data, declared)
