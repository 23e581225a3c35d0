"""Block time: what it takes and leaves, what it gets when a kept appointment leaves, and what is given back."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from agent_tui.domain.requests import Blocked, Booked, EntryState, Outcome, Refused, RefusedOver
from agent_tui.domain.types import AppointmentType, MinutesFrom
from agent_tui.services import attendance, booking, changes, covering
from agent_tui.services.blocking import block, day_id, preview, reasons_of, unblock
from agent_tui.services.details import details
from agent_tui.services.lists import flags
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.sweep import sweep_store
from tests.services.conftest import House, done, uid, wish
from tests.services.conftest import refused as refused_act
from tests.small_site import DAY, FIVE, FROM, NINE, NOON, NOW, ONE, TEN

CARE = AppointmentType(
    "BLK-CARE", "Advanced claim for care leaver", "f2f", "block-time", True, (MinutesFrom(FROM, 60),), "", "block"
)
WEEK = timedelta(days=7)


def blocked(outcome: Blocked | Refused, status: str = "blocked") -> Blocked:
    """Return a block that must have been made, given back or previewed."""
    assert isinstance(outcome, Blocked), outcome
    assert outcome.status == status
    return outcome


def refused(outcome: Blocked | Outcome, code: str) -> Refused:
    """Return an act that must have been refused with a code, in a sentence."""
    assert not isinstance(outcome, Blocked), outcome
    return refused_act(outcome, code)


def leave(
    house: House, start: int = NINE, end: int = NOON, *, by: str = "leader1", day: date = DAY, **more: Any
) -> Blocked | Refused:
    """Block D01 for leave."""
    return block(house.desk(by), "D01", day, start, end, "leave", **more)


def booked(house: House, start: int = TEN, client: str = "C000001", **more: Any) -> EntryState:
    """Book 50 minutes in D01."""
    return done(booking.book(house.desk(), wish(start=start, client=client, **more))).entry


def on_d01(house: House, entry: str) -> list[tuple[int, int]]:
    """Return the parts of D01's day that an entry owns."""
    return [(start, end) for _, _, start, end in house.claims(entry)]


def sound(house: House) -> None:
    """Sweep the store by its own sweep too; a hold that a test expired by hand is not as logged, and the house checks that."""
    found = sweep_store(house.store, house.site)
    assert {name: one.examples for name, one in found.items() if one.violations and name != "I5"} == {}


@pytest.fixture(autouse=True)
def _sound(request: pytest.FixtureRequest) -> Iterator[None]:
    house = request.getfixturevalue("house") if "house" in request.fixturenames else None
    yield
    if house is not None:
        sound(house)


def test_a_block_takes_time_out_of_the_diary(house: House) -> None:
    made = blocked(leave(house, description="Annual leave"))
    (entry,) = made.entries
    assert (entry.kind, entry.status, entry.reason, entry.client, entry.made_by) == ("block", "blocked", "leave", None, "leader1")
    assert (made.ids, made.hit, made.skipped, made.repeated) == ((entry.id,), (), (), False)
    assert house.claims(entry.id) == [("D01", DAY.isoformat(), NINE, NOON)]
    assert not [start for diary, start in house.starts() if diary == "D01" and start < NOON]
    held_by = refused(booking.book(house.desk(), wish(start=TEN)), "taken").held_by
    assert held_by is not None
    assert (held_by.kind, held_by.who) == ("block", "Lea Lowe")
    (line,) = house.events(entry.id)
    assert (line["verb"], line["who"], line["touched"]) == ("blocked", "leader1", [["D01", DAY.isoformat()]])
    assert house.rows("SELECT kind, body FROM note WHERE site = ?") == [("note", "Annual leave")]
    assert "Annual leave" not in str(house.events())
    assert ("Reason", "leave") in details(house.desk("leader1"), entry.id)


def test_a_retry_blocks_once_and_answers_the_same(house: House) -> None:
    booked(house)
    first = blocked(leave(house, over="keep", id=uid(1)))
    before = house.dump()
    again = blocked(leave(house, over="keep", id=uid(1)))
    assert again.repeated
    assert (again.entries, again.hit, again.day) == (first.entries, first.hit, first.day)
    assert house.dump() == before
    refused(leave(house, over="cancel", id=uid(1)), "id_reused")
    refused(leave(house, start=NINE + 1, over="keep", id=uid(1)), "id_reused")
    gone = blocked(unblock(house.desk("leader1"), uid(1), id=uid(2)), "unblocked")
    before = house.dump()
    again = blocked(unblock(house.desk("leader1"), uid(1), id=uid(2)), "unblocked")
    assert (again.repeated, again.entries) == (True, gone.entries)
    assert house.dump() == before
    assert blocked(leave(house, over="keep", id=uid(1))).hit == first.hit


def test_a_retry_of_a_cancelling_block_answers_what_it_hit(house: House) -> None:
    booked(house)
    booked(house, NINE, "C000002", type="WSR-PHONE")
    first = blocked(leave(house, over="cancel", id=uid(1)))
    again = blocked(leave(house, over="cancel", id=uid(1)))
    assert [one.id for one in first.hit] == [one.id for one in again.hit]
    assert again.hit == first.hit


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"diary": "D99"}, "unknown_diary", "no diary D99"),
        ({"reason": "golf"}, "not_possible", "leave, training, meeting, absence, other"),
        ({"reason": None}, "not_possible", "leave, training, meeting, absence, other"),
        ({"type": "BLK-CARE", "client": "C000001"}, "not_possible", "as its reason, no other"),
        ({"reason": None, "type": "NOPE", "client": "C000001"}, "unknown_type", "no type NOPE"),
        ({"reason": None, "type": "FC-F2F", "client": "C000001"}, "not_allowed", "as an appointment"),
        ({"reason": None, "type": "BLK-CARE"}, "unknown_client", "claimant is needed"),
        ({"reason": None, "type": "BLK-CARE", "client": "C999999"}, "unknown_client", "no claimant C999999"),
        ({"client": "C000001"}, "not_possible", "goes with a type"),
        ({"over": "burn"}, "not_possible", "refuse, keep, cancel"),
        ({"start": NOON, "end": NINE}, "not_possible", "09:00 is not after 12:00"),
        ({"start": NINE, "end": NINE}, "not_possible", "ends after it starts"),
        ({"start": -1}, "not_possible", "within one day"),
        ({"end": 289}, "not_possible", "within one day"),
        ({"day": DAY - WEEK}, "past", "has passed"),
        ({"day": NOW.date(), "start": 96, "end": NINE}, "past", "has passed"),
        ({"day": date(2026, 12, 25)}, "closed", "Christmas Day"),
        ({"day": date(2026, 11, 28)}, "closed", "day off"),
        ({"until": DAY - timedelta(days=1)}, "not_possible", "before Wed 25 Nov 2026"),
        ({"until": DAY + 60 * WEEK}, "not_possible", "at most 53 weeks"),
    ],
)
def test_what_cannot_be_blocked_is_refused_in_a_sentence(house: House, change: dict[str, Any], code: str, words: str) -> None:
    house.add_type(CARE)
    before = house.dump()
    said: dict[str, Any] = {"diary": "D01", "day": DAY, "start": NINE, "end": NOON, "reason": "leave"} | change
    assert words in refused(block(house.desk("leader1"), **said), code).reason
    assert words in refused(preview(house.desk("leader1"), **said), code).reason
    assert house.dump() == before


def test_a_block_within_the_hour_of_a_clock_change_is_refused(house: House) -> None:
    house.sql("UPDATE pattern SET weekday = 6 WHERE site = ? AND pattern = 'site-4'")
    house.change_rules(lambda unit, site: None)
    day = date(2027, 3, 28)
    assert "clocks change" in refused(leave(house, 0, 24, day=day), "closed").reason
    blocked(leave(house, 24, NOON, day=day))


@pytest.mark.parametrize(
    ("login", "diary", "typed", "allowed"),
    [
        ("leader1", "D01", False, True),
        ("super1", "D03", False, True),
        ("super1", "D03", True, True),
        ("coach1", "D01", False, True),
        ("coach1", "D01", True, True),
        ("coach1", "D02", False, False),
        ("coach1", "D02", True, False),
        ("agent1", "D01", False, False),
        ("agent1", "D01", True, True),
        ("admin1", "D01", False, False),
        ("admin1", "D01", True, False),
    ],
)
def test_who_may_block_and_unblock(house: House, login: str, diary: str, typed: bool, allowed: bool) -> None:
    house.add_type(CARE)
    said: dict[str, Any] = {"type": "BLK-CARE", "client": "C000001"} if typed else {}
    reason = None if typed else "training"
    outcome = block(house.desk(login), diary, DAY, NINE, TEN, reason, **said)
    if allowed:
        blocked(unblock(house.desk(login), blocked(outcome).ids[0]), "unblocked")
        return
    refused(outcome, "role")
    made = blocked(block(house.desk("super1"), diary, DAY, NINE, TEN, reason, **said))
    refused(unblock(house.desk(login), made.ids[0]), "role")


def test_a_type_booked_straight_into_a_diary_has_type_and_claimant_as_its_reason(house: House) -> None:
    house.add_type(CARE)
    made = blocked(block(house.desk(), "D01", DAY, NINE, TEN, None, type="BLK-CARE", client="C000003"))
    (entry,) = made.entries
    assert (entry.type, entry.client, entry.reason) == ("BLK-CARE", "C000003", None)
    assert reasons_of(house.desk(), made.entries) == {entry.id: "Advanced claim for care leaver, Sana Khan 3"}
    hidden = reasons_of(house.desk("admin1"), made.entries)[entry.id]
    assert hidden.startswith("Advanced claim for care leaver, ")
    assert "Khan" not in hidden
    assert "Khan" not in str(house.events())
    assert reasons_of(house.desk("admin1"), blocked(leave(house, TEN, NOON)).entries).popitem()[1] == "leave"


def test_a_claimant_is_not_blocked_for_or_booked_in_two_places_at_once(house: House) -> None:
    house.add_type(CARE)
    said: dict[str, Any] = {"type": "BLK-CARE", "client": "C000001"}
    there = booked(house, diary="D02")
    refused(block(house.desk(), "D01", DAY, TEN, NOON, None, **said), "client_clash")
    # The claimant's own appointment in that very time goes, so it does not clash.
    changes.move(house.desk(), there.id, DAY, TEN, "D01")
    blocked(block(house.desk(), "D01", DAY, TEN, NOON, None, over="cancel", **said))
    assert house.status(there.id) == "cancelled"
    refused(booking.book(house.desk(), wish(diary="D02", start=TEN)), "client_clash")
    assert ("D02", TEN) not in house.starts(client="C000001")
    allowed = done(booking.book(house.desk(), wish(diary="D02", start=TEN, allow_clash=True))).entry
    assert [flag[0] for flag in house.open_flags()] == ["client_clash"]
    done(changes.cancel(house.desk(), allowed.id, "office"))
    assert house.open_flags() == []


def test_over_appointments_a_block_is_refused_with_who_and_until_when(house: House) -> None:
    first, second = booked(house), booked(house, NINE, "C000002", type="WSR-PHONE")
    before = house.dump()
    outcome = leave(house)
    assert isinstance(outcome, RefusedOver)
    assert "Taken by an appointment made by Ann Archer (D01, 09:00 to 09:10). 1 more stands" in refused(outcome, "taken").reason
    assert [one.id for one in outcome.hit] == [second.id, first.id]
    assert outcome.held_by is not None
    assert (outcome.held_by.kind, outcome.held_by.who) == ("appointment", "Ann Archer")
    assert house.dump() == before


def test_a_live_hold_is_never_taken_and_an_expired_one_ends(house: House) -> None:
    held = done(booking.hold(house.desk(), wish(start=TEN))).entry
    for over in ("refuse", "keep", "cancel"):
        outcome = refused(leave(house, over=over), "held")
        assert "Held by Ann Archer (D01, 10:00 to 10:50), 9:" in outcome.reason or "10:00 left" in outcome.reason
        assert outcome.held_by is not None
        assert (outcome.held_by.kind, outcome.held_by.until) == ("hold", held.expires_at)
        refused(preview(house.desk("leader1"), "D01", DAY, NINE, NOON, "leave", over=over), "held")
    assert house.status(held.id) == "held"
    house.expire(held.id)
    made = blocked(leave(house))
    assert house.status(held.id) == "lapsed"
    assert house.callbacks() == [("open", "agent1", "FC-F2F", "C000001", held.id)]
    assert on_d01(house, made.ids[0]) == [(NINE, NOON)]


def test_a_block_over_a_block_is_refused(house: House) -> None:
    blocked(leave(house, NINE, TEN))
    for over in ("refuse", "keep", "cancel"):
        assert "Unblock it first" in refused(leave(house, NINE + 6, NOON, over=over), "taken").reason
    kept = booked(house, TEN + 2)
    blocked(leave(house, TEN, NOON, over="keep"))
    for over in ("refuse", "keep", "cancel"):
        # The time of an appointment that was kept under a block is as much the block's.
        assert "a block made by" in refused(leave(house, kept.start, kept.end, over=over), "taken").reason
    assert house.status(kept.id) == "booked"


def test_cancel_cancels_each_with_its_own_line_and_message(house: House) -> None:
    first, second = booked(house), booked(house, NINE, "C000002", type="WSR-PHONE")
    outside = booked(house, ONE, "C000003")
    made = blocked(leave(house, over="cancel"))
    assert [one.id for one in made.hit] == [second.id, first.id]
    for one in (first, second):
        assert house.verbs(one.id) == ["booked", "cancelled"]
        assert house.events(one.id)[-1]["reason"] == "coach_absent"
        rows = house.rows("SELECT kind, status FROM message WHERE site = ? AND entry = ? ORDER BY version", one.id)
        assert rows == [("confirmation", "asking"), ("cancellation", "asking")]
    assert house.status(outside.id) == "booked"
    assert on_d01(house, made.ids[0]) == [(NINE, NOON)]
    assert house.open_flags() == []


def test_cancel_ends_the_hold_that_would_move_an_appointment(house: House) -> None:
    kept = booked(house)
    hold = done(booking.hold(house.desk(), wish(start=ONE, moving=kept.id, client=None))).entry
    blocked(leave(house, over="cancel"))
    assert (house.status(kept.id), house.status(hold.id)) == ("cancelled", "released")


def test_keep_owns_the_ticks_around_and_flags_each(house: House) -> None:
    first, second = booked(house), booked(house, NINE + 3, "C000002", type="WSR-PHONE")
    made = blocked(leave(house, over="keep"))
    (id,) = made.ids
    assert on_d01(house, id) == [(NINE, NINE + 3), (NINE + 5, TEN), (TEN + 10, NOON)]
    assert {(kind, entry, other) for kind, entry, other in house.open_flags()} == {
        ("under_block", first.id, id),
        ("under_block", second.id, id),
    }
    assert "The time of an appointment was blocked: FC-F2F Wed 25 Nov 2026 10:00 in D01 and leave Wed 25 Nov 2026" in " ".join(
        one.text for one in flags(house.desk())
    )
    assert (house.status(first.id), house.version(first.id)) == ("booked", 1)
    assert house.verbs(first.id) == ["booked"]


def test_keep_over_all_of_its_time_owns_nothing_until_it_leaves(house: House) -> None:
    kept = booked(house, NINE)
    made = blocked(leave(house, NINE, kept.end, over="keep"))
    assert on_d01(house, made.ids[0]) == []
    done(changes.cancel(house.desk(), kept.id, "claimant"))
    assert on_d01(house, made.ids[0]) == [(NINE, kept.end)]


def cancel(house: House, entry: EntryState) -> Outcome:
    return changes.cancel(house.desk(), entry.id, "claimant")


def move_away(house: House, entry: EntryState) -> Outcome:
    return changes.move(house.desk(), entry.id, DAY, ONE)


def move_elsewhere(house: House, entry: EntryState) -> Outcome:
    return changes.move(house.desk(), entry.id, DAY + timedelta(days=1), TEN, "D02")


def move_by_hold(house: House, entry: EntryState) -> Outcome:
    hold = done(booking.hold(house.desk(), wish(start=ONE, moving=entry.id, client=None))).entry
    return booking.confirm(house.desk(), hold.id)


def undo_booking(house: House, entry: EntryState) -> Outcome:
    return changes.undo(house.desk(), entry.id)


@pytest.mark.parametrize("leaves", [cancel, move_away, move_elsewhere, move_by_hold, undo_booking])
def test_when_a_kept_appointment_leaves_its_ticks_go_to_the_block(
    house: House, leaves: Callable[[House, EntryState], Outcome]
) -> None:
    kept = booked(house)
    (id,) = blocked(leave(house, over="keep")).ids
    done(leaves(house, kept))
    assert on_d01(house, id) == [(NINE, NOON)]
    assert house.open_flags() == []
    line = house.events(id)[-1]
    assert (line["verb"], line["reason"], line["who"], line["request"]) == ("blocked", "given", "agent1", None)
    assert (line["seq"] + 1) == house.events(kept.id)[-1]["seq"]
    refused(booking.book(house.desk(), wish(start=TEN, client="C000009")), "taken")


@pytest.mark.parametrize("leaves", [cancel, move_away, move_elsewhere, move_by_hold])
def test_a_leaving_that_is_undone_gets_its_ticks_back_from_the_block(
    house: House, leaves: Callable[[House, EntryState], Outcome]
) -> None:
    kept = booked(house)
    (id,) = blocked(leave(house, over="keep")).ids
    owned, flagged = on_d01(house, id), house.open_flags()
    done(leaves(house, kept))
    done(changes.undo(house.desk(), kept.id))
    assert (house.status(kept.id), on_d01(house, kept.id)) == ("booked", [(TEN, TEN + 10)])
    assert on_d01(house, id) == owned
    assert house.open_flags() == flagged
    assert house.events(id)[-1]["reason"] == "yielded"
    done(changes.cancel(house.desk(), kept.id, "claimant"))
    assert on_d01(house, id) == [(NINE, NOON)]


def test_an_undo_that_is_refused_takes_nothing_from_the_block(house: House) -> None:
    kept = booked(house)
    (id,) = blocked(leave(house, over="keep")).ids
    done(changes.cancel(house.desk(), kept.id, "claimant"))
    booked(house, TEN, diary="D02")
    before = house.dump()
    refused(changes.undo(house.desk(), kept.id), "client_clash")
    assert house.dump() == before
    assert on_d01(house, id) == [(NINE, NOON)]


def test_the_rest_of_a_no_show_goes_to_the_block(house: House) -> None:
    house.now = NOW.replace(day=25, hour=10, minute=20)
    kept = done(booking.book(house.desk(now=NOW), wish(start=TEN))).entry
    (id,) = blocked(leave(house, ONE - 24, ONE, over="keep")).ids
    assert on_d01(house, id) == [(ONE - 24, ONE)]
    blocked(unblock(house.desk("leader1"), id), "unblocked")
    (id,) = blocked(leave(house, over="keep")).ids
    done(attendance.attend(house.desk(), kept.id, "dna"))
    assert on_d01(house, kept.id) == [(TEN, TEN + 4)]
    assert on_d01(house, id) == [(NINE, TEN), (TEN + 4, NOON)]
    assert house.open_flags() == []
    done(changes.undo(house.desk()))
    assert on_d01(house, kept.id) == [(TEN, TEN + 10)]
    assert on_d01(house, id) == [(NINE, TEN), (TEN + 10, NOON)]
    assert len(house.open_flags()) == 1
    done(attendance.attend(house.desk(), kept.id, "attended"))
    assert house.open_flags() == []


def test_what_was_attended_already_is_history_and_not_cancelled(house: House) -> None:
    house.now = NOW.replace(day=25, hour=11)
    past = done(booking.book(house.desk(now=NOW), wish(start=TEN))).entry
    done(attendance.attend(house.desk(), past.id, "attended"))
    made = blocked(leave(house, over="cancel"))
    assert made.hit == ()
    assert house.status(past.id) == "attended"
    assert on_d01(house, made.ids[0]) == [(NINE, TEN), (TEN + 10, NOON)]
    assert house.open_flags() == []
    # An attendance recorded in error is taken back, and then the appointment leaves all the same.
    done(changes.undo(house.desk(), past.id))
    assert len(house.open_flags()) == 1
    done(changes.cancel(house.desk(), past.id, "entered_in_error"))
    assert on_d01(house, made.ids[0]) == [(NINE, NOON)]


def test_a_kept_appointment_is_not_moved_within_its_block(house: House) -> None:
    kept = booked(house)
    blocked(leave(house, over="keep"))
    assert "a block made by" in refused(changes.move(house.desk(), kept.id, DAY, TEN + 2), "taken").reason
    assert on_d01(house, kept.id) == [(TEN, TEN + 10)]


def test_unblock_gives_the_time_back_and_closes_the_flags(house: House) -> None:
    kept = booked(house)
    (id,) = blocked(leave(house, over="keep")).ids
    gone = blocked(unblock(house.desk("coach1"), id, version=1), "unblocked")
    assert [one.status for one in gone.entries] == ["released"]
    assert house.claims(id) == []
    assert house.open_flags() == []
    assert house.status(kept.id) == "booked"
    done(booking.book(house.desk(), wish(start=NINE, type="WSR-PHONE", client="C000002")))
    done(changes.cancel(house.desk(), kept.id, "claimant"))
    assert house.verbs(id) == ["blocked", "unblocked"]


def test_what_cannot_be_unblocked_is_refused(house: House) -> None:
    kept = booked(house, ONE)
    (id,) = blocked(leave(house)).ids
    desk = house.desk("leader1")
    refused(unblock(desk, uid(99)), "unknown_entry")
    refused(unblock(desk, kept.id), "not_possible")
    refused(unblock(desk, id, version=7), "stale_version")
    refused(unblock(house.desk("leader1", now=NOW + WEEK), id), "past")
    blocked(unblock(desk, id), "unblocked")
    refused(unblock(desk, id), "not_possible")
    for act in (changes.cancel, changes.move):
        refused(act(desk, id, *(("office",) if act is changes.cancel else (DAY, TEN))), "not_possible")


def test_a_block_is_undone(house: House) -> None:
    booked(house)
    (id,) = blocked(leave(house, over="keep")).ids
    done(changes.undo(house.desk("leader1")), "undone")
    assert (house.status(id), house.claims(id), house.open_flags()) == ("undone", [], [])
    refused(changes.undo(house.desk("leader1")), "not_possible")


def test_undoing_a_block_brings_back_what_it_cancelled(house: House) -> None:
    first, second = booked(house), booked(house, NINE, "C000002", type="WSR-PHONE")
    before = house.state(first.id), house.state(second.id)
    (id,) = blocked(leave(house, over="cancel")).ids
    done(changes.undo(house.desk("leader1")), "undone")
    assert (house.state(first.id), house.state(second.id)) == before
    assert house.status(id) == "undone"
    assert house.rows("SELECT kind FROM message WHERE site = ?") == [("confirmation",), ("confirmation",)]


def test_undoing_a_block_is_all_or_nothing(house: House) -> None:
    first = booked(house)
    blocked(leave(house, over="cancel"))
    refused(changes.undo(house.desk("leader1"), first.id), "taken")
    booked(house, TEN, diary="D02")
    before = house.dump()
    refused(changes.undo(house.desk("leader1")), "client_clash")
    assert house.dump() == before
    refused(changes.undo(house.desk("leader1", later=61)), "undo_expired")


def test_a_block_that_changed_since_is_not_undone(house: House) -> None:
    kept = booked(house)
    (id,) = blocked(leave(house, over="keep")).ids
    done(changes.cancel(house.desk("leader1"), kept.id, "claimant"))
    refused(changes.undo(house.desk("leader1"), id), "not_possible")
    done(changes.undo(house.desk("leader1")))
    assert house.status(kept.id) == "booked"
    refused(changes.undo(house.desk("agent1"), id), "stale_version")


def test_an_unblock_is_undone_with_what_left_meanwhile(house: House) -> None:
    kept = booked(house)
    (id,) = blocked(leave(house, over="keep")).ids
    blocked(unblock(house.desk("leader1"), id), "unblocked")
    done(changes.undo(house.desk("leader1")))
    assert on_d01(house, id) == [(NINE, TEN), (TEN + 10, NOON)]
    assert len(house.open_flags()) == 1
    blocked(unblock(house.desk("leader1"), id), "unblocked")
    done(changes.cancel(house.desk(), kept.id, "claimant"))
    done(changes.undo(house.desk("leader1")))
    assert (house.status(id), on_d01(house, id)) == ("blocked", [(NINE, NOON)])


def test_an_unblock_is_not_undone_over_what_was_booked_since(house: House) -> None:
    kept = booked(house)
    (id,) = blocked(leave(house, over="keep")).ids
    blocked(unblock(house.desk("leader1"), id), "unblocked")
    other = booked(house, NINE, "C000002", type="WSR-PHONE")
    assert "an appointment" in refused(changes.undo(house.desk("leader1"), id), "taken").reason
    done(changes.cancel(house.desk(), other.id, "claimant"))
    # Nor where another block has been laid over what it kept.
    second = blocked(block(house.desk("super1"), "D01", DAY, kept.start, kept.end, "meeting", over="keep")).ids[0]
    assert "a block" in refused(changes.undo(house.desk("leader1"), id), "taken").reason
    blocked(unblock(house.desk("super1"), second), "unblocked")
    done(changes.undo(house.desk("leader1"), id))


def test_undoing_an_unblock_lets_nobody_be_in_two_places(house: House) -> None:
    house.add_type(CARE)
    (id,) = blocked(block(house.desk(), "D01", DAY, TEN, NOON, None, type="BLK-CARE", client="C000001")).ids
    blocked(unblock(house.desk(), id), "unblocked")
    booked(house, TEN, diary="D02")
    refused(changes.undo(house.desk(), id), "client_clash")


def test_limited_segments_do_not_count_blocks(house: House) -> None:
    for start in (NINE, NINE + 2, NINE + 4):
        (id,) = blocked(block(house.desk("leader1"), "D04", DAY, start, start + 2, "other")).ids
    blocked(unblock(house.desk("leader1"), id), "unblocked")
    done(changes.undo(house.desk("leader1")))
    assert house.rows("SELECT * FROM segment_use WHERE site = ?") == []


# Recurring.


def test_a_weekly_block_makes_one_block_a_week_last_day_included(house: House) -> None:
    made = blocked(leave(house, until=DAY + 3 * WEEK, id=uid(1), description="Training course"))
    assert [one.day for one in made.entries] == [DAY + week * WEEK for week in range(4)]
    assert made.ids == (uid(1), *(day_id(house.site, uid(1), DAY + week * WEEK) for week in (1, 2, 3)))
    assert {one.pair for one in made.entries} == {uid(1)}
    assert house.rows("SELECT DISTINCT pair FROM entry WHERE site = ?") == [(uid(1),)]
    assert len(house.rows("SELECT id FROM note WHERE site = ?")) == 4
    before = house.dump()
    again = blocked(leave(house, until=DAY + 3 * WEEK, id=uid(1)))
    assert (again.repeated, again.entries) == (True, made.entries)
    assert house.dump() == before


def test_a_weekly_block_is_all_or_nothing_and_reports_every_day(house: House) -> None:
    hit = booked(house, day=DAY + WEEK)
    before = house.dump()
    outcome = leave(house, until=DAY + 4 * WEEK, day=DAY)
    assert isinstance(outcome, RefusedOver)
    assert "1 of 5 days cannot be blocked. Wed 2 Dec 2026: Taken by an appointment" in refused(outcome, "taken").reason
    assert [one.id for one in outcome.hit] == [hit.id]
    assert outcome.day == DAY + WEEK
    friday = date(2026, 12, 18)
    assert "Christmas" in refused(leave(house, day=friday, until=friday + WEEK), "closed").reason
    refused(leave(house, day=friday, until=friday + WEEK, over="cancel"), "closed")
    assert house.dump() == before


def test_a_weekly_block_that_keeps_leaves_out_days_and_says_so(house: House) -> None:
    friday = date(2026, 12, 18)
    kept = booked(house, day=friday + 2 * WEEK)
    made = blocked(leave(house, day=friday, until=friday + 2 * WEEK, over="keep", id=uid(1)))
    assert [one.day for one in made.entries] == [friday, friday + 2 * WEEK]
    assert [(one.day, one.code) for one in made.skipped] == [(friday + WEEK, "closed")]
    assert [one.id for one in made.hit] == [kept.id]
    again = blocked(leave(house, day=friday, until=friday + 2 * WEEK, over="keep", id=uid(1)))
    assert [(one.day, one.code) for one in again.skipped] == [(friday + WEEK, "closed")]
    assert (again.entries, again.hit) == (made.entries, made.hit)
    refused(leave(house, day=friday + WEEK, until=friday + WEEK, over="keep"), "closed")


def test_a_series_whose_first_day_was_left_out_is_a_series_all_the_same(house: House) -> None:
    made = blocked(leave(house, day=date(2026, 12, 25), until=date(2027, 1, 8), over="keep", id=uid(1)))
    assert [one.day for one in made.entries] == [date(2027, 1, 1), date(2027, 1, 8)]
    assert made.ids[0] == uid(1)
    gone = blocked(unblock(house.desk("leader1"), made.ids[1], whole_series=True), "unblocked")
    assert gone.ids == made.ids


def test_one_day_of_a_series_or_all_of_it_is_unblocked(house: House) -> None:
    made = blocked(leave(house, until=DAY + 3 * WEEK))
    desk = house.desk("leader1")
    assert blocked(unblock(desk, made.ids[1]), "unblocked").ids == (made.ids[1],)
    later = house.desk("leader1", now=NOW + WEEK)
    gone = blocked(unblock(later, made.ids[2], whole_series=True, id=uid(5)), "unblocked")
    assert gone.ids == made.ids[2:]  # the first day has passed by then
    assert [house.status(id) for id in made.ids] == ["blocked", "released", "released", "released"]
    again = blocked(unblock(later, made.ids[2], whole_series=True, id=uid(5)), "unblocked")
    assert (again.repeated, again.entries) == (True, gone.entries)
    done(changes.undo(later))
    assert [house.status(id) for id in made.ids] == ["blocked", "released", "blocked", "blocked"]


def test_undoing_a_series_undoes_every_day(house: House) -> None:
    gone = booked(house, day=DAY + WEEK)
    made = blocked(leave(house, until=DAY + 2 * WEEK, over="cancel"))
    done(changes.undo(house.desk("leader1")))
    assert [house.status(id) for id in made.ids] == ["undone"] * 3
    assert house.status(gone.id) == "booked"
    refused(unblock(house.desk("leader1"), made.ids[0], whole_series=True), "not_possible")


# Preview.


@pytest.mark.parametrize("over", ["refuse", "keep", "cancel"])
def test_a_preview_tells_what_is_hit_and_writes_nothing(house: House, over: str) -> None:
    first, later = booked(house), booked(house, day=DAY + WEEK)
    held = done(booking.hold(house.desk(), wish(start=NINE, type="WSR-PHONE", client="C000002"))).entry
    house.expire(held.id)
    before = house.dump()
    seen = blocked(preview(house.desk("leader1"), "D01", DAY, NINE, NOON, "leave", over=over, until=DAY + WEEK), "preview")
    assert [one.id for one in seen.hit] == [first.id, later.id]
    assert (seen.entries, seen.code) == ((), "taken" if over == "refuse" else None)
    assert house.dump() == before


def test_a_preview_of_a_series_tells_the_days_that_are_left_out(house: House) -> None:
    friday = date(2026, 12, 18)
    seen = blocked(
        preview(house.desk("leader1"), "D01", friday, NINE, NOON, "leave", over="keep", until=friday + WEEK), "preview"
    )
    assert [one.day for one in seen.skipped] == [friday + WEEK]


# The torture: nothing is owned twice, and a block has all of its time that no appointment has.


def _free_or_kept(house: House) -> None:
    owners: dict[tuple[str, str, int], str] = {}
    for entry, resource, day, start, end in house.rows(
        "SELECT entry, resource, day, start_tick, end_tick FROM claim WHERE site = ?"
    ):
        for tick in range(start, end):
            assert (resource, day, tick) not in owners
            owners[resource, day, tick] = entry
    for _id, diary, day, start, end in house.rows(
        "SELECT id, diary, day, start_tick, end_tick FROM entry WHERE site = ? AND status = 'blocked'"
    ):
        assert all((diary, day, tick) in owners for tick in range(start, end))
    live = {row[0] for row in house.rows("SELECT id FROM entry WHERE site = ? AND status IN ('booked', 'blocked')")}
    for kind, entry, other in house.open_flags():
        assert kind != "under_block" or {entry, other} <= live


def _walk(house: House, seed: int, steps: int) -> dict[str, int]:
    chance, counts = random.Random(seed), dict[str, int]()
    made: list[str] = []
    for number in range(steps):
        login, diary = chance.choice(("leader1", "super1")), chance.choice(("D01", "D02"))
        day, start = DAY + chance.randrange(2) * WEEK, chance.randrange(NINE, FIVE - 6)
        act = chance.choice(
            ("block", "block", "book", "book", "hold", "cancel", "move", "unblock", "undo", "undo", "dna", "expire")
        )
        id = chance.choice(made) if made else uid(0)
        outcome: Any = None
        if act == "block":
            over, until = chance.choice(("refuse", "keep", "cancel", "keep", "move")), chance.choice((None, None, DAY + WEEK))
            outcome = block(
                house.desk(login),
                diary,
                day,
                start,
                start + chance.randrange(1, 30),
                "meeting",
                over=over,
                until=until,
                id=uid(number + 1),
            )
            made += outcome.ids if isinstance(outcome, Blocked) else ()
        elif act in ("book", "hold"):
            kind, client = chance.choice(("FC-F2F", "WSR-PHONE", "EV-F2F")), f"C{chance.randrange(1, 11):06d}"
            moving = id if act == "hold" and chance.random() < 0.3 else None
            wanted = wish(kind, diary, start, day=day, client=client if moving is None else None, moving=moving)
            outcome = (booking.book if act == "book" else booking.hold)(house.desk(login), wanted, id=uid(number + 1))
            made += [outcome.entry.id] if isinstance(outcome, Booked) else []
        elif act == "cancel":
            outcome = changes.cancel(house.desk(login), id, "office")
        elif act == "move":
            outcome = changes.move(house.desk(login), id, day, start, diary)
        elif act == "unblock":
            outcome = unblock(house.desk(login), id, whole_series=chance.random() < 0.3)
        elif act == "undo":
            outcome = changes.undo(house.desk(login), chance.choice((None, id)))
        elif act == "dna":
            now = NOW.replace(day=25, hour=chance.randrange(9, 17))
            outcome = attendance.attend(house.desk(login, now=now), id, chance.choice(("dna", "dna", "attended")))
        elif act == "expire" and made and house.rows("SELECT 1 FROM entry WHERE site = ? AND id = ? AND status = 'held'", id):
            if chance.random() < 0.5:
                house.expire(id)
            else:
                outcome = booking.confirm(house.desk(login), id, client="C000001")
        if isinstance(outcome, Booked | Blocked):
            counts[act] = counts.get(act, 0) + 1
        _free_or_kept(house)
        if number % 20 == 0:
            house.sweep()
            sound(house)
    return counts


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_no_tick_is_owned_twice_and_none_is_lost(on_sqlite: House, seed: int) -> None:
    counts = _walk(on_sqlite, seed, 320)
    assert min(counts.get(act, 0) for act in ("block", "book", "cancel", "unblock", "undo")) >= 2, counts


@pytest.mark.postgres
def test_whatever_is_done_on_postgresql_no_tick_is_owned_twice(on_postgres: House) -> None:
    _walk(on_postgres, 9, 120)


def test_the_walk_fails_when_a_block_is_not_given_what_is_its_own(on_sqlite: House, monkeypatch: pytest.MonkeyPatch) -> None:
    on_sqlite.swept_at_the_end = False
    for place in (covering, changes):
        monkeypatch.setattr(place, "around_kept", lambda act, one: entry_queries.owned(act.unit, act.site, one.id))
    with pytest.raises(AssertionError):
        _walk(on_sqlite, 1, 250)


def test_the_sweep_finds_a_block_that_lacks_time_nobody_has(on_sqlite: House, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = booked(on_sqlite)
    (id,) = blocked(leave(on_sqlite, over="keep")).ids
    monkeypatch.setattr(covering, "around_kept", lambda act, one: entry_queries.owned(act.unit, act.site, one.id))
    done(changes.cancel(on_sqlite.desk(), kept.id, "claimant"))
    assert sweep_store(on_sqlite.store, on_sqlite.site)["I3"].examples == (
        f"entry {id} is a block and lacks time that nobody has",
    )


def test_blocks_and_appointments_made_at_once_leave_a_sound_store(house: House) -> None:
    def work(number: int) -> int:
        chance, acts = random.Random(number), 0
        desk, made = house.desk("super1" if number % 2 else "leader1"), list[str]()
        for _ in range(25):
            start, over = chance.randrange(NINE, NOON - 4), chance.choice(("refuse", "keep", "cancel", "move"))
            if number % 2:
                outcome: Any = block(desk, "D01", DAY, start, start + chance.randrange(2, 24), "meeting", over=over)
                made += outcome.ids if isinstance(outcome, Blocked) else ()
            else:
                outcome = booking.book(desk, wish("WSR-PHONE", start=start, client=f"C{chance.randrange(1, 11):06d}"))
                made += [outcome.entry.id] if isinstance(outcome, Booked) else []
            acts += isinstance(outcome, Booked | Blocked)
            if made and chance.random() < 0.4:
                id = made.pop(chance.randrange(len(made)))
                assert isinstance(
                    unblock(desk, id) if number % 2 else changes.cancel(desk, id, "office"), Booked | Blocked | Refused
                )
        return acts

    with ThreadPoolExecutor(6) as pool:
        # Whoever comes late may find a full morning each time; the first cannot.
        assert sum(pool.map(work, range(6))) > 0
    _free_or_kept(house)
