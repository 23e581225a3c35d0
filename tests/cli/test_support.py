"""faq, incident, ticket, feedback, improve, procedures: the objects, the refusals and the exit codes."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.cli.runner import LIST_KEYS, Place, booked, run

KEYS = {"status", "repeated", "id", "item", "say", "near", "problems", "code", "reason"}
QUESTION = {
    *("id", "state", "question", "answer", "raised_by", "raised_at", "answered_by", "answered_at", "watchers", "ticket"),
}
INCIDENT = {
    *("id", "kind", "status", "words", "noticed", "who", "at", "version", "engine", "acts", "findings", "outcome", "closed_by"),
    *("ticket", "closed_at"),
}


def test_questions_by_command(desk: Place) -> None:
    listed = desk.ask("faq", "search", "five minute gaps", "--limit", "1")
    assert set(listed) == LIST_KEYS
    assert set(listed["items"][0]) == QUESTION
    assert listed["items"][0]["state"] == "answered"
    assert desk.ask("faq", "search", "friend")["total"] == 0
    assert "Not there: raise it, and it goes to Duty team leader" in desk.text("faq", "search", "friend")
    id = str(uuid4())
    made = desk.ask("faq", "raise", "-", "--id", id, stdin="May a friend come along?\n")
    assert set(made) == KEYS
    assert desk.ask("faq", "raise", "-", "--id", id, stdin="May a friend come along?\n") == made | {"repeated": True}
    assert desk.refuse("faq", "raise", "may a FRIEND come along")["code"] == "known_question"
    near = desk.refuse("faq", "raise", "May one friend come along?")
    assert (near["code"], near["near"][0]["id"]) == ("near_question", made["id"])
    assert desk.ask("faq", "raise", "May one friend come along?", "--anyway")["status"] == "raised"
    assert desk.by("agent2").ask("faq", "watch", made["id"])["item"]["watchers"] == ["agent1", "agent2"]
    assert desk.refuse("faq", "answer", made["id"], "Yes.")["code"] == "role"
    boss = desk.by("leader1")
    assert boss.ask("faq", "answer", made["id"], stdin="Yes, one.\n")["item"]["answer"] == "Yes, one."
    assert boss.ask("faq", "publish", "How long is a hold kept?", stdin="Ten minutes.\n")["status"] == "published"
    assert desk.ask("faq", "show", made["id"])["item"]["state"] == "answered"
    assert desk.refuse("faq", "show", id)["code"] == "unknown_question"
    assert [one["question"] for one in desk.ask("faq", "list", "--state", "raised")["items"]] == ["May one friend come along?"]
    desk.sound()


def test_an_incident_and_its_ticket_by_command(desk: Place) -> None:
    made = desk.ask("incident", "raise", "slow", "since nine")
    assert set(made) == KEYS
    assert set(made["item"]) == INCIDENT
    assert desk.ask("incident", "list")["total"] == 1
    boss = desk.by("super1")
    ticket = boss.ask("ticket", "raise", made["id"], "not ours to settle")
    assert ticket["item"]["about"] == "incident"
    assert boss.ask("incident", "show", made["id"])["item"]["ticket"] == ticket["id"]
    assert boss.ask("ticket", "close", ticket["id"], "next version")["item"]["status"] == "closed"
    assert boss.ask("ticket", "show", ticket["id"])["item"]["outcome"] == "next version"
    assert boss.ask("incident", "close", made["id"], "faster now")["item"]["status"] == "closed"
    assert boss.ask("ticket", "list")["total"] == 1
    assert desk.refuse("ticket")["code"] == "role"
    assert "faster" not in str(desk.ask("log"))
    desk.sound()


def test_an_incident_is_kept_while_the_store_is_away(desk: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_tui.tui.kept_incidents.state_dir", lambda: tmp_path / "state")
    store = Path(desk.store)
    aside = store.rename(store.with_name("aside.db"))
    answer = run("incident", "raise", "no_access", "the folder is gone", *desk.options)
    assert answer.code == 4
    assert "kept on this computer" in answer.err
    aside.rename(store)
    assert desk.ask("incident", "send")["items"][0]["words"] == "the folder is gone"
    assert desk.ask("incident", "send")["total"] == 0
    assert desk.ask("incident")["total"] == 1


def test_feedback_improvements_and_procedures_by_command(desk: Place) -> None:
    entry, boss = booked(desk)["id"], desk.by("leader1")
    made = desk.ask("feedback", "add", "claimant", "--appointment", entry, stdin="no room on the letter\n")
    assert made["item"]["appointment"] == entry
    assert desk.ask("feedback", "list", "--appointment", entry)["total"] == 1
    assert desk.ask("feedback", "show", made["id"])["item"]["words"] == "no room on the letter"
    plan = boss.ask("improve", "add", "Name the room", "--owner", "super1", "--due", "2026-12-24", "--feedback", made["id"])
    assert (plan["item"]["status"], plan["item"]["feedback"]) == ("open", made["id"])
    assert desk.refuse("improve", "close", plan["id"], "done")["code"] == "role"
    found = {one["procedure"]: one for one in desk.ask("procedures", "list", "--due")["items"]}
    assert found["allocate-slot"]["feedback"] == [made["id"]]
    assert found["allocate-slot"]["improvements"] == [plan["id"]]
    assert boss.ask("procedures", "reviewed", "allocate-slot")["item"]["reviewed"] == "2026-11-24"
    assert "allocate-slot" not in {one["procedure"] for one in desk.ask("procedures", "list", "--due")["items"]}
    assert boss.ask("procedures", "add", "walk-ins", "--title", "Walk-ins")["status"] == "added"
    assert boss.ask("improve", "close", plan["id"], "named")["item"]["outcome"] == "named"
    assert [one["status"] for one in desk.ask("improve")["items"]] == ["closed"]
    assert boss.ask("feedback", "erase", made["id"])["item"]["words"] is None
    desk.sound()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("incident", "raise", "slwo"), "did you mean slow"),
        (("incident", "raise", "other"), "own words"),
        (("incident", "raise", "slow", "she is QQ 12 34 56 A"), "national reference"),
        (("faq", "raise", "short"), "10 to 200 characters"),
        (("faq", "watch", "x"), "UUID"),
        (("feedback", "add", "friend"), "SOURCE takes one of claimant, staff"),
        (("feedback", "add", "staff", "words"), "about an appointment or a procedure"),
        (("procedures", "reviewed", "allocate-slot", "--day", "2027-01-01"), "a day that has come"),
        (("improve", "add", "Title", "--owner", "leader1", "--due", "yesterday"), "is not a day"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(desk: Place, words: tuple[str, ...], said: str) -> None:
    answer = run(*desk.by("leader1").options, *words)
    assert answer.code == 2, answer
    assert said in answer.err
    assert set(answer.object) >= {"status", "code", "reason"}
