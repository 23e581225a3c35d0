"""A message made of what the store says now: to whom it goes, its words from the site's templates, its part for a calendar."""

from dataclasses import dataclass

from agent_tui.domain.cleaning import clean
from agent_tui.domain.clients import Client
from agent_tui.domain.govuk_words import ENGLISH
from agent_tui.domain.message_fields import fields_of, for_sender, ticket_fields
from agent_tui.domain.message_library import Library, pick
from agent_tui.domain.message_templates import Template
from agent_tui.domain.message_words import FieldMissing, Words, render, too_long
from agent_tui.domain.messages import (
    CANCELLATION,
    CHANGE,
    CONFIRMATION,
    EMAIL,
    LETTER,
    NOTE,
    PHONE,
    SOONER,
    TICKET,
    CalendarPart,
    Message,
    Outgoing,
    address_for,
)
from agent_tui.domain.requests import EntryState
from agent_tui.domain.wall_time import short_date_of
from agent_tui.services.contact_details import deliverable
from agent_tui.services.desk import Desk
from agent_tui.services.message_words import facts_of
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import messages as message_queries
from agent_tui.store.queries import support as support_queries
from agent_tui.store.queries import tickets as ticket_queries
from agent_tui.store.queries import waiting as waiting_queries
from agent_tui.store.unit_of_work import Unit

_IN_CALENDAR = (CONFIRMATION, CHANGE, CANCELLATION)
_WHAT = {"booked": "has a new appointment", "cancelled": "has a cancelled appointment", "unplaced": "has lost an appointment"}


class Unwritten(Exception):
    """A message that cannot be made now; the text is a sentence without personal data, `of_claimant` if theirs is missing."""

    def __init__(self, code: str, text: str, *, of_claimant: bool = False) -> None:
        super().__init__(text)
        self.code = code
        self.of_claimant = of_claimant


def offered_to(unit: Unit, site: str, message: Message) -> EntryState | None:
    """Return the hold of the earlier time that a message offers, while it is still offered, or None."""
    place = None if message.entry is None else waiting_queries.get(unit, site, message.entry)
    if place is None or place.hold is None or not message.reference.endswith(f".{SOONER}.{place.hold[:8]}"):
        return None
    hold = entry_queries.get(unit, site, place.hold)
    lapsed = hold is None or hold.status != "held" or (hold.expires_at or 0) <= unit.clock_ms()
    return None if lapsed else hold


@dataclass(frozen=True, slots=True)
class Composer:
    """What makes messages of the site's templates."""

    library: Library

    def compose(self, desk: Desk, unit: Unit, message: Message, entry: EntryState | None) -> tuple[Outgoing, str]:
        """Return a message whose channel and language are chosen as it goes out now, and the version of its template.

        Raises Unwritten where a number, an address or a template is missing, or what it is about.
        """
        if self.library.problems:
            raise Unwritten("templates", f"The templates cannot be used: {self.library.problems[0]}")
        if message.kind == TICKET:
            return self._ticket(desk, unit, message)
        if entry is None:
            raise Unwritten("gone", "What the message is about is not in the store.")
        return self._about_entry(desk, unit, message, entry)

    def _about_entry(self, desk: Desk, unit: Unit, message: Message, entry: EntryState) -> tuple[Outgoing, str]:
        client = None if entry.client is None else message_queries.client_of(unit, desk.site, entry.client)
        to = self._to(desk, unit, message, entry, client)
        told_of = entry
        if message.kind == SOONER:
            hold = offered_to(unit, desk.site, message)
            if hold is None:
                raise Unwritten("gone", "The earlier time is no longer offered.")
            told_of = hold
        what = _what(entry) if message.kind == NOTE else ""
        facts = facts_of(unit, desk, told_of, client, message.kind, what=what)
        template = self._template(desk, message)
        fields = fields_of(facts, self.library.called, template.language)
        words = _rendered(template, fields)
        calendar = None
        if message.channel == EMAIL and message.kind in _IN_CALENDAR:
            calendar = _calendar(desk, unit, entry, fields, cancel=message.kind == CANCELLATION)
        sent = for_sender(template.kind, template.language, fields)
        return _outgoing(message, to, words, sent, calendar), template.version

    def _template(self, desk: Desk, message: Message) -> Template:
        channel = message.channel or PHONE
        found = pick(self.library, message.kind, channel, message.language or ENGLISH, desk.now.date())
        if found is None:
            raise Unwritten("templates", f"No template for a {message.kind} by {channel} is in force.")
        return found

    def _to(self, desk: Desk, unit: Unit, message: Message, entry: EntryState, client: Client | None) -> str:
        if message.kind == NOTE:
            diary = message.reference.rpartition(".")[2]
            coach = message_queries.coach_of(unit, desk.site, diary)
            if coach is None:
                raise Unwritten("no_address", "The coach has no e-mail address in the list of staff.")
            return coach[1]
        if client is None:
            raise Unwritten("gone", "The appointment has no claimant.")
        to = deliverable(message.channel or PHONE, address_for(client, message.channel or PHONE))
        if not to:
            raise Unwritten("no_address", f"No number or address for {message.channel} is known.", of_claimant=True)
        return f"{client.name}\n{to}" if message.channel == LETTER else to

    def _ticket(self, desk: Desk, unit: Unit, message: Message) -> tuple[Outgoing, str]:
        title, said, made_by = _ticket_words(unit, desk.site, message)
        staff = catalogue_queries.staff_names(unit, desk.site)
        site = desk.catalogue(unit).site
        reference = message.ticket or message.support_ticket or ""
        maker = staff.get(made_by, made_by)
        fields = ticket_fields(site, desk.now.date(), title=title, words=said, made_by=maker, reference=reference)
        template = self._template(desk, message)
        sent = for_sender(template.kind, template.language, fields)
        return _outgoing(message, "", _rendered(template, fields), sent, None), template.version


def _ticket_words(unit: Unit, site: str, message: Message) -> tuple[str, str, str]:
    """Return the title, the words and the maker of a ticket; of a work coach's details only what the request needs."""
    if message.support_ticket is not None:
        one = support_queries.ticket(unit, site, message.support_ticket)
        if one is None:
            raise Unwritten("gone", "The ticket is not in the store.")
        return f"Booking desk {site}: {one.about}", one.words, one.made_by
    ticket = ticket_queries.get(unit, site, message.ticket or "")
    if ticket is None:
        raise Unwritten("gone", "The ticket is not in the store.")
    lines = [f"{name.replace('_', ' ')}: {short_date_of(value)}" for name, value in ticket.fields.items() if value]
    return f"Booking desk {site}: {ticket.kind.replace('_', ' ')}", "\n".join(lines), ticket.made_by


def _rendered(template: Template, fields: dict[str, str]) -> Words:
    try:
        words = render(template, fields)
    except FieldMissing as missing:
        raise Unwritten("templates", f"{template.file}: {missing}") from None
    long = too_long(words)
    if long is not None:
        raise Unwritten("too_long", f"{template.file}: {long}")
    return words


def _what(entry: EntryState) -> str:
    return _WHAT.get(entry.status, "has a changed appointment")


def _calendar(desk: Desk, unit: Unit, entry: EntryState, fields: dict[str, str], *, cancel: bool) -> CalendarPart:
    """Return an appointment as an entry of the claimant's calendar; the same one at each change, by its id and version."""
    site = desk.catalogue(unit).site
    name = fields["appointment"]
    where = ", ".join(dict.fromkeys(one for one in (site.name, site.place) if one)) if fields["place"] else ""
    how = "We will phone you." if fields["phone"] else ""
    change = f"To change or cancel it, phone {site.phone}." if site.phone else ""
    return CalendarPart(
        uid=entry.id,
        sequence=entry.version,
        cancel=cancel,
        day=entry.day,
        start=entry.start,
        end=entry.end,
        zone=site.zone,
        summary=clean(name[:1].upper() + name[1:], limit=120),
        location=clean(where, limit=200),
        description=" ".join(one for one in (how, change) if one),
    )


def _outgoing(message: Message, to: str, words: Words, fields: dict[str, str], calendar: CalendarPart | None) -> Outgoing:
    return Outgoing(
        reference=message.reference,
        kind=message.kind,
        channel=message.channel or PHONE,
        to=to,
        subject=words.subject,
        body=words.body,
        html=words.html,
        calendar=calendar,
        fields=fields,
    )
