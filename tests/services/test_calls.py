"""A call begins, ends once, and until then is on the list of the one who had it; a lapsed hold leaves a call-back."""

import pytest

from agent_tui.services import booking, calls, messages
from agent_tui.services.lists import end_lapsed_holds
from tests.services.conftest import House, done, uid, wish
from tests.small_site import NINE

CALL = uid(900)


def test_a_call_is_open_until_it_ends(house: House) -> None:
    desk = house.desk()
    calls.open_call(desk, CALL, "FC-F2F", {"day": "2026-11-26", "diary": None})
    (found,) = calls.unfinished(desk)
    assert (found.id, found.who, found.type, found.entry) == (CALL, "agent1", "FC-F2F", None)
    assert found.wanted == {"day": "2026-11-26", "diary": None}
    booked = done(booking.book(desk, wish()))
    assert calls.end_call(desk, CALL, "booked", entry=booked.entry.id)
    assert calls.unfinished(desk) == []
    assert house.rows("SELECT status, entry FROM call WHERE site = ?") == [("booked", booked.entry.id)]


def test_opening_a_call_again_changes_nothing(house: House) -> None:
    desk = house.desk()
    calls.open_call(desk, CALL, "FC-F2F", {})
    calls.open_call(house.desk("agent2"), CALL, "NJR-F2F", {"day": "x"})
    assert [(one.who, one.type) for one in calls.unfinished(desk)] == [("agent1", "FC-F2F")]
    calls.end_call(desk, CALL, "rang_off")
    calls.open_call(desk, CALL, "FC-F2F", {})
    assert calls.unfinished(desk) == []
    assert house.verbs() == ["call_opened", "call_ended"]


@pytest.mark.parametrize("how", calls.ENDINGS)
def test_a_call_ends_once(house: House, how: str) -> None:
    desk = house.desk()
    calls.open_call(desk, CALL, None, {})
    assert calls.end_call(desk, CALL, how)
    assert not calls.end_call(desk, CALL, "rang_off")
    assert house.rows("SELECT status FROM call WHERE site = ?") == [(how,)]


def test_a_call_that_never_began_cannot_end(house: House) -> None:
    assert not calls.end_call(house.desk(), CALL, "booked")
    with pytest.raises(ValueError, match="vanished"):
        calls.end_call(house.desk(), CALL, "vanished")


def test_only_ones_own_calls_are_listed(house: House) -> None:
    calls.open_call(house.desk("agent2"), CALL, "FC-F2F", {})
    assert calls.unfinished(house.desk("agent1")) == []


def test_everybody_sees_a_call_back_that_nobody_has_made(house: House) -> None:
    held = done(booking.hold(house.desk("agent2"), wish(client="C000002")))
    house.expire(held.entry.id)
    assert end_lapsed_holds(house.desk("agent1")) == 1
    (found,) = calls.unfinished(house.desk("agent1"))
    assert (found.who, found.type, found.client, found.entry) == ("agent2", "FC-F2F", "C000002", held.entry.id)
    assert calls.end_call(house.desk("agent1"), found.id, "called_back")
    assert calls.unfinished(house.desk("agent1")) == []


@pytest.mark.parametrize(
    ("type", "client", "left"),
    [("FC-F2F", "C000002", 0), ("WSR-PHONE", "C000002", 1), ("FC-F2F", "C000003", 1)],
    ids=["served", "another type", "another claimant"],
)
def test_who_was_booked_in_the_same_call_is_not_called_back(house: House, type: str, client: str, left: int) -> None:
    desk = house.desk()
    calls.open_call(desk, CALL, "FC-F2F", {})
    held = done(booking.hold(desk, wish(client="C000002")))
    house.expire(held.entry.id)
    assert end_lapsed_holds(desk) == 1
    booked = done(booking.book(desk, wish(type=type, start=NINE + 24, client=client)))
    assert calls.end_call(desk, CALL, "booked", entry=booked.entry.id)
    assert len(calls.unfinished(desk)) == left
    assert [one.id for one in calls.queue(desk)] == [one.id for one in calls.unfinished(desk)]
    callback = house.rows("SELECT status, entry FROM call WHERE site = ? AND kind = 'callback'")
    assert callback == ([("open", held.entry.id)] if left else [("booked", booked.entry.id)])


def test_what_was_wanted_is_in_the_log_without_words_of_the_caller(house: House) -> None:
    calls.open_call(house.desk(), CALL, "FC-F2F", {"day": "2026-11-26"})
    (event,) = house.events()
    assert event["touched"] == []
    assert event["after_state"]["type"] == "FC-F2F"


def test_told_by_phone_settles_the_messages_once(house: House) -> None:
    desk = house.desk()
    booked = done(booking.book(desk, wish()))
    assert messages.told_by_phone(desk, booked.entry.id) == 1
    assert messages.told_by_phone(desk, booked.entry.id) == 0
    assert house.rows("SELECT status, told_by FROM message WHERE site = ?") == [("told", "agent1")]
    assert house.verbs() == ["booked", "told"]


def test_told_by_phone_of_nothing_writes_nothing(house: House) -> None:
    assert messages.told_by_phone(house.desk(), uid(1)) == 0
    assert house.verbs() == []


def test_ids_of_new_calls_differ(house: House) -> None:
    assert calls.new_call_id() != calls.new_call_id()
