"""What an agent types in the request form, read into values; the site's today is a parameter, British order of dates."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.clients import name_key
from agent_tui.domain.requests import AFTERNOON, MORNING, PRIORITIES, ClockWindow
from agent_tui.domain.ticks import MINUTES_PER_TICK, TICKS_PER_DAY, clock, clock_of_minute
from agent_tui.domain.types import CHANNELS, CONTACTS, AppointmentType
from agent_tui.domain.wall_time import MONTHS, WEEKDAYS

_LAST_YEAR = 2100
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?", re.ASCII)
_WORDED = re.compile(r"(?:[a-z]{3,9} )?(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3,9})(?: (\d{4}))?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """Why a field cannot be read, as a sentence."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Times:
    """A part of the day and the start asked for (a tick); both None for any time."""

    window: ClockWindow | None = None
    near: int | None = None


def read_day(text: str, today: date, working_day: Callable[[date], bool] | None = None) -> date | FieldProblem | None:
    """Return the day that a text names, None for an empty one; a past or impossible day is a problem.

    Understood are today, tomorrow, tue, next tue, 26 nov, 26/11, 26/11/2026, 2026-11-26, +3 (working days), in 2 weeks.
    """
    words = " ".join(text.lower().split())
    if not words:
        return None
    try:
        day = _relative(words, today, working_day or (lambda one: one.weekday() < 5)) or _dated(words, today)
    except (ValueError, OverflowError):
        day = None
    if day is None:
        return FieldProblem("Not a day: try tue, 26 nov, 26/11, +3")
    if day < today:
        return FieldProblem(f"{day.day} {MONTHS[day.month - 1][:3]} {day.year} is past")
    if day.year > _LAST_YEAR:
        return FieldProblem(f"No day after {_LAST_YEAR}")
    return day


def _relative(words: str, today: date, working_day: Callable[[date], bool]) -> date | None:
    if words in ("today", "now"):
        return today
    if words in ("tomorrow", "tom"):
        return today + timedelta(days=1)
    step = re.fullmatch(r"\+(\d{1,3})", words, re.ASCII)
    if step:
        return _working_days_on(today, int(step[1]), working_day)
    span = re.fullmatch(r"in (\d{1,2}) (day|week)s?", words, re.ASCII)
    if span:
        return today + timedelta(days=int(span[1]) * (7 if span[2] == "week" else 1))
    if words == "next week":
        return today + timedelta(days=7 - today.weekday())
    name = words.removeprefix("next ")
    for index, weekday in enumerate(WEEKDAYS):
        if len(name) >= 2 and weekday.lower().startswith(name):
            ahead = (index - today.weekday()) % 7
            if words.startswith("next "):
                return today + timedelta(days=7 - today.weekday() + index)
            return today + timedelta(days=ahead)
    return None


def _working_days_on(day: date, count: int, working_day: Callable[[date], bool]) -> date:
    left = count
    while left:
        day += timedelta(days=1)
        left -= working_day(day)
    return day


def _dated(words: str, today: date) -> date | None:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words, re.ASCII):
        return date.fromisoformat(words)
    found = _NUMBERS.fullmatch(words)
    if found:
        year = None if found[3] is None else int(found[3]) + (2000 if len(found[3]) == 2 else 0)
        return _next_of(int(found[1]), int(found[2]), year, today)
    found = _WORDED.fullmatch(words)
    if found:
        months = [index for index, name in enumerate(MONTHS, start=1) if name.lower().startswith(found[2])]
        if len(months) == 1:
            return _next_of(int(found[1]), months[0], None if found[3] is None else int(found[3]), today)
    return None


def _next_of(day: int, month: int, year: int | None, today: date) -> date:
    if year is not None:
        return date(year, month, day)
    this_year = date(today.year, month, day)
    # In December "5 jan" is next year's; in June "5 may" is a slip that should be told.
    return this_year if this_year >= today or (today - this_year).days < 180 else date(today.year + 1, month, day)


def read_time(text: str) -> Times | FieldProblem:
    """Return the part of the day that a text names: morning, pm, near 10:00, 10, 2pm, 9-11, after 2, before 11."""
    words = " ".join(text.lower().split())
    if words in ("", "any", "any time"):
        return Times()
    if words in ("am", "morning", "mornings"):
        return Times(MORNING)
    if words in ("pm", "afternoon", "afternoons"):
        return Times(AFTERNOON)
    half, comma, rest = words.partition(",")
    if comma and half in ("am", "pm", "morning", "afternoon"):
        near = read_time(rest)
        first = read_time(half)
        if isinstance(near, Times) and isinstance(first, Times):
            return Times(first.window, near.near)
    for word in ("after", "from", "before", "until"):
        if words.startswith(word + " "):
            tick = _tick(words.removeprefix(word + " "))
            if isinstance(tick, FieldProblem):
                return tick
            later = word in ("after", "from")
            window = ClockWindow(tick, TICKS_PER_DAY, False) if later else ClockWindow(0, tick, True)
            return Times(window) if window.start < window.end else FieldProblem("Nothing is before midnight")
    first_words, dash, last_words = words.partition("-")
    if dash:
        return _range(first_words.strip(), last_words.strip())
    near_tick = _tick(words.removeprefix("near ").removeprefix("about ").removeprefix("at "))
    return near_tick if isinstance(near_tick, FieldProblem) else Times(None, near_tick)


def _range(first: str, last: str) -> Times | FieldProblem:
    start, end = _tick(first), _tick(last)
    for tick in (start, end):
        if isinstance(tick, FieldProblem):
            return tick
    assert isinstance(start, int)
    assert isinstance(end, int)
    if end <= start:
        return FieldProblem("The range does not end after it starts")
    return Times(ClockWindow(start, end, True))


def _tick(text: str) -> int | FieldProblem:
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        return FieldProblem("Not a time: try am, 10:00, 9-11, after 2")
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3] and not 1 <= hour <= 12:
        return FieldProblem(f"{hour}{found[3]} is no time of day")
    if found[3]:
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    elif found[2] is None and 1 <= hour <= 6:
        hour += 12  # nobody means two in the night
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return FieldProblem(f"{hour}:{minute:02d} is no time of day")
    if minute % MINUTES_PER_TICK:
        before = minute - minute % MINUTES_PER_TICK + hour * 60
        return FieldProblem(f"Five-minute times: {clock_of_minute(before)} or {clock_of_minute(before + MINUTES_PER_TICK)}")
    return (hour * 60 + minute) // MINUTES_PER_TICK


def read_choice(text: str, choices: Sequence[str], default: str) -> str | FieldProblem:
    """Return the choice that a text begins, the default for an empty one."""
    words = text.strip().lower()
    if not words:
        return default
    found = [choice for choice in choices if choice.startswith(words)]
    if words in choices or len(found) == 1:
        return words if words in choices else found[0]
    return FieldProblem(f"One of {', '.join(choices)}")


def read_contact(text: str) -> str | FieldProblem:
    """Return how the request came; phone for an empty text."""
    return read_choice(text, CONTACTS, "phone")


def read_priority(text: str) -> str | FieldProblem:
    """Return a priority; standard for an empty text."""
    return read_choice(text, PRIORITIES, "standard")


def read_channel(text: str) -> str | FieldProblem | None:
    """Return a channel, None for any."""
    found = read_choice(text, ("any", *CHANNELS), "any")
    return None if found == "any" else found


def read_needs(text: str, known: Iterable[str]) -> tuple[str, ...] | FieldProblem:
    """Return needs from a list with commas; an unknown one is told with what there is."""
    choices = sorted(known)
    out = []
    for part in text.lower().split(","):
        word = part.strip()
        found = [need for need in choices if need.startswith(word)]
        if word and word not in choices and len(found) != 1:
            return FieldProblem(f"Needs: {', '.join(choices) or 'none here'}")
        if word:
            out.append(word if word in choices else found[0])
    return tuple(dict.fromkeys(out))


def match_types(query: str, types: Iterable[AppointmentType], day: date) -> list[AppointmentType]:
    """Return the types that a query names by any words, word beginnings, code or minutes, best first."""
    words = name_key(query.replace("-", " ")).split()
    ranked = []
    for kind in types:
        code = name_key(kind.code.replace("-", " "))
        known = [*code.split(), *name_key(kind.name.replace("-", " ")).split(), str(kind.minutes_on(day) or ""), kind.channel]
        if all(any(have.startswith(word) for have in known) for word in words):
            first = bool(words) and code.split()[0] == words[0]
            exact = sum(word in known for word in words)
            ranked.append((-first, -exact, kind.booked_by == "block", kind.name, kind.code, kind))
    ranked.sort(key=lambda one: one[:5])
    return [one[5] for one in ranked]


def match_names(query: str, choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (code, name) pairs that a query names by code or by the beginnings of words of the name, in order."""
    words = name_key(query).split()
    out = []
    for code, name in choices:
        known = [name_key(code), *name_key(name).split()]
        if all(any(have.startswith(word) for have in known) for word in words):
            out.append((code, name))
    return out


def shown_day(day: date) -> str:
    """Return a day as the form shows it back, "Thu 26 Nov"."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def shown_times(times: Times) -> str:
    """Return a part of the day as the form shows it back, "morning, near 10:00"."""
    window = times.window
    parts = []
    if window == MORNING:
        parts.append("morning")
    elif window == AFTERNOON:
        parts.append("afternoon")
    elif window is not None and not window.whole:
        parts.append(f"from {clock(window.start)}")
    elif window is not None:
        parts.append(f"{clock(window.start)} to {clock(window.end)}")
    if times.near is not None:
        parts.append(f"near {clock(times.near)}")
    return ", ".join(parts) or "any time"


def one_line(text: str, limit: int) -> str:
    """Return typed or pasted text as a field takes it: one line, nothing that steers a terminal, at most `limit` characters."""
    return clean_for_display(text[:limit])
