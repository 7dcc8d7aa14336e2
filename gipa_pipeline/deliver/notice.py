"""Mail to the operator (运维通知): a run that failed, units past their date. The same outbox, the same certainty.

A notice is first a file, written as a whole under a name made of what it tells; telling the same again writes
nothing. Handing it to the mail server comes later and is noted before and after, as with a report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from gipa_pipeline import store_files
from gipa_pipeline.deliver.message import Parcel, address, to_bytes
from gipa_pipeline.deliver.send import FOLDER, Delivery
from gipa_pipeline.deliver.smtp import hand_over
from gipa_pipeline.deliver.state import Outbox, opened
from gipa_pipeline.settings import Settings

NOTICES = store_files.UNLOCKED
OPERATOR = "operator"
_LONGEST_SUBJECT, _LONGEST_TEXT = 150, 20_000
_AT_ONCE = 20
"""Notices handed over in one go; the rest waits for the next."""
_TRIES, _WAIT, _LONGEST_WAIT = 20, timedelta(minutes=5), timedelta(hours=6)
"""What is not taken, by greylisting, a wrong password or a full mailbox, is tried again for some four days."""


def write_notice(
    root: Path, settings: Settings, about: Sequence[str], subject: str, text: str, when: datetime
) -> Path | None:
    """Put a notice to the operator into the outbox; it goes out with :func:`hand_over_notices`.

    Args:
        root: the data folder.
        settings: from whom and to whom.
        about: what is told, such as a run's id; equal ones are one notice, and the first text stays.
        subject: one line; control characters in it become spaces.
        text: the rest.
        when: the mail's date.

    Returns:
        The file; None when the settings name no operator.

    Raises:
        NotSendable: an address that is none.
        StoreError: the file cannot be written.
    """
    if not settings.mail.operator:
        return None
    sender = address(settings.report.sender, "the sender ([report] sender in gipa.toml)")
    recipient = address(settings.mail.operator, "[mail] operator in gipa.toml")
    key = hashlib.sha256("\0".join((*about, recipient.lower())).encode()).hexdigest()[:32]
    path = root / FOLDER / NOTICES / f"{key}.eml"
    if path.is_file():
        return path
    plain = " ".join("".join(c if c.isprintable() else " " for c in subject).split())[:_LONGEST_SUBJECT]
    made = Parcel(key, OPERATOR, 0, sender, recipient, plain, text[:_LONGEST_TEXT], {})
    store_files.write(path, to_bytes(made, when))
    return path


def _due(outbox: Outbox, key: str, now: datetime) -> bool:
    """Whether a notice is to be tried now: at once the first time, then after a wait that doubles."""
    if outbox.state(key) in ("sent", "unknown"):
        return False
    vain = outbox.vain(key)
    if vain is None:
        return True
    tries, last = vain
    return tries < _TRIES and now - last >= min(_WAIT * 2 ** (tries - 1), _LONGEST_WAIT)


def hand_over_notices(root: Path, settings: Settings, now: Callable[[], datetime]) -> Iterator[Delivery]:
    """Hand the waiting notices to the mail server, each once; one whose fate is unknown is left alone.

    Raises:
        StoreError: another process is sending.
        RecordDamaged: the record of what was sent cannot be read.
        MailSetup: no server is set.
    """
    folder = root / FOLDER
    waiting = sorted((folder / NOTICES).glob("*.eml"))
    if not waiting:
        return
    with opened(folder) as outbox:
        left = [path for path in waiting if _due(outbox, path.stem, now())]
        for path in left[:_AT_ONCE]:
            key, to = path.stem, settings.mail.operator

            def handing(key: str = key, to: str = to) -> None:
                outbox.note("handing", key, now(), to=to)

            answer = hand_over(settings.mail, settings.report.sender, to, path.read_bytes(), handing)
            if answer.outcome != "unknown":
                outbox.note(answer.outcome, key, now(), to=to, detail=answer.detail)
            yield Delivery(OPERATOR, 0, answer.outcome, f"{to}: {answer.detail}", key)
