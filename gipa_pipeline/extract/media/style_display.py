"""Blocks of a page that its own style sheets do not display (样式表隐藏的块).

A rule is weighed as browsers do, by its selectors and its order. Where one that is not understood may show an element
again, it counts as shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gipa_pipeline.extract.media.html_selectors import Steps
from gipa_pipeline.extract.media.sight import Sight
from gipa_pipeline.extract.media.style_sheets import Rule

_SHOWS = re.compile(r"display\s*:\s*([\w-]+)([^;]*)")
_PART = re.compile(r"([.#]?)(-?[_a-zA-Z][\w-]*)")
_COMPOUND = re.compile(r"(?:[a-zA-Z][\w-]*|\*)?(?:[.#]-?[_a-zA-Z][\w-]*)*")
_MOST_RULES = 4_000
"""Rules about displaying that are looked at."""
_MOST_TRIED = 300_000
"""Rules that are held against elements, all together; a page of a content system tries some thousand."""
_MOST_CLIMBED = 3_000_000
"""Elements that are looked at above those, for what stands before a selector's last part."""
_ANY = ("tag", None)


@dataclass(frozen=True, slots=True)
class _Compound:
    """A selector's part that one element must meet: its name, its classes, its id."""

    tag: str | None
    classes: frozenset[str]
    id: str | None

    @property
    def shelf(self) -> tuple[str, str | None]:
        """Under what to look for it: its id, else one of its classes, else its name."""
        if self.id is not None:
            return "id", self.id
        return ("class", min(self.classes)) if self.classes else ("tag", self.tag)

    def meets(self, element: Any) -> bool:
        if self.tag is not None and element.tag != self.tag:
            return False
        if self.id is not None and element.get("id") != self.id:
            return False
        return not self.classes or self.classes <= set((element.get("class") or "").split())


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a style sheet says of ``display``: ancestors outermost first, then the element itself."""

    path: tuple[_Compound, ...]
    none: bool
    weight: tuple[bool, int, int, int, int]

    def meets(self, element: Any, steps: Steps) -> bool:
        if not self.path[-1].meets(element):
            return False
        wanted = list(self.path[:-1])
        node = element.getparent() if wanted else None
        while wanted and node is not None:
            steps.take()
            if wanted[-1].meets(node):
                wanted.pop()
            node = node.getparent()
        return not wanted


def conceal(root: Any, rules: Iterable[Rule], sight: Sight) -> None:
    """Add what the page's own style sheets hide.

    Raises:
        UnreadableDocument: rules without measure.
    """
    own, doubtful = _about_display(rules)
    hiding = {
        (("id", r.path[-1].id) if r.path[-1].id else ("class", c))
        for r in own
        if r.none
        for c in (r.path[-1].classes or {""})
    }
    hiding = {(kind, name) for kind, name in hiding if name and name not in doubtful}
    if not hiding:
        return
    shelves: dict[tuple[str, str | None], list[_Rule]] = {}
    for rule in own:
        shelves.setdefault(rule.path[-1].shelf, []).append(rule)
    tried, climbed = Steps(_MOST_TRIED), Steps(_MOST_CLIMBED)
    called = [attribute.getparent() for name in ("class", "id") for attribute in root.xpath(f"//@{name}")]
    for element in dict.fromkeys(called):
        names = [("id", element.get("id")), *(("class", c) for c in (element.get("class") or "").split())]
        if not any(name in hiding for name in names):
            continue
        asked = [
            r for name in dict.fromkeys([*names, ("tag", element.tag), _ANY]) for r in shelves.get(name, ())
        ]
        tried.take(len(asked))
        met = [r for r in asked if r.meets(element, climbed)]
        if met and max(met, key=lambda r: r.weight).none and "display" not in (element.get("style") or ""):
            sight.concealed.add(element)


def _about_display(rules: Iterable[Rule]) -> tuple[list[_Rule], set[str]]:
    """The rules about displaying, and the names in those that show something and are not understood."""
    own: list[_Rule] = []
    doubtful: set[str] = set()
    for rule in rules:
        if "display" not in rule.body or (found := _SHOWS.search(rule.body)) is None:
            continue
        if len(own) > _MOST_RULES:
            break
        none, important = found[1] == "none", "".join(found[2].split()).endswith("!important")
        for selector in rule.selectors.split(","):
            path = way_by_names(selector.strip())
            if path is None:
                if not none:
                    doubtful.update(name for _, name in _PART.findall(selector))
                continue
            parts = (
                sum(c.id is not None for c in path),
                sum(len(c.classes) for c in path),
                sum(c.tag is not None for c in path),
            )
            own.append(_Rule(path, none, (important, *parts, len(own))))
    return own, doubtful


def way_by_names(selector: str) -> tuple[_Compound, ...] | None:
    """A selector of names, classes and ids with ancestors; None for any other."""
    compounds: list[_Compound] = []
    for piece in selector.replace(">", " ").split():
        if not _COMPOUND.fullmatch(piece):
            return None
        parts = _PART.findall(piece)
        compounds.append(
            _Compound(
                next((n.lower() for sign, n in parts if not sign), None),
                frozenset(n for sign, n in parts if sign == "."),
                next((n for sign, n in parts if sign == "#"), None),
            )
        )
    return tuple(compounds) or None
