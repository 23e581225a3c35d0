"""Keeping the drafts of calls from several threads: a later draft is never overwritten by an earlier one."""

from collections.abc import Mapping
from threading import Lock

from agent_tui.tui.drafts import Drafts


class Keeper:
    """Saves and discards drafts; numbers are given on the event loop, the file work is done in threads."""

    def __init__(self, drafts: Drafts) -> None:
        """Take the drafts of a login."""
        self._drafts = drafts
        self._lock = Lock()
        self._newest: dict[str, int] = {}
        self._ended: set[str] = set()

    def number(self, id: str) -> int:
        """Return the number of the draft that stands in the form now."""
        with self._lock:
            self._newest[id] = self._newest.get(id, 0) + 1
            return self._newest[id]

    def save(self, id: str, number: int, fields: Mapping[str, str]) -> str | None:
        """Save a draft unless a newer one has come or the call has ended; returns the sentence of a problem, or None."""
        with self._lock:
            if id in self._ended or self._newest.get(id) != number:
                return None
            return self._drafts.save(id, fields)

    def set_down(self, id: str) -> None:
        """Throw the draft of a call away that is no longer here; it may come back."""
        with self._lock:
            self._newest.pop(id, None)
            self._drafts.discard(id)

    def discard(self, id: str) -> None:
        """Throw the draft of a call away that has ended, for good."""
        with self._lock:
            self._ended.add(id)
            self._newest.pop(id, None)
            self._drafts.discard(id)
