"""A terminal whose login is switched off says so at the next change that the feed brings, and reads nothing more."""

from agent_tui.services import staffing
from agent_tui.tui.switched_off import OffScreen
from tests.tui.booking_desk import WIDE, Seats, seats, small_store

__all__ = ["seats", "small_store"]


async def test_it_is_told_covered_and_reads_nothing_more(seats: Seats) -> None:
    async with seats.seat("agent1", WIDE) as seat:
        seat.other_books("D01")
        await seat.feed()
        seat.screen.grid.focus()
        await seat.go_to("queue")
        seat.others(lambda desk: staffing.switch_login(desk, "agent1", enabled=False), "admin1")
        await seat.feed()
        assert isinstance(seat.top, OffScreen)
        text = "\n".join("".join(segment.text for segment in row) for row in seat.top._compositor.render_strips())
        assert "switched off" in " ".join(text.split())
        assert "Coach" not in text
        looks = len(seat.rows("SELECT why FROM access WHERE site = ? AND who = 'agent1'"))
        for key in ("S", "colon", "question_mark", "ctrl+p", "f5", "tab"):
            await seat.press(key)
            assert isinstance(seat.top, OffScreen), key
        read: list[object] = []
        seat.screen.back.do("any", read.append)
        await seat.rest()
        assert read == []
        assert len(seat.rows("SELECT why FROM access WHERE site = ? AND who = 'agent1'")) == looks
        await seat.press("enter")
        assert seat.pilot.app._exit


async def test_another_login_that_is_off_covers_nobody(seats: Seats) -> None:
    async with seats.seat("agent1", WIDE) as seat:
        seat.others(lambda desk: staffing.switch_login(desk, "agent2", enabled=False), "admin1")
        await seat.feed()
        assert not isinstance(seat.top, OffScreen)
