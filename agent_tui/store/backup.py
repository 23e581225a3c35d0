"""A whole, checked copy of a SQLite store while others work in it."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agent_tui.store.driver import dbapi
from agent_tui.store.engine import is_url
from agent_tui.store.limits import limits
from agent_tui.store.trouble import StoreTrouble, shown, trouble
from agent_tui.store.whole_files import made_whole

PRIVATE = 0o600


def backup(location: str, target: str | Path, check: Callable[[Path], object] | None = None) -> Path:
    """Copy a store into a new file of mode 0600 and return its path once quick_check, and `check`, have found it sound.

    A target that exists, a PostgreSQL store and a copy that fails raise StoreTrouble, and nothing is left behind.
    """
    if is_url(location):
        raise StoreTrouble("A PostgreSQL store is backed up by the server's own tools, such as pg_dump.")
    path = Path(target)
    with made_whole(path) as partial:
        try:
            os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE))
        except OSError as error:
            raise StoreTrouble(f"No backup can be written to {shown(path)}: {error.strerror}.") from None
        try:
            copy_pages(location, partial)
        except dbapi.Error as error:
            raise trouble(error) from error
        if check is not None:
            check(partial)
    return path


def copy_pages(location: str | Path, path: Path) -> None:
    """Copy one consistent state of a store, whoever writes meanwhile, into a file that exists; damage raises StoreTrouble."""
    source = opened(location)
    try:
        copy = opened(path)
        try:
            # All pages in one step: in several, a writer's every commit starts the copy again and it may never end
            # (guides/reliability.md section 2).
            source.backup(copy, pages=-1)
            # The copy is of a WAL store; as one plain file it can be moved about.
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()
            verdict = copy.execute("PRAGMA quick_check").fetchall()
        finally:
            copy.close()
    finally:
        source.close()
    if [row[0] for row in verdict] != ["ok"]:
        raise StoreTrouble(f"The copy of {shown(location)} is damaged, and so may it be itself: run agent-tui doctor.")


def opened(path: str | Path) -> Any:
    """Return the driver's own connection to a file, outside any transaction."""
    connection = dbapi.connect(str(path), timeout=limits().lock)
    connection.isolation_level = None
    return connection


def next_name(store: Path, word: str) -> Path:
    """Return the first `<store>.<word>-<number>.bak` that does not exist."""
    number = 1
    while True:
        path = store.with_name(f"{store.name}.{word}-{number}.bak")
        if not path.exists():
            return path
        number += 1


def backups_of(store: Path) -> list[Path]:
    """Return the backups that lie beside a store, newest first."""
    found = [path for path in store.parent.glob("*.bak") if path.name.startswith(f"{store.name}.") and path.is_file()]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def age_in_days(path: Path) -> int:
    """Return how many whole days ago a file was written, by the computer's clock."""
    return int(max(0.0, time.time() - path.stat().st_mtime) // 86_400)
