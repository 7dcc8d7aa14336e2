"""Cells of a page whose figures a script puts in after the page has come (脚本填数).

The file then holds an empty cell, a 0 or a dash where a visitor sees a figure: no blank, and not that number either.
Scripts are not run; a cell that one of them names is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.html_parts import Parts

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
_TELLING = frozenset(["class", *_NAMED_BY, *_BOUND])
_MOST_SCRIPT = 400_000
"""Characters of scripts that are looked at; longer ones are libraries and data, not what fills a report's table."""
_MOST_CELLS = 20_000
_INSIDE = 20
_MOST_INSIDE = 200


def draw_filled(parts: Parts) -> None:
    """Put the sign of what is no text into the cells of a page, which is changed, that a script fills."""
    filling: tuple[frozenset[str], frozenset[str]] | None = None
    for cell in parts.cells[:_MOST_CELLS]:
        if len(cell) and next(islice(cell.iter(), _MOST_INSIDE, None), None) is not None:
            continue  # a frame for whole tables
        text = "".join(cell.itertext()) if len(cell) else cell.text or ""
        if len(text) >= 2 * _INSIDE:
            continue
        if len(text) < _INSIDE and not text.isdigit() and _LOADING.fullmatch(text.strip()):
            _draw(cell)
            continue
        telling = _telling(cell)
        if not telling:
            continue
        if len(text) < _INSIDE and _PLACE.fullmatch(text):
            if filling is None:
                # Most pages have no such cell, and scripts are long.
                filling = _named(script.text or "" for script in parts.named["script"])
            if any(_filled(element, *filling) for element in telling):
                _draw(cell)
        elif any(map(_prototype, telling)):
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


def _telling(cell: Any) -> list[Any]:
    """Those of a cell's first elements, itself among them, by whose attributes a script or an engine finds them."""
    elements = islice(cell.iter(), _INSIDE) if len(cell) else (cell,)
    return [e for e in elements if (names := e.keys()) and not _TELLING.isdisjoint(names)]


def _filled(element: Any, names: frozenset[str], classes: frozenset[str]) -> bool:
    """Whether a script, or an attribute of a template engine, names an element."""
    own = element.attrib
    if any(own.get(attribute) in names for attribute in _NAMED_BY):
        return True
    worn = (own.get("class") or "").split()
    if classes and not classes.isdisjoint(worn):
        return True
    # A page that was saved after the engine had run says so.
    return "ng-binding" not in worn and any(attribute in own for attribute in _BOUND)


def _prototype(element: Any) -> bool:
    """Whether an element's text only shows what a template will look like."""
    return any(attribute in element.attrib for attribute in _BOUND[:6])


def _draw(cell: Any) -> None:
    for element in cell.iterdescendants():
        element.text = element.tail = None
    cell.text = DRAWN
