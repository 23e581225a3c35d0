"""The waiting list for sooner by key: put on it under the cursor with limits, changed, taken off; listed on the queue screen."""

import pytest

from agent_tui.domain.requests import EntryState
from agent_tui.tui.modals import ChoiceModal, EffectModal, FieldsModal
from agent_tui.tui.screens.queue import QueueScreen
from tests.small_site import TEN
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]


async def on_appointment(seat: Seat, client: str = "C000002") -> EntryState:
    """Let another agent book a time and put the cursor on it."""
    made = seat.other_books("D02", TEN, client=client).entry
    await seat.feed()
    await seat.cursor_on(made)
    return made


def places(seat: Seat) -> list[tuple[object, ...]]:
    return seat.rows("SELECT status, wanted FROM waiting WHERE site = ?")


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x36"])
async def test_who_would_come_sooner_is_put_on_the_list_and_taken_off(seats: Seats, size: tuple[int, int]) -> None:
    async with seats.seat("agent1", size) as seat:
        made = await on_appointment(seat)
        await seat.press("W")
        assert isinstance(seat.top, FieldsModal)
        await seat.press("+", "1", "enter", "a", "m", "enter", "d", "0", "1", "enter", "enter")
        assert "On the waiting list for anything earlier, until Wed 25 Nov 2026, in the morning, with Coach 1" in seat.said
        assert [row[0] for row in places(seat)] == ["waiting"]
        assert all(word in str(places(seat)[0][1]) for word in ('"until": "2026-11-25"', '"time": "am"', '"diary": "D01"'))
        await seat.press("W")
        assert isinstance(seat.top, ChoiceModal)
        await seat.press("c")
        assert isinstance(seat.top, FieldsModal)
        assert seat.top.typed == {"until": "2026-11-25", "time": "am", "diary": "D01", "team": ""}
        await seat.press("tab", "p", "m", "ctrl+s")
        assert '"time": "pm"' in str(places(seat)[0][1])
        await seat.press("W", "o")
        assert "Taken off the waiting list" in seat.said
        assert [row[0] for row in places(seat)] == ["ended"]
        assert seat.status(made.id) == "booked"
        assert [row[0] for row in seat.rows("SELECT verb FROM event WHERE site = ? ORDER BY seq")][-3:] == [
            "sooner_added",
            "sooner_added",
            "sooner_ended",
        ]


async def test_what_is_wrong_is_said_and_what_was_typed_is_kept(seats: Seats) -> None:
    async with seats.seat() as seat:
        await on_appointment(seat)
        await seat.press("W", *"soon", "enter", *"noon", "enter", *"D99", "enter", "Z", "enter")
        modal = seat.top
        assert isinstance(modal, FieldsModal)
        problems = [str(modal.query_one(f"#{name}-problem").render()) for name in ("until", "time", "diary", "team")]
        assert all(problems)
        assert "There is no team Z; teams: A, B." in problems[3]
        await seat.press("escape", "W")
        assert isinstance(seat.top, FieldsModal)
        assert seat.top.typed == {"until": "soon", "time": "noon", "diary": "D99", "team": "Z"}
        assert places(seat) == []


async def test_a_refusal_keeps_what_was_typed_and_nothing_is_asked_off_an_appointment(seats: Seats) -> None:
    async with seats.seat("coach1") as seat:
        await on_appointment(seat)
        await seat.press("W", "tab", *"am", "ctrl+s")
        assert "A coach acts on the own diary" in seat.said
        await seat.press("W")
        assert isinstance(seat.top, FieldsModal)
        assert seat.top.typed["time"] == "am"
        await seat.press("escape", "up", "up", "W")
        assert "Put the cursor on an appointment first." in seat.said


async def test_the_queue_lists_who_waits(seats: Seats) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        await on_appointment(seat)
        await seat.press("W", "ctrl+s")
        screen = await seat.go_to("queue")
        assert isinstance(screen, QueueScreen)
        await seat.rest()
        await seat.press("w")
        assert isinstance(seat.top, EffectModal)
        waits = "Sana Khan 2 (C000002), FC-F2F Wed 25 Nov 2026 10:00 in D02, since Tue 24 Nov 2026 09:00:"
        assert seat.top._lines[0].startswith(waits)
        assert seat.top._lines[0].endswith("anything earlier.")
