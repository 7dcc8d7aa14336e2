"""Runs that went on although a year was beyond its tolerance (容限放行): who said so, when and why."""

from __future__ import annotations

import getpass
import json
from collections.abc import Sequence

from gipa_pipeline.calendar import CHINA, Clock, system_clock
from gipa_pipeline.ledger.decisions import DecisionRefused
from gipa_pipeline.store import Store
from gipa_pipeline.validate.tolerance import LIMITS

FILE = "accepted.jsonl"


def record(
    store: Store, rules: Sequence[str], reason: str, years: Sequence[int], clock: Clock = system_clock
) -> None:
    """Add a line to the record.

    Raises:
        DecisionRefused: no such rule, or no reason.
    """
    unknown = [rule for rule in rules if rule not in LIMITS]
    if unknown:
        raise DecisionRefused(f"no tolerance rule {', '.join(unknown)}; known are {', '.join(LIMITS)}.")
    if not reason.strip():
        raise DecisionRefused('--accept needs a reason: --reason "…".')
    line = {
        "time": clock().astimezone(CHINA).isoformat(timespec="seconds"),
        "person": getpass.getuser(),
        "rules": list(rules),
        "years": list(years),
        "reason": reason,
    }
    path = store.root / FILE
    before = path.read_bytes() if path.exists() else b""
    store.write_file(path, before + (json.dumps(line, ensure_ascii=False) + "\n").encode())
