"""One mail to one server (SMTP), told apart by what is certain afterwards: taken, not taken, or not known.

Only the standard library. The connection is encrypted and the server's certificate checked; in plain text
nothing is sent except to this very machine.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from gipa_pipeline.errors import GipaError
from gipa_pipeline.settings import MailSettings


class MailSetup(GipaError):
    """Mail settings that cannot be used."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How handing over ended: ``sent``, ``failed`` (try later), ``refused`` (for good) or ``unknown``."""

    outcome: str
    detail: str


def hand_over(
    mail: MailSettings, sender: str, recipient: str, data: bytes, before_content: Callable[[], None]
) -> Answer:
    """Hand a mail to the server.

    Args:
        mail: the server.
        sender: a plain address.
        recipient: a plain address.
        data: the whole mail with CRLF line ends.
        before_content: called when the server waits for the content; from here on the outcome may be unknown.

    Raises:
        MailSetup: no server is set, or it would be spoken to in plain text.
    """
    context = _context(mail)
    content = False
    client: smtplib.SMTP | None = None
    try:
        client = _connect(mail, context)
        if mail.user:
            client.login(mail.user, mail.password)
        steps = ((client.mail, (sender,), 2), (client.rcpt, (recipient,), 2), (client.docmd, ("DATA",), 3))
        for step, what, wanted in steps:
            code, reply = step(*what)
            if code // 100 != wanted:
                return _refusal(code, reply)
        before_content()
        content = True
        client.send(re.sub(rb"(?m)^\.", b"..", data.removesuffix(b"\r\n")) + b"\r\n.\r\n")
        code, reply = client.getreply()
        if 400 <= code < 600:
            return _refusal(code, reply)
        if code // 100 != 2:
            return Answer("unknown", f"no answer of a mail server: {code} {_text(reply)}")
        with contextlib.suppress(OSError, smtplib.SMTPException):
            client.quit()
        return Answer("sent", _text(reply))
    except smtplib.SMTPAuthenticationError as error:
        # The password is the operator's to put right; the mail itself was refused by nobody.
        return Answer("failed", f"{error.smtp_code} {_text(error.smtp_error)}")
    except smtplib.SMTPResponseException as error:
        if content:
            # Raised for an answer that cannot be read, which may have been a yes.
            return Answer("unknown", f"{error.smtp_code} {_text(error.smtp_error)}")
        return _refusal(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        detail = f"{type(error).__name__}: {error}"
        if content:
            # The server may have taken the mail before the line broke.
            return Answer("unknown", detail)
        final = isinstance(error, ssl.SSLCertVerificationError | smtplib.SMTPNotSupportedError)
        return Answer("refused" if final else "failed", detail)
    finally:
        if client is not None:
            client.close()


def _context(mail: MailSettings) -> ssl.SSLContext:
    if not mail.host:
        raise MailSetup('no mail server is set. Write [mail] host = "..." into gipa.toml.')
    if mail.tls not in ("starttls", "tls", "none"):
        raise MailSetup(f'[mail] tls must be "starttls", "tls" or "none", not {mail.tls!r}.')
    if mail.tls == "none" and not _here(mail.host):
        raise MailSetup(f'[mail] tls = "none" is for a server on this machine only, not for {mail.host}.')
    try:
        return ssl.create_default_context(cafile=mail.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise MailSetup(f"[mail] ca_file {mail.ca_file!r} cannot be used: {error}") from error


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _connect(mail: MailSettings, context: ssl.SSLContext) -> smtplib.SMTP:
    client: smtplib.SMTP
    if mail.tls == "tls":
        client = smtplib.SMTP_SSL(mail.host, mail.port, timeout=mail.timeout_seconds, context=context)
    else:
        client = smtplib.SMTP(mail.host, mail.port, timeout=mail.timeout_seconds)
    try:
        client.ehlo_or_helo_if_needed()
        if mail.tls == "starttls":
            # A server that does not offer it is not spoken to in plain text: this raises.
            client.starttls(context=context)
            client.ehlo()
    except BaseException:
        client.close()
        raise
    return client


def _refusal(code: int, reply: bytes | str) -> Answer:
    """4xx, as greylisting answers, may be tried again; 5xx is for good."""
    return Answer("refused" if 500 <= code < 600 else "failed", f"{code} {_text(reply)}")


def _text(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())[:300]
