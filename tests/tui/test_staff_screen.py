"""The staff screen, and what the keys of a higher role do for whoever lacks it: nothing, in a sentence."""

from typing import Any

import pytest

from agent_tui.domain.roles import who_can
from agent_tui.domain.site import Staff
from agent_tui.services import staffing
from agent_tui.tui.commands import COMMANDS, may_use
from agent_tui.tui.glyphs import UNICODE
from agent_tui.tui.help_screen import HelpScreen
from agent_tui.tui.modals import ConfirmModal, FieldsModal
from agent_tui.tui.screens.going import SCREENS, opens
from agent_tui.tui.screens.manager import ManagerScreen
from agent_tui.tui.screens.staff import StaffScreen, staff_line
from agent_tui.tui.widgets.lines import KeyFooter
from tests.tui.booking_desk import SMALL, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]


async def open_staff(seat: Seat) -> StaffScreen:
    seat.screen.grid.focus()
    screen = await seat.go_to("staff")
    assert isinstance(screen, StaffScreen)
    return screen


async def at(seat: Seat, screen: StaffScreen, login: str) -> None:
    screen.listing.highlighted = [one.login for one in screen.people].index(login)
    await seat.rest()


def roles(screen: StaffScreen) -> dict[str, str]:
    return {one.login: one.role for one in screen.people}


def known(screen: StaffScreen) -> str:
    return str(screen.query_one("#known").render())


@pytest.mark.parametrize(
    ("login", "cells", "shown"),
    [
        ("coach01", 12, "coach01      "),
        ("quentin.hale@dwp", 16, "quentin.hale@dwp "),
        ("q" * 60, 24, f"{'q' * 23}{UNICODE.ellipsis} "),
    ],
)
def test_a_login_is_cut_where_it_is_very_long_and_the_name_never(login: str, cells: int, shown: str) -> None:
    one = Staff(login, "Quentin Archibald Hale-Featherstonehaugh", "coach", diary="D17")
    assert staff_line(one, cells, UNICODE) == f"{shown}work coach    D17     {one.name}"


async def test_an_administrator_adds_changes_and_switches_off(seats: Seats) -> None:
    async with seats.seat("admin1", SMALL) as seat:
        screen = await open_staff(seat)
        assert screen.query_one("#left").size.width == 78  # no name is cut at 80 columns
        await seat.press("n")
        await seat.fill("a b", "", "agnet", "")
        assert isinstance(seat.top, FieldsModal)
        assert "did you mean agent?" in str(seat.top.query_one("#role-problem").render())
        assert "needs the person's name" in str(seat.top.query_one("#name-problem").render())
        await seat.fill("agent9", "Neo [b]Nash[/]", "agent", "")
        assert roles(screen)["agent9"] == "agent", screen.status.text
        assert "agent9 is added as agent." in screen.status.text
        await at(seat, screen, "agent9")
        assert "Neo [b]Nash[/]" in known(screen)
        await seat.press("e")
        await seat.fill("leader", "")
        assert roles(screen)["agent9"] == "leader"
        await at(seat, screen, "agent9")
        await seat.press("o")
        assert isinstance(seat.top, ConfirmModal)
        await seat.press("y")
        assert [one.login for one in screen.people if not one.enabled] == ["agent9"]
        assert "Switched off" in known(screen)
        await seat.press("o")
        assert all(one.enabled for one in screen.people)


async def test_the_last_administrator_stays_and_what_was_typed_too(seats: Seats) -> None:
    async with seats.seat("admin1") as seat:
        screen = await open_staff(seat)
        await at(seat, screen, "admin1")
        await seat.press("enter")
        await seat.fill("agent", "")
        assert "admin1 is the site's last administrator, which it keeps." in screen.status.text
        assert screen.status.severity == "error"
        await seat.press("enter")
        dialog: Any = seat.top
        assert dialog.typed["role"] == "agent"


async def test_a_supervisor_is_told_whose_a_login_is(seats: Seats) -> None:
    async with seats.seat("super1") as seat:
        screen = await open_staff(seat)
        await at(seat, screen, "admin1")
        assert "An administrator can change this login." in known(screen)
        await seat.press("o")
        await seat.press("y")
        assert "not yours" in screen.status.text
        assert all(one.enabled for one in screen.people)


@pytest.mark.parametrize("login", ["agent1", "coach1", "leader1"])
async def test_nobody_else_is_offered_the_screen(seats: Seats, login: str) -> None:
    async with seats.seat(login) as seat:
        seat.screen.grid.focus()
        await seat.press("S")
        dialog: Any = seat.top
        offered = {option[0] for option in dialog._options}
        assert offered == set(SCREENS) - ({"staff", "reports"} if login == "agent1" else {"staff"})
        await seat.press("a")
        assert not isinstance(seat.top, StaffScreen)


async def test_a_terminal_whose_login_is_switched_off_acts_no_more_and_keeps_what_was_typed(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        await seat.choose_type("fc f2f")
        seat.others(lambda desk: staffing.switch_login(desk, "agent1", enabled=False), "admin1")
        await seat.press("f8")
        assert "agent1 is switched off" in seat.said
        assert seat.screen.call.held is None


# Roles on every screen.

HIGHER = [command for command in COMMANDS if command.role != "agent"]


@pytest.mark.parametrize("login", ["agent1", "coach1"])
async def test_a_command_of_a_higher_role_is_hidden_and_says_who_could(seats: Seats, login: str) -> None:
    """Each by its key's own action, on each screen that has it."""
    async with seats.seat(login) as seat:
        seen: set[str] = set()
        for name in ("booking", *(one for one in SCREENS if one != "booking" and opens(one, login.rstrip("1")))):
            seat.screen.grid.focus()
            screen: Any = await seat.go_to(name)
            assert {key.id for key in screen.query_one(KeyFooter).keys} <= {one.id for one in COMMANDS if may_use(one, "agent")}
            for command in HIGHER:
                if not hasattr(screen, f"action_{command.id}"):
                    continue
                seen.add(command.id)
                screen.status.say("", "info")
                await seat.pilot.app.run_action(command.action, screen)
                await seat.pilot.pause()
                top: Any = seat.top
                assert top is screen, command.id
                assert who_can(command.role, admin=command.admin) in screen.status.text, command.id
            if isinstance(screen, ManagerScreen):
                await seat.press("escape")
        elsewhere = {"add_staff", "change_role", "switch_login", "read_staff", "staff_email"}
        elsewhere |= {"schedule_report", "unschedule", "write_due"} if login == "agent1" else set()
        assert {one.id for one in HIGHER} - seen == elsewhere, "a command that no screen was asked for"


async def test_a_key_of_a_higher_role_says_who_could(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        seat.screen.grid.focus()
        await seat.press("H")
        assert "A team leader, supervisor or administrator can do this." in seat.said
        screen: Any = await seat.go_to("types")
        assert [key.id for key in screen.query_one(KeyFooter).keys] == ["back", "help"]
        assert "p proposes" not in known(screen)
        await seat.press("K")
        assert "A team leader or supervisor can do this." in screen.status.text
        top: Any = seat.top
        assert top is screen
        screen = await seat.go_to("segments")
        assert [key.id for key in screen.query_one(KeyFooter).keys] == [
            "choose_owner",
            "next_weekday",
            "find_type",
            "back",
            "help",
        ]
        assert "n makes" not in screen.status.text
        screen = await seat.go_to("sandbox")
        assert screen.status.text == "No draft is here. A team leader or supervisor can do this."


async def test_help_shows_what_the_role_may(seats: Seats) -> None:
    for login, shown in (("agent1", False), ("leader1", True)):
        async with seats.seat(login) as seat:
            seat.screen.grid.focus()
            await seat.press("question_mark")
            assert isinstance(seat.top, HelpScreen)
            tables = [column for static in seat.top.query("Static") for column in _cells(static)]
            assert ("Place the appointments of a coach who is off, or of a shut room, anew." in tables) is shown
            assert "Add a login, with a name and a role." not in tables


def _cells(static: Any) -> list[str]:
    columns = getattr(static.content, "columns", ())
    return [str(cell) for column in columns for cell in column.cells]
