"""Questions, incidents and tickets: searched first, no duplicates, who is told, who may, and no claimant anywhere."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from agent_tui.domain.incidents import ActTiming, Incident
from agent_tui.domain.questions import Question
from agent_tui.domain.requests import Refused
from agent_tui.services import demand, incidents, questions, reviewing, support_undo
from agent_tui.services.questions import Near
from agent_tui.services.recorded import Recorded, lead
from agent_tui.services.switching import Rejected
from agent_tui.store.trouble import KeyRefused
from tests.services.conftest import House, uid
from tests.small_site import NOW

ASKED = "May one claimant bring a friend to the interview?"


def recorded(answer: object, status: str) -> Recorded:
    assert isinstance(answer, Recorded), answer
    assert answer.status == status, answer
    return answer


def refusal(answer: object, code: str) -> Refused:
    assert isinstance(answer, Refused), answer
    assert answer.code == code, answer
    return answer


def item(done: Recorded) -> Any:
    return done.item


def test_a_question_is_raised_watched_answered_and_told(house: House) -> None:
    agent, other, boss = house.desk(), house.desk("agent2"), house.desk("leader1")
    along = questions.search(agent)
    assert {one.state for one in along} == {"answered"}
    assert questions.search(agent, "five minute gap")[0].words.startswith("How do I avoid five minute gaps")
    assert questions.search(agent, "friend") == []
    made = recorded(questions.raise_question(agent, ASKED, id=uid(1)), "raised")
    assert item(made).state == "raised"
    assert "Duty team leader" in made.sentence
    again = recorded(questions.raise_question(agent, ASKED, id=uid(1)), "raised")
    assert (again.repeated, again.id) == (True, made.id)
    refusal(questions.raise_question(agent, "May coaches leave early on a Friday now?", anyway=True, id=uid(1)), "id_reused")
    assert len(questions.search(agent)) == len(along) + 1
    recorded(questions.watch(other, made.id), "watched")
    refusal(questions.watch(other, along[0].id), "not_possible")
    assert questions.answers_for_me(other) == []
    refused = refusal(questions.answer(agent, made.id, "Yes."), "role")
    assert "team leader, supervisor or administrator can do this" in refused.reason
    told = recorded(questions.answer(boss, made.id, "Yes, one friend.", id=uid(2)), "answered")
    assert "2 people are told" in told.sentence
    assert recorded(questions.answer(boss, made.id, "Yes, one friend.", id=uid(2)), "answered").repeated
    for desk in (agent, other):
        (one,) = questions.answers_for_me(desk)
        assert one.answer == "Yes, one friend."
        questions.mark_told(desk, [one.id])
        assert questions.answers_for_me(desk) == []
    recorded(questions.answer(boss, made.id, "Yes, two friends."), "answered")
    assert [one.answer for one in questions.answers_for_me(agent)] == ["Yes, two friends."]
    assert questions.answers_for_me(boss) == []
    assert house.verbs() == ["question_raised", "question_watched", *["question_answered"] * 2]
    assert "friend" not in str(house.events()), "words are in the log"


def test_what_comes_along_can_be_changed_and_is_not_raised_again(house: House) -> None:
    first = questions.search(house.desk(), "overtime")[0]
    recorded(questions.answer(house.desk("super1"), first.id, "Never."), "answered")
    assert questions.search(house.desk(), "overtime")[0].answer == "Never."
    same = refusal(questions.raise_question(house.desk(), f"{first.words.upper()} !"), "known_question")
    assert same.id == first.id
    refusal(questions.publish(house.desk("leader1"), first.words, "Twice."), "known_question")
    new = recorded(questions.publish(house.desk("leader1"), "How long is a hold kept for me?", "Ten minutes."), "published")
    assert isinstance(new.item, Question)
    assert questions.show(house.desk(), new.id) == new.item


def test_a_near_question_is_shown_before_one_can_be_raised(house: House) -> None:
    asked = "Do I need one additional diary for overtime work?"
    shown = questions.raise_question(house.desk(), asked)
    assert isinstance(shown, Near)
    assert shown.questions[0].words == "Do I need an additional diary for overtime?"
    assert house.verbs() == []
    recorded(questions.raise_question(house.desk(), asked, anyway=True), "raised")


def test_the_key_refuses_a_second_one_raised_at_the_same_moment(house: House) -> None:
    answers: list[object] = []
    gate = Barrier(2)

    def ask(login: str) -> None:
        desk = house.desk(login)
        gate.wait()
        answers.append(questions.raise_question(desk, ASKED))

    threads = [Thread(target=ask, args=(login,)) for login in ("agent1", "agent2")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(type(one).__name__ for one in answers) == ["Recorded", "Refused"], answers
    assert len(questions.search(house.desk(), "friend")) == 1


def test_the_store_itself_refuses_the_same_words_and_a_second_ticket(house: House) -> None:
    made = recorded(questions.raise_question(house.desk(), ASKED), "raised")
    (row,) = house.rows("SELECT word_key FROM question WHERE site = ? AND id = ?", made.id)
    with pytest.raises(KeyRefused):
        house.sql("INSERT INTO question (site, id, words, word_key, raised_by, raised_at) VALUES (?,'x','x',?,'x',0)", row[0])
    recorded(incidents.raise_ticket(house.desk("leader1"), made.id, "nobody knows"), "ticketed")
    again = "INSERT INTO support_ticket (site, id, about, subject, words, made_by, made_at) VALUES (?,'x','question',?,'x','x',0)"
    with pytest.raises(KeyRefused):
        house.sql(again, made.id)


@pytest.mark.parametrize("words", ["short", "x" * 201, "Why does 0113 496 0999 not answer us?", "What of QQ 12 34 56 A today?"])
def test_words_that_are_no_question(house: House, words: str) -> None:
    assert isinstance(questions.raise_question(house.desk(), words), Rejected)


def test_an_incident_holds_acts_and_findings_and_no_claimant(house: House) -> None:
    acts = [ActTiming("Sana Khan", 1.0), *(ActTiming("search", number / 10, number == 3) for number in range(12))]
    made = recorded(incidents.raise_incident(house.desk(), "slow", "since\x1b[2J nine", acts, id=uid(3)), "raised")
    one = made.item
    assert isinstance(one, Incident)
    assert one.acts == tuple(acts[-10:])
    assert one.noticed == "2026-11-24T09:00"
    assert "\x1b" not in one.words
    assert all(len(pair) == 2 for pair in one.findings)
    assert recorded(incidents.raise_incident(house.desk(), "slow", "since\x1b[2J nine", acts, id=uid(3)), "raised").repeated
    assert "since" not in str(house.events())
    for words in ("she is QQ 12 34 56 A", "call 0113 496 0999", "QQ123456A", "01134960999"):
        assert isinstance(incidents.raise_incident(house.desk(), "slow", words), Rejected), words
    assert isinstance(incidents.raise_incident(house.desk(), "other", ""), Rejected)
    assert isinstance(incidents.raise_incident(house.desk(), "odd", "words"), Rejected)
    kept = incidents.raise_incident(house.desk(), "slow", "", [ActTiming("Sana Khan", 1.0)])
    assert item(recorded(kept, "raised")).acts == ()


def test_an_incident_goes_to_the_lead_then_to_a_ticket(house: House) -> None:
    made = recorded(incidents.raise_incident(house.desk(), "not_saving", ""), "raised")
    boss = house.desk("super1")
    refusal(incidents.raise_ticket(house.desk(), made.id, "cannot be settled here"), "role")
    refusal(incidents.tickets(house.desk()), "role")
    ticket = recorded(incidents.raise_ticket(boss, made.id, "cannot be settled here"), "ticketed")
    assert [one.status for one in incidents.incidents(house.desk())] == ["with ticket"]
    assert ticket.id in refusal(incidents.raise_ticket(boss, made.id, "again please"), "not_possible").reason
    refusal(incidents.close_incident(house.desk(), made.id, "done"), "role")
    recorded(incidents.close_ticket(boss, ticket.id, "next version"), "closed")
    refusal(incidents.close_ticket(boss, ticket.id, "twice"), "not_possible")
    recorded(incidents.close_incident(boss, made.id, "cable"), "closed")
    assert "cable" in refusal(incidents.close_incident(boss, made.id, "twice"), "not_possible").reason
    asked = recorded(questions.raise_question(house.desk(), ASKED), "raised")
    recorded(incidents.raise_ticket(boss, asked.id, "nobody knows"), "ticketed")
    found = questions.show(house.desk(), asked.id)
    assert isinstance(found, Question)
    assert found.ticket is not None
    assert house.verbs()[1:4] == ["ticket_raised", "ticket_closed", "incident_closed"]


def test_the_lead_is_a_setting_of_the_site(house: House) -> None:
    assert lead(house.desk()).code == "duty-leader"
    demand.change_setting(house.desk("leader1"), "lead", "district")
    assert lead(house.desk()).code == "district"
    demand.change_setting(house.desk("leader1"), "lead", "nobody-here")
    assert lead(house.desk()).code == "duty-leader"


def test_who_waits_no_more_is_not_told(house: House) -> None:
    agent, other = house.desk(), house.desk("agent2")
    made = recorded(questions.raise_question(agent, ASKED), "raised")
    refusal(questions.unwatch(other, made.id), "not_possible")
    recorded(questions.watch(other, made.id), "watched")
    recorded(questions.unwatch(other, made.id, id=uid(4)), "unwatched")
    assert recorded(questions.unwatch(other, made.id, id=uid(4)), "unwatched").repeated
    recorded(support_undo.undo(other), "undone")
    assert item(recorded(questions.watch(other, made.id), "watched")).watchers == ("agent1", "agent2")
    recorded(questions.unwatch(other, made.id), "unwatched")
    recorded(questions.answer(house.desk("leader1"), made.id, "Yes."), "answered")
    assert questions.answers_for_me(other) == []
    refusal(questions.unwatch(house.desk("coach1"), uid(9)), "unknown_question")


def _incident(house: House, login: str = "agent1") -> Recorded:
    return recorded(incidents.raise_incident(house.desk(login), "slow", "since nine"), "raised")


def _feedback(house: House, login: str = "leader1") -> Recorded:
    return recorded(reviewing.add_feedback(house.desk(login), "staff", "two forms", procedure="type-use"), "added")


def _improvement(house: House, feedback: str | None = None) -> Recorded:
    boss, due = house.desk("leader1"), NOW.date()
    return recorded(reviewing.add_improvement(boss, "One form", "leader1", due, feedback=feedback), "added")


def _ticket(house: House) -> Recorded:
    return recorded(incidents.raise_ticket(house.desk("leader1"), _incident(house).id, "cannot be settled"), "ticketed")


# What is there before, and what a team leader does then.
UNDONE: dict[str, tuple[Callable[[House], object], Callable[[House, Any], object]]] = {
    "question": (lambda h: questions.search(h.desk()), lambda h, _b: questions.raise_question(h.desk("leader1"), ASKED)),
    "published": (lambda h: questions.search(h.desk()), lambda h, _b: questions.publish(h.desk("leader1"), ASKED, "Yes.")),
    "answer of one's own": (
        lambda h: recorded(questions.raise_question(h.desk("leader1"), ASKED), "raised"),
        lambda h, b: questions.answer(h.desk("leader1"), b.id, "Yes."),
    ),
    "answer of what comes along": (
        lambda h: recorded(questions.raise_question(h.desk("leader1"), ASKED), "raised"),
        lambda h, _b: questions.answer(h.desk("leader1"), questions.search(h.desk(), "overtime")[0].id, "Never."),
    ),
    "incident": (lambda _h: None, lambda h, _b: _incident(h, "leader1")),
    "incident closed": (_incident, lambda h, b: incidents.close_incident(h.desk("leader1"), b.id, "cable")),
    "ticket": (_incident, lambda h, b: incidents.raise_ticket(h.desk("leader1"), b.id, "cannot be settled")),
    "ticket closed": (_ticket, lambda h, b: incidents.close_ticket(h.desk("leader1"), b.id, "next version")),
    "feedback": (lambda _h: None, lambda h, _b: _feedback(h)),
    "improvement": (_feedback, lambda h, b: _improvement(h, b.id)),
    "improvement closed": (_improvement, lambda h, b: reviewing.close_improvement(h.desk("leader1"), b.id, "one form")),
    "procedure": (
        lambda h: reviewing.reviewed(h.desk("leader1"), "type-use"),
        lambda h, _b: reviewing.add_procedure(h.desk("leader1"), "walk-ins", "Who walks in"),
    ),
    "reviewed": (
        lambda h: reviewing.reviewed(h.desk("super1"), "type-use", day=NOW.date() - timedelta(days=400)),
        lambda h, _b: reviewing.reviewed(h.desk("leader1"), "type-use"),
    ),
}
_TABLES = ("question", "question_answer", "question_watch", "incident", "support_ticket", "feedback", "improvement")


def _support(house: House) -> dict[str, list[tuple[Any, ...]]]:
    return {name: rows for name, rows in house.dump().items() if name in (*_TABLES, "procedure_review")}


@pytest.mark.parametrize("what", UNDONE)
def test_an_act_of_support_is_taken_back_by_its_maker_within_a_minute(on_sqlite: House, what: str) -> None:
    house = on_sqlite
    before, act = UNDONE[what]
    if what in ("question", "published"):  # the questions that come along are taken over by the first change
        recorded(questions.raise_question(house.desk(), "Who has the key of room four?"), "raised")
    made = before(house)
    kept = _support(house)
    act(house, made)
    assert _support(house) != kept
    refusal(support_undo.undo(house.desk("leader1", later=61)), "undo_expired")
    undone = recorded(support_undo.undo(house.desk("leader1", later=59), id=uid(7)), "undone")
    assert undone.sentence.startswith("Undone: ")
    assert _support(house) == kept
    assert recorded(support_undo.undo(house.desk("leader1", later=59), id=uid(7)), "undone").repeated
    assert "nothing more to take back" in refusal(support_undo.undo(house.desk("leader1")), "not_possible").reason
    assert house.verbs()[-1] == "support_undone"


def test_what_somebody_has_gone_on_with_stays(on_sqlite: House) -> None:
    house = on_sqlite
    agent, boss = house.desk(), house.desk("leader1")
    refusal(support_undo.undo(agent), "not_possible")
    asked = recorded(questions.raise_question(agent, ASKED, id=uid(1)), "raised")
    recorded(questions.watch(house.desk("agent2"), asked.id), "watched")
    refusal(support_undo.undo(agent), "stale_version")
    recorded(questions.answer(boss, asked.id, "Yes."), "answered")
    recorded(questions.answer(house.desk("super1"), asked.id, "No."), "answered")
    refusal(support_undo.undo(boss), "stale_version")
    assert "not kept" in refusal(support_undo.undo(house.desk("super1")), "not_possible").reason
    recorded(support_undo.undo(house.desk("super1"), {asked.id: "Yes."}), "undone")
    assert [one.answer for one in questions.search(agent, "friend")] == ["Yes."]
    incident = _incident(house)
    recorded(incidents.close_incident(boss, incident.id, "cable"), "closed")
    refusal(support_undo.undo(agent), "stale_version")
    said = _feedback(house, "agent1")
    _improvement(house, said.id)
    refusal(support_undo.undo(agent), "stale_version")
    recorded(reviewing.erase_feedback(boss, said.id), "erased")
    assert "gone for good" in refusal(support_undo.undo(boss), "not_possible").reason


def test_a_retry_of_what_was_taken_back_is_refused(on_sqlite: House) -> None:
    agent = on_sqlite.desk()
    recorded(questions.raise_question(agent, ASKED, id=uid(1)), "raised")
    recorded(support_undo.undo(agent), "undone")
    assert "taken back since" in refusal(questions.raise_question(agent, ASKED, id=uid(1)), "not_possible").reason
    recorded(questions.raise_question(agent, ASKED), "raised")
