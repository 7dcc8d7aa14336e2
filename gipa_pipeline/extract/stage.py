"""The extract stage (读取): every fetched document of a year read once, and the frames of what was read.

A reading depends on the bytes and on the readers' version alone (and on the year asked for where a document
holds the reports of several), so it is kept beside the store's objects and never made twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from gipa_pipeline.calendar import day_of
from gipa_pipeline.extract.reading import VERSION
from gipa_pipeline.extract.record import from_json, to_json
from gipa_pipeline.extract.workers import Job, read_all
from gipa_pipeline.model import Reading
from gipa_pipeline.settings import ExtractSettings
from gipa_pipeline.store import Store

if TYPE_CHECKING:
    import pandas as pd

_PASSING = ("timeout", "crashed", "needs_ocr", "needs_converter")
"""Failures of ours that another run may not have, or not once a helper is installed: not kept."""

Readings = dict[tuple[str, int | None], Reading]
"""Readings by the document's hash, and by the year asked for where a document holds several reports."""

Progress = Callable[[int, int, str], None]
"""Called after each document: how many are read, how many there are, the name of this one."""


def extract_documents(
    store: Store, documents: pd.DataFrame, settings: ExtractSettings, progress: Progress | None = None
) -> dict[str, pd.DataFrame]:
    """Read documents and give the frames ``extracted/*``.

    Args:
        store: holds the bytes, and the readings made before.
        documents: rows of ``raw/fetches`` that have a document (``sha256`` not null).
        settings: workers, time and size limits.
        progress: told of each document.
    """
    from expectations.frames import conform

    rows = [_row({str(k): v for k, v in r.items()}) for r in documents.to_dict("records")]
    wanted: dict[tuple[str, int | None], str] = {(r["document_sha256"], None): r["url"] for r in rows}
    readings: Readings = {}
    _read(store, wanted, readings, settings, progress)
    # A document that holds the reports of several years is read again for the year it was fetched for.
    again: dict[tuple[str, int | None], str] = {}
    for row in rows:
        reading = readings[row["document_sha256"], None]
        if row["year"] in reading.years and row["year"] != reading.year:
            again[row["document_sha256"], row["year"]] = row["url"]
    if again:
        _read(store, again, readings, settings, progress)
    return {name: conform("extracted", name, list(part)) for name, part in _frames(rows, readings).items()}


def _read(
    store: Store,
    wanted: Mapping[tuple[str, int | None], str],
    readings: Readings,
    settings: ExtractSettings,
    progress: Progress | None,
) -> None:
    """Add the readings of documents, by hash and year, those made before from the store."""
    jobs: list[Job] = []
    for (sha256, year), url in wanted.items():
        known = _known(store, sha256, year)
        if known is not None:
            readings[sha256, year] = known
        else:
            jobs.append(Job(sha256, str(store.object_path(sha256)), url, year))
    answers = read_all(
        jobs, workers=settings.workers, timeout=settings.timeout_seconds, max_bytes=settings.max_bytes
    )
    for done, (job, reading) in enumerate(answers, start=1):
        readings[job.sha256, job.year] = reading
        if not _passing(reading):
            store.write_file(_path(store, job.sha256, job.year), to_json(reading).encode(), durable=False)
        if progress:
            progress(done, len(jobs), job.name)


def _of(readings: Readings, row: Mapping[str, Any]) -> Reading:
    """What was read for a unit and year."""
    sha256 = row["document_sha256"]
    return readings.get((sha256, row["year"])) or readings[sha256, None]


def _passing(reading: Reading) -> bool:
    """Whether another run may read more, pictures of tables among it once the recogniser is there."""
    if reading.error is not None:
        return reading.error[0] in _PASSING
    return reading.medium in ("docx", "pdf", "html") and any(
        n.kind == "picture_tables" for n in reading.notes
    )


def _row(values: Mapping[str, Any]) -> dict[str, Any]:
    first = values["first_fetched"]
    return {
        "unit_id": str(values["unit_id"]),
        "year": int(values["year"]),
        "document_sha256": str(values["sha256"]),
        "url": str(values["url"]),
        "media_type": values["media_type"] if isinstance(values["media_type"], str) else None,
        "first_fetched": day_of(first.to_pydatetime()) if first is not None else None,
        "published_now": bool(values.get("published_now", True)),
    }


def _path(store: Store, sha256: str, year: int | None = None) -> Any:
    version = VERSION if year is None else f"{VERSION}.{year}"
    return store.folder("readings") / sha256[:2] / f"{sha256}.{version}.json"


def _known(store: Store, sha256: str, year: int | None) -> Reading | None:
    path = _path(store, sha256, year)
    if not path.is_file():
        return None
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except (ValueError, KeyError, TypeError):
        return None  # a damaged cache entry is made again


def _frames(rows: list[dict[str, Any]], readings: Readings) -> dict[str, Iterable[dict[str, Any]]]:
    # One document may be named by two units; its cells then stand under both.
    once = {(r["unit_id"], r["year"], r["document_sha256"]): r for r in rows}
    keyed = [
        ({k: r[k] for k in ("unit_id", "year", "document_sha256")}, _of(readings, r)) for r in once.values()
    ]
    return {
        "documents": [_document(row, _of(readings, row)) for row in rows],
        "cells": [{**key, **cell} for key, reading in keyed for cell in _cells(reading)],
        "sections": [
            {**key, "position": n, "part": s.part, "heading": s.heading, "text": s.text}
            for key, reading in keyed
            for n, s in enumerate(reading.sections)
        ],
        "claims": [
            {**key, "kind": c.kind, "value": c.value, "sentence": c.sentence, "part": c.part}
            for key, reading in keyed
            for c in reading.claims
        ],
        "notes": [
            {**key, "kind": n.kind, "detail": n.detail, "cells": list(n.cells)}
            for key, reading in keyed
            for n in reading.notes
        ],
    }


def _document(row: dict[str, Any], reading: Reading) -> dict[str, Any]:
    start, end = reading.period or (None, None)
    kind, message = reading.error or (None, None)
    return {
        **row,
        "medium": reading.medium,
        "template": reading.template,
        "hybrid": reading.hybrid,
        "title": reading.title,
        "agency": reading.agency,
        "document_year": reading.year,
        "published": reading.published,
        "index_number": reading.index_number,
        "notice": reading.notice,
        "period_from": start,
        "period_to": end,
        "state": reading.state,
        "error_kind": kind,
        "error_message": message,
    }


def _cells(reading: Reading) -> Iterable[dict[str, Any]]:
    for cell_id, cell in reading.cells.items():
        place = cell.place.as_dict() if cell.place else None
        yield {
            "cell_id": cell_id,
            "raw": cell.raw,
            "value": cell.value,
            "status": cell.status,
            "candidates": list(cell.candidates),
            "evidence": json.dumps(place, ensure_ascii=False) if place else None,
            "readers": list(cell.readers),
            "note": cell.note,
        }
