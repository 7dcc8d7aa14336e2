"""What is known of every source: each retrieval's outcome, and which versions of a document there are.

The frame ``fetches`` has one row for a source and document; a changed page adds a row and keeps the old one.
While a run goes on its outcomes stand in a journal, one line each, so that a killed run loses none of them.
"""

from __future__ import annotations

import json
import logging
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gipa_pipeline.errors import StoreError
from gipa_pipeline.registry import Registry
from gipa_pipeline.store import Store, digest_of
from gipa_pipeline.store_files import to_pandas

if TYPE_CHECKING:
    import pandas as pd

STORED, UNCHANGED = "stored", "unchanged"
FAILURES = (
    "not_found",
    "gone",
    "refused",
    "too_large",
    "timeout",
    "unreachable",
    "server_error",
    "robots",
    "blocked",
    "redirected_out",
    "not_allowed",
    "bad_source",
    "empty",
)
OUTCOMES = (STORED, UNCHANGED, *FAILURES)
"""How a retrieval ended.

``stored``: a document that is new or has changed. ``unchanged``: the one known already. ``not_found``,
``gone``: the place answers that nothing is there. ``refused``: any other refusal (401, 403, 429…).
``too_large``, ``empty``: no usable body. ``timeout``, ``unreachable``, ``server_error``: the host's or the
network's trouble. ``robots``: the host asks not to be crawled. ``blocked``: a challenge that only a browser
passes. ``redirected_out``: led to a host outside the registry. ``not_allowed``: a host, port or address that
must not be called. ``bad_source``: the registry names something that is no report file or address.
"""

ATTACHED_TO = "attached-to"
"""Among a file's headers: the address of the listed page that links to it."""
JOURNAL = "_journal.jsonl"
_REQUIRED = ("unit_id", "year", "url", "outcome", "last_checked", "attempts")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """One row of ``fetches``: what came of a source, for one document or for its last failure.

    Moments have a zone. ``bytes`` counts the decompressed body; ``attempts`` the requests that were needed;
    ``headers`` is JSON; ``tls`` is ``strict`` or ``legacy-unverified``.
    """

    unit_id: str
    year: int
    url: str
    outcome: str
    status: int | None
    media_type: str | None
    sha256: str | None
    bytes: int | None
    first_fetched: datetime | None
    last_checked: datetime
    attempts: int
    final_url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    headers: str | None = None
    tls: str | None = None
    message: str | None = None

    @property
    def source(self) -> tuple[str, int, str]:
        """Unit, year and address: what the registry lists."""
        return self.unit_id, self.year, self.url

    @property
    def listed_as(self) -> tuple[str, int, str]:
        """The source in the registry that this comes from: its own, or that of the page it is attached to."""
        page = json.loads(self.headers).get(ATTACHED_TO) if self.headers else None
        return self.unit_id, self.year, page or self.url


def schema() -> Any:
    """The columns of ``fetches`` as a ``pyarrow.Schema``."""
    import pyarrow as pa

    moment, text = pa.timestamp("us", tz="UTC"), pa.string()
    kinds = {"year": pa.int16(), "status": pa.int16(), "bytes": pa.int64(), "attempts": pa.int16()}
    kinds |= {"first_fetched": moment, "last_checked": moment}
    return pa.schema([(f.name, kinds.get(f.name, text)) for f in fields(Retrieval)])


def fold(retrievals: Iterable[Retrieval]) -> list[Retrieval]:
    """The rows of ``fetches`` from retrievals and earlier rows, in any order and however often repeated.

    A document's row has the time it was first seen and all else from the last time; a failure's row stays
    until the source gives a document again. No document's row is ever dropped.
    """
    of_source: dict[tuple[str, int, str], list[Retrieval]] = defaultdict(list)
    for retrieval in retrievals:
        of_source[retrieval.source].append(retrieval)
    rows: list[Retrieval] = []
    for found in of_source.values():
        versions: dict[str | None, list[Retrieval]] = defaultdict(list)
        for retrieval in found:
            versions[retrieval.sha256].append(retrieval)
        failures = versions.pop(None, [])
        documents = [
            replace(max(of, key=_rank), first_fetched=min(r.first_fetched or r.last_checked for r in of))
            for of in versions.values()
        ]
        rows += documents
        if failures:
            last = max(failures, key=_rank)
            if all(last.last_checked > document.last_checked for document in documents):
                rows.append(last)
    return sorted(
        rows,
        key=lambda r: (*r.source, r.first_fetched is None, r.first_fetched or r.last_checked, r.sha256 or ""),
    )


def _rank(retrieval: Retrieval) -> tuple[datetime, str]:
    """Later is greater; of equal moments one is taken by content, so that the order of arrival cannot show."""
    plain = replace(retrieval, first_fetched=None)
    return retrieval.last_checked, repr(plain)


def latest_documents(rows: Iterable[Retrieval]) -> dict[tuple[str, int, str], Retrieval]:
    """For each source the document it gave last, which is what it publishes now."""
    latest: dict[tuple[str, int, str], Retrieval] = {}
    for row in rows:
        if row.sha256 is None:
            continue
        other = latest.get(row.source)
        if other is None or (row.last_checked, row.sha256) > (other.last_checked, other.sha256 or ""):
            latest[row.source] = row
    return latest


def current_documents(registry: Registry, fetches: pd.DataFrame) -> pd.DataFrame:
    """Every document of the listed sources, with two columns added to those of ``fetches``.

    ``published_now`` is true for the version that its address gave last. ``current`` is true for one
    document of each unit and year: of those published now the one first fetched on the latest day, and of
    several from one day the one whose source is listed last, since corrections are added below.
    """
    import pandas as pd
    import pyarrow as pa

    from gipa_pipeline.calendar import day_of

    listed = {(s.unit_id, s.year, s.url): at for at, s in enumerate(registry.sources)}
    rows = [row for row in from_frame(fetches) if row.sha256 is not None and row.listed_as in listed]
    now = latest_documents(rows)
    chosen: dict[tuple[str, int], Retrieval] = {}
    for row in sorted(
        now.values(), key=lambda r: (day_of(r.first_fetched or r.last_checked), listed[r.listed_as])
    ):
        chosen[row.unit_id, row.year] = row
    frame = to_frame(rows)
    flags = pd.ArrowDtype(pa.bool_())
    frame["published_now"] = pd.Series([now[r.source] is r for r in rows], dtype=flags)
    frame["current"] = pd.Series([chosen[r.unit_id, r.year] is r for r in rows], dtype=flags)
    return frame


def state_digest(fetches: pd.DataFrame) -> str:
    """A digest of what was found, without the times of checking: it stays when a run brought nothing new.

    Which version a source shows now is part of it: a page may go back to what it was before.
    """
    rows = fold(from_frame(fetches))
    now = latest_documents(rows)
    return digest_of(
        [
            [
                *(*r.source, STORED if r.sha256 else r.outcome, r.media_type, r.sha256),
                *(str(r.first_fetched or ""), now.get(r.source) is r),
            ]
            for r in rows
        ]
    )


def to_frame(rows: Iterable[Retrieval]) -> pd.DataFrame:
    """Rows as a frame, in the types that the store reads."""
    return to_pandas(_table(rows))


def from_frame(frame: pd.DataFrame) -> list[Retrieval]:
    """A frame's rows."""
    import pyarrow as pa

    names = schema().names
    table = pa.Table.from_pandas(frame[names], schema=schema(), preserve_index=False)
    return [Retrieval(**row) for row in table.to_pylist()]


def _table(rows: Iterable[Retrieval]) -> Any:
    import pyarrow as pa

    return pa.Table.from_pylist([asdict(row) for row in rows], schema=schema())


class Archive:
    """The retrievals of one year: those on file and those of the run that goes on."""

    def __init__(self, store: Store, year: int) -> None:
        self._store, self._year = store, year
        self._path = store.folder("raw", year) / JOURNAL
        self.rows = self._filed()
        self.journal = list(_journal(self._path))

    def _filed(self) -> list[Retrieval]:
        if not self._store.has_frame("raw", self._year, "fetches"):
            return []
        try:
            table = self._store.read_table("raw", self._year, "fetches", schema().names)
        except StoreError as error:
            # The sources are asked again and the documents still lie under their hashes; what is lost is
            # when each was first seen.
            _log.warning("%s Starting a new history of this year's sources.", error)
            return []
        return [Retrieval(**row) for row in table.to_pylist()]

    def known(self) -> Mapping[tuple[str, int, str], Retrieval]:
        """For each source the document it gave last."""
        return latest_documents([*self.rows, *self.journal])

    @contextmanager
    def writing(self) -> Iterator[JournalWriter]:
        """Open the journal for further retrievals."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            # A killed run may have left half a line; a new one must not be glued to it.
            file.seek(0, os.SEEK_END)
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    file.write(b"\n")
            yield JournalWriter(file, self.journal)

    def close(self) -> pd.DataFrame:
        """Fold the journal into ``fetches``, then remove it; stopping in between does no harm."""
        rows = fold([*self.rows, *self.journal])
        self._store.write_frame("raw", self._year, "fetches", _table(rows), schema())
        self._path.unlink(missing_ok=True)
        return to_frame(rows)


class JournalWriter:
    """The journal while it is open."""

    def __init__(self, file: Any, journal: list[Retrieval]) -> None:
        self._file, self._journal = file, journal

    def add(self, retrieval: Retrieval, *, durable: bool = True) -> None:
        """Note a retrieval; when this returns (and ``durable``), it survives a power cut."""
        self._file.write(_line(retrieval))
        self._file.flush()
        if durable:
            os.fsync(self._file.fileno())
        self._journal.append(retrieval)


def _line(retrieval: Retrieval) -> bytes:
    values = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(retrieval).items()
        if value is not None
    }
    return (json.dumps(values, ensure_ascii=True) + "\n").encode()


def _journal(path: Path) -> Iterator[Retrieval]:
    """A journal's whole lines; a line that was cut off is left out, its source is asked again."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    optional = dict.fromkeys((f.name for f in fields(Retrieval) if f.name not in _REQUIRED), None)
    for number, line in enumerate(lines, start=1):
        try:
            values = json.loads(line)
            moments = {
                n: datetime.fromisoformat(values[n]) for n in ("first_fetched", "last_checked") if n in values
            }
            retrieval = Retrieval(**{**optional, **values, **moments})
        except (ValueError, TypeError):
            if line:
                _log.warning("%s: line %d is cut off; its source is fetched again", path, number)
            continue
        yield retrieval
