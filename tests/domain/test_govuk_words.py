"""Days, times and lengths as claimants read them."""

from datetime import date

import pytest

from agent_tui.domain.govuk_words import date_words, day_words, length_words, letter_date, time_words, when_words

DAY = date(2026, 6, 16)


def test_days_without_a_zero_or_an_ordinal() -> None:
    assert day_words(date(2022, 6, 14)) == "Tuesday 14 June"
    assert date_words(date(2026, 12, 1)) == "Tuesday 1 December 2026"
    assert letter_date(date(2026, 12, 1)) == "1 December 2026"


@pytest.mark.parametrize(
    ("tick", "said"),
    [(0, "12am"), (108, "9am"), (143, "11:55am"), (144, "midday"), (145, "12:05pm"), (174, "2:30pm"), (288, "12am")],
)
def test_times_on_twelve_hours(tick: int, said: str) -> None:
    assert time_words(tick) == said


@pytest.mark.parametrize(
    ("minutes", "english", "welsh"),
    [
        (10, "10 minutes", "10 munud"),
        (60, "1 hour", "1 awr"),
        (90, "1 hour 30 minutes", "1 awr 30 munud"),
        (120, "2 hours", "2 awr"),
        (125, "2 hours 5 minutes", "2 awr 5 munud"),
    ],
)
def test_lengths(minutes: int, english: str, welsh: str) -> None:
    assert (length_words(minutes), length_words(minutes, "cy")) == (english, welsh)


def test_seen_from_the_day_it_is_sent() -> None:
    assert when_words(DAY, DAY) == "today"
    assert when_words(DAY, date(2026, 6, 15)) == "tomorrow"
    assert when_words(DAY, date(2026, 6, 14)) == "on Tuesday 16 June"
    assert [when_words(DAY, date(2026, 6, day), "cy") for day in (16, 15, 14)] == ["heddiw", "yfory", "ddydd Mawrth 16 Mehefin"]


def test_welsh_days_and_months() -> None:
    week = [day_words(date(2026, 6, day), "cy") for day in range(15, 22)]
    assert week == [
        f"ddydd {name} {day} Mehefin"
        for day, name in enumerate(("Llun", "Mawrth", "Mercher", "Iau", "Gwener", "Sadwrn", "Sul"), start=15)
    ]
    months = [letter_date(date(2026, month, 1), "cy").split()[1] for month in range(1, 13)]
    assert months == [
        *("Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin"),
        *("Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"),
    ]
    assert date_words(DAY, "cy") == "dydd Mawrth 16 Mehefin 2026"
    assert (time_words(144, "cy"), time_words(174, "cy")) == ("hanner dydd", "2:30pm")
