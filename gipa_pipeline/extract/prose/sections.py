"""The six parts of a report found by their headings, and the prose in them (六个部分)."""

from __future__ import annotations

import re
from functools import cache

from expectations.forms import Form
from gipa_pipeline.extract.fold import ideographs
from gipa_pipeline.extract.tables.labels import Ideographs, Label, core, find_in_order
from gipa_pipeline.model import ReaderNote, SectionText

_ORDINALS = "一二三四五六七八九"
_FOOT = re.compile(
    r"^\s*(?:国务院部门网站|地方政府网站|市政府部门网站|联系我们|网站地图|版权所有|主办|承办|技术支持|备案|相关附件|相关链接|相关阅读"
    r"|扫一扫|打印|关闭|分享|上一篇|下一篇|责任编辑|友情链接|附件|【)"
)
_TABLE_PART_LIMIT = 600
_PART_LIMIT = 100_000
"""Characters of a part's prose; the longest reports have some ten thousand."""


@cache
def _headings(form: Form) -> tuple[Label, ...]:
    labels = []
    for section in form.sections:
        own = _ORDINALS[section.number - 1]
        cores = [core(section.title), *map(core, section.variants)]
        keys = [own + c for c in cores]
        # Numbering restarts or repeats in one report in ten: the words decide, any ordinal will do.
        keys += [o + c for c in cores for o in _ORDINALS if o != own]
        keys += [c for c in cores if len(c) >= 8]
        labels.append(Label(str(section.number), tuple(dict.fromkeys(keys))))
    return tuple(labels)


def sections_of(
    text: str, form: Form, read: Ideographs | None = None
) -> tuple[list[SectionText], list[ReaderNote]]:
    """Split a report's text into its parts; part 0 is what stands before part one.

    Returns the parts found in order, and notes on parts that are missing or numbered otherwise.
    """
    read = read or Ideographs(text)
    found = find_in_order(read, _headings(form), 0, len(read.string), fuzzy=False)
    present = [(int(f.label.key), f) for f in found if f is not None]
    notes: list[ReaderNote] = []
    if present:
        for number, heading in zip((s.number for s in form.sections), found, strict=True):
            if heading is None:
                notes.append(ReaderNote("part_missing", str(number)))
    sections: list[SectionText] = []
    if present and present[0][1].start > 0:
        before = text[: _line_start(text, present[0][1].start)]
        sections.append(SectionText(0, "", before.strip()[-4000:], 0))
    for n, (number, heading) in enumerate(present):
        end = _line_start(text, present[n + 1][1].start) if n + 1 < len(present) else len(text)
        body = text[heading.end : max(end, heading.end)]
        if n + 1 == len(present):
            body = _without_foot(body)
        body = body.lstrip(":：*# \t").strip()
        body = body[: _TABLE_PART_LIMIT if form.sections[number - 1].table else _PART_LIMIT]
        sections.append(
            SectionText(
                number, text[_line_start(text, heading.start) : heading.end].strip(), body, heading.end
            )
        )
        printed = ideographs(text[_line_start(text, heading.start) : heading.end])
        if printed[:1] in _ORDINALS and printed[:1] != _ORDINALS[number - 1]:
            notes.append(ReaderNote("part_numbering", f"{number}:{printed[:1]}"))
    return sections, notes


def _line_start(text: str, offset: int) -> int:
    """Where the ordinal before a heading begins, on the same line."""
    start = max(text.rfind("\n", 0, offset), 0)
    lead = text[max(start, offset - 6) : offset]
    found = re.search(rf"[#*\s]*[{_ORDINALS}]?\s*[、.．,，]?\s*$", lead)
    return offset - len(lead) + (found.start() if found else len(lead))


_SIGNED = re.compile(
    r"\s*(?:20\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|20\d\d[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|二[〇零○Oo0][〇零○一二三四五六七八九]{2}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)\s*"
)
_SIGNER = re.compile(r"\s*[\u4e00-\u9fff()（）·、\s]{4,40}\s*")


def _without_foot(body: str) -> str:
    """The last part without the page's foot and without the signature: who and when, on lines of their own."""
    kept: list[str] = []
    for line in body.split("\n"):
        if _FOOT.match(line):
            break
        kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    if kept and _SIGNED.fullmatch(kept[-1]):
        kept.pop()
        while kept and not kept[-1].strip():
            kept.pop()
        if len(kept) > 1 and _SIGNER.fullmatch(kept[-1]):
            kept.pop()
    return "\n".join(kept)
