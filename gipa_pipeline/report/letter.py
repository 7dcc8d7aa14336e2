"""The letter that asks a unit to look again at its report (核对更正通知), as a Word document.

Only what is held against the unit is in it: nothing that may be our own misreading, nothing undecided,
dismissed or corrected, and nothing that asks for no action. It says which relation does not hold and what is
printed; which number is wrong, the unit's own records say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gipa_pipeline.aggregate import wording
from gipa_pipeline.aggregate.membership import is_consolidation
from gipa_pipeline.report.docx import Box, Look, document, fill, paragraph, table
from gipa_pipeline.report.facts import YearFacts, load_facts
from gipa_pipeline.report.findings import FindingView
from gipa_pipeline.report.view import OfficeView, office_view

if TYPE_CHECKING:
    from gipa_pipeline.registry import Registry, Unit
    from gipa_pipeline.settings import Settings
    from gipa_pipeline.store import Store

TEMPLATE = "letter.docx"
"""The file in the registry's folder that takes the place of our own template."""
FOLDER = "letters"
_NOTE = Look(size=14, line=24)
_MISSING = "A04"


def due_findings(view: OfficeView, unit_id: str) -> tuple[FindingView, ...]:
    """What goes into a unit's letter, errors first; empty when there is nothing to write about."""
    return tuple(
        f
        for severity in ("error", "warning")
        for f in view.findings
        if f.unit.unit_id == unit_id and f.severity == severity and f.publishable
    )


def letter(view: OfficeView, unit: Unit, settings: Settings, template: bytes | None = None) -> bytes | None:
    """The letter to a unit; None when nothing is held against it.

    Raises:
        TemplateError: the template cannot be filled.
    """
    findings = due_findings(view, unit.unit_id)
    if not findings:
        return None
    values = {
        "office": view.office.name,
        "unit": unit.name,
        "year": str(view.year),
        "opening": _opening(view, findings),
        "deadline": _deadline(view, settings),
        "contact": view.contact or "　　　　",
        "basis": _basis(view, findings),
    }
    blocks = [block for n, f in enumerate(findings, 1) for block in _told(n, f)]
    return fill(template or default_template(), values, {"findings": blocks}, TEMPLATE)


def _opening(view: OfficeView, findings: Sequence[FindingView]) -> str:
    counts = {s: sum(1 for f in findings if f.severity == s) for s in ("error", "warning")}
    about = []
    if counts["error"]:
        about.append(f"{counts['error']}处需要改正")
    if counts["warning"]:
        about.append(f"{counts['warning']}处请予核实")
    if any(f.rule == _MISSING for f in findings):
        return f"我单位在汇总{view.year}年政府信息公开工作年度报告时，有下列事项请你单位处理（{'，'.join(about)}）。"
    return (
        f"我单位对你单位发布的{view.year}年政府信息公开工作年度报告作了汇总核对，有{'，'.join(about)}。"
        "以下写明不成立的关系和报告所填的数，哪一个数有误，请以台账为准。"
        + ("标为“请核实”的，如果属实，说明情况即可，不必改动。" if counts["warning"] else "")
    )


def _basis(view: OfficeView, findings: Sequence[FindingView]) -> str:
    form = f"格式依据为{view.form.document_number}。" if view.form else ""
    if any(f.cells for f in findings):
        return f"本通知所列数据逐格取自你单位公开发布的报告。{form}"
    return form


def _deadline(view: OfficeView, settings: Settings) -> str:
    own = settings.offices.get(view.office.unit_id)
    if own and (day := own.reply_by.on(view.year)):
        return f"于{day.year}年{day.month}月{day.day}日前"
    return f"自收到本通知之日起{settings.report.reply_days}个工作日内"


def _told(number: int, f: FindingView) -> list[Any]:
    blocks = [
        paragraph(
            f"【{wording.SEVERITY[f.severity]}】{f.message}", Look(before=8, keep=True), lead=f"{number}．"
        )
    ]
    if f.alike:
        blocks.append(paragraph(f.alike, _NOTE))
    elif f.shown:
        blocks.append(_cells(f))
        rest = []
        if f.folded:
            rest.append(f"另有{len(f.folded)}格")
        if f.zeros:
            rest.append(f"{'' if rest else '另有'}{f.zeros}格填0")
        if rest:
            blocks.append(paragraph("，".join([*rest, "不逐一列出。"]), replace(_NOTE, size=12)))
    if f.compared:
        blocks.append(paragraph(f"{f.compared}。", _NOTE, lead="核对："))
    if f.suggestion and len(f.likely) == 1:
        text = f"{f.likely[0].label}为{f.suggestion}时全部关系成立。仅供核对时参考，请以台账为准。"
        blocks.append(paragraph(text, _NOTE, lead="参考："))
    blocks += [paragraph(f"“{s}”", _NOTE, lead="原文：") for s in f.sentences]
    if f.state in ("sent", "acknowledged"):
        blocks.append(paragraph("此前已告知，现公开的报告中仍有此问题。", _NOTE, lead="进展："))
    blocks.append(paragraph(f.fix, _NOTE, lead="如何处理："))
    blocks.append(paragraph(f.clause, _NOTE, lead="依据："))
    blocks.append(paragraph(f"{f.finding_id}（规则{f.rule}）", _NOTE, lead="问题编号："))
    return blocks


def _cells(f: FindingView) -> Any:
    """The printed numbers; the page is told where the document has pages, all else the unit knows best."""
    paged = any("page" in c.where for c in f.shown)
    heads = ("单元格", "报告所填", "页") if paged else ("单元格", "报告所填")
    mark = "（最可能有误）" if len(f.likely) == 1 else "（可能有误）"
    rows = [[Box(text, bold=True, shade="EDEDED") for text in heads]]
    for c in f.shown:
        row = [
            Box(c.label + (mark if c.likely else ""), align="left", bold=c.likely),
            Box(c.text, bold=c.likely),
        ]
        rows.append([*row, Box(f"第{c.where['page']}页" if "page" in c.where else "")] if paged else row)
    return table(rows, (5900, 1900, 1040) if paged else (6200, 2640), heads=1)


def default_template() -> bytes:
    """Our own template; an office may save it, change it and lay it into its registry's folder."""
    title = Look(size=22, align="center", indent=0, font="方正小标宋简体", line=32)
    right = Look(align="right", indent=0)
    return document(
        [
            paragraph("关于核对{{year}}年政府信息公开", title),
            paragraph("工作年度报告的通知", replace(title, after=24)),
            paragraph("{{unit}}：", Look(indent=0)),
            paragraph("{{opening}}"),
            paragraph("{{findings}}"),
            paragraph(
                "请{{deadline}}核对，需要改正的，更正后重新发布并在页面注明更正情况，同时将更正后的报告和核对"
                "情况报送我单位。对某一问题有异议的，请注明问题编号并说明理由，核实后予以撤销。",
                Look(before=12),
            ),
            paragraph("{{basis}}"),
            paragraph("联系人及电话：{{contact}}"),
            paragraph("{{office}}", replace(right, before=36)),
            paragraph("　　　　年　　月　　日", right),
        ]
    )


def own_template(registry: Registry) -> bytes | None:
    """The template beside the registry, if there is one."""
    path = registry.folder / TEMPLATE
    return path.read_bytes() if path.is_file() else None


def write_letters(
    store: Store,
    registry: Registry,
    settings: Settings,
    year: int,
    *,
    offices: Sequence[str],
    unit: str | None = None,
) -> tuple[list[Path], list[str]]:
    """Write the letters of those of these offices that are in scope; take away letters without a ground.

    The folder holds what the present data give and nothing else: change a copy, not the letter there.

    Returns:
        The letters' paths, and the names of units with findings that are told on the office's page only.

    Raises:
        StoreError: a stage before this one has not been run.
        TemplateError: the template cannot be filled.
    """
    # Pictures of places are not in a letter; without documents none is opened.
    facts = replace(load_facts(store, registry, settings, year), document=None)
    written: list[Path] = []
    own: list[str] = []
    in_scope = registry.offices_in(year)
    with store.lock():
        for office_id in offices:
            # Of the others nobody looked for the units' reports that year.
            if office_id in in_scope:
                paths, names = office_letters(store, office_view(facts, office_id), facts, only=unit)
                written += paths
                own += names
    return written, own


def told_findings(
    store: Store, registry: Registry, settings: Settings, year: int, offices: Sequence[str], unit: str | None
) -> list[FindingView]:
    """The findings of which the letters of these offices tell, those already noted as sent among them."""
    facts = replace(load_facts(store, registry, settings, year), document=None)
    told: list[FindingView] = []
    for office_id in offices:
        if office_id not in registry.offices_in(year):
            continue
        view = office_view(facts, office_id)
        for line in view.units:
            if unit in (None, line.unit.unit_id) and _gets_one(view, line.unit):
                told += due_findings(view, line.unit.unit_id)
    return told


def _gets_one(view: OfficeView, unit: Unit) -> bool:
    """Its own report and the one it compiles itself an office sees on its page; it writes to nobody about them."""
    return unit.unit_id != view.office.unit_id and not is_consolidation(unit)


def office_letters(
    store: Store, view: OfficeView, facts: YearFacts, *, only: str | None = None
) -> tuple[list[Path], list[str]]:
    """The letters of one office from its view; as :func:`write_letters`.

    The office's own report and the government's consolidated one, which it compiles itself, get no letter.
    """
    folder = store.folder("reports", view.year) / view.office.unit_id / FOLDER
    template = own_template(facts.registry)
    written, own = [], []
    for line in view.units:
        if only is not None and line.unit.unit_id != only:
            continue
        path = folder / f"{line.unit.unit_id}.docx"
        if not _gets_one(view, line.unit):
            if due_findings(view, line.unit.unit_id):
                own.append(line.unit.name)
            continue
        made = letter(view, line.unit, facts.settings, template)
        if made is None:
            # A letter without a ground must not lie there to be sent.
            path.unlink(missing_ok=True)
        else:
            store.write_file(path, made)
            written.append(path)
    if only is None and folder.is_dir():
        for left in folder.glob("*.docx"):
            if left not in written:
                left.unlink()
    return written, own
