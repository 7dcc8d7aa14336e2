"""Which row of table 3 the words of a grid row name, by exact spelling (行标签识别).

Labels that are near a spelling, or lost, are for ``row_order``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from expectations.forms import Form
from gipa_pipeline.extract.fold import ideographs
from gipa_pipeline.extract.tables.labels import core, label_of


@cache
def row_keys(form: Form) -> dict[str, str]:
    """Label ideographs to row keys; spellings that two rows share are left out."""
    keys: dict[str, str] = {}
    for row in form.rows:
        for key in label_of(row).keys:
            keys[key] = "" if key in keys else row.key
    return {key: row for key, row in keys.items() if row}


def label_of_row(texts: Sequence[str], form: Form) -> str | None:
    """The form row whose label a grid row carries: its last label cell, or all of them joined."""
    words = tuple(t for t in dict.fromkeys(texts) if t and not t.isdigit())
    return _labelled(words, form) if words else None


@lru_cache(maxsize=16384)
def _labelled(texts: tuple[str, ...], form: Form) -> str | None:
    keys = row_keys(form)
    words = [t for t in texts if ideographs(t)]
    if not words:
        return None
    if any(core(text) in _head_words(form) for text in words[:-1]):
        # A heading row: its last word, 总计, is a row's label too.
        return None
    for text in reversed(words):
        if (found := keys.get(core(text))) is not None:
            return found
    joined = ideographs("".join(words))
    for key, row in keys.items():
        if len(key) >= 6 and joined.endswith(key):
            return row
    return None


@cache
def _head_words(form: Form) -> frozenset[str]:
    """Headings that no label of table 3 stands beside: kinds of applicants, outcomes of proceedings."""
    heads = {core(t) for c in (*form.columns, *form.proceedings) for t in (c.label, *c.variants, *c.groups)}
    return frozenset(heads - set(row_keys(form)) - {""})
