"""An office's units over the years (历年情况): what the charts draw, counted once from the frames.

Figures are those that the units printed, in the row totals of table 3. Nothing is carried from one edition of the
form to another but the six groups of results, which both have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from expectations.forms import Form
from gipa_pipeline.aggregate.rollup import OPEN_STATES, fold
from gipa_pipeline.report.facts import Row, YearFacts

if TYPE_CHECKING:
    from gipa_pipeline.report.view import UnitView

RESULTS: Mapping[str, str] = {
    "granted": "予以公开",
    "partial": "部分公开",
    "denied": "不予公开",
    "unable": "无法提供",
    "reject": "不予处理",
    "other": "其他处理",
}
"""The groups of results in table 3, by the beginning of their rows' keys; ``carried_out`` follows them."""
OPEN, NEW, CARRIED_IN, TOTAL = "carried_out", "new", "carried_in", "total"
STATED = ("reported", "inferred")


@dataclass(frozen=True, slots=True)
class Flow:
    """What one unit did with its applications in one year: results by group, as printed (件).

    ``doubtful``: a row total is blank or an error stands against table 3.
    """

    new: Decimal
    carried_in: Decimal
    results: Mapping[str, Decimal]
    carried_out: Decimal
    doubtful: bool

    @property
    def handled(self) -> Decimal:
        """The results added up; the printed total may differ, which is a finding then."""
        return sum(self.results.values(), Decimal(0))

    @property
    def whole(self) -> Decimal:
        """Results and what is carried into the next year: all applications of the year."""
        return self.handled + self.carried_out


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit in one year: its state of coverage (None: not asked for), errors held against it, and its flow."""

    state: str | None
    errors: int
    flow: Flow | None


@dataclass(frozen=True)
class History:
    """An office's direct units over the years at hand, the latest last.

    ``standings`` by unit and year; ``summands`` are the units that count in the sum; ``cells`` is how many errors
    name a cell of table 3 of the year's form, over all ``cell_years``.
    """

    years: tuple[int, ...]
    standings: Mapping[tuple[str, int], Standing]
    summands: frozenset[str]
    cells: Mapping[str, int]
    cell_errors: int
    cell_years: tuple[int, ...]

    def flow(self, unit: str, year: int) -> Flow | None:
        """A unit's flow, None where its report was not read."""
        found = self.standings.get((unit, year))
        return found.flow if found else None

    def total(self, year: int) -> tuple[Flow, int] | None:
        """The summands' flows of a year added up, and how many there are."""
        flows = [f for u in sorted(self.summands) if (f := self.flow(u, year))]
        if not flows:
            return None
        return Flow(
            new=sum((f.new for f in flows), Decimal(0)),
            carried_in=sum((f.carried_in for f in flows), Decimal(0)),
            results={g: sum((f.results[g] for f in flows), Decimal(0)) for g in RESULTS},
            carried_out=sum((f.carried_out for f in flows), Decimal(0)),
            doubtful=any(f.doubtful for f in flows),
        ), len(flows)


def history_of(facts: YearFacts, form: Form | None, units: Sequence[UnitView]) -> History:
    """Count what the charts need, for the office's direct units and every year at hand."""
    ids = [u.unit.unit_id for u in units]
    standings: dict[tuple[str, int], Standing] = {}
    cells: Counter[str] = Counter()
    errors, cell_years = 0, []
    places = fold(form) if form else {}
    years = (*facts.earlier, facts)
    for one in years:
        found = _errors(one, ids)
        flows = _flows(one, ids, found)
        states = {r["unit_id"]: r["state"] for r in one.rows("coverage", owner=ids)}
        for unit in ids:
            if unit in states or unit in flows:
                own = found.get(unit, ())
                standings[unit, one.year] = Standing(states.get(unit), len(own), flows.get(unit))
        cell_years.append(one.year)
        for row in (r for of in found.values() for r in of):
            named = {places[c][0] for c in row["likely_cells"] or row["cells"] or () if c in places}
            here = {c for c in named if c.startswith("t3.")}
            errors += bool(here)
            cells.update(here)
    seen = {year for _, year in standings}
    return History(
        years=tuple(y.year for y in years if y.year in seen),
        standings=standings,
        summands=frozenset(u.unit.unit_id for u in units if u.role == "summand"),
        cells=cells,
        cell_errors=errors,
        cell_years=tuple(y for y in cell_years if y in seen),
    )


def _errors(facts: YearFacts, units: Sequence[str]) -> dict[str, list[Row]]:
    """For every unit, the certain errors held against it, corrected ones too: they were published once."""
    found: dict[str, list[Row]] = {}
    rows = facts.rows(
        "findings",
        owner=units,
        severity=("error",),
        responsibility=("publisher",),
        verdict=("fail",),
        state=(*OPEN_STATES, "corrected"),
    )
    for row in rows:
        found.setdefault(row["unit_id"], []).append(row)
    return found


def _flows(facts: YearFacts, units: Sequence[str], errors: Mapping[str, Sequence[Row]]) -> dict[str, Flow]:
    read = [r["unit_id"] for r in facts.rows("reports", owner=units, state=("read",))]
    flows = {}
    for unit in read:
        values: Counter[str] = Counter()
        amounts: dict[str, Decimal] = {}
        for cell in facts.rows("cells", owner=(unit,)):
            table, row, column = (*cell["cell_id"].split("."), "", "")[:3]
            if table != "t3" or column != "total":
                continue
            group = row.split("_")[0]
            key = group if group in RESULTS else row
            values[key] += 1
            if cell["status"] in STATED and cell["value"] is not None:
                amounts[key] = amounts.get(key, Decimal(0)) + cell["value"]
            elif cell["status"] != "missing":
                values["blank"] += 1
        if not amounts:
            continue
        wrong = any(
            any(c.startswith("t3.") for c in row["cells"] or ()) for row in errors.get(unit, ())
            if row["state"] in OPEN_STATES
        )  # fmt: skip
        flows[unit] = Flow(
            new=amounts.get(NEW, Decimal(0)),
            carried_in=amounts.get(CARRIED_IN, Decimal(0)),
            results={g: amounts.get(g, Decimal(0)) for g in RESULTS},
            carried_out=amounts.get(OPEN, Decimal(0)),
            doubtful=bool(values["blank"]) or wrong,
        )
    return flows
