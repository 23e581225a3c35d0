"""Every screen says in words where the agent is, and that a hold runs out, whatever stands over the booking screen."""

from agent_tui.tui.commands import on_a_line
from agent_tui.tui.modals import ChoiceModal
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.screens.going import SCREENS, go_to
from agent_tui.tui.widgets.lines import KeyFooter
from tests.tui.booking_desk import SMALL, Seats, seats, small_store

__all__ = ["seats", "small_store"]


async def test_every_screen_has_a_status_line_in_words(seats: Seats) -> None:
    async with seats.seat("super1", size=SMALL) as seat:
        said, empty = {}, []
        assert seat.said == "Type, empty: any words or code"
        await seat.type("zz")
        assert seat.said == "Type: zz"
        for name in SCREENS:
            go_to(seat.pilot.app, name)
            await seat.rest()
            said[name] = seat.top.status.text  # type: ignore[attr-defined]
            named = [key.id for key in seat.top.query_one(KeyFooter).keys]
            if isinstance(seat.top.focused, PointedList) and seat.top.focused.lineless:
                empty.append(name)
                assert not set(named) & set(on_a_line(seat.top.context)), (name, named)  # type: ignore[attr-defined]
                assert named != ["help"]
        assert [name for name, words in said.items() if len(words.split()) < 2] == []
        assert set(empty) >= {"queue", "flags", "sandbox", "outbox"}


async def test_a_hold_warns_and_is_extended_from_every_screen_and_dialog(seats: Seats) -> None:
    async with seats.seat("super1", hold_seconds=600) as seat:
        held = await seat.hold_first()
        app = seat.pilot.app

        async def runs_out() -> None:
            seats.clock.ahead_ms = 500_000
            seat.screen.each_second()
            await seat.rest()
            seats.clock.ahead_ms = 0  # the store's own clock has not gone on

        async def version_after_extending() -> int:
            await seat.press("ctrl+l")
            again = seat.screen.call.held
            assert again is not None
            assert again.entry.id == held.entry.id
            return again.entry.version

        go_to(app, "alignment")
        await seat.rest()
        await runs_out()
        assert "lapses in two minutes: ctrl+l extends it" in seat.top.status.text  # type: ignore[attr-defined]
        assert await version_after_extending() == held.entry.version + 1
        assert "Held:" in seat.top.status.text  # type: ignore[attr-defined]

        app.action_change_theme()
        await seat.rest()
        assert isinstance(seat.top, ChoiceModal)
        await runs_out()
        assert any("ctrl+l extends it" in str(one.message) for one in app._notifications)
        assert await version_after_extending() == held.entry.version + 2
        assert isinstance(seat.top, ChoiceModal)
