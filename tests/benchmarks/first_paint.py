"""How soon the booking screen is there, what it weighs, and what a change of colours costs.

    python -m tests.benchmarks.first_paint [RUNS]

The time is from the start of the process to the first byte that the app writes to its terminal (a pty of 120 x 36),
against an app with one Static; the two take turns, and the medians are compared. Memory and CPU are those of the
booking screen with the whole demo site, after a search.
"""

import asyncio
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from tests.benchmarks.timing import Line

_HOMES = tuple(f"XDG_{name}_HOME" for name in ("CACHE", "CONFIG", "DATA", "STATE"))
ROOT = Path(__file__).parents[2]
RUNS = 9
GOAL_RATIO = 2.0
GOAL_MB = 120
GOAL_THEME_MS = 30
LONGEST_SECONDS = 30.0

STATIC = """
from textual.app import App
from textual.widgets import Static
class One(App):
    def compose(self):
        yield Static("one")
One().run()
"""
BOOKING = "from agent_tui.cli.main import main; main([])"


@contextmanager
def on_terminal(code: str, environment: dict[str, str]) -> Iterator[int]:
    """Yield the end of a pty whose other end a new Python program has as its terminal; the program is killed at the end."""
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", code],
        environment,
        file_actions=[(os.POSIX_SPAWN_DUP2, secondary, number) for number in (0, 1, 2)],
        setsid=True,
    )
    os.close(secondary)
    try:
        yield primary
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(primary)


def first_byte_seconds(code: str, environment: dict[str, str]) -> float:
    """Return how long a Python program takes until the terminal gets its first byte."""
    began = time.perf_counter()
    with on_terminal(code, environment) as primary:
        painted(primary)
        return time.perf_counter() - began


def painted(primary: int) -> None:
    """Wait for what the program of a terminal paints next, and read it."""
    ready, _, _ = select.select([primary], [], [], LONGEST_SECONDS)
    if not ready or not os.read(primary, 65536):
        raise RuntimeError(f"nothing was painted within {LONGEST_SECONDS:.0f} s")


def environment_of(store: str) -> dict[str, str]:
    """Return the environment of a terminal of the demo site."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "AGENT_TUI_STORE": store,
        "AGENT_TUI_NOW": "2026-11-24T09:00",
        "AGENT_TUI_AS": "agent1",
    }


def ratio(store: str, runs: int = RUNS) -> tuple[float, float]:
    """Return the median seconds to the first byte of the booking screen and of one Static."""
    environment = environment_of(store)
    booking: list[float] = []
    static: list[float] = []
    for _ in range(runs + 1):
        static.append(first_byte_seconds(STATIC, environment))
        booking.append(first_byte_seconds(BOOKING, environment))
    # The first of each fills the caches.
    return statistics.median(booking[1:]), statistics.median(static[1:])


def make_demo(folder: Path) -> str:
    """Make the demo site in a process of its own, so that what a load needs does not count as a screen's; return its store."""
    store = str(folder / "demo.db")
    command = [sys.executable, "-m", "agent_tui.cli.main", "demo", "--load-only", "--store", store]
    command += ["--start", date(2026, 11, 24).isoformat()]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return store


def measure(folder: Path, runs: int) -> list[Line]:
    """Return the line of the start beside an app of Textual alone."""
    store = make_demo(folder)
    kept = {name: os.environ.get(name) for name in _HOMES}
    os.environ.update(dict.fromkeys(_HOMES, str(folder)))
    try:
        booking, static = ratio(store, runs)
    finally:
        for name, value in kept.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    return [
        Line(
            "start to first byte, beside an app with one Static",
            *(f"{booking * 1000:.0f} ms", f"{static * 1000:.0f} ms", booking / static, ("<=", GOAL_RATIO)),
        ),
    ]


def resident_mb() -> float:
    """Return the resident memory of this process in MB (Linux), or its peak where /proc is missing."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1_000_000 if sys.platform == "darwin" else 1_000)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


async def weigh(store: str) -> tuple[float, float]:
    """Return the memory in MB and the CPU of a theme change in ms, after a search on the demo site."""
    from contextlib import suppress

    from textual.worker import WorkerCancelled

    from agent_tui.settings import THEMES, Settings
    from agent_tui.tui.app import AgentTui

    app = AgentTui(Settings(store=store, login="agent1", now=datetime(2026, 11, 24, 9, 0)))
    async with app.run_test(size=(120, 36)) as pilot:
        for keys in ((), ("w", "s", "r", "space", "2", "0", "enter")):
            await pilot.press(*keys)
            with suppress(WorkerCancelled):
                await app.workers.wait_for_complete()
            await pilot.pause()
        memory = resident_mb()
        costs: list[float] = []
        for name in (*THEMES[1:], THEMES[0]) * 3:
            before = time.thread_time()
            app.theme = name
            await pilot.pause()
            costs.append((time.thread_time() - before) * 1000)
    return memory, statistics.median(costs)


def main() -> int:
    """Measure, print three lines, and return 1 if the ratio misses its goal."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(dict.fromkeys(_HOMES, folder))
        store = make_demo(Path(folder))
        booking, static = ratio(store, runs)
        memory, theme = asyncio.run(weigh(store))
    found = booking / static
    print(f"first byte: {booking * 1000:.0f} ms, one Static {static * 1000:.0f} ms, ratio {found:.2f} (goal {GOAL_RATIO})")
    print(f"memory with the demo site: {memory:.0f} MB (goal {GOAL_MB})")
    print(f"CPU of a theme change: {theme:.0f} ms (goal {GOAL_THEME_MS})")
    return int(found > GOAL_RATIO)


if __name__ == "__main__":
    sys.exit(main())
