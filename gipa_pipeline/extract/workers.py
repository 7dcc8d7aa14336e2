"""Reading documents in worker processes that can be lost without losing the run (读取进程).

A document that hangs or kills its reader costs its own row, not the others'. What a document says is not
looked at here.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path

from gipa_pipeline.extract.record import failed, from_json, to_json
from gipa_pipeline.model import Reading

MEMORY = 3 * 1024**3
"""Address space of a worker; a document that needs more is hostile or broken."""
PROCESSOR_SHARE = 6
"""A document may take a sixth of its time by the clock as processor time: 10 seconds of the usual 60. Ordinary ones
take tenths of a second; a library that has lost itself in a hostile file is ended wherever it is. Recognising pages
is bounded by the clock alone."""
_RETIRE_AFTER = 500
"""A worker is replaced after so many documents, so that no library's leak adds up."""

_READY = "ready"
_START = 60.0
"""Seconds a new process may take to come up on a busy machine."""


@dataclass(frozen=True, slots=True)
class Job:
    """A document to read: its hash, where its bytes lie, its name for messages, and the year wanted of several."""

    sha256: str
    path: str
    name: str
    year: int | None = None


Read = Callable[..., Reading]
"""Called like :func:`~gipa_pipeline.extract.reading.read_document`, with ``max_bytes`` and ``on_page``."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What every worker of a run is told: how to read, within what bounds."""

    timeout: float
    max_bytes: int
    read: Read | None


class _Worker:
    def __init__(self, plan: _Plan) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, child = context.Pipe()
        self.plan = plan
        self.process = context.Process(target=_serve, args=(child, plan), daemon=True)
        self.process.start()
        child.close()
        self.job: Job | None = None
        self.ready = False
        self.deadline = 0.0
        self.done = 0

    def give(self, job: Job) -> None:
        self.job = job
        self.deadline = time.monotonic() + self.plan.timeout + (0 if self.ready else _START)
        # A worker that is gone by now is noticed when its answer is waited for.
        with suppress(OSError):
            self.pipe.send((job.sha256, job.path, job.name, job.year))

    def begin(self) -> None:
        """The process is up: only from now on does time count against the document."""
        self.ready = True
        self.deadline = time.monotonic() + self.plan.timeout

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _serve(pipe: Connection, plan: _Plan) -> None:
    """A worker's life: read what it is told to, answer with JSON."""
    from gipa_pipeline.extract.reading import read_document

    def recognising() -> None:
        # Recognising a page takes seconds: each page done begins the document's time anew.
        _bound_processor_time(0.0)
        pipe.send(_READY)

    read = partial(plan.read or read_document, max_bytes=plan.max_bytes, on_page=recognising)
    _bound_memory()
    sys.setrecursionlimit(3000)
    pipe.send(_READY)
    while True:
        try:
            sha256, path, name, year = pipe.recv()
        except EOFError:
            return
        try:
            data = Path(path).read_bytes()
            _bound_processor_time(plan.timeout / PROCESSOR_SHARE)
            answer = to_json(read(data, name, year=year) if year else read(data, name))
        except FileNotFoundError:
            answer = to_json(failed(sha256, "not_found", f"{name} is no longer there"))
        except MemoryError:
            answer = to_json(failed(sha256, "too_large", f"{name} needs more memory than a reader may use"))
        except RecursionError:
            answer = to_json(failed(sha256, "broken", f"{name} is nested too deeply"))
        _bound_processor_time(0.0)
        pipe.send(answer)


def _bound_memory() -> None:
    """Bound what this process may hold, where the system can."""
    if sys.platform == "win32":
        return
    import resource

    # macOS knows the limit and refuses to set it.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _bound_processor_time(seconds: float) -> None:
    """End this process once it has worked so long, in whatever library it is; 0 for no bound.

    The signal is left to the system: a handler in Python would wait until the library comes back.
    """
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


def read_all(
    jobs: Iterable[Job], *, workers: int = 0, timeout: float = 60.0, max_bytes: int, read: Read | None = None
) -> Iterator[tuple[Job, Reading]]:
    """Read documents in parallel; readings come as they are done.

    Args:
        jobs: what to read, taken one by one as workers are free.
        workers: how many processes; 0 for one a processor.
        timeout: seconds a document may take before its worker is ended.
        max_bytes: larger documents are refused.
        read: what reads a document, a function that a new process can import; ``read_document`` if None.

    Yields:
        Every job once, with its reading or with one that says why there is none (``timeout``, ``crashed``).
    """
    plan = _Plan(timeout, max_bytes, read)
    waiting = iter(jobs)
    pool: list[_Worker] = []
    limit = workers or os.cpu_count() or 1
    following: Job | None = next(waiting, None)
    try:
        while following is not None or any(w.job for w in pool):
            for idle in [w for w in pool if w.job is None]:
                if following is None:
                    break
                worker = idle if idle.process.is_alive() else _replace(pool, idle)
                worker.give(following)
                following = next(waiting, None)
            while following is not None and len(pool) < limit:
                pool.append(_Worker(plan))
                pool[-1].give(following)
                following = next(waiting, None)
            yield from _answers(pool)
    finally:
        for worker in pool:
            worker.end()


def _answers(pool: list[_Worker]) -> Iterator[tuple[Job, Reading]]:
    """What has come in until the first answer or the nearest deadline."""
    busy = {worker.pipe: (worker, worker.job) for worker in pool if worker.job is not None}
    nearest = min(worker.deadline for worker, _ in busy.values())
    answered = wait(list(busy), timeout=max(0.0, nearest - time.monotonic()) + 0.05)
    for pipe, (worker, job) in busy.items():
        if pipe in answered:
            answer = _received(worker)
            if answer == _READY:
                worker.begin()
                continue
            worker.job = None
            worker.done += 1
            code = None
            if answer is None:
                worker.process.join(_GRACE)
                code = worker.process.exitcode
            if answer is None or worker.done >= _RETIRE_AFTER:
                _replace(pool, worker)
            reading = from_json(answer) if answer else None
            yield job, reading or _ended(job, code)
        elif worker.deadline < time.monotonic() and not pipe.poll():
            _replace(pool, worker)
            yield job, failed(job.sha256, "timeout", _TOO_LONG.format(job.name))


_TOO_LONG = "reading {} took too long (extract.timeout_seconds)"
_GRACE = 5.0
"""Seconds in which a process that closed its pipe comes to its end."""


def _ended(job: Job, code: int | None) -> Reading:
    """Why a worker is gone: out of its processor time, or by a defect of a library."""
    if sys.platform != "win32" and code == -signal.SIGPROF:
        return failed(job.sha256, "timeout", _TOO_LONG.format(job.name))
    how = f" (signal {-code})" if code is not None and code < 0 else ""
    why = f"reading {job.name} ended its process{how}; nothing was read from it"
    return failed(job.sha256, "crashed", why)


def _received(worker: _Worker) -> str | None:
    """What a worker says; None when its process is gone, be it in the middle of a message."""
    try:
        said: str = worker.pipe.recv()
    except (EOFError, OSError):
        return None
    return said


def _replace(pool: list[_Worker], worker: _Worker) -> _Worker:
    worker.end()
    fresh = pool[pool.index(worker)] = _Worker(worker.plan)
    return fresh
