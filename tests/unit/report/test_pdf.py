from __future__ import annotations

import shutil
import sys
from datetime import date
from pathlib import Path

import pytest

from gipa_pipeline.report import pdf


def fake(folder: Path, body: str) -> str:
    path = folder / "browser"
    path.write_text(
        f"#!{sys.executable}\nimport sys\nout = [a[15:] for a in sys.argv if a.startswith('--print-to-pdf=')][0]\n{body}\n"
    )
    path.chmod(0o755)
    return str(path)


def test_dates_are_the_datas(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("x")
    program = fake(
        tmp_path,
        "open(out, 'wb').write(b'%PDF-1.4 /CreationDate (D:20991231235959+00) /ModDate (D:20991231235959+00)')",
    )
    made = pdf.page_to_pdf(page, date(2025, 2, 3), program)
    assert made == b"%PDF-1.4 /CreationDate (D:20250203000000+00) /ModDate (D:20250203000000+00)"


@pytest.mark.parametrize("body", ["sys.exit(3)", "open(out, 'wb').write(b'<html>')"])
def test_a_browser_that_prints_nothing_is_told(tmp_path: Path, body: str) -> None:
    page = tmp_path / "a.html"
    page.write_text("x")
    with pytest.raises(pdf.NoPdf, match=r"gave no PDF of a\.html"):
        pdf.page_to_pdf(page, None, fake(tmp_path, body))


def test_no_browser_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pdf.NoPdf, match="Install Chromium"):
        pdf.page_to_pdf(tmp_path / "a.html", None)
    assert shutil.which("chromium") is None
