"""What can be booked, against trying every tick; and the refusal of a start, against what is offered."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from agent_tui.domain.availability import (
    DiaryDay,
    Now,
    Occupied,
    Search,
    coverage,
    earliest,
    obstacle,
    offers,
    window_mask,
)
from agent_tui.domain.patterns import Segment
from agent_tui.domain.requests import AFTERNOON, MORNING, ClockWindow, Found, Request
from agent_tui.domain.site import Catalogue, Room
from agent_tui.domain.ticks import FULL_DAY, span, ticks_in
from agent_tui.domain.types import MinutesFrom
from tests.domain import naive
from tests.domain.naive import Busy, Taken, World
from tests.domain.worlds import (
    ALL,
    FIVE,
    LONG_AGO,
    MONDAY,
    NINE,
    NOON,
    PLACE,
    TEN,
    diary,
    every_day,
    kind,
    searches,
    site,
)

BEFORE = Now(MONDAY - timedelta(days=1), 0)
NOTHING = Occupied({})


def ask(**more: object) -> Request:
    """Return a search for AAA on the Monday, every start of it."""
    said: dict[str, object] = {"type": "AAA", "first_day": MONDAY, "last_day": MONDAY, "limit": None, "every": True}
    return Request(**(said | more))  # type: ignore[arg-type]


def found_starts(found: Found) -> list[tuple[date, int, str]]:
    """Return day, start and diary of each offer."""
    return [(one.day, one.start, one.diary) for one in found.offers]


@settings(max_examples=100)
@given(searches())
def test_offers_are_the_starts_that_trying_every_tick_finds_in_the_same_order(
    drawn: tuple[Catalogue, Request, Taken, Now],
) -> None:
    catalogue, request, taken, now = drawn
    found = offers(catalogue, request, taken.as_masks(), now)
    world = World(catalogue, request, taken, now)
    expected = world.offers()
    assert [(one.day, one.start, one.end, one.diary, one.flush) for one in found.offers] == [
        (one.day, one.start, one.end, one.diary, one.flush) for one in expected
    ]
    assert found.total == len(expected)
    assert (found.status == "offers") == bool(expected)
    assert bool(found.reasons) != bool(expected)
    for one in found.offers:
        rooms = one.resources[1:]
        who = catalogue.diaries[one.diary]
        assert (one.resources[0], one.coach, one.team, one.channel) == (one.diary, who.coach, who.team, world.channel)
        assert len(set(rooms)) == len(rooms)
        met: set[str] = set()
        for code in rooms:
            free = {room for need in world.catalogue.needs for room in world.rooms(need, one.day, one.start, one.end)}
            assert code in free
            met |= catalogue.rooms[code].meets
        assert met >= {*world.kind.needs, *request.needs}


@settings(max_examples=60)
@given(searches())
def test_a_limit_shows_the_first_offers_and_still_counts_all(drawn: tuple[Catalogue, Request, Taken, Now]) -> None:
    catalogue, request, taken, now = drawn
    every = offers(catalogue, request, taken.as_masks(), now)
    for limit in (1, 3, 50):
        some = offers(catalogue, replace(request, limit=limit), taken.as_masks(), now)
        assert (some.offers, some.total, some.status) == (every.offers[:limit], every.total, every.status)


@settings(max_examples=50)
@given(searches())
def test_a_start_is_offered_exactly_when_no_rule_forbids_it_and_its_time_is_free(
    drawn: tuple[Catalogue, Request, Taken, Now],
) -> None:
    catalogue, request, taken, now = drawn
    wide = replace(request, window=None, near=None, diary=None, team=None)
    occupied = taken.as_masks()
    offered = set(found_starts(offers(catalogue, wide, occupied, now)))
    search = Search(catalogue, wide, occupied, now)
    for code in catalogue.diaries:
        for day in {wide.first_day, wide.last_day}:
            length = search.kind.ticks_on(day) or 1
            busy = occupied.masks.get((code, day.isoformat()), 0) | occupied.client.get(day.isoformat(), 0)
            for start in range(0, 288, 3):
                free = obstacle(search, code, day, start) is None
                free = free and not busy & span(start, start + length) and search.rooms_at(day, start, length) is not None
                assert free == ((day, start, code) in offered), (code, day, start)


@settings(max_examples=60)
@given(searches())
def test_coverage_is_every_tick_that_some_start_would_use(drawn: tuple[Catalogue, Request, Taken, Now]) -> None:
    catalogue, request, taken, now = drawn
    search = Search(catalogue, request, taken.as_masks(), now)
    for one in search.diaries():
        found = search.diary_day(one, request.first_day)
        if isinstance(found, DiaryDay):
            starts = list(ticks_in(found.starts))
            assert naive.bits(coverage(found)) == [
                any(start <= tick < start + found.length for start in starts) for tick in range(288)
            ]


def test_every_five_minute_start_that_fits_is_offered_once_from_each_diary() -> None:
    catalogue = site(diaries=(diary("D02"), diary("D01")))
    found = offers(catalogue, ask(), NOTHING, BEFORE)
    assert found_starts(found) == [(MONDAY, start, code) for start in range(NINE, FIVE - 5) for code in ("D01", "D02")]
    assert found.total == 2 * (8 * 12 - 5)


def test_the_ends_of_a_day_are_offered_too() -> None:
    catalogue = site(patterns=every_day((Segment(0, 288, ALL),)))
    starts = [one.start for one in offers(catalogue, ask(), NOTHING, BEFORE).offers]
    assert (starts[0], starts[-1]) == (0, 282)


def test_near_orders_by_distance_and_the_earlier_of_two_equals_comes_first() -> None:
    found = offers(site(), ask(near=TEN, limit=5), NOTHING, BEFORE)
    assert [one.start for one in found.offers] == [120, 119, 121, 118, 122]


def test_near_never_puts_a_later_day_before_an_earlier_one() -> None:
    two = ask(near=TEN, last_day=MONDAY + timedelta(days=1))
    days = [one.day for one in offers(site(), two, NOTHING, BEFORE).offers]
    assert days == sorted(days)


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        (MORNING, NINE, NOON - 1),
        (AFTERNOON, NOON, FIVE - 6),
        (ClockWindow(TEN, NOON, True), TEN, NOON - 6),
        (ClockWindow(TEN, TEN + 6, True), TEN, TEN),
    ],
)
def test_morning_is_a_start_before_noon_and_a_clock_range_contains_the_whole_appointment(
    window: ClockWindow, first: int, last: int
) -> None:
    starts = [one.start for one in offers(site(), ask(window=window), NOTHING, BEFORE).offers]
    assert starts == list(range(first, last + 1))


@pytest.mark.parametrize("end", [TEN, TEN + 1, TEN + 5])
def test_a_clock_range_shorter_than_the_appointment_holds_nothing(end: int) -> None:
    assert offers(site(), ask(window=ClockWindow(TEN, end, True)), NOTHING, BEFORE).total == 0


@pytest.mark.parametrize("length", range(1, 20))
def test_the_mask_of_a_clock_range_never_runs_backwards(length: int) -> None:
    starts = naive.bits(window_mask(ask(window=ClockWindow(TEN, TEN + 10, True)), length))
    assert starts == [start >= TEN and start + length <= TEN + 10 for start in range(288)]


@pytest.mark.parametrize("notice", [0, 1, 4, 5, 6, 60, 1439, 1440, 1441, 2880, 3000])
@pytest.mark.parametrize("tick", [0, 1, 144, 287, 288])
def test_notice_counts_minutes_from_the_first_tick_that_has_not_begun(tick: int, notice: int) -> None:
    for offset in range(-1, 4):
        day = MONDAY + timedelta(days=offset)
        starts = naive.bits(earliest(day, Now(MONDAY, tick), notice))
        wanted = [
            offset * 1440 + start * 5 >= tick * 5 + notice and offset * 1440 + start * 5 >= tick * 5 for start in range(288)
        ]
        assert starts == wanted, offset


@pytest.mark.parametrize("notice", [10**6, 10**9, 2**62])
def test_an_absurd_notice_leaves_nothing_and_breaks_nothing(notice: int) -> None:
    assert offers(site(), ask(notice=notice), NOTHING, BEFORE).total == 0


@pytest.mark.parametrize("first", [date.min, date(9990, 1, 1), date.max - timedelta(days=3)])
def test_the_first_and_last_years_of_the_calendar_can_be_asked_for(first: date) -> None:
    last = first + timedelta(days=3)
    found = offers(site(), ask(first_day=first, last_day=last), NOTHING, Now(MONDAY, NINE))
    assert found.status in ("offers", "none")
    assert bool(found.reasons) != bool(found.total)


def test_minutes_are_those_in_force_on_the_day_of_the_appointment() -> None:
    tuesday = MONDAY + timedelta(days=1)
    changing = kind(minutes=(MinutesFrom(LONG_AGO, 50), MinutesFrom(tuesday, 30)))
    found = offers(site((changing,)), ask(last_day=tuesday), NOTHING, BEFORE)
    assert {(one.day, one.end - one.start) for one in found.offers} == {(MONDAY, 10), (tuesday, 6)}
    assert found.type.minutes == 50


def test_adjacent_segments_that_both_allow_the_type_may_be_crossed() -> None:
    catalogue = site(patterns=every_day((Segment(NINE, TEN, ALL), Segment(TEN, NOON, frozenset({"AAA"})))))
    assert TEN - 3 in [one.start for one in offers(catalogue, ask(), NOTHING, BEFORE).offers]


def test_an_offer_that_leaves_no_gap_before_or_after_it_is_flush() -> None:
    taken = Taken((Busy("D01", MONDAY, TEN, TEN + 6),))
    found = offers(site(), ask(), taken.as_masks(), BEFORE)
    assert [one.start for one in found.offers if one.flush] == [NINE, TEN - 6, TEN + 6, FIVE - 6]


def test_coach_and_room_must_both_be_free() -> None:
    needs = kind(needs=("room",))
    rooms = (Room("R01", "room", "One", frozenset({"room"}), True), Room("R02", "room", "Two", frozenset({"room"}), False))
    taken = Taken((Busy("D01", MONDAY, NINE, TEN), Busy("R01", MONDAY, TEN, NOON)))
    found = offers(site((needs,), rooms=rooms), ask(), taken.as_masks(), BEFORE)
    assert found.offers[0].start == NOON
    assert found.offers[0].resources == ("D01", "R01")


def test_another_room_is_taken_where_the_first_is_busy() -> None:
    rooms = tuple(Room(code, "room", code, frozenset({"room"}), True) for code in ("R02", "R01"))
    taken = Taken((Busy("R01", MONDAY, NINE, TEN),))
    found = offers(site((kind(needs=("room",)),), rooms=rooms), ask(), taken.as_masks(), BEFORE)
    by_start = {one.start: one.resources for one in found.offers}
    assert (by_start[NINE], by_start[TEN]) == (("D01", "R02"), ("D01", "R01"))


def test_two_needs_are_met_by_two_things_where_none_meets_both() -> None:
    rooms = (Room("R01", "room", "One", frozenset({"room"}), True), Room("E01", "loop", "Loop", frozenset({"loop"}), True))
    catalogue = site((kind(needs=("room",)),), rooms=rooms)
    found = offers(catalogue, ask(needs=("loop",)), NOTHING, BEFORE)
    assert set(found.offers[0].resources) == {"D01", "R01", "E01"}
    taken = Taken((Busy("E01", MONDAY, 0, 288),))
    assert offers(catalogue, ask(needs=("loop",)), taken.as_masks(), BEFORE).total == 0


def test_a_room_that_meets_both_needs_is_taken_alone() -> None:
    rooms = (
        Room("R01", "room", "One", frozenset({"room"}), True),
        Room("R02", "room", "Two", frozenset({"room", "loop"}), True),
    )
    catalogue = site((kind(needs=("room",)),), rooms=rooms)
    found = offers(catalogue, ask(needs=("loop",), limit=1), NOTHING, BEFORE)
    assert found.offers[0].resources == ("D01", "R02"), "a second room is kept from others for nothing"


def test_a_used_up_limit_closes_its_segment_only() -> None:
    catalogue = site(patterns=every_day((Segment(NINE, TEN, ALL, limit=1), Segment(TEN, NOON, ALL))))
    taken = Taken(limits=(("D01", MONDAY, "site0", NINE, 1),))
    assert offers(catalogue, ask(), taken.as_masks(), BEFORE).offers[0].start == TEN
    assert offers(catalogue, ask(), NOTHING, BEFORE).offers[0].start == NINE


def test_a_claimant_is_not_offered_their_own_time_in_another_diary() -> None:
    catalogue = site(diaries=(diary("D01"), diary("D02")))
    mine = Taken(client=(Busy("client", MONDAY, NINE, NOON),))
    assert offers(catalogue, ask(client="C000001"), mine.as_masks(), BEFORE).offers[0].start == NOON


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_nothing_is_offered_inside_the_hour_of_a_clock_change(day: date) -> None:
    catalogue = site(patterns=every_day((Segment(0, FIVE, ALL),)))
    found = offers(catalogue, ask(first_day=day, last_day=day), NOTHING, Now(day - timedelta(days=1), 0))
    assert [one.start for one in found.offers] == [*range(0, 7), *range(24, FIVE - 5)]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
@pytest.mark.parametrize("window", [MORNING, AFTERNOON])
def test_mornings_and_afternoons_of_clock_change_days_are_as_on_other_days(day: date, window: ClockWindow) -> None:
    before = Now(day - timedelta(days=10), 0)
    other = day - timedelta(days=7)
    changed = offers(site(), ask(first_day=day, last_day=day, window=window), NOTHING, before)
    usual = offers(site(), ask(first_day=other, last_day=other, window=window), NOTHING, before)
    assert [(one.start, one.end) for one in changed.offers] == [(one.start, one.end) for one in usual.offers]


def test_nothing_is_offered_before_now_or_on_a_past_day() -> None:
    found = offers(site(), ask(first_day=MONDAY - timedelta(days=9)), NOTHING, Now(MONDAY, TEN + 1))
    assert found_starts(found)[0] == (MONDAY, TEN + 1, "D01")


# Why not: each rule of the contract.


def reasons_of(found: Found) -> dict[str, int]:
    """Return how many diary days each rule closed; text and fix must be sentences."""
    assert found.status != "offers"
    assert not found.offers
    for one in found.reasons:
        assert one.text.endswith(".")
        assert "{" not in one.text
        assert one.fix is None or one.fix.endswith(".")
    return {one.rule: one.count for one in found.reasons}


def test_reason_unknown_type() -> None:
    found = offers(site(), ask(type="NOPE"), NOTHING, BEFORE)
    assert reasons_of(found) == {"unknown_type": 1}
    assert (found.status, found.type.code, found.type.minutes) == ("none", "NOPE", None)


def test_reason_booker_for_who_may_not_book_and_for_block_time() -> None:
    only = kind(may_book=frozenset({"site staff"}))
    assert reasons_of(offers(site((only,)), ask(booker="provider agent"), NOTHING, BEFORE)) == {"booker": 1}
    assert offers(site((only,)), ask(booker="site staff"), NOTHING, BEFORE).total
    assert reasons_of(offers(site((kind(booked_by="block"),)), ask(), NOTHING, BEFORE)) == {"booker": 1}


def test_reason_not_assigned_is_a_hand_off_to_the_sites_contact() -> None:
    catalogue = site((kind("AAA"), kind("BBB")), (diary(types=frozenset({"BBB"})),))
    found = offers(catalogue, ask(), NOTHING, BEFORE)
    assert (found.status, reasons_of(found)) == ("handoff", {"not_assigned": 1})
    assert "the PAC desk" in (found.reasons[0].fix or "")


def test_reason_diary_off_when_every_diary_of_the_type_is_switched_off() -> None:
    catalogue = site(diaries=(diary("D01", enabled=False), diary("D02", enabled=False)))
    found = offers(catalogue, ask(), NOTHING, BEFORE)
    assert (found.status, reasons_of(found)) == ("handoff", {"diary_off": 2})


def test_reason_diary_off_when_the_diary_asked_for_is_switched_off() -> None:
    catalogue = site(diaries=(diary("D01", enabled=False), diary("D02")))
    found = offers(catalogue, ask(diary="D01"), NOTHING, BEFORE)
    assert (found.status, reasons_of(found)) == ("none", {"diary_off": 1})


def test_reason_not_assigned_when_others_than_the_diary_or_team_asked_for_have_the_type() -> None:
    catalogue = site((kind("AAA"), kind("BBB")), (diary("D01", "A", frozenset({"BBB"})), diary("D02", "B")))
    for request in (ask(diary="D01"), ask(team="A")):
        found = offers(catalogue, request, NOTHING, BEFORE)
        assert (found.status, reasons_of(found)) == ("none", {"not_assigned": 1})
        assert "1 other" in (found.reasons[0].fix or "")


def test_reason_closure_names_the_day() -> None:
    found = offers(site(closures={MONDAY: "St Andrew's Day"}), ask(), NOTHING, BEFORE)
    assert reasons_of(found) == {"closure": 1}
    assert "St Andrew's Day" in found.reasons[0].text


def test_reason_day_off_when_no_segment_is_open_at_all() -> None:
    assert reasons_of(offers(site(patterns=()), ask(), NOTHING, BEFORE)) == {"day_off": 1}


@pytest.mark.parametrize(
    "segment",
    [
        Segment(NINE, FIVE, frozenset({"BBB"})),
        Segment(NINE, FIVE, ALL, "phone"),
        Segment(NINE, NINE + 5, ALL),
    ],
)
def test_reason_no_segment_when_type_channel_or_length_do_not_fit(segment: Segment) -> None:
    assert reasons_of(offers(site(patterns=every_day((segment,))), ask(), NOTHING, BEFORE)) == {"no_segment": 1}


def test_reason_full_when_all_its_time_is_taken() -> None:
    taken = Taken((Busy("D01", MONDAY, NINE, FIVE - 5),))
    assert reasons_of(offers(site(), ask(), taken.as_masks(), BEFORE)) == {"full": 1}


def test_reason_notice_when_what_is_free_comes_too_soon_or_is_past() -> None:
    assert reasons_of(offers(site(), ask(notice=240), NOTHING, Now(MONDAY, 160))) == {"notice": 1}
    assert reasons_of(offers(site(), ask(), NOTHING, Now(MONDAY, FIVE))) == {"notice": 1}
    assert reasons_of(offers(site(), ask(), NOTHING, Now(MONDAY + timedelta(days=1), 0))) == {"notice": 1}


def test_the_sites_notice_holds_where_the_search_says_none() -> None:
    catalogue = site(place=replace(PLACE, notice_minutes=60))
    now = Now(MONDAY, NINE)
    assert offers(catalogue, ask(), NOTHING, now).offers[0].start == TEN
    assert offers(catalogue, ask(notice=0), NOTHING, now).offers[0].start == NINE


def test_reason_resource_busy_when_no_room_is_free() -> None:
    rooms = (Room("R01", "room", "One", frozenset({"room"}), True),)
    taken = Taken((Busy("R01", MONDAY, NINE, FIVE - 5),))
    found = offers(site((kind(needs=("room",)),), rooms=rooms), ask(), taken.as_masks(), BEFORE)
    assert reasons_of(found) == {"resource_busy": 1}
    assert "room" in found.reasons[0].text


def test_reason_client_clash_when_the_claimant_is_elsewhere() -> None:
    mine = Taken(client=(Busy("client", MONDAY, NINE, FIVE - 5),))
    assert reasons_of(offers(site(), ask(client="C000001"), mine.as_masks(), BEFORE)) == {"client_clash": 1}


def test_reason_limit_when_the_segment_has_all_its_appointments() -> None:
    catalogue = site(patterns=every_day((Segment(NINE, TEN, ALL, limit=0),)))
    assert reasons_of(offers(catalogue, ask(), NOTHING, BEFORE)) == {"limit": 1}


def test_reasons_count_the_diary_days_that_each_rule_closed() -> None:
    tuesday = MONDAY + timedelta(days=1)
    catalogue = site(diaries=(diary("D01"), diary("D02")), closures={tuesday: "A holiday"})
    taken = Taken((Busy("D01", MONDAY, NINE, FIVE), Busy("D02", MONDAY, NINE, FIVE)))
    assert reasons_of(offers(catalogue, ask(last_day=tuesday), taken.as_masks(), BEFORE)) == {"closure": 2, "full": 2}


def test_a_type_that_begins_later_says_so() -> None:
    later = kind(minutes=(MinutesFrom(MONDAY + timedelta(days=1), 30),))
    found = offers(site((later,)), ask(), NOTHING, BEFORE)
    assert reasons_of(found) == {"unknown_type": 1}
    assert found.type.minutes is None


# The refusal of one start.


def code_of(catalogue: Catalogue, start: int, request: Request | None = None, code: str = "D01", **more: object) -> str | None:
    """Return the code of what forbids a start on the Monday."""
    now = more.get("now", BEFORE)
    occupied = more.get("occupied", NOTHING)
    assert isinstance(now, Now)
    assert isinstance(occupied, Occupied)
    found = obstacle(Search(catalogue, request or ask(), occupied, now), code, MONDAY, start)
    assert found is None or found.text.endswith(".")
    return None if found is None else found.code


def test_each_refusal_of_a_start_has_its_code() -> None:
    other = site((kind("AAA"), kind("BBB")), (diary("D01", types=frozenset({"BBB"})), diary("D02", enabled=False)))
    only = site((kind(may_book=frozenset({"site staff"})),))
    limited = site(patterns=every_day((Segment(NINE, TEN, ALL, limit=0),)))
    no_types = site(patterns=every_day((Segment(NINE, FIVE, frozenset({"BBB"})),)))
    assert code_of(site(), NINE) is None
    assert code_of(site(), NINE, code="D99") == "unknown_diary"
    assert code_of(site((kind(booked_by="block"),)), NINE) == "not_allowed"
    assert code_of(only, NINE, ask(booker="provider agent")) == "role"
    assert code_of(other, NINE) == "not_assigned"
    assert code_of(other, NINE, code="D02") == "not_assigned"
    assert code_of(site(), NINE, now=Now(MONDAY, NINE + 1)) == "past"
    assert code_of(site(), NINE, now=Now(MONDAY + timedelta(days=1), 0)) == "past"
    assert code_of(site(closures={MONDAY: "A holiday"}), NINE) == "closed"
    assert code_of(site(patterns=()), NINE) == "closed"
    assert code_of(site(), FIVE - 5) == "closed"
    assert code_of(site(), 287) == "closed"
    assert code_of(no_types, NINE) == "not_allowed"
    assert code_of(site(), NINE, ask(channel="phone")) is None
    assert code_of(site(), NINE, ask(notice=60), now=Now(MONDAY, NINE)) == "notice"
    assert code_of(limited, NINE) == "limit"


def test_the_full_day_mask_has_every_tick() -> None:
    assert naive.bits(FULL_DAY) == [True] * 288
