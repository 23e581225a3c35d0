"""Escalating: contacts by level, facts without a name, who did it; hand-offs taken and closed; days closed and opened."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from agent_tui.domain.contacts import Contact
from agent_tui.domain.queue import CallAsked
from agent_tui.domain.requests import Blocked, Refused
from agent_tui.services import blocking, booking, calls, closing, diaries, escalating, flags, handoffs
from agent_tui.services.escalating import ContactChanged, Escalated
from agent_tui.services.handoffs import HandoffChanged
from agent_tui.services.resolving import Resolved, Wanted, resolve
from agent_tui.store.queries.flags import note_of
from agent_tui.store.unit_of_work import Store, Unit
from tests.services.conftest import House, done, handed_off, uid, wish
from tests.services.test_blocking import CARE
from tests.small_site import DAY, NOW, ONE

PHONE = "0113 496 0999"


def escalated(answer: object) -> Escalated:
    assert isinstance(answer, Escalated), answer
    return answer


def refusal(answer: object, code: str) -> Refused:
    assert isinstance(answer, Refused), answer
    assert answer.code == code, answer
    return answer


def test_the_list_that_comes_along_is_taken_over_at_the_first_change(house: House) -> None:
    before = escalating.contacts(house.desk())
    assert [one.level for one in before] == [1, 2, 3, 4]
    desk = house.desk("leader1")
    made = escalating.set_contact(desk, Contact("duty-leader", 1, "Lea Lowe", PHONE), id=uid(1))
    assert made == ContactChanged("set", "duty-leader", Contact("duty-leader", 1, "Lea Lowe", PHONE))
    again = escalating.set_contact(desk, Contact("duty-leader", 1, "Lea Lowe", PHONE), id=uid(1))
    assert isinstance(again, ContactChanged)
    assert again.repeated
    refusal(escalating.set_contact(desk, Contact("duty-leader", 1, "Another", PHONE), id=uid(1)), "id_reused")
    assert [one.code for one in escalating.contacts(house.desk())] == [one.code for one in before]
    assert PHONE not in str(house.events()), "how somebody is reached is in the log"
    assert "Lea Lowe" not in str(house.events())
    refusal(escalating.set_contact(house.desk(), Contact("x1", 1, "A", "b")), "role")
    assert escalating.set_contact(desk, Contact("x1", 0, "A", "b")) == [
        "A contact's level is a number from 1 to 9; 1 is asked first."
    ]
    assert "did you mean district" in refusal(escalating.drop_contact(desk, "distric"), "unknown_contact").reason
    for code in ("supervisor", "site-manager", "district"):
        assert isinstance(escalating.drop_contact(desk, code), ContactChanged)
    refusal(escalating.drop_contact(desk, "duty-leader"), "not_possible")


def test_a_flag_is_escalated_with_its_note_in_one_transaction(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    done(booking.book(house.desk(), wish()))
    diaries.disable(house.desk("leader1"), "D01")
    (item,) = flags.queue(house.desk()).items
    write, written = Store.write, list[object]()

    def counted(store: Store, work: Callable[[Unit], object]) -> object:
        written.append(work)
        return write(store, work)

    monkeypatch.setattr(Store, "write", counted)
    asked = Wanted("escalate", "needs_authority")
    first = resolve(house.desk("leader1"), item.flag.id, asked, note="asked twice")
    assert isinstance(first, Resolved)
    assert len(written) == 1
    with house.desk().store.read() as unit:
        assert note_of(unit, house.desk().site, item.flag.id) == "asked twice"


def test_a_flag_goes_up_level_by_level_and_stays_open(house: House) -> None:
    made = done(booking.book(house.desk(), wish()))
    diaries.disable(house.desk("leader1"), "D01")
    (item,) = flags.queue(house.desk()).items
    first = resolve(house.desk("leader1"), item.flag.id, Wanted("escalate", "needs_authority"), note="asked twice", id=uid(3))
    assert isinstance(first, Resolved)
    assert first.escalated is not None
    assert (first.status, first.flag.status, first.escalated.contact.code) == ("escalated", "open", "duty-leader")
    again = resolve(house.desk("leader1"), item.flag.id, Wanted("escalate", "needs_authority"), id=uid(3))
    assert isinstance(again, Resolved)
    assert (again.repeated, again.escalated and again.escalated.contact.level) == (True, 1)
    second = escalated(escalating.escalate(house.desk("super1"), "flag", item.flag.id, None, "overdue"))
    assert (second.contact.level, second.escalation.made_by) == (2, "super1")
    facts = " ".join(second.facts)
    for fact in (
        "FC-F2F Wed 25 Nov 2026 09:00 in D01",
        "C000001",
        made.entry.id,
        "switched off",
        "key type",
        "Escalated to duty-leader",
    ):
        assert fact in facts
    assert "Khan" not in facts
    assert "asked twice" not in facts
    shown = flags.show(house.desk(), item.flag.id)
    assert isinstance(shown, flags.Shown)
    assert [(one.contact, one.made_by) for one in shown.escalations] == [("duty-leader", "leader1"), ("supervisor", "super1")]
    assert [one.escalated for one in flags.queue(house.desk()).items] == [True]
    for _ in range(2):
        escalated(escalating.escalate(house.desk("super1"), "flag", item.flag.id, None, "overdue"))
    refusal(escalating.escalate(house.desk("super1"), "flag", item.flag.id, None, "overdue"), "not_possible")
    refusal(escalating.escalate(house.desk("agent1"), "flag", item.flag.id, None, "overdue"), "role")
    resolve(house.desk("super1"), item.flag.id, Wanted("keep", "agreed"))
    refusal(escalating.escalate(house.desk("super1"), "flag", item.flag.id, "district", "overdue"), "stale_version")


def test_a_call_an_appointment_and_a_hand_off_are_escalated_with_their_facts(house: House) -> None:
    desk = house.desk()
    made = done(booking.book(desk, wish()))
    given = handed_off(booking.book(desk, wish("CC-PHONE", client="C000002"), id=uid(8)))
    calls.open_call(desk, uid(9), "FC-F2F", {"day": "2026-11-26", "note": "her own words"})
    told = escalated(escalating.escalate(desk, "appointment", made.entry.id, "site-manager", "no_time_found"))
    assert any("C000001, priority standard" in one for one in told.facts)
    told = escalated(escalating.escalate(desk, "call", uid(9), None, "other"))
    assert any("day Thu 26 Nov 2026" in one for one in told.facts)
    assert "her own words" not in " ".join(told.facts)
    told = escalated(escalating.escalate(house.desk(now=NOW + timedelta(days=14)), "handoff", given.id, None, "overdue"))
    assert any("It is overdue" in one for one in told.facts)
    house.add_type(CARE)
    straight = blocking.block(house.desk("leader1"), "D01", DAY, ONE, ONE + 12, None, type="BLK-CARE", client="C000003")
    assert isinstance(straight, Blocked), straight
    told = escalated(escalating.escalate(desk, "appointment", straight.entries[0].id, "site-manager", "no_time_found"))
    assert any("Claimant C000003" in one for one in told.facts)
    leave = blocking.block(house.desk("leader1"), "D02", DAY, ONE, ONE + 12, "leave")
    assert isinstance(leave, Blocked), leave
    refusal(escalating.escalate(desk, "appointment", leave.entries[0].id, None, "other"), "unknown_entry")
    refusal(escalating.escalate(desk, "appointment", uid(77), None, "other"), "unknown_entry")
    refusal(escalating.escalate(desk, "call", uid(9), "distrct", "other"), "unknown_contact")
    assert house.rows("SELECT COUNT(*) FROM escalation WHERE site = ?") == [(4,)]


def test_a_call_in_hand_goes_up_with_what_is_known_of_it_by_now(house: House) -> None:
    held = done(booking.hold(house.desk(), wish(client=None)), "held").entry
    wanted = {"from": "2026-11-25", "time": "am", "needs": "room", "hold": held.id}
    asked = CallAsked("FC-F2F", "C000001", "urgent", "walk-in", wanted)
    first = escalated(escalating.escalate(house.desk(), "call", uid(9), None, "other", asked=asked, id=uid(3)))
    again = escalated(escalating.escalate(house.desk(), "call", uid(9), None, "other", asked=asked, id=uid(3)))
    assert again.repeated
    facts = " ".join(first.facts)
    for fact in (
        "FC-F2F, First commitment - F2F, key type",
        "Claimant C000001, priority urgent, asked by walk-in, with Ann Archer",
        "from Wed 25 Nov 2026, time am, needs room",
        held.id,
    ):
        assert fact in facts
    (call,) = calls.unfinished(house.desk())
    assert (call.id, call.type, call.client) == (uid(9), "FC-F2F", "C000001")
    other = CallAsked("NJR-F2F", "C000002", "standard", "phone", {})
    escalated(escalating.escalate(house.desk("agent2"), "call", uid(9), None, "other", asked=other))
    assert calls.unfinished(house.desk()) == [call], "a call that somebody else has is theirs to describe"


def test_a_hand_off_is_taken_by_one_and_closed_once(house: House) -> None:
    given = handed_off(booking.book(house.desk(), wish("CC-PHONE")))
    taken = handoffs.take(house.desk("agent1"), given.id, id=uid(2))
    assert isinstance(taken, HandoffChanged)
    assert (taken.handoff.status, taken.handoff.taken_by) == ("taken", "agent1")
    assert "Ann Archer has this" in refusal(handoffs.take(house.desk("agent2"), given.id), "held").reason
    assert isinstance(handoffs.take(house.desk("leader1"), given.id), HandoffChanged)
    refusal(handoffs.take(house.desk("coach1"), given.id), "role")
    closed = handoffs.close(house.desk("leader1"), given.id, "called_back", id=uid(4))
    assert isinstance(closed, HandoffChanged)
    assert handoffs.close(house.desk("leader1"), given.id, "called_back", id=uid(4)) == HandoffChanged(
        "closed", closed.handoff, repeated=True
    )
    assert "closed by Lea Lowe: called back" in refusal(handoffs.close(house.desk(), given.id, "booked"), "stale_version").reason
    assert [one.is_due(DAY + timedelta(days=30)) for one in handoffs.handoffs(house.desk())] == [False]


def test_a_day_is_closed_and_opened_by_those_who_may(house: House) -> None:
    made = done(booking.book(house.desk(), wish()))
    refusal(closing.close_day(house.desk(), DAY, "x"), "role")
    found = closing.close_day(house.desk("leader1"), DAY, "Staff training", id=uid(6))
    assert isinstance(found, closing.DayClosed)
    assert [one.id for one in found.flagged] == [made.entry.id]
    again = closing.close_day(house.desk("leader1"), DAY, "Staff training", id=uid(6))
    assert isinstance(again, closing.DayClosed)
    assert (again.repeated, again.flagged) == (True, found.flagged)
    assert closing.closures(house.desk())[DAY] == "Staff training"
    assert house.starts() == set()
    refusal(closing.close_day(house.desk("leader1"), DAY, "y"), "not_possible")
    refusal(closing.close_day(house.desk("leader1"), NOW.date() - timedelta(days=1), "y"), "past")
    opened = closing.open_day(house.desk("leader1"), DAY)
    assert isinstance(opened, closing.DayClosed)
    assert house.starts() != set()
    refusal(closing.open_day(house.desk("leader1"), DAY), "not_possible")
