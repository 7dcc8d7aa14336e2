"""Time, memory and the machine, measured so that figures can be compared."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROUNDS = 3


def seconds(
    works: Mapping[str, Callable[[Any], object]], things: Sequence[Any], rounds: int = ROUNDS
) -> dict[str, float]:
    """Processor seconds a thing that each work takes: the best of some rounds.

    Processor time, because the machine may have other work; all works in every round, so that a slow moment
    slows them all and their ratios hold.
    """
    best = dict.fromkeys(works, float("inf"))
    for work in works.values():  # what is loaded or cached on first use is no cost of a document
        work(things[0])
    for _ in range(rounds):
        for name, work in works.items():
            began = _spent()
            for thing in things:
                work(thing)
            best[name] = min(best[name], (_spent() - began) / len(things))
    return best


def _spent() -> float:
    """Processor seconds of this process and of the programs that it ran."""
    import resource

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def own_peak() -> int:
    """Bytes of memory that this process held at its highest."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def run(command: Sequence[str]) -> tuple[float, float, int, str]:
    """Run a program to its end.

    Returns:
        Wall seconds, processor seconds with its children's, the memory of its largest process in bytes, and
        what it printed.

    Raises:
        subprocess.CalledProcessError: the program failed; what it printed is on the standard error.
    """
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        print(printed, file=sys.stderr)
        raise subprocess.CalledProcessError(process.returncode, command)
    wall = time.perf_counter() - began
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _UNIT, printed


_UNIT = 1 if sys.platform == "darwin" else 1024


def machine() -> str:
    """One line on what was measured on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{model}, {os.cpu_count()} processors{load}, {platform.system()}, Python {platform.python_version()}"
    )
