"""``gipa extract``: documents to JSON lines, one object each, in the order given."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from expectations.forms import load_form
from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.record import failed
from gipa_pipeline.model import Reading

_FEW = 3
"""So many small pages are read in this process; more, and media whose libraries a hostile file may kill, go
to worker processes."""
_SMALL = 2 * 1024 * 1024


def extract(paths: Sequence[str], evidence: Path | None = None) -> int:
    """Print one object a document; 0 when all were read, 1 when some were not, 2 when there was nothing to read.

    ``evidence`` is a folder for pages that show where each cell was read.
    """
    files = list(_files(paths))
    if not files:
        print(f"gipa extract: no files in {', '.join(paths)}", file=sys.stderr)
        return 2
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    unread = 0
    if evidence is not None:
        evidence.mkdir(parents=True, exist_ok=True)
    for path, reading in read_files(files, evidence=evidence):
        unread += reading.error is not None
        print(json.dumps(as_object(path, reading), ensure_ascii=False), flush=True)
    return 1 if unread else 0


def _files(paths: Iterable[str]) -> Iterator[str]:
    for given in paths:
        path = Path(given)
        if path.is_dir():
            yield from sorted(str(p) for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        else:
            yield given


def read_files(
    paths: Sequence[str], *, timeout: float = 60.0, evidence: Path | None = None
) -> Iterator[tuple[str, Reading]]:
    """Read files in order; a file that is not there or not readable gives a reading with an error."""
    from gipa_pipeline.extract.media.kinds import MAX_BYTES
    from gipa_pipeline.extract.reading import read_document
    from gipa_pipeline.extract.workers import Job, read_all

    refused = {path: reading for path in paths if (reading := _refused(path, MAX_BYTES)) is not None}
    wanted = [path for path in paths if path not in refused]
    if evidence is None and len(wanted) <= _FEW and all(map(_harmless, wanted)):
        for path in paths:
            yield path, refused.get(path) or read_document(Path(path).read_bytes(), path)
        return
    jobs = [Job("", path, path) for path in dict.fromkeys(paths) if path not in refused]
    done = dict(refused)
    order = iter(paths)
    following: str | None = next(order)
    read = partial(read_and_show, folder=evidence) if evidence is not None else None
    for job, reading in read_all(jobs, timeout=timeout, max_bytes=MAX_BYTES, read=read):
        done[job.path] = reading
        while following is not None and following in done:
            yield following, done[following]
            following = next(order, None)
    while following is not None:
        yield following, done[following]
        following = next(order, None)


def read_and_show(
    data: bytes, name: str, *, max_bytes: int, folder: Path, on_page: Callable[[], None] | None = None
) -> Reading:
    """Read a document and write the page that shows where its cells stand; runs in a worker."""
    from gipa_pipeline.extract.evidence import evidence_page
    from gipa_pipeline.extract.media.document import Document, bounded_text
    from gipa_pipeline.extract.media.kinds import medium_of
    from gipa_pipeline.extract.reading import open_document, understand
    from gipa_pipeline.validate import check_reading

    digest = hashlib.sha256(data).hexdigest()
    document: Document | None = None
    try:
        document = bounded_text(
            open_document(data, medium_of(data, name, max_bytes=max_bytes), on_page=on_page)
        )
        reading = understand(document, digest, data)
    except UnreadableDocument as error:
        reading = failed(digest, error.kind, str(error))
    findings = check_reading(reading) if reading.error is None else []
    page = evidence_page(Path(name).name, reading, document, findings, data)
    (folder / f"{Path(name).stem}-{digest[:8]}.html").write_text(page, encoding="utf-8", errors="replace")
    return reading


def _harmless(path: str) -> bool:
    """Whether a file is a page or text of ordinary size."""
    file = Path(path)
    with file.open("rb") as stream:
        head = stream.read(1024)
    return file.stat().st_size <= _SMALL and head[:1] != b"P" and b"%PDF" not in head and head[:1] < b"\x80"


def _refused(path: str, limit: int) -> Reading | None:
    file = Path(path)
    try:
        if not file.is_file():
            return failed("", "not_found", f"{path} is not a file; check the path")
        if file.stat().st_size > limit:
            size = file.stat().st_size // 2**20
            return failed(
                _hash(file), "too_large", f"{path} has {size} MB, over the limit of {limit // 2**20} MB"
            )
        with file.open("rb"):
            return None
    except OSError as error:
        return failed("", "not_found", f"{path} cannot be opened: {error.strerror}")


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def as_object(path: str, reading: Reading) -> dict[str, Any]:
    """A reading in the published shape, every cell of its form included."""
    from gipa_pipeline.validate import check_reading

    cells: dict[str, Any] = {}
    if reading.template in ("2021", "2019"):
        for cell_id in load_form(reading.template).cells:
            cell = reading.cells.get(cell_id)
            cells[cell_id] = {
                "value": _number(cell.value) if cell else None,
                "status": cell.status if cell else "missing",
                "raw": cell.raw if cell else None,
                "candidates": [_number(c) for c in cell.candidates] if cell else [],
                "evidence": cell.place.as_dict() if cell and cell.place else None,
            }
    findings = check_reading(reading) if reading.error is None else []
    return {
        "path": path,
        "sha256": reading.sha256,
        "template": reading.template,
        "year": reading.year,
        "agency": reading.agency,
        "title": reading.title,
        "published": reading.published.isoformat() if reading.published else None,
        "index_number": reading.index_number,
        "state": reading.state,
        "cells": cells,
        "findings": [
            {
                "rule": f.rule,
                "severity": f.severity,
                "verdict": f.verdict,
                "cells": list(f.cells),
                "expected": f.expected,
                "actual": f.actual,
                "difference": f.difference,
                "likely_cells": list(f.likely_cells),
                "suggestion": f.suggestion,
                "responsibility": f.responsibility,
                "message": f.message,
                "fix": f.fix,
            }
            for f in findings
        ],
        "error": {"kind": reading.error[0], "message": reading.error[1]} if reading.error else None,
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
