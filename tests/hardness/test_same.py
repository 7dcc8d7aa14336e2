"""A fixed slice of the documents whose figures stay; the whole run is ``python -m tests.hardness.same``."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.extract.tables.placement import _cut
from gipa_pipeline.extract.tables.zones import Item
from tests.generator import LAYOUTS, Document, make_report
from tests.hardness.same import KEEP, kept, run, wrong_now


def _document(layout: str) -> Document:
    return LAYOUTS[layout](make_report(Random(11), 2023, edition="2021"), Random(2))


def test_no_figure_turns_wrong_unsaid() -> None:
    done, wrong = run(7, 30)
    assert wrong == []
    assert sum(done.values()) > 40
    assert any(name.startswith("one figure") for name in done)


def test_a_wrong_figure_would_be_told() -> None:
    made = _document("html")
    before = dict(read_document(made.data, made.name, prose=False).cells)
    total = before["t3.new.total"]
    assert total.raw is not None
    figure = f">{total.raw}<".encode()
    assert figure in made.data
    changed = Document(
        made.name, made.data.replace(figure, b">987654<"), made.media_type, made.layout, made.report
    )
    told = list(wrong_now(made, before, changed))
    assert any(line.startswith("t3.new.total: reported 987654") for line in told)


@pytest.mark.parametrize("kind", sorted(KEEP))
def test_every_change_is_made(kind: str) -> None:
    document = _document({"page": "html", "text": "markdown", "word": "docx"}[kind])
    names = {kept(document, Random(n))[1] for n in range(60)}
    assert {name for joined in names for name in joined.split("-")} == set(KEEP[kind])


@pytest.mark.parametrize("layout", ["text_tabs", "markdown", "markdown_repeated", "html"])
def test_a_row_with_a_cell_dropped_is_left_open(layout: str) -> None:
    document = _document(layout)
    text = document.data.decode()
    head, label, rest = text.partition("2.没有现成信息需要另行制作")
    assert label
    old = {"html": "</td>", "text_tabs": "\t"}.get(layout, "|")
    # The label's own closing, then the first figure with its own.
    first = rest.index(old) + len(old)
    second = rest.index(old, first) + len(old)
    dropped = head + label + rest[:first] + rest[second:]
    cells = read_document(dropped.encode(), document.name, prose=False).cells
    for column in ("natural_person", "commercial_enterprise", "total"):
        cell = f"t3.unable_needs_creation.{column}"
        if cells[cell].value is not None:
            assert cells[cell].value == document.report.cells[cell]


def test_what_the_hidden_attribute_keeps_from_visitors_is_not_read() -> None:
    document = _document("html")
    before = read_document(document.data, document.name, prose=False).cells["t3.new.total"]
    assert before.raw is not None
    hidden = document.data.replace(f">{before.raw}<".encode(), f"><b hidden>9</b>{before.raw}<".encode())
    after = read_document(hidden, document.name, prose=False).cells["t3.new.total"]
    assert after.value == before.value == Decimal(before.raw)


def test_a_run_without_measure_is_no_number() -> None:
    run_of_digits = "-" + "8" * 40
    filling = _cut([Item(run_of_digits, 0, len(run_of_digits))], 3, None)
    assert (filling.how, filling.options, filling.unread_items) == ("unread", [], True)
    assert _cut([Item("022", 0, 3)], 3, None).options == [(0, 2, 2)]
