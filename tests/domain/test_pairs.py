"""Pairs of offers: the same as trying every two, and quick where there are thousands."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.pairs import SECONDS_EACH, PairOffer, pair_up, second_id
from agent_tui.domain.requests import Offer
from tests.domain.worlds import MONDAY


def offer(diary: str, start: int, length: int = 4, day: date = MONDAY) -> Offer:
    """Return a start of a diary."""
    return Offer(diary, f"Coach {diary}", "A", day, start, start + length, "f2f", (diary,), False)


def naive(firsts: list[Offer], seconds: list[Offer], most: int) -> list[PairOffer]:
    """Return the pairs by looking at every two."""
    out = []
    for first in firsts:
        fitting = [
            second
            for second in seconds
            if second.day == first.day and second.diary != first.diary and 0 <= (second.start - first.end) * 5 <= most
        ]
        fitting.sort(key=lambda one: (one.start, one.diary))
        out += [PairOffer(first, second) for second in fitting[:SECONDS_EACH]]
    return sorted(out, key=lambda one: (one.wait, one.first.day, one.first.start, one.first.diary, one.second.diary))


places = st.sets(st.tuples(st.sampled_from(("D1", "D2", "D3")), st.integers(0, 12), st.integers(0, 2)), max_size=20)


@given(places, places, st.integers(0, 60), st.integers(1, 3), st.none() | st.integers(1, 10))
def test_pairs_are_those_of_trying_every_two(
    some: set[tuple[str, int, int]], others: set[tuple[str, int, int]], most: int, length: int, limit: int | None
) -> None:
    firsts = [offer(diary, start, length, MONDAY + timedelta(days=day)) for diary, start, day in sorted(some)]
    seconds = [offer(diary, start, 2, MONDAY + timedelta(days=day)) for diary, start, day in sorted(others)]
    wanted = naive(firsts, seconds, most)
    found, total = pair_up(firsts, seconds, most, limit)
    assert (found, total) == (wanted[:limit], len(wanted))


def test_the_shortest_wait_comes_first_then_the_day() -> None:
    firsts = [offer("D1", 100), offer("D1", 100, day=MONDAY + timedelta(days=1))]
    seconds = [offer("D2", 106), offer("D3", 104, day=MONDAY + timedelta(days=1)), offer("D3", 106), offer("D1", 104)]
    found, total = pair_up(firsts, seconds, 60)
    assert [(one.first.day, one.second.diary, one.wait_minutes) for one in found] == [
        (MONDAY + timedelta(days=1), "D3", 0),
        (MONDAY, "D2", 10),
        (MONDAY, "D3", 10),
    ]
    assert total == 3


def test_a_wait_may_be_as_long_as_is_said_and_no_longer() -> None:
    assert pair_up([offer("D1", 100)], [offer("D2", 116)], 60)[1] == 1
    assert pair_up([offer("D1", 100)], [offer("D2", 117)], 60)[1] == 0
    assert pair_up([offer("D1", 100)], [offer("D2", 103)], 60)[1] == 0


def test_each_first_of_thousands_has_its_earliest_seconds_alone() -> None:
    days = [MONDAY + timedelta(days=number) for number in range(20)]
    many = [offer(f"D{diary:02d}", start, day=day) for day in days for start in range(100, 200, 2) for diary in range(20)]
    found, total = pair_up(many, many, 60, 20)
    assert len(found) == 20
    with_a_second = [one for one in many if one.end <= 198]
    assert total == SECONDS_EACH * len(with_a_second)


def test_the_second_is_found_from_the_first() -> None:
    assert second_id("LPP", "a") == second_id("LPP", "a") != second_id("LPP", "b")
    assert second_id("LPP", "a") != second_id("XXX", "a")
