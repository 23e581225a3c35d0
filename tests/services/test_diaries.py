"""Diaries come and go: requested, approved, enabled, disabled and retired, each act once, with its ticket and its flags."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from threading import Thread

import pytest

from agent_tui.domain.diary_requests import NEW, DiaryRequest
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Refused, Request
from agent_tui.domain.site import Diary
from agent_tui.domain.tickets import DONE, Ticket
from agent_tui.domain.types import AppointmentType, MinutesFrom
from agent_tui.services import attendance, booking, changes, diaries, diary_tickets, lists, resources, segmenting
from agent_tui.services.acts import Act, request_id
from agent_tui.services.allocating import allocate
from agent_tui.services.blocking import block, unblock
from agent_tui.services.day import day, days
from agent_tui.services.desk import Desk
from agent_tui.services.doctor import examine
from agent_tui.services.switching import Answer, Effect, Rejected
from agent_tui.store.trouble import KeyRefused
from agent_tui.store.unit_of_work import Unit
from tests.services.conftest import House, done, refused, uid, wish
from tests.small_site import ASSIGNED, DAY, FROM, NINE, NOON, NOW, ONE, TEN

TODAY = NOW.date()
MIRA = DiaryRequest("Mira Vale", "0123456", "mira.vale@dwp.gov.uk", "A", ("FC-F2F", "WSR-PHONE"))
MORNING = Pattern("", "diary", NEW, DAY.weekday(), None, TODAY, None, (Segment(NINE, TEN, frozenset({"FC-F2F"})),), day_off=True)
CARE = AppointmentType("BLK-CARE", "Claim of a care leaver", "f2f", "block-time", True, (MinutesFrom(FROM, 60),), "", "block")


def effect(answer: Answer, status: str) -> Effect:
    """Return an act that must have been done."""
    assert isinstance(answer, Effect), answer
    assert answer.status == status
    return answer


def stopped(answer: Answer | list[Ticket] | Ticket, code: str) -> Refused:
    """Return an act that must have been refused with a code, in a sentence."""
    assert isinstance(answer, Refused), answer
    assert answer.code == code, answer
    assert answer.reason.endswith(".")
    return answer


def requested(house: House, wanted: DiaryRequest = MIRA, login: str = "leader1", id: str | None = None) -> str:
    """Ask for a diary and return the ticket's id."""
    made = effect(diary_tickets.request(house.desk(login), wanted, id=id), "requested")
    assert made.ticket is not None
    return made.ticket


def ticket(house: House, id: str | None) -> Ticket:
    """Return a ticket as a supervisor sees it."""
    found = diary_tickets.ticket(house.desk("super1"), id or "")
    assert isinstance(found, Ticket)
    return found


def diary(house: House, code: str) -> Diary:
    """Return a diary as it is now."""
    return next(one for one in lists.diaries(house.desk(), retired=True) if one.code == code)


def flags(house: House) -> list[tuple[object, ...]]:
    """Return the flags as (kind, entry, status)."""
    return house.rows("SELECT kind, entry, status FROM flag WHERE site = ? ORDER BY raised_at, id")


def off(house: House, code: str = "D01", login: str = "leader1", **more: str) -> Effect:
    """Switch a diary off."""
    return effect(diaries.disable(house.desk(login), code, **more), "disabled")


# Requested, approved, declined


def test_a_request_waits_and_is_made_into_a_diary_that_is_off(house: House) -> None:
    id = requested(house, replace(MIRA, patterns=(MORNING,)))
    waiting = ticket(house, id)
    assert (waiting.kind, waiting.status, waiting.resource, waiting.made_by) == ("new_diary", "waiting", None, "leader1")
    named = {name: waiting.fields[name] for name in ("coach", "staff_number", "email", "team", "team_name")}
    assert named == {
        "coach": "Mira Vale",
        "staff_number": "0123456",
        "email": "mira.vale@dwp.gov.uk",
        "team": "A",
        "team_name": "Team A",
    }
    assert "[[pattern]]" in waiting.patterns
    made = effect(diary_tickets.approve(house.desk("super1"), id, "D28"), "approved")
    assert (made.ticket, made.resource) == (id, "D28")
    assert diary(house, "D28") == Diary("D28", "Mira Vale", "Mira Vale", None, "A", False, frozenset(MIRA.types or ()))
    settled = ticket(house, id)
    assert (settled.status, settled.resource, settled.settled_by) == ("approved", "D28", "super1")
    assert ("D28", NINE) not in house.starts()
    effect(diaries.enable(house.desk("leader1"), "D28"), "enabled")
    assert {start for code, start in house.starts() if code == "D28"} == {NINE, NINE + 1, NINE + 2}
    done(booking.book(house.desk(), wish(diary="D28")))


def test_it_is_on_at_once_where_that_is_said_and_like_another(house: House) -> None:
    id = requested(house, replace(MIRA, types=None, like="D03"))
    effect(diary_tickets.approve(house.desk("admin1"), id, "D28", enabled=True), "approved")
    assert diary(house, "D28").types == ASSIGNED
    assert ("D28", TEN) in house.starts()


def test_the_log_names_nobody(house: House) -> None:
    id = requested(house, replace(MIRA, patterns=(MORNING,)))
    other = requested(house, replace(MIRA, coach="Olu Oddie", email="olu@dwp.gov.uk", staff_number="7654321"))
    diary_tickets.approve(house.desk("super1"), id, "D28")
    effect(diary_tickets.decline(house.desk("super1"), other, "Olu is on leave"), "declined")
    effect(diary_tickets.escalate(house.desk("leader1"), "Mira needs evenings", "D28"), "escalated")
    effect(diaries.enable(house.desk("leader1"), "D28"), "enabled")
    verbs = ["diary_requested", "diary_requested", "diary_approved", "diary_declined", "segmentation_escalated", "diary_enabled"]
    assert house.verbs() == verbs
    said = repr(house.rows("SELECT * FROM event WHERE site = ?"))
    for word in ("Mira", "Vale", "0123456", "dwp.gov.uk", "Olu", "leave", "evenings"):
        assert word not in said
    assert ticket(house, other).fields["reason"] == "Olu is on leave"


def test_every_problem_is_told_at_once_and_nothing_is_written(house: House) -> None:
    before = house.dump()
    found = diary_tickets.request(house.desk("leader1"), DiaryRequest(types=("NOPE",)), ["pattern 1: no."])
    assert isinstance(found, Rejected)
    assert [one.partition(":")[0] for one in found.problems] == ["pattern 1", "coach", "staff_number", "email", "team", "types"]
    assert house.dump() == before


@pytest.mark.parametrize("same", [{"email": "other@dwp.gov.uk"}, {"staff_number": "7654321", "email": "MIRA.Vale@DWP.gov.uk"}])
def test_a_work_coach_is_asked_for_once(house: House, same: dict[str, str]) -> None:
    second = replace(MIRA, coach="M. Vale", **same)  # type: ignore[arg-type]
    (field,) = {"staff_number", "email"} - (set(same) if len(same) == 1 else {"staff_number"})
    id = requested(house)

    def told() -> str:
        found = diary_tickets.request(house.desk("super1"), second)
        assert isinstance(found, Rejected)
        (one,) = found.problems
        assert one.startswith(f"{field}: ")
        return one

    assert id in told()
    diary_tickets.approve(house.desk("super1"), id, "D28")
    assert "D28" in told()
    effect(diaries.retire(house.desk("super1"), "D28"), "retired")
    again = requested(house, second)
    effect(diary_tickets.decline(house.desk("super1"), again, "Not now"), "declined")
    requested(house, second)


@pytest.mark.parametrize("code", ["D01", "d28", "R01", "A", "D 28"])
def test_a_code_that_is_used_or_malformed_makes_no_diary(house: House, code: str) -> None:
    id = requested(house)
    before = house.dump()
    assert isinstance(diary_tickets.approve(house.desk("super1"), id, code), Rejected)
    assert house.dump() == before


def test_what_was_decided_is_not_decided_again(house: House) -> None:
    first, second = requested(house), requested(house, replace(MIRA, email="o@dwp.gov.uk", staff_number="7654321"))
    diary_tickets.approve(house.desk("super1"), first, "D28")
    diary_tickets.decline(house.desk("super1"), second, "No")
    before = house.dump()
    for id in (first, second):
        stopped(diary_tickets.approve(house.desk("super1"), id, "D29"), "not_possible")
        stopped(diary_tickets.decline(house.desk("super1"), id, "No"), "not_possible")
    stopped(diary_tickets.approve(house.desk("super1"), uid(99), "D29"), "unknown_ticket")
    enabled = off(house)
    stopped(diary_tickets.approve(house.desk("super1"), enabled.ticket or "", "D29"), "not_possible")
    assert {name for name, rows in house.dump().items() if rows != before[name]} == {
        *("event", "pattern_head", "resource", "site_head", "ticket"),
    }
    assert isinstance(diary_tickets.decline(house.desk("super1"), requested_again(house), " \n "), Rejected)


def requested_again(house: House) -> str:
    return requested(house, replace(MIRA, email="p@dwp.gov.uk", staff_number="1111111"))


def test_a_request_that_waited_begins_when_it_is_approved(house: House) -> None:
    id = requested(house, replace(MIRA, patterns=(MORNING,)))
    later = replace_now(house, 14)
    effect(diary_tickets.approve(later, id, "D28"), "approved")
    (kept,) = segmenting.patterns_of(later, "D28")
    assert kept.effective_from == later.now.date()


def replace_now(house: House, add_days: int, login: str = "super1") -> Desk:
    return house.desk(login, later=add_days * 86400)


# On and off


def test_a_diary_that_is_off_keeps_its_appointments_flagged_until_it_is_on_again(house: House) -> None:
    kept = done(booking.book(house.desk(), wish()))
    done(booking.book(house.desk(), wish(diary="D02", client="C000002")))
    before = house.dump()
    seen = effect(diaries.preview(house.desk("leader1"), "D01"), "preview")
    assert house.dump() == before
    assert [one.id for one in seen.flagged] == [kept.entry.id]
    found = off(house)
    assert found.flagged == seen.flagged
    assert house.status(kept.entry.id) == "booked"
    assert house.open_flags() == [("diary_off", kept.entry.id, None)]
    assert lists.flags(house.desk())[0].text.startswith("The diary of an appointment is switched off: FC-F2F")
    assert {code for code, _start in house.starts()} == {"D02", "D03", "D04"}
    refused(booking.book(house.desk(), wish(start=TEN, client="C000003")), "not_assigned")
    (shown,) = [one for one in day(house.desk(), DAY).diaries if one.diary == "D01"]
    assert [one.id for one in shown.entries] == [kept.entry.id]
    effect(diaries.enable(house.desk("leader1"), "D01"), "enabled")
    assert flags(house) == [("diary_off", kept.entry.id, "closed")]
    off(house)
    assert flags(house) == [("diary_off", kept.entry.id, "open")]


def moved(house: House, id: str) -> None:
    done(changes.move(house.desk(), id, DAY, ONE, "D02"))


def cancelled(house: House, id: str) -> None:
    done(changes.cancel(house.desk(), id, "claimant"))


def missed(house: House, id: str) -> None:
    done(attendance.attend(house.desk(now=NOW.replace(day=25, hour=11)), id, "dna"))


@pytest.mark.parametrize("mend", [moved, cancelled, missed])
def test_a_flag_is_mended_by_a_move_away_and_by_an_end(house: House, mend: Callable[[House, str], None]) -> None:
    made = done(booking.book(house.desk(), wish()))
    off(house)
    mend(house, made.entry.id)
    assert flags(house) == [("diary_off", made.entry.id, "closed")]


@pytest.mark.parametrize("mend", [moved, cancelled])
def test_an_undo_brings_the_flag_back_with_the_appointment(house: House, mend: Callable[[House, str], None]) -> None:
    made = done(booking.book(house.desk(), wish()))
    off(house)
    mend(house, made.entry.id)
    done(changes.undo(house.desk()))
    assert flags(house) == [("diary_off", made.entry.id, "open")]


def test_what_an_undo_brings_back_into_a_diary_that_is_off_by_now_is_flagged(house: House) -> None:
    made = done(booking.book(house.desk(), wish()))
    moved(house, made.entry.id)
    assert off(house).flagged == ()
    done(changes.undo(house.desk()))
    assert flags(house) == [("diary_off", made.entry.id, "open")]


def test_a_hold_that_becomes_an_appointment_in_a_diary_that_is_off_is_flagged(house: House) -> None:
    held = done(booking.hold(house.desk(), wish()))
    assert off(house).flagged == ()
    done(booking.confirm(house.desk(), held.entry.id))
    assert flags(house) == [("diary_off", held.entry.id, "open")]


def test_block_time_for_a_claimant_is_flagged_and_other_block_time_is_not(house: House) -> None:
    house.add_type(CARE, "D01")
    block(house.desk("leader1"), "D01", DAY, NINE, TEN, "training")
    made = block(house.desk("leader1"), "D01", DAY, TEN, NOON, None, type="BLK-CARE", client="C000001")
    assert not isinstance(made, Refused)
    assert [one.id for one in off(house).flagged] == list(made.ids)
    stopped(diaries.retire(house.desk("super1"), "D01"), "not_possible")
    unblock(house.desk("leader1"), made.ids[0])
    assert flags(house) == [("diary_off", made.ids[0], "closed")]
    effect(diaries.retire(house.desk("super1"), "D01"), "retired")


def test_what_has_begun_is_not_flagged(house: House) -> None:
    made = done(booking.book(house.desk(), wish(day=TODAY)))
    desk = house.desk("leader1", later=3600)
    assert effect(diaries.disable(desk, "D01"), "disabled").flagged == ()
    done(attendance.attend(house.desk(later=3600), made.entry.id, "attended"))
    assert flags(house) == []


def test_an_unplaced_appointment_has_one_flag(house: House) -> None:
    made = done(booking.book(house.desk(), wish()))
    off(house)
    wanted = Pattern("", "diary", "D01", DAY.weekday(), None, TODAY, None, (), day_off=True)
    assert isinstance(segmenting.save(house.desk("leader1"), [wanted]), segmenting.Effect)
    assert house.open_flags() == [("not_allowed", made.entry.id, None)]
    assert isinstance(segmenting.undo(house.desk("leader1")), segmenting.Effect)
    assert house.open_flags() == [("diary_off", made.entry.id, None)]


def test_a_key_type_that_loses_its_last_diary_is_named(house: House) -> None:
    for code in ("D01", "D02", "D03"):
        assert off(house, code).lost == ()
    assert effect(diaries.preview(house.desk("leader1"), "D04"), "preview").lost == ("FC-F2F",)
    assert off(house, "D04").lost == ("FC-F2F",)


def test_each_act_leaves_a_ticket_with_the_details_and_the_patterns(house: House) -> None:
    id = requested(house, replace(MIRA, patterns=(MORNING,)))
    effect(diary_tickets.approve(house.desk("super1"), id, "D28", enabled=True), "approved")
    acts = [off(house, "D28"), effect(diaries.enable(house.desk("leader1"), "D28"), "enabled"), off(house, "D28")]
    acts.append(effect(diaries.retire(house.desk("super1"), "D28"), "retired"))
    for act, kind in zip(acts, ("disable_diary", "enable_diary", "disable_diary", "retire_diary"), strict=True):
        one = ticket(house, act.ticket)
        assert (one.kind, one.status, one.resource) == (kind, DONE, "D28")
        assert [one.fields[name] for name in ("coach", "staff_number", "email", "team_name")] == [
            *("Mira Vale", "0123456", "mira.vale@dwp.gov.uk", "Team A"),
        ]
        assert 'owner = "D28"' in one.patterns
    assert ticket(house, off(house, "D01").ticket).patterns == ""


@pytest.mark.parametrize("code", ["D99", "R01", "", "d01", "x" * 5000])
def test_what_is_no_diary_is_neither_switched_nor_retired(house: House, code: str) -> None:
    before = house.dump()
    for answer in (
        diaries.enable(house.desk("super1"), code),
        diaries.disable(house.desk("super1"), code),
        diaries.retire(house.desk("super1"), code),
        diaries.preview(house.desk("super1"), code),
    ):
        assert len(stopped(answer, "unknown_diary").reason) < 200
    assert house.dump() == before


def test_what_is_so_already_is_refused(house: House) -> None:
    stopped(diaries.enable(house.desk("leader1"), "D01"), "not_possible")
    off(house)
    before = house.dump()
    stopped(diaries.disable(house.desk("leader1"), "D01"), "not_possible")
    stopped(diaries.preview(house.desk("leader1"), "D01"), "not_possible")
    assert house.dump() == before


# Retired


def test_a_diary_with_something_to_come_is_not_retired(house: House) -> None:
    one = done(booking.book(house.desk(), wish()))
    two = done(booking.book(house.desk(), wish(start=TEN, client="C000002")))
    held = done(booking.hold(house.desk(), wish(start=ONE, client="C000003")))
    later = (Segment(TEN, NOON, ASSIGNED), Segment(ONE, 204, ASSIGNED))
    lost = Pattern("", "diary", "D01", None, DAY, DAY, None, later, day_off=True)
    assert isinstance(segmenting.save(house.desk("leader1"), [lost]), segmenting.Effect)
    assert house.status(one.entry.id) == "unplaced"
    before = house.dump()
    for answer in (diaries.retire(house.desk("super1"), "D01"), diaries.preview(house.desk("super1"), "D01", retiring=True)):
        assert stopped(answer, "not_possible").reason.startswith("2 appointments and 1 hold are still to come in the diary D01;")
    assert house.dump() == before
    done(changes.cancel(house.desk(), one.entry.id, "claimant"))
    moved(house, two.entry.id)
    text = stopped(diaries.retire(house.desk("super1"), "D01"), "not_possible").reason
    assert text.startswith("1 hold is still to come")
    house.expire(held.entry.id)
    effect(diaries.preview(house.desk("super1"), "D01", retiring=True), "preview")
    effect(diaries.retire(house.desk("super1"), "D01"), "retired")


def test_a_retired_diary_takes_nothing_more_and_keeps_its_past(house: House) -> None:
    past = done(booking.book(house.desk(), wish(day=TODAY)))
    desk = house.desk("super1", later=7200)
    assert effect(diaries.retire(desk, "D01"), "retired").lost == ()
    gone = diary(house, "D01")
    assert (gone.enabled, gone.retired) == (False, TODAY)
    assert "D01" not in {one.code for one in lists.diaries(house.desk())}
    stopped(diaries.enable(desk, "D01"), "not_possible")
    stopped(diaries.disable(desk, "D01"), "not_possible")
    stopped(diaries.retire(desk, "D01"), "not_possible")
    text = refused(booking.book(house.desk(), wish()), "not_assigned").reason
    assert "retired" in text
    before = house.dump()
    blocked = block(house.desk("leader1"), "D01", DAY, NINE, TEN, "training")
    assert isinstance(blocked, Refused)
    assert blocked.code == "not_possible"
    wanted = Pattern("", "diary", "D01", DAY.weekday(), None, TODAY, None, (Segment(NINE, TEN, ASSIGNED),))
    found = segmenting.save(house.desk("leader1"), [wanted])
    assert isinstance(found, segmenting.Rejected)
    assert "retired" in found.problems[0]
    assert isinstance(diary_tickets.escalate(desk, "This one needs more than segments", "D01"), Refused)
    assert house.dump() == before
    assert done(changes.show(house.desk(), past.entry.id)).coach == "Coach 1"
    today, later = days(house.desk(), (TODAY, DAY))
    assert "D01" in {one.diary for one in today.diaries}
    assert "D01" not in {one.diary for one in later.diaries}
    assert booking.search(house.desk(), Request("FC-F2F", DAY, DAY, diary="D01")).reasons[0].text.endswith("is retired.")


def test_a_booking_under_way_is_waited_for_and_keeps_its_diary(house: House) -> None:
    answers: list[Answer] = []
    retiring = Thread(target=lambda: answers.append(diaries.retire(house.desk("super1"), "D01")))

    def book_slowly(unit: Unit) -> None:
        act = Act(house.desk(), unit, request_id(uid(7), "book", wish()), look=True)
        retiring.start()
        retiring.join(0.5)  # long enough to be done, if it does not wait
        done(allocate(act, wish(), "appointment"))

    house.write(book_slowly)
    retiring.join(20)
    stopped(answers[0], "not_possible")
    assert diary(house, "D01").enabled


def test_the_patterns_of_a_retired_diary_can_be_set_again_unchanged(house: House) -> None:
    effect(diaries.retire(house.desk("super1"), "D04"), "retired")
    stored = segmenting.patterns_of(house.desk(), "D04")
    assert len(stored) == 5
    found = segmenting.save(house.desk("leader1"), stored)
    assert isinstance(found, segmenting.Effect)
    assert found.status == "unchanged"


def test_an_undo_brings_nothing_back_into_a_retired_diary(house: House) -> None:
    made = done(booking.book(house.desk(), wish()))
    cancelled(house, made.entry.id)
    effect(diaries.retire(house.desk("super1"), "D01"), "retired")
    refused(changes.undo(house.desk()), "not_possible")
    assert house.status(made.entry.id) == "cancelled"


def test_a_diary_is_retired_once_by_the_key_too(house: House) -> None:
    effect(diaries.retire(house.desk("super1"), "D01"), "retired")
    with pytest.raises(KeyRefused):
        house.sql("INSERT INTO retirement (site, resource, day, ticket) VALUES (?, 'D01', '2026-11-24', 't')")


def test_the_flags_of_past_days_end_with_the_diary(house: House) -> None:
    made = done(booking.book(house.desk(), wish()))
    off(house)
    effect(diaries.retire(replace_now(house, 2), "D01"), "retired")
    assert flags(house) == [("diary_off", made.entry.id, "closed")]


# Words


def test_that_segmentation_does_not_meet_the_need_waits_with_the_patterns(house: House) -> None:
    one = effect(diary_tickets.escalate(house.desk("leader1"), "Evenings cannot be\nsegmented.", "D04"), "escalated")
    all_of = effect(diary_tickets.escalate(house.desk("super1"), "We need a diary for outreach."), "escalated")
    first, second = ticket(house, one.ticket), ticket(house, all_of.ticket)
    assert (first.kind, first.status, first.resource) == ("segmentation", "waiting", "D04")
    assert first.fields["words"] == "Evenings cannot be\nsegmented."
    assert (first.patterns.count("[[pattern]]"), second.patterns.count("[[pattern]]")) == (5, 10)
    assert second.resource is None
    effect(diary_tickets.decline(house.desk("super1"), one.ticket or "", "Segments can do it"), "declined")
    found = diary_tickets.tickets(house.desk("leader1"), "waiting")
    assert isinstance(found, list)
    assert [one.id for one in found] == [all_of.ticket]


@pytest.mark.parametrize("words", ["", "too few", "         x         ", "x" * 2001, "\x00" * 9, "x" * 100_000])
def test_too_few_or_too_many_words_are_told(house: House, words: str) -> None:
    before = house.dump()
    assert isinstance(diary_tickets.escalate(house.desk("leader1"), words), Rejected)
    assert house.dump() == before


# Roles, retries, others


Deed = Callable[[Desk, str | None], Answer]


def _disable(desk: Desk, id: str | None) -> Answer:
    return diaries.disable(desk, "D01", id=id)


def _enable(desk: Desk, id: str | None) -> Answer:
    return diaries.enable(desk, "D02", id=id)


def _retire(desk: Desk, id: str | None) -> Answer:
    return diaries.retire(desk, "D03", id=id)


def _request(desk: Desk, id: str | None) -> Answer:
    return diary_tickets.request(desk, MIRA, id=id)


def _escalate(desk: Desk, id: str | None) -> Answer:
    return diary_tickets.escalate(desk, "Segments do not do it", id=id)


def _approve(desk: Desk, id: str | None) -> Answer:
    return diary_tickets.approve(desk, uid(900), "D28", id=id)


def _decline(desk: Desk, id: str | None) -> Answer:
    return diary_tickets.decline(desk, uid(901), "Not needed", id=id)


def _room_off(desk: Desk, id: str | None) -> Answer:
    return resources.disable(desk, "R01", id=id)


def _room_added(desk: Desk, id: str | None) -> Answer:
    return resources.add(desk, "R05", "room", "Room 5", ["room"], id=id)


ACTS: list[tuple[Deed, set[str]]] = [
    *((act, {"leader1", "super1", "admin1"}) for act in (_disable, _enable, _request, _escalate, _room_off, _room_added)),
    *((act, {"super1", "admin1"}) for act in (_retire, _approve, _decline)),
]


@pytest.fixture
def ready(house: House) -> House:
    """A site with a diary that is off, and two requests that wait."""
    off(house, "D02")
    requested(house, replace(MIRA, email="a@dwp.gov.uk", staff_number="1111111"), id=uid(900))
    requested(house, replace(MIRA, email="b@dwp.gov.uk", staff_number="2222222"), id=uid(901))
    return house


@pytest.mark.parametrize(("act", "may"), ACTS)
def test_who_may_do_what(ready: House, act: Deed, may: set[str]) -> None:
    before = ready.dump()
    for login in {"agent1", "coach1", "leader1", "super1", "admin1"} - may:
        stopped(act(ready.desk(login), None), "role")
    assert ready.dump() == before
    assert isinstance(act(ready.desk(min(may)), None), Effect)


@pytest.mark.parametrize(("act", "may"), ACTS)
def test_a_retry_does_nothing_twice_and_an_id_answers_one_request(ready: House, act: Deed, may: set[str]) -> None:
    done(booking.book(ready.desk(), wish()))
    desk = ready.desk(max(may))
    first = act(desk, uid(5))
    assert isinstance(first, Effect), first
    done(booking.book(ready.desk(), wish(start=TEN, diary="D04", client="C000002")))
    before = ready.dump()
    assert act(desk, uid(5)) == replace(first, repeated=True)
    for other, others in ACTS:
        if other is not act:
            stopped(other(ready.desk(max(others)), uid(5)), "id_reused")
    refused(booking.book(ready.desk(), wish(start=NOON, client="C000003"), id=uid(5)), "id_reused")
    assert ready.dump() == before


@pytest.mark.parametrize("change", [{"coach": "Mira Dale"}, {"team": "B"}, {"types": ("FC-F2F",)}, {"patterns": (MORNING,)}])
def test_other_details_under_one_id_are_another_request(house: House, change: dict[str, object]) -> None:
    requested(house, id=uid(5))
    before = house.dump()
    stopped(diary_tickets.request(house.desk("leader1"), replace(MIRA, **change), id=uid(5)), "id_reused")  # type: ignore[arg-type]
    assert house.dump() == before


def test_other_words_under_one_id_are_another_request(house: House) -> None:
    effect(diary_tickets.escalate(house.desk("leader1"), "Segments do not do it", id=uid(5)), "escalated")
    stopped(diary_tickets.escalate(house.desk("leader1"), "Segments do it not", id=uid(5)), "id_reused")
    id = requested(house)
    effect(diary_tickets.decline(house.desk("super1"), id, "No", id=uid(6)), "declined")
    stopped(diary_tickets.decline(house.desk("super1"), id, "Never", id=uid(6)), "id_reused")


def test_a_retry_like_another_diary_is_known_when_that_one_has_changed(house: House) -> None:
    like = replace(MIRA, types=None, like="D03")
    requested(house, like, id=uid(5))
    house.sql("DELETE FROM diary_type WHERE site = ? AND resource = 'D03' AND code = 'FC-F2F'")
    house.sql("UPDATE pattern_head SET version = version + 1 WHERE site = ?")
    again = effect(diary_tickets.request(house.desk("leader1"), like, id=uid(5)), "requested")
    assert again.repeated


@pytest.mark.parametrize("login", ["agent1", "coach1"])
def test_tickets_are_not_for_agents_and_coaches(ready: House, login: str) -> None:
    stopped(diary_tickets.tickets(ready.desk(login)), "role")
    stopped(diary_tickets.ticket(ready.desk(login), uid(900)), "role")
    stopped(diary_tickets.ticket(ready.desk("leader1"), uid(1)), "unknown_ticket")


def test_an_agents_undo_does_not_touch_diaries(house: House) -> None:
    made = done(booking.book(house.desk("leader1"), wish("WSR-PHONE")))
    off(house, "D03")
    done(changes.undo(house.desk("leader1"), None))
    assert house.status(made.entry.id) == "undone"
    assert not diary(house, "D03").enabled


def test_the_doctor_knows_of_requests_that_wait(ready: House) -> None:
    found = {one.check: one for one in examine(ready.desk()).findings}
    assert found["tickets"].severity == "info"
    assert found["tickets"].text.startswith("2 tickets wait")


def test_an_approved_pattern_of_a_day_that_the_site_knows_is_in_force(house: House) -> None:
    one_day = Pattern("", "diary", NEW, None, DAY, DAY, None, (Segment(ONE, 180, frozenset({"WSR-PHONE"})),), day_off=True)
    id = requested(house, replace(MIRA, patterns=(MORNING, one_day)))
    effect(diary_tickets.approve(house.desk("super1"), id, "D28", enabled=True), "approved")
    with house.store.read() as unit:
        rules = house.desk().catalogue(unit)
    assert [one.start for one in rules.plan("D28", DAY).stretches] == [ONE]
    assert [one.start for one in rules.plan("D28", date(2026, 12, 2)).stretches] == [NINE]
