"""``gipa run``: the whole chain without a scheduler, with progress, a summary and the paths to open."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from gipa_pipeline.commands.places import open_chain
from gipa_pipeline.ledger.accepted import record
from gipa_pipeline.registry import SOURCES
from gipa_pipeline.stages import Chain, Step, years_of
from gipa_pipeline.validate.tolerance import ToleranceExceeded


def run(
    registry: Path | None,
    data: Path | None,
    year: int | None,
    *,
    offline: bool,
    environ: Mapping[str, str],
    accept: Sequence[str] = (),
    reason: str = "",
) -> int:
    """Run every stage for every year wanted; returns the exit code.

    It is 1 when a year could not be added up, and 2 for a year that the registry names no source of.

    Args:
        registry: its folder, by default as in :func:`registry_folder`.
        data: the data folder, likewise.
        year: one year only.
        offline: ask no host.
        environ: the environment.
        accept: tolerance rules that shall not stop this run; goes on record with the reason.
        reason: why.

    Raises:
        GipaError: the registry, the settings or the data folder cannot be used.
    """
    chain = open_chain(registry, data, environ)
    years = years_of(chain.registry, year)
    if not years:
        print(f"{chain.registry.folder}: sources.csv names no report yet; add a row for each unit and year")
        return 0
    if year is not None and not chain.registry.sources_of(year):
        # Made of nothing, a year would be a table of gaps, though nobody has looked for its reports.
        named = ", ".join(map(str, chain.registry.years())) or "none"
        print(
            f"gipa run: {chain.registry.folder / SOURCES} names no source for {year}; it names {named}. --year is the "
            "year that the reports are about, not the one they are published in.",
            file=sys.stderr,
        )
        return 2
    print(f"registry {chain.registry.folder}, data {chain.store.root}, years {', '.join(map(str, years))}")
    steps: list[Step] = []
    stopped: list[ToleranceExceeded] = []
    with chain.store.lock():
        if accept:
            record(chain.store, accept, reason, years)
        for each in years:
            steps.append(_told(chain.fetch(each, offline=offline, progress=_Line(f"{each} fetch"))))
            steps.append(_told(chain.extract(each, progress=_Line(f"{each} extract"))))
            steps.append(_told(chain.normalize(each)))
        # Each year is checked against the one before it, so all are tidy before the first is checked.
        for each in years:
            steps.append(_told(chain.validate(each)))
            try:
                steps += [_told(chain.aggregate(each, accept)), _told(chain.report(each))]
            except ToleranceExceeded as error:
                stopped.append(error)
        # The database holds every year, whichever was run: a year told must not take the others away.
        there = [y for y in chain.registry.years() if chain.store.has_frame("normalized", y, "reports")]
        steps.append(_told(chain.publish(sorted({*there, *years}))))
    _summary(chain, years, steps)
    for beyond in stopped:
        print(f"gipa run: {beyond}", file=sys.stderr)
    return 1 if stopped else 0


class _Line:
    """Progress on one line of a terminal; silent when the output is no terminal or the work is short."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.shown = sys.stderr.isatty()

    def __call__(self, done: int, total: int, name: str) -> None:
        """Show how far the work is."""
        if self.shown and total > 1:
            end = "\n" if done == total else ""
            print(f"\r\x1b[K{self.title} {done}/{total} {name[-60:]}", end=end, file=sys.stderr, flush=True)


def _told(step: Step) -> Step:
    what = ", ".join(f"{name} {count}" for name, count in step.rows.items())
    state = "" if step.changed else "  (unchanged)"
    print(f"{step.year or 'all years'} {step.stage:<11}{what}{state}")
    return step


def _summary(chain: Chain, years: Sequence[int], steps: list[Step]) -> None:
    print()
    if not any(step.changed for step in steps):
        print("Nothing has changed since the last run; no file was rewritten.\n")
    for each in years:
        for line in chain.summary(each):
            print(line)
    files = [path for step in steps for path in step.files]
    pages = [p for p in files if p.suffix == ".html" and p.parent.name in chain.registry.units]
    print("\nOffice reports (each with its workbook beside it):")
    for path in pages:
        print(f"  {path}")
    if doubts := [p for p in files if p.name == "operator.html"]:
        print("For the operator alone, to be looked at:")
        for path in doubts:
            print(f"  {path}")
    for path in files:
        if path.suffix == ".duckdb":
            print(f"Published database:\n  {path}")
