"""A report with known truth: its figures, its prose, what is printed, and what was planted in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from expectations.forms import Form, load_form
from tests.generator.names import Body, make_body
from tests.generator.numbers import Cells, make_cells
from tests.generator.prose import Statement, make_prose


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something planted: the rule that must notice it, the cells it is about, and what was done.

    ``right`` gives the value before the change for cells that were changed.
    """

    rule: str
    cells: tuple[str, ...]
    text: str
    right: Mapping[str, Decimal | None] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For the file of truths."""
        plain = {"rule": self.rule, "cells": list(self.cells), "text": self.text}
        return plain | {"right": {cell: number(value) for cell, value in self.right.items()}}


@dataclass(frozen=True)
class Report:
    """Everything that a layout puts into a document.

    ``cells`` are the values as published (planted mistakes included); None is a blank cell.
    ``printed`` overrides how a cell is printed. ``parts`` are the paragraphs of parts one, five and
    six; a part in ``left_out`` is not printed at all. ``notes`` stand beneath the last part.
    """

    body: Body
    year: int
    edition: str
    cells: Mapping[str, Decimal | None]
    title: str
    published: date | None
    index_number: str
    opening: str
    parts: Mapping[int, tuple[str, ...]]
    statements: tuple[Statement, ...] = ()
    printed: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    mistakes: tuple[Mistake, ...] = ()

    @property
    def form(self) -> Form:
        """The form that the report is printed on."""
        return load_form(self.edition)

    def text(self, cell: str) -> str:
        """What stands in a cell."""
        if cell in self.printed:
            return self.printed[cell]
        value = self.cells[cell]
        return "" if value is None else plain(value)

    def headings(self) -> tuple[tuple[int, str], ...]:
        """The parts that are printed: number and heading."""
        return tuple((s.number, s.title) for s in self.form.sections if s.number not in self.left_out)

    def with_cells(
        self, changes: Mapping[str, Decimal | int | None], mistake: Mistake | None = None
    ) -> Report:
        """The report with other values in some cells, the planted mistake noted."""
        exact = {c: Decimal(v) if v is not None else None for c, v in changes.items()}
        if mistake is None:
            return replace(self, cells={**self.cells, **exact})
        before = {cell: self.cells[cell] for cell in exact}
        return replace(
            self, cells={**self.cells, **exact}, mistakes=(*self.mistakes, replace(mistake, right=before))
        )

    def with_mistake(self, mistake: Mistake, **changes: Any) -> Report:
        """The report with other fields, the planted mistake noted."""
        return replace(self, mistakes=(*self.mistakes, mistake), **changes)


def plain(value: Decimal) -> str:
    """A value as a clerk types it: no exponent, no trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(value: Decimal | None) -> int | float | None:
    """A value as a JSON number (exact for what the forms hold: at most 15 digits)."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


SIZE_OF = {
    ("town", "government"): "town",
    ("county", "department"): "department",
    ("county", "government"): "county",
    ("city", "department"): "department",
    ("city", "government"): "city",
}


def make_report(
    rng: Random,
    year: int = 2024,
    *,
    edition: str | None = None,
    body: Body | None = None,
    size: str | None = None,
    previous: Mapping[str, Decimal | None] | None = None,
    cells: Cells | None = None,
) -> Report:
    """Invent a report that breaks no rule (but S02, when the form asked for is not that year's).

    Args:
        rng: the source of chance.
        year: the report year.
        edition: the form; by default the one due in that year.
        body: who reports; invented if not given.
        size: how much there is to report, a key of ``numbers.SIZES``; by default after the body.
        previous: last year's cells of the same body, to carry on from.
        cells: figures to use instead of invented ones.
    """
    if body is None:
        body = make_body(rng, *rng.choice(tuple(SIZE_OF)))
    edition = edition or ("2021" if load_form("2021").due_in(year) else "2019")
    size = size or SIZE_OF[body.level, body.kind]
    if cells is None:
        cells = make_cells(rng, edition, size, previous)
    consolidated = body.kind == "government" and body.level != "town"
    prose = make_prose(rng, body, year, cells)
    return Report(
        body=body,
        year=year,
        edition=edition,
        cells=cells,
        title=f"{body.name}{year}年政府信息公开工作年度报告",
        # Departments publish in January, the consolidated reports of governments in March.
        published=date(year + 1, 3 if consolidated else 1, 6) + timedelta(days=rng.randint(0, 23)),
        index_number=f"{body.credit_code}/{year + 1}-{rng.randint(1, 320):05d}",
        opening=prose.opening,
        parts=prose.parts,
        statements=prose.statements,
        mistakes=()
        if load_form(edition).due_in(year)
        else (Mistake("S02", (), f"{year}年使用{edition}年格式"),),
    )
