"""What an operator may set: one ``gipa.toml`` beside the registry, and ``GIPA_*`` variables over it.

A field here is a setting: ``fetch.pace_seconds`` is ``pace_seconds`` under ``[fetch]`` in the file and
``GIPA_FETCH_PACE_SECONDS`` in the environment. The environment is handed in as a mapping; nothing reads
``os.environ`` here or anywhere below the command line, so that one call gives one result.
What the law says is no setting: its dates stand in ``calendar``, its rules in ``expectations``.
"""

from __future__ import annotations

import contextlib
import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from expectations.rules import catalogue
from gipa_pipeline.errors import SettingsError

FILE_NAME = "gipa.toml"
SEVERITIES = ("error", "warning", "info")
OTHER_VARIABLES = ("GIPA_DATA", "GIPA_REGISTRY")
"""Variables of the same prefix that others read: where the data and the registry lie."""


@dataclass(frozen=True, slots=True)
class Due:
    """A date that an office has set itself (本地报送期限): month and day, for every year or for one.

    ``years`` is keyed by the report year; the date lies in the year after it.
    """

    always: tuple[int, int] | None = None
    years: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    def on(self, year: int) -> date | None:
        """The date for a report year, or None when the office has set none."""
        day = self.years.get(year, self.always)
        return None if day is None else date(year + 1, *day)


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How pages are collected (采集). Times in seconds, sizes in bytes.

    ``pace_seconds`` is the least time between two requests to one host, ``retries`` counts attempts
    after the first. ``allowed_hosts`` come on top of the registry's hosts (``*.gd.gov.cn`` takes in all
    below it). ``allow_private`` admits loopback and internal addresses: for tests and intranets.
    ``allow_legacy_tls`` admits, for hosts that fail a strict handshake, an outdated and unverified one.
    """

    pace_seconds: float = 1.0
    concurrency: int = 16
    connect_timeout: float = 10.0
    total_timeout: float = 60.0
    max_bytes: int = 30 * 1024 * 1024
    retries: int = 3
    user_agent: str = "gipa-pipeline/0.1 (collects government disclosure annual reports)"
    allow_private: bool = False
    allowed_hosts: tuple[str, ...] = ()
    robots: bool = True
    allow_legacy_tls: bool = False


@dataclass(frozen=True, slots=True)
class DateSettings:
    """Local dates for every office, and the day that counts as today (None: the clock's).

    Empty dates leave the statutory ones alone; see ``calendar``.
    """

    today: date | None = None
    departments_due: Due = Due()
    governments_due: Due = Due()
    towns_due: Due = Due()


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """Severity by rule id; thresholds and, where no national text settles a point, choices by ``<rule>.<name>``."""

    severity: Mapping[str, str] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    options: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExtractSettings:
    """How documents are read. ``workers`` 0: one for each processor."""

    workers: int = 0
    timeout_seconds: float = 60.0
    max_bytes: int = 30 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """What stands in an office's report besides the findings: whom to ask, and the mail's sender.

    ``reply_days`` are the working days a unit is given in a letter, where its office sets no date. Units are
    only drawn beside each other where at least ``peer_units`` of one level and kind each handled at least
    ``peer_cases`` applications.
    """

    contact: str = ""
    sender: str = ""
    reply_days: int = 10
    peer_units: int = 5
    peer_cases: int = 20


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server that reports are sent over.

    ``tls``: ``starttls``, ``tls`` (from the first byte), or ``none`` (a server on this machine only).
    ``ca_file`` names the certificates of an authority of one's own. The password belongs into the variable
    ``GIPA_MAIL_PASSWORD`` rather than into a file. ``operator`` is told of failed runs and of units past their
    date; without ``send_notices`` that mail stays in the outbox to be looked at.
    """

    host: str = ""
    port: int = 587
    tls: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    timeout_seconds: float = 60.0
    operator: str = ""
    send_notices: bool = False


@dataclass(frozen=True, slots=True)
class LineageSettings:
    """Where run events (OpenLineage) go: a file in the data folder, an address, or nowhere."""

    file: str = ""
    url: str = ""
    namespace: str = "gipa"


@dataclass(frozen=True, slots=True)
class OfficeSettings:
    """One supervising office's own dates (from its notice) and severities.

    ``reply_by`` is the date by which letters ask for a reply. ``recipients`` get the office's report besides
    the ``contact_email`` of the registry.
    """

    departments_due: Due = Due()
    governments_due: Due = Due()
    towns_due: Due = Due()
    reply_by: Due = Due()
    severity: Mapping[str, str] = field(default_factory=dict)
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may be set; ``Settings()`` is the default."""

    fetch: FetchSettings = FetchSettings()
    dates: DateSettings = DateSettings()
    rules: RuleSettings = RuleSettings()
    extract: ExtractSettings = ExtractSettings()
    report: ReportSettings = ReportSettings()
    mail: MailSettings = MailSettings()
    lineage: LineageSettings = LineageSettings()
    offices: Mapping[str, OfficeSettings] = field(default_factory=dict)

    def severity(self, rule: str, office_id: str, default: str) -> str:
        """The severity of a rule for an office: its own word, else everybody's, else ``default``."""
        own = self.offices.get(office_id, OfficeSettings()).severity
        return own.get(rule, self.rules.severity.get(rule, default))


def load_settings(folder: Path | None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read ``gipa.toml`` from a folder, if it is there, and lay ``GIPA_*`` variables over it.

    Raises:
        SettingsError: an unknown key, a value of the wrong type or out of range, or a broken file.
    """
    settings = Settings()
    if folder is not None and (path := folder / FILE_NAME).exists():
        settings = _from_table(settings, _read(path), str(path))
    return _from_environ(settings, environ or {})


def _read(path: Path) -> dict[str, Any]:
    try:
        # A byte order mark is what Windows editors leave; TOML itself knows none.
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 at byte {error.start}. Save the file as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error


def _from_table(settings: Settings, table: Mapping[str, Any], where: str) -> Settings:
    changes: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _names(Settings):
            raise _unknown(where, key, _names(Settings))
        if not isinstance(value, Mapping):
            raise SettingsError(f"{where}: {key} must be a table ([{key}]), not {value!r}.")
        if key == "offices":
            changes[key] = {
                office: _section(OfficeSettings(), of, where, f"offices.{office}")
                for office, of in value.items()
            }
        else:
            changes[key] = _section(getattr(settings, key), value, where, key)
    return replace(settings, **changes)


def _section(section: Any, table: Any, where: str, prefix: str) -> Any:
    if not isinstance(table, Mapping):
        raise SettingsError(f"{where}: {prefix} must be a table ([{prefix}]), not {table!r}.")
    changes = {}
    for key, value in table.items():
        if key not in _names(type(section)):
            raise _unknown(where, f"{prefix}.{key}", _names(type(section)))
        changes[key] = _value(key, getattr(section, key), value, f"{where}: {prefix}.{key}")
    return replace(section, **changes)


def _from_environ(settings: Settings, environ: Mapping[str, str]) -> Settings:
    for name in sorted(n for n in environ if n.startswith("GIPA_") and n not in OTHER_VARIABLES):
        part, _, key = name.removeprefix("GIPA_").lower().partition("_")
        section = getattr(settings, part, None) if part in _names(Settings) and part != "offices" else None
        if section is None or key not in _names(type(section)):
            raise SettingsError(f"{name}: no setting of this name. Settings are GIPA_<SECTION>_<KEY>.")
        old = getattr(section, key)
        new = replace(section, **{key: _value(key, old, _literal(old, environ[name]), name)})
        settings = replace(settings, **{part: new})
    return settings


def _literal(old: object, text: str) -> object:
    """An environment variable's text as the TOML value it stands for."""
    if isinstance(old, tuple):
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(old, (str, Due)) or "\n" in text:
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _value(key: str, old: object, value: object, where: str) -> object:
    """A value checked against the default it replaces: the default's type is the setting's type."""
    for kind, check in _CHECKS:
        if isinstance(old, kind) or (key == "today" and kind is date):
            return check(key, value, where)
    raise TypeError(f"no check for setting {key}")


def _bool(_: str, value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(f"{where} must be true or false, not {value!r}.")
    return value


def _finite(_: str, value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise SettingsError(f"{where} must be a number, not {value!r}.")
    return float(value)


def _seconds(key: str, value: object, where: str) -> float:
    seconds = _finite(key, value, where)
    if seconds < 0 or (seconds == 0 and key != "pace_seconds"):
        raise SettingsError(f"{where} must be a time in seconds, not {seconds:g}.")
    return seconds


def _whole(key: str, value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise SettingsError(f"{where} must be a whole number, not {value!r}.")
    least = 1 if key in ("concurrency", "max_bytes", "reply_days", "port", "peer_units", "peer_cases") else 0
    if value < least:
        raise SettingsError(f"{where} must be {least} or more, not {value}.")
    return value


def _text(_: str, value: object, where: str) -> str:
    # A line break in the user agent or the sender would end up in a header.
    if not isinstance(value, str) or any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise SettingsError(f"{where} must be text on one line, not {value!r}.")
    return value


def _texts(key: str, value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise SettingsError(f"{where} must be a list of texts, not {value!r}.")
    return tuple(_text(key, item, where) for item in value)


def _day(_: str, value: object, where: str) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        with contextlib.suppress(ValueError):
            value = date.fromisoformat(value)
    if type(value) is not date:
        raise SettingsError(f"{where} must be a date such as 2025-03-31, not {value!r}.")
    return value


def _month_day(value: object, where: str) -> tuple[int, int]:
    if isinstance(value, str) and (match := re.fullmatch(r"(\d\d)-(\d\d)", value)):
        month, day = int(match[1]), int(match[2])
        try:
            date(2001, month, day)  # no leap year: the date must exist in every year
        except ValueError:
            pass
        else:
            return month, day
    raise SettingsError(f'{where} must be month and day such as "01-31", not {value!r}.')


def _due(_: str, value: object, where: str) -> Due:
    if not isinstance(value, Mapping):
        return Due(_month_day(value, where))
    years = {}
    for year, day in value.items():
        if not re.fullmatch(r"20\d\d", year):
            raise SettingsError(f'{where}: {year!r} is no report year; write {{2022 = "01-28"}}.')
        years[int(year)] = _month_day(day, f"{where}.{year}")
    return Due(None, years)


def _mapping(key: str, value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise SettingsError(f"{where} must be a table, not {value!r}.")
    _known_rules(key, value, where)
    if key == "thresholds":
        return {k: _finite(k, v, f"{where}.{k}") for k, v in value.items()}
    if key == "options":
        return {k: _bool(k, v, f"{where}.{k}") for k, v in value.items()}
    for name, word in value.items():
        if key == "severity" and word not in SEVERITIES:
            raise SettingsError(f"{where}.{name} must be one of {', '.join(SEVERITIES)}, not {word!r}.")
    return dict(value)


def _known_rules(key: str, given: Mapping[str, object], where: str) -> None:
    """A name that no rule has would be passed over in silence, and the operator believe that it holds."""
    rules = catalogue()
    known = {
        "severity": set(rules),
        "thresholds": {f"{r.id}.{n}" for r in rules.values() for n in r.options}
        | {"W.least", *(f"W0{n}.share" for n in (1, 2, 3))},
        "options": {f"{r.id}.{n}" for r in rules.values() for n in r.choices},
    }.get(key)
    unknown = sorted(set(given) - known) if known is not None else []
    if known is not None and unknown:
        raise SettingsError(
            f'{where}: unknown {", ".join(unknown)}. Write a name as in docs/rules.md, in quotes ("X05.least"); '
            f"known here: {', '.join(sorted(known)) if len(known) < 40 else 'the ids of the rules'}."
        )


_CHECKS: tuple[tuple[type, Callable[[str, object, str], object]], ...] = (
    (bool, _bool),  # before int, of which it is one
    (int, _whole),
    (float, _seconds),
    (str, _text),
    (tuple, _texts),
    (Due, _due),
    (Mapping, _mapping),
    (date, _day),
)


def _names(of: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(of))


def _unknown(where: str, key: str, known: tuple[str, ...]) -> SettingsError:
    return SettingsError(f"{where}: unknown key {key}. Known here: {', '.join(known)}.")
