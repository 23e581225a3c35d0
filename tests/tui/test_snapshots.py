"""What the screens look like in their main states; a picture never replaces an assertion about state.

Everything that could move is fixed: the demo, site time, the clock that holds expire by, the size and the theme. Each
picture is taken after what it shows has come about, never after a while.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static
from textual.worker import WorkerCancelled

from agent_tui.domain.requests import Holder, Refused
from agent_tui.services import desk
from agent_tui.services.demo import load
from agent_tui.services.requests_in import Loaded
from agent_tui.services.requests_in import load as load_requests
from agent_tui.settings import Settings
from agent_tui.tui.app import AgentTui
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.messages import ActDone
from agent_tui.tui.modals.block import BlockModal
from agent_tui.tui.screens.alignment import AlignmentScreen
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.diaries import DiariesScreen
from agent_tui.tui.screens.going import SCREENS
from agent_tui.tui.screens.queue import QueueScreen
from agent_tui.tui.screens.record import RecordScreen
from agent_tui.tui.screens.segments import SegmentsScreen
from agent_tui.tui.screens.today import TodayScreen
from agent_tui.tui.too_small import SENTENCE

START = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0)
NORMAL = (120, 36)
SMALL = (80, 24)
LEFT_MS = 563_000
PATIENCE_SECONDS = 20.0
REQUESTS = (
    "reference,type,name,phone,until,time,priority,contact,note,language\n",
    "W1,HRT-F2F,Wilhelmina Featherstonehaugh,0113 496 0003,,pm,standard,online,"
    "my sister translates for me; a room on the ground floor please,Welsh\n",
    "W2,FC-F2F,Jo Bloggs,0113 555 0101,2026-11-27,am,urgent,email,,\n",
)
# Each test loses Textual's variables; the plugin passes its folder in this one.
PLUGIN_FOLDER = os.environ.get("TEXTUAL_SNAPSHOT_TEMPDIR", "")

Compare = Callable[..., bool]
Steps = Callable[["Desk"], Awaitable[None]]


class Clock:
    """The clock that holds expire by; it stands still, and is set so that a hold has 9:23 left."""

    def __init__(self) -> None:
        self.ms = 0


@dataclass
class Desk:
    """The app in front of a test."""

    pilot: Pilot[Any]
    clock: Clock

    @property
    def screen(self) -> BookingScreen:
        found = self.pilot.app.screen_stack[1]
        assert isinstance(found, BookingScreen)
        return found

    async def until(self, ready: Callable[[], bool], what: str) -> None:
        """Wait until something is so and all work is done; fail with its name when it does not come about."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            # A search that a later one has replaced was cancelled, which is no failure.
            with suppress(WorkerCancelled):
                await self.pilot.app.workers.wait_for_complete()
            await self.pilot.pause()
            if ready() and not len(self.pilot.app.workers):
                return
            assert asyncio.get_running_loop().time() < deadline, f"still no {what}: {self.screen.status.text}"

    async def opened(self) -> None:
        await self.until(lambda: self.screen.shown.totals is not None, "diaries")

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def read(self, field: str, text: str) -> None:
        """Wait until the form has read what was typed into a field, which it does a moment after the last key."""
        drafts = self.screen.call
        await self.until(lambda: drafts.draft is not None and drafts.draft.texts[field] == text, f"{text!r} in {field}")

    async def ask_for(self, words: str) -> None:
        """Choose a type by its words and wait for the answer."""
        await self.opened()
        await self.press(*("space" if letter == " " else letter for letter in words), "enter")
        await self.until(lambda: self.screen.offers.state.kind not in ("empty", "searching"), "answer")

    async def offered(self) -> None:
        await self.ask_for("wsr 20")
        assert self.screen.offers.state.kind == "offers"
        await self.until(lambda: self.screen.grid.ghost is not None, "ghost")
        ghost = self.screen.grid.ghost
        assert ghost is not None
        await self.until(lambda: self.screen.grid.view.index_of(ghost.diary, ghost.day) is not None, "day of the ghost")

    def in_grid(self, kind: str) -> bool:
        """Whether the grid shows this call's entry as what it is now, by the feed."""
        call = self.screen.call
        mine = call.held or call.confirmed
        blocks = [block for column in self.screen.grid.view.columns for block in column.blocks]
        return mine is not None and any(block.entry_id == mine.entry.id and block.kind == kind for block in blocks)

    async def held(self) -> None:
        await self.offered()
        await self.press("f8")
        await self.until(lambda: self.in_grid("hold"), "hold in the grid")
        held = self.screen.call.held
        assert held is not None
        assert held.entry.expires_at is not None
        self.clock.ms = held.entry.expires_at - LEFT_MS
        self.screen.tick()
        await self.pilot.pause()

    async def confirmed(self) -> None:
        await self.held()
        await self.press(*"C000012")
        await self.until(lambda: self.screen.form._picker("client").is_open, "claimant")
        await self.press("enter", "enter")
        await self.until(lambda: self.in_grid("appointment"), "appointment in the grid")

    async def on_appointment(self) -> None:
        """Put the cursor on the first appointment of the day."""
        await self.opened()
        await self.press("f2")
        column = next(one for one in self.screen.grid.view.columns if any(block.kind == "appointment" for block in one.blocks))
        block = next(one for one in column.blocks if one.kind == "appointment")
        self.screen.grid.move_cursor_to(column.diary, column.day, block.start)
        await self.pilot.pause()


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "store.db"
    load(str(path), coaches=6, days=5, seed=1, start=START)
    return path


@pytest.fixture
def compare(
    snap_compare: Compare, demo_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Callable[[Steps], bool]]:
    """Return what makes a picture: `compare(size)(steps)`, with settings by name."""
    store, clock = tmp_path / "store.db", Clock()
    copyfile(demo_store, store)
    store.chmod(0o600)
    monkeypatch.setenv("TEXTUAL_SNAPSHOT_TEMPDIR", PLUGIN_FOLDER)
    monkeypatch.setattr(Backstage, "clock_ms", lambda _back: clock.ms)
    monkeypatch.setattr(desk, "sqlite_warning", lambda _desk: None)

    def sized(size: tuple[int, int] = NORMAL, login: str = "agent1", **settings: Any) -> Callable[[Steps], bool]:
        def pictured(steps: Steps) -> bool:
            async def run_before(pilot: Pilot[Any]) -> None:
                await steps(Desk(pilot, clock))
                await pilot.pause()

            app = AgentTui(Settings(store=str(store), login=login, now=NOW, **settings))
            return snap_compare(app, terminal_size=size, run_before=run_before)

        return pictured

    return sized


Pictures = Callable[..., Callable[[Steps], bool]]


def test_before_the_store_is_open(compare: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backstage, "open", lambda _back: None)

    async def steps(desk: Desk) -> None:
        await desk.press(*"wsr")
        await desk.read("type", "wsr")

    assert compare()(steps)


async def offers(desk: Desk) -> None:
    await desk.offered()
    await desk.press("f6", "down")


async def ghost(desk: Desk) -> None:
    await desk.offered()
    await desk.press("f2")


async def no_offers(desk: Desk) -> None:
    await desk.ask_for("wsr 20")
    await desk.press(*"28", "space", *"nov", "tab", *"29", "space", *"nov", "f5")
    await desk.until(lambda: desk.screen.offers.state.kind == "none", "reasons")
    await desk.press("f6")


async def handed_off(desk: Desk) -> None:
    await desk.ask_for("bank")
    assert desk.screen.offers.state.kind == "handoff"
    await desk.press("f7")
    await desk.until(lambda: desk.screen.call.handed_off, "hand-off")


async def refusal(desk: Desk) -> None:
    await desk.offered()
    screen = desk.screen
    taken, *others = screen.call.offers
    refused = Refused(
        "held",
        "Held by P Singh, 4:10 left. Next free: 09:10.",
        Holder("hold", "P Singh", desk.clock.ms + 250_000),
        tuple(others[:3]),
        diary=taken.diary,
        day=taken.day,
        start=taken.start,
    )
    screen.post_message(ActDone("hold", refused, screen.call.id))
    await desk.until(lambda: screen.offers.state.kind == "refused", "refusal")


async def details(desk: Desk) -> None:
    await desk.on_appointment()
    await desk.press("enter")
    await desk.until(lambda: len(desk.pilot.app.screen_stack) > 2, "details")


async def helped(desk: Desk) -> None:
    await desk.on_appointment()
    await desk.press("f1")


async def new_client(desk: Desk) -> None:
    await desk.held()
    await desk.press(*"Zara", "space", *"Quist")
    await desk.read("client", "Zara Quist")
    await desk.press("ctrl+n")
    await desk.until(lambda: len(desk.pilot.app.screen_stack) > 2, "dialog")


async def week(desk: Desk) -> None:
    await desk.on_appointment()
    await desk.press("v")
    await desk.until(lambda: len(desk.screen.grid.view.columns) == 6 and desk.screen.shown.week_of is not None, "week")
    await desk.until(lambda: len({column.day for column in desk.screen.grid.view.columns}) == 6, "days of the week")


async def marked(desk: Desk) -> None:
    await desk.on_appointment()
    await desk.press("right", "B", "down", "down", "down", "shift+down")
    assert desk.screen.grid.mark is not None


async def block_dialog(desk: Desk) -> None:
    await marked(desk)
    await desk.press("B")
    dialog = desk.pilot.app.screen
    assert isinstance(dialog, BlockModal)
    dialog.query_one("#over").focus()
    await desk.press("k")
    await desk.until(lambda: "flagged" in str(dialog.query_one("#lines").render()), "preview")


async def at_screen(desk: Desk, name: str) -> None:
    await desk.opened()
    await desk.press("f2", "S", SCREENS[name][0])
    await desk.until(lambda: len(desk.pilot.app.screen_stack) == 3, "screen")
    screen = desk.pilot.app.screen
    if isinstance(screen, DiariesScreen | SegmentsScreen):
        await desk.until(lambda: screen.key_trouble is not None, "key types")


async def segments(desk: Desk) -> None:
    await at_screen(desk, "segments")
    await desk.press("n", "9", "enter", *"12", "enter", "enter", "enter", *"Commitments", "enter")
    await desk.press("x", "/", *"first", "enter", "+")
    screen = desk.pilot.app.screen
    assert isinstance(screen, SegmentsScreen)
    await desk.until(lambda: bool(screen.draft.wanted()[0].segments[0].types), "type")


async def diaries(desk: Desk) -> None:
    await at_screen(desk, "diaries")


async def alignment(desk: Desk) -> None:
    await at_screen(desk, "alignment")
    await desk.press(*"D01", "enter", *"D05", "f5")
    screen = desk.pilot.app.screen
    assert isinstance(screen, AlignmentScreen)
    await desk.until(lambda: screen.found is not None, "pattern")


async def today(desk: Desk) -> None:
    await at_screen(desk, "today")
    screen = desk.pilot.app.screen
    assert isinstance(screen, TodayScreen)
    await desk.until(lambda: screen.entry is not None, "day")
    await desk.press("a")
    await desk.until(lambda: screen.coach is not None and screen.coach.arrived == 1, "arrival")


async def record(desk: Desk) -> None:
    await at_screen(desk, "record")
    screen = desk.pilot.app.screen
    assert isinstance(screen, RecordScreen)
    await desk.until(lambda: bool(screen.events), "lines")
    await desk.press("down")


def with_requests(store: Path) -> None:
    """Load two requests in writing into a store, a little apart."""
    for number, minutes in ((0, 35), (1, 10)):
        path = store.parent / f"requests-{number}.csv"
        path.write_text(REQUESTS[0] + REQUESTS[number + 1], encoding="utf-8")
        one = desk.open_desk(str(store), "agent2", NOW - timedelta(minutes=minutes))
        try:
            assert isinstance(load_requests(one, path), Loaded)
        finally:
            one.store.close()


async def queue(desk: Desk) -> None:
    await at_screen(desk, "queue")
    screen = desk.pilot.app.screen
    assert isinstance(screen, QueueScreen)
    await desk.until(lambda: len(screen.queue.items) == 2, "calls")
    await desk.press("down")
    await desk.until(lambda: "ground floor" in str(screen.query_one("#known", Static).render()), "note")


MANAGERS: dict[str, tuple[tuple[int, int], Steps]] = {
    "segments": (NORMAL, segments),
    "segments_small": (SMALL, segments),
    "diaries": (NORMAL, diaries),
    "alignment": (NORMAL, alignment),
}


STATES: dict[str, tuple[tuple[int, int], Steps]] = {
    "offers": (NORMAL, offers),
    "offers_small": (SMALL, offers),
    "ghost": (NORMAL, ghost),
    "held": (NORMAL, Desk.held),
    "held_small": (SMALL, Desk.held),
    "confirmed": (NORMAL, Desk.confirmed),
    "refused": (NORMAL, refusal),
    "no_offers": (NORMAL, no_offers),
    "handed_off": (NORMAL, handed_off),
    "details": (NORMAL, details),
    "help_small": (SMALL, helped),
    "new_client": (NORMAL, new_client),
    "week": (NORMAL, week),
}


@pytest.mark.parametrize("state", STATES)
def test_state(compare: Pictures, state: str) -> None:
    size, steps = STATES[state]
    assert compare(size)(steps)


@pytest.mark.parametrize("state", MANAGERS)
def test_manager(compare: Pictures, state: str) -> None:
    size, steps = MANAGERS[state]
    assert compare(size, login="leader1")(steps)


def test_today(compare: Pictures) -> None:
    assert compare(NORMAL)(today)


def test_record(compare: Pictures) -> None:
    assert compare(NORMAL)(record)


def test_queue(compare: Pictures, tmp_path: Path) -> None:
    with_requests(tmp_path / "store.db")
    assert compare(SMALL)(queue)


def test_light(compare: Pictures) -> None:
    assert compare(theme="light")(offers)


def test_block_dialog(compare: Pictures) -> None:
    assert compare(SMALL, login="leader1")(block_dialog)


def test_no_color(compare: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert compare()(ghost)


def test_ascii(compare: Pictures) -> None:
    assert compare(SMALL, glyphs="ascii")(ghost)


def test_no_picture_says_where_or_when_it_was_made() -> None:
    """No path and no version, which would differ on the next computer."""
    from agent_tui import __version__

    pictures = sorted((Path(__file__).parent / "__snapshots__").rglob("*.svg"))
    assert len(pictures) >= len(STATES)
    for picture in pictures:
        text = picture.read_text(encoding="utf-8").split("</defs>")[-1]
        for word in ("/tmp", "/home", "store.db", f"v{__version__}", SENTENCE):
            assert word not in text, (picture.name, word)
