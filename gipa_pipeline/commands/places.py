"""Where the registry and the data lie, from options, environment and the current folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gipa_pipeline.stages import Chain

REGISTRY, DATA = "GIPA_REGISTRY", "GIPA_DATA"


def registry_folder(option: Path | None, environ: Mapping[str, str]) -> Path:
    """The registry to use: as told, else from the environment, else ``./registry``, else the bundled sample."""
    from gipa_pipeline.samples import sample_registry

    if option is not None:
        return option
    if environ.get(REGISTRY):
        return Path(environ[REGISTRY])
    here = Path("registry")
    return here if (here / "units.csv").is_file() else sample_registry()


def data_folder(option: Path | None, environ: Mapping[str, str]) -> Path:
    """The data folder to use: as told, else from the environment, else ``./data``."""
    return option if option is not None else Path(environ.get(DATA) or "data")


def open_chain(registry: Path | None, data: Path | None, environ: Mapping[str, str]) -> Chain:
    """Settings, registry and store, ready to run.

    Raises:
        SettingsError, RegistryError: with every problem, its file, row and column.
    """
    from gipa_pipeline.registry import load_registry
    from gipa_pipeline.settings import load_settings
    from gipa_pipeline.store import Store

    folder = registry_folder(registry, environ)
    settings = load_settings(folder, environ)
    return Chain(load_registry(folder, settings), settings, Store(data_folder(data, environ)))
