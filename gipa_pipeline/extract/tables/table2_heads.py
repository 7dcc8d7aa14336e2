"""Table 2 by its headings: beside columns of the unit's own, and lying on its side (表二按标题取数).

Units add last year's figures, shares and remarks, split a column, turn the table, or list one figure a line. Where
each figure of a row stands under one heading and every heading is known for what it is, the headings say which
figure is the form's; where one does not, nothing is said here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from expectations.forms import Block, Form
from gipa_pipeline.extract.fold import ideographs, plain
from gipa_pipeline.extract.media.document import Grid, GridCell
from gipa_pipeline.extract.tables.labels import core
from gipa_pipeline.extract.tables.values import is_value
from gipa_pipeline.normalize.numbers import parse_number

_OTHER = re.compile("上年|上一年|去年|前年|同期|占比|比例|比重|百分比|同比|增减|增长")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_NEUTRAL = frozenset(
    ("", "本年", "本年度", "今年", "数量", "件数", "件", "数", "数值", "金额", "合计", "小计", "年", "年度")
)
"""Words between a figure and its heading that say nothing else of it."""
_CAPTION = "第二十条"


def spellings(label: str, variants: Sequence[str]) -> frozenset[str]:
    """The ideographs of a label in all its spellings."""
    return frozenset(k for k in (core(label), *map(core, variants)) if k)


@cache
def table2_labels(form: Form) -> dict[str, tuple[str, Block]]:
    """Label ideographs of table 2's rows to the row's key and block."""
    return {
        key: (row.key, block)
        for block in form.blocks
        for row in block.rows
        for key in spellings(row.label, row.variants)
    }


@cache
def table2_headings(form: Form) -> dict[str, set[str]]:
    """Heading ideographs to the column keys they may stand for."""
    keys: dict[str, set[str]] = {}
    for block in form.blocks:
        for column in block.columns:
            for key in spellings(column.label, column.variants):
                keys.setdefault(key, set()).add(column.key)
    return keys


@lru_cache(maxsize=16384)
def columns_headed(form: Form, words: str) -> tuple[str, ...]:
    """The columns that a heading's ideographs may stand for."""
    return tuple(
        column
        for key, columns in table2_headings(form).items()
        if words == key or (len(key) >= 6 and key in words)
        for column in columns
    )


@dataclass(frozen=True, slots=True)
class _Tag:
    """What stands over a figure: a column of the block, with the year named between; ``key`` None: the unit's own."""

    key: str | None
    year: int | None = None


def row_by_headings(
    form: Form, grid: Grid, number: int, label: GridCell, block: Block
) -> dict[str, GridCell] | None:
    """The cells of one row by column key; None unless all its figures stand under headings that are known.

    Of columns that differ by the year over them only, the latest year's is the report's.
    """
    keys = {column.key for column in block.columns}
    labels = table2_labels(form)
    found: dict[str, list[tuple[int | None, GridCell]]] = {}
    for cell in grid.own(number):
        if cell.column <= label.column:
            continue
        if core(cell.text) in labels:
            break
        if _is_words(cell.text):
            continue
        tag = _over(form, grid, number, cell.column, keys)
        if tag is None:
            if not _blank(cell.text):
                return None
        elif tag.key is not None:
            found.setdefault(tag.key, []).append((tag.year, cell))
    chosen: dict[str, GridCell] = {}
    for key, cells in found.items():
        years = [year for year, _ in cells]
        if len(cells) > 1 and (None in years or len(set(years)) < len(years)):
            return None
        chosen[key] = max(cells, key=lambda pair: pair[0] or 0)[1]
    return chosen if set(chosen) == keys else None


def _over(form: Form, grid: Grid, number: int, column: int, keys: set[str]) -> _Tag | None:
    """What stands over a square: the nearest heading that says anything."""
    year: int | None = None
    for n in range(number - 1, -1, -1):
        cell = grid.at(n, column)
        if cell is None or not cell.text or _is_number(plain(cell.text)):
            continue
        words = ideographs(cell.text)
        named = _YEAR.search(plain(cell.text))
        year = int(named[1]) if named and year is None else year
        if words in table2_headings(form):
            return _one(columns_headed(form, words), keys, year)
        if _OTHER.search(words):
            return _Tag(None)
        if words in _NEUTRAL:
            continue
        if headed := columns_headed(form, words):
            return _one(headed, keys, year)
        return None if _CAPTION in words or core(cell.text) in table2_labels(form) else _Tag(None)
    return None


def _one(headed: Sequence[str], keys: set[str], year: int | None) -> _Tag | None:
    own = set(headed) & keys
    return _Tag(own.pop(), year) if len(own) == 1 else None


def crosswise(form: Form, grid: Grid) -> Iterator[tuple[str, str, GridCell]]:
    """Row key, column key and cell of figures whose heading stands beside them: a table turned, or one a line."""
    if not any(_names_row(form, cell.text) for cell in grid.cells):
        return
    above = [""] * grid.width
    for n in range(grid.height):
        row = grid.row(n)
        for cell in grid.own(n):
            if cell.row != n or _is_words(cell.text):
                continue
            beside = [c for c in row[: cell.column][::-1] if c is not None and _is_words(c.text)]
            if not beside:
                continue
            further = next((core(c.text) for c in beside[1:] if c is not beside[0]), "")
            pointed = _pointed(form, ideographs(beside[0].text), above[cell.column], further)
            if pointed is not None:
                yield *pointed, cell
        for column, over in enumerate(row):
            if over is not None and _is_words(over.text):
                above[column] = core(over.text)


@lru_cache(maxsize=16384)
def _names_row(form: Form, text: str) -> bool:
    """Whether a text is a row's label, or begins with one."""
    return core(text) in table2_labels(form) or ideographs(text).startswith(tuple(table2_labels(form)))


@lru_cache(maxsize=16384)
def _pointed(form: Form, words: str, above: str, further: str) -> tuple[str, str] | None:
    """The row and column that the words beside a figure, those over it and those further left name together."""
    own = {
        (key, column)
        for item, (key, block) in table2_labels(form).items()
        for column in (c.key for c in block.columns)
        if (item in (above, further) and column in _named(form, words))
        or (words.startswith(item) and column in _named(form, words[len(item) :]))
    }
    return own.pop() if len(own) == 1 else None


def _named(form: Form, words: str) -> Sequence[str]:
    """The columns that words name, unless they are another year's or a share's."""
    exact = words in table2_headings(form)
    return columns_headed(form, words) if exact or not _OTHER.search(words) else ()


@lru_cache(maxsize=16384)
def _is_words(text: str) -> bool:
    folded = plain(text)
    return bool(ideographs(folded)) and not _is_number(folded) and not _blank(folded)


def _is_number(folded: str) -> bool:
    return any(is_value(folded, kind) for kind in ("count", "money", "change"))


def _blank(text: str) -> bool:
    return parse_number(plain(text)).status == "blank"
