"""Ticks and masks against lists of truths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.ticks import (
    FULL_DAY,
    OffGrid,
    clock,
    clock_of_minute,
    covered_by,
    mask_of,
    minutes_of_ticks,
    parse_clock,
    parse_minute,
    runs_in,
    span,
    starts_of,
    ticks_in,
    ticks_of_minutes,
)
from tests.domain import naive

ranges = st.tuples(st.integers(0, 288), st.integers(0, 288))
days = st.one_of(st.integers(0, FULL_DAY), st.lists(ranges, max_size=8).map(mask_of), st.sampled_from((0, 1, FULL_DAY, 1 << 287)))
lengths = st.one_of(st.integers(1, 20), st.integers(1, 300))


@given(days, lengths)
def test_starts_are_the_ticks_at_which_enough_free_ticks_follow(free: int, length: int) -> None:
    assert naive.bits(starts_of(free, length)) == naive.starts(naive.bits(free), length)


@given(days, lengths)
def test_covered_are_the_ticks_of_all_appointments_at_the_starts(begins: int, length: int) -> None:
    assert naive.bits(covered_by(begins, length)) == naive.covered(naive.bits(begins), length)


@given(days)
def test_runs_are_the_unbroken_stretches_in_order(free: int) -> None:
    assert list(runs_in(free)) == naive.runs(naive.bits(free))


@given(days)
def test_ticks_of_a_mask_come_in_ascending_order(free: int) -> None:
    assert list(ticks_in(free)) == [tick for tick, one in enumerate(naive.bits(free)) if one]


@given(days)
def test_runs_put_together_make_the_mask_again(free: int) -> None:
    assert mask_of(runs_in(free)) == free


@given(ranges)
def test_a_span_holds_its_start_but_not_its_end_and_is_empty_when_reversed(ends: tuple[int, int]) -> None:
    start, end = ends
    assert naive.bits(span(start, end)) == [start <= tick < end for tick in range(288)]


@given(st.lists(ranges, max_size=6))
def test_the_mask_of_ranges_is_their_union(several: list[tuple[int, int]]) -> None:
    assert naive.bits(mask_of(several)) == [any(start <= tick < end for start, end in several) for tick in range(288)]


@pytest.mark.parametrize("tick", range(288))
def test_a_clock_time_is_read_back_as_its_tick(tick: int) -> None:
    text = clock(tick)
    assert text == f"{tick * 5 // 60:02d}:{tick * 5 % 60:02d}"
    assert parse_clock(text) == tick


def test_midnight_at_the_end_of_a_day_is_an_end_and_no_start() -> None:
    assert parse_clock("24:00", end=True) == 288
    assert clock(288) == "24:00"
    with pytest.raises(ValueError, match="24:00 is not a time of day"):
        parse_clock("24:00")


@pytest.mark.parametrize(
    ("text", "before", "after"), [("09:03", "09:00", "09:05"), ("00:01", "00:00", "00:05"), ("23:59", "23:55", "24:00")]
)
def test_a_time_off_the_grid_is_refused_with_the_nearest_two(text: str, before: str, after: str) -> None:
    with pytest.raises(OffGrid, match=f"{before} and {after}"):
        parse_clock(text)
    assert parse_minute(text) % 5


@pytest.mark.parametrize(
    "text",
    [
        *("23:60", "25:00", "24:05", "9:00", "09:0", "0900", "09:00 ", " 09:00", "09:00\n", "-1:00", "09.00", "", "aa:bb"),
        *("\u0660\u0669:\u0660\u0660", "\uff10\uff19:\uff10\uff10", "09:00\0", "09:00:00", "1e3:0"),
    ],
)
@pytest.mark.parametrize("end", [False, True])
def test_what_is_no_time_of_day_is_refused_with_a_sentence(text: str, end: bool) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        parse_clock(text, end=end)
    assert not isinstance(caught.value, OffGrid)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_a_value_error(text: str) -> None:
    try:
        tick = parse_clock(text, end=True)
    except ValueError:
        return
    assert clock(tick) == text


@pytest.mark.parametrize("minutes", [0, -5, 3, 7, 51])
def test_a_length_off_the_grid_is_refused(minutes: int) -> None:
    with pytest.raises(OffGrid):
        ticks_of_minutes(minutes)


@pytest.mark.parametrize("minutes", [5, 50, 480])
def test_a_length_in_ticks_is_the_same_length_in_minutes(minutes: int) -> None:
    assert minutes_of_ticks(ticks_of_minutes(minutes)) == minutes


def test_minutes_are_told_with_two_digits_each() -> None:
    assert [clock_of_minute(minute) for minute in (0, 65, 1439)] == ["00:00", "01:05", "23:59"]
