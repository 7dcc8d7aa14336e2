"""Whom the collector may call (访问范围): hosts of the registry, web ports, public addresses.

Addresses are checked where the socket is made, after every look-up: a check of names, or of the resolver's
answers, is passed by literal addresses and by a name that resolves differently the second time.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from gipa_pipeline.registry_fields import ascii_host

PRIVATE = "is no public address"
"""Stands in the message of the error that a refused address raises."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Hosts:
    """The hosts that may be called. ``*.gd.gov.cn`` takes in every host below ``gd.gov.cn``; ``www.`` is optional."""

    def __init__(self, names: Iterable[str]) -> None:
        given = [name.strip().lower() for name in names]
        plain = (ascii_host(name) for name in given if not name.startswith("*."))
        below = (ascii_host(name[2:]) for name in given if name.startswith("*."))
        self._names = frozenset(_bare(name) for name in plain if name)
        self._below = tuple(f".{name}" for name in below if name)

    def refusal(self, url: str) -> str | None:
        """Why an address may not be called, or None when it may."""
        try:
            parts = urlsplit(url)
            host, port = ascii_host(parts.hostname or ""), parts.port
        except ValueError as error:
            return f"no address: {error}"
        if parts.scheme not in ("http", "https"):
            return f"scheme {parts.scheme!r} is not collected"
        if parts.username is not None or parts.password is not None:
            return "an address with a user name is not called"
        if not host:
            return f"no host name: {parts.hostname!r}"
        if port is not None and port not in (80, 443) and port < 1024:
            return f"port {port} is no web port"
        if _bare(host) in self._names or host.endswith(self._below):
            return None
        return f"host {host} stands neither in units.csv nor in fetch.allowed_hosts"


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, also when wrapped in an IPv6 one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_private)


def socket_factory(allow_private: bool) -> Callable[[tuple], socket.socket]:
    """A maker of sockets that refuses private, loopback, link-local and reserved addresses."""

    def make(info: tuple) -> socket.socket:
        family, kind, protocol, _, address = info
        if not allow_private and not is_public(address[0]):
            raise OSError(errno.EACCES, f"{address[0]} {PRIVATE}")
        return socket.socket(family, kind, protocol)

    return make
