"""How far a long command is, on standard error where that is a terminal."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

from agent_tui.domain.cleaning import clean

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is, 0 where nobody knows."""


BAR_AFTER_SECONDS = 1.0


class _Busy:
    """A bar that says after a while only that something is done, and for how long; no two bars share a terminal."""

    def __init__(self, words: str, after: float) -> None:
        self._words = words
        self._lock = Lock()
        self._bar: Bar | None = None
        self._gone = False
        self._timer = Timer(after, self._show)
        self._timer.daemon = True
        self._timer.start()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        with self._lock:
            if not self._gone:
                columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
                self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
                self._bar.add_task(self._words, total=None)
                self._bar.start()

    def leave(self) -> None:
        self._timer.cancel()
        with self._lock:
            self._gone = True
            if self._bar is not None:
                self._bar.stop()
                self._bar = None


_busy: list[_Busy] = []


@contextmanager
def busy(words: str = "Working", *, after: float = BAR_AFTER_SECONDS) -> Iterator[None]:
    """Show on standard error, where that is a terminal, that a command works, until it is done or has something to say."""
    if not sys.stderr.isatty():
        yield
        return
    one = _Busy(words, after)
    _busy.append(one)
    try:
        yield
    finally:
        one.leave()
        if one in _busy:
            _busy.remove(one)


def quiet() -> None:
    """Take the sign away that a command works: it says something, or a bar of its own says how far it is."""
    while _busy:
        _busy.pop().leave()


@contextmanager
def progress_bar(*, after: float = 0.0) -> Iterator[Progress | None]:
    """Yield what draws a bar on standard error, None where that is no terminal; `after` so many seconds only."""
    if not sys.stderr.isatty():
        yield None
        return
    quiet()
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bar, begun = Bar(*columns, console=Console(stderr=True), transient=True), time.monotonic()
    tasks: dict[str, TaskID] = {}

    def tell(name: str, done: int, total: int) -> None:
        if name not in tasks:
            for task in bar.tasks:
                bar.update(task.id, visible=not task.finished)  # many files have more bars than a screen has lines
            tasks[name] = bar.add_task("", total=total or None)
        words = clean(name, limit=40)
        said = words if total or not done else f"{words} {done:,}"  # without an end the number says that it goes on
        bar.update(tasks[name], completed=done, total=total or None, description=said)
        if not bar.live.is_started and time.monotonic() - begun >= after:
            bar.start()

    try:
        yield tell
    finally:
        bar.stop()
