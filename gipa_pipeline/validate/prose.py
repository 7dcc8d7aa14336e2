"""The prose by itself (正文自身): N02, N03, N09 and S05, and what the rules on prose share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from expectations.outcomes import Finding
from gipa_pipeline.extract.fold import fold, without_pinyin
from gipa_pipeline.extract.prose.wordings import SHARE
from gipa_pipeline.model import Claim
from gipa_pipeline.validate.case import Case, Checked, wording

_COUNT = re.compile(r"(?<![\d.])(\d{1,18})[件宗份起条例]")
_OPEN_LIST = re.compile(r"等|其余|其他|剩余|另有|余件|为主")
_LISTED = re.compile(
    r"(?<![\d.])(\d{1,18})条[^。;\d]{0,6}(?:其中|(?P<whole>分别[为是]))[:,]?(?P<parts>[^。;]*)"
)
_ITEM = re.compile(r"^[^\d]{1,16}?(\d{1,18})条?$")
_OTHER_DEED = re.compile(r"发布|推送|转发|开展|办理|阅读|浏览|关注|粉丝|组织|编发")
_SELF = re.compile(
    r"现(?:将|公布|发布)《?(?P<who>[^，。；\d《》]{3,30}?)(?P<year>20\d\d)年度?(?:政府)?信息公开"
)
_WHOLE = {"share_of_received": "t3.new.total", "share_of_answered": "t3.total.total"}
"""The cell that a percentage is of, where its sentence names it."""
NUMBERS = ("t3.new.total", "t3.carried_in.total", "t3.total.total", "t3.carried_out.total")

RULES = ("N02", "N03", "N09", "S05")


def check_prose(case: Case) -> Iterator[Checked]:
    """The rules that need no table."""
    yield _channels(case)
    yield _shares(case)
    yield _additive(case)
    yield _self_described(case)


def said(sentence: str, value: Decimal | None = None) -> str:
    """A sentence as it is quoted in a finding: a long one around the number that the finding is about."""
    if len(sentence) <= 80:
        return sentence
    place = 0 if value is None else plain(sentence).find(f"{value.normalize():f}")
    start = max(0, place - 50)
    return (
        ("……" if start else "") + sentence[start : start + 78] + ("……" if start + 78 < len(sentence) else "")
    )


def plain(sentence: str) -> str:
    """A sentence folded, for patterns; its numbers without thousands separators."""
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", without_pinyin(fold(sentence)))


def sentences(case: Case, *parts: int) -> Iterator[str]:
    """The sentences of some parts, without breaks."""
    for section in case.subject.sections:
        if section.part in parts:
            yield from re.split(r"(?<=[。；;！!])", re.sub(r"\s+", "", section.text))


def told(case: Case, rule: str, cells: tuple[str, ...], sentence: str, fields: dict[str, Decimal]) -> Finding:
    """A finding that quotes a sentence."""
    message = wording(rule, sentence=said(sentence), **fields)
    return case.finding(rule, cells, evidence={"sentence": sentence}, message=message)


def meant(case: Case) -> set[Decimal]:
    """What a number of applications in prose may mean besides the first row."""
    new, carried_in, total = (case.subject.value(c) for c in NUMBERS[:3])
    both = None if new is None or carried_in is None else new + carried_in
    return {v for v in (new, both, total) if v is not None}


def received_as(case: Case, sentence: str) -> set[Decimal]:
    """What a number that a sentence says was received may mean; its own words narrow it.

    新收 is the first row and no other; the number that was handled is meant only where handling is spoken of.
    """
    new, carried_in, total = (case.subject.value(c) for c in NUMBERS[:3])
    text = plain(sentence)
    if new is None or (re.search(r"新收|新增(?:政府)?(?:信息公开)?申请|新受理", text) and "结转" not in text):
        return {new} if new is not None else set()
    both = None if carried_in is None else new + carried_in
    handled = total if re.search(r"受理|办理|处理", text) else None
    return {v for v in (new, both, handled) if v is not None}


def _channels(case: Case) -> Checked:
    """N02: the channels of one sentence."""
    by_sentence: dict[str, list[Claim]] = {}
    for claim in case.subject.claims:
        by_sentence.setdefault(claim.sentence, []).append(claim)
    known = False
    for sentence, claims in by_sentence.items():
        channels = [c.value for c in claims if c.kind.startswith("channel_")]
        totals = [c.value for c in claims if c.kind.startswith("applications_received")]
        if len(totals) != 1 or not channels:
            continue
        known, added, total = True, sum(channels, Decimal(0)), totals[0]
        if added == total or _meant_otherwise(case, sentence, claims, added, total):
            continue
        # Two channels may be named as examples; three that do not add up were meant as the whole.
        if added > total or len(channels) > 2:
            finding = case.finding(
                "N02",
                key=(sentence,),
                expected=total,
                actual=added,
                difference=abs(added - total),
                evidence={"sentence": sentence},
                sentence=said(sentence, total),
                sum=added,
                total=total,
            )
            return Checked("N02", (finding,))
    return Checked("N02", reason=None if known else "正文没有写明各渠道件数")


def _meant_otherwise(case: Case, sentence: str, claims: list[Claim], added: Decimal, total: Decimal) -> bool:
    """Whether the channels were meant as the parts of another number, or not as all the parts."""
    text = plain(sentence)
    if "结转" in text:
        # The channels may be those of the applications carried in as well.
        carried = [c.value for c in claims if c.kind == "applications_carried_in"]
        if added in meant(case) | {total + c for c in carried}:
            return True
    unexplained = {Decimal(n) for n in _COUNT.findall(text)} - {c.value for c in claims}
    if added > total:
        # 含重复2件: what is too much is accounted for.
        return added - total in unexplained
    return bool(unexplained) or bool(_OPEN_LIST.search(text))


def _shares(case: Case) -> Checked:
    """N03: percentages against the counts beside them."""
    kinds = ("applications_received", "applications_received_with_carried", "applications_answered")
    whole = {v for c in NUMBERS if (v := case.subject.value(c))} | {v for v in meant(case) if v}
    whole |= {c.value for c in case.subject.claims if c.kind in kinds and c.value}
    stated: dict[str, dict[Decimal, str]] = {}
    for claim in case.subject.claims:
        if claim.kind.startswith("share_of_"):
            stated.setdefault(claim.sentence, {})[claim.value] = claim.kind
    for sentence, claimed in stated.items():
        text = plain(sentence)
        # A percentage may be of any number of its sentence: 网上30件，其中自然人28件，占93.3%.
        bases = whole | {Decimal(n) for n in _COUNT.findall(text)}
        for match in SHARE.finditer(text):
            count, share = Decimal(match["n"]), Decimal(match["share"])
            unit = Decimal(1).scaleb(int(share.as_tuple().exponent))
            shares = {
                (count * 100 / base).quantize(unit, ROUND_HALF_UP) for base in bases if base >= count and base
            }
            if share in claimed and shares and all(abs(share - s) > unit for s in shares):
                named = case.subject.value(_WHOLE.get(claimed[share], ""))
                nearest = min(shares, key=lambda s: (abs(s - share), s))
                if named and named >= count:
                    nearest = (count * 100 / named).quantize(unit, ROUND_HALF_UP)
                finding = case.finding(
                    "N03",
                    key=(match[0],),
                    expected=nearest,
                    actual=share,
                    evidence={"sentence": sentence},
                    sentence=said(match[0]),
                    computed=nearest,
                )
                return Checked("N03", (finding,))
    return Checked("N03", reason=None if stated else "正文没有写明百分比")


def _additive(case: Case) -> Checked:
    """N09: so many items, of which … ; parts may leave a rest but cannot exceed the whole."""
    known = False
    for sentence in sentences(case, 1):
        text = re.sub(r"[(][^()]*[)]", "", plain(sentence))
        for match in _LISTED.finditer(text):
            parts = re.split(r"[,、]", match["parts"].rstrip("!"))
            items = [_ITEM.match(p) for p in parts]
            counted = [
                int(m[1]) for m, p in zip(items, parts, strict=True) if m and not _OTHER_DEED.search(p)
            ]
            if len(counted) < 2 or len(counted) < len(parts):
                continue
            known, total = True, int(match[1])
            # 分别为 names all the parts, 其中 may leave some out.
            all_parts = match["whole"] or (
                case.choice("N09", "lists_all_parts") and not _OPEN_LIST.search(match["parts"])
            )
            if sum(counted) > total or (all_parts and sum(counted) < total):
                fields = {"sum": Decimal(sum(counted)), "total": Decimal(total)}
                return Checked("N09", (told(case, "N09", (), sentence, fields),))
    return Checked("N09", reason=None if known else "正文没有可相加的条数")


def _self_described(case: Case) -> Checked:
    """S05: the name by which the text introduces itself."""
    text = re.sub(r"\s+", "", "".join(s.text for s in case.subject.sections if s.part in (0, 1)))
    found = _SELF.search(text)
    if found is None:
        return Checked("S05", reason="正文没有自述单位名称")
    findings = []
    if other := case.subject.other_names(found["who"]):
        words: dict[str, Any] = {"sentence": found[0], "other": other, "what": "本单位"}
        findings.append(case.finding("S05", key=(other,), actual=found["who"], **words))
    year = case.subject.year
    if year is not None and int(found["year"]) != year:
        words = {"sentence": found[0], "other": f"{found['year']}年", "what": "报告年度"}
        findings.append(case.finding("S05", key=("year",), expected=year, actual=found["year"], **words))
    return Checked("S05", tuple(findings))
