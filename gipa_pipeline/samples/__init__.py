"""The sample registry: invented units under two offices, two report years, every layout, planted mistakes.

It is what ``gipa run`` works on when no registry is named. Places, bodies, codes and hosts are invented;
the region codes begin with 99 and the hosts end in ``.example``, which nobody can own.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

_FOLDER = "registry"


def sample_registry() -> Path:
    """The folder of the sample registry, in a checkout as in an installed wheel.

    Raises:
        FileNotFoundError: the package was installed without its data, or lies in a zip archive.
    """
    folder = resources.files(__package__) / _FOLDER
    path = Path(str(folder))
    if not path.is_dir():
        raise FileNotFoundError(
            f"the sample registry is not at {path}: install the package as a folder, not as an archive"
        )
    return path
