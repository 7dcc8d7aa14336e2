"""Formats of the workbook's sheets and what all its lists share (表格样式)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gipa_pipeline.report.page import safe_link

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

A3, A4 = 8, 9
DOUBT, NOTHING, CAUTION = "#FFF3D6", "#F0F0F0", "#F9D9C6"
"""Backgrounds of figures in doubt, of cells that nobody states, and of grave entries."""
LONGEST_LINK = 2000
"""Excel takes no longer address as a link; it is written as text then."""
LONGEST_COMMENT = 3000


class Pens:
    """Makes each format once; writes headings, addresses and comments."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def format(self, **properties: Any) -> Format:
        """The format with these properties."""
        base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        key = tuple(sorted((base | properties).items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(dict(key))
        return self._formats[key]

    @property
    def head(self) -> Format:
        """Of headings."""
        return self.format(bold=True, border=1, bg_color="#EAF0F6", text_wrap=True, align="center")

    @property
    def text(self) -> Format:
        """Of texts in lists."""
        return self.format(border=1, text_wrap=True, valign="top")

    @property
    def count(self) -> Format:
        """Of numbers in lists."""
        return self.format(border=1, valign="top", align="right")

    def headings(
        self, sheet: Worksheet, heads: Sequence[tuple[str, int]], rows: int, *, fixed: int = 1
    ) -> None:
        """The first row of a list with its columns' widths, filters, and what is repeated in print."""
        for column, (name, width) in enumerate(heads):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, self.head)
        sheet.freeze_panes(1, fixed)
        sheet.autofilter(0, 0, max(rows, 1), len(heads) - 1)
        sheet.set_landscape()
        sheet.set_paper(A3)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def address(self, sheet: Worksheet, row: int, column: int, address: str | None) -> None:
        """An address; only http(s) ones become links."""
        if (link := safe_link(address)) and len(link) <= LONGEST_LINK:
            form = self.format(border=1, font_color="#0B5394", text_wrap=True, valign="top")
            sheet.write_url(row, column, link, form)
        else:
            sheet.write_string(row, column, address or "", self.text)

    def comment(self, sheet: Worksheet, row: int, column: int, lines: Sequence[str]) -> None:
        """A comment that is shown when the mouse is over the cell."""
        text = "\n".join(lines)
        if len(text) > LONGEST_COMMENT:
            text = text[: LONGEST_COMMENT - 1] + "…"
        height = min(max(len(lines), 2) * 18 + 12, 320)
        sheet.write_comment(row, column, text, {"author": "", "width": 320, "height": height})


def needed(texts: Iterable[tuple[str, int]]) -> float:
    """The height in points of a row of wrapped texts in columns of these widths; not every program finds it.

    A Chinese character is nearly two digits wide; lines end early where a punctuation mark may not begin one.
    """
    lines = max((_lines(text, width) for text, width in texts), default=1)
    return 14.5 * min(max(lines, 1), 24) + 3


def _lines(text: str, width: float) -> int:
    room = max(4.0, width * 0.92 - 1)
    return sum(
        max(1, math.ceil(sum(1.05 if c.isascii() else 1.95 for c in line) / room))
        for line in text.split("\n")
    )


def plain(value: Decimal) -> int | float:
    """A number for a spreadsheet; whole numbers stay whole.

    Spreadsheets calculate in binary fractions; up to 15 digits come back as they were printed.
    """
    return int(value) if value == value.to_integral_value() else float(value)
