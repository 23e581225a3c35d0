"""Engines: one that writes under BEGIN IMMEDIATE and one that reads, on SQLite or PostgreSQL."""

import logging
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError

from agent_tui.store.driver import dbapi
from agent_tui.store.limits import KEEPALIVE_PROBES, Limits, limits
from agent_tui.store.trouble import NOT_TEXT, StoreTrouble, shown

IDLE_IN_TRANSACTION_SECONDS = 60

# What they say of a connection that was lost or interrupted comes as StoreTrouble; unasked it would go to the terminal as well,
# over a screen too.
for _name in ("sqlalchemy", "psycopg"):
    logging.getLogger(_name).addHandler(logging.NullHandler())


def is_url(location: str) -> bool:
    """Return whether a store's location is a database URL rather than the path of a file."""
    return "://" in location


def _sqlite_engine(path: Path, begin: str, *, foreign_keys: bool = True) -> Engine:
    lock_seconds = limits().lock
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        module=dbapi,
        connect_args={"timeout": lock_seconds, "check_same_thread": False},
        pool_reset_on_return=None,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver's own implicit BEGIN loses updates; the "begin" event below says when a transaction starts.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {lock_seconds * 1000}")
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


def _postgres_engine(url: str, *, read_only: bool, patience: float | None = None) -> Engine:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreTrouble(f"{shown(url)} is no URL of a database: postgresql://user@host:port/database.") from None
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise StoreTrouble("A store is the path of a file or a postgresql:// URL.")
    wanted = limits()
    try:
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            isolation_level="READ COMMITTED",
            connect_args=_connect_args(wanted, read_only=read_only),
            # One connection: a second thread of the terminal waits for it as long as a statement may take.
            pool_size=1,
            max_overflow=0,
            pool_timeout=wanted.answer,
        )
    except ImportError as error:
        raise StoreTrouble("A PostgreSQL store needs the extra: pip install 'agent-tui[postgres]'.") from error
    _connect_with_patience(engine, wanted.answer if patience is None else min(patience, wanted.answer))
    return engine


def _connect_args(wanted: Limits, *, read_only: bool) -> dict[str, object]:
    options = {
        "statement_timeout": wanted.statement * 1000,
        "lock_timeout": wanted.lock * 1000,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_SECONDS * 1000,
    }
    if read_only:
        options["default_transaction_read_only"] = 1
    return {
        "connect_timeout": wanted.connect,
        "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
        "application_name": "agent-tui",
        "keepalives_idle": wanted.keepalive,
        "keepalives_interval": wanted.probe_every,
        "keepalives_count": KEEPALIVE_PROBES,
        # Keepalives watch an idle line; what was sent and is never acknowledged is given up on as soon.
        "tcp_user_timeout": (wanted.keepalive + wanted.probe_every * KEEPALIVE_PROBES) * 1000,
    }


def _connect_with_patience(engine: Engine, seconds: float) -> None:
    """Make an engine's connections give a server up that has said nothing for some seconds in the middle of a statement.

    The server's own limits do not help where the server itself hangs, and the driver would wait for ever. One that the server
    has closed while it lay idle is replaced before it is used: that costs one look at the socket.
    """
    from agent_tui.store.patience import connect, is_closed

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, args: Any, options: Any) -> Any:
        return connect(seconds, *args, **options)

    @event.listens_for(engine, "checkout")
    def _look(connection: Any, _record: Any, _proxy: Any) -> None:
        if is_closed(connection):
            raise DisconnectionError
        connection.patience = seconds


def write_engine(location: str) -> Engine:
    """Return the engine whose transactions take the write lock at once."""
    return _postgres_engine(location, read_only=False) if is_url(location) else _sqlite_engine(Path(location), "BEGIN IMMEDIATE")


def take_its_time(connection: Connection) -> None:
    """Lift the limits of an open transaction of PostgreSQL, for what reads or rebuilds whole tables."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        driver: Any = connection.connection.driver_connection
        driver.patience = float("inf")


def read_engine(location: str, *, patience: float | None = None) -> Engine:
    """Return the engine whose transactions only read; it may give a silent server up after fewer seconds than others do."""
    return (
        _postgres_engine(location, read_only=True, patience=patience)
        if is_url(location)
        else _sqlite_engine(Path(location), "BEGIN")
    )


def migration_engine(location: str) -> Engine:
    """Return an engine of its own for migrations, with foreign keys off on SQLite so that a rebuilt table loses no row."""
    if is_url(location):
        return _postgres_engine(location, read_only=False)
    return _sqlite_engine(Path(location), "BEGIN IMMEDIATE", foreign_keys=False)
