"""Tables 2 and 4 told in words: sentences, lists, a row for each proceeding."""

from __future__ import annotations

import re
from random import Random

from tests.generator.grids import Grid
from tests.generator.layouts.base import Document, document, layout
from tests.generator.layouts.text import TEXT, compose, furniture
from tests.generator.truth import Report

_TABLE_THREE, _TABLE_FOUR = 10, 15
_OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
_PROCEEDINGS = ("行政复议", "未经复议直接起诉", "复议后起诉")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")


def _table_four(report: Report, rng: Random) -> str:
    texts = [report.text(cell) for cell in report.form.table_cells("t4")]
    parts = [texts[start : start + 5] for start in (0, 5, 10)]
    how = rng.choice(("sentences", "wholes", "list", "rows"))
    if how == "rows":
        head = " | ".join(("案件类型", *_OUTCOMES))
        lines = (" | ".join((name, *of)) for name, of in zip(_PROCEEDINGS, parts, strict=True))
        return "\n".join((head, *lines))
    lines = []
    for name, of in zip(_PROCEEDINGS, parts, strict=True):
        named = [f"{outcome}{text}件" for outcome, text in zip(_OUTCOMES, of, strict=True)]
        if how == "list":
            lines += [f"{name}{outcome}\t{text}" for outcome, text in zip(_OUTCOMES, of, strict=True)]
        elif how == "wholes":
            lines.append(f"{name}{of[-1]}件，其中{'，'.join(named[:-1])}。")
        else:
            lines.append(f"{name}：{'，'.join(named)}。")
    return "\n".join(lines)


def _table_two(report: Report, rng: Random) -> str:
    how = rng.choice(("sentences", "list", "bracketed"))
    lines = []
    for block in report.form.blocks:
        lines.append(block.caption)
        for row in block.rows:
            figures = [
                (c.label.split("(")[0], report.text(f"t2.{row.key}.{c.key}"), c.kind) for c in block.columns
            ]
            if how == "list":
                lines += [f"{row.label}{head}\t{text}" for head, text, _ in figures]
            elif how == "bracketed":
                lines += [f"{head}({row.label})\t{text}" for head, text, _ in figures]
            else:
                told = "，".join(
                    f"{head}{text}{'万元' if kind == 'money' else '件'}" for head, text, kind in figures
                )
                lines.append(f"{row.label}：{told}。")
    return "\n".join(lines)


@layout("text_told")
def text_told(report: Report, rng: Random) -> Document:
    """Table 2 as sentences or a list, table 4 as sentences, a list or rows; figures that are none leave it open."""
    two, four = _table_two(report, rng), _table_four(report, rng)

    def table(grid: Grid) -> str:
        if grid.width == _TABLE_THREE:
            return "\n".join(" | ".join(box.text for box in row) + " |" for row in grid.rows)
        return four if grid.width == _TABLE_FOUR else two

    open_: set[str] = set()
    for name in ("t2", "t4"):
        cells = report.form.table_cells(name)
        if (name == "t2" and report.edition != "2021") or not all(
            _FIGURE.fullmatch(report.text(c)) for c in cells
        ):
            open_ |= set(cells)
    text = furniture(report) + compose(report, table)
    return document(report, ".txt", text.encode(), TEXT, ambiguous=frozenset(open_))
