"""Which edition of the form a document uses, decided from its cells' labels, never from the notice it cites."""

from __future__ import annotations

from dataclasses import dataclass

from expectations.forms import Form, editions, load_form
from gipa_pipeline.extract.tables.labels import core

_PRE_2019 = (
    "政府信息公开情况统计表",
    "主动公开政府信息数",
    "回应解读情况",
    "依申请公开情况",
    "举报投诉数量",
    "申请办结数",
    "收到申请数",
)
_BUDGET = ("部门预算", "一般公共预算", "三公经费", "收支预算")


@dataclass(frozen=True, slots=True)
class Template:
    """The edition that most labels belong to; ``hybrid`` when labels of another edition stand beside them."""

    name: str | None
    hybrid: bool = False


def template_of(string: str) -> Template:
    """Decide from a document's ideographs.

    ``pre2019`` names the older statistics table (政府信息公开情况统计表, 2014-2018), whose cells are not read.
    """
    scores = {edition: _score(load_form(edition), string) for edition in editions()}
    # Table 3 holds most cells: where its rows tell the edition, an old table 2 beside it does not.
    rows = {edition: _rows_told(load_form(edition), string) for edition in editions()}
    best = max(scores, key=lambda e: (rows[e] > 0, scores[e], _share_of_rows(load_form(e), string), e))
    if scores[best] or _has_table3(load_form(best), string):
        others = [e for e in scores if e != best and scores[e] > 0]
        return Template(best, hybrid=bool(others))
    if _PRE_2019[0] in string or sum(sign in string for sign in _PRE_2019[1:]) >= 3:
        return Template("pre2019")
    return Template(None)


def _score(form: Form, string: str) -> int:
    return sum(core(sign) in string for sign in form.fingerprints)


def _rows_told(form: Form, string: str) -> int:
    """How many fingerprints of the edition that are rows of table 3 stand there."""
    labels = [core(row.label) for row in form.rows]
    return sum(core(f) in string for f in form.fingerprints if any(core(f) in label for label in labels))


def _share_of_rows(form: Form, string: str) -> float:
    """How much of table 3 is there: decides where table 2 is missing and with it most fingerprints."""
    return sum(core(row.label) in string for row in form.rows) / len(form.rows)


def _has_table3(form: Form, string: str) -> bool:
    return core(form.rows[0].label) in string and core(form.rows[-1].label) in string
