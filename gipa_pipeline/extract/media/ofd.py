"""OFD, the national format of fixed pages: placed characters and drawn paths to grids and lines (版式文档).

Experimental: written after the format's rules and tried on files made for the tests only. Elements are known by
their local names, since producers differ in namespaces. Lengths are millimetres from the upper left corner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from posixpath import dirname, join, normpath
from typing import Any

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.breaks import Block
from gipa_pipeline.extract.media.document import Document
from gipa_pipeline.extract.media.lattice import Glyph, Rule, lattices, placed_lines
from gipa_pipeline.extract.media.package import open_package, parse_xml, part
from gipa_pipeline.extract.media.pdf import MAX_GLYPHS, MAX_PAGES, Writer

_POINT = 72 / 25.4
_THIN = 1.0
_MOST_STEPS = 10_000
_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")


def read_ofd(data: bytes) -> Document:
    """Read an OFD file's placed text and its ruled tables.

    Raises:
        UnreadableDocument: a damaged package, or pages without text.
    """
    package = open_package(data)
    names = set(package.namelist())

    def tree(name: str) -> Any:
        return parse_xml(part(package, name))

    def beside(name: str, location: str) -> str:
        found = location.lstrip("/") if location.startswith("/") else normpath(join(dirname(name), location))
        if found not in names:
            raise UnreadableDocument("broken", f"the OFD file names a part that is not in it: {found[:80]}")
        return found

    writer = Writer()
    number = seen = 0
    for root in _named(tree("OFD.xml"), "DocRoot"):
        body = beside("OFD.xml", (root.text or "").strip())
        for page in _named(tree(body), "Page"):
            if number >= MAX_PAGES or not page.get("BaseLoc"):
                continue
            number += 1
            content = tree(beside(body, page.get("BaseLoc")))
            glyphs = list(islice(_glyphs(content), MAX_GLYPHS))
            seen += len(glyphs)
            horizontal, vertical = _rules(content)
            tables, rest = lattices(horizontal, vertical, glyphs, number)
            blocks: list[tuple[float, Block]] = [(t.box[1], t.grid) for t in tables]
            blocks += [(box[1], (text, box)) for text, box in placed_lines(rest)]
            writer.page(blocks, number, "ofd")
    if not seen:
        raise UnreadableDocument(
            "needs_converter", "the OFD file holds no text; save it as PDF and list that"
        )
    return writer.document("ofd")


def _named(root: Any, name: str) -> Iterator[Any]:
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.rsplit("}", 1)[-1] == name:
            yield element


def _numbers(text: str | None) -> list[float]:
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?|-?\.\d+", text or "")]


def _frame(element: Any) -> tuple[float, float, list[float]]:
    """Where an object's own origin lies, and its matrix."""
    left, top = [*_numbers(element.get("Boundary")), 0.0, 0.0][:2]
    matrix = _numbers(element.get("CTM"))
    return left, top, matrix if len(matrix) == 6 else [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]


def _glyphs(content: Any) -> Iterator[Glyph]:
    for item in _named(content, "TextObject"):
        left, top, (a, b, c, d, e, f) = _frame(item)
        size = (_numbers(item.get("Size")) or [3.5])[0]
        for code in _named(item, "TextCode"):
            x, y = (_numbers(code.get("X")) or [0.0])[0], (_numbers(code.get("Y")) or [size])[0]
            steps, falls = _deltas(code.get("DeltaX")), _deltas(code.get("DeltaY"))
            for n, sign in enumerate(code.text or ""):
                if n:
                    x += steps[min(n - 1, len(steps) - 1)] if steps else 0.0 if falls else size
                    y += falls[min(n - 1, len(falls) - 1)] if falls else 0.0
                if sign.isspace():
                    continue
                at, base = left + a * x + c * y + e, top + b * x + d * y + f
                wide, high = size * abs(a) * (0.5 if ord(sign) < 256 else 1.0), size * abs(d)
                yield Glyph(
                    sign,
                    at * _POINT,
                    (base - 0.85 * high) * _POINT,
                    (at + wide) * _POINT,
                    (base + 0.15 * high) * _POINT,
                )


def _deltas(text: str | None) -> list[float]:
    """Steps between characters, as many as a line can need; ``g 3 4.2`` stands for 4.2 three times."""
    out: list[float] = []
    words = (text or "").split()
    n = 0
    while n < len(words) and len(out) < _MOST_STEPS:
        if words[n] == "g" and n + 2 < len(words):
            count = _numbers(words[n + 1])
            out += _numbers(words[n + 2])[:1] * min(int(count[0]) if count else 0, _MOST_STEPS)
            n += 3
        else:
            out += _numbers(words[n])[:1]
            n += 1
    return out


def _rules(content: Any) -> tuple[list[Rule], list[Rule]]:
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    for item in _named(content, "PathObject"):
        left, top, (a, b, c, d, e, f) = _frame(item)
        for data in _named(item, "AbbreviatedData"):
            points: list[tuple[float, float]] = []
            for sign, rest in _STEP.findall(data.text or ""):
                numbers = _numbers(rest)
                if sign in "SML" and len(numbers) >= 2:
                    x, y = numbers[:2]
                    point = (left + a * x + c * y + e, top + b * x + d * y + f)
                    if sign == "L" and points:
                        _sort(points[-1], point, horizontal, vertical)
                    elif sign != "L":
                        points = []
                    points.append(point)
                elif sign == "C" and len(points) > 1:
                    _sort(points[-1], points[0], horizontal, vertical)
    return horizontal, vertical


def _sort(
    start: tuple[float, float], end: tuple[float, float], horizontal: list[Rule], vertical: list[Rule]
) -> None:
    (x0, y0), (x1, y1) = start, end
    if abs(y1 - y0) <= _THIN < abs(x1 - x0):
        horizontal.append(Rule((y0 + y1) / 2 * _POINT, min(x0, x1) * _POINT, max(x0, x1) * _POINT))
    elif abs(x1 - x0) <= _THIN < abs(y1 - y0):
        vertical.append(Rule((x0 + x1) / 2 * _POINT, min(y0, y1) * _POINT, max(y0, y1) * _POINT))
