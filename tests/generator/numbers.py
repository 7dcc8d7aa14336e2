"""Consistent figures for the statutory tables: every identity of the form holds by construction.

The magnitudes follow what is published: towns are mostly zeros, departments have tens of
applications, cities thousands and licensing decisions of up to eight digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from expectations.forms import Form, load_form
from expectations.forms.model import T3_CARRIED_OUT, T3_INFLOW, T3_TOTAL

Cells = dict[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much a body has to report."""

    applications: tuple[int, int]
    idle: float
    decisions: int
    fees: int
    documents: int


SIZES = {
    "silent": Size((0, 0), 1.0, 40, 0, 4),
    "town": Size((0, 9), 0.45, 400, 30, 12),
    "department": Size((12, 90), 0.02, 5_000, 900, 25),
    "county": Size((120, 700), 0.0, 400_000, 40_000, 90),
    "city": Size((900, 9_000), 0.0, 60_000_000, 900_000, 260),
}
SHARE = {
    "natural_person": 0.80,
    "commercial_enterprise": 0.12,
    "research_institution": 0.01,
    "public_welfare_org": 0.015,
    "legal_service_org": 0.025,
    "other": 0.03,
}
OUTCOMES = {
    "granted": 40.0,
    "partial": 8.0,
    "denied_law_prohibits": 1.0,
    "denied_third_party": 2.0,
    "denied_internal_affairs": 2.0,
    "denied_process_info": 2.5,
    "denied_enforcement_files": 2.0,
    "denied_admin_query": 3.0,
    "denied_three_securities": 0.2,
    "unable_not_held": 22.0,
    "unable_needs_creation": 2.0,
    "unable_unclear_after_correction": 2.0,
    "reject_petition": 4.0,
    "reject_repeat": 3.0,
    "reject_publication": 0.3,
    "reject_excessive": 0.4,
    "reject_confirm_received": 0.3,
    "other_overdue_correction": 2.0,
    "other_other": 4.0,
    "other": 6.0,
}
"""How often an application ends so. What is not named (state secrets, unpaid fees) does not occur."""


def make_cells(
    rng: Random, edition: str, size: str, previous: Mapping[str, Decimal | None] | None = None
) -> Cells:
    """Figures for one report.

    Args:
        rng: the source of chance.
        edition: the form's edition.
        size: a key of ``SIZES``.
        previous: last year's figures of the same body; what is carried over then agrees with them.
    """
    form, scale = load_form(edition), SIZES[size]
    counts: dict[str, int | Decimal] = dict.fromkeys(form.cells, 0)
    _applications(rng, form, scale, counts, previous)
    _proceedings(rng, counts, previous)
    (_table_two_2021 if edition == "2021" else _table_two_2019)(rng, scale, counts, previous)
    return {cell: Decimal(value) for cell, value in counts.items()}


def _applications(
    rng: Random,
    form: Form,
    scale: Size,
    counts: dict[str, int | Decimal],
    previous: Mapping[str, Decimal | None] | None,
) -> None:
    parts = [c.key for c in form.columns if c.key != "total"]
    rows = [r.key for r in form.rows if r.key not in (*T3_INFLOW, T3_TOTAL, T3_CARRIED_OUT)]
    weights = [OUTCOMES.get(row, 0.0) for row in rows]
    amount = 0 if rng.random() < scale.idle else rng.randint(*scale.applications)
    received = int(_before(previous, "t3.new.total"))
    if received:
        # A year resembles the one before: a jump would itself be something to ask about.
        amount = max(1, round(received * rng.uniform(0.75, 1.3)))
    new = _spread(rng, amount, [SHARE[part] for part in parts])
    for part, fresh in zip(parts, new, strict=True):
        if previous is None:
            carried = rng.randint(0, fresh // 12 + (fresh > 3))
        else:
            carried = int(_before(previous, f"t3.carried_out.{part}"))
        left = rng.randint(0, fresh // 10 + (fresh > 3))
        answered = fresh + carried - left
        counts[f"t3.new.{part}"], counts[f"t3.carried_in.{part}"] = fresh, carried
        counts[f"t3.total.{part}"], counts[f"t3.carried_out.{part}"] = answered, left
        for row, value in zip(rows, _spread(rng, answered, weights), strict=True):
            counts[f"t3.{row}.{part}"] = value
    for row in form.rows:
        counts[f"t3.{row.key}.total"] = sum(int(counts[f"t3.{row.key}.{part}"]) for part in parts)


def _spread(rng: Random, amount: int, weights: list[float]) -> list[int]:
    """Deal an amount out by weight; large amounts by share with the rest by chance, to be quick."""
    whole = sum(weights)
    dealt = [
        int(amount * weight / whole * rng.uniform(0.5, 0.95)) if amount > 60 else 0 for weight in weights
    ]
    for place in rng.choices(range(len(weights)), weights, k=amount - sum(dealt)):
        dealt[place] += 1
    return dealt


def _proceedings(
    rng: Random, counts: dict[str, int | Decimal], previous: Mapping[str, Decimal | None] | None
) -> None:
    answered = int(counts["t3.total.total"])
    reviews = rng.randint(0, answered // 9)
    plans = {
        "reconsideration": reviews,
        "litigation_direct": rng.randint(0, answered // 60),
        "litigation_after_reconsideration": rng.randint(0, reviews // 4),
    }
    for kind, amount in plans.items():
        # Last year's open cases are still there, ended or open.
        amount = max(amount, int(_before(previous, f"t4.{kind}.pending")))
        for state, value in zip(
            ("upheld", "corrected", "other", "pending"), _spread(rng, amount, [6, 1, 2, 2]), strict=True
        ):
            counts[f"t4.{kind}.{state}"] = value
        counts[f"t4.{kind}.total"] = amount


def _table_two_2021(
    rng: Random, scale: Size, counts: dict[str, int | Decimal], previous: Mapping[str, Decimal | None] | None
) -> None:
    issued = rng.randint(0, max(1, scale.documents // 5))
    if previous is None:
        repealed = rng.randint(0, issued + 1)
        in_force = issued + rng.randint(0, scale.documents)
    else:
        before = int(_before(previous, "t2.normative_documents.in_force"))
        repealed = rng.randint(0, min(before, 3))
        in_force = before + issued - repealed
    counts["t2.normative_documents.issued"] = issued
    counts["t2.normative_documents.repealed"] = repealed
    counts["t2.normative_documents.in_force"] = in_force
    for row, share in (("licensing", 1.0), ("penalties", 0.08), ("coercion", 0.01)):
        counts[f"t2.{row}.decisions"] = _amount(
            rng, int(scale.decisions * share), previous, f"t2.{row}.decisions"
        )
    fee = _amount(rng, scale.fees, previous, "t2.fees.amount_wan_yuan")
    if fee:
        fee = Decimal(fee) + Decimal(
            rng.randint(0, 10 ** (places := rng.choice((0, 1, 2, 2, 2, 4, 6))) - 1)
        ).scaleb(-places)
    counts["t2.fees.amount_wan_yuan"] = fee.normalize() if isinstance(fee, Decimal) else fee


def _table_two_2019(
    rng: Random, scale: Size, counts: dict[str, int | Decimal], previous: Mapping[str, Decimal | None] | None
) -> None:
    made = rng.randint(0, max(1, scale.documents // 5))
    counts["t2.normative_documents.made"] = counts["t2.normative_documents.disclosed"] = made
    counts["t2.normative_documents.disclosed_total"] = made + rng.randint(0, scale.documents)
    for row, share in (("licensing", 1.0), ("other_services", 0.5), ("penalties", 0.08), ("coercion", 0.01)):
        items = rng.randint(0, max(2, min(scale.decisions // 20, 400)))
        counts[f"t2.{row}.items_last_year"] = items
        counts[f"t2.{row}.change"] = rng.randint(-min(items, 5), 6)
        counts[f"t2.{row}.decisions"] = _amount(
            rng, int(scale.decisions * share), previous, f"t2.{row}.decisions"
        )
    items = rng.randint(0, 12)
    counts["t2.fees.items_last_year"], counts["t2.fees.change"] = items, rng.randint(-min(items, 2), 2)
    bought = rng.randint(0, max(1, scale.decisions // 50))
    counts["t2.procurement.items"] = min(bought, 4_000)
    if bought:
        counts["t2.procurement.amount_wan_yuan"] = Decimal(rng.randint(100, 4_000_000)).scaleb(-2).normalize()


def _amount(rng: Random, limit: int, previous: Mapping[str, Decimal | None] | None, cell: str) -> int:
    before = int(_before(previous, cell))
    if before:
        return max(1, round(before * rng.uniform(0.7, 1.35)))
    if limit <= 0 or previous is not None or rng.random() < 0.25:
        return 0
    return rng.randint(1, limit)


def _before(previous: Mapping[str, Decimal | None] | None, cell: str) -> Decimal:
    return (previous or {}).get(cell) or Decimal(0)


def broken_identities(edition: str, cells: Mapping[str, Decimal | None]) -> tuple[str, ...]:
    """The names of the identities that do not hold; one with a blank in it is not judged."""
    broken = []
    for identity in load_form(edition).identities:
        left, right = ([cells[c] for c in side] for side in (identity.left, identity.right))
        if None not in left and None not in right and sum(left) != sum(right):  # type: ignore[arg-type]
            broken.append(identity.name)
    return tuple(broken)
