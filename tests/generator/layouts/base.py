"""What every layout gives back, the register of layouts, and the two habits of punctuation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from tests.generator.truth import Report

_FULL = str.maketrans({"(": "（", ")": "）", ",": "，", ":": "：", ";": "；"})
_HALF = str.maketrans({"（": "(", "）": ")", "，": ",", "：": ":", "；": ";"})


@dataclass(frozen=True)
class Document:
    """A rendered report and what a reader may say of it.

    ``ambiguous``: cells that the document alone may not settle (several readings fit).
    ``inferred``: cells whose label is lost; position or the sums give them.
    ``missing``: cells that the document does not contain.
    ``unstated``: fields of the report that are not in the document (``published`` and such).
    ``state``: ``read``, ``table_absent``, ``not_a_report``, or ``pre2019`` for the table that is known and not read.
    """

    name: str
    data: bytes
    media_type: str
    layout: str
    report: Report
    ambiguous: frozenset[str] = frozenset()
    inferred: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    unstated: frozenset[str] = frozenset()
    state: str = "read"


Renderer = Callable[[Report, Random], Document]
LAYOUTS: dict[str, Renderer] = {}
"""Every layout by name; filled by the modules of this package."""
SLOW_LAYOUTS: dict[str, Renderer] = {}
"""Layouts that take seconds to make or to read, or a program outside Python: made only when asked for."""


def layout(name: str, *, slow: bool = False) -> Callable[[Renderer], Renderer]:
    """Enter a renderer in the register; the document it makes carries the layout's name."""

    def enter(renderer: Renderer) -> Renderer:
        def named(report: Report, rng: Random) -> Document:
            return replace(renderer(report, rng), layout=name)

        (SLOW_LAYOUTS if slow else LAYOUTS)[name] = named
        return named

    return enter


def document(
    report: Report, suffix: str, data: bytes, media_type: str, **known: frozenset[str] | str
) -> Document:
    """A document named after the unit and the year."""
    return Document(
        f"{report.body.unit_id}_{report.year}{suffix}",
        data,
        media_type,
        "",
        report,
        **known,  # type: ignore[arg-type]
    )


def full(label: str) -> str:
    """A label with the full-width brackets and commas that Word and the page editors print."""
    return label.translate(_FULL)


def half(text: str) -> str:
    """Text with half-width brackets and commas, as conversion to plain text often leaves it."""
    return text.translate(_HALF)


def dated(report: Report, form: str = "%Y-%m-%d") -> str:
    """The publication date, or nothing if the report has none."""
    return report.published.strftime(form) if report.published else ""


def opening_lines(report: Report) -> list[str]:
    """The title, the publication date if there is one, and what stands before part one."""
    return [report.title, *([f"发布日期：{dated(report)}"] if report.published else []), report.opening]


def signed(report: Report) -> list[str]:
    """The closing lines: who and when, the date in Chinese style."""
    day = report.published
    return [report.body.name, *([f"{day.year}年{day.month}月{day.day}日"] if day else [])]
