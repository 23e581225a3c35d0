"""Engines: one that writes under BEGIN IMMEDIATE and one that reads, on SQLite or PostgreSQL."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from agent_tui.store.driver import dbapi
from agent_tui.store.trouble import NOT_TEXT, StoreTrouble, shown

BUSY_TIMEOUT_SECONDS = 10
CONNECT_TIMEOUT_SECONDS = 10
STATEMENT_TIMEOUT_MS = 30_000


def is_url(location: str) -> bool:
    """Return whether a store's location is a database URL rather than the path of a file."""
    return "://" in location


def _sqlite_engine(path: Path, begin: str, *, foreign_keys: bool = True) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        module=dbapi,
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        pool_reset_on_return=None,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver's own implicit BEGIN loses updates; the "begin" event below says when a transaction starts.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except NOT_TEXT as error:
            raise dbapi.DatabaseError("malformed") from error
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgres_engine(url: str, *, read_only: bool) -> Engine:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreTrouble(f"{shown(url)} is no URL of a database: postgresql://user@host:port/database.") from None
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise StoreTrouble("A store is the path of a file or a postgresql:// URL.")
    options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c idle_in_transaction_session_timeout=60000"
    if read_only:
        options += " -c default_transaction_read_only=on"
    try:
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            isolation_level="READ COMMITTED",
            connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS, "options": options, "application_name": "agent-tui"},
            pool_pre_ping=False,
        )
    except ImportError as error:
        raise StoreTrouble("A PostgreSQL store needs the extra: pip install 'agent-tui[postgres]'.") from error


def write_engine(location: str) -> Engine:
    """Return the engine whose transactions take the write lock at once."""
    return _postgres_engine(location, read_only=False) if is_url(location) else _sqlite_engine(Path(location), "BEGIN IMMEDIATE")


def read_engine(location: str) -> Engine:
    """Return the engine whose transactions only read."""
    return _postgres_engine(location, read_only=True) if is_url(location) else _sqlite_engine(Path(location), "BEGIN")


def migration_engine(location: str) -> Engine:
    """Return an engine of its own for migrations, with foreign keys off on SQLite so that a rebuilt table loses no row."""
    if is_url(location):
        return _postgres_engine(location, read_only=False)
    return _sqlite_engine(Path(location), "BEGIN IMMEDIATE", foreign_keys=False)
