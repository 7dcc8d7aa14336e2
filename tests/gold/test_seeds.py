"""Five real reports, every value as read by hand (金标准).

The reports are kept beside the checkout, not in it; without them these tests cannot run, and on the
continuous-integration machine that is a failure.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gipa_pipeline.commands.extract import as_object
from gipa_pipeline.extract.reading import read_document

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
NAMES = ("guzhen_2023", "rongchang_town_2024", "shuikou_2022", "wenchang_2023", "zhongshan_office_2022")


def _missing() -> bool:
    if SEEDS.is_dir():
        return False
    if os.environ.get("CI"):
        pytest.fail(f"{SEEDS} is not there: the real reports must be at hand here")
    return True


@pytest.fixture(params=NAMES)
def case(request: pytest.FixtureRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was read, in the published shape, and what should have been."""
    if _missing():
        pytest.skip(f"the five real reports are not at {SEEDS}; set them beside the checkout to run this")
    path = SEEDS / f"{request.param}.txt"
    expected = json.loads(
        (SEEDS / "expected" / f"{request.param}.json").read_text("utf-8"), parse_float=Decimal
    )
    return as_object(str(path), read_document(path.read_bytes(), path.name)), expected


def test_every_value(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    read, expected = case
    assert set(read["cells"]) == set(expected["cells"])
    wrong = {
        cell: (read["cells"][cell]["value"], value)
        for cell, value in expected["cells"].items()
        if read["cells"][cell]["value"] != (None if value is None else float(value))
    }
    assert wrong == {}


def test_the_document_itself(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    read, expected = case
    told = {"template": "format", "year": "year", "agency": "agency", "published": "published"}
    assert {ours: read[ours] for ours in told} == {ours: expected[theirs] for ours, theirs in told.items()}
    assert read["index_number"] == expected.get("index_number")
    assert read["error"] is None


def test_only_what_is_ambiguous_is(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    read, expected = case
    open_cells = {cell: value for cell, value in read["cells"].items() if value["status"] == "ambiguous"}
    rows = {row: ambiguous["candidates"] for row, ambiguous in expected["ambiguous"].items()}
    assert {cell.rsplit(".", 1)[0] for cell in open_cells} == set(rows)
    for row, readings in rows.items():
        columns = [c for c in open_cells if c.startswith(f"{row}.")]
        seen = list(zip(*(open_cells[c]["candidates"] for c in columns), strict=True))
        assert sorted(seen) == sorted(map(tuple, readings))
        assert {open_cells[c]["raw"] for c in columns} == {expected["ambiguous"][row]["run"]}


def test_blank_is_not_zero(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    read, expected = case
    ambiguous = {c for row in expected["ambiguous"] for c in read["cells"] if c.startswith(f"{row}.")}
    blanks = {c for c, v in expected["cells"].items() if v is None} - ambiguous
    assert {c for c, v in read["cells"].items() if v["status"] == "blank"} == blanks


MUST_FIND = {
    "guzhen_2023": {("N08", "warning")},
    "rongchang_town_2024": {("S08", "warning")},
    "shuikou_2022": {("S02", "error"), ("C02", "warning")},
    "wenchang_2023": {("S12", "warning")},
    "zhongshan_office_2022": {("K01", "error")},
}


def test_what_must_be_found_and_no_false_error(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    read, expected = case
    name = expected["document"].removesuffix(".txt")
    found = {(f["rule"], f["severity"]) for f in read["findings"] if f["verdict"] == "fail"}
    assert found >= MUST_FIND[name]
    assert {f for f in found if f[1] == "error"} == {f for f in MUST_FIND[name] if f[1] == "error"}


def test_a_misplaced_case_is_told_once_with_both_columns() -> None:
    if _missing():
        pytest.skip(f"the five real reports are not at {SEEDS}; set them beside the checkout to run this")
    path = SEEDS / "zhongshan_office_2022.txt"
    read = as_object(str(path), read_document(path.read_bytes(), path.name))
    errors = [f for f in read["findings"] if f["severity"] == "error"]
    assert len(errors) == 1
    assert "“法律服务机构”列" in errors[0]["message"]
    assert "“其他”列" in errors[0]["message"]
    assert errors[0]["responsibility"] == "publisher"


def test_each_cell_leads_back_to_its_place(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    read, expected = case
    text = (SEEDS / expected["document"]).read_text("utf-8")
    for cell, value in read["cells"].items():
        if value["status"] in ("reported", "inferred", "ambiguous"):
            place = value["evidence"]
            assert value["raw"] in text[place["start"] : place["end"] + 8], cell
