"""What a visitor of a page sees: hidden, struck and raised pieces (页面可见性).

Pages keep old tables hidden beside the new ones, a second copy for telephones, footnote marks raised behind a
figure, corrected figures struck out before the right one. None of that is part of a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gipa_pipeline.extract.media.style_sheets import of_measure

_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|text-decoration[^;]*line-through|(?<![-\w])(?:left|top|right|text-indent|margin(?:-left|-top)?)\s*:\s*-\d{4,}"
    r"|(?<![-\w])(?:left|top|right|text-indent|margin(?:-left|-top)?)\s*:\s*-\d{3,}(?:vw|vh|em|rem)"
    r"|(?<![-\w])clip\s*:\s*rect\(\s*[01](?:px)?[\s,]|clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)"
    r"|clip-path\s*:\s*polygon\(\s*(?:0(?:px|%)?[\s,]*)+\)|content-visibility\s*:\s*hidden"
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

    def raise_whole(self, element: Any) -> None:
        """Note that an element is raised, and with it what stands in it."""
        below = [element]
        while below:
            node = below.pop()
            if node not in self.raised:
                self.raised.add(node)
                below += node

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

    @property
    def changes(self) -> bool:
        """Whether it does anything."""
        return self.unseen or self.tiny or self.raised or self.vague

    @classmethod
    def of(cls, style: str) -> Look:
        """What a style in small letters says; what is without measure may hide anything."""
        style, whole = of_measure(style)
        shut = "overflow" in style and "hidden" in style and _SHUT.search(style)
        unseen = bool(_UNSEEN.search(style) or _CLEAR.search(style) or shut)
        gone = unseen and bool(_GONE.search(style))
        tiny, raised = bool(_TINY.search(style)), bool(_RAISED.search(style))
        return cls(unseen, tiny, raised, not whole or bool(_VAGUE.search(style)), gone)


def sight_of(root: Any, marked: Sequence[Any]) -> Sight:
    """What is hidden, struck or raised in a page by its elements themselves.

    Args:
        root: the page's root element.
        marked: its ``sup``, ``sub``, ``del``, ``s`` and ``strike`` elements.
    """
    sight = Sight()
    for element in marked:
        (sight.concealed if element.tag in STRUCK else sight.raised).add(element)
    # A page repeats few styles in thousands of cells: each is looked at once.
    looks: dict[str, Look] = {}
    sight.concealed.update(attribute.getparent() for attribute in root.xpath("//@hidden"))
    # By attribute: a condition on every element takes three times as long, and ``//@style/..`` compares each element
    # that it finds with all others.
    for style in root.xpath("//@style"):
        element = style.getparent()
        look = looks.get(style)
        if look is None:
            look = looks[style] = Look.of(style.lower())
        if look.unseen or (look.tiny and not len(element)):
            sight.concealed.add(element)
        elif look.raised:
            sight.raised.add(element)
        elif look.vague:
            sight.vague.add(element)
    for element in list(sight.raised):
        sight.raised.discard(element)
        sight.raise_whole(element)
    return sight
