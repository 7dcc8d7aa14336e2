"""Sources that are files beside the registry: read within bounds, never from outside its folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path


class FileRefused(Exception):
    """A file that cannot be taken; ``outcome`` as in ``archive.OUTCOMES``."""

    def __init__(self, outcome: str, message: str) -> None:
        self.outcome = outcome
        super().__init__(message)


def read_file(folder: Path, name: str, max_bytes: int) -> bytes:
    """The bytes of a file in the registry folder.

    Args:
        folder: the registry folder.
        name: relative, with ``/``; links are followed as long as they stay in the folder.
        max_bytes: the most that is read.

    Raises:
        FileRefused: ``not_found``, ``empty``, ``too_large``, or ``bad_source`` for what is no regular
            file in the folder.
    """
    try:
        root = folder.resolve()
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            raise FileRefused("bad_source", f"{name} leads out of the registry folder")
        # Opening a pipe would wait for a writer: ask what it is first, and again once it is open.
        _regular(path.stat().st_mode, name)
        with path.open("rb") as file:
            _regular(os.fstat(file.fileno()).st_mode, name)
            data = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise FileRefused("not_found", f"there is no file {name} beside the registry") from None
    except (OSError, RuntimeError, ValueError) as error:
        raise FileRefused("bad_source", f"{name} cannot be read ({error})") from error
    if len(data) > max_bytes:
        raise FileRefused("too_large", f"{name} is larger than {max_bytes} bytes")
    if not data:
        raise FileRefused("empty", f"{name} is empty")
    return data


def _regular(mode: int, name: str) -> None:
    if not stat.S_ISREG(mode):
        raise FileRefused("bad_source", f"{name} is no regular file")
