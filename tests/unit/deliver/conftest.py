"""A mail server on loopback that answers as told, and a county whose reports are written."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from gipa_pipeline.registry import Registry
from gipa_pipeline.report import write_office_reports
from gipa_pipeline.settings import MailSettings, ReportSettings, Settings
from gipa_pipeline.store import Store
from tests.unit.aggregate.scene import Scene, store_of, unit

NEW = "t3.new.total"


@dataclass
class Server:
    """What arrived, and how the next mails are answered: an SMTP reply, ``drop``, ``sleep`` or None (taken)."""

    rcpt: list[str | None] = field(default_factory=list)
    data: list[str | None] = field(default_factory=list)
    arrived: list[Any] = field(default_factory=list)
    port: int = 0

    open: int = 0

    def idle(self) -> None:
        """Wait until nobody is connected any more: what a dead client has sent is then dealt with."""
        for _ in range(500):
            if self.open == 0:
                return
            time.sleep(0.01)
        raise AssertionError("a connection stays open")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = await self._answer(server, self.rcpt)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await self._answer(server, self.data)
        if answer is None or answer == "dropped":
            self.arrived.append(envelope)
        return answer if answer and answer != "dropped" else "250 taken"

    async def _answer(self, server: Any, answers: list[str | None]) -> str | None:
        answer = answers.pop(0) if answers else None
        if answer == "sleep":
            await asyncio.sleep(1.5)
        if answer == "drop":
            server.transport.abort()
            return "dropped"
        return answer


class Counting(Controller):
    """Tells its handler how many are connected."""

    def factory(self) -> SMTP:
        made, server = super().factory(), self.handler

        class Session(type(made)):  # type: ignore[misc]
            def connection_made(self, transport: Any) -> None:
                server.open += 1
                super().connection_made(transport)

            def connection_lost(self, error: Any) -> None:
                server.open -= 1
                super().connection_lost(error)

        made.__class__ = Session
        return made


@contextlib.contextmanager
def serving(**options: Any) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(port=port)
    controller = Counting(server, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def settings(server: Server) -> Settings:
    mail = MailSettings(host="127.0.0.1", port=server.port, tls="none", timeout_seconds=0.5)
    return Settings(report=ReportSettings(sender="gipa@example.cn"), mail=mail)


@pytest.fixture
def county() -> Scene:
    made = Scene([unit("office", "某县人民政府办公室"), unit("finance", "某县财政局", office="office")])
    made.units[0] = replace(made.units[0], contact_email="gk@office.example.cn")
    return made.report("office", {NEW: 3}).report("finance", {NEW: 4}).find("finance", "R01", [NEW])


@pytest.fixture
def written(county: Scene, tmp_path: Path) -> Callable[..., tuple[Store, Registry]]:
    def write(**office: Any) -> tuple[Store, Registry]:
        county.units[0] = replace(county.units[0], **office)
        store = store_of(county, tmp_path)
        write_office_reports(store, county.registry, Settings(), 2023)
        return store, county.registry

    return write
