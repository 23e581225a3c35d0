"""How long the store is waited for: what a program sets once, at its start."""

from agent_tui.store.limits import Limits, use_limits


def wait_for_the_store(connect: int, statement: int, lock: int, keepalive: int) -> None:
    """Set the limits of this process in whole seconds: to connect, for a statement, for a lock, of silence before a probe."""
    use_limits(Limits(connect, statement, lock, keepalive))
