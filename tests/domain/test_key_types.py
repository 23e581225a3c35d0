"""Key types: what is wrong with them, and the smallest change that gives one starts."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.availability import Now, Occupied, Search, offers
from agent_tui.domain.key_types import Proposal, key_types, propose, standing, without_start
from agent_tui.domain.pattern_change import change_of, change_problems
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Request
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.ticks import span
from agent_tui.domain.types import KeyFrom
from tests.domain.worlds import FIVE, LONG_AGO, MONDAY, NINE, NOON, ONE, TEN, diary, every_day, kind, site

NOW = Now(MONDAY, NINE)
NOTHING = Occupied({})
REST = frozenset({"BBB"})
OPEN = (Segment(NINE, NOON, REST), Segment(ONE, FIVE, REST))
KEY = kind("AAA", key=True)
OTHER = kind("BBB")
BOTH = frozenset({"AAA", "BBB"})
NO_NEEDS = Request("AAA", MONDAY, MONDAY + timedelta(days=4), limit=0, every=True)


def world(*diaries: Diary, patterns: tuple[Pattern, ...] = every_day(OPEN)) -> Catalogue:
    """Return a site of a key type and another, whose segments allow the other alone."""
    return site((KEY, OTHER), diaries, patterns)


def applied(catalogue: Catalogue, found: Proposal) -> Catalogue:
    """Return the rules once a proposal is saved."""
    assert change_problems(catalogue, found.patterns, NOW.day) == []
    return change_of(catalogue, found.patterns, (f"new-{number}" for number in count()), found.assignments).after


def starts(catalogue: Catalogue, occupied: Occupied = NOTHING) -> int:
    """Return how many starts the key type has in the five days from Monday."""
    return offers(catalogue, NO_NEEDS, occupied, NOW).total


def busy(code: str, first: int, last: int) -> dict[tuple[str, str], int]:
    """Return a range of each of the five days as taken."""
    return {(code, (MONDAY + timedelta(days=number)).isoformat()): span(first, last) for number in range(5)}


def wrong(catalogue: Catalogue) -> dict[str, str | None]:
    """Return what is wrong with each key type."""
    found = {one.code: one.wrong for one in key_types(catalogue, NOTHING, NOW)}
    assert {kind.code for kind in without_start(catalogue, NOTHING, NOW)} == {code for code, why in found.items() if why}
    return found


def test_what_is_wrong_is_said_as_a_search_says_it() -> None:
    assert wrong(world(diary(types=REST))) == {"AAA": "not_assigned"}
    assert wrong(world(diary(enabled=False))) == {"AAA": "diary_off"}
    assert wrong(world(diary())) == {"AAA": "no_start"}
    assert wrong(world(diary(), patterns=every_day((Segment(NINE, NOON, BOTH),)))) == {"AAA": None}
    one = key_types(world(diary()), NOTHING, NOW)[0]
    assert (one.diaries, one.starts) == (("D01",), 0)
    assert "no_segment" in [reason.rule for reason in one.reasons]


def test_starts_are_counted_as_a_search_counts_them() -> None:
    catalogue = world(diary("D01"), diary("D02"), patterns=every_day((Segment(NINE, NOON, BOTH),)))
    occupied = Occupied(busy("D01", NINE, TEN))
    found = key_types(catalogue, occupied, NOW)[0]
    assert found.starts == starts(catalogue, occupied)


def test_whether_it_has_a_start_is_found_without_counting_them(monkeypatch: pytest.MonkeyPatch) -> None:
    diaries = [diary(f"D{number:02d}") for number in range(1, 30)]
    catalogue = world(*diaries, patterns=every_day((Segment(NINE, NOON, BOTH),)))
    looked: list[str] = []
    beside = Search.starts_beside

    def spy(search: Search, taken: int, one: Diary, day: date) -> tuple[int, int]:
        looked.append(one.code)
        return beside(search, taken, one, day)

    monkeypatch.setattr(Search, "starts_beside", spy)
    monkeypatch.setattr(Search, "diary_day", None)
    assert without_start(catalogue, Occupied(busy("D01", NINE, NOON)), NOW) == []
    assert looked == ["D01", "D02"]


def test_the_flag_of_today_counts_and_what_becomes_a_key_type_is_listed() -> None:
    later = KeyFrom(MONDAY + timedelta(days=9), True)
    coming = replace(OTHER, keys=(later,))
    gone = replace(KEY, keys=(KeyFrom(MONDAY, False),))
    block = kind("CCC", key=True, booked_by="block")
    found = key_types(site((gone, coming, block), (diary(),)), NOTHING, NOW)
    assert [(one.code, one.key, one.changes) for one in found] == [("BBB", False, (later,))]


def test_a_diary_that_has_the_type_allows_it_in_its_freest_segment() -> None:
    catalogue = world(diary("D01"), diary("D02"), diary("D03", types=REST))
    occupied = Occupied(busy("D01", NINE, FIVE) | busy("D02", ONE, FIVE - 12))
    found = propose(catalogue, occupied, NOW, "AAA")
    assert found is not None
    assert (found.diary, found.assign, found.day, found.start, found.end) == ("D02", False, MONDAY, NINE, NOON)
    assert [(one.level, one.owner, one.weekday, one.effective_from) for one in found.patterns] == [("diary", "D02", 0, MONDAY)]
    assert found.patterns[0].segments == (Segment(NINE, NOON, BOTH),)
    assert starts(applied(catalogue, found), occupied) == found.starts > 0
    assert "allow AAA" in found.sentence.lower().replace("aaa", "AAA")


def test_else_a_diary_of_the_same_channel_gets_it_where_it_is_allowed_already() -> None:
    patterns = (*every_day(OPEN), *every_day((Segment(NINE, TEN, BOTH),), "diary", "D02"))
    catalogue = world(diary("D01", types=REST), diary("D02", types=REST), patterns=patterns)
    found = propose(catalogue, NOTHING, NOW, "AAA")
    assert found is not None
    assert (found.diary, found.assign, found.patterns) == ("D02", True, ())
    assert found.assignments == (("D02", "AAA"),)
    assert starts(applied(catalogue, found)) == found.starts > 0


def test_else_it_is_assigned_and_allowed() -> None:
    catalogue = world(diary("D01", types=REST), diary("D02", types=REST))
    occupied = Occupied(busy("D01", NINE, FIVE))
    found = propose(catalogue, occupied, NOW, "AAA")
    assert found is not None
    assert (found.diary, found.assign, found.start, len(found.patterns)) == ("D02", True, ONE, 1)
    assert starts(applied(catalogue, found), occupied) == found.starts > 0


def test_a_diary_of_another_channel_off_or_retired_is_not_asked() -> None:
    phone = replace(OTHER, channel="phone")
    assert propose(site((KEY, phone), (diary(types=REST),), every_day(OPEN)), NOTHING, NOW, "AAA") is None
    assert propose(world(diary(enabled=False)), NOTHING, NOW, "AAA") is None
    assert propose(world(replace(diary(), retired=MONDAY)), NOTHING, NOW, "AAA") is None


def test_without_time_for_it_nothing_is_proposed() -> None:
    assert propose(world(diary()), Occupied(busy("D01", 0, 288)), NOW, "AAA") is None
    short = every_day((Segment(NINE, NINE + 5, REST),))
    assert propose(world(diary(), patterns=short), NOTHING, NOW, "AAA") is None
    other_channel = every_day((Segment(NINE, NOON, REST, channel="phone"),))
    assert propose(world(diary(), patterns=other_channel), NOTHING, NOW, "AAA") is None
    closed = every_day((Segment(NINE, NOON, frozenset()),))
    assert propose(world(diary(), patterns=closed), NOTHING, NOW, "AAA") is None


def test_a_limit_that_is_used_up_is_no_place() -> None:
    patterns = tuple(
        Pattern(f"own-{day}", "diary", "D01", day, None, LONG_AGO, None, (Segment(NINE, NOON, REST, limit=1),))
        for day in range(5)
    )
    catalogue = world(diary(), patterns=patterns)
    used = {("D01", (MONDAY + timedelta(days=day)).isoformat(), f"own-{day}", NINE): 1 for day in range(5)}
    assert propose(catalogue, Occupied({}, {}, used), NOW, "AAA") is None
    found = propose(catalogue, NOTHING, NOW, "AAA")
    assert found is not None
    assert found.patterns[0].segments[0].limit == 1


def test_an_exception_for_one_day_and_what_follows_later_stay() -> None:
    friday = MONDAY + timedelta(days=4)
    later = MONDAY + timedelta(days=14)
    exceptions = [
        Pattern(f"x-{number}", "diary", "D01", None, MONDAY + timedelta(days=number), LONG_AGO, None, OPEN) for number in range(4)
    ]
    follows = Pattern("later", "diary", "D01", friday.weekday(), None, later, None, (Segment(NINE, TEN, REST),))
    catalogue = world(diary(), patterns=(*every_day(OPEN), *exceptions, follows))
    found = propose(catalogue, NOTHING, NOW, "AAA")
    assert found is not None
    assert (found.day, found.start) == (friday, ONE)
    after = applied(catalogue, found)
    for number in range(60):
        day = MONDAY + timedelta(days=number)
        changed = after.plan("D01", day).allowed("AAA", "f2f") != catalogue.plan("D01", day).allowed("AAA", "f2f")
        assert changed == (day.weekday() == 4 and friday <= day < later), day


def test_the_rest_of_the_day_stays_as_it_is() -> None:
    own = every_day((Segment(NINE, TEN, frozenset()), Segment(TEN, NOON, REST, description="reviews")), "diary", "D01")
    catalogue = world(diary(), patterns=(*every_day(OPEN), *own))
    occupied = Occupied(busy("D01", ONE, FIVE))
    found = propose(catalogue, occupied, NOW, "AAA")
    assert found is not None
    assert found.patterns[0].segments == (Segment(NINE, TEN, frozenset()), Segment(TEN, NOON, BOTH, description="reviews"))
    after = applied(catalogue, found).plan("D01", MONDAY)
    assert after.allowed("BBB", "f2f") == catalogue.plan("D01", MONDAY).allowed("BBB", "f2f")


@given(
    st.lists(st.tuples(st.sampled_from(("D01", "D02")), st.integers(0, 4), st.integers(NINE, FIVE - 1)), max_size=8),
    st.sampled_from((BOTH, REST)),
    st.sampled_from((BOTH, REST)),
)
def test_what_is_proposed_gives_starts_and_takes_none_away(
    taken: list[tuple[str, int, int]], one: frozenset[str], two: frozenset[str]
) -> None:
    catalogue = world(diary("D01", types=one), diary("D02", types=two))
    masks: dict[tuple[str, str], int] = {}
    for code, number, start in taken:
        key = (code, (MONDAY + timedelta(days=number)).isoformat())
        masks[key] = masks.get(key, 0) | span(start, FIVE)
    occupied = Occupied(masks)
    found = propose(catalogue, occupied, NOW, "AAA")
    if found is None:
        assert standing(catalogue, KEY, occupied, NOW).starts == 0
        return
    after = applied(catalogue, found)
    assert starts(after, occupied) == found.starts > 0
    for code in ("D01", "D02"):
        for number in range(7):
            day: date = MONDAY + timedelta(days=number)
            assert after.plan(code, day).allowed("BBB", "f2f") == catalogue.plan(code, day).allowed("BBB", "f2f")
