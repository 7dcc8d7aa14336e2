"""Great Expectations judges them (期望套件): a suite an edition, generated from the catalogue, on the residuals.

The arithmetic is ours and is done before; Great Expectations adds severity, the offending units by name and a
dated record. Importing it takes seconds, so it is imported inside the functions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from expectations.forms import load_form
from expectations.outcomes import SAMPLE, Outcome
from expectations.rules import Rule, catalogue

if TYPE_CHECKING:
    import pandas as pd

_SEVERITY = {"error": "critical", "warning": "warning", "info": "info"}
_VOLATILE = frozenset(
    {"id", "run_id", "validation_time", "batch_id", "active_batch_definition", "batch_markers"}
)
"""What Great Expectations stamps on a result from the clock or at random; reruns must give the same bytes."""


class CheckerBroken(Exception):
    """An expectation that could not be evaluated: a defect of ours, and no verdict on any unit."""


def columns(edition: str) -> dict[str, Rule]:
    """The columns of an edition's suite with their rule: one a rule, then one an identity of several."""
    form, rules = load_form(edition), catalogue()
    of = {i.rule: rules[i.rule] for i in form.identities}
    return of | {i.name: rules[i.rule] for i in form.identities}


def suite(edition: str) -> Any:
    """The suite of an edition: every identity's residual is 0, wherever it could be formed."""
    import great_expectations as gx

    made = gx.ExpectationSuite(name=f"residuals_{edition}")
    texts = {i.name: i.text for i in load_form(edition).identities}
    for column, rule in columns(edition).items():
        made.add_expectation(
            gx.expectations.ExpectColumnValuesToBeInSet(
                column=column,
                value_set=[0],
                mostly=1,
                severity=_SEVERITY[rule.severity],
                description=rule.statement,
                meta={
                    "rule": rule.id,
                    "clause": rule.grounds.get(edition, rule.clause),
                    "text": texts.get(column, rule.title),
                },
            )
        )
    return made


def run(edition: str, frame: pd.DataFrame) -> tuple[list[Outcome], dict[str, Any]]:
    """Hold the residuals of a year's reports against the suite.

    Args:
        edition: the form edition of all the rows.
        frame: one row a unit (index ``unit_id``), the columns of :func:`columns`; NaN where a rule does not
            apply or cannot be assessed.

    Returns:
        One outcome a rule, in the form's order, and the result document as evidence.

    Raises:
        CheckerBroken: an expectation raised instead of judging.
    """
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = gx.data_context.types.base.ProgressBarsConfig(
        globally=False, metric_calculations=False
    )
    data = frame.reset_index()
    batch = (
        context.data_sources.add_pandas("reports")
        .add_dataframe_asset(f"residuals_{edition}")
        .add_batch_definition_whole_dataframe("year")
        .get_batch(batch_parameters={"dataframe": data})
    )
    result = batch.validate(
        suite(edition),
        result_format={
            "result_format": "SUMMARY",
            "unexpected_index_column_names": ["unit_id"],
            "partial_unexpected_count": SAMPLE,
        },
    )
    rules = {i.rule for i in load_form(edition).identities}
    outcomes = []
    for one in result.results:
        _raise_if_broken(one)
        column = one.expectation_config.kwargs["column"]
        if column in rules:
            outcomes.append(_outcome(catalogue()[column], one.result, len(frame)))
    return outcomes, evidence(result.to_json_dict())


def _raise_if_broken(one: Any) -> None:
    info = one.exception_info or {}
    # With several metrics the information is nested one level deeper.
    nested = [info] if "raised_exception" in info else [v for v in info.values() if isinstance(v, Mapping)]
    for entry in nested:
        if entry.get("raised_exception"):
            column = one.expectation_config.kwargs.get("column")
            raise CheckerBroken(f"{column}: {entry.get('exception_message')}")


def _outcome(rule: Rule, result: Mapping[str, Any], rows: int) -> Outcome:
    bad = int(result.get("unexpected_count", 0))
    named = result.get("partial_unexpected_index_list") or []
    return Outcome(
        rule=rule.id,
        passed=bad == 0,
        severity=rule.severity,
        bad=bad,
        total=rows - int(result.get("missing_count") or 0),
        sample=tuple(str(entry["unit_id"]) for entry in named)[:SAMPLE],
        description=rule.statement,
    )


def evidence(document: Any) -> Any:
    """A result document without what differs from run to run."""
    if isinstance(document, Mapping):
        return {k: evidence(v) for k, v in document.items() if k not in _VOLATILE}
    if isinstance(document, list):
        return [evidence(v) for v in document]
    return document


def as_json(documents: Mapping[str, Any], year: int, data_until: date | None) -> str:
    """Evidence by edition as the text that is stored: the same for the same data.

    Args:
        documents: result documents by form edition.
        year: the report year.
        data_until: the day of the newest document that was judged; it dates the evidence.
    """
    until = data_until.isoformat() if data_until else None
    dated = {"report_year": year, "data_until": until, **documents}
    return json.dumps(dated, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
