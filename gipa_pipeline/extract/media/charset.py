"""Bytes to text without trusting what the bytes are labelled as (字符编码)."""

from __future__ import annotations

import codecs
import re
from itertools import chain, islice

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_ENDS = re.compile(rb"</(?:html|body)\s*>", re.I)
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


def to_the_end(page: bytes) -> bytes:
    """A page without the tags that end it before its bytes do.

    Pages are put together of parts that each close ``html``. Browsers pay no heed to that; the parser would stop
    there, and everything behind would be lost without a word.
    """
    first = _ENDS.search(page)
    if first is None or not page[first.end() :].translate(None, b" \t\r\n").lower().removeprefix(b"</html>"):
        return page
    return _ENDS.sub(b"", page)


def decode(data: bytes) -> tuple[str, str]:
    """Decode a page or text file; returns the text and the name of the encoding used.

    Byte order mark first, then strict UTF-8 (a cut last character forgiven), then GB18030, unless
    Big5 explains the bytes clearly better. Labels in headers and ``meta`` tags are not asked: sites
    that say gb2312 and send GBK or UTF-8 are common, and strict UTF-8 hardly ever fits by chance.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, errors="replace"), name.removesuffix("-sig")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start > 0:
            return data[: error.start].decode("utf-8"), "utf-8"
        broken = _share_of_broken(data.decode("utf-8", errors="replace"))
    as_gb = data.decode("gb18030", errors="replace")
    choices = [(_strangeness(as_gb), 0, as_gb, "gb18030")]
    if broken < 0.02:
        # A UTF-8 page with a few damaged bytes is still UTF-8.
        text = data.decode("utf-8", errors="replace")
        choices.append((_strangeness(text), 0, text, "utf-8"))
    as_big5 = data.decode("big5hkscs", errors="replace")
    choices.append((_strangeness(as_big5) + 0.02, 1, as_big5, "big5"))
    _, _, text, name = min(choices, key=lambda c: c[:2])
    return text, name


def _share_of_broken(text: str) -> float:
    return text.count("\ufffd") / max(1, len(text))


def _strangeness(text: str) -> float:
    """Share of the non-ASCII characters that no Chinese office page would use.

    Everyday Chinese lives in U+4E00-9FFF with a strong lean to the first level of GB 2312; bytes
    read in the wrong double-byte code give rare ideographs, private-use characters and kana.
    """
    sample = list(islice(chain.from_iterable(m.group() for m in _FOREIGN.finditer(text)), 20000))
    if not sample:
        return 0.0
    odd = 0
    for c in sample:
        if "\u4e00" <= c <= "\u9fff":
            try:
                level_one = c.encode("gb2312")[0] < 0xD8
            except UnicodeEncodeError:
                level_one = False
            odd += 0 if level_one else 1
        elif c == "\ufffd":
            odd += 4
        elif "\ue000" <= c <= "\uf8ff" or "\u3040" <= c <= "\u30ff" or "\u0080" <= c <= "\u00ff":
            odd += 1
    return odd / len(sample)
