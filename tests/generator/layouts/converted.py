"""Reports in the old binary formats, made from the new ones by the office programs."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from random import Random

from tests.generator.layouts.base import Document, document, layout
from tests.generator.layouts.html import html_word
from tests.generator.layouts.office import docx, xlsx
from tests.generator.truth import Report

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
"""The office programs, or None where they are not installed."""


def saved_as(data: bytes, suffix: str, target: str) -> bytes:
    """A file converted by the office programs.

    Raises:
        FileNotFoundError: they are not installed, or made nothing.
    """
    if OFFICE is None:
        raise FileNotFoundError("LibreOffice is not installed")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"report{suffix}")
        source.write_bytes(data)
        profile = Path(folder, "profile").as_uri()
        command = [OFFICE, "--headless", "--norestore", f"-env:UserInstallation={profile}"]
        command += ["--convert-to", target, "--outdir", folder, str(source)]
        subprocess.run(command, check=True, timeout=100, capture_output=True)
        return Path(folder, f"report.{target.partition(':')[0]}").read_bytes()


@layout("doc", slow=True)
def doc(report: Report, rng: Random) -> Document:
    """An old Word document."""
    data = saved_as(docx(report, rng).data, ".docx", "doc:MS Word 97")
    return document(report, ".doc", data, "application/msword", unstated=frozenset({"index_number"}))


@layout("rtf", slow=True)
def rtf(report: Report, rng: Random) -> Document:
    """A document in rich text format."""
    data = saved_as(docx(report, rng).data, ".docx", "rtf")
    return document(report, ".rtf", data, "application/rtf", unstated=frozenset({"index_number"}))


@layout("xls", slow=True)
def xls(report: Report, rng: Random) -> Document:
    """An old workbook."""
    data = saved_as(xlsx(report, rng).data, ".xlsx", "xls:MS Excel 97")
    return document(report, ".xls", data, "application/vnd.ms-excel", unstated=frozenset({"index_number"}))


@layout("pdf_office", slow=True)
def pdf_office(report: Report, rng: Random) -> Document:
    """A page pasted from Word, printed to PDF: narrow columns break numbers, page breaks cut rows in two."""
    data = saved_as(html_word(report, rng).data, ".html", "pdf:writer_web_pdf_Export")
    return document(report, ".pdf", data, "application/pdf", unstated=frozenset({"index_number"}))


@layout("pdf_office_unruled", slow=True)
def pdf_office_unruled(report: Report, rng: Random) -> Document:
    """A Word document whose tables have no lines, printed to PDF: narrow label columns, figures level with their tops."""
    data = saved_as(docx(report, rng).data, ".docx", "pdf:writer_pdf_Export")
    # Table 4 is wider than the sheet: what stands beyond its edge is not there.
    lost = frozenset(cell for cell in report.cells if cell.startswith("t4."))
    return document(
        report, ".pdf", data, "application/pdf", unstated=frozenset({"index_number"}), ambiguous=lost
    )
