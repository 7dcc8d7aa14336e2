"""Findings carried from run to run: corrections, returns, rule changes, and what people decided."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gipa_pipeline.aggregate.rollup import OPEN_STATES
from gipa_pipeline.ledger import Decision, keep

START = datetime(2025, 3, 1, tzinfo=UTC)
FIRST, SECOND, THIRD = (date(2025, month, 1) for month in (2, 3, 4))


def row(finding_id: str, day: date = FIRST, rule: str = "R01", unit: str = "unit") -> dict:
    return {
        "finding_id": finding_id, "unit_id": unit, "office_id": "office", "year": 2024, "rule": rule, "state": "open",
        "message": f"{finding_id}不成立。", "verdict": "fail", "responsibility": "publisher",
        "first_seen": day, "last_seen": day,
    }  # fmt: skip


def decision(finding_id: str, action: str, minute: int = 0) -> Decision:
    return Decision(finding_id, (START + timedelta(minutes=minute)).isoformat(), "王", action, "经核实")


def run(earlier, found, basis, decisions=(), verdict="pass", rule="R01"):
    ledger, told = keep(earlier, found, {("unit", rule): verdict}, {"unit": basis}, list(decisions))
    again = keep(ledger, found, {("unit", rule): verdict}, {"unit": basis}, list(decisions))
    assert again == (ledger, told), "running again changes nothing"
    return ledger, {r["finding_id"]: r for r in told}


def test_a_corrected_report_closes_its_finding_and_the_row_stays() -> None:
    ledger, _ = run([], [row("a")], "v1", verdict="fail")
    ledger, told = run(ledger, [], "v2")
    assert (told["a"]["state"], told["a"]["first_seen"], told["a"]["last_seen"]) == (
        "corrected",
        FIRST,
        FIRST,
    )
    ledger, told = run(ledger, [row("b", THIRD)], "v3", verdict="fail")
    assert {i: r["state"] for i, r in told.items()} == {"a": "corrected", "b": "open"}


def test_what_comes_back_is_open_again_with_its_first_day() -> None:
    sent = [decision("a", "sent")]
    ledger, told = run([], [row("a")], "v1", sent, verdict="fail")
    assert told["a"]["state"] == "sent"
    ledger, told = run(ledger, [], "v2", sent)
    assert told["a"]["state"] == "corrected"
    ledger, told = run(ledger, [row("a", THIRD)], "v3", sent, verdict="fail")
    assert (told["a"]["state"], told["a"]["first_seen"], told["a"]["last_seen"]) == ("open", FIRST, THIRD)
    _, told = run(ledger, [row("a", THIRD)], "v3", [*sent, decision("a", "confirmed", 5)], verdict="fail")
    assert told["a"]["state"] == "confirmed"


def test_a_dismissal_holds_whatever_the_report_shows_later() -> None:
    dismissed = [decision("a", "dismissed")]
    ledger, _ = run([], [row("a")], "v1", dismissed, verdict="fail")
    ledger, told = run(ledger, [], "v2", dismissed)
    assert told["a"]["state"] == "dismissed"
    _, told = run(ledger, [row("a", THIRD)], "v3", dismissed, verdict="fail")
    assert told["a"]["state"] == "dismissed"


def test_a_version_that_cannot_be_judged_corrects_nothing() -> None:
    ledger, _ = run([], [row("a")], "v1", verdict="fail")
    for verdict in ("not_assessable", "uncertain"):
        assert run(ledger, [], "v2", verdict=verdict)[1]["a"]["state"] == "open"


def test_when_our_rules_change_the_unit_has_corrected_nothing() -> None:
    ledger, _ = run([], [row("a"), row("b")], "v1", verdict="fail")
    ledger, told = run(ledger, [], "v1", [decision("b", "confirmed")])
    assert set(told) == {"b"}, "nobody decided on the other one, and nothing supports it any more"
    assert (told["b"]["state"], told["b"]["responsibility"]) == ("confirmed", "undecided")
    assert "请复核" in told["b"]["message"]
    assert {r["finding_id"]: r["standing"] for r in ledger} == {"a": "withdrawn", "b": "withdrawn"}
    _, told = run(ledger, [row("a"), row("b")], "v1", [decision("b", "confirmed")], verdict="fail")
    assert {i: r["state"] for i, r in told.items()} == {"a": "open", "b": "confirmed"}


def test_units_out_of_scope_keep_their_rows_and_are_not_spoken_of() -> None:
    ledger, _ = run([], [row("a")], "v1", verdict="fail")
    kept, told = keep(ledger, [], {}, {}, [])
    assert [r["finding_id"] for r in kept] == ["a"]
    assert told == []


def test_a_unit_that_acknowledged_its_letter_is_still_to_correct_it() -> None:
    said = [decision("a", "sent"), decision("a", "acknowledged", 1)]
    ledger, told = run([], [row("a")], "v1", said, verdict="fail")
    assert told["a"]["state"] == "acknowledged"
    assert told["a"]["state"] in OPEN_STATES
    ledger, told = run(ledger, [], "v2", said)
    assert told["a"]["state"] == "corrected"
    _, told = run(ledger, [row("a", THIRD)], "v3", said, verdict="fail")
    assert told["a"]["state"] == "open", "what was acknowledged was the earlier letter"


def test_a_note_changes_no_state_and_a_reopened_finding_is_open() -> None:
    found = [row("a")]
    said = [decision("a", "sent"), decision("a", "note", 1)]
    assert run([], found, "v1", said)[1]["a"]["state"] == "sent"
    said += [decision("a", "dismissed", 2), decision("a", "reopened", 3)]
    assert run([], found, "v1", said)[1]["a"]["state"] == "open"


IDS = ("a", "b", "c")
EVENTS = st.one_of(
    st.tuples(st.just("run"), st.none(), st.none()),
    st.tuples(st.just("version"), st.sets(st.sampled_from(IDS)), st.none()),
    st.tuples(st.just("rules"), st.sets(st.sampled_from(IDS)), st.none()),
    st.tuples(st.just("decide"), st.sampled_from(IDS), st.sampled_from(["sent", "acknowledged", "confirmed", "dismissed", "reopened"])),
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(EVENTS, min_size=1, max_size=25))
def test_no_sequence_of_runs_corrections_and_rule_changes_alters_what_a_person_decided(events) -> None:
    ledger: list[dict] = []
    shown, silent, version, minute = set(IDS), set(), 0, 0
    decisions: list[Decision] = []
    first: dict[str, date] = {}
    before: dict[str, str] = {}
    for kind, what, action in [("run", None, None), *events]:
        if kind == "version":
            shown, version = what, version + 1
        elif kind == "rules":
            silent = what
        elif any(r["finding_id"] == what and r["standing"] != "corrected" for r in ledger):
            minute += 1
            decisions.append(decision(what, action, minute))
        found = sorted(shown - silent)
        day = FIRST + timedelta(days=version)
        known = {r["finding_id"] for r in ledger}
        standing = {r["finding_id"] for r in ledger if r["standing"] == "shown"}
        back = {r["finding_id"] for r in ledger if r["standing"] == "corrected"} & set(found)
        ledger, told = run(
            ledger, [row(i, day) for i in found], f"v{version}", decisions, "fail" if found else "pass"
        )
        assert known <= {r["finding_id"] for r in ledger}, "rows are never deleted"
        states = {i: r["state"] for i, r in told.items()}
        for i, r in told.items():
            assert r["first_seen"] == first.setdefault(i, r["first_seen"])
            assert r["last_seen"] >= r["first_seen"]
        assert set(found) <= set(states)
        for i, state in before.items():
            if (kind == "decide" and i == what) or i in back:
                continue
            if state in ("sent", "acknowledged", "confirmed", "dismissed"):
                closed = kind == "version" and state != "dismissed" and i in standing - set(found)
                assert states[i] == ("corrected" if closed else state)
        for i in back:
            assert states[i] == ("dismissed" if before.get(i) == "dismissed" else "open")
        before = states


def seen(ledger, found, basis, by, figures, verdict="pass"):
    made = keep(ledger, found, {("unit", "R01"): verdict}, {"unit": basis}, [], by, lambda _: figures)
    return made[0], {r["finding_id"]: r["state"] for r in made[1]}


def test_when_the_page_and_our_rules_change_together_only_other_figures_prove_a_correction() -> None:
    ledger, _ = seen([], [row("a")], "v1", "rules 1", "13", verdict="fail")
    assert seen(ledger, [], "v2", "rules 2", "13")[1] == {}, (
        "the page has another counter, our rule is another"
    )
    assert seen(ledger, [], "v2", "rules 2", "12")[1] == {"a": "corrected"}
    assert seen(ledger, [], "v2", "rules 1", "13")[1] == {"a": "corrected"}, "the prose was put right, say"
    assert seen(ledger, [], "v1", "rules 2", "12")[1] == {}, "our reader changed, the page did not"
