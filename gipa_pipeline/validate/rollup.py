"""A government's consolidated report against the sum of its units (汇总核对): A01 to A03."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from expectations.forms import Form
from gipa_pipeline.aggregate.membership import flat, governments, tree
from gipa_pipeline.aggregate.rollup import fold
from gipa_pipeline.extract.fold import fold as letters
from gipa_pipeline.validate.case import Case, Checked, number, wording
from gipa_pipeline.validate.residuals import residuals_of

RULES = ("A01", "A02", "A03", "L04")
_SUITS = ("t4.litigation_direct.total", "t4.litigation_after_reconsideration.total")
_IN_FORCE = "t2.normative_documents.in_force"
_SCOPE = re.compile(r"本级|全[省市区县州盟旗]|各部门|各镇|各乡|各街|所辖|所属|下辖|汇总")
_CELLS_BY_UNIT = 5
"""Differing cells for which the evidence says what each unit states."""
_NOT_SUMMED = ("t2.regulations.", "t2.normative_documents.")


def check_rollup(registry: Any, cases: Mapping[str, Case]) -> Iterator[tuple[str, Checked]]:
    """A01 to A03 and L04 for every unit, by its id; all but governments are passed over.

    Args:
        registry: who belongs to whom.
        cases: every unit's report of the year that was read.
    """
    # No consolidation is a summand: the governments of one office stand beside the same sums.
    scopes = {}
    for office in registry.offices():
        if consolidated := governments(registry, office):
            scopes.update(dict.fromkeys(consolidated, (flat(registry, office), tree(registry, office))))
    sums = _Sums(cases)
    for unit_id in sorted(cases):
        if unit_id not in scopes:
            for rule in RULES:
                yield unit_id, Checked(rule, reason="不是政府汇总报告")
            continue
        yield from ((unit_id, c) for c in _against_sum(cases[unit_id], scopes[unit_id], sums))
        yield unit_id, _scope(cases[unit_id])


@dataclass
class _Sum:
    """A government's figures beside the sum of some units (比对结果).

    ``apart`` holds printed and added figures of the cells that differ; ``absent`` the units without a readable
    report; ``silent`` by cell the units that state nothing there; ``in_force`` the documents in force (A03).
    """

    members: Sequence[str]
    absent: list[str] = field(default_factory=list)
    apart: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    silent: dict[str, list[str]] = field(default_factory=dict)
    in_force: tuple[Decimal, Decimal] | None = None


@dataclass
class _Added:
    """The figures of some units added up on one form, cell by cell; ``silent`` are those that state nothing there."""

    absent: list[str]
    sums: dict[str, Decimal]
    silent: dict[str, list[str]]


class _Sums:
    """Sums of the units that were read, each made once however many governments stand beside it."""

    def __init__(self, cases: Mapping[str, Case]) -> None:
        self.cases = cases
        self._made: dict[tuple[str, tuple[str, ...]], _Added] = {}

    def of(self, members: tuple[str, ...], form: Form) -> _Added:
        """The members' figures added up, those on an older form in their places on this one."""
        key = (form.edition, members)
        if key not in self._made:
            self._made[key] = self._add(members, form)
        return self._made[key]

    def _add(self, members: tuple[str, ...], form: Form) -> _Added:
        places = fold(form)
        there = [m for m in members if m in self.cases]
        sums: dict[str, Decimal] = dict.fromkeys(form.cells, Decimal(0))
        stated: dict[str, set[str]] = {cell: set() for cell in form.cells}
        for member in there:
            own = self.cases[member].subject
            for cell in own.form.cells if own.form else ():
                value = own.value(cell)
                if value is not None and cell in places:
                    at = places[cell][0]
                    sums[at] += value
                    stated[at].add(member)
        silent = {
            cell: [m for m in there if m not in those] if len(those) < len(there) else []
            for cell, those in stated.items()
        }
        return _Added([m for m in members if m not in self.cases], sums, silent)


def _against_sum(case: Case, scopes: Sequence[tuple[str, ...]], sums: _Sums) -> Iterator[Checked]:
    """Whether a government's report takes in the offices below only its text tells: the nearer sum counts."""
    cases = sums.cases
    beside = [_beside(case, members, sums) for members in scopes if any(m in cases for m in members)]
    if not beside or case.subject.form is None:
        for rule in ("A01", "A03", "L04"):
            yield Checked(rule, reason="没有所属单位的报告可供比对")
        return
    nearest = min(beside, key=lambda s: len(s.apart))
    told = _told(case, nearest, cases)
    yield told
    yield _in_force(case, nearest)
    if told.reason or any(nearest.silent.get(c) for c in _SUITS):
        yield Checked("L04", reason="有单位缺报告或没有填写")
    else:
        yield Checked("L04", said=told.verdict if _more_suits(nearest.apart) else None)


def _more_suits(apart: Mapping[str, tuple[Decimal, Decimal]]) -> bool:
    """L04: a government states more suits than its units; those against it as reviewing authority may be in it."""
    return any(apart[c][0] > apart[c][1] for c in _SUITS if c in apart)


def _beside(case: Case, members: tuple[str, ...], sums: _Sums) -> _Sum:
    """A government's figures beside the sum of the members'."""
    form = case.subject.form
    if form is None:
        return _Sum(members, absent=[m for m in members if m not in sums.cases])
    total = sums.of(members, form)
    found = _Sum(members, absent=total.absent)
    for cell in form.cells:
        printed = case.subject.value(cell)
        if printed is None or (cell.startswith(_NOT_SUMMED) and cell != _IN_FORCE):
            continue
        found.silent[cell] = total.silent[cell]
        added = total.sums[cell]
        if added != printed and cell == _IN_FORCE:
            found.in_force = (printed, added)
        elif added != printed:
            found.apart[cell] = (printed, added)
    return found


def _told(case: Case, found: _Sum, cases: Mapping[str, Case]) -> Checked:
    """A01, told apart: the sum is complete and differs; or something is missing from it that may explain it."""
    if not found.apart:
        return Checked("A01", reason=_absent_words(found, cases) if found.absent else None)
    complete = {c: v for c, v in found.apart.items() if not found.absent and not found.silent[c]}
    differ = complete or found.apart
    examples = "；".join(
        f"{case.label(c)}政府报告为{number(printed)}，各单位之和为{number(added)}"
        for c, (printed, added) in list(differ.items())[:3]
    )
    message = wording("A01", units=len(found.members), count=len(differ), examples=examples)
    evidence: dict[str, object] = {
        "sums": {c: number(added) for c, (_, added) in differ.items()},
        "units": list(found.members),
        "absent": found.absent,
        "by_unit": {c: _by_unit(found, c, cases) for c in list(differ)[:_CELLS_BY_UNIT]},
    }
    evidence["kind"], words = _kind(case, found, differ, cases)
    message += words
    if _more_suits(differ):
        message += (
            "行政诉讼件数多于各单位之和，请核对复议机关是否计入了作共同被告的案件（由原行为机关统计）。"
        )
    if not complete:
        # A unit's report or cell that we do not have may be the whole difference.
        blanks = sorted({m for c in differ for m in found.silent[c]})
        message += _absent_words(found, cases) + (
            f"有{len(blanks)}个单位的相应数据格未填写，差额可能由此而来。" if blanks else ""
        )
    finding = case.finding(
        "A01", differ, evidence=evidence, message=message, responsibility=None if complete else "undecided"
    )
    return Checked("A01", (finding,))


def _absent_words(found: _Sum, cases: Mapping[str, Case]) -> str:
    if not found.absent:
        return ""
    return f"另有{len(found.absent)}个单位没有可用的报告，未计入各单位之和。"


def _kind(
    case: Case, found: _Sum, differ: Mapping[str, tuple[Decimal, Decimal]], cases: Mapping[str, Case]
) -> tuple[str, str]:
    """What kind of difference it is, for the office to begin with, and in words; a hint that accuses nobody."""
    if twin := _one_unit(found, differ, cases):
        return (
            "unit_missing" if twin[1] == "漏计" else "unit_twice"
        ), f"各项差额恰为{twin[0]}的数据，可能{twin[1]}。"
    own = cases.get(case.subject.office_id)
    if (
        own is not None
        and len(differ) > 1
        and all(own.subject.value(c) == printed for c, (printed, _) in differ.items())
    ):
        return "scope", "各项与主管部门本级报告相同，统计范围可能只含本级，请写明范围。"
    if found.absent or any(found.silent.get(c) for c in differ):
        return "incomplete", ""
    form = case.subject.form
    residuals = residuals_of(form, case.subject.values, case.subject.statuses) if form else {}
    broken = {c for i in (form.identities if form else ()) if residuals.get(i.name) for c in i.cells}
    if broken & differ.keys():
        return "arithmetic", "政府报告自身的合计关系也不成立，可能是汇总时相加有误。"
    return "unknown", ""


def _by_unit(found: _Sum, cell: str, cases: Mapping[str, Case]) -> dict[str, str]:
    """What each unit states in a cell, for the office to go through; zeros left out."""
    stated = ((m, cases[m].subject.value(cell)) for m in found.members if m in cases)
    return {m: number(value) for m, value in stated if value}


def _one_unit(
    found: _Sum, differ: Mapping[str, tuple[Decimal, Decimal]], cases: Mapping[str, Case]
) -> tuple[str, str] | None:
    """The one unit whose own figures are the differences: left out of the government's report, or taken twice."""
    fits: list[tuple[str, str]] = []
    for member in found.members:
        if member not in cases:
            continue
        own = cases[member].subject
        if all(printed - added == (own.value(c) or 0) for c, (printed, added) in differ.items()):
            fits.append((own.unit.name if own.unit else member, "重复计入"))
        elif all(added - printed == (own.value(c) or 0) for c, (printed, added) in differ.items()):
            fits.append((own.unit.name if own.unit else member, "漏计"))
    return fits[0] if len(fits) == 1 and len(differ) > 1 else None


def _in_force(case: Case, found: _Sum) -> Checked:
    """A03: documents in force may be counted once where units issued them together."""
    if found.absent or found.silent.get(_IN_FORCE):
        return Checked("A03", reason="有单位缺报告或没有填写")
    if found.in_force is None:
        return Checked("A03")
    printed, added = found.in_force
    finding = case.finding(
        "A03",
        (_IN_FORCE,),
        expected=added,
        actual=printed,
        difference=abs(added - printed),
        units=len(found.members),
    )
    return Checked("A03", (finding,))


def _scope(case: Case) -> Checked:
    text = letters("".join(s.text for s in case.subject.sections if s.part in (0, 1)))
    if not text:
        return Checked("A02", reason="没有读到正文")
    if _SCOPE.search(text):
        return Checked("A02")
    return Checked("A02", (case.finding("A02"),))
