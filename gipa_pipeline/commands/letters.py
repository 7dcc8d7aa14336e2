"""``gipa letters``: a letter to every unit that has something to correct or to look at again (核对更正通知)."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from gipa_pipeline.commands.places import open_chain


def letters(
    registry: Path | None,
    data: Path | None,
    environ: Mapping[str, str],
    *,
    office: str | None,
    year: int | None,
    unit: str | None,
    new_template: Path | None,
) -> int:
    """Write the letters and name them; with ``new_template`` only a template to change.

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
        if own:
            print(f"{one}: the office's own reports are told on its page only: {', '.join(own)}")
    return 0


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
