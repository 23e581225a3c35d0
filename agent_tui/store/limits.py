"""How long a process waits for its store before it says so: one set of limits for all its connections."""

from dataclasses import dataclass

# The server has this long to say itself that a limit was passed, before the client takes it for lost.
GRACE_SECONDS = 5
KEEPALIVE_PROBES = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """Whole seconds: to connect, for one statement, for a lock that another holds, and of silence before the line is probed.

    A lock's limit is SQLite's busy timeout too; the others are for PostgreSQL.
    """

    connect: int = 10
    statement: int = 30
    lock: int = 10
    keepalive: int = 30

    @property
    def answer(self) -> int:
        """Return after how many seconds without a byte a server counts as one that hangs."""
        return self.statement + GRACE_SECONDS

    @property
    def probe_every(self) -> int:
        """Return the seconds between two probes, so that a dead line is found after twice `keepalive`."""
        return max(1, self.keepalive // KEEPALIVE_PROBES)


_limits = Limits()


def limits() -> Limits:
    """Return the limits of this process."""
    return _limits


def use_limits(wanted: Limits) -> None:
    """Set the limits of every connection that this process opens from now on."""
    global _limits
    _limits = wanted
