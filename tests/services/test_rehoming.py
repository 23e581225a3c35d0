"""Re-homing: a coach is off or a room is shut, and the day's appointments are placed anew, all in one act or none."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest

from agent_tui.domain.flags import WHY
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.rehoming import Away, RefusedPlan, Rehoming
from agent_tui.domain.requests import Blocked, Booked, EntryState, Refused
from agent_tui.domain.sooner import SoonerWish
from agent_tui.services import blocking, booking, changes, diaries, pairing, segmenting, sooner
from agent_tui.services.exporting import Exported, Wanted, export
from agent_tui.services.lists import flags
from agent_tui.services.rehoming import commit, preview
from agent_tui.store.sweep import sweep_store
from tests.services.conftest import House, done, refused, uid, wish
from tests.small_site import ASSIGNED, DAY, FIVE, FROM, NINE, NOON, NOW, ONE, TEN
from tests.torture.crew import GRACE_SECONDS

OFF = Away("D01", DAY)
SHUT = Away("R01", DAY, room=True)


def booked(house: House, start: int = TEN, client: int = 1, type: str = "FC-F2F", **more: Any) -> EntryState:
    """Book in D01."""
    return done(booking.book(house.desk(), wish(type, start=start, client=f"C{client:06d}", **more))).entry


def plan(house: House, away: Away = OFF, **more: Any) -> Rehoming:
    """Return a preview that there must be."""
    found = preview(house.desk("leader1"), away, **more)
    assert isinstance(found, Rehoming), found
    assert found.status == "plan"
    return found


def rehomed(found: Rehoming | Refused) -> Rehoming:
    """Return a re-homing that must have been done."""
    assert isinstance(found, Rehoming), found
    assert found.status == "rehomed"
    return found


def carry_out(house: House, away: Away = OFF, by: str = "leader1", **more: Any) -> Rehoming:
    """Preview and commit."""
    return rehomed(commit(house.desk(by), away, plan(house, away).token, **more))


def no(found: Rehoming | Refused, code: str) -> Refused:
    """Return a re-homing that must have been refused."""
    assert not isinstance(found, Rehoming), found
    return refused(found, code)


def where(house: House, id: str) -> tuple[str, date, int]:
    """Return where an appointment is, which must have its time."""
    entry = done(changes.show(house.desk(), id), "booked").entry
    return entry.diary, entry.day, entry.start


def shut(house: House, diary: str, start: int = NINE, end: int = FIVE, day: date = DAY) -> None:
    """Block a stretch of another diary."""
    assert isinstance(blocking.block(house.desk("super1"), diary, day, start, end, "training"), Blocked)


def sound(house: House) -> None:
    """Sweep the store by its own sweep."""
    found = sweep_store(house.store, house.site)
    assert {name: one.examples for name, one in found.items() if one.violations} == {}


def test_a_day_is_placed_anew_in_one_act(house: House) -> None:
    first, second = booked(house, NINE, 1), booked(house, TEN, 2, "NJR-F2F")
    before = house.dump()
    seen = plan(house)
    assert house.dump() == before
    assert [(one.before.id, one.after.diary, one.after.day, one.after.start) for one in seen.moved] == [
        (first.id, "D02", DAY, NINE),
        (second.id, "D02", DAY, TEN),
    ]
    assert (seen.kept_on_day, seen.left, seen.told, seen.gap.proved) == (2, (), 2, True)
    assert seen.key == {first.id}
    made = carry_out(house)
    assert [one.after for one in made.moved] == [one.after for one in seen.moved]
    assert (made.token, made.gap, made.told, made.key) == (seen.token, seen.gap, seen.told, seen.key)
    assert where(house, first.id) == ("D02", DAY, NINE)
    assert where(house, second.id) == ("D02", DAY, TEN)
    (block,) = made.blocks
    assert (block.diary, block.start, block.end, block.reason, block.status) == ("D01", NINE, FIVE, "absence", "blocked")
    assert house.verbs(first.id) == ["booked", "moved"]
    at = house.desk("leader1").at("Europe/London")
    messages = house.rows("SELECT entry, kind, not_before FROM message WHERE site = ? AND kind = 'change' ORDER BY entry")
    assert messages == sorted([(first.id, "change", at + 60_000), (second.id, "change", at + 60_000)])
    assert house.open_flags() == []
    no(preview(house.desk("leader1"), OFF), "nothing_found")
    sound(house)


def test_key_types_stay_on_the_day_first_and_the_others_go_to_the_next(house: House) -> None:
    for diary in ("D03", "D04"):
        shut(house, diary)
    shut(house, "D02", NINE + 10, FIVE)
    review, key = booked(house, NINE, 1, "NJR-F2F"), booked(house, TEN, 2)
    seen = plan(house)
    assert [one.after.id for one in seen.moved if one.after.day == DAY] == [key.id]
    assert seen.kept_on_day == 1
    carry_out(house)
    assert where(house, key.id) == ("D02", DAY, NINE)
    assert where(house, review.id) == ("D01", DAY + timedelta(days=1), NINE)
    sound(house)


def nobody_else_works(house: House) -> None:
    """Shut the others on the day, and everybody on the days after it within twenty working days."""
    for diary in ("D02", "D03", "D04"):
        shut(house, diary)
    off = [
        Pattern(f"off-{diary}-{number}", "diary", diary, None, DAY + timedelta(number), FROM, None, (), True)
        for diary in ("D01", "D02", "D03", "D04")
        for number in range(1, 30)
    ]
    house.add_patterns(*off)


def test_what_finds_no_place_is_left_without_a_time_with_a_flag(house: House) -> None:
    nobody_else_works(house)
    made = booked(house)
    seen = plan(house)
    assert (seen.moved, [one.id for one in seen.left], seen.told) == ((), [made.id], 0)
    found = carry_out(house)
    assert [one.id for one in found.left] == [made.id]
    assert house.status(made.id) == "unplaced"
    assert house.claims(made.id) == []
    assert house.open_flags() == [("displaced", made.id, None)]
    (flag,) = flags(house.desk("super1"))
    assert flag.text.startswith(f"{WHY[flag.kind]}: FC-F2F Wed 25 Nov 2026")
    assert "since its diary, coach or room is away" in flag.text
    done(changes.undo(house.desk("leader1")), "undone")
    assert where(house, made.id) == ("D01", DAY, TEN)
    assert house.open_flags() == []
    carry_out(house)
    again = plan(house)
    assert [one.id for one in again.left] == [made.id]
    assert again.moved == ()
    no(commit(house.desk("leader1"), OFF, again.token, block=False), "nothing_found")
    sound(house)


def test_one_without_a_time_is_placed_later_and_an_undo_opens_its_flag_again(house: House) -> None:
    made = booked(house)
    found = rehomed(commit(house.desk("leader1"), OFF, plan(house).token, only=[]))
    assert [one.id for one in found.left] == [made.id]
    assert house.open_flags() == [("displaced", made.id, None)]
    later = carry_out(house)
    assert [one.before.status for one in later.moved] == ["unplaced"]
    assert where(house, made.id) == ("D02", DAY, TEN)
    assert house.open_flags() == []
    done(changes.undo(house.desk("leader1")), "undone")
    assert house.status(made.id) == "unplaced"
    assert house.open_flags() == [("displaced", made.id, None)]
    sound(house)


def test_of_a_plan_some_are_accepted_and_the_rest_is_flagged(house: House) -> None:
    first, second = booked(house, NINE, 1), booked(house, TEN, 2)
    found = rehomed(commit(house.desk("super1"), OFF, plan(house).token, only=[second.id]))
    assert [one.before.id for one in found.moved] == [second.id]
    assert [one.id for one in found.left] == [first.id]
    assert found.told == 1
    assert house.open_flags() == [("displaced", first.id, None)]
    assert where(house, second.id) == ("D02", DAY, TEN)
    sound(house)


@pytest.mark.parametrize("by_entry", [False, True])
def test_undo_takes_all_of_it_back_or_nothing(house: House, by_entry: bool) -> None:
    made = [booked(house, NINE, 1), booked(house, TEN, 2, "NJR-F2F"), booked(house, ONE, 3, "EV-F2F")]
    before = {one.id: house.state(one.id) for one in made}
    messages = house.rows("SELECT * FROM message WHERE site = ?")
    block = carry_out(house).blocks[0]
    desk = house.desk("leader1", later=60)
    undone = done(changes.undo(desk, made[0].id if by_entry else None), "undone")
    assert undone.entry.id == block.id
    assert {one.id: house.state(one.id) for one in made} == before
    assert house.rows("SELECT * FROM message WHERE site = ?") == messages
    assert house.status(block.id) == "undone"
    refused(changes.undo(desk), "not_possible")
    sound(house)


def test_an_undo_after_sixty_seconds_or_of_what_others_changed_changes_nothing(house: House) -> None:
    first, second = booked(house, NINE, 1), booked(house, TEN, 2)
    carry_out(house)
    refused(changes.undo(house.desk("leader1", later=61)), "undo_expired")
    done(changes.move(house.desk(), first.id, DAY, NINE, "D03"))
    before = house.dump()
    refused(changes.undo(house.desk("leader1")), "stale_version")
    refused(changes.undo(house.desk("leader1"), second.id), "stale_version")
    assert house.dump() == before


def test_an_undo_is_refused_whole_where_somebody_has_one_of_the_times_by_now(house: House) -> None:
    made = [booked(house, NINE, 1), booked(house, TEN, 2)]
    carry_out(house, block=False)
    done(booking.book(house.desk(), wish("NJR-F2F", start=TEN, client="C000009")))
    before = house.dump()
    refused(changes.undo(house.desk("leader1")), "taken")
    assert house.dump() == before
    assert where(house, made[0].id)[0] == "D02"


def test_in_a_shut_room_each_may_take_what_another_leaves_and_goes_back_by_an_undo(house: House) -> None:
    for diary, start in (("D02", NINE + 4), ("D03", NINE), ("D04", NINE)):
        shut(house, diary, start)
    first = booked(house, NINE, 1, "EV-F2F", needs=("room",))
    second = booked(house, NINE + 4, 2, "EV-F2F", needs=("room",))
    assert {one.resources for one in (first, second)} == {("D01", "R01")}
    # The other room is free only later, so that the first has the time of the second, and that one comes after it.
    third = done(booking.book(house.desk(), wish("EV-F2F", "D02", NINE, client="C000007", needs=("hearing loop",)))).entry
    assert third.resources == ("D02", "R02")
    before = {one.id: house.state(one.id) for one in (first, second)}
    seen = plan(house, SHUT)
    assert [(one.after.diary, one.after.start, one.after.resources[1:]) for one in seen.moved] == [
        ("D01", NINE + 4, ("R02",)),
        ("D01", NINE + 8, ("R02",)),
    ]
    made = carry_out(house, SHUT)
    assert made.kept_on_day == 2
    back = done(changes.undo(house.desk("leader1"), id=uid(7)), "undone")
    assert {one.id: house.state(one.id) for one in (first, second)} == before
    # The answer names the block that is gone, and both that are back; a retry says the same.
    assert back.entry.kind == "block"
    assert [(one.id, one.status, one.start) for one in back.put_back] == [
        (first.id, "booked", NINE),
        (second.id, "booked", NINE + 4),
    ]
    assert done(changes.undo(house.desk("leader1"), id=uid(7))).put_back == back.put_back
    sound(house)


def test_a_shut_room_is_nobodys_for_the_day_and_only_who_is_told_another_time_hears_of_it(house: House) -> None:
    made = booked(house, NINE, 1, "EV-F2F", needs=("room",))
    assert made.resources == ("D01", "R01")
    (move,) = plan(house, SHUT).moved
    assert (move.after.diary, move.after.start, move.after.resources) == ("D01", NINE, ("D01", "R02"))
    found = carry_out(house, SHUT)
    assert (found.told, house.rows("SELECT kind FROM message WHERE site = ? AND entry = ?", made.id)) == (0, [("confirmation",)])
    (block,) = found.blocks
    assert (block.diary, block.resources, block.start, block.end, block.status) == ("R01", ("R01",), 0, 288, "blocked")
    given = export(house.desk("super1"), Wanted("csv"), lambda _name, parts: deque(parts, maxlen=0).clear())
    assert isinstance(given, Exported)
    assert given.files["blocks.csv"] == 0
    # R02 has one at nine; the room that would be left is shut.
    wanted = wish("EV-F2F", "D02", NINE, client="C000002", needs=("room",))
    refused(booking.hold(house.desk(), wanted), "taken")
    assert f"unblock {block.id} opens it" in no(preview(house.desk("leader1"), SHUT), "nothing_found").reason
    assert isinstance(blocking.unblock(house.desk("leader1"), block.id), Blocked)
    assert done(booking.hold(house.desk(), wanted)).entry.resources == ("D02", "R01")
    sound(house)


def test_a_hold_in_a_shut_room_keeps_it_from_being_blocked(house: House) -> None:
    booked(house, NINE, 1, "EV-F2F", needs=("room",))
    held = done(booking.hold(house.desk(), wish("EV-F2F", "D02", ONE, client="C000002", needs=("room",)))).entry
    assert held.resources == ("D02", "R01")
    seen = plan(house, SHUT)
    assert "cannot be blocked" in seen.note
    no(commit(house.desk("leader1"), SHUT, seen.token), "held")
    made = rehomed(commit(house.desk("leader1"), SHUT, seen.token, block=False))
    assert made.blocks == ()


def test_a_room_that_shuts_within_the_day_keeps_what_has_begun(house: House) -> None:
    today = NOW.date()
    begun = booked(house, NINE, 1, "EV-F2F", needs=("room",), day=today)
    booked(house, ONE, 2, "EV-F2F", needs=("room",), day=today)
    at = house.desk("leader1", now=NOW + timedelta(minutes=10))
    away = Away("R01", today, room=True)
    found = preview(at, away)
    assert isinstance(found, Rehoming)
    made = rehomed(commit(at, away, found.token))
    assert [(one.start, one.end) for one in made.blocks] == [(begun.end, 288)]
    sound(house)


def test_both_halves_of_a_pair_leave_a_shut_room_in_their_order(house: House) -> None:
    search = pairing.PairSearch("EV-F2F", "EV-F2F", DAY, DAY, most_wait_minutes=240, client="C000001")
    made = pairing.book(house.desk(), pairing.PairWish(search, DAY, NINE, "D01", 132, "D02"))
    first, second = made.first.entry, made.second.entry  # type: ignore[union-attr]
    assert (first.resources, second.resources) == (("D01", "R01"), ("D02", "R01"))
    for start, client in ((NINE, 7), (132, 8)):
        done(booking.book(house.desk(), wish("EV-F2F", "D03", start, client=f"C{client:06d}", needs=("hearing loop",))))
    # The first half could go to 10:20 alone, and the second to 9:40 alone.
    for diary, start, end in (
        *(("D01", NINE + 4, 124), ("D01", 128, FIVE), ("D02", NINE, 116), ("D02", 120, 132), ("D02", 136, FIVE)),
        *(("D03", NINE + 4, 132), ("D03", 136, FIVE), ("D04", NINE, FIVE)),
    ):
        shut(house, diary, start, end)
    (move,) = [one for one in plan(house, SHUT).moved if one.after.day == DAY]
    assert (move.after.id, move.after.start) == (first.id, 124)
    found = carry_out(house, SHUT)
    assert [one.id for one in found.left] == [second.id]
    sound(house)


def test_a_coach_who_leaves_early_keeps_the_morning_and_takes_some_into_it(house: House) -> None:
    for diary in ("D02", "D03", "D04"):
        shut(house, diary)
    early, late, over = booked(house, NINE, 1), booked(house, ONE, 2, "NJR-F2F"), booked(house, NOON - 6, 3, "NJR-F2F")
    away = Away("D01", DAY, NOON - 3)
    seen = plan(house, away)
    assert {one.before.id for one in seen.moved} == {late.id, over.id}
    assert {one.after.diary for one in seen.moved} == {"D01"}
    found = carry_out(house, away)
    assert all(one.after.end <= NOON - 3 for one in found.moved)
    assert where(house, early.id) == ("D01", DAY, NINE)
    assert [(one.start, one.end) for one in found.blocks] == [(NOON - 3, FIVE)]
    done(changes.undo(house.desk("leader1")), "undone")
    assert where(house, over.id) == ("D01", DAY, NOON - 6)
    sound(house)


def test_what_has_begun_stays_and_the_block_goes_around_it(house: House) -> None:
    today = NOW.date()
    begun, coming = booked(house, NINE, 1, day=today), booked(house, ONE, 2, day=today)
    shut(house, "D01", NOON - 6, NOON, day=today)
    at = house.desk("leader1", now=NOW + timedelta(minutes=30))
    found = preview(at, Away("D01", today))
    assert isinstance(found, Rehoming)
    assert [one.before.id for one in found.moved] == [coming.id]
    made = rehomed(commit(at, Away("D01", today), found.token))
    assert [(one.start, one.end) for one in made.blocks] == [(NINE + 10, NOON - 6), (NOON, FIVE)]
    assert where(house, begun.id) == ("D01", today, NINE)
    sound(house)


def test_limits_and_claimants_other_appointments_hold(house: House) -> None:
    shut(house, "D02")
    shut(house, "D03")
    for client in (5, 6):
        done(booking.book(house.desk(), wish("WSR-PHONE", "D04", NINE + 2 * (client - 5), client=f"C{client:06d}")))
    made = booked(house, NINE, 1, "NJR-F2F")
    other = done(booking.book(house.desk(), wish("NJR-F2F", "D04", 132, client="C000001"))).entry
    seen = plan(house)
    (move,) = seen.moved
    assert (move.after.diary, move.after.day) == ("D04", DAY)
    assert move.after.start >= other.end
    carry_out(house)
    assert where(house, made.id)[2] == other.end
    sound(house)


def test_half_of_a_pair_stays_on_its_day_in_order(house: House) -> None:
    search = pairing.PairSearch("NJR-F2F", "FC-F2F", DAY, DAY, client="C000001")
    made = pairing.book(house.desk(), pairing.PairWish(search, DAY, ONE, "D01", ONE + 6, "D02"))
    first, second = made.first.entry, made.second.entry  # type: ignore[union-attr]
    shut(house, "D03", NINE, NOON)
    shut(house, "D04", NINE + 2, FIVE)
    (move,) = plan(house).moved
    assert (move.after.diary, move.after.start) == ("D03", ONE)
    shut(house, "D03", ONE, FIVE)
    assert [one.id for one in plan(house).left] == [first.id]
    carry_out(house)
    assert where(house, second.id) == ("D02", DAY, ONE + 6)


def test_a_retry_answers_the_same_and_another_request_under_its_id_is_refused(house: House) -> None:
    booked(house, NINE, 1)
    left = booked(house, TEN, 2)
    token = plan(house).token
    made = rehomed(commit(house.desk("leader1"), OFF, token, only=[left.id], id=uid(1)))
    before = house.dump()
    again = rehomed(commit(house.desk("leader1"), OFF, token, only=[left.id], id=uid(1)))
    assert again == replace(made, repeated=True)
    no(commit(house.desk("leader1"), OFF, token, id=uid(1)), "id_reused")
    assert house.dump() == before


@pytest.mark.parametrize("login", ["leader1", "super1", "admin1"])
def test_leaders_supervisors_and_administrators_may_and_undo_it(house: House, login: str) -> None:
    made = booked(house)
    found = preview(house.desk(login), OFF)
    assert isinstance(found, Rehoming)
    rehomed(commit(house.desk(login), OFF, found.token))
    done(changes.undo(house.desk(login)), "undone")
    assert where(house, made.id) == ("D01", DAY, TEN)


@pytest.mark.parametrize("login", ["agent1", "coach1"])
def test_others_may_not(house: House, login: str) -> None:
    booked(house)
    token = plan(house).token
    before = house.dump()
    for found in (preview(house.desk(login), OFF), commit(house.desk(login), OFF, token)):
        assert "team leader, a supervisor or an administrator" in no(found, "role").reason
    assert house.dump() == before


def test_an_administrator_undoes_nothing_else(house: House) -> None:
    made = booked(house)
    refused(changes.undo(house.desk("admin1"), made.id), "role")
    refused(changes.undo(house.desk("admin1")), "role")


@pytest.mark.parametrize(
    ("away", "code", "words"),
    [
        (Away("D99", DAY), "unknown_diary", "did you mean D0"),
        (Away("D4", DAY), "unknown_diary", "There is no diary D4; did you mean D04?"),
        (Away("ZZZ", DAY), "unknown_diary", "See: agent-tui diaries."),
        (Away("R09", DAY, room=True), "unknown_resource", "did you mean R0"),
        (Away("D01", NOW.date() - timedelta(days=1)), "past", "Mon 23 Nov 2026 is past"),
        (Away("D01", date(2026, 12, 25)), "closed", "Christmas Day"),
        (Away("D01", DAY), "nothing_found", "has no appointments on Wed 25 Nov 2026;"),
        (Away("D01", DAY, ONE), "nothing_found", "from 13:00 on"),
        (Away("R01", DAY, room=True), "nothing_found", "No appointment has R01 on Wed 25 Nov 2026;"),
    ],
)
def test_what_cannot_be_re_homed_is_refused_in_a_sentence(house: House, away: Away, code: str, words: str) -> None:
    before = house.dump()
    assert words in no(preview(house.desk("leader1"), away), code).reason
    no(commit(house.desk("leader1"), away, "0" * 16), code)
    assert house.dump() == before


@pytest.mark.parametrize("in_hand", [False, True])
def test_a_place_that_is_taken_after_the_preview_refuses_the_whole_with_a_new_plan(house: House, in_hand: bool) -> None:
    booked(house, NINE, 1)
    booked(house, TEN, 2)
    seen = plan(house)
    done(booking.book(house.desk(), wish("NJR-F2F", "D02", TEN, client="C000009")))
    before = house.dump()
    code = "taken" if in_hand else "stale_version"
    found = no(commit(house.desk("leader1"), OFF, seen.token, plan=seen if in_hand else None), code)
    assert isinstance(found, RefusedPlan)
    assert found.instead is not None
    assert "Nothing was changed; look at the new plan." in found.reason
    assert (found.held_by is not None) is in_hand
    assert house.dump() == before
    rehomed(commit(house.desk("leader1"), OFF, found.instead.token, plan=found.instead))
    sound(house)


def test_a_plan_over_an_appointment_that_was_changed_or_rules_that_were_is_refused(house: House) -> None:
    first = booked(house, NINE, 1)
    booked(house, TEN, 2)
    seen = plan(house)
    done(changes.move(house.desk(), first.id, DAY, NINE + 1))
    assert isinstance(no(commit(house.desk("leader1"), OFF, seen.token, plan=seen), "stale_version"), RefusedPlan)
    seen = plan(house)
    house.add_patterns(Pattern("x", "diary", "D03", None, DAY + timedelta(9), FROM, None, (Segment(NINE, NOON, ASSIGNED),)))
    no(commit(house.desk("leader1"), OFF, seen.token, plan=seen), "stale_version")
    seen = plan(house)
    booked(house, ONE, 3)
    no(commit(house.desk("leader1"), OFF, seen.token, plan=seen), "stale_version")
    no(commit(house.desk("leader1"), OFF, plan(house).token, only=[uid(9)]), "unknown_entry")


def test_a_hold_in_the_diary_keeps_the_day_from_being_blocked(house: House) -> None:
    booked(house, NINE, 1)
    held = done(booking.hold(house.desk(), wish(start=ONE, client=None))).entry
    seen = plan(house)
    assert "A hold stands in D01" in seen.note
    found = no(commit(house.desk("leader1"), OFF, seen.token), "held")
    assert found.held_by is not None
    assert found.held_by.who == "Ann Archer"
    assert rehomed(commit(house.desk("leader1"), OFF, seen.token, block=False)).blocks == ()
    booked(house, TEN, 2)
    house.expire(held.id)
    assert plan(house).note == ""
    carry_out(house)
    assert house.status(held.id) == "lapsed"


def test_the_holds_of_moves_end_and_diaries_that_are_off_are_re_homed_too(house: House) -> None:
    made = booked(house, NINE, 1)
    mover = done(booking.hold(house.desk(), replace(wish(start=ONE), moving=made.id))).entry
    diaries.disable(house.desk("leader1"), "D01")
    assert [one[0] for one in house.open_flags()] == ["diary_off"]
    carry_out(house)
    assert house.status(mover.id) == "released"
    assert house.open_flags() == []
    sound(house)


def test_freed_time_of_a_coach_who_is_off_is_offered_to_nobody(house: House) -> None:
    shut(house, "D02", NINE, TEN)
    waits = done(booking.book(house.desk(), wish("NJR-F2F", "D02", ONE, client="C000005"))).entry
    shut(house, "D02", TEN, NOON)
    sooner.add(house.desk(), waits.id, SoonerWish(diary="D01"))
    for start in range(NINE, NOON, 10):
        if start + 10 <= NOON:
            booked(house, start, 1 + (start - NINE) // 10)
    carry_out(house)
    assert house.rows("SELECT id FROM call WHERE site = ? AND kind = 'sooner'") == []


def test_a_booking_at_the_same_moment_has_the_place_or_the_plan_has_it(house: House) -> None:
    for number in range(6):
        day = DAY + timedelta(days=(0, 1, 2, 5, 6, 7)[number])
        away = Away("D01", day)
        booked(house, NINE, 1, day=day)
        booked(house, TEN, 2, day=day)
        seen = plan(house, away)
        barrier = Barrier(2)

        def rehoming(away: Away = away, seen: Rehoming = seen, barrier: Barrier = barrier) -> Any:
            barrier.wait(GRACE_SECONDS)
            return commit(house.desk("leader1"), away, seen.token, plan=seen)

        def taking(day: date = day, barrier: Barrier = barrier) -> Any:
            barrier.wait(GRACE_SECONDS)
            return booking.book(house.desk("agent2"), wish("NJR-F2F", "D02", TEN, day=day, client="C000009"))

        with ThreadPoolExecutor(2) as threads:
            ours, theirs = (one.result(GRACE_SECONDS) for one in (threads.submit(rehoming), threads.submit(taking)))
        assert isinstance(ours, Rehoming) != isinstance(theirs, Booked)
        if not isinstance(ours, Rehoming):
            assert isinstance(ours, RefusedPlan)
            assert ours.instead is not None
            rehomed(commit(house.desk("leader1"), away, ours.instead.token, plan=ours.instead))
    sound(house)


def test_segments_that_are_taken_back_leave_what_was_re_homed(house: House) -> None:
    """What a saved pattern has unplaced is in the plan of its diary, and goes like the others."""
    made = booked(house, NINE, 1)
    pattern = Pattern("new", "diary", "D01", None, DAY, FROM, None, (Segment(NINE, NOON, frozenset()),))
    saved = segmenting.save(house.desk("leader1"), [replace(pattern, effective_from=NOW.date())])
    assert house.status(made.id) == "unplaced", saved
    carry_out(house)
    assert where(house, made.id) == ("D02", DAY, NINE)
    assert house.open_flags() == []
    sound(house)


def test_a_claimant_who_has_something_else_by_now_or_a_time_that_has_come_refuses_the_whole(house: House) -> None:
    booked(house, NINE, 1)
    seen = plan(house)
    done(booking.book(house.desk(), wish("NJR-F2F", "D03", NINE, client="C000001", allow_clash=True)))
    before = house.dump()
    found = no(commit(house.desk("leader1"), OFF, seen.token, plan=seen), "taken")
    assert "FC-F2F of 09:00 cannot start at 09:00 in D02." in found.reason
    assert house.dump() == before
    today = Away("D01", NOW.date())
    booked(house, TEN, 2, day=NOW.date())
    seen = plan(house, today)
    before = house.dump()
    late = house.desk("leader1", now=NOW + timedelta(hours=1, minutes=5))
    no(commit(late, today, seen.token, plan=seen), "stale_version")  # its meeting has begun
    assert house.dump() == before
