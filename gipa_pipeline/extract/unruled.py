"""Tables without rules in a PDF: one reader only, so what stands beside a lost row is not believed (无框线表格).

Where figures are set by spaces, a label of several lines stands around its own figures. If one such label is not
recognised, its figures fall to the row before or after: those rows are left open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from expectations.forms import Form
from gipa_pipeline.model import CellReading

NOTE = "beside a lost row"


def cautious(form: Form, cells: Mapping[str, CellReading]) -> dict[str, CellReading]:
    """The cells with those of table 3 left open that stand beside a row of which nothing was found."""
    rows = [row.key for row in form.rows]
    ids = {key: [f"t3.{key}.{column.key}" for column in form.columns] for key in rows}
    lost = {
        key
        for key in rows
        if all(cells.get(c, CellReading("missing")).status in ("missing", "unreadable") for c in ids[key])
    }
    out = dict(cells)
    for n, key in enumerate(rows):
        beside = rows[max(0, n - 1) : n] + rows[n + 1 : n + 2]
        if key in lost or not lost.intersection(beside):
            continue
        for cell in ids[key]:
            reading = cells[cell]
            if reading.status in ("reported", "inferred", "blank"):
                seen = (reading.value,) if reading.value is not None else ()
                out[cell] = replace(
                    reading, status="ambiguous", value=None, candidates=seen or reading.candidates, note=NOTE
                )
    return out
