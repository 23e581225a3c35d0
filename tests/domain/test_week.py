"""The heat map of a week against the offers of a search, and weeks as people write them."""

from dataclasses import replace
from datetime import date, timedelta
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.domain.availability import Now, Occupied, offers
from agent_tui.domain.patterns import Segment
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import span
from agent_tui.domain.types import BOOKERS
from agent_tui.domain.week import BadWeek, HeatMap, Week, WeekAsked, checked, heat_map, read_week, request_of, types_of_group
from tests.domain.naive import Taken
from tests.domain.worlds import (
    ALL,
    CODES,
    FIRST_DAYS,
    FIVE,
    MONDAY,
    NINE,
    TEN,
    diary,
    every_day,
    kind,
    moments,
    site,
    sites,
    taken,
)

BEFORE = Now(MONDAY - timedelta(days=1), 0)
NOTHING = Occupied({})
WEEK = Week.of(MONDAY)


def drawn_map(catalogue: Catalogue, **more: Any) -> HeatMap:
    """Return the heat map of AAA in an empty week."""
    return heat_map(catalogue, replace(WeekAsked(WEEK, ("AAA",)), **more), NOTHING, BEFORE)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[Catalogue, WeekAsked, Taken, Now]:
    """Draw a site and a heat map of the week in which its days lie."""
    first = draw(st.sampled_from(FIRST_DAYS))
    catalogue = draw(sites(first))
    some = st.sampled_from((None, None, "phone", "f2f"))
    asked = WeekAsked(
        Week.of(first),
        tuple(draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True))),
        draw(st.sampled_from((None, None, "A", "B"))),
        draw(st.sampled_from((None, None, "D01", "D02"))),
        draw(some),
        draw(st.sampled_from((None, *BOOKERS))),
    )
    return catalogue, asked, draw(taken(catalogue, first)), draw(moments(first))


@settings(max_examples=50)
@given(weeks())
def test_a_heat_map_counts_the_starts_that_a_search_lists(drawn: tuple[Catalogue, WeekAsked, Taken, Now]) -> None:
    catalogue, asked, occupied, now = drawn
    found = heat_map(catalogue, asked, occupied.as_masks(), now)
    listed = [
        (code, one) for code in asked.types for one in offers(catalogue, request_of(asked, code), occupied.as_masks(), now).offers
    ]
    expected: dict[tuple[date, int], int] = {}
    of_diary: dict[tuple[str, date, int], int] = {}
    for _code, one in listed:
        place = (one.day, one.start // 6 * 6)
        expected[place] = expected.get(place, 0) + 1
        of_diary[one.diary, *place] = of_diary.get((one.diary, *place), 0) + 1
    shown = {
        (day, start): count
        for start, row in zip(found.starts, found.counts, strict=True)
        for day, count in zip(found.days, row, strict=True)
    }
    assert {place: count for place, count in shown.items() if count} == expected
    assert sum(found.totals) == len(listed)
    assert {
        (code, day, start): count
        for code, table in found.by_diary.items()
        for start, row in zip(found.starts, table, strict=True)
        for day, count in zip(found.days, row, strict=True)
        if count
    } == of_diary
    cells = [one for row in range(len(found.starts)) for column in range(len(found.days)) for one in found.starts_in(row, column)]
    assert sorted((one.type, one.diary, one.day, one.start, one.end) for one in cells) == sorted(
        (code, one.diary, one.day, one.start, one.end) for code, one in listed
    )


def test_rows_go_from_the_first_to_the_last_open_half_hour_whatever_the_type() -> None:
    patterns = every_day((Segment(NINE + 3, NINE + 9, frozenset({"BBB"})), Segment(FIVE - 12, FIVE - 5, ALL)))[:5]
    found = drawn_map(site((kind(), kind("BBB")), (diary(),), patterns))
    assert (found.starts[0], found.starts[-1]) == (NINE, FIVE - 6)
    assert found.starts == tuple(range(NINE, FIVE, 6))
    assert found.days == WEEK.days[:5]
    assert found.counts[0] == (0,) * 5
    assert found.totals == (2,) * 5
    assert found.most == 2


def test_saturday_is_a_column_where_a_diary_is_open_then() -> None:
    patterns = every_day((Segment(NINE, TEN, ALL),))[:6]
    assert drawn_map(site(patterns=patterns)).days == WEEK.days[:6]
    closed = site(patterns=patterns, closures={WEEK.days[5]: "Closed day", WEEK.days[0]: "A holiday"})
    found = drawn_map(closed)
    assert found.days == WEEK.days[:5]
    assert found.totals == (0, 7, 7, 7, 7)
    assert [one.text for one in found.notes] == ["Closed on Mon 23 Nov 2026: A holiday."]
    off = drawn_map(site(patterns=()))
    assert (off.days, off.starts, off.counts, off.totals) == (WEEK.days[:5], (), (), (0,) * 5)


def test_a_start_counts_once_for_each_type_that_fits() -> None:
    catalogue = site((kind("AAA", 30), kind("BBB", 60)))
    both, one = drawn_map(catalogue, types=("AAA", "BBB")), drawn_map(catalogue)
    assert both.counts[0][0] == 12
    assert one.counts[0][0] == 6
    assert {start.type for start in both.starts_in(0, 0)} == {"AAA", "BBB"}
    assert both.starts_in(99, 0) == both.starts_in(0, 9) == ()


def test_sixty_diaries_in_memory_are_counted_in_less_than_50_ms_of_processor_time() -> None:
    types = tuple(kind(f"T{number:02d}", 20 + 5 * number) for number in range(9))
    codes = frozenset(one.code for one in types)
    diaries = tuple(diary(f"D{number:02d}", "A", codes) for number in range(60))
    catalogue = site(types, diaries, every_day((Segment(NINE, FIVE, codes, limit=9),)))
    busy = {
        (one.code, day.isoformat()): span(NINE + at % 40, NINE + at % 40 + 30)
        for at, one in enumerate(diaries)
        for day in WEEK.days
    }
    asked = WeekAsked(WEEK, tuple(sorted(codes)))
    took = []
    for _round in range(5):
        begun = process_time()
        found = heat_map(catalogue, asked, Occupied(busy), BEFORE)
        took.append(process_time() - begun)
    assert len(found.by_diary) == 60
    assert min(took) < 0.05


@pytest.mark.parametrize(
    ("more", "rule", "text"),
    [
        ({"types": ("CCC",)}, "not_assigned", "Type CCC is assigned to no diary: requests are handed off."),
        ({"types": ("BBB",)}, "diary_off", "switched off: requests are handed off."),
        ({"booker": "provider agent"}, "booker", "may be booked by: site staff"),
        ({"team": "B"}, "no_diary", "Team B has no diary that is switched on."),
        ({"diary": "D02"}, "no_diary", "The diary D02 is switched off."),
        ({"diary": "D01", "team": "B"}, "no_diary", "The diary D01 is not in team B."),
        ({"types": ("AAA",), "diary": "D03"}, "not_here", "Type AAA is assigned to none of these diaries."),
        ({"week": Week(2026, 40)}, "past", "Week 2026-W40 is past"),
    ],
)
def test_a_note_says_why_there_is_nothing(more: dict[str, Any], rule: str, text: str) -> None:
    types = (kind(may_book=frozenset({"site staff"})), kind("BBB"), kind("CCC"))
    diaries = (
        diary(types=frozenset({"AAA"})),
        diary("D02", "A", frozenset({"BBB"}), enabled=False),
        diary("D03", "A", frozenset()),
    )
    asked = replace(WeekAsked(WEEK, ("AAA",)), **more)
    found = heat_map(site(types, diaries), asked, NOTHING, BEFORE)
    assert sum(found.totals) == 0
    assert [one.rule for one in found.notes] == [rule]
    assert text in found.notes[0].text


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("this", Week(2026, 48)),
        (" Next ", Week(2026, 49)),
        ("2026-W53", Week(2026, 53)),
        ("2027-w1", Week(2027, 1)),
        ("2000-W01", Week(2000, 1)),
    ],
)
def test_weeks_as_people_write_them(text: str, week: Week) -> None:
    found = read_week(text, MONDAY)
    assert found == week
    assert Week.of(found.monday) == Week.of(found.sunday) == week


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-W54", "2026 has no week 54: its weeks are 1 to 53."),
        ("2027-W53", "2027 has no week 53: its weeks are 1 to 52."),
        ("2026-W00", "2026 has no week 0"),
        ("1999-W10", "between 2000 and 2100"),
        ("48", "48 is no week: write this, next or a week of the year such as 2026-W48."),
        ("", "(empty) is no week"),
        ("2026-W4٨", "is no week"),
    ],
)
def test_a_week_that_there_is_not_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadWeek) as refused:
        read_week(text, MONDAY)
    assert sentence in str(refused.value)


def test_weeks_follow_each_other_and_stay_within_the_years() -> None:
    assert str(Week(2026, 53).later(1)) == "2027-W01"
    assert str(Week(2027, 1).later(-1)) == "2026-W53"
    assert Week(2026, 48).later(-9999) == Week(2000, 1).later(0) == Week(2000, 1)
    assert Week(2026, 48).later(9999) == Week(2100, 51).later(1) == Week(2100, 52)


def test_a_group_has_the_types_that_are_checked_with_it() -> None:
    catalogue = site(
        (kind("BBB", weekly_check="initial"), kind("AAA", weekly_check="initial"), kind("CCC", weekly_check="gateway"))
    )
    assert types_of_group(catalogue, "initial") == ("AAA", "BBB")
    with pytest.raises(BadWeek, match="No type at Leeds Park Place belongs to the group first-commitment"):
        types_of_group(catalogue, "first-commitment")
    with pytest.raises(BadWeek, match="did you mean gateway"):
        types_of_group(catalogue, "gatway")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"types": ("AAB",)}, "There is no type AAB; did you mean AAA?"),
        ({"types": ("%",)}, "There is no type %. See the list: agent-tui types."),
        ({"team": "Z"}, "There is no team Z. The teams are: A, B."),
        ({"diary": "D09"}, "There is no diary D09; did you mean D01?"),
    ],
)
def test_a_name_that_there_is_not_is_refused_with_the_nearest(more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadWeek) as refused:
        checked(site(), replace(WeekAsked(WEEK, ("AAA",)), **more))
    assert str(refused.value) == sentence


def test_a_type_that_is_named_twice_is_looked_for_once() -> None:
    asked = WeekAsked(WEEK, ("AAA", "AAA"))
    assert checked(site(), asked) == replace(asked, types=("AAA",))
