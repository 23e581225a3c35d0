"""Drop-in hours: read as they are typed, checked, and told from a day on."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.drop_in import (
    MOST_WORDS,
    TOLD,
    Hours,
    drop_in_now,
    hours_problems,
    hours_text,
    next_times,
    parse_hours,
    told,
    words_problem,
)
from agent_tui.domain.types import AppointmentType, DropIn
from tests.domain.worlds import LONG_AGO, MONDAY, kind

TUESDAY = date(2026, 11, 24)
TEN, NOON = 120, 144
MORNINGS: Hours = tuple((weekday, TEN, NOON) for weekday in range(5))


def dropping(*steps: DropIn) -> AppointmentType:
    """Return a type with drop-ins."""
    return kind(drop_ins=steps)


def test_hours_are_read_as_a_person_types_them() -> None:
    found = parse_hours("Mon-Fri 10:00-12:00, Sat 09:30-11:00")
    assert found == (*MORNINGS, (5, 114, 132))
    assert parse_hours("  wednesday 10:00-12:00 14:00-24:00 ") == ((2, 120, 144), (2, 168, 288))
    assert parse_hours("SUN 00:00-00:05") == ((6, 0, 1),)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "form"),
        (",", "form"),
        ("Mon", "form"),
        ("10:00-12:00", "form"),
        ("Mon 10:00-12:00,", "form"),
        ("Mon, Wed 10:00-12:00", "form"),
        ("Mon 12:00-10:00", "end after"),
        ("Mon 10:00-10:00", "end after"),
        ("Mon 22:00-02:00", "end after"),
        ("Mon 10:00-12:03", "grid"),
        ("Mon 10:00-25:00", "time of day"),
        ("Mon 10-12", "HH:MM"),
        ("Mon 10:00", "HH:MM"),
        ("Mon 10:00-11:00-12:00", "HH:MM"),
        ("Fri-Mon 10:00-12:00", "backwards"),
        ("Mon-Moon 10:00-12:00", "no weekday"),
        ("Mon- 10:00-12:00", "no weekday"),
        ("-Mon 10:00-12:00", "no weekday"),
        ("holiday 10:00-12:00", "no weekday"),
        ("Mo 10:00-12:00", "no weekday"),
        ("Mon-Fri 10:00-12:00, Wed 11:55-13:00", "overlap"),
        ("Mon 10:00-12:00, Mon 10:00-12:00", "overlap"),
        ("\u0661\u0662:\u0660\u0660-13:00 Mon", "no weekday"),
        ("Mon \u0661\u0662:\u0660\u0660-13:00", "HH:MM"),
        ("\x1b[2J Mon 10:00-12:00", "no weekday"),
        ("Mon 10:00-12:00, " * 100, "longer"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_a_sentence(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        parse_hours(text)


@pytest.mark.parametrize("hours", [((7, 1, 2),), ((-1, 1, 2),), ((0, 2, 2),), ((0, 3, 2),), ((0, -1, 2),), ((0, 1, 289),)])
def test_ranges_that_no_text_makes_are_refused_too(hours: Hours) -> None:
    assert hours_problems(hours)


def test_ranges_may_touch() -> None:
    assert hours_problems(((0, 1, 5), (0, 5, 9), (1, 1, 9))) == []


ranges = st.tuples(st.integers(0, 6), st.integers(0, 287), st.integers(1, 288)).filter(lambda one: one[1] < one[2])


@given(st.lists(ranges, max_size=12))
def test_what_is_written_is_read_again(wanted: list[tuple[int, int, int]]) -> None:
    hours: list[tuple[int, int, int]] = []
    for one in wanted:
        if not hours_problems([*hours, one]):
            hours.append(one)
    if hours:
        assert parse_hours(hours_text(hours)) == tuple(sorted(hours))


def test_words_are_not_too_short_and_not_too_long() -> None:
    assert words_problem("Come!") is None
    assert words_problem("x" * MOST_WORDS) is None
    assert words_problem("Come")
    assert words_problem("")
    assert words_problem("x" * (MOST_WORDS + 1))


def test_the_next_times_begin_with_the_one_that_runs() -> None:
    found = next_times(dropping(DropIn(LONG_AGO, MORNINGS, "Come in.")), TUESDAY, 130)
    assert [day.day for day, _start, _end in found] == [24, 25, 26]
    assert told(found, TUESDAY, 130) == "today until 12:00, Wed 10:00-12:00, Thu 10:00-12:00"
    assert told(found, TUESDAY, TEN - 1).startswith("today 10:00-12:00")


def test_what_is_over_today_and_closed_days_are_left_out() -> None:
    one = dropping(DropIn(LONG_AGO, ((1, TEN, NOON), (2, TEN, NOON)), "Come in."))
    assert told(next_times(one, TUESDAY, NOON), TUESDAY, NOON) == "Wed 10:00-12:00, Tue 1 Dec 10:00-12:00, Wed 2 Dec 10:00-12:00"
    found = next_times(one, TUESDAY, NOON, {date(2026, 11, 25): "a closure"})
    assert [day for day, _start, _end in found] == [date(2026, 12, 1), date(2026, 12, 2)]


def test_each_day_has_the_hours_that_are_in_force_on_it() -> None:
    one = dropping(
        DropIn(LONG_AGO, MORNINGS, "Come in."),
        DropIn(date(2026, 11, 25), ((2, 168, 192),), "Later."),
        DropIn(date(2026, 11, 30), (), ""),
    )
    assert next_times(one, TUESDAY, NOON) == [(date(2026, 11, 25), 168, 192)]
    now = drop_in_now(one, TUESDAY, TUESDAY, 0)
    assert now is not None
    assert (now.words, now.next) == ("Come in.", "today 10:00-12:00, Wed 14:00-16:00")
    assert drop_in_now(one, date(2026, 12, 1), TUESDAY, 0) is None
    ahead = drop_in_now(one, date(2026, 11, 25), TUESDAY, 0)
    assert ahead is not None
    assert ahead.words == "Later."


def test_a_day_that_is_past_is_today_and_none_is_none() -> None:
    one = dropping(DropIn(TUESDAY, MORNINGS, "Come in."))
    now = drop_in_now(one, MONDAY, TUESDAY, 130)
    assert now is not None
    assert now.next.startswith("today until 12:00")
    assert drop_in_now(kind(), TUESDAY, TUESDAY, 0) is None


def test_the_end_of_time_is_reached() -> None:
    assert len(next_times(dropping(DropIn(LONG_AGO, MORNINGS, "Come in.")), date(9998, 12, 31), 0)) <= TOLD
