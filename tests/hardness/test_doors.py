"""A fixed slice of what is broken at the other doors; the whole run is ``python -m tests.hardness.doors``."""

from __future__ import annotations

from pathlib import Path

import pytest

from gipa_pipeline.report.docx import TemplateError, fill
from gipa_pipeline.report.letter import default_template
from tests.hardness.doors import _bases, run


def test_every_door_accepts_or_refuses_in_words() -> None:
    seen = list(run(1, 120))
    assert [wrong for _, _, wrong in seen if wrong] == []
    assert {outcome for _, outcome, _ in seen} == {"accepted", "refused"}


def test_what_is_whole_is_accepted(tmp_path: Path) -> None:
    for name, (opened, data, _) in _bases().items():
        folder = tmp_path / name
        folder.mkdir()
        opened(folder, data)


def test_half_a_template_is_no_word_document() -> None:
    with pytest.raises(TemplateError, match="save it as"):
        fill(default_template()[1500:], {}, {}, "letter.docx")
