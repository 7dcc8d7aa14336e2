"""Every number of an office's files against the store: ``python -m tests.unit.report.numbers REGISTRY DATA``.

What a file shows is read back from the file itself, and the sums are added up here again from the normalized cells
and nothing else. With ``--office-program`` LibreOffice calculates the workbooks anew and their values are compared.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pyarrow.parquet as pq
from lxml import html

from expectations.forms import Form, load_form
from gipa_pipeline.registry import Registry, load_registry
from gipa_pipeline.report.layout import grids

Figures = dict[str, Decimal | None]
_OLD_OTHER = re.compile(r"t3\.other\.(\w+)")


@dataclass
class Difference(AssertionError):
    """A file that shows another number than the store holds."""

    file: str
    where: str
    shown: object
    stored: object

    def __str__(self) -> str:
        return f"{self.file}: {self.where} shows {self.shown}, the store holds {self.stored}"


@dataclass
class Year:
    """What the store holds of a year: units' cells in the year's form, and who was read."""

    registry: Registry
    year: int
    form: Form
    cells: dict[tuple[str, str], Decimal]
    read: set[str]
    compared: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Path, registry: Registry, year: int) -> Year | None:
        """Read the parquet files; None for years before the form."""
        form = next((f for f in map(load_form, ("2021", "2019")) if f.due_in(year)), None)
        if form is None:
            return None
        folder = data / "normalized" / str(year)
        reports = pq.read_table(folder / "reports.parquet").to_pylist()
        cells: dict[tuple[str, str], Decimal] = {}
        for cell in pq.read_table(folder / "cells.parquet").to_pylist():
            stated = cell["status"] in ("reported", "inferred") and cell["value"] is not None
            place, own = cell["cell_id"], cell["cell_id"] in form.cells
            if not own and (old := _OLD_OTHER.fullmatch(place)):
                place = f"t3.other_other.{old[1]}"
            if stated and place in form.cells and (own or (cell["unit_id"], place) not in cells):
                cells[cell["unit_id"], place] = cell["value"]
        return cls(registry, year, form, cells, {r["unit_id"] for r in reports if r["state"] == "read"})

    def members(self, office: str, *, below: bool) -> list[str]:
        """The units in an office's sum: governments' own reports of county level and higher are none."""
        found = [
            u
            for u in self.registry.members(office)
            if not (self.registry.units[u].kind == "government" and self.registry.units[u].level != "town")
        ]
        for other in self.registry.suboffices(office) if below else ():
            found += self.members(other, below=True)
        return found

    def sums(self, office: str, *, below: bool = False) -> Figures:
        """The office's figures, added up here."""
        units = [u for u in self.members(office, below=below) if u in self.read]
        return {
            cell: sum((self.cells[u, cell] for u in units if (u, cell) in self.cells), Decimal(0))
            if any((u, cell) in self.cells for u in units)
            else None
            for cell in self.form.cells
        }

    def same(self, file: str, where: str, shown: object, stored: Decimal | None) -> None:
        """Compare one number; blanks and dashes are no number."""
        self.compared[file] = self.compared.get(file, 0) + 1
        value = None if shown in (None, "", "—") else Decimal(str(shown))
        if value is None or stored is None:
            if value is not stored:
                raise Difference(file, where, shown, stored)
        elif abs(value - stored) > abs(stored) * Decimal("1e-14"):
            raise Difference(file, where, shown, stored)


def check(data: Path, registry: Registry, offices: str = "*") -> dict[str, int]:
    """Compare every number of every year and office; how many by kind of file.

    Args:
        data: the data folder.
        registry: its registry.
        offices: a pattern of the offices' ids.

    Raises:
        Difference: the first that is not the store's.
    """
    compared: dict[str, int] = {}
    for folder in sorted((data / "reports").glob(f"[0-9]*/{offices}/")):
        office, year = folder.name, Year.of(data, registry, int(folder.parent.name))
        if year is None or not (folder / "consolidated.xlsx").is_file():
            continue
        book = (folder / "consolidated.xlsx").read_bytes()
        values, formulas = (openpyxl.load_workbook(io.BytesIO(book), data_only=v) for v in (True, False))
        _page(year, office, html.parse(folder / "index.html").getroot())
        _workbook(year, office, values, formulas)
        _tables(year, office, "consolidated.docx", _word_rows(folder / "consolidated.docx"))
        _tables(year, office, "tables.html", _pasted_rows(folder / "tables.html"))
        _counts(data, year, office, values)
        for kind, n in year.compared.items():
            compared[kind] = compared.get(kind, 0) + n
    return compared


def _scopes(year: Year, office: str) -> Iterator[tuple[str, Figures]]:
    yield "n", year.sums(office)
    if year.registry.suboffices(office):
        yield "t", year.sums(office, below=True)


def _page(year: Year, office: str, page: Any) -> None:
    by_id = {e.get("id"): e for e in page.iter() if e.get("id")}
    for anchor, figures in _scopes(year, office):
        units = year.members(office, below=anchor == "t")
        for cell, stored in figures.items():
            box = by_id[f"{anchor}-{cell}"]
            year.same("index.html", cell, box.text or box.find("a").text, stored)
            if stored is None:
                continue
            aside = by_id[f"{anchor}b-{cell}"]
            parts = sorted(Decimal(td.text) for td in aside.iter("td") if td.get("class") == "n")
            own = [year.cells[u, cell] for u in units if u in year.read and (u, cell) in year.cells]
            if rest := re.search(r"其余\d+个单位合计([\d.]+)，", aside.text_content()):
                parts, own = [sum(parts, Decimal(rest[1]))], [sum(own, Decimal(0))]
            if parts != sorted(v for v in own if v):
                raise Difference("index.html", f"parts of {cell}", parts, own)
            year.compared["index.html, parts"] = year.compared.get("index.html, parts", 0) + len(parts)


def _workbook(year: Year, office: str, values: Any, formulas: Any) -> None:
    units = values["各单位"]
    columns = {c.value: c.column for c in units[4] if c.value}
    listed = [*year.members(office, below=True)]
    listed += [u for u in year.registry.members(office) if u not in listed]
    names: dict[str, list[int]] = {}
    for row in range(5, units.max_row + 1):
        if name := units.cell(row, 1).value:
            names.setdefault(str(name), []).append(row)
    for unit in listed:
        row = names[year.registry.units[unit].name].pop(0)
        for cell, column in columns.items():
            stored = year.cells.get((unit, cell)) if unit in year.read else None
            year.same("consolidated.xlsx, 各单位", f"{unit} {cell}", units.cell(row, column).value, stored)
    for (_, figures), sheet in zip(_scopes(year, office), ("汇总表", "汇总表（含下级）"), strict=False):
        _sheet(year, sheet, figures, values[sheet], formulas[sheet])
    by_id = list(year.registry.members(office))
    for title in values.sheetnames:
        if number := re.match(r"(\d+)\.", title):
            unit = by_id[int(number[1]) - 1]
            own = {c: year.cells.get((unit, c)) for c in year.form.cells}
            _sheet(year, "一个单位一张表", own, values[title], formulas[title])


def _sheet(year: Year, name: str, figures: Figures, values: Any, formulas: Any) -> None:
    """A sheet in the form's layout: its boxes in printed order are the form's cells."""
    shown = list(_boxes(year.form, formulas))
    if len(shown) != len(figures):
        raise Difference("consolidated.xlsx", name, len(shown), len(figures))
    for (cell, stored), at in zip(figures.items(), shown, strict=True):
        year.same(f"consolidated.xlsx, {name}", f"{cell} at {at}", values[at].value, stored)


def _boxes(form: Form, sheet: Any) -> Iterator[str]:
    """The addresses of a sheet's figures in printed order, by the form's layout and not by what stands there."""
    merged = {r.coord.split(":")[0]: r for r in sheet.merged_cells.ranges}
    inside = {
        (row, column)
        for r in merged.values()
        for row in range(r.min_row, r.max_row + 1)
        for column in range(r.min_col, r.max_col + 1)
        if (row, column) != (r.min_row, r.min_col)
    }
    titles = {grid.title: grid for grid in grids(form)}
    for row in range(1, sheet.max_row + 1):
        grid = titles.get(str(sheet.cell(row, 1).value))
        if grid is None:
            continue
        for down, boxes in enumerate((*grid.head, *grid.body), row + 1):
            column = 1
            for box in boxes:
                while (down, column) in inside:
                    column += 1
                if box.cell:
                    yield sheet.cell(down, column).coordinate
                column += 1


def _word_rows(path: Path) -> list[list[str]]:
    tables = docx.Document(str(path)).tables
    return [[_unmarked(tc) for tc in row.tc_lst] for table in tables for row in table._tbl.tr_lst]


def _unmarked(box: Any) -> str:
    """A box's text without what is raised."""
    runs = (r for r in box.iter() if r.tag.endswith("}r"))
    return "".join(
        r.text for r in runs if "superscript" not in "".join(v for e in r.iter() for v in e.attrib.values())
    )


def _pasted_rows(path: Path) -> list[list[str]]:
    page = html.fragment_fromstring(path.read_text(encoding="utf-8"), create_parent=True)
    return [[(td.text or "").strip() for td in tr if td.tag == "td"] for tr in page.iter("tr")]


def _tables(year: Year, office: str, file: str, rows: list[list[str]]) -> None:
    shown = [text for row in rows for text in row if re.fullmatch(r"-?[\d.]+|—", text)]
    stored = [(c, v) for _, figures in _scopes(year, office) for c, v in figures.items()]
    if len(shown) != len(stored):
        raise Difference(file, "figures", len(shown), len(stored))
    for text, (cell, value) in zip(shown, stored, strict=True):
        year.same(file, cell, text, value)


def _counts(data: Path, year: Year, office: str, opened: Any) -> None:
    """How many findings stand against each unit, from the findings themselves."""
    rows = pq.read_table(data / "validated" / str(year.year) / "findings.parquet").to_pylist()
    standing: dict[tuple[str, str], int] = {}
    for row in rows:
        certain = row["responsibility"] == "publisher" and row["verdict"] == "fail"
        if certain and row["state"] not in ("dismissed", "corrected"):
            key = row["unit_id"], row["severity"]
            standing[key] = standing.get(key, 0) + 1
    sheet = opened["报送情况"]
    for row, unit in enumerate(year.registry.members(office), 2):
        for column, severity in ((9, "error"), (10, "warning"), (11, "info")):
            stored = Decimal(standing.get((unit, severity), 0))
            shown = sheet.cell(row, column).value
            year.same("consolidated.xlsx, 报送情况", f"{unit} {severity}", shown, stored)
    listed = sum(1 for row in opened["问题清单"].iter_rows(min_row=2, max_col=2) if row[1].value)
    wanted = sum(n for (unit, _), n in standing.items() if unit in year.registry.members(office))
    year.same("consolidated.xlsx, 问题清单", "rows", listed, Decimal(wanted))


def calculated(book: bytes, folder: Path) -> Iterator[tuple[str, object, object]]:
    """Every formula of a workbook: where, the value written, and what LibreOffice calculates."""
    source = folder / "in.xlsx"
    source.write_bytes(book)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    for out, kind, name in (
        ("ods", "ods", "in.xlsx"),
        ("again", "xlsx:Calc MS Excel 2007 XML", "ods/in.ods"),
    ):
        # By way of another format: what comes back was calculated, not copied.
        subprocess.run(
            ["soffice", "--headless", profile, "--convert-to", kind, "--outdir", str(folder / out), str(folder / name)],
            check=True, timeout=110, capture_output=True,
        )  # fmt: skip
    again = openpyxl.load_workbook(folder / "again" / "in.xlsx", data_only=True)
    values = openpyxl.load_workbook(io.BytesIO(book), data_only=True)
    for sheet in openpyxl.load_workbook(io.BytesIO(book)):
        for cell in (c for row in sheet.iter_rows() for c in row if c.data_type == "f"):
            at = cell.coordinate
            yield f"{sheet.title} {at}", values[sheet.title][at].value, again[sheet.title][at].value


def differing(book: bytes, folder: Path) -> tuple[int, list[tuple[str, object, object]]]:
    """How many formulas there are, and those that calculate to something else than what is written."""
    found = list(calculated(book, folder))
    wrong = [(at, a, b) for at, a, b in found if not _near(a, b)]
    return len(found), wrong


def _near(written: object, anew: object) -> bool:
    if not isinstance(written, int | float) or not isinstance(anew, int | float):
        return written == anew
    return abs(written - anew) <= 1e-9 * max(1.0, abs(written))


def main() -> None:
    """Check a data folder and print what was compared."""
    parser = argparse.ArgumentParser(prog="python -m tests.unit.report.numbers", description=__doc__)
    parser.add_argument("registry", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--office-program", action="store_true")
    options = parser.parse_args()
    compared: Mapping[str, int] = check(options.data, load_registry(options.registry))
    print(json.dumps(compared, ensure_ascii=False, indent=1))
    if options.office_program:
        for book in sorted(options.data.glob("reports/*/*/consolidated.xlsx")):
            with tempfile.TemporaryDirectory() as folder:
                count, wrong = differing(book.read_bytes(), Path(folder))
            print(
                f"{book.parent.parent.name}/{book.parent.name}: {count} formulas, {len(wrong)} calculated otherwise"
            )
            for at, written, anew in wrong[:5]:
                print(f"  {at}: {written} written, {anew} calculated")


if __name__ == "__main__":
    main()
