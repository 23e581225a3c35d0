"""Messages to claimants, coaches and the service desk: kinds, channels, what is handed to a sender and what comes back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol, runtime_checkable

from agent_tui.domain.clients import Client, phone_key

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


class Sender(Protocol):
    """What delivers by one channel; an exception is a bug, all else is an Outcome."""

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand a message to the provider once and return what came of it."""


@runtime_checkable
class Follower(Protocol):
    """A sender whose provider says later that a message it had taken did not arrive after all."""

    def undelivered(self) -> Sequence[tuple[str, str, Undelivered]]:
        """Return what did not arrive lately as reference, provider's id and why, the latest first; at most a few requests."""


Senders = Mapping[str, Sender]
"""The senders that are set up, by channel."""


@dataclass(frozen=True, slots=True)
class Message:
    """One row of the outbox: what it is about, how far it is, and how often it was tried. Instants are ms UTC.

    It is about an entry, or about a ticket by its id. `channel` None is not chosen yet; `error` is the code of what kept it
    from being delivered, or why it was dropped; `day` and `rule` are a reminder's. `client`, `on` and `start` are its entry's
    claimant, ISO day and tick as they are now.
    """

    reference: str
    kind: str
    status: str
    version: int
    entry: str | None
    ticket: str | None
    support_ticket: str | None
    rule: int | None
    day: str | None
    channel: str | None
    language: str | None
    template: str | None
    made_at: int
    not_before: int
    next_at: int
    attempts: int
    provider_id: str | None
    error: str | None
    sent_at: int | None
    told_by: str | None
    client: str | None = None
    on: str | None = None
    start: int | None = None

    @property
    def waits(self) -> bool:
        """Return whether it is still to be sent or told."""
        return self.status in WAITING

    @property
    def by_person(self) -> bool:
        """Return whether it waits for a person: to choose the channel, or to tell the claimant by phone."""
        return self.status == ASKING


def reference_of(about: str, kind: str, mark: object) -> str:
    """Return the reference of a message: what it is about, its kind, and the version or what else tells it from others."""
    return f"{about}.{kind}.{mark}"


_MOBILE = re.compile(r"07[0-9]{9}")
_ASKED_FOR = (
    (SMS, re.compile(r"\b(text|texts|sms|text message|text only)\b")),
    (EMAIL, re.compile(r"\be-?mail\b")),
    (LETTER, re.compile(r"\b(letter|large print|braille|by post)\b")),
)
_CANNOT_HEAR = re.compile(r"\b(deaf|hearing|bsl|sign language|speech)\b")
_CANNOT_SEE = re.compile(r"\b(blind|sight|visual|screen reader)\b")


def reachable(client: Client) -> tuple[str, ...]:
    """Return the channels by which a claimant can be reached at all, for whose numbers and addresses are known."""
    numbers = phone_key(client.phone)
    can_text = bool(_MOBILE.fullmatch(numbers)) or client.phone.strip().startswith("+")
    known = {SMS: can_text, EMAIL: bool(client.email), LETTER: bool(client.address.strip()), PHONE: bool(numbers)}
    return tuple(one for one in PREFERENCES if known[one])


def choose_channel(client: Client) -> str | None:
    """Return the channel by which a claimant is told, or None where somebody has to be asked.

    What the claimant prefers comes first, if it can be used. Without a preference a channel that the access needs name is
    taken, unless they also speak against it. Source: domain/facts.md section 9 (adjustments and preferred channel).
    """
    can = reachable(client)
    if client.preferred_channel:
        return client.preferred_channel if client.preferred_channel in can else None
    needs = client.access_needs.casefold()
    named = {channel for channel, words in _ASKED_FOR if words.search(needs)} - unsuited(client)
    found = [channel for channel in can if channel in named]
    return found[0] if len(found) == 1 else None


def unsuited(client: Client) -> frozenset[str]:
    """Return the channels against which a claimant's access needs speak."""
    needs = client.access_needs.casefold()
    out = {PHONE} if _CANNOT_HEAR.search(needs) else set()
    if _CANNOT_SEE.search(needs) and not re.search(r"\b(large print|braille)\b", needs):
        out.add(LETTER)
    return frozenset(out)


def address_for(client: Client, channel: str) -> str:
    """Return where a message to a claimant goes by a channel; empty where nothing is known."""
    return {SMS: client.phone, EMAIL: client.email, LETTER: client.address, PHONE: client.phone}.get(channel, "").strip()


def language_of(client: Client) -> str:
    """Return the code of the language in which a claimant is written to: "cy" for Welsh, else "en"."""
    return "cy" if re.search(r"\b(welsh|cymraeg|cy)\b", client.language.casefold()) else "en"
