"""The first screen without a store: each way by keyboard, and nothing made when it is escaped."""

from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot

from agent_tui.services import demo
from agent_tui.settings import Settings
from agent_tui.tui.app import AgentTui
from agent_tui.tui.modals import ChoiceModal, FieldsModal
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.first_run import FirstRunScreen

NOW = datetime(2026, 11, 24, 9, 0)
PAGES = (("LPP", "Leeds", "1 Park Place", "", "ENG"), ("Mon-Fri 09:00-17:00", "1"), ("A Aire",), ("Amina Khan, A",))


async def fill(pilot: Pilot[Any], *texts: str) -> None:
    for text in texts:
        await pilot.press("ctrl+a", "ctrl+k", *("space" if letter == " " else letter for letter in text), "enter")


async def test_an_own_site_by_keyboard_and_nothing_half_made(tmp_path: Path) -> None:
    store = tmp_path / "new" / "store.db"
    app = AgentTui(Settings(str(store), "ann", now=NOW), first_run=str(tmp_path / "demo.db"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, ChoiceModal)
        await pilot.press("S")  # there is no other screen to go to yet
        await pilot.press("2")
        await pilot.pause()
        await fill(pilot, "lpp", *PAGES[0][1:])
        await pilot.pause()
        assert isinstance(app.screen, FieldsModal)
        assert app.focused is not None
        assert app.focused.id == "site"  # the code is wrong, and is gone to
        await fill(pilot, *PAGES[0])
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen.query_one("#site").value == "LPP"  # type: ignore[attr-defined]
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, ChoiceModal)
        assert not store.parent.exists()
        await pilot.press("2")
        await pilot.pause()
        for page in PAGES:
            await fill(pilot, *page)
            await pilot.pause()
        await pilot.press("y")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, BookingScreen)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.screen.staff is not None
        assert (app.screen.staff.login, app.screen.staff.role) == ("ann", "admin")
    assert [one.name for one in store.parent.iterdir() if one.name.startswith(".")] == []


async def test_files_that_cannot_be_read_make_nothing_and_say_why(tmp_path: Path) -> None:
    store, files = tmp_path / "store.db", tmp_path / "teams.csv"
    files.write_text("code,name\nA,\n", encoding="utf-8")
    app = AgentTui(Settings(str(store), "ann", now=NOW), first_run=str(tmp_path / "demo.db"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("3")
        await pilot.pause()
        app.screen.query_one("#path").value = str(files)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await fill(pilot, *PAGES[0])
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, FieldsModal)
        assert "Nothing was made. teams.csv, line 2" in str(app.screen.query_one(".dialog--sentence").render())
        await pilot.press("escape")
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
    assert app.return_code == 0
    assert not store.exists()


async def test_what_takes_long_says_how_far_it_is_and_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, goes_on = Event(), Event()

    def slow(_location: str, *, start: object, told: Any) -> None:
        told("Demo site", 1, 3)
        begun.set()
        assert goes_on.wait(30)
        told("Demo site", 2, 3)
        raise AssertionError("it goes on")

    monkeypatch.setattr(demo, "load", slow)
    app = AgentTui(Settings(str(tmp_path / "store.db"), "ann", now=NOW), first_run=str(tmp_path / "demo.db"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("1")
        while not begun.is_set():
            await pilot.pause()
        screen = app.screen
        assert isinstance(screen, FirstRunScreen)
        assert screen._going is not None
        screen._say_going(screen._going)
        assert "1 of 3 steps; escape stops it." in str(screen.query_one("#working").render())
        await pilot.press("escape")
        assert "it stops after what is in hand" in str(screen.query_one("#working").render())
        goes_on.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, ChoiceModal)
        assert "Stopped; nothing was made." in str(app.screen.query_one(".dialog--sentence").render())
