"""``gipa report``: the offices' files written again from what is stored, with PDF when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gipa_pipeline.commands.places import open_chain

if TYPE_CHECKING:
    from gipa_pipeline.stages import Chain


def report(
    registry: Path | None, data: Path | None, year: int | None, environ: Mapping[str, str], *, pdf: bool
) -> int:
    """Write and name the files of every office; a browser that is wanted and missing is told first.

    Raises:
        NoPdf: no browser, or it did not print.
    """
    from gipa_pipeline.report.pdf import NoPdf, find_browser
    from gipa_pipeline.stages import years_of

    chain = open_chain(registry, data, environ)
    for one in years_of(chain.registry, year):
        files = chain.report(one).files
        for path in files:
            print(path)
        if not pdf:
            continue
        if find_browser() is None:
            raise NoPdf("the pages are written, but there is no Chromium or Chrome here to print them with")
        for path in files:
            if path.suffix == ".html":
                print(_printed(chain, path, one))
    return 0


def _printed(chain: Chain, page: Path, year: int) -> Path:
    from gipa_pipeline.report.pdf import page_to_pdf
    from gipa_pipeline.report.write import PRINTED

    looked = chain.store.read_frame("normalized", year, "reports", ["first_fetched"])[
        "first_fetched"
    ].dropna()
    out = page.with_name(PRINTED)
    chain.store.write_file(out, page_to_pdf(page, max(looked, default=None)))
    return out
