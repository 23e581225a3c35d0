"""What an agent types in the request form, read into values; the site's today is a parameter, British order of dates."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agent_tui.domain.clients import name_key
from agent_tui.domain.requests import AFTERNOON, MORNING, PRIORITIES, ClockWindow
from agent_tui.domain.ticks import MINUTES_PER_TICK, TICKS_PER_DAY, clock, clock_of_minute
from agent_tui.domain.types import CHANNELS, CONTACTS, AppointmentType
from agent_tui.domain.wall_time import MONTHS, WEEKDAYS, short_date, short_day

_LAST_YEAR = 2100
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?", re.ASCII)
_WORDED = re.compile(r"(?:([a-z]{2,9}),? )?(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})(?: (\d{4}))?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))? ?(am|pm)?", re.ASCII)
_RANGE = re.compile(r" ?[-\u2013\u2014] ?| to ")
_PARTS = re.compile(r" ?, ?| (?=near )")

_HALVES = {
    "am": MORNING,
    "morning": MORNING,
    "mornings": MORNING,
    "pm": AFTERNOON,
    "afternoon": AFTERNOON,
    "afternoons": AFTERNOON,
}
_SAID = {"telephone": "phone", "face to face": "f2f", "walkin": "walk-in"}
_CHANNEL_WORDS = {"f2f": ("f2f", "face"), "phone": ("phone", "telephone"), "video": ("video",)}
_CODE_ENDINGS = ("-F2F", "-PH", "-VID")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """Why a field cannot be read, as a sentence."""

    sentence: str


_NO_TIME = FieldProblem("Not a time: try 9, 9.30, 2pm")
"""Where one time is asked for."""
_NO_PART_OF_DAY = FieldProblem("Not a time: try am, 10, 9-11")
"""Where a part of the day is."""


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
    except ValueError:
        return FieldProblem(f"There is no {words}")
    except OverflowError:
        return FieldProblem(f"No day after {_LAST_YEAR}")
    if day is None:
        return FieldProblem("Not a day: try tue, 26 nov, +3")
    if isinstance(day, date) and day < today:
        return FieldProblem(f"{short_date(day)} is past")
    if isinstance(day, date) and day.year > _LAST_YEAR:
        return FieldProblem(f"No day after {_LAST_YEAR}")
    return day


def _relative(words: str, today: date, working_day: Callable[[date], bool]) -> date | None:
    if words in ("today", "now"):
        return today
    if len(words) >= 3 and "tomorrow".startswith(words):
        return today + timedelta(days=1)
    step = re.fullmatch(r"\+ ?(\d{1,3})", words, re.ASCII)
    if step:
        return _working_days_on(today, int(step[1]), working_day)
    span = re.fullmatch(r"in (\d{1,2}) (day|week)s?", words, re.ASCII)
    if span:
        return today + timedelta(days=int(span[1]) * (7 if span[2] == "week" else 1))
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7)
    if words == "next week":
        return monday
    index = _weekday(words.removeprefix("next ").removeprefix("this "))
    if index is None:
        return None
    if words.startswith("next "):
        return monday + timedelta(days=index)
    return today + timedelta(days=(index - today.weekday()) % 7)


def _weekday(name: str) -> int | None:
    """Return the weekday that a name begins, 0 for Monday; one letter is not enough."""
    return next((at for at, day in enumerate(WEEKDAYS) if len(name) >= 2 and day.lower().startswith(name)), None)


def _working_days_on(day: date, count: int, working_day: Callable[[date], bool]) -> date:
    left = count
    while left and day.year <= _LAST_YEAR:
        day += timedelta(days=1)
        left -= working_day(day)
    return day


def _dated(words: str, today: date) -> date | FieldProblem | None:
    """Return the day of a date; ValueError for one that the calendar does not have."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words, re.ASCII):
        return date.fromisoformat(words)
    found = _NUMBERS.fullmatch(words)
    if found:
        year = None if found[3] is None else int(found[3]) + (2000 if len(found[3]) == 2 else 0)
        return _next_of(int(found[1]), int(found[2]), year, today)
    found = _WORDED.fullmatch(words)
    if found is None:
        return None
    months = [index for index, name in enumerate(MONTHS, start=1) if name.lower().startswith(found[3])]
    weekday = None if found[1] is None else _weekday(found[1])
    if len(months) != 1 or (found[1] is not None and weekday is None):
        return None
    day = _next_of(int(found[2]), months[0], None if found[4] is None else int(found[4]), today)
    if weekday is not None and weekday != day.weekday():
        # One of the two was misheard, and the form cannot know which.
        return FieldProblem(f"{day.day} {MONTHS[day.month - 1][:3]} is a {WEEKDAYS[day.weekday()]}")
    return day


def _next_of(day: int, month: int, year: int | None, today: date) -> date:
    if year is not None:
        return date(year, month, day)
    try:
        this_year = date(today.year, month, day)
    except ValueError:
        return date(today.year + 1, month, day)
    # In December "5 jan" is next year's; in June "5 may" is a slip that should be told.
    return this_year if this_year >= today or (today - this_year).days < 180 else date(today.year + 1, month, day)


def read_time(text: str) -> Times | FieldProblem:
    """Return the part of the day that a text names: morning, pm, near 10:00, 10, 2pm, 9-11, after 2, before 11.

    A range contains the whole appointment, with `starting` before it only the start.
    """
    words = " ".join(text.lower().split())
    window: ClockWindow | None = None
    near: int | None = None
    for part in _PARTS.split(words):
        read = _part(part)
        if isinstance(read, FieldProblem):
            return _NO_PART_OF_DAY if read is _NO_TIME else read
        if (read.window and window) or (read.near is not None and near is not None):
            return FieldProblem("Only one time, please")
        window, near = read.window or window, near if read.near is None else read.near
    if window is not None and near is not None and not window.start <= near < window.end:
        return FieldProblem(f"{clock(near)} is not in that time")
    return Times(window, near)


def _part(words: str) -> Times | FieldProblem:
    if words in ("", "any", "any time"):
        return Times()
    if words in _HALVES:
        return Times(_HALVES[words])
    starting = words.startswith("starting ")
    ends = _RANGE.split(words.removeprefix("starting "))
    if len(ends) == 2 and all(ends):
        return _range(*ends, whole=not starting)
    first, _blank, rest = words.partition(" ")
    if first in ("after", "from", "before", "until"):
        tick = read_tick(rest)
        if isinstance(tick, FieldProblem):
            return tick
        later = first in ("after", "from")
        window = ClockWindow(tick, TICKS_PER_DAY, False) if later else ClockWindow(0, tick, True)
        return Times(window) if window.start < window.end else FieldProblem(f"No time is {first} {clock(tick)}")
    near = read_tick(rest if first in ("near", "about", "around", "at") else words)
    if isinstance(near, FieldProblem):
        return near
    return Times(None, near) if near < TICKS_PER_DAY else FieldProblem("Nothing starts at 24:00")


def _range(first: str, last: str, *, whole: bool) -> Times | FieldProblem:
    start = read_tick(first)
    if isinstance(start, FieldProblem):
        return start
    end = read_tick(last)
    if isinstance(end, FieldProblem):
        return end
    if end <= start:
        return FieldProblem(f"{clock(end)} is not after {clock(start)}")
    return Times(ClockWindow(start, end, whole))


def read_tick(text: str) -> int | FieldProblem:
    """Return the tick that a time names, such as 9, 9.30, 1pm or 14:00, up to 24:00; off the five-minute grid is a problem."""
    words = text.strip()
    found = _CLOCK.fullmatch("12:00" if words in ("noon", "midday") else words)
    if not found:
        return _NO_TIME
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3] and not 1 <= hour <= 12:
        return FieldProblem(f"{words} is no time of day")
    if found[3]:
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    elif len(found[1]) == 1 and 1 <= hour <= 6:
        hour += 12  # nobody means two in the night
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return FieldProblem(f"{words} is no time of day")
    if minute % MINUTES_PER_TICK:
        before = minute - minute % MINUTES_PER_TICK + hour * 60
        return FieldProblem(f"Nearest are {clock_of_minute(before)} and {clock_of_minute(before + MINUTES_PER_TICK)}")
    return (hour * 60 + minute) // MINUTES_PER_TICK


def read_choice(text: str, choices: Sequence[str], default: str) -> str | FieldProblem:
    """Return the choice that a text begins, the default for an empty one."""
    words = " ".join(text.lower().replace("-", " ").split())
    if not words:
        return default
    words = _SAID.get(words, words).replace("-", " ")
    found = [choice for choice in choices if choice.replace("-", " ").startswith(words)]
    exact = [choice for choice in found if choice.replace("-", " ") == words]
    if exact or len(found) == 1:
        return (exact or found)[0]
    return FieldProblem(", ".join(choices))


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
    if text.strip().lower() in ("-", "none"):
        return ()
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
    """Return the types that a query names by any words, word beginnings, code or minutes, best first; all for an empty one."""
    words = _words(query)
    if query.strip() and not words:
        return []
    ranked = []
    for kind in types:
        known = _known_words(kind, kind.minutes_on(day))
        if all(any(have.startswith(word) for have in known) for word in words):
            code = _words(kind.code)
            exact = sum(word in known for word in words)
            rank = (code != words, code[:1] != words[:1], -exact, kind.booked_by == "block", name_key(kind.name), kind.code)
            ranked.append((rank, kind))
    return [kind for _rank, kind in sorted(ranked, key=lambda one: one[0])]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", name_key(text))


def _known_words(kind: AppointmentType, minutes: int | None) -> list[str]:
    """Return the words by which a type is known, "fc50" among them, which is what the grid shows, and "fcf2f"."""
    short = kind.code
    for ending in _CODE_ENDINGS:
        short = short.removesuffix(ending)
    short = short.removesuffix(f"-{minutes}").replace("-", "")
    code = _words(kind.code)
    known = [*code, "".join(code), *_words(kind.name), *_CHANNEL_WORDS.get(kind.channel, ()), short.lower()]
    return known if minutes is None else [*known, str(minutes), f"{short}{minutes}".lower()]


def match_names(query: str, choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (code, name) pairs that a query names by code or by the beginnings of words of the name, those of a name first."""
    words = _words(query)
    if query.strip() and not words:
        return []
    ranked = []
    for code, name in choices:
        named = _words(name)
        known = [*_words(code), *named]
        if all(any(have.startswith(word) for have in known) for word in words):
            by_name = all(any(have.startswith(word) for have in named) for word in words)
            ranked.append(((_words(code) != words, not by_name), (code, name)))
    return [pair for _rank, pair in sorted(ranked, key=lambda one: one[0])]


def shown_day(day: date, today: date) -> str:
    """Return a day as the form shows it back, "Thu 26 Nov", with the year where it would be read as another's."""
    shown = short_day(day)
    return shown if read_day(shown, today) == day else short_date(day)


def shown_days(first: date | None, last: date | None, today: date) -> str:
    """Return a range of days as the form shows it back, "from Thu 26 Nov to Thu 3 Dec"."""
    start = "from today" if first is None or first == today else f"from {shown_day(first, today)}"
    return start if last is None else f"{start} to {shown_day(last, today)}"


def shown_times(times: Times) -> str:
    """Return a part of the day as the form shows it back, "morning, near 10:00"; read again it is the same."""
    window = times.window
    parts = []
    if window == MORNING:
        parts.append("morning")
    elif window == AFTERNOON:
        parts.append("afternoon")
    elif window is not None and not window.whole and window.end == TICKS_PER_DAY:
        parts.append(f"after {clock(window.start)}")
    elif window is not None and not window.whole:
        parts.append(f"starting {clock(window.start)} to {clock(window.end)}")
    elif window is not None and window.start == 0:
        parts.append(f"before {clock(window.end)}")
    elif window is not None:
        parts.append(f"{clock(window.start)} to {clock(window.end)}")
    if times.near is not None:
        parts.append(f"near {clock(times.near)}")
    return ", ".join(parts) or "any time"
