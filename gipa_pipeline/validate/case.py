"""A report under examination: its subject, last year's, the settings, and how findings are written down."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from expectations.forms import Form
from expectations.outcomes import Finding, finding_id
from expectations.rules import catalogue
from gipa_pipeline.settings import Settings
from gipa_pipeline.validate.alike import Twin
from gipa_pipeline.validate.peers import Peers
from gipa_pipeline.validate.subject import Subject


@dataclass(frozen=True, slots=True)
class Checked:
    """What a rule says of a report: findings, or why it cannot say anything.

    ``verdict`` is given where findings alone do not tell it: a relation can be broken by a cause that is
    reported under another rule.
    """

    rule: str
    findings: tuple[Finding, ...] = ()
    reason: str | None = None
    said: str | None = None

    @property
    def verdict(self) -> str:
        """``fail``, ``uncertain``, ``not_assessable`` or ``pass``."""
        if self.said:
            return self.said
        if any(f.verdict == "fail" for f in self.findings):
            return "fail"
        if self.findings:
            return "uncertain"
        return "not_assessable" if self.reason else "pass"


@dataclass(frozen=True)
class Case:
    """A report under examination.

    ``last`` is the same unit's report of the year before, when it can be read. ``peers`` are the units of its level
    and kind, ``twin`` the unit whose prose is much the same, where a whole year is at hand.
    """

    subject: Subject
    last: Subject | None = None
    settings: Settings = field(default_factory=Settings)
    peers: Peers | None = None
    twin: Twin | None = None

    @property
    def form(self) -> Form:
        """The form of a report that has one; to be asked for after ``subject.form`` was looked at."""
        if self.subject.form is None:
            raise ValueError(f"{self.subject.unit_id} {self.subject.year}: a report without a form")
        return self.subject.form

    def option(self, rule: str, name: str) -> float:
        """A rule's threshold: the operator's ``<rule>.<name>``, else the catalogue's."""
        return option(self.settings, rule, name)

    def choice(self, rule: str, name: str) -> bool:
        """A point that no national text settles: the operator's answer, else the catalogue's careful one."""
        return self.settings.rules.options.get(f"{rule}.{name}", catalogue()[rule].choices[name])

    def finding(
        self,
        rule: str,
        cells: Iterable[str] = (),
        *,
        expected: object = None,
        actual: object = None,
        difference: object = None,
        likely: Sequence[str] = (),
        suggestion: object = None,
        rivals: Sequence[str] = (),
        severity: str | None = None,
        responsibility: str | None = None,
        evidence: dict[str, object] | None = None,
        day: date | None = None,
        key: Iterable[str] = (),
        message: str | None = None,
        **fields: object,
    ) -> Finding:
        """Write a finding down under the catalogue's words.

        Args:
            rule: the rule's id.
            cells: ids of the cells in the relation.
            expected: what the relation demands.
            actual: what is printed.
            difference: between the two.
            likely: where the error most likely lies.
            suggestion: the only value that restores every relation.
            rivals: cells that would explain it as well.
            severity: milder than the catalogue's, when this case is.
            responsibility: by default the publisher's, unless the cells were not read for certain.
            evidence: what else it rests on.
            day: the day of the data that shows it, by default that of the document.
            key: what tells it apart from others of the same rule that name no cells.
            message: instead of the catalogue's sentence.
            **fields: for the places in the catalogue's sentence, besides the three numbers above.
        """
        of, subject, cells = catalogue()[rule], self.subject, tuple(cells)
        who = responsibility or subject.responsibility(tuple(likely) or cells)
        relation = {"expected": expected, "actual": actual, "difference": difference}
        text = message if message is not None else wording(rule, **(relation | fields))
        grave = self.settings.severity(rule, subject.office_id, severity or of.severity)
        if who != "publisher" and grave == "error":
            # What we are not sure of ourselves is an error against nobody, whatever an office wants of the rule.
            grave = "warning"
        return Finding(
            finding_id=finding_id(subject.unit_id, subject.year or 0, rule, (*cells, *key)),
            unit_id=subject.unit_id,
            office_id=subject.office_id,
            year=subject.year or 0,
            rule=rule,
            edition=subject.edition,
            severity=grave,
            verdict="fail" if who == "publisher" else "uncertain",
            responsibility=who,
            cells=cells,
            expected=_text(expected),
            actual=_text(actual),
            difference=_text(difference),
            likely_cells=tuple(likely),
            suggestion=_text(suggestion),
            message=text if text.endswith("。") else text + "。",
            fix=of.fix,
            clause=of.grounds.get(subject.edition or "", of.clause),
            first_seen=day or subject.seen,
            last_seen=day or subject.seen,
            places=_json({c: p for c in cells if (p := subject.place(c))}),
            rivals=tuple(rivals),
            evidence=_json(evidence or {}),
        )

    def label(self, cell: str) -> str:
        """A cell as a clerk names it."""
        form = self.subject.form
        return form.cells[cell].label if form and cell in form.cells else cell


def option(settings: Settings, rule: str, name: str) -> float:
    """A rule's threshold under some settings."""
    return settings.rules.thresholds.get(f"{rule}.{name}", catalogue()[rule].options[name])


def wording(rule: str, **fields: object) -> str:
    """The catalogue's sentence with numbers as they are printed."""
    told = {k: number(v) if isinstance(v, Decimal) else v for k, v in fields.items()}
    return catalogue()[rule].message.format(**told)


def number(value: Decimal | None) -> str:
    """A number as it would be printed: no exponent, no trailing zeros."""
    if value is None:
        return "空白"
    if value == value.to_integral_value():
        return str(value.quantize(Decimal(1)))
    return format(value.normalize(), "f")


def _text(value: object) -> str | None:
    if value is None:
        return None
    return number(value) if isinstance(value, Decimal) else str(value)


def _json(value: dict[str, object] | dict[str, str]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
