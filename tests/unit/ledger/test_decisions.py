"""The file of decisions: readable, mergeable, never guessed at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gipa_pipeline.errors import StoreError
from gipa_pipeline.ledger import Decision, DecisionRefused, append, read_decisions
from gipa_pipeline.ledger.decisions import FILE, state_after
from gipa_pipeline.store import Store

SENT = Decision("a1", "2025-03-01T09:00:00+08:00", "王", "sent")
DISMISSED = Decision("a1", "2025-03-02T09:00:00+08:00", "李", "dismissed", "原表无误，系识读差异")


def test_decisions_are_added_and_read_in_order_of_time(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert read_decisions(store) == ()
    append(store, DISMISSED)
    before = (tmp_path / FILE).read_bytes()
    append(store, SENT)
    assert (tmp_path / FILE).read_bytes().startswith(before), "what was written stays as it was"
    assert read_decisions(store) == (SENT, DISMISSED)
    assert "原表无误" in before.decode(), "a person can read it"
    assert state_after(read_decisions(store)) == "dismissed"
    assert state_after(read_decisions(store), DISMISSED.time) is None


def test_several_decisions_are_added_together_or_not_at_all(tmp_path: Path) -> None:
    acknowledged = Decision("a1", "2025-03-01T15:00:00+08:00", "某局 张", "acknowledged")
    append(Store(tmp_path), SENT, acknowledged)
    assert read_decisions(Store(tmp_path)) == (SENT, acknowledged)
    assert state_after((SENT, acknowledged)) == "acknowledged"
    with pytest.raises(DecisionRefused):
        append(Store(tmp_path), DISMISSED, Decision("b2", SENT.time, "王", "dismissed"))
    assert read_decisions(Store(tmp_path)) == (SENT, acknowledged)


def test_lines_of_two_copies_may_be_put_together(tmp_path: Path) -> None:
    for decision in (SENT, DISMISSED):
        append(Store(tmp_path), decision)
    path = tmp_path / FILE
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(["", *reversed(lines), *lines]), encoding="utf-8")
    assert read_decisions(Store(tmp_path)) == (SENT, DISMISSED)
    append(Store(tmp_path), Decision("b2", "2025-03-03T09:00:00+08:00", "王", "sent"))
    assert len(read_decisions(Store(tmp_path))) == 3


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("<<<<<<< ours", "no"),
        ('{"finding_id": "a1"}', "must have"),
        (json.dumps({**dict.fromkeys(("finding_id", "person", "reason"), "x"), "time": "gestern", "action": "sent"}), "no moment"),
        (json.dumps({**dict.fromkeys(("finding_id", "person", "reason"), "x"), "time": "2025-03-01T09:00:00", "action": "sent"}), "zone"),
        (json.dumps({"finding_id": "a", "person": "", "reason": " ", "time": SENT.time, "action": "dismissed"}), "reason"),
        (json.dumps({"finding_id": "a", "person": "", "reason": "", "time": SENT.time, "action": "corrected"}), "none of"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_decision_is_named_and_nothing_is_added(
    tmp_path: Path, line: str, said: str
) -> None:
    store = Store(tmp_path)
    append(store, SENT)
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes() + line.encode())
    with pytest.raises(StoreError, match=r"decisions\.jsonl, line 2: ") as raised:
        read_decisions(store)
    assert said in str(raised.value)
    before = path.read_bytes()
    with pytest.raises(StoreError):
        append(store, DISMISSED)
    assert path.read_bytes() == before


def test_a_dismissal_needs_a_reason(tmp_path: Path) -> None:
    with pytest.raises(DecisionRefused, match="reason"):
        append(Store(tmp_path), Decision("a1", SENT.time, "王", "dismissed", "  "))
    with pytest.raises(DecisionRefused, match="no action"):
        append(Store(tmp_path), Decision("a1", SENT.time, "王", "corrected", "x"))
    assert not (tmp_path / FILE).exists()
