"""The app on the small site as Pilot tests drive it: nothing happens by itself, everything is waited for."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import WorkerCancelled

from agent_tui.domain.requests import Booked, EntryState, Outcome, Wish
from agent_tui.services import booking, live
from agent_tui.services.desk import Desk
from agent_tui.settings import Settings
from agent_tui.store.opening import open_store
from agent_tui.tui.app import AgentTui
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.screens import booking as booking_screen
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.going import SCREENS
from agent_tui.tui.widgets.diary_grid import Block
from tests.small_site import DAY, NINE, NOW, STAFF, make_site

WIDE = (120, 36)
CLOSE = "why NOT IN ('grid', 'queue', 'today', 'typing')"
"""Looks at one claimant; whom a screen names in passing is written some seconds later."""

SMALL = (80, 24)
ROUNDS = 400


@dataclass
class Clock:
    """Site time, and how far the clock that holds expire by is ahead of the real one in ms."""

    now: datetime = NOW
    ahead_ms: int = 0


@dataclass
class Seat:
    """One agent's terminal in a test."""

    store: Path
    clock: Clock
    pilot: Pilot[Any] = field(repr=False)
    messages: list[Message] = field(default_factory=list, repr=False)

    @property
    def screen(self) -> BookingScreen:
        """The booking screen, whatever stands over it."""
        found = next(one for one in self.pilot.app.screen_stack if isinstance(one, BookingScreen))
        return found

    @property
    def top(self) -> Screen[Any]:
        """The screen in front."""
        return self.pilot.app.screen

    @property
    def said(self) -> str:
        """What the status line says."""
        return self.screen.status.text

    @property
    def kind(self) -> str:
        """Which state the offers are in."""
        return self.screen.offers.state.kind

    async def rest(self) -> None:
        """Wait until every key, message and piece of work is done with."""
        quiet = 0
        for _ in range(ROUNDS):
            # A search that a later one has replaced was cancelled, which is no failure.
            with suppress(WorkerCancelled):
                await self.pilot.app.workers.wait_for_complete()
            await self.pilot.pause()
            quiet = 0 if len(self.pilot.app.workers) else quiet + 1
            if quiet == 2:
                return
        raise AssertionError("it never comes to rest")

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, then wait until all is done."""
        for key in keys:
            await self.pilot.press(key)
        await self.rest()

    async def type(self, text: str, *keys: str) -> None:
        """Type a text, let the form read it, then press keys."""
        for letter in text:
            await self.pilot.press("space" if letter == " " else letter)
        self.screen.form.flush()
        await self.rest()
        if keys:
            await self.press(*keys)

    async def choose_type(self, words: str) -> None:
        """Choose a type and wait for what the search says."""
        self.screen.form.focus_field("type")
        await self.type(words, "enter")

    async def feed(self) -> None:
        """Read the feed once."""
        self.screen.back.look()
        await self.rest()

    async def go_to(self, name: str) -> Screen[Any]:
        """Go to another screen by its keys, from a pane in which no text is typed."""
        await self.press("S", SCREENS[name][0])
        return self.top

    async def fill(self, *texts: str) -> None:
        """Type into the fields of a dialog in their order, over what stands there, each with enter."""
        for text in texts:
            await self.pilot.press("ctrl+a", "ctrl+k")
            for letter in text:
                await self.pilot.press("space" if letter == " " else letter)
            await self.press("enter")

    async def hold_first(self, words: str = "fc f2f") -> Booked:
        """Hold the best offer of a type."""
        await self.choose_type(words)
        await self.press("f8")
        held = self.screen.call.held
        assert held is not None, self.said
        return held

    async def book(self, client: str = "C000003", words: str = "fc f2f") -> Booked:
        """Book the best offer of a type for a client."""
        await self.hold_first(words)
        await self.type(client, "enter")
        await self.press("enter")
        await self.feed()
        confirmed = self.screen.call.confirmed
        assert confirmed is not None, self.said
        return confirmed

    async def cursor_on(self, entry: EntryState) -> None:
        """Show an entry's day and put the cursor on it."""
        self.screen.show_day(entry.day, go_to=(entry.diary, entry.day, entry.start))
        await self.rest()
        self.screen.grid.focus()
        await self.rest()
        self.screen.grid.move_cursor_to(entry.diary, entry.day, entry.start)
        await self.rest()

    async def cursor_at(self, diary: str, day: date, tick: int) -> None:
        """Show a day and put the cursor on a time."""
        self.screen.grid.focus()
        self.screen.show_day(day, go_to=(diary, day, tick))
        await self.rest()
        self.screen.grid.move_cursor_to(diary, day, tick)
        await self.rest()

    def block(self, entry: str) -> Block | None:
        """The block of an entry in the grid."""
        blocks = [block for column in self.screen.grid.view.columns for block in column.blocks]
        return next((block for block in blocks if block.entry_id == entry), None)

    # What others do.

    def others(self, work: Callable[[Desk], Any], login: str = "agent2") -> Any:
        """Do something at another desk, in the same store through connections of its own."""
        store = open_store(str(self.store))
        try:
            person = next(one for one in STAFF if one.login == login)
            return work(Desk(store, "LPP", person, self.clock.now))
        finally:
            store.close()

    def other_books(
        self, diary: str, start: int = NINE, day: date = DAY, type: str = "FC-F2F", client: str = "C000009"
    ) -> Booked:
        """Let another agent book a time."""
        wish = Wish(type=type, day=day, start=start, diary=diary, client=client)
        outcome: Outcome = self.others(lambda desk: booking.book(desk, wish))
        assert isinstance(outcome, Booked), outcome
        return outcome

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a raw query on the site."""

        def work(desk: Desk) -> list[tuple[Any, ...]]:
            with desk.store.read() as unit:
                return [tuple(row) for row in unit.rows(statement, desk.site, *values)]

        found: list[tuple[Any, ...]] = self.others(work)
        return found

    def status(self, entry: str) -> str:
        """Return an entry's status in the store."""
        return str(self.rows("SELECT status FROM entry WHERE site = ? AND id = ?", entry)[0][0])

    def calls(self) -> list[tuple[Any, ...]]:
        """Return the calls as (id, status, entry)."""
        return self.rows("SELECT id, status, entry FROM call WHERE site = ? AND kind = 'call' ORDER BY opened_at, id")

    def expire(self, hold: str) -> None:
        """Let a hold's time run out, by the store's clock."""

        def work(desk: Desk) -> None:
            def unit_work(unit: Any) -> None:
                past = unit.clock_ms() - 1000
                unit.run("UPDATE entry SET expires_at = ? WHERE site = ? AND id = ?", past, desk.site, hold)
                unit.run("UPDATE claim SET expires_at = ? WHERE site = ? AND entry = ?", past, desk.site, hold)

            desk.store.write(unit_work)

        self.others(work)


class Seats:
    """Makes terminals at one store."""

    def __init__(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the store; the feed and the clock of the screen stand still until a test moves them."""
        self.store = store
        self.clock = Clock()
        real = Backstage.clock_ms
        monkeypatch.setattr(live, "POLL_SECONDS", dict.fromkeys(live.POLL_SECONDS, 3600.0))
        monkeypatch.setattr(booking_screen, "SECOND", 3600.0)
        monkeypatch.setattr(Backstage, "clock_ms", lambda back: real(back) + self.clock.ahead_ms)

    @asynccontextmanager
    async def seat(
        self, login: str = "agent1", size: tuple[int, int] = WIDE, *, wait: bool = True, **settings: Any
    ) -> AsyncIterator[Seat]:
        """Open a terminal and, with `wait`, wait until the store is open and shown."""
        app = AgentTui(Settings(store=str(self.store), login=login, **settings), lambda: self.clock.now)
        messages: list[Message] = []
        async with app.run_test(size=size, message_hook=messages.append) as pilot:
            seat = Seat(self.store, self.clock, pilot, messages)
            if wait:
                await seat.rest()
                assert seat.screen.back.is_open, seat.said
            yield seat

    def later(self, **by: float) -> None:
        """Let site time go on."""
        self.clock.now += timedelta(**by)


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the small site, to be copied."""
    path = tmp_path_factory.mktemp("small") / "site.db"
    make_site(str(path))
    return path


@pytest.fixture
def seats(small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Seats:
    """Terminals at a small site of this test's own."""
    store = tmp_path / "site.db"
    store.write_bytes(small_store.read_bytes())
    store.chmod(0o600)
    return Seats(store, monkeypatch)
