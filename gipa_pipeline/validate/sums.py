"""The sums that the form prints or means (勾稽关系): R01, R02, K01, K02, L01 to L03, one cause told once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product
from math import prod

from expectations.forms import Form, Identity
from expectations.outcomes import Finding
from expectations.rules import catalogue
from gipa_pipeline.validate.case import Case, Checked, number
from gipa_pipeline.validate.locate import Cause, Residuals, explain
from gipa_pipeline.validate.residuals import residual, residuals_of
from gipa_pipeline.validate.where import TOLD, counted_twice, names, plain_row, where
from gipa_pipeline.validate.witness import witnesses

RULES = ("R01", "R02", "K01", "K02", "L01", "L02", "L03")
CLASSES = ("K03", "K04")
"""Verdicts on what kind of mistake a broken sum is; their words stand in the finding on the sum."""
_NOT_SEEN = "单份报告看不出同一申请是否计入两种情形"
_WAYS = 64
"""How many combinations of cuttings are weighed."""


def check_sums(case: Case, *, hold: bool = False) -> Iterator[Checked]:
    """Every sum rule's verdict, with one finding a cause.

    Args:
        case: the report.
        hold: it is known already that every sum can be formed and holds.
    """
    if hold:
        yield from (Checked(rule) for rule in (*RULES, "K03"))
        yield Checked("K04", reason=_NOT_SEEN)
        return
    form = case.subject.form
    if form is None or not case.subject.values:
        for rule in (*RULES, *CLASSES):
            yield Checked(rule, reason="没有可核对的表格")
        return
    residuals = residuals_of(form, case.subject.values, case.subject.statuses)
    findings: dict[str, list[Finding]] = {rule: [] for rule in RULES}
    said: dict[str, str] = {}
    known = witnesses(case) if any(residuals.values()) else {}
    kinds: list[tuple[str, str]] = []
    for cause in explain(form, case.subject.values, residuals, known):
        rule = _main_rule(cause)
        finding = _told(case, form, rule, cause, residuals)
        findings[rule].append(finding)
        if cause.kind == "misplaced" and rule == "K01":
            kinds.append(("K03", finding.verdict))
        if counted_twice(case, cause, residuals):
            kinds.append(("K04", finding.verdict))
        for name in cause.broken:
            of = name.partition(":")[0]
            said[of] = "fail" if "fail" in (finding.verdict, said.get(of)) else "uncertain"
    bare = list(_totals_without_parts(case, form, residuals))
    findings["R02"] += [finding for finding in bare if finding is not None]
    if None in bare and not findings["R02"]:
        said.setdefault("R02", said.get("R01", "fail"))
    for rule in RULES:
        if findings[rule] or rule in said:
            yield Checked(rule, tuple(findings[rule]), said=said.get(rule))
        else:
            yield Checked(rule, reason=_unknown(case, form, rule, residuals))
    for rule, reason in (("K03", _unknown(case, form, "K01", residuals)), ("K04", _NOT_SEEN)):
        verdicts = {verdict for of, verdict in kinds if of == rule}
        verdict = "fail" if "fail" in verdicts else next(iter(verdicts), None)
        yield Checked(rule, reason=reason, said=verdict)


def _main_rule(cause: Cause) -> str:
    """The rule under which a cause is told: the relation in which a clerk will see it first."""
    rules = [name.partition(":")[0] for name in cause.broken]
    if cause.kind == "total_row" or (cause.kind == "cell" and cause.likely[0].startswith("t3.total.")):
        return "K02" if "K02" in rules else rules[0]
    if cause.kind in ("cell", "total_column") and "R01" in rules:
        return "R01"
    return max(dict.fromkeys(rules), key=rules.count)


def _told(case: Case, form: Form, rule: str, cause: Cause, residuals: Residuals) -> Finding:
    identities = {i.name: i for i in form.identities}
    main = [name for name in cause.broken if name.partition(":")[0] == rule]
    cells = tuple(dict.fromkeys(c for name in main for c in identities[name].cells))
    relations = [_relation(case, form, identities[name], residuals) for name in main[:TOLD]]
    message = "；".join(relations) + (f"；另有{len(main) - TOLD}处同类" if len(main) > TOLD else "")
    message += "。" + where(case, form, cause, residuals)
    others = [n for n in cause.broken if n not in main]
    if others:
        message += f"同一原因还使{len(others)}处关系不成立：{names(form, others)}。"
    suggestion = next(iter(cause.changes.values())) if len(cause.changes) == 1 else None
    left, right = _sides(case, identities[main[0]])
    single = len(main) == 1
    known = {c: number(v) for c, v in cause.changes.items()}
    evidence: dict[str, object] = {"cause": cause.kind, "broken": list(cause.broken)}
    if cause.ways:
        evidence["explanations"] = cause.ways
    if cause.decided:
        evidence["decided_by"] = cause.decided
    if known:
        evidence["changes"] = known
    who = _who(case, cause, cells, [identities[n] for n in cause.broken])
    return case.finding(
        rule,
        cells,
        expected=right if single else None,
        actual=left if single else None,
        difference=abs(left - right) if single else None,
        likely=cause.likely,
        suggestion=suggestion,
        rivals=cause.rivals,
        responsibility=who,
        evidence=evidence,
        message=message,
    )


def _who(case: Case, cause: Cause, cells: tuple[str, ...], broken: list[Identity]) -> str:
    """Who erred: what is held against a unit must not rest on cells that we are not sure of ourselves."""
    who = case.subject.responsibility(cause.likely or cells)
    if case.subject.responsibility(cells) == "extractor":
        return "extractor"
    if who == "undecided" and _broken_however_cut(case, broken):
        return "publisher"
    return who


def _broken_however_cut(case: Case, broken: list[Identity]) -> bool:
    """Whether glued digits break a sum in every way in which they can be cut."""
    subject = case.subject
    rows: dict[str, list[dict[str, Decimal]]] = {}
    for cell in {c for identity in broken for c in identity.cells if subject.doubtful(c)}:
        ways = subject.cuttings(cell)
        if not ways:
            return False
        rows[cell.rpartition(".")[0]] = ways
    if prod(len(ways) for ways in rows.values()) > _WAYS:
        return False
    for chosen in product(*rows.values()):
        values: dict[str, Decimal | None] = dict(subject.values)
        for way in chosen:
            values |= way
        statuses = dict.fromkeys(values, "reported")
        if not any(residual(identity, values, statuses) for identity in broken):
            return False
    return True


def _sides(case: Case, identity: Identity) -> tuple[Decimal, Decimal]:
    values = case.subject.values
    left = sum((v for c in identity.left if (v := values[c]) is not None), Decimal(0))
    right = sum((v for c in identity.right if (v := values[c]) is not None), Decimal(0))
    return left, right


def _relation(case: Case, form: Form, identity: Identity, residuals: Residuals) -> str:
    """One broken relation with its printed numbers."""
    values = case.subject.values
    left, right = _sides(case, identity)
    first = form.cells[identity.left[0]]
    fields: dict[str, str] = {
        "row": plain_row(first.row_label),
        "column": first.row_label if first.table == "t4" else first.column_label,
        "left": number(left),
        "right": number(right),
        "difference": number(abs(left - right)),
        "parts": "+".join(_part(form, c, values[c]) for c in identity.right),
    }
    if len(identity.left) > 1:
        fields |= {key: number(values[c]) for key, c in zip("abcd", identity.cells, strict=True)}
    return catalogue()[identity.rule].message.format(**fields)


def _part(form: Form, cell: str, value: Decimal | None) -> str:
    return f"{form.cells[cell].column_label}{number(value)}" if cell.startswith("t4") else number(value)


def _totals_without_parts(case: Case, form: Form, residuals: Residuals) -> Iterator[Finding | None]:
    """R02: a total over nothing. None stands for one that is told under R01 already."""
    subject = case.subject
    for identity in form.identities:
        if identity.rule != "R01":
            continue
        total = subject.value(identity.left[0])
        if not total or any(subject.value(c) for c in identity.right):
            continue
        if residuals.get(identity.name):
            yield None
        elif all(subject.statuses.get(c) == "blank" for c in identity.right):
            row = plain_row(form.cells[identity.left[0]].row_label)
            yield case.finding(
                "R02", identity.cells, actual=total, row=row, total=number(total), parts="均未填写"
            )


_REASONS: Mapping[str, str] = {
    "ambiguous": "有数据格无法确定数值",
    "unreadable": "有数据格不是数字",
    "missing": "有数据格未能读到",
    "blank": "有数据格空白",
}


def _unknown(case: Case, form: Form, rule: str, residuals: Residuals) -> str | None:
    """Why a rule's sums could not all be formed, or None when they could and hold."""
    identities = [i for i in form.identities if i.rule == ("R01" if rule == "R02" else rule)]
    unformed = [i for i in identities if residuals.get(i.name) is None]
    if not unformed:
        return None
    statuses = {case.subject.statuses.get(c, "missing") for i in unformed for c in i.cells}
    reason = next((text for status, text in _REASONS.items() if status in statuses), "数据不全")
    return f"{len(unformed)}处关系无法核对：{reason}"
