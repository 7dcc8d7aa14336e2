"""What people decided about findings (人工决定): one line each, only ever added to.

The file can be read by a person and merged line by line; its order of lines does not matter, times do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from gipa_pipeline.errors import GipaError, StoreError
from gipa_pipeline.store import Store

FILE = "decisions.jsonl"
ACTIONS: Mapping[str, str | None] = MappingProxyType(
    {
        "sent": "sent",
        "acknowledged": "acknowledged",
        "confirmed": "confirmed",
        "dismissed": "dismissed",
        "reopened": "open",
        "note": None,
    }
)
"""What a person may do with a finding (送达、签收、确认、撤销、重开、备注), and the state after it; None: as before.

``acknowledged``: the unit has said that it has the letter; the decision's ``person`` and ``time`` say who put that
on record and when.
"""
STATES = ("open", "sent", "acknowledged", "confirmed", "dismissed", "corrected")
"""The states of a finding (处理状态), those that stand first; ``corrected`` is never decided by a person."""
NEEDS_REASON = frozenset({"dismissed", "note"})
_FIELDS = ("finding_id", "time", "person", "action", "reason")


class DecisionRefused(GipaError):
    """A decision that cannot be taken: unknown finding or action, or no reason where one is needed."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: which finding, when (ISO 8601 with zone), who, what, and why."""

    finding_id: str
    time: str
    person: str
    action: str
    reason: str = ""

    @property
    def moment(self) -> datetime:
        """When it was taken."""
        return datetime.fromisoformat(self.time)


def decisions_path(store: Store) -> Path:
    """Where the decisions lie."""
    return store.root / FILE


def read_decisions(store: Store) -> tuple[Decision, ...]:
    """All decisions, oldest first; those of one moment in the order of their lines, repeated lines once.

    Raises:
        StoreError: a line that is no decision, with its number. What people decided is never guessed.
    """
    path = decisions_path(store)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: cannot be read ({error}). Restore it from a copy; it is UTF-8.") from error
    found = {
        _decision(path, number, line): None for number, line in enumerate(lines, start=1) if line.strip()
    }
    return tuple(sorted(found, key=lambda d: d.moment))


def _decision(path: Path, number: int, line: str) -> Decision:
    def wrong(what: str) -> StoreError:
        return StoreError(f"{path}, line {number}: {what}. Correct this line or take it out.")

    try:
        values = json.loads(line)
    except ValueError as error:
        raise wrong("is not a JSON object (left over from a merge?)") from error
    if not isinstance(values, dict) or not all(isinstance(values.get(f), str) for f in _FIELDS):
        raise wrong(f"must have the texts {', '.join(_FIELDS)}")
    decision = Decision(**{f: values[f] for f in _FIELDS})
    if decision.action not in ACTIONS:
        raise wrong(f"action {decision.action!r} is none of {', '.join(ACTIONS)}")
    if decision.action in NEEDS_REASON and not decision.reason.strip():
        raise wrong(f"{decision.action} needs a reason")
    try:
        zone = decision.moment.tzinfo
    except ValueError:
        zone = None
    if zone is None:
        raise wrong(f"time {decision.time!r} is no moment with a zone such as 2025-03-31T09:00:00+08:00")
    return decision


def append(store: Store, *decisions: Decision) -> None:
    """Add decisions, all or none; the file is replaced as a whole, so that a killed program leaves no half line.

    Raises:
        DecisionRefused: no such action, or no reason where one is needed.
        StoreError: the file cannot be read or written.
    """
    for decision in decisions:
        if decision.action not in ACTIONS:
            raise DecisionRefused(f"no action {decision.action!r}; known are {', '.join(ACTIONS)}.")
        if decision.action in NEEDS_REASON and not decision.reason.strip():
            raise DecisionRefused(f'{decision.action} needs a reason: --reason "…".')
    path = decisions_path(store)
    with store.lock():
        read_decisions(store)  # nothing is added behind a line that cannot be understood
        before = path.read_bytes() if path.exists() else b""
        if before and not before.endswith(b"\n"):
            before += b"\n"
        lines = "".join(json.dumps(asdict(d), ensure_ascii=False) + "\n" for d in decisions)
        store.write_file(path, before + lines.encode("utf-8"))


def by_finding(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    """Decisions by finding, in their order."""
    found: dict[str, list[Decision]] = {}
    for decision in decisions:
        found.setdefault(decision.finding_id, []).append(decision)
    return found


def state_after(decisions: Sequence[Decision], after: str | None = None) -> str | None:
    """The state in which a finding's decisions leave it; None when nobody has decided.

    Args:
        decisions: the finding's, in order.
        after: the time up to which they belong to an earlier appearance of the finding, which was corrected.
    """
    state = None
    since = datetime.fromisoformat(after) if after else None
    for decision in decisions:
        if since is None or decision.moment > since:
            state = ACTIONS[decision.action] or state
    return state
