"""Periods of retention: what may be said, and the first day that is kept."""

from datetime import date

import pytest

from agent_tui.domain.retention import CATEGORIES, BadPeriod, first_day_kept, read_period, setting_of
from agent_tui.domain.site_settings import SETTINGS, BadSetting, read_setting


@pytest.mark.parametrize(
    ("said", "kept"),
    [("24 months", "24 months"), ("24-months", "24 months"), ("1Year", "1 year"), ("4weeks", "4 weeks"), (" 30 day ", "30 days")],
)
def test_a_period_is_a_number_and_a_unit(said: str, kept: str) -> None:
    assert read_period(said) == kept


@pytest.mark.parametrize("said", ["0 months", "0-days", "24", "", "-1 week", "1.5 years", "101 years", "99999 days", "24 moons"])
def test_anything_else_is_refused_with_a_sentence(said: str) -> None:
    with pytest.raises(BadPeriod, match=r"[a-z ]{20}.*\.$"):
        read_period(said)
    with pytest.raises(BadSetting):
        read_setting("keep-notes", said)


@pytest.mark.parametrize(
    ("period", "today", "first"),
    [
        ("24 months", date(2026, 11, 30), date(2024, 11, 30)),
        ("1 month", date(2026, 3, 31), date(2026, 2, 28)),
        ("1 year", date(2024, 2, 29), date(2023, 2, 28)),
        ("4 weeks", date(2026, 1, 14), date(2025, 12, 17)),
        ("1 day", date(2026, 1, 1), date(2025, 12, 31)),
        ("100 years", date(50, 1, 1), date.min),
    ],
)
def test_what_is_of_an_earlier_day_is_due(period: str, today: date, first: date) -> None:
    assert first_day_kept(period, today) == first


def test_every_category_has_a_setting_whose_default_is_a_period() -> None:
    for one in CATEGORIES:
        setting = SETTINGS[setting_of(one.name)]
        assert read_period(setting.default) == setting.default
