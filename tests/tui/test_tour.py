"""The tour and what is new: named once for each user, and left at any step."""

from pathlib import Path

import pytest

from agent_tui import __version__
from agent_tui.resources import data_file
from agent_tui.settings import state_dir
from agent_tui.tui.modals import PageModal, TourModal
from agent_tui.tui.modals.tour import STEPS, step_words
from agent_tui.tui.seen import Greeting, greeting
from tests.tui.booking_desk import SMALL, Seats, seats, small_store

__all__ = ["seats", "small_store"]

NOTHING = Greeting(tour=False, whats_new=False)


def test_the_tour_is_named_once_and_what_is_new_once_for_each_version(tmp_path: Path) -> None:
    root = tmp_path / "state"
    assert greeting("7.1.0", root) == Greeting(tour=True, whats_new=False)
    assert greeting("7.1.0", root) == NOTHING
    assert greeting("7.2.0", root) == Greeting(tour=False, whats_new=True)
    assert greeting("7.2.0", root) == NOTHING
    (root / "seen.json").write_text("[" * 9_000, encoding="utf-8")
    assert greeting("7.2.0", root).tour
    assert [one.name for one in root.iterdir()] == ["seen.json"]


def test_where_the_state_cannot_be_written_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    assert greeting("7.1.0", tmp_path / "state") == NOTHING


def test_what_is_new_is_of_this_version() -> None:
    assert data_file("help/new.md").read_text(encoding="utf-8").startswith(f"# What is new in {__version__}\n")


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_each_step_fits_its_frame_and_names_keys_that_are(number: int) -> None:
    words = step_words(number)
    assert "{" not in words
    assert len(words) <= 54 * 6


async def test_a_tour_can_be_left_at_any_step_and_leaves_all_as_it_was(seats: Seats) -> None:
    async with seats.seat(size=SMALL) as seat:
        seat.pilot.app.greet = True  # type: ignore[attr-defined]
        seat.screen.look_for_greeting()
        await seat.rest()
        seat.screen.say_greeting()
        assert "New here?" in seat.said
        await seat.press("tab")
        assert seat.said.startswith("From, empty")
        await seat.press("shift+tab")
        await seat.type("wsr")
        focused = seat.screen.focused
        for steps in range(len(STEPS)):
            await seat.press("shift+f7", *(["enter"] * steps))
            assert isinstance(seat.top, TourModal)
            assert seat.top.number == steps
            assert bool(seat.screen.query(".-toured")) == (STEPS[steps][1] is not None)
            await seat.press("escape")
            assert len(seat.pilot.app.screen_stack) == 2
            assert not seat.screen.query(".-toured")
        await seat.press("shift+f7", *(["enter"] * len(STEPS)))
        assert seat.top is seat.screen
        assert seat.screen.focused is focused
        assert seat.screen.form.texts["type"] == "wsr"
        await seat.press("shift+f8")
        assert isinstance(seat.top, PageModal)
        await seat.press("escape")
    assert (state_dir() / "seen.json").exists()
