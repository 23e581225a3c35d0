"""Booking: what is accepted is owned, what is refused changes nothing and says what would work."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Refused, Request
from agent_tui.domain.types import AppointmentType, MinutesFrom
from agent_tui.services import booking
from agent_tui.services.finding import search as find
from agent_tui.store.queries import catalogue
from tests.services.conftest import House, done, handed_off, refused, uid, wish
from tests.small_site import DAY, FIVE, FROM, NINE, NOON, NOW, ONE, TEN

SATURDAY, CHRISTMAS = date(2026, 11, 28), date(2026, 12, 25)


def kind(code: str, **more: object) -> AppointmentType:
    """Return a 30 minute type."""
    said: dict[str, object] = {"channel": "f2f", "group": "review", "key": False, "minutes": (MinutesFrom(FROM, 30),)}
    return AppointmentType(code, f"Type {code}", **(said | more))  # type: ignore[arg-type]


def test_a_booking_owns_its_time_and_tells_what_to_say(house: House) -> None:
    made = done(booking.book(house.desk(), wish(), id=uid(1)), "booked")
    entry = made.entry
    assert (entry.id, entry.kind, entry.status, entry.version) == (uid(1), "appointment", "booked", 1)
    assert (entry.diary, entry.day, entry.start, entry.end) == ("D01", DAY, NINE, NINE + 10)
    assert (entry.client, entry.channel, entry.contact, entry.made_by) == ("C000001", "f2f", "phone", "agent1")
    assert (made.coach, made.repeated, made.seq) == ("Coach 1", False, 1)
    assert made.say == (
        "Your appointment for First commitment with Coach 1 is on Wednesday 25 November at 9am. It takes 50 minutes. Please come"
        " to Leeds Park Place, 1 Park Place, Leeds LS1 2RU. Please bring proof of identity."
        " To change or cancel it, phone 0113 496 0000."
    )
    assert house.claims(entry.id) == [("D01", DAY.isoformat(), NINE, NINE + 10)]


def test_a_booking_queues_its_confirmation_for_when_it_can_no_longer_be_undone(house: House) -> None:
    made = done(booking.book(house.desk(), wish()))
    rows = house.rows("SELECT entry, kind, version, status, not_before - made_at FROM message WHERE site = ?")
    assert rows == [(made.entry.id, "confirmation", 1, "asking", 60_000)]


def test_what_was_typed_is_kept_as_notes_and_never_written_to_the_log(house: House) -> None:
    secret: dict[str, Any] = {
        "note": "Secret-note",
        "access_needs": "Secret-need",
        "priority_reason": "Secret-reason",
        "language": "Secret-tongue",
    }
    made = done(booking.book(house.desk(), wish(priority="urgent", contact="walk-in", **secret)))
    assert (made.entry.priority, made.entry.contact) == ("urgent", "walk-in")
    notes = house.rows("SELECT kind, body FROM note WHERE site = ? ORDER BY kind")
    assert notes == [("access", "Secret-need"), ("note", "Secret-note"), ("priority", "Secret-reason")]
    assert house.rows("SELECT language FROM entry WHERE site = ?") == [("Secret-tongue",)]
    assert "Secret" not in repr(house.events())


# Each refusal.


def test_taken_says_who_and_what_is_free(house: House) -> None:
    done(booking.book(house.desk(), wish()))
    for act in (booking.book, booking.hold):
        before = house.dump()
        wanted = wish(start=NINE + 9, client="C000002")
        found = refused(act(house.desk("agent2"), wanted), "taken")
        assert found.held_by is not None
        assert (found.held_by.kind, found.held_by.who, found.held_by.until) == ("appointment", "Ann Archer", None)
        assert "Ann Archer" in found.reason
        assert "Next free" in found.reason
        house.accepts(found.alternatives, wanted)
        assert house.dump() == before


def test_the_alternatives_are_the_nearest_starts_of_the_same_day_in_any_diary(house: House) -> None:
    done(booking.book(house.desk(), wish(start=TEN)))
    found = refused(booking.book(house.desk(), wish(start=TEN, client="C000002")), "taken")
    assert {(one.diary, one.day, one.start) for one in found.alternatives} == {(code, DAY, TEN) for code in ("D02", "D03", "D04")}


def test_not_allowed_for_a_segment_of_other_types(house: House) -> None:
    only = (Segment(NINE, TEN, frozenset({"WSR-PHONE"})), Segment(ONE, 168, frozenset({"NJR-F2F"}), "phone"))
    house.add_patterns(Pattern("only", "diary", "D01", None, DAY, FROM, None, only))
    for wanted in (wish(), wish("NJR-F2F", start=ONE)):
        found = refused(booking.book(house.desk(), wanted), "not_allowed")
        house.accepts(found.alternatives, wanted)
    done(booking.book(house.desk(), wish("WSR-PHONE")))


def test_not_allowed_for_block_time(house: House) -> None:
    house.add_type(kind("BLK", booked_by="block"), "D01")
    for wanted in (wish("BLK"), wish("BLK", diary=None), wish("BLK", first=True, diary=None, start=None)):
        refused(booking.book(house.desk(), wanted), "not_allowed")


def test_not_assigned_when_others_have_the_type(house: House) -> None:
    house.change_rules(lambda unit, site: catalogue.unassign(unit, site, "D01", "FC-F2F"))
    found = refused(booking.book(house.desk(), wish()), "not_assigned")
    house.accepts(found.alternatives, wish())
    assert house.starts(diary="D01") == set()


def test_not_assigned_when_the_diary_is_switched_off(house: House) -> None:
    house.change_rules(lambda unit, site: catalogue.set_enabled(unit, site, "D01", False))
    found = refused(booking.book(house.desk(), wish()), "not_assigned")
    house.accepts(found.alternatives, wish())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "NOPE"}, "unknown_type"),
        ({"diary": "D99"}, "unknown_diary"),
        ({"client": "C999999"}, "unknown_client"),
        ({"client": None}, "unknown_client"),
        ({"needs": ("swimming pool",)}, "unknown_need"),
    ],
)
def test_what_does_not_exist_is_refused(house: House, changes: dict[str, object], code: str) -> None:
    before = house.dump()
    found = refused(booking.book(house.desk(), replace(wish(), **changes), id=uid(1)), code)  # type: ignore[arg-type]
    assert found.id == uid(1)
    assert house.dump() == before
    done(booking.book(house.desk(), wish(), id=uid(1)), "booked")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"day": NOW.date() - timedelta(days=1)}, "past"),
        ({"day": NOW.date(), "start": 107}, "past"),
        ({"day": date(1, 1, 1)}, "past"),
        ({"day": SATURDAY}, "closed"),
        ({"day": CHRISTMAS}, "closed"),
        ({"start": NOON - 9}, "closed"),
        ({"start": NOON}, "closed"),
        ({"start": FIVE - 9}, "closed"),
        ({"start": 287}, "closed"),
        ({"start": 0}, "closed"),
    ],
)
def test_past_and_closed_times_are_refused(house: House, changes: dict[str, object], code: str) -> None:
    before = house.dump()
    refused(booking.book(house.desk(), replace(wish(), **changes)), code)  # type: ignore[arg-type]
    assert house.dump() == before


def test_closed_and_past_say_what_is_free(house: House) -> None:
    for wanted in (wish(start=NOON), wish(day=SATURDAY), wish(day=NOW.date(), start=NINE - 12), wish(day=CHRISTMAS)):
        found = booking.book(house.desk(), wanted)
        assert isinstance(found, Refused)
        house.accepts(found.alternatives, wanted)


def test_a_start_that_has_begun_is_past_to_the_second(house: House) -> None:
    today = wish(day=NOW.date(), start=NINE)
    refused(booking.book(house.desk(later=1), today), "past")
    done(booking.book(house.desk(), today), "booked")


def test_notice_counts_from_site_time(house: House) -> None:
    house.sql("UPDATE site SET notice_minutes = 60 WHERE site = ?")
    house.change_rules(lambda unit, site: None)
    found = refused(booking.book(house.desk(), wish(day=NOW.date(), start=TEN - 1)), "notice")
    house.accepts(found.alternatives, wish())
    done(booking.book(house.desk(), wish(day=NOW.date(), start=TEN)), "booked")


@pytest.mark.parametrize("start", [NINE - 0, NINE + 9])
def test_a_claimant_cannot_be_in_two_places(house: House, start: int) -> None:
    done(booking.book(house.desk(), wish(diary="D02")))
    wanted = wish(start=start)
    before = house.dump()
    found = refused(booking.book(house.desk(), wanted), "client_clash")
    assert "D02" in found.reason
    house.accepts(found.alternatives, wanted)
    assert house.dump() == before
    done(booking.book(house.desk(), wish(start=NINE + 10)), "booked")


def test_a_clash_that_is_allowed_is_booked_and_flagged(house: House) -> None:
    first = done(booking.book(house.desk(), wish(diary="D02"))).entry
    second = done(booking.book(house.desk(), wish(allow_clash=True)), "booked").entry
    assert house.open_flags() == [("client_clash", second.id, first.id)]


def test_the_claimants_hold_is_a_clash_too(house: House) -> None:
    done(booking.hold(house.desk(), wish(diary="D02")))
    refused(booking.book(house.desk("agent2"), wish()), "client_clash")


def test_two_claimants_may_be_seen_at_once(house: House) -> None:
    done(booking.book(house.desk(), wish(diary="D02")))
    done(booking.book(house.desk(), wish(client="C000002")))
    assert house.open_flags() == []


def test_a_limited_segment_takes_two_and_refuses_the_third(house: House) -> None:
    for number, start in enumerate((NINE, NINE + 6), 1):
        done(booking.book(house.desk(), wish("NJR-F2F", "D04", start, client=f"C00000{number}")))
    wanted = wish("NJR-F2F", "D04", NINE + 12, client="C000003")
    before = house.dump()
    found = refused(booking.book(house.desk(), wanted), "limit")
    house.accepts(found.alternatives, wanted)
    assert house.dump() == before
    assert ("D04", NINE + 12) not in house.starts("NJR-F2F")
    done(booking.book(house.desk(), replace(wanted, start=132)), "booked")


def test_an_appointment_that_reaches_into_the_limited_segment_counts(house: House) -> None:
    for number, start in enumerate((NINE, NINE + 6), 1):
        done(booking.book(house.desk(), wish("NJR-F2F", "D04", start, client=f"C00000{number}")))
    refused(booking.book(house.desk(), wish("NJR-F2F", "D04", 131, client="C000003")), "limit")


def test_an_expired_hold_gives_its_place_in_a_limited_segment(house: House) -> None:
    held = [done(booking.hold(house.desk(), wish("NJR-F2F", "D04", start, client=None))).entry.id for start in (NINE, NINE + 6)]
    wanted = wish("NJR-F2F", "D04", NINE + 12)
    refused(booking.book(house.desk("agent2"), wanted), "limit")
    house.expire(held[1])
    assert ("D04", NINE + 12) in house.starts("NJR-F2F")
    done(booking.book(house.desk("agent2"), wanted), "booked")
    assert [house.status(id) for id in held] == ["held", "lapsed"]
    assert len(house.callbacks()) == 1


def test_an_administrator_does_not_book(house: House) -> None:
    before = house.dump()
    refused(booking.book(house.desk("admin1"), wish()), "role")
    refused(booking.hold(house.desk("admin1"), wish()), "role")
    refused(booking.try_out(house.desk("admin1"), wish(), confirm=True), "role")
    assert house.dump() == before


def test_a_coach_books_into_the_own_diary_only(house: House) -> None:
    refused(booking.book(house.desk("coach1"), wish(diary="D02")), "role")
    done(booking.book(house.desk("coach1"), wish(diary="D01")), "booked")


def test_a_coach_who_asks_for_the_first_start_gets_the_first_of_the_own_diary(house: House) -> None:
    wanted = wish(diary=None, start=None, first=True, search=Request("FC-F2F", DAY, DAY))
    assert done(booking.book(house.desk("coach2"), wanted), "booked").entry.diary == "D02"


def test_a_coach_who_names_no_diary_gets_the_own_one(house: House) -> None:
    assert done(booking.book(house.desk("coach2"), wish(diary=None)), "booked").entry.diary == "D02"


def test_a_type_that_only_others_may_book_is_refused(house: House) -> None:
    house.add_type(kind("STAFF", may_book=frozenset({"site staff"})), "D01")
    house.add_patterns(Pattern("staff", "diary", "D01", None, DAY, FROM, None, (Segment(NINE, TEN, frozenset({"STAFF"})),)))
    refused(booking.book(house.desk("agent1"), wish("STAFF")), "role")
    refused(booking.book(house.desk("agent1"), wish("STAFF", diary=None, start=None, first=True)), "role")
    done(booking.book(house.desk("super1"), wish("STAFF")), "booked")


# Retries.


def test_a_retry_with_the_same_id_answers_the_same_and_changes_nothing(house: House) -> None:
    first = done(booking.book(house.desk(), wish(), id=uid(1)))
    before = house.dump()
    again = done(booking.book(house.desk(later=30), wish(), id=uid(1)))
    assert again == replace(first, repeated=True)
    assert house.dump() == before


def test_the_same_id_for_another_request_is_refused_and_changes_nothing(house: House) -> None:
    done(booking.book(house.desk(), wish(), id=uid(1)))
    done(booking.hold(house.desk(), wish(start=TEN, client="C000002"), id=uid(2)))
    before = house.dump()
    for number in (1, 2):
        refused(booking.book(house.desk(), wish(start=ONE), id=uid(number)), "id_reused")
        refused(booking.hold(house.desk(), wish(), id=uid(number)), "id_reused")
        refused(booking.release(house.desk(), uid(2), id=uid(number)), "id_reused")
    assert house.dump() == before


def test_a_refused_request_may_be_tried_again_with_its_id(house: House) -> None:
    other = done(booking.hold(house.desk("agent2"), wish(client="C000002"))).entry
    refused(booking.book(house.desk(), wish(), id=uid(1)), "held")
    done(booking.release(house.desk("agent2"), other.id))
    done(booking.book(house.desk(), wish(), id=uid(1)), "booked")


# Trying out.


@pytest.mark.parametrize("confirm", [True, False])
def test_a_rehearsal_answers_as_the_act_would_and_writes_nothing(house: House, confirm: bool) -> None:
    expired = done(booking.hold(house.desk("agent2"), wish(start=TEN, client="C000005"))).entry
    house.expire(expired.id)
    before = house.dump()
    for start in (TEN, NINE, NOON):
        tried = booking.try_out(house.desk(), wish(start=start), confirm=confirm)
        assert house.dump() == before
        if isinstance(tried, Refused):
            assert tried.code == "closed"
        else:
            assert done(tried).entry.start == start
            assert done(tried).status == ("booked" if confirm else "held")
    handed_off(booking.try_out(house.desk(), wish("CC-PHONE"), confirm=confirm))
    assert house.dump() == before


# First.


def test_first_takes_the_first_line_of_the_same_find(house: House) -> None:
    search = Request("FC-F2F", DAY, DAY + timedelta(days=5), near=TEN, team="B", notice=0)
    for number in range(1, 6):
        first = find(house.desk(), replace(search, client=f"C00000{number}")).offers[0]
        wanted = wish(diary=None, start=None, day=None, first=True, search=search, client=f"C00000{number}")
        entry = done(booking.book(house.desk(), wanted), "booked").entry
        assert (entry.day, entry.start, entry.diary) == (first.day, first.start, first.diary)


def test_first_with_nothing_to_offer_is_refused_with_the_reason_and_what_is_free_later(house: House) -> None:
    wanted = wish(diary=None, start=None, first=True, search=Request("FC-F2F", SATURDAY, SATURDAY))
    found = refused(booking.book(house.desk(), wanted), "closed")
    house.accepts(found.alternatives, wanted)


def test_without_a_diary_the_first_free_one_takes_the_start_and_a_full_start_is_refused(house: House) -> None:
    taken = [done(booking.book(house.desk(), wish(diary=None, client=f"C00000{n}"))).entry.diary for n in range(1, 5)]
    assert taken == ["D01", "D02", "D03", "D04"]
    wanted = wish(diary=None, client="C000005")
    found = refused(booking.book(house.desk(), wanted), "taken")
    assert found.held_by is not None
    house.accepts(found.alternatives, wanted)


# Rooms and equipment.


def test_coach_and_room_are_taken_together_or_neither(house: House) -> None:
    for number, code in enumerate(("D01", "D02"), 1):
        made = done(booking.book(house.desk(), wish("EV-F2F", code, client=f"C00000{number}")))
        assert made.entry.resources == (code, f"R0{number}")
        assert [claim[0] for claim in house.claims(made.entry.id)] == [code, f"R0{number}"]
    before = house.dump()
    wanted = wish("EV-F2F", "D03", NINE + 3, client="C000003")
    found = refused(booking.book(house.desk(), wanted), "taken")
    assert "room" in found.reason
    house.accepts(found.alternatives, wanted)
    assert house.dump() == before
    done(booking.book(house.desk(), wish("WSR-PHONE", "D03", NINE + 3, client="C000003")), "booked")


def test_a_taken_coach_leaves_the_room_free(house: House) -> None:
    done(booking.book(house.desk(), wish("WSR-PHONE")))
    refused(booking.book(house.desk(), wish("EV-F2F", client="C000002")), "taken")
    made = done(booking.book(house.desk(), wish("EV-F2F", "D02", client="C000002")))
    assert made.entry.resources == ("D02", "R01")


def test_two_needs_are_both_met(house: House) -> None:
    made = done(booking.book(house.desk(), wish("EV-F2F", needs=("hearing loop",))))
    assert "R02" in made.entry.resources
    found = refused(booking.book(house.desk(), wish("EV-F2F", "D02", needs=("hearing loop",), client="C000002")), "taken")
    house.accepts(found.alternatives, wish("EV-F2F", needs=("hearing loop",), client="C000002"))


def test_one_room_that_meets_both_needs_leaves_the_other_to_others(house: House) -> None:
    done(booking.book(house.desk(), wish("EV-F2F", needs=("hearing loop",))))
    done(booking.book(house.desk(), wish("EV-F2F", "D02", client="C000002")), "booked")


def test_an_expired_hold_gives_its_room_back(house: House) -> None:
    held = [done(booking.hold(house.desk(), wish("EV-F2F", code, client=None))).entry.id for code in ("D01", "D02")]
    refused(booking.book(house.desk(), wish("EV-F2F", "D03")), "taken")
    house.expire(*held)
    made = done(booking.book(house.desk("agent2"), wish("EV-F2F", "D03")), "booked")
    assert made.entry.resources == ("D03", "R01")
    assert [house.status(id) for id in held] == ["lapsed", "held"]
    assert house.claims(held[0]) == []


def test_minutes_are_those_of_the_day_of_the_appointment(house: House) -> None:
    steps = [MinutesFrom(FROM, 50), MinutesFrom(DAY + timedelta(days=1), 30)]
    house.change_rules(lambda unit, site: catalogue.set_minutes(unit, site, "FC-F2F", steps))
    today = done(booking.book(house.desk(), wish())).entry
    later = done(booking.book(house.desk(), wish(day=DAY + timedelta(days=1)))).entry
    assert (today.end - today.start, later.end - later.start) == (10, 6)
