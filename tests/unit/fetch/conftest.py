"""A real web server on loopback, and a registry that points at it."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from aiohttp import web

from gipa_pipeline.fetch import archive, collect
from gipa_pipeline.registry import Registry, Source, Unit
from gipa_pipeline.settings import FetchSettings, Settings
from gipa_pipeline.store import Store

REPORT = "<html><body><h1>2023年政府信息公开工作年度报告</h1></body></html>"
YEAR = 2023


class Site:
    """Pages by path; each is a function of the request and of how often the path was asked before."""

    def __init__(self) -> None:
        self.pages: dict[str, Callable[[web.Request, int], Any]] = {}
        self.asked: list[str] = []
        self.headers: dict[str, list[Any]] = defaultdict(list)
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.port = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def count(self, path: str) -> int:
        return self.asked.count(path)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = web.Server(self._answer, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "0.0.0.0", 0).start()  # noqa: S104 - several loopback addresses
        self.port = runner.addresses[0][1]
        self._ready.set()
        await self._over.wait()
        await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path, host = request.raw_path, request.host
        before = self.count(path)
        self.asked.append(path)
        self.headers[path].append(request.headers)
        self.now[host] += 1
        self.now["all"] += 1
        for name in (host, "all"):
            self.most[name] = max(self.most[name], self.now[name])
        try:
            page = self.pages.get(path)
            if page is None:
                return web.Response(status=404)
            answer = page(request, before)
            return await answer if inspect.isawaitable(answer) else answer
        finally:
            self.now[host] -= 1
            self.now["all"] -= 1


class Office:
    """One office with its store: collects, with a clock that goes on a day for each run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "registry"
        self.folder.mkdir()
        self.store = Store(folder / "data")
        self.sources: list[Source] = []
        self.fetch = FetchSettings(
            pace_seconds=0, retries=2, allow_private=True, connect_timeout=2, total_timeout=5
        )
        self.hosts = ["127.0.0.1"]
        self.now = datetime(2024, 2, 1, 8, 0, tzinfo=UTC)
        self.waits: list[float] = []

    def add(self, url: str, unit_id: str | None = None) -> str:
        unit_id = unit_id or f"u{len(self.sources)}"
        self.sources.append(Source(unit_id, YEAR, url, len(self.sources) + 2))
        return unit_id

    def registry(self) -> Registry:
        ids = dict.fromkeys(s.unit_id for s in self.sources)
        units = {u: Unit(u, u, "city", "department", "", None, "", "") for u in ids}
        hosts = {h: Unit(h, h, "city", "department", "", None, h, "") for h in self.hosts}
        return Registry(self.folder, units | hosts, tuple(self.sources), Settings(fetch=self.fetch))

    def set(self, **changes: Any) -> None:
        self.fetch = replace(self.fetch, **changes)

    def collect(self, **options: Any) -> pd.DataFrame:
        async def sleep(seconds: float) -> None:
            self.waits.append(seconds)
            await asyncio.sleep(0)

        registry = self.registry()
        options = {"clock": lambda: self.now, "sleep": sleep, "jitter": lambda: 0.5} | options
        try:
            return collect(registry, self.store, registry.settings, YEAR, **options)
        finally:
            self.now += timedelta(days=1)

    def rows(self, **options: Any) -> list[archive.Retrieval]:
        return archive.from_frame(self.collect(**options))

    def row(self, **options: Any) -> archive.Retrieval:
        (row,) = self.rows(**options)
        return row

    def objects(self) -> list[str]:
        folder = self.store.root / "raw" / "objects"
        return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.start()
    yield site
    site.stop()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)
