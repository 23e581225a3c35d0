"""Support: questions as somebody types, incidents from everywhere, answers that come to who waits, feedback, reviews."""

from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain.incidents import Incident
from agent_tui.domain.questions import Question
from agent_tui.services import incidents, questions, reviewing
from agent_tui.services.recorded import Recorded
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.kept_incidents import Kept, KeptIncidents
from agent_tui.tui.messages import StoreRecovered
from agent_tui.tui.modals import ChoiceModal, ConfirmModal, FieldsModal
from agent_tui.tui.screens.support import SupportScreen
from agent_tui.tui.widgets.lines import KeyFooter
from tests.tui.booking_desk import SMALL, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

ASKED = "May a friend come along to the interview?"


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Incidents are kept in a folder of the test's own."""
    folder = tmp_path / "state"
    monkeypatch.setattr("agent_tui.tui.kept_incidents.state_dir", lambda: folder)
    return folder


async def open_support(seat: Seat, view: str = "1") -> SupportScreen:
    seat.screen.grid.focus()
    screen = await seat.go_to("support")
    assert isinstance(screen, SupportScreen)
    await seat.rest()
    if view != "1":
        await seat.press("f6", view)
    return screen


def modes(folder: Path) -> list[int]:
    """Return the modes of the incidents that are kept in a folder."""
    return [file.stat().st_mode & 0o777 for file in folder.rglob("*.json")]


def raised(seat: Seat, words: str = ASKED, login: str = "agent2") -> str:
    done = seat.others(lambda desk: questions.raise_question(desk, words), login)
    assert isinstance(done, Recorded), done
    return done.id


def words(screen: SupportScreen) -> list[str]:
    return [one.words for one in screen.items if isinstance(one, Question)]


def known(screen: SupportScreen) -> str:
    return str(screen.query_one("#known").render())


async def test_questions_are_found_as_somebody_types_and_raised_where_they_are_not_there(seats: Seats) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        screen = await open_support(seat)
        assert screen.context == "support words"
        await seat.type("five gaps")
        assert words(screen) == ["How do I avoid five minute gaps between appointments?"]
        assert "recommended" in known(screen)
        await seat.press("ctrl+a", "ctrl+k")
        await seat.type("May a friend come [b]along[/]?")
        assert words(screen) == []
        assert "Not there" in known(screen)
        assert "Duty team leader" in known(screen)
        await seat.press("enter")
        assert isinstance(seat.top, FieldsModal)
        await seat.press("enter")
        assert "Raised: it goes to Duty team leader" in screen.status.text
        assert words(screen) == ["May a friend come [b]along[/]?"]


async def test_a_near_question_is_asked_about_before_it_is_raised(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        screen = await open_support(seat)
        await seat.press("enter")
        assert screen.context == "support list"
        await seat.press("n")
        await seat.fill("Do I need one additional diary for overtime work?")
        assert isinstance(seat.top, ConfirmModal)
        assert seat.others(questions.search) == [one for one in seat.others(questions.search) if one.state == "answered"]
        await seat.press("y")
        assert "Raised" in screen.status.text


async def test_who_waits_is_told_live_and_at_the_next_start(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        id = raised(seat)
        screen = await open_support(seat)
        await seat.press("enter", "w")
        assert "told of the answer" in screen.status.text
        await seat.press("a")
        assert "can do this" in screen.status.text
        seat.others(lambda desk: questions.answer(desk, id, "Yes."), "leader1")
        await seat.feed()
        assert f"Answered: {ASKED}" in screen.status.text
        assert seat.others(questions.answers_for_me, "agent1") == []
    async with seats.seat("agent2") as seat:
        assert any(ASKED in toast.message for toast in seat.pilot.app._notifications)
    async with seats.seat("agent2") as seat:
        assert not any(ASKED in toast.message for toast in seat.pilot.app._notifications)


async def test_a_lead_answers_and_makes_a_ticket(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        raised(seat)
        screen = await open_support(seat)
        await seat.press("enter")
        named = [key.id for key in screen.query_one(KeyFooter).keys]
        assert named[:3] == ["show_item", "watch_question", "answer_question"]
        await seat.press("t")
        await seat.fill("nobody knows here")
        assert "Ticket" in screen.status.text
        await seat.press("a")
        await seat.fill("Yes, one.")
        assert "Answered: 1 person is told." in screen.status.text
        await seat.press("f6", "3", "c")
        await seat.fill("settled by an answer")
        assert "The ticket is closed." in screen.status.text


@pytest.mark.parametrize("key", ["I", "shift+f1"])
async def test_an_incident_is_raised_with_names_and_seconds_of_acts(seats: Seats, key: str) -> None:
    async with seats.seat("agent1") as seat:
        if key == "I":  # elsewhere from the form, in which letters are typed
            await open_support(seat, "2")
        else:
            await seat.choose_type("fc f2f")
        await seat.press(key)
        assert isinstance(seat.top, ChoiceModal)
        await seat.press("2")
        await seat.fill("QQ 12 34 56 A")
        assert isinstance(seat.top, FieldsModal)
        await seat.fill("since nine")
        (one,) = seat.others(incidents.incidents)
        assert isinstance(one, Incident)
        assert (one.kind, one.words, one.made_by) == ("slow", "since nine", "agent1")
        assert ("read support" if key == "I" else "search") in {act.name for act in one.acts}
        assert "incident kept" not in {act.name for act in one.acts}


async def test_an_incident_is_raised_over_a_dialog_which_stays(seats: Seats) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        await open_support(seat)
        await seat.press("enter", "n")
        await seat.type("May a friend")
        assert isinstance(seat.top, FieldsModal)
        beneath = seat.top
        await seat.press("shift+f1")
        assert isinstance(seat.top, ChoiceModal)
        await seat.press("shift+f1")  # it is asked once
        await seat.press("2")
        await seat.fill("since nine")
        assert seat.top is beneath
        assert beneath.typed == {"words": "May a friend"}
        (one,) = seat.others(incidents.incidents)
        assert one.words == "since nine"
        await seat.press("escape", "question_mark", "I")
        assert isinstance(seat.top, ChoiceModal)


async def test_an_act_is_undone_and_nobody_waits_who_does_not_want_to(seats: Seats) -> None:
    async with seats.seat("leader1", SMALL) as seat:
        id = raised(seat)
        screen = await open_support(seat)
        await seat.press("enter", "w", "w")
        assert "You are not told of the answer." in screen.status.text
        assert seat.others(questions.search)[0].watchers == ("agent2",)
        await seat.press("a")
        await seat.fill("Yes.")
        await seat.press("a")
        await seat.fill("No.")
        assert "Answered" in screen.status.text
        await seat.press("u")
        assert "Undone: the answer is taken back." in screen.status.text
        assert [one.answer for one in seat.others(questions.search) if one.id == id] == ["Yes."]
        seats.later(seconds=61)
        await seat.press("w", "u")
        assert "nothing more to take back" in screen.status.text


@pytest.mark.parametrize(("login", "said"), [("leader1", True), ("agent1", False)])
async def test_reviews_that_are_due_are_said_once_at_the_start(seats: Seats, login: str, said: bool) -> None:
    async with seats.seat(login) as seat:
        assert "reviewed" not in seat.said
        seat.screen.each_second()
        await seat.rest()
        assert ("procedures are to be reviewed: S p, then f6 6 lists them." in seat.said) == said
        seat.screen.status.describe("")
        seat.screen.each_second()
        await seat.rest()
        assert "reviewed" not in seat.said


async def test_an_incident_is_kept_here_while_the_store_is_away(
    seats: Seats, own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent_tui.services import incidents as service
    from agent_tui.services.trouble import StoreTrouble

    real = service.raise_incident

    def away(*_arguments: object, **_more: object) -> object:
        raise StoreTrouble("The store cannot be reached.")

    async with seats.seat("agent1") as seat:
        monkeypatch.setattr(service, "raise_incident", away)
        seat.screen.grid.focus()
        await seat.press("I", "1")
        await seat.fill("")
        assert "cannot be reached" in seat.said
        assert seat.others(incidents.incidents) == []
        assert modes(own_state) == [0o600]
        monkeypatch.setattr(service, "raise_incident", real)
        seats.later(hours=2)
        seat.screen.post_message(StoreRecovered())
        await seat.rest()
        (one,) = seat.others(incidents.incidents)
        assert one.noticed == "2026-11-24T09:00"
        assert modes(own_state) == []


async def test_an_incident_needs_no_open_store(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backstage, "open", lambda _back: None)
    async with seats.seat("agent1", wait=False) as seat:
        await seat.press("shift+f1", "3")
        await seat.fill("")
        assert "kept on this computer" in seat.said
    monkeypatch.undo()


async def test_what_was_kept_is_written_at_the_next_start(seats: Seats, own_state: Path) -> None:
    kept = KeptIncidents("agent1", str(seats.store), own_state / "incidents")
    assert kept.keep(Kept("0d1f6a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f", "slow", "", (), seats.clock.now)) is None
    async with seats.seat("agent1") as seat:
        assert len(seat.others(incidents.incidents)) == 1
    async with seats.seat("agent1") as seat:
        assert len(seat.others(incidents.incidents)) == 1


async def test_feedback_about_an_appointment_becomes_an_improvement(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        entry = seat.other_books("D01").entry
        await seat.feed()
        await seat.cursor_on(entry)
        await seat.press("F")
        await seat.fill("claimant", "the letter names no room")
        assert "Feedback of claimant about the appointment is kept." in seat.said
        await seat.go_to("record")
        await seat.press("F")  # the line is about the feedback, which is about the appointment
        await seat.fill("staff", "was told twice")
        assert [one.entry for one in seat.others(reviewing.feedback)] == [entry.id, entry.id]
        screen = await open_support(seat, "4")
        screen.words.value = "letter"
        await seat.rest()
        assert "the letter names no room" in known(screen)
        screen.words.value = "plum"
        await seat.rest()
        assert known(screen) == "None has these words."
        screen.words.value = "letter"
        await seat.rest()
        await seat.press("m")
        await seat.fill("Name the room", "leader1", "2026-12-24")
        assert "Improvement of leader1, due Thu 24 Dec 2026." in screen.status.text
        await seat.press("x", "y")
        assert sorted(str(one.words) for one in seat.others(reviewing.feedback)) == ["None", "was told twice"]
        await seat.press("f6", "5", "c")
        await seat.fill("the letter names it")
        assert "closed" in screen.status.text
        await seat.press("f6", "3")
        assert known(screen) == "No ticket is on record: t on a question or an incident makes one."
        assert not screen.title_line.title.counts


async def test_a_procedure_is_reviewed_and_then_not_due(seats: Seats) -> None:
    async with seats.seat("super1", SMALL) as seat:
        screen = await open_support(seat, "6")
        assert f"{len(screen.items)} reviews due" in str(screen.title_line.title.counts)
        first: Any = screen.item
        assert "To look at in its review:" in known(screen)
        await seat.press("r", "y")
        assert "next review Wed 24 Nov 2027" in screen.status.text
        found = {one.procedure.code: one.procedure for one in seat.others(reviewing.procedures)}
        assert found[first.procedure.code].reviewed == seats.clock.now.date()
