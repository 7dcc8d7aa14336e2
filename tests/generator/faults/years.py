"""Mistakes that only two years together show."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.generator.faults.base import NotApplicable, year_fault
from tests.generator.prose import count
from tests.generator.truth import Mistake, Report


@year_fault("carried_in_differs")
def carried_in_differs(report: Report, last: Report, rng: Random) -> Report:
    """上年结转 is not last year's 结转下年度; within the year every sum holds."""
    rows = ("carried_in", "granted", "total")
    changes = {
        f"t3.{row}.{column}": count(report.cells, f"t3.{row}.{column}") + 1
        for row in rows
        for column in ("natural_person", "total")
    }
    before = count(last.cells, "t3.carried_out.total")
    text = f"上年结转{changes['t3.carried_in.total']}件,上年报告结转下年度{before}件"
    cells = ("t3.carried_in.natural_person", "t3.carried_in.total")
    changed = report.with_cells(changes, Mistake("Y01", cells, text))
    return _prose_follows(report, changed)


def _prose_follows(report: Report, changed: Report) -> Report:
    """Let the prose agree with the changed table, so that only the two years disagree."""
    pairs = []
    for cell, wording in (("t3.total.total", "办结{}件"), ("t3.carried_in.total", "上年结转{}件")):
        pairs.append(tuple(wording.format(count(r.cells, cell)) for r in (report, changed)))
    texts = []
    for text in report.parts[1]:
        for old, new in pairs:
            text = text.replace(old, new)
        texts.append(text)
    given = sum(count(report.cells, f"t3.{row}.total") for row in ("granted", "partial"))
    if any(f"部分公开{given}件" in text for text in texts):
        raise NotApplicable("the prose gives a share of the answered applications")
    named = {"applications_answered": "t3.total.total", "applications_carried_in": "t3.carried_in.total"}
    statements = tuple(
        replace(s, value=changed.cells[named[s.kind]] or s.value) if s.kind in named else s
        for s in report.statements
    )
    return replace(changed, parts={**report.parts, 1: tuple(texts)}, statements=statements)


@year_fault("in_force_differs")
def in_force_differs(report: Report, last: Report, rng: Random) -> Report:
    """现行有效 is not last year's number with this year's issued and repealed; the prose agrees with the table."""
    cell = "t2.normative_documents.in_force"
    if cell not in report.cells or cell not in last.cells:
        raise NotApplicable("in_force_differs")
    before, after = count(report.cells, cell), count(report.cells, cell) + 4
    changed = report.with_cells(
        {cell: after}, Mistake("Y02", (cell,), "现行有效件数与上年数、制发数、废止数不衔接")
    )
    texts = tuple(t.replace(f"现行有效{before}件", f"现行有效{after}件") for t in report.parts[1])
    statements = tuple(
        replace(s, value=changed.cells[cell] or s.value) if s.kind == "documents_in_force" else s
        for s in report.statements
    )
    return replace(changed, parts={**report.parts, 1: texts}, statements=statements)


@year_fault("same_as_last_year")
def same_as_last_year(report: Report, last: Report, rng: Random) -> Report:
    """Last year's tables and text were published again, the year changed."""
    if report.edition != last.edition or not any(last.cells.values()):
        raise NotApplicable("same_as_last_year")

    def moved(text: str) -> str:
        return text.replace(f"{last.year + 1}年", f"{last.year + 2}年").replace(
            f"{last.year}年", f"{report.year}年"
        )

    return report.with_mistake(
        Mistake("Y06", (), "表格与上年完全相同"),
        cells=dict(last.cells),
        parts={part: tuple(moved(t) for t in texts) for part, texts in last.parts.items()},
        opening=moved(last.opening),
        statements=last.statements,
    )
