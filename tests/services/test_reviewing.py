"""Feedback, improvements, and procedures that are reviewed each year."""

from datetime import date, timedelta
from typing import Any

from agent_tui.domain.requests import Refused
from agent_tui.domain.review import Feedback, due_words
from agent_tui.domain.wall_time import short_date
from agent_tui.services import booking, reviewing
from agent_tui.services.recorded import Recorded
from agent_tui.services.switching import Rejected
from tests.services.conftest import House, done, uid, wish
from tests.small_site import NOW

TODAY = NOW.date()


def recorded(answer: object, status: str) -> Recorded:
    assert isinstance(answer, Recorded), answer
    assert answer.status == status, answer
    return answer


def refusal(answer: object, code: str) -> Refused:
    assert isinstance(answer, Refused), answer
    assert answer.code == code, answer
    return answer


def test_feedback_about_an_appointment_becomes_an_improvement(house: House) -> None:
    entry = done(booking.book(house.desk(), wish())).entry.id
    said = "The letter did not name the room."
    made = recorded(reviewing.add_feedback(house.desk(), "claimant", said, entry=entry, id=uid(1)), "added")
    assert recorded(reviewing.add_feedback(house.desk(), "claimant", said, entry=entry, id=uid(1)), "added").repeated
    refusal(reviewing.add_feedback(house.desk(), "claimant", "other words", entry=entry, id=uid(1)), "id_reused")
    refusal(reviewing.add_feedback(house.desk(), "staff", said, entry=uid(99)), "unknown_entry")
    assert "letter" not in str(house.events())
    due = TODAY + timedelta(days=14)
    refusal(reviewing.add_improvement(house.desk(), "Name the room", "leader1", due), "role")
    boss = house.desk("leader1")
    assert "cannot own" in refusal(reviewing.add_improvement(boss, "Name the room", "agent1", due), "role").reason
    assert "did you mean" in refusal(reviewing.add_improvement(boss, "Name the room", "leder1", due), "unknown_login").reason
    assert isinstance(reviewing.add_improvement(boss, "Name the room", "leader1", TODAY - timedelta(days=1)), Rejected)
    plan = recorded(reviewing.add_improvement(boss, "Name the room", "super1", due, feedback=made.id), "added")
    (item,) = reviewing.feedback(house.desk(), entry=entry)
    assert item.improvement == plan.id
    recorded(reviewing.erase_feedback(boss, made.id), "erased")
    assert [one.words for one in reviewing.feedback(house.desk())] == [None]
    recorded(reviewing.close_improvement(boss, plan.id, "The letter names it."), "closed")
    refusal(reviewing.close_improvement(boss, plan.id, "again"), "not_possible")
    verbs = ["feedback_added", "improvement_added", "feedback_erased", "improvement_closed"]
    assert house.verbs()[1:] == verbs


def test_feedback_is_about_one_thing_and_holds_no_number(house: House) -> None:
    desk = house.desk()
    wrong: list[dict[str, Any]] = [{}, {"entry": uid(1), "procedure": "allocate-slot"}]
    for more in wrong:
        assert isinstance(reviewing.add_feedback(desk, "staff", "words", **more), Rejected)
    for words in ("", "x" * 1001, "ring 0113 496 0999"):
        assert isinstance(reviewing.add_feedback(desk, "staff", words, procedure="allocate-slot"), Rejected)
    near = refusal(reviewing.add_feedback(desk, "staff", "words", procedure="alocate-slot"), "unknown_procedure")
    assert "did you mean allocate-slot" in near.reason


def test_a_procedure_is_due_a_year_after_its_review(house: House) -> None:
    assert all(one.procedure.is_due(TODAY) for one in reviewing.procedures(house.desk()))
    refusal(reviewing.reviewed(house.desk(), "allocate-slot"), "role")
    boss = house.desk("leader1")
    recorded(reviewing.add_feedback(house.desk(later=-2 * 86400), "staff", "an old one", procedure="allocate-slot"), "added")
    recorded(reviewing.reviewed(boss, "allocate-slot", id=uid(5)), "reviewed")
    assert recorded(reviewing.reviewed(boss, "allocate-slot", id=uid(5)), "reviewed").repeated
    new = recorded(reviewing.add_feedback(house.desk(), "staff", "a new one", procedure="allocate-slot"), "added")
    elsewhere = recorded(reviewing.add_feedback(house.desk(), "staff", "of another", procedure="type-use"), "added")
    last = reviewing.procedures(house.desk())[-1]
    assert (last.procedure.code, last.procedure.reviewed, last.procedure.reviewed_by) == ("allocate-slot", TODAY, "leader1")
    assert [one.id for one in last.feedback] == [new.id]
    first = next(one for one in reviewing.procedures(house.desk()) if one.procedure.code == "type-use")
    assert [one.id for one in first.feedback] == [elsewhere.id]
    year = date(TODAY.year + 1, TODAY.month, TODAY.day)
    assert last.procedure.due(TODAY) == year
    assert not last.procedure.is_due(year - timedelta(days=31))
    assert last.procedure.is_due(year - timedelta(days=30))
    assert due_words(last.procedure, year + timedelta(days=1)) == f"overdue since {short_date(year)}"
    assert isinstance(reviewing.reviewed(boss, "allocate-slot", day=TODAY + timedelta(days=1)), Rejected)
    refusal(reviewing.reviewed(boss, "allocate-slot", day=TODAY - timedelta(days=1)), "not_possible")
    recorded(reviewing.add_procedure(boss, "walk-ins", "Claimants who walk in", reviewed=TODAY), "added")
    refusal(reviewing.add_procedure(boss, "walk-ins", "Again"), "known_procedure")
    assert isinstance(reviewing.add_procedure(boss, "Walk Ins!", "Again"), Rejected)
    found: list[Feedback] = reviewing.feedback(house.desk(), procedure="type-use")
    assert len(found) == 1
