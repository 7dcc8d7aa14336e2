"""A reading as JSON and back, exactly: the cache of readings and what a worker answers (读取结果存取)."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from gipa_pipeline.model import CellReading, Claim, Place, ReaderNote, Reading, SectionText


def failed(sha256: str, kind: str, message: str) -> Reading:
    """The reading of a document that could not be read."""
    return Reading(sha256=sha256, medium="unknown", state="unreadable", error=(kind, message))


def to_json(reading: Reading) -> str:
    """Deterministic JSON; numbers and dates as text."""
    record: dict[str, Any] = {
        "sha256": reading.sha256,
        "medium": reading.medium,
        "state": reading.state,
        "template": reading.template,
        "hybrid": reading.hybrid,
        "year": reading.year,
        "years": list(reading.years),
        "agency": reading.agency,
        "title": reading.title,
        "published": _day(reading.published),
        "index_number": reading.index_number,
        "notice": reading.notice,
        "period": [_day(d) for d in reading.period] if reading.period else None,
        "cells": {cell: _cell(value) for cell, value in reading.cells.items()},
        "sections": [[s.part, s.heading, s.text, s.start] for s in reading.sections],
        "claims": [[c.kind, str(c.value), c.sentence, c.part, c.start] for c in reading.claims],
        "notes": [[n.kind, n.detail, list(n.cells)] for n in reading.notes],
        "error": list(reading.error) if reading.error else None,
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Reading:
    """The reading that :func:`to_json` wrote.

    Raises:
        ValueError, KeyError, TypeError: the text is damaged or of another make.
    """
    record = json.loads(text)
    period = record["period"]
    error = record["error"]
    return Reading(
        sha256=record["sha256"],
        medium=record["medium"],
        state=record["state"],
        template=record["template"],
        hybrid=record["hybrid"],
        year=record["year"],
        years=tuple(record["years"]),
        agency=record["agency"],
        title=record["title"],
        published=date.fromisoformat(record["published"]) if record["published"] else None,
        index_number=record["index_number"],
        notice=record["notice"],
        period=(date.fromisoformat(period[0]), date.fromisoformat(period[1])) if period else None,
        cells={cell: _read_cell(value) for cell, value in record["cells"].items()},
        sections=tuple(SectionText(*s) for s in record["sections"]),
        claims=tuple(Claim(k, Decimal(v), s, p, a) for k, v, s, p, a in record["claims"]),
        notes=tuple(ReaderNote(k, d, tuple(c)) for k, d, c in record["notes"]),
        error=(error[0], error[1]) if error else None,
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _cell(cell: CellReading) -> list[Any]:
    return [
        cell.status,
        None if cell.value is None else str(cell.value),
        cell.raw,
        [str(c) for c in cell.candidates],
        cell.place.as_dict() if cell.place else None,
        list(cell.readers),
        cell.note,
    ]


def _read_cell(values: list[Any]) -> CellReading:
    status, value, raw, candidates, place, readers, note = values
    if place and "box" in place:
        place = {**place, "box": tuple(place["box"])}
    return CellReading(
        status,
        None if value is None else Decimal(value),
        raw,
        tuple(Decimal(c) for c in candidates),
        Place(**place) if place else None,
        tuple(readers),
        note,
    )
