from __future__ import annotations

import itertools
import json
import re
import unicodedata
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from random import Random

import docx
import openpyxl
import pypdfium2
import pytest

from expectations.forms import load_form
from tests.generator import (
    FAULTS,
    LAYOUTS,
    YEAR_FAULTS,
    NotApplicable,
    broken_identities,
    expected,
    generate,
    make_report,
    pages,
    with_fault,
)
from tests.generator.__main__ import main
from tests.generator.layouts.runs import cuts, summing, ways
from tests.generator.names import credit_code_is_valid, make_body
from tests.generator.numbers import SIZES, make_cells
from tests.generator.truth import Report, plain

IDENTITIES = ("R01", "K01", "K02", "L01", "L02", "L03")
UNPRINTED = {"html_images"}
"""Layouts that do not show the tables."""
CONVERTED = {"html_traditional", "text_pinyin"}
"""Layouts in other characters."""


@pytest.mark.parametrize("edition", ["2019", "2021"])
@pytest.mark.parametrize("size", list(SIZES))
def test_invented_figures_keep_every_identity_of_the_form(edition: str, size: str) -> None:
    for seed in range(20):
        rng = Random(seed)
        first = make_cells(rng, edition, size)
        second = make_cells(rng, edition, size, first)
        for cells in (first, second):
            assert set(cells) == set(load_form(edition).cells)
            assert broken_identities(edition, cells) == ()
        for column in load_form(edition).columns:
            assert second[f"t3.carried_in.{column.key}"] == first[f"t3.carried_out.{column.key}"]


def test_documents_in_force_carry_on_from_the_year_before() -> None:
    first = make_cells(Random(1), "2021", "county")
    second = make_cells(Random(2), "2021", "county", first)
    issued, repealed, valid = (
        second[f"t2.normative_documents.{k}"] for k in ("issued", "repealed", "in_force")
    )
    assert None not in (issued, repealed)
    assert valid == first["t2.normative_documents.in_force"] + issued - repealed  # type: ignore[operator]


def test_city_figures_reach_the_magnitudes_of_real_reports() -> None:
    many = [make_cells(Random(seed), "2021", "city") for seed in range(30)]
    assert max(len(plain(c["t2.licensing.decisions"])) for c in many) == 8
    assert any("." in plain(c["t2.fees.amount_wan_yuan"]) for c in many)


@pytest.mark.parametrize("seed", range(25))
def test_prose_agrees_with_the_tables(seed: int) -> None:
    report = make_report(Random(seed))
    stated = {s.kind: s.value for s in report.statements}
    cells = report.cells
    assert stated["applications_received"] == cells["t3.new.total"]
    if "applications_answered" in stated:
        assert stated["applications_answered"] == cells["t3.total.total"]
    assert stated["documents_in_force"] == cells["t2.normative_documents.in_force"]
    assert stated["reconsiderations"] == cells["t4.reconsideration.total"]
    channels = [value for kind, value in stated.items() if kind.startswith("channel:")]
    assert not channels or sum(channels) == cells["t3.new.total"]
    text = "".join(report.parts[1])
    for kind, value in stated.items():
        assert str(value) in text or value == 0, kind


def test_credit_codes_have_right_check_signs() -> None:
    for seed in range(50):
        body = make_body(Random(seed))
        assert credit_code_is_valid(body.credit_code)
        assert body.region_code.startswith("99")
        assert body.host.endswith(".example")
        wrong = body.credit_code[:-1] + ("0" if body.credit_code[-1] != "0" else "1")
        assert not credit_code_is_valid(wrong)


def readable(data: bytes, name: str) -> str:
    """A text document without its markup and white space, brackets made narrow."""
    text = data.decode("gb18030" if "gb18030" in name else "utf-8")
    text = unicodedata.normalize("NFKC", text) if name == "text_radicals" else text
    text = re.sub(r"<(script|style|sup)\b.*?</\1>|<!--.*?-->|<[^>]*>", "", text, flags=re.DOTALL)
    for wide, narrow in ("（(", "）)", "，,", "：:"):
        text = text.replace(wide, narrow)
    if name in ("text_commas", "markdown_marked"):
        text = re.sub(r'[",*\\]|<br>', "", text)
    return re.sub(r"[\s|]|&nbsp;", "", text)


def text_layouts() -> list[str]:
    return [
        name for name in LAYOUTS if name.startswith(("html", "text", "markdown")) and name not in UNPRINTED
    ]


def told(text: str) -> list[list[str]]:
    """The figures told of each proceeding of table 4, in order of their size as text."""
    part = text[text.index("四、政府信息公开行政复议") + len("四、政府信息公开行政复议、行政诉讼") :]
    part = part[: part.index("五、")]
    _, *each = re.split("行政复议|未经复议直接起诉|复议后起诉", part)
    assert len(each) in (3, 15)  # a paragraph or a row for each proceeding, or a line for each figure
    told = [sorted(re.findall(r"\d+", piece)) for piece in each]
    if len(each) == 3:
        return told
    return [sorted(itertools.chain(*told[start : start + 5])) for start in (0, 5, 10)]


@pytest.mark.parametrize("edition", ["2019", "2021"])
@pytest.mark.parametrize("name", text_layouts())
def test_a_layout_prints_every_value_in_its_place(name: str, edition: str) -> None:
    report = make_report(Random(11), 2020 if edition == "2019" else 2023, size="county", edition=edition)
    text = readable(LAYOUTS[name](report, Random(3)).data, name)
    rows = [
        "".join(report.text(f"t3.{row.key}.{c.key}") for c in report.form.columns) for row in report.form.rows
    ]
    place = text.index("三、收到和" if name in CONVERTED else "三、收到和处理政府信息公开申请情况")
    for run in rows:
        place = text.index(run, place) + len(run)
    proceedings = [report.text(cell) for cell in report.form.table_cells("t4")]
    if name == "text_told":
        assert told(text[place:]) == [sorted(proceedings[start : start + 5]) for start in (0, 5, 10)]
    else:
        assert "".join(proceedings) in text[place:]
    for row in (r for block in report.form.blocks for r in block.rows):
        assert name in CONVERTED or row.label in text


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_the_same_seed_gives_the_same_bytes(name: str) -> None:
    first, second = (LAYOUTS[name](make_report(Random(5)), Random(6)) for _ in range(2))
    assert first == second
    assert first.layout == name
    assert len(first.data) > 2_000


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_a_word_document_holds_the_grid(edition: str) -> None:
    report = make_report(Random(11), 2023, size="county", edition=edition)
    tables = docx.Document(BytesIO(LAYOUTS["docx"](report, Random(3)).data)).tables
    rows = [[cell.text for cell in row.cells] for row in tables[1].rows[3:]]
    for row, line in zip(rows, report.form.rows, strict=True):
        assert row[3:] == [report.text(f"t3.{line.key}.{c.key}") for c in report.form.columns]
    assert [c.text for c in tables[2].rows[-1].cells] == [
        report.text(c) for c in report.form.table_cells("t4")
    ]


def test_a_workbook_holds_figures_as_numbers() -> None:
    report = make_report(Random(11), 2023, size="county")
    sheet = openpyxl.load_workbook(BytesIO(LAYOUTS["xlsx"](report, Random(3)).data)).active
    rows = {row[0]: row for row in sheet.iter_rows(values_only=True) if row[0]}
    assert list(rows["一、本年新收政府信息公开申请数量"][3:10]) == [
        report.cells[f"t3.new.{c.key}"] for c in report.form.columns
    ]


@pytest.mark.parametrize("name", ["pdf", "pdf_whole"])
def test_a_pdf_has_a_text_layer_with_every_row(name: str) -> None:
    report = make_report(Random(11), 2023, size="county")
    pages_ = pypdfium2.PdfDocument(LAYOUTS[name](report, Random(3)).data)
    text = " ".join("".join(page.get_textpage().get_text_range() for page in pages_).split())
    for row in report.form.rows:
        assert " ".join(report.text(f"t3.{row.key}.{c.key}") for c in report.form.columns) in text
    assert len(pages_) >= 3


def test_pictures_show_no_figures() -> None:
    document = LAYOUTS["html_images"](make_report(Random(1), size="county"), Random(1))
    assert document.state == "table_absent"
    assert document.missing == set(document.report.cells)
    assert b"<img" in document.data
    assert "本年新收" not in document.data.decode()


def test_asking_for_more_documents_leaves_the_first_ones_as_they_were() -> None:
    few, more = list(generate(9, 4)), list(generate(9, 12))
    assert more[:4] == few


def changed_cells(report: Report) -> set[str]:
    return {cell for mistake in report.mistakes for cell in mistake.right}


@pytest.mark.parametrize("name", [*FAULTS, *YEAR_FAULTS])
def test_a_fault_leaves_exactly_the_trace_it_names(name: str) -> None:
    for seed in range(6):
        report = with_fault(Random(f"{name}{seed}"), name)
        assert len(report.mistakes) == 1
        mistake = report.mistakes[0]
        broken = broken_identities(report.edition, report.cells)
        rules = {identity.split(":")[0] for identity in broken}
        if mistake.rule in IDENTITIES:
            assert mistake.rule in rules
            touched = {c for i in report.form.identities if i.name in broken for c in i.cells}
            assert set(mistake.cells) <= touched
        else:
            assert not broken, "a fault of another kind must leave the sums alone"
        assert all(report.cells[cell] != mistake.right[cell] for cell in changed_cells(report))
        assert set(mistake.cells) <= set(report.form.cells)


def test_a_misplaced_case_breaks_two_columns_by_opposite_amounts() -> None:
    report = with_fault(Random(4), "misplaced_case")
    broken = [i for i in report.form.identities if i.name in broken_identities(report.edition, report.cells)]
    assert [i.rule for i in broken] == ["K01", "K01"]
    gaps = [sum(report.cells[c] for c in i.left) - sum(report.cells[c] for c in i.right) for i in broken]  # type: ignore[misc]
    assert sum(gaps) == 0


def test_a_fault_without_occasion_says_so() -> None:
    silent = make_report(Random(1), size="silent")
    with pytest.raises(NotApplicable):
        FAULTS["misplaced_case"](silent, Random(1))


def test_runs_are_cut_in_every_possible_way() -> None:
    assert set(cuts("3746", 3)) == {("3", "7", "46"), ("3", "74", "6"), ("37", "4", "6")}
    assert list(cuts("000", 3)) == [("0", "0", "0")]
    assert ("157", "8", "0", "0", "1", "11", "177") in summing("157800111177", 7)
    assert summing("3000003", 7) == [("3", "0", "0", "0", "0", "0", "3")]
    assert ways("300250003300022", 3, 5) == 1


def test_a_glued_report_says_what_it_leaves_open() -> None:
    report = make_report(Random(2), size="county")
    document = LAYOUTS["text_glued"](report, Random(2))
    texts = [report.text(f"t2.normative_documents.{key}") for key in ("issued", "repealed", "in_force")]
    assert len(list(cuts("".join(texts), 3))) > 1
    assert "t2.normative_documents.issued" in document.ambiguous
    assert "t2.licensing.decisions" not in document.ambiguous


def test_the_truth_file_has_the_shape_of_the_hand_read_ones() -> None:
    document = next(generate(1, 1))
    truth = expected(document)
    assert {"document", "format", "year", "agency", "published", "cells", "ambiguous"} <= set(truth)
    assert set(truth["cells"]) == set(load_form(truth["format"]).cells)
    for cell, value in document.report.cells.items():
        assert value is not None
        assert Decimal(str(truth["cells"][cell])) == value


def test_pages_have_the_size_of_real_ones() -> None:
    sizes = [len(document.data) for document in pages(4, 1)]
    assert all(55_000 < size < 215_000 for size in sizes)
    assert len(set(sizes)) == 4


def test_the_command_writes_documents_with_their_truth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [
        "--seed",
        "3",
        "--count",
        "3",
        "--out",
        str(tmp_path),
        "--layout",
        "markdown",
        "--fault",
        "late",
    ]
    monkeypatch.setattr("sys.argv", ["generator", *arguments])
    main()
    documents = sorted(path for path in tmp_path.iterdir() if path.is_file())
    truths = [
        json.loads((tmp_path / "expected" / f"{path.name}.json").read_text("utf-8")) for path in documents
    ]
    assert len(documents) == 3
    assert [len(truth["mistakes"]) for truth in truths] == [0, 1, 0]
    assert [truth["document"] for truth in truths] == [path.name for path in documents]
