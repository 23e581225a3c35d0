"""Block time that moves what is in its time: each appointment to its nearest offer, all of them or none."""

from datetime import date, timedelta
from typing import Any

import pytest

from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Blocked, EntryState, Refused, RefusedOver, Request, Wish
from agent_tui.domain.types import AppointmentType, MinutesFrom
from agent_tui.services import attendance, booking, changes, displacing
from agent_tui.services.blocking import block, preview
from agent_tui.store.sweep import sweep_store
from tests.services.conftest import House, done, refused, uid, wish
from tests.small_site import ASSIGNED, DAY, FIVE, FROM, NINE, NOON, NOW, ONE, TEN

WEEK = timedelta(days=7)
CARE = AppointmentType(
    "BLK-CARE", "Advanced claim for care leaver", "f2f", "block-time", True, (MinutesFrom(FROM, 60),), "", "block"
)
Place = tuple[str, date, int]


def moving(house: House, start: int = NINE, end: int = NOON, *, by: str = "leader1", day: date = DAY, **more: Any) -> Any:
    """Block D01 for leave and move what is in that time."""
    return block(house.desk(by), "D01", day, start, end, "leave", over="move", **more)


def blocked(outcome: Blocked | Refused) -> Blocked:
    """Return a block that must have been made or previewed."""
    assert isinstance(outcome, Blocked), outcome
    return outcome


def booked(house: House, start: int = TEN, client: str = "C000001", type: str = "FC-F2F", **more: Any) -> EntryState:
    """Book in D01."""
    return done(booking.book(house.desk(), wish(type, start=start, client=client, **more))).entry


def where(house: House, id: str) -> Place:
    """Return where an appointment is, which must have its time."""
    entry = done(changes.show(house.desk(), id), "booked").entry
    return entry.diary, entry.day, entry.start


def shut(house: House, diary: str, start: int = NINE, end: int = FIVE, day: date = DAY) -> None:
    """Block a stretch of another diary."""
    blocked(block(house.desk("super1"), diary, day, start, end, "training"))


def sound(house: House) -> None:
    """Sweep the store by its own sweep."""
    found = sweep_store(house.store, house.site)
    assert {name: one.examples for name, one in found.items() if one.violations} == {}


@pytest.mark.parametrize(
    ("shut_before", "place"),
    [
        ((), ("D02", DAY, TEN)),
        ((("D02", NINE, NOON),), ("D03", DAY, TEN)),
        ((("D02", NINE, NOON), ("D03", NINE, NOON)), ("D04", DAY, TEN)),
        ((("D02", TEN, NOON), ("D03", NINE, NOON), ("D04", NINE, NOON)), ("D02", DAY, NINE + 2)),
        ((("D02", NINE, NOON), ("D03", NINE, NOON), ("D04", NINE, NOON)), ("D01", DAY, ONE)),
        ((("D01", ONE, FIVE), ("D02", NINE, FIVE), ("D03", NINE, FIVE), ("D04", NINE, FIVE)), ("D01", DAY + timedelta(1), TEN)),
    ],
    ids=["same team", "any", "any later by code", "least distance", "own diary", "next day"],
)
def test_an_appointment_goes_to_its_nearest_offer(
    house: House, shut_before: tuple[tuple[str, int, int], ...], place: Place
) -> None:
    for diary, start, end in shut_before:
        shut(house, diary, start, end)
    made = booked(house)
    found = blocked(moving(house))
    assert where(house, made.id) == place
    (move,) = found.moves
    assert (move.before, move.after.id, move.coach) == (made, made.id, f"Coach {int(place[0][1:])}")
    assert (move.after.diary, move.after.day, move.after.start) == place
    assert found.hit == (made,)
    assert house.claims(found.ids[0]) == [("D01", DAY.isoformat(), NINE, NOON)]
    assert house.verbs(made.id) == ["booked", "moved"]
    kinds = house.rows("SELECT kind, version FROM message WHERE site = ? AND entry = ? ORDER BY version", made.id)
    assert kinds == [("confirmation", 1), ("change", 2)]
    assert house.open_flags() == []
    sound(house)


def test_its_own_time_outside_the_block_is_free_for_it(house: House) -> None:
    for diary in ("D02", "D03", "D04"):
        shut(house, diary)
    made = booked(house)
    blocked(moving(house, NINE, TEN + 6))
    assert where(house, made.id) == ("D01", DAY, TEN + 6)


def test_several_go_in_turn_and_one_may_take_what_another_has_left(house: House) -> None:
    for diary in ("D02", "D03", "D04"):
        shut(house, diary)
    first, second = booked(house, NINE), booked(house, NINE + 10, "C000002", "WSR-PHONE")
    blocked(moving(house, NINE + 9, NINE + 11))
    assert where(house, first.id) == ("D01", DAY, NINE + 12)
    assert where(house, second.id) == ("D01", DAY, NINE + 7)
    sound(house)


def test_no_earlier_day_is_taken_and_twenty_working_days_are_looked_through(house: House) -> None:
    last = date(2026, 12, 22)
    for diary in ("D01", "D02", "D03", "D04"):
        off = [
            Pattern(f"off-{diary}-{number}", "diary", diary, None, DAY + timedelta(number), FROM, None, (), True)
            for number in range(1, (last - DAY).days)
        ]
        house.add_patterns(*off)
    for diary in ("D02", "D03", "D04"):
        shut(house, diary)
    shut(house, "D01", ONE, FIVE)
    made = booked(house)
    blocked(moving(house))
    assert where(house, made.id) == ("D01", last, TEN)
    done(changes.undo(house.desk("leader1")))
    house.add_patterns(*(Pattern(f"off-{n}-x", "diary", f"D0{n}", None, last, FROM, None, (), True) for n in range(1, 5)))
    before = house.dump()
    outcome = refused(moving(house), "taken")
    assert isinstance(outcome, RefusedOver)
    assert f"FC-F2F of Wed 25 Nov 2026 10:00 in D01, id {made.id}, finds no other place within 20 working days." in outcome.reason
    assert "keep what is in that time, or cancel it" in outcome.reason
    assert [one.id for one in outcome.hit] == [made.id]
    assert house.dump() == before


def test_one_without_a_place_leaves_all_where_they_are(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(displacing, "_SPANS", (1,))
    shut(house, "D01", ONE, FIVE)
    shut(house, "D02", NINE + 10, FIVE)
    for diary in ("D03", "D04"):
        shut(house, diary)
    first, second = booked(house, TEN), booked(house, NINE, "C000002")
    before = house.dump()
    outcome = refused(moving(house), "taken")
    assert isinstance(outcome, RefusedOver)
    assert [one.id for one in outcome.hit] == [second.id, first.id]
    assert house.dump() == before
    seen = blocked(preview(house.desk("leader1"), "D01", DAY, NINE, NOON, "leave", over="move"))
    assert (seen.status, seen.code, seen.reason) == ("preview", "taken", outcome.reason)
    assert [one.after.id for one in seen.moves] == [second.id]
    assert house.dump() == before


def test_a_preview_says_what_the_block_then_does_and_writes_nothing(house: House) -> None:
    booked(house)
    booked(house, NINE, "C000002", "WSR-PHONE")
    booked(house, TEN, "C000003", day=DAY + WEEK)
    before = house.dump()
    seen = blocked(preview(house.desk("leader1"), "D01", DAY, NINE, NOON, "leave", over="move", until=DAY + WEEK))
    assert house.dump() == before
    made = blocked(moving(house, until=DAY + WEEK))
    assert (seen.status, seen.entries, seen.hit, seen.code) == ("preview", (), made.hit, None)
    assert seen.moves == made.moves
    assert len(made.moves) == 3
    sound(house)


def test_a_retry_answers_the_same_and_moves_nothing(house: House) -> None:
    booked(house)
    booked(house, NINE, "C000002", "WSR-PHONE")
    first = blocked(moving(house, id=uid(1)))
    before = house.dump()
    again = blocked(moving(house, id=uid(1)))
    assert again.repeated
    assert (again.moves, again.hit, again.entries) == (first.moves, first.hit, first.entries)
    refused(block(house.desk("leader1"), "D01", DAY, NINE, NOON, "leave", over="cancel", id=uid(1)), "id_reused")  # type: ignore[arg-type]
    assert house.dump() == before


def test_an_undo_takes_the_block_and_every_move_back(house: House) -> None:
    first, second = booked(house), booked(house, TEN, "C000002", day=DAY + WEEK)
    before = [house.state(one.id) for one in (first, second)]
    made = blocked(moving(house, until=DAY + WEEK))
    assert len(made.moves) == 2
    done(changes.undo(house.desk("leader1", later=30)), "undone")
    assert [house.state(one.id) for one in (first, second)] == before
    assert {house.status(id) for id in made.ids} == {"undone"}
    assert house.rows("SELECT kind FROM message WHERE site = ?") == [("confirmation",)] * 2
    refused(changes.undo(house.desk("leader1")), "not_possible")
    sound(house)


def test_an_undo_after_one_has_moved_on_takes_nothing_back(house: House) -> None:
    first, second = booked(house), booked(house, NINE, "C000002", "WSR-PHONE")
    blocked(moving(house))
    done(changes.move(house.desk(), second.id, DAY, ONE, "D03"))
    before = house.dump()
    refused(changes.undo(house.desk("leader1")), "stale_version")
    assert house.dump() == before
    assert where(house, first.id)[0] == "D02"


def test_a_moved_appointment_meets_no_other_of_its_claimant(house: House) -> None:
    house.add_type(CARE)
    done(booking.book(house.desk(), wish("NJR-F2F", diary="D03", start=TEN)))
    made = booked(house, NINE, type="WSR-PHONE")
    booked(house, NOON - 10, "C000002")
    blocked(moving(house))
    assert where(house, made.id) == ("D02", DAY, NINE)
    # Block time for a claimant is the claimant's as well.
    own = booked(house, ONE, "C000004")
    outcome = block(house.desk("leader1"), "D01", DAY, ONE, ONE + 12, None, type="BLK-CARE", client="C000004", over="move")
    blocked(outcome)
    diary, day, start = where(house, own.id)
    assert day > DAY or start >= ONE + 12 or start + 10 <= ONE, (diary, day, start)
    assert house.open_flags() == []
    sound(house)


def test_holds_to_move_it_are_released_and_their_time_may_be_taken(house: House) -> None:
    made = booked(house)
    held = done(booking.hold(house.desk(), wish(start=TEN, diary="D02", moving=made.id, client=None))).entry
    blocked(moving(house))
    assert house.status(held.id) == "released"
    assert where(house, made.id) == ("D02", DAY, TEN)
    sound(house)


def test_anothers_hold_is_gone_around_and_an_expired_one_is_ended(house: House) -> None:
    made = booked(house)
    held = done(booking.hold(house.desk("agent2"), wish(start=TEN, diary="D02", client="C000002"))).entry
    seen = blocked(preview(house.desk("leader1"), "D01", DAY, NINE, NOON, "leave", over="move"))
    assert seen.moves[0].after.diary == "D03"
    house.expire(held.id)
    blocked(moving(house))
    assert where(house, made.id) == ("D02", DAY, TEN)
    assert house.status(held.id) == "lapsed"


def test_the_sites_notice_holds_for_the_new_start(house: House) -> None:
    house.sql("UPDATE site SET notice_minutes = 300 WHERE site = ?")
    house.change_rules(lambda unit, site: None)
    made = done(booking.book(house.desk(), wish(start=NINE + 60, day=NOW.date()))).entry
    # It is 09:00, so that nothing before 14:00 may be offered; what was booked for then may start no sooner.
    blocked(moving(house, NINE + 60, FIVE, day=NOW.date()))
    assert where(house, made.id) == ("D02", NOW.date(), NINE + 60)
    done(changes.undo(house.desk("leader1")))
    late = house.desk("leader1", now=NOW.replace(hour=10))
    blocked(block(late, "D01", NOW.date(), NINE + 60, FIVE, "leave", over="move"))
    assert where(house, made.id) == ("D02", NOW.date(), NINE + 72)


def test_a_room_goes_with_it_and_a_limited_segment_is_not_overfilled(house: House) -> None:
    made = booked(house, type="EV-F2F")
    other = done(booking.book(house.desk(), wish("EV-F2F", diary="D04", start=TEN, client="C000002"))).entry
    for diary in ("D02", "D03"):
        shut(house, diary)
    blocked(moving(house))
    diary, _day, _start = where(house, made.id)
    assert diary == "D04"
    rooms = {(row[0], row[1]) for row in house.rows("SELECT resource, day FROM claim WHERE site = ? AND entry = ?", made.id)}
    assert len(rooms) == 2
    # Two of 09:00 to 11:00 are all that D04 takes.
    third = booked(house, ONE, "C000003", "WSR-PHONE")
    done(changes.move(house.desk(), third.id, DAY, FIVE - 2))
    assert other.diary == "D04"
    assert ("D04", TEN + 6) not in house.starts("WSR-PHONE")
    sound(house)


def test_a_coach_moves_within_the_own_diary_only(house: House) -> None:
    made = booked(house)
    blocked(moving(house, by="coach1"))
    assert where(house, made.id) == ("D01", DAY, ONE)
    refused(block(house.desk("coach1"), "D02", DAY, NINE, NOON, "leave", over="move"), "role")  # type: ignore[arg-type]


def test_nothing_moves_into_any_day_of_the_series(house: House) -> None:
    off = "UPDATE resource SET enabled = 0 WHERE site = ? AND resource IN ('D02', 'D03', 'D04')"
    house.change_rules(lambda unit, site: unit.run(off, site))
    ids = [booked(house, TEN, f"C00000{week + 1}", day=DAY + week * WEEK).id for week in range(3)]
    made = blocked(moving(house, NINE, FIVE, until=DAY + 3 * WEEK))
    days = {one.day for one in made.entries}
    assert len(days) == 4
    for id in ids:
        assert where(house, id)[1] not in days
    sound(house)


def test_what_was_attended_or_stands_outside_stays(house: House) -> None:
    outside = booked(house, ONE)
    today = NOW.date()
    came = done(booking.book(house.desk(), wish("WSR-PHONE", start=NINE, day=today, client="C000002"))).entry
    late = house.desk("leader1", now=NOW.replace(minute=10))
    done(attendance.attend(late, came.id, "attended"))
    made = blocked(block(late, "D01", today, NINE, NOON, "leave", over="move"))
    assert made.moves == ()
    assert house.status(came.id) == "attended"
    assert where(house, outside.id) == ("D01", DAY, ONE)


def test_its_own_place_in_a_limited_segment_counts_as_free(house: House) -> None:
    for diary in ("D01", "D02", "D03"):
        shut(house, diary)
    first = booked(house, NINE, type="WSR-PHONE", diary="D04")
    booked(house, NINE + 18, "C000002", "NJR-F2F", diary="D04")
    blocked(block(house.desk("leader1"), "D04", DAY, NINE, NINE + 6, "leave", over="move"))
    assert where(house, first.id) == ("D04", DAY, NINE + 6)
    sound(house)


def test_a_meeting_by_phone_goes_where_that_may_be_held(house: House) -> None:
    phone = Segment(NINE, NOON, ASSIGNED, "phone")
    house.add_patterns(Pattern("p", "diary", "D03", DAY.weekday(), None, FROM, None, (phone,)))
    search = Request("FC-F2F", DAY, DAY, diary="D01", channel="phone", near=TEN, every=True)
    made = done(booking.book(house.desk(), Wish("FC-F2F", first=True, search=search, client="C000001"))).entry
    assert (made.channel, made.start) == ("phone", TEN)
    other = booked(house, NINE, "C000002")
    shut(house, "D02", NINE, NOON)
    shut(house, "D04", NINE, NOON)
    blocked(moving(house))
    assert where(house, made.id) == ("D03", DAY, TEN)
    assert where(house, other.id)[2] >= ONE
    sound(house)
