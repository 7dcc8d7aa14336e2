"""An office's report as a mail (邮件): subject and text in Chinese, the files attached."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from gipa_pipeline.errors import GipaError

MEDIA = {
    ".html": ("text", "html"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".pdf": ("application", "pdf"),
}
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,255}$)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class NotSendable(GipaError):
    """A report that must not be made a mail of: the message names what is wrong with which field."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one recipient gets: a report version, told apart from every other by ``key``."""

    key: str
    office_id: str
    year: int
    sender: str
    recipient: str
    subject: str
    text: str
    files: Mapping[str, bytes]

    @property
    def message_id(self) -> str:
        """Equal for equal versions, so that a mailbox can tell a repetition too."""
        return f"<{self.key}@{self.sender.rpartition('@')[2]}>"


def parcel(
    *,
    office_id: str,
    name: str,
    year: int,
    sender: str,
    recipient: str,
    summary: str,
    files: Mapping[str, bytes],
) -> Parcel:
    """A report version for one recipient.

    Raises:
        NotSendable: an address or a name that would change the mail's headers.
    """
    address(sender, "the sender ([report] sender in gipa.toml)")
    address(recipient, f"the recipient (contact_email or recipients of {office_id})")
    subject = f"{name} {year}年政府信息公开工作年度报告 汇总与数据质量报告"
    if any(not c.isprintable() for c in subject):
        raise NotSendable(
            f"the name of {office_id} holds a line break or another control character; correct units.csv"
        )
    digest = hashlib.sha256()
    for part in (office_id, str(year), recipient.lower()):
        digest.update(part.encode() + b"\0")
    for file, data in sorted(files.items()):
        digest.update(file.encode() + b"\0" + hashlib.sha256(data).digest())
    return Parcel(
        key=digest.hexdigest()[:32],
        office_id=office_id,
        year=year,
        sender=sender,
        recipient=recipient,
        subject=subject,
        text=_TEXT.format(name=name, year=year, summary=summary),
        files=dict(sorted(files.items())),
    )


def address(text: str, what: str) -> str:
    """One plain mail address.

    Raises:
        NotSendable: anything else, line breaks above all.
    """
    if not text:
        raise NotSendable(f"{what} is not set; write an address such as office@example.cn")
    if not _ADDRESS.fullmatch(text):
        raise NotSendable(
            f"{what}: {text[:80]!r} is no plain mail address; write one, such as office@example.cn"
        )
    return text


def to_bytes(made: Parcel, when: datetime) -> bytes:
    """The whole mail; equal parcels and times give equal bytes.

    Raises:
        NotSendable: a file of a kind that is not sent.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _header(made.sender)
    mail["To"] = _header(made.recipient)
    mail["Subject"] = made.subject
    mail["Date"] = format_datetime(when)
    mail["Message-ID"] = made.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(made.text, cte="base64")
    for name, data in made.files.items():
        kind = MEDIA.get("." + name.rpartition(".")[2])
        if kind is None:
            raise NotSendable(f"{name}: no kind of file that is sent")
        mail.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name)
    mail.set_boundary(f"=_{made.key}")
    return mail.as_bytes()


def _header(text: str) -> Address:
    user, _, domain = text.rpartition("@")
    return Address(username=user, domain=domain)


_TEXT = """\
{name}：

    现将{year}年政府信息公开工作年度报告的汇总与数据质量报告送上，请查收附件。

    {summary}

    附件：
    1. 报告（用浏览器打开）；
    2. 工作簿（问题清单、汇总表、报送情况、各单位数据）；
    3. 年度报告附表（Word）。

    汇总数为各单位所填数之和，未作修改；所列问题写明的是不成立的关系，哪一个数有误请以台账为准。
    本邮件由系统自动发出，对某一问题有异议的，请注明问题编号回复。
"""
