"""``gipa export``: the published figures as open data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gipa_pipeline.commands.places import open_chain


def export_data(
    registry: Path | None, data: Path | None, out: Path | None, environ: Mapping[str, str]
) -> int:
    """Write the open data of every year that was run; names the description and the rows."""
    from gipa_pipeline.errors import StoreError
    from gipa_pipeline.opendata import export
    from gipa_pipeline.stages import years_of

    chain = open_chain(registry, data, environ)
    years = [y for y in years_of(chain.registry) if chain.store.has_frame("aggregated", y, "consolidated")]
    if not years:
        raise StoreError(f"{chain.store.root}: no year has been added up yet. Run: gipa run.")
    made = export(chain.store, chain.registry, years, out or chain.store.root / "opendata")
    print(made.files[-1])
    rows = ", ".join(f"{name} {count}" for name, count in made.rows.items())
    print(f"{rows}{'' if made.changed else ' (unchanged)'}")
    return 0
