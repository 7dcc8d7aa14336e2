"""How well documents with known truth are read, layout by layout.

``python -m tests.gold.measure --seed 7 --count 40`` prints a table; the gate calls ``measure``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import Reading
from tests.generator import FAULTS, LAYOUTS, Document, generate


@dataclass
class Score:
    """What happened to the cells of one layout's documents."""

    documents: int = 0
    cells: int = 0
    right: int = 0
    left_open: int = 0
    silent: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def accuracy(self) -> float:
        """Share of the readable cells that were given with their true value or as a true blank."""
        return self.right / self.cells if self.cells else 1.0


def measure(documents: Iterable[Document], *, prose: bool = True) -> dict[str, Score]:
    """Read documents and compare with their truth, by layout."""
    scores: dict[str, Score] = {}
    for document in documents:
        score = scores.setdefault(document.layout, Score())
        began = time.perf_counter()
        reading = read_document(document.data, document.name, prose=prose)
        score.seconds += time.perf_counter() - began
        score.documents += 1
        _cells(document, reading, score)
        if prose:
            _facts(document, reading, score)
    return scores


def _cells(document: Document, reading: Reading, score: Score) -> None:
    truth = document.report.cells
    if document.state != "read":
        if reading.cells:
            score.silent.append(f"{document.name}: cells out of a document without tables")
        return
    for cell, value in truth.items():
        seen = reading.cells.get(cell)
        score.cells += 1
        if cell in document.missing and (seen is None or seen.status in ("missing", "blank")):
            score.right += 1
        elif seen is None or seen.status in ("missing", "unreadable", "ambiguous"):
            if cell in document.ambiguous:
                score.right += 1
                score.left_open += 1
            elif seen is not None and seen.status == "unreadable" and cell in document.report.printed:
                score.right += 1
            else:
                status = seen.status if seen else "absent"
                score.doubtful.append(
                    f"{document.name} {cell}: {status}, truth {value}, raw {seen.raw if seen else None!r}"
                )
        elif seen.value == value:
            score.right += 1
        else:
            score.silent.append(
                f"{document.name} {cell}: read {seen.value} ({seen.status}), truth {value}, raw {seen.raw!r}"
            )
    for cell in set(reading.cells) - set(truth):
        if reading.cells[cell].value is not None:
            score.silent.append(
                f"{document.name} {cell}: read {reading.cells[cell].value}, the form has no such cell"
            )


def _facts(document: Document, reading: Reading, score: Score) -> None:
    report = document.report
    stated = {
        "template": report.edition,
        "title": report.title,
        "published": report.published,
        "index_number": report.index_number,
    }
    if document.state != "read":
        stated["template"] = "pre2019" if document.state == "pre2019" else None
    for name, value in stated.items():
        if name in document.unstated:
            value = None
        if (seen := getattr(reading, name)) != value:
            score.facts.append(f"{document.name} {name}: {seen!r}, truth {value!r}")
    state = "read" if document.state == "pre2019" else document.state
    if reading.state != state:
        score.facts.append(f"{document.name} state: {reading.state}, truth {state}")


def main() -> None:
    """Print the table of scores, and the first of each kind of miss."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=5, help="documents a layout")
    parser.add_argument("--layout", action="append")
    parser.add_argument("--clean", action="store_true", help="no planted faults")
    parser.add_argument("--show", type=int, default=3)
    parser.add_argument("--tables", action="store_true", help="tables only, no prose")
    wanted = parser.parse_args()
    faults = () if wanted.clean else tuple(FAULTS)
    print(
        f"{'layout':20}{'docs':>6}{'accuracy':>10}{'silent':>8}{'open':>8}{'doubtful':>10}{'facts':>7}{'ms/doc':>8}"
    )
    for layout in wanted.layout or LAYOUTS:
        documents = generate(wanted.seed, wanted.count, layouts=[layout], faults=faults)
        for name, score in measure(documents, prose=not wanted.tables).items():
            speed = 1000 * score.seconds / score.documents
            print(
                f"{name:20}{score.documents:6}{score.accuracy:10.4%}{len(score.silent):8}{score.left_open / max(1, score.cells):8.2%}"
                f"{len(score.doubtful):10}{len(score.facts):7}{speed:8.1f}"
            )
            for kind in (score.silent, score.doubtful, score.facts):
                for line in kind[: wanted.show]:
                    print("    ", line)


if __name__ == "__main__":
    main()
