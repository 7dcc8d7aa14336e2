"""Pages that hold more than one report (this year's and last year's): one document for each (一页多报告)."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from gipa_pipeline.extract.fold import CJK, fold
from gipa_pipeline.extract.media.document import Document
from gipa_pipeline.extract.tables.labels import Ideographs

FIRST_ROW = "本年新收政府信息公开申请数量"
FIRST_CAPTION = "第二十条第一项"
TITLE = re.compile(rf"[{CJK}]{{0,30}}(20\d\d)\s*年?度?\s*政府信息公开工作?年?度?报告")

_HEAD = 100_000
"""Characters of a page in which a list of reports shows."""
_MOST = 20
"""Years of reports on one page; more are not looked at."""


def reports_in(document: Document, text: Ideographs) -> list[Document]:
    """The reports of a document in order; a single-element list for an ordinary one.

    Offsets keep: what stands before a part is blanked, what stands behind it is cut off.
    """
    anchors = [m.start() for m in re.finditer(FIRST_ROW, text.string)]
    if len(anchors) < 2:
        return [document]
    borders = [0]
    for before, after in pairwise(anchors):
        # A table repeated by its own page header has no caption of table 2 between its copies.
        caption = text.string.rfind(FIRST_CAPTION, before, after)
        if caption < 0:
            continue
        start, end = text.offset(before), text.offset(caption)
        titles = list(TITLE.finditer(text.text, start, end))
        borders.append(titles[-1].start() if titles else end)
        if len(borders) > _MOST:
            break
    if len(borders) == 1:
        return [document]
    parts: list[Document] = []
    ends = [*borders[1:], len(document.text)]
    for start, end in zip(borders[:_MOST], ends, strict=False):
        parts.append(blanked(document, start, end))
    return parts


def blanked(document: Document, start: int, end: int) -> Document:
    """The document with nothing but ``text[start:end]`` and the grids in it; offsets keep."""
    grids = [
        g
        for g in document.grids
        if g.cells and g.cells[0].start is not None and start <= g.cells[0].start < end
    ]
    # Lines keep, so that what is counted by lines (blank cells) is counted alike.
    blank = re.sub(r"[^\n]", " ", document.text[:start])
    return replace(document, text=blank + document.text[start:end], grids=grids, folded=None)


def years_listed(document: Document) -> set[int]:
    """The years of all titles of reports in a document's text."""
    return {int(m[1]) for m in TITLE.finditer(fold(document.text[:_HEAD]))}


def year_named(document: Document) -> int | None:
    """The year in a part's own title."""
    found = TITLE.search(fold(document.text))
    return int(found[1]) if found else None


def wanted(parts: list[Document], year: int | None) -> Document:
    """The report that the page is about: the one of the year in its title, else the first."""
    if len(parts) > 1 and year is not None:
        named = [p for p in parts if year_named(p) == year]
        if len(named) == 1:
            return named[0]
    return parts[0]
