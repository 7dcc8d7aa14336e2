"""Asking a host for a page: one exchange, attempts again after passing trouble, redirects within the registry.

Nothing is kept here; ``collect`` decides what to ask and what becomes of the answer.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urldefrag, urljoin

from gipa_pipeline.calendar import Clock
from gipa_pipeline.fetch import guard
from gipa_pipeline.fetch.answers import REDIRECTS, TRANSIENT, Answer, Stop, judge
from gipa_pipeline.fetch.politeness import Robots, Sleep, Turns
from gipa_pipeline.settings import FetchSettings

MAX_REDIRECTS = 5
MAX_WAIT = 120.0
"""A host that asks for a longer wait (Retry-After) is left until the next run."""
FAILURE_BYTES = 64 * 1024
"""How much of an answer that brings no document is read, to see what it is."""
_RESERVED = "%:/?#[]@!$&'()*+,;="


@dataclass(slots=True)
class Tally:
    """How many attempts a retrieval has needed; kept outside it so that it is known after a failure too."""

    attempts: int = 1


class Client:
    """An asynchronous collector; use it as a context manager.

    Args:
        settings: pace, limits and permissions.
        hosts: whom it may call.
        clock: the present moment, for dates in Retry-After.
        sleep: waits so many seconds.
        jitter: gives a number from 0 to 1 by which waits are spread.
    """

    def __init__(
        self,
        settings: FetchSettings,
        hosts: guard.Hosts,
        *,
        clock: Clock,
        sleep: Sleep,
        jitter: Callable[[], float],
    ) -> None:
        self._settings, self._hosts = settings, hosts
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._turns = Turns(settings.pace_seconds, settings.concurrency, sleep)
        self._robots = Robots(self._ask_robots, self._turns, settings.user_agent)
        self._legacy: set[str] = set()

    async def __aenter__(self) -> Self:
        import aiohttp

        settings = self._settings
        self._strict_tls, self._legacy_tls = _strict_context(), _legacy_context()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=settings.concurrency,
                socket_factory=guard.socket_factory(settings.allow_private),
                ttl_dns_cache=300,
            ),
            timeout=aiohttp.ClientTimeout(
                total=settings.total_timeout, sock_connect=settings.connect_timeout
            ),
            # gzip and deflate only, whatever else is installed: an answer must not depend on that.
            headers={"User-Agent": settings.user_agent, "Accept-Encoding": "gzip, deflate"},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def retrieve(self, url: str, conditions: Mapping[str, str], at: str | None, tally: Tally) -> Answer:
        """Fetch a page: an answer with a document, or with status 304 when ``conditions`` were given.

        Args:
            url: http or https.
            conditions: headers such as If-None-Match from the last time.
            at: the address at which those hold, after redirects.
            tally: counts the attempts.

        Raises:
            Stop: no document; says why.
        """
        url, seen = urldefrag(url).url, set[str]()
        for hop in range(MAX_REDIRECTS + 1):
            if refusal := self._hosts.refusal(url):
                raise Stop("redirected_out" if hop else "not_allowed", refusal)
            headers = conditions if url == at else {}
            try:
                if self._settings.robots:
                    await self._robots.admit(url)
                answer = await self._patiently(url, headers, self._settings.max_bytes, tally)
            except Stop as stop:
                if hop:  # it befell another page, maybe of another host
                    stop.host_down = False
                    stop.outcome = "redirected_out" if stop.outcome == "not_allowed" else stop.outcome
                raise
            if answer.status == 304 and headers:
                return answer
            if answer.status not in REDIRECTS:
                return judge(answer)
            seen.add(url)
            url = _target(answer)
            if url in seen:
                # The same page again but for a cookie: a challenge, not a mistake of the host.
                if "set-cookie" in answer.headers:
                    raise Stop(
                        "blocked", f"asks for a cookie by redirecting to {url}", answer=answer, host_down=True
                    )
                raise Stop("server_error", f"redirects in a circle to {url}", answer=answer)
        raise Stop("server_error", f"redirects more than {MAX_REDIRECTS} times, last to {url}", answer=answer)

    async def _ask_robots(self, url: str) -> Answer:
        for _ in range(MAX_REDIRECTS + 1):
            if refusal := self._hosts.refusal(url):
                raise Stop("redirected_out", refusal)
            answer = await self._patiently(url, {}, FAILURE_BYTES * 8, Tally())
            if answer.status not in REDIRECTS:
                break
            url = _target(answer)
        return answer

    async def _patiently(self, url: str, headers: Mapping[str, str], limit: int, tally: Tally) -> Answer:
        """One answer; passing trouble is tried again after growing waits."""
        for left in range(self._settings.retries, -1, -1):
            wait = 2.0 ** (self._settings.retries - left) * (0.5 + self._jitter())
            try:
                answer = await self._exchange(url, headers, limit)
            except Stop as stop:
                if not stop.again or not left:
                    raise
            else:
                wait = max(wait, _retry_after(answer, self._clock()) or 0.0)
                if answer.status not in TRANSIENT or not left or wait > MAX_WAIT:
                    return answer
            tally.attempts += 1
            await self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    async def _exchange(self, url: str, headers: Mapping[str, str], limit: int) -> Answer:
        """One request, and once more with outdated TLS where that is permitted."""
        import aiohttp

        async with self._turns.of(url):
            host = url.split("/", 3)[2]
            try:
                return await self._request(url, headers, limit, legacy=host in self._legacy)
            except aiohttp.ClientSSLError as error:
                if not self._settings.allow_legacy_tls or host in self._legacy:
                    raise Stop(
                        "unreachable", f"no trusted TLS connection ({error})", host_down=True
                    ) from error
                self._legacy.add(host)
            return await self._request(url, headers, limit, legacy=True)

    async def _request(self, url: str, headers: Mapping[str, str], limit: int, *, legacy: bool) -> Answer:
        import aiohttp

        tls = ("legacy-unverified" if legacy else "strict") if url.startswith("https:") else None
        context = self._legacy_tls if legacy else self._strict_tls
        try:
            async with self._session.get(
                url, headers=headers, allow_redirects=False, ssl=context
            ) as response:
                names = {name.lower(): response.headers[name] for name in response.headers}
                answer = Answer(url, response.status, names, b"", tls)
                if response.status in REDIRECTS or response.status == 304:
                    return answer
                bring = 200 <= response.status < 300
                body = await _body(response, limit if bring else FAILURE_BYTES, answer if bring else None)
                return Answer(url, response.status, names, body, tls)
        except aiohttp.ClientSSLError:
            if not legacy:
                raise
            raise Stop("unreachable", "no TLS connection, not even an outdated one", host_down=True) from None
        except TimeoutError as error:
            raise Stop(
                "timeout", f"no answer in time ({str(error) or 'total'})", again=True, host_down=True
            ) from error
        except aiohttp.ClientConnectorDNSError as error:
            again = error.os_error.errno == socket.EAI_AGAIN
            raise Stop("unreachable", f"name not found ({error})", again=again, host_down=True) from error
        except aiohttp.ClientConnectorError as error:
            if error.os_error.errno == errno.EACCES and guard.PRIVATE in str(error.os_error):
                raise Stop("not_allowed", str(error.os_error.strerror), host_down=True) from error
            raise Stop("unreachable", f"no connection ({error})", again=True, host_down=True) from error
        except aiohttp.InvalidURL as error:
            raise Stop("bad_source", f"no address ({error})") from error
        except aiohttp.ClientResponseError as error:
            raise Stop("server_error", f"an answer that is not HTTP ({error.message})") from error
        except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError) as error:
            raise Stop(
                "unreachable", f"connection broke off ({str(error) or type(error).__name__})", again=True
            ) from error


async def _body(response: Any, limit: int, document: Answer | None) -> bytes:
    """The body up to a limit; beyond it a document is refused, anything else is cut."""
    declared = response.content_length if "Content-Encoding" not in response.headers else None
    body = bytearray()
    if document is None or declared is None or declared <= limit:
        async for chunk in response.content.iter_chunked(64 * 1024):
            body += chunk
            if len(body) > limit:
                break
        else:
            return bytes(body)
    if document is None:
        return bytes(body[:limit])
    raise Stop("too_large", f"more than {limit} bytes", answer=document)


def _target(answer: Answer) -> str:
    location = answer.headers.get("location", "")
    if not location.isascii():
        # Bytes of whatever encoding the host uses in its paths: escaped as they are.
        location = quote(location.encode("utf-8", "surrogateescape"), safe=_RESERVED)
    try:
        target = urldefrag(urljoin(answer.url, location)).url if location else ""
    except ValueError:  # brackets that are no address
        target = ""
    if not target:
        raise Stop("server_error", f"redirects nowhere ({location[:200]!r})", answer=answer)
    return target


def _retry_after(answer: Answer, now: datetime) -> float | None:
    """The wait in seconds that an answer asks for, in either of the two notations."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _strict_context() -> ssl.SSLContext:
    """The usual checks, and the same ones on every Python: from 3.13 on the default wants more of a chain."""
    context = ssl.create_default_context()
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _legacy_context() -> ssl.SSLContext:
    """What outdated hosts need: TLS 1.0, small keys, old renegotiation, and no trust in what they say."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context


async def pause(seconds: float) -> None:
    """The wait used outside tests."""
    await asyncio.sleep(seconds)
