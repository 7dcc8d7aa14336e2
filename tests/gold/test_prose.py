"""How well the prose is read: precision and recall of the claims, by kind, on reports with known prose (正文所述数字).

``python -m tests.gold.test_prose`` prints the present figures and what is missed. A floor is only ever raised.
A claim that the report does not state is a failure whatever the share.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from gipa_pipeline.extract.prose.narrative import KINDS
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import Reading
from gipa_pipeline.registry import Unit
from gipa_pipeline.samples import sample_registry
from gipa_pipeline.validate import check_reading
from tests.generator import Document, generate
from tests.generator.truth import Report

SEED, COUNT = 20263, 300
LAYOUTS = (
    "html",
    "text_glued",
    "markdown",
    "docx",
    "text_lines",
    "html_traditional",
    "text_pinyin",
    "text_bar_rows",
    "html_div",
    "text_lost_signs",
)
FLOORS = {
    "applications_received": 0.99,
    "applications_answered": 0.99,
    "applications_carried_in": 0.99,
    "applications_carried_out": 0.99,
    "channel_in_person": 0.99,
    "channel_letter": 0.99,
    "channel_online": 0.99,
    "applicants_natural": 0.99,
    "applicants_organisations": 0.99,
    "reconsideration_cases": 0.99,
    "litigation_cases": 0.99,
    "normative_issued": 0.99,
    "normative_repealed": 0.99,
    "normative_in_force": 0.99,
    "published_items": 0.99,
    "fee_notices": 0.99,
    "fee_amount": 0.99,
    "share_of_answered": 0.99,
}
RULES = {*(f"N{n:02d}" for n in range(1, 10)), "X01", "X07"}
NAMES = {
    "disclosed_items": "published_items",
    "documents_issued": "normative_issued",
    "documents_repealed": "normative_repealed",
    "documents_in_force": "normative_in_force",
    "reconsiderations": "reconsideration_cases",
    "litigations": "litigation_cases",
    "channel:当面提交": "channel_in_person",
    "channel:信函提交": "channel_letter",
    "channel:网络提交": "channel_online",
}


def stated(report: Report) -> Counter[tuple[str, Decimal]]:
    """What the report's prose states, under the names of the claims."""
    said = Counter({(NAMES.get(s.kind, s.kind), s.value): 1 for s in report.statements})
    text = "".join(report.parts.get(6, ()))
    if "未发出收费通知" in text or "没有发出信息处理费收费通知" in text:
        said["fee_notices", Decimal(0)] = 1
    if any(words in text for words in ("未收取信息处理费", "收取金额为0元", "未产生信息处理费")):
        said["fee_amount", Decimal(0)] = 1
    if any("占办结总数的" in paragraph for paragraph in report.parts[1]):
        given = sum(report.cells[f"t3.{row}.total"] or Decimal(0) for row in ("granted", "partial"))
        share = given * 100 / (report.cells["t3.total.total"] or Decimal(1))
        said["share_of_answered", share.quantize(Decimal("0.01"))] = 1
    return said


def unit_of(report: Report) -> Unit:
    """The unit that the registry would name."""
    body = report.body
    return Unit(body.unit_id, body.name, body.level, body.kind, body.region_code, None, body.host, "")


@dataclass
class Score:
    """Claims found and stated, by kind, and the findings on prose."""

    right: Counter[str] = field(default_factory=Counter)
    stated: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str, Decimal, str]] = field(default_factory=list)
    missed: list[tuple[str, str, Decimal, str]] = field(default_factory=list)
    findings: list[tuple[str, str, str]] = field(default_factory=list)

    def recall(self, kind: str) -> float:
        """The share of what is stated that was found."""
        return self.right[kind] / self.stated[kind]


def readings(documents: Iterable[Document]) -> Iterator[tuple[Document, Reading]]:
    """Each document with what was read of it."""
    for document in documents:
        yield document, read_document(document.data, document.name)


def clean() -> Score:
    """The score on reports in which nothing is wrong."""
    score = Score()
    for document, reading in readings(generate(SEED, COUNT, layouts=LAYOUTS)):
        said = stated(document.report)
        found = {(c.kind, c.value): c for c in reading.claims}
        score.stated.update(kind for kind, _ in said)
        score.right.update(kind for kind, value in said if (kind, value) in found)
        score.wrong += [
            (document.layout, k, v, c.sentence) for (k, v), c in found.items() if (k, v) not in said
        ]
        score.missed += [
            (document.layout, k, v, "".join(document.report.parts[1])) for k, v in said if (k, v) not in found
        ]
        found_by = check_reading(reading, unit_of(document.report), document.report.year)
        score.findings += [(document.layout, f.rule, f.message) for f in found_by if f.rule in RULES]
    return score


def test_prose_is_read_as_well_as_before() -> None:
    # One test, for the reading takes most of its time.
    score = clean()
    assert score.wrong == [], "claimed and not stated"
    assert score.findings == [], "a clean report accused by its prose"
    assert set(FLOORS) <= set(KINDS)
    for kind, floor in FLOORS.items():
        assert score.stated[kind] >= 20
        assert score.recall(kind) >= floor, [m for m in score.missed if m[1] == kind][:3]


def test_what_the_samples_contradict_is_found_and_nothing_else() -> None:
    truth = json.loads((Path(__file__).parent / "samples_truth.json").read_text("utf-8"))
    planted, found = set(), set()
    for key, expected in truth["reports"].items():
        path = sample_registry() / expected["document"]
        planted |= {(key, m["rule"]) for m in expected["mistakes"] if m["rule"] in RULES}
        reading = read_document(path.read_bytes(), path.name)
        findings = check_reading(reading, None, expected["year"])
        found |= {(key, f.rule) for f in findings if f.rule in RULES}
        assert {f.severity for f in findings if f.rule in RULES} <= {"warning", "info"}
    assert {rule for _, rule in planted} == {"N01", "N02"}
    assert found == planted


if __name__ == "__main__":
    result = clean()
    for name in FLOORS:
        print(f'    "{name}": {result.recall(name):.3f},  # of {result.stated[name]}')
    for line in (*result.wrong, *result.findings, *result.missed[:40]):
        print(line)
