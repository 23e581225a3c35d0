"""One program at a time: a lock beside a store's file, or in the server, which ends with the program that has it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import exc

from agent_tui.store.engine import is_url, migration_engine
from agent_tui.store.trouble import trouble

# Any number will do, as long as every agent-tui takes the same one.
_ADVISORY_LOCK = 0x736F616B


@contextmanager
def alone(location: str, work: str) -> Iterator[bool]:
    """Yield whether nobody else is at some work on a store, and keep others from it until the block ends.

    On SQLite the lock is a file of the store's name and the work's, which is removed; a place where none can be made is left
    to whoever opens the store. Trouble with a server raises StoreTrouble.
    """
    if is_url(location):
        with _on_server(location) as first:
            yield first
        return
    path = Path(os.path.realpath(Path(location).expanduser()))
    path = path.with_name(f"{path.name}.{work}")
    handle = _opened(path)
    if handle is None:
        yield True
        return
    # Whoever had it may have removed the file between the opening and the lock.
    first = take(handle) and _is_at(handle, path)
    try:
        yield first
    finally:
        if first:
            with suppress(OSError):
                path.unlink()
        os.close(handle)


def _opened(path: Path) -> int | None:
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, mode=0o700)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except (OSError, ValueError):
        return None


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


@contextmanager
def _on_server(location: str) -> Iterator[bool]:
    engine = migration_engine(location)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            first = bool(connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (_ADVISORY_LOCK,)).scalar_one())
            try:
                yield first
            finally:
                connection.invalidate()  # the lock is the connection's
    except exc.DBAPIError as error:
        raise trouble(error) from error
    finally:
        engine.dispose()


if sys.platform == "win32":
    import msvcrt

    def take(handle: int) -> bool:
        """Take the lock of an open file, and return whether nobody else has it; it ends when the file is closed."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def take(handle: int) -> bool:
        """Take the lock of an open file, and return whether nobody else has it; it ends when the file is closed."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
