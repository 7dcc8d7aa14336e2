"""``gipa report``: the offices' files written again from what is stored; PDF and a note of handing over on demand."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from gipa_pipeline.commands.places import open_chain

if TYPE_CHECKING:
    from gipa_pipeline.stages import Chain


def report(
    registry: Path | None,
    data: Path | None,
    year: int | None,
    environ: Mapping[str, str],
    *,
    pdf: bool,
    handed: bool = False,
) -> int:
    """Write and name the files of every office; a browser that is wanted and missing is told first.

    Args:
        registry: its folder.
        data: the data folder.
        year: one year only.
        environ: where the places are told otherwise.
        pdf: also print the pages.
        handed: note that the offices have these reports, so that the next ones tell what changed since.

    Raises:
        NoPdf: no browser, or it did not print.
    """
    from gipa_pipeline.report.pdf import NoPdf, find_browser
    from gipa_pipeline.report.write import PAGE
    from gipa_pipeline.stages import years_of
    from gipa_pipeline.validate.tolerance import ToleranceExceeded

    chain = open_chain(registry, data, environ)
    pages: list[tuple[Path, date | None]] = []
    for one in years_of(chain.registry, year):
        # What was decided since the last run has to be in the sums as well as in the list of findings.
        with contextlib.suppress(ToleranceExceeded):
            chain.aggregate(one)
        files = chain.report(one).files
        for path in files:
            print(path)
        if handed:
            _note(chain, one)
        if not pdf:
            continue
        if find_browser() is None:
            raise NoPdf("the pages are written, but there is no Chromium or Chrome here to print them with")
        day = _day(chain, one)
        pages += [(path, day) for path in files if path.name == PAGE]
    _print(chain, pages)
    return 0


def _note(chain: Chain, year: int) -> None:
    from gipa_pipeline.report.facts import load_facts
    from gipa_pipeline.report.handed import remember
    from gipa_pipeline.report.view import office_view

    facts = replace(load_facts(chain.store, chain.registry, chain.settings, year), document=None)
    for office in chain.registry.offices_in(year):
        noted = remember(chain.store, office_view(facts, office), chain.clock())
        print(f"{year} {office}: " + ("noted as handed over" if noted else "this version was noted before"))


def _day(chain: Chain, year: int) -> date | None:
    looked = chain.store.read_frame("normalized", year, "reports", ["first_fetched"])[
        "first_fetched"
    ].dropna()
    return max(looked, default=None)


_BROWSERS_AT_ONCE = 2
"""A browser takes some 300 MB and waits most of the time."""


def _print(chain: Chain, pages: Sequence[tuple[Path, date | None]]) -> None:
    """Print the pages, some at once, and name each PDF in the order of the pages."""
    from concurrent.futures import ThreadPoolExecutor

    from gipa_pipeline.report.pdf import page_to_pdf
    from gipa_pipeline.report.write import PRINTED

    with ThreadPoolExecutor(_BROWSERS_AT_ONCE) as pool:
        for (page, _), made in zip(pages, pool.map(lambda one: page_to_pdf(*one), pages), strict=True):
            out = page.with_name(PRINTED)
            chain.store.write_file(out, made)
            print(out)
