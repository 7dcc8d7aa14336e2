"""Units of one kind beside each other (同类单位比较): which results are far more frequent here than elsewhere (X06)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from gipa_pipeline.validate.subject import Subject

GROUPS: Mapping[str, tuple[str, ...]] = {
    "本机关不掌握相关政府信息": ("unable_not_held",),
    "不予处理各项": (
        "reject_petition", "reject_repeat", "reject_publication", "reject_excessive", "reject_confirm_received"
    ),
    "其他处理中的“其他”": ("other_other",),
}  # fmt: skip
"""Results that are easily filled in for want of another, by the name they are told under."""


@dataclass(frozen=True, slots=True)
class Peers:
    """The units of one level and kind: by group of results, how many can be compared and their middle share."""

    units: Mapping[str, int]
    shares: Mapping[str, float]


def share_of(subject: Subject, group: str, least: float) -> float | None:
    """A group's share of all results in a report; None when a cell is unknown or there are too few results."""
    rows = [r for r in GROUPS[group] if subject.form and f"t3.{r}.total" in subject.form.cells]
    values = [subject.value(f"t3.{row}.total") for row in rows]
    known = [v for v in values if v is not None]
    whole = subject.value("t3.total.total")
    if not rows or len(known) < len(values) or whole is None or whole < least:
        return None
    return float(sum(known, Decimal(0)) / whole)


def peers_of(subjects: Mapping[str, Subject], least: float) -> dict[tuple[str, str], Peers]:
    """The units of each level and kind that have enough results to be compared.

    Args:
        subjects: the year's reports by unit.
        least: results that a report must have.
    """
    found: dict[tuple[str, str], dict[str, list[float]]] = {}
    for subject in subjects.values():
        if subject.unit is None:
            continue
        of = found.setdefault((subject.unit.level, subject.unit.kind), {g: [] for g in GROUPS})
        for group, shares in of.items():
            share = share_of(subject, group, least)
            if share is not None:
                shares.append(share)
    return {
        kind: Peers({g: len(s) for g, s in of.items()}, {g: median(s) if s else 0.0 for g, s in of.items()})
        for kind, of in found.items()
    }
