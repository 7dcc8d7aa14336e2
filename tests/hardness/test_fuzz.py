"""A fixed slice of the broken documents; the whole run is ``python -m tests.hardness.fuzz``."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.pdf import read_pdf
from gipa_pipeline.extract.reading import read_document
from tests.generator import LAYOUTS, make_report
from tests.hardness.fuzz import wrong_in
from tests.hardness.inputs import broken, mutations_for
from tests.hardness.mutations import HEAVY

QUICK = ("html", "text", "markdown", "docx", "xlsx", "pdf")
READ = {"docx": "docx", "xlsx": "xlsx", "pdf": "pdf", "html": "html", "text_tabs": "txt"}


def test_broken_documents_give_a_value_a_status_or_an_error() -> None:
    states = set()
    wrong = []
    for number in range(60):
        name, data = broken(9, number, HEAVY, QUICK)
        if name.endswith(".pdf") and data.startswith(b"%PDF"):
            # Not by way of recognition, which takes seconds a page.
            with suppress(UnreadableDocument):
                assert read_pdf(data).medium == "pdf"
            continue
        reading = read_document(data, name)
        states.add(reading.error[0] if reading.error else reading.state)
        wrong += [f"{name}: {what}" for what in wrong_in(reading)]
    assert wrong == []
    assert {"read", "not_a_report", "broken"} <= states


@pytest.mark.parametrize("layout", sorted(READ))
def test_every_mutation_changes_its_document(layout: str) -> None:
    document = LAYOUTS[layout](make_report(Random(1), 2023), Random(1))
    same = []
    for name, mutation in mutations_for(document.name).items():
        if name not in HEAVY:
            # Some have no occasion in some media (no tags in a text): one of a few tries must tell.
            same += (
                [name] if all(mutation(document.data, Random(n)) == document.data for n in range(4)) else []
            )
    assert set(same) <= {
        "tags_deleted",
        "tags_doubled",
        "vast_spans",
        "nested_everywhere",
        "glued_digits",
        "moved_table",
    }


def test_documents_are_the_same_for_the_same_seed() -> None:
    assert [broken(3, n, HEAVY, QUICK) for n in range(6)] == [broken(3, n, HEAVY, QUICK) for n in range(6)]


def test_a_page_whose_size_is_no_number_is_read_by_the_first_library_alone() -> None:
    document = LAYOUTS["pdf_unruled"](make_report(Random(1), 2023), Random(1))
    broken_box = document.data.replace(b"595.2756", b"59/c.2756"[:8])
    assert broken_box != document.data
    assert list(wrong_in(read_document(broken_box, document.name, prose=False))) == []
