"""Right reports that can be printed again with other figures in table 3, and the figures to print.

A report made by the generator is laid out again; a real one is changed where its figure stands in the text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random

from expectations.forms import load_form
from gipa_pipeline.extract.reading import read_document
from tests.generator import LAYOUTS, Report, make_report
from tests.generator.layouts import SLOW_LAYOUTS
from tests.generator.samples import PLAN, documents
from tests.gold.judge import DEPARTING
from tests.unit.validate.forms import Unit

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
OPEN = frozenset({"html_images", "page_other_form", "page_two_versions"})
"""Layouts without a table, or of which no cell is certain."""
YEAR = 2024
Changes = Mapping[str, Decimal | None]
Cells = Mapping[str, Decimal | None]


@dataclass(frozen=True)
class Fixture:
    """A right report: its figures, who publishes it, and how it is printed with others in some cells."""

    name: str
    layout: str
    edition: str
    cells: Cells
    made: Callable[[Changes], tuple[str, bytes]]
    body: tuple[str, str, str] = ("某镇人民政府", "town", "government")
    places: Mapping[str, tuple[int, int]] | None = None

    @property
    def able(self) -> tuple[str, ...]:
        """The cells of table 3 that can be printed otherwise: all, or those of a real report whose place is known."""
        cells = load_form(self.edition).table_cells("t3")
        return tuple(c for c in cells if self.places is None or c in self.places)

    def unit(self, unit_id: str) -> Unit:
        """The publisher under a unit's id."""
        name, level, kind = self.body
        above = None if kind == "government" and level != "town" else "office"
        return Unit(unit_id, name, level, kind, supervising_unit_id=above)


def broken(edition: str, cells: Cells) -> tuple[str, ...]:
    """The sums that do not hold, by name; one with blanks in it only where no filling of them could mend it."""
    names = []
    for identity in load_form(edition).identities:
        sides = [[cells[c] for c in side] for side in (identity.left, identity.right)]
        left, right = (sum((v for v in side if v is not None), Decimal(0)) for side in sides)
        more_left, more_right = (None in side for side in sides)
        if (left < right and not more_left) or (left > right and not more_right):
            names.append(identity.name)
    return tuple(names)


def fixtures(seed: int, count: int) -> Iterator[Fixture]:
    """The real reports that are at hand, the samples that are right, and ``count`` new ones of every layout.

    Of each layout's reports the last leaves its zeros blank, as many units do.
    """
    if SEEDS.is_dir():
        for path in sorted(SEEDS.glob("*.txt")):
            if (fixture := _real(path)) is not None:
                yield fixture
    yield from _samples()
    for layout in sorted(LAYOUTS.keys() - DEPARTING - OPEN):
        for number in range(count):
            report = make_report(Random(f"{seed}/{layout}/{number}/mutate"), YEAR)
            yield generated(f"{layout} {number}", layout, report, f"{seed}/{number}")
        yield generated(f"{layout} blanks", layout, _zeros_blank(report), f"{seed}/blanks")


def _zeros_blank(report: Report) -> Report:
    zeros = [c for c in report.form.table_cells("t3") if report.cells[c] == 0]
    return report.with_cells(dict.fromkeys(zeros))


def generated(name: str, layout: str, report: Report, chance: str) -> Fixture:
    body = (report.body.name, report.body.level, report.body.kind)
    made = partial(_laid_out, report, layout, chance)
    return Fixture(name, layout, report.edition, report.cells, made, body)


def _laid_out(report: Report, layout: str, chance: str, changes: Changes) -> tuple[str, bytes]:
    document = (LAYOUTS | SLOW_LAYOUTS)[layout](report.with_cells(changes), Random(chance))
    return document.name, document.data


def _samples() -> Iterator[Fixture]:
    layouts = {plan.unit_id: plan.layout for plan in PLAN}
    for (unit, year), document in documents().items():
        report = document.report
        if not broken(report.edition, report.cells):
            yield generated(f"sample {unit} {year}", layouts[unit], report, f"layout/{unit}/{year}")


def _real(path: Path) -> Fixture | None:
    """A real report as a fixture, if its sums hold."""
    truth = json.loads((SEEDS / "expected" / f"{path.stem}.json").read_text("utf-8"), parse_float=Decimal)
    cells = {c: None if v is None else Decimal(v) for c, v in truth["cells"].items()}
    if broken(truth["format"], cells):
        return None
    seen = read_document(path.read_bytes(), path.name, prose=False).cells
    found = {c: p for c in load_form(truth["format"]).table_cells("t3") if (p := seen[c].place) is not None}
    places = {c: (p.start, p.end) for c, p in found.items() if p.start is not None and p.end is not None}
    made = partial(_rewritten, path, cells, places)
    return Fixture(path.stem, "real reports", truth["format"], cells, made, places=places)


def _rewritten(
    path: Path, cells: Cells, places: Mapping[str, tuple[int, int]], changes: Changes
) -> tuple[str, bytes]:
    """The report's text with other figures where the old ones stand; a glued row is glued again.

    Raises:
        ValueError: a figure does not stand where its place says.
    """
    text = path.read_bytes().decode("utf-8")
    for start, end in sorted({places[c] for c in changes}, reverse=True):
        of = [c for c, place in places.items() if place == (start, end)]
        before, after = (
            "".join("" if (v := known[c]) is None else str(v) for c in of)
            for known in (cells, {**cells, **changes})
        )
        if "".join(text[start:end].split()) != before:
            raise ValueError(f"{path.name}: {of} printed {text[start:end]!r}, not {before}")
        text = text[:start] + after + text[end:]
    return path.name, text.encode()


def single_changes(fixture: Fixture) -> Iterator[tuple[str, Changes]]:
    """Every kind of change of every cell of table 3."""
    for cell in fixture.able:
        for kind, value in other_figures(fixture.cells[cell]).items():
            yield kind, {cell: value}


def other_figures(value: Decimal | None) -> dict[str, Decimal | None]:
    """What may stand in a cell instead of its figure, by kind; each another figure."""
    if value is None:
        return {"blank filled": Decimal(3)}
    text = str(value)
    made: dict[str, str | None] = {"one more": str(value + 1), "left blank": None}
    if value:
        made |= {"one less": str(value - 1), "tenfold": text + "0"}
    made["another digit"] = str((int(text[0]) + 3) % 9 + 1) + text[1:]
    if len(text) > 1:
        made |= {"digits swapped": text[:-2] + text[-1] + text[-2], "digit dropped": text[1:]}
    return {
        kind: None if other is None else Decimal(other)
        for kind, other in made.items()
        if other is None or (other != text and (other == "0" or other[0] != "0"))
    }


def groups_of(fixture: Fixture, rng: Random) -> Iterator[tuple[str, Changes]]:
    """Changes of two and three cells: by chance, in one row, in one column, and at the corners of a rectangle.

    The changes in a row or a column cancel out in its own sum, and those at three corners in two of them.
    """
    form = load_form(fixture.edition)
    known = [c for c in fixture.able if fixture.cells[c] is not None]
    if len(known) < 3:
        return
    for size in (2, 3):
        cells = rng.sample(known, size)
        yield (
            f"{size} anywhere",
            {c: rng.choice(list(other_figures(fixture.cells[c]).values())) for c in cells},
        )
    rows, columns = [r.key for r in form.rows], [c.key for c in form.columns if c.key != "total"]
    if len(fixture.able) < len(form.table_cells("t3")):
        return
    for size in (2, 3):
        row, column = rng.choice(rows), rng.choice(columns)
        yield f"{size} in a row", _cancelling(fixture, [f"t3.{row}.{c}" for c in rng.sample(columns, size)])
        yield (
            f"{size} in a column",
            _cancelling(fixture, [f"t3.{r}.{column}" for r in rng.sample(rows, size)]),
        )
    (a, b), (c, d) = rng.sample(rows, 2), rng.sample(columns, 2)
    corners = [f"t3.{a}.{c}", f"t3.{a}.{d}", f"t3.{b}.{c}", f"t3.{b}.{d}"]
    yield "three corners", _stepped(fixture, corners[:3], (1, -1, -1))
    yield "four corners", _stepped(fixture, corners, (1, -1, -1, 1))


def _cancelling(fixture: Fixture, cells: list[str]) -> Changes:
    return _stepped(fixture, cells, (1, -1) if len(cells) == 2 else (2, -1, -1))


def _stepped(fixture: Fixture, cells: list[str], steps: tuple[int, ...]) -> Changes:
    """Steps up and down; where a figure would fall below zero all go the other way or twice as far up."""
    for sign in (1, -1):
        made = {c: (fixture.cells[c] or Decimal(0)) + sign * s for c, s in zip(cells, steps, strict=True)}
        if min(made.values()) >= 0:
            return made
    return {c: (fixture.cells[c] or Decimal(0)) + abs(s) for c, s in zip(cells, steps, strict=True)}
