"""The same prose in two units' reports (雷同): S11 between units, and what both comparisons share.

Names, numbers and what every report says are taken out first; what is left is compared by overlapping pieces.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zlib import crc32

from gipa_pipeline.extract.fold import fold
from gipa_pipeline.normalize.identity import core
from gipa_pipeline.validate.subject import Subject

PIECE = 8
"""Characters of a piece."""
LEAST = 300
"""Characters that a text must have to be compared at all."""
_SAMPLED = 16
"""One piece in so many is put into the index by which candidates are found."""
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

    Args:
        subjects: the year's reports by unit.
        share: from which share on two texts are held to be alike.
    """
    texts = {unit: prose(subject) for unit, subject in subjects.items()}
    made = {unit: pieces(text) for unit, text in texts.items()}
    index: dict[str, list[str]] = {}
    for unit, of in made.items():
        for piece in of:
            if crc32(piece.encode()) % _SAMPLED == 0:
                index.setdefault(piece, []).append(unit)
    # Texts that are the same to the letter need no index, and many copies of one would drown in it.
    same: dict[str, list[str]] = {}
    for unit, text in texts.items():
        if made[unit]:
            same.setdefault(text, []).append(unit)
    found = {}
    for unit, of in made.items():
        others = [u for u in same.get(texts[unit], []) if u != unit][:1] or _candidates(unit, of, index)
        best = max(((_both(of, made[u]), u) for u in others), default=(0.0, ""))
        if best[0] >= share:
            found[unit] = Twin(_name(subjects[best[1]]), best[0])
    return found


def _candidates(unit: str, of: Iterable[str], index: Mapping[str, list[str]]) -> list[str]:
    shared: Counter[str] = Counter()
    for piece in of:
        holders = index.get(piece, ())
        if len(holders) <= _COMMON:
            shared.update(u for u in holders if u != unit)
    return [u for u, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:_CANDIDATES]]


def _both(ours: frozenset[str], theirs: frozenset[str]) -> float:
    return min(likeness(ours, theirs), likeness(theirs, ours))


def _name(subject: Subject) -> str:
    return subject.unit.name if subject.unit else subject.unit_id
