"""How far a long command is, on standard error where that is a terminal."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent_tui.domain.cleaning import clean

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is, 0 where nobody knows."""


BAR_AFTER_SECONDS = 1.0


@contextmanager
def progress_bar(*, after: float = 0.0) -> Iterator[Progress | None]:
    """Yield what draws a bar on standard error, None where that is no terminal; `after` so many seconds only."""
    if not sys.stderr.isatty():
        yield None
        return
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
            tasks[name] = bar.add_task(clean(name, limit=40), total=total or None)
        bar.update(tasks[name], completed=done, total=total or None)
        if not bar.live.is_started and time.monotonic() - begun >= after:
            bar.start()

    try:
        yield tell
    finally:
        bar.stop()
