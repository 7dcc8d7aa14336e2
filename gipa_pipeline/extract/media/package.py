"""Reading parts of a zipped office document within bounds: packages come from outside (压缩包防护)."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any

from gipa_pipeline.errors import UnreadableDocument

MAX_PART = 64 * 1024 * 1024
MAX_RATIO = 400
"""A document part compresses some ten- to fortyfold; a bomb a thousandfold."""

PACKAGE_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError, ValueError,
)  # fmt: skip
"""All that ``zipfile`` raises for damaged packages (NotImplementedError is a RuntimeError)."""


def open_package(data: bytes) -> zipfile.ZipFile:
    """Open a package.

    Raises:
        UnreadableDocument: the package is damaged or locked with a password.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except PACKAGE_ERRORS as error:
        raise UnreadableDocument("broken", f"the document's package is damaged: {error}") from error
    if any(entry.flag_bits & 1 for entry in package.infolist()):
        raise UnreadableDocument("encrypted", "the document is locked with a password")
    return package


def part(package: zipfile.ZipFile, name: str) -> bytes:
    """One part's bytes, never more than ``MAX_PART``.

    Raises:
        UnreadableDocument: the part is missing, damaged, or grows beyond the bound when unpacked.
    """
    try:
        entry = package.getinfo(name)
        if (
            entry.file_size > MAX_PART
            or entry.file_size > MAX_RATIO * max(1, entry.compress_size) + 1_000_000
        ):
            raise UnreadableDocument("too_large", f"the part {name} unpacks to {entry.file_size // 2**20} MB")
        with package.open(entry) as stream:
            data = stream.read(MAX_PART + 1)
    except (KeyError, *PACKAGE_ERRORS) as error:
        raise UnreadableDocument("broken", f"the part {name} cannot be unpacked: {error}") from error
    if len(data) > MAX_PART:
        raise UnreadableDocument("too_large", f"the part {name} is larger than it says")
    return data


def named(names: Iterable[str], stem: str) -> str | None:
    """The part of that name, or the one that a server has saved again under a number (``word/document2.xml``)."""
    names = set(names)
    if f"{stem}.xml" in names:
        return f"{stem}.xml"
    numbered = re.compile(re.escape(stem) + r"\d{1,3}\.xml")
    return next((name for name in sorted(names) if numbered.fullmatch(name)), None)


MAX_ELEMENTS = 1_000_000
"""Opening and closing tags of a part; the longest reports, every word with its own properties, have a fifth of it."""


def parse_xml(data: bytes) -> Any:
    """The root element; entities are not resolved, nothing is loaded.

    Raises:
        UnreadableDocument: not well formed beyond repair, without measure, or with a document type, which no
            office program writes.
    """
    from lxml import etree

    if data.count(b"<") > MAX_ELEMENTS:
        raise UnreadableDocument("too_large", f"a part of the document has more than {MAX_ELEMENTS:,} tags")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnreadableDocument("broken", "a part of the document declares entities of its own")
    # Parts are bounded already; without huge_tree the parser drops what is nested deeper than 256 levels.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableDocument("broken", f"a part of the document is no XML: {error}") from error
    if root is None:
        raise UnreadableDocument("broken", "a part of the document is no XML")
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        raise UnreadableDocument("broken", "a part of the document is nested too deeply to be read whole")
    return root


_EMBEDDED = re.compile(rb'\b(?:embed|r:id|link)="([^"]{1,60})"')
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
MAX_PICTURES = 40


def pictures_in(data: bytes) -> list[bytes]:
    """The pictures of a Word document in the order in which its body shows them.

    Raises:
        UnreadableDocument: a damaged or locked package.
    """
    package = open_package(data)
    names = package.namelist()
    body = named(names, "word/document") or "word/document.xml"
    relations = f"word/_rels/{body.removeprefix('word/')}.rels"
    targets: dict[bytes, str] = {}
    if relations in names:
        for relation in _RELATION.findall(part(package, relations)):
            ident, target = (
                re.search(rb'\bId="([^"]+)"', relation),
                re.search(rb'\bTarget="([^"]+)"', relation),
            )
            if ident and target:
                targets[ident[1]] = "word/" + target[1].decode("utf-8", "replace").removeprefix("/word/")
    shown = [targets.get(i, "") for i in _EMBEDDED.findall(part(package, body))]
    wanted = [n for n in dict.fromkeys(shown) if n.startswith("word/media/") and n in names]
    return [part(package, name) for name in wanted[:MAX_PICTURES]]
