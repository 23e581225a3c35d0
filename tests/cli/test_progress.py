"""The bars of long commands: only on a terminal, never two at once, and away before a word is said."""

import io
import sys
from threading import Event

import pytest

from agent_tui.cli import progress
from agent_tui.cli.answers import answer
from agent_tui.cli.progress import busy, progress_bar


class Terminal(io.StringIO):
    """A standard error that is a terminal, and knows when something was drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn = Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if "Working" in text:
            self.drawn.set()
        return super().write(text)


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Make standard error a terminal, inside the test: between its set-up and the test pytest puts its own there."""
    made = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", made)
    return made


def is_drawn() -> bool:
    """Return whether a sign that a command works is on the terminal."""
    return any(one._bar is not None for one in progress._busy)


def test_a_command_that_works_says_so_until_it_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = on_terminal(monkeypatch)
    with busy(after=0.0):
        assert terminal.drawn.wait(30)
        answer(False, {}, ["done"])
        said = terminal.getvalue()
        assert not is_drawn()
    assert terminal.getvalue() == said  # nothing is drawn over what was said
    assert capsys.readouterr().out == "done\n"


def test_a_bar_of_its_own_takes_the_place_of_the_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    with busy(after=0.0):
        assert terminal.drawn.wait(30)
        with progress_bar() as tell:
            assert not is_drawn()
            assert tell is not None
            tell("rows", 1, 2)


def test_a_quick_command_and_one_without_a_terminal_draw_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    with busy(after=3600.0):
        pass
    assert terminal.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with busy(after=0.0), progress_bar() as tell:
        assert tell is None
        assert not progress._busy


def test_the_sign_is_gone_when_a_command_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)

    def stopped() -> None:
        with busy(after=0.0):
            assert terminal.drawn.wait(30)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not progress._busy
