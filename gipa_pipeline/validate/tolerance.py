"""When a year is too bad to be added up (总体容限): W01 to W03, on the whole and never on a unit.

A year most of whose documents could not be read says more of us, or of a changed website, than of the units. Its
tables are not made until somebody has looked, or has said on record that they are wanted as they are.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from gipa_pipeline.errors import GipaError
from gipa_pipeline.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

LIMITS = MappingProxyType({"W01": 0.5, "W02": 0.2, "W03": 0.5})
"""The share that is still borne; ``rules.thresholds`` may set ``W01.share`` and so on."""
STOPPED = "stopped.json"
"""In a year's folder of sums while it is not added up: which rules stopped it, for the pages to say so."""
_SAID = MappingProxyType(
    {
        "W01": "{total}份文件中有{bad}份无法读取",
        "W02": "{total}个数据格中有{bad}个不能确定数值",
        "W03": "上年有报告的{total}个单位中有{bad}个本年没有报告",
    }
)
LEAST = 20.0
"""Fewer units than these are not judged as a whole; ``W.least`` in ``rules.thresholds``."""
_DOUBTFUL = ("ambiguous", "unreadable")


@dataclass(frozen=True, slots=True)
class Measure:
    """One tolerance rule on a year: how many of how many, the limit, and what is counted."""

    rule: str
    bad: int
    total: int
    limit: float
    text: str

    @property
    def exceeded(self) -> bool:
        """Whether the year is beyond the limit."""
        return self.bad > self.limit * self.total

    def __str__(self) -> str:
        return f"{self.rule}: {self.bad} of {self.total} {self.text} (limit {self.limit:.0%})"


def stopped_text(year: int, beyond: Collection[Measure]) -> str:
    """What an office is told of a year that was not added up, in Chinese."""
    reasons = "；".join(
        f"{_SAID[m.rule].format(bad=m.bad, total=m.total)}（{m.rule}，限度{m.limit:.0%}）" for m in beyond
    )
    return f"{year}年度暂未汇总：{reasons}。查明原因或由运行人员放行并记录后才汇总；下列报送情况和问题清单不受影响。"


class ToleranceExceeded(GipaError):
    """A year that is not added up; names the rules, the numbers and what can be done."""

    def __init__(self, year: int, exceeded: Collection[Measure]) -> None:
        self.year, self.exceeded = year, tuple(exceeded)
        rules = " ".join(f"--accept {m.rule}" for m in exceeded)
        told = "; ".join(map(str, exceeded))
        super().__init__(
            f"{year} was not added up. {told}. The tables of an earlier run stay as they are. Look at the documents "
            f'concerned, or add up once as it is, on record: gipa run --year {year} {rules} --reason "…"'
        )


def measures(
    settings: Settings, reports: pd.DataFrame, cells: pd.DataFrame, last: pd.DataFrame | None
) -> list[Measure]:
    """The tolerance rules on a year.

    Args:
        settings: limits.
        reports: ``normalized/reports`` of the year.
        cells: ``normalized/cells`` of the year.
        last: ``normalized/reports`` of the year before, None when there are none.
    """
    given = settings.rules.thresholds
    limit = {rule: given.get(f"{rule}.share", share) for rule, share in LIMITS.items()}
    least = given.get("W.least", LEAST)
    found = []
    read = int((reports["state"] == "read").sum())
    if len(reports) >= least:
        lost = int((reports["state"] == "unreadable").sum())
        found.append(Measure("W01", lost, len(reports), limit["W01"], "documents could not be read"))
    if read >= least:
        doubtful = int(cells["status"].isin(_DOUBTFUL).sum())
        found.append(
            Measure("W02", doubtful, len(cells), limit["W02"], "cells could not be told for certain")
        )
    before = int((last["state"] == "read").sum()) if last is not None else 0
    if before >= least:
        gone = max(before - read, 0)
        found.append(
            Measure("W03", gone, before, limit["W03"], "reports of the year before have no successor")
        )
    return found


def exceeded(found: Collection[Measure], accepted: Collection[str] = ()) -> list[Measure]:
    """The measures beyond their limits, without those that were accepted for this run."""
    return [m for m in found if m.exceeded and m.rule not in accepted]
