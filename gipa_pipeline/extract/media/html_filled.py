"""Cells of a page whose figures a script puts in after the page has come (脚本填数).

The file then holds an empty cell, a 0 or a dash where a visitor sees a figure: no blank, and not that number either.
Scripts are not run; a cell that one of them names is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from gipa_pipeline.extract.media.html_drawn import DRAWN

_LOADING = re.compile(r"(?:数据)?(?:正在)?(?:加载|读取|载入)中?[.…。\s]*|loading[.…\s]*", re.I)
_PLACE = re.compile(r"[\s0.\-‐-―－—/…]*")
"""What stands in a cell until a script fills it."""
_STRING = re.compile(
    r"(?<![\\\w])([\"'`])([#.]?[A-Za-z_][\w.#\- ]{0,80})\1(\)\s*\.\s*(?:text|html|append|prop|countTo)\b)?"
)
_NAME = re.compile(r"([#.]?)([A-Za-z_][\w-]*)")
_BOUND = (
    "v-text",
    "v-html",
    "x-text",
    "x-html",
    "th:text",
    "th:utext",
    "ng-bind",
    "ng-bind-html",
    "data-bind",
)
"""Attributes by which a template engine is told what to put into an element."""
_NAMED_BY = ("id", "name", "data-field", "data-key", "data-name", "data-id")
_MARKS = (b"v-text", b"v-html", b"x-text", b"x-html", b"th:text", b"th:utext", b"ng-bind", b"data-bind")
_MOST_SCRIPT = 400_000
"""Characters of scripts that are looked at; longer ones are libraries and data, not what fills a report's table."""
_MOST_CELLS = 20_000
_INSIDE = 20


def draw_filled(root: Any, source: bytes, scripts: Iterable[Any]) -> None:
    """Put the sign of what is no text into the cells of a page that a script fills.

    Args:
        root: the page's root element, which is changed.
        source: the page's bytes.
        scripts: its ``script`` elements.
    """
    bound = any(mark in source for mark in _MARKS)
    waiting = b"oading" in source or "加载".encode() in source or "载入中".encode() in source
    names, classes = _named(script.text or "" for script in scripts)
    if not (bound or waiting or names or classes):
        return
    for count, cell in enumerate(root.iter("td", "th")):
        if count >= _MOST_CELLS:
            return
        text = "".join(cell.itertext()) if len(cell) else cell.text or ""
        if waiting and len(text) < _INSIDE and _LOADING.fullmatch(text.strip()):
            _draw(cell)
        elif len(text) < _INSIDE and _PLACE.fullmatch(text):
            if any(_filled(e, names, classes, bound=bound) for e in _parts(cell)):
                _draw(cell)
        elif bound and len(text) < 2 * _INSIDE and any(_prototype(e) for e in _parts(cell)):
            _draw(cell)


def _named(scripts: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The ids and names that scripts quote, and the classes into which they put a text."""
    names: set[str] = set()
    classes: set[str] = set()
    for text in scripts:
        if not text or len(text) > _MOST_SCRIPT:
            continue
        for found in _STRING.finditer(text):
            for sign, name in _NAME.findall(found[2]):
                if sign != ".":
                    names.add(name)
                elif found[3]:
                    classes.add(name)
    return frozenset(names), frozenset(classes)


def _parts(cell: Any) -> Iterator[Any]:
    for count, element in enumerate(cell.iter()):
        if count >= _INSIDE:
            return
        if isinstance(element.tag, str) and element.attrib:
            yield element


def _filled(element: Any, names: frozenset[str], classes: frozenset[str], *, bound: bool) -> bool:
    """Whether a script, or an attribute of a template engine, names an element."""
    own = element.attrib
    if any(own.get(attribute) in names for attribute in _NAMED_BY):
        return True
    worn = (own.get("class") or "").split()
    if classes and not classes.isdisjoint(worn):
        return True
    # A page that was saved after the engine had run says so.
    return bound and "ng-binding" not in worn and any(attribute in own for attribute in _BOUND)


def _prototype(element: Any) -> bool:
    """Whether an element's text only shows what a template will look like."""
    return any(attribute in element.attrib for attribute in _BOUND[:6])


def _draw(cell: Any) -> None:
    for element in cell.iterdescendants():
        element.text = element.tail = None
    cell.text = DRAWN
