"""Numbers that the prose states (正文所述数字): applications, channels, applicants, cases, documents, fees.

Pure text to ``Claim`` records. What a number counts is carried from sentence to sentence of a paragraph
(the second sentence of 依申请公开情况 says 办结58件 without saying of what) and inside a sentence
(制发规范性文件3件、废止1件) until something else is spoken of. Only what leaves no doubt gives a claim:
comparisons, other years and parts of the year, plans, sums over several years, round figures (余, 约, 万),
persons and times give none. Whether a claim agrees with the tables is for ``validate``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from gipa_pipeline.extract.fold import blank_pinyin, fold
from gipa_pipeline.extract.prose.told import Context, SentenceReader, Spoken
from gipa_pipeline.model import Claim, SectionText

KINDS = {
    "applications_received": "本年新收申请件数; 0 when the prose says that none came",
    "applications_received_with_carried": "收到申请件数, said to include last year's (含上年结转)",
    "applications_answered": "本年度办结、答复件数",
    "applications_carried_in": "上年结转件数",
    "applications_carried_out": "结转下年度件数",
    "channel_in_person": "当面申请件数",
    "channel_letter": "信函申请件数",
    "channel_online": "网上申请件数",
    "channel_fax": "传真申请件数",
    "channel_email": "电子邮件申请件数",
    "channel_other": "其他渠道申请件数",
    "channel_joint": "several channels under one number (信函及传真2件)",
    "applicants_natural": "自然人申请件数",
    "applicants_organisations": "法人或其他组织申请件数",
    "result_granted": "予以公开件数",
    "result_partial": "部分公开件数",
    "result_denied": "不予公开件数",
    "result_unable": "无法提供件数",
    "result_rejected": "不予处理件数",
    "result_other": "其他处理件数",
    "reconsideration_cases": "行政复议件数; 0 when the prose says that there was none",
    "litigation_cases": "行政诉讼件数; 0 when the prose says that there was none",
    "normative_issued": "本年制发行政规范性文件件数",
    "normative_repealed": "本年废止行政规范性文件件数",
    "normative_in_force": "现行有效行政规范性文件件数",
    "fee_notices": "收费通知件数",
    "fee_amount": "信息处理费金额; 0 only",
    "published_items": "主动公开信息条数",
    "share_of_received": "percentage of the applications received (占收到申请总数)",
    "share_of_answered": "percentage of the applications answered (占办结总数)",
    "share_of_unstated": "percentage of a base that the sentence does not name (占比, 占总数)",
}
"""Every kind of claim and what it counts."""

_PARTS = (1, 5, 6)
"""The narrative parts; parts two to four are tables."""
_SENTENCE = re.compile(r"[^。;!?]{1,2000}(?!\d)[。;!?]?|[^。;!?]+[。;!?]?")
"""What runs on without an end is cut, not inside a number: reading a sentence costs the square of its length."""


def claims_of(sections: Sequence[SectionText]) -> list[Claim]:
    """The claims in a report's narrative parts, in reading order; their kinds are those of ``KINDS``.

    A claim's sentence is as printed but for white space; its start is that of its sentence.
    """
    claims: list[Claim] = []
    sentences = list(_sentences(sections))
    year = _year_of(sentences)
    context = Context()
    for sentence in sentences:
        if sentence.opens:
            context = Context()
        found = sorted(SentenceReader(sentence, context, year).claims())
        for kind, value in dict.fromkeys((kind, value) for _, kind, value in found):
            claims.append(Claim(kind, value, sentence.printed, sentence.part, sentence.start))
    return claims


def _sentences(sections: Sequence[SectionText]) -> Iterator[Spoken]:
    for section in sections:
        if section.part not in _PARTS:
            continue
        folded = blank_pinyin(fold(section.text))
        kept = [(n, c) for n, c in enumerate(folded) if not c.isspace() and c not in "*#"]
        joined = "".join(c for _, c in kept)
        opens = True
        for match in _SENTENCE.finditer(joined):
            first, last = kept[match.start()][0], kept[match.end() - 1][0]
            printed = "".join(section.text[n] for n, _ in kept[match.start() : match.end()])
            start = None if section.start is None else section.start + first
            yield Spoken(match[0], printed, section.part, start, opens)
            # A sentence that ends its line may end its paragraph: what follows stands by itself.
            opens = match.end() < len(kept) and "\n" in folded[last + 1 : kept[match.end()][0]]


def _year_of(sentences: Iterable[Spoken]) -> str | None:
    """The year that part one speaks of most; the later of two that are named as often."""
    named = Counter(
        year
        for s in sentences
        if s.part == 1
        for year in re.findall(r"(?<![较比与同])(20\d\d)年(?!\d+月|结转|以来)", s.text)
    )
    return max(named, key=lambda y: (named[y], y)) if named else None
