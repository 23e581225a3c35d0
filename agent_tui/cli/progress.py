"""How far a long command is, on standard error where that is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent_tui.domain.cleaning import clean

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is, 0 where nobody knows."""


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """Yield what draws a bar on standard error, None where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(name: str, done: int, total: int) -> None:
            if name not in tasks:
                for task in bar.tasks:
                    bar.update(task.id, visible=not task.finished)  # many files have more bars than a screen has lines
                tasks[name] = bar.add_task(clean(name, limit=40), total=total or None)
            bar.update(tasks[name], completed=done, total=total or None)

        yield tell
