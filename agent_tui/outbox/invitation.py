"""The calendar part of an e-mail (RFC 5545, RFC 5546): an appointment that a calendar program takes in, moves or takes away."""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.messages import CalendarPart
from agent_tui.domain.ticks import MINUTES_PER_TICK

REQUEST, CANCEL = "REQUEST", "CANCEL"
PRODUCT: Final = "-//agent_tui//booking desk//EN"
_LONGEST: Final = 2_000
_YEAR: Final = timedelta(days=366)


def method_of(part: CalendarPart) -> str:
    """Return the method of a part, which the e-mail names too."""
    return CANCEL if part.cancel else REQUEST


def write_invitation(part: CalendarPart, organizer: str, attendee: str, at: datetime) -> str:
    """Return a part as a calendar: the same UID with a higher SEQUENCE moves the entry, CANCEL takes it away.

    `organizer` and `attendee` are bare e-mail addresses, `at` is when it is written, UTC. Times are wall time of the site with
    its zone's rules beside them, so that 10:00 stays 10:00 over a change of the clocks.
    """
    from icalendar import Calendar, Event, vCalAddress

    zone = ZoneInfo(part.zone)
    midnight = datetime.combine(part.day, time(0))
    start, end = (midnight + timedelta(minutes=tick * MINUTES_PER_TICK) for tick in (part.start, part.end))
    event = Event()
    event.add("UID", part.uid)
    event.add("SEQUENCE", part.sequence)
    event.add("DTSTAMP", at.astimezone(UTC))
    event.add("DTSTART", start.replace(tzinfo=zone))
    event.add("DTEND", end.replace(tzinfo=zone))
    event.add("SUMMARY", clean(part.summary))
    for name, text in (("LOCATION", clean(part.location)), ("DESCRIPTION", clean_lines(part.description, limit=_LONGEST))):
        if text:
            event.add(name, text)
    event.add("STATUS", "CANCELLED" if part.cancel else "CONFIRMED")
    event.add("ORGANIZER", vCalAddress(f"mailto:{organizer}"))
    invited = vCalAddress(f"mailto:{attendee}")
    # Nobody reads answers at the sending address, so none is asked for.
    invited.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"})
    event.add("ATTENDEE", invited)
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method_of(part))
    calendar.add_component(event)
    calendar.add_missing_timezones(part.day - _YEAR, part.day + _YEAR)
    return bytes(calendar.to_ical()).decode()
