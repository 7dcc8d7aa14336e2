"""The report's parts, title and form (结构): S01 to S04, S06 to S10, S12, S14. S13 is with the cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from expectations.forms import load_form
from expectations.outcomes import Finding
from gipa_pipeline.extract.fold import fold, without_pinyin
from gipa_pipeline.normalize.identity import core, names_same_unit, title_subject, title_years
from gipa_pipeline.validate.addresses import doubtful_address, doubtful_number
from gipa_pipeline.validate.case import Case, Checked, number
from gipa_pipeline.validate.subject import Subject

NO_TEXT = "没有读到正文"
_NEW_FORM = 2021
_ORDINALS = "一二三四五六"
_PART_WORDS = {
    1: r"总体情况|总体|概述",
    2: r"主动公开.{0,6}情况|主动公开政府信息",
    3: r"收到和处理|申请情况",
    4: r"行政复议.{0,4}行政诉讼",
    5: r"存在.{0,6}问题|改进",
    6: r"其他需要报告|需要报告的其他|需要报告的事项",
}
_TOPICS = {
    "主动公开": r"主动公开|公开信息|发布",
    "依申请公开": r"申请",
    "政府信息管理": r"信息管理|审核|审查|清理|规范性文件|制度|目录",
    "平台建设": r"平台|网站|公众号|新媒体|专栏|载体",
    "监督保障": r"监督|考核|培训|保障|检查|评议|整改",
}
_RESULTS = {"工作考核": r"考核", "社会评议": r"评议", "责任追究": r"责任追究|追责|问责"}
_NOTHING = re.compile(r"^(?:无|暂无|没有|本年度无|无其他(?:需要报告的)?事项|/|-|—|－)*[。.]?$")
_LEFT_OVER = re.compile(
    r"该部分以表格形式报告|此处以表格形式|这一项报告|此处填写|请填写|（填写|\(填写|\[填写"
    r"|(?:XX|xx|××|＊＊|某某)+(?:年度|年|单位|部门|局(?!长)|区|市|县|件)"
)
_OLD_BASIS = (
    (re.compile(r"国办公开办函[〔\[【(]?2019[〕\]】)]?60号"), "国办公开办函〔2019〕60号"),
    (re.compile(r"国务院令第?492号"), "国务院令第492号"),
)
_CORRECTION = re.compile(r"更正说明|勘误|更正公告|修订说明|更正如下|更新说明")


def check_structure(case: Case) -> Iterator[Checked]:
    """Every rule on what a report is made of."""
    subject = case.subject
    yield _form(case)
    yield _title(case)
    yield _period(case)
    if not subject.sections:
        for rule in ("S01", "S06", "S07", "S08", "S09", "S10", "S12"):
            yield Checked(rule, reason=NO_TEXT)
    else:
        yield _parts(case)
        yield _topics(case)
        yield _problems(case)
        yield _other_matters(case)
        yield _basis(case)
        yield _left_over(case)
        yield _addresses(case)
    yield _changed(case)


def _text(subject: Subject, *parts: int) -> str:
    """The text of some parts, or of all, folded: a page in traditional characters is about the same matters."""
    return "".join(_plain(s.text) for s in subject.sections if not parts or s.part in parts)


@lru_cache(maxsize=64)
def _plain(text: str) -> str:
    """A part's text folded and without spaces; kept for the rules that ask for it one after the other."""
    return re.sub(r"\s+", "", without_pinyin(fold(text)))


def _parts(case: Case) -> Checked:
    """S01: a part is held to be missing when nothing in the text sounds like it."""
    subject = case.subject
    present = {s.part for s in subject.sections}
    missing = [n for n in _PART_WORDS if n not in present]
    if not missing:
        return Checked("S01")
    if len(missing) > 3:
        # A text without most of its headings was more likely cut by us, or is no whole report.
        return Checked("S01", reason="没有识别出各部分标题", said="uncertain")
    text = "".join(fold(s.heading) for s in subject.sections) + _text(subject)
    gone = [n for n in missing if not re.search(_PART_WORDS[n], text)]
    titles = {s.number: s.title for s in load_form("2021").sections}
    sure = bool(gone)
    told = gone or missing
    finding = case.finding(
        "S01",
        key=map(str, told),
        responsibility=None if sure else "undecided",
        detail="缺少" + "、".join(f"“{titles[n]}”" for n in told) + ("部分" if sure else "的规范标题"),
    )
    return Checked("S01", (finding,))


def _form(case: Case) -> Checked:
    """S02: which form the tables follow, told from the cells and not from what the text cites."""
    subject = case.subject
    if subject.edition is None or subject.year is None:
        return Checked("S02", reason="没有读到表格" if subject.edition is None else "年度不明")
    if subject.year < _NEW_FORM or (subject.edition == "2021" and not subject.hybrid):
        return Checked("S02")
    part = "（部分内容）" if subject.hybrid else ""
    if subject.edition == "pre2019":
        message = (
            f"{subject.year}年度报告的表格使用的是2018年以前的统计表，应使用国办公开办函〔2021〕30号格式"
        )
        return Checked("S02", (case.finding("S02", expected="2021", actual="pre2019", message=message),))
    finding = case.finding("S02", expected="2021", actual=subject.edition, year=subject.year, part=part)
    return Checked("S02", (finding,))


_BODY = re.compile(r"(?:局|委员会|委|厅|办公室|办|中心|院|处|队|镇|乡|街道|管委会)$")


def _title(case: Case) -> Checked:
    """S03: the year in the title."""
    subject = case.subject
    title = re.sub(r"\s+", "", subject.title or "")
    if "信息公开" not in title or subject.year is None:
        return Checked("S03", reason="没有读到报告标题")
    years = title_years(title)
    if not years or subject.year in years:
        stranger = _stranger(case, title)
        return Checked("S03", (stranger,) if stranger else ())
    told = "、".join(f"{y}年" for y in sorted(years))
    finding = case.finding(
        "S03",
        expected=subject.year,
        actual=told,
        title=title,
        detail=f"所写年份为{told}，报告年度为{subject.year}年",
    )
    return Checked("S03", (finding,))


def _stranger(case: Case, title: str) -> Finding | None:
    """A title that names another body than the registry: for a person to look at, bodies are renamed."""
    unit = case.subject.unit
    written = title_subject(title)
    if (
        unit is None
        or written is None
        or any(names_same_unit(written, n) for n in (unit.name, *unit.aliases))
    ):
        return None
    ours, theirs = core(unit.name), core(written)
    if not (_BODY.search(ours) and _BODY.search(theirs)) or ours in theirs or theirs in ours:
        return None
    detail = f"所写单位为“{written}”，名录登记为“{unit.name}”，请确认是否同一单位"
    return case.finding(
        "S03", actual=written, title=title, detail=detail, responsibility="undecided", key=(written,)
    )


def _period(case: Case) -> Checked:
    """S04: the statistical period."""
    start, end = case.subject.period
    year = case.subject.year
    if start is None or end is None or year is None:
        return Checked("S04", reason="报告没有写明统计期间")
    if (start, end) == (date(year, 1, 1), date(year, 12, 31)):
        return Checked("S04")
    finding = case.finding(
        "S04",
        expected=f"{year}-01-01/{year}-12-31",
        actual=f"{start}/{end}",
        start=day(start),
        end=day(end),
        year=year,
    )
    return Checked("S04", (finding,))


def day(when: date) -> str:
    """A date as it is written in a letter."""
    return f"{when.year}年{when.month}月{when.day}日"


def _topics(case: Case) -> Checked:
    """S06: the five matters of part one, and what a government reports besides (条例§50(四))."""
    subject = case.subject
    part = subject.part(1)
    if part is None:
        return Checked("S06", reason="没有读到第一部分")
    text = _text(subject, 1)
    missing = [topic for topic, words in _TOPICS.items() if not re.search(words, text)]
    severity = "info"
    if subject.unit is not None and subject.unit.kind == "government":
        whole = _text(subject)
        absent = [topic for topic, words in _RESULTS.items() if not re.search(words, whole)]
        missing += absent
        severity = "warning" if len(absent) == len(_RESULTS) else "info"
    if not missing:
        return Checked("S06")
    told = "、".join(missing)
    return Checked("S06", (case.finding("S06", key=missing, severity=severity, missing=told),))


def _problems(case: Case) -> Checked:
    """S07: part five."""
    part = case.subject.part(5)
    if part is None:
        return Checked("S07", reason="没有读到第五部分")
    text = _text(case.subject, 5)
    if _NOTHING.match(text):
        detail = f"只写“{text}”" if text else "为空"
    elif not re.search(r"问题|不足|差距|短板|薄弱|不够|有待|欠缺", text):
        detail = "没有写明存在的主要问题"
    elif not re.search(r"改进|下一步|措施|将|接下来|加强|提升|整改|完善", text):
        detail = "没有写明改进情况"
    else:
        return Checked("S07")
    return Checked("S07", (case.finding("S07", actual=text[:20], detail=detail),))


def _other_matters(case: Case) -> Checked:
    """S08: part six, and the fee."""
    part = case.subject.part(6)
    if part is None:
        return Checked("S08", reason="没有读到第六部分")
    text, lacking = _text(case.subject, 6), "没有说明信息处理费收取情况"
    overdue = case.subject.value("t3.other_overdue_fee.total")
    findings = []
    if _NOTHING.match(text):
        detail = f"只写“{text}”" if text else "为空"
        findings.append(case.finding("S08", actual=text[:20], detail=f"{detail}，{lacking}"))
    elif not re.search(r"处理费|收费|收取|费用", _text(case.subject)):
        # A unit that closed applications for want of payment has sent notices of fees.
        detail = (
            f"{lacking}，而表三有{number(overdue)}件逾期未缴费" if overdue else f"写有其他事项，{lacking}"
        )
        severity = None if overdue else "info"
        findings.append(case.finding("S08", actual=text[:20], severity=severity, detail=detail))
    if case.choice("S08", "tells_agenda") and "要点" not in text:
        detail = "没有说明年度政务公开工作要点落实情况"
        findings.append(case.finding("S08", key=("agenda",), severity="info", detail=detail))
    return Checked("S08", tuple(findings))


def _basis(case: Case) -> Checked:
    """S09: what the report cites."""
    if (case.subject.year or 0) < _NEW_FORM:
        return Checked("S09", reason="2021年度以前不适用")
    text = _text(case.subject) + (case.subject.notice or "")
    cited = [name for pattern, name in _OLD_BASIS if pattern.search(text)]
    if not cited:
        return Checked("S09")
    current = "国务院令第711号和国办公开办函〔2021〕30号"
    told = "、".join(cited)
    return Checked("S09", (case.finding("S09", actual=told, expected=current, cited=told, current=current),))


def _left_over(case: Case) -> Checked:
    """S10: instructions of the form, and places that were not filled in."""
    found = _LEFT_OVER.search(_text(case.subject))
    if found is None:
        return Checked("S10")
    return Checked("S10", (case.finding("S10", actual=found[0], text=found[0]),))


def _addresses(case: Case) -> Checked:
    """S12: web and mail addresses and telephone numbers that cannot be right."""
    findings: list[Finding] = []
    told = fold("\n".join(s.text for s in case.subject.sections))
    for what, text, why in (*doubtful_address(told), *doubtful_number(told)):
        findings.append(case.finding("S12", key=(text,), actual=text, what=what, text=text, why=why))
    return Checked("S12", tuple(findings))


def _changed(case: Case) -> Checked:
    """S14: figures that an earlier version of the same page showed otherwise."""
    changes = case.subject.changes
    if not changes:
        return Checked("S14")
    examples = "；".join(f"{case.label(c)}由{number(b)}改为{number(a)}" for c, b, a in changes[:3])
    cells = [c for c, _, _ in changes]
    if _CORRECTION.search(_text(case.subject)):
        message = f"报告发布后更正了{len(cells)}个数据并附有说明，例如{examples}"
        return Checked("S14", (case.finding("S14", cells, severity="info", message=message),))
    return Checked("S14", (case.finding("S14", cells, count=len(cells), examples=examples),))
