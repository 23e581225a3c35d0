"""Undo: sixty seconds for one's own last act, and then all is as it was, but for the version."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agent_tui.domain.requests import Outcome
from agent_tui.services import attendance, booking, changes
from tests.services.conftest import House, done, refused, uid, wish
from tests.small_site import DAY, NINE, NOW, ONE, TEN

ACTS = ("extended", "released", "confirmed", "moved", "cancelled", "attended", "late", "dna", "hold moved")


def act_on(house: House, act: str) -> tuple[str, Callable[[], Outcome]]:
    """Return an entry and an act on it, made ten minutes into its time."""
    desk = house.desk(now=NOW + timedelta(minutes=70))
    today: dict[str, Any] = {"day": NOW.date(), "start": TEN, "needs": ("room",)}
    if act in ("extended", "released", "confirmed", "hold moved"):
        entry = done(booking.hold(house.desk(), wish(**today))).entry.id
    else:
        entry = done(booking.book(house.desk(), wish(**today))).entry.id
    acts: dict[str, Callable[[], Outcome]] = {
        "extended": lambda: booking.extend(desk, entry),
        "released": lambda: booking.release(desk, entry),
        "confirmed": lambda: booking.confirm(desk, entry),
        "moved": lambda: changes.move(desk, entry, DAY, ONE, "D02"),
        "hold moved": lambda: changes.move(desk, entry, DAY, ONE, "D02"),
        "cancelled": lambda: changes.cancel(desk, entry, "office"),
        "attended": lambda: attendance.attend(desk, entry, "attended"),
        "late": lambda: attendance.attend(desk, entry, "late", minutes=5),
        "dna": lambda: attendance.attend(desk, entry, "dna"),
    }
    return entry, acts[act]


@pytest.mark.parametrize("by_id", [True, False])
@pytest.mark.parametrize("act", ACTS)
def test_undoing_an_act_brings_state_and_time_back_and_the_version_grows(house: House, act: str, by_id: bool) -> None:
    entry, do = act_on(house, act)
    before, version = house.state(entry), house.version(entry)
    messages = house.rows("SELECT * FROM message WHERE site = ?")
    done(do())
    assert house.version(entry) == version + 1
    desk = house.desk(now=NOW + timedelta(minutes=70, seconds=60))
    undone = done(changes.undo(desk, entry if by_id else None), "undone")
    assert house.state(entry) == before
    assert house.version(entry) == undone.entry.version == version + 2
    assert house.rows("SELECT * FROM message WHERE site = ?") == messages
    line = house.events(entry)[-1]
    assert (line["verb"], line["who"]) == ("undone", "agent1")
    refused(changes.undo(desk, entry), "not_possible")


@pytest.mark.parametrize("make", [booking.book, booking.hold])
def test_undoing_the_first_act_gives_the_time_back(house: House, make: Callable[..., Outcome]) -> None:
    free = house.starts("EV-F2F")
    made = done(make(house.desk(), wish("EV-F2F"))).entry
    undone = done(changes.undo(house.desk(later=30)), "undone")
    assert (undone.entry.id, undone.entry.status, undone.entry.version) == (made.id, "undone", 2)
    assert house.starts("EV-F2F") == free
    assert house.rows("SELECT COUNT(*) FROM message WHERE site = ?") == [(0,)]
    assert house.verbs(made.id)[-1] == "undone"


def test_undoing_a_hold_that_lapsed_meanwhile_gives_nothing_back_to_take(house: House) -> None:
    made = done(booking.hold(house.desk(), wish())).entry
    done(booking.release(house.desk(), made.id))
    undone = done(changes.undo(house.desk(), made.id), "undone")
    assert undone.entry.status == "held"
    assert undone.entry.expires_at is not None
    with house.store.read() as unit:
        assert undone.entry.expires_at > unit.clock_ms()


@pytest.mark.parametrize(("seconds", "code"), [(60, None), (61, "undo_expired"), (3600, "undo_expired")])
def test_after_sixty_seconds_of_site_time_an_act_stands(house: House, seconds: int, code: str | None) -> None:
    made = done(booking.book(house.desk(), wish())).entry
    outcome = changes.undo(house.desk(later=seconds), made.id)
    if code is None:
        done(outcome, "undone")
    else:
        assert str(seconds) in refused(outcome, code).reason
        assert house.claims(made.id)


def test_after_sixty_seconds_of_the_databases_clock_an_act_stands_however_site_time_is_set(house: House) -> None:
    made = done(booking.book(house.desk(), wish())).entry
    name = house.store.engine_name
    house.write(
        lambda unit: (
            unit.run("DROP TRIGGER event_no_update")
            if name == "sqlite"
            else unit.run("ALTER TABLE event DISABLE TRIGGER event_no_change")
        )
    )
    try:
        before = house.rows("SELECT stamped FROM event WHERE site = ?")[0][0]
        house.write(lambda unit: unit.run("UPDATE event SET stamped = stamped - 61000 WHERE site = ?", house.site))
        refused(changes.undo(house.desk(later=-600), made.id), "undo_expired")
        house.write(lambda unit: unit.run("UPDATE event SET stamped = ? WHERE site = ?", before, house.site))
    finally:
        if name != "sqlite":
            house.write(lambda unit: unit.run("ALTER TABLE event ENABLE TRIGGER event_no_change"))


@pytest.mark.parametrize("login", ["agent2", "super1"])
def test_only_its_maker_can_undo_an_act(house: House, login: str) -> None:
    made = done(booking.book(house.desk(), wish())).entry
    before = house.dump()
    refused(changes.undo(house.desk(login)), "not_possible")
    found = refused(changes.undo(house.desk(login), made.id), "stale_version")
    assert "Ann Archer" in found.reason
    assert house.dump() == before


def test_what_somebody_else_changed_since_is_not_undone(house: House) -> None:
    made = done(booking.book(house.desk(), wish())).entry
    done(changes.move(house.desk("agent2"), made.id, DAY, TEN))
    before = house.dump()
    assert "Bob Brook" in refused(changes.undo(house.desk(), made.id), "stale_version").reason
    assert "Bob Brook" in refused(changes.undo(house.desk()), "stale_version").reason
    assert house.dump() == before


@pytest.mark.parametrize("act", ["released", "moved", "cancelled", "hold moved", "dna"])
@pytest.mark.parametrize(("by", "code"), [(booking.book, "taken"), (booking.hold, "held")])
def test_a_time_that_was_taken_meanwhile_is_not_taken_back(house: House, act: str, by: Callable[..., Outcome], code: str) -> None:
    entry, do = act_on(house, act)
    done(do())
    now = NOW + timedelta(minutes=70)
    done(by(house.desk("agent2", now=now), wish("WSR-PHONE", day=NOW.date(), start=TEN + 6, client="C000002")))
    before = house.dump()
    found = refused(changes.undo(house.desk(now=now), entry), code)
    assert found.held_by is not None
    assert found.held_by.who == "Bob Brook"
    assert house.dump() == before


def test_an_expired_hold_in_the_way_of_an_undo_is_ended(house: House) -> None:
    made = done(booking.book(house.desk(), wish())).entry
    done(changes.cancel(house.desk(), made.id, "entered_in_error"))
    other = done(booking.hold(house.desk("agent2"), wish("WSR-PHONE", start=NINE + 4, client="C000002"))).entry
    house.expire(other.id)
    done(changes.undo(house.desk(), made.id), "undone")
    assert house.status(other.id) == "lapsed"
    assert house.status(made.id) == "booked"


def test_a_place_in_a_limited_segment_that_was_taken_meanwhile_is_not_taken_back(house: House) -> None:
    ids = [
        done(booking.book(house.desk(), wish("NJR-F2F", "D04", NINE + 6 * n, client=f"C00000{n + 1}"))).entry.id for n in range(2)
    ]
    done(changes.cancel(house.desk(), ids[1], "office"))
    done(booking.book(house.desk("agent2"), wish("NJR-F2F", "D04", NINE + 12, client="C000003")))
    before = house.dump()
    refused(changes.undo(house.desk(), ids[1]), "limit")
    assert house.dump() == before


def test_undoing_a_cancellation_takes_the_place_in_a_limited_segment_again(house: House) -> None:
    made = done(booking.book(house.desk(), wish("NJR-F2F", "D04"))).entry
    before = house.state(made.id)
    done(changes.cancel(house.desk(), made.id, "office"))
    done(changes.undo(house.desk(), made.id), "undone")
    assert house.state(made.id) == before


def test_undoing_the_cancellation_of_a_clash_opens_its_flag_again(house: House) -> None:
    done(booking.book(house.desk(), wish(diary="D02")))
    made = done(booking.book(house.desk(), wish(allow_clash=True))).entry
    before = house.state(made.id)
    done(changes.cancel(house.desk(), made.id, "claimant"))
    done(changes.undo(house.desk(), made.id), "undone")
    assert house.state(made.id) == before


@pytest.mark.parametrize("how", ["book", "confirm"])
def test_undoing_a_booking_that_clashed_closes_its_flag(house: House, how: str) -> None:
    done(booking.book(house.desk("agent2"), wish(diary="D02")))
    if how == "book":
        made = done(booking.book(house.desk(), wish(allow_clash=True))).entry
    else:
        made = done(booking.hold(house.desk(), wish(client=None))).entry
        done(booking.confirm(house.desk(), made.id, client="C000001", allow_clash=True))
    assert len(house.open_flags()) == 1
    done(changes.undo(house.desk(), made.id), "undone")
    assert house.open_flags() == []


def test_undoing_a_confirmed_move_brings_the_appointment_back_to_its_old_time(house: House) -> None:
    made = done(booking.book(house.desk(), wish(start=TEN))).entry
    before = house.state(made.id)
    held = done(booking.hold(house.desk(), wish(start=TEN + 5, moving=made.id))).entry
    done(booking.confirm(house.desk(), held.id), "moved")
    undone = done(changes.undo(house.desk()), "undone")
    assert undone.entry.id == made.id
    assert house.state(made.id) == before


def test_a_retried_undo_answers_the_same_and_takes_nothing_more_back(house: House) -> None:
    made = done(booking.book(house.desk(), wish())).entry
    done(changes.move(house.desk(), made.id, DAY, TEN))
    first = done(changes.undo(house.desk(), made.id, id=uid(7)))
    before = house.dump()
    again = done(changes.undo(house.desk(), made.id, id=uid(7)), "undone")
    assert again == replace(first, repeated=True)
    assert house.dump() == before
    assert house.claims(made.id)[0][2] == NINE


def test_there_is_nothing_to_undo_for_who_did_nothing(house: House) -> None:
    refused(changes.undo(house.desk()), "not_possible")


def test_undo_without_an_id_takes_back_nothing_before_a_hand_off(house: House) -> None:
    made = done(booking.book(house.desk(), wish())).entry
    booking.book(house.desk(later=5), wish("CC-PHONE", diary=None))
    outcome = changes.undo(house.desk(later=10))
    assert house.status(made.id) == "booked", f"the last act was a hand-off, and the booking before it was undone: {outcome}"
