"""Sentences of parts one, five and six with what they state, keyed by hand (例句标注).

``python -m tests.gold.test_sentences`` prints precision and recall and every miss. A claim that a sentence does not
state fails whatever the share; the floor of recall is only ever raised.
"""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

from gipa_pipeline.extract.prose.narrative import KINDS, claims_of
from gipa_pipeline.model import SectionText

SENTENCES = json.loads((Path(__file__).parent / "prose_sentences.json").read_text("utf-8"))
RECALL = 0.98
_YEAR = SectionText(1, "一、总体情况", "2023年，本机关认真落实条例。", 0)
"""What part one says first: the year that the sentences are about."""

Told = Counter[tuple[str, Decimal]]


def told(text: str, part: int) -> Told:
    """The claims of a sentence in a report on 2023."""
    return Counter((c.kind, c.value) for c in claims_of([_YEAR, SectionText(part, "", text, 0)]))


def compared() -> list[tuple[str, Told, Told, Told]]:
    """Each sentence with what is told rightly, wrongly, and not."""
    rows = []
    for sentence in SENTENCES:
        stated = Counter((kind, Decimal(value)) for kind, value in sentence["claims"])
        found = told(sentence["text"], sentence["part"])
        rows.append((sentence["text"], found & stated, found - stated, stated - found))
    return rows


def test_nothing_is_claimed_that_a_sentence_does_not_state() -> None:
    assert [(text, wrong) for text, _, wrong, _ in compared() if wrong] == []


def test_what_sentences_state_is_found_as_well_as_before() -> None:
    rows = compared()
    right, missed = (sum(sum(row[n].values()) for row in rows) for n in (1, 3))
    assert right + missed >= 200
    assert right / (right + missed) >= RECALL, [(row[0], row[3]) for row in rows if row[3]]


def test_the_sentences_are_of_every_kind_and_some_state_nothing() -> None:
    kinds = Counter(kind for sentence in SENTENCES for kind, _ in sentence["claims"])
    assert set(KINDS) - set(kinds) <= {"channel_other", "channel_joint", "share_of_answered"}
    assert sum(not sentence["claims"] for sentence in SENTENCES) >= 30
    assert len({sentence["text"] for sentence in SENTENCES}) == len(SENTENCES) >= 140


if __name__ == "__main__":
    table = compared()
    good, bad, lost = (sum(sum(row[n].values()) for row in table) for n in (1, 2, 3))
    print(f"precision {good / (good + bad):.4f}  recall {good / (good + lost):.4f}  of {good + lost} claims")
    for sentence_text, _, extra, missing in table:
        if extra or missing:
            print(sentence_text, "| wrong", dict(extra), "| missed", dict(missing))
