"""The life of findings under any sequence of runs, decisions, corrections, rule and reader changes, and byte noise.

A world of four findings of one unit: each is shown while the figure it rests on is wrong and the rules see it. The
test keeps its own, much simpler book of what people decided and what was corrected, and compares after each step.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gipa_pipeline.ledger import ACTIONS, Decision, keep

IDS = ("a", "b", "c", "d")
START = datetime(2025, 3, 1, tzinfo=UTC)
STATES = {"sent": "sent", "acknowledged": "acknowledged", "confirmed": "confirmed", "dismissed": "dismissed"}


class Lives(RuleBasedStateMachine):
    """What may happen to a unit's findings between two looks."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong = dict.fromkeys(IDS, 1)  # the figure that the finding rests on; 0: right
        self.blind: set[str] = set()  # what today's rules or readers do not see
        self.assessable = True
        self.bytes, self.rules, self.minute = 0, 0, 0
        self.ledger: list[dict] = []
        self.decisions: list[Decision] = []
        self.told: dict[str, dict] = {}
        self.human: dict[str, str | None] = dict.fromkeys(IDS)  # our book
        self.first: dict[str, date] = {}
        self.look()

    def row(self, name: str) -> dict:
        day = date(2025, 1, 1) + timedelta(days=self.bytes)
        return {
            "finding_id": name, "unit_id": "unit", "office_id": "office", "year": 2024, "rule": f"R{name}", "state": "open",
            "message": f"{name}不成立。", "verdict": "fail", "responsibility": "publisher", "severity": "error",
            "first_seen": day, "last_seen": day, "cells": [name],
        }  # fmt: skip

    def look(self) -> None:
        """A run of the rules."""
        found = [i for i in IDS if self.wrong[i] and i not in self.blind and self.assessable]
        verdict = "not_assessable" if not self.assessable else "pass"
        verdicts = {("unit", f"R{i}"): "fail" if i in found else verdict for i in IDS}
        given = (
            [self.row(i) for i in found], verdicts, {"unit": f"v{self.bytes}"}, self.decisions,
            f"rules {self.rules}", lambda row: str(self.wrong[row["finding_id"]]),
        )  # fmt: skip
        was = {r["finding_id"]: r["standing"] for r in self.ledger}
        self.ledger, told = keep(self.ledger, *given)
        assert keep(self.ledger, *given) == (self.ledger, told), "running again changes nothing"
        self.told = {r["finding_id"]: r for r in told}
        assert set(was) <= {r["finding_id"] for r in self.ledger}, "rows are never deleted"
        for r in self.ledger:
            name = r["finding_id"]
            if was.get(name) == "corrected" and r["standing"] == "shown" and self.human[name] != "dismissed":
                self.human[name] = None  # it came back: what was decided belongs to the first time

    def standing(self, name: str) -> str | None:
        return next((r["standing"] for r in self.ledger if r["finding_id"] == name), None)

    @rule()
    def run_again(self) -> None:
        before = (self.ledger, self.told)
        self.look()
        assert (self.ledger, self.told) == before

    @rule()
    def other_bytes(self) -> None:
        """A visitor counter moved: another document, the same figures."""
        shown = {i for i in IDS if self.standing(i) == "shown"}
        self.bytes += 1
        self.look()
        assert {i for i in shown if self.wrong[i]} <= {i for i in IDS if self.standing(i) == "shown"}

    @rule(fixed=st.sets(st.sampled_from(IDS)))
    def corrected(self, fixed: set[str]) -> None:
        """A new version puts some figures right; exactly their findings close."""
        closing = {i for i in fixed if self.standing(i) == "shown" and self.assessable}
        others = {i: self.standing(i) for i in IDS if i not in fixed}
        for i in fixed:
            self.wrong[i] = 0
        self.bytes += 1
        self.look()
        assert all(self.standing(i) == "corrected" for i in closing)
        if self.assessable:
            assert {i: self.standing(i) for i in others if self.wrong[i] and i not in self.blind} == {
                i: "shown" for i in others if self.wrong[i] and i not in self.blind
            }

    @rule(spoiled=st.sampled_from(IDS))
    def spoiled_again(self, spoiled: str) -> None:
        self.wrong[spoiled] += 1
        self.bytes += 1
        self.look()
        if spoiled not in self.blind and self.assessable:
            assert self.told[spoiled]["state"] in ("open", *STATES)

    @rule(blind=st.sets(st.sampled_from(IDS)), noise=st.booleans())
    def our_rules_change(self, blind: set[str], noise: bool) -> None:
        """Other rules or readers, perhaps in the same run as a page whose bytes moved: nobody corrected anything."""
        closed = {i for i in IDS if self.standing(i) == "corrected"}
        self.blind, self.rules = blind, self.rules + 1
        self.bytes += noise
        self.look()
        assert {i for i in IDS if self.standing(i) == "corrected"} <= closed

    @rule()
    def unreadable(self) -> None:
        self.assessable, self.bytes = not self.assessable, self.bytes + 1
        self.look()

    @rule(name=st.sampled_from(IDS), action=st.sampled_from(sorted(ACTIONS)))
    def decide(self, name: str, action: str) -> None:
        if self.standing(name) in (None, "corrected"):
            return  # refused by the command
        self.minute += 1
        time = (START + timedelta(minutes=self.minute)).isoformat()
        self.decisions.append(Decision(name, time, "王", action, "经核实"))
        if action != "note":
            self.human[name] = ACTIONS[action]
        self.look()

    @invariant()
    def what_people_decided_stands(self) -> None:
        for name in IDS:
            standing, human = self.standing(name), self.human[name]
            state = self.told[name]["state"] if name in self.told else None
            if standing == "shown":
                assert state == (human or "open")
            elif standing == "corrected":
                assert state == ("dismissed" if human == "dismissed" else "corrected")
            elif standing == "withdrawn":
                assert state == human
                assert state is None or self.told[name]["verdict"] == "uncertain"

    @invariant()
    def first_days_never_move(self) -> None:
        for r in self.ledger:
            assert r["first_seen"] == self.first.setdefault(r["finding_id"], r["first_seen"])
            assert r["last_seen"] >= r["first_seen"]


Lives.TestCase.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
test_lives = Lives.TestCase
