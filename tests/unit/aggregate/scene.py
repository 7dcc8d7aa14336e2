"""A small invented world for these tests: units, what they printed, what was found; as frames or in a store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.forms import load_form
from expectations.outcomes import finding_id
from gipa_pipeline.registry import Registry, Source, Unit
from gipa_pipeline.settings import Settings
from gipa_pipeline.store import Store

if TYPE_CHECKING:
    import pandas as pd

REPORT = [
    "unit_id",
    "office_id",
    "year",
    "document_sha256",
    "url",
    "media_type",
    "template",
    "hybrid",
    "title",
    "agency",
    "document_year",
    "published",
    "period_from",
    "period_to",
    "notice",
    "state",
    "identity",
    "error_kind",
    "error_message",
    "first_fetched",
]
CELL = [
    "unit_id",
    "year",
    "cell_id",
    "value",
    "status",
    "raw",
    "candidates",
    "evidence",
    "document_sha256",
    "table",
    "row",
    "column",
]
FINDING = [
    "finding_id",
    "unit_id",
    "office_id",
    "year",
    "rule",
    "edition",
    "severity",
    "verdict",
    "responsibility",
    "cells",
    "expected",
    "actual",
    "difference",
    "likely_cells",
    "suggestion",
    "message",
    "fix",
    "clause",
    "state",
    "first_seen",
    "last_seen",
    "places",
    "rivals",
    "evidence",
]


def unit(
    unit_id: str, name: str = "", level: str = "county", kind: str = "department", office: str | None = None
) -> Unit:
    return Unit(unit_id, name or unit_id, level, kind, "340323", office, f"{unit_id}.example.cn", "")


@dataclass
class Scene:
    """What the frames of one or more years are made from; a report states 0 where it is not told otherwise."""

    units: list[Unit]
    reports: list[dict] = field(default_factory=list)
    cells: list[dict] = field(default_factory=list)
    findings: list[dict] = field(default_factory=list)
    coverage: list[dict] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)

    @property
    def registry(self) -> Registry:
        return Registry(Path("registry"), {u.unit_id: u for u in self.units}, tuple(self.sources), Settings())

    def report(
        self,
        unit_id: str,
        values: Mapping[str, Any] | None = None,
        *,
        year: int = 2023,
        template: str = "2021",
        state: str = "read",
        published: date | None = date(2024, 1, 20),
        default: Any = 0,
        covered: str | None = None,
        due: date | None = date(2024, 1, 31),
        url: str | None = None,
        sha: str | None = None,
    ) -> Scene:
        """Add a report. A value is a number, "" (blank), None (missing), or a list (ambiguous)."""
        sha = sha or finding_id(unit_id, year, "sha", ()) * 4
        url = url or f"https://{unit_id}.example.cn/{year}.html"
        office = self.registry.office_of(unit_id)
        self.sources.append(Source(unit_id, year, url))
        row = dict.fromkeys(REPORT) | {
            "unit_id": unit_id, "office_id": office, "year": year, "document_sha256": sha, "url": url,
            "media_type": "text/html", "template": template, "hybrid": False, "title": f"{year}年报告",
            "published": published, "state": state, "identity": "name", "first_fetched": date(year + 1, 4, 2),
        }  # fmt: skip
        self.reports.append(row)
        self.cover(unit_id, covered or "on_time", published, due, year)
        if state != "read":
            return self
        values = values or {}
        form = load_form(template)
        assert set(values) <= set(form.cells), set(values) - set(form.cells)
        for position, cell in enumerate(form.cells.values()):
            self.cells.append(
                _cell(values.get(cell.id, default))
                | {
                    "unit_id": unit_id, "year": year, "cell_id": cell.id, "document_sha256": sha,
                    "table": cell.table, "row": cell.row, "column": cell.column,
                    "evidence": json.dumps({"reader": "structure", "start": 10 * position, "end": 10 * position + 3}),
                }
            )  # fmt: skip
        return self

    def cover(
        self,
        unit_id: str,
        state: str,
        published: date | None = None,
        due: date | None = None,
        year: int = 2023,
    ) -> Scene:
        office = self.registry.office_of(unit_id)
        self.coverage.append(
            {"unit_id": unit_id, "office_id": office, "year": year, "state": state, "published": published, "due": due}
        )  # fmt: skip
        return self

    def find(self, unit_id: str, rule: str, cells: list[str], *, year: int = 2023, **more: Any) -> Scene:
        row = dict.fromkeys(FINDING) | {
            "finding_id": finding_id(unit_id, year, rule, cells), "unit_id": unit_id,
            "office_id": self.registry.office_of(unit_id), "year": year, "rule": rule, "edition": "2021",
            "severity": "error", "verdict": "fail", "responsibility": "publisher", "cells": cells,
            "likely_cells": [], "message": f"{rule}不成立。", "fix": "核对台账后更正。", "clause": "格式表",
            "state": "open", "first_seen": date(2024, 4, 2), "last_seen": date(2024, 4, 2), "places": "{}",
            "rivals": [], "evidence": "{}",
        }  # fmt: skip
        self.findings.append(row | more)
        return self

    def frame(self, name: str, year: int = 2023) -> pd.DataFrame:
        """One frame of a year as it lies between the stages."""
        import pandas as pd
        import pyarrow as pa

        rows = [row for row in getattr(self, name) if row["year"] == year]
        columns = {"reports": REPORT, "cells": CELL, "findings": FINDING}.get(name) or [
            "unit_id", "office_id", "year", "state", "published", "due"
        ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=columns)
        if name == "cells":
            frame["value"] = frame["value"].astype(pd.ArrowDtype(pa.decimal128(18, 6)))
        return frame

    def frames(self, year: int = 2023) -> dict[str, pd.DataFrame]:
        return {name: self.frame(name, year) for name in ("reports", "cells", "findings", "coverage")}


def _cell(value: Any) -> dict:
    if value is None:
        return {"value": None, "status": "missing", "raw": None, "candidates": []}
    if value == "":
        return {"value": None, "status": "blank", "raw": "", "candidates": []}
    if isinstance(value, list):
        return {"value": None, "status": "ambiguous", "raw": "".join(map(str, value)), "candidates": [Decimal(v) for v in value]}  # fmt: skip
    return {"value": Decimal(str(value)), "status": "reported", "raw": str(value), "candidates": []}


def contract(stage: str, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame in the columns and types of its stage; what the scene does not know is null."""
    from expectations.frames import columns, conform

    return conform(stage, name, frame.reindex(columns=[c.name for c in columns(stage, name)]))


def store_of(scene: Scene, root: Path, years: tuple[int, ...] = (2023,)) -> Store:
    """A data folder that holds the scene's frames, added up."""
    from gipa_pipeline.aggregate import consolidate, series

    store = Store(root)
    for year in years:
        frames = scene.frames(year)
        for name in ("reports", "cells"):
            store.write_frame("normalized", year, name, contract("normalized", name, frames[name]))
        for name in ("findings", "coverage"):
            store.write_frame("validated", year, name, contract("validated", name, frames[name]))
        for name, frame in consolidate(scene.registry, year, **frames).items():
            store.write_frame("aggregated", year, name, contract("aggregated", name, frame))
    store.write_frame("aggregated", None, "series", series([scene.frame("cells", y) for y in years]))
    return store
