"""Slips of the hand in table 3: a digit left out, a row or several lines in the wrong place."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from tests.generator.faults.base import NotApplicable, fault
from tests.generator.faults.figures import PARTS, result_rows
from tests.generator.numbers import broken_identities
from tests.generator.prose import count
from tests.generator.truth import Mistake, Report


@fault("dropped_digit")
def dropped_digit(report: Report, rng: Random) -> Report:
    """The last digit of a figure of two or more was not typed."""
    cells = [f"t3.{row.key}.{part}" for row in report.form.rows for part in PARTS]
    able = [c for c in cells if len(report.text(c)) > 1]
    if not able:
        raise NotApplicable("dropped_digit")
    cell = rng.choice(able)
    return report.with_cells({cell: Decimal(report.text(cell)[:-1])}, Mistake("R01", (cell,), "漏写一位数字"))


@fault("received_elsewhere")
def received_elsewhere(report: Report, rng: Random) -> Report:
    """A case answered under one kind of applicant was received under another; 总计 balances."""
    able = [part for part in PARTS if count(report.cells, f"t3.new.{part}") > 0]
    if not able:
        raise NotApplicable("received_elsewhere")
    source = rng.choice(able)
    target = rng.choice([part for part in PARTS if part != source])
    changes = {
        f"t3.new.{part}": count(report.cells, f"t3.new.{part}") + step
        for part, step in ((source, -1), (target, 1))
    }
    return report.with_cells(changes, Mistake("K01", tuple(changes), "收到时填入了另一申请人列"))


@fault("shifted_row")
def shifted_row(report: Report, rng: Random) -> Report:
    """A zero was skipped: what follows in the row stands one column to the left, 总计 not."""
    able = []
    for row in (r.key for r in report.form.rows):
        line = [count(report.cells, f"t3.{row}.{part}") for part in PARTS]
        for place in (n for n, value in enumerate(line) if value == 0):
            moved = [*line[:place], *line[place + 1 :], 0]
            if sum(a != b for a, b in zip(line, moved, strict=True)) > 2:
                able.append((row, moved))
    if not able:
        raise NotApplicable("shifted_row")
    row, moved = rng.choice(able)
    return _moved(
        report,
        {f"t3.{row}.{part}": value for part, value in zip(PARTS, moved, strict=True)},
        "该行数字错开一列",
    )


@fault("shifted_lines")
def shifted_lines(report: Report, rng: Random) -> Report:
    """An empty line was typed among the results: all below stands one line down, 结转 is lost."""
    rows, columns = [r.key for r in report.form.rows], (*PARTS, "total")
    start = rng.choice([n for n, row in enumerate(rows) if row in result_rows(report)])
    if not count(report.cells, "t3.total.total") or not any(
        count(report.cells, f"t3.{row}.total") for row in rows[start:-2]
    ):
        raise NotApplicable("shifted_lines")
    changes = {}
    for column in columns:
        changes[f"t3.{rows[start]}.{column}"] = 0
        for n in range(start + 1, len(rows)):
            changes[f"t3.{rows[n]}.{column}"] = count(report.cells, f"t3.{rows[n - 1]}.{column}")
    return _moved(report, changes, "多出一空行，以下各行错开一行")


def _moved(report: Report, changes: dict[str, int], note: str) -> Report:
    """The report with cells moved; the mistake names those that stand in a sum that no longer holds."""
    after = {c: value for c, value in changes.items() if count(report.cells, c) != value}
    cells = {**report.cells, **{c: Decimal(v) for c, v in after.items()}}
    broken = broken_identities(report.edition, cells)
    touched = {c for i in report.form.identities if i.name in broken for c in i.cells}
    if not broken:
        raise NotApplicable(note)
    rule = broken[0].partition(":")[0]
    return report.with_cells(after, Mistake(rule, tuple(c for c in after if c in touched), note))
