"""The registers of faults."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.generator.truth import Report

Fault = Callable[[Report, Random], Report]
YearFault = Callable[[Report, Report, Random], Report]
FAULTS: dict[str, Fault] = {}
YEAR_FAULTS: dict[str, YearFault] = {}


class NotApplicable(Exception):
    """The report gives no occasion for this fault (no two-digit figure to transpose, say)."""


def fault(name: str) -> Callable[[Fault], Fault]:
    """Enter a fault that needs one report."""

    def enter(function: Fault) -> Fault:
        FAULTS[name] = function
        return function

    return enter


def year_fault(name: str) -> Callable[[YearFault], YearFault]:
    """Enter a fault that needs the report and that of the year before."""

    def enter(function: YearFault) -> YearFault:
        YEAR_FAULTS[name] = function
        return function

    return enter
