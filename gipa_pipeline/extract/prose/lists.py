"""What a sentence tells of parts of the applications: outcomes, lists with 分别, 均为 (办理结果与分列).

Channels and applicants one by one are read in ``told``; here are their lists, and what became of applications.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from gipa_pipeline.extract.prose import wordings as w
from gipa_pipeline.normalize.numbers import chinese_number

_NUMERAL = r"[〇零一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟]"
_SPELLED = re.compile(
    rf"(?<![第数几近余多上约超过达逾〇零一二两三四五六七八九十百千])(?P<n>{_NUMERAL}{{1,9}})"
    r"(?=[件宗份](?!事(?!项)|大事|小事|实事|套)|起(?=案件|行政|,|。|;|、|$))"
)
_NOUGHT = re.compile(r"(?<=[为是])零(?=[,。;、)]|$)")
OUTCOMES = {
    "result_granted": r"(?<!不)(?<!主动)(?<!依法)予以公开|(?<!主动)同意公开",
    "result_partial": r"部分公开",
    "result_denied": r"不予公开",
    "result_unable": r"无法提供",
    "result_rejected": r"不予处理",
    "result_other": r"(?:作)?其他处理",
}
_OUTCOME = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in OUTCOMES.items()))
_BEHIND = re.compile(
    rf"(?:的|申请|答复|决定|情形|类|共|计|有|为|:)*{w.NUMBER}{w.PIECES}(?!(?:政府)?信息(?!公开申请))"
)
_BEFORE = re.compile(rf"{w.NUMBER}{w.PIECES}(?:申请)?(?:为|系|是|属于?|被|作出|给予)?$")
_JOINED = re.compile(r"(?:和|及|与|或者?|、)$")
_OF_PAPERS = re.compile(r"公文|属性|源头|公开方式|发文|文件[^申]{0,12}$")
_RESPECTIVELY = re.compile(
    rf"(?P<names>[^,。;:()\d]{{2,60}}?)分别(?:为|有|是|收到|接收|受理|共|达)?(?P<numbers>\d+{w.PIECES}(?:[、,和及与]{{1,2}}\d+{w.PIECES})+)"
)
_ALL_OF = re.compile(
    r"[,;](?:申请(?:人|方式|渠道|途径)?)?(?:均|全部|都|皆)(?:为|是|系|通过|由|以|来自)(?P<what>[^,。;\d]{1,14})(?=[,。;]|$)"
)


def in_digits(text: str) -> str:
    """A sentence with its counts in Chinese numerals as digits: 十二件 → 12件; 数十件 and 一件事 stay."""

    def digits(match: re.Match[str]) -> str:
        value = chinese_number(match["n"])
        return match["n"] if value is None else str(value)

    return _NOUGHT.sub("0件", _SPELLED.sub(digits, text))


def outcomes(text: str) -> Iterator[tuple[int, str, Decimal]]:
    """Place, kind and value of each outcome that has a number of its own."""
    found = list(_OUTCOME.finditer(text))
    taken: set[int] = set()
    for n, match in enumerate(found):
        kind = match.lastgroup or ""
        if _OF_PAPERS.search(text[: match.start()]) or _joined(text, found, n):
            continue
        number = _BEHIND.match(text, match.end())
        if number is None or number.start("n") in taken:
            number = _BEFORE.search(text, 0, match.start())
        if number is not None and number.start("n") not in taken:
            taken.add(number.start("n"))
            yield number.start("n"), kind, Decimal(number["n"].replace(",", ""))


def _joined(text: str, found: list[re.Match[str]], n: int) -> bool:
    """Whether an outcome shares its number with its neighbour (予以公开和部分公开18件)."""
    before = text[found[n - 1].end() : found[n].start()] if n else "."
    after = text[found[n].end() : found[n + 1].start()] if n + 1 < len(found) else "."
    return _JOINED.fullmatch(before) is not None or _JOINED.fullmatch(after) is not None


def respectively(text: str) -> Iterator[tuple[int, str, Decimal]]:
    """Lists told with 分别: as many names as numbers, and all names of one family."""
    for match in _RESPECTIVELY.finditer(text):
        numbers = [Decimal(n) for n in re.findall(r"\d+", match["numbers"])]
        for divider in ("、", "[、和及与]"):
            names = [p for p in re.split(divider, match["names"]) if p]
            if len(names) != len(numbers):
                continue
            for family in (_channel, _applicant, _outcome):
                kinds = [family(name) for name in names]
                if all(kinds) and len(set(kinds)) == len(kinds):
                    yield from (
                        (match.start("numbers") + k, kind or "", number)
                        for k, (kind, number) in enumerate(zip(kinds, numbers, strict=True))
                    )
            break


def all_of(text: str, received: Decimal, place: int) -> Iterator[tuple[int, str, Decimal]]:
    """What 均为 says of all applications that came."""
    for match in _ALL_OF.finditer(text, place):
        for family in (_channel, _applicant):
            kind = family(match["what"])
            if kind is not None:
                yield match.start("what"), kind, received


def _channel(name: str) -> str | None:
    found = {m.lastgroup for m in w.CHANNEL.finditer(name)}
    return f"channel_{found.pop()}" if len(found) == 1 else None


def _applicant(name: str) -> str | None:
    if re.search(r"法人|其他组织|企业|机构|律师", name):
        return "applicants_organisations" if re.search(r"法人(?:和|或|及|与)?其他组织", name) else None
    return "applicants_natural" if re.search(r"自然人|公民|个人", name) else None


def _outcome(name: str) -> str | None:
    found = [m.lastgroup for m in _OUTCOME.finditer(name)]
    return found[0] if len(found) == 1 else None
