"""Messages to claimants, coaches and the service desk: kinds, channels, what is handed to a sender and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

CONFIRMATION, CHANGE, CANCELLATION, REMINDER = "confirmation", "change", "cancellation", "reminder"
MISSED, DISPLACED, SOONER = "missed", "displaced", "sooner"
TO_CLAIMANTS: Final = (CONFIRMATION, CHANGE, CANCELLATION, REMINDER, MISSED, DISPLACED, SOONER)
"""Kinds of message to a claimant: `missed` after they did not attend, `displaced` while their appointment has no time."""
TICKET, NOTE = "ticket", "coach_note"
KINDS: Final = (*TO_CLAIMANTS, TICKET, NOTE)

SMS, EMAIL, LETTER, PHONE = "sms", "email", "letter", "phone"
PREFERENCES: Final = (SMS, EMAIL, LETTER, PHONE)
"""What a claimant can prefer; what is told by phone is told by a person, and nothing is sent."""
SERVICE_DESK, COACH = "ticket", "coach"
SENT_BY: Final = (SMS, EMAIL, LETTER, SERVICE_DESK, COACH)
"""Channels by which a sender delivers."""
CHANNELS: Final = (*PREFERENCES, SERVICE_DESK, COACH)

QUEUED, ASKING, SENT, TOLD, FAILED, DROPPED = "queued", "asking", "sent", "told", "failed", "dropped"
STATUSES: Final = (QUEUED, ASKING, SENT, TOLD, FAILED, DROPPED)
"""`asking`: nobody has said by which channel; `failed`: a dead letter, which a person can send again."""
WAITING: Final = (QUEUED, ASKING)
UNTOLD: Final = (QUEUED, ASKING, FAILED)


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """An appointment as an entry of a calendar: `start` and `end` are ticks of wall time in `zone`; `cancel` takes it away."""

    uid: str
    sequence: int
    cancel: bool
    day: date
    start: int
    end: int
    zone: str
    summary: str
    location: str
    description: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as a sender gets it.

    `reference` names no person and is the same at each attempt; `to` is a number in E.164 form, an e-mail address or the
    lines of an address. `attempt` counts from 1; above 1 a sender first asks the provider whether it knows the reference.
    """

    reference: str
    kind: str
    channel: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    calendar: CalendarPart | None = field(default=None, repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Delivered:
    """The provider has taken a message; `already` says that it had it from an earlier attempt."""

    provider_id: str | None = None
    already: bool = False


@dataclass(frozen=True, slots=True)
class Undelivered:
    """The provider has not taken a message: a code, a sentence with nothing personal in it, and whether to try again.

    `after` is the number of seconds that the provider asks to wait, None where it names none.
    """

    code: str
    text: str
    again: bool
    after: int | None = None


Outcome = Delivered | Undelivered
