"""Zip packages (DOCX, XLSX) with the same bytes wherever they are made."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip entry can carry."""


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of files, stored: what a compressor makes of them differs between builds of Python."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as package:
        for name, data in files.items():
            entry = ZipInfo(name, EPOCH)
            # Without this the entry would tell on which system it was made.
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            package.writestr(entry, data)
    return target.getvalue()


def repacked(data: bytes) -> bytes:
    """A zip's files packed anew."""
    with ZipFile(BytesIO(data)) as package:
        return packed({name: package.read(name) for name in package.namelist()})
