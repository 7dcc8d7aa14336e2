"""What all charts share (图): the frame of a drawing, its text table, segments told apart without colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from gipa_pipeline.aggregate import wording
from gipa_pipeline.report.history import RESULTS, Flow

WIDTH = 880
SEGMENTS: Mapping[str, str] = {**RESULTS, "open": "结转下年"}
"""The parts of a bar: the results, then what is carried into the next year."""
_ROOM = 5.6
"""Least width that a figure of a bar takes in a digit, in units of the drawing."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, what it shows, and the same in a table."""

    svg: Markup
    title: str
    caption: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    legend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """Days to places on the time axis."""

    first: date
    last: date
    left: int = 20
    right: int = WIDTH - 20

    def x(self, day: date) -> float:
        """The place of a day; what lies beyond the axis is drawn at its end."""
        share = (day - self.first) / (self.last - self.first)
        return round(self.left + (self.right - self.left) * min(1.0, max(0.0, share)), 1)

    def months(self) -> list[date]:
        """The firsts of the months on the axis."""
        months = [date(y, m, 1) for y in range(self.first.year, self.last.year + 1) for m in range(1, 13)]
        return [m for m in months if self.first <= m <= self.last]


def drawing(name: str, height: float, title: str, told: str, parts: Sequence[Markup]) -> Markup:
    """A drawing with its name and description for those who hear it; ``name`` makes its ids."""
    return Markup(
        '<svg viewBox="0 0 {w} {h:.0f}" role="img" aria-labelledby="{n}-t {n}-d"><title id="{n}-t">{t}</title>'
        '<desc id="{n}-d">{d}</desc>{p}</svg>'
    ).format(w=WIDTH, h=height, n=name, t=title, d=told, p=Markup("").join(parts))


def parts_of(flow: Flow) -> dict[str, Decimal]:
    """A flow as the parts of a bar."""
    return {**flow.results, "open": flow.carried_out}


def legend(flows: Sequence[Flow]) -> tuple[tuple[str, str], ...]:
    """The parts that occur, with their names."""
    return tuple((k, name) for k, name in SEGMENTS.items() if any(parts_of(f)[k] for f in flows))


def bar(flow: Flow, left: float, y: float, scale: float, thick: float) -> Markup:
    """One bar lying down: a part a result, its number inside where there is room."""
    made: list[Markup] = []
    x = left
    for key, value in parts_of(flow).items():
        if value <= 0:
            continue
        length = float(value) * scale
        text = wording.number(value)
        made.append(
            Markup('<rect class="seg {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                key, x, y, length, thick
            )
        )
        if length > _ROOM * len(text) + 6:
            made.append(
                Markup('<text class="in {}" x="{:.1f}" y="{:.1f}">{}</text>').format(
                    key, x + length / 2, y + thick / 2 + 3.5, text
                )
            )
        x += length
    return Markup("").join(made)


def column(flow: Flow, x: float, base: float, scale: float, thick: float) -> Markup:
    """The same standing up."""
    made: list[Markup] = []
    y = base
    for key, value in parts_of(flow).items():
        if value <= 0:
            continue
        length = float(value) * scale
        y -= length
        made.append(
            Markup('<rect class="seg {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                key, x, y, thick, length
            )
        )
        if length > 13:
            made.append(
                Markup('<text class="in {}" x="{:.1f}" y="{:.1f}">{}</text>').format(
                    key, x + thick / 2, y + length / 2 + 3.5, wording.number(value)
                )
            )
    return Markup("").join(made)
