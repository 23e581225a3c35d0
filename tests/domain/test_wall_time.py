"""Wall time and instants, also on the two days a year on which the clock jumps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent_tui.domain.plurals import counted
from agent_tui.domain.wall_time import (
    dated_moment,
    first_open_tick,
    instant_ms,
    iso_instant,
    short_date,
    short_date_of,
    short_day,
    spoken_day,
    spoken_time,
    ticks_of_clock_change,
    wall_of,
)
from tests.domain import naive

LONDON = "Europe/London"
MARCH, OCTOBER = date(2026, 3, 29), date(2026, 10, 25)


def utc(*parts: int) -> int:
    """Return a UTC moment in milliseconds."""
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize("day", [MARCH, OCTOBER, date(2027, 3, 28), date(2025, 10, 26)])
def test_the_hour_that_is_skipped_or_repeated_is_closed(day: date) -> None:
    assert naive.bits(ticks_of_clock_change(day, LONDON)) == [12 <= tick < 24 for tick in range(288)]


def test_only_two_days_of_a_year_have_such_an_hour() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [day for day in days if ticks_of_clock_change(day, LONDON)] == [MARCH, OCTOBER]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "Africa/Lagos"])
def test_a_zone_without_clock_changes_closes_nothing(zone: str) -> None:
    assert not any(ticks_of_clock_change(date(2026, 1, 1) + timedelta(days=n), zone) for n in range(365))


@pytest.mark.parametrize("day", [MARCH, OCTOBER])
def test_every_tick_outside_that_hour_is_one_instant_and_comes_back_as_itself(day: date) -> None:
    midnight = datetime(day.year, day.month, day.day)
    shut = ticks_of_clock_change(day, LONDON)
    seen: list[int] = []
    for tick in range(288):
        if not shut >> tick & 1:
            wall = midnight + timedelta(minutes=5 * tick)
            instant = instant_ms(wall, LONDON)
            assert wall_of(instant, LONDON) == wall
            seen.append(instant)
    assert seen == sorted(set(seen))


@pytest.mark.parametrize(
    ("wall", "instant"),
    [
        (datetime(2026, 3, 29, 0, 55), utc(2026, 3, 29, 0, 55)),
        (datetime(2026, 3, 29, 9, 0), utc(2026, 3, 29, 8, 0)),
        (datetime(2026, 3, 29, 14, 0), utc(2026, 3, 29, 13, 0)),
        (datetime(2026, 3, 28, 9, 0), utc(2026, 3, 28, 9, 0)),
        (datetime(2026, 10, 24, 9, 0), utc(2026, 10, 24, 8, 0)),
        (datetime(2026, 10, 25, 1, 30), utc(2026, 10, 25, 0, 30)),
        (datetime(2026, 10, 25, 9, 0), utc(2026, 10, 25, 9, 0)),
        (datetime(2026, 10, 25, 14, 0), utc(2026, 10, 25, 14, 0)),
    ],
)
def test_mornings_and_afternoons_around_clock_changes_are_the_right_instants(wall: datetime, instant: int) -> None:
    assert instant_ms(wall, LONDON) == instant
    assert wall_of(instant, LONDON) == wall


def test_an_instant_is_told_with_z_and_milliseconds_and_read_back_by_anybody() -> None:
    text = iso_instant(utc(2026, 11, 23, 9, 0) + 7)
    assert text == "2026-11-23T09:00:00.007Z"
    assert datetime.fromisoformat(text) == datetime(2026, 11, 23, 9, 0, 0, 7000, tzinfo=ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("wall", "tick"),
    [
        (datetime(2026, 11, 23, 0, 0), 0),
        (datetime(2026, 11, 23, 0, 0, 1), 1),
        (datetime(2026, 11, 23, 9, 0), 108),
        (datetime(2026, 11, 23, 9, 0, 0, 1), 109),
        (datetime(2026, 11, 23, 9, 1), 109),
        (datetime(2026, 11, 23, 9, 5), 109),
        (datetime(2026, 11, 23, 23, 55), 287),
        (datetime(2026, 11, 23, 23, 55, 1), 288),
        (datetime(2026, 11, 23, 23, 59, 59), 288),
    ],
)
def test_the_first_open_tick_has_not_begun(wall: datetime, tick: int) -> None:
    assert first_open_tick(wall) == tick


@pytest.mark.parametrize(
    ("tick", "words"),
    [
        (108, "9am"),
        (109, "9:05am"),
        (143, "11:55am"),
        (144, "midday"),
        (145, "12:05pm"),
        (156, "1pm"),
        (174, "2:30pm"),
        (287, "11:55pm"),
    ],
)
def test_a_time_is_said_as_people_say_it(tick: int, words: str) -> None:
    assert spoken_time(tick) == words


@pytest.mark.parametrize("tick", range(1, 288))
def test_every_time_that_is_said_is_that_time(tick: int) -> None:
    words = spoken_time(tick)
    if words != "midday":
        shape = "%I:%M%p" if ":" in words else "%I%p"
        said = datetime.strptime(words.upper(), shape)
        assert said.hour * 12 + said.minute // 5 == tick
        assert not words.startswith("0")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 6, 14), "Sunday 14 June"),
        (date(2026, 11, 24), "Tuesday 24 November"),
        (date(2028, 2, 29), "Tuesday 29 February"),
        (date(2027, 1, 1), "Friday 1 January"),
    ],
)
def test_a_day_is_said_with_its_weekday_and_without_zeros(day: date, words: str) -> None:
    assert spoken_day(day) == words


def test_weekdays_and_months_are_those_of_the_calendar() -> None:
    for offset in range(366):
        day = date(2026, 1, 1) + timedelta(days=offset)
        assert spoken_day(day) == f"{day:%A} {day.day} {day:%B}"


def test_a_day_in_lists_has_its_year_where_that_is_not_todays() -> None:
    day = date(2026, 12, 1)
    assert (short_day(day), short_date(day)) == ("Tue 1 Dec", "Tue 1 Dec 2026")
    assert [short_day(day, one) for one in (date(2026, 1, 1), date(2027, 1, 4))] == ["Tue 1 Dec", "Tue 1 Dec 2026"]
    assert (short_date_of("2026-12-01"), short_date_of("M"), short_date_of("")) == ("Tue 1 Dec 2026", "M", "")
    assert dated_moment(datetime(2026, 12, 1, 9, 5)) == "Tue 1 Dec 2026 09:05"


@pytest.mark.parametrize(
    ("count", "words", "said"),
    [
        (1, ("diary",), "1 diary"),
        (2, ("diary",), "2 diaries"),
        (0, ("working day",), "0 working days"),
        (1200, ("line",), "1,200 lines"),
        (3, ("coach", "coaches"), "3 coaches"),
    ],
)
def test_a_count_has_the_word_that_fits(count: int, words: tuple[str, ...], said: str) -> None:
    assert counted(count, *words) == said
