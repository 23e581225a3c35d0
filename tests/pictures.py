"""The pictures of the README: `python -m tests.pictures` makes them anew from the demo site, a test compares.

Everything that could move is fixed: the site and its seed, site time, the clock that holds expire by, the size and the theme.
"""

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from agent_tui.services import desk as desks
from agent_tui.services.demo import load
from agent_tui.settings import Settings
from agent_tui.tui.app import AgentTui
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.screens.going import SCREENS
from agent_tui.tui.widgets.chart import Chart
from tests.tui.test_snapshots import Clock, Desk

FOLDER = Path(__file__).parent.parent / "data" / "help" / "pictures"
START = date(2026, 10, 26)
NOW = datetime(2026, 11, 24, 9, 0)
SIZE = (120, 36)
FONTS = "Fira Code, DejaVu Sans Mono, Menlo, Consolas, monospace"


async def at(desk: Desk, name: str) -> None:
    """Go from the booking screen or another to a screen."""
    await desk.press("S", SCREENS[name][0])
    await desk.until(lambda: len(desk.pilot.app.screen_stack) == 3, name)


async def booking(desk: Desk) -> None:
    """A first commitment is held, and the claimant is to be named."""
    await desk.opened()
    await desk.held()


async def week(desk: Desk) -> None:
    """The starts of the week that are still free."""
    await desk.press("f2")
    await at(desk, "week")


async def reports(desk: Desk) -> None:
    """The open time that is booked, as a picture."""
    await at(desk, "reports")
    await desk.press("b")
    await desk.until(lambda: desk.pilot.app.screen.query_one(Chart).display, "picture")


PICTURES: dict[str, Callable[[Desk], Awaitable[None]]] = {"booking": booking, "week": week, "reports": reports}
"""What each picture shows, in the order in which one sitting comes to them."""


def drawn(app: AgentTui) -> str:
    """Return what the app shows as SVG that asks nothing from anywhere."""
    svg = app.export_screenshot(title="agent-tui")
    svg = re.sub(r"<!--.*?-->\s*|@font-face \{.*?\}\s*", "", svg, flags=re.S)
    return re.sub(r"font-family: Fira Code, monospace", f"font-family: {FONTS}", svg) + "\n"


async def _sitting(store: Path) -> dict[str, str]:
    clock, made = Clock(), {}
    app = AgentTui(Settings(store=str(store), login="leader1", now=NOW, heads="off", glyphs="unicode"))
    with patch.object(Backstage, "clock_ms", lambda _back: clock.ms), patch.object(desks, "sqlite_warning", lambda _desk: None):
        async with app.run_test(size=SIZE) as pilot:
            desk = Desk(pilot, clock)
            for name, steps in PICTURES.items():
                await steps(desk)
                await pilot.pause()
                made[name] = drawn(app)
    return made


def pictures(folder: Path) -> dict[str, str]:
    """Make the demo site in a folder and return each picture by its name."""
    load(str(folder / "store.db"), seed=1, coaches=6, days=25, start=START)
    return asyncio.run(_sitting(folder / "store.db"))


def main() -> None:
    """Write every picture."""
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    with TemporaryDirectory() as folder:
        os.environ |= {f"XDG_{name}_HOME": folder for name in ("CACHE", "CONFIG", "DATA", "STATE")}
        for name, svg in pictures(Path(folder)).items():
            (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
            sys.stdout.write(f"{FOLDER / name}.svg\n")


if __name__ == "__main__":
    main()
