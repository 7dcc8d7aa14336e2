"""The text of a Word document's paragraphs and cells as it is printed (正文与单元格文字).

What is deleted or hidden is left out, and of a field its instruction. What is printed without being text (a drawing,
a sign of a symbol font, an automatic number) makes a cell neither a blank nor the figure beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.sight import SUPERSCRIPTS, visible
from gipa_pipeline.extract.media.word_fields import FIELD, SIMPLE, Fields
from gipa_pipeline.extract.media.word_looks import Looks
from gipa_pipeline.extract.media.word_numbers import NUMBER, Numbers

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""The copy of a text box for old programs."""
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_UNSEEN = frozenset((f"{_W}pPr", f"{_W}rPr", f"{_W}del", f"{_W}moveFrom", f"{_W}rt", FALLBACK))
"""Properties, tracked deletions, signs above a text, and the copy of a text box."""
_DRAWN = tuple(f"{_W}{name}" for name in ("drawing", "pict", "object", "contentPart", "pgNum"))
_MARKS = {f"{_W}noBreakHyphen": "-", f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n"}
_CODE = re.compile(r"[0-9A-Fa-f]{4}")
_FIGURES = frozenset("0123456789/-.,")
_PICTURES = {
    "Wingdings": range(0x80, 0x96),
    "Wingdings 2": range(0x69, 0x80),
    "Wingdings 3": (),
    "Webdings": (),
}
"""Fonts of ticks, arrows and pictures, with the places of their figures in a ring."""
_GREEK = "Symbol"
"""The font of Greek letters, whose figures stand where ASCII has them."""
_WORDS = 4
"""Letters that make a cell's text a label: what is printed beside it is no figure."""


@dataclass(slots=True)
class _Seen:
    """What was met in a cell beside its text: ``lost`` ink that is no text, ``unsure`` print that may be a figure."""

    lost: bool = False
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """A document's text as its looks, fields and lists let it be printed."""

    looks: Looks
    fields: Fields
    numbers: Numbers

    def paragraph(self, paragraph: Any, without: Sequence[Any] = ()) -> str:
        """The text of a paragraph; ``without`` are text boxes that are read by themselves."""
        return self._text(paragraph, without, None)

    def cell(self, tc: Any) -> str:
        """The text of a table's cell; the sign for what is drawn where that is all there is, or beside a figure."""
        seen = _Seen()
        text = "\n".join(line for line in self._text(tc, (), seen).split("\n") if line)
        lists = {self.numbers.before(p) for p in tc.iter(f"{_W}p")}
        if not text.strip():
            # A picture, an object, a field that was never worked out, a figure in the colour of its ground: no blank.
            blank = not (seen.lost or seen.unsure or lists - {""}) and next(tc.iter(*_DRAWN), None) is None
            return text if blank else DRAWN
        beside = (seen.unsure or NUMBER in lists) and any(c.isdigit() for c in text)
        return text + DRAWN if beside and sum(c.isalpha() for c in text) < _WORDS else text

    def _text(self, element: Any, without: Sequence[Any], seen: _Seen | None) -> str:
        """The text below an element in reading order, a line a paragraph, each text box once."""
        pieces: list[str] = []
        stack = [iter(element)]
        closing: list[bool] = [False]
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                if closing.pop():
                    pieces.append("\n")
                continue
            if node.tag in _UNSEEN or node in without:
                continue
            if node.tag == f"{_W}r" and not self._is_read(node, pieces, seen):
                continue
            if node not in self.fields.hidden:
                pieces.append(self._sign(node, seen))
            if len(node):
                stack.append(iter(node))
                closing.append(node.tag == f"{_W}p")
        return "".join(pieces).strip("\n")

    def _is_read(self, run: Any, pieces: list[str], seen: _Seen | None) -> bool:
        """Whether a run's text is read; a cell's figure that may be seen or not is drawn instead, words are not."""
        look = self.looks.of(run)
        if look == "seen":
            return True
        numeric = seen is not None and (
            any(c.isdigit() for t in run.iter(f"{_W}t") for c in t.text or "")
            or run.find(f"{_W}sym") is not None
        )
        if seen is not None and numeric and look == "unseen":
            seen.lost = True
        if numeric and look == "doubtful":
            pieces.append(DRAWN)
        return look == "doubtful" and not numeric

    def _sign(self, node: Any, seen: _Seen | None) -> str:
        """What one node of a run prints."""
        if node.tag in (f"{_W}t", _MATHS):
            text = node.text or ""
            if seen is not None and node in self.fields.doubtful and any(c.isdigit() for c in text):
                return DRAWN
            raised = node.tag != _MATHS and _is_raised(node.getparent())
            return visible(text.translate(SUPERSCRIPTS) if raised else text)
        if node.tag == f"{_W}sym":
            sign = _symbol(node)
            if seen is None:
                return visible(sign.replace(DRAWN, ""))
            seen.lost |= not sign
            return visible(sign)
        if node.tag in (FIELD, SIMPLE) and seen is not None:
            seen.unsure |= node in self.fields.unknown
        return _MARKS.get(node.tag, "")


def _symbol(node: Any) -> str:
    """What an inserted sign shows: a figure, a stroke, nothing for a tick, drawn where that is not known."""
    font, written = node.get(f"{_W}font", ""), node.get(f"{_W}char", "")
    code = int(written, 16) if _CODE.fullmatch(written) else 0
    place = code & 0xFF
    if font in _PICTURES:
        return DRAWN if place in _PICTURES[font] else ""
    if font == _GREEK:
        return chr(place) if chr(place) in _FIGURES else ""
    # Of another font a sign is itself, unless its number is one of those that every font fills as it likes.
    return chr(code) if code and not 0xD800 <= code <= 0xF8FF else DRAWN


def _is_raised(run: Any) -> bool:
    """Whether a run is a mark above or below the line: the number of a note, not a part of the figure before it."""
    properties = run.find(f"{_W}rPr") if run is not None else None
    if properties is None or not len(properties):
        return False
    align, position = properties.find(f"{_W}vertAlign"), properties.find(f"{_W}position")
    if align is not None and align.get(f"{_W}val") in ("superscript", "subscript"):
        return True
    return position is not None and position.get(f"{_W}val", "0").lstrip("-") not in ("0", "1", "2", "3")
