"""Selectors of a page's own style sheets that name elements by place or attribute (样式选择器).

``tr td:nth-child(3)``, ``.old > td:last-child`` and ``[data-old]`` hide a column or a figure as well as a class does.
Only what can be said in a path through the tree is understood.
"""

from __future__ import annotations

import re
from functools import lru_cache

_COMPOUND = re.compile(
    r"(?P<tag>\*|[a-z][a-z0-9]*)?"
    r"(?P<marks>(?:[.#]-?[_a-z][\w-]*|\[[^\]]*\]|:not\([.#]?[\w-]+\)|:[a-z-]+(?:\(\d+\))?)*)",
    re.I,
)
_MARK = re.compile(
    r"(?P<sign>[.#])(?P<name>[\w-]+)"
    r"|\[\s*(?P<attribute>[\w-]+)\s*(?:=\s*[\"']?(?P<value>[^\"'\]]*)[\"']?\s*)?\]"
    r"|:not\((?P<other>[.#]?)(?P<without>[\w-]+)\)"
    r"|:(?P<where>nth-child|nth-last-child|nth-of-type|first-child|last-child)(?:\((?P<number>\d+)\))?",
    re.I,
)
_PIECES = re.compile(r"\s*([>+~])\s*|\s+")
_STEPS = {">": "/", "+": "/following-sibling::*[1]/self::", "~": "/following-sibling::"}
_LONGEST, _MOST_PIECES = 200, 7


@lru_cache(maxsize=4_000)
def way_of(selector: str) -> str | None:
    """The XPath of a selector; None where it is not understood."""
    if len(selector) > _LONGEST:
        return None
    way, step = "", "//"
    pieces = [piece for piece in _PIECES.split(selector.strip()) if piece]
    if len(pieces) > _MOST_PIECES:
        return None
    for piece in pieces:
        if piece in _STEPS:
            step = _STEPS[piece]
            continue
        if (compound := _compound(piece, sibling="sibling" in step)) is None:
            return None
        way, step = way + step + compound, "//"
    return way or None


def _compound(piece: str, *, sibling: bool) -> str | None:
    """One element of a selector as a step of a path; its place comes first, which is cheap to go to."""
    found = _COMPOUND.fullmatch(piece)
    if found is None:
        return None
    tag = (found["tag"] or "*").lower()
    place, tests, read = "", "", 0
    for mark in _MARK.finditer(found["marks"]):
        if mark.start() != read or (mark["where"] and (place or sibling)):
            return None
        read = mark.end()
        if mark["where"]:
            if (at := _place(mark["where"].lower(), int(mark["number"] or 0))) is None:
                return None
            place = f"*[{at}][self::{tag}]" if mark["where"].lower() != "nth-of-type" else f"{tag}[{at}]"
        else:
            tests += f"[{_test(mark)}]"
    return (place or tag) + tests if read == len(found["marks"]) else None


def _place(where: str, number: int) -> str | None:
    if where == "first-child":
        return "1"
    if where == "last-child":
        return "last()"
    if not number:
        return None
    return f"last()-{number - 1}" if where == "nth-last-child" else str(number)


def _test(mark: re.Match[str]) -> str:
    """A class, an id or an attribute as an XPath condition."""
    if mark["without"]:
        return f"not({_named(mark['other'], mark['without'])})"
    if mark["sign"]:
        return _named(mark["sign"], mark["name"])
    attribute, value = mark["attribute"].lower(), mark["value"]
    return f"@{attribute}" if value is None else f"@{attribute}='{value}'"


def _named(sign: str, name: str) -> str:
    if sign == "#":
        return f"@id='{name}'"
    if sign == ".":
        return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
    return f"self::{name.lower()}"
