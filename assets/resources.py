"""What assets need from outside: a registry and a data folder, and DuckDB for the one database.

Nothing is read when this is imported. Places that are left empty are looked up when a run asks for them, as
the command line does: ``GIPA_REGISTRY`` and ``GIPA_DATA``, then ``./registry`` and ``./data``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import dagster as dg
import duckdb
from dagster_duckdb import DuckDBResource
from pydantic import Field

from gipa_pipeline.commands.places import data_folder, open_chain, registry_folder
from gipa_pipeline.settings import Settings, load_settings
from gipa_pipeline.stages import Chain


class ChainResource(dg.ConfigurableResource):
    """The chain on a registry and a data folder (名录与数据目录)."""

    registry: str = Field(
        default="",
        description="Folder with units.csv and sources.csv. Empty: GIPA_REGISTRY, ./registry, else the sample.",
    )
    data: str = Field(default="", description="Data folder. Empty: GIPA_DATA, else ./data.")

    def open(self) -> Chain:
        """The chain, with the registry and the settings as they are now.

        Raises:
            RegistryError, SettingsError: with every problem found.
        """
        registry = Path(self.registry) if self.registry else None
        data = Path(self.data) if self.data else None
        return open_chain(registry, data, os.environ)


def settings_and_data(resource: ChainResource) -> tuple[Settings, Path]:
    """The settings and the data folder, without the registry's tables.

    Raises:
        SettingsError: the settings cannot be used.
    """
    registry = registry_folder(Path(resource.registry) if resource.registry else None, os.environ)
    data = data_folder(Path(resource.data) if resource.data else None, os.environ)
    return load_settings(registry, os.environ), data


class DatabaseResource(DuckDBResource):
    """dagster-duckdb's resource, opened on a file that takes the published one's place when it is whole."""

    database: str = ""

    @contextmanager
    def replacing(self, path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to an empty database; it is renamed to ``path`` if the block succeeds."""
        from gipa_pipeline.aggregate.publish import staged

        with staged(path) as temporary:
            resource = DuckDBResource(database=str(temporary), connection_config=self.connection_config)
            # The resource itself leaves the connection open when the block fails.
            with resource.get_connection() as connection, closing(connection):
                yield connection


def built_from(path: Path) -> str | None:
    """The digest of what a published database was built from; None without one, or for one of another make."""
    if not path.is_file():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            found = connection.execute("SELECT value FROM about WHERE item = 'inputs'").fetchone()
    except duckdb.Error:
        return None
    return None if found is None else str(found[0])
