"""Questions, incidents and tickets: searched first, no duplicates, who is told, who may, and no claimant anywhere."""

from threading import Barrier, Thread
from typing import Any

import pytest

from agent_tui.domain.incidents import ActTiming, Incident
from agent_tui.domain.questions import Question
from agent_tui.domain.requests import Refused
from agent_tui.services import demand, incidents, questions
from agent_tui.services.questions import Near
from agent_tui.services.recorded import Recorded, lead
from agent_tui.services.switching import Rejected
from agent_tui.store.trouble import KeyRefused
from tests.services.conftest import House, uid

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
