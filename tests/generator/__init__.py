"""Invented reports with known truth: layouts by faults by seeds.

``generate(seed, count)`` gives documents; ``make_report`` and ``LAYOUTS`` give full control::

    report = make_report(Random(7), 2024)
    report = FAULTS["misplaced_case"](report, Random(7))
    document = LAYOUTS["text_glued"](report, Random(7))

``python -m tests.generator --seed 7 --count 20 --out DIR`` writes documents with their truth.
"""

from tests.generator.faults import FAULTS, YEAR_FAULTS, NotApplicable
from tests.generator.layouts import LAYOUTS, Document
from tests.generator.numbers import broken_identities
from tests.generator.produce import expected, generate, pages, with_fault
from tests.generator.truth import Mistake, Report, make_report

__all__ = [
    "FAULTS",
    "LAYOUTS",
    "YEAR_FAULTS",
    "Document",
    "Mistake",
    "NotApplicable",
    "Report",
    "broken_identities",
    "expected",
    "generate",
    "make_report",
    "pages",
    "with_fault",
]
