"""What checking gives: a verdict for every rule and unit, findings, and one outcome a rule.

Plain records: no type of a scheduler, a validation library or a frame library stands in them, so that the
asset checks, the ledger and an office's report can all read the same ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

VERDICTS = ("pass", "fail", "uncertain", "not_assessable")
"""``uncertain``: something is there, but our own reading is not sure enough to hold it against the unit.
``not_assessable``: what the rule needs is not there; the reason is given. A crash is no verdict."""

SEVERITIES = ("error", "warning", "info")
RESPONSIBILITIES = ("publisher", "extractor", "undecided")
"""Who erred: the unit that published, our readers, or not to be told. Only the first goes out."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule's verdict (结论) on one unit and year; ``reason`` is given unless it passed or failed."""

    unit_id: str
    year: int
    rule: str
    verdict: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in one report (问题): a cause, told once.

    Attributes:
        finding_id: stable over runs, see :func:`finding_id`.
        unit_id, office_id, year: whose report, under whose supervision, for which report year.
        rule, edition: the rule's id and the form edition it was checked under.
        severity: ``error``, ``warning`` or ``info``.
        verdict: ``fail`` or ``uncertain``.
        responsibility: ``publisher``, ``extractor`` or ``undecided``.
        cells: ids of the cells in the relation that does not hold.
        expected, actual, difference: numbers as they would be printed, or words; None where there is none.
        likely_cells: where the error most likely lies.
        suggestion: the number that would restore every relation; only when it is the only one.
        message, fix, clause: Chinese, for the unit: what does not agree, what to do, and on what ground.
        state: ``open``; what people decide lies in the ledger.
        first_seen, last_seen: days of the data, not of the clock.
        places: JSON text, cell id to place in the document.
        rivals: cells that would explain the same as well.
        evidence: JSON text, what else the finding rests on (relations broken by the same cause, sentences).
    """

    finding_id: str
    unit_id: str
    office_id: str
    year: int
    rule: str
    edition: str | None
    severity: str
    verdict: str
    responsibility: str
    cells: tuple[str, ...]
    expected: str | None
    actual: str | None
    difference: str | None
    likely_cells: tuple[str, ...]
    suggestion: str | None
    message: str
    fix: str
    clause: str
    state: str = "open"
    first_seen: date | None = None
    last_seen: date | None = None
    places: str = "{}"
    rivals: tuple[str, ...] = ()
    evidence: str = "{}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A rule over a whole year (规则结果).

    ``bad`` counts the units that fail, ``total`` those the rule could be assessed for; ``sample`` names
    some of the failing ones. ``passed`` is whether none fails.
    """

    rule: str
    passed: bool
    severity: str
    bad: int
    total: int
    sample: tuple[str, ...]
    description: str


SAMPLE = 20
"""How many failing units an outcome names."""


def finding_id(unit_id: str, year: int, rule: str, cells: Iterable[str]) -> str:
    """A finding's id: 16 hexadecimal digits from what it is about, never from when it was found."""
    about = "|".join((unit_id, str(year), rule, *sorted(cells)))
    return hashlib.sha256(about.encode()).hexdigest()[:16]
