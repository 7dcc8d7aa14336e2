"""What stands behind a figure of the consolidated tables (汇总数的来源): the units' cells and where they are printed.

From a figure it is one step to its units' cells and one more to the place in the source; ``gipa trace`` goes the
same way down to the bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from gipa_pipeline.aggregate import wording
from gipa_pipeline.report.figures import TableSet
from gipa_pipeline.report.findings import label_of, place_of, text_of
from gipa_pipeline.report.view import OfficeView

MOST_PARTS = 100
"""Units shown one by one at a figure; the workbook has them all."""


@dataclass(frozen=True, slots=True)
class Part:
    """One unit's cell: its number, what is printed where that differs, the place in words, the source's address."""

    unit: str
    value: str
    printed: str
    place: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Basis:
    """A figure's parts, the largest first.

    Of very many the smallest, ``others`` units, are told together as ``rest``; ``zeros`` units state 0; ``doubts``
    are the figure's notes in words.
    """

    cell: str
    label: str
    value: str
    parts: tuple[Part, ...]
    others: int
    rest: str
    zeros: int
    missing: int
    doubts: tuple[str, ...]


def bases(view: OfficeView, figures: TableSet) -> Iterator[Basis]:
    """Every figure that somebody states, in printed order."""
    addresses = {u.unit.unit_id: u.url for u in view.units}
    notes = {n.number: f"{n.unit.name}：{n.text}" for n in figures.notes}
    for cell in view.form.cells if view.form else ():
        figure = figures.figures[cell]
        if figure.value is None:
            continue
        found = []
        for unit in figure.unit_ids:
            row = view.cells.counted[unit, cell]
            if row["value"]:
                found.append((row["value"], unit, row))
        found.sort(key=lambda item: -item[0])
        yield Basis(
            cell=cell,
            label=label_of(cell),
            value=wording.number(figure.value),
            parts=tuple(
                Part(
                    unit=view.cells.units[unit].name,
                    value=wording.number(value),
                    printed=_printed(row["raw"], wording.number(value)),
                    place=place_of(row["evidence"]),
                    url=addresses.get(unit),
                )
                for value, unit, row in found[:MOST_PARTS]
            ),
            others=len(found[MOST_PARTS:]),
            rest=wording.number(sum((value for value, _, _ in found[MOST_PARTS:]), Decimal(0))),
            zeros=len(figure.unit_ids) - len(found),
            missing=figure.missing,
            doubts=tuple(notes[n] for n in figure.notes),
        )


def _printed(raw: str | None, number: str) -> str:
    """The printed text, where it is not simply the number."""
    told = text_of(wording.clean(raw or "").strip(), number)
    return "" if told == number else told
