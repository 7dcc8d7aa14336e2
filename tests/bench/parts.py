"""What is measured, each part in a process of its own: ``python -m tests.bench.parts NAME COUNT SEED FOLDER``.

A part prints one JSON object. Its memory is then its own, and one part's caches do not speed another's work.
"""

from __future__ import annotations

import gc
import io
import json
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from gipa_pipeline.errors import UnreadableDocument
from tests.bench.clock import own_peak, seconds
from tests.bench.files import HEAD, SOURCES_HEAD, write_table
from tests.bench.years import checked, large_year, office_registry

MEDIA = {
    "html": "html", "text": "text_lines", "markdown": "markdown", "docx": "docx", "xlsx": "xlsx", "pdf": "pdf",
}  # fmt: skip
"""The layout that stands for each medium."""
SLOW_MEDIA = {"xls": "xls", "doc": "doc", "ofd": "ofd", "scan": "scan"}
"""Media whose documents take LibreOffice to make or to read, or seconds to recognise."""


def reading(count: int, seed: int, _: Path) -> dict[str, Any]:
    """Web pages of 60 to 200 KB: the tables alone, everything, and the libraries on the same bytes."""
    import trafilatura

    from gipa_pipeline.extract.reading import read_document
    from tests.generator import pages

    documents = [d.data for d in pages(count, seed)]
    works: dict[str, Callable[[bytes], object]] = {
        "lxml": _lxml,
        "trafilatura": lambda data: trafilatura.extract(data.decode()),
        "tables": lambda data: read_document(data, prose=False),
        "whole": read_document,
    }
    return {"kilobytes": sum(map(len, documents)) / count / 1024, **seconds(works, documents)}


def media(count: int, seed: int, _: Path) -> dict[str, Any]:
    """Each medium beside the bare work of the library that opens it."""
    return {medium: _medium(medium, layout, count, seed, 3) for medium, layout in MEDIA.items()}


def slow_media(count: int, seed: int, _: Path) -> dict[str, Any]:
    """The same of the slow media that this machine can make and read."""
    from gipa_pipeline.extract.media import convert, ocr

    ready = {"ofd", *(("xls", "doc") if convert.program() else ())}
    try:
        ocr.require()
        ready.add("scan")
    except UnreadableDocument as error:
        print(error, file=sys.stderr)
    return {
        medium: _medium(medium, layout, count, seed, 1)
        for medium, layout in SLOW_MEDIA.items()
        if medium in ready
    }


def _medium(medium: str, layout: str, count: int, seed: int, rounds: int) -> dict[str, float]:
    from gipa_pipeline.extract.reading import read_document
    from tests.generator import generate

    documents = [d.data for d in generate(seed, count, layouts=[layout])]
    works: dict[str, Callable[[bytes], object]] = {"library": _BESIDE[medium], "whole": read_document}
    return {"kilobytes": sum(map(len, documents)) / count / 1024, **seconds(works, documents, rounds)}


def _lxml(data: bytes) -> object:
    from lxml import etree

    return etree.fromstring(data, etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True))


def _docx(data: bytes) -> object:
    from lxml import etree

    return etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))


def _xlsx(data: bytes) -> object:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def _pdf(data: bytes) -> object:
    import pypdfium2

    book = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_range() for page in book]
    finally:
        book.close()


def _doc(data: bytes) -> object:
    from gipa_pipeline.extract.media.convert import to_docx

    return to_docx(data)


def _ofd(data: bytes) -> object:
    from lxml import etree

    package = zipfile.ZipFile(io.BytesIO(data))
    return [etree.fromstring(package.read(n)) for n in package.namelist() if n.endswith(".xml")]


def _scan(data: bytes) -> object:
    """The recogniser's own reading of whole pages, as it comes."""
    import numpy as np
    import pypdfium2

    book = pypdfium2.PdfDocument(data)
    try:
        pages = [np.asarray(page.render(scale=150 / 72).to_pil().convert("RGB")) for page in book]
    finally:
        book.close()
    return [_engine()(page) for page in pages]


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR()


_BESIDE: dict[str, Callable[[bytes], object]] = {
    "html": _lxml, "text": bytes.decode, "markdown": bytes.decode, "docx": _docx, "xlsx": _xlsx, "xls": _xlsx,
    "pdf": _pdf, "doc": _doc, "ofd": _ofd, "scan": _scan,
}  # fmt: skip


def registry(count: int, seed: int, folder: Path) -> dict[str, Any]:
    """Write a registry of ``count`` units under one office, a page each, all of one year.

    Departments and towns only, as under a real office: a government's report is compared with all of them.
    """
    from tests.generator import pages

    (folder / "reports").mkdir(parents=True)
    units = [("office", "测量用政务公开办公室", "city", "department", "990100", "", "", "")]
    sources: list[tuple[Any, ...]] = []
    year = 2023
    for page in pages(count * 10, seed):
        body, unit = page.report.body, f"unit-{len(sources):05d}"
        if page.report.year != year or (body.kind == "government" and body.level != "town"):
            continue
        (folder / "reports" / f"{unit}.html").write_bytes(page.data)
        units.append((unit, body.name, body.level, body.kind, body.region_code, "office", "", ""))
        sources.append((unit, year, f"reports/{unit}.html"))
        if len(sources) == count:
            break
    assert len(sources) == count
    write_table(folder / "units.csv", HEAD, units)
    write_table(folder / "sources.csv", SOURCES_HEAD, sources)
    return {"units": count}


def frames(count: int, _: int, data: Path) -> dict[str, Any]:
    """Tidying and checking a year's frames in memory; the part of Great Expectations told apart."""
    from gipa_pipeline.registry import load_registry
    from gipa_pipeline.store import Store

    chain_registry, store = load_registry(data.parent / "registry"), Store(data)
    (year,) = chain_registry.years()
    names = ("documents", "cells", "sections", "claims", "notes")
    read = [store.read_frame("extracted", year, name) for name in names]
    fetches = store.read_frame("raw", year, "fetches")
    rounds = []
    for _round in range(3):  # the first round also loads the libraries
        gc.collect()
        rounds.append(checked(chain_registry, year, read, fetches))
    return {name: min(r[name] for r in rounds) / count for name in ("normalize", "validate", "expectations")}


PARTS = {
    "reading": reading, "media": media, "slow_media": slow_media, "registry": registry, "frames": frames,
    "large_year": large_year, "office_registry": office_registry,
}  # fmt: skip


def main() -> None:
    """Measure one part and print it."""
    name, count, seed, folder = sys.argv[1:]
    measured = PARTS[name](int(count), int(seed), Path(folder))
    print(json.dumps({**measured, "peak": own_peak()}))


if __name__ == "__main__":
    main()
