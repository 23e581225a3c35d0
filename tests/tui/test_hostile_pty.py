"""What nobody should type, at a real terminal: nothing steers it but the app itself, and nothing ends the app."""

import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

from agent_tui.store.opening import open_store
from agent_tui.store.unit_of_work import Unit
from agent_tui.tui.too_small import SENTENCE
from tests.hostile.terminal import steering
from tests.hostile.words import WORDS
from tests.small_site import SITE, make_site

ROOT = Path(__file__).parents[2]
NOW = "2026-11-24T09:00"
LONGEST_SECONDS = 30.0
PASTE_END = b"\x1b[201~"  # a terminal takes this out of what it pastes, or the rest would be typed
NORMAL = (120, 36)
# What Textual itself writes: colours, places, modes, the keyboard protocol; the shape of the pointer.
NAMES = [word for word in WORDS.values() if word.strip() and not re.search("[\ud800-\udfff]", word) and len(word) < 1_000]


class Window:
    """The app at a pty, with an emulator that shows what a person would see."""

    def __init__(self, store: str, size: tuple[int, int]) -> None:
        width, height = size
        self.shown = pyte.Screen(width, height)
        self.stream = pyte.ByteStream(self.shown)
        self.raw = b""
        self.store = store
        environment = {**os.environ, "TERM": "xterm-256color", "AGENT_TUI_NOW": NOW, "AGENT_TUI_AS": "agent1"}
        arguments = ["-m", "agent_tui.cli.main", "--store", store]
        self.child: Any = pexpect.spawn(sys.executable, arguments, env=environment, dimensions=(height, width), cwd=str(ROOT))
        self.child.delaybeforesend = None

    @property
    def text(self) -> str:
        return "\n".join(self.shown.display)

    def read(self, seconds: float = 0.05) -> bool:
        """Take what has come within a moment; False at the end."""
        try:
            data = self.child.read_nonblocking(65_536, seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    def wait(self, *words: str, without: str = "") -> None:
        """Read until all words are shown, and one is not."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while not all(word in self.text for word in words) or (without and without in self.text):
            assert self.read(), f"the app ended:\n{self.text}"
            assert time.monotonic() < deadline, f"no {words}:\n{self.text}"

    def send(self, keys: bytes) -> None:
        """Type, reading along, so that neither side waits for the other with its buffer full."""
        for start in range(0, len(keys), 1024):
            self.child.send(keys[start : start + 1024])
            self.read(0.001)

    def leave(self) -> int | None:
        """Leave by ctrl+q, and return the exit code."""
        self.send(b"\x11")
        deadline = time.monotonic() + LONGEST_SECONDS
        while self.read():
            assert time.monotonic() < deadline, f"the app did not end:\n{self.text}"
        self.child.close()
        code: int | None = self.child.exitstatus
        return code


@contextmanager
def window(store: str, size: tuple[int, int] = NORMAL) -> Iterator[Window]:
    """Open the app in a window; when the test is through, leave it and look at every byte that it wrote."""
    one = Window(store, size)
    try:
        yield one
        assert one.leave() == 0
        assert steering(one.raw) == []
    finally:
        one.child.close(force=True)


def name_raw(store: str, names: Sequence[str]) -> None:
    """Write names past every door, as a broken import or another program might."""

    def write(unit: Unit) -> None:
        for number, name in enumerate(names, start=1):
            unit.run(
                "UPDATE client SET name = ?, access_needs = ? WHERE site = ? AND client = ?", name, name, SITE, f"C{number:06d}"
            )

    opened = open_store(store)
    try:
        opened.write(write)
    finally:
        opened.close()


@pytest.fixture
def store(tmp_path: Path) -> str:
    path = str(tmp_path / "store.db")
    make_site(path)
    return path


def test_pasted_text_steers_nothing_and_ends_nothing(store: str) -> None:
    with window(store) as one:
        one.wait("Leeds Park Place", "Request")
        for field in (b"\x1bOR", b"\x1bOS"):  # f3, the form; f4, the client
            one.send(field)
            for word in WORDS.values():
                text = word[:5_000].encode("utf-8", "surrogatepass").replace(PASTE_END, b"")
                one.send(b"\x1b[200~" + text + b"\x1b[201~")
                one.send(b"\x15")
        one.send(b"\x1b[200~" + b"last words" + b"\x1b[201~")
        one.wait("last words")


def test_a_megabyte_is_pasted(store: str) -> None:
    with window(store) as one:
        one.wait("Leeds Park Place", "Request")
        one.send(b"\x1bOS")
        one.send(b"\x1b[200~" + b"\x1b]0;evil\x07x" * 100_000 + b"\x1b[201~")
        one.send(b"\x15" + b"alive")
        one.wait("alive")


@pytest.mark.parametrize("size", [(60, 16), (20, 5), (80, 24)])
def test_a_small_window_takes_keys_and_steers_nothing(store: str, size: tuple[int, int]) -> None:
    with window(store, size) as one:
        if size == (20, 5):
            one.wait(SENTENCE.split()[0])
        else:
            one.wait("Booking", "09:00")
        one.send(b"\x1b[200~\x1b[2J\xc2\x9b2J[/b]\x1b[201~" + b"\x1bOQ" + b"\x1b[B\x1b[C" + b"\x1bOR" + b"first")
        if size != (20, 5):
            one.wait("first")


def test_the_measure_finds_what_it_looks_for() -> None:
    assert steering(b"\x1b[1;31mred\x1b[0m\r\n\x1b[2;3H\x1b]22;default\x07") == []
    for word in ("clear", "ask the cursor", "title", "clipboard", "hyperlink", "sixel", "reset", "C1", "C0", "bidi"):
        assert steering(WORDS[word].encode()) != [], word
