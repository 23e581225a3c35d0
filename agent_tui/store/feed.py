"""The feed: what others (and this terminal) have just done, read from the log by polling on a connection of its own."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Engine, exc

from agent_tui.domain.log import Event
from agent_tui.store.engine import read_engine
from agent_tui.store.queries.log import event_of
from agent_tui.store.schema import VERSION_QUERY, refuse_other
from agent_tui.store.trouble import StoreTrouble, trouble
from agent_tui.store.unit_of_work import Bare, Store, Unit

T = TypeVar("T")
# While the store does not answer, it is asked this often.
TROUBLED_SECONDS = 2.0
# Its questions are small, so that it finds a server that hangs sooner than an act does.
PATIENCE_SECONDS = 10.0

_LINES = (
    "SELECT site, seq, at, stamped, who, role, verb, entry, client, touched, before_state, after_state, reason, request,"
    " fingerprint, previous, hash FROM event WHERE site = ? AND seq > ? ORDER BY seq"
)
_HEAD = "SELECT seq FROM site_head WHERE site = ?"
_LAST = f"SELECT MAX(seq), ({VERSION_QUERY}) FROM event WHERE site = ?"


class Feed:
    """One reader of a site's log; `last_seq` is the last line it has given. For one thread at a time.

    On SQLite a poll that finds nothing new costs one PRAGMA: data_version changes whenever another connection has
    committed, this process's other ones included, and is compared only with itself on this connection.
    """

    def __init__(self, store: Store, site: str) -> None:
        self.site = site
        self.last_seq = 0
        self._location = store.location
        self._sqlite = store.engine_name == "sqlite"
        self._engine: Engine | None = None
        self._connection: Any = None
        self._cursor: Any = None
        self._unit: Unit | None = None
        self._version: int | None = None

    def start_at_head(self) -> int:
        """Skip everything that is in the log already and return the seq of its last line; trouble raises StoreTrouble."""
        row = self._ask(lambda cursor: self._first(cursor, _HEAD, self.site))
        self.last_seq = 0 if row is None else int(row[0])
        return self.last_seq

    def poll(self) -> list[Event]:
        """Return the lines after `last_seq` in order, all of them however long it slept; usually there are none.

        A store that a newer version has migrated meanwhile raises StoreIsNewer, so that it is said before anybody writes.
        Trouble with the store raises StoreTrouble, and the next poll connects anew and misses nothing.
        """
        rows = self._ask(self._new_rows)
        if not rows:
            return []
        events = [event_of(row) for row in rows]
        self.last_seq = events[-1].seq
        return events

    def read(self, work: Callable[[Unit], T]) -> T:
        """Return what some reading on the feed's own connection answers; each statement sees what is committed by then.

        A transaction would cost more than the few small questions that a line of the log leads to. Trouble raises StoreTrouble.
        """

        def asked(_cursor: Any) -> T:
            assert self._unit is not None
            return work(self._unit)

        return self._ask(asked)

    def _new_rows(self, cursor: Any) -> list[Any]:
        version = None
        if self._sqlite:
            # Read before the lines: what is committed between the two is seen now and asked for once more, never missed.
            cursor.execute("PRAGMA data_version")
            version = cursor.fetchone()[0]
            if version == self._version:
                return []
        newest = self._first(cursor, _LAST, self.site)
        refuse_other(newest[1])
        self._refuse_another_log(newest)
        rows: list[Any] = []
        if newest[0] is not None and newest[0] != self.last_seq:  # a look or a presence is written without a line
            rows = self._run(cursor, _LINES, self.site, self.last_seq).fetchall()
        self._version = version
        return rows

    def _refuse_another_log(self, row: Any) -> None:
        """A log only grows: a shorter one is another store, such as a backup that was put in place of the one we knew."""
        if ((row[0] if row else None) or 0) < self.last_seq:
            raise StoreTrouble("The store was replaced by an older one; close the program and open it again.")

    def _first(self, cursor: Any, statement: str, *values: Any) -> Any:
        return self._run(cursor, statement, *values).fetchone()

    def _run(self, cursor: Any, statement: str, *values: Any) -> Any:
        cursor.execute(statement if self._sqlite else statement.replace("?", "%s"), values)
        return cursor

    def _ask(self, question: Callable[[Any], T]) -> T:
        try:
            if self._cursor is None:
                self._connect()
            return question(self._cursor)
        except StoreTrouble:
            self.close()
            raise
        except exc.DBAPIError as error:
            self.close()
            raise trouble(error) from error
        except Exception as error:
            dbapi = None if self._engine is None else self._engine.dialect.loaded_dbapi
            self.close()
            if dbapi is not None and isinstance(error, dbapi.Error):
                raise trouble(error) from error
            raise

    def _connect(self) -> None:
        """Open the driver's own connection, outside any transaction: a poll through SQLAlchemy costs twelve times as much."""
        self._engine = read_engine(self._location, patience=PATIENCE_SECONDS)
        self._connection = self._engine.raw_connection()
        if not self._sqlite:
            from agent_tui.store.patience import QuickCursor

            self._connection.driver_connection.autocommit = True
            self._cursor = QuickCursor(self._connection.driver_connection)
        else:
            self._cursor = self._connection.cursor()
        self._unit = Unit(Bare(self._connection, self._engine.dialect), cursor=self._cursor)
        self._version = None

    def close(self) -> None:
        """Close the connection; a later poll opens another."""
        engine, connection, cursor = self._engine, self._connection, self._cursor
        self._engine = self._connection = self._cursor = self._unit = self._version = None
        if cursor is not None and not self._sqlite:
            cursor.close()
        if connection is not None and connection.is_valid:
            # Invalidated, not given back: whatever state a failure left it in must not be met again. What found the line lost
            # may have done so already.
            connection.invalidate()
        if engine is not None:
            engine.dispose()
