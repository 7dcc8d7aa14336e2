"""Consistent reports for tests: random tables 3 and 4 that keep every sum, and readings made of them."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from expectations.forms import load_form
from expectations.frames import conform
from gipa_pipeline.extract.prose.narrative import claims_of
from gipa_pipeline.model import CellReading, Place, Reading, SectionText
from gipa_pipeline.normalize.tidy import normalize_year
from gipa_pipeline.validate import Year


def consistent(seed=0, edition="2021", largest=9):
    """Cells of a form whose sums all hold."""
    random, form = Random(seed), load_form(edition)
    cells = dict.fromkeys(form.cells, 0)
    results = [r.key for r in form.rows if r.key not in ("new", "carried_in", "total", "carried_out")]
    columns = [c.key for c in form.columns if c.key != "total"]
    for column in columns:
        for row in results:
            cells[f"t3.{row}.{column}"] = random.choice((0, 0, 0, random.randint(0, largest)))
        total = sum(cells[f"t3.{row}.{column}"] for row in results)
        carried_out = random.randint(0, 3)
        carried_in = random.randint(0, min(2, total + carried_out))
        for row, value in (
            ("total", total),
            ("carried_out", carried_out),
            ("carried_in", carried_in),
            ("new", total + carried_out - carried_in),
        ):
            cells[f"t3.{row}.{column}"] = value
    for row in (r.key for r in form.rows):
        cells[f"t3.{row}.total"] = sum(cells[f"t3.{row}.{c}"] for c in columns)
    for proceeding in ("reconsideration", "litigation_direct", "litigation_after_reconsideration"):
        parts = [f"t4.{proceeding}.{p}" for p in ("upheld", "corrected", "other", "pending")]
        for part in parts:
            cells[part] = random.randint(0, 3)
        cells[f"t4.{proceeding}.total"] = sum(cells[p] for p in parts)
    return {cell: Decimal(value) for cell, value in cells.items()}


def reading(cells, **given):
    """A reading whose cells were all read straight, twice; None is a blank."""
    read = {}
    for cell, value in cells.items():
        if isinstance(value, CellReading):
            read[cell] = value
        elif value is None:
            read[cell] = CellReading("blank", raw="", readers=("structure", "sequence"))
        else:
            value = Decimal(str(value))
            read[cell] = CellReading(
                "reported", value, str(value), place=Place("text", 1, 2), readers=("structure", "sequence")
            )
    known = {"sha256": "ab", "medium": "text", "state": "read", "template": "2021", "year": 2023}
    return Reading(**(known | given | {"cells": read}))


TEXTS = {
    1: "2023年，我单位推进主动公开，规范依申请公开，加强政府信息管理和平台建设，落实监督保障，开展工作考核和社会评议，"
    "未发生责任追究情况。",
    5: "存在的主要问题是更新不够及时。下一步将加强培训，改进工作。",
    6: "本年度未发出收费通知，未收取信息处理费。",
}


def sections(**replaced):
    """The six parts of a clean report; ``p6="无。"`` replaces part six, ``p6=None`` leaves it out."""
    form = load_form("2021")
    texts = {s.number: TEXTS.get(s.number, "") for s in form.sections}
    texts |= {int(k[1:]): v for k, v in replaced.items()}
    return tuple(
        SectionText(s.number, s.title, texts[s.number]) for s in form.sections if texts[s.number] is not None
    )


def told(text):
    """Sections and claims of a report whose part one says this besides the usual."""
    parts = sections(p1=TEXTS[1] + text)
    return {"sections": parts, "claims": tuple(claims_of(parts))}


@dataclass(frozen=True)
class Unit:
    unit_id: str = "unit"
    name: str = "中山市古镇镇人民政府"
    level: str = "town"
    kind: str = "government"
    region_code: str = "442000"
    supervising_unit_id: str | None = "office"
    host: str = "www.zs.gov.cn"
    credit_code: str = ""
    aliases: tuple = ()


@dataclass(frozen=True)
class Source:
    unit_id: str
    url: str


@dataclass
class Registry:
    """Units with a source each, unless told which of them have one."""

    units: dict
    listed: tuple | None = None

    def sources_of(self, year):
        return tuple(Source(u, f"https://{u}/") for u in (self.units if self.listed is None else self.listed))

    def offices_in(self, year):
        return tuple(dict.fromkeys(self.office_of(s.unit_id) for s in self.sources_of(year)))

    def office_of(self, unit_id):
        return self.units[unit_id].supervising_unit_id or unit_id

    def offices(self):
        return tuple(dict.fromkeys(self.office_of(u) for u in self.units))

    def members(self, office_id):
        return tuple(u for u in self.units if self.office_of(u) == office_id)

    def suboffices(self, office_id):
        return ()


def year_of(readings, registry, year=2023, days=None):
    """The normalized frames of a year made of readings by unit, by way of the extracted ones."""
    rows = {"documents": [], "cells": [], "sections": [], "claims": [], "notes": []}
    for unit_id, r in readings.items():
        key = {"unit_id": unit_id, "year": year, "document_sha256": f"{r.sha256}-{unit_id}"}
        start, end = r.period or (None, None)
        rows["documents"].append(key | {
            "url": f"https://{unit_id}/", "media_type": "text/html", "medium": r.medium, "template": r.template,
            "hybrid": r.hybrid, "title": r.title, "agency": r.agency, "document_year": r.year, "published": r.published,
            "index_number": r.index_number, "notice": r.notice, "period_from": start, "period_to": end,
            "state": r.state, "error_kind": None, "error_message": None,
            "first_fetched": (days or {}).get(unit_id, date(2024, 2, 1)),
        })  # fmt: skip
        rows["cells"] += [
            key | {
                "cell_id": cell, "raw": c.raw, "value": c.value, "status": c.status, "candidates": list(c.candidates),
                "evidence": json.dumps(c.place.as_dict()) if c.place else None, "readers": list(c.readers), "note": c.note,
            }
            for cell, c in r.cells.items()
        ]  # fmt: skip
        rows["sections"] += [
            key | {"position": n, "part": s.part, "heading": s.heading, "text": s.text}
            for n, s in enumerate(r.sections)
        ]
        rows["claims"] += [
            key | {"kind": c.kind, "value": c.value, "sentence": c.sentence, "part": c.part} for c in r.claims
        ]
        rows["notes"] += [key | {"kind": n.kind, "detail": n.detail, "cells": list(n.cells)} for n in r.notes]
    extracted = [conform("extracted", name, of) for name, of in rows.items()]
    frames = normalize_year(registry, *extracted, year)
    return Year(**{n: frames[n] for n in ("reports", "cells", "sections", "claims", "notes", "changes")})
