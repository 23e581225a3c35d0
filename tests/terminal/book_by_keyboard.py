"""Books an appointment in a real terminal, by keyboard alone: `python -m tests.terminal.book_by_keyboard`.

tmux, with a server of its own, is the terminal; what stands on the screen is polled, and nothing sleeps for a while and
hopes. Afterwards the plain command says what is in the store.
"""

import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.small_site import make_site

ROOT = Path(__file__).parents[2]
NOW = "2026-11-24T09:00"  # a Tuesday, as in tests/small_site.py
CLIENT, NAME = "C000003", "Sana Khan 3"
LONGEST_SECONDS = 30.0
POLL_SECONDS = 0.05


class NotShown(AssertionError):
    """What should have come on the screen did not."""


@dataclass(frozen=True)
class Terminal:
    """One window of a tmux server that nobody else uses."""

    socket: str

    def tmux(self, *arguments: str) -> str:
        """Run a tmux command and return what it printed."""
        command = ["tmux", "-L", self.socket, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8", timeout=10).stdout

    def screen(self) -> str:
        """Return what stands on the screen."""
        return self.tmux("capture-pane", "-p", "-t", "desk")

    def type(self, text: str) -> None:
        """Type a text."""
        self.tmux("send-keys", "-t", "desk", "-l", text)

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names."""
        self.tmux("send-keys", "-t", "desk", *keys)

    def wait(self, *words: str, without: str = "") -> str:
        """Wait until all words stand on the screen, and one does not; return the screen."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while True:
            shown = self.screen()
            if all(word in shown for word in words) and not (without and without in shown):
                return shown
            if time.monotonic() > deadline:
                raise NotShown(f"no {words} after {LONGEST_SECONDS:.0f} s:\n{shown}")
            time.sleep(POLL_SECONDS)


@contextmanager
def terminal(command: list[str], environment: Mapping[str, str], size: tuple[int, int] = (120, 36)) -> Iterator[Terminal]:
    """Run a command in a terminal of a fixed size, and take the terminal away afterwards."""
    one = Terminal(f"agent-tui-{uuid4().hex[:12]}")
    words = ["env", *(f"{name}={value}" for name, value in environment.items()), *command]
    width, height = size
    options = ["-f", os.devnull, "new-session", "-d", "-s", "desk", "-x", str(width), "-y", str(height)]
    one.tmux(*options, shlex.join(words))
    try:
        # Some tmux give a session that nobody looks at their default size, whatever was asked for.
        one.tmux("resize-window", "-t", "desk", "-x", str(width), "-y", str(height))
        yield one
    finally:
        subprocess.run(["tmux", "-L", one.socket, "kill-server"], check=False, capture_output=True, timeout=10)


def ask(store: str, *arguments: str) -> dict[str, Any]:
    """Run a plain command and return its answer."""
    common = ["--store", store, "--now", NOW, "--as", "agent1", "--json"]
    command = [sys.executable, "-m", "agent_tui.cli.main", *arguments, *common]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, cwd=ROOT, timeout=60)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def book(store: str, home: str) -> dict[str, Any]:
    """Book the best start of a first commitment for a known claimant, and return the entry as the plain command shows it."""
    environment = {
        "HOME": home,
        **{f"XDG_{name}_HOME": home for name in ("CACHE", "CONFIG", "DATA", "STATE")},
        "PYTHONPATH": str(ROOT),
        "AGENT_TUI_NOW": NOW,
        "AGENT_TUI_AS": "agent1",
        "LANG": "C.UTF-8",
        "COLUMNS": "120",
        "LINES": "36",
    }
    command = [sys.executable, "-m", "agent_tui.cli.main", "--store", store]
    with terminal(command, environment) as desk:
        desk.wait("Request", "Leeds Park Place", "C 1")
        desk.type("first")
        desk.wait("First commitment")
        desk.press("Enter")
        desk.wait("best first", "in all")
        desk.press("F8")
        desk.wait("Held:", "lapses in")
        desk.type(CLIENT)
        desk.wait(NAME)
        desk.press("Enter")
        desk.wait("confirms", NAME)
        desk.press("Enter")
        shown = desk.wait("Booked:", "Say:")
        desk.press("1")
        desk.wait("Call ended: booked", without="Say:")
        desk.press("C-q")
    entry = [event["entry"] for event in ask(store, "log")["events"] if event.get("entry")][-1]
    booked = ask(store, "show", entry)
    booked["screen"] = shown
    return booked


def main() -> int:
    """Make a small site, book in it and print the entry."""
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "store.db")
        make_site(store)
        booked = book(store, folder)
        print(booked.pop("screen"))
        print(json.dumps(booked))
    return 0


if __name__ == "__main__":
    sys.exit(main())
