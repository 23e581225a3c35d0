"""Moving, cancelling and recording attendance: exactly the old time comes free, and what fails leaves all as it was."""

from datetime import date, datetime, time, timedelta

import pytest

from agent_tui.domain.requests import Booked, EntryState
from agent_tui.services import attendance, booking, changes
from agent_tui.store.queries import catalogue
from tests.services.conftest import House, done, refused, uid, wish
from tests.small_site import DAY, NINE, NOON, NOW, ONE, TEN

ISO = DAY.isoformat()
NEXT = DAY + timedelta(days=1)


def booked(house: House, **more: object) -> EntryState:
    """Return an appointment that was booked."""
    return done(booking.book(house.desk(), wish(**more)), "booked").entry  # type: ignore[arg-type]


# Move.


def test_a_move_takes_the_new_time_and_frees_exactly_the_old(house: House) -> None:
    entry = booked(house)
    free = house.starts()
    moved = done(changes.move(house.desk(), entry.id, NEXT, TEN, "D02"), "moved")
    assert (moved.entry.id, moved.entry.version, moved.entry.status) == (entry.id, 2, "booked")
    assert (moved.entry.diary, moved.entry.day, moved.entry.start) == ("D02", NEXT, TEN)
    assert house.claims(entry.id) == [("D02", NEXT.isoformat(), TEN, TEN + 10)]
    assert house.starts() == free | {("D01", start) for start in range(NINE, NINE + 10)}
    assert moved.say is not None
    assert "Thursday 26 November at 10am" in moved.say
    assert house.events(entry.id)[-1]["touched"] == [["D01", ISO], ["D02", NEXT.isoformat()]]
    assert ("change", 2) in house.rows("SELECT kind, version FROM message WHERE site = ?")


@pytest.mark.parametrize("shift", [-9, -1, 0, 1, 9])
def test_a_move_may_overlap_its_own_time(house: House, shift: int) -> None:
    entry = booked(house, start=TEN)
    done(changes.move(house.desk(), entry.id, DAY, TEN + shift), "moved")
    assert house.claims(entry.id) == [("D01", ISO, TEN + shift, TEN + shift + 10)]


def test_a_move_with_a_room_may_overlap_its_own_time_when_every_room_is_busy(house: House) -> None:
    entry = booked(house, type="EV-F2F", start=TEN)
    booked(house, type="EV-F2F", diary="D02", start=TEN, client="C000002")
    moved = done(changes.move(house.desk(), entry.id, DAY, TEN + 2), "moved")
    assert moved.entry.resources == ("D01", "R01")


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ((DAY, TEN, "D02"), "taken"),
        ((DAY, ONE, "D03"), "held"),
        ((DAY, NOON, "D01"), "closed"),
        ((date(2026, 12, 25), NINE, "D01"), "closed"),
        ((NOW.date() - timedelta(days=1), NINE, "D01"), "past"),
        ((DAY, NINE, "D99"), "unknown_diary"),
        ((NEXT, NINE, "D04"), "not_assigned"),
        ((DAY, 180, "D01"), "client_clash"),
    ],
)
def test_a_failed_move_leaves_all_as_it_was_and_says_what_would_work(
    house: House, where: tuple[date, int, str], code: str
) -> None:
    entry = booked(house)
    booked(house, diary="D02", start=TEN, client="C000002")
    done(booking.hold(house.desk("agent2"), wish(diary="D03", start=ONE, client="C000003")))
    booked(house, diary="D02", start=180)
    house.change_rules(lambda unit, site: catalogue.unassign(unit, site, "D04", "FC-F2F"))
    before = house.dump()
    day, start, diary = where
    found = refused(changes.move(house.desk(), entry.id, day, start, diary), code)
    assert house.dump() == before
    assert found.id == entry.id
    if code != "unknown_diary":
        assert found.alternatives, "what would work is not said"


def test_what_a_refused_move_suggests_can_be_moved_to(house: House) -> None:
    entry = booked(house)
    booked(house, diary="D02", start=180)
    found = refused(changes.move(house.desk(), entry.id, DAY, 180), "client_clash")
    for one in found.alternatives:
        done(changes.move(house.desk(), entry.id, one.day, one.start, one.diary), "moved")


def test_a_move_into_an_expired_hold_ends_it(house: House) -> None:
    held = done(booking.hold(house.desk("agent2"), wish(start=TEN, client="C000002"))).entry
    entry = booked(house, start=ONE)
    house.expire(held.id)
    done(changes.move(house.desk(), entry.id, DAY, TEN + 3), "moved")
    assert house.status(held.id) == "lapsed"
    assert len(house.callbacks()) == 1


def test_a_hold_can_be_moved_and_stays_a_hold_with_its_end(house: House) -> None:
    held = done(booking.hold(house.desk(), wish())).entry
    moved = done(changes.move(house.desk(), held.id, DAY, TEN), "moved")
    assert (moved.entry.kind, moved.entry.status, moved.entry.expires_at) == ("hold", "held", held.expires_at)
    assert house.claims(held.id) == [("D01", ISO, TEN, TEN + 10)]
    assert house.rows("SELECT COUNT(*) FROM message WHERE site = ?") == [(0,)]
    done(booking.confirm(house.desk(), held.id), "confirmed")


def test_a_retried_move_answers_the_same_and_changes_nothing(house: House) -> None:
    entry = booked(house)
    first = done(changes.move(house.desk(), entry.id, DAY, TEN, id=uid(9)))
    before = house.dump()
    again = done(changes.move(house.desk(), entry.id, DAY, TEN, id=uid(9)), "moved")
    assert (again.entry, again.say, again.repeated) == (first.entry, first.say, True)
    refused(changes.move(house.desk(), entry.id, DAY, ONE, id=uid(9)), "id_reused")
    assert house.dump() == before


@pytest.mark.parametrize("act", ["move", "cancel", "attend"])
def test_an_old_version_is_refused_with_who_changed_it(house: House, act: str) -> None:
    entry = booked(house)
    done(changes.move(house.desk("super1"), entry.id, DAY, TEN))
    before = house.dump()
    desk = house.desk(now=NOW + timedelta(days=1))
    outcome = {
        "move": lambda: changes.move(desk, entry.id, DAY, ONE, version=1),
        "cancel": lambda: changes.cancel(desk, entry.id, "office", version=1),
        "attend": lambda: attendance.attend(desk, entry.id, "attended", version=1),
    }[act]()
    found = refused(outcome, "stale_version")
    assert "Sue Stone" in found.reason
    assert house.dump() == before
    done(changes.cancel(house.desk(), entry.id, "office", version=2), "cancelled")


def test_a_coach_changes_the_own_diary_only(house: House) -> None:
    entry = booked(house, diary="D02")
    for outcome in (
        changes.move(house.desk("coach1"), entry.id, DAY, TEN),
        changes.cancel(house.desk("coach1"), entry.id, "coach_absent"),
        attendance.attend(house.desk("coach1", now=NOW + timedelta(days=1)), entry.id, "dna"),
        changes.move(house.desk("coach2"), entry.id, DAY, TEN, "D01"),
    ):
        refused(outcome, "role")
    done(changes.move(house.desk("coach2"), entry.id, DAY, TEN), "moved")


def test_what_does_not_exist_is_refused(house: House) -> None:
    for outcome in (
        changes.move(house.desk(), uid(404), DAY, TEN),
        changes.cancel(house.desk(), uid(404), "office"),
        attendance.attend(house.desk(), uid(404), "dna"),
        changes.show(house.desk(), uid(404)),
    ):
        refused(outcome, "unknown_entry")
    refused(changes.undo(house.desk(), uid(404)), "not_possible")


# Limits.


def filled(house: House) -> EntryState:
    """Return the second of two appointments that use up D04's limit, from 09:00 and 09:30."""
    booked(house, type="NJR-F2F", diary="D04", start=NINE, client="C000001")
    return booked(house, type="NJR-F2F", diary="D04", start=NINE + 6, client="C000002")


def test_a_move_inside_a_full_limited_segment_keeps_its_place(house: House) -> None:
    entry = filled(house)
    done(changes.move(house.desk(), entry.id, DAY, NINE + 12), "moved")
    done(changes.move(house.desk(), entry.id, DAY, ONE), "moved")
    done(booking.book(house.desk(), wish("NJR-F2F", "D04", NINE + 12, client="C000003")), "booked")


def test_a_move_into_a_full_limited_segment_is_refused_with_what_would_work(house: House) -> None:
    filled(house)
    entry = booked(house, type="NJR-F2F", diary="D04", start=ONE, client="C000003")
    before = house.dump()
    found = refused(changes.move(house.desk(), entry.id, DAY, NINE + 12), "limit")
    assert house.dump() == before
    assert found.alternatives


def test_a_hold_for_a_move_into_a_full_limited_segment_is_refused(house: House) -> None:
    filled(house)
    entry = booked(house, type="NJR-F2F", diary="D04", start=ONE, client="C000003")
    wanted = wish("NJR-F2F", "D04", NINE + 12, client="C000003", moving=entry.id)
    refused(booking.hold(house.desk(), wanted), "limit")


def test_a_hold_for_a_move_keeps_its_place_in_a_limited_segment(house: House) -> None:
    booked(house, type="NJR-F2F", diary="D04", start=NINE, client="C000001")
    entry = booked(house, type="NJR-F2F", diary="D04", start=ONE, client="C000003")
    held = done(booking.hold(house.desk(), wish("NJR-F2F", "D04", NINE + 12, client="C000003", moving=entry.id))).entry
    refused(booking.book(house.desk("agent2"), wish("NJR-F2F", "D04", NINE + 6, client="C000002")), "limit")
    done(booking.confirm(house.desk(), held.id), "moved")


# Holds that are made to move an appointment.


def moving(house: House, entry: EntryState, **more: object) -> Booked:
    """Return a hold for moving an appointment."""
    return done(booking.hold(house.desk(), wish(moving=entry.id, **more)), "held")  # type: ignore[arg-type]


@pytest.mark.parametrize("shift", [-9, -3, 0, 3, 9])
def test_a_hold_for_a_move_may_overlap_its_own_appointment_and_confirming_moves_it(house: House, shift: int) -> None:
    entry = booked(house, start=TEN)
    held = moving(house, entry, start=TEN + shift)
    owned = {tick for _, _, first, last in house.claims(held.entry.id) for tick in range(first, last)}
    assert owned == set(range(TEN + shift, TEN + shift + 10)) - set(range(TEN, TEN + 10))
    assert house.claims(entry.id) == [("D01", ISO, TEN, TEN + 10)]
    moved = done(booking.confirm(house.desk(), held.entry.id), "moved")
    assert moved.entry.id == entry.id
    assert house.claims(entry.id) == [("D01", ISO, TEN + shift, TEN + shift + 10)]
    assert house.claims(held.entry.id) == []
    assert house.status(held.entry.id) == "moved"
    assert house.verbs() == ["booked", "held", "released", "moved"]


def test_nobody_else_gets_either_time_while_a_move_is_held(house: House) -> None:
    entry = booked(house, start=TEN)
    moving(house, entry, start=TEN + 5)
    refused(booking.book(house.desk("agent2"), wish(start=TEN - 5, client="C000002")), "taken")
    refused(booking.book(house.desk("agent2"), wish(start=TEN + 10, client="C000002")), "held")
    done(booking.book(house.desk("agent2"), wish(start=NINE, client="C000002")), "booked")


def test_an_expired_hold_of_a_move_leaves_the_appointment(house: House) -> None:
    entry = booked(house, start=TEN)
    held = moving(house, entry, start=TEN + 5)
    house.expire(held.entry.id)
    refused(booking.confirm(house.desk(), held.entry.id), "hold_expired")
    assert house.claims(entry.id) == [("D01", ISO, TEN, TEN + 10)]


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_the_hold_of_a_move_goes_when_its_appointment_goes(house: House, act: str) -> None:
    entry = booked(house, start=TEN)
    held = moving(house, entry, start=TEN + 5)
    if act == "move":
        done(changes.move(house.desk("agent2"), entry.id, DAY, TEN + 8), "moved")
    else:
        done(changes.cancel(house.desk("agent2"), entry.id, "office"), "cancelled")
    assert house.status(held.entry.id) == "released"
    refused(booking.confirm(house.desk(), held.entry.id), "not_possible")


def test_a_room_is_moved_with_its_appointment_by_a_hold(house: House) -> None:
    entry = booked(house, type="EV-F2F", start=TEN)
    booked(house, type="EV-F2F", diary="D02", start=TEN, client="C000002")
    held = moving(house, entry, type="EV-F2F", start=TEN + 2)
    moved = done(booking.confirm(house.desk(), held.entry.id), "moved")
    assert moved.entry.resources == ("D01", "R01")
    assert [claim[0] for claim in house.claims(entry.id)] == ["D01", "R01"]


def test_the_hold_of_a_move_can_itself_be_moved_next_to_its_appointment(house: House) -> None:
    entry = booked(house, start=TEN)
    held = moving(house, entry, start=ONE)
    done(changes.move(house.desk(), held.entry.id, DAY, TEN + 5), "moved")
    done(booking.confirm(house.desk(), held.entry.id), "moved")
    assert house.claims(entry.id) == [("D01", ISO, TEN + 5, TEN + 15)]


def test_a_hold_for_a_move_finds_the_overlapping_start_without_a_diary_named(house: House) -> None:
    entry = booked(house, start=TEN)
    for number, code in enumerate(("D02", "D03", "D04"), 2):
        booked(house, diary=code, start=TEN + 5, client=f"C00000{number}")
    held = moving(house, entry, diary=None, start=TEN + 5)
    assert held.entry.diary == "D01"


def test_a_clash_that_was_allowed_for_the_hold_of_a_move_can_be_confirmed(house: House) -> None:
    entry = booked(house)
    booked(house, diary="D02", start=ONE)
    held = moving(house, entry, start=ONE, allow_clash=True)
    done(booking.confirm(house.desk(), held.entry.id, allow_clash=True), "moved")
    assert len(house.open_flags()) == 1


def test_what_is_no_appointment_cannot_be_moved_by_a_hold(house: House) -> None:
    refused(booking.hold(house.desk(), wish(moving=uid(404))), "unknown_entry")
    entry = booked(house)
    done(changes.cancel(house.desk(), entry.id, "office"))
    refused(booking.hold(house.desk(), wish(moving=entry.id)), "unknown_entry")


# Cancel.


def test_cancelling_frees_the_time_and_keeps_the_reason(house: House) -> None:
    free = house.starts()
    entry = booked(house)
    gone = done(changes.cancel(house.desk("agent2"), entry.id, "claimant"), "cancelled")
    assert (gone.entry.status, gone.entry.reason, gone.entry.version) == ("cancelled", "claimant", 2)
    assert gone.say == ("Your appointment on Wednesday 25 November at 9am is cancelled. To make a new one, phone 0113 496 0000.")
    assert house.starts() == free
    assert house.events(entry.id)[-1]["reason"] == "claimant"
    assert house.events(entry.id)[-1]["touched"] == [["D01", ISO]]
    for outcome in (
        changes.cancel(house.desk(), entry.id, "office"),
        changes.move(house.desk(), entry.id, DAY, TEN),
        attendance.attend(house.desk(now=NOW + timedelta(days=1)), entry.id, "attended"),
    ):
        refused(outcome, "not_possible")


def test_cancelling_a_room_appointment_frees_the_room(house: House) -> None:
    entry = booked(house, type="EV-F2F")
    done(changes.cancel(house.desk(), entry.id, "room_unavailable"))
    assert house.rows("SELECT COUNT(*) FROM occupancy WHERE site = ?") == [(0,)]


def test_cancelling_gives_the_place_in_a_limited_segment_back(house: House) -> None:
    entry = filled(house)
    done(changes.cancel(house.desk(), entry.id, "office"))
    done(booking.book(house.desk(), wish("NJR-F2F", "D04", NINE + 12, client="C000003")), "booked")


@pytest.mark.parametrize("which", [0, 1])
def test_cancelling_either_side_closes_the_flag_of_a_clash(house: House, which: int) -> None:
    sides = [booked(house, diary="D02"), booked(house, allow_clash=True)]
    done(changes.cancel(house.desk(), sides[which].id, "claimant"))
    assert house.open_flags() == []


def test_moving_out_of_a_clash_closes_its_flag(house: House) -> None:
    booked(house, diary="D02")
    entry = booked(house, allow_clash=True)
    done(changes.move(house.desk(), entry.id, DAY, ONE), "moved")
    assert house.open_flags() == [], "a supervisor is asked to settle a clash that is none"


def test_a_hold_is_released_not_cancelled(house: House) -> None:
    held = done(booking.hold(house.desk(), wish())).entry
    refused(changes.cancel(house.desk(), held.id, "office"), "not_possible")


def test_a_retried_cancellation_answers_the_same(house: House) -> None:
    entry = booked(house)
    first = done(changes.cancel(house.desk(), entry.id, "office", id=uid(3)))
    before = house.dump()
    again = done(changes.cancel(house.desk(), entry.id, "office", id=uid(3)), "cancelled")
    assert (again.entry, again.say, again.repeated) == (first.entry, first.say, True)
    refused(changes.cancel(house.desk(), entry.id, "claimant", id=uid(3)), "id_reused")
    assert house.dump() == before


# Attendance.


def at(clock: str) -> datetime:
    return datetime.combine(NOW.date(), time.fromisoformat(clock))


@pytest.mark.parametrize("outcome", ["attended", "late"])
def test_who_came_keeps_all_the_time(house: House, outcome: str) -> None:
    entry = booked(house, day=NOW.date(), start=TEN)
    desk = house.desk(now=NOW + timedelta(minutes=75))
    told = done(attendance.attend(desk, entry.id, outcome, minutes=10), "recorded")
    assert (told.entry.status, told.entry.reason) == (outcome, "minutes:10")
    assert house.claims(entry.id) == [("D01", NOW.date().isoformat(), TEN, TEN + 10)]


@pytest.mark.parametrize(
    ("minutes", "kept"),
    [(60, 0), (61, 1), (75, 3), (110, 10), (200, 10), (24 * 60 + 5, 10)],
)
def test_who_did_not_come_frees_the_rest_of_the_time_from_now(house: House, minutes: int, kept: int) -> None:
    entry = booked(house, type="FC-F2F", day=NOW.date(), start=TEN, needs=("room",))
    told = done(attendance.attend(house.desk(now=NOW + timedelta(minutes=minutes)), entry.id, "dna"), "recorded")
    assert told.entry.status == "dna"
    wanted = [(code, NOW.date().isoformat(), TEN, TEN + kept) for code in ("D01", "R01")] if kept else []
    assert house.claims(entry.id) == wanted
    if 0 < kept < 10:
        again = done(attendance.attend(house.desk(now=NOW + timedelta(minutes=minutes + 15)), entry.id, "dna"))
        assert again.entry.status == "dna"
        assert house.claims(entry.id) == wanted, "what was freed stays free"


def test_the_freed_rest_can_be_booked_by_another(house: House) -> None:
    entry = booked(house, day=NOW.date(), start=TEN)
    later = NOW + timedelta(minutes=75)
    done(attendance.attend(house.desk(now=later), entry.id, "dna"))
    made = booking.book(house.desk("agent2", now=later), wish("WSR-PHONE", day=NOW.date(), start=TEN + 3, client="C000002"))
    done(made, "booked")


def test_a_claimant_who_did_not_come_may_be_booked_at_once(house: House) -> None:
    entry = booked(house, day=NOW.date(), start=TEN)
    later = NOW + timedelta(minutes=75)
    done(attendance.attend(house.desk(now=later), entry.id, "dna"))
    done(booking.book(house.desk(now=later), wish("WSR-PHONE", "D02", day=NOW.date(), start=TEN + 3)), "booked")


def test_attendance_of_a_later_day_is_refused(house: House) -> None:
    entry = booked(house)
    before = house.dump()
    for outcome in ("attended", "dna", "late"):
        refused(attendance.attend(house.desk(), entry.id, outcome), "not_possible")
    assert house.dump() == before


@pytest.mark.parametrize("minutes", [-60, 0, 59])
def test_nobody_has_missed_what_has_not_started(house: House, minutes: int) -> None:
    entry = booked(house, day=NOW.date(), start=TEN)
    before = house.dump()
    found = refused(attendance.attend(house.desk(later=60 * minutes), entry.id, "dna"), "not_allowed")
    assert "starts at 10:00" in found.reason
    assert house.dump() == before


@pytest.mark.parametrize("outcome", ["attended", "late"])
def test_who_comes_early_or_rings_to_be_late_is_recorded_before_the_start(house: House, outcome: str) -> None:
    entry = booked(house, day=NOW.date(), start=TEN)
    done(attendance.attend(house.desk(later=60 * 30), entry.id, outcome), "recorded")
    assert house.claims(entry.id) == [("D01", NOW.date().isoformat(), TEN, TEN + 10)]


@pytest.mark.parametrize("outcome", ["attended", "late"])
def test_who_comes_hours_before_the_start_is_refused_as_a_wrong_line(house: House, outcome: str) -> None:
    entry = booked(house, day=NOW.date(), start=ONE)
    before = house.dump()
    found = refused(attendance.attend(house.desk(now=at("10:59")), entry.id, outcome), "not_allowed")
    assert found.reason == "The appointment starts at 13:00; who comes early is recorded from 11:00 on."
    assert house.dump() == before
    done(attendance.attend(house.desk(now=at("11:00")), entry.id, outcome), "recorded")


@pytest.mark.parametrize(
    ("clock", "minutes", "words"),
    [
        ("10:07", 8, "so 7 minutes late is the most by now."),
        ("10:01", 20, "so 1 minute late is the most by now."),
        ("10:00", 1, "so 0 minutes late is the most by now."),
        ("09:50", 20, "so nobody is late yet: 0 minutes is the most; who rings to be late has no minutes."),
    ],
)
def test_nobody_came_later_than_it_is_by_now(house: House, clock: str, minutes: int, words: str) -> None:
    entry = booked(house, day=NOW.date(), start=TEN)
    before = house.dump()
    found = refused(attendance.attend(house.desk(now=at(clock)), entry.id, "late", minutes=minutes), "not_allowed")
    assert found.reason.endswith(words), found.reason
    assert house.dump() == before


def test_the_minutes_that_have_gone_by_are_taken_on_the_day_and_after_it(house: House) -> None:
    entry = booked(house, day=NOW.date(), start=TEN)
    done(attendance.attend(house.desk(now=at("10:07")), entry.id, "late", minutes=7), "recorded")
    later = house.desk(now=at("08:00") + timedelta(days=1))
    assert done(attendance.attend(later, entry.id, "late", minutes=90), "recorded").entry.reason == "minutes:90"


def test_late_can_become_attended_or_not_and_can_be_cancelled(house: House) -> None:
    desk = house.desk(now=NOW + timedelta(minutes=70))
    for outcome in ("attended", "dna"):
        entry = booked(house, day=NOW.date(), diary="D01" if outcome == "attended" else "D03", start=TEN, allow_clash=True)
        done(attendance.attend(desk, entry.id, "late"))
        done(attendance.attend(desk, entry.id, outcome), "recorded")
    entry = booked(house, day=NOW.date(), start=TEN, diary="D02", client="C000002")
    done(attendance.attend(desk, entry.id, "late"))
    done(changes.cancel(desk, entry.id, "claimant"), "cancelled")


# Show.


def test_showing_tells_the_entry_as_it_is_now(house: House) -> None:
    entry = booked(house)
    shown = done(changes.show(house.desk("agent2"), entry.id), "booked")
    assert shown.entry == entry
    assert shown.say is not None
    done(changes.cancel(house.desk(), entry.id, "office"))
    shown = done(changes.show(house.desk("agent2"), entry.id), "cancelled")
    assert shown.say is None
