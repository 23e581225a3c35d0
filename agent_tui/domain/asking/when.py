"""Days and times in a line of words: what a phrase of some words names, in British order of dates."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from agent_tui.domain.request_text import FieldProblem, Times, read_day, read_tick, read_time, shown_day
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock_of_minute
from agent_tui.domain.wall_time import MONTHS, WEEKDAYS

LONGEST_PHRASE: Final = 7
"""Words of the longest phrase that names days or times, "between 26 november and 3 december"."""
WEEK: Final = timedelta(days=6)
_MONTH: Final = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
_ORDINAL: Final = r"(?:the )?\d{1,2}(?:st|nd|rd|th)"
_DATED = re.compile(rf"([a-z]{{3,9}} )?(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? ({_MONTH})(?: \d{{4}})?", re.ASCII)
_MONTH_FIRST = re.compile(rf"({_MONTH}) (\d{{1,2}}(?:st|nd|rd|th)?)(?: (\d{{4}}))?", re.ASCII)
_NUMERIC = re.compile(r"\d{1,2}/\d{1,2}(?:/(?:\d{4}|\d{2}))?|\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})", re.ASCII)
_TWO_OF_MONTH = re.compile(
    rf"(?:from |between )?(\d{{1,2}})(?:st|nd|rd|th)?(?: ?- ?| to | and )(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH})", re.ASCII
)
_BETWEEN = re.compile(r"(?:from |between )?(.+?)(?: to | - | till | until | and |-)(.+)")
_CLOCK: Final = r"(?:\d{1,2}(?:[:.]\d{2})? ?(?:am|pm)?|noon|midday)"
_EXPLICIT = re.compile(r"\d{1,2}[:.]\d{2} ?(?:am|pm)?|\d{1,2} ?(?:am|pm)|noon|midday", re.ASCII)
_CLOCK_RANGE = re.compile(rf"(?:from |between )?({_CLOCK})(?: ?- ?| to | and )({_CLOCK})", re.ASCII)
_SIDED = re.compile(rf"(after|from|before|until|till|by|past|around|about|near|at|approx) ({_CLOCK})", re.ASCII)
_SPOKEN = re.compile(r"(half|quarter) (past|to) (\d{1,2})", re.ASCII)
_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}
_SIDES: Final = {"by": "before", "till": "until", "past": "after", "approx": "near"}
_NUMBERS: Final = {"a": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
_VARIANTS: Final = {
    **{"tmrw": "tomorrow", "tmw": "tomorrow", "tomoz": "tomorrow", "weds": "wed", "heddiw": "today", "yfory": "tomorrow"},
    **{"llun": "monday", "mercher": "wednesday", "iau": "thursday", "gwener": "friday", "sadwrn": "saturday", "sul": "sunday"},
    **{"till": "until", "til": "until", "o'clock": "", "oclock": ""},
}
"""Other spellings, those of Wales too, by how a day or a time is read."""
WELSH_TUESDAY: Final = "dydd mawrth"


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day that a phrase names, None where it is open; `by_name` if it said weekdays alone.

    `week` is a whole week, in which weekdays beside it lie.
    """

    first: date | None
    last: date | None
    by_name: bool = False
    week: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """A phrase that names a day or a time that cannot be, as a sentence, and phrases that would do instead."""

    field: str
    text: str
    instead: tuple[tuple[str, str], ...] = ()


Read = Days | Times | Trouble


def variant(word: str) -> str:
    """Return a word as days and times are read."""
    return _VARIANTS.get(word, word)


class When:
    """Reads days and times as of a day; which days are worked on is the site's."""

    def __init__(self, today: date, working_day: Callable[[date], bool]) -> None:
        self.today = today
        self._working_day = working_day

    def longest(self, keys: Sequence[str]) -> tuple[int, Read] | None:
        """Return how many of the first words name days or a time, as many as can be, and what they name; None for none."""
        for count in range(min(LONGEST_PHRASE, len(keys)), 0, -1):
            if not keys[count - 1]:
                continue
            words = " ".join(variant(key) for key in keys[:count]).replace("  ", " ").strip()
            found = self.read(words)
            if found is not None:
                return count, found
        return None

    def read(self, words: str) -> Read | None:
        """Return what a phrase names, None where it is none of days or times."""
        return self._days(words) or _times(words)

    # Days.

    def _days(self, words: str) -> Days | Trouble | None:
        return self._week(words) or self._of_month(words) or self._range(words) or self._sided(words) or self._single(words)

    def _week(self, words: str) -> Days | Trouble | None:
        monday = self.today - timedelta(days=self.today.weekday())
        if words in ("this week", "wythnos hon", "yr wythnos hon"):
            return Days(self.today, monday + WEEK, week=True)
        weeks = {"next week": 1, "wythnos nesaf": 1, "in a fortnight": 2, "week after next": 2, "the week after next": 2}.get(
            words
        )
        count = re.fullmatch(r"in (\d{1,2}|[a-z]{1,5}) weeks?(?: time)?", words, re.ASCII)
        if count is not None:
            number = _NUMBERS.get(count[1], count[1])
            weeks = int(number) if number.isdigit() else None
        if weeks is not None:
            begin = monday + timedelta(weeks=weeks)
            return Days(max(begin, self.today), begin + WEEK, week=True)
        beginning = re.fullmatch(r"(?:the )?(?:week (?:of|commencing|beginning)|w/c|wc|w/b) (.+)", words)
        if beginning is None:
            return None
        day = self._day(beginning[1])
        if not isinstance(day, date):
            return day
        begin = day - timedelta(days=day.weekday())
        return Days(max(begin, self.today), begin + WEEK, week=True)

    def _of_month(self, words: str) -> Days | Trouble | None:
        two = _TWO_OF_MONTH.fullmatch(words)
        if two is not None:
            return self._between(f"{two[1]} {two[3]}", f"{two[2]} {two[3]}")
        month = re.fullmatch(rf"(?:in )?({_MONTH})", words, re.ASCII)
        number = _month_of(month[1]) if month is not None else None
        if number is None:
            return None
        year = self.today.year + (number < self.today.month)
        last = date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
        return Days(max(date(year, number, 1), self.today), last)

    def _range(self, words: str) -> Days | Trouble | None:
        ends = _BETWEEN.fullmatch(words)
        if ends is None or _NUMERIC.fullmatch(words) or (" and " in words and not words.startswith("between ")):
            return None
        return self._between(ends[1], ends[2])

    def _between(self, first: str, last: str) -> Days | Trouble | None:
        begin, end = self._day(first), self._day(last)
        if begin is None or end is None:
            return None
        if isinstance(begin, Trouble) or isinstance(end, Trouble):
            return begin if isinstance(begin, Trouble) else end if isinstance(end, Trouble) else None
        if end < begin and _weekday(last) is not None:
            end += timedelta(days=7)
        if end < begin:
            return Trouble("days", f"{shown_day(end, self.today)} is before {shown_day(begin, self.today)}.")
        return Days(begin, end, by_name=_weekday(first) is not None and _weekday(last) is not None)

    def _sided(self, words: str) -> Days | Trouble | None:
        side, _blank, rest = words.partition(" ")
        if side not in ("from", "after", "by", "before", "until", "since", "starting", "beginning", "past"):
            return None
        day = self._day(rest)
        if not isinstance(day, date):
            return day
        named = _plain_weekday(rest)
        if side in ("by", "until"):
            return Days(None, day, named)
        if side == "before":
            if day <= self.today:
                return Trouble("days", f"No day is before {shown_day(day, self.today)} and still to come.")
            return Days(None, day - timedelta(days=1), named)
        return Days(day + timedelta(days=side in ("after", "past")), None, named)

    def _single(self, words: str) -> Days | Trouble | None:
        day = self._day(words.removeprefix("on "))
        if not isinstance(day, date):
            return day
        return Days(day, day, _plain_weekday(words.removeprefix("on ")))

    def _day(self, words: str) -> date | Trouble | None:
        """Return the one day that a phrase names, None where it names none."""
        words = words.removeprefix("dydd ") if words != WELSH_TUESDAY else "tuesday"
        turned = _MONTH_FIRST.fullmatch(words)
        if turned is not None:
            words = f"{turned[2]} {turned[1]}{f' {turned[3]}' if turned[3] else ''}"
        ordinal = re.fullmatch(_ORDINAL, words, re.ASCII)
        if ordinal is not None:
            return self.day_of_month(int(re.sub(r"\D", "", words)))
        if not self._names_a_day(words):
            return None
        read = read_day(words.replace("the ", ""), self.today, self._working_day)
        if isinstance(read, FieldProblem):
            return Trouble("days", f"{read.sentence}.")
        return read

    def _names_a_day(self, words: str) -> bool:
        relative = words in ("today", "tomorrow") or re.fullmatch(r"\+ ?\d{1,3}|in \d{1,2} days?", words, re.ASCII)
        plain = words.removeprefix("next ").removeprefix("this ").removeprefix("coming ")
        return bool(relative) or _weekday(plain) is not None or _is_date(words) or _NUMERIC.fullmatch(words) is not None

    def day_of_month(self, number: int) -> date | Trouble:
        """Return the next day, from today on, that has a number in its month."""
        if not 1 <= number <= 31:
            return Trouble("days", f"No month has a day {number}.")
        year, month = self.today.year, self.today.month
        while True:
            try:
                found = date(year, month, number)
            except ValueError:
                found = None
            if found is not None and found >= self.today:
                return found
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _weekday(words: str) -> int | None:
    plain = words.removeprefix("next ").removeprefix("this ").removeprefix("dydd ")
    if words == WELSH_TUESDAY:
        return 1
    return next((at for at, day in enumerate(WEEKDAYS) if len(plain) >= 3 and day.lower().startswith(plain)), None)


def _is_date(words: str) -> bool:
    """Return whether words are a date with its month in words, a weekday before it or not."""
    found = _DATED.fullmatch(words)
    return found is not None and _month_of(found[2]) is not None and (found[1] is None or _weekday(found[1].strip()) is not None)


def _plain_weekday(words: str) -> bool:
    return not words.startswith("next ") and _weekday(words) is not None


def _month_of(word: str) -> int | None:
    return next((at for at, name in enumerate(MONTHS, start=1) if len(word) >= 3 and name.lower().startswith(word)), None)


# Times.


def _times(words: str) -> Times | Trouble | None:
    words = _SPOKEN.sub(_minutes_spoken, words)
    read: Times | FieldProblem | Trouble
    ends = _CLOCK_RANGE.fullmatch(words)
    sided = _SIDED.fullmatch(words)
    if ends is not None:
        read = read_time(f"{_plain(ends[1])} to {_plain(ends[2])}")
    elif sided is not None:
        read = read_time(f"{_SIDES.get(sided[1], sided[1])} {_plain(sided[2])}")
    elif _EXPLICIT.fullmatch(words):
        read = _in_the_night(words) or read_time(f"near {_plain(words)}")
    else:
        return None
    if isinstance(read, Trouble):
        return read
    return _off_grid(words) or Trouble("time", f"{read.sentence}.") if isinstance(read, FieldProblem) else read


def _in_the_night(words: str) -> Trouble | None:
    """Return what else an hour before six in the morning may be: the afternoon's, or with a blank a day and its morning."""
    found = re.fullmatch(r"(0?[1-5])([:.]\d{2})?( ?)am", words, re.ASCII)
    if found is None:
        return None
    later = f"{int(found[1]) + 12}{(found[2] or ':00').replace('.', ':')}"
    day = ((f"day {int(found[1])} of the month, in the morning", f"{_ordinal(int(found[1]))} am"),)
    return Trouble(
        "time", f"Nobody is seen at {words}; what is meant?", ((later, later), *(day if found[3] and not found[2] else ()))
    )


def _ordinal(number: int) -> str:
    return f"{number}{_ENDINGS.get(number, 'th')}"


def _plain(words: str) -> str:
    return words.replace(" ", "")


def _minutes_spoken(found: re.Match[str]) -> str:
    hour = int(found[3])
    minutes = 30 if found[1] == "half" else 15
    return f"{hour}:{minutes:02d}" if found[2] == "past" else f"{(hour - 1) or 12}:{60 - minutes}"


def _off_grid(words: str) -> Trouble | None:
    """Return why a time off the five-minute grid cannot be asked for, with the two beside it."""
    found = re.search(r"(\d{1,2})[:.](\d{2})( ?(?:am|pm))?", words, re.ASCII)
    if found is None or int(found[2]) % MINUTES_PER_TICK == 0 or int(found[2]) > 59:
        return None
    hour = read_tick(f"{found[1]}{_plain(found[3] or '')}")
    if isinstance(hour, FieldProblem):
        return None
    minute = hour * MINUTES_PER_TICK + int(found[2])
    below = minute - minute % MINUTES_PER_TICK
    beside = [clock_of_minute(one) for one in (below, below + MINUTES_PER_TICK)]
    instead = tuple((one, words.replace(found[0], one)) for one in beside)
    return Trouble("time", f"Times are in steps of five minutes; {found[0]} lies between {beside[0]} and {beside[1]}.", instead)
