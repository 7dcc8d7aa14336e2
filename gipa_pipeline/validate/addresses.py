"""Addresses that cannot be right (网址、邮箱、电话): a letter typed wrong in a well-known ending, a digit too few.

A name we merely do not know is left alone, however like another it is: www.sz.gov.cn and www.zs.gov.cn are
two cities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_URL = re.compile(r"(?:https?://|(?<![@\w.])(?=www\.))([a-z0-9][a-z0-9.-]*\.[a-z]{2,})", re.IGNORECASE)
_MAIL = re.compile(r"(?:邮箱|邮件|E-?mail)[^0-9a-z]{0,12}([0-9a-z][\w.+-]*@?[\w.-]*)", re.IGNORECASE)
_PHONE = re.compile(
    r"(?:电话|热线|手机|传真|联系方式)(?:号码)?[:为是]?[ \t]*"
    r"(?:(?P<area>0(?:10|2\d|[3-9]\d\d))[-—][ \t]?(?P<local>\d{4,10})|(?P<mobile>1[3-9]\d{8,10}))(?![\d\-—~/*])"
)
_MOBILE = 11
_SECOND = frozenset({"gov", "com", "net", "org", "edu", "ac", "mil"})
_TOP_SLIPS = frozenset({"con", "cmo", "ocm", "cn1", "cnn", "nc", "nte", "rog", "comm"})


def doubtful_address(text: str) -> Iterator[tuple[str, str, str]]:
    """The web and mail addresses in a text that cannot be right, once each.

    Args:
        text: folded to plain widths.

    Yields:
        What it is (网址, 电子邮箱), the address as printed, and why.
    """
    seen = set()
    for match in _URL.finditer(text):
        host = match[1].lower().rstrip(".")
        why = _wrong_host(host)
        if why and host not in seen:
            seen.add(host)
            yield "网址", match[1], why
    for match in _MAIL.finditer(text):
        mail = match[1].rstrip(".").lower()
        name, at, domain = mail.partition("@")
        if mail in seen or len(mail) < 5 or not re.search(r"[a-z@]", mail):
            continue
        if at and name and (why := _wrong_host(domain)):
            seen.add(mail)
            yield "电子邮箱", match[1], why
        elif at and "." not in domain:
            seen.add(mail)
            yield "电子邮箱", match[1], "缺少域名后缀"


def doubtful_number(text: str) -> Iterator[tuple[str, str, str]]:
    """The telephone numbers in a text that have too few or too many digits, once each.

    Only numbers whose kind is plain are judged: a mobile number (eleven digits from 1), and an area code with a
    sign after it and seven or eight digits. Hotlines, extensions and numbers that go over a line end are not.

    Args:
        text: folded to plain widths.

    Yields:
        电话, the number as printed, and why.
    """
    seen = set()
    for match in _PHONE.finditer(text):
        number = match["mobile"] or f"{match['area']}-{match['local']}"
        if number in seen:
            continue
        seen.add(number)
        if match["mobile"] and len(match["mobile"]) != _MOBILE:
            yield "电话", match["mobile"], f"为{len(match['mobile'])}位，手机号码应为{_MOBILE}位"
        elif match["local"] and len(match["local"]) not in (7, 8):
            yield "电话", number, f"区号后为{len(match['local'])}位，应为7位或8位"


def _wrong_host(host: str) -> str | None:
    labels = host.split(".")
    if len(labels) < 2:
        return None
    if labels[-1] in _TOP_SLIPS:
        return f"后缀“.{labels[-1]}”不存在，疑为录入错误"
    if labels[-1] == "cn" and len(labels) > 2 and labels[-2] not in _SECOND and _slip(labels[-2], "gov"):
        return f"后缀“.{labels[-2]}.cn”疑为“.gov.cn”的录入错误"
    return None


def _slip(written: str, meant: str) -> bool:
    """Whether two words of one length differ in one letter or in two neighbours changed over."""
    if len(written) != len(meant):
        return False
    apart = [i for i, (a, b) in enumerate(zip(written, meant, strict=True)) if a != b]
    if len(apart) == 1:
        return True
    if len(apart) != 2 or apart[1] != apart[0] + 1:
        return False
    i, j = apart
    return written[i] == meant[j] and written[j] == meant[i]
