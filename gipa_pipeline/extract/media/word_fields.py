"""What the fields of a Word document print: the result, and never the instruction before it (域).

A field runs from ``begin`` over its instruction and ``separate`` to its result and ``end``. The instruction may hold
text: a field inside it leaves its own result there, as in ``IF 9 = 1``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FIELD, SIMPLE = f"{_W}fldChar", f"{_W}fldSimple"
_TEXT, _SYMBOL, _INSTRUCTION = f"{_W}t", f"{_W}sym", f"{_W}instrText"
_SHOWN = frozenset((f"{_W}drawing", f"{_W}pict", f"{_W}object", _SYMBOL))
_SILENT = re.compile(r"\s*(?:XE|TC|TA|RD|SET|ASK|PRIVATE|ADVANCE|COMMENTS?)\b", re.I)
"""Marks for an index or for the program, which print nothing."""
_FORM = re.compile(r"\s*FORMTEXT\b", re.I)
"""A field that somebody fills in by hand, or leaves blank."""
_LONGEST = 40
"""Signs of an instruction that are kept: its first word tells what is printed."""


@dataclass(slots=True)
class _Field:
    """A field that is open: ``hider`` is the field, itself or one around it, whose instruction is being read."""

    begin: Any
    below: _Field | None
    hider: _Field | None = None
    instruction: str = ""
    before: list[Any] = field(default_factory=list)
    """Nodes that stand in the instruction."""
    shows: bool = False


@dataclass(slots=True)
class Fields:
    """Of a document: nodes that are instruction, nodes that may be, and ends of fields whose print is not known.

    ``doubtful`` stand before the result of a field that is never closed. ``unknown`` are fields without a result, of
    which the program prints what it works out itself, and those whose result is to be worked out anew.
    """

    hidden: set[Any] = field(default_factory=set)
    doubtful: set[Any] = field(default_factory=set)
    unknown: set[Any] = field(default_factory=set)

    def close(self, open_field: _Field, end: Any) -> None:
        """Enter a field that ends here."""
        self.hidden.update(open_field.before)
        shows = open_field.shows or (
            open_field.hider is not open_field and _FORM.match(open_field.instruction)
        )
        if shows and not _is_dirty(open_field.begin):
            return
        if not _SILENT.match(open_field.instruction):
            self.unknown.add(end)


def fields_of(root: Any) -> Fields:
    """The fields of a document part, in one pass over it."""
    fields = Fields()
    top: _Field | None = None
    for node in root.iter(FIELD, SIMPLE, _TEXT, _INSTRUCTION, *_SHOWN):
        if node.tag == SIMPLE:
            _enter_simple(fields, node)
            continue
        kind = node.get(f"{_W}fldCharType") if node.tag == FIELD else ""
        if kind == "begin":
            top = _Field(node, top)
            top.hider = top
        elif top is not None:
            top = _go_on(fields, top, node, kind)
    while top is not None:
        # No program agrees with another on how far such a field reaches; no further than its paragraph here.
        own = _paragraph(top.begin)
        fields.doubtful.update(node for node in top.before if _paragraph(node) is own)
        fields.unknown.update(() if top.shows else (top.begin,))
        top = top.below
    return fields


def _go_on(fields: Fields, top: _Field, node: Any, kind: str | None) -> _Field | None:
    """Enter the next node of a field; gives the field that is open behind it."""
    below = top.below
    around = below.hider if below is not None else None
    if kind == "separate":
        top.hider = around
    elif kind == "end":
        fields.close(top, node)
        if around is not None:
            # What a field prints that stands in an instruction is not printed.
            around.before.append(node)
        if below is not None and below.hider is not below:
            below.shows |= top.shows
        return below
    elif node.tag == _INSTRUCTION:
        top.instruction = (top.instruction + (node.text or ""))[:_LONGEST]
    else:
        if top.hider is not None:
            top.hider.before.append(node)
        if top.hider is not top:
            top.shows |= node.tag != _TEXT or bool((node.text or "").strip())
    return top


def _paragraph(node: Any) -> Any:
    return next(node.iterancestors(f"{_W}p"), None)


def _enter_simple(fields: Fields, node: Any) -> None:
    """Enter a field that is one element with its result inside."""
    shows = (
        any((t.text or "").strip() for t in node.iter(_TEXT)) or next(node.iter(*_SHOWN), None) is not None
    )
    if (not shows or _is_dirty(node)) and not _SILENT.match(node.get(f"{_W}instr", "")):
        fields.unknown.add(node)


def _is_dirty(mark: Any) -> bool:
    """Whether the program is asked to work a field out anew before it shows it."""
    return mark.get(f"{_W}dirty", "false") in ("1", "true", "on")
