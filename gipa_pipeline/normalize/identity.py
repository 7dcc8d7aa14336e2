"""Whose report of which year a document is (单位与年度的认定), held against what the registry asked for.

A document is refused as another unit's or another year's on positive evidence only. That names are written
differently, or that nobody is named, is no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

SAME, OTHER, UNKNOWN = "same", "other", "unknown"

_CODE_CHARS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015: the alphabet of unified social credit codes leaves out I, O, S, V and Z."""
_CODE = re.compile(rf"(?<![0-9A-Z])[{_CODE_CHARS}]{{18}}(?![0-9A-Z])")
_CODE_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))

_NOISE = re.compile(r"[\s\u200b-\u200d\ufeff《》“”\"'【】·,，。:：]+|[（(][^（）()]*[）)]")
_FOLD = str.maketrans({ord("０") + i: str(i) for i in range(10)})
_SHORT = (
    (re.compile(r"(?:人民)?政府办公[厅室]$|府办公[厅室]?$|(?:人民)?政府办$"), "政府办"),
    (re.compile(r"街道办事处$|街道办$"), "街道"),
    (re.compile(r"(?:人民政府|政府)$"), ""),
)
_PLACE = re.compile(r"(?:省|自治区|特别行政区|自治州|地区|自治县|自治旗|[市州盟区县旗乡镇])$")
_CHAIN = re.compile(r"(.{2,7}?(?:省|自治区|特别行政区|市|自治州|州|盟|地区|自治县|县|自治旗|旗|区))(?=.)")
_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*年")
_SUBJECT_END = re.compile(r"政府信息公开|政务信息公开|信息公开|政务公开")
_NOT_A_NAME = re.compile(r"^(?:关于|公布|发布|印发|本机关|本单位|本级|我[市县区镇局办]|\d+)*")

_GENERIC = frozenset({"政府", "人民政府", "政务", "年度", "本年度"})


class UnitLike(Protocol):
    """What is asked of a unit of the registry."""

    @property
    def unit_id(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def level(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def region_code(self) -> str: ...  # noqa: D102
    @property
    def supervising_unit_id(self) -> str | None: ...  # noqa: D102
    @property
    def host(self) -> str: ...  # noqa: D102
    @property
    def credit_code(self) -> str: ...  # noqa: D102
    @property
    def aliases(self) -> tuple[str, ...]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Identity:
    """A verdict (``same``, ``other``, ``unknown``) and the Chinese sentence that tells the evidence."""

    verdict: str
    evidence: str


def credit_codes(text: str) -> list[str]:
    """The unified social credit codes (统一社会信用代码) in a text whose check digit holds.

    Index numbers such as ``11442000707641506F/2024-00035`` begin with one.
    """
    return [code for code in _CODE.findall(text.upper()) if has_check_digit(code)]


def has_check_digit(code: str) -> bool:
    """Whether an 18-character code ends with the check digit of GB 32100-2015."""
    if len(code) != 18 or any(c not in _CODE_CHARS for c in code):
        return False
    total = sum(_CODE_CHARS.index(c) * w for c, w in zip(code, _CODE_WEIGHTS, strict=False))
    return _CODE_CHARS.index(code[17]) == (31 - total % 31) % 31


@lru_cache(maxsize=65536)
def core(name: str) -> str:
    """A unit's name in its shortest unmistakable form: 中山市古镇镇人民政府 → 中山市古镇镇."""
    plain = _NOISE.sub("", name.translate(_FOLD))
    for pattern, short in _SHORT:
        found = pattern.search(plain)
        if found and found.start() > 0:
            plain = plain[: found.start()] + short
            break
    return plain


def names_same_unit(written: str, official: str) -> bool:
    """Whether two names can mean one unit: equal, or one lacks the places that the other names first."""
    short, long = sorted((core(written), core(official)), key=len)
    if len(short) < 2:
        return False
    if short == long:
        return True
    # 市教育局 lacks a piece of the place's name only: neither proof nor the contrary.
    return long.endswith(short) and bool(_PLACE.search(long[: -len(short)]))


def title_subject(title: str) -> str | None:
    """The unit that a report's title names, as printed: 水口镇2022年度政府信息公开… → 水口镇."""
    plain = re.sub(r"\s+", "", title)
    end = _SUBJECT_END.search(plain, 1)
    if end is None:
        return None
    before = plain[: end.start()]
    year = _YEAR.search(before)
    if year:
        head, tail = before[: year.start()], before[year.end() :].removeprefix("度")
        before = head if len(head) > 1 else tail
    before = _NOT_A_NAME.sub("", before.strip("《》“”\"'[]【】-—_|"))
    if before.endswith("人民"):  # 古镇镇人民政府信息公开…: one 政府 stands for two
        before = before.removesuffix("人民")
    return before if before not in _GENERIC and len(core(before)) >= 2 else None


def title_years(title: str) -> set[int]:
    """The years that a title states (``2022年``)."""
    return {int(y) for y in _YEAR.findall(title.translate(_FOLD))}


class Units:
    """The registry's units, ready to be found by a name that a document prints."""

    def __init__(self, units: Mapping[str, UnitLike]) -> None:
        self._units = units
        self._by_core: dict[str, set[str]] = {}
        self._by_code: dict[str, str] = {}
        for unit in units.values():
            for name in (unit.name, *unit.aliases):
                for short in _shorter(core(name)):
                    self._by_core.setdefault(short, set()).add(unit.unit_id)
            if unit.credit_code:
                self._by_code[unit.credit_code.upper()] = unit.unit_id

    def judge(
        self, unit_id: str, title: str | None, agency: str | None, index_number: str | None = None
    ) -> Identity:
        """Whether a document is the report of a unit.

        Args:
            unit_id: the unit that the registry asked for.
            title: the document's title.
            agency: the publisher that the page's metadata name (发布机构).
            index_number: its index number (索引号).
        """
        unit = self._units[unit_id]
        for code in credit_codes(index_number or ""):
            if unit.credit_code and code == unit.credit_code.upper():
                return Identity(SAME, f"索引号中的统一社会信用代码{code}与名录一致")
        subject = title_subject(title) if title else None
        by_title = self._by_name(unit, subject, "标题") if subject else None
        by_agency = self._by_name(unit, agency, "发布机构") if agency else None
        if by_title and by_title.verdict == OTHER:
            if by_agency and by_agency.verdict == SAME:
                return Identity(UNKNOWN, f"{by_title.evidence}；但{by_agency.evidence}")
            return by_title
        if by_title and by_title.verdict == SAME:
            return by_title
        # A page's metadata often name the office that posted the report for its unit.
        if by_agency and by_agency.verdict == OTHER and self._is_above(unit, agency or ""):
            return Identity(UNKNOWN, f"发布机构为主管部门“{agency}”，文中未写明其他单位")
        return by_agency or by_title or Identity(UNKNOWN, "文件没有写明单位，以名录为准")

    def _by_name(self, unit: UnitLike, written: str, where: str) -> Identity:
        if any(names_same_unit(written, name) for name in (unit.name, *unit.aliases)):
            return Identity(SAME, f"{where}写明“{written}”，与名录“{unit.name}”一致")
        others = self._by_core.get(core(written), set()) - {unit.unit_id}
        if others:
            other = self._units[min(others)]
            return Identity(OTHER, f"{where}写明“{written}”，是名录中的“{other.name}”，不是“{unit.name}”")
        if _elsewhere(written, (unit.name, *unit.aliases)):
            return Identity(OTHER, f"{where}写明“{written}”，所在地与“{unit.name}”不同")
        return Identity(UNKNOWN, f"{where}写作“{written}”，不足以认定是或不是“{unit.name}”")

    def _is_above(self, unit: UnitLike, written: str) -> bool:
        above = unit.supervising_unit_id
        seen = set()
        while above and above not in seen and above in self._units:
            seen.add(above)
            if names_same_unit(written, self._units[above].name):
                return True
            above = self._units[above].supervising_unit_id
        return False


def _shorter(name: str) -> list[str]:
    """A name and what is left of it without the places before: 开平市水口镇 → 开平市水口镇, 水口镇."""
    names, at = [name], 0
    while match := _CHAIN.match(name, at):
        at = match.end()
        if len(name) - at >= 2:
            names.append(name[at:])
    return names


def _chain(name: str) -> list[str]:
    """The places that a name begins with: 中卫市沙坡头区文昌镇 → 中卫市, 沙坡头区."""
    found, at = [], 0
    plain = core(name)
    while match := _CHAIN.match(plain, at):
        found.append(match[1])
        at = match.end()
    return found


def _elsewhere(written: str, official: Iterable[str]) -> bool:
    """Whether a name begins with places of which the unit's names know none, and the other way about."""
    places = _chain(written)
    if not places:
        return False
    known = [name for name in official if _chain(name)]
    if not known:
        return False
    return not any(
        any(p[:-1] in name for p in places) or any(p[:-1] in written for p in _chain(name)) for name in known
    )


def judge_year(
    year: int, title: str | None, period: tuple[date | None, date | None], published: date | None
) -> Identity:
    """Whether a document is the report of a year.

    The title and the statistical period speak; when they disagree, or the date of publication speaks for
    the year asked for, nothing is refused: the rules on title and period tell the unit.
    """
    years = title_years(title or "")
    start, end = period
    span = {d.year for d in (start, end) if d is not None}
    if year in years or year in span:
        return Identity(SAME, f"标题或统计期间写明{year}年")
    stated = years | span
    if not stated:
        return Identity(UNKNOWN, "文件没有写明年度，以名录为准")
    text = "、".join(f"{y}年" for y in sorted(stated))
    if len(stated) > 1 or (published is not None and published.year == year + 1):
        return Identity(UNKNOWN, f"标题或统计期间写明{text}，但不足以认定不是{year}年度报告")
    return Identity(OTHER, f"标题或统计期间写明{text}，不是{year}年度报告")
