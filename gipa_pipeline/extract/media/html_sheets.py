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
from gipa_pipeline.extract.media.html_selectors import Steps, marks_of, selector_of
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
_CELLS = ("td", "th")
_PARTS = (*_CELLS, "tr", "col")


@dataclass(slots=True)
class _Used:
    """What cells and what stands in them is called by, each with the elements that are."""

    by_mark: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    plain: list[Any] | None = None
    """All of them, once a rule names an element alone."""


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
                        rules.append(
                            (selector, look, not (look.unseen or look.tiny or look.raised or look.vague))
                        )
    if len(rules) > len(_UNREAD) or added or "sr-only" in "".join(root.xpath("//td//@class")):
        _hold(root, rules, added, sight)
    for element in sight.vague:
        _doubt(element)


def _hold(root: Any, rules: list[tuple[str, Look, bool]], added: list[str], sight: Sight) -> None:
    """Hold the rules against the page's cells.

    Raises:
        UnreadableDocument: rules without measure.
    """
    used, steps = _Used(), Steps()
    for element in _in_cells(root):
        for mark in marks_of(element):
            used.by_mark.setdefault(mark, []).append(element)
    changed: set[Any] = set()
    for text, look, shows in rules:
        if shows:
            continue
        selector = selector_of(text)
        for element in _near(root, text, used, steps):
            steps.take()
            if not _ours(element) or (selector is not None and not selector.meets(element, steps)):
                continue
            if selector is None:
                sight.vague.add(element)
            else:
                changed.add(element)
                _apply(element, look, sight)
    for text, _, shows in rules if changed else ():
        if not shows:
            continue
        selector = selector_of(text)
        for element in changed.intersection(_near(root, text, used, steps)):
            # Which of two rules has more weight is not asked.
            if selector is None or selector.meets(element, steps):
                changed.discard(element)
                sight.concealed.discard(element)
                sight.vague.add(element)
    for text in added:
        for element in _near(root, text, used, steps):
            steps.take()
            element.text = (element.text or "") + DRAWN


def _in_cells(root: Any) -> Iterator[Any]:
    """Rows, columns, cells, and what stands in cells."""
    inside: set[Any] = set()
    for element in root.iter():
        if element.tag in _CELLS or element.getparent() in inside:
            inside.add(element)
            yield element
        elif element.tag in _PARTS:
            yield element


def _near(root: Any, text: str, used: _Used, steps: Steps) -> list[Any]:
    """The elements of cells that the last part of a selector may speak of."""
    last = _LAST.search(text)
    if last is None:
        return []
    tag = (last[1] or "").lower()
    wanted = {(sign or "[", name or attribute) for sign, name, attribute in _MARK.findall(last[2])}
    wanted.discard(("[", ""))
    if wanted:
        found = min((used.by_mark.get(mark, []) for mark in wanted), key=len)
        steps.take(len(found))
        return [e for e in found if wanted <= marks_of(e) and tag in ("", "*", e.tag)]
    if tag in ("", "*"):
        return []
    if used.plain is None:
        used.plain = list(_in_cells(root))
    return [e for e in used.plain if e.tag == tag]


def _ours(element: Any) -> bool:
    """Whether an element is a cell, a row, a column or a piece in a cell, and says nothing of its display itself."""
    if "display" in (element.get("style") or ""):
        return False
    inside = element.tag in _PARTS or next(element.iterancestors(*_CELLS), None) is not None
    return inside and next(element.iter("table"), None) is None


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
