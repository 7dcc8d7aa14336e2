"""How a workbook shows the values of its cells: number formats, colours, struck and mixed fonts (单元格格式)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from gipa_pipeline.extract.fold import is_count
from gipa_pipeline.extract.media.colours import BLACK, RGB, WHITE, colour, theme_of, tinted, verdict
from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.package import parse_xml, part
from gipa_pipeline.extract.media.sight import SUPERSCRIPTS

_PERCENT_IDS = frozenset(("9", "10"))
"""Built-in number formats that show a share."""
_WHOLE_IDS = frozenset(("1", "3", "37", "38"))
"""Built-in number formats without decimals."""
_LITERAL = re.compile(r'"[^"]*"|[\\!].|[_*].|\[[^\]]*\]')
_WRITTEN = re.compile(r'"[^"]*"|[\\!].')
_COUNTS = re.compile("[0-9０-９百千万亿]")
_GENERAL = "G/通用格式"
"""What Chinese programs call the format that shows a value as it is."""
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
_POINT = re.compile(r'(?:[\\!]\.|"\.")')
_MOST_TEXTS = 200_000
_THEME = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6")
"""The theme's colours in the order of a workbook's numbers for them."""
_INDEXED = {"0": BLACK, "1": WHITE, "8": BLACK, "9": WHITE, "64": BLACK, "65": WHITE}
"""The oldest colours by number, of which only ink and paper matter; 64 and 65 are the system's."""
Rich = tuple[tuple[str, RGB | None], ...]
"""Pieces of a text with their colours, None for the usual one."""


@dataclass(frozen=True, slots=True)
class Styles:
    """Indexes of cell styles: those that show a share, another number than the value, no decimals, struck text.

    ``unseen``: print in the colour of its ground, or nearly. ``bare``: nothing is shown for 0.
    ``grounds``: what styles stand on that do not stand on paper, None where that is not known.
    """

    shares: frozenset[int] = frozenset()
    odd: frozenset[int] = frozenset()
    whole: frozenset[int] = frozenset()
    struck: frozenset[int] = frozenset()
    unseen: frozenset[int] = frozenset()
    bare: frozenset[int] = frozenset()
    grounds: dict[int, RGB | None] = field(default_factory=dict)
    hiding: frozenset[int] = frozenset()
    """Indexes of conditional formats that hide what they are put on."""
    theme: dict[str, RGB] = field(default_factory=dict)


def styles_of(package: Any, names: set[str]) -> Styles:
    """The styles of an XLSX package whose cells do not simply show their value."""
    if "xl/styles.xml" not in names:
        return Styles()
    root = parse_xml(part(package, "xl/styles.xml"))
    theme = theme_of(
        parse_xml(part(package, "xl/theme/theme1.xml")) if "xl/theme/theme1.xml" in names else None
    )
    codes = {e.get("numFmtId"): e.get("formatCode") or "" for e in root.iter("{*}numFmt")}
    fonts = list(next(iter(root.iter("{*}fonts")), ()))
    struck = {str(n) for n, font in enumerate(fonts) if _on(font.find("{*}strike"))}
    inks = {str(n): _colour(font.find("{*}color"), theme) for n, font in enumerate(fonts)}
    fills = {str(n): _ground(fill, theme) for n, fill in enumerate(next(iter(root.iter("{*}fills")), ()))}
    found: dict[str, set[int]] = {k: set() for k in ("shares", "odd", "whole", "struck", "unseen", "bare")}
    grounds: dict[int, RGB | None] = {}
    for n, xf in enumerate(next(iter(root.iter("{*}cellXfs")), ())):
        ident = xf.get("numFmtId") or "0"
        for kind in shows(ident, codes.get(ident)):
            found[kind].add(n)
        if shows_no_nought(codes.get(ident) or "0"):
            found["bare"].add(n)
        if xf.get("fontId") in struck:
            found["struck"].add(n)
        ground = fills.get(xf.get("fillId") or "0", WHITE)
        if ground != WHITE:
            grounds[n] = ground
        if verdict(inks.get(xf.get("fontId") or "0"), [ground]) is not True:
            found["unseen"].add(n)
    hiding = [n for n, entry in enumerate(next(iter(root.iter("{*}dxfs")), ())) if _hides(entry, theme)]
    return Styles(
        **{kind: frozenset(of) for kind, of in found.items()},
        grounds=grounds,
        hiding=frozenset(hiding),
        theme=theme,
    )


def shows(ident: str, code: str | None) -> list[str]:
    """What a number format does with a value: nothing, or what ``Styles`` names."""
    if code is None:
        shown = [("shares", ident in _PERCENT_IDS), ("whole", ident in _WHOLE_IDS)]
        return [kind for kind, yes in shown if yes]
    code = _in_order(code.replace(_GENERAL, "General"))
    bare = _LITERAL.sub("", code)
    first = bare.split(";", 1)[0]
    if "%" in bare:
        return ["shares"]
    if _SCALED.search(first) or _POINT.search(code) or "/" in first.replace("yyyy/", "").replace("/d", ""):
        return ["odd"]
    sections = _sections(code)
    said = ";".join(sections[:2]) if sections[2:3] == ['"0"'] else code
    if any(_COUNTS.search(literal) for literal in _WRITTEN.findall(said)):
        # Digits, or a ten thousand, written beside the figure: together they are another number.
        return ["odd"]
    if not re.search(r"[0#?@ymdhs]|general", first, re.I):
        # Nothing of the number is shown, or a word in its place.
        return ["odd"]
    return ["whole"] if re.search("[0#]", first) and "." not in first and "E" not in first else []


def shows_no_nought(code: str) -> bool:
    """Whether a number format shows nothing for 0: ``0;-0;;@``, ``###``. The accounts' dash is a way to write it."""
    sections = _sections(_in_order(code))
    if len(sections) < 3:
        return re.fullmatch("#[#,]*", _LITERAL.sub("", sections[0]).strip()) is not None
    return sections[2].strip() in ("", '""')


def _in_order(code: str) -> str:
    """A number format with its sections in the usual order where the first is said to be that of 0 (``[=0]"";0``)."""
    sections = _sections(code)
    if len(sections) < 2 or not (said := re.match(r"\s*\[=0\]", sections[0])):
        return code
    return ";".join((sections[1], sections[1], sections[0][said.end() :]))


def _sections(code: str) -> list[str]:
    """The sections of a number format, which semicolons part; one in a literal parts nothing."""
    sections = [""]
    at = 0
    while at < len(code):
        literal = _LITERAL.match(code, at)
        if literal is None and code[at] == ";":
            sections.append("")
            at += 1
            continue
        piece = literal[0] if literal else code[at]
        sections[-1] += piece
        at += len(piece)
    return sections


def _colour(mark: Any, theme: dict[str, RGB]) -> RGB | None:
    """The colour of a font or fill; None for the one that the program chooses."""
    if mark is None:
        return None
    base = colour(mark.get("rgb")) or _INDEXED.get(mark.get("indexed") or "")
    number = mark.get("theme") or ""
    if base is None and is_count(number) and int(number) < len(_THEME):
        base = theme.get(_THEME[int(number)])
    tint = mark.get("tint") or ""
    if base is not None and re.fullmatch(r"-?[01](\.\d+)?(E-\d+)?", tint):
        return tinted(base, float(tint))
    return base


def _ground(fill: Any, theme: dict[str, RGB]) -> RGB | None:
    """What a fill puts under the print: paper where it puts nothing, None for a pattern or a gradient."""
    pattern = fill.find("{*}patternFill")
    if pattern is None:
        return None
    kind = pattern.get("patternType") or "none"
    if kind == "none":
        return WHITE
    return _colour(pattern.find("{*}fgColor"), theme) if kind == "solid" else None


def _hides(entry: Any, theme: dict[str, RGB]) -> bool:
    """Whether a conditional format may make a figure invisible: by its colour, or by a format that shows none."""
    ink = _colour(entry.find("{*}font/{*}color"), theme)
    code = entry.find("{*}numFmt")
    if code is not None and "odd" in shows("", code.get("formatCode") or ""):
        return True
    fill = entry.find("{*}fill/{*}patternFill")
    ground = WHITE if fill is None else _colour(fill.find("{*}bgColor"), theme)
    return verdict(ink, [ground]) is not True


def rich_texts(package: Any, names: set[str], theme: dict[str, RGB]) -> dict[int, Rich]:
    """Shared texts with struck, raised or coloured pieces."""
    if "xl/sharedStrings.xml" not in names:
        return {}
    content = part(package, "xl/sharedStrings.xml")
    if not any(mark in content for mark in (b"strike", b"vertAlign", b":color", b"<color")):
        return {}
    texts: dict[int, Rich] = {}
    for n, item in enumerate(parse_xml(content).iter("{*}si")):
        if n >= _MOST_TEXTS:
            break
        pieces = rich_pieces(item, theme)
        if pieces:
            texts[n] = pieces
    return texts


def rich_pieces(item: Any, theme: dict[str, RGB]) -> Rich:
    """The pieces of a text and their colours: without the struck, raised signs as such; none of a plain text."""
    pieces: list[tuple[str, RGB | None]] = []
    plain = True
    for run in item.findall("{*}r"):
        properties, text = run.find("{*}rPr"), "".join(t.text or "" for t in run.findall("{*}t"))
        struck = properties is not None and _on(properties.find("{*}strike"))
        align = properties.find("{*}vertAlign") if properties is not None else None
        raised = align is not None and align.get("val") in ("superscript", "subscript")
        ink = _colour(properties.find("{*}color"), theme) if properties is not None else None
        plain = plain and not struck and not raised and verdict(ink, [None]) is True
        pieces.append(("" if struck else text.translate(SUPERSCRIPTS) if raised else text, ink))
    return () if plain else tuple(pieces)


def seen_text(pieces: Rich, ground: RGB | None) -> str:
    """What is seen of a text's pieces on a ground; a figure that may be seen or not stands as drawn."""
    shown = ""
    for text, ink in pieces:
        seen = verdict(ink, [ground])
        if seen or not any(c.isdigit() for c in text):
            shown += text if seen is not False else ""
        elif seen is None:
            shown += DRAWN
    lost = any(text.strip() and verdict(ink, [ground]) is False for text, ink in pieces)
    return DRAWN if lost and not shown.strip() else shown


def _on(mark: Any) -> bool:
    return mark is not None and mark.get("val", "1") not in ("0", "false", "off")
