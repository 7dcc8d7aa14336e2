"""Selectors of a page's own style sheets, held against elements (样式选择器).

``tr td:nth-child(3)``, ``.old > td:last-child`` and ``[data-old]`` hide a column or a figure as well as a class does.
An element is asked from the last part of a selector upwards, which costs as much as it stands deep.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from gipa_pipeline.errors import UnreadableDocument

_COMPOUND = re.compile(
    r"(?P<tag>\*|[a-z][a-z0-9]*)?"
    r"(?P<marks>(?:[.#]-?[_a-z][\w-]*|\[[^\]]*\]|:not\([.#]?[\w-]+\)|:[a-z-]+(?:\(\d+\))?)*)",
    re.I,
)
_MARK = re.compile(
    r"(?P<sign>[.#])(?P<name>[\w-]+)"
    r"|\[\s*(?P<attribute>[\w-]+)\s*(?:=\s*[\"']?(?P<value>[^\"'\]]*)[\"']?\s*)?\]"
    r"|:not\((?P<other>[.#]?)(?P<without>[\w-]+)\)"
    r"|:(?P<where>nth-child|nth-last-child|first-child|last-child)(?:\((?P<number>\d+)\))?",
    re.I,
)
_PIECES = re.compile(r"\s*([>+~])\s*|\s+")
_LONGEST, _MOST_PIECES = 200, 9
_MOST_STEPS = 600_000
"""Elements that are looked at for all rules of a page together; a page of a content system takes some thousand."""


@dataclass(slots=True)
class Steps:
    """How many elements have been looked at for a page's rules, and how many may be."""

    most: int = _MOST_STEPS
    taken: int = 0

    def take(self, number: int = 1) -> None:
        """Count some more.

        Raises:
            UnreadableDocument: too many.
        """
        self.taken += number
        if self.taken > self.most:
            raise UnreadableDocument("too_large", "the page's style sheets have rules without measure")


@dataclass(frozen=True)
class Compound:
    """What one element must be: its name, marks (sign and name), attributes' values, marks it must lack, its place."""

    tag: str | None
    marks: frozenset[tuple[str, str]] = frozenset()
    values: tuple[tuple[str, str], ...] = ()
    lacks: frozenset[tuple[str, str]] = frozenset()
    places: tuple[tuple[bool, int], ...] = field(default=())
    """From the front or from the back, and which."""

    def meets(self, element: Any, steps: Steps) -> bool:
        """Whether an element is such a one."""
        steps.take()
        if self.tag is not None and element.tag != self.tag:
            return False
        own = marks_of(element) if self.marks or self.lacks else set()
        if not self.marks <= own or self.lacks & (own | {("", str(element.tag))}):
            return False
        if any(element.get(attribute) != value for attribute, value in self.values):
            return False
        return all(_stands(element, place, steps) for place in self.places)


def marks_of(element: Any) -> set[tuple[str, str]]:
    """What an element is called by: classes (``.``), its id (``#``), and the attributes it has (``[``)."""
    own = {("[", str(attribute)) for attribute in element.attrib}
    own.update((".", name) for name in (element.get("class") or "").split())
    if element.get("id"):
        own.add(("#", element.get("id")))
    return own


def _stands(element: Any, place: tuple[bool, int], steps: Steps) -> bool:
    front, number = place
    for at, _ in enumerate(element.itersiblings(preceding=front), start=1):
        steps.take()
        if at >= number:
            return False
        if at == number - 1 and next(_.itersiblings(preceding=front), None) is None:
            return True
    return number == 1


@dataclass(frozen=True)
class Selector:
    """The last part of a selector, and those before it from the right, each with the sign between."""

    last: Compound
    before: tuple[tuple[str, Compound], ...] = ()

    def meets(self, element: Any, steps: Steps) -> bool:
        """Whether a rule with this selector is about an element."""
        return self.last.meets(element, steps) and self._above(element, 0, steps)

    def _above(self, element: Any, number: int, steps: Steps) -> bool:
        if number == len(self.before):
            return True
        sign, compound = self.before[number]
        if sign == ">":
            others = [element.getparent()]
        elif sign == "+":
            others = [element.getprevious()]
        else:
            others = element.iterancestors() if sign == " " else element.itersiblings(preceding=True)
        return any(
            other is not None and compound.meets(other, steps) and self._above(other, number + 1, steps)
            for other in others
        )


@lru_cache(maxsize=4_000)
def selector_of(text: str) -> Selector | None:
    """A selector; None where it is not understood."""
    if len(text) > _LONGEST:
        return None
    pieces = [piece for piece in _PIECES.split(text.strip()) if piece]
    compounds: list[tuple[str, Compound]] = []
    sign = " "
    for piece in pieces:
        if piece in (">", "+", "~"):
            sign = piece
            continue
        if (compound := _compound(piece)) is None:
            return None
        compounds.append((sign, compound))
        sign = " "
    if not compounds or len(compounds) > _MOST_PIECES or sign != " ":
        return None
    before = [
        (sign, other) for (sign, _), (_, other) in zip(compounds[:0:-1], compounds[-2::-1], strict=True)
    ]
    return Selector(compounds[-1][1], tuple(before))


def _compound(piece: str) -> Compound | None:
    found = _COMPOUND.fullmatch(piece)
    if found is None:
        return None
    marks: set[tuple[str, str]] = set()
    lacks: set[tuple[str, str]] = set()
    values: list[tuple[str, str]] = []
    places: list[tuple[bool, int]] = []
    read = 0
    for mark in _MARK.finditer(found["marks"]):
        if mark.start() != read:
            return None
        read = mark.end()
        if mark["sign"]:
            marks.add((mark["sign"], mark["name"]))
        elif mark["attribute"]:
            marks.add(("[", mark["attribute"].lower()))
            values += [(mark["attribute"].lower(), mark["value"])] if mark["value"] is not None else []
        elif mark["without"]:
            lacks.add((mark["other"], mark["without"]))
        else:
            where, number = mark["where"].lower(), int(mark["number"] or 0)
            number = 1 if where in ("first-child", "last-child") else number
            if not number:
                return None
            places.append((where in ("nth-child", "first-child"), number))
    if read != len(found["marks"]):
        return None
    tag = None if found["tag"] in (None, "*") else found["tag"].lower()
    return Compound(tag, frozenset(marks), tuple(values), frozenset(lacks), tuple(places))
