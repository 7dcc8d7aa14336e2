"""The data package against the specification, and every published sum against its lineage."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.aggregate.scene import Scene
from tests.unit.opendata.specification import problems
from tests.unit.opendata.test_export import FEES, NEW, rows, scene, written

__all__ = ["scene"]


@pytest.fixture
def package(scene: Scene, tmp_path: Path) -> Path:
    return written(scene, tmp_path)


def test_the_package_keeps_to_the_specification(package: Path) -> None:
    assert list(problems(package)) == []


def test_a_package_that_does_not_is_noticed(package: Path) -> None:
    def told(change: Any) -> str:
        path = package / "datapackage.json"
        before = path.read_text(encoding="utf-8")
        data = json.loads(before)
        change(data)
        path.write_text(json.dumps(data), encoding="utf-8")
        found = " | ".join(problems(package))
        path.write_text(before, encoding="utf-8")
        return found

    def table(data: Any, name: str) -> Any:
        return next(r for r in data["resources"] if r["name"] == name)

    def field(data: Any, resource: str, name: str) -> Any:
        return next(f for f in table(data, resource)["schema"]["fields"] if f["name"] == name)

    assert "Additional properties" in told(lambda d: d.update(extra=1))
    assert "does not match" in told(lambda d: d.update(name="Gipa Data"))
    assert "is not one of" in told(lambda d: table(d, "cells").update(encoding="utf-8-sig"))
    assert "not those of the file" in told(lambda d: table(d, "cells").update(bytes=3))
    assert "the head" in told(lambda d: field(d, "cells", "raw").update(name="rau"))
    assert "is no integer" in told(lambda d: field(d, "cells", "value").update(type="integer"))
    assert "is not in the enum" in told(
        lambda d: field(d, "cells", "status")["constraints"].update(enum=["blank"])
    )
    assert "is required" in told(lambda d: field(d, "cells", "value").update(constraints={"required": True}))
    assert "is not unique" in told(lambda d: table(d, "cells")["schema"].update(primaryKey=["unit_id"]))
    assert "leads nowhere" in told(
        lambda d: table(d, "cells")["schema"]["foreignKeys"][0]["reference"].update(
            resource="consolidated", fields=["office_id", "year"]
        )
    )


def test_every_published_sum_is_that_of_its_lineage(package: Path) -> None:
    parts: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    for row in rows(package, "lineage"):
        parts[row["office_id"], row["year"], row["cell_id"]].append(row)
    sums = {(r["office_id"], r["year"], r["cell_id"]): r for r in rows(package, "consolidated")}
    assert set(parts) == {key for key, row in sums.items() if row["value"]}
    cells = {(r["unit_id"], r["year"], r["cell_id"]): r for r in rows(package, "cells")}
    for key, summands in parts.items():
        assert sum(Decimal(r["value"]) for r in summands) == Decimal(sums[key]["value"]), key
        assert ";".join(sorted(r["unit_id"] for r in summands)) == sums[key]["unit_ids"]
        for row in summands:
            cell = cells[row["unit_id"], row["year"], row["source_cell_id"]]
            shared = ("value", "raw", "document_sha256", "evidence", "url")
            assert [row[name] for name in shared] == [cell[name] for name in shared]
    assert [(r["unit_id"], r["value"]) for r in parts["office", "2023", NEW]] == [("a", "4"), ("office", "3")]
    assert sums["office", "2023", FEES]["value"] == "4219.49"


def test_a_cell_of_the_older_form_leads_to_the_row_that_took_its_place(tmp_path: Path) -> None:
    from tests.unit.aggregate.scene import unit

    made = Scene([unit("office", "某县人民政府办公室"), unit("old", "丙局", office="office")])
    made.report("office", {"t3.other_other.total": 2}).report("old", {"t3.other.total": 5}, template="2019")
    out = written(made, tmp_path)
    assert list(problems(out)) == []
    found = [
        (r["unit_id"], r["source_cell_id"], r["value"])
        for r in rows(out, "lineage")
        if r["cell_id"] == "t3.other_other.total"
    ]
    assert found == [("office", "t3.other_other.total", "2"), ("old", "t3.other.total", "5")]
