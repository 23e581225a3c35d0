"""Calls that wait for somebody: requests in writing, earlier times to offer and call-backs, and which of them comes first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent_tui.domain.requests import PRIORITIES

REQUEST, SOONER, CALLBACK = "request", "sooner", "callback"
QUEUED = (REQUEST, SOONER, CALLBACK)
"""The kinds of call that wait in the queue."""
DONE_AS = ("booked", "called_back", "handed_off", "declined")
"""How a request or a call-back can be done."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A later request of the same claimant for the same type: how and when it came (ms UTC), and what was written in it."""

    id: str
    contact: str | None
    opened_at: int
    priority: str
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A call of the queue: who has it (empty for nobody), what is wanted in codes and days, when it came in ms UTC.

    `key` says whether its type is a key appointment today, `held_until` is the end of the hold of an earlier time in ms UTC.
    `repeats` is how many later requests repeat it. `said` is what the claimant wrote in their own words, `duplicates` are those
    later requests, oldest first; both are only given to whoever looks at it or takes it.
    """

    id: str
    kind: str
    status: str
    who: str
    type: str | None
    client: str | None
    entry: str | None
    wanted: Mapping[str, Any]
    opened_at: int
    priority: str
    contact: str | None
    key: bool = False
    held_until: int | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    duplicates: tuple[Duplicate, ...] = ()
    repeats: int = 0

    @property
    def taken(self) -> bool:
        """Return whether somebody has it; a call-back names from the start whose hold it was, and is taken when it says so."""
        return bool(self.wanted.get("taken")) if self.kind == CALLBACK else bool(self.who)


def in_order(items: Iterable[QueueItem]) -> list[QueueItem]:
    """Return calls most urgent first: urgent, high, standard; then offers, whose hold runs out, then key types, then the oldest.

    Source: seeds/sop-slot-allocation.txt, "Priority & Conflict Management".
    """

    def urgency(one: QueueItem) -> tuple[int, bool, bool, int, str]:
        return -PRIORITIES.index(one.priority), one.kind != SOONER, not one.key, one.opened_at, one.id

    return sorted(items, key=urgency)


def more_urgent(one: str, other: str) -> bool:
    """Return whether a priority comes before another."""
    return PRIORITIES.index(one) > PRIORITIES.index(other)


def age_words(opened_at: int, now_ms: int) -> str:
    """Return how long a call has waited in a few letters: "5 min", "3 h", "2 d"."""
    minutes = max(0, now_ms - opened_at) // 60_000
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"


@dataclass(frozen=True, slots=True)
class CallAsked:
    """What a call in hand asks for, as far as it goes: codes, days and times, never what the claimant said in their own words.

    `wanted` has any of WANTED, all as text; `hold` among them is the id of the time that the call holds.
    """

    type: str | None
    client: str | None
    priority: str
    contact: str
    wanted: Mapping[str, str]


WANTED = ("from", "until", "time", "near", "day", "start", "diary", "team", "channel", "needs", "language", "hold")
"""What is kept of the wishes of a call."""
