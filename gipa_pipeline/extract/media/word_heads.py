"""Tables 2 and 4 of a page without rules as grids: figures under the headings they stand below (无框线表格还原).

A heading broken over lines is put together by the column that it stands in. Where the headings are not all found, no
grid is made, and the running text alone is read.
"""

from __future__ import annotations

from collections.abc import Sequence

from gipa_pipeline.extract.fold import ideographs
from gipa_pipeline.extract.media.document import GridCell
from gipa_pipeline.extract.media.word_grid import Known, Word, across, column_at, is_figure, lines_of, pitch

_FIRST = "信息内容"
_PROCEEDINGS = ("行政复议", "行政诉讼")
_ABOVE = frozenset(["行政复议", "行政诉讼", "未经复议直接起诉", "直接起诉", "复议后起诉", "复议后"])
_DEEP = 90.0
"""Points that the headings of table 4 take at most."""
_BELOW = 40.0
"""Points between the headings of table 4 and its figures at most."""
_ROW = 14.0
"""Points by which the lines of a heading in two lines may miss their middle."""


def block_grids(words: Sequence[Word], page: int, known: Known) -> list[list[GridCell]]:
    """The cells of table 2's blocks and of table 4 on a page, a list a grid."""
    grids = _blocks(words, page, known)
    grids += [cells for first in words if (cells := _proceedings(words, first, page, known))][:1]
    return grids


def _blocks(words: Sequence[Word], page: int, known: Known) -> list[list[GridCell]]:
    """A grid a heading row of table 2 (信息内容 and its columns) with the rows below it."""
    lines = [sorted(line, key=lambda w: w.x) for line in lines_of(words)]
    firsts = [w for w in words if ideographs(w.text) == _FIRST]
    grids = []
    for n, first in enumerate(firsts):
        end = firsts[n + 1].top if n + 1 < len(firsts) else first.bottom + 2 * _DEEP
        head = [
            w for w in words if abs(w.y - first.y) <= _ROW and w.left > first.right and ideographs(w.text)
        ]
        columns = across(head)
        texts = ["".join(w.text for w in sorted(of, key=lambda w: w.y)) for of in columns]
        if not columns or not all(ideographs(t) in known.block_headings for t in texts):
            continue
        middles = [_middle(of) for of in columns]
        reach = min((pitch(middles) if len(middles) > 1 else 2 * (middles[0] - first.right)) / 2, 90.0)
        bottom = max(w.bottom for w in [first, *head])
        cells = [GridCell(first.text, 0, 0, page=page)]
        cells += [GridCell(t, 0, k, page=page) for k, t in enumerate(texts, start=1)]
        row = 0
        for line in lines:
            label = next((w for w in line if w.right < middles[0] - reach / 2 and ideographs(w.text)), None)
            if label is None or not bottom < label.y < end:
                continue
            if not known.is_block_label(label.text):
                break
            row += 1
            cells.append(GridCell(label.text, row, 0, page=page, box=_box([label])))
            cells += _figures([w for w in line if w.left > label.right], middles, reach, row, 1, page)
        if row:
            grids.append(cells)
    return grids


def _proceedings(words: Sequence[Word], first: Word, page: int, known: Known) -> list[GridCell]:
    """Table 4 below its first heading: fifteen headings and one row of figures; empty where not all are found."""
    if ideographs(first.text) != _PROCEEDINGS[0]:
        return []
    if not any(ideographs(w.text) == _PROCEEDINGS[1] and abs(w.y - first.y) <= _ROW for w in words):
        return []
    below = [w for w in words if first.top - 1 <= w.top <= first.bottom + _DEEP]
    figures = [w for w in below if is_figure(w) and w.top > first.bottom]
    last = min((w.top for w in figures), default=first.bottom + _DEEP)
    heads = [w for w in below if w.bottom <= last + 1 and ideographs(w.text) not in ("", *_ABOVE)]
    columns = across(heads)
    texts = ["".join(w.text for w in sorted(of, key=lambda w: w.y)) for of in columns]
    if len(texts) != len(known.outcomes) or not figures:
        return []
    if not all(ideographs(t) in spellings for t, spellings in zip(texts, known.outcomes, strict=True)):
        return []
    bottom = max(w.bottom for w in heads)
    line = [w for w in figures if bottom - 1 <= w.top <= bottom + _BELOW]
    others = [w for w in words if bottom < w.y < bottom + _BELOW and not is_figure(w)]
    level = [w for w in others if line and abs(w.y - line[0].y) <= _ROW / 2]
    if not line or max(w.y for w in line) - min(w.y for w in line) > _ROW / 2:
        return []
    middles = [_middle(of) for of in columns]
    cells = [GridCell(_PROCEEDINGS[0] + texts[0], 0, 0, page=page)]
    cells += [GridCell(t, 0, k, page=page) for k, t in enumerate(texts) if k]
    return [*cells, *_figures([*line, *level], middles, pitch(middles) / 2, 1, 0, page)]


def _figures(
    words: Sequence[Word], middles: Sequence[float], reach: float, row: int, first: int, page: int
) -> list[GridCell]:
    """A row's cells from its words; a word between two columns makes both unreadable."""
    held: list[list[Word]] = [[] for _ in middles]
    unsure: set[int] = set()
    for word in sorted(words, key=lambda w: w.x):
        column = column_at(word, middles, reach)
        near = sorted(range(len(middles)), key=lambda n: abs(word.x - middles[n]))[:2]
        if column is None:
            unsure.update(near)
        held[near[0]].append(word)
    return [
        GridCell(
            "\n".join(w.text for w in of) + ("？" if k in unsure else ""),
            row,
            first + k,
            page=page,
            box=_box(of) if of else None,
        )
        for k, of in enumerate(held)
    ]


def _middle(words: Sequence[Word]) -> float:
    return (min(w.left for w in words) + max(w.right for w in words)) / 2


def _box(words: Sequence[Word]) -> tuple[float, float, float, float]:
    return (
        round(min(w.left for w in words), 1),
        round(min(w.top for w in words), 1),
        round(max(w.right for w in words), 1),
        round(max(w.bottom for w in words), 1),
    )
