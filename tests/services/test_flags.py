"""Flags: each kind raised by each path and closed by what mends it, with the line that did; the log gives them back."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from agent_tui.domain.flags import (
    CLIENT_CLASH,
    CLOSED_DAY,
    DIARY_OFF,
    DISPLACED,
    HANDOFF_OVERDUE,
    HOLD_LAPSED,
    NO_CAPACITY,
    NOT_ALLOWED,
    ROOM_OFF,
    UNDER_BLOCK,
    Flag,
    replayed,
)
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Blocked, Refused
from agent_tui.resources import data_file
from agent_tui.services import (
    attendance,
    blocking,
    booking,
    calls,
    changes,
    closing,
    diaries,
    displacing,
    flags,
    handoffs,
    key_types,
    resources,
    segmenting,
    types_admin,
)
from agent_tui.services.demand import change_setting
from agent_tui.services.doctor import examine
from agent_tui.services.flagging import look
from agent_tui.services.flags import FlagChanged, Proposal
from agent_tui.services.lists import end_lapsed_holds
from agent_tui.services.resolving import Place, Resolved, Wanted, resolve
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import log as log_queries
from tests.services.conftest import House, done, handed_off, refused, uid, wish
from tests.small_site import ASSIGNED, DAY, FIVE, NINE, NOON, NOW, ONE, TEN

CALL = uid(900)
NEXT = DAY + timedelta(days=1)


def all_flags(house: House) -> list[Flag]:
    with house.store.read() as unit:
        return flag_queries.all_of(unit, house.site)


def of_kind(house: House, kind: str) -> list[Flag]:
    return [one for one in all_flags(house) if one.kind == kind]


def the(house: House, kind: str) -> Flag:
    (found,) = of_kind(house, kind)
    return found


def check_replay(house: House) -> None:
    """The lines of the log alone give the flags as the table has them."""
    with house.store.read() as unit:
        events = [log_queries.event_of(row) for row in log_queries.rows_after(unit, house.site, 0, 100_000)]
    assert replayed(events) == {one.id: one for one in all_flags(house)}


def verb_of(house: House, seq: int | None) -> str:
    return str(house.rows("SELECT verb FROM event WHERE site = ? AND seq = ?", seq)[0][0])


def super_desk(house: House, **more: Any) -> Any:
    return house.desk("super1", **more)


def resolved(answer: Resolved | Refused, status: str) -> Resolved:
    assert isinstance(answer, Resolved), answer
    assert answer.status == status
    return answer


def refusal(answer: object, code: str) -> Refused:
    assert isinstance(answer, Refused), answer
    assert answer.code == code, answer
    return answer


# How each kind comes about, and what mends it.


def clash(house: House) -> Callable[[], object]:
    done(booking.book(house.desk(), wish(diary="D01")))
    second = done(booking.book(house.desk(), wish(diary="D02", allow_clash=True)))
    return lambda: changes.cancel(house.desk(), second.entry.id, "claimant")


def blocked(house: House) -> Callable[[], object]:
    made = done(booking.book(house.desk(), wish()))
    found = blocking.block(house.desk("leader1"), "D01", DAY, NINE, TEN, "meeting", over="keep")
    assert isinstance(found, Blocked)
    return lambda: changes.move(house.desk(), made.entry.id, DAY, ONE, "D02")


def shut_morning(house: House) -> None:
    """Close the morning of a diary, so that what stands in it loses its time."""
    save(house, Segment(NINE, NOON, frozenset({"WSR-PHONE"})), Segment(ONE, FIVE, ASSIGNED))


def open_morning(house: House) -> None:
    save(house, Segment(NINE, NOON, ASSIGNED), Segment(ONE, FIVE, ASSIGNED))


def save(house: House, *segments: Segment) -> None:
    changed = Pattern("", "diary", "D01", DAY.weekday(), None, NOW.date(), None, segments)
    found = segmenting.save(house.desk("leader1"), [changed])
    assert isinstance(found, segmenting.Effect), found


def pattern_changed(house: House) -> Callable[[], object]:
    made = done(booking.book(house.desk(), wish()))
    shut_morning(house)
    return lambda: changes.move(house.desk(), made.entry.id, DAY, NINE, "D02")


def diary_off(house: House) -> Callable[[], object]:
    done(booking.book(house.desk(), wish()))
    diaries.disable(house.desk("leader1"), "D01")
    return lambda: diaries.enable(house.desk("leader1"), "D01")


def room_off(house: House) -> Callable[[], object]:
    done(booking.book(house.desk(), wish("EV-F2F", needs=("hearing loop",))))
    resources.disable(house.desk("leader1"), "R02")
    return lambda: resources.enable(house.desk("leader1"), "R02")


def day_closed(house: House) -> Callable[[], object]:
    done(booking.book(house.desk(), wish()))
    found = closing.close_day(house.desk("leader1"), DAY, "Staff training")
    assert isinstance(found, closing.DayClosed), found
    return lambda: closing.open_day(house.desk("leader1"), DAY)


def day_closed_and_moved(house: House) -> Callable[[], object]:
    made = done(booking.book(house.desk(), wish()))
    closing.close_day(house.desk("leader1"), DAY, "Staff training")
    return lambda: changes.move(house.desk(), made.entry.id, NEXT, NINE, "D01")


def key_type_without_diary(house: House) -> Callable[[], object]:
    key_types.set_key(house.desk("leader1"), "CC-PHONE", True)
    return lambda: key_types.set_key(house.desk("leader1"), "CC-PHONE", False)


def key_type_lost(house: House) -> Callable[[], object]:
    for code in ("D01", "D02", "D03"):
        diaries.disable(house.desk("leader1"), code)
    assert of_kind(house, NO_CAPACITY) == []
    diaries.disable(house.desk("leader1"), "D04")
    return lambda: diaries.enable(house.desk("leader1"), "D02")


def hold_lapsed(house: House) -> Callable[[], object]:
    calls.open_call(house.desk(), CALL, "FC-F2F", {})
    held = done(booking.hold(house.desk(), wish()))
    house.expire(held.entry.id)
    end_lapsed_holds(house.desk("agent2"))
    return lambda: calls.end_call(house.desk(), CALL, "rang_off")


def hold_lapsed_called_back(house: House) -> Callable[[], object]:
    hold_lapsed(house)
    (item,) = calls.queue(house.desk())
    return lambda: calls.finish(house.desk("agent2"), item.id, "called_back")


PATHS = {
    "a clash that was allowed": (clash, CLIENT_CLASH, "cancelled"),
    "a block over it": (blocked, UNDER_BLOCK, "moved"),
    "a pattern changed": (pattern_changed, NOT_ALLOWED, "moved"),
    "its diary switched off": (diary_off, DIARY_OFF, "diary_enabled"),
    "its room withdrawn": (room_off, ROOM_OFF, "resource_enabled"),
    "the day closed": (day_closed, CLOSED_DAY, "day_opened"),
    "the day closed, moved": (day_closed_and_moved, CLOSED_DAY, "moved"),
    "a key type without a diary": (key_type_without_diary, NO_CAPACITY, "type_key_set"),
    "the last diary of a key type": (key_type_lost, NO_CAPACITY, "diary_enabled"),
    "a hold lapsed, call ended": (hold_lapsed, HOLD_LAPSED, "call_ended"),
    "a hold lapsed, called back": (hold_lapsed_called_back, HOLD_LAPSED, "call_ended"),
}


@pytest.mark.parametrize("path", PATHS)
def test_each_path_raises_its_flag_and_what_mends_it_closes_it_with_the_line_that_did(house: House, path: str) -> None:
    begin, kind, verb = PATHS[path]
    mend = begin(house)
    found = the(house, kind)
    assert (found.status, found.resolution, found.raised_at > 0) == ("open", None, True)
    check_replay(house)
    mend()
    over = the(house, kind)
    assert (over.status, over.resolution) == ("closed", "mended")
    assert verb_of(house, over.closed_seq) == verb
    assert over.mended_seq == over.closed_seq
    check_replay(house)


def test_a_lapsed_hold_of_somebody_without_a_call_is_not_flagged(house: House) -> None:
    held = done(booking.hold(house.desk(), wish()))
    house.expire(held.entry.id)
    end_lapsed_holds(house.desk("agent2"))
    assert all_flags(house) == []


def test_a_full_key_type_and_an_overdue_hand_off_are_met_by_whoever_looks(house: House) -> None:
    made = handed_off(booking.book(house.desk(), wish("CC-PHONE")))
    for day in (0, 1, 2, 5):  # with today's evening the five working days ahead
        for diary in ("D01", "D02", "D03", "D04"):
            found = blocking.block(house.desk("leader1"), diary, DAY + timedelta(days=day), NINE, FIVE, "training")
            assert isinstance(found, Blocked), found
    assert not look(house.desk())
    later = house.desk("agent1", now=NOW + timedelta(days=0, hours=9))
    assert look(later)
    assert not look(later)
    full = the(house, NO_CAPACITY)
    assert (full.type, full.entry, full.raised_by) == ("FC-F2F", None, "agent1")
    look(house.desk("agent2", now=NOW + timedelta(days=14)))
    late = the(house, HANDOFF_OVERDUE)
    assert (late.handoff, late.type, late.status) == (made.id, "CC-PHONE", "open")
    assert (the(house, NO_CAPACITY).resolution, the(house, NO_CAPACITY).status) == ("mended", "closed")
    assert verb_of(house, the(house, NO_CAPACITY).closed_seq) == "flags_changed"
    handoffs.take(house.desk("agent2"), made.id)
    assert the(house, HANDOFF_OVERDUE).is_open
    handoffs.close(house.desk("agent2"), made.id, "booked")
    assert verb_of(house, the(house, HANDOFF_OVERDUE).closed_seq) == "handoff_closed"
    assert not look(house.desk("agent2", now=NOW + timedelta(days=14)))
    check_replay(house)


def test_two_who_look_at_once_raise_a_flag_once(house: House) -> None:
    handed_off(booking.book(house.desk(), wish("CC-PHONE")))
    later, wait, errors = NOW + timedelta(days=14), Barrier(2), []

    def body(login: str) -> None:
        wait.wait()
        try:
            look(house.desk(login, now=later))
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=body, args=(login,)) for login in ("agent1", "agent2")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert errors == []
    assert len(of_kind(house, HANDOFF_OVERDUE)) == 1
    check_replay(house)


# Resolving.


def test_keeping_a_clash_closes_it_and_nothing_opens_it_again_until_it_is_over(house: House) -> None:
    first = done(booking.book(house.desk(), wish(diary="D01")))
    done(booking.book(house.desk(), wish(diary="D02", allow_clash=True)))
    flag = the(house, CLIENT_CLASH)
    kept = resolved(resolve(super_desk(house), flag.id, Wanted("keep", "agreed"), note="both wanted"), "kept")
    assert (kept.flag.status, kept.flag.resolution, kept.flag.reason) == ("closed", "keep", "agreed")
    assert (kept.flag.resolved_by, verb_of(house, kept.flag.closed_seq)) == ("super1", "flag_resolved")
    assert "both wanted" not in str(house.events())
    shown = flags.show(house.desk(), flag.id)
    assert isinstance(shown, flags.Shown)
    assert shown.note == "both wanted"
    assert flags.erase_note(super_desk(house), flag.id)
    attendance.attend(house.desk(now=NOW + timedelta(days=1, hours=1)), first.entry.id, "attended")
    assert house.open_flags() == [], "what was kept comes back at the next act"
    changes.cancel(house.desk(), flag.entry or "", "claimant")
    over = the(house, CLIENT_CLASH)
    assert (over.resolution, verb_of(house, over.mended_seq)) == ("keep", "cancelled")
    check_replay(house)


def test_a_diary_that_is_off_again_later_is_flagged_anew_though_the_first_was_kept(house: House) -> None:
    mend = diary_off(house)
    flag = the(house, DIARY_OFF)
    resolved(resolve(super_desk(house), flag.id, Wanted("keep", "as_intended")), "kept")
    mend()
    diaries.disable(house.desk("leader1"), "D01")
    assert [one.status for one in of_kind(house, DIARY_OFF)] == ["open"]
    check_replay(house)


def test_moving_goes_to_the_proposed_place_in_the_same_transaction(house: House) -> None:
    done(booking.book(house.desk(), wish(diary="D01")))
    later = done(booking.book(house.desk(later=60), wish(diary="D02", allow_clash=True)))
    flag = the(house, CLIENT_CLASH)
    shown = flags.show(house.desk(), flag.id)
    assert isinstance(shown, flags.Shown)
    assert isinstance(shown.proposal, Proposal)
    assert shown.proposal.side.id == later.entry.id
    offer = shown.proposal.offer
    assert offer is not None
    answer = resolved(resolve(super_desk(house), flag.id, Wanted("move", "first_come"), id=uid(5)), "moved")
    (move,) = answer.moves
    assert (move.after.day, move.after.start, move.after.diary) == (offer.day, offer.start, offer.diary)
    assert (answer.flag.resolution, answer.flag.status) == ("move", "closed")
    assert verb_of(house, answer.flag.mended_seq) == "moved"
    again = resolve(super_desk(house), flag.id, Wanted("move", "first_come"), id=uid(5))
    assert isinstance(again, Resolved)
    assert (again.repeated, again.moves) == (True, answer.moves)
    refusal(resolve(super_desk(house), flag.id, Wanted("keep", "agreed"), id=uid(5)), "id_reused")
    check_replay(house)


def test_the_policy_of_the_site_says_which_side_gives_way(house: House) -> None:
    first = done(booking.book(house.desk(), wish(diary="D01")))
    urgent = done(
        booking.book(house.desk(later=60), wish(diary="D02", allow_clash=True, priority="urgent", priority_reason="needs it"))
    )
    flag = the(house, CLIENT_CLASH)

    def side() -> str:
        shown = flags.show(house.desk(), flag.id)
        assert isinstance(shown, flags.Shown)
        assert shown.proposal is not None
        return shown.proposal.side.id

    assert side() == urgent.entry.id
    change_setting(house.desk("leader1"), "policy_client_clash", "urgency")
    assert side() == first.entry.id
    named = resolved(resolve(super_desk(house), flag.id, Wanted("move", "agreed", side=urgent.entry.id)), "moved")
    assert named.moves[0].after.id == urgent.entry.id


def test_an_appointment_under_a_block_goes_outside_it(house: House) -> None:
    blocked(house)
    flag = the(house, UNDER_BLOCK)
    answer = resolved(resolve(super_desk(house), flag.id, Wanted("move", "coach_absent")), "moved")
    after = answer.moves[0].after
    assert (after.diary, after.start) != ("D01", NINE)
    place = Place(DAY, NINE, "D01")
    made = done(booking.book(house.desk(), wish(client="C000005", diary="D03")))
    blocking.block(house.desk("leader1"), "D03", DAY, NINE, TEN, "meeting", over="keep")
    other = next(one for one in of_kind(house, UNDER_BLOCK) if one.entry == made.entry.id)
    refusal(resolve(super_desk(house), other.id, Wanted("move", "agreed", place=place)), "taken")
    assert house.status(made.entry.id) == "booked"
    assert flag_open(house, other)


def flag_open(house: House, flag: Flag) -> bool:
    with house.store.read() as unit:
        found = flag_queries.get(unit, house.site, flag.id)
    return found is not None and found.is_open


def test_a_move_that_mends_nothing_changes_nothing(house: House) -> None:
    made = done(booking.book(house.desk(), wish()))
    closing.close_day(house.desk("leader1"), DAY, "x")
    diaries.disable(house.desk("leader1"), "D01")
    flag = the(house, DIARY_OFF)
    refusal(resolve(super_desk(house), flag.id, Wanted("move", "agreed", place=Place(NEXT, NINE, "D01"))), "not_assigned")
    assert house.status(made.entry.id) == "booked"
    assert flag_open(house, flag)


@pytest.mark.parametrize("how", ["keep", "dismiss"])
def test_an_appointment_without_a_time_cannot_be_left_so(house: House, how: str) -> None:
    pattern_changed(house)
    flag = the(house, NOT_ALLOWED)
    answer = refusal(resolve(super_desk(house), flag.id, Wanted(how, "other")), "not_possible")
    assert "move or cancel it" in answer.reason
    cancelled = resolved(resolve(super_desk(house), flag.id, Wanted("cancel", "office")), "cancelled")
    assert cancelled.cancelled is not None
    assert house.status(cancelled.cancelled.id) == "cancelled"
    check_replay(house)


def test_an_undone_move_opens_the_flag_of_an_appointment_without_a_time_again(house: House) -> None:
    pattern_changed(house)
    flag = the(house, NOT_ALLOWED)
    desk = super_desk(house)
    answer = resolved(resolve(desk, flag.id, Wanted("move", "agreed")), "moved")
    text = refused(changes.undo(desk), "not_possible").reason
    assert answer.moves[0].after.id in text
    done(changes.undo(desk, answer.moves[0].after.id))
    again = the(house, NOT_ALLOWED)
    assert (again.status, again.resolution, house.status(flag.entry or "")) == ("open", None, "unplaced")
    check_replay(house)


def test_what_was_dismissed_can_be_opened_again_and_what_is_over_cannot(house: House) -> None:
    mend = diary_off(house)
    flag = the(house, DIARY_OFF)
    desk = super_desk(house)
    resolved(resolve(desk, flag.id, Wanted("dismiss", "dealt_with")), "dismissed")
    assert flag.id in refused(changes.undo(desk), "not_possible").reason
    opened = flags.reopen(desk, flag.id)
    assert isinstance(opened, FlagChanged)
    assert flag_open(house, flag)
    check_replay(house)
    mend()
    refusal(flags.reopen(desk, flag.id), "not_possible")


def test_no_flag_closes_because_the_time_of_its_appointment_has_passed(house: House) -> None:
    """What others switch or close afterwards mends nothing of it."""
    mend = diary_off(house)
    closing.close_day(house.desk("leader1"), DAY, "Staff training")
    passed = house.desk("leader1", now=NOW + timedelta(days=2))
    diaries.disable(passed, "D03")
    closing.close_day(passed, DAY + timedelta(days=7), "Moving house")
    assert {kind: the(house, kind).status for kind in (DIARY_OFF, CLOSED_DAY)} == {DIARY_OFF: "open", CLOSED_DAY: "open"}
    mend()
    assert the(house, DIARY_OFF).status == "closed"
    attendance.attend(house.desk(now=NOW + timedelta(days=2)), the(house, CLOSED_DAY).entry or "", "dna")
    assert verb_of(house, the(house, CLOSED_DAY).closed_seq) == "recorded"
    diaries.disable(passed, "D01")
    assert the(house, DIARY_OFF).status == "closed", "what is over is flagged no more"
    check_replay(house)


def test_types_from_a_file_are_flagged_by_the_act_that_loads_them(house: House, tmp_path: Path) -> None:
    text = data_file("types.csv").read_text(encoding="utf-8")
    head, *lines = text.splitlines()
    new = next(line for line in lines if line.startswith("FC-F2F,")).replace("FC-F2F", "FC-NEW", 1)
    path = tmp_path / "types.csv"
    path.write_text(f"{head}\n{new}\n", encoding="utf-8")
    assert types_admin.load_types(house.desk("leader1"), house.site, path).loaded == 1
    assert (the(house, NO_CAPACITY).type, verb_of(house, house.rows("SELECT MAX(seq) FROM event WHERE site = ?")[0][0])) == (
        *("FC-NEW", "flags_changed"),
    )
    check_replay(house)


def test_a_time_that_was_given_back_is_taken_back_whole_with_what_claimants_would_be_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent_tui.services import resolving

    lost = done(booking.book(house.desk(), wish("NJR-F2F"))).entry
    shut_morning(house)
    open_morning(house)
    first = done(booking.book(house.desk(), wish("WSR-PHONE", client="C000002"))).entry
    second = done(booking.book(house.desk(), wish("WSR-PHONE", client="C000003", start=first.end))).entry
    before = [house.claims(one.id) for one in (lost, first, second)]
    owed = "SELECT entry, kind, status FROM message WHERE site = ? ORDER BY entry, kind"
    told = house.rows(owed)
    found = iter([None])
    real = displacing.find_place
    monkeypatch.setattr(resolving, "find_place", lambda *to, **more: next(found) if to[1] == second else real(*to, **more))
    flag = the(house, NOT_ALLOWED)
    answer = resolved(resolve(super_desk(house), flag.id, Wanted("override", "urgency")), "overridden")
    assert ([one.after.id for one in answer.moves], [one.id for one in answer.unplaced]) == ([first.id, lost.id], [second.id])
    assert {(one[0], one[1]) for one in house.rows(owed)} - {(one[0], one[1]) for one in told} == {
        *((first.id, "change"), (lost.id, "change"), (second.id, "displaced")),
    }
    refusal(changes.undo(super_desk(house)), "not_possible")
    back = done(changes.undo(super_desk(house, later=30), lost.id), "undone")
    assert {one.id for one in back.put_back} == {first.id, second.id}
    assert [house.claims(one.id) for one in (lost, first, second)] == before
    assert (house.status(lost.id), the(house, NOT_ALLOWED).status, the(house, DISPLACED).status) == ("unplaced", "open", "closed")
    assert house.rows(owed) == told
    check_replay(house)


def test_an_override_gives_the_time_back_and_the_other_goes_to_its_nearest_place(house: House) -> None:
    lost = done(booking.book(house.desk(), wish("NJR-F2F", client="C000001", priority="urgent", priority_reason="x"))).entry
    shut_morning(house)
    flag = the(house, NOT_ALLOWED)
    open_morning(house)
    holder = done(booking.book(house.desk(), wish("NJR-F2F", client="C000002")))
    answer = resolved(resolve(super_desk(house), flag.id, Wanted("override", "urgency")), "overridden")
    assert [one.after.id for one in answer.moves] == [holder.entry.id, lost.id]
    assert house.claims(lost.id) == [("D01", DAY.isoformat(), NINE, NINE + 6)]
    assert house.status(holder.entry.id) == "booked"
    assert answer.unplaced == ()
    check_replay(house)


def test_who_gives_way_and_finds_no_place_is_flagged_as_displaced(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from agent_tui.services import resolving

    lost = done(booking.book(house.desk(), wish("NJR-F2F"))).entry
    shut_morning(house)
    open_morning(house)
    holder = done(booking.book(house.desk(), wish("NJR-F2F", client="C000002"))).entry
    monkeypatch.setattr(resolving, "find_place", lambda *_arguments, **_more: None)
    answer = resolved(resolve(super_desk(house), the(house, NOT_ALLOWED).id, Wanted("override", "urgency")), "overridden")
    assert [one.id for one in answer.unplaced] == [holder.id]
    displaced = the(house, DISPLACED)
    assert (displaced.entry, displaced.other, displaced.status) == (holder.id, lost.id, "open")
    assert house.status(holder.id) == "unplaced"
    check_replay(house)


def test_two_supervisors_at_once_and_one_is_refused_with_who_and_how(house: House) -> None:
    diary_off(house)
    flag, wait, answers = the(house, DIARY_OFF), Barrier(2), []

    def body(how: str, reason: str) -> None:
        wait.wait()
        answers.append(resolve(super_desk(house), flag.id, Wanted(how, reason)))

    threads = [Thread(target=body, args=one) for one in (("keep", "agreed"), ("move", "agreed"))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    (said,) = [one for one in answers if isinstance(one, Refused)]
    assert said.code == "stale_version"
    assert "Sue Stone has resolved this at 09:00 on Tue 24 Nov 2026" in said.reason
    assert len([one for one in answers if isinstance(one, Resolved)]) == 1
    check_replay(house)


def test_one_that_mended_itself_is_refused_with_the_line(house: House) -> None:
    mend = diary_off(house)
    flag = the(house, DIARY_OFF)
    mend()
    text = refusal(resolve(super_desk(house), flag.id, Wanted("keep", "agreed")), "stale_version").reason
    assert f"line {the(house, DIARY_OFF).closed_seq} of the log" in text


# Who may, assigning, listing.


def test_who_may_resolve_and_a_refusal_says_who_could(house: House) -> None:
    diary_off(house)
    flag = the(house, DIARY_OFF)
    keep = Wanted("keep", "agreed")
    for login in ("agent1", "leader1", "coach2"):
        text = refusal(resolve(house.desk(login), flag.id, keep), "role").reason
        assert "supervisor" in text
    text = refusal(resolve(house.desk("admin1"), flag.id, Wanted("cancel", "office")), "role").reason
    assert "supervisor" in text
    resolved(resolve(house.desk("coach1"), flag.id, keep), "kept")


def test_a_flag_that_a_supervisor_gives_to_a_leader_may_be_resolved_by_them(house: House) -> None:
    diary_off(house)
    flag = the(house, DIARY_OFF)
    refusal(flags.assign(house.desk("agent1"), flag.id, "agent2"), "role")
    assert "did you mean leader1" in refusal(flags.assign(super_desk(house), flag.id, "leader"), "unknown_login").reason
    mine = flags.assign(house.desk("leader1"), flag.id, "leader1")
    assert isinstance(mine, FlagChanged)
    refusal(resolve(house.desk("leader1"), flag.id, Wanted("keep", "agreed")), "role")
    given = flags.assign(super_desk(house), flag.id, "leader1", id=uid(7))
    assert isinstance(given, FlagChanged)
    assert flags.assign(super_desk(house), flag.id, "leader1", id=uid(7)) == FlagChanged("assigned", given.flag, repeated=True)
    assert [one.flag.assigned_to for one in flags.queue(house.desk(), assigned="leader1").items] == ["leader1"]
    assert flags.queue(house.desk(), assigned=flags.NOBODY).items == ()
    resolved(resolve(house.desk("leader1"), flag.id, Wanted("keep", "agreed")), "kept")
    refusal(flags.assign(super_desk(house), flag.id, "agent1"), "stale_version")
    check_replay(house)


def test_the_queue_counts_each_kind_and_sorts(house: House) -> None:
    done(booking.book(house.desk(), wish("NJR-F2F", client="C000002", diary="D02")))
    diaries.disable(house.desk("leader1"), "D02")
    done(booking.book(house.desk(), wish(client="C000003", diary="D01")))
    diaries.disable(house.desk("leader1", later=3600), "D01")
    found = flags.queue(house.desk(later=7200))
    assert (found.open, found.counts) == (2, {DIARY_OFF: 2})
    assert [one.urgent for one in found.items] == [False, True]
    assert [one.urgent for one in flags.queue(house.desk(), sort="urgency").items] == [True, False]
    assert [one.when for one in found.items] == [f"{DAY.isoformat()} 09:00"] * 2
    assert flags.queue(house.desk(), kind=CLIENT_CLASH).items == ()
    assert len(flags.queue(house.desk(), status="closed").items) == 0


def test_the_doctor_names_an_appointment_without_a_time_that_no_flag_names(house: House) -> None:
    pattern_changed(house)
    flag = the(house, NOT_ALLOWED)

    def found() -> list[str]:
        return [one.text for one in examine(house.desk()).findings if one.check == "flags"]

    assert found() == []
    house.sql("UPDATE flag SET status = 'closed' WHERE site = ?")
    assert found() == [f"1 appointment has no time and no open flag: {flag.entry}."]
    house.sql("UPDATE flag SET status = 'open' WHERE site = ?")


def test_an_undo_within_the_minute_keeps_the_age_of_a_flag_and_a_new_trouble_begins_anew(house: House) -> None:
    mend = diary_off(house)
    flag = the(house, DIARY_OFF)
    resolved(resolve(super_desk(house, later=3600), flag.id, Wanted("move", "agreed")), "moved")
    done(changes.undo(super_desk(house, later=3630), flag.entry))
    assert (the(house, DIARY_OFF).raised_at, the(house, DIARY_OFF).is_open) == (flag.raised_at, True)
    mend()
    diaries.disable(house.desk("leader1", later=7200), "D01")
    assert the(house, DIARY_OFF).raised_at == flag.raised_at + 7_200_000
    check_replay(house)
