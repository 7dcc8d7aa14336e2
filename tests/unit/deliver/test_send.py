from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gipa_pipeline.commands.send import send
from gipa_pipeline.deliver import Delivery, Outbox, deliver
from gipa_pipeline.deliver.message import NotSendable, parcel, to_bytes
from gipa_pipeline.deliver.smtp import MailSetup, hand_over
from gipa_pipeline.deliver.state import RecordDamaged
from gipa_pipeline.registry import Registry
from gipa_pipeline.report.handed import path_of, versions
from gipa_pipeline.settings import MailSettings, Settings
from gipa_pipeline.store import Store
from tests.unit.deliver.conftest import Server, serving

NOON = dt.datetime(2024, 4, 2, 12, tzinfo=dt.UTC)
Written = Callable[..., tuple[Store, Registry]]


def run(written: tuple[Store, Registry], settings: Settings, **more: Any) -> Delivery:
    store, registry = written
    [done] = deliver(store, registry, settings, [2023], now=lambda: NOON, **{"really": True, **more})
    return done


def events(store: Store) -> list[str]:
    lines = (store.root / "outbox" / "sent.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["event"] for line in lines]


def test_a_version_is_sent_once(written: Written, server: Server, settings: Settings) -> None:
    opened = written()
    assert run(opened, settings).outcome == "sent"
    assert [run(opened, settings).outcome, run(opened, settings).outcome] == ["already", "already"]
    [envelope] = server.arrived
    assert (envelope.mail_from, envelope.rcpt_tos) == ("gipa@example.cn", ["gk@office.example.cn"])
    mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert mail["Subject"] == "某县人民政府办公室 2023年政府信息公开工作年度报告 汇总与数据质量报告"
    assert "已计入2个，未计入0个；须改正的问题1处" in mail.get_body().get_content()
    sent = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    folder = opened[0].folder("reports", 2023) / "office"
    assert sent == {
        n: (folder / n).read_bytes() for n in ("index.html", "consolidated.xlsx", "consolidated.docx")
    }
    assert events(opened[0]) == ["handing", "sent"]
    [version] = versions(opened[0], 2023, "office")
    assert version.day == NOON.date(), "the next report says what changed since this one"
    assert len(version.ids) == 1


def test_the_mail_says_what_changed_since_the_last_report(written: Written, settings: Settings) -> None:
    opened = written()
    gone = {"finding_id": "gone", "unit_id": "office", "severity": "error", "message": "曾经的问题。"}
    line = json.dumps({"day": "2024-02-01", "findings": [gone]})
    opened[0].write_file(path_of(opened[0], 2023, "office"), line.encode() + b"\n")
    draft = Path(run(opened, settings, really=False).detail)
    mail = email.message_from_bytes(draft.read_bytes(), policy=email.policy.default)
    said = "自2024年2月1日的报告以来，已改正0处，仍未改正0处，新发现1处。应计入汇总的单位"
    assert said in mail.get_body().get_content()


def test_a_new_version_is_sent_and_only_it(written: Written, server: Server, settings: Settings) -> None:
    opened = written()
    first = run(opened, settings)
    page = opened[0].folder("reports", 2023) / "office" / "index.html"
    old = page.read_bytes()
    page.write_bytes(old + b"<!-- new -->")
    assert run(opened, settings).outcome == "sent"
    page.write_bytes(old)
    assert run(opened, settings) == replace(
        first, outcome="already", detail="this version was sent to gk@office.example.cn"
    )
    assert len(server.arrived) == 2


def test_a_dry_run_writes_a_draft_and_sends_nothing(
    written: Written, server: Server, settings: Settings
) -> None:
    opened = written()
    done = run(opened, settings, really=False)
    path = Path(done.detail)
    assert (done.outcome, path.name) == ("draft", "2023-office.eml")
    before = path.read_bytes()
    run(opened, settings, really=False)
    assert path.read_bytes() == before
    assert email.message_from_bytes(before)["To"] == "gk@office.example.cn"
    assert server.arrived == []
    assert not (opened[0].root / "outbox" / "sent.jsonl").exists()


@pytest.mark.parametrize(
    ("at", "answer", "outcome"),
    [
        ("rcpt", "451 4.7.1 greylisted, try again", "failed"), ("rcpt", "550 no such user", "refused"),
        ("rcpt", "sleep", "failed"), ("rcpt", "drop", "failed"),
        ("data", "452 full", "failed"), ("data", "554 spam", "refused"),
    ],
)  # fmt: skip
def test_what_was_surely_not_taken_is_tried_again(
    written: Written, server: Server, settings: Settings, at: str, answer: str, outcome: str
) -> None:
    opened = written()
    getattr(server, at).append(answer)
    assert run(opened, settings).outcome == outcome
    assert server.arrived == []
    assert run(opened, settings).outcome == "sent"
    assert len(server.arrived) == 1


@pytest.mark.parametrize("answer", ["drop", "sleep"])
def test_what_may_have_been_taken_is_never_sent_again_by_itself(
    written: Written, server: Server, settings: Settings, answer: str
) -> None:
    opened = written()
    server.data.append(answer)
    first = run(opened, settings)
    assert first.outcome == "unknown"
    again = run(opened, settings)
    assert (again.outcome, again.key) == ("unknown", first.key)
    assert f"--again {first.key}" in again.detail
    assert events(opened[0]) == ["handing"]
    assert len(server.arrived) <= 1
    assert run(opened, settings, again=[first.key]).outcome == "sent"
    assert events(opened[0]) == ["handing", "again", "handing", "sent"]


def test_a_crash_on_the_way_is_remembered(
    written: Written, server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = written()
    note = Outbox.note

    def dies(self: Outbox, event: str, *rest: Any, **more: Any) -> None:
        note(self, event, *rest, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "note", dies)
        with pytest.raises(KeyboardInterrupt):
            run(opened, settings)
    assert server.arrived == []
    assert run(opened, settings).outcome == "unknown"
    assert server.arrived == []


def test_a_full_disk_sends_nothing(
    written: Written, server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = written()

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "note", full)
        with pytest.raises(OSError, match="No space left"):
            run(opened, settings)
    assert server.arrived == []
    assert run(opened, settings).outcome == "sent"


def test_without_an_address(written: Written, settings: Settings) -> None:
    done = run(written(contact_email=""), settings)
    assert (done.outcome, done.good) == ("no_address", False)


@pytest.mark.parametrize(
    "office",
    [
        {"contact_email": "a@b.cn\r\nBcc: x@evil.example"}, {"contact_email": "a@b.cn,x@evil.example"},
        {"contact_email": "甲@b.cn"}, {"name": "某县\r\nBcc: x@evil.example"}, {"name": "某县\u202e办"},
    ],
)  # fmt: skip
def test_injected_headers_are_refused(
    written: Written, server: Server, settings: Settings, office: dict[str, str]
) -> None:
    done = run(written(**office), settings)
    assert done.outcome == "not_sendable"
    assert server.arrived == []


def test_a_sender_that_injects_is_refused() -> None:
    fine = {
        "office_id": "o",
        "name": "办公室",
        "year": 2023,
        "recipient": "a@b.cn",
        "summary": "",
        "files": {},
    }
    with pytest.raises(NotSendable, match=r"\[report\] sender"):
        parcel(sender="x@y.cn\nBcc: z@y.cn", **fine)
    with pytest.raises(NotSendable, match=r"\[report\] sender"):
        parcel(sender="", **fine)
    made = parcel(sender="x@y.cn", **fine)
    assert to_bytes(made, NOON) == to_bytes(made, NOON)
    assert parcel(sender="x@y.cn", **(fine | {"recipient": "A@B.cn"})).key == made.key
    assert parcel(sender="x@y.cn", **(fine | {"recipient": "c@b.cn"})).key != made.key
    with pytest.raises(NotSendable, match=r"run\.exe"):
        to_bytes(parcel(sender="x@y.cn", **(fine | {"files": {"run.exe": b""}})), NOON)


def test_plain_text_is_spoken_to_this_machine_only(server: Server) -> None:
    def sent(**mail: Any) -> str:
        made = MailSettings(**{"host": "127.0.0.1", "port": server.port, "timeout_seconds": 0.5, **mail})
        return hand_over(made, "a@b.cn", "c@d.cn", b"Subject: x\r\n\r\n.\r\n", lambda: None).outcome

    assert sent(tls="starttls") == "refused"  # not offered: no falling back to plain text
    assert sent(tls="tls") == "failed"
    assert server.arrived == []
    for wrong in (
        {"tls": "none", "host": "mail.example.cn"},
        {"tls": "ssl"},
        {"host": ""},
        {"ca_file": "/nowhere"},
    ):
        with pytest.raises(MailSetup, match=r"\[mail\]"):
            sent(**wrong)
    assert sent(tls="none") == "sent"
    assert server.arrived[0].content == b"Subject: x\r\n\r\n.\r\n"


def test_encrypted_and_checked(tmp_path: Path) -> None:
    certificate, key = certified(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(tls_context=context, require_starttls=True) as server:
        mail = MailSettings(host="127.0.0.1", port=server.port, ca_file=str(certificate), timeout_seconds=5)
        send = [mail, "a@b.cn", "c@d.cn", b"Subject: x\r\n\r\nx\r\n", lambda: None]
        assert hand_over(*send).outcome == "sent"
        send[0] = replace(mail, ca_file="")
        stranger = hand_over(*send)
        assert stranger.outcome == "refused"
        assert "CERTIFICATE_VERIFY_FAILED" in stranger.detail
        assert len(server.arrived) == 1


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody but these tests trusts."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )  # fmt: skip
    certificate, key = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, key


def test_a_line_that_a_crash_cut_off_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "sent.jsonl"
    box = Outbox(path)
    box.note("handing", "a", NOON)
    box.note("sent", "a", NOON)
    box.note("handing", "b", NOON)
    path.write_bytes(path.read_bytes() + b'{"event": "sent", "key"')
    torn = Outbox(path)
    assert [torn.state(k) for k in "abc"] == ["sent", "unknown", None]
    torn.note("again", "b", NOON)
    assert [Outbox(path).state(k) for k in "abc"] == ["sent", "again", None]


@pytest.mark.parametrize(
    "damage",
    [
        b"garbage\n",
        b'{"event": "sold", "key": "a"}\n',
        b'{"event": "sent", "key": "a", "at": "noon"}\n',
        b"[]\n",
    ],
)
def test_a_damaged_record_stops_everything(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "sent.jsonl"
    Outbox(path).note("sent", "a", NOON)
    good = path.read_bytes()
    for data in (damage + good, good + damage):
        path.write_bytes(data)
        with pytest.raises(RecordDamaged, match="line"):
            Outbox(path)


def test_command_for_an_unknown_office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert send(None, tmp_path, {}, office="nobody", year=None, really=False, again=()) == 2
    assert "no office 'nobody'; there are jichuan-office" in capsys.readouterr().err
