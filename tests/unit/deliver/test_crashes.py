"""A process killed between any two steps of handing over: never a mail twice, never half, never lost unsaid."""

from __future__ import annotations

import datetime as dt
import os
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gipa_pipeline.deliver import deliver, hand_over_notices, write_notice
from gipa_pipeline.deliver.state import NAME, Outbox, opened
from gipa_pipeline.errors import StoreError
from gipa_pipeline.registry import Registry
from gipa_pipeline.settings import OfficeSettings, Settings
from gipa_pipeline.store import Store
from tests.unit.deliver.conftest import Server

NOON = dt.datetime(2024, 4, 2, 12, tzinfo=dt.UTC)
Written = Callable[..., tuple[Store, Registry]]
STEPS = [
    (smtplib.SMTP, name) for name in ("connect", "ehlo", "mail", "rcpt", "docmd", "send", "getreply", "quit")
]


@pytest.fixture
def operator(settings: Settings) -> Settings:
    return replace(settings, mail=replace(settings.mail, operator="ops@example.cn"))


class Killed:
    """Counts the moments between the steps and dies at one of them, without any farewell."""

    def __init__(self, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.count = at, 0
        for kind, name in [*STEPS, (Outbox, "note"), (os, "fsync")]:
            monkeypatch.setattr(kind, name, self.around(getattr(kind, name)))
        # A write that the crash cuts in half.
        opening = Path.open

        def torn(path: Path, *args: Any, **more: Any) -> Any:
            file = opening(path, *args, **more)
            if path.name == NAME and args == ("ab",):
                return Torn(file, self)
            return file

        monkeypatch.setattr(Path, "open", torn)

    def moment(self) -> None:
        if self.count == self.at:
            os._exit(9)
        self.count += 1

    def around(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **more: Any) -> Any:
            self.moment()
            return step(*args, **more)

        return stepped


class Torn:
    """A file of which half a line may be on the disk when the process dies."""

    def __init__(self, file: Any, killed: Killed) -> None:
        self.file, self.killed = file, killed

    def __enter__(self) -> Torn:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def write(self, data: bytes) -> None:
        self.file.write(data[: len(data) // 2])
        self.file.flush()
        self.killed.moment()
        self.file.write(data[len(data) // 2 :])


def killed_at(at: int, work: Callable[[], Any]) -> bool:
    """Run the work in a child that dies at a moment; whether it died."""
    child = os.fork()
    if child == 0:
        with pytest.MonkeyPatch.context() as patch:
            Killed(at, patch)
            try:
                work()
            finally:
                os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def moments(work: Callable[[], Any], reset: Callable[[], None]) -> Iterator[int]:
    """Every moment at which the work can die, each on a fresh outbox, until it is survived."""
    for at in range(200):
        reset()
        if not killed_at(at, work):
            return
        yield at
    raise AssertionError("the work has no end")


def test_reports_at_every_moment(written: Written, server: Server, settings: Settings) -> None:
    store, registry = written()
    record = store.root / "outbox" / NAME

    def send() -> list[str]:
        return [d.outcome for d in deliver(store, registry, settings, [2023], now=lambda: NOON, really=True)]

    def reset() -> None:
        record.unlink(missing_ok=True)
        server.arrived.clear()

    send()
    [whole] = [envelope.content for envelope in server.arrived]
    after: dict[str, int] = {}
    for _ in moments(send, reset):
        server.idle()
        first, second = send(), send()
        server.idle()
        assert [e.content for e in server.arrived] in ([], [whole])
        if first == ["unknown"]:
            # Perhaps taken: told to a person at every further run, and left alone.
            assert second == ["unknown"]
        else:
            assert (first, second) in ((["sent"], ["already"]), (["already"], ["already"]))
            assert len(server.arrived) == 1
        after[first[0]] = after.get(first[0], 0) + 1
    # Some deaths were before the content went out, some while nobody knew, some after it was on record.
    assert set(after) == {"sent", "unknown", "already"}
    assert sum(after.values()) > 10


def test_notices_at_every_moment(tmp_path: Path, server: Server, operator: Settings) -> None:
    def work() -> list[str]:
        write_notice(tmp_path, operator, ("failed run", "1"), "run failed", "text\n.\nend", NOON)
        return [d.outcome for d in hand_over_notices(tmp_path, operator, lambda: NOON)]

    def reset() -> None:
        for path in (tmp_path / "outbox").rglob("*"):
            if path.is_file():
                path.unlink()
        server.arrived.clear()

    died = 0
    for _ in moments(work, reset):
        died += 1
        server.idle()
        first = work()
        assert first in ([], ["sent"])
        assert work() == []
        server.idle()
        assert len(server.arrived) <= 1
        state = Outbox(tmp_path / "outbox" / NAME).state(
            next((tmp_path / "outbox" / "notices").glob("*.eml")).stem
        )
        assert state in ("sent", "unknown")
        assert state == "unknown" or len(server.arrived) == 1
        assert all(e.content.endswith(b"\r\n") for e in server.arrived)
    assert died > 10


def test_a_notice_is_one_however_often_told(tmp_path: Path, server: Server, operator: Settings) -> None:
    about = ("failed run", "1")
    first = write_notice(tmp_path, operator, about, "a\r\nBcc: x@evil.example", "first", NOON)
    assert write_notice(tmp_path, operator, about, "b", "second", NOON) == first
    [done] = hand_over_notices(tmp_path, operator, lambda: NOON)
    assert done.outcome == "sent"
    assert list(hand_over_notices(tmp_path, operator, lambda: NOON)) == []
    [envelope] = server.arrived
    assert envelope.rcpt_tos == ["ops@example.cn"]
    head = envelope.content.split(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head
    assert b"Subject: a Bcc: x@evil.example" in head


def test_notices_that_were_not_taken_are_tried_again_after_a_wait(
    tmp_path: Path, server: Server, operator: Settings
) -> None:
    write_notice(tmp_path, operator, ("1",), "one", "text", NOON)
    server.rcpt += ["451 4.7.1 greylisted", "550 5.7.1 not yet known"]

    def tried(minutes: int) -> list[str]:
        return [
            d.outcome
            for d in hand_over_notices(tmp_path, operator, lambda: NOON + dt.timedelta(minutes=minutes))
        ]

    assert [tried(m) for m in (0, 4, 5, 14, 15, 16)] == [["failed"], [], ["refused"], [], ["sent"], []]
    assert len(server.arrived) == 1


def test_a_notice_is_not_tried_for_ever(tmp_path: Path, server: Server, operator: Settings) -> None:
    write_notice(tmp_path, operator, ("1",), "one", "text", NOON)
    server.rcpt += ["550 no such user"] * 100
    tried = [
        d.outcome
        for hour in range(0, 24 * 14, 6)
        for d in hand_over_notices(tmp_path, operator, lambda hour=hour: NOON + dt.timedelta(hours=hour))  # type: ignore[misc]
    ]
    assert tried == ["refused"] * 20
    assert server.arrived == []


def test_a_run_that_begins_meanwhile_takes_no_notice_away(tmp_path: Path, operator: Settings) -> None:
    written = write_notice(tmp_path, operator, ("1",), "one", "text", NOON)
    assert written is not None
    half = written.with_name(".tmp-half")
    half.write_bytes(b"being written")
    with Store(tmp_path).lock():
        assert (written.is_file(), half.is_file()) == (True, True)


def test_without_an_operator_there_is_no_notice(tmp_path: Path, settings: Settings) -> None:
    assert write_notice(tmp_path, settings, ("1",), "one", "text", NOON) is None
    assert list(tmp_path.iterdir()) == []


def test_one_sender_at_a_time(tmp_path: Path, operator: Settings) -> None:
    write_notice(tmp_path, operator, ("1",), "one", "text", NOON)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with opened(tmp_path / "outbox"):
            os.write(writer, b"x")
            os.read(os.pipe()[0], 1)  # until it is ended
    os.read(reader, 1)
    try:
        with pytest.raises(StoreError, match=f"in use by process {child}"):
            list(hand_over_notices(tmp_path, operator, lambda: NOON))
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def test_every_recipient_has_a_mail_of_its_own(written: Written, server: Server, settings: Settings) -> None:
    store, registry = written()
    more = ("second@example.cn", "GK@office.example.cn", "third@example.cn,x@evil.example")
    settings = replace(settings, offices={"office": OfficeSettings(recipients=more)})

    def send() -> list[tuple[str, str]]:
        done = deliver(store, registry, settings, [2023], now=lambda: NOON, really=True)
        return [(d.outcome, d.detail.split(":")[0]) for d in done]

    server.rcpt += [None, "550 5.1.1 no such user"]
    assert send() == [
        ("sent", "gk@office.example.cn"), ("refused", "second@example.cn"), ("not_sendable", "the recipient (contact_email or recipients of office)"),
    ]  # fmt: skip
    assert [o for o, _ in send()] == ["already", "sent", "not_sendable"]
    assert [e.rcpt_tos for e in server.arrived] == [["gk@office.example.cn"], ["second@example.cn"]]
