"""Whole years for the long measurement: ten thousand reports in memory, and an office with seven years behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.bench.files import HEAD, SOURCES_HEAD, write_table

if TYPE_CHECKING:
    import pandas as pd

YEAR = 2023
UNITS_OF_AN_OFFICE = 250
YEARS = range(2019, 2026)
_AT_ONCE = 250
_NAMES = ("documents", "cells", "sections", "claims", "notes")


def large_year(count: int, seed: int, folder: Path) -> dict[str, Any]:
    """Tidying and checking a year of ``count`` reports, each of a unit of its own, as one text a report."""
    from gipa_pipeline.registry import load_registry

    folder.mkdir(parents=True, exist_ok=True)
    units, read = _frames_of(count, seed)
    write_table(folder / "units.csv", HEAD, units)
    write_table(folder / "sources.csv", SOURCES_HEAD, [(u[0], YEAR, f"{u[0]}.txt") for u in units])
    for unit in units:
        (folder / f"{unit[0]}.txt").touch()
    registry = load_registry(folder)
    return {"documents": count, **checked(registry, YEAR, read, None)}


def checked(
    registry: Any, year: int, read: list[pd.DataFrame], fetches: pd.DataFrame | None
) -> dict[str, Any]:
    """Processor seconds of normalizing, validating, and of Great Expectations within the latter."""
    from expectations import suites
    from gipa_pipeline.normalize.tidy import normalize_year
    from gipa_pipeline.validate import Year, validate_year

    gx = 0.0
    plain = suites.run

    def timed(*arguments: Any) -> Any:
        nonlocal gx
        began = time.process_time()
        made = plain(*arguments)
        gx += time.process_time() - began
        return made

    suites.run = timed
    try:
        began, wall = time.process_time(), time.perf_counter()
        tidy = normalize_year(registry, *read, year)
        middle, between = time.process_time(), time.perf_counter()
        current = Year(**{name: tidy[name] for name in Year.__dataclass_fields__})
        made = validate_year(registry, registry.settings, year, current, None, fetches)
        end = time.process_time()
    finally:
        suites.run = plain
    return {
        "normalize": middle - began,
        "validate": end - middle - gx,
        "expectations": gx,
        "wall": time.perf_counter() - between,
        "findings": len(made["findings"]),
        "normalize_wall": between - wall,
    }


def _frames_of(count: int, seed: int) -> tuple[list[tuple[str, ...]], list[pd.DataFrame]]:
    """The units and the frames of what was read, made in batches."""
    import pandas as pd

    from expectations.frames import conform
    from gipa_pipeline.extract.reading import read_document
    from gipa_pipeline.extract.stage import _frames
    from gipa_pipeline.model import Reading
    from tests.generator import LAYOUTS

    offices = -(-count // UNITS_OF_AN_OFFICE)
    units: list[tuple[str, ...]] = [
        (f"office-{n:03d}", f"第{n}办公室", "city", "department", "990100", "", "", "")
        for n in range(offices)
    ]
    batches: dict[str, list[pd.DataFrame]] = {name: [] for name in _NAMES}
    rows: list[dict[str, Any]] = []
    readings: dict[str, Reading] = {}

    def close() -> None:
        for name, part in _frames(rows, readings).items():
            batches[name].append(conform("extracted", name, list(part)))
        rows.clear()
        readings.clear()

    for n, report in enumerate(_members(count, seed)):
        unit = f"unit-{n:05d}"
        document = LAYOUTS["text_lines"](report, Random(f"{seed}/{n}/layout"))
        digest = sha256(unit.encode()).hexdigest()
        readings[digest] = read_document(document.data, document.name)
        rows.append({
            "unit_id": unit, "year": YEAR, "document_sha256": digest, "url": f"{unit}.txt", "media_type": "text/plain",
            "first_fetched": None, "published_now": True,
        })  # fmt: skip
        body = report.body
        units.append(
            (
                unit,
                f"{body.name}",
                body.level,
                body.kind,
                body.region_code,
                f"office-{n % offices:03d}",
                "",
                "",
            )
        )
        if len(rows) == _AT_ONCE:
            close()
    if rows:
        close()
    return units, [pd.concat(batches[name], ignore_index=True) for name in _NAMES]


def _members(count: int, seed: int) -> Iterator[Any]:
    """Reports of departments and towns: governments of a higher level are never summed."""
    from tests.generator import make_report
    from tests.generator.names import make_body

    kinds = (("town", "government"), ("county", "department"), ("city", "department"))
    names: set[str] = set()
    number = 0
    while len(names) < count:
        rng = Random(f"{seed}/large/{number}")
        body = make_body(rng, *kinds[number % 3])
        number += 1
        if body.name not in names:
            names.add(body.name)
            yield make_report(rng, YEAR, body=body)


def office_registry(count: int, seed: int, folder: Path) -> dict[str, Any]:
    """A registry of one office with ``count`` units and the reports of seven years, carried on from year to year."""
    from tests.generator import FAULTS, LAYOUTS, NotApplicable, Report, make_report

    (folder / "reports").mkdir(parents=True)
    layouts = ("text_lines", "docx", "html", "xlsx")
    make: Callable[..., Report] = make_report
    units = [("office", "测量用政务公开办公室", "city", "department", "990100", "", "", "")]
    sources: list[tuple[Any, ...]] = []
    for n, first in enumerate(_members(count, seed)):
        unit, body = f"unit-{n:03d}", first.body
        units.append((unit, body.name, body.level, body.kind, body.region_code, "office", "", ""))
        previous = None
        for year in YEARS:
            rng = Random(f"{seed}/{n}/{year}/office")
            report = make(rng, year, body=body, previous=previous)
            previous = report.cells
            if rng.random() < 0.3:
                with suppress(NotApplicable):
                    report = FAULTS[rng.choice(sorted(FAULTS))](report, rng)
            document = LAYOUTS[layouts[n % len(layouts)]](report, rng)
            name = f"{unit}-{year}{Path(document.name).suffix}"
            (folder / "reports" / name).write_bytes(document.data)
            sources.append((unit, year, f"reports/{name}"))
    write_table(folder / "units.csv", HEAD, units)
    write_table(folder / "sources.csv", SOURCES_HEAD, sources)
    return {"units": count, "years": len(YEARS)}
