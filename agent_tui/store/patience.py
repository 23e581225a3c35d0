"""PostgreSQL connections that do not wait for ever: a server that says nothing is given up on."""

from collections.abc import Generator
from selectors import EVENT_READ, DefaultSelector
from time import monotonic
from typing import Any, ClassVar, TypeVar

import psycopg
from psycopg.errors import ConnectionTimeout

T = TypeVar("T")
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
