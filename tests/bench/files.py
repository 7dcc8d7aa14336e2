"""Registries written for measuring."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HEAD = "unit_id,name,level,kind,region_code,supervising_unit_id,host,contact_email"
SOURCES_HEAD = "unit_id,year,url"


def write_table(path: Path, head: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """One table of a registry."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head.split(","))
        writer.writerows(rows)
