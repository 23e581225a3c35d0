"""Corners where two rules meet: clashes and undo, holds of moves and limits, coaches and hand-offs."""

from dataclasses import replace

import pytest

from agent_tui.domain.requests import HandedOff, Request, Wish
from agent_tui.domain.site import Staff
from agent_tui.services import booking, changes
from agent_tui.services.desk import Desk
from agent_tui.services.finding import search
from tests.services.conftest import House, done, refused, wish
from tests.small_site import DAY, NINE, ONE, TEN


def test_an_undo_never_puts_the_claimant_in_two_places_unseen(house: House) -> None:
    made = done(booking.book(house.desk(), wish())).entry
    done(changes.cancel(house.desk(), made.id, "claimant"))
    done(booking.book(house.desk("agent2"), wish(diary="D02")))
    before = house.dump()
    assert "D02" in refused(changes.undo(house.desk(), made.id), "client_clash").reason
    assert house.dump() == before


def test_every_clash_that_is_allowed_is_flagged(house: House) -> None:
    first = done(booking.book(house.desk(), wish("WSR-PHONE", "D02"))).entry
    second = done(booking.book(house.desk(), wish("WSR-PHONE", "D03", NINE + 4))).entry
    both = done(booking.book(house.desk(), wish(allow_clash=True))).entry
    assert {flag[2] for flag in house.open_flags()} == {first.id, second.id}
    done(changes.cancel(house.desk(), first.id, "office"))
    assert house.open_flags() == [("client_clash", both.id, second.id)]


def test_a_clash_that_was_allowed_when_held_needs_no_second_leave(house: House) -> None:
    done(booking.book(house.desk(), wish(diary="D02")))
    held = done(booking.hold(house.desk(), wish(allow_clash=True))).entry
    done(booking.confirm(house.desk(), held.id), "confirmed")
    assert len(house.open_flags()) == 1


def test_a_clash_that_was_allowed_for_the_hold_of_a_move_needs_no_second_leave(house: House) -> None:
    entry = done(booking.book(house.desk(), wish())).entry
    done(booking.book(house.desk(), wish(diary="D02", start=ONE)))
    held = done(booking.hold(house.desk(), wish(start=ONE, moving=entry.id, allow_clash=True))).entry
    done(booking.confirm(house.desk(), held.id), "moved")
    assert [flag[1] for flag in house.open_flags()] == [entry.id]


def test_confirming_for_another_claimant_settles_the_flag_of_the_first(house: House) -> None:
    done(booking.book(house.desk(), wish(diary="D02")))
    held = done(booking.hold(house.desk(), wish(allow_clash=True))).entry
    done(booking.confirm(house.desk(), held.id, client="C000002"), "confirmed")
    assert house.open_flags() == []


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_the_flag_of_the_hold_of_a_move_goes_with_the_hold(house: House, act: str) -> None:
    entry = done(booking.book(house.desk(), wish())).entry
    done(booking.book(house.desk(), wish(diary="D02", start=ONE)))
    done(booking.hold(house.desk(), wish(start=ONE, moving=entry.id, allow_clash=True)))
    assert len(house.open_flags()) == 1
    if act == "move":
        done(changes.move(house.desk(), entry.id, DAY, TEN))
    else:
        done(changes.cancel(house.desk(), entry.id, "office"))
    assert house.open_flags() == []


def test_a_hold_for_a_move_is_of_the_appointments_own_type_claimant_and_needs(house: House) -> None:
    entry = done(booking.book(house.desk(), wish(needs=("room",)))).entry
    refused(booking.hold(house.desk(), wish("EV-F2F", start=ONE, moving=entry.id)), "not_possible")
    refused(booking.hold(house.desk(), wish(client="C000002", start=ONE, moving=entry.id)), "not_possible")
    held = done(booking.hold(house.desk(), wish(client=None, start=ONE, moving=entry.id))).entry
    assert (held.client, held.needs, held.resources) == ("C000001", ("room",), ("D01", "R01"))
    assert done(booking.confirm(house.desk(), held.id), "moved").entry.resources == ("D01", "R01")


def test_a_move_may_take_the_place_that_its_own_hold_has(house: House) -> None:
    done(booking.book(house.desk(), wish("NJR-F2F", "D04", NINE, client="C000001")))
    entry = done(booking.book(house.desk(), wish("NJR-F2F", "D04", ONE, client="C000003"))).entry
    held = done(booking.hold(house.desk(), wish("NJR-F2F", "D04", NINE + 12, client="C000003", moving=entry.id))).entry
    done(changes.move(house.desk(), entry.id, DAY, NINE + 6), "moved")
    assert house.status(held.id) == "released"


def test_a_refused_move_keeps_its_hold(house: House) -> None:
    entry = done(booking.book(house.desk(), wish())).entry
    held = done(booking.hold(house.desk(), wish(start=ONE, moving=entry.id))).entry
    done(booking.book(house.desk(), wish(start=TEN + 4, client="C000002")))
    before = house.dump()
    refused(changes.move(house.desk(), entry.id, DAY, TEN), "taken")
    refused(changes.move(house.desk(), entry.id, DAY, 145), "closed")
    assert house.dump() == before
    assert house.status(held.id) == "held"


def test_the_hold_of_a_move_shares_room_and_place_with_its_appointment_wherever_it_is_moved(house: House) -> None:
    done(booking.book(house.desk(), wish("NJR-F2F", "D04", NINE, client="C000002")))
    entry = done(booking.book(house.desk(), wish("NJR-F2F", "D04", NINE + 6, needs=("hearing loop",)))).entry
    held = done(booking.hold(house.desk(), wish("NJR-F2F", "D04", ONE, moving=entry.id))).entry
    moved = done(changes.move(house.desk(), held.id, DAY, NINE + 8), "moved").entry
    assert moved.resources == ("D04", "R02")
    done(booking.confirm(house.desk(), held.id), "moved")


def test_a_coach_hands_nothing_off_from_anothers_diary(house: House) -> None:
    desk = house.desk("coach1")
    assert search(desk, Request("CC-PHONE", DAY, DAY, diary="D02")).status == "none"
    refused(booking.hold(desk, wish("CC-PHONE", "D02")), "role")
    assert search(desk, Request("CC-PHONE", DAY, DAY)).status == "handoff"
    assert isinstance(booking.hold(desk, wish("CC-PHONE", None)), HandedOff)


def test_a_coach_whose_own_diary_is_taken_is_told_of_that_one(house: House) -> None:
    done(booking.book(house.desk(), wish(diary="D02", client="C000002")))
    found = refused(booking.book(house.desk("coach2"), wish(diary=None)), "taken")
    assert {one.diary for one in found.alternatives} == {"D02"}


def test_a_coach_without_a_diary_is_offered_what_they_can_book(house: House) -> None:
    desk = Desk(house.store, house.site, Staff("coach1", "Coach 1", "coach", "site staff"), house.now)
    assert search(desk, Request("FC-F2F", DAY, DAY)).total == 0
    for wanted in (wish(), wish(diary=None), wish(diary=None, first=True, search=Request("FC-F2F", DAY, DAY))):
        refused(booking.try_out(desk, wanted, confirm=True), "role")


def test_a_start_that_no_diary_allows_is_refused_with_what_is_free(house: House) -> None:
    wanted: Wish = wish(diary=None, start=145)
    found = refused(booking.book(house.desk(), wanted), "closed")
    house.accepts(found.alternatives, replace(wanted, diary="D01"))


def test_an_undo_with_the_id_of_an_undo_of_another_version_is_another_request(house: House) -> None:
    made = done(booking.book(house.desk(), wish())).entry
    done(changes.undo(house.desk(), made.id, version=1, id="11111111-1111-4111-8111-111111111111"))
    refused(changes.undo(house.desk(), made.id, version=2, id="11111111-1111-4111-8111-111111111111"), "id_reused")
