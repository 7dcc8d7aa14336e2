"""Figures of a page's tables that are printed in the colour of their ground (网页隐藏文字).

An editor hides a figure by making it white. What is seen is told by the styles that elements carry themselves and
by simple rules of the page's own style sheets; what other sheets may say is not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from gipa_pipeline.extract.media.colours import BLACK, WHITE, colour, contrast, verdict
from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.html_parts import CELLS, Parts
from gipa_pipeline.extract.media.style_sheets import Sheets, of_measure

_INK = re.compile(r"(?:^|[;\s])color\s*:\s*([^;!]+)")
_GROUND = re.compile(r"(?<![\w-])background(?:-color)?\s*:\s*([^;!]+)")
_SIMPLE = re.compile(r"([a-z][a-z0-9]*)?(?:\.([_a-zA-Z][\w-]*)|#([_a-zA-Z][\w-]*))?")
_NO_GROUND = ("none", "transparent", "inherit", "initial", "unset", "0 0")
_LIGHT = 1.8
"""Contrast of print and ground below which it is worth looking."""
_INSIDE = 60
"""Elements in a cell with a figure."""
_CARRYING = ("style", "bgcolor", "color", "background")
_LONGEST = 200
"""Characters of a value."""
_VARIABLE = re.compile(r"(?<![\w-])(--[\w-]+)\s*:\s*([^;{}]+)")
_GIVEN = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)")
"""A value that a sheet names once and uses in many places."""
_NOT_SAID, _GONE, _TURNED = "not said", "gone", "turned"
_NONE = (_NOT_SAID, _NOT_SAID)
_THROUGH = re.compile(r"transparent|rgba\([^)]*[,/]\s*(?:0|0?\.0\d*|0%)\s*\)|#[0-9a-f]{6}00|#[0-9a-f]{3}0")
_BIDI = re.compile(r"direction\s*:\s*rtl")


_Key = tuple[str | None, str | None, str | None]
"""What a simple rule names: an element, a class, an id."""


@dataclass(slots=True)
class _Sheet:
    """What simple rules say: a class's, an id's or an element's ink and ground."""

    bodies: dict[_Key, list[str]] = field(default_factory=dict)
    known: dict[_Key, tuple[Any, Any]] = field(default_factory=dict)
    inked: bool = False
    """Whether any rule says something of ink."""
    whole: bool = True
    """No rule about grounds is left that is not understood, and no other sheet is linked."""

    def said(self, key: _Key) -> tuple[Any, Any]:
        """Ink and ground of what a rule names, by the last rule that says something of each."""
        if key not in self.bodies:
            return _NONE
        if key not in self.known:
            ink, ground = _NONE
            for new_ink, new_ground in map(_written, self.bodies[key]):
                ink = ink if new_ink == _NOT_SAID else new_ink
                ground = ground if new_ground == _NOT_SAID else new_ground
            self.known[key] = ink, ground
        return self.known[key]


def veil(root: Any, sheets: Sheets, parts: Parts) -> None:
    """Take figures that are not seen out of a page's table cells, and draw those that may not be (``DRAWN``).

    Args:
        root: the page's root element, which is changed.
        sheets: its own style sheets.
        parts: its cells and what stands in them.
    """
    sheet = _read(sheets)
    # Without rules about ink, a class says nothing.
    named = ("class", "id") if sheet.inked else ()
    own = {
        element: _own(element, sheet)
        for element in (*parts.around(), *parts.inside)
        if (attributes := element.keys()) and any(a in _CARRYING or a in named for a in attributes)
    }
    grounds = {ground for _, ground in own.values() if isinstance(ground, tuple)}
    inks = {ink for ink, _ in own.values() if isinstance(ink, tuple)}
    # Few colours, many elements: which inks are worth looking at is asked once.
    lost: set[Any] = {i for i in inks if any(contrast(i, g) < _LIGHT for g in (WHITE, *grounds))}
    dark = {g for g in grounds if contrast(g, BLACK) < _LIGHT}
    worth = [
        e
        for e, (ink, ground) in own.items()
        if ink in lost or ink in (_GONE, _TURNED) or (ground in dark and ink == _NOT_SAID)
    ]
    if not worth:
        return
    if sheet.whole:
        sheet.whole = not root.xpath("//link[@rel='stylesheet' or contains(@href, '.css')]")
    inherited = _Inherited(own)
    for element in worth:
        _look(element, sheet, inherited)


class _Inherited:
    """The ink and the ground that rule an element, and the cell it is in; each way up is gone once."""

    def __init__(self, own: dict[Any, tuple[Any, Any]]) -> None:
        self.own = own
        self.known: dict[Any, tuple[Any, Any, Any]] = {}

    def of(self, element: Any) -> tuple[Any, Any, Any]:
        """What is said of an element's ink and ground, by itself or around it (or ``_NOT_SAID``), and its cell."""
        way: list[Any] = []
        node = element
        while node is not None and node not in self.known:
            way.append(node)
            node = node.getparent()
        ink, ground, cell = self.known[node] if node is not None else (*_NONE, None)
        for node in reversed(way):
            said = self.own.get(node, _NONE)
            ink = ink if said[0] == _NOT_SAID else said[0]
            ground = ground if said[1] == _NOT_SAID else said[1]
            cell = node if node.tag in CELLS else cell
            self.known[node] = ink, ground, cell
        return ink, ground, cell


def _look(element: Any, sheet: _Sheet, inherited: _Inherited) -> None:
    """Change the text that an element's ink or ground rules, where it is not seen."""
    ink, ground, cell = inherited.of(element)
    if ink in (_GONE, _TURNED):
        _change(element, cell, inherited.own, None if ink == _TURNED else False)
        return
    ink = None if ink == _NOT_SAID else ink
    if ground == _NOT_SAID:
        ground = WHITE if sheet.whole else None
    seen = verdict(ink, [ground])
    if ink is None and ground is not None and contrast(BLACK, ground) < _LIGHT:
        seen = None  # ink that nobody named, on something nearly black
    if not seen:
        _change(element, cell, inherited.own, seen)


def _change(element: Any, cell: Any, own: dict[Any, tuple[Any, Any]], seen: bool | None) -> None:
    """Change the figures in an element of a cell, not those of elements that say their own colours."""
    stack = [(element, cell)]
    while stack:
        node, cell = stack.pop()
        if node.text and cell is not None:
            node.text = _veiled(cell, node.text, seen)
        for child in node:
            if child.tail and cell is not None:
                child.tail = _veiled(cell, child.tail, seen)
            if own.get(child, _NONE) == _NONE:
                stack.append((child, child if child.tag in CELLS else cell))


def _veiled(cell: Any, text: str, seen: bool | None) -> str:
    """A text of a table cell as it is seen; words are left alone."""
    if not any(c.isdigit() for c in text):
        return text
    if seen is None:
        return DRAWN
    if next(islice(cell.iter(), _INSIDE, None), None) is not None:
        return DRAWN  # more than a figure's cell holds
    rest = "".join(cell.itertext()).replace(text, "", 1)
    # A cell with nothing else in it is no blank: nobody knows what was meant.
    return "" if rest.strip() else DRAWN


def _own(element: Any, sheet: _Sheet) -> tuple[Any, Any]:
    """The ink and the ground that an element gives itself: a colour, None for one that is not known, or nothing."""
    ink: Any = _NOT_SAID
    ground: Any = _NOT_SAID
    keys = [
        *((element.tag, c, None) for c in (element.get("class") or "").split()),
        *((None, c, None) for c in (element.get("class") or "").split()),
        (None, None, element.get("id")),
        (element.tag, None, None),
    ]
    for said in map(sheet.said, keys if sheet.bodies else ()):
        ink = said[0] if ink == _NOT_SAID else ink
        ground = said[1] if ground == _NOT_SAID else ground
    if element.tag == "font" and (named := colour(element.get("color"))) is not None:
        ink = named
    if element.get("background"):
        ground = None
    elif (painted := element.get("bgcolor")) is not None:
        ground = colour(painted)
    said_ink, said_ground = _styled(of_measure(element.get("style") or "")[0])
    return ink if said_ink == _NOT_SAID else said_ink, ground if said_ground == _NOT_SAID else said_ground


@lru_cache(maxsize=2_000)
def _styled(style: str) -> tuple[Any, Any]:
    """What an element's own style says of ink and ground; a page repeats the same few styles."""
    if (
        "bidi-override" not in style
        and "olor" not in style
        and "ackground" not in style
        and "OLOR" not in style
        and "ACKGROUND" not in style
    ):
        return _NONE
    style = style.lower()
    if "bidi-override" in style and _BIDI.search(style):
        return _TURNED, _NOT_SAID
    return _written(style)


def _written(body: str) -> tuple[Any, Any]:
    """The ink and the ground that declarations in small letters name."""
    ink, ground = _INK.search(body), _GROUND.search(body)
    return _ink(ink[1]) if ink else _NOT_SAID, _ground(ground[1]) if ground else _NOT_SAID


def _ink(value: str) -> Any:
    value = value.strip()[:_LONGEST]
    if value in ("inherit", "initial", "unset", "currentcolor"):
        return _NOT_SAID
    return _GONE if _THROUGH.fullmatch(value) else colour(value)


def _ground(value: str) -> Any:
    value = value.strip()
    if value in _NO_GROUND:
        return _NOT_SAID
    if "url(" in value or "gradient" in value:
        return None
    return next(
        (c for part in re.split(r"\s+(?![^(]*\))", value[:_LONGEST]) if (c := colour(part)) is not None), None
    )


def _read(sheets: Sheets) -> _Sheet:
    """The rules of a page's own style sheets that name one class, id or element."""
    sheet = _Sheet(whole=sheets.whole)
    values: dict[str, str] = {}
    for rule in sheets.rules:
        if "--" in rule.body:
            values.update(_VARIABLE.findall(rule.body))
    for rule in sheets.rules:
        body = rule.body
        sheet.whole = sheet.whole and rule.whole
        if "color" not in body and "background" not in body:
            continue
        if "var(" in body:
            body = _GIVEN.sub(lambda m: (values.get(m[1]) or m[2] or "").strip()[:_LONGEST], body)
        sheet.inked = sheet.inked or "color" in body
        for selector in rule.selectors.split(","):
            found = _SIMPLE.fullmatch(selector.strip())
            if found is not None:
                sheet.bodies.setdefault((found[1], found[2], found[3]), []).append(body)
            elif sheet.whole:
                sheet.whole = _GROUND.search(body) is None
    return sheet
