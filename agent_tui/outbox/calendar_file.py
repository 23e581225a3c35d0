"""Calendar files (ICS, RFC 5545): a diary's appointments written, and another system's events read as appointments."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.import_rows import LONGEST_REFERENCE, AppointmentRow
from agent_tui.domain.import_text import FIRST_YEAR, LAST_YEAR, broken_off, unknown
from agent_tui.domain.requests import EntryState
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock_of_minute
from agent_tui.domain.type_files import FileProblem

MOST_REPEATS = 1_000
"""How many times one event may repeat within the horizon, and how many starts of a rule are looked at outside it."""
LOOKED_AT = 50_000
LONGEST_NOTE = 1_000
LONGEST_UID = LONGEST_REFERENCE - len("/20261125T0900")
_BEGIN = re.compile(r"^BEGIN:VEVENT[ \t\r]*$", re.MULTILINE | re.IGNORECASE)
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a calendar is read: the site's zone and types, the diary and type that its events are for, and the horizon."""

    zone: str
    types: Collection[str]
    diary: str
    type: str | None
    first_day: date
    last_day: date


@dataclass
class Outside:
    """What a calendar has outside the horizon and is not read: events with no repeat inside it, and repeats of others before
    it; `endless` are events whose repeats go on after it."""

    events: int = 0
    repeats: int = 0
    endless: int = 0


@dataclass
class CalendarRead:
    """The appointments of a calendar, and what lies outside the horizon."""

    rows: list[AppointmentRow] = field(default_factory=list)
    outside: Outside = field(default_factory=Outside)


class _Unfit(Exception):
    """An event that cannot be an appointment; the property where there is one, and the sentence."""

    def __init__(self, field: str | None, text: str) -> None:
        super().__init__(text)
        self.field = field
        self.text = text


def read_calendar(text: str, how: Reading, problems: list[FileProblem]) -> CalendarRead:
    """Return the appointments of a calendar's events, repeats within the horizon each by itself; the rest become problems.

    Times with a zone are put into the site's wall time, each repeat by itself, so that 10:00 stays 10:00 over a change of
    the clocks; one that a change of the clocks skips or repeats is refused by itself. The reference is the UID, and of a
    repeat the UID and its start. Repeats outside the horizon are counted.
    """
    from icalendar import Calendar

    broken = broken_off(text)
    if broken is not None:
        problems.append(broken)
        return CalendarRead()
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError) as error:
        problems.append(FileProblem(1, None, f"This is no calendar: {clean(str(error), limit=120)}."))
        return CalendarRead()
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if not events and not any(one.get("PRODID") for one in calendars):
        problems.append(FileProblem(1, None, "The calendar has no events."))
        return CalendarRead()
    lines = [text.count("\n", 0, match.start()) + 1 for match in _BEGIN.finditer(text)] + [1] * len(events)
    reader = _Reader(how, problems)
    reader.note_exceptions(events)
    seen: dict[str, int] = {}
    found = CalendarRead(outside=reader.outside)
    for event, line in zip(events, lines, strict=False):
        try:
            for row in reader.rows(event, line):
                first = seen.setdefault(row.reference, line)
                if first != line:
                    raise _Unfit("UID", f"This UID is in line {first} already.")
                found.rows.append(row)
        except _Unfit as unfit:
            problems.append(FileProblem(line, unfit.field, unfit.text))
    return found


class _Reader:
    def __init__(self, how: Reading, problems: list[FileProblem]) -> None:
        self.how = how
        self.problems = problems
        self.outside = Outside()
        self.endless = False
        self.site_zone = ZoneInfo(how.zone)
        self.replaced: set[tuple[str, datetime]] = set()
        self.types = {one.casefold(): one for one in how.types}

    def note_exceptions(self, events: Iterable[Any]) -> None:
        """Keep in mind which repeats an event of its own stands for."""
        for event in events:
            if event.get("RECURRENCE-ID") is not None:
                try:
                    self.replaced.add((self.uid(event), self.wall(self.moment(event, "RECURRENCE-ID"))))
                except _Unfit:
                    continue

    def uid(self, event: Any) -> str:
        uid = clean(str(event.get("UID") or ""), limit=LONGEST_REFERENCE)
        if not uid or len(uid) > LONGEST_UID:
            raise _Unfit("UID", f"An event needs a UID of at most {LONGEST_UID} characters.")
        return uid

    def moment(self, event: Any, name: str) -> datetime:
        """Return a property's date and time: with its zone, or naive where it is wall time of the site."""
        found = event.get(name)
        if found is None or isinstance(found, list):
            raise _Unfit(name, f"{name} is missing." if found is None else f"{name} is there twice.")
        try:
            value = found.dt
        except (ValueError, AttributeError):
            raise _Unfit(name, f"{name} is no date and time.") from None
        if not isinstance(value, datetime):
            raise _Unfit(
                name, "The event lasts whole days; an appointment needs a time." if isinstance(value, date) else "No time."
            )
        zone = found.params.get("TZID")
        if zone is not None and value.tzinfo is None:
            raise _Unfit(name, f"The time zone {clean(str(zone), limit=40)} is unknown.")
        return value

    def wall(self, moment: datetime) -> datetime:
        """Return a moment as naive wall time of the site."""
        try:
            return moment if moment.tzinfo is None else moment.astimezone(self.site_zone).replace(tzinfo=None)
        except OverflowError:
            raise _Unfit("DTSTART", "The event lies outside the calendar.") from None

    def rows(self, event: Any, line: int) -> Iterator[AppointmentRow]:
        """Yield the appointments of one event."""
        self.see_that_it_can_be_read(event)
        start = self.moment(event, "DTSTART")
        length = self.length(event, start)
        code, status = self.type(event), self.status(event)
        uid, single = self.uid(event), self.wall(start)
        repeated = event.get("RRULE") is not None or event.get("RDATE") is not None
        if event.get("RECURRENCE-ID") is not None:
            original = self.wall(self.moment(event, "RECURRENCE-ID"))
            inside = self.how.first_day <= single.date() <= self.how.last_day
            self.outside.repeats += not inside
            starts = [(single, f"{uid}/{original:%Y%m%dT%H%M}")] if inside and self.real(start, line) else []
        elif repeated:
            walls = [(self.wall(one), one) for one in self.repeats(event, start)]
            starts = [
                (one, f"{uid}/{one:%Y%m%dT%H%M}")
                for one, told in walls
                if (uid, one) not in self.replaced and self.real(told, line)
            ]
        else:
            starts = [(single, uid)] if self.real(start, line) else []
        for wall, reference in starts:
            tick = self.tick(wall)
            if length is not None and wall.hour * 60 + wall.minute + length > 24 * 60:
                raise _Unfit("DTEND", "The event crosses midnight, which no appointment does.")
            day, note = wall.date(), self.note(event)
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise _Unfit("DTSTART", f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}.")
            yield AppointmentRow(line, reference, code, "", self.how.diary, day, tick, length, status, note=note)

    def see_that_it_can_be_read(self, event: Any) -> None:
        """Refuse an event with a property that is not of its form: it would raise an error wherever it is looked at."""
        for name in ("DURATION", "RRULE", "RDATE", "EXDATE", "CATEGORIES"):
            said = event.get(name)
            if any(hasattr(one, "parse_error") for one in (said if isinstance(said, list) else [said])):
                what = "The rule by which the event repeats" if name == "RRULE" else name
                raise _Unfit(name, f"{what} cannot be read.")

    def real(self, moment: datetime, line: int) -> bool:
        """Return whether a moment is one in its own zone; one that a change of the clocks skips there becomes a problem."""
        if moment.tzinfo is None or moment.tzinfo == self.site_zone:
            return True  # the site's own hour is looked at with the whole length of the appointment
        again = moment.astimezone(UTC).astimezone(moment.tzinfo)
        if again.replace(tzinfo=None) == moment.replace(tzinfo=None):
            return True
        text = f"The clocks of {moment.tzinfo} skip {moment:%H:%M} on {moment:%Y-%m-%d}, so there is no such time."
        self.problems.append(FileProblem(line, "DTSTART", clean(text, limit=200)))
        return False

    def tick(self, wall: datetime) -> int:
        minute = wall.hour * 60 + wall.minute
        if minute % MINUTES_PER_TICK or wall.second:
            before = minute - minute % MINUTES_PER_TICK
            near = f"{clock_of_minute(before)} and {clock_of_minute(before + MINUTES_PER_TICK)}"
            said = clock_of_minute(minute)
            raise _Unfit("DTSTART", f"{said} is not on the five-minute grid; the nearest are {near}.")
        return minute // MINUTES_PER_TICK

    def length(self, event: Any, start: datetime) -> int | None:
        """Return an event's minutes, or None where the type's are meant."""
        if event.get("DTEND") is not None:
            took = self.wall(self.moment(event, "DTEND")) - self.wall(start)
        elif event.get("DURATION") is not None:
            took = getattr(event.get("DURATION"), "dt", timedelta(0))
        else:
            return None
        minutes, rest = divmod(took.total_seconds(), 60) if isinstance(took, timedelta) else (0, 0)
        if rest or minutes <= 0 or minutes % MINUTES_PER_TICK or minutes > 480:
            raise _Unfit("DTEND", f"The event lasts no multiple of {MINUTES_PER_TICK} minutes up to 480.")
        return int(minutes)

    def type(self, event: Any) -> str:
        """Return the first category that is a type, else the type that was given."""
        said = event.get("CATEGORIES")
        words = [
            clean(str(word), limit=30)
            for one in (said if isinstance(said, list) else [said])
            for word in getattr(one, "cats", ())
        ]
        known = next((self.types[word.casefold()] for word in words if word.casefold() in self.types), None)
        if known or self.how.type:
            return known or str(self.how.type)
        if not words:
            raise _Unfit("CATEGORIES", "The event has no category that names a type; say --type CODE for all of them.")
        raise _Unfit("CATEGORIES", unknown("type", words[0], self.how.types))

    def status(self, event: Any) -> str:
        return "cancelled" if str(event.get("STATUS") or "").upper() == "CANCELLED" else "booked"

    def note(self, event: Any) -> str:
        """Return what the calendar says in its own words: kept as a note, which can be erased."""
        words = [str(event.get(name) or "") for name in ("SUMMARY", "DESCRIPTION")]
        return clean_lines("\n".join(word for word in words if word), limit=LONGEST_NOTE)

    def repeats(self, event: Any, start: datetime) -> list[datetime]:
        """Return the starts of a repeated event within the horizon, in the event's own wall time, exceptions left out."""
        gone = {self.wall(one) for one in self.listed(event, "EXDATE", start)}
        found, self.endless = {start, *self.listed(event, "RDATE", start)}, False
        if event.get("RRULE") is not None:
            found.update(self.of_rule(event.get("RRULE"), start))
        inside = [one for one in found if self.how.first_day <= self.wall(one).date() <= self.how.last_day]
        if inside:
            self.outside.repeats += len(found) - len(inside)
            self.outside.endless += self.endless
        else:
            self.outside.events += 1
        kept = sorted((one for one in inside if self.wall(one) not in gone), key=self.wall)
        if len(kept) > MOST_REPEATS:
            raise _Unfit("RRULE", f"The event repeats more than {MOST_REPEATS} times.")
        return kept

    def listed(self, event: Any, name: str, start: datetime) -> list[datetime]:
        said = event.get(name)
        lists = [] if said is None else said if isinstance(said, list) else [said]
        out = []
        for one in (value.dt for part in lists for value in getattr(part, "dts", ())):
            if isinstance(one, datetime):
                out.append(one)
            elif isinstance(one, date):
                out.append(datetime.combine(one, time(start.hour, start.minute), start.tzinfo))
        return out

    def of_rule(self, rule: Any, start: datetime) -> Iterator[datetime]:
        """Yield the starts of a rule up to the end of the horizon, each with the event's zone put on anew."""
        from dateutil.rrule import rrulestr

        if isinstance(rule, list) or not set(rule.get("FREQ", [])) <= set(_FREQUENCIES) or not rule.get("FREQ"):
            raise _Unfit("RRULE", f"An event repeats {', '.join(_FREQUENCIES).lower()}, by one rule.")
        parts = {name: value for name, value in rule.items() if name not in ("COUNT", "UNTIL")}
        end = last = datetime.combine(self.how.last_day + timedelta(days=1), time.max)
        until = (rule.get("UNTIL") or [None])[0]
        if isinstance(until, datetime):
            local = until.astimezone(start.tzinfo or self.site_zone).replace(tzinfo=None) if until.tzinfo else until
            end = min(end, local)
        elif isinstance(until, date):
            end = min(end, datetime.combine(until, time.max))
        try:
            text = type(rule)(parts).to_ical().decode()
            made = rrulestr(f"{text};UNTIL={end:%Y%m%dT%H%M%S}", dtstart=start.replace(tzinfo=None))
            count, looked = min(int((rule.get("COUNT") or [LOOKED_AT + 1])[0]), LOOKED_AT + 1), 0
            for looked, wall in enumerate(islice(made, count), start=1):
                if looked > LOOKED_AT:
                    raise _Unfit("RRULE", "The event repeats too often.")
                yield wall.replace(tzinfo=start.tzinfo)
            self.endless = end >= last and looked < count
        except (ValueError, TypeError, OverflowError):
            raise _Unfit("RRULE", "The rule by which the event repeats cannot be read.") from None


def write_calendar(name: str, entries: Iterable[EntryState], zone: str, at: datetime) -> bytes:
    """Return a diary's appointments as a calendar: type and opaque id of the claimant, never a name.

    `at` is when it is written, UTC; times are wall time with the site's zone.
    """
    from icalendar import Calendar, Event

    place = ZoneInfo(zone)
    calendar = Calendar()
    calendar.add("PRODID", "-//agent_tui//booking desk//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("X-WR-CALNAME", clean(name))
    for entry in entries:
        midnight = datetime.combine(entry.day, time(0))
        start, end = (midnight + timedelta(minutes=tick * MINUTES_PER_TICK) for tick in (entry.start, entry.end))
        event = Event()
        event.add("UID", entry.id)
        event.add("DTSTAMP", at.replace(tzinfo=UTC))
        event.add("DTSTART", start.replace(tzinfo=place))
        event.add("DTEND", end.replace(tzinfo=place))
        event.add("SUMMARY", clean(" ".join(word for word in (entry.type, entry.client) if word)))
        event.add("CATEGORIES", [clean(entry.type or entry.kind)])
        event.add("STATUS", "CANCELLED" if entry.status == "cancelled" else "CONFIRMED")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
