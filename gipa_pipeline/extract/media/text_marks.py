"""Marks of a markup language in plain text, put out of the way at the same length (文本标记).

What a converter writes for the reader of its own kind of text (``&nbsp;``, ``<br>``, ``**bold**``, escapes) is no part
of a label or a figure. Offsets into the cleaned text are offsets into the printed one.
"""

from __future__ import annotations

import re

_SPACE = re.compile(
    r"&(?:nbsp|ensp|emsp|thinsp|#160|#xa0|#12288);|<br\s*/?>|</?(?:b|strong|em|i|u|span|p|font)>", re.I
)
_STRUCK = re.compile(r"~~[^~\n]{1,40}~~|<(del|s|strike)>[^<\n]{0,40}</\1>", re.I)
_EMPHASIS = re.compile(r"\*\*|__(?=\S)|(?<=\S)__")
_ESCAPED = re.compile(r"\\([(\[{.)\]}、,])|\\([-_*#+`!<>~])")
_BULLET = re.compile(
    r"(?m)^([ \t]*)[-*+•·●○■□◆◇▪➢]([ \t]+)"
    r"(?=[(（]?[\u3400-\u9fff]|\d{1,2}[.、．][ \t]*[\u3400-\u9fff])(?!无[\s/\-—]|无$)"
)
"""A stroke or dot before words is the mark of a list; before figures it is a blank cell."""
_ABSENT = re.compile(r"(?<=[|\t]) *(?:NaN|nan|None|null|NULL|<NA>) *(?=[|\t\n]|\Z)")
_QUOTED = re.compile(r'(?<![^,;，；\t])"([^"\n]*)"(?![^,;，；\t])|[,;，；/]')
_MANY_FIELDS, _MANY_ROWS, _SHORT = 6, 8, 12
_FIELD = re.compile(r"[ \t\"]*(?:-?\d+(?:\.\d+)?|[/\-—–无])?[ \t\"]*")


def cleaned(text: str) -> str:
    """The text without marks, character for character in its place."""
    if "&" in text or "<" in text:
        text = _STRUCK.sub(_blank, text)
        text = _SPACE.sub(_blank, text)
    if "~~" in text:
        text = _STRUCK.sub(_blank, text)
    if "**" in text or "__" in text:
        text = _EMPHASIS.sub(_blank, text)
    if "\\" in text:
        text = _ESCAPED.sub(lambda m: f"{m[1]} " if m[1] else f" {m[2]}", text)
    text = _BULLET.sub(lambda m: f"{m[1]} {m[2]}", text)
    if "|" in text or "\t" in text:
        text = _ABSENT.sub(_blank, text)
    for mark in (",", "，", ";", "；", "/"):
        text = _fields_apart(text, mark)
    return text


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _fields_apart(text: str, mark: str) -> str:
    """Rows with a separator of their own with tabs for it: ``60,140`` is two cells there.

    Only where many lines are such rows; elsewhere a comma between digits is a thousands separator, a stroke a blank.
    """
    if text.count(mark) < _MANY_FIELDS * _MANY_ROWS:
        return text
    lines = text.split("\n")
    is_row = _stroke_row if mark == "/" else _is_row
    rows = [n for n, line in enumerate(lines) if line.count(mark) >= _MANY_FIELDS and is_row(line, mark)]
    if len(rows) < _MANY_ROWS:
        return text

    def apart(line: str) -> bool:
        return line.count(mark) >= _MANY_FIELDS if mark == "/" else mark in line and _is_row(line, mark)

    return "\n".join(_tabbed(line, mark) if apart(line) else line for line in lines)


def _tabbed(line: str, mark: str) -> str:
    """A row with tabs for its marks, but those in quoted fields; the quotes themselves are no part of a field."""
    if '"' not in line:
        return line.replace(mark, "\t")
    return _QUOTED.sub(lambda m: f" {m[1]} " if m[1] is not None else "\t" if m[0] == mark else m[0], line)


def _is_row(line: str, mark: str) -> bool:
    """Whether only short words and numbers stand between the marks, and numbers or nothing at the end."""
    fields = _QUOTED.sub(lambda m: m[0] if m[1] is None else m[0].replace(mark, " "), line).split(mark)
    last = next((n for n in range(len(fields) - 1, -1, -1) if not _FIELD.fullmatch(fields[n])), -1)
    return last < len(fields) - 1 or all(len(f) <= _SHORT for f in fields)


def _stroke_row(line: str, mark: str) -> bool:
    """Whether strokes keep figures apart (``3 / 0 / 0 / 3``), rather than stand for blanks beside them."""
    figures = [field.strip().isdigit() for field in line.split(mark)]
    return len(figures) > _MANY_FIELDS and all(figures[-_MANY_FIELDS:])
