"""Small charts as inline SVG (图). They only repeat what the tables beside them say.

Colours are told apart by people with any colour vision, and every state also has a shape of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from markupsafe import Markup, escape

from gipa_pipeline.aggregate import wording
from gipa_pipeline.report.view import OfficeView, UnitView

WIDTH = 680
MOST_BARS = 24
"""Beyond this many units the chart shows the largest and one bar for the rest."""
TALLEST = 8
"""Symbols one above the other; with more reports in a few days one symbol stands for several units."""
NEW_APPLICATIONS = "t3.new.total"


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and the sentence above it."""

    svg: Markup
    caption: str


def timeline(view: OfficeView) -> Chart | None:
    """When each report was published, against the due dates; None for fewer than three dated reports."""
    dated = [u for u in view.units if u.published and u.state in ("on_time", "late")]
    if len(dated) < 3:
        return None
    dues = sorted({u.due for u in view.units if u.due})
    days = [u.published for u in dated if u.published]
    first = date(view.year + 1, 1, 1)
    # A report of years later would press all others into the corner; it is drawn at the edge.
    last = min(max(*days, *dues, date(view.year + 1, 3, 31)), date(view.year + 1, 6, 30))
    scale = _Scale(min(first, *days) if min(days) > first - timedelta(days=60) else first, last)
    slots: dict[tuple[int, str], list[UnitView]] = {}
    for unit in sorted(dated, key=lambda u: (u.published or first, u.unit.unit_id)):
        slots.setdefault((round(scale.x(unit.published or first) / 10) * 10, unit.state), []).append(unit)
    each = -(-max(len(units) for units in slots.values()) // TALLEST)
    stacks: Counter[int] = Counter()
    marks: list[Markup] = []
    for (slot, state), units in slots.items():
        for start in range(0, len(units), each):
            marks.append(_mark(units[start : start + each], state, slot, stacks[slot]))
            stacks[slot] += 1
    height = 26 + 12 * max(stacks.values())
    base = height + 4
    parts = [
        Markup('<line class="axis" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
            scale.left, base, scale.right, base
        )
    ]
    for month in scale.months():
        x = scale.x(month)
        parts.append(
            Markup('<line class="axis" x1="{0}" y1="{1}" x2="{0}" y2="{2}"/>').format(x, base, base + 4)
        )
        parts.append(
            Markup('<text x="{}" y="{}">{}月{}日</text>').format(x, base + 17, month.month, month.day)
        )
    for due in dues:
        x = scale.x(due)
        parts.append(Markup('<line class="due" x1="{0}" y1="14" x2="{0}" y2="{1}"/>').format(x, base))
        # Near the edge a centred label would be cut off.
        side = " at-right" if x > WIDTH - 50 else ""
        parts.append(
            Markup('<text class="due-label{}" x="{}" y="10">期限 {}月{}日</text>').format(
                side, x + 16 if side else x, due.month, due.day
            )
        )
    placed = [Markup('<g transform="translate(0 {})">{}</g>').format(base - 8, m) for m in marks]
    counts = Counter(u.state for u in dated)
    label = f"{len(dated)}份有日期的报告的发布时间：按时{counts['on_time']}份，逾期{counts['late']}份"
    many = "每个符号是一个单位" if each == 1 else f"每个符号至多代表{each}个单位"
    caption = f"有发布日期的报告：● 按时　▲ 逾期。虚线为期限，{many}。"
    return Chart(_svg(base + 24, label, [*parts, *placed]), caption)


def applications(view: OfficeView) -> Chart | None:
    """New applications by unit as bars; None when fewer than two units have any."""
    values: list[tuple[str, Decimal, bool]] = []
    doubtful = {n.unit.unit_id for n in _notes_on(view, NEW_APPLICATIONS)}
    for unit in view.included:
        cell = view.cells.counted.get((unit.unit.unit_id, NEW_APPLICATIONS))
        if cell and cell["value"] is not None and cell["value"] > 0:
            values.append((unit.unit.name, cell["value"], unit.unit.unit_id in doubtful))
    if len(values) < 2:
        return None
    values.sort(key=lambda v: -v[1])
    if len(values) > MOST_BARS:
        rest = values[MOST_BARS - 1 :]
        total = sum((v for _, v, _ in rest), Decimal(0))
        values = [*values[: MOST_BARS - 1], (f"其余{len(rest)}个单位", total, any(d for *_, d in rest))]
    top = max(v for _, v, _ in values)
    left, right = 230, WIDTH - 70
    parts = [
        Markup(
            '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><rect class="bar" width="6" height="6"/>'
            '<rect class="hatch" width="2" height="6"/></pattern></defs>'
        )
    ]
    for row, (name, value, doubt) in enumerate(values):
        y, length = 6 + row * 20, max(1.0, float(value / top) * (right - left))
        shown = name if len(name) <= 17 else f"{name[:16]}…"
        parts.append(
            Markup("<g><title>{}：{}件{}</title>").format(
                name, wording.number(value), "（有疑）" if doubt else ""
            )
            + Markup('<text class="name" x="{}" y="{}">{}</text>').format(left - 8, y + 11, shown)
            + Markup('<rect class="bar{}" x="{}" y="{}" width="{:.1f}" height="13"/>').format(
                " doubt" if doubt else "", left, y, length
            )
            + Markup('<text class="number" x="{:.1f}" y="{}">{}{}</text></g>').format(
                left + length + 6, y + 11, wording.number(value), " △" if doubt else ""
            )
        )
    label = "各单位本年新收政府信息公开申请数量：" + "，".join(
        f"{n} {wording.number(v)}件" for n, v, _ in values
    )
    caption = "各单位本年新收政府信息公开申请数量（件）。斜纹并标 △ 的数字有疑。"
    return Chart(_svg(10 + 20 * len(values), label, parts), caption)


def _notes_on(view: OfficeView, cell: str) -> list:
    if view.figures is None or cell not in view.figures.figures:
        return []
    numbers = view.figures.figures[cell].notes
    return [n for n in view.figures.notes if n.number in numbers]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Days to places on the time axis."""

    first: date
    last: date
    left: int = 20
    right: int = WIDTH - 20

    def x(self, day: date) -> float:
        share = (day - self.first) / (self.last - self.first)
        return round(self.left + (self.right - self.left) * min(1.0, max(0.0, share)), 1)

    def months(self) -> list[date]:
        """The firsts of the months on the axis."""
        months = [date(y, m, 1) for y in range(self.first.year, self.last.year + 1) for m in range(1, 13)]
        return [m for m in months if self.first <= m <= self.last]


def _mark(units: list[UnitView], state: str, x: float, above: int) -> Markup:
    y = -12 * above
    names = "；".join(f"{u.unit.name} {wording.day(u.published)} {wording.COVERAGE[u.state]}" for u in units)
    name = Markup("<title>{}</title>").format(names)
    if state == "late":
        shape = Markup('<path class="late" d="M{} {} l5.5 10 h-11 z">{}</path>')
        return shape.format(x, y - 5, name)
    return Markup('<circle class="on-time" cx="{}" cy="{}" r="4.5">{}</circle>').format(x, y, name)


def _svg(height: int, label: str, parts: list[Markup]) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, height, escape(label), Markup("").join(parts)
    )
