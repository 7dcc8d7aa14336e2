"""The charts of an office's page (图), as inline SVG with a table of the same numbers beside each.

Colours are told apart by people with any colour vision, and every state also has a shape of its own. A chart
repeats what was printed; where a number is in doubt it says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from statistics import quantiles

from markupsafe import Markup

from gipa_pipeline.aggregate import wording
from gipa_pipeline.report.drawing import SEGMENTS, WIDTH, Chart, Scale, bar, column, drawing, legend, parts_of
from gipa_pipeline.report.history import Flow
from gipa_pipeline.report.view import OfficeView, UnitView

MOST_BARS = 24
"""Beyond this many units the chart shows the largest and one bar for the rest."""
TALLEST = 8
"""Symbols one above the other; with more reports in a few days one symbol stands for several units."""
LONGEST_NAME = 18
_SHARES = {"予以公开和部分公开": ("granted", "partial"), "不予公开": ("denied",), "无法提供": ("unable",)}
"""Shares of the handled applications that are looked at among peers, with the groups of results they add up."""
_FLOW_HEADS = ("新收", "上年结转", *SEGMENTS.values())


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
    scale = Scale(min(first, *days) if min(days) > first - timedelta(days=60) else first, last)
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
    base = 30 + 12 * max(stacks.values())
    parts = [_line("axis", scale.left, base, scale.right, base)]
    for month in scale.months():
        x = scale.x(month)
        parts += [
            _line("axis", x, base, x, base + 4),
            _text("", x, base + 17, f"{month.month}月{month.day}日"),
        ]
    for due in dues:
        x = scale.x(due)
        parts.append(_line("due", x, 14, x, base))
        # Near the edge a centred label would be cut off.
        at_right = x > WIDTH - 50
        label = f"期限 {due.month}月{due.day}日"
        parts.append(_text("due-label at-right" if at_right else "due-label", x + 16 * at_right, 10, label))
    parts += [Markup('<g transform="translate(0 {})">{}</g>').format(base - 8, m) for m in marks]
    counts = Counter(u.state for u in view.units)
    told = f"{len(dated)}份有日期的报告的发布时间：按时{counts['on_time']}份，逾期{counts['late']}份"
    rest = {s: counts[s] for s in wording.COVERAGE if counts[s] and s not in ("on_time", "late")}
    others = "".join(f"，{wording.COVERAGE[s]}{n}个" for s, n in rest.items())
    many = "每个符号是一个单位" if each == 1 else f"每个符号至多代表{each}个单位"
    caption = (
        f"● 按时　▲ 逾期，虚线为期限，{many}。按时{counts['on_time']}个，逾期{counts['late']}个{others}。"
    )
    title = "各单位报告何时发布"
    return Chart(drawing("timeline", base + 24, title, told, parts), title, caption)


def results(view: OfficeView) -> Chart | None:
    """Applications and their results by unit as bars; None when fewer than two units have any."""
    found = []
    for unit in view.included:
        flow = view.history.flow(unit.unit.unit_id, view.year)
        if flow and flow.whole > 0:
            found.append((unit.unit.name, flow))
    if len(found) < 2:
        return None
    found.sort(key=lambda item: -item[1].whole)
    idle = len(view.included) - len(found)
    rows = tuple(_flow_row(name, flow) for name, flow in found)
    if len(found) > MOST_BARS:
        rest = [flow for _, flow in found[MOST_BARS - 1 :]]
        found = [*found[: MOST_BARS - 1], (f"其余{len(rest)}个单位合计", _added(rest))]
    left, right = 226, WIDTH - 64
    scale = (right - left) / float(max(flow.whole for _, flow in found))
    parts = []
    for row, (name, flow) in enumerate(found):
        y = 6 + row * 20
        shown = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
        mark = " △" if flow.doubtful else ""
        parts.append(
            Markup("<g><title>{}</title>{}{}{}</g>").format(
                f"{name}：{_told(flow)}",
                _text("name", left - 8, y + 11, shown),
                bar(flow, left, y, scale, 14),
                _text(
                    "number", left + float(flow.whole) * scale + 6, y + 11, wording.number(flow.whole) + mark
                ),
            )
        )
    flows = [flow for _, flow in found]
    title = "各单位申请办理情况"
    caption = (
        "条长为本年办理结果与结转下年之和（件），按填报数绘制；标 △ 的单位表三有空白或未了结的须改正问题。"
    )
    if idle:
        caption += f"另有{idle}个单位没有申请。"
    told = "；".join(f"{name} {wording.number(flow.whole)}件" for name, flow in found)
    svg = drawing("results", 8 + 20 * len(found), title, told, parts)
    return Chart(svg, title, caption, ("单位", *_FLOW_HEADS), rows, legend(flows))


def years(view: OfficeView) -> Chart | None:
    """The office's sum by year as columns; None for fewer than two years."""
    found = [(y, t) for y in view.history.years if (t := view.history.total(y))]
    if len(found) < 2:
        return None
    top = max(flow.whole for _, (flow, _) in found)
    if top <= 0:
        return None
    tall, base, left = 190.0, 214.0, 40.0
    step = (WIDTH - 2 * left) / len(found)
    thick = min(58.0, step * 0.6)
    scale = tall / float(top)
    parts = [_line("axis", left - 20, base, WIDTH - left + 20, base)]
    rows = []
    for at, (year, (flow, units)) in enumerate(found):
        middle = left + step * (at + 0.5)
        absent = sum(
            1
            for u in view.history.summands
            if (s := view.history.standings.get((u, year))) and s.state and s.flow is None
        )
        mark = " △" if flow.doubtful else ""
        under = f"{units}个单位" + (f"，缺{absent}个" if absent else "")
        parts += [
            column(flow, middle - thick / 2, base, scale, thick),
            _text(
                "number mid", middle, base - float(flow.whole) * scale - 6, wording.number(flow.whole) + mark
            ),
            _text("year", middle, base + 16, f"{year}年"),
            _text("", middle, base + 31, f"{units}个单位"),
            _text("", middle, base + 45, f"缺{absent}个" if absent else ""),
        ]
        rows.append((f"{year}年（{under}）", *_flow_row("", flow)[1:]))
    title = "本级各单位合计的历年变化"
    caption = "柱高为本年办理结果与结转下年之和（件），只加当年已识读的报告；单位数不同的年度不能直接比较。"
    told = "；".join(f"{year}年{wording.number(flow.whole)}件" for year, (flow, _) in found)
    svg = drawing("years", base + 52, title, told, parts)
    return Chart(svg, title, caption, ("年度", *_FLOW_HEADS), tuple(rows), legend([f for _, (f, _) in found]))


def trend(values: Sequence[Decimal | None]) -> Markup:
    """A unit's new applications over the years as a small line; years without a report are gaps."""
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return Markup("")
    top = max(known) or Decimal(1)
    step = 80 / max(1, len(values) - 1)
    runs: list[list[str]] = [[]]
    dots = []
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        x, y = 4 + at * step, 20 - 16 * float(value / top)
        runs[-1].append(f"{x:.1f},{y:.1f}")
        dots.append(Markup('<circle cx="{:.1f}" cy="{:.1f}" r="1.8"/>').format(x, y))
    lines = [Markup('<polyline points="{}"/>').format(" ".join(run)) for run in runs if len(run) > 1]
    told = "、".join("缺" if v is None else wording.number(v) for v in values)
    return Markup('<svg class="trend" viewBox="0 0 88 24" role="img" aria-label="{}">{}</svg>').format(
        f"历年新收：{told}", Markup("").join([*lines, *dots])
    )


def peers(view: OfficeView, units: int, cases: int) -> Chart | None:
    """How shares spread among units of one level and kind; None where no group has enough units with enough cases.

    Args:
        view: the office.
        units: the least number of units of a group.
        cases: the least number of handled applications of a unit.
    """
    groups: dict[str, list[tuple[str, Flow]]] = {}
    for u in view.included:
        flow = view.history.flow(u.unit.unit_id, view.year)
        # A share of numbers in doubt would say more about the mistake than about the unit.
        if flow and flow.handled >= cases and not flow.doubtful:
            group = f"{wording.LEVEL[u.unit.level]}{wording.KIND[u.unit.kind]}"
            groups.setdefault(group, []).append((u.unit.name, flow))
    left, right, parts, rows, y = 226, WIDTH - 30, [], [], 18.0
    for group, members in groups.items():
        if len(members) < units:
            continue
        for name, keys in _SHARES.items():
            values = sorted((_share(flow, keys), unit) for unit, flow in members)
            low, middle, high = quantiles([v for v, _ in values], n=4, method="inclusive")

            def x(value: float) -> float:
                return left + (right - left) * value

            parts += [
                _text("name", left - 12, y + 4, f"{group}·{name}"),
                _line("axis", left, y, right, y),
                Markup('<rect class="half" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="12"/>').format(
                    x(low), y - 6, max(1.0, x(high) - x(low))
                ),
                *(
                    Markup(
                        '<circle class="peer" cx="{:.1f}" cy="{:.1f}" r="4"><title>{}</title></circle>'
                    ).format(x(v), y, f"{unit} {v:.0%}")
                    for v, unit in values
                ),
                _line("median", x(middle), y - 9, x(middle), y + 9),
            ]
            rows.append((group, name, str(len(members)), f"{low:.0%}", f"{middle:.0%}", f"{high:.0%}"))
            y += 30
    if not rows:
        return None
    parts += [_text("", left + (right - left) * s, y, f"{s:.0%}") for s in (0.0, 0.25, 0.5, 0.75, 1.0)]
    title = "同层级、同性质单位的分布"
    caption = (
        f"只在层级和性质相同、各自办结不少于{cases}件、且不少于{units}个的单位之间作比较，不含数字有疑的单位。"
        "每个点是一个单位，竖线为中位数，浅色带为中间一半的单位。差异多与业务性质有关，不说明对错，不作评价。"
    )
    told = "；".join(f"{g}{n}中位数{m}" for g, n, _, _, m, _ in rows)
    heads = ("范围", "指标", "单位数", "下四分位", "中位数", "上四分位")
    return Chart(drawing("peers", y + 10, title, told, parts), title, caption, heads, tuple(rows))


def _share(flow: Flow, keys: Sequence[str]) -> float:
    return float(sum((flow.results[k] for k in keys), Decimal(0)) / flow.handled)


def _added(flows: Sequence[Flow]) -> Flow:
    return Flow(
        new=sum((f.new for f in flows), Decimal(0)),
        carried_in=sum((f.carried_in for f in flows), Decimal(0)),
        results={k: sum((f.results[k] for f in flows), Decimal(0)) for k in flows[0].results},
        carried_out=sum((f.carried_out for f in flows), Decimal(0)),
        doubtful=any(f.doubtful for f in flows),
    )


def _flow_row(name: str, flow: Flow) -> tuple[str, ...]:
    numbers = (flow.new, flow.carried_in, *parts_of(flow).values())
    return (name + (" △" if flow.doubtful else ""), *map(wording.number, numbers))


def _told(flow: Flow) -> str:
    parts = "，".join(f"{SEGMENTS[k]}{wording.number(v)}" for k, v in parts_of(flow).items() if v)
    doubt = "（有疑）" if flow.doubtful else ""
    return f"新收{wording.number(flow.new)}，上年结转{wording.number(flow.carried_in)}；{parts}{doubt}"


def _mark(units: list[UnitView], state: str, x: float, above: int) -> Markup:
    y = -12 * above
    names = "；".join(f"{u.unit.name} {wording.day(u.published)} {wording.COVERAGE[u.state]}" for u in units)
    name = Markup("<title>{}</title>").format(names)
    if state == "late":
        shape = Markup('<path class="late" d="M{} {} l5.5 10 h-11 z">{}</path>')
        return shape.format(x, y - 5, name)
    return Markup('<circle class="on-time" cx="{}" cy="{}" r="4.5">{}</circle>').format(x, y, name)


def _line(name: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(
        name, x1, y1, x2, y2
    )


def _text(name: str, x: float, y: float, text: str) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>').format(name, x, y, text)
