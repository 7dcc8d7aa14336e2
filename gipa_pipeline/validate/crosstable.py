"""Plausibility within one report's tables (表间合理性): L05, X03 to X06. None of these is ever an error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from gipa_pipeline.validate.case import Case, Checked, number
from gipa_pipeline.validate.cells import NO_TABLE
from gipa_pipeline.validate.peers import GROUPS, share_of

NO_UNIT = "没有单位信息"
_LITIGATION = ("t4.litigation_direct.total", "t4.litigation_after_reconsideration.total")
_LEVELS = {"city": "市级部门", "county": "县级单位", "town": "乡镇（街道）"}


def total(case: Case, cells: Iterable[str]) -> Decimal | None:
    """The sum of cells, None when one has no value."""
    added = Decimal(0)
    for cell in cells:
        value = case.subject.value(cell)
        if value is None:
            return None
        added += value
    return added


def check_crosstable(case: Case) -> Iterator[Checked]:
    """L05, X03, X04, X05 and X06."""
    if case.subject.form is None or not case.subject.values:
        for rule in ("L05", "X03", "X04", "X05", "X06"):
            yield Checked(rule, reason=NO_TABLE)
        return
    yield _review_first(case)
    yield _regulations(case)
    if case.form.edition == "2021":
        yield _in_force(case)
    else:
        yield Checked("X04", reason="旧格式没有现行有效件数")
    yield _cases(case)
    yield _unlike_peers(case)


def _review_first(case: Case) -> Checked:
    """L05: since 2024 a refusal goes to review before it goes to court."""
    if (case.subject.year or 0) < case.option("L05", "from_year"):
        return Checked("L05", reason="2024年以前不适用")
    direct, after = (case.subject.value(c) for c in _LITIGATION)
    rows = [r.key for r in case.form.rows if r.key.startswith("denied_") or r.key == "partial"]
    denied = total(case, (f"t3.{row}.total" for row in rows))
    if direct is None or after is None or denied is None:
        return Checked("L05", reason="有数据格没有数值")
    if direct < case.option("L05", "least") or direct <= after or not denied:
        return Checked("L05")
    told: dict[str, Any] = {"direct": direct, "after": after, "denied": denied}
    return Checked("L05", (case.finding("L05", _LITIGATION, actual=direct, **told),))


def _regulations(case: Case) -> Checked:
    """X03: who may make 规章."""
    unit = case.subject.unit
    if unit is None:
        return Checked("X03", reason=NO_UNIT)
    cells = [c for c in case.form.table_cells("t2") if c.startswith("t2.regulations.")]
    filled = {c: v for c in cells if (v := case.subject.value(c))}
    # A city government's own office reports the government's documents together with its own.
    maker = unit.level == "province" or (
        unit.level == "city" and (unit.kind == "government" or "政府办公" in unit.name)
    )
    if not filled or maker:
        return Checked("X03")
    values = "、".join(f"{case.form.cells[c].column_label}{number(v)}" for c, v in filled.items())
    finding = case.finding(
        "X03", filled, expected="0", actual=values, values=values, level=_LEVELS[unit.level]
    )
    return Checked("X03", (finding,))


def _in_force(case: Case) -> Checked:
    """X04: what was made this year and not repealed is in force."""
    findings, known = [], False
    for row, label in (("regulations", "规章"), ("normative_documents", "行政规范性文件")):
        cells = tuple(f"t2.{row}.{c}" for c in ("issued", "repealed", "in_force"))
        issued, repealed, in_force = (case.subject.value(c) for c in cells)
        if issued is None or repealed is None or in_force is None:
            continue
        known = True
        if in_force < issued - repealed:
            findings.append(
                case.finding(
                    "X04",
                    cells,
                    expected=f"不少于{number(issued - repealed)}",
                    actual=in_force,
                    difference=issued - repealed - in_force,
                    likely=cells[2:],
                    row=label,
                    issued=issued,
                    repealed=repealed,
                    in_force=in_force,
                    net=issued - repealed,
                )
            )
    return Checked("X04", tuple(findings), reason=None if known else "有数据格没有数值")


def _cases(case: Case) -> Checked:
    """X05: far more cases than applications that could have led to them."""
    cells = ("t4.reconsideration.total", *_LITIGATION)
    cases = total(case, cells)
    applications = total(case, ("t3.new.total", "t3.carried_in.total"))
    if cases is None or applications is None:
        return Checked("X05", reason="有数据格没有数值")
    before = case.last.value("t3.total.total") if case.last else None
    room = applications + (before or Decimal(0))
    if cases < case.option("X05", "least") or cases <= room * Decimal(str(case.option("X05", "ratio"))):
        return Checked("X05")
    told: dict[str, Any] = {"cases": cases, "applications": applications}
    return Checked("X05", (case.finding("X05", cells, actual=cases, **told),))


def _unlike_peers(case: Case) -> Checked:
    """X06: state secrets in a township; results that are far more frequent than in other units of its kind."""
    if case.subject.unit is None:
        return Checked("X06", reason=NO_UNIT)
    cell = "t3.denied_state_secret.total"
    value = case.subject.value(cell)
    findings = []
    if case.subject.unit.level == "town" and value:
        detail = f"表三“属于国家秘密”一行总计{number(value)}件，乡镇（街道）一般不产生国家秘密"
        findings.append(case.finding("X06", (cell,), actual=value, detail=detail))
    compared = False
    for group, rows in GROUPS.items():
        share = share_of(case.subject, group, case.option("X06", "least"))
        peers = case.peers
        if share is None or peers is None or peers.units[group] < case.option("X06", "peers"):
            continue
        compared = True
        usual = peers.shares[group]
        if share >= case.option("X06", "share") and share >= case.option("X06", "ratio") * usual:
            detail = f"表三“{group}”占办理结果的{share:.0%}，同级同类{peers.units[group]}个单位的中位数为{usual:.0%}"
            cells = [c for row in rows if (c := f"t3.{row}.total") in case.form.cells]
            findings.append(case.finding("X06", cells, detail=detail))
    unknown = None if compared or value is not None else "有数据格没有数值"
    return Checked("X06", tuple(findings), reason=unknown)
