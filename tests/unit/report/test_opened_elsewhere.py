"""What is written, opened by the programs that clerks have: an office program and a browser."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gipa_pipeline.report import YearFacts, office_report, office_view
from gipa_pipeline.report.consolidated import consolidated_document
from gipa_pipeline.report.letter import letter
from gipa_pipeline.report.pdf import find_browser, page_to_pdf
from gipa_pipeline.settings import Settings

pytestmark = pytest.mark.ui


def text_of(pdf: Path) -> str:
    command = ["pdftotext", "-layout", str(pdf), "-"]
    return "".join(
        subprocess.run(command, check=True, timeout=60, capture_output=True).stdout.decode().split()
    )


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_word_documents(facts: YearFacts, tmp_path: Path) -> None:
    view = office_view(facts, "office")
    documents = {
        "letter": letter(view, facts.registry.units["finance"], Settings()),
        "tables": consolidated_document(view),
    }
    for name, data in documents.items():
        assert data is not None
        (tmp_path / f"{name}.docx").write_bytes(data)
    command = [
        "soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "pdf",
        "--outdir", str(tmp_path), *(str(tmp_path / f"{name}.docx") for name in documents),
    ]  # fmt: skip
    subprocess.run(command, check=True, timeout=110, capture_output=True)
    told = text_of(tmp_path / "letter.pdf")
    assert "某县财政局：我单位对你单位发布的2023年政府信息公开工作年度报告作了汇总核对" in told
    assert "填报4，按关系应为0，相差4。" in told
    tables = text_of(tmp_path / "tables.pdf")
    assert "二、主动公开政府信息情况" in tables
    assert "发布前请处理" in tables


@pytest.mark.skipif(find_browser() is None, reason="no Chromium or Chrome is installed")
def test_page_as_pdf(facts: YearFacts, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text(office_report(office_view(facts, "office")), encoding="utf-8")
    data = page_to_pdf(page, None)
    (tmp_path / "a.pdf").write_bytes(data)
    told = text_of(tmp_path / "a.pdf")
    assert "某县人民政府办公室2023年政府信息公开工作年度报告" in told
    assert "六类申请人之和为0，总计填4，相差4。" in told
    # What is for ourselves is not printed.
    assert "两种读法不一致" not in told
    assert b"(D:20000101000000" in data
