"""Sizes, sides, jumps and the mouse: what is typed and where the focus is survive them all."""

from pathlib import Path

import pytest
from textual.widgets import OptionList

from agent_tui.domain.flags import Flag
from agent_tui.settings import state_dir
from agent_tui.tui.beside_words import beside_lines
from agent_tui.tui.glyphs import ASCII
from agent_tui.tui.jumping import JumpScreen
from agent_tui.tui.modals import ChoiceModal
from agent_tui.tui.modals.base import hinted_key
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.too_small import TooSmall
from agent_tui.tui.widgets.diary_grid import Block, Column
from tests.small_site import DAY
from tests.tui.booking_desk import WIDE, Seats, seats, small_store

__all__ = ["seats", "small_store"]

SIZES = [(20, 5), (60, 16), (200, 60), (80, 24), (120, 36)]


@pytest.mark.parametrize(
    ("hint", "words", "key"),
    [
        ("key or enter chooses, esc closes", "key", "enter"),
        ("key or enter chooses, esc closes", "closes", "escape"),
        ("y or n, enter answers, esc is no", "n,", "y"),
        ("enter holds, then confirms; r lets go, / second type, esc closes", "then", None),
        ("enter holds, then confirms; r lets go, / second type, esc closes", "lets", "r"),
        ("enter holds, then confirms; r lets go, / second type, esc closes", "second", "slash"),
        ("enter holds, then confirms; r lets go, / second type, esc closes", "closes", "escape"),
        ("enter next, ctrl+s takes it, esc closes", "takes", "ctrl+s"),
        ("type to narrow, enter chooses, esc closes", "narrow", None),
        ("1-5 reason, enter does it, esc nothing", "does", "enter"),
    ],
)
def test_a_click_on_the_words_of_a_frame_is_the_key_that_they_name(hint: str, words: str, key: str | None) -> None:
    assert hinted_key(hint, hint.index(words)) == key
    assert hinted_key(hint, -1) is None
    assert hinted_key(hint, len(hint)) is None


def test_the_pane_beside_the_grid_says_the_day_and_the_flags() -> None:
    booked = Block("A1", "appointment", "booked", 108, 118, "FC50", "T Lee", flagged=True)
    held = Block("H1", "hold", "held", 120, 130, "held", "me")
    column = Column("D01", DAY, "A Khan", open_mask=(1 << 144) - (1 << 108), blocks=(booked, held), coach="Amina Khan")
    flag = Flag("F1", "client_clash", "open", "agent1", 0, entry="A1")
    lines = [line for line, _style in beside_lines("the cell", column, [column], [("A1", (flag,)), ("gone", (flag,))], ASCII)]
    assert lines[0] == "the cell"
    assert lines[3:8] == [
        "1 appointment",
        "1 hold",
        "1 h 20 free, 0 min stranded",
        "  free 09:50 to 10:00",
        "  free 10:50 to 12:00",
    ]
    assert lines[-1] == f"! {DAY:%a} {DAY.day} 09:00 FC50 T Lee: two at once"
    assert beside_lines("", column, [column], [], ASCII)[-1][0] == "none"


def break_file() -> Path:
    """Leave half a file of what is remembered, and return its path."""
    (path,) = (state_dir() / "look").iterdir()
    path.write_text("{")
    return path


async def test_no_size_of_the_window_takes_the_focus_or_what_was_typed(seats: Seats) -> None:
    async with seats.seat(size=WIDE) as seat:
        screen = seat.screen
        await seat.choose_type("fc f2f")
        await seat.type("C0000")
        field, fields = seat.pilot.app.focused, screen.form.draft
        assert field is not None
        for dialog in (False, True):
            if dialog:
                await seat.press("f1", "escape", "f12")
                assert isinstance(seat.top, ChoiceModal)
            focused = seat.pilot.app.focused
            for width, height in SIZES:
                await seat.pilot.resize_terminal(width, height)
                await seat.rest()
                small = width < 60 or height < 16
                assert seat.top.query_one(TooSmall).display == small, (width, height)
                assert seat.pilot.app.focused is focused, (width, height, dialog)
                assert screen.form.draft == fields
                assert screen.query_one("#strip").display == (width >= 180 and height >= 50)
                if screen.query_one("#strip").display and not dialog:
                    place = (screen.call.offers[0].diary, screen.call.offers[0].day)
                    await seat.pilot.pause(0.2)
                    await seat.rest()
                    assert place in [(one.diary, one.day) for one in screen.strip.view.columns]
                    assert "Flags on the week of" in str(screen.facts.render())


async def test_the_next_run_looks_as_the_last_did(seats: Seats) -> None:
    async with seats.seat(size=WIDE) as seat:
        await seat.press("f2", "]", "+", "T", "2", "z", "2", "z", "4")
        tomorrow = seat.screen.shown.day
        assert seat.screen.grid.region.x < seat.screen.form.region.x
        assert seat.screen.form.styles.border_left[0] == ""
    keymap = {"hodl": "f8", "move": "x", "next_day": "f21"}
    async with seats.seat(size=WIDE, keymap=keymap) as seat:
        app, screen = seat.pilot.app, seat.screen
        assert (app.theme, screen.grid.zoom, screen.shown.day) == ("light", 1, tomorrow)
        assert app.has_class("-dense")
        assert "where you were; t in it goes to today" in seat.said
        assert screen.grid.region.x < screen.form.region.x
        assert sorted(note.message[:20] for note in app._notifications) == ["Keymap: there is no ", "Keymap: x would both"]
        await seat.press("f2", "f21")
        assert screen.shown.day > tomorrow  # the line that can be used is in use
        path = break_file()
    async with seats.seat(size=WIDE) as seat:
        assert (seat.pilot.app.theme, seat.screen.shown.day) == ("dark", seat.screen.today)
        (note,) = seat.pilot.app._notifications
        assert path.name in note.message


async def test_letters_and_the_mouse_go_everywhere(seats: Seats) -> None:
    async with seats.seat(size=WIDE) as seat:
        pilot, screen = seat.pilot, seat.screen
        await seat.press("f2", "apostrophe")
        assert isinstance(seat.top, JumpScreen)
        letter = next(letter for letter, widget, _at in seat.top._targets if widget.id == "from")
        await seat.press(letter)
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "from"
        await seat.press("f2", "apostrophe", "f4")  # a key that is no letter only closes it
        assert screen.grid.has_focus
        await pilot.click("#title", offset=(3, 0))
        await seat.rest()
        assert isinstance(seat.top, ChoiceModal)
        dialog = seat.top
        await seat.press("apostrophe")
        assert isinstance(seat.top, JumpScreen)
        await seat.press("a")
        assert pilot.app.screen_stack[-1] is dialog
        choices = dialog.query_one(OptionList)
        assert choices.has_focus
        await seat.press("j", "ctrl+d", "k", "g", "j")
        assert choices.highlighted == 1
        frame = dialog.query_one(".dialog").region
        await pilot.click(offset=(frame.x + 4, frame.y))
        await seat.rest()
        listed = seat.top
        assert isinstance(listed, ChoiceModal)
        assert listed is not dialog
        above = listed.query_one(".dialog").region
        await pilot.click(offset=(above.x + 4, above.y))  # it lists itself no second time
        await seat.rest()
        assert seat.top is listed
        await pilot.click(listed.query_one(OptionList), offset=(6, 3))
        await seat.rest()
        assert isinstance(seat.top, JumpScreen)
        await seat.press("f4")
        assert seat.top is dialog
        await pilot.click(offset=(frame.right - 6, frame.bottom - 1))
        await seat.rest()
        assert isinstance(seat.top, BookingScreen)
