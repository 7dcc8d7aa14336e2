"""Readers that misbehave, for the tests of the worker processes; a new process must be able to import them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from gipa_pipeline.extract.record import failed
from gipa_pipeline.model import Reading


def by_content(
    data: bytes, name: str, *, max_bytes: int, on_page: Callable[[], None] | None = None
) -> Reading:
    """Do what the document says: hang, spin, tell its time, die, eat memory, recurse without end, or be read."""
    order = data.decode()
    if order == "hang":
        time.sleep(600)
    while order == "spin":
        pass
    if order == "clock" and on_page is not None:
        before = signal.getitimer(signal.ITIMER_PROF)[0]
        on_page()
        return failed(order, "empty", f"{round(before)} {signal.getitimer(signal.ITIMER_PROF)[0]:g}")
    if order == "die":
        os._exit(7)
    if order == "eat":
        raise MemoryError
    if order == "recurse":
        return by_content(data, name, max_bytes=max_bytes)
    if order == "stumble":
        raise ZeroDivisionError
    return failed(order, "empty", f"{name} {max_bytes}")
