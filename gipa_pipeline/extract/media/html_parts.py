"""What of a page is asked for again and again, gathered in one walk: its tables, cells, sheets, scripts (页面要素)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gipa_pipeline.extract.media.sight import RAISED, STRUCK

CELLS = ("td", "th")
_KEPT = (*CELLS, "tr", "col", "table", "img", "meta", "title", "style", "script", *RAISED, *STRUCK)


@dataclass(slots=True)
class Parts:
    """Elements of a page by their names, each list in the page's order.

    ``inside`` are the cells and whatever stands in them, each once: of a page with thousands of menus the part that
    can change a figure.
    """

    named: dict[str, list[Any]]
    cells: list[Any]
    inside: list[Any]
    _members: frozenset[Any] | None = field(default=None, repr=False)

    def __contains__(self, element: Any) -> bool:
        """Whether an element is a cell or stands in one."""
        if self._members is None:
            self._members = frozenset(self.inside)
        return element in self._members

    def around(self) -> list[Any]:
        """The elements in which cells stand, outermost first: their colours and their places are the cells' too."""
        seen: set[Any] = set()
        found: list[Any] = []
        for cell in self.cells:
            way: list[Any] = []
            node = cell.getparent()
            while node is not None and node not in seen:
                seen.add(node)
                way.append(node)
                node = node.getparent()
            found += reversed(way)
        return [element for element in found if element not in self]


def parts_of(root: Any) -> Parts:
    """Gather a page's parts."""
    named: dict[str, list[Any]] = {tag: [] for tag in _KEPT}
    cells: list[Any] = []
    for element in root.iter(*_KEPT):
        tag = element.tag
        (cells if tag in CELLS else named[tag]).append(element)
    return Parts(named, cells, list(_inside(cells)))


def _inside(cells: list[Any]) -> Iterator[Any]:
    """The cells and what stands in them; a cell in a cell has been met with the outer one."""
    met: set[Any] = set()
    for cell in cells:
        if cell in met:
            continue
        if not len(cell):
            yield cell
            continue
        for element in cell.iter():
            met.add(element)
            yield element
