"""What other sources say of a report's cells (旁证): last year's report and the unit's own prose.

They never accuse here: they only decide between explanations that would mend the sums equally well.
"""

from __future__ import annotations

from decimal import Decimal

from gipa_pipeline.validate.case import Case, number
from gipa_pipeline.validate.narrative import own_claims

_STATED = {
    "applications_received": "t3.new.total",
    "applications_carried_in": "t3.carried_in.total",
    "applications_answered": "t3.total.total",
    "applications_carried_out": "t3.carried_out.total",
    "applicants_natural": "t3.new.natural_person",
    "reconsideration_cases": "t4.reconsideration.total",
}
"""The cell that a number of the prose is about, where it can mean one cell only."""


def witnesses(case: Case) -> dict[str, tuple[Decimal, str]]:
    """Cells of which another source states the value, with that source in words.

    A cell of which the prose gives two numbers, or the prose and last year's report differ, has no witness.
    """
    said: dict[str, dict[Decimal, str]] = {}
    if case.last is not None and case.last.form is not None:
        for column in case.form.columns:
            then = f"t3.carried_out.{column.key}"
            value = case.last.value(then)
            if value is not None and case.last.responsibility((then,)) == "publisher":
                words = f"上一年度报告“结转下年度继续办理”“{column.label}”列为{number(value)}"
                said.setdefault(f"t3.carried_in.{column.key}", {})[value] = words
    for kind, cell in _STATED.items():
        for claim in own_claims(case, kind):
            words = f"正文所写件数为{number(claim.value)}"
            said.setdefault(cell, {}).setdefault(claim.value, words)
    return {cell: next(iter(values.items())) for cell, values in said.items() if len(values) == 1}
