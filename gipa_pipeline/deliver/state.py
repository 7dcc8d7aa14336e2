"""The outbox's record (发件记录): a file that only grows, one line an event, each on the disk before work goes on.

``handing`` is written before a mail's content goes out and ``sent`` after the server has taken it. A record
that ends in ``handing`` means that nobody knows whether the server has it: such a mail is not sent again by
itself. ``failed`` and ``refused`` are sure not to have been taken, and may be tried again.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gipa_pipeline import store_lock
from gipa_pipeline.errors import GipaError, StoreError

EVENTS = ("handing", "sent", "failed", "refused", "again", "torn")
NAME = "sent.jsonl"


class RecordDamaged(GipaError):
    """A record of which a line cannot be read; nothing is sent on its word."""


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Outbox]:
    """The outbox of a folder, for one process at a time.

    Its lock is its own: a notice of a failed run need not wait for the run that holds the data.

    Raises:
        StoreError: another process holds it, or the folder cannot be made.
        RecordDamaged: the record cannot be read.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made ({error.strerror}).") from error
    with store_lock.hold(folder / ".lock"):
        yield Outbox(folder / NAME)


class Outbox:
    """What became of each parcel; made by :func:`opened`."""

    def __init__(self, path: Path) -> None:
        """Read the record.

        Raises:
            RecordDamaged: a line other than the last, or one that was marked as torn, cannot be read.
        """
        self.path = path
        self._last: dict[str, str] = {}
        self._vain: dict[str, tuple[int, datetime]] = {}
        data = path.read_bytes() if path.is_file() else b""
        lines = data.split(b"\n")
        self._torn = lines.pop() != b""
        previous: Mapping[str, Any] | None = {}
        for number, line in enumerate(lines, 1):
            entry = _entry(line)
            if previous is None and (entry is None or entry["event"] != "torn"):
                raise RecordDamaged(
                    f"{path}, line {number - 1}: not readable. Put back the file from a backup; without it a report"
                    " could be sent twice."
                )
            if entry is not None and entry["event"] != "torn":
                self._know(entry["event"], entry["key"], datetime.fromisoformat(entry["at"]))
            previous = entry
        if previous is None:
            raise RecordDamaged(f"{path}, line {len(lines)}: not readable. Put back the file from a backup.")

    def state(self, key: str) -> str | None:
        """``sent``, ``unknown``, ``failed``, ``refused``, ``again``, or None for a parcel never tried."""
        last = self._last.get(key)
        return "unknown" if last == "handing" else last

    def vain(self, key: str) -> tuple[int, datetime] | None:
        """How often a parcel was handed over in vain, and when last; None for one that never was."""
        return self._vain.get(key)

    def _know(self, event: str, key: str, when: datetime) -> None:
        self._last[key] = event
        if event in ("failed", "refused"):
            self._vain[key] = (self._vain.get(key, (0, when))[0] + 1, when)

    def note(self, event: str, key: str, when: datetime, **more: Any) -> None:
        """Append an event and wait until the disk has it."""
        if event not in EVENTS:
            raise ValueError(f"no event: {event!r}")
        lines = b""
        if self._torn:
            # A line that a crash cut off stays, marked as such; what it was to say had not yet been acted on.
            lines = b"\n" + _line({"event": "torn", "key": ""})
            self._torn = False
        lines += _line({"event": event, "key": key, "at": when.isoformat(timespec="seconds"), **more})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        self._know(event, key, when)


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if (
        not isinstance(entry, dict)
        or entry.get("event") not in EVENTS
        or not isinstance(entry.get("key"), str)
    ):
        return None
    try:
        if entry["event"] != "torn":
            datetime.fromisoformat(entry["at"])
    except (KeyError, TypeError, ValueError):
        return None
    return entry
