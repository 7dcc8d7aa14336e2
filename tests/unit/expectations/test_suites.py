"""Great Expectations on residuals: suites from the catalogue, evidence with a date, and no verdict from a crash."""

from __future__ import annotations

import json
from datetime import date

import great_expectations as gx
import numpy as np
import pandas as pd
import pytest

from expectations import suites
from expectations.forms import editions, load_form
from expectations.rules import catalogue


def frame(edition: str, **changed: object) -> pd.DataFrame:
    columns = suites.columns(edition)
    index = pd.Index(["甲局", "乙镇", "丙镇"], name="unit_id")
    made = pd.DataFrame(0.0, index=index, columns=list(columns))
    for column, values in changed.items():
        made[column.replace("__", ":")] = values
    return made


@pytest.mark.parametrize("edition", editions())
def test_every_sum_of_a_form_is_an_expectation_with_clause_and_severity(edition: str) -> None:
    gx.get_context(mode="ephemeral")
    form, made = load_form(edition), suites.suite(edition)
    told = {e.column: e for e in made.expectations}
    assert set(told) == {i.name for i in form.identities} | {i.rule for i in form.identities}
    for column, expectation in told.items():
        rule = catalogue()[column.partition(":")[0]]
        assert expectation.meta["rule"] == rule.id
        assert expectation.meta["clause"] == rule.grounds[edition]
        assert expectation.description == rule.statement
        assert expectation.severity == "critical"


def test_broken_sums_are_counted_and_named_and_unknown_ones_are_not() -> None:
    given = frame("2021", R01=[2.0, 0.0, np.nan], R01__new=[1.0, 0.0, np.nan])
    outcomes, document = suites.run("2021", given)
    told = {o.rule: o for o in outcomes}
    assert (told["R01"].passed, told["R01"].bad, told["R01"].total, told["R01"].sample) == (
        False,
        1,
        2,
        ("甲局",),
    )
    assert (told["K01"].passed, told["K01"].bad, told["K01"].total) == (True, 0, 3)
    text = suites.as_json({"2021": document}, 2023, date(2024, 2, 1))
    assert text == suites.as_json({"2021": suites.run("2021", given)[1]}, 2023, date(2024, 2, 1))
    stored = json.loads(text)
    assert (stored["report_year"], stored["data_until"]) == (2023, "2024-02-01")
    assert "甲局" in text


def test_an_expectation_that_crashes_is_our_defect_and_no_verdict() -> None:
    with pytest.raises(suites.CheckerBroken, match="K01"):
        suites.run("2021", frame("2021").drop(columns=["K01"]))
