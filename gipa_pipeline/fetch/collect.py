"""The fetch stage (采集): every source of a year asked once, every outcome kept at once.

A run that is killed goes on where it was: what stands in its journal is not asked again for a day.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gipa_pipeline.calendar import Clock, system_clock
from gipa_pipeline.extract.media.attachments import report_files
from gipa_pipeline.extract.media.page_pictures import bundle, table_pictures
from gipa_pipeline.fetch import files
from gipa_pipeline.fetch.answers import Answer, Stop, kept_headers
from gipa_pipeline.fetch.archive import ATTACHED_TO, STORED, UNCHANGED, Archive, JournalWriter, Retrieval
from gipa_pipeline.fetch.client import Client, Tally, pause
from gipa_pipeline.fetch.guard import Hosts
from gipa_pipeline.fetch.politeness import Sleep
from gipa_pipeline.fetch.sniff import media_type
from gipa_pipeline.registry import Registry, Source
from gipa_pipeline.settings import Settings
from gipa_pipeline.store import Store

if TYPE_CHECKING:
    import pandas as pd

RESUME_WITHIN = timedelta(hours=24)
"""How long an interrupted run's outcomes count as this run's."""
GIVE_UP_AFTER = 3
"""So many sources of a host in a row without any answer, and its others are left until the next run."""

PICTURES = "#pictures"
"""Added to a page's address for the page with the pictures of its tables."""

Progress = Callable[[int, int, Retrieval], None]
"""Called after each source: how many are done, how many there are, what came of this one."""


def collect(
    registry: Registry,
    store: Store,
    settings: Settings,
    year: int,
    *,
    clock: Clock = system_clock,
    progress: Progress | None = None,
    offline: bool = False,
    sleep: Sleep = pause,
    jitter: Callable[[], float] = random.random,
) -> pd.DataFrame:
    """Fetch the sources of a report year and write ``raw/<year>/fetches.parquet``.

    Pages are requested conditionally; one that has not changed makes no new document. A failure never takes
    away a document fetched before.

    Args:
        registry: units, sources and the folder of file sources.
        store: where documents and outcomes go; it is locked meanwhile.
        settings: its ``fetch`` part.
        year: the report year.
        clock: the present moment, with a zone.
        progress: told of each source.
        offline: take files only, leave addresses as they are known.
        sleep: waits so many seconds, without blocking.
        jitter: gives a number from 0 to 1 by which waits are spread.

    Returns:
        The frame written: a row for each source and document or last failure.

    Raises:
        StoreError: the data folder is in use or cannot be written.
    """
    with store.lock():
        archive = Archive(store, year)
        sources = registry.sources_of(year)
        with archive.writing() as journal:
            run = _Run(registry, store, settings, archive, journal, clock, progress)
            listed = [s for s in sources if s.is_file]
            pages = [] if offline else [s for s in sources if not s.is_file and not run.is_done(s)]
            run.total = len(listed) + len(pages)
            for source in listed:
                run.file(source)
            if pages:
                run.pages(pages, sleep, jitter)
        return archive.close()


def _attached(row: Retrieval, source: Source) -> Retrieval:
    """A row that belongs to a listed source's page."""
    headers = json.loads(row.headers or "{}") | {ATTACHED_TO: source.url}
    return replace(row, headers=json.dumps(headers, ensure_ascii=False, sort_keys=True))


class _Run:
    def __init__(
        self,
        registry: Registry,
        store: Store,
        settings: Settings,
        archive: Archive,
        journal: JournalWriter,
        clock: Clock,
        progress: Progress | None,
    ) -> None:
        self._registry, self._store, self._settings = registry, store, settings.fetch
        self._journal, self._clock, self._progress = journal, clock, progress
        self._known: Mapping[tuple[str, int, str], Retrieval] = archive.known()
        since = clock() - RESUME_WITHIN
        self._done = {r.source: r for r in archive.journal if r.last_checked > since}
        self._listed = {s.url for s in registry.sources}
        self.total = self._count = 0

    def is_done(self, source: Source) -> bool:
        """Whether an interrupted run has asked this source already and what it gave is still there."""
        found = self._done.get((source.unit_id, source.year, source.url))
        return found is not None and (found.sha256 is None or self._store.intact(found.sha256))

    def file(self, source: Source) -> None:
        try:
            data = files.read_file(self._registry.folder, source.url, self._settings.max_bytes)
        except files.FileRefused as refused:
            self._keep(self._row(source, refused.outcome, message=str(refused)), durable=False)
        else:
            self._keep(self._document(source, data, None), durable=False)

    def pages(self, sources: list[Source], sleep: Sleep, jitter: Callable[[], float]) -> None:
        """Ask all hosts at a time, and each host's pages one after another."""
        of_host: dict[str, list[Source]] = defaultdict(list)
        for source in sources:
            of_host[urlsplit(source.url).hostname or ""].append(source)
        hosts = Hosts([*self._registry.hosts(), *self._settings.allowed_hosts])

        async def run() -> None:
            client = Client(self._settings, hosts, clock=self._clock, sleep=sleep, jitter=jitter)
            async with client, asyncio.TaskGroup() as group:
                for of in of_host.values():
                    group.create_task(self._host(client, of))

        try:
            asyncio.run(run())
        except BaseExceptionGroup as group:
            # A full disk is one trouble, however many hosts met it.
            raise group.exceptions[0] from None

    async def _host(self, client: Client, sources: list[Source]) -> None:
        silent, verdict = 0, None
        for source in sources:
            if verdict is not None:
                message = f"not asked: {verdict}, as for other pages of this host"
                self._keep(self._row(source, verdict.outcome, attempts=0, message=message))
                continue
            try:
                row = await self._page(client, source)
                # Its attachments are kept first: a page that is on file is done, and all that hangs on it.
                await self._attachments(client, source, row)
                self._keep(row)
                silent = 0
            except Stop as stop:
                self._keep(self._failure(source, stop))
                silent = silent + 1 if stop.host_down else 0
                # A challenge, too many requests or a failing robots.txt hold for the whole host; silence may
                # be chance.
                if stop.host_down and (
                    stop.outcome in ("blocked", "refused", "robots") or silent >= GIVE_UP_AFTER
                ):
                    verdict = stop

    async def _attachments(self, client: Client, source: Source, page: Retrieval) -> None:
        """Fetch the report's files that a page without tables links to, as further documents of its source."""
        if page.sha256 is None or page.media_type != "text/html":
            return
        base = page.final_url or source.url
        data = self._store.get_bytes(page.sha256)
        offered = report_files(data, base, source.year)
        if not offered and (pictures := table_pictures(data, base)):
            await self._pictures(client, source, data, base, pictures)
        for url in offered:
            attached = Source(source.unit_id, source.year, url, source.row)
            if url in self._listed:
                continue
            self.total += 1
            try:
                row = await self._page(client, attached)
            except Stop as stop:
                row = self._failure(attached, stop)
            self._keep(_attached(row, source))

    async def _pictures(
        self, client: Client, source: Source, page: bytes, base: str, addresses: Sequence[str]
    ) -> None:
        """Fetch the pictures that stand for a page's tables, and keep page and pictures as one document.

        All or none: of a report with a picture missing, the missing table would look like the unit's fault.
        """
        whole = Source(source.unit_id, source.year, source.url + PICTURES, source.row)
        self.total += 1
        taken: list[tuple[str, bytes]] = []
        tally = Tally()
        room = self._settings.max_bytes - 2 * len(page)
        try:
            for url in addresses:
                if url.startswith(("http://", "https://")):
                    answer = await client.retrieve(url, {}, None, tally)
                    if media_type(answer.body).startswith("image/"):
                        taken.append((url, answer.body))
                        # In the archive three bytes are four signs and some line ends.
                        room -= 3 * len(answer.body) // 2
                if room < 0:
                    raise Stop("too_large", f"the page's pictures exceed {self._settings.max_bytes} bytes")
        except Stop as stop:
            stop.attempts = tally.attempts
            row = self._failure(whole, stop)
            row = replace(row, message=f"a picture that may be one of the page's tables: {row.message}"[:500])
        else:
            if not taken:
                self.total -= 1
                return
            row = self._document(whole, bundle(page, base, taken), None, tally.attempts)
        self._keep(_attached(row, source))

    async def _page(self, client: Client, source: Source) -> Retrieval:
        known = self._known.get((source.unit_id, source.year, source.url))
        if known is not None and not self._store.intact(known.sha256 or ""):
            known = None  # damaged or gone: ask for the whole page
        conditions = {}
        if known is not None and known.etag:
            conditions["If-None-Match"] = known.etag
        if known is not None and known.last_modified:
            conditions["If-Modified-Since"] = known.last_modified
        tally = Tally()
        try:
            answer = await client.retrieve(source.url, conditions, known.final_url if known else None, tally)
        except Stop as stop:
            stop.attempts = tally.attempts
            raise
        if answer.status == 304 and known is not None:
            now = self._clock()
            return replace(
                known,
                outcome=UNCHANGED,
                status=304,
                first_fetched=now,
                last_checked=now,
                attempts=tally.attempts,
                tls=answer.tls,
                message=None,
            )
        return self._document(source, answer.body, answer, tally.attempts)

    def _document(self, source: Source, data: bytes, answer: Answer | None, attempts: int = 1) -> Retrieval:
        known = self._known.get((source.unit_id, source.year, source.url))
        sha256 = self._store.put_bytes(data)
        outcome = UNCHANGED if known is not None and known.sha256 == sha256 else STORED
        row = self._row(source, outcome, attempts=attempts, answer=answer)
        declared = answer.headers.get("content-type") if answer else None
        return replace(
            row,
            sha256=sha256,
            bytes=len(data),
            media_type=media_type(data, declared),
            first_fetched=row.last_checked,
        )

    def _failure(self, source: Source, stop: Stop) -> Retrieval:
        return self._row(source, stop.outcome, attempts=stop.attempts, answer=stop.answer, message=str(stop))

    def _row(
        self,
        source: Source,
        outcome: str,
        *,
        attempts: int = 1,
        answer: Answer | None = None,
        message: str | None = None,
    ) -> Retrieval:
        headers = kept_headers(answer) if answer else {}
        return Retrieval(
            source.unit_id,
            source.year,
            source.url,
            outcome,
            status=answer.status if answer else None,
            media_type=None,
            sha256=None,
            bytes=None,
            first_fetched=None,
            last_checked=self._clock(),
            attempts=attempts,
            final_url=answer.url if answer else None,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            headers=json.dumps(headers, ensure_ascii=False, sort_keys=True) if answer else None,
            tls=answer.tls if answer else None,
            message=message[:500] if message else None,
        )

    def _keep(self, row: Retrieval, *, durable: bool = True) -> None:
        self._journal.add(row, durable=durable)
        self._count += 1
        if self._progress is not None:
            self._progress(self._count, self.total, row)
