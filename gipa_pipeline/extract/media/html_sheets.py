"""What a page's own style sheets do to the figures in its cells: strike, hide or raise them, or add signs (样式表).

Only rules that name one class, id or element are understood; whole blocks that are not displayed are found in
``sight``. A figure that a sheet adds before or behind an element is no text of the page: its cell is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.sight import Look, Sight

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"([a-z][a-z0-9]*)?(?:\.([_a-zA-Z][\w-]*)|#([_a-zA-Z][\w-]*))?")
_ADDS = re.compile(r"(.*[^:\s])?:{1,2}(?:before|after)")
_LAST = re.compile(r"(?:^|[\s>+~])([a-z][a-z0-9]*)?((?:[.#][_a-zA-Z][\w-]*|\[[^\]]*\])*)$")
_CONTENT = re.compile(r"(?<![-\w])content\s*:\s*([^;]+)")
_WORTH = re.compile(
    r"line-through|visibility|opacity|font-size\s*:\s*0|vertical-align|clip|scale|overflow|content\s*:"
    r"|z-index\s*:\s*-|mask|filter\s*:|translate[^;}]*-\d{3}|margin[^;}]*-\d{3}"
)
_UNREAD = ("sr-only", "visually-hidden", "screen-reader-text", "visuallyhidden")
"""Classes that the common frameworks give to text for screen readers alone."""
_MOST_SHEET = 400_000
_MOST_RULES = 2_000
_MOST_ADDED = 60
"""Rules that add figures; each asks for all cells of the page."""
_CELLS = ("td", "th")

Key = tuple[str | None, str | None, str | None]
"""Element, class and id that a rule names."""


def apply_sheets(root: Any, sheets: Iterable[str], sight: Sight) -> None:
    """Add to ``sight`` what sheets hide, strike or raise in cells, and draw in the tree what they add there."""
    looks: dict[Key, Look] = {
        (None, name, None): Look(unseen=True, tiny=False, raised=False) for name in _UNREAD
    }
    added: list[tuple[str | None, str]] = []
    for text in sheets:
        if len(text) <= _MOST_SHEET and _WORTH.search(text):
            for selector, body in _rules(text):
                if (adds := _ADDS.fullmatch(selector)) is not None:
                    if _figures(body) and (last := _LAST.search(adds[1] or "")):
                        added.append((last[1], last[2]))
                elif found := _SIMPLE.fullmatch(selector):
                    said = Look.of(body)
                    if said.unseen or said.tiny or said.raised or said.vague:
                        looks[(found[1], found[2], found[3])] = said
    # By attribute: a condition on every element takes three times as long.
    carrying = root.xpath("//@class/..") + (root.xpath("//@id/..") if any(k[2] for k in looks) else [])
    for element in carrying:
        look = next((looks[k] for k in _keys(element) if k in looks), None)
        if look is None or element.tag in _CELLS or next(element.iterancestors(*_CELLS), None) is None:
            continue
        if next(element.iter("table"), None) is not None:
            continue
        if (look.unseen or look.tiny) and not len(element):
            sight.concealed.add(element)
        elif look.raised:
            sight.raised.add(element)
        elif look.vague:
            sight.vague.add(element)
    for element in sight.vague:
        _doubt(element)
    for tag, marks in added[:_MOST_ADDED]:
        _draw(root, tag, marks)


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
    if element.tag in _CELLS or next(element.iterancestors(*_CELLS), None) is None:
        return
    for node in element.iter():
        if node.text and any(c.isdigit() for c in node.text):
            node.text = DRAWN


def _keys(element: Any) -> Iterator[Key]:
    for name in (element.get("class") or "").split():
        yield element.tag, name, None
        yield None, name, None
    if element.get("id"):
        yield None, None, element.get("id")


def _draw(root: Any, tag: str | None, marks: str) -> None:
    """Put the sign of what is no text into the elements of cells that a sheet adds a figure to."""
    classes = re.findall(r"\.([\w-]+)", marks)
    ids = re.findall(r"#([\w-]+)", marks)
    attributes = re.findall(r"\[\s*([\w-]+)", marks)
    if not (classes or ids or attributes):
        return
    for element in root.xpath("//td/descendant-or-self::*[@*] | //th/descendant-or-self::*[@*]"):
        fits = (tag is None or element.tag == tag) and set(classes) <= set(
            (element.get("class") or "").split()
        )
        if (
            fits
            and all(element.get("id") == i for i in ids)
            and all(element.get(a) is not None for a in attributes)
        ):
            element.text = (element.text or "") + DRAWN
