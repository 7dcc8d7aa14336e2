"""The consolidated figures with what each rests on: who is in it, who is in doubt and why (汇总数及其依据)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from expectations.forms import Form, editions
from expectations.rules import catalogue
from gipa_pipeline.aggregate.membership import flat, tree
from gipa_pipeline.aggregate.rollup import OPEN_STATES, casts_doubt, fold, not_summed
from gipa_pipeline.registry import Unit
from gipa_pipeline.report.facts import Row, YearFacts

STATED = ("reported", "inferred")
_DOUBTS = {
    "blank": "此格空白未填，未计入",
    "missing": "所用表格中没有这一格，未计入",
    "ambiguous": "此格有几种读法，未计入",
    "unreadable": "此格不是数字，未计入",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A consolidated figure; ``notes`` are the numbers of the notes that speak of it."""

    value: Decimal | None
    included: int
    missing: int
    doubtful: int
    unit_ids: tuple[str, ...]
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: one unit and one reason for doubt, and how many cells it touches."""

    number: int
    unit: Unit
    text: str
    cells: int


@dataclass(frozen=True)
class TableSet:
    """The figures of all three tables, their notes, and the printed cells that have no place in the form."""

    figures: Mapping[str, Figure]
    notes: tuple[Note, ...]
    units: tuple[str, ...]
    read: tuple[str, ...]
    unplaced: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class UnitCells:
    """The units' cells: as printed under their own ids, and as they count in the year's form.

    ``units`` and ``offices`` give every unit here and the office in whose sum it counts; ``read`` are those
    whose reports were read.
    """

    units: Mapping[str, Unit]
    offices: Mapping[str, Unit]
    printed: Mapping[tuple[str, str], Row]
    counted: Mapping[tuple[str, str], Row]
    read: frozenset[str]


def unit_cells(facts: YearFacts, form: Form | None, units: Sequence[str]) -> UnitCells:
    """Collect the cells of these units whose reports were read, folded into the form due in the year."""
    places = fold(form) if form else {}
    read = frozenset(r["unit_id"] for r in facts.rows("reports", owner=units, state=("read",)))
    printed: dict[tuple[str, str], Row] = {}
    counted: dict[tuple[str, str], Row] = {}
    ranks: dict[tuple[str, str], tuple[bool, int]] = {}
    for cell in facts.rows("cells", owner=sorted(read)):
        printed[cell["unit_id"], cell["cell_id"]] = cell
        if cell["cell_id"] not in places:
            continue
        target, rank = places[cell["cell_id"]]
        key, order = (cell["unit_id"], target), (not _states(cell), rank)
        if key not in ranks or order < ranks[key]:
            counted[key], ranks[key] = cell, order
    known = facts.registry.units
    return UnitCells(
        units={u: known[u] for u in units},
        offices={u: known[facts.registry.office_of(u)] for u in units},
        printed=printed,
        counted=counted,
        read=read,
    )


def _states(cell: Row) -> bool:
    return cell["status"] in STATED and cell["value"] is not None


def table_set(
    facts: YearFacts, form: Form | None, office_id: str, cells: UnitCells, *, with_offices_below: bool
) -> TableSet | None:
    """An office's figures with their notes; None where nothing is added up: before 2019, or a year that is stopped."""
    if form is None or facts.stopped:
        return None
    units = (tree if with_offices_below else flat)(facts.registry, office_id)
    read = tuple(u for u in units if u in cells.read)
    reasons = _reasons(facts, form, read, cells)
    numbers = {
        reason: n for n, reason in enumerate(dict.fromkeys(r for of in reasons.values() for r in of), 1)
    }
    name = "consolidated_tree" if with_offices_below else "consolidated"
    figures = {
        row["cell_id"]: Figure(
            value=row["value"],
            included=row["units_included"],
            missing=row["units_missing"],
            doubtful=row["units_doubtful"],
            unit_ids=tuple(row["unit_ids"] or ()),
            notes=tuple(sorted(numbers[r] for r in reasons.get(row["cell_id"], ()))),
        )
        for row in facts.rows(name, owner=(office_id,))
    }
    notes = [
        Note(n, facts.registry.units[unit], text, sum(1 for of in reasons.values() if (unit, text) in of))
        for (unit, text), n in numbers.items()
    ]
    return TableSet(figures, tuple(notes), units, read, _unplaced(form, read, cells))


def _reasons(
    facts: YearFacts, form: Form, read: Sequence[str], cells: UnitCells
) -> dict[str, list[tuple[str, str]]]:
    """For every cell of the form, the (unit, reason) pairs that make it doubtful; units in the sum's order."""
    places = fold(form)
    accused: dict[tuple[str, str], set[str]] = {}
    unsure: set[tuple[str, str]] = set()
    for row in facts.rows("findings", owner=read, state=OPEN_STATES):
        if not casts_doubt(row["severity"], row["verdict"], row["rule"]):
            continue
        for cell in row["cells"] or ():
            if cell in places:
                key = row["unit_id"], places[cell][0]
                if row["responsibility"] == "publisher":
                    accused.setdefault(key, set()).add(row["rule"])
                else:
                    unsure.add(key)
    reasons: dict[str, list[tuple[str, str]]] = {}
    for cell in form.cells:
        for unit in read:
            found = cells.counted.get((unit, cell))
            if found is None or not _states(found):
                text = _DOUBTS[found["status"] if found and found["status"] in _DOUBTS else "missing"]
                reasons.setdefault(cell, []).append((unit, text))
            elif rules := accused.get((unit, cell)):
                text = f"此格有未了结的须改正问题（{'、'.join(map(_rule, sorted(rules)))}），按填报数计入"
                reasons.setdefault(cell, []).append((unit, text))
            elif (unit, cell) in unsure:
                # Doubt about our own reading is told as such: it accuses nobody.
                reasons.setdefault(cell, []).append((unit, "此格的识读有待本系统人员核对，按现读数计入"))
    return reasons


def _rule(rule_id: str) -> str:
    """A rule's id and name: a number alone tells a reader nothing."""
    rule = catalogue().get(rule_id)
    return f"{rule_id} {rule.title}" if rule else rule_id


def _unplaced(form: Form, read: Sequence[str], cells: UnitCells) -> dict[str, tuple[str, ...]]:
    """For every unit, the cells that it states and that have no place in the year's form, in printed order."""
    others = dict.fromkeys(cell for edition in editions() for cell in not_summed(edition, form))
    found = {
        unit: tuple(c for c in others if (row := cells.printed.get((unit, c))) and _states(row))
        for unit in read
    }
    return {unit: ids for unit, ids in found.items() if ids}
