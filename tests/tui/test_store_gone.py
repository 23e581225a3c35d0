"""The server goes and comes back under an open screen: it is said in words, what was typed stays, and the id tells the rest."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import pytest

from agent_tui.services import live
from agent_tui.settings import Settings
from agent_tui.tui.app import AgentTui
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.modals.block import BlockModal
from agent_tui.tui.screens import booking as booking_screen
from tests.postgres_line import Line, line_to
from tests.postgres_server import Server, find_binaries, running_server
from tests.small_site import DAY, NINE, NOW, make_site
from tests.tui.booking_desk import WIDE, Clock, Seat

pytestmark = pytest.mark.postgres

THREE_CONNECTIONS = "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'agent-tui' AND datname = %s"


@dataclass
class RemoteSeat(Seat):
    """A terminal at a PostgreSQL store."""

    url: str = ""

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a raw query, past the line."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement.replace("?", "%s"), ("LPP", *values)).fetchall()

    async def second(self) -> None:
        """Let a second of the screen's clock pass."""
        self.screen.each_second()
        await self.rest()


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed and the clock of the screen stand still until a test moves them."""
    monkeypatch.setattr(live, "POLL_SECONDS", dict.fromkeys(live.POLL_SECONDS, 3600.0))
    monkeypatch.setattr(booking_screen, "SECOND", 3600.0)
    monkeypatch.setattr("agent_tui.tui.backstage.LOOKS_SECONDS", 3600.0)


@asynccontextmanager
async def seat_at(store: str, url: str, login: str = "agent1") -> AsyncIterator[RemoteSeat]:
    """Open a terminal at a store, by way of a line, and wait until it is shown."""
    app = AgentTui(Settings(store=store, login=login), lambda: NOW)
    async with app.run_test(size=WIDE) as pilot:
        seat = RemoteSeat(None, Clock(), pilot, [], url)  # type: ignore[arg-type]
        await seat.rest()
        assert seat.screen.back.is_open, seat.said
        yield seat


@pytest.fixture
def line(postgres_server: Server) -> Iterator[Line]:
    with line_to(postgres_server.port) as line:
        yield line


async def test_every_act_that_was_cut_off_is_said_and_then_settled(postgres_url: str, line: Line) -> None:
    make_site(postgres_url)
    async with seat_at(line.url(postgres_url), postgres_url, "leader1") as seat:
        with psycopg.connect(postgres_url) as connection:
            row = connection.execute(THREE_CONNECTIONS, (postgres_url.rsplit("/", 1)[1],)).fetchone()
            assert row is not None
            assert row[0] <= 3  # one that reads, one that writes, one that follows the log

        # A hold that was done.
        await seat.choose_type("fc f2f")
        line.cut = "after"
        await seat.press("f8")
        assert "It is not known whether it was held" in seat.said
        assert seat.screen.call.held is None
        seat.screen.form.focus_field("note")
        await seat.type("typed meanwhile")
        await seat.feed()  # other trouble with the store does not hide what is in doubt
        await seat.second()
        assert "It is not known whether it was held" in seat.said
        assert "typed meanwhile" in seat.screen.form.texts["note"]
        assert seat.screen.form.picked["type"] == "FC-F2F"
        assert seat.screen.doubt is not None
        line.heal()
        await seat.second()
        assert "It was held" in seat.said
        held = seat.screen.call.held
        assert held is not None
        assert seat.screen.doubt is None

        # A confirmation that was not done, and is by the same key.
        seat.screen.form.focus_field("client")
        await seat.type("C000003", "enter")
        line.cut = "before"
        await seat.press("f8")
        assert "It is not known whether it was booked" in seat.said
        line.heal()
        await seat.second()
        assert "It was not booked, and nothing was written. Press the key again." in seat.said
        assert seat.screen.call.held is not None
        await seat.press("f8")
        assert seat.screen.call.confirmed is not None, seat.said
        entry = seat.screen.call.confirmed.entry
        assert seat.status(entry.id) == "booked"

        # A cancellation that was done.
        await seat.press("1")
        await seat.cursor_on(entry)
        line.cut = "after"
        await seat.press("x", "1")
        assert "It is not known whether it was cancelled" in seat.said, seat.said
        line.heal()
        await seat.second()
        assert "It was cancelled" in seat.said
        assert seat.status(entry.id) == "cancelled"

        # Taking it back, which a second press must not do to the act before it.
        line.cut = "after"
        await seat.press("u")
        assert "It is not known whether it was undone" in seat.said
        line.heal()
        await seat.press("u")
        assert seat.status(entry.id) == "booked"
        await seat.second()
        assert seat.screen.doubt is None

        # A hold that was handed over: the next call begins, as if the answer had come.
        await seat.feed()
        given = await seat.hold_first("njr f2f")
        await seat.type("C000005", "enter")
        await seat.press("O")
        line.cut = "after"
        await seat.press("enter")
        assert "It is not known whether it was handed over" in seat.said, seat.said
        assert seat.screen.call.held is not None
        line.heal()
        await seat.second()
        assert "Handed to " in seat.said, seat.said
        assert seat.screen.call.held is None
        assert seat.screen.doubt is None
        assert seat.rows("SELECT status FROM handover WHERE site = ? AND entry = ?", given.entry.id) == [("waiting",)]

        # Block time that was taken: the dialog closes by itself.
        await seat.cursor_at("D03", DAY, NINE + 12)
        await seat.press("B", "down", "B")
        dialog = seat.top
        assert isinstance(dialog, BlockModal)
        line.cut = "after"
        dialog.action_block()
        await seat.rest()
        assert "It is not known whether it was blocked" in seat.said
        assert seat.top is dialog
        line.heal()
        await seat.second()
        assert "It was blocked" in seat.said
        assert seat.top is not dialog
        assert seat.rows("SELECT COUNT(*) FROM entry WHERE site = ? AND kind = 'block'") == [(1,)]


async def test_a_server_that_is_killed_and_started_again() -> None:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server")
    with running_server(binaries) as server:
        url = server.create_database("desk")
        make_site(url)
        async with seat_at(url, url) as seat:
            await seat.hold_first()
            server.kill()
            await seat.feed()
            assert seat.screen.trouble is not None
            assert "What you typed is kept" in seat.said
            await seat.type("C000003", "enter")  # the form takes keys, and the search for the claimant is what fails
            seat.screen.form.focus_field("note")
            await seat.type("by the door")
            await seat.press("f8")
            assert seat.screen.call.confirmed is None
            assert seat.screen.form.texts["note"] == "by the door"
            assert seat.pilot.app.is_running
            server.start_again()
            await seat.feed()
            assert seat.screen.trouble is None
            assert "The store answers again" in seat.said
            held = seat.screen.call.held
            assert held is not None
            seat.screen.form.focus_field("client")
            await seat.press("enter", "f8")  # typed while it was away, found now that it is back
            assert seat.screen.call.confirmed is not None, seat.said
            assert seat.status(held.entry.id) == "booked"


async def test_a_server_that_falls_silent_is_given_up_on(postgres_url: str, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes connections and answers nothing, so that only a limit of one's own ends the waiting."""
    from agent_tui.store import limits

    monkeypatch.setattr(limits, "_limits", limits.Limits(connect=1, statement=1, lock=1, keepalive=1))
    monkeypatch.setattr(limits, "GRACE_SECONDS", -0.5)
    make_site(postgres_url)
    async with seat_at(line.url(postgres_url), postgres_url) as seat:
        await seat.choose_type("fc f2f")
        line.silent = True
        await seat.press("f8")
        assert "did not answer in time" in seat.said
        assert "What you typed is kept" in seat.said
        assert seat.screen.call.held is None
        line.heal()
        line.fail()
        line.heal()
        await seat.press("f8")
        assert seat.screen.call.held is not None, seat.said


@pytest.mark.parametrize("place", ["server", "database", "password"])
async def test_a_store_that_cannot_be_opened_is_said_at_the_start(postgres_url: str, place: str) -> None:
    store, sentence = {
        "server": ("postgresql://desk:hunter2secret@127.0.0.1:1/desk", "No database server answers there."),
        "database": (postgres_url.replace("postgres@", "postgres:hunter2secret@") + "_none", "no such database"),
        "password": (postgres_url.replace("postgres@", "stranger:hunter2secret@"), "does not exist|no such|refused"),
    }[place]
    import re

    app = AgentTui(Settings(store=store, login="agent1"), lambda: datetime(2026, 11, 24, 9))
    async with app.run_test(size=WIDE) as pilot:
        seat = RemoteSeat(None, Clock(), pilot, [], postgres_url)  # type: ignore[arg-type]
        await seat.rest()
        assert not seat.screen.back.is_open
        assert re.search(sentence, seat.said), seat.said
        assert "What you typed is kept" in seat.said
        await seat.type("wsr")
        assert seat.screen.form.texts["type"] == "wsr"
        shown = "\n".join("".join(part.text for part in strip) for strip in app.screen._compositor.render_strips())
        assert "hunter2secret" not in shown + seat.said
        assert isinstance(seat.screen.back, Backstage)


async def test_a_server_that_may_only_be_read_is_said_with_the_first_act_and_nothing_is_half_made(postgres_url: str) -> None:
    make_site(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        name = postgres_url.rsplit("/", 1)[1]
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    async with seat_at(postgres_url, postgres_url) as seat:
        await seat.choose_type("fc f2f")
        await seat.press("f8")
        assert "The database may only be read; nothing was written. What you typed is kept." in seat.said
        assert seat.screen.call.held is None
        assert seat.screen.form.picked["type"] == "FC-F2F"
        assert seat.rows("SELECT COUNT(*) FROM entry WHERE site = ?") == [(0,)]
