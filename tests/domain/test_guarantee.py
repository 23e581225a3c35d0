"""Guarantees: what a search lists, why one fails, running dry, and weeks that may be signed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.availability import Now, Occupied, offers
from agent_tui.domain.guarantee import (
    FAILS,
    LOW,
    MOST_DAYS,
    MOST_STARTS,
    OK,
    RECENT_DAYS,
    guarantee_now,
    guarantee_problem,
    guarantees_now,
    pace_of,
    per_day,
    recent_days,
)
from agent_tui.domain.key_types import propose
from agent_tui.domain.patterns import Segment
from agent_tui.domain.requests import Request
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import span
from agent_tui.domain.types import Guarantee
from agent_tui.domain.week import Week
from agent_tui.domain.weekly_check import may_be_signed, missing, red_of, words_problem
from tests.domain.worlds import FIVE, MONDAY, NINE, NOON, ONE, TEN, diary, every_day, kind, pattern_lists, site

NOW = Now(MONDAY, NINE)
NOTHING = Occupied({})
AAA = Guarantee("AAA", 3, 5)
REST = frozenset({"BBB"})


def stands(catalogue: Catalogue, rule: Guarantee = AAA, occupied: Occupied = NOTHING, **more: object) -> object:
    return guarantee_now(catalogue, rule, occupied, NOW, **more)  # type: ignore[arg-type]


@given(
    pattern_lists(MONDAY),
    st.dictionaries(
        st.tuples(st.sampled_from(("D01", "D02")), st.integers(0, 6)), st.tuples(st.integers(90, 200), st.integers(1, 60))
    ),
    st.sampled_from((frozenset[str](), REST, frozenset({"AAA"}))),
    st.integers(0, 287),
    st.integers(1, 6),
    st.integers(1, 40),
)
def test_found_is_what_a_search_of_the_working_days_lists(
    patterns: object, taken: dict[tuple[str, int], tuple[int, int]], types: frozenset[str], tick: int, days: int, least: int
) -> None:
    closed = {MONDAY + timedelta(days=2): "Closed"}
    catalogue = site((kind(), kind("BBB")), (diary(), diary("D02", "B", types)), patterns, closures=closed)  # type: ignore[arg-type]
    masks = {
        (code, (MONDAY + timedelta(days=number)).isoformat()): span(start, min(start + length, 288))
        for (code, number), (start, length) in taken.items()
    }
    now, occupied = Now(MONDAY, tick), Occupied(masks)
    found = guarantee_now(catalogue, Guarantee("AAA", least, days), occupied, now)
    listed = offers(catalogue, Request("AAA", found.first, found.last, limit=None, every=True), occupied, now)
    assert found.found == listed.total == len(listed.offers)
    assert (found.status == FAILS) == (listed.total < least)
    if not listed.total:
        assert found.reasons == listed.reasons
        assert found.reason
        assert found.fix
    working = [day for day in (found.first + timedelta(days=n) for n in range(30)) if catalogue.is_working_day(day)]
    assert found.last == working[days - 1]


@pytest.mark.parametrize(
    ("catalogue", "rule", "words"),
    [
        (site((kind(), kind("BBB")), (diary(types=REST),)), "not_assigned", "not assigned"),
        (site((kind(),), (diary(enabled=False),)), "diary_off", "diaries are off"),
        (site((kind(),), (diary(),), every_day((Segment(NINE, FIVE, REST),))), "no_segment", "only Coach D01, in no segment"),
        (site((kind(booked_by="block"),)), "booker", "not by offer"),
        (site((kind(needs=("room",)),)), "resource_busy", "only Coach D01, no room free"),
    ],
)
def test_why_it_fails_is_said_by_the_rules_of_a_search(catalogue: Catalogue, rule: str, words: str) -> None:
    found = guarantee_now(catalogue, AAA, NOTHING, NOW)
    assert (found.status, found.found) == (FAILS, 0)
    assert found.main is not None
    assert found.main.rule == rule
    assert found.brief == words
    assert found.reason is not None
    assert found.reason.startswith("0 of 3 starts in 5 working days.")
    assert found.fix


def test_too_few_starts_say_what_closed_the_other_days() -> None:
    busy = {("D01", (MONDAY + timedelta(days=n)).isoformat()): span(NINE, FIVE) for n in range(4)}
    catalogue = site((kind(),), (diary(),), every_day((Segment(NINE, NINE + 7, frozenset({"AAA"})),)))
    found = guarantee_now(catalogue, AAA, Occupied(busy), NOW)
    assert (found.found, found.status, found.only) == (2, FAILS, "Coach D01")
    assert [(one.rule, one.count) for one in found.reasons] == [("full", 4)]
    assert found.brief == "only Coach D01, full"
    assert guarantee_now(catalogue, replace(AAA, starts=2), Occupied(busy), NOW).status == OK


def test_what_was_booked_lately_for_the_same_days_says_when_it_runs_dry() -> None:
    catalogue = replace(
        site((kind(),), (diary(),), every_day((Segment(NINE, TEN, frozenset({"AAA"})),))), guarantees={"AAA": AAA}
    )
    first, last = recent_days(catalogue, MONDAY)
    assert (first, last) == (date(2026, 11, 16), date(2026, 11, 22))
    # Two appointments of half an hour fit into each of five mornings: ten. Booked for later days, it takes none of them.
    soon, later = ("AAA", first, first + timedelta(days=4)), ("AAA", first, first + timedelta(days=5))
    for booked, status in (([soon] * 10, OK), ([soon] * 11, LOW), ([soon] * 10 + [later] * 50, OK), ([], OK)):
        pace = pace_of(booked)
        (found,) = guarantees_now(catalogue, NOTHING, NOW, pace)
        assert found.status == status, booked
        assert found.per_day == per_day(pace, "AAA", MONDAY, found.last) == booked.count(soon) / RECENT_DAYS
        assert found.room == (10 if booked else None)
        if status == LOW:
            assert found.brief == "low: 10 more, 2.2 a day"
            assert found.reason is not None
            assert "Room for 10 more until Fri 27 Nov 2026" in found.reason


def test_what_fails_stands_first_and_a_type_that_is_gone_does_not_stand_at_all() -> None:
    rules = {code: Guarantee(code, 3, 5) for code in ("AAA", "BBB", "GONE")}
    catalogue = replace(site((kind(), kind("BBB")), (diary(types=frozenset({"AAA"})),)), guarantees=rules)
    assert [(one.rule.type, one.status) for one in guarantees_now(catalogue, NOTHING, NOW)] == [("BBB", FAILS), ("AAA", OK)]


@pytest.mark.parametrize(("starts", "days", "good"), [(1, 1, 1), (MOST_STARTS, MOST_DAYS, 1), (0, 5, 0), (3, 99, 0), (3, 0, 0)])
def test_numbers_of_a_guarantee(starts: int, days: int, good: int) -> None:
    assert (guarantee_problem(starts, days) is None) == bool(good)


def test_a_proposal_goes_on_until_the_guarantee_is_kept() -> None:
    # The morning of D01 gives one start, the afternoon of D02 many.
    segments = (
        *every_day((Segment(NINE, NINE + 6, REST),), "diary", "D01"),
        *every_day((Segment(ONE, FIVE, REST),), "diary", "D02"),
    )
    catalogue = site((kind(), kind("BBB")), (diary(), diary("D02", types=REST)), segments)
    small = propose(catalogue, NOTHING, NOW, "AAA")
    enough = propose(catalogue, NOTHING, NOW, "AAA", least=3, days=2)
    assert small is not None
    assert (small.diary, small.assign, small.starts) == ("D01", False, 1)
    assert enough is not None
    assert (enough.diary, enough.assign) == ("D02", True)
    assert enough.starts >= 3
    assert enough.sentence.endswith("in the next 2 working days.")
    most = propose(catalogue, NOTHING, NOW, "AAA", least=1000)
    assert most is not None
    assert (most.diary, most.starts >= enough.starts) == ("D02", True)
    open_to = site((kind(), kind("BBB")), (diary(),), every_day((Segment(NINE, NOON, frozenset({"AAA"})),)))
    assert propose(open_to, NOTHING, NOW, "AAA", least=1000) is None


def test_which_weeks_may_be_signed_and_which_are_missing() -> None:
    this = Week.of(MONDAY)
    assert [may_be_signed(this.later(by), MONDAY) is None for by in (-2, -1, 0, 1, 2)] == [False, True, True, True, False]
    assert missing((), MONDAY) == (this,)
    assert missing((this,), MONDAY) == ()
    assert missing((this.later(1),), MONDAY) == (this,)
    assert missing((this.later(-3), this.later(-1)), MONDAY) == (this, this.later(-2))
    around_new_year = Week.of(date(2027, 1, 4))
    assert missing((around_new_year.later(-2),), date(2027, 1, 5)) == (around_new_year, around_new_year.later(-1))


def test_what_is_red_is_what_fails_or_runs_low() -> None:
    rules = {code: Guarantee(code, 3, 5) for code in ("AAA", "BBB")}
    catalogue = replace(site((kind(), kind("BBB")), (diary(types=frozenset({"AAA"})),)), guarantees=rules)
    assert [(one.type, one.status, one.found, one.starts) for one in red_of(guarantees_now(catalogue, NOTHING, NOW))] == [
        ("BBB", FAILS, 0, 3)
    ]


@pytest.mark.parametrize(
    ("words", "good"), [("nothing", 1), ("", 0), ("x", 0), ("y" * 501, 0), ("rang 0113 496 0123", 0), ("QQ 12 34 56 C told", 0)]
)
def test_what_was_done_names_nobody(words: str, good: int) -> None:
    assert (words_problem(words) is None) == bool(good)
