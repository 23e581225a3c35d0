"""The white space screen: figures by coach and day, causes, moves accepted, dismissed and undone, weeks, the way to a diary."""

from typing import Any

import pytest
from textual.widgets import Static

from agent_tui.domain.week import Week, WeekAsked
from agent_tui.services import blocking
from agent_tui.services.desk import Desk
from agent_tui.services.recovering import recovery
from agent_tui.services.whitespace import white_space
from agent_tui.tui.modals import ConfirmModal, EffectModal
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.white_space import WhiteSpaceScreen
from tests.small_site import DAY, FIVE, NINE, NOON, NOW, ONE
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

HUGE = (160, 48)
THIS = Week.of(NOW.date())
ASKED = WeekAsked(THIS, ())


def fill(seat: Seat) -> str:
    """Leave five minutes before and after the middle one of three meetings of D01; return its id."""
    ids = []
    for number, start in enumerate((NINE, NINE + 11, NINE + 22)):
        ids.append(seat.other_books("D01", start, client=f"C{number + 1:06d}").entry.id)
    seat.others(lambda desk: blocking.block(desk, "D01", DAY, NINE + 32, NOON, "meeting"), "leader1")
    return ids[1]


async def open_screen(seat: Seat) -> WhiteSpaceScreen:
    """Go to the screen by keys, and to the day after today."""
    await seat.feed()
    seat.screen.grid.focus()
    screen = await seat.go_to("white space")
    assert isinstance(screen, WhiteSpaceScreen)
    return screen


def text_of(screen: Any) -> list[str]:
    """Return what the screen draws, row by row."""
    return ["".join(segment.text for segment in row) for row in screen._compositor.render_strips()]


def known(screen: WhiteSpaceScreen) -> str:
    return str(screen.query_one("#known", Static).visual)


@pytest.mark.parametrize("size", [SMALL, WIDE, HUGE], ids=["80x24", "120x36", "160x48"])
async def test_figures_causes_and_moves_of_a_coachs_day(seats: Seats, size: tuple[int, int]) -> None:
    async with seats.seat("leader1", size) as seat:
        fill(seat)
        screen = await open_screen(seat)
        await seat.press("right")
        expected = seat.others(lambda desk: white_space(desk, ASKED), "leader1")
        assert screen.found is not None
        assert screen.found.spaces == expected.spaces
        assert screen.space is not None
        assert (screen.space.diary, screen.space.day, screen.space.stranded_minutes) == ("D01", DAY, 10)
        text = text_of(screen)
        assert any("Coach 1" in line and "×10" in line for line in text), "\n".join(text)
        assert "free" in screen.status.text
        assert "10 stranded" in screen.status.text
        assert "choice against the recommendation" in known(screen)
        assert "1 more of 10 min" in known(screen)
        assert any("less stranded" in line or "1 more" in line for line in text)
        (left,) = screen.query("#left")
        assert "Free, usable" in str(left.border_title)
        assert left.size.width == {SMALL: 78, WIDE: 76, HUGE: 102}[size]
        await seat.press("down", "left")
        assert screen.code == "D02"
        assert "Tuesday 24 November" in screen.status.text
        await seat.press("escape")
        assert isinstance(seat.top, BookingScreen)


async def accept_first(seat: Seat) -> Any:
    """List the moves, choose the first, see whom to ask, and accept."""
    await seat.press("m")
    assert isinstance(seat.top, PickModal), seat.top
    await seat.press("enter")
    assert isinstance(seat.top, EffectModal)
    text = "\n".join(text_of(seat.top))
    await seat.press("enter")
    return text


async def test_moves_are_accepted_once_it_is_said_whom_to_ask_and_undone(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        middle = fill(seat)
        screen = await open_screen(seat)
        await seat.press("right")
        before = seat.rows("SELECT start_tick FROM entry WHERE site = ? AND id = ?", middle)
        text = await accept_first(seat)
        assert "Ask 1 claimant first" in text
        assert "Sana Khan 2 (C000002)" in text
        assert "Moved 1 appointment; 1 start won." in screen.status.text
        after = seat.rows("SELECT start_tick FROM entry WHERE site = ? AND id = ?", middle)
        assert after != before
        assert screen.space is not None
        assert screen.space.stranded_minutes == 0
        assert "No move of one or two appointments wins a start" in known(screen)
        await seat.press("u")
        assert "Undone" in screen.status.text
        assert seat.rows("SELECT start_tick FROM entry WHERE site = ? AND id = ?", middle) == before
        assert screen.space.stranded_minutes == 10
        assert screen.plans_here


async def test_a_plan_that_changed_meanwhile_is_refused_and_the_screen_reads_again(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        middle = fill(seat)
        screen = await open_screen(seat)
        await seat.press("right", "m", "enter")
        assert isinstance(seat.top, EffectModal)
        seat.others(lambda desk: blocking.block(desk, "D01", DAY, NINE + 10, NINE + 11, "meeting"), "leader1")
        seat.others(lambda desk: blocking.block(desk, "D01", DAY, NINE + 21, NINE + 22, "meeting"), "leader1")
        await seat.press("enter")
        assert "nothing was changed" in screen.status.text
        assert seat.rows("SELECT version FROM entry WHERE site = ? AND id = ?", middle) == [(1,)]
        await seat.press("m")
        assert "No move of one or two appointments" in screen.status.text


async def test_a_move_is_dismissed_and_gone(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        fill(seat)
        screen = await open_screen(seat)
        await seat.press("x")
        assert "no move to dismiss" in screen.status.text
        await seat.press("right")
        (plan,) = screen.plans_here
        await seat.press("x")
        assert isinstance(seat.top, ConfirmModal)
        await seat.press("n")
        assert plan.id in {one.id for one in seat.others(lambda desk: recovery(desk, ASKED), "leader1").plans}
        await seat.press("x")
        await seat.press("y")
        assert "Dismissed" in screen.status.text
        assert plan.id not in {one.id for one in screen.plans}
        assert seat.rows("SELECT plan, dismissed_by FROM recovery_dismissal WHERE site = ?") == [(plan.id, "leader1")]


async def test_weeks_whose_and_the_way_to_the_diary(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        fill(seat)
        screen = await open_screen(seat)
        await seat.press("]")
        assert screen.found is not None
        assert screen.found.asked.week == THIS.later(1)
        assert screen.found.total.stranded_minutes == 0
        await seat.press("[", "[")
        assert screen.shown_week == THIS.later(-1)
        assert "no record of anything" in known(screen)
        await seat.press("0", "w", *"team", "space", "b", "enter")
        assert set(screen.codes) == {"D03", "D04"}
        await seat.press("w", *"all", "enter", "home", "right", "enter")
        assert isinstance(seat.top, BookingScreen)
        cell = seat.screen.grid.cursor_cell
        assert cell.column is not None
        assert (cell.column.diary, cell.column.day, cell.tick) == ("D01", DAY, NINE + 10)


async def test_what_others_do_is_shown_and_a_coach_sees_the_own_diary(seats: Seats) -> None:
    async with seats.seat("coach1", SMALL, glyphs="ascii") as seat:
        screen = await open_screen(seat)
        assert screen.codes == ("D01",)
        assert screen.found is not None
        assert screen.found.total.stranded_minutes == 0
        fill(seat)
        await seat.feed()
        screen.look()
        await seat.rest()
        assert screen.found.total.stranded_minutes == 10
        bars = dict.fromkeys(map(ord, "▁▂▃▄▅▆▇█"))  # Textual's own scroll bar
        assert "\n".join(text_of(screen)).translate(bars).isascii()
        await seat.press("right", "m", "enter", "enter")
        assert "decided by a team leader or supervisor" in screen.status.text


async def test_an_agent_is_told_who_reads_it(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        screen = await open_screen(seat)
        assert "read by team leaders" in screen.status.text


async def test_the_coach_under_the_cursor_stays_in_sight_whatever_is_known_of_the_day(seats: Seats) -> None:
    async with seats.seat("leader1", (80, 20)) as seat:
        for diary in ("D01", "D02", "D03"):  # of a full day there is little to say, of the last coach's much

            def fully(desk: Desk, diary: str = diary) -> None:
                for start, end in ((NINE, NOON), (ONE, FIVE)):
                    blocking.block(desk, diary, DAY, start, end, "meeting")

            seat.others(fully, "leader1")
        screen = await open_screen(seat)
        await seat.press("right", "down", "down")
        few, height = len(known(screen).splitlines()), screen.listing.size.height
        await seat.press("down")
        assert len(known(screen).splitlines()) > few + 3
        assert screen.listing.size.height == height
        assert any("▸ Coach 4" in line for line in text_of(screen))
        await seat.pilot.resize_terminal(80, 18)
        await seat.rest()
        assert any("▸ Coach 4" in line for line in text_of(screen))
