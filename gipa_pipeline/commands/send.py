"""``gipa send``: the offices' reports by mail; without ``--really`` only drafts to look at."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from gipa_pipeline.commands.places import open_chain


def send(
    registry: Path | None,
    data: Path | None,
    environ: Mapping[str, str],
    *,
    office: str | None,
    year: int | None,
    really: bool,
    again: Sequence[str],
) -> int:
    """One line a report; 0 when nothing is left to do, 1 when something was not delivered, 2 for wrong use."""
    from gipa_pipeline.deliver import deliver
    from gipa_pipeline.stages import years_of

    chain = open_chain(registry, data, environ)
    if office is not None and office not in chain.registry.offices():
        print(
            f"gipa send: no office {office!r}; there are {', '.join(chain.registry.offices())}",
            file=sys.stderr,
        )
        return 2
    # The newest year unless told: nobody wants the mails of all years at once.
    years = years_of(chain.registry, year)[-1:]
    for one in years:
        chain.report(one)
    left = drafts = 0
    for done in deliver(
        chain.store,
        chain.registry,
        chain.settings,
        years,
        now=chain.clock,
        office=office,
        really=really,
        again=again,
    ):
        print(f"{done.year}  {done.office_id}: {done.outcome.replace('_', ' ')}  {done.detail}", flush=True)
        left += not done.good
        drafts += done.outcome == "draft"
    if not really:
        print("Nothing was sent." + (" Look at the drafts, then: gipa send --really" if drafts else ""))
    return 1 if left else 0
