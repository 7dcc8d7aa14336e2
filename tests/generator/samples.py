"""Writes the sample registry of the package and its file of truth: ``python -m tests.generator.samples``.

The same bytes every time. What is planted where stands in ``PLAN``.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from expectations.forms import load_form
from tests.generator.faults import FAULTS, YEAR_FAULTS, NotApplicable
from tests.generator.layouts import LAYOUTS, Document
from tests.generator.names import Body, make_credit_code
from tests.generator.numbers import Cells, make_cells
from tests.generator.produce import expected
from tests.generator.prose import count
from tests.generator.truth import SIZE_OF, Mistake, Report, make_report

ROOT = Path(__file__).resolve().parents[2]
REGISTRY = ROOT / "gipa_pipeline" / "samples" / "registry"
TRUTH = ROOT / "tests" / "gold" / "samples_truth.json"
YEARS = (2023, 2024)
COUNTY, CITY = ("yiyuan-office", "漪原县", "990121"), ("jichuan-office", "霁川市", "990100")


@dataclass(frozen=True, slots=True)
class Plan:
    """A unit of the sample: who it is, its layout, and what is planted in each year (None: no report)."""

    unit_id: str
    short: str
    level: str
    kind: str
    layout: str
    planted: tuple[str | None, str | None]
    size: str = ""

    @property
    def area(self) -> tuple[str, str, str]:
        """The office's id, the area's name and its region code."""
        return COUNTY if self.unit_id.startswith("yiyuan") else CITY


CLEAN = ""
PLAN = (
    Plan("jichuan-office", "人民政府办公室", "city", "department", "html_nested", (CLEAN, "misplaced_case")),
    Plan("jichuan-shuiwu", "水务局", "city", "department", "text_bar_rows", ("regulations_of_a_unit", "wrong_row_total")),
    Plan("jichuan-jiaotong", "交通运输局", "city", "department", "xlsx", (CLEAN, "proceedings_total")),
    Plan("jichuan-wenlv", "文化和旅游局", "city", "department", "text_glued", (CLEAN, "prose_answered")),
    Plan("jichuan-weijian", "卫生健康委员会", "city", "department", "pdf", (CLEAN, "counted_twice")),
    Plan("jichuan-renshe", "人力资源和社会保障局", "city", "department", "html_div", (CLEAN, "carried_in_differs")),
    Plan("jichuan-shangwu", "商务局", "city", "department", "markdown", ("prose_channels", "in_force_differs")),
    Plan("jichuan-yingji", "应急管理局", "city", "department", "html_split", ("transposed_digits", None)),
    Plan("yiyuan-office", "人民政府办公室", "county", "department", "html", (CLEAN, CLEAN)),
    Plan("yiyuan-minzheng", "民政局", "county", "department", "html_word", (CLEAN, "prose_received")),
    Plan("yiyuan-shichang", "市场监督管理局", "county", "department", "html_gb18030", (CLEAN, "old_period")),
    Plan("yiyuan-zhujian", "住房和城乡建设局", "county", "department", "docx", (CLEAN, "late")),
    Plan("yiyuan-hengxi", "珩溪镇", "town", "government", "text_lines", (CLEAN, "old_form_blank"), "silent"),
    Plan("yiyuan-jingping", "璟坪镇", "town", "government", "text_bar_cells", ("title_year", "part_six_empty"), "town"),
    Plan("yiyuan-haoze", "颢泽乡", "town", "government", "markdown_damaged", ("undated", "undated"), "town"),
    Plan("yiyuan-gov", "人民政府", "county", "government", "html", (CLEAN, "counted_twice_in_sum")),
)  # fmt: skip
"""The county's own report comes last: it is the sum of the others.

What breaks a sum or a carried-over number lies under the city's office, which publishes no
consolidated report here, so that in the county exactly one thing is wrong with the sum.
"""


def body_of(plan: Plan) -> Body:
    """The invented body behind a unit."""
    _, area, region = plan.area
    name = area + plan.short + ("人民政府" if plan.level == "town" else "")
    # Offices and governments are nothing without their place.
    short = {"人民政府": area, "人民政府办公室": name}.get(plan.short, plan.short)
    host = f"www.{plan.unit_id.split('-')[0]}.gov.example"
    code = make_credit_code(Random(f"code/{plan.unit_id}"), region)
    return Body(plan.unit_id, name, short, plan.level, plan.kind, region, code, host)


def documents() -> dict[tuple[str, int], Document]:
    """Every document of the sample by unit and year."""
    made: dict[tuple[str, int], Document] = {}
    clean: dict[tuple[str, int], Report] = {}
    for plan in PLAN:
        for year, planted in zip(YEARS, plan.planted, strict=True):
            if planted is None:
                continue
            last = clean.get((plan.unit_id, year - 1))
            if plan.unit_id == "yiyuan-gov":
                members = [r for (u, y), r in clean.items() if u.startswith("yiyuan") and y == year]
                report = clean[plan.unit_id, year] = _government(plan, year, members, planted)
            else:
                clean[plan.unit_id, year], report = _unit(plan, year, last, planted)
            made[plan.unit_id, year] = LAYOUTS[plan.layout](report, Random(f"layout/{plan.unit_id}/{year}"))
    return made


def _unit(plan: Plan, year: int, last: Report | None, planted: str) -> tuple[Report, Report]:
    """A unit's report without and with what is planted in it."""
    for attempt in range(200):
        rng = Random(f"samples/{plan.unit_id}/{year}/{attempt}")
        report = make_report(
            rng,
            year,
            edition="2019" if planted == "old_form_blank" else "2021",
            body=body_of(plan),
            cells=_figures(rng, plan, last, planted),
        )
        try:
            return report, _plant(rng, report, last, planted)
        except NotApplicable:
            continue
    raise NotApplicable(f"{plan.unit_id} {year}: {planted}")


def _figures(rng: Random, plan: Plan, last: Report | None, planted: str) -> Cells:
    edition = "2019" if planted == "old_form_blank" else "2021"
    size = plan.size or SIZE_OF[plan.level, plan.kind]
    cells = make_cells(rng, edition, size, last.cells if last else None)
    if plan.unit_id.endswith("-office"):
        # An office decides on no licences and charges nothing.
        cells |= {c: Decimal(0) for c in load_form(edition).table_cells("t2") if "documents" not in c}
    if plan.unit_id == "yiyuan-hengxi" and edition == "2021":
        # The old form has no such cells: with zeros the county's sum carries on from year to year.
        cells |= {c: Decimal(0) for c in load_form(edition).table_cells("t2") if ".decisions" not in c}
    return cells


def _plant(rng: Random, report: Report, last: Report | None, planted: str) -> Report:
    if planted == CLEAN:
        return report
    if planted == "undated":
        return report.with_mistake(Mistake("T05", (), "文中没有发布日期"))
    if planted == "old_form_blank":
        empty = tuple(
            c
            for c in report.cells
            if c.startswith("t4.") or (c.startswith("t3.") and c.split(".")[1] not in _KEPT)
        )
        return report.with_cells(dict.fromkeys(empty), Mistake("C02", empty, "零值未填写,留空"))
    if planted in YEAR_FAULTS:
        assert last is not None
        return YEAR_FAULTS[planted](report, last, rng)
    return FAULTS[planted](report, rng)


_KEPT = ("total", "carried_out")
"""Rows that a clerk fills even when everything else is left blank."""


def _government(plan: Plan, year: int, members: Iterable[Report], planted: str) -> Report:
    """The county's consolidated report: the sum of the clean reports, with what is planted in it."""
    cells: Cells = dict.fromkeys(load_form("2021").cells, Decimal(0))
    for member in members:
        for cell, value in member.cells.items():
            known = cell.replace("t3.other.", "t3.other_other.")
            if known in cells:
                cells[known] = (cells[known] or Decimal(0)) + (value or Decimal(0))
    right: Cells = {}
    if planted:
        twice = [
            f"t3.{row}.{column}"
            for row in ("new", "granted", "total")
            for column in ("natural_person", "total")
        ]
        right = {cell: cells[cell] for cell in twice}
        cells |= {cell: Decimal(count(cells, cell) + 1) for cell in twice}
    report = make_report(Random(f"samples/{plan.unit_id}/{year}"), year, body=body_of(plan), cells=cells)
    if right:
        mistake = Mistake("A01", tuple(right), "一件申请重复汇总,与各单位之和相差1", right)
        report = replace(report, mistakes=(mistake,))
    return report


def files() -> dict[str, bytes]:
    """Every file of the registry by its path."""
    made = documents()
    units = [
        [
            "unit_id",
            "name",
            "level",
            "kind",
            "region_code",
            "supervising_unit_id",
            "host",
            "contact_email",
            "credit_code",
        ],
        *(_unit_row(plan) for plan in PLAN),
    ]
    paths = {key: f"reports/{key[1]}/{key[0]}{Path(d.name).suffix}" for key, d in made.items()}
    sources = [["unit_id", "year", "url"], *([unit, str(year), path] for (unit, year), path in paths.items())]
    return {
        "units.csv": _table(units),
        "sources.csv": _table(sources),
        "gipa.toml": SETTINGS.encode(),
        **{path: made[key].data for key, path in paths.items()},
    }


def _unit_row(plan: Plan) -> list[str]:
    body, office = body_of(plan), plan.area[0]
    above = office if plan.unit_id != office else CITY[0] if office != CITY[0] else ""
    mail = f"{plan.unit_id.split('-')[1]}@{body.host.removeprefix('www.')}"
    return [
        body.unit_id,
        body.name,
        body.level,
        body.kind,
        body.region_code,
        above,
        body.host,
        mail,
        body.credit_code,
    ]


def _table(rows: list[list[str]]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


SETTINGS = """\
# Settings of the sample. Every key is optional; leave this file out for the defaults.

[dates]
# The sample is of its time: on this day the reports of 2024 are all due. Real registries leave it out.
today = 2025-04-30

[offices.yiyuan-office]
# The law sets no day for towns; this office's own notice does.
towns_due = "01-31"
"""


def truth() -> str:
    """The truth about every document: a line each, so that a change shows where it is."""
    records: dict[str, Any] = {}
    for (unit, year), document in documents().items():
        name = f"reports/{year}/{unit}{Path(document.name).suffix}"
        records[f"{unit}/{year}"] = {**expected(document), "document": name}
    absent = [
        {"unit_id": plan.unit_id, "year": year, "rule": "A04"}
        for plan in PLAN
        for year, planted in zip(YEARS, plan.planted, strict=True)
        if planted is None
    ]
    lines = ",\n".join(
        f"  {json.dumps(key)}: {json.dumps(record, ensure_ascii=False)}" for key, record in records.items()
    )
    return f'{{\n "absent": {json.dumps(absent)},\n "reports": {{\n{lines}\n }}\n}}\n'


def main() -> None:
    """Write the registry anew, and the truth."""
    shutil.rmtree(REGISTRY, ignore_errors=True)
    for name, data in files().items():
        path = REGISTRY / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    TRUTH.write_text(truth(), encoding="utf-8")


if __name__ == "__main__":
    main()
