"""``gipa extract``: one object a document, in the order given; exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from expectations.forms import load_form
from gipa_pipeline.cli import main
from gipa_pipeline.samples import sample_registry
from tests.unit.extract.tables import page, random_table

KEYS = {
    *("path", "sha256", "template", "year", "agency", "title", "published", "cells", "findings", "error"),
}
CELL_KEYS = {"value", "status", "raw", "candidates", "evidence"}
FINDING_KEYS = {
    *(
        "rule",
        "severity",
        "verdict",
        "cells",
        "expected",
        "actual",
        "suggestion",
        "responsibility",
        "message",
    ),
}
REPORTS = sorted((sample_registry() / "reports" / "2023").iterdir())


def _extract(capsys: pytest.CaptureFixture[str], *paths: object) -> tuple[int, list[dict[str, Any]]]:
    code = main(["extract", *map(str, paths), "--format", "jsonl"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_readable_document(capsys: pytest.CaptureFixture[str]) -> None:
    path = next(p for p in REPORTS if p.suffix == ".html")
    code, (found,) = _extract(capsys, path)
    assert code == 0
    assert set(found) >= KEYS
    assert found["path"] == str(path)
    assert found["error"] is None
    assert list(found["cells"]) == list(load_form(found["template"]).cells)
    assert all(set(cell) == CELL_KEYS for cell in found["cells"].values())
    assert found["published"] is None or found["published"][:2] == "20"


def test_findings_have_their_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from random import Random

    table = random_table(Random(4), 40)
    path = tmp_path / "a.html"
    path.write_text(page({**table, "t3.granted.total": table["t3.granted.total"] + 1}), encoding="utf-8")
    code, (found,) = _extract(capsys, path)
    assert code == 0
    assert all(set(f) >= FINDING_KEYS for f in found["findings"])
    assert any(
        "t3.granted.total" in f["cells"] and f["verdict"] == "fail" and f["severity"] == "error"
        for f in found["findings"]
    )
    assert found["cells"]["t3.granted.total"]["value"] == table["t3.granted.total"] + 1


def test_order_is_kept_and_bad_documents_do_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty, rubbish, large = tmp_path / "empty.html", tmp_path / "rubbish.pdf", tmp_path / "large.html"
    empty.write_bytes(b"")
    rubbish.write_bytes(bytes(range(256)) * 99)
    with large.open("wb") as file:
        file.write(b"<html>")
        file.truncate(50 * 1024 * 1024)
    paths = [empty, REPORTS[0], tmp_path / "nowhere.html", rubbish, REPORTS[1], large, REPORTS[2], REPORTS[0]]
    code, found = _extract(capsys, *paths)
    assert code == 1
    assert [f["path"] for f in found] == [str(p) for p in paths]
    kinds = [f["error"]["kind"] if f["error"] else None for f in found]
    assert kinds == ["empty", None, "not_found", "binary", None, "too_large", None, None]
    assert all(f["error"] is None or f["cells"] == {} for f in found)
    assert "50 MB" in found[5]["error"]["message"]
    assert found[1]["cells"] == found[7]["cells"]


def test_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("b.html", "a.html", ".hidden"):
        (tmp_path / name).write_text("<p>text</p>")
    code, found = _extract(capsys, tmp_path)
    assert code == 0
    assert [Path(f["path"]).name for f in found] == ["a.html", "b.html"]
    assert {f["state"] for f in found} == {"not_a_report"}


def test_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _extract(capsys, tmp_path)[0] == 2
    with pytest.raises(SystemExit) as caught:
        main(["extract"])
    assert caught.value.code == 2
