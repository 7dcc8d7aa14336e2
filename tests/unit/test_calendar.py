from datetime import UTC, date, datetime

import pytest

from gipa_pipeline import calendar
from gipa_pipeline.settings import DateSettings, Due, OfficeSettings, Settings


def test_today_is_the_day_in_china() -> None:
    assert calendar.today(Settings(), lambda: datetime(2025, 1, 31, 15, 59, tzinfo=UTC)) == date(2025, 1, 31)
    assert calendar.today(Settings(), lambda: datetime(2025, 1, 31, 16, 0, tzinfo=UTC)) == date(2025, 2, 1)
    fixed = Settings(dates=DateSettings(today=date(2024, 5, 6)))
    assert calendar.today(fixed, lambda: datetime(2025, 1, 1, tzinfo=UTC)) == date(2024, 5, 6)


@pytest.mark.parametrize(
    ("level", "kind", "year", "due"),
    [
        ("county", "department", 2023, date(2024, 1, 31)),
        ("province", "department", 2019, date(2020, 1, 31)),
        ("city", "government", 2022, date(2023, 3, 31)),
        ("town", "government", 2023, None),
        ("town", "department", 2023, None),
        # 31 March 2024 was a Sunday: the date stays.
        ("county", "government", 2023, date(2024, 3, 31)),
        # Under the first regulation every organ had until 31 March, townships too.
        ("county", "department", 2018, date(2019, 3, 31)),
        ("town", "government", 2018, date(2019, 3, 31)),
    ],
)
def test_the_dates_of_the_law(level: str, kind: str, year: int, due: date | None) -> None:
    assert calendar.statutory_due(level, kind, year) == due
    assert calendar.due(Settings(), "office", level, kind, year) == due
    assert calendar.local_due(Settings(), "office", level, kind, year) is None


def test_a_local_date_does_not_displace_the_law() -> None:
    own = OfficeSettings(departments_due=Due((1, 26)), towns_due=Due(years={2022: (1, 28)}))
    settings = Settings(offices={"huaihua": own}, dates=DateSettings(towns_due=Due((2, 20))))
    assert calendar.local_due(settings, "huaihua", "city", "department", 2022) == date(2023, 1, 26)
    assert calendar.due(settings, "huaihua", "city", "department", 2022) == date(2023, 1, 31)
    assert calendar.due(settings, "huaihua", "town", "government", 2022) == date(2023, 1, 28)
    assert calendar.due(settings, "huaihua", "town", "government", 2023) == date(2024, 2, 20)
    assert calendar.due(settings, "other", "town", "department", 2022) == date(2023, 2, 20)


def test_report_year_and_season() -> None:
    assert calendar.latest_year(date(2025, 1, 1)) == 2024
    assert calendar.season(2024) == (date(2025, 1, 1), date(2025, 3, 31))
    assert calendar.in_season(date(2025, 3, 31))
    assert not calendar.in_season(date(2025, 4, 1))
    assert calendar.earliest_publication(2024) == date(2025, 1, 1)
    assert calendar.day_of(datetime(2025, 3, 31, 20, 0, tzinfo=UTC)) == date(2025, 4, 1)
