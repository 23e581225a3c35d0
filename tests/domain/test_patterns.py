"""Patterns overlaid, against asking each tick by itself."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.domain.patterns import DayPlan, Pattern, Segment, overlay, segment_problems
from agent_tui.domain.ticks import span
from tests.domain import naive
from tests.domain.worlds import (
    ALL,
    FIRST_DAYS,
    FIVE,
    LONG_AGO,
    MONDAY,
    NINE,
    NOON,
    ONE,
    TEN,
    diary,
    every_day,
    pattern_lists,
    segments,
    site,
    weekly,
)

A, B = frozenset({"AAA"}), frozenset({"BBB"})


def ruled(plan: DayPlan) -> list[tuple[str, Segment] | None]:
    """Return by which level and segment each tick is ruled; two stretches over one tick are refused."""
    out: list[tuple[str, Segment] | None] = [None] * 288
    for stretch in plan.stretches:
        for tick in range(stretch.start, stretch.end):
            assert out[tick] is None, "two stretches over one tick"
            out[tick] = (stretch.pattern, stretch.segment)
    return out


@settings(max_examples=50)
@given(st.data())
def test_each_tick_is_ruled_as_if_it_were_asked_by_itself(data: st.DataObject) -> None:
    first = data.draw(st.sampled_from(FIRST_DAYS))
    catalogue = site(diaries=(diary("D01", "A"), diary("D02", "B"), diary("D03", "A")), patterns=data.draw(pattern_lists(first)))
    for one in catalogue.diaries.values():
        for day in (first, first + timedelta(days=1)):
            plan = catalogue.plan(one.code, day)
            expected = [None if rule is None else (rule[0].id, rule[1]) for rule in naive.day_of(catalogue, one, day)]
            assert ruled(plan) == expected
            assert naive.bits(plan.open_mask) == [rule is not None for rule in expected]
            assert list(plan.stretches) == sorted(plan.stretches, key=lambda stretch: stretch.start)
            for code in ("AAA", "BBB"):
                for channel in ("f2f", "phone", "video"):
                    allowed = [
                        rule is not None and code in rule[1].types and rule[1].channel in ("all", channel) for rule in expected
                    ]
                    assert naive.bits(catalogue.allowed(one.code, day, code, channel)) == allowed


@settings(max_examples=40)
@given(segments(), st.integers(0, 287), st.integers(1, 96))
def test_the_limited_stretches_of_a_range_are_those_it_touches_once_each(
    parts: tuple[Segment, ...], start: int, length: int
) -> None:
    end = start + length
    plan = overlay([weekly("W", parts)])
    touched = [
        part.start
        for part in parts
        if part.types and part.limit is not None and any(start <= tick < end for tick in range(part.start, part.end))
    ]
    assert [stretch.segment.start for stretch in plan.limited(start, end)] == touched


def test_the_diary_beats_the_team_and_the_team_beats_the_site() -> None:
    catalogue = site(
        patterns=(
            weekly("S", (Segment(NINE, FIVE, ALL),)),
            weekly("T", (Segment(TEN, ONE, A),), level="team", owner="A"),
            weekly("D", (Segment(NOON, 180, B),), level="diary", owner="D01"),
        )
    )
    found = [(one.start, one.end, one.level) for one in catalogue.plan("D01", MONDAY).stretches]
    assert found == [(NINE, TEN, "site"), (TEN, NOON, "team"), (NOON, 180, "diary"), (180, FIVE, "site")]


def test_another_team_and_another_diary_keep_the_pattern_of_the_site() -> None:
    catalogue = site(
        diaries=(diary("D01", "A"), diary("D02", "B"), diary("D03", "A")),
        patterns=(
            weekly("S", (Segment(NINE, FIVE, ALL),)),
            weekly("T", (Segment(TEN, ONE, A),), level="team", owner="B"),
            weekly("D", (Segment(NINE, TEN, B),), level="diary", owner="D03"),
        ),
    )
    levels = {code: [one.level for one in catalogue.plan(code, MONDAY).stretches] for code in catalogue.diaries}
    assert levels == {"D01": ["site"], "D02": ["site", "team", "site"], "D03": ["diary", "site"]}


def test_a_segment_without_types_closes_its_ticks_and_is_kept_as_a_break() -> None:
    lunch = Segment(NOON, ONE, frozenset(), description="Lunch")
    plan = overlay([weekly("D", (lunch,), level="diary", owner="D01"), weekly("S", (Segment(NINE, FIVE, ALL),))])
    assert plan.open_mask == span(NINE, NOON) | span(ONE, FIVE)
    assert [(one.start, one.end, one.segment.description) for one in plan.shut] == [(NOON, ONE, "Lunch")]
    assert not plan.day_off


def test_a_gap_of_a_level_is_filled_by_the_level_below_it() -> None:
    plan = overlay(
        [
            weekly("D", (Segment(NINE, TEN, A), Segment(NOON, ONE, A)), level="diary", owner="D01"),
            weekly("S", (Segment(NINE, FIVE, ALL),)),
        ]
    )
    assert [one.level for one in plan.stretches] == ["diary", "site", "diary", "site"]


def test_a_day_off_hides_the_levels_below_it_but_not_the_ones_above() -> None:
    team_off = weekly("T", (), level="team", owner="A", off=True)
    below = weekly("S", (Segment(NINE, FIVE, ALL),))
    above = weekly("D", (Segment(NINE, TEN, A),), level="diary", owner="D01")
    assert overlay([team_off, below]).day_off
    assert not overlay([team_off, below]).stretches
    plan = overlay([above, team_off, below])
    assert plan.open_mask == span(NINE, TEN)
    assert not plan.day_off


def test_segments_of_a_day_off_are_still_worked() -> None:
    plan = overlay([weekly("D", (Segment(NINE, TEN, A),), level="diary", off=True), weekly("S", (Segment(NINE, FIVE, ALL),))])
    assert plan.open_mask == span(NINE, TEN)


def test_a_single_date_beats_the_weekday_even_a_later_one() -> None:
    tuesday = MONDAY + timedelta(days=1)
    exception = Pattern("X", "site", "", None, MONDAY, LONG_AGO, None, (Segment(NINE, TEN, A),))
    newer = Pattern("N", "site", "", 0, None, MONDAY, None, (Segment(ONE, FIVE, A),))
    catalogue = site(patterns=(newer, exception, weekly("S", (Segment(NINE, FIVE, A),), tuesday)))
    assert catalogue.plan("D01", MONDAY).open_mask == span(NINE, TEN)
    assert catalogue.plan("D01", tuesday).open_mask == span(NINE, FIVE)
    assert catalogue.plan("D01", MONDAY + timedelta(days=7)).open_mask == span(ONE, FIVE)


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_later_of_two_weekly_patterns_holds_from_its_first_day(newest_first: bool) -> None:
    week = timedelta(days=7)
    old = Pattern("O", "site", "", 0, None, LONG_AGO, None, (Segment(NINE, FIVE, A),))
    new = Pattern("N", "site", "", 0, None, MONDAY, None, (Segment(ONE, FIVE, A),))
    catalogue = site(patterns=(new, old) if newest_first else (old, new))
    found = [catalogue.plan("D01", day).stretches[0].start for day in (MONDAY - week, MONDAY, MONDAY + week)]
    assert found == [NINE, ONE, ONE]


def test_a_pattern_that_has_ended_gives_way_to_the_one_before_it() -> None:
    week = timedelta(days=7)
    old = Pattern("O", "site", "", 0, None, LONG_AGO, None, (Segment(NINE, FIVE, A),))
    short = Pattern("N", "site", "", 0, None, MONDAY, MONDAY, (Segment(ONE, FIVE, A),))
    catalogue = site(patterns=(old, short))
    assert [catalogue.plan("D01", day).stretches[0].start for day in (MONDAY, MONDAY + week)] == [ONE, NINE]


def test_two_pieces_of_one_segment_share_its_limit() -> None:
    inside = weekly("D", (Segment(TEN, NOON, B),), level="diary", owner="D01")
    limited = weekly("S", (Segment(NINE, FIVE, ALL, limit=1),))
    plan = overlay([inside, limited])
    assert [one.limit_key for one in plan.stretches if one.level == "site"] == [("S", NINE), ("S", NINE)]
    assert len(plan.limited(NINE, FIVE)) == 1


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_hour_of_a_clock_change_is_closed_and_the_rest_of_the_day_is_not(day: date) -> None:
    catalogue = site(patterns=every_day((Segment(0, 288, ALL),)))
    assert catalogue.plan("D01", day).open_mask == span(0, 12) | span(24, 288)
    assert catalogue.plan("D01", day + timedelta(days=1)).open_mask == span(0, 288)


def test_sound_segments_have_no_problems_even_with_gaps() -> None:
    assert (
        segment_problems((Segment(NINE, TEN, A), Segment(NOON, ONE, frozenset()), Segment(ONE, FIVE, B, "phone", 0)), ALL) == []
    )


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((Segment(TEN, NINE, A),), "does not end after it starts"),
        ((Segment(TEN, TEN, A),), "does not end after it starts"),
        ((Segment(200, 289, A),), "does not end after it starts within one day"),
        ((Segment(NINE, TEN, A, "fax"),), "has the channel 'fax'"),
        ((Segment(NINE, TEN, A, limit=-1),), "limit below zero"),
        ((Segment(NINE, TEN, frozenset({"ZZZ"})),), "unknown types: ZZZ"),
        ((Segment(NINE, NOON, A), Segment(TEN, ONE, B)), "overlap"),
        ((Segment(TEN, ONE, B), Segment(NINE, NOON, A)), "09:00 and 10:00 of one level overlap"),
    ],
)
def test_each_mistake_in_segments_is_told_in_a_sentence(parts: tuple[Segment, ...], words: str) -> None:
    assert any(words in problem for problem in segment_problems(parts, ALL))


def test_overlapping_segments_past_midnight_are_told_and_nothing_breaks() -> None:
    found = segment_problems((Segment(290, 300, A), Segment(295, 310, A)), ALL)
    assert any("within one day" in problem for problem in found)
