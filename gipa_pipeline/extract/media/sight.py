"""What a visitor of a page sees: hidden, struck and raised pieces (页面可见性).

Pages keep old tables hidden beside the new ones, a second copy for telephones, footnote marks raised behind a
figure, corrected figures struck out before the right one. None of that is part of a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gipa_pipeline.errors import UnreadableDocument

_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|text-decoration[^;]*line-through|(?<![-\w])(?:left|top|right|text-indent|margin(?:-left|-top)?)\s*:\s*-\d{4,}"
    r"|(?<![-\w])(?:left|top|right|text-indent|margin(?:-left|-top)?)\s*:\s*-\d{3,}(?:vw|vh|em|rem)"
    r"|(?<![-\w])clip\s*:\s*rect\(\s*[01](?:px)?[\s,]|clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)"
    r"|clip-path\s*:\s*polygon\((?:\s*0(?:px|%)?\s+0(?:px|%)?\s*,?)+\)|content-visibility\s*:\s*hidden"
    r"|transform\s*:[^;]*(?:scale\(\s*0\s*[,)]|translate[xy]?\([^)]*-(?:\d{4,}|\d{3,}(?:vw|vh|%)))"
)
_GONE = re.compile(r"display\s*:\s*none|visibility\s*:\s*collapse|mso-hide")
_CLEAR = re.compile(r"(?<![-\w])opacity\s*:\s*(?:0(?:\.0\d*)?|\.0\d*)%?\s*(?:;|!|$)")
_SHUT = re.compile(r"(?:^|;)\s*(?:max-)?(?:width|height)\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|!|$)")
_TINY = re.compile(
    r"font-size\s*:\s*0(?:\.0+)?\s*(?:[a-z%]+)?\s*(?:;|!|$)|(?<![-\w])font\s*:[^;]*(?<![\d.])0(?:px|pt|em)?\s*/"
)
_VAGUE = re.compile(
    r"(?<![-\w])z-index\s*:\s*-\d|(?<![-\w])mask(?:-image)?\s*:(?!\s*none)|clip-path\s*:(?!\s*none)"
    r"|mix-blend-mode\s*:(?!\s*normal)|filter\s*:(?!\s*none)[^;]*(?:opacity|brightness|blur|contrast)\("
)
"""Styles that may or may not hide what they are given to."""
_RAISED = re.compile(
    r"vertical-align\s*:\s*(?:super|sub|text-top|[1-9][\d.]*(?:px|pt|em))|mso-text-raise\s*:\s*-?[1-9]"
    r"|position\s*:\s*relative[^\"]*?(?<![-\w])top\s*:\s*-[\d.]{1,4}(?:px|pt|em)"
    r"|(?<![-\w])top\s*:\s*-[\d.]{1,4}(?:px|pt|em)[^\"]*?position\s*:\s*relative"
)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SHOWS = re.compile(r"display\s*:\s*([\w-]+)[^;]*?(!\s*important)?\s*(?:;|$)")
_DESK = re.compile(
    r"@media\s*(?:only\s+)?(?:(?:screen|all)\s*(?:and\s*\(min-width\s*:[^)]*\))?|\(min-width\s*:[^)]*\))|@(?:layer|supports)\b.*",
    re.S,
)
_NESTED = re.compile(r"@[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_PART = re.compile(r"([.#]?)(-?[_a-zA-Z][\w-]*)")
_COMPOUND = re.compile(r"(?:[a-zA-Z][\w-]*|\*)?(?:[.#]-?[_a-zA-Z][\w-]*)*")
_MOST_SHEET = 400_000
_MOST_RULES = 4_000
"""Characters and rules of style sheets that are looked at: more are no page's own."""
_MOST_TRIED = 300_000
"""Rules that are held against elements, all together; a page of a content system tries some thousand."""
_ANY = ("tag", None)
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SILENT = frozenset(
    [
        *("script", "style", "noscript", "template", "head", "select", "textarea", "svg", "iframe", "object"),
        *("audio", "video", "canvas", "datalist", "dialog", "rt", "rp"),
    ]
)
"""Elements whose content a visitor does not read as text."""
STRUCK = ("del", "s", "strike")
RAISED = ("sup", "sub")
_WIDTHLESS = re.compile(
    "[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\u20e3\ufeff]|&nbsp;?"
)


def visible(text: str) -> str:
    """A text without the signs that take no place (soft hyphens, marks of direction), nor ``&nbsp;`` spelled out.

    They stand between the digits of one number, where a space would mean two.
    """
    if text.isascii() and "&" not in text:
        return text
    return _WIDTHLESS.sub(lambda m: " " if m[0][0] == "&" else "", text)


@dataclass
class Sight:
    """Elements that are not seen, elements whose text is raised, and those of which nobody can tell."""

    concealed: set[Any] = field(default_factory=set)
    raised: set[Any] = field(default_factory=set)
    vague: set[Any] = field(default_factory=set)
    known: dict[Any, bool] = field(default_factory=dict, repr=False)
    """What ``shown`` has said of elements: climbing anew from each would be quadratic where a page nests deeply."""

    def hidden(self, element: Any) -> bool:
        """Whether an element itself is kept from visitors; what it stands in is not asked."""
        return element in self.concealed

    def shown(self, element: Any) -> bool:
        """Whether neither the element nor anything around it is hidden or silent."""
        way: list[Any] = []
        node, seen = element, None
        while node is not None and (seen := self.known.get(node)) is None:
            way.append(node)
            if node in self.concealed or node.tag in SILENT:
                seen = False
                break
            node = node.getparent()
        seen = seen is not False
        self.known.update(dict.fromkeys(way, seen))
        return seen

    def text_of(self, element: Any) -> str | None:
        """An element's own text; raised digits as superscripts, which are marks and no figures."""
        text: str | None = element.text
        return text.translate(SUPERSCRIPTS) if text and element in self.raised else text

    def plain_text(self, element: Any) -> str:
        """The text that is seen of a small element and what stands in it."""
        if element in self.concealed or element.tag in SILENT:
            return ""
        parts = [self.text_of(element) or ""]
        for child in element:
            parts += [self.plain_text(child), child.tail or ""]
        return "".join(parts)

    def lifted(self) -> Sight | None:
        """The same with hidden tables shown, None when nothing hidden holds a table.

        A report whose only tables are hidden is opened by a script or a tab: a visitor gets to see it.
        """
        opened = {e for e in self.concealed if next(e.iter("table"), None) is not None}
        return Sight(self.concealed - opened, self.raised) if opened else None


def keeps_place(element: Any) -> bool:
    """Whether an element that is not seen is an empty place all the same, so that what follows does not move up."""
    style = (element.get("style") or "").lower()
    return "visibility" in style and "display" not in style and "collapse" not in style


@dataclass(frozen=True, slots=True)
class Look:
    """What an inline style does to an element: hides it, makes its own text too small to see, raises it.

    ``vague``: it may hide it, by what lies above it or by how it is blended in. ``gone``: it keeps no place open.
    """

    unseen: bool
    tiny: bool
    raised: bool
    vague: bool = False
    gone: bool = False

    @classmethod
    def of(cls, style: str) -> Look:
        """What a style in small letters says."""
        shut = "overflow" in style and "hidden" in style and _SHUT.search(style)
        unseen = bool(_UNSEEN.search(style) or _CLEAR.search(style) or shut)
        gone = unseen and bool(_GONE.search(style))
        tiny, raised = bool(_TINY.search(style)), bool(_RAISED.search(style))
        return cls(unseen, tiny, raised, bool(_VAGUE.search(style)), gone)


def sight_of(root: Any, sheets: Iterable[str], marked: Sequence[Any]) -> Sight:
    """What is hidden, struck or raised in a page.

    Args:
        root: the page's root element.
        sheets: the texts of its own style sheets.
        marked: its ``sup``, ``sub``, ``del``, ``s`` and ``strike`` elements.
    """
    sight = Sight()
    for element in marked:
        (sight.concealed if element.tag in STRUCK else sight.raised).add(element)
    # A page repeats few styles in thousands of cells: each is looked at once.
    looks: dict[str, Look] = {}
    sight.concealed.update(root.xpath("//@hidden/.."))
    # By attribute: a condition on every element takes three times as long.
    for element in root.xpath("//@style/.."):
        style = element.get("style")
        look = looks.get(style)
        if look is None:
            look = looks[style] = Look.of(style.lower())
        if look.unseen or (look.tiny and not len(element)):
            sight.concealed.add(element)
        elif look.raised:
            sight.raised.add(element)
        elif look.vague:
            sight.vague.add(element)
    # What stands in a raised element is raised with it.
    for element in list(sight.raised):
        below = [element]
        while below:
            for child in below.pop():
                if child not in sight.raised:
                    sight.raised.add(child)
                    below.append(child)
    _by_sheets(root, sheets, sight)
    return sight


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

    def meets(self, element: Any) -> bool:
        if not self.path[-1].meets(element):
            return False
        wanted = list(self.path[:-1])
        node = element.getparent()
        while wanted and node is not None:
            if wanted[-1].meets(node):
                wanted.pop()
            node = node.getparent()
        return not wanted


def _by_sheets(root: Any, sheets: Iterable[str], sight: Sight) -> None:
    """Add what the page's own style sheets hide.

    Raises:
        UnreadableDocument: rules without measure.

    Rules for printers and narrow screens are left out. Where a rule that is not understood may show the
    element again, it counts as shown.
    """
    rules: list[_Rule] = []
    doubtful: set[str] = set()
    for sheet in sheets:
        if "none" in sheet and len(sheet) <= _MOST_SHEET:
            _read_sheet(sheet, rules, doubtful)
    hiding = {
        (("id", r.path[-1].id) if r.path[-1].id else ("class", c))
        for r in rules
        if r.none
        for c in (r.path[-1].classes or {""})
    }
    hiding = {(kind, name) for kind, name in hiding if name and name not in doubtful}
    if not hiding:
        return
    shelves: dict[tuple[str, str | None], list[_Rule]] = {}
    for rule in rules:
        shelves.setdefault(rule.path[-1].shelf, []).append(rule)
    tried = 0
    for element in root.xpath("//*[@class or @id]"):
        names = [("id", element.get("id")), *(("class", c) for c in (element.get("class") or "").split())]
        if not any(name in hiding for name in names):
            continue
        asked = [
            r for name in dict.fromkeys([*names, ("tag", element.tag), _ANY]) for r in shelves.get(name, ())
        ]
        tried += len(asked)
        if tried > _MOST_TRIED:
            raise UnreadableDocument("too_large", "the page's style sheets have rules without measure")
        met = [r for r in asked if r.meets(element)]
        if met and max(met, key=lambda r: r.weight).none and "display" not in (element.get("style") or ""):
            sight.concealed.add(element)


def _read_sheet(sheet: str, rules: list[_Rule], doubtful: set[str]) -> None:
    for selectors, body in _RULE.findall(for_screens(sheet)):
        found = _SHOWS.search(body.lower())
        if found is None or len(rules) > _MOST_RULES:
            continue
        none, important = found[1] == "none", bool(found[2])
        for selector in selectors.split(","):
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
            rules.append(_Rule(path, none, (important, *parts, len(rules))))


def for_screens(sheet: str) -> str:
    """A sheet as a visitor at a desk gets it: without blocks (``@media`` and such) for printers and narrow screens."""
    sheet = _COMMENT.sub("", sheet)
    kept: list[str] = []
    at = 0
    while (start := sheet.find("@", at)) >= 0:
        kept.append(sheet[at:start])
        opening, end = sheet.find("{", start), sheet.find(";", start)
        if opening < 0 or 0 <= end < opening:
            at = end + 1 if end >= 0 else len(sheet)
            continue
        depth, at = 1, opening + 1
        while depth and at < len(sheet):
            depth += {"{": 1, "}": -1}.get(sheet[at], 0)
            at += 1
        if _DESK.fullmatch(sheet[start:opening].lower().strip()):
            # What nests deeper is left out: two such blocks in one another are no editor's.
            kept.append(_NESTED.sub("", sheet[opening + 1 : at - (depth == 0)]))
    return "".join(kept) + sheet[at:]


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
