"""Finding: what is free is offered, on either engine, and looking changes nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent_tui.domain.requests import AFTERNOON, MORNING, ClockWindow, Offer, Request
from agent_tui.services import booking
from agent_tui.services.finding import UnknownClient, UnknownNeed, default_last_day, search
from agent_tui.store.queries import catalogue
from tests.services.conftest import House, done, wish
from tests.small_site import DAY, FIVE, NINE, NOON, NOW, ONE, TEN

ALL_FC = set(range(NINE, NOON - 9)) | set(range(ONE, FIVE - 9))


def ask(type: str = "FC-F2F", **more: object) -> Request:
    """Return a search of DAY for every start."""
    said: dict[str, object] = {"first_day": DAY, "last_day": DAY, "limit": None, "every": True}
    return Request(type, **(said | more))  # type: ignore[arg-type]


def test_an_empty_site_offers_every_start_of_every_diary_in_order(house: House) -> None:
    found = search(house.desk(), ask())
    assert found.status == "offers"
    assert found.reasons == ()
    assert (found.type.code, found.type.minutes, found.type.channel, found.type.key) == ("FC-F2F", 50, "f2f", True)
    assert [(one.start, one.diary) for one in found.offers] == [
        (start, f"D0{n}") for start in sorted(ALL_FC) for n in range(1, 5)
    ]
    assert found.total == len(found.offers)
    expected = Offer("D01", "Coach 1", "A", DAY, NINE, NINE + 10, "f2f", ("D01",), True)
    assert replace(found.offers[0], loss=0.0) == expected


def test_looking_writes_nothing(house: House) -> None:
    held = done(booking.hold(house.desk(), wish())).entry
    house.expire(held.id)
    before = house.dump()
    for request in (ask(client="C000001"), ask("NOPE"), ask("CC-PHONE"), ask(last_day=DAY + timedelta(days=40))):
        search(house.desk(), request)
    assert house.dump() == before


def test_the_limit_shows_so_many_and_counts_all(house: House) -> None:
    found = search(house.desk(), ask(limit=3))
    assert len(found.offers) == 3
    assert found.total == 4 * len(ALL_FC)


@pytest.mark.parametrize("make", [booking.book, booking.hold])
def test_taken_and_held_time_is_not_offered_to_anybody(house: House, make: object) -> None:
    assert make in (booking.book, booking.hold)
    done((booking.book if make is booking.book else booking.hold)(house.desk(), wish(start=TEN)))
    free = ALL_FC - set(range(TEN - 9, TEN + 10))
    for login in ("agent1", "agent2", "super1"):
        found = search(house.desk(login), ask(diary="D01"))
        assert {one.start for one in found.offers} == free
    assert house.starts(diary="D02") == {("D02", start) for start in ALL_FC}


def test_the_time_of_an_expired_hold_is_offered(house: House) -> None:
    held = done(booking.hold(house.desk(hold_seconds=1), wish(start=TEN))).entry
    house.expire(held.id)
    assert house.starts(diary="D01") == {("D01", start) for start in ALL_FC}


@pytest.mark.parametrize(
    ("window", "starts"),
    [
        (MORNING, range(NINE, NOON - 9)),
        (AFTERNOON, range(ONE, FIVE - 9)),
        (ClockWindow(NINE, TEN, True), range(NINE, TEN - 9)),
        (ClockWindow(NOON, ONE + 10, True), [ONE]),
    ],
)
def test_a_part_of_the_day_can_be_asked_for(house: House, window: ClockWindow, starts: range) -> None:
    assert house.starts(window=window, diary="D01") == {("D01", start) for start in starts}


def test_a_team_can_be_asked_for(house: House) -> None:
    assert {one[0] for one in house.starts(team="B")} == {"D03", "D04"}


def test_near_comes_first(house: House) -> None:
    found = search(house.desk(), ask(near=TEN, diary="D03"))
    assert [one.start for one in found.offers[:3]] == [TEN, TEN - 1, TEN + 1]


def test_a_claimants_own_time_is_not_offered_to_them_but_to_others(house: House) -> None:
    done(booking.book(house.desk(), wish()))
    assert ("D02", NINE) not in house.starts(client="C000001")
    assert ("D02", NINE) in house.starts(client="C000002")
    assert ("D02", NINE) in house.starts()


def test_a_room_that_is_busy_hides_the_start_in_every_diary(house: House) -> None:
    for number, code in enumerate(("D01", "D02"), 1):
        done(booking.book(house.desk(), wish("EV-F2F", code, TEN, client=f"C00000{number}")))
    starts = house.starts("EV-F2F")
    assert not {start for _, start in starts} & set(range(TEN - 3, TEN + 4))
    assert ("D03", TEN + 4) in starts
    assert ("D03", TEN) in house.starts("WSR-PHONE")


def test_a_need_is_asked_of_the_rooms(house: House) -> None:
    found = search(house.desk(), ask("WSR-PHONE", needs=("hearing loop",), limit=1))
    assert found.offers[0].resources == ("D01", "R02")


def test_who_and_what_does_not_exist_cannot_be_asked_for(house: House) -> None:
    with pytest.raises(UnknownClient):
        search(house.desk(), ask(client="C999999"))
    with pytest.raises(UnknownNeed, match="hearing loop, room"):
        search(house.desk(), ask(needs=("swimming pool",)))


def test_an_unknown_type_is_answered_with_a_reason(house: House) -> None:
    found = search(house.desk(), ask("NOPE"))
    assert (found.status, [one.rule for one in found.reasons]) == ("none", ["unknown_type"])


def test_a_type_that_no_diary_has_is_answered_with_the_hand_off(house: House) -> None:
    found = search(house.desk(), ask("CC-PHONE"))
    assert (found.status, [one.rule for one in found.reasons]) == ("handoff", ["not_assigned"])
    assert "PAC desk" in (found.reasons[0].fix or "")


def test_nothing_today_before_now(house: House) -> None:
    later = house.desk(now=NOW + timedelta(minutes=61))
    found = search(later, ask(first_day=NOW.date() - timedelta(days=3), last_day=NOW.date()))
    assert (found.offers[0].day, found.offers[0].start) == (NOW.date(), TEN + 1)


def test_a_change_of_the_rules_is_seen_by_the_next_search_of_an_open_desk(house: House) -> None:
    desk = house.desk()
    assert search(desk, ask(diary="D01")).total
    house.change_rules(lambda unit, site: catalogue.set_enabled(unit, site, "D01", False))
    found = search(desk, ask(diary="D01"))
    assert (found.total, [one.rule for one in found.reasons]) == (0, ["diary_off"])


def test_the_default_search_ends_after_twenty_working_days(house: House) -> None:
    last = default_last_day(house.desk(), NOW.date(), 20)
    assert (last - NOW.date()).days == 27
    christmas = default_last_day(house.desk(), NOW.date() + timedelta(days=30), 2)
    assert christmas == NOW.date() + timedelta(days=34), "24 December, then Monday 28 since the 25th is closed"


def test_the_first_and_the_last_year_can_be_asked_for(house: House) -> None:
    from datetime import date

    for first in (date.min, date.max - timedelta(days=5)):
        found = search(house.desk(), ask(first_day=first, last_day=first + timedelta(days=5)))
        assert found.total == 0 or found.offers
