"""Looks at the engine under a store, for the doctor: its version, its settings, its files, its clock."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, exc

from agent_tui.store import driver
from agent_tui.store.engine import is_url
from agent_tui.store.opening import refuse_network_file_system
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Store

SAFE_SQLITE = ".".join(str(part) for part in driver.SAFE_SQLITE)
OLDEST_POSTGRES = 15
ERRORS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class StoreFile:
    """A file or folder of a SQLite store: its mode bits and its size in bytes."""

    path: Path
    mode: int
    size: int


def engine_version(connection: Connection) -> str:
    """Return the version of SQLite's library or of the PostgreSQL server."""
    if connection.dialect.name == "sqlite":
        return driver.sqlite_version
    return _one(connection, "SHOW server_version").split(" ")[0]


def engine_is_current(connection: Connection) -> bool:
    """Return whether the engine's version is one that the product is tested on and is without the known faults."""
    if connection.dialect.name == "sqlite":
        return driver.sqlite_is_safe()
    return int(_one(connection, "SHOW server_version_num")) >= OLDEST_POSTGRES * 10_000


def _one(connection: Connection, statement: str) -> str:
    row = connection.exec_driver_sql(statement).fetchone()
    return "" if row is None else str(row[0])


def settings(connection: Connection) -> dict[str, tuple[str, str]]:
    """Return what decides whether an acknowledged commit survives, as (value, wanted value) by the setting's name."""
    if connection.dialect.name == "sqlite":
        return {
            "journal_mode": (_one(connection, "PRAGMA journal_mode"), "wal"),
            "synchronous": (_one(connection, "PRAGMA synchronous"), "2"),
            "foreign_keys": (_one(connection, "PRAGMA foreign_keys"), "1"),
        }
    return {
        "fsync": (_one(connection, "SHOW fsync"), "on"),
        "full_page_writes": (_one(connection, "SHOW full_page_writes"), "on"),
        # "local", "remote_write" and "remote_apply" wait for the disk too.
        "synchronous_commit": ("off" if _one(connection, "SHOW synchronous_commit") == "off" else "on", "on"),
    }


def file_errors(connection: Connection) -> list[str]:
    """Return what SQLite's own checks find wrong with a store's file: damaged pages, rows that refer to nothing."""
    if connection.dialect.name != "sqlite":
        return []
    try:
        # Not quick_check, which does not compare an index with its table: a booking that an index hides is as good as gone.
        found = [str(row[0]) for row in connection.exec_driver_sql(f"PRAGMA integrity_check({ERRORS_SHOWN})") if row[0] != "ok"]
        tables = {
            f"{row[0]} rows refer to {row[2]} rows that do not exist"
            for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
        }
    except exc.DatabaseError as error:
        if "malformed" not in str(error.orig):
            raise
        return ["its pages cannot be read"]
    return found + sorted(tables)


def clock_skew_ms(database_ms: int) -> int:
    """Return how far the database's clock is from this computer's, in milliseconds; positive when it is ahead."""
    return database_ms - time.time_ns() // 1_000_000


def store_files(path: Path) -> list[StoreFile]:
    """Return a SQLite store's file, then those that SQLite keeps beside it, then the folder.

    They are looked at and not opened: closing a file drops every lock that this process has on it.
    """
    found = []
    for one in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm"), path.parent):
        try:
            status = one.stat()
        except OSError:
            continue
        found.append(StoreFile(one, status.st_mode & 0o7777, status.st_size))
    return found


def network_trouble(path: Path) -> str | None:
    """Return the sentence that refuses a network file system, or None."""
    try:
        refuse_network_file_system(path)
    except StoreTrouble as refused:
        return str(refused)
    return None


def wal_size(store: Store) -> int | None:
    """Return the bytes of SQLite's WAL file, None on PostgreSQL."""
    if is_url(store.location):
        return None
    path = Path(os.path.realpath(Path(store.location).expanduser()))
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except OSError:
        return 0


def wal_position(store: Store) -> int | None:
    """Return how many bytes PostgreSQL has ever written to its WAL, None on SQLite or where that may not be asked."""
    if not is_url(store.location):
        return None
    try:
        with store.read() as unit:
            row = unit.row("SELECT CAST(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS bigint)")
    except StoreTrouble:
        return None
    return None if row is None else int(row[0])
