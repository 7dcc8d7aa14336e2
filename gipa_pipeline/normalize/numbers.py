"""Printed numbers (数值) to exact ones: digits of any width, separators, units, notes, signs, words.

What cannot be read for certain is not guessed: it is ``unreadable``. A blank is not zero.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

REPORTED, BLANK, UNREADABLE = "reported", "blank", "unreadable"

_BLANKS = frozenset(
    [
        *(
            "",
            "/",
            "//",
            "／",
            "\\",
            "-",
            "--",
            "---",
            "—",
            "——",
            "―",
            "─",
            "──",
            "–",
            "－",
            "﹣",
            "−",
            "…",
            "……",
        ),
        *("无", "无.", "无。", "無", "暂无", "没有", "空", "空白", "(空)", "（空）", "(无)", "（无）"),
        *("不适用", "未填", "N/A", "n/a"),
    ]
)
_MAX_INTEGER_DIGITS, _MAX_PLACES = 12, 6
"""What a ``decimal(18, 6)`` holds; more is no figure of this form but a run of glued cells."""

_FOLD = {ord("０") + i: str(i) for i in range(10)} | {
    ord(c): f
    for c, f in zip(
        "，．＋﹢－−﹣‐‑–（）［］【】〔〕／＊﹡",
        ",.++------()[][][]/**",
        strict=True,
    )
}
_SPACES = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
_APART = re.compile(r"\d(?: \.|\. ) ?\d")
_MONEY_UNITS = {
    "元": Decimal("0.0001"),
    "圆": Decimal("0.0001"),
    "人民币元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万元": Decimal(1),
    "万": Decimal(1),
    "百万元": Decimal(100),
    "亿元": Decimal(10000),
    "亿": Decimal(10000),
}
_COUNT_UNITS = {u: Decimal(1) for u in (*"件项条个宗起份人次例部篇", "件次", "人次")} | {
    f"万{u}": Decimal(10000) for u in ("", "件", "项", "条", "人次", "次")
}
_TRADITIONAL = str.maketrans("萬億圓條項負無", "万亿圆条项负无")
_MARKS = "*※#"
_OPENING = {")": "(", "]": "["}
_NUMBER = re.compile(
    r"(?P<words>(?:共计|合计|共|计)?)(?P<sign>[+-]|负|增加?|减少?)?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<unit>[^\d.,+\-/()\[\]]*)"
)
_CHINESE = re.compile(r"(?P<number>[零一二三四五六七八九十百千]+)(?P<unit>[件项条个宗起份]?)")
_CHINESE_FORMS = str.maketrans("〇两壹贰叁肆伍陆柒捌玖拾佰仟", "零二一二三四五六七八九十百千")
_CHINESE_DIGITS = "零一二三四五六七八九"
_MOST_CHINESE = 18
"""Signs of a number that is read sign by sign; beyond 4,300 Python refuses to read it."""


@dataclass(frozen=True, slots=True)
class Number:
    """A printed number as read.

    Attributes:
        value: exact, in the form's unit (件, or 万元 for money); None unless ``status`` is ``reported``.
        status: ``reported``, ``blank`` or ``unreadable``.
        unit: the unit printed in the cell or given by the header, None when neither states one.
        notes: what stood in the way of plain digits: ``full_width``, ``separator``, ``space``, ``unit``,
            ``footnote``, ``sign``, ``words``, ``chinese``, ``decimal``; or why it cannot be read:
            ``not_a_number``, ``too_long``, ``too_precise``, ``unit_mismatch``, ``dash_or_one``.
    """

    value: Decimal | None
    status: str
    unit: str | None = None
    notes: tuple[str, ...] = ()


@lru_cache(maxsize=8192)
def parse_number(text: str, kind: str = "count", unit_hint: str | None = None) -> Number:
    """Read the printed text of one cell.

    Args:
        text: as printed, with whatever stands around the digits.
        kind: ``count`` (件), ``change`` (may be negative) or ``money`` (万元).
        unit_hint: the unit that the header prints for a money column (``元`` is converted to 万元).

    Returns:
        The number, a blank, or ``unreadable`` when something stands there that is not surely one number.
        Signs and decimals are kept even where the form allows none: whether they may stand there is for
        the rules to say.
    """
    if text.isascii() and text.isdigit() and len(text) <= _MAX_INTEGER_DIGITS:
        if kind != "money":
            return Number(Decimal(text), REPORTED)
        return _scaled(Decimal(text), None, kind, unit_hint, [])
    notes: list[str] = []
    plain = _SPACES.sub(" ", text).strip()
    if plain in _BLANKS or plain.replace(" ", "") in _BLANKS:
        return Number(None, BLANK)
    plain = _strip_notes(plain, notes)
    if _APART.search(plain):
        # A number that counts the line, and the figure behind it: 2. 12 is not 2.12.
        return Number(None, UNREADABLE, None, ("not_a_number",))
    if " " in plain:
        plain = plain.replace(" ", "")
        notes.append("space")
    if plain == "一":
        # A dash and the numeral one look alike in print, and readers of pictures mix them up.
        return Number(None, UNREADABLE, None, ("dash_or_one",))
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return _chinese(plain, kind, unit_hint, notes)
    return _digits(match, kind, unit_hint, notes)


def _strip_notes(plain: str, notes: list[str]) -> str:
    """Fold widths and cut trailing footnotes; circled and raised digits are marks, never digits."""
    end = len(plain)
    while end and unicodedata.category(plain[end - 1]) == "No":
        end -= 1
    if end == 0:
        # A circled figure alone is a footnote's mark (①) as likely as a number.
        return plain
    if end < len(plain):
        plain = plain[:end].rstrip()
        notes.append("footnote")
    folded = plain.translate(_FOLD).translate(_TRADITIONAL)
    if any("０" <= c <= "９" or c in "．，" for c in plain):
        notes.append("full_width")
    end = len(folded)
    while (start := _note_before(folded, end)) > 0:
        end = start
        while folded[end - 1].isspace():
            end -= 1
        if "footnote" not in notes:
            notes.append("footnote")
    return folded[:end].rstrip("。;；、")


def _note_before(text: str, end: int) -> int:
    """Where a note begins that ends there: in brackets, or marks of a footnote; -1 where none does.

    Looked for backwards, so that thousands of notes take no longer than their length.
    """
    if not end:
        return -1
    if text[end - 1] in _MARKS:
        while end and text[end - 1] in _MARKS:
            end -= 1
        return end
    opening = _OPENING.get(text[end - 1])
    if opening is None:
        return -1
    start = end - 2
    while start >= 0 and text[start] not in (opening, text[end - 1]):
        start -= 1
    return start if start >= 0 and text[start] == opening else -1


def _digits(match: re.Match[str], kind: str, unit_hint: str | None, notes: list[str]) -> Number:
    digits, sign = match["digits"], match["sign"]
    if "," in digits:
        digits = digits.replace(",", "")
        notes.append("separator")
    whole, _, places = digits.partition(".")
    if len(whole.lstrip("0")) > _MAX_INTEGER_DIGITS:
        return Number(None, UNREADABLE, None, ("too_long",))
    if sign and sign[0] in "增减" and kind != "change":
        return Number(None, UNREADABLE, None, ("not_a_number",))
    value = Decimal(digits)
    if places and kind != "money":
        notes.append("decimal")
        if value == value.to_integral_value():
            value = value.to_integral_value()
    if sign:
        notes.append("sign")
        if sign[0] in "-负减":
            value = -value
    if match["words"]:
        notes.append("words")
    return _scaled(value, match["unit"] or None, kind, unit_hint, notes)


def _scaled(value: Decimal, unit: str | None, kind: str, unit_hint: str | None, notes: list[str]) -> Number:
    """Bring a value into the form's unit, exactly."""
    factors = _MONEY_UNITS if kind == "money" else _COUNT_UNITS
    if unit is not None:
        if unit not in factors:
            known = unit in _MONEY_UNITS or unit in _COUNT_UNITS
            return Number(None, UNREADABLE, unit, ("unit_mismatch" if known else "not_a_number",))
        notes.append("unit")
    elif kind == "money":
        unit = unit_hint if unit_hint in factors else None
    factor = factors[unit] if unit else Decimal(1)
    scaled = value if factor == 1 else (value * factor)
    if isinstance(exponent := scaled.as_tuple().exponent, int) and exponent < -_MAX_PLACES:
        scaled = scaled.normalize()
        if isinstance(exponent := scaled.as_tuple().exponent, int) and exponent < -_MAX_PLACES:
            return Number(None, UNREADABLE, unit, ("too_precise",))
    if scaled.adjusted() >= _MAX_INTEGER_DIGITS:
        return Number(None, UNREADABLE, unit, ("too_long",))
    return Number(scaled, REPORTED, unit, tuple(notes))


def _chinese(plain: str, kind: str, unit_hint: str | None, notes: list[str]) -> Number:
    match = _CHINESE.fullmatch(plain.translate(_CHINESE_FORMS))
    value = chinese_number(match["number"]) if match else None
    if match is None or value is None:
        return Number(None, UNREADABLE, None, ("not_a_number",))
    return _scaled(Decimal(value), match["unit"] or None, kind, unit_hint, [*notes, "chinese"])


def chinese_number(text: str) -> int | None:
    """A number below ten thousand in Chinese numerals (``十二``, ``一百零五``, ``二〇二三``), or None.

    Only what is spelled correctly is understood: 一百五 is said for 150 and is not surely 105. A run of
    plain digits is read digit by digit.
    """
    folded = text.translate(_CHINESE_FORMS)
    if 0 < len(folded) <= _MOST_CHINESE and all(c in _CHINESE_DIGITS for c in folded):
        return int("".join(str(_CHINESE_DIGITS.index(c)) for c in folded))
    return _spelled().get(folded)


@cache
def _spelled() -> dict[str, int]:
    """Every correct spelling of 10 to 9999, so that nothing else can be taken for a number."""
    spelled = {}
    for number in range(10, 10000):
        text, gap = "", False
        for weight, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit = number // weight % 10
            if digit:
                text += ("零" if gap and text else "") + _CHINESE_DIGITS[digit] + sign
            gap = not digit
        spelled[text] = number
        if number < 20:
            spelled[text[1:]] = number
    return spelled
