"""What one field of the registry may hold: plain checks on text, each with its remedy.

The tables come from people and may be hostile: ids become folder names, paths are opened, hosts are called.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import urlsplit

LEVELS = ("province", "city", "county", "town")
KINDS = ("department", "government")
MAX_FIELD = 2000

_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(1, 10))}
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


class Unusable(Exception):
    """A field or file that cannot be used: what is wrong, and the remedy."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(f"{what}. {remedy}")


def decode(data: bytes) -> str:
    """A table's text from its bytes: UTF-8 with or without a mark, else GB18030.

    Raises:
        Unusable: neither of the two, or bytes that no text has.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unusable("is UTF-16", "Save it as “CSV UTF-8”.")
    if b"\0" in data:
        raise Unusable(f"has a NUL byte at {data.index(0)}; this is no CSV", "Save the table as “CSV UTF-8”.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as utf8:
        try:
            return data.decode("gb18030").removeprefix("\ufeff")
        except UnicodeDecodeError:
            line = data.count(b"\n", 0, utf8.start) + 1
            raise Unusable(
                f"line {line} is neither UTF-8 nor GB18030 (byte {utf8.start})", "Save it as “CSV UTF-8”."
            ) from None


def separator(text: str, columns: Sequence[str]) -> str:
    """What stands between a table's columns: the comma, or what an office program of another country put there.

    The header decides: the sign under which most columns are found, and the comma when none is better.
    """
    head = text.split("\n", 1)[0]

    def found(sign: str) -> int:
        return len({name.strip().strip('"').lower() for name in head.split(sign)} & set(columns))

    return max((",", ";", "\t"), key=found)


def plain(text: str) -> str:
    """The text itself, if it is of sane length and without control or invisible formatting characters."""
    if len(text) > MAX_FIELD:
        raise Unusable(f"is {len(text)} characters long", f"At most {MAX_FIELD} are possible.")
    if text.isprintable():
        return text
    for character in text:
        # Cf holds the marks that turn the writing direction and can hide what a name really says.
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            raise Unusable(
                f"has the invisible character U+{ord(character):04X}", "Type the field again by hand."
            )
    return text


def unit_id(text: str) -> str:
    """An id that is safe as a folder name on every system."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", text):
        raise Unusable(
            f"{text[:80]!r} is no unit id" if text else "is empty",
            "Use up to 64 ASCII letters, digits, - and _, beginning with a letter or digit.",
        )
    if text.lower() in _RESERVED:
        raise Unusable(f"{text!r} is a name that Windows keeps for itself", "Choose another id.")
    return text


def name(text: str) -> str:
    """A unit's full name."""
    if not text:
        raise Unusable("is empty", "Write the unit's full name as its reports print it.")
    if len(text) > 200:
        raise Unusable(f"is {len(text)} characters long", "Write the unit's full name only.")
    return text


def level(text: str) -> str:
    """A level of government."""
    return _one_of(text, LEVELS)


def kind(text: str) -> str:
    """``department`` or ``government``."""
    return _one_of(text, KINDS)


def _one_of(text: str, words: tuple[str, ...]) -> str:
    if text.lower() not in words:
        raise Unusable(f"{text[:80]!r} is not known here", f"Write one of: {', '.join(words)}.")
    return text.lower()


def region_code(text: str) -> str:
    """The administrative division code (行政区划代码): 6 to 12 digits, or empty."""
    if text and not re.fullmatch(r"[0-9]{6,12}", text):
        raise Unusable(f"{text[:80]!r} is no region code", "Write 6 digits (12 at most), or leave it empty.")
    return text


def email(text: str) -> str:
    """A mail address, or empty."""
    if text and not re.fullmatch(r"[^@\s,;<>\"()]{1,64}@[^@\s,;<>\"()]{1,255}", text):
        raise Unusable(f"{text[:80]!r} is no mail address", "Write one address, or leave the field empty.")
    return text


def credit_code(text: str) -> str:
    """The unified social credit code (统一社会信用代码): 18 characters, or empty."""
    if text and not re.fullmatch(r"[0-9A-Z]{18}", text.upper()):
        raise Unusable(
            f"{text[:80]!r} is no credit code", "Write its 18 digits and capitals, or leave it empty."
        )
    return text.upper()


def host(text: str) -> str:
    """A host name in lower case ASCII, or empty; Chinese domains become ``xn--…``."""
    if not text:
        return ""
    found = ascii_host(text)
    if found is None:
        raise Unusable(
            f"{text[:80]!r} is no host name", "Write the bare name, e.g. www.zs.gov.cn, without http://."
        )
    return found


def ascii_host(text: str) -> str | None:
    """A host name or address in lower case ASCII without a dot at its end; None when it is neither."""
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        pass
    try:
        found = text.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        return None
    labels = found.split(".")
    # A name whose last label is a number would be read as an address in some odd notation (0x7f.1, 2130706433).
    if len(found) > 253 or re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1]):
        return None
    return found if all(_LABEL.fullmatch(label) for label in labels) else None


def is_address(text: str) -> bool:
    """Whether a source is an address rather than a path; a drive letter (``c:``) is no scheme."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", text) is not None


def source(text: str) -> str:
    """An http(s) address as written, or a relative path with ``/`` between its parts."""
    if not text:
        raise Unusable("is empty", "Write an address (https://…) or a file beside the registry.")
    return _address(text) if is_address(text) else _path(text)


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise Unusable(f"is no address ({error})", "Copy the address from the browser again.") from None
    if parts.scheme not in ("http", "https"):
        raise Unusable(
            f"the scheme {parts.scheme!r} is not collected", "Write an http:// or https:// address."
        )
    if parts.username is not None or parts.password is not None:
        raise Unusable("holds a user name or password", "Write the address without them.")
    if parts.hostname is None or ascii_host(parts.hostname) is None or port == 0 or " " in text:
        raise Unusable(f"{text[:80]!r} is no address", "Copy the address from the browser again.")
    return text


def _path(text: str) -> str:
    path = text.replace("\\", "/")
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        raise Unusable("is an absolute path", "Put the file into the registry folder and write its name.")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or ".." in parts:
        raise Unusable("leads out of the registry folder", "Put the file into the registry folder.")
    if any(len(part.encode("utf-8")) > 255 for part in parts):
        raise Unusable("has a name longer than a file may have", "Shorten the file's name.")
    if any(re.search(r'[<>:"|?*]', part) for part in parts):
        raise Unusable(
            'has one of < > : " | ? * in it', "Rename the file; not every system can store the name."
        )
    return "/".join(parts)


def same_source(text: str) -> str:
    """A form in which two spellings of one source are equal: host in lower case, no fragment, no port of habit."""
    if not is_address(text):
        return text
    parts = urlsplit(text)
    port = f":{parts.port}" if parts.port not in (None, {"http": 80, "https": 443}[parts.scheme]) else ""
    found = ascii_host(parts.hostname or "")
    return f"{parts.scheme}://{found}{port}{parts.path or '/'}?{parts.query}"
