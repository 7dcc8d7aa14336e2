"""Documents by the dozen, and the file of truth that goes with each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from tests.generator.faults import FAULTS, YEAR_FAULTS, NotApplicable
from tests.generator.layouts import LAYOUTS, SLOW_LAYOUTS, Document
from tests.generator.layouts.cms import page
from tests.generator.layouts.html import article, plain_paragraph, plain_table
from tests.generator.numbers import broken_identities
from tests.generator.truth import Report, make_report, number


def generate(
    seed: int,
    count: int,
    *,
    layouts: Sequence[str] | None = None,
    faults: Sequence[str] = (),
    edition: str | None = None,
) -> Iterator[Document]:
    """Documents with known truth, the same ones for the same arguments.

    Args:
        seed: where chance starts.
        count: how many.
        layouts: which layouts, in turn; by default all.
        faults: which faults, in turn after one clean document; none by default.
        edition: the form to use; by default the one due, with now and then the old one in a later year.
    """
    names = list(layouts or LAYOUTS)
    for place in range(count):
        # One source of chance for each document: asking for more leaves the first ones as they were.
        rng = Random(f"{seed}/{place}")
        year = rng.choice((2021, 2022, 2023, 2024)) if edition != "2019" else rng.choice((2019, 2020, 2022))
        plan = (None, *faults)[place % (len(faults) + 1)]
        chosen = edition or ("2019" if not plan and rng.random() < 0.1 else "2021")
        report = (
            with_fault(rng, plan, year, edition=chosen) if plan else make_report(rng, year, edition=chosen)
        )
        yield (LAYOUTS | SLOW_LAYOUTS)[names[place % len(names)]](report, rng)


def with_fault(rng: Random, name: str, year: int = 2024, **wanted: Any) -> Report:
    """A report with the named fault; bodies are invented until one gives occasion for it.

    Raises:
        KeyError: no fault of that name.
        NotApplicable: no occasion in fifty invented reports.
    """
    for _ in range(50):
        report = make_report(rng, year, **wanted)
        try:
            if name in YEAR_FAULTS:
                last = make_report(rng, year - 1, body=report.body, **wanted)
                report = make_report(rng, year, previous=last.cells, **{**wanted, "body": report.body})
                return YEAR_FAULTS[name](report, last, rng)
            return FAULTS[name](report, rng)
        except NotApplicable:
            continue
    raise NotApplicable(name)


def expected(document: Document) -> dict[str, Any]:
    """A document's truth, ready for JSON, in the shape of hand-read reports' files of truth."""
    report = document.report
    stated = {
        "title": report.title,
        "published": report.published.isoformat() if report.published else None,
        "index_number": report.index_number,
    }
    return {
        "document": document.name,
        "layout": document.layout,
        "state": document.state,
        "format": report.edition,
        "year": report.year,
        "agency": report.body.name,
        **{field: None if field in document.unstated else value for field, value in stated.items()},
        "cells": {cell: number(value) for cell, value in report.cells.items()},
        "ambiguous": sorted(document.ambiguous),
        "inferred": sorted(document.inferred),
        "missing": sorted(document.missing),
        "claims": [{"kind": s.kind, "value": number(s.value), "part": s.part} for s in report.statements],
        "broken": list(broken_identities(report.edition, report.cells)),
        "mistakes": [m.as_dict() for m in report.mistakes],
    }


def pages(count: int, seed: int, kilobytes: tuple[int, int] = (60, 200)) -> Iterator[Document]:
    """Web pages of a given size (menus, scripts, styles around the report), for measuring speed."""
    for place in range(count):
        rng = Random(f"{seed}/page/{place}")
        report = make_report(rng, rng.choice((2022, 2023, 2024)))
        text = page(
            report, rng, article(report, plain_paragraph, plain_table), kilobytes=rng.randint(*kilobytes)
        )
        name = f"{report.body.unit_id}_{report.year}_{place:06d}.html"
        yield Document(name, text.encode(), "text/html", "page", report)
