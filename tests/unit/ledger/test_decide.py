"""``gipa decide``: what is put on record, what is refused, and what is listed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from expectations.frames import columns, conform
from gipa_pipeline.cli import main
from gipa_pipeline.store import Store

IDS = {"aaaa000000000001": "shown", "aaaa000000000002": "corrected"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = []
    for finding_id, standing in IDS.items():
        row = dict.fromkeys(c.name for c in columns("ledger", "findings"))
        row |= {
            "finding_id": finding_id, "unit_id": "town", "office_id": "office", "year": 2023, "rule": "R01",
            "severity": "error", "verdict": "fail", "responsibility": "publisher", "message": "总计不符。", "fix": "请更正。",
            "clause": "格式", "first_seen": date(2024, 2, 1), "last_seen": date(2024, 2, 1), "places": "{}",
            "evidence": "{}", "standing": standing, "basis": "v1",
        }  # fmt: skip
        rows.append(row)
    store = Store(tmp_path)
    store.write_frame("ledger", None, "2023", conform("ledger", "findings", rows))
    told = [{**row, "state": "open" if row["standing"] == "shown" else "corrected"} for row in rows]
    store.write_frame("validated", 2023, "findings", conform("validated", "findings", told))
    return tmp_path


def decide(data: Path, *words: str) -> int:
    return main(["decide", *words, "--data", str(data), "--person", "王"])


def test_a_decision_is_recorded_by_the_beginning_of_the_id(data: Path, capsys) -> None:
    assert decide(data, "aaaa000000000001", "dismissed", "--reason", "原表无误") == 0
    assert "总计不符" in capsys.readouterr().out
    [line] = (data / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    made = json.loads(line)
    assert (made["finding_id"], made["person"], made["action"], made["reason"]) == (
        "aaaa000000000001", "王", "dismissed", "原表无误",
    )  # fmt: skip
    assert made["time"].endswith("+08:00")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("bbbb", "sent"), "no finding 'bbbb'"),
        (("aaaa", "sent"), "stands for 2 findings"),
        (("aaaa000000000001", "dismissed"), "needs a reason"),
        (("aaaa000000000002", "confirmed"), "was corrected by a later version"),
        (("aaaa000000000001",), "FINDING_ID and ACTION are needed"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_leaves_no_line(data: Path, words, said: str, capsys) -> None:
    assert decide(data, *words) == 2
    assert said in capsys.readouterr().err
    assert not (data / "decisions.jsonl").exists()


def test_a_decision_is_in_force_at_once(data: Path, capsys) -> None:
    assert decide(data, "aaaa000000000001", "acknowledged") == 0
    capsys.readouterr()
    main(["decide", "--list", "--data", str(data)])
    assert [line.split("\t")[2] for line in capsys.readouterr().out.splitlines()] == [
        "acknowledged",
        "corrected",
    ]
    assert decide(data, "aaaa000000000001", "reopened") == 0
    assert Store(data).read_table("validated", 2023, "findings")["state"].to_pylist() == ["open", "corrected"]


def test_the_list_shows_ids_and_states(data: Path, capsys) -> None:
    assert main(["decide", "--list", "--data", str(data)]) == 0
    lines = [line.split("\t")[:5] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["aaaa000000000001", "2023", "open", "error", "R01"],
        ["aaaa000000000002", "2023", "corrected", "error", "R01"],
    ]
