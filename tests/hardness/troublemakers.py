"""Readers that misbehave, for the tests of the worker processes; a new process must be able to import them."""

from __future__ import annotations

import os
import time

from gipa_pipeline.extract.record import failed
from gipa_pipeline.model import Reading


def by_content(data: bytes, name: str, *, max_bytes: int) -> Reading:
    """Do what the document says: hang, die, eat memory, recurse without end, or be read."""
    order = data.decode()
    if order == "hang":
        time.sleep(600)
    if order == "die":
        os._exit(7)
    if order == "eat":
        raise MemoryError
    if order == "recurse":
        return by_content(data, name, max_bytes=max_bytes)
    if order == "stumble":
        raise ZeroDivisionError
    return failed(order, "empty", f"{name} {max_bytes}")
