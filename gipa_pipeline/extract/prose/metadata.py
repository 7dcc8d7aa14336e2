"""Title, agency, report year, dates and numbers that a document says of itself (元数据).

Only what stands there is given; which unit of a registry this is, is decided by ``normalize.identity``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from gipa_pipeline.extract.fold import CJK, fold, without_pinyin
from gipa_pipeline.extract.media.document import Document
from gipa_pipeline.extract.prose.dates import date_in, valid_date

_REPORT = r"(?:年度?|度)?(?:政府)?信息公开(?:工作)?(?:年度|年度工作|工作)?报告"
_TITLE = re.compile(rf"(?P<who>[{CJK}()·、\s]{{0,40}}?)(?P<year>20\d\d)\s*(?:{_REPORT})")
_TITLE_YEAR_LAST = re.compile(
    rf"(?P<who>[{CJK}()]{{2,40}}?)(?:政府)?信息公开(?:工作)?年度报告\s*\((?P<year>20\d\d)年?度?\)"
)
_LABELLED = r"\s*[:：|]?\s*"
_PUBLISHED = re.compile(rf"(?:发布|发文|公开|公布|信息发布)(?:日期|时间){_LABELLED}(?P<date>[^\n]{{8,24}})")
_WRITTEN = re.compile(rf"(?:成文|生成|印发|形成)(?:日期|时间){_LABELLED}(?P<date>[^\n]{{8,24}})")
_PLAIN_DATE = re.compile(r"(?:日期|时间)\s*[:：]\s*(?P<date>[^\n]{8,24})")
_LINE_DATE = re.compile(
    r"20\d\d(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日)[^\n]{0,12}(?:来源|浏览|阅读|点击|字体|作者|字号|打印)"
)
_PUBLISHER = re.compile(
    rf"(?:发布机构|发布部门|发布单位|公开主体|发文机关|公开机构){_LABELLED}(?P<who>[{CJK}()]{{4,40}})"
)
_INDEX = re.compile(r"索\s*引\s*号\s*[:：|]?\s*(?P<number>[0-9A-Za-z][0-9A-Za-z\-/〔〕\[\]_.]{5,60})")
_NOTICE = re.compile(r"国办公开办[函涵]\s*[〔\[【(〈]?\s*(20\d\d)\s*[〕\]】)〉]?\s*(\d{1,3})\s*号")
_DAY = r"(20\d\d)\s*年?\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?"
_PERIOD = re.compile(rf"{_DAY}\s*(?:起|零时)?\s*(?:至|到|—|-|~|止)+\s*{_DAY}")
_OWNER = re.compile(
    rf"(?:版权所有|主办单位|主办|承办|维护单位)\s*[:：]?\s*(?P<where>[{CJK}]{{2,12}}?(?:市|县|区|旗|州|盟))人民政府"
)
_ENDS = 200_000
"""What a document says of itself stands in its first or last characters, these many."""
_WHOLE = 8 * _ENDS
"""Longer texts are cut before their spaces are looked at."""
_SPACES = re.compile(r"(\s\s)\s+")
_REGION = rf"(?:[{CJK}]{{1,7}}?(?:省|自治区|市|自治州|州|盟|县|区|旗|地区))"
_LEAD = re.compile(
    r"^(?:请与|与|向|由|在|对|为|是|及|和|到|从|至|欢迎进入|欢迎访问|关于|发布|现将|根据|来源|当前位置|首页)+"
)
_SUFFIXES = "人民政府办公室|人民政府办公厅|人民政府|街道办事处|办事处|办公室"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the document says of itself; None where it says nothing."""

    title: str | None = None
    agency: str | None = None
    year: int | None = None
    published: date | None = None
    index_number: str | None = None
    notice: str | None = None
    period: tuple[date, date] | None = None
    year_from: str | None = None


def metadata_of(document: Document) -> Metadata:
    """Read a document's metadata from its head, its tail and what its medium says."""
    printed = document.text
    if len(printed) > _WHOLE:
        printed = printed[: _WHOLE // 2] + "\n" + printed[-_WHOLE // 2 :]
    text = _SPACES.sub(r"\1", without_pinyin(fold(printed)))
    if len(text) > 2 * _ENDS:
        text = text[:_ENDS] + "\n" + text[-_ENDS:]
    title, who, year = _title(document, text)
    period = _period(text)
    source = "title" if year else None
    if year is None and period is not None:
        year, source = period[1].year, "period"
    head = text[:6000]
    number = _INDEX.search(head)
    notice = _NOTICE.search(text)
    return Metadata(
        title=title,
        agency=_agency(document, text, who),
        year=year,
        published=_published(document, head, title),
        index_number=number["number"] if number else None,
        notice=f"国办公开办函〔{notice[1]}〕{notice[2]}号" if notice else None,
        period=period,
        year_from=source,
    )


def _title(document: Document, text: str) -> tuple[str | None, str | None, int | None]:
    """The first title line in the text, else the page's own title: text, prefix before the year, year."""
    places = [
        line
        for line in re.split(r"[\n\t|]", text[:20000])
        if "公开" in line and "报告" in line and len(line) < 120
    ]
    meta = fold(document.meta.title or "")
    for line in [meta, *places] if meta else places:
        line = line.strip().strip("《》#* _")
        squeezed = re.sub(r"\s+", "", line)
        for pattern in (_TITLE, _TITLE_YEAR_LAST):
            found = pattern.search(squeezed)
            if found and found.end() <= len(squeezed) and (found.start() < 12 or pattern is _TITLE):
                who = found["who"].strip("《》关于发布()")
                end = found.end()
                closing = re.match(r"\([^()]{1,12}\)", squeezed[end:])
                title = squeezed[found.start() : end + (closing.end() if closing else 0)]
                return title.strip("《"), who or None, int(found["year"])
    return (document.meta.title, None, None) if document.meta.title else (None, None, None)


def _period(text: str) -> tuple[date, date] | None:
    for found in _PERIOD.finditer(text):
        start = valid_date(int(found[1]), int(found[2]), int(found[3]))
        end = valid_date(int(found[4]), int(found[5]), int(found[6]))
        if start and end and start < end and (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
            return start, end
    return None


def _published(document: Document, head: str, title: str | None) -> date | None:
    """发布日期 where it is printed, then the page's own tag, then 成文日期, then the line under the title."""
    if (found := _PUBLISHED.search(head)) and (day := date_in(found["date"])):
        return day
    if document.meta.published:
        return document.meta.published
    if (found := _WRITTEN.search(head)) and (day := date_in(found["date"])):
        return day
    start = head.find(title) if title else 0
    below = head[max(0, start) : max(0, start) + 600]
    if (found := _LINE_DATE.search(below)) and (day := date_in(found.group())):
        return day
    if (found := _PLAIN_DATE.search(below)) and (day := date_in(found["date"])):
        return day
    return None


def _agency(document: Document, text: str, who: str | None) -> str | None:
    """The publisher's name, in the fullest form that the document itself gives."""
    found = _PUBLISHER.search(text[:6000])
    if found and (name := _trimmed(found["who"])):
        return name
    if document.meta.source and re.fullmatch(rf"[{CJK}()]{{4,40}}", document.meta.source):
        who = who or document.meta.source
    if not who or len(who) < 2:
        return None
    return _fullest(text, who)


def _trimmed(name: str) -> str | None:
    name = re.split(r"(?:成文日期|发布日期|发布时间|名称|文号|主题词|生成日期|索引号|来源)", name)[0]
    return name if len(name) >= 4 else None


def _fullest(text: str, who: str) -> str:
    pattern = re.compile(rf"(?P<where>{_REGION}{{0,3}}){re.escape(who)}(?P<suffix>{_SUFFIXES})?")
    best, score = who, 0
    for found in pattern.finditer(text):
        where = _LEAD.sub("", found["where"])
        if where and not re.fullmatch(rf"{_REGION}{{1,3}}", where):
            where = ""
        suffix = found["suffix"] or ""
        if len(where) + len(suffix) > score:
            best, score = where + who + suffix, len(where) + len(suffix)
    owner = _OWNER.search(text)
    local = re.match(rf"[{CJK}]{{1,6}}?(?:镇|乡|街道)", best)
    if owner and local and not best.startswith(owner["where"]):
        # A town's page sits on its county's site, whose foot names the county.
        best = owner["where"] + best
    return best
