"""Trying segments: two equal columns for what is so already, what a draft closes and opens, its files, records as a stream."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.recorded import BOOKED, REFUSED, WRITTEN, Asked, stream_of
from agent_tui.domain.sandbox import Column, Counts, Draft, Stopped, Trial, always, compared, read_draft, replay
from agent_tui.domain.sandbox_words import dry_lines, figure_rows, type_rows
from agent_tui.domain.site import Catalogue
from agent_tui.domain.stream_maker import generate
from agent_tui.domain.streams import StreamRow, days_between
from agent_tui.domain.wall_time import instant_ms
from tests.domain.worlds import ALL, LONG_AGO, MONDAY, NINE, NOON, TEN, diary, every_day, kind, site

TYPES = (kind(), kind("BBB", 50), kind("CCC", 10))
OPEN = every_day((Segment(NINE, NOON, ALL),))
PLACE = site(types=TYPES, diaries=(diary("D01"), diary("D02")), patterns=OPEN)
DAYS = days_between(MONDAY, MONDAY + timedelta(days=18))
ROWS = generate(PLACE, {"AAA": 3, "BBB": 2, "CCC": 5}, DAYS, 1, 0.9)


def weekly(*segments: Segment, level: str = "site", owner: str = "", first: date = MONDAY, **more: Any) -> tuple[Pattern, ...]:
    return tuple(Pattern("", level, owner, weekday, None, first, None, segments, **more) for weekday in range(7))


def draft(*patterns: Pattern) -> Draft:
    return Draft(patterns, (None,) * len(patterns))


def tried(wanted: Draft, rows: tuple[StreamRow, ...] = ROWS, place: Catalogue = PLACE) -> tuple[Column, Column, int]:
    return compared(place, wanted, MONDAY, DAYS, rows)


def test_todays_own_segments_give_two_equal_columns() -> None:
    now, then, changes = tried(draft(*(replace(one, id="") for one in OPEN)))
    assert now == then
    assert changes == 0
    assert now.booked > 50
    again, then, changes = tried(
        draft(*weekly(*OPEN[0].segments))
    )  # the same from a later day on is a change that changes nothing
    assert (again, then, changes) == (now, now, 7)


def test_a_draft_that_closes_a_type_loses_exactly_its_requests() -> None:
    now, then, _changes = tried(draft(*weekly(Segment(NINE, NOON, ALL - {"BBB"}))))
    asked = sum(row.type == "BBB" for row in ROWS)
    assert now.types["BBB"].booked > 0
    assert (then.types["BBB"].asked, then.types["BBB"].booked, then.types["BBB"].refused) == (asked, 0, asked)
    assert "BBB" in then.dry
    for code in ("AAA", "CCC"):
        assert then.types[code].refused <= now.types[code].refused
    assert then.refused - now.refused == asked - now.types["BBB"].refused - sum(
        now.types[code].refused - then.types[code].refused for code in ("AAA", "CCC")
    )


def test_a_draft_that_opens_more_refuses_less_and_waits_less() -> None:
    now, then, _changes = tried(draft(*weekly(Segment(NINE, NOON + 24, ALL))))
    assert now.refused > then.refused
    assert (then.wait_days or 0) < (now.wait_days or 0)
    assert then.open_minutes == now.open_minutes * 5 // 3


def test_a_draft_for_one_diary_leaves_the_others() -> None:
    now, then, changes = tried(draft(*weekly(Segment(NINE, NOON, frozenset()), level="diary", owner="D02")))
    assert changes == 7
    assert then.open_minutes * 2 == now.open_minutes


def test_a_draft_of_a_later_day_is_tried_as_if_it_had_always_held() -> None:
    later = weekly(Segment(NINE, TEN, ALL), first=MONDAY + timedelta(weeks=30))
    assert tried(draft(*later))[1] == tried(draft(*weekly(Segment(NINE, TEN, ALL))))[1]


def test_types_that_a_draft_assigns_can_be_booked() -> None:
    place = site(types=TYPES, diaries=(diary("D01", types=frozenset({"AAA"})),), patterns=OPEN)
    asked = tuple(row for row in ROWS if row.type == "CCC")
    now, then, changes = compared(place, Draft((), (), (("D01", "CCC"),)), MONDAY, DAYS, asked)
    assert (now.booked, changes) == (0, 1)
    assert then.booked > 0


def test_the_same_requests_give_the_same_columns_in_any_order() -> None:
    wanted = draft(*weekly(Segment(NINE, TEN, ALL)))
    assert tried(wanted) == tried(wanted, ROWS[::-1])


def test_waits_are_days_from_asking_to_the_appointment() -> None:
    asked = StreamRow("1", datetime(2026, 11, 20, 9), "AAA", 30, MONDAY, MONDAY)
    assert replay(PLACE, DAYS, [asked]).wait_days == 3
    assert replay(PLACE, DAYS, [replace(asked, latest_day=MONDAY - timedelta(days=1))]).wait_days is None


def test_a_type_runs_dry_only_where_any_time_would_have_done() -> None:
    shut = site(types=TYPES, patterns=every_day((Segment(NINE, TEN, ALL),)))
    strict = StreamRow("1", datetime(2026, 11, 20, 9), "AAA", 30, MONDAY, MONDAY, "pm", True)
    found = replay(shut, DAYS, [strict])
    assert (found.refused, found.dry) == (1, {})
    found = replay(shut, DAYS, [replace(strict, type="BBB", minutes=50, half="any", strict=False), replace(strict, id="2")])
    assert (found.refused, found.dry) == (1, {})
    full = [StreamRow(str(number), datetime(2026, 11, 20, 9, number), "BBB", 50, MONDAY, MONDAY) for number in range(3)]
    assert replay(shut, DAYS, full).dry == {"BBB": "2026-11-20"}


def test_progress_counts_both_columns_and_may_stop() -> None:
    told: list[tuple[int, int]] = []
    compared(PLACE, draft(), MONDAY, DAYS, ROWS, lambda done, whole: told.append((done, whole)))
    assert told == sorted(told)
    assert told[0] == (0, 2 * len(ROWS))
    assert told[-1][0] > len(ROWS)

    def stop(done: int, _whole: int) -> None:
        if done:
            raise Stopped

    with pytest.raises(Stopped):
        compared(PLACE, draft(), MONDAY, DAYS, ROWS, stop)


def test_always_keeps_what_is_in_force_and_exceptions_of_a_day() -> None:
    old = Pattern("old", "site", "", 0, None, LONG_AGO, MONDAY - timedelta(days=1), (Segment(NINE, TEN, ALL),))
    new = Pattern("new", "site", "", 0, None, MONDAY, None, (Segment(NINE, NOON, ALL),))
    only = Pattern("only", "site", "", None, MONDAY, MONDAY, MONDAY, (), True)
    place = site(types=TYPES, patterns=(old, new, only))
    found = always(place, MONDAY)
    assert {one.id for one in found.patterns} == {"new", "only"}
    assert found.plan("D01", MONDAY - timedelta(weeks=4)).open_mask == place.plan("D01", MONDAY + timedelta(weeks=4)).open_mask
    assert not found.plan("D01", MONDAY).open_mask


# Files.


def test_a_draft_file_is_that_of_segments_with_types_that_are_assigned() -> None:
    text = """
[[pattern]]
level = "diary"
owner = "D01"
weekday = "Monday"
from = 2026-11-30
was = "0123456789abcdef"

[[pattern.segment]]
start = "09:00"
end = "10:00"
types = ["AAA"]

[[assign]]
diary = "D01"
type = "AAA"
"""
    found, problems = read_draft(text)
    assert problems == ()
    assert (found.patterns[0].owner, found.marks, found.assign) == ("D01", ("0123456789abcdef",), (("D01", "AAA"),))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('weekday = "Monday"', 'weekday = "Mooday"'), "Pattern 1: weekday must be one of Monday"),
        (('end = "10:00"', 'end = "08:00"'), "Pattern 1: the segment 09:00 does not end after it starts."),
        (('type = "AAA"', "type = 1"), "Assign 1: it needs a diary and a type, and nothing else."),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(change: tuple[str, str], problem: str) -> None:
    text = """
[[pattern]]
level = "site"
weekday = "Monday"
from = 2026-11-30
[[pattern.segment]]
start = "09:00"
end = "10:00"
types = ["AAA"]
[[assign]]
diary = "D01"
type = "AAA"
"""
    assert read_draft(text)[1] == ()
    assert read_draft(text.replace(*change))[1][0].startswith(problem)


# What is on record.


def at(day: date, hour: int = 10) -> int:
    return instant_ms(datetime(day.year, day.month, day.day, hour, 5, 42), "Europe/London")


def rows(*asked: Asked) -> list[StreamRow]:
    return stream_of(PLACE, asked, (DAYS[0], DAYS[-1]), 5)


def test_a_booking_may_be_had_from_the_day_of_its_call_on() -> None:
    day = MONDAY + timedelta(days=1)
    one = rows(Asked("1", BOOKED, "AAA", at(day), booked_for=day + timedelta(days=3)))[0]
    assert one.asked_at == datetime(day.year, day.month, day.day, 10, 5)
    assert (one.minutes, one.earliest_day, one.latest_day) == (30, day, MONDAY + timedelta(days=7))
    late = rows(Asked("1", BOOKED, "AAA", at(day), booked_for=day + timedelta(days=14)))[0]
    assert late.latest_day == day + timedelta(days=14)


def test_who_asked_before_the_first_day_wanted_the_day_that_was_booked() -> None:
    before = MONDAY - timedelta(days=6)
    one = rows(Asked("1", BOOKED, "AAA", at(before), booked_for=MONDAY + timedelta(days=2), cancelled_at=at(MONDAY)))[0]
    assert one.earliest_day == MONDAY + timedelta(days=2)
    assert one.cancelled_at == datetime(2026, 11, 23, 10, 5, 42)


def test_days_and_half_that_were_written_down_hold() -> None:
    first, last = MONDAY + timedelta(days=2), MONDAY + timedelta(days=3)
    for kind_of in (REFUSED, WRITTEN):
        one = rows(Asked("1", kind_of, "BBB", at(MONDAY), first, last, "pm"))[0]
        assert (one.earliest_day, one.latest_day, one.half, one.strict) == (first, last, "pm", True)


def test_what_is_offered_no_more_or_lies_outside_is_left_out() -> None:
    old = MONDAY - timedelta(days=40)
    assert rows(Asked("1", REFUSED, "AAA", at(old), old, old), Asked("2", BOOKED, "XXX", at(MONDAY), booked_for=MONDAY)) == []


# Words.


def test_a_trial_is_read_back_as_it_was_written() -> None:
    now, then, changes = tried(draft(*weekly(Segment(NINE, NOON, ALL - {"BBB"}))))
    trial = Trial("recorded", 4, DAYS[0], DAYS[-1], Counts(5, 1, 2, 3), now, then, changes)
    assert Trial.from_state(trial.as_state()) == trial
    figures = {row.name: row for row in figure_rows(trial)}
    assert figures["requests refused"].difference.endswith(" worse")
    assert figures["minutes open"].difference == "same"
    assert type_rows(trial)[0].name == "BBB refused"
    assert any(line.startswith("! BBB runs dry in the draft") or "BBB runs dry in both" in line for line in dry_lines(trial))


def test_a_difference_is_that_of_the_figures_shown() -> None:
    now, then, changes = tried(draft())
    trial = Trial("recorded", 4, DAYS[0], DAYS[-1], Counts(5, 1, 2, 3), now, then, changes)
    for waits, words in (((7.74, 7.76), "+0.1 worse"), ((7.71, 7.74), "same"), ((8.0, 7.5), "-0.5 better"), ((None, 7.5), "")):
        pair = replace(trial, today=replace(now, wait_days=waits[0]), draft=replace(then, wait_days=waits[1]))
        row = next(one for one in figure_rows(pair) if one.name == "days waited, mean")
        assert row.difference == words
