"""Books an appointment in the desk that `agent-tui serve` shows in a real browser, by typing alone."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browser.chromium import Page, chromium
from tests.cli.runner import Place
from tests.terminal.book_by_keyboard import CLIENT, NAME, NOW, ROOT

HOLD_SECONDS = "121"
"""A second more than what a hold has left when the desk warns."""


@dataclass
class Booked:
    """What came of it: the entry as the plain command shows it, and what the page did."""

    entry: dict[str, Any]
    verbs: list[str]
    address: str
    asked: list[str]
    complaints: list[str]
    title: str
    said: str
    ended_with: int | None = None
    pictures: dict[str, bytes] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)


@asynccontextmanager
async def served(store: str, home: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Serve the desk at any free port; yields the program and the address to open."""
    environment = {
        **os.environ,
        "HOME": home,
        **{f"XDG_{name}_HOME": home for name in ("CACHE", "CONFIG", "DATA", "STATE")},
        "PYTHONPATH": str(ROOT),
        "AGENT_TUI_NOW": NOW,
        "AGENT_TUI_AS": "agent1",
        "AGENT_TUI_STORE": store,
        "AGENT_TUI_HOLD_SECONDS": HOLD_SECONDS,
    }
    words = [sys.executable, "-m", "agent_tui.cli.main", "serve", "--port", "0", "--json"]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE, env=environment, cwd=ROOT)
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        yield process, json.loads(line)["open"]
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 60)


def arguments_of_desks(server: int) -> list[str]:
    """Return the command lines of a program and of those that it has started, where the system tells them."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
            if server in (parent, int(status.parent.name)):
                found.append((status.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (OSError, ValueError):
            continue  # it has ended meanwhile
    return found


async def type_it(page: Page, pictures: dict[str, bytes]) -> str:
    """Book the best start of a first commitment for a known claimant, and return what the desk says in the end."""
    await page.wait("Request", "Leeds Park Place", "C 1")
    await page.type("first")
    await page.wait("First commitment")
    await page.press("Enter")
    await page.wait("50 minutes", "best first", "in all")
    pictures["before"] = await page.picture()
    await page.press("F8")
    await page.wait("Held:", "lapses in")
    await page.wait("ctrl+l extends it")
    await page.press("l", control=True)
    await page.wait("Held:", without="ctrl+l extends it")
    await page.type(CLIENT)
    await page.wait(NAME)
    await page.press("Enter")
    await page.wait("confirms", NAME)
    await page.press("Enter")
    said = await page.wait("Booked:", "Say:", without="held")
    pictures["after"] = await page.picture()
    return said


async def book(store: str, home: str) -> Booked:
    """Book in a browser, end all of it, and return what came of it."""
    pictures: dict[str, bytes] = {}
    async with served(store, home) as (server, address):
        async with chromium(str(Path(home) / "chromium")) as page:
            await page.open(address)
            said = await type_it(page, pictures)
            arguments = arguments_of_desks(server.pid)
            title = str(await page.value("document.title"))
        asked, complaints = page.asked, page.complaints
    desk = Place(store)
    events = desk.ask("log")["events"]
    entry = desk.ask("show", [event["entry"] for event in events if event.get("entry")][-1])
    verbs = [str(event["verb"]) for event in events]
    return Booked(entry, verbs, address, asked, complaints, title, said, server.returncode, pictures, arguments)
