"""Findings carried from run to run (台账合并): each keeps its id, its first day and what people decided.

Pure: frames in, frames out. A finding that is no longer found is *corrected* only if the documents it rests on
have changed and its rule could be judged again; if our rules or readers changed, it is *withdrawn*, because the
unit corrected nothing. If both changed at once, only other figures in its cells prove a correction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from gipa_pipeline.ledger.decisions import Decision, by_finding, state_after
from gipa_pipeline.store import digest_of

if TYPE_CHECKING:
    import pandas as pd

SHOWN, CORRECTED, WITHDRAWN = "shown", "corrected", "withdrawn"
_WITHDRAWN_NOTE = "（按现行规则和识读结果，同一份文件已不再出现此问题，请复核。）"
_OWN = ("standing", "basis", "decided_until", "judged_by", "figures")

Row = dict[str, Any]
Figures = Callable[[Row], str]
"""A digest of the figures that a finding rests on, as they are now."""


def bases(
    registry: Any, reports: pd.DataFrame, last: pd.DataFrame | None, coverage: pd.DataFrame
) -> dict[str, str]:
    """For each unit a digest of the documents that its findings of a year rest on.

    Its own report and last year's; without a report, why there is none; for a government, whose report is held
    against those of its units, all of the year.
    """
    now = dict(zip(reports["unit_id"], reports["document_sha256"], strict=True))
    before = dict(zip(last["unit_id"], last["document_sha256"], strict=True)) if last is not None else {}
    states = dict(zip(coverage["unit_id"], coverage["state"], strict=True))
    everything = digest_of(sorted((u, str(sha)) for u, sha in now.items()))
    found = {}
    for unit_id, unit in registry.units.items():
        own = [str(now[unit_id]) if unit_id in now else states.get(unit_id), str(before.get(unit_id))]
        wider = everything if unit.kind == "government" and unit.level != "town" else ""
        found[unit_id] = digest_of([*own, wider])[:16]
    return found


def keep(
    earlier: Sequence[Row],
    found: Sequence[Row],
    verdicts: Mapping[tuple[str, str], str],
    basis: Mapping[str, str],
    decisions: Sequence[Decision],
    judged_by: str = "",
    figures: Figures = lambda _: "",
) -> tuple[list[Row], list[Row]]:
    """Lay a year's findings beside those known before.

    Args:
        earlier: rows of the year's ledger so far.
        found: rows of ``validated/findings`` as the rules give them.
        verdicts: by unit and rule, of this run.
        basis: by unit, see :func:`bases`; units that are not in it are out of scope or in no registry.
        decisions: of people, in their order.
        judged_by: digest of the rules, readers and settings of this run.
        figures: see :data:`Figures`.

    Returns:
        The rows of the ledger, and the findings with their states: those that stand, those that were corrected,
        and those that people decided about, whatever became of them.
    """
    decided = by_finding(decisions)
    known = {row["finding_id"]: row for row in earlier}
    ledger: dict[str, Row] = {}
    for row in found:
        finding_id = row["finding_id"]
        now = {"judged_by": judged_by, "figures": figures(row), "basis": basis.get(row["unit_id"], "")}
        ledger[finding_id] = _shown(row, known.get(finding_id), now, decided.get(finding_id, []))
    for finding_id, row in known.items():
        if finding_id not in ledger:
            gone = _standing(row, verdicts, basis, judged_by, figures)
            ledger[finding_id] = {**row, "standing": gone}
    rows = [ledger[finding_id] for finding_id in sorted(ledger)]
    told = [_told(row, decided.get(row["finding_id"], [])) for row in rows if row["unit_id"] in basis]
    return rows, [row for row in told if row is not None]


def states_of(rows: Sequence[Row], decisions: Sequence[Decision]) -> list[Row]:
    """The rows of a ledger as findings with their states, as the last look and people's decisions leave them."""
    decided = by_finding(decisions)
    told = (_told(row, decided.get(row["finding_id"], [])) for row in rows)
    return [row for row in told if row is not None]


def _shown(row: Row, before: Row | None, now: Row, decisions: Sequence[Decision]) -> Row:
    made = {k: v for k, v in row.items() if k != "state"}
    made |= now | {"standing": SHOWN, "decided_until": None}
    if before is None:
        return made
    made["first_seen"] = _day(min, before["first_seen"], row["first_seen"])
    made["last_seen"] = _day(max, before["last_seen"], row["last_seen"])
    made["decided_until"] = before["decided_until"]
    human = state_after(decisions, before["decided_until"])
    if before["standing"] == CORRECTED and decisions and human != "dismissed":
        # It is back after a correction: what was decided before belongs to its first appearance.
        made["decided_until"] = decisions[-1].time
    return made


def _day(choose: Any, *days: date | None) -> date | None:
    return choose((d for d in days if d is not None), default=None)


def _standing(
    row: Row,
    verdicts: Mapping[tuple[str, str], str],
    basis: Mapping[str, str],
    judged_by: str,
    figures: Figures,
) -> str:
    """What has become of a finding that is not found any more."""
    unit = row["unit_id"]
    if row["standing"] != SHOWN:
        return str(row["standing"])
    if unit not in basis or basis[unit] == row["basis"]:
        return WITHDRAWN
    if verdicts.get((unit, row["rule"])) not in ("pass", "fail"):
        # A version in which the rule cannot be judged does not prove that anything was corrected.
        return SHOWN
    ours = row.get("judged_by") not in (None, judged_by)
    if ours and row.get("figures") in (None, figures(row)):
        # The page is another one, but so are our rules, and nothing that it rested on has changed.
        return WITHDRAWN
    return CORRECTED


def _told(row: Row, decisions: Sequence[Decision]) -> Row | None:
    """A row of the ledger as a finding, or None for one that is withdrawn and on which nobody decided."""
    human = state_after(decisions, row["decided_until"])
    told = {k: v for k, v in row.items() if k not in _OWN}
    if row["standing"] == SHOWN:
        return told | {"state": human or "open"}
    if row["standing"] == CORRECTED:
        return told | {"state": human if human == "dismissed" else "corrected"}
    if human is None:
        return None
    told["message"] += _WITHDRAWN_NOTE
    severity = "warning" if told.get("severity") == "error" else told.get("severity")
    doubt = {"verdict": "uncertain", "responsibility": "undecided", "severity": severity}
    return told | doubt | {"state": human}
