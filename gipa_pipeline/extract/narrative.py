"""Numbers that the prose states (正文所述数字): applications, channels, applicants, cases, documents, fees.

Pure text to ``Claim`` records. Only sentences that leave no doubt about what they count give a claim;
comparisons with other years, sums over several years and round figures (余, 约) give none. Whether a claim
agrees with the tables is for ``validate``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gipa_pipeline.extract.fold import fold
from gipa_pipeline.model import Claim, SectionText

_PARTS = (1, 5, 6)
"""The narrative parts; parts two to four are tables."""

_N = r"(?<![\d.])(?P<n>\d{1,3}(?:,\d{3})+|\d+)(?![\d.%％年月日]|余|多|万|,\d{3})"
_PIECES = r"\s*(?:余)?(?:件|宗|份|起|条|个|人次|次|例)"
_IN = r"[^，,。；;:：\d]"
_PAST = re.compile(
    r"上年(?!度?结转)|上一年度?(?!结转)|去年(?!结转)|同期|往年|历年|累计|近[两三几\d]年|20\d\d年以来"
)
_OTHER_MATTERS = re.compile(r"建议|提案|留言|来信|热线|诉求|咨询|信箱|投诉|信访件|复议|诉讼|许可|执法")
_CARRIED = re.compile(
    r"(?:含|包括|包含|其中)[^。；]{0,8}(?:上年|上一年|去年|20\d\d年)[^。；]{0,6}结转|加上?[^。；]{0,4}结转"
)
_SENTENCE = re.compile(r"[^。；;！!？?]+[。；;！!？?]?")

_RECEIVED = (
    re.compile(rf"(?:收到|新收|接收|受理|接到|收取){_IN}{{0,30}}申请{_IN}{{0,12}}?{_N}{_PIECES}"),
    re.compile(rf"(?:收到|新收|接收|受理|接到){_IN}{{0,14}}?{_N}{_PIECES}{_IN}{{0,16}}申请"),
)
_NONE_RECEIVED = re.compile(
    rf"(?:未|没有|无|尚未)(?:收到|接到|接收|受理|有收到|发生){_IN}{{0,16}}?(?:信息)?公开{_IN}{{0,6}}申请"
)
_CHANNEL_WORDS = {
    "in_person": r"当面|现场|窗口|上门",
    "letter": r"信函|邮寄|信件|挂号信?|书面",
    "online": r"网上|网络|互联网|在线|网站|平台|系统",
    "fax": r"传真",
    "email": r"电子邮件|电子邮箱|邮箱",
}
_CHANNEL = re.compile(
    "|".join(rf"(?P<{name}>{words})" for name, words in _CHANNEL_WORDS.items())
    + r"|(?P<other>其他(?:方式|渠道|形式))"
)
_CHANNEL_NUMBER = re.compile(rf"[^，,。；;、:：\d]{{0,12}}?{_N}{_PIECES}")
_MATTERS = {
    "applications_answered": (
        rf"(?:答复|办结|办理|处理|回复)(?:率)?{_IN}{{0,20}}(?:申请)?{_IN}{{0,6}}?{_N}{_PIECES}",
    ),
    "applications_carried_in": (
        rf"(?:上年度?|上一年度?|去年)结转{_IN}{{0,14}}?{_N}{_PIECES}",
        rf"结转(?:上年度?|上一年度?){_IN}{{0,10}}?{_N}{_PIECES}",
    ),
    "applications_carried_out": (
        rf"结转(?:至|到|于)?(?:下年度?|下一年度?|次年|明年){_IN}{{0,14}}?{_N}{_PIECES}",
        rf"{_N}{_PIECES}{_IN}{{0,6}}结转(?:至|到|于)?(?:下年度?|下一年度?|次年|明年)",
    ),
    "applicants_natural": (rf"(?:自然人|公民){_IN}{{0,8}}?{_N}{_PIECES}",),
    "applicants_organisations": (rf"法人(?:(?:或|和|及|、|与)(?:者)?其他组织)?{_IN}{{0,8}}?{_N}{_PIECES}",),
}
_CASES = {
    "reconsideration_cases": rf"行政复议(?:案件|申请)?{_IN}{{0,8}}?{_N}\s*[件宗起例]",
    "litigation_cases": rf"行政诉讼(?:案件)?{_IN}{{0,8}}?{_N}\s*[件宗起例]",
}
_NO_CASES = re.compile(
    r"(?:没有|未|无|均无|未曾)(?:发生|出现|收到|产生|被|因|有|涉及)*[^。；，,]{0,24}?(?=行政复议|行政诉讼)[^。；]{0,20}"
)
_DOCUMENT = r"(?:行政)?规范性文件"
_DOCUMENTS = {
    "normative_issued": (
        rf"(?:制发|印发|出台|制定|新制定)(?:了)?{_IN}{{0,6}}?{_DOCUMENT}{_IN}{{0,3}}{_N}\s*[件份部]",
        rf"(?:制发|印发|出台|制定){_IN}{{0,4}}?{_N}\s*[件份部]{_IN}{{0,3}}{_DOCUMENT}",
    ),
    "normative_repealed": (
        rf"废止{_IN}{{0,6}}?{_DOCUMENT}{_IN}{{0,3}}{_N}\s*[件份部]",
        rf"废止{_IN}{{0,4}}?{_N}\s*[件份部]{_IN}{{0,3}}{_DOCUMENT}",
    ),
    "normative_in_force": (
        rf"现行有效(?:的)?{_DOCUMENT}{_IN}{{0,4}}{_N}\s*[件份部]",
        rf"{_DOCUMENT}现行有效{_IN}{{0,3}}{_N}\s*[件份部]",
    ),
}
_NONE_ISSUED = re.compile(rf"(?:未|没有|无)(?:制发|印发|出台|制定|新制定){_IN}{{0,4}}{_DOCUMENT}")
_NO_FEE = re.compile(
    rf"(?:未|没有|无)(?:收取|产生|发生|征收){_IN}{{0,14}}(?:处理费|费用)|(?:处理费|费用)为?0"
)
_NO_NOTICE = re.compile(rf"(?:未|没有|无)(?:发出|下达|发送|开具){_IN}{{0,6}}收费通知")
_NOTICES = re.compile(rf"(?:发出|下达|发送|开具){_IN}{{0,6}}收费通知{_IN}{{0,6}}{_N}\s*[件份]")
_PUBLISHED = re.compile(rf"主动公开(?:各类|政府|政务)*信息(?:共|共计|合计|总计|数)?{_N}\s*余?条")


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    part: int
    start: int | None


def claims_of(sections: Sequence[SectionText]) -> list[Claim]:
    """The claims in a report's narrative parts, in reading order.

    Kinds: ``applications_received`` (0 when the prose says that none came),
    ``applications_received_with_carried`` (the number includes last year's), ``applications_answered``,
    ``applications_carried_in``, ``applications_carried_out``, ``channel_in_person``, ``channel_letter``,
    ``channel_online``, ``channel_fax``, ``channel_email``, ``channel_other``, ``applicants_natural``,
    ``applicants_organisations``, ``reconsideration_cases``, ``litigation_cases``, ``normative_issued``,
    ``normative_repealed``, ``normative_in_force``, ``fee_notices``, ``fee_amount`` (0 only),
    ``published_items``.
    """
    claims: list[Claim] = []
    for sentence in _sentences(sections):
        for kind, value in dict.fromkeys((*_applications(sentence.text), *_others(sentence.text))):
            claims.append(Claim(kind, value, sentence.text, sentence.part, sentence.start))
    return claims


def _sentences(sections: Sequence[SectionText]) -> Iterator[_Sentence]:
    """Sentences without the breaks that layout puts into them."""
    for section in sections:
        if section.part not in _PARTS:
            continue
        folded = fold(section.text)
        kept = [(n, c) for n, c in enumerate(folded) if not c.isspace() and c not in "*"]
        joined = "".join(c for _, c in kept)
        for match in _SENTENCE.finditer(joined):
            start = None if section.start is None else section.start + kept[match.start()][0]
            yield _Sentence(match[0], section.part, start)


def _value(match: re.Match[str]) -> Decimal:
    return Decimal(match["n"].replace(",", ""))


def _clause(text: str, match: re.Match[str]) -> str:
    """The words of the same clause before the number."""
    start = max(text.rfind(mark, 0, match.start("n")) for mark in "，,。；;:：(（")
    return text[start + 1 : match.end()]


def _found(pattern: str | re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    for match in re.finditer(pattern, text):
        if not _PAST.search(_clause(text, match)):
            yield match


def _applications(text: str) -> Iterator[tuple[str, Decimal]]:
    if "申请" not in text or "公开" not in text:
        return
    received: re.Match[str] | None = None
    for pattern in _RECEIVED:
        for match in _found(pattern, text):
            if not received and not _OTHER_MATTERS.search(match[0]) and not _CHANNEL.search(match[0]):
                received = match
    if received:
        with_carried = _CARRIED.search(text[received.start() : received.end() + 24])
        kind = "applications_received_with_carried" if with_carried else "applications_received"
        yield kind, _value(received)
        yield from _channels(text[received.end() :])
    else:
        none = _NONE_RECEIVED.search(text)
        if none and not _OTHER_MATTERS.search(none[0]) and not _CHANNEL.search(none[0]):
            yield "applications_received", Decimal(0)
    for kind, patterns in _MATTERS.items():
        for wording in patterns:
            stated = next(_found(wording, text), None)
            if stated and not _OTHER_MATTERS.search(stated[0]) and (received or "申请" in stated[0]):
                yield kind, _value(stated)
                break


def _channels(text: str) -> Iterator[tuple[str, Decimal]]:
    """Each channel with the number right behind it, once."""
    seen = set()
    for match in _CHANNEL.finditer(text):
        kind = match.lastgroup
        number = _CHANNEL_NUMBER.match(text, match.end())
        if number and kind not in seen:
            seen.add(kind)
            yield f"channel_{kind}", _value(number)


def _others(text: str) -> Iterator[tuple[str, Decimal]]:
    if "公开" in text and ("复议" in text or "诉讼" in text):
        yield from _cases(text)
    for kind, patterns in _DOCUMENTS.items():
        for pattern in patterns:
            match = next(_found(pattern, text), None)
            if match:
                yield kind, _value(match)
                break
    if _NONE_ISSUED.search(text):
        yield "normative_issued", Decimal(0)
    if _NO_FEE.search(text) and "信息" in text:
        yield "fee_amount", Decimal(0)
    notices = next(_found(_NOTICES, text), None)
    if notices:
        yield "fee_notices", _value(notices)
    elif _NO_NOTICE.search(text):
        yield "fee_notices", Decimal(0)
    published = next(_found(_PUBLISHED, text), None)
    if published:
        yield "published_items", _value(published)


def _cases(text: str) -> Iterator[tuple[str, Decimal]]:
    for kind, pattern in _CASES.items():
        match = next(_found(pattern, text), None)
        if match:
            yield kind, _value(match)
    none = _NO_CASES.search(text)
    if none and not re.search(r"\d", none[0]):
        # 无败诉、无纠错: the cases are there, they were not lost.
        if re.search(r"败诉|纠错|纠正|撤销", none[0]):
            return
        if "行政复议" in text[none.start() : none.end()]:
            yield "reconsideration_cases", Decimal(0)
        if "行政诉讼" in text[none.start() : none.end()]:
            yield "litigation_cases", Decimal(0)
