"""What a page's own style sheets do to the figures in its cells: strike, hide or raise them, or add signs (样式表).

Whole blocks that are not displayed are found in ``sight``. Where a rule is not understood, or two rules say different
things of an element, a figure in it is not known; nor is one that a sheet adds before or behind an element, which is no
text of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.html_selectors import way_of
from gipa_pipeline.extract.media.sight import Look, Sight, for_screens, way_by_names

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_ADDS = re.compile(r"(.*[^:\s])?:{1,2}(?:before|after)")
_MOMENT = re.compile(r":(?:hover|focus|active|visited|target|checked|disabled|selection|placeholder|:)")
"""What a rule says only while a visitor does something, or of parts that are no elements."""
_LAST = re.compile(
    r"(?:^|[\s>+~])(\*|[a-z][a-z0-9]*)?((?:[.#]-?[_a-z][\w-]*|\[[^\]]*\]|:[a-z-]+(?:\([^)]*\))?)*)$", re.I
)
_MARK = re.compile(r"([.#])([\w-]+)|\[\s*([\w-]+)|:[a-z-]+(?:\([^)]*\))?", re.I)
_CONTENT = re.compile(r"(?<![-\w])content\s*:\s*([^;]+)")
_WORTH = re.compile(
    r"line-through|none|visibility|opacity|font-size\s*:\s*0|font\s*:|vertical-align|clip|scale|overflow|content\s*:"
    r"|z-index\s*:\s*-|mask|filter\s*:|translate[^;}]*-\d{3}|-\d{3}"
)
_DISPLAY = re.compile(r"(?<![-\w])display\s*:[^;]*")
_SHOWS = re.compile(
    r"(?<![-\w])(?:display\s*:\s*(?!none)|visibility\s*:\s*visible|opacity\s*:\s*(?:1|0?\.[3-9])"
    r"|text-decoration[-a-z]*\s*:\s*none|vertical-align\s*:\s*(?:baseline|middle)|font-size\s*:\s*[1-9])"
)
_UNREAD = ("sr-only", "visually-hidden", "screen-reader-text", "visuallyhidden")
"""Classes that the common frameworks give to text for screen readers alone."""
_MOST_SHEET = 400_000
_MOST_RULES = 2_000
_MOST_TRIED = 100
"""Rules that are held against the page's cells, of those that name what stands in them."""
_CELLS = ("td", "th")
_PARTS = (*_CELLS, "tr", "col")


@dataclass(slots=True)
class _Used:
    """What cells and what stands in them is called by: classes, ids, attributes, elements."""

    elements: list[Any] = field(default_factory=list)
    names: set[tuple[str, str]] = field(default_factory=set)


def apply_sheets(root: Any, sheets: Iterable[str], sight: Sight) -> None:
    """Add to ``sight`` what sheets hide, strike or raise in cells, and draw in the tree what they add there."""
    rules = [(f".{name}", Look(unseen=True, tiny=False, raised=False), False) for name in _UNREAD]
    added: list[str] = []
    for text in sheets:
        if len(text) <= _MOST_SHEET and _WORTH.search(text):
            for selector, body in _rules(for_screens(text)):
                if (adds := _ADDS.fullmatch(selector)) is not None:
                    if _figures(body):
                        added.append(adds[1] or "*")
                elif not _MOMENT.search(selector):
                    if way_by_names(selector) is not None:
                        body = _DISPLAY.sub("", body)  # weighed in sight already
                    look, shows = Look.of(body), _SHOWS.search(body) is not None
                    if look.unseen or look.tiny or look.raised or look.vague or shows:
                        rules.append((selector, look, shows))
    if len(rules) > len(_UNREAD) or added or "sr-only" in "".join(root.xpath("//td//@class")):
        _hold(root, rules, added, sight)
    for element in sight.vague:
        _doubt(element)


def _hold(root: Any, rules: list[tuple[str, Look, bool]], added: list[str], sight: Sight) -> None:
    """Hold the rules against the page's cells."""
    used = _used(root)
    changed: dict[Any, Look] = {}
    tried = 0
    for selector, look, shows in rules:
        last = _LAST.search(selector)
        if last is None or not _wanted(last) <= used.names:
            continue
        tried += 1
        if tried > _MOST_TRIED:
            break
        way = way_of(selector)
        for element in _met(root, way, last, used):
            if shows and not (look.unseen or look.tiny or look.raised):
                if element in changed:
                    sight.concealed.discard(element)
                    sight.vague.add(element)
            elif way is None:
                sight.vague.add(element)
            else:
                changed[element] = look
                _apply(element, look, sight)
    for selector in added[:_MOST_TRIED]:
        last = _LAST.search(selector)
        if last is not None and _wanted(last) <= used.names:
            for element in _fitting(last, used):
                element.text = (element.text or "") + DRAWN


def _used(root: Any) -> _Used:
    used = _Used()
    cells = root.xpath(
        "//td/descendant-or-self::*[@*] | //th/descendant-or-self::*[@*] | //tr[@*] | //col[@*]"
    )
    for element in cells:
        used.elements.append(element)
        used.names.update((".", name) for name in (element.get("class") or "").split())
        used.names.update(("[", attribute) for attribute in element.attrib)
        if element.get("id"):
            used.names.add(("#", element.get("id")))
    used.names.update(
        ("", tag) for tag in ("td", "th", "tr", "col", "span", "p", "b", "i", "em", "strong", "font")
    )
    return used


def _wanted(last: re.Match[str]) -> set[tuple[str, str]]:
    """What an element must be called by for the last part of a selector to meet it."""
    marks = {
        (sign or "[", name or attribute)
        for sign, name, attribute in _MARK.findall(last[2])
        if name or attribute
    }
    return marks or ({("", last[1].lower())} if last[1] and last[1] != "*" else {("", "*")})


def _met(root: Any, way: str | None, last: re.Match[str], used: _Used) -> Iterator[Any]:
    """The elements of cells that a rule speaks of, or may speak of."""
    for element in root.xpath(way) if way is not None else _fitting(last, used):
        inside = element.tag in _PARTS or next(element.iterancestors(*_CELLS), None) is not None
        if (
            inside
            and next(element.iter("table"), None) is None
            and "display" not in (element.get("style") or "")
        ):
            yield element


def _fitting(last: re.Match[str], used: _Used) -> Iterator[Any]:
    wanted = _wanted(last)
    for element in used.elements:
        own = {(".", name) for name in (element.get("class") or "").split()}
        own |= {("[", attribute) for attribute in element.attrib}
        own |= {("#", element.get("id")), ("", element.tag)}
        if wanted <= own and (not last[1] or last[1] in ("*", element.tag)):
            yield element


def _apply(element: Any, look: Look, sight: Sight) -> None:
    """Note what a rule does to a cell, a row, a column, or a piece in a cell."""
    if look.unseen and element.tag in _CELLS and not look.gone:
        # The cell keeps its place in the row.
        sight.vague.add(element)
    elif look.unseen or (look.tiny and not len(element)):
        sight.concealed.add(element)
    elif element.tag in _PARTS:
        return
    elif look.raised:
        sight.raised.update(e for e in element.iter() if isinstance(e.tag, str))
    elif look.vague:
        sight.vague.add(element)


def _rules(text: str) -> Iterator[tuple[str, str]]:
    for number, (selectors, body) in enumerate(_RULE.findall(text)):
        if number >= _MOST_RULES:
            return
        for selector in selectors.split(","):
            yield selector.strip(), body.lower()


def _figures(body: str) -> bool:
    """Whether a rule adds a figure, or what an attribute says."""
    found = _CONTENT.search(body)
    return found is not None and bool(
        re.search(r"attr\(|counter|\d", re.sub(r"\\[0-9a-f]{1,6}", "", found[1]))
    )


def _doubt(element: Any) -> None:
    """Put the sign of what is no text in the place of a figure in a cell that may not be seen."""
    if element.tag not in _PARTS and next(element.iterancestors(*_CELLS), None) is None:
        return
    for node in element.iter():
        if node.text and any(c.isdigit() for c in node.text):
            node.text = DRAWN
