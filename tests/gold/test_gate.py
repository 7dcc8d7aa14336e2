"""The gate: reading may only get better (准确率门槛).

``floors.json`` pins, by layout, the share of cells read right on documents with known truth. A floor is only
ever raised: ``python -m tests.gold.test_gate`` prints the present figures. A wrong number that no status
and no finding announces fails the gate whatever the share.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.samples import sample_registry
from tests.generator import FAULTS, LAYOUTS, generate
from tests.gold.measure import measure

SEED, COUNT = 20261, 24
HERE = Path(__file__).parent
FLOORS = json.loads((HERE / "floors.json").read_text("utf-8"))
QUICK = sorted(set(FLOORS) & set(LAYOUTS))


def test_every_quick_layout_has_a_floor() -> None:
    assert set(FLOORS) <= set(LAYOUTS)
    assert len(FLOORS) >= 27


@pytest.mark.parametrize("layout", QUICK)
def test_layout_is_read_as_well_as_before(layout: str) -> None:
    documents = generate(SEED, COUNT, layouts=[layout], faults=tuple(FAULTS))
    score = measure(documents, prose=False)[layout]
    assert score.silent == []
    assert score.accuracy >= FLOORS[layout], score.doubtful[:5]


def test_the_sample_registry_is_read_without_a_miss() -> None:
    truth = json.loads((HERE / "samples_truth.json").read_text("utf-8"))
    folder = sample_registry()
    read = 0
    for key, expected in truth["reports"].items():
        path = folder / expected["document"]
        seen = read_document(path.read_bytes(), path.name)
        assert seen.template == expected["format"], key
        assert (seen.published.isoformat() if seen.published else None) == expected["published"], key
        for cell, value in expected["cells"].items():
            got = seen.cells[cell]
            if got.status == "ambiguous":
                assert cell in expected["ambiguous"], (key, cell)
            else:
                assert (None if got.value is None else float(got.value)) == value, (key, cell, got)
        read += 1
    assert read >= 30


if __name__ == "__main__":
    for name in QUICK or sorted(LAYOUTS):
        found = measure(generate(SEED, COUNT, layouts=[name], faults=tuple(FAULTS)), prose=False)[name]
        print(f'"{name}": {found.accuracy:.6f},', len(found.silent), "silent")
