"""Drop-in: when claimants may come without an appointment, as it is typed, checked and told."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agent_tui.domain.site import LAST_DAY
from agent_tui.domain.ticks import TICKS_PER_DAY, clock, parse_clock, span
from agent_tui.domain.types import AppointmentType, DropIn
from agent_tui.domain.wall_time import WEEKDAYS, short_day

LEAST_WORDS, MOST_WORDS = 5, 300
"""How many characters the words to say have."""
LONGEST_HOURS = 500
TOLD = 3
DAYS_AHEAD = 14

Hours = tuple[tuple[int, int, int], ...]
"""Ranges of weekdays as (weekday, start tick, end tick), 0 is Monday."""


@dataclass(frozen=True, slots=True)
class DropInNow:
    """A drop-in as it is told: its hours and words, and the next times in words ("today until 12:00, Thu 10:00-12:00")."""

    hours: Hours
    words: str
    next: str


def parse_hours(text: str) -> Hours:
    """Return the hours of a text such as "Mon-Fri 10:00-12:00, Sat 09:30-11:00"; ValueError says what is wrong with it.

    Each part names a weekday or a range of them and then one range of times or several. Refused are ranges that are off the
    five-minute grid, end before they start or run over midnight, and two that overlap on a weekday.
    """
    if len(text) > LONGEST_HOURS:
        raise ValueError(f"The hours are longer than {LONGEST_HOURS} characters.")
    found: list[tuple[int, int, int]] = []
    for part in text.split(","):
        days, *ranges = part.split() or [""]
        if not ranges:
            raise ValueError(f"{part.strip()[:30]!r} is not of the form Mon-Fri 10:00-12:00.")
        weekdays = _weekdays(days)
        found += [(weekday, *_range(one)) for one in ranges for weekday in weekdays]
    hours = tuple(sorted(found))
    problems = hours_problems(hours)
    if problems:
        raise ValueError(problems[0])
    return hours


def _weekdays(text: str) -> range:
    first, dash, last = text.partition("-")
    begin = _weekday(first)
    end = _weekday(last) if dash else begin
    if end < begin:
        raise ValueError(f"{text[:30]} runs backwards: the week begins on Monday.")
    return range(begin, end + 1)


def _weekday(text: str) -> int:
    word = text.casefold()
    for number, name in enumerate(WEEKDAYS):
        if word in (name.casefold(), name[:3].casefold()):
            return number
    raise ValueError(f"{text[:30]!r} is no weekday; they are {', '.join(name[:3] for name in WEEKDAYS)}.")


def _range(text: str) -> tuple[int, int]:
    first, _dash, last = text.partition("-")
    start, end = parse_clock(first), parse_clock(last, end=True)
    if end <= start:
        raise ValueError(f"{text[:30]} does not end after it starts; a drop-in lies within one day.")
    return start, end


def hours_problems(hours: Sequence[tuple[int, int, int]]) -> list[str]:
    """Return what is wrong with drop-in hours as sentences; an empty list when they can be stored."""
    problems = []
    taken = [0] * len(WEEKDAYS)
    for weekday, start, end in hours:
        if not 0 <= weekday < len(WEEKDAYS) or not 0 <= start < end <= TICKS_PER_DAY:
            problems.append("A drop-in lies within one weekday and ends after it starts.")
        elif taken[weekday] & span(start, end):
            problems.append(f"The drop-in hours of {WEEKDAYS[weekday]} overlap at {clock(start)}-{clock(end)}.")
        else:
            taken[weekday] |= span(start, end)
    return problems


def words_problem(words: str) -> str | None:
    """Return what is wrong with the words that are to be said, already cleaned, or None."""
    if LEAST_WORDS <= len(words) <= MOST_WORDS:
        return None
    return f"The words to say have {LEAST_WORDS} to {MOST_WORDS} characters, not {len(words) if words else 'none'}."


def next_times(
    kind: AppointmentType, day: date, tick: int, closed: Container[date] = (), count: int = TOLD
) -> list[tuple[date, int, int]]:
    """Return the next drop-in times of a type from a tick of a day, as (day, start, end) ticks, within two weeks.

    The hours are those in force on each day; a time that has begun and not ended is one of them, a day in `closed` has none.
    """
    found: list[tuple[date, int, int]] = []
    for ahead in range(min(DAYS_AHEAD, (LAST_DAY - day).days + 1)):
        on = day + timedelta(days=ahead)
        drop_in = kind.drop_in_on(on)
        if drop_in is None or on in closed:
            continue
        for weekday, start, end in sorted(drop_in.hours):
            if weekday == on.weekday() and (ahead or end > tick):
                found.append((on, start, end))
                if len(found) == count:
                    return found
    return found


def told(times: Sequence[tuple[date, int, int]], today: date, tick: int) -> str:
    """Return drop-in times in words, "today until 12:00, Thu 10:00-12:00"; a day of a later week has its date."""
    out = []
    for day, start, end in times:
        if day == today:
            out.append(f"today until {clock(end)}" if start <= tick else f"today {clock(start)}-{clock(end)}")
            continue
        name = WEEKDAYS[day.weekday()][:3]
        when = name if (day - today).days < len(WEEKDAYS) else short_day(day, today)
        out.append(f"{when} {clock(start)}-{clock(end)}")
    return ", ".join(out)


def drop_in_now(kind: AppointmentType, day: date, today: date, tick: int, closed: Container[date] = ()) -> DropInNow | None:
    """Return the drop-in of a type that is in force on a day (today's, from a tick on), or None where there is none.

    Source: seeds/spotlight-appointment-booking.txt, "Assigning appointments" (claimants who ring may not know of it).
    """
    first = max(day, today)
    drop_in = kind.drop_in_on(first)
    if drop_in is None:
        return None
    times = next_times(kind, first, tick if first == today else 0, closed)
    return DropInNow(drop_in.hours, drop_in.words, told(times, today, tick))


def hours_text(hours: Sequence[tuple[int, int, int]]) -> str:
    """Return drop-in hours as `parse_hours` reads them, by time of day and then by weekday."""
    days_of: dict[tuple[int, int], list[int]] = {}
    for weekday, start, end in sorted(hours):
        days_of.setdefault((start, end), []).append(weekday)
    out = []
    for (start, end), days in days_of.items():
        for first, last in _runs(days):
            name = WEEKDAYS[first][:3] if first == last else f"{WEEKDAYS[first][:3]}-{WEEKDAYS[last][:3]}"
            out.append((first, start, f"{name} {clock(start)}-{clock(end)}"))
    return ", ".join(text for _first, _start, text in sorted(out))


def _runs(days: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for day in days:
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def same(one: DropIn | None, hours: Hours, words: str) -> bool:
    """Return whether a drop-in has just these hours and words; without hours, whether there is none."""
    return not hours if one is None else (one.hours, one.words) == (hours, words)
