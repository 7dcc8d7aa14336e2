from __future__ import annotations

from pathlib import Path
from random import Random

import openpyxl
import pyarrow.parquet as pq
import pytest

from expectations.forms import load_form
from gipa_pipeline.report import write_office_reports
from gipa_pipeline.settings import Settings
from tests.unit.aggregate.scene import Scene, store_of, unit
from tests.unit.report.numbers import Difference, check


def scene() -> Scene:
    """Two offices, one below the other, with every kind of cell and of report."""
    rng = Random(11)
    units = [
        unit("office", "某县人民政府办公室"),
        *(unit(f"u{n}", f"某县第{n}局", office="office") for n in range(3)),
        unit("gov", "某县人民政府", "county", "government", "office"),
        unit("old", "某镇人民政府", "town", "government", "office"),
        unit("silent", "某县林业局", office="office"),
        unit("park", "某开发区管理委员会", office="office"),
        unit("bureau", "某开发区投资促进局", office="park"),
    ]
    made = Scene(units)
    for one in units:
        if one.unit_id == "silent":
            made.cover("silent", "missing")
            continue
        template = "2019" if one.unit_id == "old" else "2021"
        values = {cell: _value(rng, cell) for cell in load_form(template).cells}
        made.report(one.unit_id, values, template=template)
    made.find("u1", "R01", ["t3.new.total"], likely_cells=["t3.new.total"], suggestion="3")
    made.find("u2", "C02", ["t3.new.total"], severity="warning")
    made.find("u2", "K02", ["t3.new.total"], responsibility="undecided", verdict="uncertain")
    made.find("u1", "T03", [], severity="info")
    return made.find("u2", "R01", ["t3.new.other"], state="corrected")


def _value(rng: Random, cell: str) -> object:
    if rng.random() < 0.1:
        return rng.choice(["", None, [1, 11]])
    if "amount" in cell or "fee" in cell:
        return f"{rng.randint(0, 10**7)}.{rng.randint(0, 999999):06d}"
    return rng.choice([0, 0, rng.randint(0, 40), rng.randint(0, 10**8)])


def test_every_number_of_every_file_is_the_stores(tmp_path: Path) -> None:
    made = scene()
    store = store_of(made, tmp_path)
    write_office_reports(store, made.registry, Settings(), 2023)
    compared = check(tmp_path, made.registry)
    assert compared.pop("index.html, parts") > 500
    assert compared == {
        "index.html": 600,
        "consolidated.xlsx, 汇总表": 400,
        "consolidated.xlsx, 汇总表（含下级）": 200,
        "consolidated.xlsx, 各单位": 11 * 200,
        "consolidated.xlsx, 一个单位一张表": 8 * 200,
        "consolidated.xlsx, 报送情况": 9 * 3,
        "consolidated.xlsx, 问题清单": 2,
        "consolidated.docx": 600,
        "tables.html": 600,
    }


def test_one_other_number_is_noticed(tmp_path: Path) -> None:
    made = scene()
    store = store_of(made, tmp_path)
    write_office_reports(store, made.registry, Settings(), 2023)
    folder = tmp_path / "reports" / "2023" / "park"
    sums = pq.read_table(tmp_path / "aggregated" / "2023" / "consolidated.parquet").to_pylist()
    number = next(
        str(int(r["value"]))
        for r in sums
        if r["office_id"] == "park" and r["value"] and r["value"] > 10**6 and r["value"] % 1 == 0
    )
    check(tmp_path, made.registry, "park")
    for name in ("index.html", "tables.html", "consolidated.xlsx"):
        before = (folder / name).read_bytes()
        if name.endswith(".html"):
            text = before.decode().replace(f">{number}<", ">1<", 1)
            (folder / name).write_text(text, encoding="utf-8")
        else:
            book = openpyxl.load_workbook(folder / name)
            cell = next(c for row in book["各单位"].iter_rows() for c in row if str(c.value) == number)
            cell.value = 1
            book.save(folder / name)
        with pytest.raises(Difference, match=name):
            check(tmp_path, made.registry, "park")
        (folder / name).write_bytes(before)
