"""The booking screen in a world of other processes: rivals, kill -9, a lock, a store that vanishes, and the mouse."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from agent_tui.tui.drafts import Drafts
from agent_tui.tui.request_draft import FIELDS
from agent_tui.tui.widgets.diary_grid.geometry import GUTTER
from tests.cli.runner import Place, spawn
from tests.small_site import make_site
from tests.tui.booking_desk import Seats, seats, small_store
from tests.tui.test_hostile_pty import LONGEST_SECONDS, NORMAL, Window, window

__all__ = ["seats", "small_store"]

TODAY = "2026-11-24"
ENTER, TAB, DOWN = b"\r", b"\t", b"\x1b[B"
F4, F6, F8, F11 = b"\x1bOS", b"\x1b[17~", b"\x1b[19~", b"\x1b[23~"
TYPE = "First commitment - F2F"
NOTE = "caller is deaf"
FRAME = 1
ELEVEN = 132

# What another program may do to the store; a line on its standard input lets go.
LOCKER = """
import sys
from agent_tui.store.driver import dbapi
connection = dbapi.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
print("let go", flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A store with the small site."""
    place = str(tmp_path / "store.db")
    make_site(place)
    return place


@contextmanager
def doomed(store: str) -> Iterator[Window]:
    """Open the app in a window, and kill it as nothing can catch when the test is through with it."""
    one = Window(store, NORMAL)
    try:
        yield one
        os.kill(one.child.pid, signal.SIGKILL)
        deadline = time.monotonic() + LONGEST_SECONDS
        while one.read():
            assert time.monotonic() < deadline, "the app outlived its kill"
        one.child.close()
        assert one.child.signalstatus == signal.SIGKILL
    finally:
        one.child.close(force=True)


@contextmanager
def locked(store: str) -> Iterator["subprocess.Popen[str]"]:
    """Let another process have the store's write lock until it is sent a line."""
    command = [sys.executable, "-c", LOCKER, store]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert heard(other) == "locked"
            yield other
        finally:
            other.kill()


def heard(other: "subprocess.Popen[str]") -> str:
    """Return the next line that a process prints."""
    assert other.stdout is not None
    return other.stdout.readline().strip()


def let_go(other: "subprocess.Popen[str]") -> None:
    """Have the lock given back."""
    assert other.stdin is not None
    other.stdin.write("\n")
    other.stdin.flush()
    assert heard(other) == "let go"


def choose_type(one: Window) -> None:
    """Choose the type and wait for its offers."""
    one.wait("Leeds Park Place", "Request")
    one.send(b"first")
    one.wait(TYPE)
    one.send(ENTER)
    one.wait("50 minutes", "best first", "in all")


def wait_for_draft(one: Window, **fields: str) -> None:
    """Wait until what was typed is on the disk: nothing on the screen says so."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not any(fields.items() <= draft.fields.items() for draft in Drafts("agent1", place=one.store).load_all().drafts):
        assert one.read(), f"the app ended:\n{one.text}"
        assert time.monotonic() < deadline, f"no draft with {fields}:\n{one.text}"


def line_with(one: Window, words: str) -> str:
    """Return the first line of the screen that has some words."""
    return next(line for line in one.shown.display if words in line)


def struck_out(one: Window, words: str) -> bool:
    """Return whether words stand struck out somewhere on the screen."""
    for y, line in enumerate(one.shown.display):
        x = line.find(words)
        if x >= 0 and all(one.shown.buffer[y][x + at].strikethrough for at in range(len(words))):
            return True
    return False


def entries(store: str) -> list[tuple[str, str, str]]:
    """Return what stands in today's diaries as (diary, start, status), once the doctor has found nothing double."""
    place = Place(store)
    place.sound()
    diaries: list[dict[str, Any]] = place.ask("day", TODAY)["diaries"]
    return sorted((one["diary"], entry["start"], entry["status"]) for one in diaries for entry in one["entries"])


def count_entries(store: str) -> int:
    """Return how many entries today has, by reading alone, which no lock stops."""
    return sum(len(one["entries"]) for one in Place(store).ask("day", TODAY)["diaries"])


def holders(store: str) -> set[str]:
    """Return who has the holds of the log."""
    return {event["who"] for event in Place(store).ask("log")["events"] if event["verb"] == "held"}


def test_an_offer_that_another_process_takes_is_crossed_out_and_not_held_twice(path: str) -> None:
    with window(path) as one:
        choose_type(one)
        one.send(F6)
        one.wait("enter hold")
        assert not struck_out(one, "Tue 24 09:00")
        rival = spawn("--store", path, "--now", "2026-11-24T09:00", "--as", "agent2", "--json", "hold", "FC-F2F", "--first")
        assert rival.code == 0, rival
        assert (rival.object["diary"], rival.object["start"]) == ("D01", "09:00")
        # No key is pressed: the app looks by itself.
        one.wait("went away: Bob Brook has it now", "Coach 1      Bob Brook")
        assert struck_out(one, "Tue 24 09:00")
        # Enter on what is gone takes nothing; the next one down is free.
        one.send(ENTER + DOWN + ENTER)
        one.wait("Held: Tuesday 24 November 09:00 with Coach 2")
    assert entries(path) == [("D01", "09:00", "held"), ("D02", "09:00", "held")]
    assert holders(path) == {"agent1", "agent2"}


def test_what_was_typed_survives_a_kill_and_comes_back(path: str) -> None:
    with doomed(path) as one:
        choose_type(one)
        one.send(TAB * (FIELDS.index("note") - FIELDS.index("from")) + NOTE.encode())
        one.wait(NOTE)
        wait_for_draft(one, note=NOTE, type=TYPE)
    with window(path) as one:
        one.wait("1 call is unfinished: f11")
        assert NOTE not in one.text
        one.send(F11)
        one.wait("Unfinished calls", f"Tue 09:00  {TYPE}")
        one.send(ENTER)
        one.wait(NOTE, "50 minutes", "best first", without="Unfinished calls")
        assert TYPE in line_with(one, "Type ")
        assert NOTE in line_with(one, "Notes ")
        # The same call goes on, so that none is left over.
        one.send(F11)
        one.wait("No unfinished calls.")
        one.send(b"\x1b")
        one.wait("Request", without="Unfinished calls")
    assert entries(path) == []


def test_a_kill_while_something_is_held_leaves_one_call_and_one_hold(path: str) -> None:
    with doomed(path) as one:
        choose_type(one)
        one.send(F8)
        one.wait("Held: Tuesday 24 November 09:00 with Coach 1")
        held = next(event["entry"] for event in Place(path).ask("log")["events"] if event["verb"] == "held")
        wait_for_draft(one, **{"type": TYPE, "taken:entry": held})
    with window(path) as one:
        one.wait("1 call is unfinished: f11", "mine A Archer")
        one.send(F11)
        one.wait("Unfinished calls", f"Tue 09:00  {TYPE}")
        one.send(ENTER)
        one.wait("50 minutes", without="Unfinished calls")
        assert TYPE in line_with(one, "Type ")
    # Nothing was taken a second time and nothing let go.
    assert entries(path) == [("D01", "09:00", "held")]


@pytest.mark.slow  # the app waits for the lock as long as it would for an agent
def test_a_lock_of_another_process_is_told_and_the_same_key_holds_afterwards(path: str) -> None:
    with window(path) as one:
        choose_type(one)
        with locked(path) as other:
            one.send(F8)
            # Meanwhile the agent types on, and reading goes on.
            one.send(F4 + b"Khan 3")
            one.wait("Khan 3", "Sana Khan 3")
            one.wait("The store is locked by another program; nothing was written.", "What you typed is kept.")
            assert TYPE in line_with(one, "Type ")
            assert "Khan 3" in line_with(one, "Claimant ")
            assert count_entries(path) == 0
            let_go(other)
            one.send(F8)
            one.wait("Held: Tuesday 24 November 09:00 with Coach 1")
            assert "Khan 3" in line_with(one, "Claimant ")
    assert entries(path) == [("D01", "09:00", "held")]


def test_a_store_that_is_deleted_is_told_and_the_app_goes_on(path: str) -> None:
    with window(path) as one:
        choose_type(one)
        for end in ("", "-wal", "-shm"):
            Path(path + end).unlink(missing_ok=True)
        one.wait("The store's file is not there any more; nothing is written until it is back. What you typed is kept.")
        one.send(F8)
        one.send(F4 + b"Khan 3")
        one.wait("Khan 3", "is not there any more")
        assert TYPE in line_with(one, "Type ")
        assert "Khan 3" in line_with(one, "Claimant ")
        assert "Held" not in one.text
        wait_for_draft(one, type=TYPE, client="Khan 3")
    # What is not there is not made anew: an empty store in its place would hide the loss.
    assert not Path(path).exists()


async def test_a_click_selects_an_offer(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        third = seat.screen.call.offers[2]
        assert seat.screen.offers.selected != third
        await seat.pilot.click("#offers", offset=(6, FRAME + 2))
        await seat.rest()
        assert seat.screen.context == "offers"
        assert seat.screen.offers.selected == third
        assert third.coach in seat.said
        ghost = seat.screen.grid.ghost
        assert ghost is not None
        assert (ghost.diary, ghost.day, ghost.start) == (third.diary, third.day, third.start)
        assert seat.screen.call.held is None


async def test_a_click_moves_the_grid_cursor_and_the_status_line_says_where(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        grid = seat.screen.grid
        x = FRAME + GUTTER + 2 * grid.geometry.column_width + 3
        y = FRAME + grid.geometry.header + grid.geometry.row_of(ELEVEN)
        await seat.pilot.click("#grid", offset=(x, y))
        await seat.rest()
        assert seat.screen.context == "grid"
        assert grid.cursor == (2, ELEVEN)
        assert "Coach 3, Tuesday 24 November, 11:00 to 11:50, free" in seat.said
        assert seat.screen.call.held is None


async def test_a_click_picks_a_choice(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.type("review")
        await seat.pilot.click("#picker-type OptionList", offset=(3, 1))
        await seat.rest()
        assert seat.screen.form.picked == {"type": "WSR-PHONE"}
        assert seat.screen.form.texts["type"] == "Work search review - phone"
        assert not seat.screen.form._picker("type").is_open
        assert seat.kind == "offers"


async def test_the_wheel_scrolls_the_grid_and_leaves_the_cursor_and_the_focus(seats: Seats) -> None:
    async with seats.seat() as seat:
        grid = seat.screen.grid
        before = grid.cursor, seat.screen.context
        await seat.pilot._post_mouse_events([MouseScrollDown], widget="#grid", offset=(20, 10))
        await seat.rest()
        assert grid.scroll_offset.y > 0
        assert (grid.cursor, seat.screen.context) == before
        for _ in range(5):
            await seat.pilot._post_mouse_events([MouseScrollUp], widget="#grid", offset=(20, 10))
        await seat.rest()
        assert grid.scroll_offset.y == 0
