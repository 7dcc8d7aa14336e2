"""The data folder (数据目录): raw bytes under their hash, frames between stages, and what was made of what.

Every file is written under a temporary name beside its place and renamed, so that a program that is killed
leaves the old file or the new one. Equal bytes are not written again. What a frame's columns mean is not
known here; a caller gives the arrow schema it wants kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gipa_pipeline import store_files, store_lock
from gipa_pipeline.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

STAGES: Mapping[str, str] = {
    "raw": "fetch",
    "readings": "extract",
    "extracted": "extract",
    "normalized": "normalize",
    "validated": "validate",
    "ledger": "validate",
    "aggregated": "aggregate",
    "reports": "report",
}
"""Each stage folder with the stage that fills it."""

OWN: Mapping[str, tuple[str, ...]] = {
    "reports": ("index.html", "operator.html", "consolidated.xlsx", "consolidated.docx", "tables.html")
}
"""Stage folders that people use too, with the names of the stage's files there. Letters and PDFs that were asked
for, and what a clerk puts beside them, are none of the stage's results: they must not make it look stale."""

RECORD = "_made.json"
_DAMAGED = ".damaged"


@dataclass(frozen=True, slots=True)
class Made:
    """What a stage's folder was made of: the digest of its inputs, the code version, its files' hashes."""

    inputs: str
    code_version: str
    outputs: Mapping[str, str]


class Store:
    """The data folder. Opening it does nothing; folders are made when something is written."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root).absolute()

    # Raw documents

    def put_bytes(self, data: bytes) -> str:
        """Keep a document's bytes and return their sha256; bytes already there are not written again."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.write_file(self.object_path(sha256), data)
        return sha256

    def get_bytes(self, sha256: str) -> bytes:
        """A document's bytes, checked against their hash.

        Raises:
            StoreError: not there, or damaged; a damaged file is set aside so that the next run fetches it anew.
        """
        path = self.object_path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise StoreError(
                f"{path}: this document is not in the store. Fetch it again: gipa run."
            ) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            aside = self._set_aside(path)
            raise StoreError(
                f"{path}: the bytes are not those that were stored (set aside as {aside.name}). "
                "Fetch the document again: gipa run."
            )
        return data

    def has(self, sha256: str) -> bool:
        """Whether a document is there; its bytes are not looked at."""
        return self.object_path(sha256).is_file()

    def intact(self, sha256: str) -> bool:
        """Whether a document is there with the right bytes; a damaged one is set aside."""
        try:
            self.get_bytes(sha256)
        except StoreError:
            return False
        return True

    def object_path(self, sha256: str) -> Path:
        """Where a document's bytes lie."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError(f"no sha256: {sha256!r}")
        return self.root / "raw" / "objects" / sha256[:2] / sha256

    # Frames and other files of a stage

    def folder(self, stage: str, year: int | None = None) -> Path:
        """A stage's folder, or its folder of one report year."""
        if stage not in STAGES:
            raise ValueError(f"no stage folder: {stage!r}")
        return self.root / stage if year is None else self.root / stage / str(year)

    def frame_path(self, stage: str, year: int | None, name: str) -> Path:
        """Where a frame lies."""
        return self.folder(stage, year) / f"{name}.parquet"

    def has_frame(self, stage: str, year: int | None, name: str) -> bool:
        """Whether a frame is there."""
        return self.frame_path(stage, year, name).is_file()

    def read_frame(
        self, stage: str, year: int | None, name: str, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """A frame with pandas' ``str`` for text and arrow types for all else, so that nulls stay what they are.

        Raises:
            StoreError: not there, damaged (then it is set aside), or without one of the ``columns``.
        """
        return store_files.to_pandas(self.read_table(stage, year, name, columns))

    def read_table(
        self, stage: str, year: int | None, name: str, columns: Sequence[str] | None = None
    ) -> Any:
        """A frame as a ``pyarrow.Table``; errors as in :meth:`read_frame`."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.frame_path(stage, year, name)
        data = self.read_file(path)
        try:
            file = pq.ParquetFile(pa.BufferReader(data))
            absent = [c for c in columns or () if c not in file.schema_arrow.names]
            table = None if absent else file.read(columns=None if columns is None else list(columns))
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(path, str(error).splitlines()[0]) from error
        if absent:
            raise StoreError(f"{path}: has no column {', '.join(absent)}. {_remedy(stage, year)}")
        return table

    def write_frame(
        self,
        stage: str,
        year: int | None,
        name: str,
        frame: Any,
        schema: Any = None,
        key: Sequence[str] = (),
    ) -> bool:
        """Write a frame; equal content gives equal bytes.

        Args:
            stage: the stage folder.
            year: the report year, or None for a frame over all years.
            name: the frame's name, without ending.
            frame: a pandas frame or a ``pyarrow.Table``; an index is not kept.
            schema: the ``pyarrow.Schema`` to keep (columns in this order), by default the frame's own.
            key: columns to sort the rows by.

        Returns:
            Whether the file changed.

        Raises:
            StoreError: the frame does not fit the schema.
        """
        return self.write_file(
            self.frame_path(stage, year, name), store_files.frame_bytes(frame, schema, key, name)
        )

    def read_text(self, stage: str, year: int | None, name: str) -> str:
        """A text file of a stage; ``name`` may hold folders (``office/index.html``)."""
        path = self.folder(stage, year) / name
        try:
            return self.read_file(path).decode("utf-8")
        except UnicodeDecodeError as error:
            raise self._damaged(path, f"not UTF-8 at byte {error.start}") from error

    def write_text(self, stage: str, year: int | None, name: str, text: str) -> bool:
        """Write a text file of a stage as UTF-8; returns whether it changed."""
        return self.write_file(self.folder(stage, year) / name, text.encode("utf-8"))

    def read_file(self, path: Path) -> bytes:
        """A file of the data folder.

        Raises:
            StoreError: not there; names the stage to run.
        """
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise StoreError(f"{path}: not made yet. {self._remedy_for(path)}") from None
        except OSError as error:
            raise StoreError(f"{path}: cannot be read ({error.strerror}).") from error

    def write_file(self, path: Path, data: bytes, *, durable: bool = True) -> bool:
        """Put a file in its place as a whole; returns whether it changed.

        Args:
            path: inside the data folder.
            data: the whole content.
            durable: wait until the disk has it. False suits caches, whose loss costs time only.

        Raises:
            StoreError: the disk is full, the folder is not writable, or another program holds the file open.
        """
        return store_files.write(path, data, durable=durable)

    # What was made of what

    def record(self, stage: str, year: int | None, inputs: str, code_version: str) -> Made:
        """Note what a stage's folder was made of; call it when all files are written."""
        made = Made(inputs, code_version, self._hashes(stage, year))
        text = json.dumps(
            {"inputs": made.inputs, "code_version": made.code_version, "outputs": made.outputs},
            ensure_ascii=False,
            indent=1,
            sort_keys=True,
        )
        self.write_text(stage, year, RECORD, text + "\n")
        return made

    def made(self, stage: str, year: int | None) -> Made | None:
        """What a stage's folder was made of; None when not noted, or when a file is no longer as noted."""
        try:
            data = json.loads((self.folder(stage, year) / RECORD).read_bytes())
            made = Made(str(data["inputs"]), str(data["code_version"]), dict(data["outputs"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None  # absent or damaged: the stage runs again, which is always right
        return made if made.outputs == self._hashes(stage, year) else None

    def is_current(self, stage: str, year: int | None, inputs: str, code_version: str) -> bool:
        """Whether a stage need not run: same inputs, same code, outputs intact."""
        made = self.made(stage, year)
        return made is not None and (made.inputs, made.code_version) == (inputs, code_version)

    def digest(self, stage: str, year: int | None) -> str:
        """A digest of a stage's files: the same content gives the same digest anywhere."""
        return digest_of(self._hashes(stage, year))

    def prune(self, stage: str, year: int | None, keep: Sequence[str]) -> tuple[str, ...]:
        """Remove a stage's files that are not in ``keep`` (names with ``/``); returns what was removed."""
        gone = tuple(name for name in self._names(stage, year) if name not in keep)
        for name in gone:
            (self.folder(stage, year) / name).unlink(missing_ok=True)
        return gone

    def _hashes(self, stage: str, year: int | None) -> dict[str, str]:
        folder = self.folder(stage, year)
        return {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in self._names(stage, year)
        }

    def _names(self, stage: str, year: int | None) -> list[str]:
        """The stage's own files; with no year, those directly in its folder."""
        folder = self.folder(stage, year)
        found = folder.glob("*") if year is None else folder.rglob("*")
        return sorted(
            path.relative_to(folder).as_posix()
            for path in found
            if path.is_file()
            and not path.name.startswith((".", "_"))
            and _DAMAGED not in path.name
            and path.name in OWN.get(stage, (path.name,))
        )

    # One writer

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the data folder for writing; may be nested. Leftovers of a killed writer are cleared away.

        Raises:
            StoreError: another process holds it (it is named), or the folder cannot be made.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self.root}: cannot be made ({error.strerror}).") from error
        with store_lock.hold(self.root / ".lock") as first:
            if first:
                store_files.clear_leftovers(self.root)
            yield

    # Damage

    def _set_aside(self, path: Path) -> Path:
        aside = path.with_name(path.name + _DAMAGED)
        with contextlib.suppress(FileNotFoundError):
            store_files.replace(path, aside)
        return aside

    def _damaged(self, path: Path, what: str) -> StoreError:
        aside = self._set_aside(path)
        return StoreError(f"{path}: damaged ({what}); set aside as {aside.name}. {self._remedy_for(path)}")

    def _remedy_for(self, path: Path) -> str:
        with contextlib.suppress(ValueError):
            stage, *rest = path.relative_to(self.root).parts
            return _remedy(stage, int(rest[0]) if rest and rest[0].isdigit() else None)
        return "Run: gipa run."


def digest_of(parts: object) -> str:
    """A digest of anything that JSON can hold, for input digests."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _remedy(stage: str, year: int | None) -> str:
    of = "" if year is None else f" --year {year}"
    return f"Run the stage {STAGES.get(stage, stage)}: gipa run{of}."
