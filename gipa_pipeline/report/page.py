"""The office's page (主管部门报告页) and the year's list of offices, as HTML that needs nothing else.

No script, no address that is loaded by itself, one style sheet whose hash the page's own policy names.
Whatever a unit wrote is text: Jinja escapes it, and only http(s) addresses become links.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gipa_pipeline.aggregate import wording
from gipa_pipeline.registry import Unit
from gipa_pipeline.report import charts
from gipa_pipeline.report.basis import bases
from gipa_pipeline.report.findings import FindingView, rows_of
from gipa_pipeline.report.handed import Item
from gipa_pipeline.report.history import Standing
from gipa_pipeline.report.layout import grids
from gipa_pipeline.report.view import OfficeView

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

LEAST_ERRORS = 3
"""With fewer errors in table 3 there is no cluster to show."""
MOST_NOTES = 3
"""Note numbers shown at one figure; beyond that only how many more."""


def office_report(view: OfficeView) -> str:
    """One office's page for one year, as a whole HTML document."""
    asked = [f for f in view.findings if f.severity != "info"]
    return (
        templates()
        .get_template("office.html.j2")
        .render(
            view=view,
            grids=grids(view.form) if view.form else (),
            by_unit=_by_unit(asked),
            urgent=sorted(asked, key=lambda f: (wording.SEVERITY_ORDER[f.severity], f.number)),
            hints=view.of_severity("info"),
            timeline=charts.timeline(view),
            results=charts.results(view),
            years=charts.years(view),
            peers=charts.peers(view, view.peer_units, view.peer_cases),
            development=_development(view),
            heat=_heat(view),
            since=_since(view),
            bases=list(bases(view, view.figures)) if view.figures else [],
            bases_tree=list(bases(view, view.figures_tree)) if view.figures_tree else [],
            anchors=True,
            unplaced=_unplaced(view),
            linked=any(safe_link(unit.url) for unit in view.units),
            **common_words(),
        )
    )


def operator_page(doubts: Sequence[tuple[Unit, Sequence[FindingView]]], year: int) -> str:
    """What the operator has to look at in a year, office by office (待核对事项); it is never handed out.

    These findings may be misreadings of our own, or it is not settled whose they are.
    """
    offices = [(office, _by_unit(findings), len(findings)) for office, findings in doubts]
    return templates().get_template("operator.html.j2").render(offices=offices, year=year, **common_words())


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """An office's line in the year's list."""

    office_id: str
    name: str
    summands: int
    included: int
    missing: int
    errors: int
    warnings: int


def office_line(view: OfficeView) -> OfficeLine:
    """What the year's list says of an office."""
    return OfficeLine(
        office_id=view.office.unit_id,
        name=view.office.name,
        summands=len(view.summands),
        included=len(view.included),
        missing=len(view.missing),
        errors=len(view.of_severity("error")),
        warnings=len(view.of_severity("warning")),
    )


def index_page(offices: Sequence[OfficeLine], year: int) -> str:
    """The list of a year's offices, linking to their pages and workbooks beside it."""
    return templates().get_template("index.html.j2").render(offices=offices, year=year, **common_words())


def safe_link(address: str | None) -> str | None:
    """The address if it may become a link: http or https with a host, and nothing that hides in it."""
    if not address or any(c.isspace() or not c.isprintable() for c in address):
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and host else None


def common_words() -> dict[str, Any]:
    """What every page needs: the style sheet with its hash, and the words for codes."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {"style": style, "style_hash": f"sha256-{digest}", "words": wording, "most_notes": MOST_NOTES}


@cache
def _style() -> str:
    text = (resources.files(__package__) / "templates" / "style.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


@cache
def templates() -> jinja2.Environment:
    """The templates of all pages; what is put into them is escaped."""
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": wording.number,
        "day": wording.day,
        "safe_link": safe_link,
        # Our own style sheet; it holds nothing that a unit wrote.
        "trusted_style": Markup,
    }
    return environment


def _by_unit(findings: Sequence[FindingView]) -> list[tuple[Unit, list[FindingView]]]:
    """Findings grouped by unit, in the order given."""
    groups: dict[str, list[FindingView]] = {}
    for finding in findings:
        groups.setdefault(finding.unit.unit_id, []).append(finding)
    return [(of[0].unit, of) for of in groups.values()]


@dataclass(frozen=True, slots=True)
class UnitYears:
    """A unit over the years: its standing in each, and its new applications as a line."""

    unit: Unit
    standings: tuple[Standing | None, ...]
    trend: Markup
    latest: str


def _development(view: OfficeView) -> list[UnitYears]:
    """The units over the years; empty when only one year is at hand."""
    years = view.history.years
    if len(years) < 2:
        return []
    made = []
    for line in view.units:
        unit = line.unit.unit_id
        flows = [view.history.flow(unit, year) for year in years]
        new = [flow.new if flow else None for flow in flows]
        made.append(
            UnitYears(
                line.unit,
                tuple(view.history.standings.get((unit, year)) for year in years),
                charts.trend(new),
                "" if new[-1] is None else wording.number(new[-1]),
            )
        )
    return made


def _heat(view: OfficeView) -> dict[str, int] | None:
    """For cells of table 3 that errors name, a step from 1 to 4; None for too few errors to show a cluster."""
    if view.history.cell_errors < LEAST_ERRORS:
        return None
    top = max(view.history.cells.values())
    # One cell that is wrong everywhere must not hide all others: steps by the square root.
    return {cell: math.ceil(4 * math.sqrt(n / top)) for cell, n in view.history.cells.items()}


Line = tuple[str, int, str, str]
"""A finding in a list: the unit's name, its number here (0 for none), the message, and what else to say."""


def _since(view: OfficeView) -> dict[str, list[Line]] | None:
    """What changed since the last report, as lists of lines."""
    if view.since is None:
        return None

    def gone(items: Sequence[Item]) -> list[Line]:
        names = {u.unit.unit_id: u.unit.name for u in view.units}
        return [(names.get(i.unit_id, i.unit_id), 0, i.message, "") for i in items]

    def standing(findings: Sequence[FindingView]) -> list[Line]:
        lines = []
        for f in findings:
            state = "" if f.state == "open" else wording.FINDING_STATE[f.state]
            lines.append((f.unit.name, f.number, f.gist, state))
        return lines

    return {
        "fixed": gone(view.since.fixed),
        "dropped": gone(view.since.dropped),
        "left": standing(view.since.left),
        "new": standing(view.since.new),
    }


def _unplaced(view: OfficeView) -> list[tuple[str, str]]:
    """Units that used another form, with the cells of theirs that the sum has no place for, in words."""
    if view.figures is None:
        return []
    found: dict[tuple[str, ...], list[str]] = {}
    for unit in view.included:
        if ids := view.figures.unplaced.get(unit.unit.unit_id):
            found.setdefault(ids, []).append(unit.unit.name)
    return [("、".join(names), rows_of(ids)) for ids, names in found.items()]
