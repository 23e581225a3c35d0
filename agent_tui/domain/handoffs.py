"""Hand-offs: requests that no diary could take, and how each ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

OUTCOMES: Final = ("booked", "called_back", "declined", "dealt_with")
"""How a hand-off can be closed."""
TAKEN, CLOSED = "handoff_taken", "handoff_closed"
"""The verbs of the log."""


@dataclass(frozen=True, slots=True)
class Handoff:
    """A hand-off: status open, taken or closed, days as ISO text, `wanted` in codes and days, instants in ms UTC.

    `contact` is who the site hands off to; `taken_by` the login of who has it.
    """

    id: str
    type: str
    client: str | None
    status: str
    key: bool
    contact: str
    wanted: Mapping[str, Any]
    why: str
    claim_date: str
    due: str
    made_by: str
    made_at: int
    taken_by: str | None = None
    closed_by: str | None = None
    outcome: str | None = None
    closed_at: int | None = None

    def is_due(self, today: date) -> bool:
        """Return whether it must be dealt with today at the latest, which shows it in red."""
        return self.status != "closed" and self.due <= today.isoformat()

    def is_overdue(self, today: date) -> bool:
        """Return whether it should have been dealt with before today."""
        return self.status != "closed" and self.due < today.isoformat()
