"""Holds: nobody else gets the time while they last, and everybody can when they have run out."""

from datetime import timedelta

import pytest

from agent_tui.domain.requests import Booked
from agent_tui.services import booking, changes, lists
from tests.services.conftest import House, done, refused, uid, wish
from tests.small_site import DAY, NINE, NOW, TEN


def held(house: House, login: str = "agent1", **more: object) -> Booked:
    """Return a hold that was made."""
    return done(booking.hold(house.desk(login), wish(**more)), "held")  # type: ignore[arg-type]


def test_a_hold_takes_the_time_for_the_sites_ten_minutes_and_needs_no_claimant(house: House) -> None:
    made = held(house, client=None)
    assert made.say is None
    assert made.entry.client is None
    assert made.entry.version == 1
    assert made.entry.expires_at is not None
    with house.store.read() as unit:
        left = made.entry.expires_at - unit.clock_ms()
    assert 590_000 < left <= 600_000
    assert ("D01", NINE) not in house.starts()
    assert house.claims(made.entry.id) == [("D01", DAY.isoformat(), NINE, NINE + 10)]


def test_the_time_of_a_hold_is_refused_with_who_until_when_and_what_is_free(house: House) -> None:
    made = held(house)
    for act in (booking.hold, booking.book):
        wanted = wish(start=NINE + 5, client="C000002")
        before = house.dump()
        found = refused(act(house.desk("agent2"), wanted), "held")
        assert found.held_by is not None
        assert (found.held_by.kind, found.held_by.who) == ("hold", "Ann Archer")
        assert found.held_by.until == made.entry.expires_at
        assert "Ann Archer" in found.reason
        assert "left" in found.reason
        house.accepts(found.alternatives, wanted)
        assert house.dump() == before


def test_the_maker_may_not_hold_the_same_time_twice_either(house: House) -> None:
    held(house)
    refused(booking.hold(house.desk(), wish(client="C000002")), "held")


@pytest.mark.parametrize("start", [NINE - 9, NINE - 1, NINE, NINE + 9])
def test_any_tick_in_common_is_refused(house: House, start: int) -> None:
    house.sql("UPDATE segment SET start_tick = 96 WHERE site = ? AND pattern LIKE ? AND start_tick = 108", "site-%")
    house.change_rules(lambda unit, site: None)
    held(house)
    refused(booking.hold(house.desk("agent2"), wish(start=start, client="C000002")), "held")


@pytest.mark.parametrize("start", [NINE + 10])
def test_the_tick_after_a_hold_is_free(house: House, start: int) -> None:
    held(house)
    done(booking.hold(house.desk("agent2"), wish(start=start, client="C000002")), "held")


def test_a_confirmed_hold_is_an_appointment_in_place_with_a_message_and_words_to_say(house: House) -> None:
    made = held(house, client=None)
    done_ = done(booking.confirm(house.desk(), made.entry.id, client="C000003"), "confirmed")
    assert done_.entry.id == made.entry.id
    assert (done_.entry.kind, done_.entry.status, done_.entry.client) == ("appointment", "booked", "C000003")
    assert done_.entry.version == 2
    assert done_.entry.expires_at is None
    assert done_.say is not None
    assert "Wednesday 25 November at 9am" in done_.say
    assert house.rows("SELECT kind, status, version FROM message WHERE site = ?") == [("confirmation", "asking", 2)]
    assert house.verbs(made.entry.id) == ["held", "confirmed"]


def test_a_confirmation_needs_a_claimant_who_exists(house: House) -> None:
    made = held(house, client=None)
    before = house.dump()
    refused(booking.confirm(house.desk(), made.entry.id), "unknown_client")
    refused(booking.confirm(house.desk(), made.entry.id, client="C999999"), "unknown_client")
    assert house.dump() == before


def test_a_confirmation_into_the_claimants_own_time_is_refused_unless_allowed_and_then_flagged_once(house: House) -> None:
    other = done(booking.book(house.desk(), wish(diary="D02"))).entry
    made = held(house, client=None)
    found = refused(booking.confirm(house.desk(), made.entry.id, client="C000001"), "client_clash")
    assert "D02" in found.reason
    done(booking.confirm(house.desk(), made.entry.id, client="C000001", allow_clash=True), "confirmed")
    assert house.open_flags() == [("client_clash", made.entry.id, other.id)]


def test_a_clash_that_was_allowed_when_held_is_flagged_once_not_again_when_confirmed(house: House) -> None:
    done(booking.book(house.desk(), wish(diary="D02")))
    made = held(house, allow_clash=True)
    done(booking.confirm(house.desk(), made.entry.id, allow_clash=True), "confirmed")
    assert len(house.open_flags()) == 1


@pytest.mark.parametrize("how", ["release", "expiry"])
def test_the_flag_of_a_clash_goes_when_the_hold_goes(house: House, how: str) -> None:
    done(booking.book(house.desk(), wish(diary="D02")))
    made = held(house, allow_clash=True)
    if how == "release":
        done(booking.release(house.desk(), made.entry.id), "released")
    else:
        house.expire(made.entry.id)
        lists.end_lapsed_holds(house.desk())
    assert house.open_flags() == [], "a supervisor is asked to settle a clash that is none"


def test_confirming_with_the_wrong_version_is_refused_with_who_changed_it(house: House) -> None:
    made = held(house)
    done(booking.extend(house.desk("super1"), made.entry.id), "extended")
    found = refused(booking.confirm(house.desk(), made.entry.id, version=1), "stale_version")
    assert "Sue Stone" in found.reason
    done(booking.confirm(house.desk(), made.entry.id, version=2), "confirmed")


def test_extending_gives_the_whole_time_anew_on_entry_and_claims(house: House) -> None:
    made = done(booking.hold(house.desk(hold_seconds=5), wish()), "held")
    more = done(booking.extend(house.desk(hold_seconds=300), made.entry.id), "extended")
    assert more.entry.expires_at is not None
    assert made.entry.expires_at is not None
    assert more.entry.expires_at - made.entry.expires_at > 290_000
    assert more.entry.version == 2
    assert house.rows("SELECT expires_at FROM claim WHERE site = ?") == [(more.entry.expires_at,)]


def test_releasing_gives_the_time_back_at_once_without_a_call_back(house: House) -> None:
    made = held(house)
    done(booking.release(house.desk(), made.entry.id), "released")
    assert house.claims(made.entry.id) == []
    assert house.callbacks() == []
    done(booking.book(house.desk("agent2"), wish(client="C000002")), "booked")
    refused(booking.confirm(house.desk(), made.entry.id), "not_possible")
    refused(booking.release(house.desk(), made.entry.id), "not_possible")
    refused(booking.extend(house.desk(), made.entry.id), "not_possible")


@pytest.mark.parametrize("login", ["agent2", "coach1", "admin1"])
def test_anothers_hold_is_left_alone(house: House, login: str) -> None:
    made = held(house)
    before = house.dump()
    desk = house.desk(login)
    for outcome in (
        booking.confirm(desk, made.entry.id),
        booking.extend(desk, made.entry.id),
        booking.release(desk, made.entry.id),
        changes.move(desk, made.entry.id, DAY, TEN),
    ):
        refused(outcome, "role")
    assert house.dump() == before


@pytest.mark.parametrize("login", ["leader1", "super1"])
def test_a_team_leader_or_supervisor_may_act_on_anothers_hold(house: House, login: str) -> None:
    done(booking.confirm(house.desk(login), held(house).entry.id), "confirmed")
    done(booking.release(house.desk(login), held(house, start=TEN, client="C000002").entry.id), "released")


def test_an_id_that_is_no_hold_is_refused(house: House) -> None:
    for act in (booking.confirm, booking.extend, booking.release):
        refused(act(house.desk(), uid(404)), "unknown_entry")
    booked = done(booking.book(house.desk(), wish())).entry
    for act in (booking.confirm, booking.extend, booking.release):
        refused(act(house.desk(), booked.id), "not_possible")


def test_an_expired_hold_is_offered_and_taken_over_as_a_whole_with_call_back_and_line(house: House) -> None:
    made = done(booking.hold(house.desk(hold_seconds=1), wish("EV-F2F", start=NINE))).entry
    assert len(house.claims(made.id)) == 2
    house.expire(made.id)
    assert ("D01", NINE) in house.starts("EV-F2F")
    booked = done(booking.book(house.desk("agent2"), wish("WSR-PHONE", start=NINE + 2, client="C000002")), "booked")
    assert house.status(made.id) == "lapsed"
    assert house.claims(made.id) == [], "the whole hold ends, its room and its other ticks too"
    assert house.callbacks() == [("open", "agent1", "EV-F2F", "C000001", made.id)]
    assert [(line["verb"], line["entry"]) for line in house.events()] == [
        ("held", made.id),
        ("lapsed", made.id),
        ("booked", booked.entry.id),
    ]
    lapsed = house.events(made.id)[-1]
    assert lapsed["touched"] == [["D01", DAY.isoformat()], ["R01", DAY.isoformat()]]


@pytest.mark.parametrize("act", ["confirm", "extend", "release", "move"])
def test_an_expired_hold_does_nothing_any_more_and_is_ended_when_it_tries(house: House, act: str) -> None:
    made = held(house)
    house.expire(made.entry.id)
    desk = house.desk()
    outcomes = {
        "confirm": lambda: booking.confirm(desk, made.entry.id),
        "extend": lambda: booking.extend(desk, made.entry.id),
        "release": lambda: booking.release(desk, made.entry.id),
        "move": lambda: changes.move(desk, made.entry.id, DAY, TEN),
    }
    for _ in range(2):
        found = refused(outcomes[act](), "hold_expired")
        assert "call-back" in found.reason
        house.accepts(found.alternatives, wish())
    assert house.status(made.entry.id) == "lapsed"
    assert house.verbs(made.entry.id) == ["held", "lapsed"]
    assert len(house.callbacks()) == 1


def test_a_live_hold_is_never_taken_over_however_late_site_time_is(house: House) -> None:
    held(house)
    refused(booking.book(house.desk("agent2", later=3600 * 5), wish(client="C000002")), "held")


def test_a_supervisor_too_is_refused_the_time_of_a_live_hold(house: House) -> None:
    held(house)
    refused(booking.book(house.desk("super1"), wish(client="C000002")), "held")


def test_several_expired_holds_in_the_way_are_all_ended(house: House) -> None:
    ids = [held(house, type="WSR-PHONE", start=NINE + 2 * n, client=f"C00000{n + 2}").entry.id for n in range(3)]
    house.expire(*ids)
    done(booking.book(house.desk("agent2"), wish()), "booked")
    assert {house.status(id) for id in ids} == {"lapsed"}
    assert len(house.callbacks()) == 3


def test_an_expired_and_a_live_hold_in_the_way_refuse_with_the_live_one(house: House) -> None:
    old = held(house, type="WSR-PHONE", start=NINE, client="C000002").entry
    live = held(house, login="agent2", type="WSR-PHONE", start=NINE + 4, client="C000003").entry
    house.expire(old.id)
    found = refused(booking.book(house.desk("agent2"), wish()), "held")
    assert found.held_by is not None
    assert found.held_by.until == live.expires_at


def test_looking_at_the_calls_ends_lapsed_holds_once(house: House) -> None:
    made = held(house)
    house.expire(made.entry.id)
    for _ in range(2):
        items = lists.calls(house.desk("agent2"))
        assert [(one.kind, one.status, one.details["entry"]) for one in items] == [("callback", "open", made.entry.id)]
        assert "Ann Archer" in items[0].text
    assert house.verbs() == ["held", "lapsed"]


def test_the_expired_hold_of_a_claimant_is_no_clash(house: House) -> None:
    made = held(house)
    house.expire(made.entry.id)
    done(booking.book(house.desk("agent2"), wish(diary="D02")), "booked")


def test_a_retry_of_a_hold_that_was_lost_in_the_meantime_tells_the_first_answer(house: House) -> None:
    first = done(booking.hold(house.desk(), wish(), id=uid(1)))
    house.expire(first.entry.id)
    done(booking.book(house.desk("agent2"), wish(client="C000002")))
    again = done(booking.hold(house.desk(), wish(), id=uid(1)), "held")
    assert again.repeated
    refused(booking.confirm(house.desk(), uid(1)), "hold_expired")


def test_holding_in_the_past_of_site_time_is_refused(house: House) -> None:
    refused(booking.hold(house.desk(later=86400), wish(day=NOW.date())), "past")
    refused(booking.hold(house.desk(), wish(day=NOW.date() - timedelta(days=1))), "past")
