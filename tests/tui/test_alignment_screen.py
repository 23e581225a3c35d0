"""The alignment screen: lengths in, the best pattern beside the guidance's own, applied after a look, and taken back."""

from typing import Any

from textual.widgets import Static

from agent_tui.services import segmenting
from agent_tui.services.desk import Desk
from agent_tui.store.queries import catalogue
from agent_tui.store.queries.log import NewEvent, Stamp, append
from agent_tui.tui.modals import EffectModal
from agent_tui.tui.screens.alignment import AlignmentField, AlignmentScreen
from agent_tui.tui.screens.booking import BookingScreen
from tests.tui.booking_desk import SMALL, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]


async def open_alignment(seat: Seat) -> AlignmentScreen:
    """Go to the alignment by keys."""
    seat.screen.grid.focus()
    screen = await seat.go_to("alignment")
    assert isinstance(screen, AlignmentScreen)
    return screen


def put(screen: AlignmentScreen, **texts: str) -> None:
    """Fill in some fields."""
    for name, text in texts.items():
        screen.query_one(f"#{name}", AlignmentField).value = text


def make_initial(desk: Desk) -> None:
    """Make the 30-minute review a first interview, so that the small site has one."""

    def work(unit: Any) -> None:
        catalogue.bump_version(unit, desk.site)
        unit.run("UPDATE appointment_type SET type_group = 'initial' WHERE site = ? AND code = 'NJR-F2F'", desk.site)
        stamp = Stamp(desk.site, "leader1", "leader", 0, unit.clock_ms())
        append(unit, stamp, NewEvent("types_loaded", after={"types": ["NJR-F2F"], "claims": []}))

    desk.store.write(work)


def problem(screen: AlignmentScreen, name: str) -> str:
    return str(screen.query_one(f"#{name}-problem", Static).render())


async def test_the_guidance_case_is_found_and_both_figures_stand_beside_each_other(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_alignment(seat)
        await seat.press(*"D01", "enter", *"D02", "f5")
        words = str(screen.result.render())
        assert "This pattern          20   10.0" in words
        assert "The guidance's own    20   20.0" in words
        assert "Proved" in words
        await seat.press("escape")
        assert isinstance(seat.top, BookingScreen)


async def test_a_pattern_must_be_found_for_what_stands_in_the_form(seats: Seats) -> None:
    async with seats.seat("leader1", SMALL) as seat:
        screen = await open_alignment(seat)
        put(screen, firsts="D01", seconds="D02", interviews="30", weekdays="wed")
        await seat.press("f5", "ctrl+s")
        assert "No first interview takes 30 minutes" in screen.status.text
        put(screen, interviews="30, 30")
        await seat.press("ctrl+s")
        assert "Find the pattern first" in screen.status.text
        assert seat.others(lambda desk: segmenting.patterns_of(desk, "D01"), "leader1") == []


async def test_what_cannot_be_read_is_said_beside_its_line_and_stays(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_alignment(seat)
        put(
            screen,
            firsts="D77",
            seconds="",
            interviews="twenty",
            weekdays="someday",
            until="1 jan 2020",
            opening="17:00-09:00",
            first_breaks="10:51-11:00",
            commitment="XX",
        )
        await seat.press("f5")
        for name, said in (
            ("firsts", "There is no D77."),
            ("seconds", "at least one diary"),
            ("interviews", "Minutes such as"),
            ("weekdays", "eekday"),
            ("until", "past"),
            ("opening", "not after"),
            ("first_breaks", "five-minute grid"),
            ("commitment", "There is no type XX."),
        ):
            assert said in problem(screen, name), name
        assert screen.typed["interviews"] == "twenty"
        put(screen, firsts="D01", seconds="D02", interviews="400, 400", weekdays="mon", until="", opening="9-17", first_breaks="")
        put(screen, commitment="FC-F2F")
        await seat.press("f5")
        assert screen.status.severity == "error"
        assert screen.found is None


async def test_the_look_is_a_dialog_and_escape_changes_nothing(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_alignment(seat)
        seat.others(make_initial, "leader1")
        await seat.feed()
        screen.look_at_rules()
        put(screen, firsts="D01", seconds="D02", interviews="30, 30", weekdays="wed")
        await seat.press("f5", "ctrl+s")
        assert isinstance(seat.top, EffectModal)
        await seat.press("escape")
        assert seat.others(lambda desk: segmenting.patterns_of(desk, "D01"), "leader1") == []
        put(screen, firsts="D03")
        await seat.press("ctrl+s", "escape")
        assert "First coach D03" in str(screen.result.render())
        put(screen, firsts="D01")
        await seat.press("ctrl+s", "enter")
        (pattern,) = seat.others(lambda desk: segmenting.patterns_of(desk, "D01"), "leader1")
        assert {code for part in pattern.segments for code in part.types} == {"NJR-F2F"}
        assert "Saved: 2 patterns" in screen.status.text
        await seat.press("f9", "enter")
        assert seat.others(lambda desk: segmenting.patterns_of(desk, "D01"), "leader1") == []
