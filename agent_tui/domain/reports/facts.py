"""What reports are reckoned from: plain rows as a store has them, days as ISO text, times in ticks, instants in ms UTC."""

from typing import NamedTuple

from agent_tui.domain.log import State
from agent_tui.domain.ticks import MINUTES_PER_TICK

KEPT = ("booked", "attended", "late", "dna")
"""What an appointment is that has (or had) its time."""


class Taken(NamedTuple):
    """An entry that took time on a day: an appointment that was kept, or a block; `resources` is JSON of codes."""

    kind: str
    status: str
    type: str | None
    diary: str
    day: str
    start: int
    end: int
    resources: str
    channel: str | None
    priority: str
    made_at: int

    @property
    def minutes(self) -> int:
        """Return its length."""
        return (self.end - self.start) * MINUTES_PER_TICK


class Line(NamedTuple):
    """A line of the log about an entry, on the wall day (ISO) and at the minute after midnight when it was written."""

    seq: int
    day: str
    minute: int
    who: str
    role: str
    verb: str
    before: State | None
    after: State | None
    reason: str | None


class Unserved(NamedTuple):
    """A call that ended without a booking: the day of the call, the type, the rules in the way, and how it ended."""

    day: str
    type: str
    reasons: tuple[str, ...]
    ending: str


class HandedOver(NamedTuple):
    """A hand-off: the day it was made, its type, whether that is a key type, its status, due day, and the day it was closed."""

    day: str
    type: str
    key: bool
    status: str
    due: str
    closed: str | None
    why: str


class Conversation(NamedTuple):
    """Calls of a day that ended alike: how, how many seconds they took together, and how many they are."""

    day: str
    ending: str
    seconds: int
    calls: int = 1
