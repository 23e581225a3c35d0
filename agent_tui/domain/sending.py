"""When a message may be sent, when it is tried again, and whether it still tells the truth."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from agent_tui.domain.messages import (
    CANCELLATION,
    CHANGE,
    CONFIRMATION,
    DISPLACED,
    EMAIL,
    MISSED,
    NOTE,
    REMINDER,
    SENT,
    SMS,
    SOONER,
    TOLD,
    Message,
)
from agent_tui.domain.requests import EntryState
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.domain.wall_time import instant_ms, wall_of

FIRST_WAIT_SECONDS: Final = 30
LONGEST_WAIT_SECONDS: Final = 3600
MOST_ATTEMPTS: Final = 20
"""After so many a message is a dead letter: some fourteen hours of a provider that does not answer."""

MOST_NOT_ARRIVED: Final = 5
"""After so many attempts a message that the provider took and could not deliver is a dead letter: each costs a text."""

EARLIEST_HOUR, LATEST_HOUR = 8, 20
"""Texts and e-mails go out from the first hour on and before the second, wall time (domain/facts.md section 8: not late)."""

OF_APPOINTMENTS: Final = (CONFIRMATION, CHANGE, CANCELLATION, DISPLACED)
"""Kinds of which the last one says all that the earlier ones said."""


def wait_seconds(attempt: int, draw: float, asked: int | None = None) -> int:
    """Return how long to wait after an attempt that failed, in seconds; `draw` is a random number from 0 to 1.

    The wait doubles up to an hour, and is spread over its upper half so that senders do not come back together. What the
    provider asks for is kept.
    """
    most = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS << min(attempt - 1, 20))
    return max(round(most * (1 + draw) / 2), asked or 0)


def allowed_from(at: int, channel: str, zone: str) -> int:
    """Return the first instant from `at` on (ms UTC) at which a message may go out by a channel."""
    wall = wall_of(at, zone)
    if channel not in (SMS, EMAIL) or EARLIEST_HOUR <= wall.hour < LATEST_HOUR:
        return at
    day = wall.date() if wall.hour < EARLIEST_HOUR else wall.date() + timedelta(days=1)
    return instant_ms(datetime(day.year, day.month, day.day, EARLIEST_HOUR), zone)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is done with a message now: sent as a kind, dropped with a code, or left until an instant (ms UTC)."""

    kind: str | None = None
    drop: str | None = None
    until: int | None = None


DROPPED_WORDS: Final = {
    "superseded": "a later message says what is so now",
    "undone": "the act was undone",
    "cancelled": "the appointment is cancelled",
    "no_time": "the appointment has lost its time",
    "placed": "the appointment has a time again",
    "past": "the time of the appointment has passed",
    "moved": "the appointment is on another day now",
    "came": "the claimant came after all",
    "offer_over": "the earlier time is no longer offered",
    "never_told": "the claimant was never told of the appointment",
    "erased": "the claimant's details were erased",
    "person": "somebody dropped it",
    "no_ticket": "the ticket is settled",
}
"""Why a message was dropped, by code."""


def starts_at(entry: EntryState) -> datetime:
    """Return the wall time at which an entry starts."""
    return datetime(entry.day.year, entry.day.month, entry.day.day) + timedelta(minutes=entry.start * MINUTES_PER_TICK)


def ends_at(entry: EntryState) -> datetime:
    """Return the wall time at which an entry ends."""
    return starts_at(entry) + timedelta(minutes=(entry.end - entry.start) * MINUTES_PER_TICK)


def judge(
    message: Message, entry: EntryState, others: tuple[Message, ...], now: datetime, at: int, *, offered: bool = False
) -> Verdict:
    """Return what becomes of a message about an entry as it is now, given the other messages about that entry.

    A message tells what is so when it is sent, never what was so when it was written: one that a later one makes needless is
    dropped, one of a time that is lost or past too. A change of which the claimant never heard the first time is sent as a
    confirmation. `offered` says whether the earlier time of a `sooner` is still held for the claimant.
    """
    if message.kind in OF_APPOINTMENTS:
        after = [one for one in others if one.kind in OF_APPOINTMENTS and one.version > message.version]
        later = [one for one in after if one.waits]
        if any(one.not_before <= at for one in later) or any(one.status in (SENT, TOLD) for one in after):
            return Verdict(drop="superseded")
        if later:
            return Verdict(until=min(one.not_before for one in later))  # it can still be undone
    wrong = _untrue(message, entry, now, offered=offered)
    if wrong is not None:
        return Verdict(drop=wrong)
    heard = any(one.status in (SENT, TOLD) and one.kind in (CONFIRMATION, CHANGE) for one in others)
    if message.kind == CHANGE and not heard:
        return Verdict(CONFIRMATION)
    if message.kind == CANCELLATION and entry.reason == "entered_in_error" and not heard:
        return Verdict(drop="never_told")
    return Verdict(message.kind)


_ENDED = {"cancelled": "cancelled", "unplaced": "no_time", "undone": "undone", "released": "undone", "moved": "undone"}


def _untrue(message: Message, entry: EntryState, now: datetime, *, offered: bool) -> str | None:
    """Return the code of why a message is not true any more, or None."""
    past = "past" if starts_at(entry) <= now else None
    if message.kind == NOTE:
        return None if ends_at(entry) > now else "past"
    if message.kind == CANCELLATION:
        return past if entry.status == "cancelled" else "undone"
    if message.kind == DISPLACED:
        return past if entry.status == "unplaced" else "placed"
    if message.kind == MISSED:
        return None if entry.status == "dna" else "came"
    if entry.status not in ("booked", "late"):
        return _ENDED.get(entry.status, "past")
    if message.kind == SOONER and past is None:
        return None if offered else "offer_over"
    if message.kind == REMINDER and message.day != entry.day.isoformat():
        return "moved"
    return past


@dataclass(frozen=True, slots=True)
class Rules:
    """How many days before an appointment its claimant is reminded, by type code; `usual` where a type has no rule."""

    usual: tuple[int, ...] = (2, 0)
    by_type: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def of(self, code: str | None) -> tuple[int, ...]:
        """Return the rule of a type, days before in descending order; empty where it has no reminders."""
        return dict(self.by_type).get(code or "", self.usual)

    @property
    def furthest(self) -> int:
        """Return the greatest number of days before."""
        return max((day for rule in (self.usual, *(one for _code, one in self.by_type)) for day in rule), default=0)

    def __str__(self) -> str:
        """Return the rules as they are written in the site's settings."""
        parts = [_rule_text(self.usual), *(f"{code}={_rule_text(days)}" for code, days in self.by_type)]
        return "; ".join(parts)


MOST_DAYS_BEFORE: Final = 30
_NO_REMINDER: Final = "none"


def _rule_text(days: tuple[int, ...]) -> str:
    return ",".join(map(str, days)) or _NO_REMINDER


class BadRules(ValueError):
    """Rules that cannot be read; the message is a sentence."""


def read_rules(text: str) -> Rules:
    """Return the rules of a text such as "2,0; WSR-F2F=0; FE-F2F=none"; BadRules for one that is none.

    The first part without a type is the rule of all others; days count back from the appointment, 0 is its own day.
    """
    usual: tuple[int, ...] = Rules().usual
    by_type: dict[str, tuple[int, ...]] = {}
    for part in filter(None, (one.strip() for one in text.split(";"))):
        code, equals, days = part.rpartition("=")
        if equals:
            by_type[code.strip().upper()] = _read_days(days)
        else:
            usual = _read_days(part)
    return Rules(usual, tuple(sorted(by_type.items())))


def _read_days(text: str) -> tuple[int, ...]:
    words = [word.strip() for word in text.split(",")]
    if words == [_NO_REMINDER]:
        return ()
    for word in words:
        if not (word.isascii() and word.isdigit() and len(word) < 3 and int(word) <= MOST_DAYS_BEFORE):
            raise BadRules(
                f"{text.strip()[:20]!r} are no days before: say whole days from 0 to {MOST_DAYS_BEFORE} such as 2,0, or none."
            )
    return tuple(sorted({int(word) for word in words}, reverse=True))


def reminder_due(rule: tuple[int, ...], day: date, start: datetime, made: date, now: datetime) -> int | None:
    """Return which reminder of an appointment is due now, as days before, or None.

    It is the latest whose day has come. Whoever booked on that day or later has just heard of it and is not reminded, nor is
    anybody within the hour before the start.
    """
    come = [before for before in rule if day - timedelta(days=before) <= now.date()]
    if not come or start - now < timedelta(hours=1):
        return None
    before = min(come)
    return before if made < day - timedelta(days=before) else None
