"""Runs one after another: versions, resuming after an interruption, files beside the registry."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from gipa_pipeline.errors import StoreError
from gipa_pipeline.fetch import archive
from gipa_pipeline.fetch.archive import Retrieval

PAGE = web.Response


def test_an_unchanged_page_is_asked_with_conditions_and_makes_no_new_object(site: Any, office: Any) -> None:
    def page(request: web.BaseRequest, before: int) -> web.Response:
        tag = request.headers.get("If-None-Match")
        since = request.headers.get("If-Modified-Since")
        if before:
            assert (tag, since) == ('"v1"', "Thu, 01 Feb 2024 00:00:00 GMT")
            return PAGE(status=304)
        return PAGE(text="one", headers={"ETag": '"v1"', "Last-Modified": "Thu, 01 Feb 2024 00:00:00 GMT"})

    site.pages["/a"] = page
    office.add(site.url("/a"))
    first = office.row()
    path = office.store.object_path(first.sha256)
    inode = path.stat().st_ino
    for _ in range(2):  # the second 304 still has the tag to ask with
        again = office.row()
        assert (again.outcome, again.status, again.sha256) == ("unchanged", 304, first.sha256)
    assert (again.first_fetched, again.last_checked > first.last_checked) == (first.first_fetched, True)
    assert (again.media_type, again.bytes, again.etag) == ("text/plain", 3, '"v1"')
    assert (office.objects(), path.stat().st_ino) == ([first.sha256], inode)


def test_a_host_without_conditions_sends_the_same_again(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda *_: PAGE(text="one")
    office.add(site.url("/a"))
    first, again = office.row(), office.row()
    assert (again.outcome, again.status, again.sha256) == ("unchanged", 200, first.sha256)
    assert (len(office.objects()), again.first_fetched) == (1, first.first_fetched)


def test_a_changed_page_keeps_both_versions(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda _, before: PAGE(text="one" if before == 0 else "two")
    office.add(site.url("/a"))
    one = office.row()
    old, new = office.rows()
    assert (old.sha256, old.outcome, old.last_checked) == (one.sha256, "stored", one.last_checked)
    assert (office.store.get_bytes(old.sha256), office.store.get_bytes(new.sha256)) == (b"one", b"two")
    documents = archive.current_documents(office.registry(), archive.to_frame([old, new]))
    assert documents["current"].tolist() == [False, True]


def test_a_failing_page_keeps_the_document_it_gave(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda _, before: PAGE(text="one") if before != 1 else PAGE(status=404)
    office.add(site.url("/a"))
    one = office.row()
    kept, failed = office.rows()
    assert kept == one
    assert (failed.outcome, failed.sha256, failed.status) == ("not_found", None, 404)
    assert office.store.get_bytes(one.sha256) == b"one"
    back = office.row()
    assert (back.outcome, back.sha256, back.first_fetched) == ("unchanged", one.sha256, one.first_fetched)


def test_a_damaged_document_is_fetched_again_without_conditions(site: Any, office: Any) -> None:
    def page(request: web.BaseRequest, _: int) -> web.Response:
        if "If-None-Match" in request.headers:
            return PAGE(status=304)
        return PAGE(text="one", headers={"ETag": '"v1"'})

    site.pages["/a"] = page
    office.add(site.url("/a"))
    first = office.row()
    office.store.object_path(first.sha256).write_bytes(b"0ne")
    again = office.row()
    assert (again.status, again.sha256, again.first_fetched) == (200, first.sha256, first.first_fetched)
    assert office.store.get_bytes(first.sha256) == b"one"


def test_conditions_hold_only_where_they_were_given(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda _, before: PAGE(status=302, headers={"Location": "/b" if before < 2 else "/c"})
    site.pages["/b"] = lambda request, _: PAGE(
        status=304 if "If-None-Match" in request.headers else 200, text="b", headers={"ETag": '"b"'}
    )
    site.pages["/c"] = lambda request, _: PAGE(text="c")
    office.add(site.url("/a"))
    assert [office.row().status, office.row().status] == [200, 304]
    assert [office.store.get_bytes(r.sha256) for r in office.rows()] == [b"b", b"c"]
    assert "If-None-Match" not in site.headers["/a"][1]
    assert "If-None-Match" not in site.headers["/c"][0]


class Interrupted(Exception):
    pass


def test_an_interrupted_run_goes_on_where_it_was(site: Any, office: Any) -> None:
    for n in range(6):
        site.pages[f"/{n}"] = lambda *_, n=n: PAGE(text=f"report {n}") if n != 1 else PAGE(status=404)
        office.add(site.url(f"/{n}"))

    def stop(done: int, total: int, _: Retrieval) -> None:
        assert total == 6
        if done == 3:
            raise Interrupted

    with pytest.raises(Interrupted):
        office.collect(progress=stop)
    assert not office.store.has_frame("raw", 2023, "fetches")
    office.now = office.now.replace(hour=9, day=1)
    seen: list[tuple[int, int]] = []
    rows = office.rows(progress=lambda done, total, _: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert [r.outcome for r in rows] == ["stored", "not_found", "stored", "stored", "stored", "stored"]
    assert [site.count(f"/{n}") for n in range(6)] == [1] * 6
    assert not (office.store.folder("raw", 2023) / archive.JOURNAL).exists()
    # The next run is a new one: everything is asked again.
    office.rows()
    assert [site.count(f"/{n}") for n in range(6)] == [2] * 6


def test_an_interruption_of_more_than_a_day_ago_is_no_longer_this_run(site: Any, office: Any) -> None:
    for n in range(2):
        site.pages[f"/{n}"] = lambda *_: PAGE(text="report")
        office.add(site.url(f"/{n}"))

    def stop(*_: object) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        office.collect(progress=stop)
    first = office.now
    office.now = first.replace(day=5)
    rows = office.rows()
    assert (site.count("/0"), site.count("/1")) == (2, 1)
    # What the interrupted run had found is not forgotten.
    assert (rows[0].outcome, rows[0].first_fetched and rows[0].first_fetched.day) == ("unchanged", 1)


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from gipa_pipeline.fetch import collect
from gipa_pipeline.registry import load_registry
from gipa_pipeline.settings import load_settings
from gipa_pipeline.store import Store
folder = Path(sys.argv[1])
environ = {"GIPA_FETCH_ALLOW_PRIVATE": "true", "GIPA_FETCH_PACE_SECONDS": "0", "GIPA_DATES_TODAY": "2024-02-01"}
settings = load_settings(folder, environ)
clock = lambda: datetime(2024, 2, 1, 8, 0, tzinfo=UTC)
collect(load_registry(folder, settings), Store(sys.argv[2]), settings, 2023, clock=clock)
"""


def test_a_killed_run_ends_in_the_state_of_one_that_was_not(site: Any, office: Any, tmp_path: Path) -> None:
    reached, go_on = threading.Event(), threading.Event()

    async def hang() -> web.Response:
        reached.set()
        while not go_on.is_set():
            await asyncio.sleep(0.01)
        return PAGE(text="report 2")

    for n in (0, 1, 3):
        site.pages[f"/{n}"] = lambda *_, n=n: PAGE(text=f"report {n}")
    site.pages["/2"] = lambda *_: hang()
    (office.folder / "units.csv").write_text(
        "unit_id,name,level,kind,region_code,supervising_unit_id,host,contact_email\nu,某局,city,department,,,127.0.0.1,\n"
    )
    lines = "".join(f"u,2023,{site.url(f'/{n}')}\n" for n in range(4))
    (office.folder / "sources.csv").write_text("unit_id,year,url\n" + lines)
    command = [sys.executable, "-c", KILLED, str(office.folder)]
    with subprocess.Popen([*command, str(tmp_path / "killed")]) as run:
        assert reached.wait(30)
        run.kill()
    go_on.set()
    assert (site.count("/0"), site.count("/1"), site.count("/2"), site.count("/3")) == (1, 1, 1, 0)
    subprocess.run([*command, str(tmp_path / "killed")], check=True, timeout=60)
    assert (site.count("/0"), site.count("/1"), site.count("/2"), site.count("/3")) == (1, 1, 2, 1)
    subprocess.run([*command, str(tmp_path / "whole")], check=True, timeout=60)

    def content(root: Path) -> dict[str, bytes]:
        found = {
            p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_file() and p.name != ".lock"
        }
        return {name: path.read_bytes() for name, path in found.items()}

    assert content(tmp_path / "killed") == content(tmp_path / "whole")


def test_two_runs_at_once_are_refused(site: Any, office: Any) -> None:
    script = "import sys\nfrom gipa_pipeline.store import Store\nwith Store(sys.argv[1]).lock():\n print(1, flush=True)\n input()\n"
    command = [sys.executable, "-c", script, str(office.store.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        other.stdout.readline()
        with pytest.raises(StoreError, match=f"in use by process {other.pid}"):
            office.collect()
        other.communicate("\n")


def test_files_beside_the_registry(office: Any) -> None:
    (office.folder / "files").mkdir()
    (office.folder / "files" / "a.txt").write_bytes("年报".encode("gb18030"))
    (office.folder / "big.txt").write_bytes(b"x" * 101)
    (office.folder / "empty.txt").write_bytes(b"")
    office.set(max_bytes=100)
    for name in ("files/a.txt", "absent.txt", "big.txt", "empty.txt", "files"):
        office.add(name)
    first = office.rows()
    assert [(r.url, r.outcome, r.status) for r in first] == [
        ("files/a.txt", "stored", None),
        ("absent.txt", "not_found", None),
        ("big.txt", "too_large", None),
        ("empty.txt", "empty", None),
        ("files", "bad_source", None),
    ]
    assert office.store.get_bytes(first[0].sha256) == "年报".encode("gb18030")
    assert (first[0].media_type, first[0].headers, first[0].final_url) == ("text/plain", None, None)
    again = office.rows()
    assert (again[0].outcome, again[0].first_fetched) == ("unchanged", first[0].first_fetched)
    (office.folder / "files" / "a.txt").write_bytes(b"corrected")
    assert len([r for r in office.rows() if r.url == "files/a.txt"]) == 2


def test_links_may_not_lead_out_and_pipes_are_not_opened(office: Any, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (office.folder / "inside.txt").write_text("report")
    (office.folder / "out").symlink_to(tmp_path / "secret.txt")
    (office.folder / "folder").symlink_to(tmp_path)
    (office.folder / "in").symlink_to(office.folder / "inside.txt")
    (office.folder / "circle").symlink_to(office.folder / "circle")
    os.mkfifo(office.folder / "pipe")
    for name in ("circle", "folder/secret.txt", "in", "out", "pipe"):
        office.add(name)
    outcomes = {r.url: r.outcome for r in office.rows()}
    assert outcomes == dict.fromkeys(("circle", "folder/secret.txt", "out", "pipe"), "bad_source") | {
        "in": "stored"
    }


def test_offline_takes_files_and_leaves_addresses_as_they_are(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda *_: PAGE(text="one")
    (office.folder / "b.txt").write_text("two")
    office.add(site.url("/a"))
    office.add("b.txt")
    assert [(r.url, r.outcome) for r in office.rows(offline=True)] == [("b.txt", "stored")]
    online = office.rows()
    offline = office.rows(offline=True)
    assert [r.outcome for r in offline] == ["stored", "unchanged"]
    assert (offline[0], site.count("/a")) == (online[0], 1)


def test_a_year_without_sources_has_an_empty_frame(office: Any) -> None:
    frame = office.collect()
    assert (len(frame), list(frame.columns)) == (0, archive.schema().names)
    assert len(office.store.read_frame("raw", 2023, "fetches")) == 0


def test_the_frame_written_is_the_frame_returned(site: Any, office: Any) -> None:
    site.pages["/a"] = lambda *_: PAGE(text="one")
    for path in ("/a", "/b"):
        office.add(site.url(path))
    frame = office.collect()
    written = office.store.read_frame("raw", 2023, "fetches")
    assert archive.from_frame(written) == archive.from_frame(frame)
    assert written.dtypes.tolist() == frame.dtypes.tolist()


def test_a_full_disk_is_one_clear_error(site: Any, office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = [f"127.0.0.{n}" for n in range(1, 5)]
    office.hosts = hosts
    site.pages["/a"] = lambda *_: PAGE(text="one")
    for host in hosts:
        office.add(site.url("/a", host))

    def full(data: bytes) -> str:
        time.sleep(0)
        raise StoreError("disk: cannot be written (No space left on device).")

    monkeypatch.setattr(office.store, "put_bytes", full)
    with pytest.raises(StoreError, match="No space left"):
        office.collect()
