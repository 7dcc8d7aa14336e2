"""A helper that is installed later is used for the documents that were given up for want of it."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gipa_pipeline.extract import stage
from gipa_pipeline.extract.helpers import installed
from gipa_pipeline.extract.media import convert, ocr
from gipa_pipeline.model import ReaderNote, Reading
from gipa_pipeline.settings import ExtractSettings
from gipa_pipeline.store import Store


def test_helpers_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "program", lambda: None)
    assert installed() == {"ocr": True, "libreoffice": False}
    monkeypatch.setattr(convert, "program", lambda: "/usr/bin/soffice")
    monkeypatch.setattr(ocr.importlib.util, "find_spec", lambda name: None)
    assert importlib.util is ocr.importlib.util
    assert installed() == {"ocr": False, "libreoffice": True}


@pytest.mark.parametrize(
    ("reading", "kept"),
    [
        (Reading("s", "unknown", "unreadable", error=("needs_ocr", "x")), False),
        (Reading("s", "unknown", "unreadable", error=("needs_converter", "x")), False),
        (Reading("s", "docx", "table_absent", notes=(ReaderNote("picture_tables", "2"),)), False),
        (Reading("s", "html", "table_absent", notes=(ReaderNote("picture_tables", "2"),)), False),
        (Reading("s", "text", "table_absent", notes=(ReaderNote("picture_tables", "2"),)), True),
        (Reading("s", "unknown", "unreadable", error=("broken", "x")), True),
        (Reading("s", "scan", "read"), True),
    ],
)
def test_only_readings_that_will_stay_are_kept(
    reading: Reading, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    sha256 = store.put_bytes(b"x")
    row = {"unit_id": "u", "year": 2023, "sha256": sha256, "url": "a", "media_type": None}
    row |= {"first_fetched": pd.Timestamp(datetime(2024, 1, 1, tzinfo=UTC)), "published_now": True}
    answers: list[list[Any]] = []

    def read_all(jobs: list[Any], **_: Any) -> Any:
        answers.append(jobs)
        return [(job, reading) for job in jobs]

    monkeypatch.setattr(stage, "read_all", read_all)
    for _ in range(2):
        stage.extract_documents(store, pd.DataFrame([row]), ExtractSettings())
    assert [len(jobs) for jobs in answers] == [1, 0 if kept else 1]
