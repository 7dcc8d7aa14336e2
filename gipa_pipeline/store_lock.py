"""One writer to a data folder at a time, on Linux, macOS and Windows.

The lock is the operating system's and goes with the process, so that a killed run leaves nothing to clear.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from gipa_pipeline.errors import StoreError

_OFFSET = 1 << 20
"""Windows locks bytes against reading too: lock one that lies behind the note of who holds it."""

_guard = threading.Lock()
_held: dict[Path, tuple[int, int]] = {}
"""Each lock file held by this process: its handle, and how many holds there are."""


@contextlib.contextmanager
def hold(path: Path) -> Iterator[bool]:
    """Hold the lock file; gives whether this is the only hold of this process.

    Raises:
        StoreError: another process holds it.
    """
    path = path.resolve()
    with _guard:
        handle, count = _held.get(path) or (_open(path), 0)
        _held[path] = (handle, count + 1)
    try:
        yield count == 0
    finally:
        with _guard:
            handle, count = _held.pop(path)
            if count > 1:
                _held[path] = (handle, count - 1)
            else:
                _close(handle)


def _open(path: Path) -> int:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"{path}: cannot be opened for writing ({error.strerror}).") from error
    try:
        _lock(handle)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            os.close(handle)
            raise StoreError(f"{path}: the file system gives no locks ({error.strerror}).") from error
        holder = os.pread(handle, 200, 0) if hasattr(os, "pread") else os.read(handle, 200)
        os.close(handle)
        name = holder.decode("utf-8", "replace").strip() or "another process"
        raise StoreError(
            f"{path.parent}: the data folder is in use by {name}. Wait until it has ended, or end it."
        ) from None
    os.ftruncate(handle, 0)
    os.write(handle, f"process {os.getpid()}".encode())
    return handle


def _close(handle: int) -> None:
    # The file stays: removing it could take away a lock that another process has just been given.
    os.ftruncate(handle, 0)
    _unlock(handle)
    os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, _OFFSET, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

    def _unlock(handle: int) -> None:
        os.lseek(handle, _OFFSET, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(handle: int) -> None:
        # Closing would not do: worker processes that were forked meanwhile have the handle too.
        fcntl.flock(handle, fcntl.LOCK_UN)
