"""Consistent reports for tests: random tables 3 and 4 that keep every sum, and readings made of them."""

from decimal import Decimal
from random import Random

from expectations.forms import load_form
from gipa_pipeline.model import CellReading, Place, Reading


def consistent(seed=0, edition="2021", largest=9):
    """Cells of a form whose sums all hold."""
    random, form = Random(seed), load_form(edition)
    cells = dict.fromkeys(form.cells, 0)
    results = [r.key for r in form.rows if r.key not in ("new", "carried_in", "total", "carried_out")]
    columns = [c.key for c in form.columns if c.key != "total"]
    for column in columns:
        for row in results:
            cells[f"t3.{row}.{column}"] = random.choice((0, 0, 0, random.randint(0, largest)))
        total = sum(cells[f"t3.{row}.{column}"] for row in results)
        carried_out = random.randint(0, 3)
        carried_in = random.randint(0, min(2, total + carried_out))
        for row, value in (
            ("total", total),
            ("carried_out", carried_out),
            ("carried_in", carried_in),
            ("new", total + carried_out - carried_in),
        ):
            cells[f"t3.{row}.{column}"] = value
    for row in (r.key for r in form.rows):
        cells[f"t3.{row}.total"] = sum(cells[f"t3.{row}.{c}"] for c in columns)
    for proceeding in ("reconsideration", "litigation_direct", "litigation_after_reconsideration"):
        parts = [f"t4.{proceeding}.{p}" for p in ("upheld", "corrected", "other", "pending")]
        for part in parts:
            cells[part] = random.randint(0, 3)
        cells[f"t4.{proceeding}.total"] = sum(cells[p] for p in parts)
    return {cell: Decimal(value) for cell, value in cells.items()}


def reading(cells, **given):
    """A reading whose cells were all read straight, twice; None is a blank."""
    read = {}
    for cell, value in cells.items():
        if isinstance(value, CellReading):
            read[cell] = value
        elif value is None:
            read[cell] = CellReading("blank", raw="", readers=("structure", "sequence"))
        else:
            value = Decimal(str(value))
            read[cell] = CellReading(
                "reported", value, str(value), place=Place("text", 1, 2), readers=("structure", "sequence")
            )
    known = {"sha256": "ab", "medium": "text", "state": "read", "template": "2021", "year": 2023}
    return Reading(**(known | given | {"cells": read}))
