import json

import pandas as pd
import pytest

from gipa_pipeline.ledger.accepted import FILE, record
from gipa_pipeline.ledger.decisions import DecisionRefused
from gipa_pipeline.settings import RuleSettings, Settings
from gipa_pipeline.store import Store
from gipa_pipeline.validate.tolerance import ToleranceExceeded, exceeded, measures


def year(read, unreadable=0, doubtful=0, cells=100):
    reports = pd.DataFrame({"state": ["read"] * read + ["unreadable"] * unreadable})
    return reports, pd.DataFrame({"status": ["ambiguous"] * doubtful + ["reported"] * (cells - doubtful)})


def beyond(*of, last=None, accept=(), **thresholds):
    settings = Settings(rules=RuleSettings(thresholds=thresholds))
    return [m.rule for m in exceeded(measures(settings, *of, last), accept)]


@pytest.mark.parametrize(
    ("of", "last", "rules"),
    [
        (year(20, 20), None, []),
        (year(20, 21), None, ["W01"]),
        (year(20, doubtful=20), None, []),
        (year(20, doubtful=21), None, ["W02"]),
        (year(20), year(40)[0], []),
        (year(20), year(41)[0], ["W03"]),
        (year(0), year(30)[0], ["W03"]),
        (year(1, 18), year(19)[0], []),
    ],
)
def test_a_year_is_stopped_beyond_its_limit_and_not_on_it(of, last, rules):
    assert beyond(*of, last=last) == rules


def test_limits_are_settings_and_may_be_accepted_for_a_run():
    assert beyond(*year(20, 5), **{"W01.share": 0.1}) == ["W01"]
    assert beyond(*year(4, 1), **{"W01.share": 0.1, "W.least": 5}) == ["W01"]
    assert beyond(*year(20, 5), accept=("W01",), **{"W01.share": 0.1}) == []


def test_the_message_says_how_many_and_what_to_do():
    error = ToleranceExceeded(2024, exceeded(measures(Settings(), *year(20, 21), None)))
    assert "W01: 21 of 41 documents could not be read (limit 50%)" in str(error)
    assert "gipa run --year 2024 --accept W01 --reason" in str(error)


def test_what_is_accepted_goes_on_record(tmp_path):
    store = Store(tmp_path)
    record(store, ["W01"], "网站改版，已人工核对", [2024])
    record(store, ["W02"], "扫描件较多", [2024])
    lines = [json.loads(line) for line in (tmp_path / FILE).read_text(encoding="utf-8").splitlines()]
    assert [(line["rules"], line["reason"]) for line in lines] == [
        (["W01"], "网站改版，已人工核对"),
        (["W02"], "扫描件较多"),
    ]
    with pytest.raises(DecisionRefused, match="reason"):
        record(store, ["W01"], " ", [2024])
    with pytest.raises(DecisionRefused, match="W09"):
        record(store, ["W09"], "x", [2024])
