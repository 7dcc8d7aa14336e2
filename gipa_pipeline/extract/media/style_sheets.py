"""The rules of a page's own style sheets, taken apart once for all who ask what a visitor sees (页面样式表).

Sheets come from outside: every step here takes time in proportion to their length, however they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

_MOST_SHEET = 400_000
_MOST_SELECTORS = 60_000
"""Characters of a sheet and selectors of a page that are looked at: more are no page's own."""
_ADDRESS = re.compile(r"url\([^()]*\)")
_MOST_STYLE = 4_000
"""Characters of a style, pictures written into it apart."""
_LONGEST_CONDITION = 200
_BRACE = re.compile(r"([{}])")
_DESK = re.compile(
    r"@media\s*(?:only\s+)?(?:(?:screen|all)\s*(?:and\s*\(min-width\s*:[^)]*\))?|\(min-width\s*:[^)]*\))|@(?:layer|supports)\b.*",
    re.S,
)
"""Blocks that count for a visitor at a desk; others are for printers, narrow screens, fonts and movements."""


class Rule(NamedTuple):
    """One rule: its selectors as they are printed, its body in small letters, and whether that is all of it."""

    selectors: str
    body: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Sheets:
    """The rules of all sheets of a page in their order; ``whole``: none was left out for its length or number."""

    rules: tuple[Rule, ...] = ()
    whole: bool = True


def sheets_of(texts: Iterable[str]) -> Sheets:
    """The rules of a page's style sheets as they hold for a visitor at a desk."""
    rules: list[Rule] = []
    whole = True
    selected = 0
    for text in texts:
        if len(text) > _MOST_SHEET:
            whole = False
            continue
        for selectors, body in _rules(without_comments(text)):
            more = selectors.count(",") + 1
            if selected + more > _MOST_SELECTORS:
                whole = False
                continue
            selected += more
            rules.append(Rule(selectors, *of_measure(body.lower())))
    return Sheets(tuple(rules), whole)


def of_measure(style: str) -> tuple[str, bool]:
    """The part of a style that is looked at, which is nearly always all of it, and whether it is."""
    if len(style) <= _MOST_STYLE:
        return style, True
    style = _ADDRESS.sub("", style)
    return style[:_MOST_STYLE], len(style) <= _MOST_STYLE


def without_comments(text: str) -> str:
    """A sheet without its comments; one that is never closed stays."""
    if "/*" not in text:
        return text
    kept: list[str] = []
    at = 0
    while (start := text.find("/*", at)) >= 0 and (end := text.find("*/", start + 2)) >= 0:
        kept.append(text[at:start])
        at = end + 2
    return "".join(kept) + text[at:]


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """Selectors and bodies outside blocks that are not for a visitor at a desk.

    Of blocks in blocks (``@media`` inside ``@supports``) the outer alone is looked into: two in one another are no
    editor's. A rule that holds others is left out, those in it are not.
    """
    blocks: list[bool | None] = []
    """What is open: a block for the desk or not, None for a rule."""
    shut = within = 0
    before, opened = "", False
    pieces = _BRACE.split(text)
    for piece, brace in zip(pieces[::2], pieces[1::2], strict=False):
        if brace == "{":
            # Statements such as @import end before what comes next.
            head = piece.rpartition(";")[2] if "@" in piece else piece
            if "@" in head:
                condition = head[head.index("@") :].strip().lower()
                desk = (
                    not within and len(condition) <= _LONGEST_CONDITION and bool(_DESK.fullmatch(condition))
                )
                blocks.append(desk)
                shut, within, opened = shut + (not desk), within + 1, False
            else:
                blocks.append(None)
                before, opened = head, True
        else:
            kind = blocks.pop() if blocks else False
            if kind is None and opened and not shut and before:
                yield before, piece
            elif kind is not None and within:
                shut, within = shut - (not kind), within - 1
            opened = False
