"""Mistakes in the title, the parts, the prose and the dates of one report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.generator.faults.base import NotApplicable, fault
from tests.generator.truth import Mistake, Report


def reword(report: Report, part: int, old: str, new: str) -> dict[int, tuple[str, ...]]:
    """The parts with one wording replaced; the wording must occur."""
    paragraphs = report.parts[part]
    if not any(old in text for text in paragraphs):
        raise NotApplicable(old)
    return {**report.parts, part: tuple(text.replace(old, new) for text in paragraphs)}


def contradict(report: Report, kind: str, wording: str, rule: str, cells: tuple[str, ...]) -> Report:
    """Let the prose state a number one or two higher than the table; ``wording`` has {} for the number."""
    stated = next((s for s in report.statements if s.kind == kind), None)
    if stated is None:
        raise NotApplicable(kind)
    value = int(stated.value)
    more = value + (2 if value > 9 else 1)
    parts = reword(report, stated.part, wording.format(value), wording.format(more))
    statements = tuple(replace(s, value=Decimal(more)) if s is stated else s for s in report.statements)
    own = (
        f"正文写{more},与同句其他数字之和不符"
        if rule in ("N02", "N09")
        else f"正文写{more}件,表中为{value}件"
    )
    mistake = Mistake(rule, cells, own)
    return report.with_mistake(mistake, parts=parts, statements=statements)


@fault("prose_answered")
def prose_answered(report: Report, rng: Random) -> Report:
    """The prose gives another number of answered applications than table 3."""
    if any("占办结总数" in text for text in report.parts[1]):
        raise NotApplicable("the prose gives a share of the answered applications")
    return contradict(report, "applications_answered", "办结{}件", "N01", ("t3.total.total",))


@fault("prose_received")
def prose_received(report: Report, rng: Random) -> Report:
    """The prose says that applications came, or more of them, than table 3."""
    cells = ("t3.new.total",)
    if report.cells["t3.new.total"] == 0:
        said = next((s for s in report.statements if s.kind == "applications_received"), None)
        for wording in ("未收到政府信息公开申请", "没有收到公民、法人或者其他组织提出的政府信息公开申请"):
            if said and any(wording in text for text in report.parts[1]):
                statements = tuple(
                    replace(s, value=Decimal(2)) if s is said else s for s in report.statements
                )
                return report.with_mistake(
                    Mistake("N04", cells, "正文写收到2件,表中为0件"),
                    parts=reword(report, 1, wording, "收到政府信息公开申请2件"),
                    statements=statements,
                )
    changed = contradict(report, "applications_received", "申请{}件", "N01", cells)
    # The channels follow, so that the sentence agrees with itself and disagrees with the table only.
    more = count_said(changed, "applications_received") - count_said(report, "applications_received")
    kind = next((s.kind for s in report.statements if s.kind.startswith("channel:")), "channel:")
    before, channel = count_said(report, kind), kind.split(":")[1]
    wording = f"{channel}{before}件", f"{channel}{before + more}件"
    return replace(
        changed,
        parts=reword(changed, 1, *wording),
        statements=tuple(
            replace(s, value=s.value + more) if s.kind == kind else s for s in changed.statements
        ),
    )


def count_said(report: Report, kind: str) -> int:
    """A number that the prose states."""
    return next((int(s.value) for s in report.statements if s.kind == kind), 0)


@fault("prose_channels")
def prose_channels(report: Report, rng: Random) -> Report:
    """The channels of the prose do not add up to its own number of applications."""
    channel = next((s for s in report.statements if s.kind.startswith("channel:")), None)
    if channel is None:
        raise NotApplicable("prose_channels")
    return contradict(report, channel.kind, channel.kind.split(":")[1] + "{}件", "N02", ("t3.new.total",))


@fault("prose_reconsideration")
def prose_reconsideration(report: Report, rng: Random) -> Report:
    """The prose gives another number of reviews than table 4."""
    cells = ("t4.reconsideration.total",)
    return contradict(report, "reconsiderations", "行政复议{}件", "N05", cells)


@fault("prose_documents")
def prose_documents(report: Report, rng: Random) -> Report:
    """The prose gives another number of documents in force than table 2."""
    cells = ("t2.normative_documents.in_force",)
    return contradict(report, "documents_in_force", "现行有效{}件", "N06", cells)


@fault("prose_items")
def prose_items(report: Report, rng: Random) -> Report:
    """The items published do not add up to the whole that the sentence gives."""
    return contradict(report, "disclosed_items", "信息{}条", "N09", ())


@fault("title_year")
def title_year(report: Report, rng: Random) -> Report:
    """The title still names the year before."""
    title = report.title.replace(str(report.year), str(report.year - 1))
    return report.with_mistake(Mistake("S03", (), "标题年份未更新"), title=title)


@fault("part_missing")
def part_missing(report: Report, rng: Random) -> Report:
    """Part five or six is not there."""
    part = rng.choice((5, 6))
    parts = {number: text for number, text in report.parts.items() if number != part}
    return report.with_mistake(
        Mistake("S01", (), f"缺第{'一二三四五六'[part - 1]}部分"), parts=parts, left_out=frozenset({part})
    )


@fault("part_six_empty")
def part_six_empty(report: Report, rng: Random) -> Report:
    """Part six says 无."""
    return report.with_mistake(Mistake("S08", (), "第六部分只写“无”"), parts={**report.parts, 6: ("无。",)})


@fault("part_five_empty")
def part_five_empty(report: Report, rng: Random) -> Report:
    """Part five says 无."""
    return report.with_mistake(Mistake("S07", (), "第五部分只写“无”"), parts={**report.parts, 5: ("无。",)})


@fault("old_period")
def old_period(report: Report, rng: Random) -> Report:
    """The statistical period is that of the year before."""
    opening = report.opening.replace(f"{report.year}年1月1日", f"{report.year - 1}年1月1日")
    opening = opening.replace(f"{report.year}年12月31日", f"{report.year - 1}年12月31日")
    return report.with_mistake(Mistake("S04", (), "统计期限仍为上一年"), opening=opening)


@fault("old_notice")
def old_notice(report: Report, rng: Random) -> Report:
    """The report cites the notice of 2019."""
    if report.edition != "2021":
        raise NotApplicable("old_notice")
    opening = report.opening.replace("〔2021〕30号", "〔2019〕60号")
    return report.with_mistake(Mistake("S09", (), "引用已被替代的格式文件"), opening=opening)


@fault("instructions_left")
def instructions_left(report: Report, rng: Random) -> Report:
    """An instruction of the form was left in."""
    parts = {**report.parts, 1: (*report.parts[1], "该部分以表格形式报告。表格如下：")}
    return report.with_mistake(Mistake("S10", (), "残留格式说明文字"), parts=parts)


@fault("bad_host")
def bad_host(report: Report, rng: Random) -> Report:
    """The web address given for the electronic copy has a typing error."""
    host = report.body.host.replace(".gov.", ".gon.")
    sentence = f"本报告电子版可在门户网站（http://{host}/）下载。"
    parts = {**report.parts, 6: (*report.parts[6], sentence)}
    return report.with_mistake(Mistake("S12", (), f"网址写作{host}"), parts=parts)


@fault("late")
def late(report: Report, rng: Random) -> Report:
    """Published after the last day the regulation allows."""
    if report.body.level == "town":
        raise NotApplicable("late")
    government = report.body.kind == "government"
    rule, due = ("T02", date(report.year + 1, 3, 31)) if government else ("T01", date(report.year + 1, 1, 31))
    day = due + timedelta(days=rng.randint(2, 40))
    return report.with_mistake(
        Mistake(rule, (), f"{day.isoformat()}发布,迟于{due.isoformat()}"), published=day
    )
