"""Overrides on the screens: the preview of an urgent call, carried out or prepared, approved, and the answer seen live."""

from typing import Any

import pytest
from textual.widgets import Static

from agent_tui.domain.override_requests import OverrideRequest
from agent_tui.domain.requests import Request, Wish
from agent_tui.services import blocking, booking, changes, override_requests, overriding
from agent_tui.services.desk import Desk
from agent_tui.store.trouble import StoreTrouble
from agent_tui.tui.modals.override import OverrideModal
from agent_tui.tui.screens.flags import FlagsScreen
from agent_tui.tui.widgets.lines import KeyFooter
from tests.small_site import DAY, FIVE, NINE, ONE
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]


def crowd(seat: Seat) -> str:
    """Leave one place on DAY, in D01 at one o'clock, which a review has; it finds another on the day after."""

    def work(desk: Desk) -> None:
        for diary in ("D02", "D03", "D04"):
            blocking.block(desk, diary, DAY, NINE, FIVE, "training")
        blocking.block(desk, "D01", DAY, NINE, ONE, "training")
        blocking.block(desk, "D01", DAY, ONE + 6, FIVE, "training")

    seat.others(work, "super1")
    return seat.other_books("D01", ONE, type="NJR-F2F", client="C000001").entry.id


async def urgent(seat: Seat, *, client: str = "C000009") -> None:
    """Type an urgent request for DAY that finds nothing, and go to the offers."""
    await seat.feed()
    form = seat.screen.form
    asked = {"type": "NJR-F2F", "from": DAY.isoformat(), "to": DAY.isoformat(), "priority": "urgent", "reason": "sleeps rough"}
    picked = {"type": "NJR-F2F"}
    if client:
        asked |= {"client": "Sana Khan 9"}
        picked |= {"client": client}
    form.fill(form.texts | asked, picked)
    form.flush()
    await seat.rest()
    assert seat.kind == "none", seat.said
    seat.screen.offers.focus()
    await seat.rest()


async def opened(seat: Seat) -> OverrideModal:
    await seat.press("!")
    assert isinstance(seat.top, OverrideModal), seat.said
    return seat.top


def where(seat: Seat, id: str) -> tuple[Any, ...]:
    return seat.rows("SELECT status, diary, day, start_tick FROM entry WHERE site = ? AND id = ?", id)[0]


def count(seat: Seat) -> int:
    return int(seat.rows("SELECT COUNT(*) FROM event WHERE site = ?")[0][0])


@pytest.mark.parametrize("size", [SMALL, WIDE, (160, 48)])
async def test_a_supervisor_sees_the_chain_does_it_and_takes_it_back(seats: Seats, size: tuple[int, int]) -> None:
    async with seats.seat("super1", size) as seat:
        review = crowd(seat)
        await urgent(seat)
        assert seat.screen.offers.state.displaces
        dialog = await opened(seat)
        assert dialog.lines == [
            "S 9 to Coach 1 Wed 25 Nov 13:00-13:30",
            "   S 1         NJR30  standard 13:00   Thu 26 Nov 13:00 Coach 1     1 d",
        ]
        heading = str(dialog.query_one("#heading", Static).render())
        assert heading.index("to ") == 2 + dialog.lines[1].index("Thu")
        assert dialog.said == "Choose the reason, 1 to 5; then enter does all of it; esc changes nothing."
        assert dialog.told.startswith("Told: 1 claimant to be asked how. Approval: team leader or supervisor.")
        before = count(seat)
        await seat.press("escape")
        assert count(seat) == before
        assert seat.screen.form.texts["reason"] == "sleeps rough"
        dialog = await opened(seat)
        await seat.press("enter")
        assert dialog.said == "! Choose the reason first: 1 to 5."
        reasons = dialog.query_one("#reason", Static)
        await seat.pilot.click(reasons, offset=(str(reasons.render()).index("2 safe"), 0))
        await seat.rest()
        assert "[2 safeguarding]" in str(reasons.render())
        await seat.pilot.click(dialog.query_one("#chains"), offset=(6, 1))  # a click only looks
        await seat.rest()
        assert dialog.said == "Enter does all of it; esc changes nothing."
        await seat.press("enter")
        assert "1 appointment moved for it. u undoes all of it" in seat.said
        assert seat.kind == "confirmed"
        assert where(seat, review)[:2] == ("booked", "D01")
        assert where(seat, review)[2] > DAY.isoformat()
        made = seat.screen.call.confirmed
        assert made is not None
        assert where(seat, made.entry.id) == ("booked", "D01", DAY.isoformat(), ONE)
        await seat.press("u")
        assert where(seat, review) == ("booked", "D01", DAY.isoformat(), ONE)
        assert seat.screen.call.confirmed is None


async def test_without_a_claimant_or_urgency_nothing_opens(seats: Seats) -> None:
    async with seats.seat("super1", WIDE) as seat:
        crowd(seat)
        await urgent(seat, client="")
        seat.screen.form.focus_field("type")
        await seat.rest()
        assert seat.screen.query_one(KeyFooter).keys[0].id == "override"
        await seat.press("shift+f3")
        assert "Who is it for?" in seat.said
        form = seat.screen.form
        form.fill(form.texts | {"priority": "standard", "reason": ""}, form.picked)
        form.flush()
        await seat.rest()
        assert not seat.screen.offers.state.displaces
        seat.screen.offers.focus()
        await seat.press("!")
        assert "Only a request of high or urgent priority" in seat.said


async def test_a_chain_that_changed_shows_the_new_one_and_moves_nobody(seats: Seats) -> None:
    async with seats.seat("super1", WIDE) as seat:
        review = crowd(seat)
        await urgent(seat)
        dialog = await opened(seat)
        shown = list(dialog.lines)
        to = dialog._chains[0].steps[0].offer
        seat.others(
            lambda desk: booking.book(desk, Wish("NJR-F2F", to.day, to.start, to.diary, client="C000005")),
        )
        await seat.press("1")
        await seat.press("enter")
        assert "look at the new chain" in dialog.said
        assert dialog.lines != shown
        assert where(seat, review) == ("booked", "D01", DAY.isoformat(), ONE)
        await seat.press("enter")
        assert "1 appointment moved for it" in seat.said


async def test_trouble_with_the_store_is_said_and_the_act_is_done_once(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    async with seats.seat("super1", WIDE) as seat:
        crowd(seat)
        await urgent(seat)
        dialog = await opened(seat)
        real = overriding.commit

        def answer_lost(*arguments: Any, **named: Any) -> Any:
            real(*arguments, **named)
            raise StoreTrouble("The store does not answer.")

        await seat.press("1")
        monkeypatch.setattr(overriding, "commit", answer_lost)
        await seat.press("enter")
        assert dialog.said == "! The store does not answer. Nothing is lost; press the key again."
        monkeypatch.setattr(overriding, "commit", real)
        await seat.press("enter")
        assert seat.kind == "confirmed"
        assert seat.rows("SELECT COUNT(*) FROM entry WHERE site = ? AND priority = 'urgent'") == [(1,)]


def only(desk: Desk) -> OverrideRequest:
    (one,) = override_requests.overrides(desk)
    return one


async def test_an_agent_prepares_and_sees_the_approval_in_the_call(seats: Seats) -> None:
    async with seats.seat("agent1", WIDE) as seat:
        review = crowd(seat)
        await urgent(seat)
        dialog = await opened(seat)
        assert dialog.said == "Choose the reason, 1 to 5; then enter has a supervisor decide; nobody is moved before that."
        await seat.press("5")
        assert dialog.said == "Enter has a supervisor decide; nobody is moved before that."
        await seat.press("enter")
        assert "Prepared: a supervisor decides" in seat.said
        assert where(seat, review) == ("booked", "D01", DAY.isoformat(), ONE)
        assert (seat.kind, seat.screen.form.texts["reason"]) == ("none", "sleeps rough")
        seat.others(lambda desk: override_requests.decide(desk, only(desk).id, "approve"), "super1")
        await seat.feed()
        assert "Approved by Sue Stone: booked" in seat.said
        made = seat.screen.call.confirmed
        assert made is not None
        assert where(seat, made.entry.id) == ("booked", "D01", DAY.isoformat(), ONE)
        assert seat.kind == "confirmed"


async def test_after_a_crash_the_call_finds_its_override_and_what_became_of_it(seats: Seats) -> None:
    async with seats.seat("agent1", WIDE) as seat:
        crowd(seat)
        await urgent(seat)
        await opened(seat)
        await seat.press("5")
        await seat.press("enter")
        override = seat.screen.call.override
        assert override is not None
    # The program has gone without a word; it waits still, and the call is told live.
    async with seats.seat("agent1", WIDE) as seat:
        await seat.feed()
        await seat.press("f11", "enter")
        assert seat.screen.call.override == override
        assert "waits for a decision still" in seat.said
    async with seats.seat("agent1", SMALL) as seat:
        seat.others(lambda desk: override_requests.decide(desk, override, "approve"), "super1")
        await seat.feed()
        await seat.press("f11", "enter")
        assert "Approved by Sue Stone: booked" in seat.said
        assert seat.kind == "confirmed"
        made = seat.screen.call.confirmed
        assert made is not None
        assert where(seat, made.entry.id) == ("booked", "D01", DAY.isoformat(), ONE)


async def test_an_agent_hears_of_it_on_another_screen_and_that_an_approval_is_taken_back(seats: Seats) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        crowd(seat)
        await urgent(seat)
        await opened(seat)
        await seat.press("5")
        await seat.press("enter")
        screen = await seat.go_to("today")
        seat.others(lambda desk: override_requests.decide(desk, only(desk).id, "approve"), "super1")
        await seat.feed()
        assert "Approved by Sue Stone: booked" in screen.status.text  # type: ignore[attr-defined]
        await seat.press("escape")
        assert seat.kind == "confirmed"
        seat.others(changes.undo, "super1")
        await seat.feed()
        assert "Sue Stone has taken the approval of NJR-F2F back" in seat.said
        assert (seat.screen.call.confirmed, seat.kind) == (None, "none")


async def test_an_agent_sees_that_it_was_declined_and_keeps_what_was_typed(seats: Seats) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        crowd(seat)
        await urgent(seat)
        await opened(seat)
        await seat.press("5")
        await seat.press("enter")
        seat.others(lambda desk: override_requests.decide(desk, only(desk).id, "decline"), "super1")
        await seat.feed()
        assert "Sue Stone: the override of NJR-F2F is declined; nobody was moved." in seat.said
        assert seat.screen.form.texts["reason"] == "sleeps rough"


def prepared(seat: Seat) -> None:
    def work(desk: Desk) -> None:
        search = Request("NJR-F2F", DAY, DAY, client="C000009")
        wanted = Wish("NJR-F2F", search=search, client="C000009", priority="urgent", priority_reason="sleeps rough")
        found = overriding.preview(desk, wanted)
        override_requests.prepare(desk, wanted, found.chains[0].token, "safeguarding")  # type: ignore[union-attr]

    seat.others(work, "agent1")


async def test_a_supervisor_is_told_of_it_and_approves_it_among_the_flags(seats: Seats) -> None:
    async with seats.seat("super1", WIDE) as seat:
        review = crowd(seat)
        prepared(seat)
        await seat.feed()
        assert "Ann Archer has prepared an override, urgent NJR-F2F" in seat.said
        seat.screen.grid.focus()
        screen = await seat.go_to("flags")
        assert isinstance(screen, FlagsScreen)
        await seat.rest()
        assert screen.read.overrides == 1
        (line,) = [one for one in screen.lines if one.first.override is not None]
        assert "override waits   Wed 25 Nov 13:00 Coach 1 / NJR-F2F Sana Khan 9" in screen.words.line(line)
        assert "Displaces NJR-F2F" in "\n".join(screen.words.known(line, None))
        assert "open" in str(screen.title_line._title.counts)
        await seat.press("K")
        assert "approved or declined, not resolved" in screen.status.text
        await seat.press("enter")
        dialog = seat.top
        assert isinstance(dialog, OverrideModal)
        assert dialog.lines[0] == "S 9 to Coach 1 Wed 25 Nov 13:00-13:30"
        await seat.press("enter")
        assert "Approved. Booked Wed 25 Nov 13:00 with Coach 1; 1 appointment moved for it." in screen.status.text
        assert where(seat, review)[2] > DAY.isoformat()
        assert screen.read.overrides == 0
        await seat.press("u")
        assert where(seat, review) == ("booked", "D01", DAY.isoformat(), ONE)
        assert screen.read.overrides == 1
        await seat.press("O")
        await seat.press("enter")
        await seat.press("d")
        assert "Declined: NJR-F2F." in screen.status.text
        assert seat.rows("SELECT status FROM override_request WHERE site = ?") == [("declined",)]
        await seat.press("O")
        assert screen.status.text.endswith("No override waits.")
