"""The broken documents, each a function of a seed and a number, so that a run can stop and go on.

Most are small, and most damage is small too: thousands can be read in a minute. A few are as large as a hostile
sender could make them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random

from gipa_pipeline.extract.media.kinds import MAX_BYTES
from gipa_pipeline.extract.media.package import PACKAGE_ERRORS
from tests.generator import FAULTS, LAYOUTS, NotApplicable, make_report, with_fault
from tests.generator.layouts import SLOW_LAYOUTS, Document
from tests.generator.layouts.converted import OFFICE
from tests.hardness.mutations import ANY, HEAVY, PAGES, PICTURES, Mutation, rubbish
from tests.hardness.packages import PACKAGES
from tests.hardness.pdfs import PDFS

SHARES = {
    "html": 210, "text": 390, "markdown": 200, "docx": 80, "xlsx": 70, "pdf": 25, "ofd": 10, "xls": 15,
}  # fmt: skip
"""Inputs of each medium among a thousand."""
RARE = {"doc": 60, "rtf": 60, "image": 200, "scan": 60}
"""Inputs of each medium that takes seconds to read among a hundred thousand."""
_BASES = 6
"""Documents of each layout that are broken again and again."""
_LAYOUTS = {"image": ("image_strip", "image_tiff"), "scan": ("scan", "docx_pictures")}
_HEAVY_SHARE = 0.02
RECOGNISED = "-seen"
"""In the name of an input whose pictures are recognised; elsewhere the recogniser counts as not installed."""


def mutations_for(name: str) -> dict[str, Mutation]:
    """All mutations that make sense for a file of this name."""
    if name.endswith((".docx", ".xlsx", ".ofd")):
        return ANY | PACKAGES
    if name.endswith(".pdf"):
        return ANY | PDFS
    if name.endswith((".png", ".tif", ".tiff", ".jpg")):
        return ANY | PICTURES
    return dict(ANY) if name.endswith((".xls", ".doc")) else ANY | PAGES


@cache
def _bases(medium: str) -> tuple[Document, ...]:
    """Documents of a medium in all its layouts; old formats only where the office programs are installed."""
    slow = _LAYOUTS.get(medium, (medium,))
    names = [n for n in LAYOUTS if n == medium or n.startswith(f"{medium}_")] or list(slow)
    if medium in ("doc", "rtf", "xls") and OFFICE is None:
        return _bases("text")
    plans = [None, *FAULTS]
    found = []
    for name in names:
        make = LAYOUTS.get(name) or SLOW_LAYOUTS[name]
        for number in range(_BASES if name in LAYOUTS or name == "ofd" else 1):
            rng = Random(f"{name}/{number}/base")
            plan = rng.choice(plans)
            try:
                report = with_fault(rng, plan, 2023) if plan else make_report(rng, 2023)
            except NotApplicable:
                report = make_report(rng, 2023)
            found.append(make(report, rng))
    return tuple(found)


def _medium(rng: Random, media: Sequence[str]) -> str:
    if media:
        return rng.choice(media)
    draw = rng.randrange(100_000)
    for medium, share in RARE.items():
        if draw < share:
            return medium
        draw -= share
    return rng.choices(list(SHARES), weights=list(SHARES.values()))[0]


def broken(
    seed: int, number: int, without: frozenset[str] | set[str] = frozenset(), media: Sequence[str] = ()
) -> tuple[str, bytes]:
    """The name and the bytes of one input.

    Args:
        seed: where chance starts.
        number: which input.
        without: mutations to leave out.
        media: media to take in equal shares; by default all, in the shares above.
    """
    rng = Random(f"{seed}/{number}/hardness")
    medium = _medium(rng, media)
    document = rng.choice(_bases(medium))
    suffix = Path(document.name).suffix
    seen = RECOGNISED if medium in _LAYOUTS else ""
    if rng.random() < 0.02:
        return f"{number:06d}-rubbish{suffix}", rubbish(rng)
    known = {n: m for n, m in mutations_for(document.name).items() if n not in without}
    if rng.random() >= _HEAVY_SHARE:
        known = {n: m for n, m in known.items() if n not in HEAVY}
    data, done = document.data, []
    if rng.random() < 0.06:
        data = _spliced(data, rng)
        done.append("spliced")
    for name in rng.sample(sorted(known), k=rng.choice((1, 1, 2, 3))):
        try:
            changed = known[name](data, rng)
        except (KeyError, StopIteration, *PACKAGE_ERRORS):
            continue  # the package is already too damaged to be opened and changed
        if 0 < len(changed) <= MAX_BYTES:
            data = changed
            done.append(name)
    return f"{number:06d}-{document.layout}-{'-'.join(done) or 'whole'}{seen}{suffix}", data


def _spliced(data: bytes, rng: Random) -> bytes:
    """The beginning of one document and the end of another, of whatever medium."""
    other = rng.choice(_bases(rng.choice(("html", "text", "markdown", "docx")))).data
    return data[: rng.randrange(1, len(data))] + other[rng.randrange(len(other)) :]
