"""A document that hangs or kills its reader costs its own row only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from gipa_pipeline.extract.workers import Job, read_all
from gipa_pipeline.model import Reading
from gipa_pipeline.samples import sample_registry
from tests.hardness.troublemakers import by_content


def _jobs(folder: Path, orders: Sequence[str]) -> list[Job]:
    jobs = []
    for number, order in enumerate(orders):
        path = folder / f"{number}.txt"
        path.write_text(order)
        jobs.append(Job(f"sha{number}", str(path), f"name{number}"))
    return jobs


def _run(jobs: list[Job], timeout: float = 60.0) -> dict[str, Reading]:
    answers = list(read_all(jobs, workers=2, timeout=timeout, max_bytes=99, read=by_content))
    assert sorted(job.name for job, _ in answers) == sorted(job.name for job in jobs)
    return {job.name: reading for job, reading in answers}


def test_troublemakers_cost_their_own_row(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    orders = ["fine", "die", "eat", "also fine", "recurse", "stumble", "still fine"]
    seen = _run(_jobs(tmp_path, orders))
    kinds = [seen[f"name{n}"].error for n in range(len(orders))]
    assert [kind[0] if kind else None for kind in kinds] == [
        "empty",
        "crashed",
        "too_large",
        "empty",
        "broken",
        "crashed",
        "empty",
    ]
    assert seen["name1"].sha256 == "sha1"
    assert kinds[0] == ("empty", "name0 99")
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_document_that_hangs_is_ended(tmp_path: Path) -> None:
    seen = _run(_jobs(tmp_path, ["hang", "fine", "fine"]), timeout=1.0)
    assert seen["name0"].error == (
        "timeout",
        "reading name0 took too long (extract.timeout_seconds)",
    )
    assert seen["name2"].error == ("empty", "name2 99")


def test_a_document_that_keeps_the_processor_is_ended(tmp_path: Path) -> None:
    seen = _run(_jobs(tmp_path, ["spin", "fine"]), timeout=6.0)
    assert seen["name0"].error == ("timeout", "reading name0 took too long (extract.timeout_seconds)")
    assert seen["name1"].error == ("empty", "name1 99")


def test_processor_time_is_a_sixth_of_the_time_until_pages_are_recognised(tmp_path: Path) -> None:
    assert _run(_jobs(tmp_path, ["clock"]), timeout=120.0)["name0"].error == ("empty", "20 0")


def test_a_file_that_went_away(tmp_path: Path) -> None:
    jobs = _jobs(tmp_path, ["fine"])
    Path(jobs[0].path).unlink()
    assert _run(jobs)["name0"].error == ("not_found", "name0 is no longer there")


def test_no_jobs() -> None:
    assert list(read_all([], max_bytes=99)) == []


def test_the_real_reader_in_workers() -> None:
    folder = sample_registry() / "reports" / "2023"
    jobs = [Job("", str(p), p.name) for p in sorted(folder.iterdir())[:4]]
    seen = dict(read_all(jobs, workers=2, max_bytes=10**7))
    assert {reading.state for reading in seen.values()} == {"read"}
    assert {len(reading.cells) for reading in seen.values()} == {200}
