"""Putting another content into a SQLite store's file while nobody else has it open, with the old content kept aside."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agent_tui.store.backup import PRIVATE, opened
from agent_tui.store.driver import dbapi
from agent_tui.store.trouble import StoreTrouble, shown, trouble
from agent_tui.store.whole_files import SIDE_FILES, made_whole, to_disk

IN_USE = "Other terminals have the store open: close the program on each of them, and restore then; nothing was changed."


def replace_content(store: Path, content: Path, aside: Path) -> None:
    """Write the content of one file of a store into another's, whose old content goes into `aside` first.

    The store's file stays the same file and is locked from before the old content is read until the new one is on the disk,
    so that nobody's commit falls between the two, and a program that opens it meanwhile waits. A file that is no readable
    store any more is renamed to `aside`, with what lies beside it. StoreTrouble: others have it open; a disk that is full.
    """
    try:
        with _alone(store) as connection:
            with made_whole(aside) as partial:
                os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE))
                _pages(connection, partial)
            source = opened(content)
            try:
                source.backup(connection, pages=-1)
            finally:
                source.close()
    except _Unreadable:
        _set_aside(store, aside)
        with made_whole(store) as partial:
            content.rename(partial)
    except dbapi.Error as error:
        raise trouble(error) from error
    to_disk(store)


class _Unreadable(Exception):
    """The file is so broken that SQLite cannot lock it."""


@contextmanager
def _alone(store: Path) -> Iterator[Any]:
    """Yield a connection that keeps every other one out; a WAL store can leave that mode only when nobody else has it open."""
    connection = opened(store)
    try:
        try:
            connection.execute("PRAGMA busy_timeout = 1000").fetchall()
            connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            # A header that lies about the size, or no database at all, shows when a page is read.
            connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchall()
        except dbapi.DatabaseError as error:
            text = str(error).lower()
            if "locked" in text or "busy" in text:
                raise StoreTrouble(IN_USE) from None
            if "not a database" in text or "malformed" in text:
                raise _Unreadable from error
            raise
        yield connection
    finally:
        connection.close()


def _pages(connection: Any, path: Path) -> None:
    copy = opened(path)
    try:
        connection.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode = DELETE").fetchall()
    finally:
        copy.close()


def _set_aside(store: Path, aside: Path) -> None:
    """Rename a broken file and what SQLite keeps beside it; a -wal may hold what the file has lost."""
    if os.path.lexists(aside):
        raise StoreTrouble(f"There is already something at {shown(aside)}.")
    for suffix in (*SIDE_FILES, ""):
        path = store.with_name(store.name + suffix)
        if path.exists():
            path.rename(aside.with_name(aside.name + suffix))
