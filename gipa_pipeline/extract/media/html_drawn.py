"""What a table cell shows without having it as text: fields of a form, pictures, drawings, scripts (非文字内容).

An empty cell is a blank that a unit left. A cell that shows a picture of a figure, or gets one from a script, is
none: what it shows is not known.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from gipa_pipeline.extract.media.sight import Sight

DRAWN = "□"
"""Stands for what a cell shows that is no text."""
FIELDS = ("textarea", "select")
"""Fields of a form whose content stands inside them; that of ``input`` is an attribute."""
_SHOWN_INPUTS = ("", "text", "number", "tel", "search")
_DRAWINGS = frozenset(["svg", "canvas", "object", "embed", "iframe", "video", "script", "progress", "meter"])
_ICONS = frozenset(["i", "em", "b", "span", "u", "s", "strong", "div", "p", "font", "a"])
_SPACER = re.compile(r"spacer|blank|pixel|transparent|(?:^|/)space", re.I)
_TINY = re.compile(r"\s*[0-2](?:px)?\s*")
_FIGURE = re.compile(r"\s*(?:[-+]?\d[\d,.]*)?\s*")
_PAINTED = re.compile(r"background(?:-image)?\s*:[^;]*url\(", re.I)
_COUNTED = tuple(
    f"data-{name}"
    for name in ("count", "to", "value", "v", "num", "number", "target", "end", "total", "final")
)
_SET = 3
"""Cells of a table that sets one figure."""
_MOST = 60
"""Elements of a cell that are looked at; more are no figure's."""


def typed(field: Any) -> str:
    """What a field of a form shows: a page published as it stands in the editor keeps its figures there."""
    if field.tag == "input":
        kind = (field.get("type") or "").strip().lower()
        return (field.get("value") or "") if kind in _SHOWN_INPUTS else ""
    if field.tag == "textarea":
        return (field.text or "").strip()
    options = list(field.iter("option"))
    chosen = [option for option in options if option.get("selected") is not None]
    shown = (chosen[-1:] or options[:1]) if field.get("multiple") is None else []
    return "".join("".join(option.itertext()).strip() for option in shown)


def draws(td: Any, sight: Sight, text: str) -> bool:
    """Whether a cell shows something else than its text: it is not blank then, nor that number, but not known."""
    if text:
        inside = list(islice(td.iterdescendants(), _MOST + 1)) if text.isdigit() else []
        # A figure that a script counts up from 0 to the one in an attribute.
        return len(inside) > _MOST or any(
            (end := counted_to(e)) not in (None, text) and (end or text == "0") for e in inside
        )
    for count, element in enumerate(td.iterdescendants()):
        if count >= _MOST:
            return True
        if not isinstance(element.tag, str) or sight.hidden(element):
            continue
        if element.tag in _DRAWINGS or (element.tag == "img" and not _spacer(element)):
            return True
        if (element.tag == "li" and _counts(element)) or (element.tag == "table" and _sets_a_figure(element)):
            return True
        if element.tag in _ICONS and not len(element) and not (element.text or "").strip():
            # An icon drawn by a style sheet, a picture behind the text, a figure that a script puts in.
            icon = element.tag == "i" and element.get("class")
            if icon or _PAINTED.search(element.get("style") or "") or counted_to(element):
                return True
    return False


def _counts(item: Any) -> bool:
    """Whether a browser prints a number before an item of a list, which may be all that the cell shows."""
    owner = item.getparent()
    return item.get("value") is not None or (owner is not None and owner.tag == "ol")


def _sets_a_figure(table: Any) -> bool:
    """Whether a table inside a cell has so few cells that it sets the cell's own figure, with a unit or a mark."""
    cells = list(islice(table.iter("td", "th"), _SET + 1))
    return len(cells) <= _SET and any(c.isdigit() for cell in cells for c in "".join(cell.itertext()))


def painted(td: Any) -> bool:
    """Whether an empty cell has a picture behind it that no cell with a text beside it has."""
    picture = td.get("background") or _PAINTED.search(td.get("style") or "")
    if not picture:
        return False
    own = (td.get("background"), td.get("style"))
    row = td.getparent()
    others = islice(row if row is not None else (), _MOST)
    return not any((o.get("background"), o.get("style")) == own and (o.text or "").strip() for o in others)


def counted_to(element: Any) -> str | None:
    """The figure in an attribute that scripts count up to, empty where the attribute is; None without one."""
    if not element.keys():
        return None
    values = map(element.get, _COUNTED)
    return next((v.strip() for v in values if v is not None and _FIGURE.fullmatch(v)), None)


def _spacer(image: Any) -> bool:
    """Whether an image only keeps a place open."""
    source = image.get("src") or image.get("data-src") or ""
    return not source or bool(
        _SPACER.search(source)
        or _TINY.fullmatch(image.get("width") or "")
        or _TINY.fullmatch(image.get("height") or "")
    )
