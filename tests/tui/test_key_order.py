"""Keys that come in one burst do what they would have done one by one."""

from textual import events
from textual.widgets import Input

from agent_tui.tui.app import AgentTui
from tests.tui.booking_desk import Seats, seats, small_store

__all__ = ["seats", "small_store"]


def burst(app: AgentTui, *keys: str) -> None:
    """Post keys all at once, as a fast typist's terminal or a text expander does."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else " " if key == "space" else None))


async def test_a_burst_fills_the_fields_that_it_was_typed_for(seats: Seats) -> None:
    async with seats.seat() as seat:
        app = seat.pilot.app
        assert isinstance(app, AgentTui)
        seat.screen.form.focus_field("type")
        burst(app, *"FC50", "tab", *"today", "tab", *"+5", "tab", *"am", "tab", *"C000003", "tab", "down")
        await seat.rest()
        texts = seat.screen.form.texts
        assert (texts["type"], texts["from"], texts["to"], texts["time"], texts["client"]) == (
            "FC50",
            "today",
            "+5",
            "am",
            "C000003",
        )


async def test_keys_after_one_that_opens_a_dialog_go_to_the_dialog(seats: Seats) -> None:
    async with seats.seat() as seat:
        app = seat.pilot.app
        assert isinstance(app, AgentTui)
        burst(app, "ctrl+n", *"Zoe", "tab", *"0113")
        await seat.rest()
        assert seat.top is not seat.screen
        assert [field.value for field in seat.top.query(Input).results()][:2] == ["Zoe", "0113"]


async def test_a_key_that_is_never_followed_up_does_not_stop_the_next(seats: Seats) -> None:
    async with seats.seat() as seat:
        app = seat.pilot.app
        assert isinstance(app, AgentTui)
        seat.screen.form.focus_field("note")
        app._key_in_hand = object()  # as if a widget had gone with the marker in its queue
        burst(app, *"facts")
        for _round in range(200):
            await seat.rest()
            if seat.screen.form.texts["note"] == "facts":
                break
            await seat.pilot.pause(0.01)
        assert seat.screen.form.texts["note"] == "facts"
