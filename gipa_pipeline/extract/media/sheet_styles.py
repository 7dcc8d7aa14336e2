"""How a workbook shows the values of its cells: number formats, struck fonts, texts of several fonts (单元格格式)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gipa_pipeline.extract.media.package import parse_xml, part
from gipa_pipeline.extract.media.sight import SUPERSCRIPTS

_PERCENT_IDS = frozenset(("9", "10"))
"""Built-in number formats that show a share."""
_WHOLE_IDS = frozenset(("1", "3", "37", "38"))
"""Built-in number formats without decimals."""
_LITERAL = re.compile(r'"[^"]*"|[\\!].|[_*].|\[[^\]]*\]')
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
_POINT = re.compile(r'(?:[\\!]\.|"\.")')
_MOST_TEXTS = 200_000


@dataclass(frozen=True, slots=True)
class Styles:
    """Indexes of cell styles: those that show a share, another number than the value, no decimals, struck text."""

    shares: frozenset[int] = frozenset()
    odd: frozenset[int] = frozenset()
    whole: frozenset[int] = frozenset()
    struck: frozenset[int] = frozenset()


def styles_of(package: Any, names: set[str]) -> Styles:
    """The styles of an XLSX package whose cells do not simply show their value."""
    if "xl/styles.xml" not in names:
        return Styles()
    root = parse_xml(part(package, "xl/styles.xml"))
    codes = {e.get("numFmtId"): e.get("formatCode") or "" for e in root.iter("{*}numFmt")}
    fonts = next(iter(root.iter("{*}fonts")), ())
    struck = {str(n) for n, font in enumerate(fonts) if _on(font.find("{*}strike"))}
    found: dict[str, set[int]] = {"shares": set(), "odd": set(), "whole": set(), "struck": set()}
    for n, xf in enumerate(next(iter(root.iter("{*}cellXfs")), ())):
        ident = xf.get("numFmtId") or "0"
        for kind in _shows(ident, codes.get(ident)):
            found[kind].add(n)
        if xf.get("fontId") in struck:
            found["struck"].add(n)
    return Styles(**{kind: frozenset(of) for kind, of in found.items()})


def _shows(ident: str, code: str | None) -> list[str]:
    """What a number format does with a value: nothing, or what ``Styles`` names."""
    if code is None:
        shown = [("shares", ident in _PERCENT_IDS), ("whole", ident in _WHOLE_IDS)]
        return [kind for kind, yes in shown if yes]
    bare = _LITERAL.sub("", code)
    first = bare.split(";", 1)[0]
    if "%" in bare:
        return ["shares"]
    if _SCALED.search(first) or _POINT.search(code) or "/" in first.replace("yyyy/", "").replace("/d", ""):
        return ["odd"]
    if not re.search(r"[0#?@ymdhs]|general", first, re.I):
        # Nothing of the number is shown, or a word in its place.
        return ["odd"]
    return ["whole"] if re.search("[0#]", first) and "." not in first and "E" not in first else []


def rich_texts(package: Any, names: set[str]) -> dict[int, str]:
    """Shared texts with struck or raised pieces, as a reader takes them: without the struck, raised signs as such."""
    if "xl/sharedStrings.xml" not in names:
        return {}
    content = part(package, "xl/sharedStrings.xml")
    if b"strike" not in content and b"vertAlign" not in content:
        return {}
    texts: dict[int, str] = {}
    for n, item in enumerate(parse_xml(content).iter("{*}si")):
        if n >= _MOST_TEXTS:
            break
        pieces, plain = [], True
        for run in item.findall("{*}r"):
            properties, text = run.find("{*}rPr"), "".join(t.text or "" for t in run.findall("{*}t"))
            struck = properties is not None and _on(properties.find("{*}strike"))
            align = properties.find("{*}vertAlign") if properties is not None else None
            raised = align is not None and align.get("val") in ("superscript", "subscript")
            plain = plain and not struck and not raised
            pieces.append("" if struck else text.translate(SUPERSCRIPTS) if raised else text)
        if not plain:
            texts[n] = "".join(pieces)
    return texts


def _on(mark: Any) -> bool:
    return mark is not None and mark.get("val", "1") not in ("0", "false", "off")
