"""Reading documents in worker processes that can be lost without losing the run (读取进程).

A document that hangs or kills its reader costs its own row, not the others'. What a document says is not
looked at here.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from gipa_pipeline.extract.record import failed, from_json, to_json
from gipa_pipeline.model import Reading

MEMORY = 3 * 1024**3
"""Address space of a worker; a document that needs more is hostile or broken."""
_RETIRE_AFTER = 500
"""A worker is replaced after so many documents, so that no library's leak adds up."""


@dataclass(frozen=True, slots=True)
class Job:
    """A document to read: its hash, where its bytes lie, and its name for messages."""

    sha256: str
    path: str
    name: str


class _Worker:
    def __init__(self, context: Any, max_bytes: int) -> None:
        self.pipe, child = context.Pipe()
        self.process = context.Process(target=_serve, args=(child, max_bytes), daemon=True)
        self.process.start()
        child.close()
        self.job: Job | None = None
        self.deadline = 0.0
        self.done = 0

    def give(self, job: Job, timeout: float) -> None:
        self.job, self.deadline = job, time.monotonic() + timeout
        self.pipe.send((job.sha256, job.path, job.name))

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _serve(pipe: Connection, max_bytes: int) -> None:
    """A worker's life: read what it is told to, answer with JSON."""
    from gipa_pipeline.extract.reading import read_document

    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.setrecursionlimit(3000)
    while True:
        try:
            sha256, path, name = pipe.recv()
        except EOFError:
            return
        data = Path(path).read_bytes()
        try:
            answer = to_json(read_document(data, name, max_bytes=max_bytes))
        except MemoryError:
            answer = to_json(failed(sha256, "too_large", f"{name} needs more memory than a reader may use"))
        except RecursionError:
            answer = to_json(failed(sha256, "broken", f"{name} is nested too deeply"))
        pipe.send(answer)


def read_all(
    jobs: Iterable[Job], *, workers: int = 0, timeout: float = 60.0, max_bytes: int
) -> Iterator[tuple[Job, Reading]]:
    """Read documents in parallel; readings come as they are done.

    Args:
        jobs: what to read, taken one by one as workers are free.
        workers: how many processes; 0 for one a processor.
        timeout: seconds a document may take before its worker is ended.
        max_bytes: larger documents are refused.

    Yields:
        Every job once, with its reading or with one that says why there is none (``timeout``, ``crashed``).
    """
    context = multiprocessing.get_context("spawn")
    waiting = iter(jobs)
    pool: list[_Worker] = []
    limit = workers or os.cpu_count() or 1
    following: Job | None = next(waiting, None)
    try:
        while following is not None or any(w.job for w in pool):
            for worker in [w for w in pool if w.job is None]:
                if following is None:
                    break
                worker.give(following, timeout)
                following = next(waiting, None)
            while following is not None and len(pool) < limit:
                pool.append(_Worker(context, max_bytes))
                pool[-1].give(following, timeout)
                following = next(waiting, None)
            yield from _answers(pool, context, max_bytes)
    finally:
        for worker in pool:
            worker.end()


def _answers(pool: list[_Worker], context: Any, max_bytes: int) -> Iterator[tuple[Job, Reading]]:
    """What has come in until the first answer or the nearest deadline."""
    busy = {worker.pipe: (worker, worker.job) for worker in pool if worker.job is not None}
    nearest = min(worker.deadline for worker, _ in busy.values())
    answered = wait(list(busy), timeout=max(0.0, nearest - time.monotonic()) + 0.05)
    for pipe, (worker, job) in busy.items():
        if pipe in answered:
            reading = _received(worker)
            worker.job = None
            worker.done += 1
            if reading is None or worker.done >= _RETIRE_AFTER:
                _replace(pool, worker, context, max_bytes)
            why = f"reading {job.name} ended its process; nothing was read from it"
            yield job, reading or failed(job.sha256, "crashed", why)
        elif worker.deadline < time.monotonic() and not pipe.poll():
            _replace(pool, worker, context, max_bytes)
            why = f"reading {job.name} took too long (extract.timeout_seconds)"
            yield job, failed(job.sha256, "timeout", why)


def _received(worker: _Worker) -> Reading | None:
    """A worker's answer; None when its process is gone."""
    try:
        return from_json(worker.pipe.recv())
    except (EOFError, ConnectionError):
        return None


def _replace(pool: list[_Worker], worker: _Worker, context: Any, max_bytes: int) -> None:
    worker.end()
    pool[pool.index(worker)] = _Worker(context, max_bytes)
