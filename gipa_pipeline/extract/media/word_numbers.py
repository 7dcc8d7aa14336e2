"""Automatic numbers of a Word document's paragraphs: printed, and in no text (自动编号).

A table's cell whose only content is such a number shows a figure to everybody who reads the page, and holds none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gipa_pipeline.extract.media.package import named, parse_xml, part
from gipa_pipeline.extract.media.word_looks import Looks

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST_LISTS = 20_000
SIGN, NUMBER = "sign", "number"


@dataclass(slots=True)
class Numbers:
    """The lists of a document by their number: for each level ``sign`` (a bullet), ``number`` or ``""``."""

    looks: Looks
    lists: dict[str, dict[str, str]] = field(default_factory=dict)

    def before(self, paragraph: Any) -> str:
        """What is printed before a paragraph's text: ``""``, a ``sign``, or a ``number``.

        A list that the file does not describe counts as a sign: it may print something, and most print nothing.
        """
        mark = self._mark(paragraph)
        if mark is None:
            return ""
        number, level = _value(mark, "numId"), _value(mark, "ilvl") or "0"
        if number in ("", "0"):
            return ""
        return self.lists.get(number, {}).get(level, SIGN)

    def _mark(self, paragraph: Any) -> Any:
        """The list that a paragraph or its style names; the paragraph's own goes before."""
        own = paragraph.find(f"{_W}pPr")
        for properties in (own, *self.looks.paragraph_styles(own)):
            mark = properties.find(f"{_W}numPr") if properties is not None else None
            if mark is not None and _value(mark, "numId"):
                return mark
        return None


def numbers_of(package: Any, looks: Looks) -> Numbers:
    """The lists of a DOCX package.

    Raises:
        UnreadableDocument: the part is damaged or without measure.
    """
    numbers = Numbers(looks)
    where = named(package.namelist(), "word/numbering")
    if where is None:
        return numbers
    root = parse_xml(part(package, where))
    kinds: dict[str, dict[str, str]] = {}
    for n, described in enumerate(root.iter(f"{_W}abstractNum")):
        if n >= _MOST_LISTS:
            break
        kinds[described.get(f"{_W}abstractNumId", "")] = _levels(described)
    for n, entry in enumerate(root.iter(f"{_W}num")):
        if n >= _MOST_LISTS:
            break
        levels = dict(kinds.get(_value(entry, "abstractNumId"), {}))
        for changed in entry.iter(f"{_W}lvlOverride"):
            levels.update(_levels(changed))
        numbers.lists[entry.get(f"{_W}numId", "")] = levels
    return numbers


def _levels(described: Any) -> dict[str, str]:
    """What each level of a list prints."""
    return {level.get(f"{_W}ilvl", "0"): _printed(level) for level in described.iter(f"{_W}lvl")}


def _printed(level: Any) -> str:
    kind, text = _value(level, "numFmt") or "decimal", _value(level, "lvlText")
    if not text:
        return ""
    if kind in ("bullet", "none") or "%" not in text:
        # A level without a number of its own still prints what is written around it.
        written = text if "%" not in text else "".join(text.split("%")).strip("0123456789")
        return NUMBER if any(c.isdigit() for c in written) else SIGN if written.strip() else ""
    return NUMBER


def _value(element: Any, name: str) -> str:
    found = element.find(f"{_W}{name}")
    return "" if found is None else str(found.get(f"{_W}val", ""))
