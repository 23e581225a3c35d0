"""One use case, one transaction: units that read, units that write, and what retries them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from threading import local
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, exc

from agent_tui.store.engine import is_url, read_engine, write_engine
from agent_tui.store.schema import VERSION_QUERY, refuse_other
from agent_tui.store.trouble import NOT_TEXT, OutcomeUnknown, key_refused, leaves_unknown, shown, trouble

T = TypeVar("T")
Row = Sequence[Any]

TRIES = 8
# PostgreSQL says so when a transaction must be run again as a whole: serialization failure and deadlock.
_RUN_AGAIN = {"40001", "40P01"}


@lru_cache(maxsize=512)
def _for_postgres(statement: str) -> str:
    return statement.replace("?", "%s")


@dataclass(frozen=True, slots=True)
class Bare:
    """A driver's own connection outside any transaction, over which each statement of a unit is a transaction by itself."""

    connection: Any
    dialect: Any

    def invalidate(self, error: BaseException) -> None:
        """Drop the connection, which is lost."""
        self.connection.invalidate(error)


class Unit:
    """One open transaction; statements are text with `?` for each value.

    On PostgreSQL what `later` was told is sent together with the next statement, or with the commit: each wait for an answer
    costs more than the statement, above all while the head of the log is locked.
    """

    def __init__(self, connection: Connection | Bare, store: "Store | None" = None, *, cursor: Any = None) -> None:
        # The driver's own cursor: SQLAlchemy's result objects cost more than the statements of a booking.
        self._cursor = cursor or connection.connection.cursor()
        self._dbapi = connection.dialect.loaded_dbapi
        self._connection = connection
        self._store = store
        self._driver: Any = connection.connection.driver_connection
        self._may_wait = bool(getattr(self._driver, "pipelines", False))
        self._waiting: list[tuple[str, tuple[Any, ...]]] = []
        self.postgres = connection.dialect.name == "postgresql"

    @property
    def is_member(self) -> bool:
        """Return whether the login of the database is bound by its row-level security, so that it writes no line by itself."""
        if not self.postgres:
            return False
        known = None if self._store is None else self._store.is_member
        if known is None:
            row = self.row("SELECT has_table_privilege('event', 'INSERT')")
            known = row is not None and not row[0]
            if self._store is not None:
                self._store.is_member = known
        return known

    def run(self, statement: str, *values: Any) -> int:
        """Run a statement and return how many rows it changed; a key that refuses raises KeyRefused."""
        self._execute(statement, values)
        return int(self._cursor.rowcount)

    def later(self, statement: str, *values: Any) -> None:
        """Run a statement before the next one, or before the commit; a key that refuses may raise KeyRefused only then."""
        if self._may_wait:
            self._waiting.append((statement, values))
        else:
            self._execute(statement, values)

    def settle(self) -> None:
        """Send what waits and hear its answers, so that a key that refuses raises KeyRefused here."""
        if self._waiting:
            self._guarded(lambda: self._send(*self._waiting.pop()))

    def commit(self) -> None:
        """Commit on PostgreSQL in one exchange with what waits; elsewhere, and where nothing waits, whoever began it does."""
        if self._waiting:
            self._guarded(lambda: self._together(self._driver.commit))

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of values; a key that refuses raises KeyRefused."""
        if rows:
            self.settle()
            self._guarded(lambda: self._cursor.executemany(self._text(statement), [tuple(row) for row in rows]))

    def rows(self, statement: str, *values: Any) -> Sequence[Row]:
        """Run a query and return its rows."""
        self._execute(statement, values)
        found: Sequence[Row] = self._guarded(self._cursor.fetchall)
        return found

    def row(self, statement: str, *values: Any) -> Row | None:
        """Run a query and return its first row, or None."""
        self._execute(statement, values)
        found: Row | None = self._guarded(self._cursor.fetchone)
        return found

    def _text(self, statement: str) -> str:
        return _for_postgres(statement) if self.postgres else statement

    def _execute(self, statement: str, values: tuple[Any, ...]) -> None:
        self._guarded(lambda: self._send(statement, values))

    def _send(self, statement: str, values: tuple[Any, ...]) -> None:
        if self._waiting:
            self._together(lambda: self._cursor.execute(self._text(statement), values))
        else:
            self._cursor.execute(self._text(statement), values)

    def _together(self, last: Callable[[], object]) -> None:
        """Send what waits and one thing more before any answer is waited for; they run in this order."""
        waiting, self._waiting = self._waiting, []
        with self._driver.pipeline():
            for statement, values in waiting:
                self._cursor.execute(self._text(statement), values)
            last()

    def _guarded(self, step: Callable[[], T]) -> T:
        try:
            return step()
        except self._dbapi.IntegrityError as error:
            raise key_refused(error) from error
        except (self._dbapi.Error, NOT_TEXT) as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> exc.DBAPIError:
        """Return a driver's error as SQLAlchemy's; a connection that is lost is dropped, since a rollback on it fails anew."""
        if getattr(self._connection.connection.driver_connection, "closed", False):
            self._connection.invalidate(error)
        return exc.DBAPIError(None, None, error)

    def refuse_other_schema(self) -> None:
        """Raise StoreIsNewer where a newer version has migrated the store while this program had it open.

        A migration takes this table for itself first, so that no write runs beside it.
        """
        row = self.row(VERSION_QUERY)
        refuse_other(None if row is None else row[0])

    def clock_ms(self) -> int:
        """Return the database's clock in milliseconds UTC: what decides whether a hold has lapsed.

        Not unixepoch('subsec'), which is NULL before SQLite 3.42.
        """
        row = self.row(f"SELECT {self.clock}")
        assert row is not None
        return int(row[0])

    @property
    def clock(self) -> str:
        """Return the expression of the database's clock in ms UTC."""
        return _POSTGRES_CLOCK if self.postgres else _SQLITE_CLOCK

    def by(self, index: str) -> str:
        """Return the clause that makes SQLite use an index.

        Without statistics it takes any first column for a narrow one, and reads all of a site by its key's.
        """
        return "" if self.postgres else f" INDEXED BY {index}"

    @property
    def for_update(self) -> str:
        """Return the clause that locks the rows of a query until the transaction ends; the write lock does on SQLite."""
        return " FOR UPDATE" if self.postgres else ""

    @property
    def for_share(self) -> str:
        """Return the clause that keeps the rows of a query from changing until the transaction ends."""
        return " FOR SHARE" if self.postgres else ""


_SQLITE_CLOCK = "CAST((julianday('now') - 2440587.5) * 86400000.0 + 0.5 AS INTEGER)"
_POSTGRES_CLOCK = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"


class Store:
    """One store: an engine to write, an engine to read, and the name under which it may be shown."""

    def __init__(self, location: str) -> None:
        self.location = location
        self.engine_name = "postgresql" if is_url(location) else "sqlite"
        self.write_engine: Engine = write_engine(location)
        self.read_engine: Engine = read_engine(location)
        self.is_member: bool | None = None
        self._of_thread = local()

    @property
    def name(self) -> str:
        """Return the path or URL without its password."""
        return shown(self.location)

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """Yield a unit that reads one consistent state; trouble with the store raises StoreTrouble.

        A unit inside another of its thread is that other one: a terminal has one connection to read by, and what an act
        answers is read in the act's own transaction, so that it is not answered by trouble after it was done.
        """
        outer = self._open_unit("writing") or self._open_unit("reading")
        if outer is not None:
            yield outer
            return
        try:
            with self.read_engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                self._of_thread.reading = Unit(connection, self)
                try:
                    yield self._of_thread.reading
                finally:
                    self._of_thread.reading = None
        except (exc.DBAPIError, exc.TimeoutError) as error:
            raise trouble(error) from error

    def write(self, work: Callable[[Unit], T]) -> T:
        """Run `work` in one transaction and commit it; anything raised rolls all of it back.

        Inside another write of its thread it is part of that one.
        A whole unit is run again when PostgreSQL asks for it, so `work` must not have effects outside the unit. A store that
        goes away while it commits raises OutcomeUnknown, any other trouble StoreTrouble, and then nothing was written. One
        that has another schema by now than this program writes raises StoreIsNewer (or StoreIsOlder).
        """
        outer = self._open_unit("writing")
        if outer is not None:
            return work(outer)
        for attempt in range(1, TRIES + 1):
            committing = False
            try:
                with self.write_engine.begin() as connection:
                    unit = Unit(connection, self)
                    unit.refuse_other_schema()
                    self._of_thread.writing = unit
                    try:
                        done = work(unit)
                    finally:
                        self._of_thread.writing = None
                    committing = True
                    unit.commit()
                return done
            except (exc.DBAPIError, exc.TimeoutError) as error:
                if getattr(getattr(error, "orig", None), "sqlstate", None) in _RUN_AGAIN and attempt < TRIES:
                    continue
                if committing and leaves_unknown(error):
                    raise OutcomeUnknown from error
                raise trouble(error) from error
        raise AssertionError("unreachable")

    def _open_unit(self, kind: str) -> Unit | None:
        return getattr(self._of_thread, kind, None)

    def empty_the_wal(self) -> None:
        """Bring what SQLite's -wal file holds into the store and empty it, unless somebody reads; a server does so by itself."""
        if self.engine_name == "sqlite":
            with closing(self.write_engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close every connection."""
        self.write_engine.dispose()
        self.read_engine.dispose()
