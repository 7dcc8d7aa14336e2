"""A government's consolidated report against the sum of its units (汇总核对): A01 to A03."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from gipa_pipeline.aggregate.membership import flat, governments, tree
from gipa_pipeline.validate.case import Case, Checked, number

RULES = ("A01", "A02", "A03")
_IN_FORCE = "t2.normative_documents.in_force"
_SCOPE = re.compile(r"本级|全[省市区县州盟旗]|各部门|各镇|各乡|各街|所辖|所属|下辖|汇总")
_NOT_SUMMED = ("t2.regulations.", "t2.normative_documents.")


def check_rollup(registry: Any, cases: Mapping[str, Case]) -> Iterator[tuple[str, Checked]]:
    """A01 to A03 for every unit, by its id; all but governments are passed over.

    Args:
        registry: who belongs to whom.
        cases: every unit's report of the year that was read.
    """
    sums = {}
    for office in registry.offices():
        below = (flat(registry, office), tree(registry, office))
        for unit in governments(registry, office):
            sums[unit] = [[m for m in members if m != unit] for members in below]
    for unit_id in sorted(cases):
        if unit_id not in sums:
            for rule in RULES:
                yield unit_id, Checked(rule, reason="不是政府汇总报告")
            continue
        yield from ((unit_id, c) for c in _against_sum(cases[unit_id], sums[unit_id], cases))
        yield unit_id, _scope(cases[unit_id])


def _against_sum(case: Case, scopes: list[list[str]], cases: Mapping[str, Case]) -> Iterator[Checked]:
    """Whether a government's report takes in the offices below only its text tells: the nearer sum counts."""
    found = [(apart, members) for members in scopes if (apart := _apart(case, members, cases)) is not None]
    if not found:
        reason = "没有所属单位，或有单位缺报告、格式不同"
        yield Checked("A01", reason=reason)
        yield Checked("A03", reason=reason)
        return
    apart, members = min(found, key=lambda f: len(f[0]))
    in_force = apart.pop(_IN_FORCE, None)
    differ = {c: v for c, v in apart.items() if not c.startswith(_NOT_SUMMED)}
    yield _differs(case, members, differ)
    if in_force is None:
        yield Checked("A03")
        return
    printed, added = in_force
    finding = case.finding(
        "A03",
        (_IN_FORCE,),
        expected=added,
        actual=printed,
        difference=abs(added - printed),
        units=len(members),
    )
    yield Checked("A03", (finding,))


def _apart(
    case: Case, members: list[str], cases: Mapping[str, Case]
) -> dict[str, tuple[Decimal, Decimal]] | None:
    """The cells that differ from a sum, as printed and as added; None when the sum is not complete."""
    edition = case.subject.edition
    if not members or any(m not in cases or cases[m].subject.edition != edition for m in members):
        return None
    apart: dict[str, tuple[Decimal, Decimal]] = {}
    for cell in case.form.cells if case.subject.form else ():
        printed = case.subject.value(cell)
        parts = [cases[m].subject.value(cell) for m in members]
        if printed is None or None in parts:
            continue
        added = sum((p for p in parts if p is not None), Decimal(0))
        if added != printed:
            apart[cell] = (printed, added)
    return apart


def _differs(case: Case, members: list[str], differ: dict[str, tuple[Decimal, Decimal]]) -> Checked:
    if not differ:
        return Checked("A01")
    examples = "；".join(
        f"{case.label(c)}政府报告为{number(printed)}，各单位之和为{number(added)}"
        for c, (printed, added) in list(differ.items())[:3]
    )
    evidence: dict[str, object] = {"sums": {c: number(added) for c, (_, added) in differ.items()}}
    finding = case.finding(
        "A01",
        differ,
        evidence=evidence | {"units": members},
        units=len(members),
        count=len(differ),
        examples=examples,
    )
    return Checked("A01", (finding,))


def _scope(case: Case) -> Checked:
    text = "".join(s.text for s in case.subject.sections if s.part in (0, 1))
    if not text:
        return Checked("A02", reason="没有读到正文")
    if _SCOPE.search(text):
        return Checked("A02")
    return Checked("A02", (case.finding("A02"),))
