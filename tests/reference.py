"""The parts of the documentation that are made from the code: ``python -m tests.reference`` writes them.

``test_docs`` fails when a page is not what the code says. ``rules.md`` and ``database.md`` have makers of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from expectations.frames import markdown as data_dictionary
from expectations.rules import catalogue
from gipa_pipeline.settings import Due, OfficeSettings, Settings
from gipa_pipeline.validate.tolerance import LEAST, LIMITS

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- settings: made by python -m tests.reference -->", "<!-- settings end -->"

SECTIONS: Mapping[str, type] = {
    **{f.name: type(getattr(Settings(), f.name)) for f in fields(Settings) if f.name != "offices"},
    "offices.<unit_id>": OfficeSettings,
}

MEANINGS: Mapping[str, str] = {
    "fetch.pace_seconds": "least time between two requests to one host",
    "fetch.concurrency": "requests under way at once, over all hosts; a host is asked one at a time",
    "fetch.connect_timeout": "seconds until a connection must stand",
    "fetch.total_timeout": "seconds a document may take",
    "fetch.max_bytes": "a larger document is given up",
    "fetch.retries": "attempts after the first",
    "fetch.user_agent": "how we name ourselves; add a telephone number or address that hosts can turn to",
    "fetch.allow_private": "admit loopback and internal addresses, for an intranet",
    "fetch.allowed_hosts": "hosts besides those in `units.csv`; `*.gd.gov.cn` takes in all below it",
    "fetch.robots": "keep to robots.txt",
    "fetch.allow_legacy_tls": "for hosts that fail a strict handshake, an outdated and unverified one",
    "dates.today": "the day that counts as today; unset: the clock's",
    "dates.departments_due": "local date for departments",
    "dates.governments_due": "local date for governments' consolidated reports",
    "dates.towns_due": "local date for towns, for whom the law sets none",
    "rules.severity": "severity by rule id: `error`, `warning` or `info`",
    "rules.thresholds": "thresholds by rule id and name, see below",
    "rules.options": "points that no national text settles, by rule id and name, `true` or `false`; see below",
    "extract.workers": "processes that read; 0: one for each processor",
    "extract.timeout_seconds": "a document that takes longer is ended and said to have timed out",
    "extract.max_bytes": "a larger document is refused",
    "report.contact": "whom to ask, printed in the office's report",
    "report.reply_days": "working days that a letter gives a unit, where its office sets no date",
    "report.sender": "the address that `gipa send` sends from",
    "report.peer_units": "least number of units of one level and kind that are drawn beside each other",
    "report.peer_cases": "least number of applications that each of them handled",
    "mail.host": "mail server that `gipa send` hands the mails to",
    "mail.port": "its port",
    "mail.tls": "`starttls`, `tls` (from the first byte), or `none` (a server on this machine only)",
    "mail.user": "name to log in with; empty: no login",
    "mail.password": "better in the variable `GIPA_MAIL_PASSWORD` than in a file",
    "mail.ca_file": "certificates of an authority of your own",
    "mail.timeout_seconds": "how long the server may take",
    "mail.operator": "who is told of failed runs and of units past their date",
    "mail.send_notices": "send such mail; otherwise it is only written into `outbox/notices/`",
    "lineage.file": "file in the data folder to which OpenLineage run events are added, such as `lineage.jsonl`",
    "lineage.url": "address to which they are posted; a catalogue that does not answer stops nothing",
    "lineage.namespace": "name under which jobs and data sets are told",
    "offices.<unit_id>.departments_due": "this office's own date",
    "offices.<unit_id>.governments_due": "this office's own date",
    "offices.<unit_id>.towns_due": "this office's own date",
    "offices.<unit_id>.severity": "this office's own severities",
    "offices.<unit_id>.reply_by": "date by which letters ask for a reply",
    "offices.<unit_id>.recipients": "who gets this office's report besides its `contact_email`, a mail each",
}


def settings() -> str:
    """Every setting with its default, from the classes that hold them."""
    return "\n".join([BEGIN, "", *_tables(), *_thresholds(), *_choices(), END])


def _tables() -> Iterator[str]:
    for section, kind in SECTIONS.items():
        yield from (f"### [{section}]", "", "| key | default | meaning |", "|---|---|---|")
        for field, default in zip(fields(kind), _defaults(kind), strict=True):
            meaning = MEANINGS.get(f"{section}.{field.name}", "see `gipa_pipeline/settings.py`")
            yield f"| `{field.name}` | {_printed(default)} | {meaning} |"
        yield ""


def _thresholds() -> Iterator[str]:
    yield from (
        "### Thresholds of rules",
        "",
        "| key in `rules.thresholds` | default | rule |",
        "|---|---|---|",
    )
    for rule in catalogue().values():
        for name, value in rule.options.items():
            yield f"| `{rule.id}.{name}` | {_printed(value)} | {rule.title} |"
    for name, share in LIMITS.items():
        yield f"| `{name}.share` | {_printed(share)} | a year beyond this share is not added up: {_TOLERANCES[name]} |"
    yield f"| `W.least` | {_printed(LEAST)} | fewer units than these are not judged as a whole |"
    yield ""


def _choices() -> Iterator[str]:
    yield from (
        "### Points that no national text settles",
        "",
        "| key in `rules.options` | default | rule |",
        "|---|---|---|",
    )
    for rule in catalogue().values():
        for name, value in rule.choices.items():
            yield f"| `{rule.id}.{name}` | {_printed(value)} | {rule.title}: {rule.note} |"
    yield ""


_TOLERANCES = {
    "W01": "documents that could not be read",
    "W02": "cells that could not be told for certain",
    "W03": "reports of the year before without a successor",
}


def _defaults(kind: type) -> list[Any]:
    made = kind()
    return [getattr(made, field.name) for field in fields(kind)]


def _printed(value: Any) -> str:
    if value is None or value == Due() or value in ({}, (), ""):
        return "—"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value}" if isinstance(value, int | float | date) else f'"{value}"'


def with_settings(page: str) -> str:
    """The page with the part between the two marks made anew."""
    head, _, rest = page.partition(BEGIN)
    return head + settings() + rest.partition(END)[2]


MADE: Mapping[str, Callable[[str], str]] = {
    "data-dictionary.md": lambda _: data_dictionary(),
    "registry.md": with_settings,
}
"""How each page is made from what it is now."""


def main() -> None:
    """Write the pages."""
    for name, make in MADE.items():
        path = DOCS / name
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        path.write_text(make(before), encoding="utf-8", newline="\n")
        print(path)


if __name__ == "__main__":
    main()
