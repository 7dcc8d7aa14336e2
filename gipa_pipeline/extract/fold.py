"""One way to write a character, at the same length: full width, radicals, traditional forms (归一).

Folding maps one character to one character, so that offsets into the folded text are offsets into
the printed text. What changes lengths (pinyin artefacts, wrapped labels) is left to the readers.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_TRADITIONAL = (
    "製制發发數数廢废現现規规範范處处決决許许罰罚強强費费單单萬万請请業业組组織织機机構构會会務务總总計计結结轉转辦办"
    "區区開开國国權权類类內内過过執执詢询項项關关無无補补訪访舉举報报訴诉複复復复獲获繳缴納纳續续維维糾纠審审訟讼"
    "經经後后議议隻只這这條条對对採采購购額额屬属於于穩稳護护當当個个與与為为實实況况應应門门動动監监體体問问題题進进"
    "網网臺台頒颁號号從从據据準准記记將将來来時时間间達达還还給给統统應应導导覽览資资節节訊讯電电郵邮傳传眾众產产"
    "鎮镇鄉乡縣县廳厅黨党風风層层衛卫環环災灾財财稅税農农漁渔礦矿鐵铁車车馬马龍龙東东廣广寧宁蘇苏滬沪漢汉陝陕貴贵雲云"
)
"""Pairs of traditional and simplified characters of the form and its prose; ``複`` and ``復`` both stand
for 复 in over-converted copies (行政複議), and ``隻`` for 只 (隻計這一情形)."""

CJK = "\u3007\u3400-\u9fff"
_PINYIN = re.compile(r"(?<=[\u3400-\u9fff])\((?:[a-z]|[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]){1,6}\)")


@cache
def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in [*range(0xFF01, 0xFF5F), *range(0x2F00, 0x2FD6), *range(0x2E80, 0x2EF4), *range(0xF900, 0xFB00)]:
        folded = unicodedata.normalize("NFKC", chr(code))
        if len(folded) == 1 and folded != chr(code):
            table[code] = folded
    pairs = _TRADITIONAL
    table.update({ord(old): new for old, new in zip(pairs[::2], pairs[1::2], strict=True)})
    table.update(dict.fromkeys(map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"), " "))
    table.update(dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), " "))
    table.update(dict.fromkeys(map(ord, "\r\x0b\x0c\u2028\u2029\x85"), "\n"))
    table.update({ord("｡"): "。", ord("､"): "、", ord("〔"): "〔", ord("❘"): "|", ord("│"): "|", ord("┃"): "|", ord("丨"): "|"})
    table.update({ord(c): str(i) for i, c in enumerate("⓪①②③④⑤⑥⑦⑧⑨")})
    table.update({ord(c): n for c, n in zip("㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩", "一二三四五六七八九十", strict=True)})
    table.update(dict.fromkeys(map(ord, "−﹣‐‑‒"), "-"))
    # NFKC leaves these radicals alone although PDF text layers use them for the whole character.
    table.update({ord("⺠"): "民", ord("⻚"): "页", ord("⻅"): "见", ord("⻓"): "长", ord("⻔"): "门", ord("⻋"): "车"})
    return table


def fold(text: str) -> str:
    """The text with every character in its plain form; the length never changes."""
    return text.translate(_table())


def without_pinyin(text: str) -> str:
    """Folded text with pinyin artefacts after a character removed (國務(wù)院 → 国务院)."""
    return _PINYIN.sub("", text) if "(" in text else text


def blank_pinyin(text: str) -> str:
    """The same with the artefacts replaced by spaces, so that offsets keep."""
    return _PINYIN.sub(lambda m: " " * len(m.group()), text) if "(" in text else text


_NOT_CJK = re.compile(f"[^{CJK}]+")


def ideographs(text: str) -> str:
    """Only the ideographs of a text, folded: how labels are compared."""
    return _NOT_CJK.sub("", without_pinyin(fold(text)))
