"""Text of a PDF page that is not what a person sees on it (隐藏文字层、无编码字体).

A scan often carries the output of some recogniser as invisible text under or behind its picture; a font without a
table of its characters gives codes that mean nothing. Neither is what was printed: such pages count as pictures.
"""

from __future__ import annotations

from typing import Any

LOST = "\ufffd"
"""Stands for a character whose meaning the file does not tell."""
_COVERS = 0.5
"""Share of a page that a picture of its print takes up."""
_MOST_LOST = 0.02
_INVISIBLE = 3
"""The render mode of text that is neither filled nor drawn."""


def unreadable_codes(lost: int, glyphs: int) -> bool:
    """Whether so many characters have no meaning that the rest is no text to go by."""
    return lost > max(2, _MOST_LOST * glyphs)


def is_behind_a_picture(page: Any) -> bool:
    """Whether most of a page's text is invisible, or covered by a picture drawn after it."""
    from pypdfium2 import raw

    width, height = page.get_size()
    covered = -1
    hidden = behind = texts = 0
    for n, item in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])):
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) >= _COVERS * width * height:
            covered = n
            break
    if covered < 0:
        return False
    kinds = [raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_TEXT]
    pictures = -1
    for item in page.get_objects(filter=kinds):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            pictures += 1
            continue
        texts += 1
        hidden += raw.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE
        behind += pictures < covered
    return texts > 0 and max(hidden, behind) > texts / 2
