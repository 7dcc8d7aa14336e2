"""Servers that do not keep to the protocol: what may have been taken is never sent again by itself."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping

import pytest

from gipa_pipeline.deliver.smtp import Answer, hand_over
from gipa_pipeline.settings import MailSettings

POLITE = {
    b"EHLO": b"250 hello\r\n",
    b"MAIL": b"250 ok\r\n",
    b"RCPT": b"250 ok\r\n",
    b"DATA": b"354 go on\r\n",
    b".": b"250 taken\r\n",
}
MAIL = b"Subject: x\r\n\r\n.one\r\n..two\r\nend\r\n"


@contextlib.contextmanager
def talking(
    answers: Mapping[bytes, bytes | None], greeting: bytes = b"220 here\r\n"
) -> Iterator[tuple[int, list[bytes]]]:
    """A server of one connection with an answer for each command; None hangs up. Gives what it was told."""
    listener = socket.create_server(("127.0.0.1", 0))
    told: list[bytes] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(greeting)
                content = False
                for line in lines:
                    told.append(line)
                    verb = b"." if content else line[:4].strip().upper()
                    if content and line != b".\r\n":
                        continue
                    content = verb == b"DATA" and (answers.get(verb) or b"").startswith(b"354")
                    answer = answers.get(verb, b"250 ok\r\n")
                    if answer is None:
                        return
                    connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], told
    finally:
        listener.close()
        thread.join(5)


def given(
    answers: Mapping[bytes, bytes | None], greeting: bytes = b"220 here\r\n", **mail: str
) -> tuple[Answer, list[bytes], bool]:
    began: list[bool] = []
    with talking({**POLITE, **answers}, greeting) as (port, told):
        settings = MailSettings(host="127.0.0.1", port=port, tls="none", timeout_seconds=0.5, **mail)
        answer = hand_over(settings, "a@b.cn", "c@d.cn", MAIL, lambda: began.append(True))
    return answer, told, bool(began)


def test_a_polite_server_gets_every_byte() -> None:
    answer, told, _ = given({})
    assert answer == Answer("sent", "taken")
    assert (
        b"".join(told)
        .split(b"DATA\r\n", 1)[1]
        .lower()
        .startswith(b"subject: x\r\n\r\n..one\r\n...two\r\nend\r\n.\r\n")
    )


@pytest.mark.parametrize(
    "last",
    [
        b"250 " + b"x" * 20_000 + b"\r\n", b"yes, I have it\r\n", b"354 go on\r\n", b"\r\n", b"\xff\xff\xff\r\n", None,
        b"25",
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_understood_may_have_been_a_yes(last: bytes | None) -> None:
    answer, _, began = given({b".": last})
    assert (answer.outcome, began) == ("unknown", True)


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({b"DATA": b"250 what content?\r\n"}, "failed"), ({b"DATA": b"554 no\r\n"}, "refused"),
        ({b"MAIL": b"220 again\r\n", b"RCPT": b"354 hm\r\n"}, "failed"), ({b"RCPT": b"nonsense\r\n"}, "failed"),
        ({b"RCPT": b"250 " + b"x" * 20_000 + b"\r\n"}, "refused"), ({b"DATA": None}, "failed"),
        ({b".": b"451 greylisted\r\n"}, "failed"), ({b".": b"552 too large\r\n"}, "refused"),
    ],
)  # fmt: skip
def test_what_was_surely_not_taken_is_said_so(answers: Mapping[bytes, bytes | None], outcome: str) -> None:
    answer, told, _ = given(answers)
    assert answer.outcome == outcome
    assert answer.detail
    assert (b"." in answers) == (b"end\r\n" in told)


@pytest.mark.parametrize("greeting", [b"", b"554 go away\r\n", b"hello\r\n", b"421 busy\r\n"])
def test_a_server_that_does_not_greet_gets_nothing(greeting: bytes) -> None:
    answer, told, began = given({}, greeting)
    assert answer.outcome in ("failed", "refused")
    assert not began
    assert not any(line.startswith(b"MAIL") for line in told)


def test_a_wrong_password_is_the_operators_to_put_right() -> None:
    hello = b"250-hello\r\n250 AUTH LOGIN PLAIN\r\n"
    answer, _, began = given({b"EHLO": hello, b"AUTH": b"535 wrong\r\n"}, user="gipa", password="wrong")
    assert (answer.outcome, began) == ("failed", False)
    assert "wrong" not in answer.detail.replace("535 wrong", "")
