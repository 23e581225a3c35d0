"""From a key to painted cells: python -m tests.benchmarks.keys [--quick].

A key is given to the driver of the booking screen (27 coaches, 120 x 36), and of an app that has one Input and nothing else;
what it changes is rendered to the terminal's text, as for the terminal. For a letter that is until it stands in its field,
for any other key until no more is painted and no work is under way. The figure is processor time of the whole process, feed
and threads included, which other programs do not lengthen; the floor is a letter in that Input, in the same process and run.
Each is the median over many keys. By the clock on the wall the same keys only inform.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from statistics import median
from typing import Any

from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.widgets import Input

from agent_tui.services import demo
from agent_tui.settings import Settings
from agent_tui.tui.app import AgentTui
from agent_tui.tui.screens.booking import BookingScreen
from tests.benchmarks.timing import HEADING, Line

SIZE = (120, 36)
FIRST_DAY = date(2026, 11, 24)
KEYS, QUICK_KEYS = 60, 16
WARM = 4
LOOK_SECONDS, QUIET_LOOKS = 0.01, 6


class Floor(App[None]):
    """An app with one Input."""

    def compose(self) -> ComposeResult:
        """Put it on the screen."""
        yield Input()


@dataclass(frozen=True)
class Case:
    """Keys that are pressed in turn again and again from a pane, and which of them are measured.

    With `letter` the first painting is what is waited for; of the others all of them.
    """

    name: str
    start: str
    keys: tuple[str, ...]
    measured: tuple[str, ...]
    goal: float
    letter: bool = False


CASES = (
    Case("a letter of the type", "type", ("w", "backspace"), ("w", "backspace"), 12, letter=True),
    Case("a letter of the client", "client", ("s", "backspace"), ("s", "backspace"), 8, letter=True),
    Case("the next field of the form", "type", ("tab", "shift+tab"), ("tab", "shift+tab"), 10),
    Case("the cursor in the grid, down and up", "grid", ("down", "up"), ("down", "up"), 4),
    Case("the cursor in the grid, across", "grid", ("right", "left"), ("right", "left"), 4),
    Case("the next day and back", "grid", ("ctrl+right", "ctrl+left"), ("ctrl+right", "ctrl+left"), 25),
    Case("a dialog opens", "grid", ("S", "escape"), ("S",), 30),
)


@dataclass
class Writes:
    """What an app has written to its screen: when by both clocks, the first time and the last since a key."""

    app: App[Any]
    times: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the place of the app's own writing, which a run without a terminal leaves out."""
        self.app._display = self.display  # type: ignore[method-assign, assignment]

    def display(self, _screen: object, update: object) -> None:
        """Render an update to text as for a terminal."""
        if isinstance(update, CompositorUpdate) and not self.app._batch_count:
            update.render_segments(self.app.console)
            self.times.append((time.process_time(), time.perf_counter()))


@dataclass
class Took:
    """The ms that keys took, of the processor and by the clock on the wall."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)


async def rest(app: App[Any], writes: Writes) -> None:
    """Wait until no work is under way and nothing has been painted for a while; to wait costs no processor time."""
    quiet, seen = 0, -1
    while quiet < QUIET_LOOKS:
        await asyncio.sleep(LOOK_SECONDS)
        quiet = quiet + 1 if len(writes.times) == seen and not len(app.workers) else 0
        seen = len(writes.times)


async def press(writes: Writes, key: str, took: Took | None, *, letter: bool) -> None:
    """Give a key to the driver, and take down when what it changes was painted."""
    driver = writes.app._driver
    assert driver is not None
    event = events.Key(key, key if len(key) == 1 else None)
    event.set_sender(writes.app)
    writes.times.clear()
    begun = time.process_time(), time.perf_counter()
    driver.send_message(event)
    await rest(writes.app, writes)
    if took is not None and writes.times:
        cpu, wall = writes.times[0 if letter else -1]
        took.cpu.append((cpu - begun[0]) * 1000)
        took.wall.append((wall - begun[1]) * 1000)


async def measure_floor(count: int, took: Took) -> None:
    """Type letters into the Input."""
    app = Floor()
    async with app.run_test(size=SIZE):
        writes = Writes(app)
        for number in range(count):
            await press(writes, ("w", "backspace")[number % 2], took if number >= WARM else None, letter=True)


async def measure_product(store: str, count: int) -> dict[str, Took]:
    """Press the keys of each case on the booking screen."""
    found = {case.name: Took() for case in CASES}
    app = AgentTui(Settings(store=store, login="agent1"), lambda: datetime(2026, 11, 24, 9, 0))
    async with app.run_test(size=SIZE):
        screen = next(one for one in app.screen_stack if isinstance(one, BookingScreen))
        writes = Writes(app)
        await rest(app, writes)
        for case in CASES:
            if case.start == "grid":
                screen.grid.focus()
            else:
                screen.form.focus_field(case.start)
            await rest(app, writes)
            for number in range(count + WARM):
                key = case.keys[number % len(case.keys)]
                await press(writes, key, found[case.name] if number > 3 and key in case.measured else None, letter=case.letter)
    return found


def lines(folder: Path, *, quick: bool) -> Iterator[Line]:
    """Yield a line for each case by processor time, and one by the clock on the wall."""
    store, count = str(folder / "keys.db"), QUICK_KEYS if quick else KEYS
    demo.load(store, start=FIRST_DAY)
    floor = Took()
    asyncio.run(measure_floor(count, floor))
    found = asyncio.run(measure_product(store, count))
    asyncio.run(measure_floor(count, floor))
    cpu, wall = median(floor.cpu), median(floor.wall)
    for case in CASES:
        took = found[case.name]
        mine = median(took.cpu)
        what = f"key to cells: {case.name}"
        yield Line(f"{what}, CPU", f"{mine:.2f} ms", f"{cpu:.2f} ms", mine / cpu, ("<=", case.goal))
        yield Line("  by the clock on the wall", f"{median(took.wall):.2f} ms", f"{wall:.2f} ms", median(took.wall) / wall, None)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer keys")
    quick = parser.parse_args().quick
    sys.stdout.write(f"{HEADING}\n")
    with tempfile.TemporaryDirectory() as folder:
        for line in lines(Path(folder), quick=quick):
            sys.stdout.write(line.text() + "\n")


if __name__ == "__main__":
    main()
