from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from expectations.forms import load_form
from expectations.frames import check, conform
from gipa_pipeline.normalize.tidy import normalize_year
from tests.unit.normalize.test_identity import Unit


@dataclass
class Registry:
    units: dict = field(
        default_factory=lambda: {
            u.unit_id: u for u in (Unit("guzhen", "中山市古镇镇人民政府"), Unit("edu", "中山市教育局"))
        }
    )

    def office_of(self, unit_id):
        return "office"


def document(unit="guzhen", sha="aa", day=1, **given):
    return {
        "unit_id": unit, "year": 2023, "document_sha256": sha, "url": "u", "media_type": "text/html", "medium": "html",
        "template": "2021", "hybrid": False, "title": None, "agency": None, "document_year": None, "published": None,
        "index_number": None, "notice": None, "period_from": None, "period_to": None, "state": "read",
        "error_kind": None, "error_message": None, "first_fetched": date(2024, 1, day),
    } | given  # fmt: skip


def cell(cell_id, value, sha="aa", unit="guzhen", status="reported", raw=None):
    return {
        "unit_id": unit, "year": 2023, "document_sha256": sha, "cell_id": cell_id, "raw": raw,
        "value": None if value is None else Decimal(value), "status": status, "candidates": None, "evidence": "{}",
        "readers": ["structure", "sequence"], "note": None,
    }  # fmt: skip


def section(sha, text):
    return {
        "unit_id": "guzhen", "year": 2023, "document_sha256": sha, "position": 0, "part": 1,
        "heading": "一、总体情况", "text": text,
    }  # fmt: skip


@pytest.fixture
def run():
    def normalize(documents, cells=(), sections=()):
        given = {"documents": documents, "cells": cells, "sections": sections, "claims": (), "notes": ()}
        frames = normalize_year(
            Registry(), *(conform("extracted", n, list(rows)) for n, rows in given.items()), 2023
        )
        for name, frame in frames.items():
            check("normalized", name, frame)
        return frames

    return normalize


def test_every_cell_of_the_form_stands_there_missing_ones_too(run):
    cells = run([document()], [cell("t3.new.total", 21)])["cells"]
    assert list(cells["cell_id"].sort_values()) == sorted(load_form("2021").cells)
    found = cells.set_index("cell_id").loc["t3.new.total"]
    assert (found["value"], found["status"], found["agreement"]) == (Decimal(21), "reported", 2)
    assert (cells["status"] == "missing").sum() == 199


def test_the_newest_version_counts_and_changes_are_told(run):
    frames = run(
        [document(sha="aa", day=10), document(sha="bb", day=20)],
        [cell("t3.new.total", 21), cell("t3.new.total", 22, sha="bb"), cell("t3.new.other", 0, sha="bb")],
        [section("aa", "旧"), section("bb", "新")],
    )
    assert list(frames["reports"]["document_sha256"]) == ["bb"]
    assert list(frames["sections"]["text"]) == ["新"]
    change = frames["changes"].iloc[0]
    assert len(frames["changes"]) == 1
    assert (change["cell_id"], change["before"], change["after"]) == ("t3.new.total", 21, 22)


def test_a_version_of_other_bytes_alone_does_not_hide_a_change_before_it(run):
    frames = run(
        [document(sha=sha, day=day) for sha, day in (("aa", 10), ("bb", 20), ("cc", 25), ("dd", 26))],
        [
            cell("t3.new.total", value, sha=sha)
            for sha, value in (("aa", 21), ("bb", 22), ("cc", 22), ("dd", 22))
        ],
    )
    changes = frames["changes"].to_dict("records")
    assert [(c["before"], c["after"], c["before_sha256"], c["after_sha256"]) for c in changes] == [
        (21, 22, "aa", "dd")
    ]


def test_a_page_that_went_back_shows_its_earlier_version(run):
    frames = run(
        [document(sha="aa", day=10, published_now=True), document(sha="bb", day=20, published_now=False)],
        [cell("t3.new.total", 21), cell("t3.new.total", 22, sha="bb")],
    )
    assert list(frames["reports"]["document_sha256"]) == ["aa"]
    change = frames["changes"].iloc[0]
    assert (change["before"], change["after"]) == (22, 21)


def test_a_report_that_can_be_read_speaks_before_a_newer_page_that_is_none(run):
    frames = run([document(sha="aa", day=1), document(sha="bb", day=9, state="not_a_report", url="v")])
    assert list(frames["reports"]["state"]) == ["read"]


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"title": "中山市教育局2023年政府信息公开工作年度报告"}, "wrong_unit"),
        ({"title": "中山市古镇镇人民政府2022年政府信息公开工作年度报告"}, "wrong_year"),
        ({"title": "古镇镇2023年政府信息公开工作年度报告"}, "read"),
        ({"state": "unreadable", "error_message": "扫描件"}, "unreadable"),
        ({"state": "table_absent"}, "table_absent"),
    ],
)
def test_states(run, given, state):
    frames = run([document(**given)], [cell("t3.new.total", 21)])
    assert list(frames["reports"]["state"]) == [state]
    assert frames["cells"].empty == (state != "read")
    assert len(frames["quarantine"]) == (state != "read")


def test_unreadable_cells_go_to_quarantine_with_what_is_printed(run):
    frames = run([document()], [cell("t3.new.total", None, status="unreadable", raw="若干")])
    row = frames["quarantine"].iloc[0]
    assert (row["cell_id"], row["raw"], row["reason"]) == ("t3.new.total", "若干", "unreadable_cell")


def test_other_years_and_unknown_units_are_left_out(run):
    frames = run([document(unit="stranger"), document(year=2022)])
    assert all(frame.empty for frame in frames.values())


def test_the_same_frames_give_the_same_result_in_any_order(run):
    documents = [document(sha="aa"), document(sha="bb"), document("edu", "cc")]
    cells = [cell("t3.new.total", 1), cell("t3.new.other", 1, sha="bb"), cell("t3.new.other", 1, "cc", "edu")]
    first, second = run(documents, cells), run(documents[::-1], cells[::-1])
    for name, frame in first.items():
        pd.testing.assert_frame_equal(frame, second[name])
