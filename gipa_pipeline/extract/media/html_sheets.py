"""What a page's own style sheets do to the figures in its cells: strike, hide or raise them, or add signs (样式表).

Whole blocks that are not displayed are found in ``style_display``. Where a rule is not understood, or two rules say
different things of an element, a figure in it is not known; nor is one that a sheet adds before or behind an element,
which is no text of the page.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.html_parts import CELLS, Parts
from gipa_pipeline.extract.media.html_selectors import Steps, marks_of, selector_of
from gipa_pipeline.extract.media.sight import Look, Sight
from gipa_pipeline.extract.media.style_display import way_by_names
from gipa_pipeline.extract.media.style_sheets import Rule, Sheets

_ADDS = re.compile(r"(.*[^:\s])?:{1,2}(?:before|after)")
_MOMENT = re.compile(r":(?:hover|focus|active|visited|target|checked|disabled|selection|placeholder|:)")
"""What a rule says only while a visitor does something, or of parts that are no elements."""
_LAST = re.compile(
    r"(?:^|[\s>+~])(\*|[a-z][a-z0-9]*)?((?:[.#]-?[_a-z][\w-]*|\[[^\]]*\]|:[a-z-]+(?:\([^)]*\))?)*)$", re.I
)
_MARK = re.compile(r"([.#])([\w-]+)|\[\s*([\w-]+)|:[a-z-]+(?:\([^)]*\))?", re.I)
_CONTENT = re.compile(r"(?<![-\w])content\s*:\s*([^;]+)")
_WORTH = re.compile(
    r"line-through|display\s*:\s*none|visibility|opacity|font-size\s*:\s*0|font\s*:|vertical-align|clip|scale|overflow"
    r"|content\s*:|z-index\s*:\s*-|mask|blend|filter\s*:|-\d{3}|mso-|top\s*:\s*-"
)
"""What no rule can do without that changes what is seen of a figure."""
_DISPLAY = re.compile(r"(?<![-\w])display\s*:[^;]*")
_SHOWS = re.compile(
    r"(?<![-\w])(?:display\s*:\s*(?!none)|visibility\s*:\s*visible|opacity\s*:\s*(?:1|0?\.[3-9])"
    r"|text-decoration[-a-z]*\s*:\s*none|vertical-align\s*:\s*(?:baseline|middle)|font-size\s*:\s*[1-9])"
)
_UNREAD = ("sr-only", "visually-hidden", "screen-reader-text", "visuallyhidden")
"""Classes that the common frameworks give to text for screen readers alone."""
_LONGEST = 400
"""Characters of a selector in which its last part is looked for."""
_LINES = ("tr", "col")
_PARTS = (*CELLS, *_LINES)


@dataclass(slots=True)
class _Used:
    """What cells and what stands in them is called by, each with the elements that are; and their names."""

    by_mark: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    by_tag: dict[str, set[Any]] = field(default_factory=dict)


def apply_sheets(sheets: Sheets, parts: Parts, sight: Sight) -> None:
    """Add to ``sight`` what sheets hide, strike or raise in cells, and draw in the tree what they add there.

    Raises:
        UnreadableDocument: rules without measure.
    """
    changing = [(f".{name}", Look(unseen=True, tiny=False, raised=False)) for name in _UNREAD]
    added: list[str] = []
    for selector, rule in _selected(sheets, _WORTH):
        if ":" in selector and (adds := _ADDS.fullmatch(selector)) is not None:
            if _figures(rule.body):
                added.append(adds[1] or "*")
        elif (look := _looks(_rest(selector, rule), rule.whole)).changes and not _MOMENT.search(selector):
            changing.append((selector, look))
    if (
        len(changing) > len(_UNREAD)
        or added
        or any("sr-only" in (e.get("class") or "") for e in parts.inside)
    ):
        used, steps = _used(parts), Steps()
        changed = _changed(changing, used, parts, sight, steps)
        if changed:
            _show_again(sheets, changed, used, sight, steps)
        for text in added:
            for element in _near(text, used, steps):
                steps.take()
                element.text = (element.text or "") + DRAWN
    _doubt(sight.vague, parts)


def _selected(sheets: Sheets, worth: re.Pattern[str]) -> Iterator[tuple[str, Rule]]:
    """Each selector with its rule, of rules that are worth looking at."""
    for rule in sheets.rules:
        if worth.search(rule.body) or not rule.whole:
            for selector in rule.selectors.split(","):
                yield selector.strip(), rule


def _rest(selector: str, rule: Rule) -> str:
    """What is left to weigh of a rule: whether whole blocks are displayed has been already."""
    known = "display" in rule.body and way_by_names(selector) is not None
    return _DISPLAY.sub("", rule.body) if known else rule.body


@lru_cache(maxsize=1_000)
def _looks(body: str, whole: bool) -> Look:
    look = Look.of(body)
    return look if whole else replace(look, vague=True)


def _used(parts: Parts) -> _Used:
    used = _Used()
    for element in _in_cells(parts):
        used.by_tag.setdefault(element.tag, set()).add(element)
        for mark in marks_of(element):
            used.by_mark.setdefault(mark, []).append(element)
    return used


def _changed(
    rules: Iterable[tuple[str, Look]], used: _Used, parts: Parts, sight: Sight, steps: Steps
) -> set[Any]:
    """The elements of cells that rules change."""
    changed: set[Any] = set()
    for text, look in rules:
        selector = selector_of(text)
        for element in _near(text, used, steps):
            steps.take()
            if not _ours(element, parts) or (selector is not None and not selector.meets(element, steps)):
                continue
            if selector is None:
                sight.vague.add(element)
            else:
                changed.add(element)
                _apply(element, look, sight)
    return changed


def _show_again(sheets: Sheets, changed: set[Any], used: _Used, sight: Sight, steps: Steps) -> None:
    """Doubt what one rule changes and another only shows: which of two has more weight is not asked."""
    for text, rule in _selected(sheets, _SHOWS):
        rest = _rest(text, rule)
        if _looks(rest, rule.whole).changes or not _SHOWS.search(rest):
            continue
        if _MOMENT.search(text) or _ADDS.fullmatch(text):
            continue
        selector = selector_of(text)
        for element in changed.intersection(_near(text, used, steps)):
            if selector is None or selector.meets(element, steps):
                changed.discard(element)
                sight.concealed.discard(element)
                sight.vague.add(element)


def _in_cells(parts: Parts) -> Iterator[Any]:
    """Rows and columns outside cells, cells, and what stands in cells."""
    yield from (e for name in _LINES for e in parts.named[name] if e not in parts)
    yield from parts.inside


def _near(text: str, used: _Used, steps: Steps) -> Collection[Any]:
    """The elements of cells that the last part of a selector may speak of."""
    last = _LAST.search(text[-_LONGEST:])
    if last is None:
        return []
    tag = (last[1] or "").lower()
    wanted = {(sign or "[", name or attribute) for sign, name, attribute in _MARK.findall(last[2])}
    wanted.discard(("[", ""))
    if not wanted:
        return used.by_tag.get(tag, ())
    found = min((used.by_mark.get(mark, []) for mark in wanted), key=len)
    steps.take(len(found))
    return [e for e in found if wanted <= marks_of(e) and tag in ("", "*", e.tag)]


def _ours(element: Any, parts: Parts) -> bool:
    """Whether an element is a cell, a row, a column or a piece in a cell, and says nothing of its display itself."""
    if "display" in (element.get("style") or ""):
        return False
    return (element.tag in _PARTS or element in parts) and next(element.iter("table"), None) is None


def _apply(element: Any, look: Look, sight: Sight) -> None:
    """Note what a rule does to a cell, a row, a column, or a piece in a cell."""
    if look.unseen and element.tag in CELLS and not look.gone:
        # The cell keeps its place in the row.
        sight.vague.add(element)
    elif look.unseen or (look.tiny and not len(element)):
        sight.concealed.add(element)
    elif element.tag in _PARTS:
        return
    elif look.raised:
        sight.raise_whole(element)
    elif look.vague:
        sight.vague.add(element)


def _figures(body: str) -> bool:
    """Whether a rule adds a figure, or what an attribute says."""
    found = _CONTENT.search(body)
    return found is not None and bool(
        re.search(r"attr\(|counter|\d", re.sub(r"\\[0-9a-f]{1,6}", "", found[1]))
    )


def _doubt(vague: Iterable[Any], parts: Parts) -> None:
    """Put the sign of what is no text in the place of figures in cells that may not be seen."""
    met: set[Any] = set()
    stack = [element for element in vague if element.tag in _PARTS or element in parts]
    while stack:
        element = stack.pop()
        if element in met:
            continue
        met.add(element)
        if element.text and any(c.isdigit() for c in element.text):
            element.text = DRAWN
        stack += element
