"""The prose by itself (正文自身): N02, N03, N09 and S05, and what the rules on prose share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from expectations.outcomes import Finding
from gipa_pipeline.model import Claim
from gipa_pipeline.validate.case import Case, Checked, wording

_SHARE = re.compile(r"(\d+)[件宗份]?[,，]?(?:约)?占[^,，。;；\d]{0,10}?(\d+(?:\.\d+)?)[%％]")
_LISTED = re.compile(r"(?<![\d.])(\d+)条[^。；;\d]{0,6}(?:其中|分别为|分别是)[:：,，]?([^。；;]*)")
_ITEM = re.compile(r"^[^\d]{1,16}?(\d+)条?$")
_OTHER_DEED = re.compile(r"发布|推送|转发|开展|办理|阅读|浏览|关注|粉丝|组织|编发")
_SELF = re.compile(r"现(?:将|公布|发布)《?([^，。；\d《》]{3,30}?)20\d\d年度?(?:政府)?信息公开")
NUMBERS = ("t3.new.total", "t3.carried_in.total", "t3.total.total", "t3.carried_out.total")

RULES = ("N02", "N03", "N09", "S05")


def check_prose(case: Case) -> Iterator[Checked]:
    """The rules that need no table."""
    yield _channels(case)
    yield _shares(case)
    yield _additive(case)
    yield _self_described(case)


def said(sentence: str) -> str:
    """A sentence as it is quoted in a finding."""
    return sentence if len(sentence) <= 80 else sentence[:78] + "……"


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


def _channels(case: Case) -> Checked:
    """N02: the channels of one sentence."""
    by_sentence: dict[str, list[Claim]] = {}
    for claim in case.subject.claims:
        by_sentence.setdefault(claim.sentence, []).append(claim)
    known = False
    for sentence, claims in by_sentence.items():
        channels = [c.value for c in claims if c.kind.startswith("channel_")]
        total = next((c.value for c in claims if c.kind.startswith("applications_received")), None)
        if total is None or len(channels) < 2:
            continue
        known, added = True, sum(channels, Decimal(0))
        # Two channels may be named as examples; three that do not add up were meant as the whole.
        if added > total or (len(channels) > 2 and added != total):
            finding = case.finding(
                "N02",
                key=(sentence,),
                expected=total,
                actual=added,
                difference=abs(added - total),
                evidence={"sentence": sentence},
                sentence=said(sentence),
                sum=added,
                total=total,
            )
            return Checked("N02", (finding,))
    return Checked("N02", reason=None if known else "正文没有写明各渠道件数")


def _shares(case: Case) -> Checked:
    """N03: percentages against the counts beside them."""
    bases = {v for c in NUMBERS if (v := case.subject.value(c))}
    bases |= {c.value for c in case.subject.claims if c.kind.startswith("applications_received") and c.value}
    bases |= {v for v in meant(case) if v}
    stated = dict.fromkeys(
        c.sentence for c in case.subject.claims if c.kind.startswith("applications_received")
    )
    known = False
    for sentence in stated:
        for match in _SHARE.finditer(sentence):
            count, share = Decimal(match[1]), Decimal(match[2])
            places = -int(share.as_tuple().exponent)
            unit = Decimal(1).scaleb(-places)
            shares = {(count * 100 / base).quantize(unit, ROUND_HALF_UP) for base in bases if base >= count}
            known = True
            if shares and all(abs(share - s) > unit for s in shares):
                nearest = min(shares, key=lambda s: abs(s - share))
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
    return Checked("N03", reason=None if known else "正文没有写明百分比")


def _additive(case: Case) -> Checked:
    """N09: so many items, of which … ; parts may leave a rest but cannot exceed the whole."""
    known = False
    for sentence in sentences(case, 1):
        plain = re.sub(r"[（(][^（）()]*[）)]", "", sentence)
        for match in _LISTED.finditer(plain):
            parts = re.split(r"[,，、]", match[2])
            items = [_ITEM.match(p) for p in parts]
            counted = [
                int(m[1]) for m, p in zip(items, parts, strict=True) if m and not _OTHER_DEED.search(p)
            ]
            if len(counted) < 2 or len(counted) < len(parts):
                continue
            known, total = True, int(match[1])
            if sum(counted) > total:
                fields = {"sum": Decimal(sum(counted)), "total": Decimal(total)}
                return Checked("N09", (told(case, "N09", (), sentence, fields),))
    return Checked("N09", reason=None if known else "正文没有可相加的条数")


def _self_described(case: Case) -> Checked:
    """S05: the name by which the text introduces itself."""
    text = re.sub(r"\s+", "", "".join(s.text for s in case.subject.sections if s.part in (0, 1)))
    found = _SELF.search(text)
    other = case.subject.other_names(found[1]) if found else None
    if found is None or other is None:
        return Checked("S05", reason=None if found else "正文没有自述单位名称")
    finding = case.finding("S05", key=(other,), actual=found[1], sentence=found[0], other=other)
    return Checked("S05", (finding,))
