"""Diary alignment: the guide's figures, what a pattern may be, and the search against every pattern there is."""

import time
from dataclasses import replace
from itertools import combinations, count, pairwise, product

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from agent_tui.domain.alignment import (
    GUIDANCE_FIRST_BREAKS,
    MOST_INTERVIEWS,
    AlignmentRequest,
    DoesNotFit,
    Meeting,
    Pattern,
    Unsound,
    cells,
    check,
    evaluate,
    guidance_pattern,
    guidance_range,
    in_order,
    joined,
    longest_first,
    request_of,
)
from agent_tui.domain.ticks import OffGrid, clock, minutes_of_ticks, parse_clock, span, starts_of, ticks_in
from agent_tui.solvers.alignment import align

GUIDE = (20, 40, 50, 20, 50)
NOON = parse_clock("12:00")


def spans(pattern: Pattern) -> list[str]:
    return [f"{clock(one.start)}-{clock(one.end)}" for one in pattern.firsts]


def rank_of(request: AlignmentRequest, pattern: Pattern | None) -> tuple[int, int]:
    return (10**9, 10**9) if pattern is None else evaluate(request, pattern).rank


# What offering.md says, "Diary alignment".


def test_the_second_coach_waits_50_minutes_without_alignment_and_20_with_it() -> None:
    request = request_of(1, 1, GUIDE)
    worst = longest_first(request)
    assert worst is not None
    assert evaluate(request, worst).first_wait == (50,)
    found = align(request)
    assert found.optimal
    assert found.figures.idle == found.figures.first_wait == (20,)


def test_the_guidances_own_pattern_makes_claimants_wait_18_to_20_minutes() -> None:
    request = request_of(1, 1, GUIDE)
    both = guidance_range(request)
    assert both is not None
    assert spans(both[0]) == ["09:00-09:20", "09:20-10:00", "10:00-10:50", "11:05-11:25", "11:40-12:30"]
    assert [float(evaluate(request, one).mean_wait) for one in both] == [20, 18]
    assert [evaluate(request, one).idle_minutes for one in both] == [20, 20]


def test_the_best_is_10_minutes_with_the_first_coachs_break_fixed() -> None:
    found = align(request_of(1, 1, GUIDE))
    assert (found.optimal, float(found.figures.mean_wait)) == (True, 10)


def test_a_break_at_10_10_lets_four_claimants_wait_for_nothing() -> None:
    lunch = GUIDANCE_FIRST_BREAKS[1]
    request = request_of(1, 1, GUIDE, first_breaks=[(parse_clock("10:10"), parse_clock("10:25")), lunch])
    found = align(request)
    assert found.optimal
    assert [clock(one.end) for one in found.pattern.firsts[:4]] == ["09:20", "10:10", "11:15", "12:05"]
    assert found.figures.waits[:4] == (0, 0, 0, 0)
    # The guide's 6 has the fifth interview start at once; ending at lunch instead of before it saves its claimant 5 minutes.
    assert found.figures.mean_wait == 5


def test_no_other_break_of_the_first_coach_waits_less() -> None:
    lunch = GUIDANCE_FIRST_BREAKS[1]
    starts = range(parse_clock("09:00"), lunch[0] - 2)
    found = [align(request_of(1, 1, GUIDE, first_breaks=[(start, start + 3), lunch])) for start in starts]
    assert all(one.optimal for one in found)
    assert min(one.figures.rank for one in found) == (20, 25)


@pytest.mark.parametrize("interviews", [GUIDE, GUIDE * 2], ids=["five", "ten"])
@pytest.mark.parametrize("coaches", [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3)], ids=str)
def test_small_desks_are_proved_within_ten_seconds(coaches: tuple[int, int], interviews: tuple[int, ...]) -> None:
    try:
        request = request_of(*coaches, interviews)
        begun = time.process_time()
        found = align(request, lambda: time.process_time() - begun < 10)
    except DoesNotFit:
        assert interviews == GUIDE * 2
        assert min(coaches) == 1
        return
    assert found.optimal
    assert (found.idle_gap, found.wait_gap) == (0, 0)


# The search against every pattern of a short day.


def every_multiset_of_ends(request: AlignmentRequest) -> set[tuple[int, ...]]:
    """Return the sorted interview ends of every way to hold the interviews."""
    found: set[tuple[int, ...]] = set()

    def place(left: tuple[int, ...], held: list[tuple[int, int]]) -> None:
        if not left:
            found.add(tuple(sorted(end for _, end in held)))
            return
        for start in ticks_in(starts_of(request.first_free, left[0])):
            now = (start, start + left[0])
            if all(sum(a <= tick < b for a, b in held) < request.first for tick in range(*now)):
                place(left[1:], [*held, now])

    place(request.interviews, [])
    return found


def by_brute_force(request: AlignmentRequest) -> tuple[int, int] | None:
    """Return the least idle and then the least waiting minutes of all patterns, None for no pattern."""
    length = request.second_length
    meets = list(ticks_in(starts_of(request.second_free, length)))
    days = [
        [held for held in combinations(meets, share) if all(b - a >= length for a, b in pairwise(held))]
        for share in request.shares
    ]
    ends = every_multiset_of_ends(request)
    best = None
    for day in product(*days):
        last = [held[-1] + length if held else 0 for held in day]
        idle = sum((request.second_free & span(0, end)).bit_count() for end in last) - length * len(request.interviews)
        starts = sorted(start for held in day for start in held)
        for end in ends:
            if all(a <= b for a, b in zip(end, starts, strict=True)):
                rank = (minutes_of_ticks(idle), minutes_of_ticks(sum(starts) - sum(end)))
                best = rank if best is None else min(best, rank)
    return best


@st.composite
def short_days(draw: st.DrawFn) -> AlignmentRequest:
    first, second, most = draw(st.sampled_from([(1, 1, 3), (1, 2, 3), (2, 1, 3), (2, 2, 3), (1, 3, 3)]))
    lengths = st.integers(1, 4)
    interviews = tuple(draw(st.lists(lengths, min_size=1, max_size=most)))
    closes = NOON + draw(st.integers(8, 14))
    free = span(NOON, closes)
    rest = st.integers(NOON, closes - 1).map(lambda tick: span(tick, tick + 1))
    breaks = [draw(st.lists(rest, max_size=2)) for _ in range(2)]
    frees = [free & ~sum(set(some)) for some in breaks]
    assume(all(frees))
    return AlignmentRequest(first, second, interviews, draw(lengths), *frees)


@given(short_days())
def test_the_search_finds_the_best_of_all_patterns(request: AlignmentRequest) -> None:
    best = by_brute_force(request)
    if best is None:
        with pytest.raises(DoesNotFit):
            align(request)
        return
    found = align(request)
    check(request, found.pattern)
    assert found.optimal
    assert found.figures == evaluate(request, found.pattern)
    assert found.figures.rank == best


# Longer days, also with too little time.


@st.composite
def whole_days(draw: st.DrawFn) -> AlignmentRequest:
    first, second = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    interviews = draw(st.lists(st.sampled_from([10, 20, 35, 40, 50]), min_size=1, max_size=min(3 * first, 5 * second)))
    return request_of(first, second, interviews, draw(st.sampled_from([20, 30, 50])))


@given(whole_days(), st.integers(0, 400))
@example(request_of(1, 1, GUIDE), 0)
@example(request_of(2, 2, GUIDE * 2), 0)
def test_nothing_simple_is_better_and_the_bounds_hold(request: AlignmentRequest, patience: int) -> None:
    asked = count()
    found = align(request, lambda: next(asked) < patience)
    check(request, found.pattern)
    others = [in_order(request), longest_first(request), guidance_pattern(request), *(guidance_range(request) or ())]
    assert all(found.figures.rank <= rank_of(request, other) for other in others)
    assert found.idle_gap >= 0
    assert found.wait_gap is None or found.wait_gap >= 0
    # The clock is a count of questions here, so that the same patience gives the same answer.
    again = count()
    assert align(request, lambda: next(again) < patience) == found


@given(whole_days())
def test_a_bound_of_an_ended_search_is_no_more_than_the_best(request: AlignmentRequest) -> None:
    begun = time.monotonic()
    best = align(request, lambda: time.monotonic() - begun < 1)
    hurried = align(request, lambda: False)
    assert hurried.idle_bound <= best.figures.idle_minutes
    if hurried.wait_bound is not None:
        assert hurried.wait_bound <= best.figures.wait_minutes


def test_equal_groups_are_joined() -> None:
    request = request_of(2, 2, GUIDE * 2)
    parts = cells(request)
    assert [part.first for part in parts] == [1, 1]
    found = joined(request, [align(part).pattern for part in parts])
    assert evaluate(request, found).rank == (40, 100)
    assert len(cells(request_of(2, 3, GUIDE * 2))) == 1


# What a pattern may not be, and what is refused.


def sound() -> tuple[AlignmentRequest, Pattern]:
    request = request_of(1, 1, (20, 40), 50)
    nine = parse_clock("09:00")
    firsts = (Meeting(0, 0, nine, nine + 4), Meeting(0, 1, nine + 4, nine + 12))
    seconds = (Meeting(0, 0, nine + 4, nine + 14), Meeting(0, 1, nine + 14, nine + 24))
    return request, Pattern(firsts, seconds)


def test_a_pattern_that_breaks_a_rule_is_unsound() -> None:
    request, pattern = sound()
    assert evaluate(request, pattern).waits == (0, 10)
    one, two = pattern.firsts
    broken = [
        replace(pattern, firsts=(one,)),
        replace(pattern, firsts=(one, replace(two, end=two.end + 1))),
        replace(pattern, firsts=(one, replace(two, start=two.start - 1, end=two.end - 1))),
        replace(pattern, firsts=(one, replace(two, coach=1))),
        replace(pattern, firsts=(replace(one, start=one.start - 1, end=one.end - 1), two)),
        replace(pattern, seconds=tuple(replace(meeting, claimant=1 - meeting.claimant) for meeting in pattern.seconds)),
        replace(pattern, seconds=(pattern.seconds[0], replace(pattern.seconds[1], end=pattern.seconds[1].end + 1))),
    ]
    for other in broken:
        with pytest.raises(Unsound):
            check(request, other)
    with pytest.raises(Unsound, match="equal shares"):
        check(replace(request, second=2), pattern)


@pytest.mark.parametrize("minutes", [0, -20, 22])
def test_a_length_off_the_grid_is_refused(minutes: int) -> None:
    with pytest.raises(OffGrid):
        request_of(1, 1, (20, minutes))
    with pytest.raises(OffGrid):
        request_of(1, 1, (20,), minutes)


def test_numbers_out_of_bounds_are_refused() -> None:
    for first, second in ((0, 1), (1, 0), (-1, 1), (1000, 1), (1, 1000)):
        with pytest.raises(ValueError, match="between 1 and 20"):
            request_of(first, second, GUIDE)
    for interviews in ((), (5,) * (MOST_INTERVIEWS + 1)):
        with pytest.raises(ValueError, match="interviews"):
            request_of(1, 1, interviews)
    with pytest.raises(ValueError, match="does not end"):
        request_of(1, 1, GUIDE, opening=(NOON, NOON))


def test_what_no_day_holds_is_refused() -> None:
    with pytest.raises(DoesNotFit, match="between two breaks"):
        request_of(1, 1, (400,))
    with pytest.raises(DoesNotFit, match="500 minutes"):
        request_of(1, 1, (50,) * 10)
    # Enough minutes, but not in one piece each: 110 and 85 minutes hold no second interview of 80.
    with pytest.raises(DoesNotFit):
        align(request_of(1, 1, (80, 80, 80, 80, 80)))


def test_where_the_segments_do_not_hold_the_interviews_there_is_no_pattern_of_the_guidance() -> None:
    assert guidance_range(request_of(1, 1, (50, 50, 50))) is None
    assert guidance_range(request_of(1, 1, (20, 20, 20))) is None
    assert guidance_pattern(request_of(1, 1, GUIDE, first_breaks=[(NOON, NOON + 12)])) is None


def test_more_coaches_than_claimants_leave_some_without_any() -> None:
    found = align(request_of(3, 4, (20, 30)))
    assert found.optimal
    assert found.figures.idle == (20, 30, 0, 0)
