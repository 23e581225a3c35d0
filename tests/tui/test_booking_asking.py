"""One line on the booking screen: read as it is typed, asked about where it is unsure, filled into the form, and said."""

from textual.widgets import Input

from agent_tui.tui.modals import ChoiceModal
from agent_tui.tui.modals.pick import PickModal
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]


def chips(seat: Seat) -> list[tuple[str, str]]:
    return [(one.field, one.text) for one in seat.screen.ask_bar.row.chips]


async def put(seat: Seat, line: str) -> None:
    """Put a line where it would be pasted."""
    seat.screen.ask_bar.field.value = line
    await seat.rest()


async def test_a_line_is_booked_by_enter_and_what_is_said_is_shown(seats: Seats) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        await seat.press("shift+f2")
        assert seat.screen.context == "ask"
        await put(seat, "fcm wed am coach 1")
        assert chips(seat) == [
            ("type", "First commitment - F2F, 50 min"),
            ("days", "Wed 25 Nov"),
            ("time", "morning"),
            ("coach", "Coach 1"),
        ]
        assert seat.screen.form.draft.type is None  # nothing is searched for before enter
        await put(seat, "fcm wed am coach 1 for C000003")
        await seat.press("enter")
        assert "One line" not in seat.said
        draft, bar = seat.screen.form.draft, seat.screen.ask_bar
        assert (draft.type, draft.diary, draft.client, draft.texts["from"], draft.texts["to"], draft.texts["time"]) == (
            *("FC-F2F", "D01", "C000003", "Wed 25 Nov", "Wed 25 Nov"),
            "morning",
        )
        assert seat.kind == "offers"
        assert seat.screen.context == "offers"
        first = seat.screen.offers.state.choices[0]
        said = "I can offer you an appointment for First commitment on Wednesday 25 November at 9am"
        assert bar.say.startswith(said)
        assert bar.say.endswith("with Coach 1. Which of these suits you best?")
        assert bar.back.startswith("I will read that back: your appointment for First commitment with Coach 1 is on Wednesday")
        await seat.press("n")
        assert "at 9am" not in bar.back  # the next offer is the one that is read back
        seat.screen.grid.cursor = (0, 180)  # what was looked at before is not what is held
        await seat.press("p", "enter")
        assert seat.kind == "held"
        assert (bar.say, "at 9am" in bar.back) == ("", True)
        at = seat.screen.grid.cursor_cell
        assert (at.column and (at.column.diary, at.column.day), at.tick) == ((first.diary, first.day), first.start)
        await seat.press("shift+f2", "enter")
        assert "A time is held" in seat.said
        await seat.press("escape", "enter")
        assert (seat.kind, bar.is_open) == ("confirmed", False)
        assert seat.screen.call.confirmed is not None
        assert (seat.screen.call.confirmed.entry.client, seat.screen.call.confirmed.entry.start) == ("C000003", first.start)
        await seat.press("1")
        assert (bar.line, chips(seat), bar.is_open) == ("", [], False)  # nothing of the claimant stays


async def test_what_is_unsure_is_asked_the_line_survives_and_chips_change_the_form(seats: Seats) -> None:
    async with seats.seat("agent1", WIDE) as seat:
        screen, bar = seat.screen, seat.screen.ask_bar
        await seat.press("escape", ">", "enter")
        assert "Type what is asked for" in seat.said
        await put(seat, "review tomorrow 3 xyzzy")
        await seat.press("enter")
        assert isinstance(seat.top, ChoiceModal)
        await seat.press("escape", "escape")
        assert not bar.is_open
        await seat.press(">")
        assert (bar.line, bar.field.cursor_position) == ("review tomorrow 3 xyzzy", 23)
        await seat.press("enter")
        await seat.press("2")  # leave the word out
        assert isinstance(seat.top, ChoiceModal)
        await seat.press("1")  # three o'clock
        assert isinstance(seat.top, ChoiceModal)
        await seat.press("2")  # the other type
        assert seat.pilot.app.screen is screen
        assert bar.line == "wsr-phone tomorrow at 15:00"
        assert (screen.form.draft.type, screen.form.draft.near) == ("WSR-PHONE", 180)
        # By key: the type becomes another, the time goes.
        await seat.press("shift+f2", "tab", "enter")
        assert isinstance(seat.top, PickModal)
        await seat.press(*"evid", "enter")
        assert screen.form.draft.type == "EV-F2F"
        assert screen.context == "ask chips"
        await seat.press("right", "right", "delete")
        assert (screen.form.draft.near, [name for name, _text in chips(seat)]) == (None, ["type", "days"])
        assert seat.kind == "offers"
        assert "Evidence interview" in bar.say
        # By mouse: the day, which is typed in the form.
        column = bar.row.placed(bar.row.size.width)[1][1]
        await seat.pilot.click(bar.row, offset=(column + 2, 0))
        await seat.rest()
        assert isinstance(screen.focused, Input)
        assert screen.focused.id == "from"
        screen.form.fill(screen.form.texts | {"from": "fri", "to": "fri"}, screen.form.picked)
        await seat.rest()
        assert ("days", "Fri 27 Nov") in chips(seat)
        # What is pasted is cut to a line, and several claimants are not guessed.
        await seat.press("shift+f2")
        await put(seat, "fcm " * 100_000)
        assert len(bar.line) == 200
        await put(seat, "fcm for Sana Khan")
        await seat.press("enter")
        assert "More than one claimant fits" in seat.said
        assert screen.form.draft.client is None
