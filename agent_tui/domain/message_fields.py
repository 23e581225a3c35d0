"""What a message can say: the fields that a template may name for each kind, and their values for an appointment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from agent_tui.domain import messages
from agent_tui.domain.clients import phone_key
from agent_tui.domain.govuk_words import (
    ENGLISH,
    WELSH,
    date_words,
    day_words,
    length_words,
    letter_date,
    time_words,
    when_words,
)
from agent_tui.domain.requests import EntryState
from agent_tui.domain.sentences import UNNAMED_GROUPS
from agent_tui.domain.site import Site
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.domain.types import AppointmentType

FORM: Final = "form"
"""The kind of the appointment-details form, which is printed and never sent."""
PAPER: Final = "paper"
"""The channel of what is only printed."""
DAYS_TO_ANSWER: Final = 7
"""Days in which somebody who was missed can give a reason (data/types.csv, FTA-PH)."""
RELAY: Final = "18001"
"""What is dialled before a number to have Relay UK on the line."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message: how it may go out, the fields that it may name, and those of which it must name one of each group."""

    channels: tuple[str, ...]
    fields: frozenset[str]
    must: tuple[tuple[str, ...], ...]


_OFFICE = ("office", "office address", "office phone", "relay", "today")
_CLAIMANT = (*_OFFICE, "name", "reference")
_LOST = ("appointment", "day", "date", "start", "end")
_MEETING = (*_LOST, "length", "place", "phone", "video", "bring", "have ready", "coach")
_FORM = (
    *("asked on", "asked by", "taken by", "name", "client", "national reference", "phone number", "email", "address", "language"),
    *("preferred channel", "access needs", "type", "type code", "length", "meeting", "priority", "why priority", "needs"),
    *("wanted", "date", "start", "end", "coach", "diary", "resources", "reference", "status", "told", "told by", "notes"),
    *("flags", "office", "office phone", "today"),
)
FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "the claimant's name",
        "reference": "the appointment's id",
        "appointment": "what the appointment may be called: never a name that reveals a condition, a household or a prison past",
        "day": "the day in a sentence: Tuesday 14 June",
        "date": "the day by itself: Tuesday 14 June 2026",
        "start": "the time it begins: 2:30pm",
        "end": "the time it ends: 3:20pm",
        "length": "how long it takes: 50 minutes",
        "place": "the office's address; empty unless it is face to face",
        "phone": "the number on which the claimant is phoned: number ending 123; empty unless it is by phone",
        "video": "not empty if it is by video",
        "bring": "what to bring; empty unless it is face to face",
        "have ready": "what to have ready; empty where it is face to face",
        "coach": "the work coach's name",
        "old day": "the day it was on before",
        "old date": "the same by itself",
        "old start": "the time it began before",
        "when": "today, tomorrow, or on Tuesday 14 June, seen from the day on which it is sent",
        "why": "why it was cancelled, in words that name nobody",
        "reply by": "the last day to give a reason for not coming",
        "office": "the site's name",
        "office address": "its address",
        "office phone": "its phone number",
        "relay": "the digits to dial for Relay UK, the office's number with them",
        "today": "the day on which it is written: 14 June 2026",
        "title": "a ticket's title",
        "words": "what a ticket asks for, in lines",
        "made by": "who made a ticket",
        "what": "what has changed in a coach's diary: has a new appointment",
        "type": "the appointment type's name, for staff",
        "client": "the claimant's opaque id, for staff",
        "meeting": "how the meeting is held, for staff",
        "asked on": "when the request was received",
        "asked by": "how the request came: phone, online, email, walk-in",
        "taken by": "who took it",
        "national reference": "the claimant's national reference",
        "phone number": "the claimant's phone number",
        "email": "the claimant's e-mail address",
        "address": "the claimant's address",
        "language": "the claimant's language",
        "preferred channel": "how the claimant wants to be written to",
        "access needs": "what the claimant needs to take part",
        "type code": "the appointment type's code",
        "priority": "standard, high or urgent",
        "why priority": "why it has priority",
        "needs": "the rooms and equipment that are needed",
        "wanted": "the days and times that were asked for",
        "diary": "the diary's code",
        "resources": "the rooms and equipment that it has",
        "status": "what has become of it",
        "told": "how and when the claimant was told",
        "told by": "who told the claimant",
        "notes": "notes",
        "flags": "conflicts that wait for a supervisor",
    }
)
"""Every field that a template can name, and what stands in its place."""
_WRITTEN: Final = (messages.SMS, messages.EMAIL, messages.LETTER, messages.PHONE)
_WHEN_AND_WHERE: Final = (("day", "date", "when"), ("start",), ("place",), ("phone",), ("video",), ("office phone",))
_WHEN: Final = (("day", "date"), ("start",), ("office phone",))
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        messages.CONFIRMATION: Kind(
            _WRITTEN, frozenset((*_CLAIMANT, *_MEETING)), (("appointment",), *_WHEN_AND_WHERE, ("bring",), ("have ready",))
        ),
        messages.CHANGE: Kind(
            _WRITTEN, frozenset((*_CLAIMANT, *_MEETING, "old day", "old date", "old start")), (("appointment",), *_WHEN_AND_WHERE)
        ),
        messages.REMINDER: Kind(_WRITTEN, frozenset((*_CLAIMANT, *_MEETING, "when")), (("appointment",), *_WHEN_AND_WHERE)),
        messages.CANCELLATION: Kind(_WRITTEN, frozenset((*_CLAIMANT, *_LOST, "why")), _WHEN),
        messages.MISSED: Kind(_WRITTEN, frozenset((*_CLAIMANT, *_LOST, "reply by")), _WHEN),
        messages.DISPLACED: Kind(_WRITTEN, frozenset((*_CLAIMANT, *_LOST)), _WHEN),
        messages.SOONER: Kind(
            _WRITTEN,
            frozenset((*_CLAIMANT, *_MEETING, "old day", "old date", "old start")),
            (("day", "date"), ("start",), ("old day", "old date"), ("office phone",)),
        ),
        messages.TICKET: Kind(
            (messages.SERVICE_DESK,),
            frozenset({"title", "words", "reference", "made by", "office", "today"}),
            (("title",), ("words",), ("reference",)),
        ),
        messages.NOTE: Kind(
            (messages.COACH,),
            frozenset((*_LOST[1:], "length", "coach", "what", "type", "client", "meeting", "reference", "office", "today")),
            (("what",), ("day", "date"), ("start",), ("reference",)),
        ),
        FORM: Kind((PAPER,), frozenset(_FORM), (("reference",), ("name",), ("type",), ("date",), ("start",))),
    }
)
"""What each kind may and must say (domain/facts.md section 8, "Contents")."""
LINES: Final = frozenset({"words", "notes", "address"})
"""Fields whose value may have several lines."""

_NAMELESS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        ENGLISH: {"f2f": "appointment at the jobcentre", "phone": "phone appointment", "video": "video appointment"},
        WELSH: {"f2f": "apwyntiad yn y Ganolfan Byd Gwaith", "phone": "apwyntiad dros y ffôn", "video": "apwyntiad fideo"},
    }
)
_WHY: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        ENGLISH: {
            "claimant": "because you asked us to",
            "office": "because of a change at our office",
            "coach_absent": "because of a change at our office",
            "room_unavailable": "because of a change at our office",
            "not_needed": "because it is not needed any more",
            "entered_in_error": "because it was made by mistake",
        },
        WELSH: {
            "claimant": "oherwydd i chi ofyn i ni wneud hynny",
            "office": "oherwydd newid yn ein swyddfa",
            "coach_absent": "oherwydd newid yn ein swyddfa",
            "room_unavailable": "oherwydd newid yn ein swyddfa",
            "not_needed": "oherwydd nad oes ei angen mwyach",
            "entered_in_error": "oherwydd iddo gael ei wneud trwy gamgymeriad",
        },
    }
)


@dataclass(frozen=True, slots=True)
class Called:
    """What types may be called in messages, and what claimants are asked to bring in other languages.

    `types` are words by type code and language; a type that is not among them has no name in a message. `bring` are words by
    their English and the language.
    """

    types: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bring: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def name(self, kind: AppointmentType | None, channel: str | None, language: str) -> str:
        """Return what an appointment is called: by its type where that is named and reveals nothing, else by its channel.

        Source: domain/facts.md section 8 ("never a type's name that reveals a condition or prison past").
        """
        nameless = _NAMELESS[language]
        if kind is not None and kind.group not in UNNAMED_GROUPS and language in self.types.get(kind.code, {}):
            return self.types[kind.code][language]
        return nameless.get(channel or "f2f", nameless["f2f"])


@dataclass(frozen=True, slots=True)
class Facts:
    """What a message tells of: an appointment as it is (or was, when it is off), whose it is, and the day on which it is sent.

    `old` is the appointment before a change or, for an earlier time that is offered, the one that the claimant has; `reason`
    the code of a cancellation, `what` the words of a note to a coach.
    """

    site: Site
    entry: EntryState
    type: AppointmentType | None
    today: date
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    coach: str = ""
    old: EntryState | None = None
    reason: str = ""
    what: str = ""


def fields_of(facts: Facts, called: Called, language: str = ENGLISH) -> dict[str, str]:
    """Return the value of every field of FIELDS that a message about an appointment can name, empty where there is nothing."""
    entry, old = facts.entry, facts.old
    minutes = (entry.end - entry.start) * MINUTES_PER_TICK
    return {
        **_office_fields(facts.site, facts.today, language),
        **_meeting_fields(facts, called, language),
        "name": facts.name,
        "address": facts.address,
        "reference": entry.id,
        "day": day_words(entry.day, language),
        "date": date_words(entry.day, language),
        "start": time_words(entry.start, language),
        "end": time_words(entry.end, language),
        "length": length_words(minutes, language),
        "coach": facts.coach,
        "old day": "" if old is None else day_words(old.day, language),
        "old date": "" if old is None else date_words(old.day, language),
        "old start": "" if old is None else time_words(old.start, language),
        "when": when_words(entry.day, facts.today, language),
        "why": _WHY[language].get(facts.reason, ""),
        "reply by": day_words(max(facts.today, entry.day) + timedelta(days=DAYS_TO_ANSWER), language),
        "what": facts.what,
        "type": "" if facts.type is None else f"{facts.type.name} ({facts.type.code})",
        "client": entry.client or "",
        "meeting": {"f2f": "face to face", "phone": "by phone", "video": "by video"}.get(entry.channel or "", ""),
    }


def ticket_fields(site: Site, today: date, *, title: str, words: str, made_by: str, reference: str) -> dict[str, str]:
    """Return the value of every field that a ticket to the service desk can name; `words` may have several lines."""
    said = {"title": title, "words": words, "made by": made_by, "reference": reference}
    return {"office": site.name, "today": letter_date(today), **said}


def for_sender(kind: str, language: str, fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that go to a provider with a message: those that its kind may name, and the language's code.

    What only staff may read, such as the type's own name, stays here (domain/facts.md section 8).
    """
    return {name: fields[name] for name in sorted(KINDS[kind].fields)} | {"language": language}


def _office_fields(site: Site, today: date, language: str) -> dict[str, str]:
    return {
        "office": site.name,
        "office address": site.place,
        "office phone": site.phone,
        "relay": f"{RELAY} {site.phone}" if site.phone else "",
        "today": letter_date(today, language),
    }


def _meeting_fields(facts: Facts, called: Called, language: str) -> dict[str, str]:
    """Return what depends on how the meeting is held."""
    channel = facts.entry.channel or ("f2f" if facts.type is None else facts.type.channel)
    bring = "" if facts.type is None else facts.type.bring
    bring = called.bring.get(bring, {}).get(language, bring)
    here = channel == "f2f"
    return {
        "appointment": called.name(facts.type, channel, language),
        "place": (facts.site.place or facts.site.name) if here else "",
        "phone": _number(facts.phone, language) if channel == "phone" else "",
        "video": "yes" if channel == "video" else "",
        "bring": bring if here else "",
        "have ready": "" if here else bring,
    }


def _number(phone: str, language: str) -> str:
    """Return how a claimant recognises the number that they gave, which is not written out: others may read the message."""
    last = phone_key(phone)[-3:]
    if language == WELSH:
        return f"rhif sy'n gorffen gyda {last}" if last else "rhif a roesoch i ni"
    return f"number ending {last}" if last else "number that you gave us"
