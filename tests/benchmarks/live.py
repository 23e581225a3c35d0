"""Forty terminals at once: python -m tests.benchmarks.live [--quick]: what their feeds cost, and how soon a change is painted.

The feeds are threads of one process, each with the window, masks and connection of a terminal; the processor time of all of
them together is given as a share of one core, first while nothing happens, then while somebody books at a steady rate, and
once they all say that they are there. Forty agents who book every five minutes book once in seven seconds, and a booking in a
call is some four lines of the log (the call, the hold, the confirmation, the end): half a line a second is the usual traffic
of a call centre, two its busiest, ten more than it has. Then one real app without a terminal: from the commit of another
desk's booking until its cells are written to the screen.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import uuid4

from textual._compositor import CompositorUpdate
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from agent_tui.domain.requests import Booked, Wish
from agent_tui.services.booking import book
from agent_tui.services.desk import Desk
from agent_tui.services.live import Changes, Live
from agent_tui.services.presence import show
from agent_tui.settings import Settings
from agent_tui.tui.app import AgentTui
from agent_tui.tui.screens.booking import BookingScreen
from tests.benchmarks import world
from tests.benchmarks.timing import HEADING, Line
from tests.postgres_server import find_binaries, running_server

TERMINALS = 40
SEED = 1
RATES = (0.0, 0.5, 2.0, 10.0)
"""Lines a second of all terminals together."""
SIZE = world.Size(coaches=12, appointments=5_000, clients=2_000, empty_days=4)
ONE_TENTH, IN_TIME = ("<=", 0.1), ("<=", 250.0)


class Feed:
    """One terminal's feed in a thread, with the processor time that it has used."""

    def __init__(self, location: str, number: int) -> None:
        self.desk = world.desk(location, number % world.WRITERS)
        self.lines = 0
        self.used = 0.0
        self.loaded, self.go, self.stop = Event(), Event(), Event()
        self.thread = Thread(target=self._run, name=f"feed {number}", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        with self.desk as desk:
            window = Live(desk, world.FIRST_DAY, world.FIRST_DAY + timedelta(days=35), lambda: world.NOW)
            window.load()
            self.loaded.set()
            self.go.wait()
            begun = time.thread_time()
            window.run(self.stop, self._changed, lambda _trouble: None)
            self.used = time.thread_time() - begun
            window.close()

    def _changed(self, changes: Changes) -> None:
        self.lines += len(changes.events)


def share_of_core(location: str, wishes: Iterator[Wish], rate: float, seconds: float) -> tuple[float, int]:
    """Return what the feeds of all terminals used of one core while somebody booked so often, and the lines each was given."""
    feeds = [Feed(location, number) for number in range(TERMINALS)]
    for feed in feeds:
        feed.loaded.wait()
    for feed in feeds:
        feed.go.set()
    begun = time.monotonic()
    with world.desk(location) as desk:
        due = begun
        while time.monotonic() - begun < seconds:
            due += 1 / rate if rate else seconds
            time.sleep(max(0.0, min(due, begun + seconds) - time.monotonic()))
            if rate and time.monotonic() - begun < seconds:
                assert isinstance(book(desk, next(wishes)), Booked)
    took = time.monotonic() - begun
    time.sleep(0.3)  # the last line is read too
    for feed in feeds:
        feed.stop.set()
    for feed in feeds:
        feed.thread.join()
    assert len({feed.lines for feed in feeds}) == 1, "some terminal missed a line"
    return sum(feed.used for feed in feeds) / took, feeds[0].lines


def presence_seconds(location: str, times: int) -> float:
    """Return the processor seconds of one word of a terminal that it is there, on average."""
    with world.desk(location) as desk:
        show(desk, "warm", world.FIRST_DAY, world.FIRST_DAY)
        begun = time.thread_time()
        for number in range(times):
            show(desk, f"t{number % TERMINALS}", world.FIRST_DAY, world.FIRST_DAY)
        return (time.thread_time() - begun) / times


class Watched:
    """The app's updates of its screen: when the first was rendered to the terminal's text after which the grid has an entry."""

    def __init__(self, app: AgentTui, screen: BookingScreen) -> None:
        self.app = app
        self.screen = screen
        self.entry = ""
        self.at = 0.0
        self.seen = asyncio.Event()
        app._display = self.display  # type: ignore[method-assign, assignment]

    def display(self, _screen: object, update: object) -> None:
        """Render an update to text as for a terminal, and look whether the entry is among what is shown now."""
        if isinstance(update, CompositorUpdate) and not self.app._batch_count:
            update.render_segments(self.app.console)
            if self.entry and not self.at and self._has(self.entry):
                self.at = time.monotonic()
                self.seen.set()

    def _has(self, entry: str) -> bool:
        return any(block.entry_id == entry for column in self.screen.grid.view.columns for block in column.blocks)

    async def when(self, work: Callable[[str], float]) -> float:
        """Return the ms from the moment that a piece of work for a new entry's id answers until its cells are written."""
        self.entry, self.at = str(uuid4()), 0.0
        self.seen.clear()
        committed = await asyncio.to_thread(work, self.entry)
        await asyncio.wait_for(self.seen.wait(), 60)
        return 1000 * (self.at - committed)


async def painted(location: str, wishes: list[Wish], pause: float) -> list[float]:
    """Return the ms from each commit until the app has written cells in which the booking stands."""
    app = AgentTui(Settings(store=location, login="agent1"), lambda: world.NOW)
    found: list[float] = []
    async with app.run_test(size=(200, 60)) as pilot:
        screen = next(one for one in app.screen_stack if isinstance(one, BookingScreen))
        await _rest(pilot)
        assert wishes[0].day is not None
        screen.show_day(wishes[0].day)
        await _rest(pilot)
        watched = Watched(app, screen)
        with world.desk(location, 2) as desk:
            for wish in wishes:
                found.append(await watched.when(partial(_commit, desk, wish)))
                await asyncio.sleep(pause)
    return found


async def _rest(pilot: Pilot[Any]) -> None:
    """Wait until what is under way is done with; what a later piece of work has replaced was cancelled."""
    for _ in range(5):
        with suppress(WorkerCancelled):
            await pilot.app.workers.wait_for_complete()
        await pilot.pause()


def _commit(desk: Desk, wish: Wish, entry: str) -> float:
    told = book(desk, wish, id=entry)
    assert isinstance(told, Booked), told
    assert told.entry.id == entry
    return time.monotonic()


def at(values: list[float], share: float) -> float:
    """Return the value below which a share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def of_engine(location: str, quick: bool) -> Iterator[Line]:
    """Yield the lines of one engine."""
    engine = "PostgreSQL" if "://" in location else "SQLite"
    world.make_world(location, SIZE, SEED)
    wishes = world.wishes(SIZE, SEED)
    first = min(one.day for one in wishes if one.day is not None)
    shown = [one for one in wishes if one.day == first]
    others = iter([one for one in wishes if one.day != first])
    seconds = 5.0 if quick else 20.0
    for rate in RATES:
        used, lines = share_of_core(location, others, rate, seconds)
        what = f"{engine}: {TERMINALS} feeds, {rate:g} bookings a second"
        yield Line(what, f"{lines} lines", "one core", used, None if rate == RATES[-1] else ONE_TENTH, " core")
    word = presence_seconds(location, 100 if quick else 400)
    share = word * TERMINALS / 60
    yield Line(
        f"{engine}: {TERMINALS} terminals say once a minute they are there", f"{word * 1000:.2f} ms", "", share, None, " core"
    )
    took = asyncio.run(painted(location, shown[: 20 if quick else 100], 0.05))
    for share in (0.5, 0.95):
        what = f"{engine}: from commit to painted cells, p{share * 100:g}"
        yield Line(what, f"{len(took)} bookings", "", at(took, share), IN_TIME if share > 0.5 else None, " ms")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="seconds instead of a minute, and fewer bookings")
    quick = parser.parse_args().quick
    sys.stdout.write(HEADING + "\n")

    def told(location: str) -> None:
        for line in of_engine(location, quick):
            sys.stdout.write(line.text() + "\n")
            sys.stdout.flush()

    with tempfile.TemporaryDirectory() as folder:
        told(str(Path(folder) / "live.db"))
    binaries = find_binaries()
    if binaries is None:
        sys.stdout.write("PostgreSQL: no server programs were found\n")
        return
    with running_server(binaries, fsync=True) as server:
        told(server.create_database("live"))


if __name__ == "__main__":
    main()
