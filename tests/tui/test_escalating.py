"""Calls and appointments are escalated on the screens on which they stand, with all that is known of them."""

from pathlib import Path
from typing import Any

import pytest

from agent_tui.services import blocking, escalating
from agent_tui.store.trouble import StoreTrouble
from agent_tui.tui.modals.escalate import EscalateModal
from tests.small_site import DAY, NINE, NOW
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store
from tests.tui.test_booking_blocks import with_block_type
from tests.tui.test_queue_screen import load, open_queue
from tests.tui.test_record_screen import filtered, open_record
from tests.tui.test_today_screen import open_today

__all__ = ["seats", "small_store"]


def stored(seat: Seat) -> list[tuple[Any, ...]]:
    return seat.rows("SELECT subject_kind, subject, level, made_by FROM escalation WHERE site = ? ORDER BY made_at, level")


async def through(seat: Seat, contact: str = "1", reason: str = "1") -> str:
    """Choose a contact and a reason, read the facts and leave."""
    assert isinstance(seat.top, EscalateModal), seat.said
    await seat.press(contact)
    await seat.press(reason)
    facts = " ".join(seat.top.facts)
    assert facts, seat.top.said
    await seat.press("enter")
    return facts


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_the_call_in_hand_goes_up_with_what_the_form_says(seats: Seats, size: tuple[int, int]) -> None:
    async with seats.seat("agent1", size) as seat:
        await seat.press("f2", "E")
        assert "No call is in hand" in seat.said
        held = await seat.hold_first()
        await seat.type("C000003", "enter")
        seat.screen.offers.focus()
        await seat.press("E")
        facts = await through(seat)
        for fact in ("FC-F2F, First commitment - F2F, key type", "Claimant C000003", "Ann Archer", held.entry.id):
            assert fact in facts
        assert "Sana" not in facts
        assert stored(seat) == [("call", seat.screen.call.id, 1, "agent1")]
        assert "Escalated to" in seat.said
        assert seat.screen.call.held is not None


async def test_the_appointment_under_the_cursor_goes_up(seats: Seats) -> None:
    """One that was booked straight into a diary, as block time, goes up like any other."""
    with_block_type(seats)
    async with seats.seat("agent1", WIDE) as seat:
        made = seat.other_books("D01").entry
        await seat.feed()
        await seat.cursor_on(made)
        await seat.press("E")
        assert made.id in await through(seat, "3", "2")
        assert stored(seat) == [("appointment", made.id, 3, "agent1")]
        where = ("D02", DAY, NINE, NINE + 12, None)
        straight = seat.others(lambda desk: blocking.block(desk, *where, type="BLK-PRISON", client="C000003"))
        await seat.feed()
        await seat.cursor_on(straight.entries[0])
        await seat.press("E")
        assert "Claimant C000003" in await through(seat)


async def test_trouble_with_the_store_is_said_and_it_is_done_once(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    async with seats.seat("agent1", WIDE) as seat:
        made = seat.other_books("D01").entry
        await seat.feed()
        await seat.cursor_on(made)
        await seat.press("E")
        real = escalating.escalate

        def answer_lost(*arguments: object, **named: object) -> object:
            real(*arguments, **named)  # type: ignore[arg-type]
            raise StoreTrouble("The store does not answer.")

        monkeypatch.setattr(escalating, "escalate", answer_lost)
        await seat.press("1")
        await seat.press("1")
        assert isinstance(seat.top, EscalateModal)
        assert seat.top.said == "! The store does not answer. Nothing is lost; press the key again."
        monkeypatch.setattr(escalating, "escalate", real)
        await seat.press("1")
        assert seat.top.facts
        await seat.press("escape")
        assert len(stored(seat)) == 1


async def test_from_the_queue_the_day_and_the_record(seats: Seats, tmp_path: Path) -> None:
    async with seats.seat("leader1", WIDE) as seat:
        load(seat, tmp_path)
        made = seat.other_books("D01", NINE, NOW.date()).entry
        queue = await open_queue(seat)
        item = queue.item
        assert item is not None
        await seat.press("E")
        assert "email" in await through(seat)
        today = await open_today(seat)
        today.meetings.focus()
        await seat.press("E")
        assert made.id in await through(seat)
        record = await open_record(seat)
        await filtered(seat, record, entry=made.id)
        record.lines.focus()
        await seat.press("E")
        assert made.id in await through(seat, "2")
        told = [one[:3] for one in stored(seat)]
        assert sorted(told) == [("appointment", made.id, 1), ("appointment", made.id, 2), ("call", item.id, 1)]


async def test_an_administrator_is_told_who_can(seats: Seats) -> None:
    async with seats.seat("admin1", WIDE) as seat:
        made = seat.other_books("D01").entry
        await seat.feed()
        await seat.cursor_on(made)
        await seat.press("E")
        assert isinstance(seat.top, EscalateModal)
        await seat.press("1")
        await seat.press("1")
        assert "anybody else can escalate this" in seat.top.said
        await seat.press("escape")
        assert stored(seat) == []
