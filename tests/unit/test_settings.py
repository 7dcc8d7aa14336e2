from datetime import date
from pathlib import Path

import pytest

from gipa_pipeline.errors import SettingsError
from gipa_pipeline.settings import Due, Settings, load_settings


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "gipa.toml").write_text(text, encoding=encoding)
    return folder


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == load_settings(None) == Settings()
    fetch = Settings().fetch
    assert (fetch.pace_seconds, fetch.concurrency, fetch.retries) == (1.0, 16, 3)
    assert (fetch.connect_timeout, fetch.total_timeout, fetch.max_bytes) == (10.0, 60.0, 31_457_280)
    assert (fetch.allow_private, fetch.allow_legacy_tls, fetch.robots) == (False, False, True)


def test_every_kind_of_value(tmp_path: Path) -> None:
    text = """
        [fetch]
        pace_seconds = 3
        concurrency = 4
        robots = false
        allowed_hosts = ["*.gd.gov.cn"]
        [dates]
        today = 2025-02-03
        towns_due = "01-31"
        [rules]
        severity = {N01 = "error"}
        thresholds = {"X05.least" = 0.5, "W01.share" = 0.4}
        options = {"Y03.counted_again" = false}
        [report]
        contact = "市政府办公室公开科"
        [offices.zhongshan-office]
        departments_due = {2022 = "01-26"}
        severity = {S14 = "info"}
    """
    settings = load_settings(written(tmp_path, text, "utf-8-sig"))
    assert (settings.fetch.pace_seconds, settings.fetch.concurrency) == (3.0, 4)
    assert settings.fetch.robots is False
    assert settings.fetch.allowed_hosts == ("*.gd.gov.cn",)
    assert settings.dates.today == date(2025, 2, 3)
    assert settings.dates.towns_due == Due((1, 31))
    assert settings.rules.thresholds == {"X05.least": 0.5, "W01.share": 0.4}
    assert settings.rules.options == {"Y03.counted_again": False}
    assert settings.report.contact == "市政府办公室公开科"
    own = settings.offices["zhongshan-office"].departments_due
    assert (own.on(2022), own.on(2023)) == (date(2023, 1, 26), None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('severity = {K1 = "error"}', "rules.severity: unknown K1"),
        ('thresholds = {"X05.lest" = 3}', "rules.thresholds: unknown X05.lest"),
        ('thresholds = {"Y03.counted_again" = 1}', "unknown Y03.counted_again"),
        ('options = {"Y03.counted" = true}', "known here: L06.counted_by_instance"),
        ('options = {"Y03.counted_again" = "no"}', "must be true or false"),
    ],
)
def test_a_name_that_no_rule_has_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(written(tmp_path, f"[rules]\n{text}\n"))
    assert said in str(raised.value)


def test_an_office_has_the_first_word_on_severity(tmp_path: Path) -> None:
    text = '[rules.severity]\nS14 = "error"\n[offices.a.severity]\nS14 = "info"\n'
    settings = load_settings(written(tmp_path, text))
    assert settings.severity("S14", "a", "warning") == "info"
    assert settings.severity("S14", "b", "warning") == "error"
    assert settings.severity("S15", "a", "warning") == "warning"


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    folder = written(tmp_path, "[fetch]\nretries = 1\nconcurrency = 2\n")
    environ = {
        "GIPA_FETCH_RETRIES": "5",
        "GIPA_FETCH_PACE_SECONDS": "0.5",
        "GIPA_FETCH_ALLOW_PRIVATE": "true",
        "GIPA_FETCH_ALLOWED_HOSTS": "a.gov.cn, b.gov.cn",
        "GIPA_FETCH_USER_AGENT": "office 7",
        "GIPA_DATES_TODAY": "2025-02-03",
        "GIPA_DATES_TOWNS_DUE": "02-20",
        "GIPA_RULES_SEVERITY": '{N01 = "info"}',
        "GIPA_DATA": "/somewhere",
        "HOME": "/home",
    }
    settings = load_settings(folder, environ)
    assert (settings.fetch.retries, settings.fetch.concurrency) == (5, 2)
    assert (settings.fetch.pace_seconds, settings.fetch.allow_private) == (0.5, True)
    assert settings.fetch.allowed_hosts == ("a.gov.cn", "b.gov.cn")
    assert settings.fetch.user_agent == "office 7"
    assert settings.dates.today == date(2025, 2, 3)
    assert settings.dates.towns_due == Due((2, 20))
    assert settings.rules.severity == {"N01": "info"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[fetsh]\n", "unknown key fetsh"),
        ("[fetch]\npace = 1\n", "unknown key fetch.pace"),
        ("fetch = 1\n", "fetch must be a table"),
        ('[fetch]\nretries = "three"\n', "fetch.retries must be a whole number"),
        ("[fetch]\nretries = true\n", "fetch.retries must be a whole number"),
        ("[fetch]\nretries = -1\n", "fetch.retries must be 0 or more"),
        ("[fetch]\nconcurrency = 0\n", "fetch.concurrency must be 1 or more"),
        ("[fetch]\ntotal_timeout = 0\n", "fetch.total_timeout must be a time"),
        ("[fetch]\npace_seconds = nan\n", "fetch.pace_seconds must be a number"),
        ("[fetch]\nrobots = 1\n", "fetch.robots must be true or false"),
        ('[fetch]\nallowed_hosts = "a"\n', "fetch.allowed_hosts must be a list"),
        ('[fetch]\nuser_agent = "a\\r\\nX: y"\n', "fetch.user_agent must be text on one line"),
        ('[dates]\ntowns_due = "02-29"\n', "dates.towns_due must be month and day"),
        ('[dates]\ntowns_due = "1-31"\n', "dates.towns_due must be month and day"),
        ("[dates]\ntoday = 2025-02-03T00:00:00\n", "dates.today must be a date"),
        ('[rules.severity]\nN01 = "fatal"\n', "rules.severity.N01 must be one of error, warning, info"),
        ("offices = {a = 1}\n", "offices.a must be a table"),
        ('[offices.a]\ntowns_due = {soon = "01-01"}\n', "'soon' is no report year"),
        ("[fetch\n", "not valid TOML"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_file(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(written(tmp_path, text))
    assert str(tmp_path / "gipa.toml") in str(caught.value)
    assert named in str(caught.value)


def test_a_file_that_is_not_utf8_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not UTF-8"):
        load_settings(written(tmp_path, '[report]\ncontact = "公开科"\n', "gb18030"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GIPA_FETCH_PACE", "1"),
        ("GIPA_FETSH_RETRIES", "1"),
        ("GIPA_OFFICES_A", "1"),
        ("GIPA_FETCH_RETRIES", "many"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings(None, {name: value})
