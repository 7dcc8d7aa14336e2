"""What holds for every test: no network beyond this machine, no Dagster home from outside, steady data."""

from __future__ import annotations

import ipaddress
import os
import socket

import hypothesis
import pytest

os.environ.pop("DAGSTER_HOME", None)

hypothesis.settings.register_profile("house", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("house")


def _stays_here(address: object) -> bool:
    if not isinstance(address, tuple):  # a socket file
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return address[0] == "localhost"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that reaches for another machine, instead of letting it hang or pass by luck."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if not _stays_here(address):
            raise AssertionError(f"a test tried to connect to {address!r}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
