"""Old Word, WPS, RTF and Excel files, with the office programs and without them."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path
from random import Random

import pytest

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media import convert
from gipa_pipeline.extract.media.kinds import medium_of
from gipa_pipeline.extract.reading import read_document
from tests.generator import make_report
from tests.generator.layouts import SLOW_LAYOUTS


@pytest.mark.ui
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("layout", "name", "medium"), [("doc", "a.wps", "doc"), ("rtf", "a.rtf", "doc"), ("xls", "a.et", "xlsx")]
)
def test_every_cell_of_an_old_file_is_read(layout: str, name: str, medium: str) -> None:
    made = SLOW_LAYOUTS[layout](make_report(Random(4), 2023, edition="2021"), Random(1))
    reading = read_document(made.data, name)
    assert (reading.medium, reading.error) == (medium, None)
    assert {c: r.value for c, r in reading.cells.items()} == made.report.cells
    assert {r.status for r in reading.cells.values()} == {"reported"}


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def test_without_libreoffice_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "program", lambda: None)
    for data in (OLE, b"{\\rtf1 x}"):
        reading = read_document(data, "report.doc")
        assert reading.error is not None
        assert reading.error[0] == "needs_converter"
        assert "libreoffice-writer" in reading.error[1]


def fake(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(convert, "program", lambda: str(program))


def test_a_program_that_hangs_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path, f"sleep 300 & echo $! > {tmp_path}/child; wait", monkeypatch)
    with pytest.raises(UnreadableDocument) as caught:
        convert.to_docx(OLE, seconds=1)
    assert caught.value.kind == "timeout"
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]:
            break
        time.sleep(0.05)
    else:
        os.kill(child, 0)
        pytest.fail("the child goes on")


def test_a_file_that_cannot_be_opened_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, "exit 0", monkeypatch)
    with pytest.raises(UnreadableDocument) as caught:
        convert.to_docx(OLE)
    assert caught.value.kind == "broken"


def test_each_conversion_has_its_own_profile_with_macros_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(
        tmp_path,
        f'cp profile/user/registrymodifications.xcu {tmp_path}/seen; echo "$@" > {tmp_path}/said; cp source.doc source.docx',
        monkeypatch,
    )
    assert convert.to_docx(OLE) == OLE
    assert "DisableMacrosExecution" in (tmp_path / "seen").read_text()
    assert "-env:UserInstallation=file:///" in (tmp_path / "said").read_text()


def test_rich_text_goes_to_the_converter() -> None:
    assert medium_of(b"{\\rtf1\\ansi x}", "a.rtf") == "doc"
