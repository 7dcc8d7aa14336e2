"""The same prose in two units' reports (雷同): S11 between units, and what both comparisons share.

Names, numbers and what every report says are taken out first; what is left is compared by overlapping pieces.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from gipa_pipeline.extract.fold import fold
from gipa_pipeline.normalize.identity import core
from gipa_pipeline.validate.subject import Subject

PIECE = 8
"""Characters of a piece."""
LEAST = 300
"""Characters that a text must have to be compared at all."""
_SAMPLED = 24
"""One piece in about so many is put into the index by which candidates are found."""
_NEAR = 0.6
"""A sample says roughly how alike two texts are; this part of the share is enough to compare them in full."""
_COMMON = 40
"""A piece that more units than these have is a turn of phrase of all, and finds no candidate."""
_CANDIDATES = 3
"""How many units are compared in full with one."""
_NOISE = re.compile(r"[\s\d,。、;:.()《》“”%]+")


@dataclass(frozen=True, slots=True)
class Twin:
    """Another unit of the year whose prose is much the same: its name, and the share of pieces."""

    name: str
    share: float


def prose(subject: Subject) -> str:
    """Parts one and five without spaces, numbers, signs and the unit's own names."""
    text = fold("".join(s.text for s in subject.sections if s.part in (1, 5)))
    names = [n for n in (subject.agency, subject.unit.name if subject.unit else None) if n]
    names += [*subject.unit.aliases] if subject.unit else []
    own = {n for name in names for n in (fold(name), core(name)) if len(n) > 1}
    for name in sorted(own, key=len, reverse=True):
        text = text.replace(name, "")
    return _NOISE.sub("", text)


def pieces(text: str) -> frozenset[str]:
    """Every piece of a text; none of one that is too short to be compared."""
    if len(text) < LEAST:
        return frozenset()
    return frozenset(text[i : i + PIECE] for i in range(len(text) - PIECE + 1))


def likeness(ours: frozenset[str], theirs: frozenset[str]) -> float:
    """The share of our pieces that the other text has as well; 0 when either is too short."""
    return len(ours & theirs) / len(ours) if ours and theirs else 0.0


def twins(subjects: Mapping[str, Subject], share: float) -> dict[str, Twin]:
    """For each unit the one whose prose is most alike, where the share of pieces is reached both ways.

    Of each text only a sample of pieces is kept, so that a year of ten thousand reports takes seconds and some tens
    of megabytes; two units that share enough of it are compared in full.

    Args:
        subjects: the year's reports by unit.
        share: from which share on two texts are held to be alike.
    """
    texts = {u: text for u, subject in subjects.items() if len(text := prose(subject)) >= LEAST}
    samples = {unit: _sample(text) for unit, text in texts.items()}
    index: dict[int, list[str]] = {}
    # Texts that are the same to the letter need no index, and many copies of one would drown in it.
    same: dict[str, list[str]] = {}
    for unit, text in texts.items():
        same.setdefault(text, []).append(unit)
        for piece in samples[unit]:
            index.setdefault(piece, []).append(unit)
    found = {}
    for unit, text in texts.items():
        copies = [u for u in same[text][:2] if u != unit]
        if copies:
            found[unit] = Twin(_name(subjects[copies[0]]), 1.0)
            continue
        ours = frozenset[str]()
        best = (0.0, "")
        for other in _candidates(unit, samples[unit], index, share):
            ours = ours or pieces(text)
            best = max(best, (_both(ours, pieces(texts[other])), other))
        if best[0] >= share:
            found[unit] = Twin(_name(subjects[best[1]]), best[0])
    return found


def _sample(text: str) -> frozenset[int]:
    """Pieces that begin with one character in so many, as numbers: the same in every text they stand in."""
    places = (i for i, c in enumerate(text[: len(text) - PIECE + 1]) if ord(c) % _SAMPLED == 0)
    return frozenset(hash(text[i : i + PIECE]) for i in places)


def _candidates(unit: str, of: frozenset[int], index: Mapping[int, list[str]], share: float) -> list[str]:
    """The units that share the most of a sample, unless they share far too little of it."""
    shared: Counter[str] = Counter()
    rare = [holders for piece in of if len(holders := index[piece]) <= _COMMON]
    for holders in rare:
        shared.update(holders)
    del shared[unit]
    enough = (u for u, n in shared.items() if n >= _NEAR * share * len(rare))
    return sorted(enough, key=lambda u: (-shared[u], u))[:_CANDIDATES]


def _both(ours: frozenset[str], theirs: frozenset[str]) -> float:
    return min(likeness(ours, theirs), likeness(theirs, ours))


def _name(subject: Subject) -> str:
    return subject.unit.name if subject.unit else subject.unit_id
