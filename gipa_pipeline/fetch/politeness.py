"""How often and whether a host is asked (礼貌采集): one request at a time and host, a pause, and robots.txt."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gipa_pipeline.fetch.answers import REDIRECTS, Answer, Stop

Sleep = Callable[[float], Awaitable[None]]
MAX_CRAWL_DELAY = 60.0
"""A longer Crawl-delay is taken for a mistake, and this much is waited."""
ROBOTS_BYTES = 500 * 1024
ROBOTS_SECONDS = 24 * 3600


@dataclass(slots=True)
class _Host:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_time: float = 0.0
    pace: float = 0.0


class Turns:
    """Who may send a request now: one at a time for a host, with a pause after it, and so many in all."""

    def __init__(self, pace: float, concurrency: int, sleep: Sleep) -> None:
        self._pace, self._sleep = pace, sleep
        self._all = asyncio.Semaphore(concurrency)
        self._hosts: dict[str, _Host] = defaultdict(_Host)

    @asynccontextmanager
    async def of(self, url: str) -> AsyncIterator[None]:
        """Wait for the turn of an address's host, and hold it."""
        host = self._hosts[urlsplit(url).hostname or ""]
        clock = asyncio.get_running_loop().time
        async with host.turn:
            # The pause is waited before one of the few places is taken, not while holding it.
            if (wait := host.next_time - clock()) > 0:
                await self._sleep(wait)
            try:
                async with self._all:
                    yield
            finally:
                host.next_time = clock() + max(self._pace, host.pace)

    def slow_down(self, url: str, pace: float) -> None:
        """Keep at least this pause for a host from now on."""
        self._hosts[urlsplit(url).hostname or ""].pace = min(pace, MAX_CRAWL_DELAY)


class Robots:
    """The wishes of hosts (robots.txt, RFC 9309), asked once a run and day.

    A host that has none (4xx) or one that cannot be followed allows everything. One whose robots.txt fails
    (5xx, no answer) is not crawled now.
    """

    def __init__(self, ask: Callable[[str], Awaitable[Answer]], turns: Turns, agent: str) -> None:
        self._ask, self._turns, self._agent = ask, turns, agent
        self._known: dict[str, tuple[float, Callable[[str], bool] | Stop]] = {}
        self._asking: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def admit(self, url: str) -> None:
        """Return when a page may be fetched.

        Raises:
            Stop: ``robots`` when the host forbids it or cannot say, else what befell the host.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        async with self._asking[origin]:
            until, rules = self._known.get(origin, (0.0, None))
            now = asyncio.get_running_loop().time()
            if rules is None or now >= until:
                rules = await self._rules(origin)
                self._known[origin] = (now + ROBOTS_SECONDS, rules)
        if isinstance(rules, Stop):
            # A new one each time: callers add to it what befell their page.
            raise Stop(rules.outcome, str(rules), answer=rules.answer, host_down=rules.host_down)
        if not rules(url):
            raise Stop("robots", f"{origin}/robots.txt asks not to fetch this page")

    async def _rules(self, origin: str) -> Callable[[str], bool] | Stop:
        from protego import Protego

        try:
            answer = await self._ask(f"{origin}/robots.txt")
        except Stop as stop:
            # Led elsewhere or in a circle: as good as none. No answer at all: the page would get none either.
            return _everything if stop.outcome in ("redirected_out", "not_allowed", "too_large") else stop
        if answer.status in REDIRECTS or (400 <= answer.status < 500 and answer.status != 429):
            return _everything
        if answer.status != 200:
            return Stop(
                "robots",
                f"{origin}/robots.txt answers with status {answer.status}: not crawled now",
                host_down=True,
            )
        text = answer.body[:ROBOTS_BYTES].decode("utf-8", "replace")
        rules = Protego.parse(text.removeprefix("\ufeff"))
        if (delay := rules.crawl_delay(self._agent)) is not None:
            self._turns.slow_down(origin, float(delay))
        return lambda url: bool(rules.can_fetch(url, self._agent))


def _everything(_: str) -> bool:
    return True
