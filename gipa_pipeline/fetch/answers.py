"""What a host's answer amounts to (应答判定): a document, nothing there, a refusal, or a browser challenge.

Only looks at answers. A challenge is recognised to be left alone: it is never solved, nor its cookie forged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

REDIRECTS = (301, 302, 303, 307, 308)
TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
"""Statuses worth another attempt after a while."""

KEPT_HEADERS = (
    "content-disposition",
    "content-encoding",
    "content-length",
    "content-type",
    "etag",
    "last-modified",
    "server",
)
_CHALLENGE_STATUS = (200, 202, 403, 412, 503, 521)
_CHALLENGE_BYTES = 32 * 1024
_TRICKS = re.compile(
    rb"document\s*\.\s*cookie|\beval\s*\(|\$_ts\s*=|acw_sc__v2|location\s*\.\s*(reload|replace)\s*\(",
    re.IGNORECASE,
)
_HIDDEN = re.compile(
    rb"<(script|style|noscript)\b.*?(</\1\s*>|\Z)|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a host: headers with names in lower case; ``body`` decompressed, partly read for a failure."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    tls: str | None = None


class Stop(Exception):
    """A retrieval that ended without a document; ``outcome`` as in ``archive.OUTCOMES``.

    ``again`` tells whether another attempt may help; ``host_down`` whether other pages of the host would
    fare the same.
    """

    def __init__(
        self,
        outcome: str,
        message: str,
        *,
        answer: Answer | None = None,
        again: bool = False,
        host_down: bool = False,
    ) -> None:
        self.outcome, self.answer, self.again, self.host_down = outcome, answer, again, host_down
        self.attempts = 1
        super().__init__(message)


def judge(answer: Answer) -> Answer:
    """The answer itself when it brings a document.

    Raises:
        Stop: it brings none.
    """
    status = answer.status
    if is_challenge(answer):
        raise Stop(
            "blocked",
            f"status {status} with a challenge that only a browser passes",
            answer=answer,
            host_down=True,
        )
    if status in (404, 410):
        raise Stop("not_found" if status == 404 else "gone", f"status {status}", answer=answer)
    if status >= 500 or status == 304 or status < 200:
        raise Stop("server_error", f"status {status}", answer=answer)
    if status == 429:
        raise Stop("refused", "status 429, too many requests", answer=answer, host_down=True)
    if status >= 300 or status == 206:
        raise Stop("refused", f"status {status}", answer=answer)
    if not answer.body:
        raise Stop("empty", f"status {status} with an empty body", answer=answer)
    return answer


def is_challenge(answer: Answer) -> bool:
    """Whether a small page holds nothing but a script that sets a cookie or loads the page again."""
    body = answer.body
    if (
        answer.status not in _CHALLENGE_STATUS
        or not 0 < len(body) <= _CHALLENGE_BYTES
        or not _TRICKS.search(body)
    ):
        return False
    # A page with text on it is a page, whatever its scripts do. Eighty bytes: “please enable JavaScript”.
    return b"<script" in body.lower() and len(b"".join(_HIDDEN.sub(b"", body).split())) <= 80


def kept_headers(answer: Answer) -> dict[str, str]:
    """The headers worth keeping, cut to a sane length."""
    return {name: answer.headers[name][:500] for name in KEPT_HEADERS if name in answer.headers}
