"""Two meetings on one day from the booking screen: held and confirmed together, or neither."""

from typing import Any

from textual.widgets import Static

from agent_tui.domain.ticks import clock
from agent_tui.services import pairing
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.modals.pairs import PairsModal
from tests.tui.booking_desk import SMALL, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]


async def open_pairs(seat: Seat, client: str = "C000003") -> PairsModal:
    """Choose the first type (and the claimant), and ask for pairs by key."""
    await seat.choose_type("new jobseeker")
    if client:
        seat.screen.form.focus_field("client")
        await seat.type(client, "enter")
    seat.screen.grid.focus()
    await seat.press("P")
    assert isinstance(seat.top, PairsModal), seat.said
    return seat.top


def entries(seat: Seat) -> list[tuple[Any, ...]]:
    """Return what is held or booked as (type, status, client, pair is shared)."""
    rows = seat.rows("SELECT type, status, client, pair FROM entry WHERE site = ? ORDER BY start_tick, type")
    return [(row[0], row[1], row[2], row[3] is not None) for row in rows]


async def test_a_pair_is_held_and_confirmed_in_two_keys(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        dialog = await open_pairs(seat)
        assert "the shortest wait first" in dialog.said
        heading = str(dialog.query_one("#heading", Static).render())
        line = str(dialog.query_one(PointedList).get_option_at_index(0).prompt)
        starts = [line.index(f"{clock(one.start)}-") for one in (dialog._pairs[0].first, dialog._pairs[0].second)]
        assert [heading.index("first meeting"), heading.index("second meeting")] == starts
        assert line.endswith(" min")
        await seat.press("enter")
        assert [one[1] for one in entries(seat)] == ["held", "held"]
        assert "Both are held" in dialog.said
        await seat.press("enter")
        assert entries(seat) == [("NJR-F2F", "booked", "C000003", True), ("FC-F2F", "booked", "C000003", True)]
        assert seat.kind == "confirmed"
        assert seat.screen.offers.state.say.count("Your appointment") == 2
        await seat.press("u")
        assert {one[1] for one in entries(seat)} == {"held"}


async def test_without_a_claimant_the_hold_stays_until_one_is_found(seats: Seats) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        dialog = await open_pairs(seat, client="")
        await seat.press("enter", "enter")
        assert "Who is it for" in dialog.said
        await seat.press("escape")
        assert seat.screen.call.pair is not None
        seat.screen.show_form(True)
        seat.screen.form.focus_field("client")
        await seat.type("C000004", "enter")
        seat.screen.grid.focus()
        await seat.press("P", "enter")
        assert {one[1:3] for one in entries(seat)} == {("booked", "C000004")}


async def test_a_pair_is_let_go_and_others_are_offered(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        dialog = await open_pairs(seat)
        await seat.press("enter", "r")
        assert {one[1] for one in entries(seat)} == {"released"}
        assert "the shortest wait first" in dialog.said


async def test_a_restart_finds_both_times_that_the_call_held(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        await open_pairs(seat)
        await seat.press("enter", "escape")
        held = seat.screen.call.pair
        assert held is not None
    async with seats.seat("agent1") as seat:
        await seat.press("f11", "enter")
        assert "both its times are still held" in seat.said
        assert seat.screen.call.pair is not None
        assert seat.screen.call.pair.pair == held.pair
        assert seat.screen.is_busy
        seat.screen.grid.focus()
        await seat.press("P", "enter")
        assert [one[1] for one in entries(seat)] == ["booked", "booked"]
        assert seat.screen.call.pair is None


async def test_a_restart_says_that_both_times_have_gone(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        await open_pairs(seat)
        await seat.press("enter", "escape")
        held = seat.screen.call.pair
        assert held is not None
        seat.others(lambda desk: pairing.release(desk, held.pair), "agent1")
    async with seats.seat("agent1") as seat:
        await seat.press("f11", "enter")
        assert "no longer held" in seat.said
        assert seat.screen.call.pair is None


async def test_a_second_type_that_is_none_is_said_and_another_can_be_typed(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        dialog = await open_pairs(seat)
        await seat.press("slash", "ctrl+a", "ctrl+k", "X", "X", "enter")
        assert dialog.said.startswith("!")
        await seat.press("slash", "ctrl+a", "ctrl+k", *"wsr-phone", "enter")
        assert "the shortest wait first" in dialog.said
        await seat.press("enter")
        assert {one[0] for one in entries(seat)} == {"NJR-F2F", "WSR-PHONE"}


async def test_a_start_that_somebody_took_refuses_both(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        dialog = await open_pairs(seat)
        pair = dialog._pairs[0]
        seat.other_books(pair.second.diary, start=pair.second.start, day=pair.second.day, type="FC-F2F")
        await seat.press("enter")
        assert "Neither was taken" in dialog.said
        assert [one[1] for one in entries(seat)] == ["booked"]


async def test_without_a_type_there_is_no_pair(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        seat.screen.grid.focus()
        await seat.press("P")
        assert "Choose the type" in seat.said
