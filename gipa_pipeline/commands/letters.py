"""``gipa letters``: a letter to every unit that has something to correct or to look at again (核对更正通知)."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gipa_pipeline.calendar import CHINA, Clock, system_clock
from gipa_pipeline.commands.places import open_chain

if TYPE_CHECKING:
    from gipa_pipeline.stages import Chain


def letters(
    registry: Path | None,
    data: Path | None,
    environ: Mapping[str, str],
    *,
    office: str | None,
    year: int | None,
    unit: str | None,
    new_template: Path | None,
    sent: bool = False,
    clock: Clock = system_clock,
) -> int:
    """Write the letters and name them; with ``new_template`` only a template to change.

    With ``sent`` it goes on record that they were sent: every finding in them that is still open.

    Returns:
        0; 2 for an office or unit that is not in the registry, or a file that is there already.
    """
    from gipa_pipeline.report.letter import default_template, write_letters
    from gipa_pipeline.stages import years_of

    if new_template is not None:
        return _new_template(new_template, default_template())
    chain = open_chain(registry, data, environ)
    known = chain.registry.offices()
    if office is not None and office not in known:
        print(f"gipa letters: no office {office!r}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    if unit is not None and unit not in chain.registry.units:
        print(f"gipa letters: no unit {unit!r} in units.csv", file=sys.stderr)
        return 2
    if unit is not None:
        office = chain.registry.office_of(unit)
    for one in years_of(chain.registry, year):
        written, own = write_letters(
            chain.store, chain.registry, chain.settings, one,
            offices=known if office is None else (office,), unit=unit,
        )  # fmt: skip
        for path in written:
            print(path)
        print(f"{one}: {len(written)} letter(s)" if written else f"{one}: nothing to write about")
        if sent and written:
            wanted = known if office is None else (office,)
            noted = _note(chain, one, wanted, unit, clock)
            print(f"{one}: {noted} finding(s) noted as sent; gipa report renews the pages")
        if own:
            print(f"{one}: the office's own reports are told on its page only: {', '.join(own)}")
    return 0


def _note(chain: Chain, year: int, offices: Sequence[str], unit: str | None, clock: Clock) -> int:
    """Put on record that the letters went out; how many findings that is new of."""
    from gipa_pipeline.ledger import Decision, append, restate
    from gipa_pipeline.report.letter import told_findings

    told = told_findings(chain.store, chain.registry, chain.settings, year, offices, unit)
    now = clock().astimezone(CHINA).isoformat(timespec="microseconds")
    person = getpass.getuser()
    # What a unit has answered already is not overwritten.
    new = [Decision(f.finding_id, now, person, "sent") for f in told if f.state == "open"]
    append(chain.store, *new)
    restate(chain.store, year)
    return len(new)


def _new_template(path: Path, template: bytes) -> int:
    try:
        with path.open("xb") as file:
            file.write(template)
    except FileExistsError:
        print(f"gipa letters: {path} is there already; name another file", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"gipa letters: {path} cannot be written ({error.strerror})", file=sys.stderr)
        return 2
    print(path)
    return 0
