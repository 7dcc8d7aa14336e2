"""The stretch of text that belongs to a label, and the values standing in it (取值区间).

Knows digits, blanks and separators. Which cells the values are is for ``sequence``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from gipa_pipeline.extract.fold import CJK, is_count
from gipa_pipeline.normalize.numbers import parse_number

NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_SIGNED = re.compile(rf"[-+]?(?:{NUMBER.pattern})")
_COUNT = re.compile(rf"(?:(?<![\d.])-(?=\d))?(?:{NUMBER.pattern})")
"""A count may not be negative, but what is printed is read: ``-3`` is no ``3``."""
_BLANK_MARK = re.compile(r"(?:(?<=[\s|\t])|^)(?:/|-{1,3}|—{1,2}|–|无|空)(?=[\s|\t]|$)")
_NOTE = re.compile(rf"\((?=[^()\n\t|{CJK}A-Za-z]*[{CJK}A-Za-z])[^()\n\t|]*\)")
_OTHER_ORDINAL = re.compile(rf"(?<![\d.,])\d{{1,2}}[ \t]*[.、．][ \t]*(?=[{CJK}])")
"""The number of a label that is not known (``2.`` before words): no figure of the row above."""
_PAGE = re.compile(
    r"(?m)^[ \t|]*(?:[-—–―·•~]+[ \t]*\d{1,3}[ \t]*[-—–―·•~]+"
    r"|第[ \t]*\d{1,3}[ \t]*页(?:[ \t]*,?[ \t]*共[ \t]*\d{1,3}[ \t]*页)?)[ \t|]*$"
)
_TABLE_RULE = re.compile(r"(?m)^[ \t]*(?:\|[ \t]*)?:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)+\|?[ \t]*$")
"""The line that Markdown draws under a table's head; a row of strokes would have its label before them."""
_DIGIT, _DIGITS, _SEPARATOR = re.compile(r"\d"), re.compile(r"\d[\d,.]*"), re.compile(r"[|\t]")
_IDEOGRAPH = re.compile(f"[{CJK}]")
_LETTER = re.compile(r"[A-Za-z〇○●◯?]")
_UNIT_AFTER = re.compile(r"[ \t]*(?:万元|亿元|千元|元|万|件|项|条|宗|个|次)(?![" + CJK + "])")

_PADDING = re.compile(r"(?m)(?<![^\s])\|{2,}(?=[ \t]*$)")
"""Bars that fill a row up to the table's width: not cells, though blanks that a converter dropped may hide there."""

_ALONE, _MOST = re.compile(r"(?<=\n)[ ]*[|\t][ ]*(?=\n)"), 0.7
"""A separator on a line of its own, and the share of them that makes a layout."""
_ROW_OF_CELLS = 3
"""Separators on one line that make it a row of cells."""
_LONGEST = 20_000
"""Characters between two labels of neighbouring rows, page furniture and spaces included."""


@dataclass(slots=True)
class Item:
    """A value or a blank in a zone: its text and span in the document's text; ``text`` is empty for a blank."""

    text: str
    start: int
    end: int

    @property
    def blank(self) -> bool:
        """Whether no digit stands here."""
        return not self.text[-1:].isdigit() and not any(c.isdigit() for c in self.text)


@dataclass(frozen=True, slots=True)
class Zone:
    """What stands in a stretch of text.

    ``items`` are the values and marked blanks in reading order. ``squares`` are the contents of the cells
    when separators (bars, tabs) show them, blank ones included, from the first after the label on; None
    when nothing but white space separates, or when every cell holds a number. ``gaps`` are the line breaks
    before each item and at the end. ``plain`` are the values of a row of plain numbers between separators,
    the ordinary case; it has neither squares nor gaps. ``overlong``: there is more than was looked at.
    ``clouded``: a cell holds several numbers, so that neither cells nor numbers can be counted.
    ``padding``: how many bars behind the squares only fill the row up to the table's width. ``open_end``: nothing
    stands behind the tab that ends the row: an empty cell where tabs stand between cells, none where they close them.
    """

    items: tuple[Item, ...]
    squares: tuple[Item, ...] | None
    gaps: tuple[int, ...]
    plain: tuple[int, ...] | None = None
    overlong: bool = False
    clouded: bool = False
    padding: int = 0
    open_end: bool = False

    @property
    def numbers(self) -> list[Item]:
        """The items that hold digits."""
        return list(self.items) if self.plain is not None else [i for i in self.items if not i.blank]


def without_furniture(folded: str) -> str:
    """Page numbers on lines of their own and the rules of Markdown tables blanked out; the length keeps."""
    if "-|" in folded or "- |" in folded:
        folded = _TABLE_RULE.sub(lambda m: " " * len(m.group()), folded)
    return _PAGE.sub(lambda m: " " * len(m.group()), folded)


def without_notes(text: str) -> str:
    """Notes in brackets blanked out; the length keeps."""
    return _NOTE.sub(lambda m: " " * len(m.group()), text)


@cache
def _plain_row(count: int) -> re.Pattern[str]:
    # No tab among the white space: it would be an empty cell.
    return re.compile(r"[ \n]*" + r"[|\t][ \n]*(\d{1,9})[ \n]*" * count + r"(?:[|\t]\s*)+")


def plain_row(text: str, start: int, end: int, label_end: int, count: int) -> list[Item] | None:
    """The ordinary case at once: a label, then one plain number between separators for each cell."""
    found = _plain_row(count).match(text, label_end, end)
    if found is None or _DIGIT.search(text, start, label_end) or _DIGIT.search(text, found.end(), end):
        return None
    return [Item(found[n], *found.span(n)) for n in range(1, count + 1)]


def read_zone(
    text: str, start: int, end: int, label_end: int, *, signed: bool = False, count: int | None = None
) -> Zone:
    """Read ``text[start:end]`` of a folded text; the label's ideographs may lie among the values.

    ``count`` is the number of cells when the zone is one row's.
    """
    if count and (items := plain_row(text, start, end, label_end, count)) is not None:
        return Zone(tuple(items), None, (), tuple(int(i.text) for i in items))
    if end - start > _LONGEST:
        # No row is that long: what stands here is not the table's alone, and none of it may be chosen.
        end = min(end, label_end + 200)
        return Zone((Item(text[label_end:end], label_end, end),), None, (), overlong=True)
    stretch = without_notes(text[start:end])
    stretch = _OTHER_ORDINAL.sub(lambda m: " " * len(m.group()), stretch)
    pattern = _SIGNED if signed else _COUNT
    items = [Item(m.group(), start + m.start(), start + m.end()) for m in pattern.finditer(stretch)]
    taken = {i.start for i in items}
    items += [
        Item("", start + m.start(), start + m.end())
        for m in _BLANK_MARK.finditer(stretch)
        if start + m.start() not in taken
    ]
    items.sort(key=lambda i: i.start)
    squares, padding, open_end = None, 0, False
    after = stretch[max(0, label_end - start) :]
    if "|" in after or "\t" in after:
        padding = sum(m.end() - m.start() for m in _PADDING.finditer(after))
        squares, words, open_end = _squares(after, start + max(0, label_end - start), pattern, count)
        if words is not None:
            # The row is complete: what stands behind the words is another one's (a subtotal of the unit's own).
            items = [i for i in items if i.start < words]
    edges = [label_end, *(i.end for i in items)]
    # Line breaks behind the last value count up to the next words, not across them.
    last = edges[-1]
    starts = [*(i.start for i in items), max(last, min(end, first_ideograph(text, last, end)))]
    gaps = tuple(text.count("\n", a, b) if b > a else 0 for a, b in zip(edges, starts, strict=True))
    clouded = squares is not None and any(
        len(pattern.findall(s.text)) > 1 or (s.text and s.blank) for s in squares
    )
    if count and sum(not i.blank for i in items) < count:
        # A letter where a figure should stand (O for 0) is no blank.
        clouded = (
            clouded or _LETTER.search(stretch, max(0, label_end - start), starts[-1] - start) is not None
        )
    return Zone(tuple(items), squares, gaps, clouded=clouded, padding=padding, open_end=open_end)


def _squares(
    after: str, offset: int, pattern: re.Pattern[str], count: int | None
) -> tuple[tuple[Item, ...], int | None, bool]:
    """Contents between separators after a label; ends where the next label's text begins.

    The second result is where that text begins if the row had all its ``count`` squares before, the third whether
    the row ends with a tab.
    """
    pieces: list[Item] = []
    at = 0
    fillers = {at for m in _PADDING.finditer(after) for at in range(m.start(), m.end())}
    for piece in re.split(r"[|\t]", after):
        pieces.append(Item(piece, offset + at, offset + at + len(piece)))
        at += len(piece) + 1
    found: list[Item] = []
    begun = open_end = False
    alone = len(_ALONE.findall(after)) >= _MOST * len(pieces)
    # What stands before the first separator still belongs to the label's own cell; what stands after
    # the last one belongs to the next row, but where the row ends without a separator.
    for piece in pieces[1:]:
        text = piece.text.strip()
        number = pattern.search(text)
        words = _IDEOGRAPH.search(_UNIT_AFTER.sub("", pattern.sub("", text)).replace("无", ""))
        if words or piece is pieces[-1]:
            if found and (last := _last_of_row(after, found, piece, offset, count if alone else None)):
                found.append(last)
            elif found:
                open_end = _ends_with_tab(after[: piece.start - offset], piece.text, alone=alone)
            if not words:
                break
            if begun or found:
                if count and len(found) >= count:
                    first = _IDEOGRAPH.search(piece.text)
                    return tuple(found), piece.start + (first.start() if first else 0), open_end
                if any(not i.blank for i in found):
                    break
                # Blanks before more label text were the label's own padding.
                found = []
            continue
        if not number and _row_ended(after, found, piece.end - offset, offset):
            break
        begun = begun or bool(number)
        if number and len(pattern.findall(text)) > 1:
            found.append(piece)
        elif number:
            s = piece.start + piece.text.index(number.group())
            found.append(Item(number.group(), s, s + len(number.group())))
        elif piece.end - offset not in fillers:
            # A sign that is neither a figure nor a mark of a blank cell (□, ?) stays, and clouds the row.
            odd = bool(text) and parse_number(text).status == "unreadable"
            found.append(Item(text if odd else "", piece.start, piece.end))
    return tuple(found), None, open_end


def _ends_with_tab(before: str, behind: str, *, alone: bool) -> bool:
    """Whether a row whose cells stand between tabs ends with one, and the line with it."""
    line, newline, _ = behind.partition("\n")
    row = before[before.rfind("\n") + 1 :]
    enough = alone or len(_SEPARATOR.findall(row)) >= _ROW_OF_CELLS
    return before[-1:] == "\t" and bool(newline) and not line.strip() and enough


def _last_of_row(
    after: str, found: Sequence[Item], piece: Item, offset: int, count: int | None
) -> Item | None:
    """The last cell of a row, which no separator closes, at the beginning of what stands behind the last one.

    Where the cells stand on one line it reaches to the line's end. Where each separator stands on a line of its
    own (``count`` is given then), a figure must be the only one that is missing, and the sum of the others.
    """
    before = after[: piece.start - offset]
    line, newline, _ = piece.text.partition("\n")
    row = before[before.rfind("\n") + 1 :]
    if newline and len(_SEPARATOR.findall(row)) >= _ROW_OF_CELLS:
        head, start = line, piece.start
    elif count and len(found) == count - 1:
        head = piece.text.strip().partition("\n")[0]
        start = piece.start + piece.text.index(head)
    else:
        return None
    number = _COUNT.search(head)
    words = _IDEOGRAPH.search(_UNIT_AFTER.sub("", head))
    if number is None or words or len(_COUNT.findall(head)) > 1 or _OTHER_ORDINAL.match(head):
        return None
    last = Item(number.group(), start + number.start(), start + number.end())
    return last if (newline and head == line) or _is_sum(found, last) else None


def _is_sum(parts: Sequence[Item], last: Item) -> bool:
    """Whether a whole number is the sum of the others, blanks among them."""
    texts = [i.text for i in parts if not i.blank]
    return all(map(is_count, [*texts, last.text])) and sum(map(int, texts)) == int(last.text)


def _row_ended(after: str, found: Sequence[Item], end: int, offset: int) -> bool:
    """Whether a line with several figures has ended before ``end``: what is empty behind it is the next row's."""
    numbers = [i for i in found if not i.blank]
    if len(numbers) < 2 or "\n" not in after[numbers[-1].end - offset : end]:
        return False
    return "\n" not in after[numbers[0].start - offset : numbers[-1].end - offset]


def first_ideograph(text: str, start: int, end: int) -> int:
    """Offset of the first ideograph that is neither a unit behind a number nor a blank mark."""
    at = start
    while (m := _IDEOGRAPH.search(text, at, end)) is not None:
        unit = _UNIT_AFTER.match(text, m.start())
        before = text[max(start, m.start() - 8) : m.start()].rstrip(" ")[-1:]
        if unit and before.isdigit():
            at = unit.end()
        elif m.group() in "无空" and not _IDEOGRAPH.match(text, m.end()):
            at = m.end()
        elif (opened := text.rfind("(", start, m.start())) >= 0 and (note := _NOTE.match(text, opened, end)):
            # ``penalties(cases of 2023)``: the number belongs to the words of the note, not to the cell.
            if note.end() <= m.start():
                return m.start()
            at = note.end()
        else:
            return m.start()
    return end
