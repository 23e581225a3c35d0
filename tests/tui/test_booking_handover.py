"""A hold handed to a colleague and taken over by one key, on both terminals; and who else is on the day."""

from datetime import timedelta
from typing import Any

from agent_tui.domain.requests import Booked, Wish
from agent_tui.services import booking, handovers, presence
from agent_tui.tui.modals.handovers import HandoversModal
from agent_tui.tui.modals.pick import PickModal
from tests.small_site import DAY, NINE, TEN
from tests.tui.booking_desk import SMALL, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

REVIEW = "New jobseeker review - F2F"
DRAFT = {"type": REVIEW, "picked:type": "NJR-F2F", "picked:client": "C000009", "note": "rings from a shelter"}


async def hold_with_note(seat: Seat) -> Booked:
    """Hold an offer for a claimant, with a note."""
    seat.screen.form.focus_field("note")
    await seat.type("speaks slowly")
    held = await seat.hold_first("njr f2f")
    await seat.type("C000003", "enter")
    assert seat.screen.call.held is not None
    return held


def handed(seat: Seat, start: int = TEN, draft: dict[str, str] | None = None) -> str:
    """Let another agent hold a time and hand it to agent1."""

    def work(desk: Any) -> str:
        held = booking.hold(desk, Wish("NJR-F2F", DAY, start, "D02", client="C000009"))
        assert isinstance(held, Booked)
        given = handovers.hand_over(desk, held.entry.id, "agent1", draft=DRAFT if draft is None else draft)
        assert isinstance(given, Booked)
        return held.entry.id

    return str(seat.others(work))


async def test_a_hold_is_handed_to_who_is_there_and_the_next_call_begins(seats: Seats) -> None:
    async with seats.seat() as seat:
        seat.others(lambda desk: presence.show(desk, "t9", DAY, DAY), "super1")
        held = await hold_with_note(seat)
        call = seat.screen.call.id
        await seat.press("O")
        assert isinstance(seat.top, PickModal)
        assert [one.id for one in seat.top._choices] == ["super1", "agent2", "leader1"]
        assert "here, on Wed 25 Nov" in seat.top._choices[0].detail
        await seat.press("down")
        await seat.press("enter")
        assert "Handed to Bob Brook: NJR30 " in seat.said
        assert seat.screen.call.held is None
        assert seat.screen.call.id != call
        assert seat.screen.form.texts["note"] == seat.screen.form.texts["client"] == ""
        assert seat.screen.drafts.load_all().drafts == ()
        taken = seat.others(lambda desk: handovers.take_over(desk, held.entry.id))
        assert (taken.call, taken.draft["note"], taken.draft["picked:client"]) == (call, "speaks slowly", "C000003")
        assert "Sana" not in repr(dict(taken.draft))
        await seat.feed()
        assert "Bob Brook has taken NJR30 at" in seat.said


async def test_an_undo_has_the_hold_and_the_draft_again(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await hold_with_note(seat)
        call = seat.screen.call.id
        await seat.press("O")
        await seat.press("enter")
        await seat.press("f6")
        await seat.press("u")
        assert seat.screen.call.id == call
        assert seat.screen.call.held is not None
        assert seat.screen.call.held.entry.id == held.entry.id
        assert seat.screen.form.texts["note"] == "speaks slowly"
        assert seat.screen.form.picked["client"] == "C000003"
        assert [one.id for one in seat.screen.drafts.load_all().drafts] == [call]


async def test_what_is_handed_to_me_is_told_live_and_taken_by_one_key(seats: Seats) -> None:
    for size in (SMALL, (120, 36)):
        async with seats.seat(size=size) as seat:
            hold = handed(seat, TEN if size == SMALL else NINE)
            await seat.feed()
            assert "Bob Brook hands you NJR30 at" in seat.said
            assert "ctrl+y takes it, D declines." in seat.said
            await seat.press("ctrl+y")
            held = seat.screen.call.held
            assert held is not None, seat.said
            assert (held.entry.id, held.entry.made_by) == (hold, "agent1")
            assert seat.screen.form.texts["note"] == "rings from a shelter"
            assert seat.screen.form.picked["client"] == "C000009"
            assert seat.screen.shown.day == DAY
            seat.screen.action_confirm()
            await seat.rest()
            assert seat.screen.call.confirmed is not None, seat.said


async def test_what_is_handed_and_not_answered_is_taken_back_by_the_same_key(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await hold_with_note(seat)
        call = seat.screen.call.id
        await seat.press("O")
        await seat.press("enter")
        await seat.press("f6")
        await seat.press("D")
        assert "Nobody has handed you a hold. Bob Brook has not answered yet." in seat.said
        await seat.press("ctrl+y")
        assert seat.screen.call.held is not None, seat.said
        assert (seat.screen.call.held.entry.id, seat.screen.call.id) == (held.entry.id, call)
        assert seat.screen.form.texts["note"] == "speaks slowly"


async def test_the_grid_shows_the_time_that_was_taken_over_and_not_the_first_offer(seats: Seats) -> None:
    later = DAY + timedelta(days=2)
    async with seats.seat() as seat:

        def work(desk: Any) -> None:
            held = booking.hold(desk, Wish("NJR-F2F", later, TEN, "D02", client="C000009"))
            assert isinstance(held, Booked), held
            handovers.hand_over(desk, held.entry.id, "agent1", draft=DRAFT)

        seat.others(work)
        screen = seat.screen
        await seat.press("ctrl+y")
        assert screen.call.held is not None, seat.said
        assert screen.shown.day == later
        # The offers may come before the hold was read.
        screen.call.held, screen.call.acting = None, True
        screen.look_for_offers()
        await seat.rest()
        assert screen.call.offers
        assert screen.call.offers[0].day != later
        assert screen.shown.day == later


async def test_while_a_time_is_held_nothing_is_taken_over(seats: Seats) -> None:
    async with seats.seat() as seat:
        hold = handed(seat)
        mine = await seat.hold_first("fc f2f")
        await seat.press("ctrl+y")
        assert "confirm or release it first" in seat.said
        assert seat.screen.call.held is not None
        assert seat.screen.call.held.entry.id == mine.entry.id
        assert seat.rows("SELECT made_by FROM entry WHERE site = ? AND id = ?", hold) == [("agent2",)]


async def test_of_several_one_is_declined_and_goes_back(seats: Seats) -> None:
    async with seats.seat() as seat:
        second, first = handed(seat), handed(seat, NINE)  # at one moment: the earlier time stands first
        await seat.press("f6")
        await seat.press("ctrl+y")
        assert isinstance(seat.top, HandoversModal)
        await seat.press("d")
        assert "Declined" in seat.said
        rows = seat.rows("SELECT entry, status FROM handover WHERE site = ?")
        assert dict(rows) == {first: "declined", second: "waiting"}
        await seat.press("D")
        assert seat.rows("SELECT DISTINCT status FROM handover WHERE site = ?") == [("declined",)]
        await seat.press("D")
        assert "Nobody has handed you a hold" in seat.said


async def test_it_is_told_at_the_start_and_on_another_screen(seats: Seats) -> None:
    async with seats.seat() as seat:
        handed(seat)
    async with seats.seat() as seat:
        assert "1 hold waits for you with what was typed" in seat.said
        await seat.press("f6")
        queue: Any = await seat.go_to("queue")
        handed(seat, NINE)
        await seat.feed()
        assert "Bob Brook hands you NJR30 at 09:00" in queue.status.text


async def test_the_diary_says_who_else_is_on_its_day_and_this_terminal_leaves_at_the_end(seats: Seats) -> None:
    async with seats.seat() as seat:
        seat.screen.show_day(DAY)
        await seat.rest()
        mine = seat.rows("SELECT login, first_day, last_day FROM presence WHERE site = ?")
        assert mine == [("agent1", DAY.isoformat(), DAY.isoformat())]
        seat.others(lambda desk: presence.show(desk, "t9", DAY, DAY))
        seat.screen.load()
        await seat.rest()
        assert "also here: B Brook" in seat.screen.grid.view.title
        await seat.press("f2")
        await seat.press("]")
        assert "also here" not in seat.screen.grid.view.title
        assert seat.rows("SELECT first_day FROM presence WHERE site = ? AND login = 'agent1'") == [("2026-11-26",)]
        await seat.press("v")
        assert "also here: B Brook" in seat.screen.grid.view.title  # the week holds the day that agent2 is on
        back = seat.screen.back
    back.close()
    assert seat.rows("SELECT login FROM presence WHERE site = ?") == [("agent2",)]


async def test_a_heartbeat_is_one_word_a_minute_and_none_while_one_is_on_its_way(seats: Seats) -> None:
    async with seats.seat() as seat:
        screen = seat.screen
        told: list[str] = []
        run = screen.back.run

        def counted(job: str, *arguments: Any, **named: Any) -> Any:
            told.append(job)
            return run(job, *arguments, **named)

        screen.back.run = counted  # type: ignore[method-assign]
        for _ in range(5):
            screen.each_second()
        assert told.count("presence") == 0
        screen._told_at -= 60
        screen.each_second()
        screen._told_at -= 60
        screen.each_second()  # the last word is still on its way
        assert told.count("presence") == 1
        await seat.rest()
        assert not screen._telling


async def test_who_handed_a_colleagues_hold_over_is_told_what_became_of_it(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:

        def give(desk: Any) -> str:
            held = booking.hold(desk, Wish("NJR-F2F", DAY, TEN, "D02", client="C000009"))
            assert isinstance(held, Booked)
            return held.entry.id

        hold = str(seat.others(give))
        for login in ("leader1", "super1"):  # a supervisor's giving is nothing to this terminal
            seat.others(lambda desk: handovers.hand_over(desk, hold, "agent1"), login)
            seat.others(lambda desk: handovers.decline(desk, hold), "agent1")
            seat.screen.say("")
            await seat.feed()
            told = "Ann Archer has declined NJR30 at 10:00, which you handed over for Bob Brook."
            assert (told in seat.said) == (login == "leader1"), seat.said
