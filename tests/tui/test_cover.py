"""The cover that comes when nobody is there: nothing of claimants is seen, nothing is lost, and any key lifts it."""

from typing import Any

import pytest
from textual.screen import ModalScreen

from agent_tui.tui.app import AgentTui
from agent_tui.tui.cover import CoverScreen
from agent_tui.tui.modals import EffectModal
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.switched_off import OffScreen
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

MINUTE = 60.0


class Watch:
    """A clock that goes on when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


def app_of(seat: Seat, watch: Watch) -> AgentTui:
    """Return the app, from now on with the watch as its clock."""
    app = seat.pilot.app
    assert isinstance(app, AgentTui)
    app.idle_clock = watch
    app._present_at = watch()
    return app


async def idle(seat: Seat, app: AgentTui, watch: Watch, minutes: float) -> None:
    watch.seconds += minutes * MINUTE
    app.cover_if_idle()
    await seat.rest()


def text_of(seat: Seat) -> str:
    rows: Any = seat.top._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in row) for row in rows)


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x36"])
async def test_it_comes_after_the_minutes_and_a_key_lifts_it_and_does_nothing_else(
    seats: Seats, watch: Watch, size: tuple[int, int]
) -> None:
    async with seats.seat("agent1", size) as seat:
        app = app_of(seat, watch)
        seat.screen.form.focus_field("client")
        await seat.type("sana")
        focused, draft = seat.screen.focused, seat.screen.form.draft
        await idle(seat, app, watch, 14)
        assert isinstance(seat.top, BookingScreen)
        await idle(seat, app, watch, 1)
        assert isinstance(seat.top, CoverScreen)
        text = text_of(seat)
        assert "Covered after 15 minutes" in " ".join(text.split())
        assert "sana" not in text.lower()
        assert "Coach" not in text
        await seat.press("ctrl+q")
        assert isinstance(seat.top, BookingScreen)
        assert not app._exit
        assert (seat.screen.focused, seat.screen.form.draft) == (focused, draft)
        await idle(seat, app, watch, 14)
        assert not app.covered


async def test_a_key_begins_the_minutes_anew_and_none_is_never(seats: Seats, watch: Watch) -> None:
    async with seats.seat("agent1", idle_lock_minutes=1) as seat:
        app = app_of(seat, watch)
        watch.seconds += 50
        await seat.press("f2")
        await idle(seat, app, watch, 0.5)
        assert not app.covered
        await idle(seat, app, watch, 0.5)
        assert app.covered
    async with seats.seat("agent1", idle_lock_minutes=0) as seat:
        app = app_of(seat, watch)
        await idle(seat, app, watch, 10_000)
        assert not app.covered


async def test_the_feed_and_the_hold_go_on_and_a_hold_that_lapses_soon_is_said(seats: Seats, watch: Watch) -> None:
    async with seats.seat("agent1", idle_lock_minutes=1, hold_seconds=600) as seat:
        app = app_of(seat, watch)
        await seat.hold_first()
        await idle(seat, app, watch, 1)
        cover = seat.top
        assert isinstance(cover, CoverScreen)
        assert "lapses" not in text_of(seat)
        seen = seat.screen.back.changes
        seat.other_books("D04")
        await seat.feed()
        seats.clock.ahead_ms = 540_000
        cover.say_urgent()
        await seat.rest()
        assert "A hold of yours lapses in 0:5" in text_of(seat)
        await seat.press("space")
        assert seat.screen.call.held is not None
        assert seat.screen.back.changes > seen


async def test_what_is_pushed_or_left_meanwhile_is_so_beneath_it(seats: Seats, watch: Watch) -> None:
    async with seats.seat("agent1", idle_lock_minutes=1) as seat:
        app = app_of(seat, watch)
        first: ModalScreen[bool] = EffectModal("First", ["Sana Khan"])
        answers: list[object] = []
        app.push_screen(first, answers.append)
        await seat.rest()
        await idle(seat, app, watch, 1)
        app.push_screen(EffectModal("Late", ["Sana Khan 2"]))
        await seat.rest()
        assert app.covered
        assert "Sana" not in text_of(seat)
        late = app.screen_stack[-2]
        assert isinstance(late, EffectModal)
        late.dismiss(True)
        await seat.rest()
        assert app.covered
        first.dismiss(True)
        await seat.rest()
        assert app.covered
        assert answers == [True]
        await seat.press("x")
        assert isinstance(seat.top, BookingScreen)


async def test_a_login_that_is_off_is_told_over_the_cover(seats: Seats, watch: Watch) -> None:
    async with seats.seat("agent1", idle_lock_minutes=1) as seat:
        app = app_of(seat, watch)
        await idle(seat, app, watch, 1)
        app.push_screen(OffScreen("agent1"))
        await seat.rest()
        assert isinstance(seat.top, OffScreen)
        await idle(seat, app, watch, 100)
        assert isinstance(seat.top, OffScreen)
