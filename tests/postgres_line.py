"""A line to a PostgreSQL server that a test can cut: a small proxy which knows where a COMMIT is sent."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

COMMIT = b"COMMIT\0"
# What a connection that only reads says when it introduces itself.
READS_ONLY = b"default_transaction_read_only"
ASKS_FOR_TLS = 8
"""The length of a message that only asks whether the connection may be encrypted; it stands before the introduction."""

Cut = Literal["before", "after"]


@dataclass
class Line:
    """What happens on the line: `cut` the next COMMIT of a writer before or after the server got it, `down`, or `silent`.

    After a cut the line is down until it is healed. A silent line takes everything and answers nothing;
    `quiet_after_login` makes it so once a client has got in.
    """

    port: int
    server: int
    cut: Cut | None = None
    down: bool = False
    silent: bool = False
    quiet_after_login: bool = False
    cuts: int = 0
    _open: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, url: str) -> str:
        """Return a database's URL by way of this line."""
        return url.replace(f":{self.server}/", f":{self.port}/")

    def fail(self) -> None:
        """Cut every connection and take no more."""
        with self._lock:
            self.down = True
            gone, self._open = self._open, []
        for one in gone:
            _end(one)

    def heal(self) -> None:
        """Let everything through again."""
        self.down = self.silent = False

    def serve(self, client: socket.socket) -> None:
        """Carry one client's connection until an end of it closes."""
        if self.down:
            _end(client)
            return
        server = socket.create_connection(("127.0.0.1", self.server))
        with self._lock:
            self._open += [client, server]
        threading.Thread(target=self._answers, args=(server, client), daemon=True).start()
        writes = True
        with suppress(OSError):
            while len(first := client.recv(65536)) == ASKS_FOR_TLS:
                server.sendall(first)
            writes = READS_ONLY not in first
            server.sendall(first)
            while data := client.recv(65536):
                if writes and self.cut is not None and COMMIT in data:
                    self._cut_at(server, data)
                    return
                if self.quiet_after_login:
                    self.silent = True
                if not self.silent:
                    server.sendall(data)
        _end(server)

    def _cut_at(self, server: socket.socket, commit: bytes) -> None:
        """Cut the line at a COMMIT; one that is let through is done when the server has closed its end."""
        how, self.cut, self.cuts = self.cut, None, self.cuts + 1
        if how == "after":
            with self._lock:
                self._open.remove(server)
            self.silent = True  # its answer goes nowhere
            server.sendall(commit)
            server.shutdown(socket.SHUT_WR)
            with suppress(OSError):
                while server.recv(65536):
                    pass
            _end(server)
        self.fail()
        self.silent = False

    def _answers(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if not self.silent:
                    client.sendall(data)
        if not self.silent:
            _end(client)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def line_to(server: int) -> Iterator[Line]:
    """Run a line to a server's port on this computer until the block ends."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        line = Line(listener.getsockname()[1], server)

        def accept() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=line.serve, args=(client,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield line
        finally:
            line.fail()
            listener.shutdown(socket.SHUT_RDWR)
