"""Re-homing on the booking screen: the plan of a coach's day, accepted line by line, done, taken back, refused."""

from typing import Any

import pytest
from textual.widgets import Static

from agent_tui.domain.requests import Booked
from agent_tui.services import blocking, booking, rehoming
from agent_tui.services.desk import Desk
from agent_tui.store.trouble import StoreTrouble
from agent_tui.tui.modals.rehome import RehomeModal
from agent_tui.tui.widgets.one_of import OneOf
from tests.small_site import DAY, FIVE, NINE, NOON, ONE, TEN
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]


def fill(seat: Seat) -> tuple[str, str]:
    """Book a key appointment and another one in D01."""
    key = seat.other_books("D01", TEN, client="C000001")
    other = seat.other_books("D01", NINE, type="NJR-F2F", client="C000002")
    return key.entry.id, other.entry.id


def shut(seat: Seat, *diaries: str, start: int = NINE) -> None:
    """Block other diaries for the day."""

    def work(desk: Desk) -> None:
        for diary in diaries:
            blocking.block(desk, diary, DAY, start, FIVE, "training")

    seat.others(work, "super1")


async def opened(seat: Seat) -> RehomeModal:
    """Ask by key what becomes of the day of D01."""
    await seat.feed()
    await seat.cursor_at("D01", DAY, TEN)
    await seat.press("H")
    assert isinstance(seat.top, RehomeModal), seat.said
    return seat.top


def places(seat: Seat) -> list[tuple[Any, ...]]:
    """Return where the appointments are as (id, status, diary, start)."""
    return seat.rows(
        "SELECT id, status, diary, start_tick FROM entry WHERE site = ? AND kind = 'appointment' ORDER BY start_tick"
    )


@pytest.mark.parametrize("size", [SMALL, WIDE, (160, 48)])
async def test_the_plan_is_shown_and_enter_does_it(seats: Seats, size: tuple[int, int]) -> None:
    async with seats.seat("leader1", size) as seat:
        key, other = fill(seat)
        dialog = await opened(seat)
        assert dialog.lines == [
            "[x] 09:00 NJR30    S 2           same day   09:00 Coach 2           0",
            "[x]£10:00 FC50     S 1           same day   10:00 Coach 2           0",
        ]
        heading = str(dialog.query_one("#heading", Static).render())
        assert heading.index("to ") == 2 + dialog.lines[0].index("same day")
        assert dialog.said == "2 stay on the day, 0 go to another, 2 claimants told. No plan is better."
        before = seat.rows("SELECT COUNT(*) FROM event WHERE site = ?")
        await seat.press("escape")
        assert seat.rows("SELECT COUNT(*) FROM event WHERE site = ?") == before
        await seat.press("H")
        await seat.pilot.click(seat.top.query_one("#moves"), offset=(6, 1))
        await seat.rest()
        assert seat.rows("SELECT COUNT(*) FROM event WHERE site = ?") == before
        await seat.press("enter")
        assert places(seat) == [(other, "booked", "D02", NINE), (key, "booked", "D02", TEN)]
        assert seat.said == "ok Re-homed 2 of D01 on Wed 25 Nov; u undoes all of it."
        assert seat.rows("SELECT diary, reason FROM entry WHERE site = ? AND kind = 'block'") == [("D01", "absence")]
        await seat.press("u")
        assert places(seat) == [(other, "booked", "D01", NINE), (key, "booked", "D01", TEN)]
        assert seat.said == "ok Undone: the appointments of D01 on Wed 25 Nov are where they were."


async def test_a_line_that_is_not_accepted_is_flagged(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        key, other = fill(seat)
        dialog = await opened(seat)
        await seat.press("space")
        assert dialog.lines[0].startswith("[ ] 09:00")
        assert "1 left without a time and flagged" in dialog.said
        await seat.press("space", "space", "enter")
        assert places(seat) == [(other, "unplaced", "D01", NINE), (key, "booked", "D02", TEN)]
        assert "1 flagged without a time" in seat.said
        flags = seat.rows("SELECT kind, entry FROM flag WHERE site = ? AND status = 'open'")
        assert flags == [("displaced", other)]


async def test_what_finds_no_place_stands_first_and_cannot_be_accepted(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehoming, "WORKING_DAYS", 1)
    async with seats.seat("leader1") as seat:
        key, _other = fill(seat)
        shut(seat, "D03", "D04")
        shut(seat, "D02", start=NINE + 10)
        dialog = await opened(seat)
        assert dialog.lines[0].startswith(" !  09:00 NJR30")
        assert dialog.lines[0].endswith("finds no place")
        await seat.press("space")
        assert "finds no place" in dialog.said
        await seat.press("down", "enter")
        assert ("booked", "D02", NINE) in [one[1:] for one in places(seat) if one[0] == key]


async def test_from_a_time_on_without_a_block_and_a_room(seats: Seats) -> None:
    async with seats.seat("super1") as seat:
        _key, other = fill(seat)
        roomed = seat.other_books("D01", ONE, type="EV-F2F", client="C000003").entry
        dialog = await opened(seat)
        assert len(dialog.lines) == 3
        await seat.press("slash", "tab")
        await seat.fill("9.57")
        assert dialog.said.startswith("!")
        await seat.fill("12:00")
        assert [line[4:9] for line in dialog.lines] == ["13:00"]
        dialog.query_one(OneOf).focus()
        await seat.press("right")
        dialog.query_one("#moves").focus()
        await seat.press("enter")
        assert seat.rows("SELECT COUNT(*) FROM entry WHERE site = ? AND kind = 'block'") == [(0,)]
        assert (other, "booked", "D01", NINE) in places(seat)
        room = seat.rows("SELECT resources FROM entry WHERE site = ? AND id = ?", roomed.id)[0][0]
        code = "R01" if "R01" in room else "R02"
        await seat.press("H", "slash")
        await seat.fill(code.lower())
        assert isinstance(seat.top, RehomeModal)
        assert [line[4:9] for line in seat.top.lines] == ["13:00"]
        assert seat.top.query_one("#then").display
        await seat.press("enter")
        now = seat.rows("SELECT resources FROM entry WHERE site = ? AND id = ?", roomed.id)[0][0]
        assert code not in now
        assert seat.rows("SELECT resources FROM entry WHERE site = ? AND kind = 'block'") == [(f'["{code}"]',)]


async def test_who_may_not_and_what_is_unknown_is_said_in_the_dialog(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        seat.screen.grid.focus()
        await seat.press("H")
        assert "A team leader, supervisor or administrator can do this." in seat.said
        assert seat.pilot.app.screen is seat.screen
    async with seats.seat("leader1") as seat:
        dialog = await opened(seat)
        await seat.press("slash")
        await seat.fill("d09")
        assert "There is no diary D09; did you mean D0" in dialog.said
        assert dialog.lines == []


async def test_a_place_that_was_taken_meanwhile_shows_the_new_plan(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        key, _other = fill(seat)
        dialog = await opened(seat)
        seat.other_books("D02", TEN, client="C000007")
        await seat.press("enter")
        assert seat.top is dialog
        assert "Nothing was changed; look at the new plan." in dialog.said
        assert "Coach 3" in dialog.lines[1]
        await seat.press("enter")
        assert (key, "booked", "D03", TEN) in places(seat)


async def test_an_act_whose_answer_was_lost_is_done_once(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    async with seats.seat("leader1") as seat:
        fill(seat)
        dialog = await opened(seat)
        real = rehoming.commit
        lost: list[object] = []

        def losing(*arguments: Any, **named: Any) -> Any:
            answer = real(*arguments, **named)
            if not lost:
                lost.append(answer)
                raise StoreTrouble("The store does not answer.")
            return answer

        monkeypatch.setattr(rehoming, "commit", losing)
        await seat.press("enter")
        assert "press the key again" in dialog.said
        await seat.press("enter")
        assert seat.said.startswith("ok Re-homed 2")
        assert len(seat.rows("SELECT seq FROM event WHERE site = ? AND verb = 'moved'")) == 2


async def test_a_hold_in_the_diary_is_named_before_anything_is_done(seats: Seats) -> None:
    def hold(desk: Desk) -> Any:
        from agent_tui.domain.requests import Wish

        return booking.hold(desk, Wish("NJR-F2F", DAY, ONE, "D01"))

    async with seats.seat("leader1") as seat:
        fill(seat)
        assert isinstance(seat.others(hold), Booked)
        dialog = await opened(seat)
        assert "A hold stands in D01" in dialog.said
        await seat.press("enter")
        assert "Held by" in dialog.said
        assert seat.top is dialog


async def test_with_time_marked_it_is_not_opened(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        await seat.cursor_at("D01", DAY, NOON)
        await seat.press("B", "H")
        assert "esc" in seat.said
        assert not isinstance(seat.top, RehomeModal)
