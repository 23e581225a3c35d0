"""Calendar files (ICS, RFC 5545) of requests: the invitations that claimants send, as the cells of a request each."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.import_text import Row, broken_off
from agent_tui.domain.request_files import NEEDED, OPTIONAL
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock_of_minute
from agent_tui.domain.type_files import FileProblem

_BEGIN = re.compile(r"^BEGIN:VEVENT[ \t\r]*$", re.MULTILINE | re.IGNORECASE)
_URGENT, _HIGH = 1, 4
"""RFC 5545 PRIORITY: 1 is the highest, up to 4 is high; 0 and from 5 on a request is standard."""


class _Unfit(Exception):
    def __init__(self, field: str | None, text: str) -> None:
        super().__init__(text)
        self.field = field
        self.text = text


def calendar_rows(text: str, zone: str, problems: list[FileProblem]) -> Iterator[Row]:
    """Yield the cells of each event of a calendar: UID, DTSTAMP, CATEGORIES (the type), ORGANIZER, DTSTART to DTEND, PRIORITY.

    The organizer is the claimant, who sent it by e-mail; without one the SUMMARY is the name. DTSTART to DTEND is the part of
    the day that suits, whole days are days that suit. A repeated event asks for its first time. The DESCRIPTION is the note.
    """
    from icalendar import Calendar

    broken = broken_off(text)
    if broken is not None:
        problems.append(broken)
        return
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError) as error:
        problems.append(FileProblem(1, None, f"This is no calendar: {clean(str(error), limit=120)}."))
        return
    if not events:
        problems.append(FileProblem(1, None, "The calendar has no events."))
        return
    lines = [text.count("\n", 0, match.start()) + 1 for match in _BEGIN.finditer(text)] + [1] * len(events)
    for event, line in zip(events, lines, strict=False):
        try:
            cells = dict.fromkeys((*NEEDED, *OPTIONAL), "") | _cells(event, ZoneInfo(zone))
        except _Unfit as unfit:
            problems.append(FileProblem(line, unfit.field, unfit.text))
            continue
        yield Row(line, cells)


def _cells(event: Any, zone: ZoneInfo) -> dict[str, str]:
    said = event.get("CATEGORIES")
    words = [str(word) for one in (said if isinstance(said, list) else [said]) for word in getattr(one, "cats", ())]
    sender = event.get("ORGANIZER")
    sender = sender[0] if isinstance(sender, list) and sender else sender
    address = "" if sender is None else re.sub(r"^mailto:", "", str(sender), flags=re.IGNORECASE)
    called = "" if sender is None else str(getattr(sender, "params", {}).get("CN", ""))
    cells = {
        "reference": _text(event, "UID", 101),
        "type": clean(words[0], limit=60) if words else "",
        "name": clean(called, limit=100) or _text(event, "SUMMARY", 100),
        "email": clean(address, limit=200),
        "contact": "email",
        "priority": _priority(event),
        "received": _received(event),
        "note": clean_lines(str(event.get("DESCRIPTION") or ""), limit=4_000),
    }
    return cells | _when(event, zone)


def _text(event: Any, name: str, limit: int) -> str:
    return clean(str(event.get(name) or ""), limit=limit)


def _priority(event: Any) -> str:
    said = _text(event, "PRIORITY", 2)
    rank = int(said) if said.isascii() and said.isdigit() else 0
    return "urgent" if rank == _URGENT else "high" if _URGENT < rank <= _HIGH else "standard"


def _received(event: Any) -> str:
    stamp = event.get("DTSTAMP")
    try:
        value = getattr(stamp, "dt", None)
    except ValueError:
        raise _Unfit("DTSTAMP", "DTSTAMP is no date and time.") from None
    if not isinstance(value, datetime):
        return ""
    return (value if value.tzinfo is not None else value.replace(tzinfo=UTC)).isoformat(timespec="seconds")


def _when(event: Any, zone: ZoneInfo) -> dict[str, str]:
    if event.get("DTSTART") is None:
        return {}
    first = _moment(event, "DTSTART", zone)
    last = _moment(event, "DTEND", zone) if event.get("DTEND") is not None else first
    if not isinstance(first, datetime):
        until = last - timedelta(days=1) if not isinstance(last, datetime) and last > first else first  # DTEND is the day after
        return {"from": first.isoformat(), "until": until.isoformat()}
    cells = {"from": first.date().isoformat(), "until": (last.date() if isinstance(last, datetime) else last).isoformat()}
    if isinstance(last, datetime) and last.date() == first.date() and last > first:
        start, end = (one.hour * 60 + one.minute for one in (first, last))
        start -= start % MINUTES_PER_TICK
        end += -end % MINUTES_PER_TICK
        cells["time"] = f"{clock_of_minute(start)}-{clock_of_minute(end)}"
    return cells


def _moment(event: Any, name: str, zone: ZoneInfo) -> datetime | date:
    """Return a property as a day or as naive wall time of the site."""
    found = event.get(name)
    if isinstance(found, list):
        raise _Unfit(name, f"{name} is there twice.")
    try:
        value = found.dt
    except (ValueError, AttributeError):
        raise _Unfit(name, f"{name} is no date and time.") from None
    if not isinstance(value, datetime):
        if isinstance(value, date):
            return value
        raise _Unfit(name, f"{name} is no date and time.")
    named = found.params.get("TZID")
    if named is not None and value.tzinfo is None:
        raise _Unfit(name, f"The time zone {clean(str(named), limit=40)} is unknown.")
    try:
        return value if value.tzinfo is None else value.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        raise _Unfit(name, f"{name} lies outside the calendar.") from None
