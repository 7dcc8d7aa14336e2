"""Folding: whatever the order and repetition of outcomes, the same rows; no document is ever lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gipa_pipeline.fetch import archive, current_documents, fold, state_digest
from gipa_pipeline.fetch.archive import Archive, Retrieval, from_frame, to_frame
from gipa_pipeline.registry import Registry, Source, Unit
from gipa_pipeline.settings import Settings
from gipa_pipeline.store import Store

START = datetime(2024, 2, 1, 8, 0, tzinfo=UTC)


def retrieval(outcome: str, sha: str | None, minute: int, unit: str = "a", url: str = "u1") -> Retrieval:
    moment = START + timedelta(minutes=minute)
    return Retrieval(
        unit,
        2023,
        url,
        outcome,
        status=200 if sha else 404,
        media_type="text/html" if sha else None,
        sha256=sha and sha * 64,
        bytes=5 if sha else None,
        first_fetched=moment if sha else None,
        last_checked=moment,
        attempts=1,
    )


documents = st.builds(
    retrieval,
    st.sampled_from(["stored", "unchanged"]),
    st.sampled_from("abc"),
    st.integers(0, 6),
    st.sampled_from("xy"),
)
failures = st.builds(
    retrieval, st.sampled_from(archive.FAILURES), st.none(), st.integers(0, 6), st.sampled_from("xy")
)
histories = st.lists(documents | failures, max_size=12)


@given(history=histories, random=st.randoms(use_true_random=False), cut=st.integers(0, 12))
def test_order_repetition_and_interruption_cannot_be_seen(
    history: list[Retrieval], random: Random, cut: int
) -> None:
    rows = fold(history)
    shuffled = history + random.choices(history, k=len(history)) if history else []
    random.shuffle(shuffled)
    assert fold(shuffled) == rows
    assert fold([*fold(history[:cut]), *history[cut:]]) == rows
    assert fold([*history[:cut], *fold(history)]) == rows
    assert fold(rows) == rows


@given(history=histories)
def test_every_document_keeps_a_row_from_its_first_to_its_last_day(history: list[Retrieval]) -> None:
    rows = {(r.source, r.sha256): r for r in fold(history)}
    for seen in history:
        if seen.sha256 is not None:
            row = rows[seen.source, seen.sha256]
            same = [h for h in history if (h.source, h.sha256) == (seen.source, seen.sha256)]
            assert row.first_fetched == min(h.last_checked for h in same)
            assert row.last_checked == max(h.last_checked for h in same)
    for source in {h.source for h in history}:
        failed = [h for h in history if h.source == source and h.sha256 is None]
        given_last = max((h.last_checked for h in history if h.source == source and h.sha256), default=None)
        failed_last = max((h.last_checked for h in failed), default=None)
        stands = failed_last is not None and (given_last is None or failed_last > given_last)
        assert ((source, None) in rows) == stands


@given(history=histories)
def test_rows_pass_through_a_frame_and_a_journal_unharmed(history: list[Retrieval], tmp_path_factory) -> None:
    rows = fold(history)
    assert from_frame(to_frame(rows)) == rows
    store = Store(tmp_path_factory.mktemp("data"))
    first = Archive(store, 2023)
    with first.writing() as journal:
        for item in history:
            journal.add(item, durable=False)
    again = Archive(store, 2023)
    assert again.journal == history
    assert from_frame(again.close()) == rows
    assert Archive(store, 2023).rows == rows
    assert Archive(store, 2023).journal == []


@given(history=st.lists(documents, min_size=1, max_size=5), cut=st.integers(0, 400))
def test_a_journal_cut_anywhere_loses_only_the_lines_cut(
    history: list[Retrieval], cut: int, tmp_path_factory
) -> None:
    store = Store(tmp_path_factory.mktemp("data"))
    with Archive(store, 2023).writing() as journal:
        for item in history:
            journal.add(item, durable=False)
    path = store.folder("raw", 2023) / archive.JOURNAL
    whole = path.read_bytes()
    kept = whole[: max(0, len(whole) - cut)]
    path.write_bytes(kept)
    survivors = history[: kept.count(b"\n")]
    reopened = Archive(store, 2023)
    # A line that lacks nothing but its end is still whole.
    assert reopened.journal[: len(survivors)] == survivors
    assert reopened.journal == history[: len(reopened.journal)]
    with reopened.writing() as journal:
        journal.add(history[0], durable=False)
    assert Archive(store, 2023).journal == reopened.journal


@pytest.mark.parametrize("line", [b"null\n", b"[]\n", b'{"unit_id": 1}\n', b'{"surprise": 1}\n', b"\xff\n"])
def test_a_line_that_is_no_retrieval_is_left_out(tmp_path: Path, line: bytes) -> None:
    store = Store(tmp_path)
    with Archive(store, 2023).writing() as journal:
        journal.add(retrieval("stored", "a", 0))
    path = store.folder("raw", 2023) / archive.JOURNAL
    path.write_bytes(line + path.read_bytes())
    assert Archive(store, 2023).journal == [retrieval("stored", "a", 0)]


def test_a_damaged_frame_starts_a_new_history_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(tmp_path)
    first = Archive(store, 2023)
    first.rows = [retrieval("stored", "a", 0)]
    first.close()
    store.frame_path("raw", 2023, "fetches").write_bytes(b"PAR1")
    assert Archive(store, 2023).rows == []
    assert "Starting a new history" in caplog.text


def test_the_digest_stays_when_a_run_brings_nothing_new() -> None:
    before = fold([retrieval("stored", "a", 0), retrieval("not_found", None, 0, "b")])
    same = fold([*before, retrieval("unchanged", "a", 5), retrieval("not_found", None, 5, "b")])
    changed = fold([*before, retrieval("stored", "b", 5)])
    assert same != before
    assert state_digest(to_frame(same)) == state_digest(to_frame(before))
    assert state_digest(to_frame(changed)) != state_digest(to_frame(before))


def test_the_digest_tells_that_a_page_went_back_to_an_earlier_version() -> None:
    forth = fold([retrieval("stored", "a", 0), retrieval("stored", "b", 1)])
    back = fold([*forth, retrieval("stored", "a", 2)])
    assert state_digest(to_frame(back)) != state_digest(to_frame(forth))


def registry(*sources: tuple[str, str]) -> Registry:
    units = {u: Unit(u, u, "city", "department", "", None, "", "") for u, _ in sources}
    listed = tuple(Source(u, 2023, url, at + 2) for at, (u, url) in enumerate(sources))
    return Registry(Path("none"), units, listed, Settings())


def current(rows: list[Retrieval], *sources: tuple[str, str]) -> list[tuple[str, str, bool, bool]]:
    frame = current_documents(registry(*sources), to_frame(fold(rows)))
    return [
        (url, sha256[0], bool(now), bool(chosen))
        for url, sha256, now, chosen in frame[["url", "sha256", "published_now", "current"]].itertuples(
            index=False
        )
    ]


def test_the_version_seen_last_is_current_also_when_a_page_goes_back() -> None:
    a, b = retrieval("stored", "a", 0), retrieval("stored", "b", 1)
    assert current([a, b], ("a", "u1")) == [("u1", "a", False, False), ("u1", "b", True, True)]
    back = retrieval("stored", "a", 2)
    assert current([a, b, back], ("a", "u1")) == [("u1", "a", True, True), ("u1", "b", False, False)]


def test_a_failure_leaves_the_document_current() -> None:
    rows = [retrieval("stored", "a", 0), retrieval("not_found", None, 9)]
    assert current(rows, ("a", "u1")) == [("u1", "a", True, True)]


def test_of_two_sources_the_later_day_counts_then_the_later_row() -> None:
    one, two = retrieval("stored", "a", 5), retrieval("stored", "b", 0, url="u2")
    assert current([one, two], ("a", "u1"), ("a", "u2")) == [
        ("u1", "a", True, False),
        ("u2", "b", True, True),
    ]
    next_day = replace(one, first_fetched=START + timedelta(days=1), last_checked=START + timedelta(days=1))
    assert current([next_day, two], ("a", "u1"), ("a", "u2")) == [
        ("u1", "a", True, True),
        ("u2", "b", True, False),
    ]


def test_a_source_no_longer_listed_is_left_out() -> None:
    rows = [retrieval("stored", "a", 0), retrieval("stored", "b", 1, url="u2")]
    assert current(rows, ("a", "u1")) == [("u1", "a", True, True)]
    assert current([], ("a", "u1")) == []
