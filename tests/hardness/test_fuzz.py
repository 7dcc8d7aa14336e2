"""A fixed slice of the broken documents; the whole run is ``python -m tests.hardness.fuzz``."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from random import Random

import pytest

from expectations.forms import load_form
from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.html import read_html
from gipa_pipeline.extract.media.kinds import medium_of
from gipa_pipeline.extract.media.pdf import read_pdf
from gipa_pipeline.extract.reading import read_document
from tests.generator import LAYOUTS, make_report
from tests.hardness.fuzz import wrong_in
from tests.hardness.inputs import broken, mutations_for
from tests.hardness.mutations import HEAVY
from tests.hardness.packages import packed_again, parts_of

QUICK = ("html", "text", "markdown", "docx", "xlsx", "pdf")
READ = {"docx": "docx", "xlsx": "xlsx", "pdf": "pdf", "html": "html", "text_tabs": "txt"}


@pytest.mark.parametrize("layout", ["text_bar_rows", "text_tabs", "text_lines", "markdown", "html"])
@pytest.mark.parametrize("digit", ["9", "一"])
def test_figures_longer_than_python_reads_leave_their_cells_open(layout: str, digit: str) -> None:
    report = make_report(Random(4), 2024, size="department", edition="2021")
    long = {c: digit * 5000 for c in report.cells if c.startswith("t3.") and c.endswith(".total")}
    report = replace(report, printed=long)
    document = LAYOUTS[layout](report, Random(4))
    reading = read_document(document.data, document.name)
    assert not list(wrong_in(reading))
    assert not [c for c, r in reading.cells.items() if c in long and r.value is not None]


def test_a_dropped_column_of_totals_is_looked_for_among_figures_that_python_reads() -> None:
    report = make_report(Random(4), 2024, size="department", edition="2021")
    rows = load_form("2021").rows
    blank = {f"t3.{row.key}.total": "" for row in rows} | {f"t3.{row.key}.other": "9" * 5000 for row in rows}
    document = LAYOUTS["text_bar_rows"](replace(report, printed=blank), Random(4))
    reading = read_document(document.data, document.name)
    assert reading.state == "read"
    assert not [c for c in blank if reading.cells[c].value is not None]


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


def _deep(depth: int, inner: bytes) -> bytes:
    return b"<html>" + b"<div>" * depth + inner + b"</div>" * depth


def test_what_an_ancestor_hides_is_not_shown_however_deep() -> None:
    inner = b"<table><tr><td>1</td><td>2</td></tr></table>" + "本年新收".encode()
    assert len(read_html(_deep(300, inner * 3)).grids) == 3
    hidden = _deep(5, b"<div style='display:none'>" + _deep(300, inner) + b"</div>" + inner)
    assert [g.cells[0].text for g in read_html(hidden).grids] == ["1"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "rules",
            b"<html><style>" + b".a .c{display:none}" * 900 + b"</style>" + b"<a class='a c'>1</a>" * 900,
        ),
        ("text", b"<html><p>" + "政".encode() * 4_000_001),
        (
            "archive",
            b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n" + b"multipart/" * 30,
        ),
    ],
)
def test_what_is_without_measure_is_refused_before_it_is_looked_at(name: str, data: bytes) -> None:
    reading = read_document(data, name)
    assert reading.error is not None
    assert reading.error[0] == "too_large"


def test_a_word_part_without_measure_is_refused() -> None:
    parts = parts_of(LAYOUTS["docx"](make_report(Random(1), 2023), Random(1)).data)
    body = parts["word/document.xml"]
    parts["word/document.xml"] = body.replace(b"<w:body>", b"<w:body>" + b"<w:p></w:p>" * 500_001)
    reading = read_document(packed_again(parts), "a.docx")
    assert reading.error is not None
    assert reading.error[0] == "too_large"


@pytest.mark.parametrize("page", [b"", b"  \r\n", b"\x00", b"<!---->"])
def test_an_archive_of_no_page_is_broken_and_no_crash(page: bytes) -> None:
    head = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
    reading = read_document(head + page + b"\r\n--b--\r\n", "a.mht")
    assert reading.error is not None
    assert reading.error[0] == "broken"


def test_a_head_that_is_almost_an_archives_is_looked_at_once() -> None:
    head = b"MIME-Version: 1.0\r\nX-Content-Type: multipart/related\r\n" + b"A: b\r\n" * 400
    assert read_document(head + "本年新收".encode(), "a.txt").state == "not_a_report"
    assert medium_of(head.replace(b"X-", b"") + b"\r\n") == "mhtml"


@pytest.mark.parametrize("sign", ["①", "²", "⒈", "٣"])
def test_digits_that_are_no_decimal_figures_end_no_reader(sign: str) -> None:
    for layout in ("text_bar_cells", "text_bar_rows", "text_lines", "text_tabs", "text_glued"):
        text = LAYOUTS[layout](make_report(Random(3), 2023), Random(3)).data.decode()
        for share in (3, 40):
            rng = Random(share)
            changed = "".join(c + sign if rng.randrange(share) == 0 else c for c in text)
            assert list(wrong_in(read_document(changed.encode(), layout, prose=False))) == []
