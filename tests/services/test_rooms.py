"""Rooms and equipment: added, switched off with their appointments flagged, and open by patterns of their own."""

from dataclasses import replace
from datetime import date

import pytest

from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import EntryState, Refused, Request, Wish
from agent_tui.domain.site import Room
from agent_tui.services import booking, changes, resources, segmenting
from agent_tui.services.switching import Answer, Effect, Rejected
from tests.services.conftest import House, done, refused, wish
from tests.small_site import ASSIGNED, DAY, FIVE, NINE, NOON, NOW, ONE, TEN

TODAY = NOW.date()
WEDNESDAY = DAY.weekday()
EVERYTHING = Request("EV-F2F", DAY, DAY, limit=None, every=True)
LOOP = ("hearing loop",)
UNTIL_NOON = (Segment(NINE, NOON, ASSIGNED),)


def room_week(room: str, *segments: Segment, first: date = TODAY, weekday: int = WEDNESDAY) -> Pattern:
    """Return a weekday of a room."""
    return Pattern("", "resource", room, weekday, None, first, None, segments)


def saved(house: House, *wanted: Pattern) -> segmenting.Effect:
    """Save patterns, which must be possible."""
    found = segmenting.save(house.desk("leader1"), list(wanted))
    assert isinstance(found, segmenting.Effect), found
    return found


def effect(answer: Answer, status: str) -> Effect:
    """Return an act that must have been done."""
    assert isinstance(answer, Effect), answer
    assert answer.status == status
    return answer


def entry(house: House, id: str) -> EntryState:
    """Return an entry as it is now."""
    return done(changes.show(house.desk(), id)).entry


def rooms(house: House) -> dict[str, Room]:
    """Return the rooms and equipment by code."""
    return {one.code: one for one in resources.resources(house.desk())}


def test_a_room_that_is_closed_in_the_afternoon_is_neither_offered_nor_taken_then(house: House) -> None:
    saved(house, room_week("R01", *UNTIL_NOON), room_week("R02", *UNTIL_NOON))
    found = booking.search(house.desk(), EVERYTHING)
    assert found.total
    assert all(one.end <= NOON for one in found.offers)
    house.accepts(found.offers, wish("EV-F2F"))
    for act in (booking.hold, booking.book):
        stop = refused(act(house.desk(), wish("EV-F2F", start=ONE)), "closed")
        assert (
            stop.reason == "No room or equipment that meets room is switched on and open at 13:00 for Evidence interview - F2F."
        )
    held = done(booking.hold(house.desk(), wish("EV-F2F", start=NINE)))
    refused(changes.move(house.desk(), held.entry.id, DAY, ONE), "closed")
    # What needs no room is offered as before.
    assert ("D01", ONE) in house.starts()


@pytest.mark.parametrize(
    "weeks",
    [
        {"R01": UNTIL_NOON},
        {"R01": (Segment(TEN, NOON, ASSIGNED), Segment(ONE, FIVE, frozenset({"FC-F2F"})))},
        {"R01": (), "R02": (Segment(ONE, FIVE, ASSIGNED, "phone"),)},
        {"R01": (Segment(NINE, TEN, ASSIGNED),), "R02": (Segment(TEN + 2, NOON, ASSIGNED, "f2f"),)},
    ],
)
@pytest.mark.parametrize("needs", [(), LOOP])
def test_find_offers_a_start_if_and_only_if_book_takes_it(
    house: House, weeks: dict[str, tuple[Segment, ...]], needs: tuple[str, ...]
) -> None:
    saved(house, *(room_week(code, *segments) for code, segments in weeks.items()))
    for first, client in ((EVERYTHING, "C000002"), (replace(EVERYTHING, near=TEN), "C000003")):
        booking.book(house.desk(), Wish("EV-F2F", first=True, search=first, client=client))  # where any start is open at all
    offered = {(one.diary, one.start) for one in booking.search(house.desk(), replace(EVERYTHING, needs=needs)).offers}
    for code in ("D01", "D03"):
        for start in range(NINE, FIVE):
            answer = booking.try_out(house.desk(), wish("EV-F2F", code, start, needs=needs), confirm=True)
            assert isinstance(answer, Refused) != ((code, start) in offered), (code, start, answer)


def test_a_room_on_a_weekday_without_its_pattern_is_closed_once_it_has_any(house: House) -> None:
    saved(house, room_week("R01", *UNTIL_NOON, weekday=0), room_week("R02", *UNTIL_NOON, weekday=0))
    assert booking.search(house.desk(), EVERYTHING).reasons[0].text == "No room or equipment is open and free for: room."


def test_a_rooms_pattern_takes_the_time_of_what_does_not_fit_and_an_undo_gives_it_back(house: House) -> None:
    kept = done(booking.book(house.desk(), wish("EV-F2F", start=NINE)))
    lost = done(booking.book(house.desk(), wish("EV-F2F", start=ONE, client="C000002")))
    other = done(booking.book(house.desk(), wish("EV-F2F", "D02", ONE, client="C000003")))
    assert [one.entry.resources for one in (kept, lost, other)] == [("D01", "R01"), ("D01", "R01"), ("D02", "R02")]
    before = house.dump()
    seen = segmenting.preview(house.desk("leader1"), [room_week("R01", *UNTIL_NOON)])
    assert isinstance(seen, segmenting.Effect)
    assert house.dump() == before
    assert [one.id for one in seen.unplaced] == [lost.entry.id]
    saved(house, room_week("R01", *UNTIL_NOON))
    assert [entry(house, one.entry.id).status for one in (kept, lost, other)] == ["booked", "unplaced", "booked"]
    assert house.open_flags() == [("not_allowed", lost.entry.id, None)]
    back = segmenting.undo(house.desk("leader1"))
    assert isinstance(back, segmenting.Effect)
    assert [one.id for one in back.placed] == [lost.entry.id]
    assert (entry(house, lost.entry.id).status, house.open_flags()) == ("booked", [])
    assert house.claims(lost.entry.id) == [("D01", DAY.isoformat(), ONE, ONE + 4), ("R01", DAY.isoformat(), ONE, ONE + 4)]


def test_a_room_is_shown_checked_and_copied_to_another(house: House) -> None:
    saved(house, room_week("R01", *UNTIL_NOON))
    (shown,) = segmenting.patterns_of(house.desk(), "R01")
    assert (shown.level, shown.owner) == ("resource", "R01")
    (checked,) = segmenting.check(house.desk(), "R01")
    assert (checked[0], checked[2].minutes) == ("resource R01, Wednesday from Tue 24 Nov 2026", 180)
    saved(house, *segmenting.copies(house.desk(), "R01", ["R02"], TODAY))
    assert [one.segments for one in segmenting.patterns_of(house.desk(), "R02")] == [shown.segments]
    for target in ("D01", "A", "R77"):
        found = segmenting.save(house.desk("leader1"), segmenting.copies(house.desk(), "R01", [target], TODAY))
        assert isinstance(found, segmenting.Rejected)
        assert "no such room" in found.problems[0]


def test_a_room_that_is_off_keeps_its_appointments_flagged_until_it_is_on_again(house: House) -> None:
    made = done(booking.book(house.desk(), wish("EV-F2F")))
    assert made.entry.resources == ("D01", "R01")
    before = house.dump()
    seen = effect(resources.preview(house.desk("leader1"), "R01"), "preview")
    assert house.dump() == before
    found = effect(resources.disable(house.desk("leader1"), "R01"), "disabled")
    assert [one.id for one in found.flagged] == [one.id for one in seen.flagged] == [made.entry.id]
    assert (entry(house, made.entry.id).status, house.open_flags()) == ("booked", [("room_off", made.entry.id, None)])
    assert {one.resources[1] for one in booking.search(house.desk(), EVERYTHING).offers} == {"R02"}
    effect(resources.enable(house.desk("leader1"), "R01"), "enabled")
    assert house.open_flags() == []


def test_a_move_takes_another_room_and_mends_the_flag(house: House) -> None:
    made = done(booking.book(house.desk(), wish("EV-F2F")))
    effect(resources.disable(house.desk("leader1"), "R01"), "disabled")
    moved = done(changes.move(house.desk(), made.entry.id, DAY, TEN))
    assert (moved.entry.resources, house.open_flags()) == (("D01", "R02"), [])
    done(changes.undo(house.desk()))
    assert house.open_flags() == [("room_off", made.entry.id, None)]
    done(changes.cancel(house.desk(), made.entry.id, "room_unavailable"))
    assert house.open_flags() == []


def test_a_key_type_that_loses_its_last_room_is_named(house: House) -> None:
    house.sql("UPDATE appointment_type SET key_type = 1 WHERE site = ? AND code = 'EV-F2F'")
    house.sql("UPDATE pattern_head SET version = version + 1 WHERE site = ?")
    assert effect(resources.disable(house.desk("leader1"), "R01"), "disabled").lost == ()
    assert effect(resources.disable(house.desk("leader1"), "R02"), "disabled").lost == ("EV-F2F",)
    stop = refused(booking.book(house.desk(), wish("EV-F2F")), "closed")
    assert "switched on" in stop.reason


def test_a_room_is_added_and_used_for_what_it_meets(house: House) -> None:
    made = effect(resources.add(house.desk("leader1"), "R05", "room", "Room 5 ", ["Room", "hearing LOOP", "room"]), "added")
    assert made.resource == "R05"
    assert rooms(house)["R05"] == Room("R05", "room", "Room 5", frozenset({"room", "hearing loop"}), True)
    for code in ("R01", "R02"):
        effect(resources.disable(house.desk("leader1"), code), "disabled")
    assert done(booking.book(house.desk(), wish("EV-F2F", needs=LOOP))).entry.resources == ("D01", "R05")
    assert "Room 5" not in repr(house.rows("SELECT * FROM event WHERE site = ?"))


@pytest.mark.parametrize(
    ("code", "kind", "name", "meets"),
    [
        ("R01", "room", "Room", ["room"]),
        ("D01", "room", "Room", ["room"]),
        ("r5", "room", "Room", ["room"]),
        ("", "room", "Room", ["room"]),
        ("R05", "hall", "Room", ["room"]),
        ("R05", "diary", "Room", ["room"]),
        ("R05", "room", " \t", ["room"]),
        ("R05", "room", "x" * 61, ["room"]),
        ("R05", "room", "Room", []),
        ("R05", "room", "Room", ["room", " "]),
        ("R05", "room", "Room", ["x" * 31]),
    ],
)
def test_a_room_that_is_not_sound_is_not_added(house: House, code: str, kind: str, name: str, meets: list[str]) -> None:
    before = house.dump()
    assert isinstance(resources.add(house.desk("leader1"), code, kind, name, meets), Rejected)
    assert house.dump() == before


@pytest.mark.parametrize("code", ["R99", "D01", "", "x" * 5000])
def test_what_is_no_room_is_not_switched(house: House, code: str) -> None:
    for answer in (
        resources.enable(house.desk("leader1"), code),
        resources.disable(house.desk("leader1"), code),
        resources.preview(house.desk("leader1"), code),
    ):
        assert isinstance(answer, Refused)
        assert answer.code == "unknown_resource"
        assert len(answer.reason) < 200


def test_what_is_so_already_is_refused(house: House) -> None:
    answer = resources.enable(house.desk("leader1"), "R01")
    assert isinstance(answer, Refused)
    assert answer.code == "not_possible"
