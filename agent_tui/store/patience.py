"""PostgreSQL connections that do not wait for ever: a server that says nothing is given up on."""

from collections.abc import Generator, Sequence
from selectors import EVENT_READ, DefaultSelector
from time import monotonic
from typing import Any, ClassVar, TypeVar

import psycopg
from psycopg.errors import ConnectionTimeout

T = TypeVar("T")
_WHOLE = frozenset(psycopg.adapters.types[name].oid for name in ("int2", "int4", "int8"))
LAST_WORDS = 3
"""How often something may be read from a connection that lies idle: a notice, what a server says as it stops, then the end."""


class _Patient(psycopg.Connection[Any]):
    """A connection that closes itself when the server has sent nothing for `patience` seconds in answer to a statement."""

    patience: float
    pipelines: ClassVar[bool] = psycopg.Pipeline.is_supported()
    """Whether the library below can be sent statements before it has answered the ones before them."""

    def wait(self, gen: Any, *args: Any, **options: Any) -> Any:
        """Run one exchange with the server; ConnectionTimeout when it hangs."""
        return super().wait(self._hurried(gen), *args, **options)

    def _hurried(self, gen: Generator[T, Any, Any]) -> Generator[T, Any, Any]:
        last = monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    last = monotonic()
                elif monotonic() - last > self.patience:
                    # Closed first, or the rollback that follows would wait as long again.
                    self.pgconn.finish()
                    raise ConnectionTimeout("timeout: the server did not answer")
                wanted = gen.send(ready)
        except StopIteration as stop:
            return stop.value


def connect(patience: float, *args: Any, **options: Any) -> psycopg.Connection[Any]:
    """Return a connection that waits `patience` seconds for a byte of an answer; trouble raises psycopg.OperationalError."""
    connection = _Patient.connect(*args, **options)
    connection.patience = patience
    return connection


class QuickCursor:
    """A cursor for small questions that are asked over and over on a connection outside any transaction.

    Past the driver's own machinery, which costs three times as much as the question where it is asked ten times a second.
    Values are texts and whole numbers, and so are the columns of an answer. A server that says nothing for the connection's
    `patience` raises ConnectionTimeout, other trouble psycopg.Error.
    """

    MOST_PREPARED = 50

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        """Take a connection in autocommit that nobody else uses."""
        self._connection: Any = connection
        self._line = connection.pgconn
        self._prepared: dict[str, bytes] = {}
        self._selector = DefaultSelector()
        self._selector.register(self._line.socket, EVENT_READ)
        self._rows: list[tuple[Any, ...]] = []

    def execute(self, statement: str, values: Sequence[str | int] = ()) -> None:
        """Run a statement with a `%s` for each value."""
        given = [str(one).encode() for one in values]
        name = self._prepared.get(statement)
        if name is not None:
            self._line.send_query_prepared(name, given)
        elif len(self._prepared) < self.MOST_PREPARED:
            name = f"agent_tui_{len(self._prepared)}".encode()
            _checked(self._line.prepare(name, _numbered(statement)))
            self._prepared[statement] = name
            self._line.send_query_prepared(name, given)
        else:
            self._line.send_query_params(_numbered(statement), given)
        self._rows = _rows_of(_checked(self._answer()))

    def _answer(self) -> Any:
        line = self._line
        line.flush()
        while line.is_busy():
            if not self._selector.select(self._connection.patience):
                line.finish()
                raise ConnectionTimeout("timeout: the server did not answer")
            line.consume_input()
        result = line.get_result()
        while line.get_result() is not None:
            pass
        return result

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows."""
        return self._rows

    def close(self) -> None:
        """Let go of what waits for the connection, which stays."""
        self._selector.close()


def _numbered(statement: str) -> bytes:
    first, *rest = statement.split("%s")
    return (first + "".join(f"${number}{part}" for number, part in enumerate(rest, start=1))).encode()


def _rows_of(result: Any) -> list[tuple[Any, ...]]:
    reads = [int if result.ftype(column) in _WHOLE else bytes.decode for column in range(result.nfields)]
    return [
        tuple(None if (value := result.get_value(row, column)) is None else read(value) for column, read in enumerate(reads))
        for row in range(result.ntuples)
    ]


def _checked(result: Any) -> Any:
    if result is None:
        raise psycopg.OperationalError("connection is lost")
    if result.status not in (psycopg.pq.ExecStatus.TUPLES_OK, psycopg.pq.ExecStatus.COMMAND_OK):
        raise psycopg.errors.error_from_result(result)
    return result


def is_closed(connection: psycopg.Connection[Any]) -> bool:
    """Return whether a connection that nobody uses was closed: what it has to read, but for a notice, is its end."""
    if connection.closed or connection.broken:
        return True
    with DefaultSelector() as selector:
        selector.register(connection.pgconn.socket, EVENT_READ)
        for _ in range(LAST_WORDS):
            if not selector.select(0):
                return False
            try:
                connection.pgconn.consume_input()
            except psycopg.Error:
                return True
    return True
