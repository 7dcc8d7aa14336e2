"""Headings of another table over table 3's rows: departments, months, years, channels (栏目不是申请人类别).

Units print the rows of table 3 for other purposes too: department by department, month by month, year by year, by
the way an application came in. Such a table has the form's labels and seven columns of figures, which may even add
up, and none of its columns is a kind of applicant: read by place it would give wrong figures without a sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from expectations.forms import Form
from gipa_pipeline.extract.fold import ideographs
from gipa_pipeline.extract.tables.labels import core
from gipa_pipeline.extract.tables.likeness import likeness

_MANY = 4
"""Different headings that name no kind of applicant, from which on the columns are other ones."""
_FEW = 2
"""Kinds of applicants that may stand among them; the form's own head has five, whatever else was lost."""
_ALIKE = 0.4
"""Likeness from which on a heading may be a kind's name in other words, or a piece of it."""
_SHARED = 2
"""Ideographs that it must share with the name."""
_LONGEST = 14
"""Signs of a heading; more is a caption, a sentence or the form's note."""
_ABOVE, _BEFORE, _PIECES = 3, 240, 16
"""Rows above the first one with figures, signs and pieces of text before its label in which headings stand."""
_YEAR = re.compile(r"20\d\d(?:年度?)?")
_NEUTRAL = re.compile("项目|序号|类别|指标|内容|单位|单位件|件|合计|小计|总数|总计|其他|其它|申请人|情况")
_CUT = re.compile(r"[|\t\n]| {2,}|\u3000+")
_CAPTION = re.compile("信息公开|如下|第[一二三四五六]部分")


def strange_columns(texts: Sequence[Sequence[str]], first: int, columns: Iterable[int], form: Form) -> bool:
    """Whether a row above a grid's first row with figures names other things than kinds of applicants.

    Args:
        texts: folded texts by row and column.
        first: the first labelled row with figures.
        columns: the columns that are taken for the form's.
        form: the edition.
    """
    own = list(columns)
    rows = [_told([texts[n][c] for c in own], form) for n in range(max(0, first - _ABOVE), first)]
    kinds = set[str]().union(*(named for _, named in rows))
    # In a sheet that holds tables side by side the form's own head may stand in another row.
    return len(kinds) <= _FEW and any(len(strange) >= _MANY for strange, _ in rows)


def strange_before(folded: str, label: int, form: Form) -> bool:
    """Whether the words right before the first row's label in a text are the headings of other columns."""
    words: list[str] = []
    for piece in reversed(_CUT.split(folded[max(0, label - _BEFORE) : label])[1:]):
        if len(piece.strip()) > _LONGEST or _CAPTION.search(piece) or len(words) >= _PIECES:
            break
        words.append(piece)
    strange, kinds = _told(words, form)
    return len(strange) >= _MANY and len(kinds) <= _FEW


def _told(words: Sequence[str], form: Form) -> tuple[set[str], set[str]]:
    """The headings among some words that name something else than a kind of applicant, and those that may be one."""
    strange: set[str] = set()
    kinds: set[str] = set()
    for text in dict.fromkeys(w.strip() for w in words):
        if _YEAR.fullmatch(text):
            strange.add(text)
            continue
        word = core(text)
        if (
            len(word) < 2
            or len(text) > _LONGEST
            or _NEUTRAL.fullmatch(ideographs(text))
            or _NEUTRAL.fullmatch(word)
        ):
            continue
        if any(_alike(word, kind) for kind in _kinds(form)):
            kinds.add(word)
        else:
            strange.add(word)
    return strange, kinds


def _alike(word: str, kind: str) -> bool:
    """Whether a heading may be a kind's name; one sign in common (公安局, 公民) makes none."""
    like = likeness(word, kind)
    return like >= _ALIKE and like * (len(word) + len(kind)) >= 2 * _SHARED


@cache
def _kinds(form: Form) -> frozenset[str]:
    """The words of the form's headings over its columns, without the two that other tables have as well."""
    named = {core(t) for c in form.columns for t in (c.label, *c.variants, *c.groups)}
    return frozenset(word for word in named | {"申请人情况"} if not _NEUTRAL.fullmatch(word))
