"""A week of starts that can still be booked, by half hour and day: the team leader's heat map."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from difflib import get_close_matches

from agent_tui.domain.availability import Now, Occupied, Search, no_search
from agent_tui.domain.requests import Request
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.ticks import TICKS_PER_DAY, span, ticks_in
from agent_tui.domain.types import WEEKLY_CHECKS
from agent_tui.domain.wall_time import short_date

TICKS_PER_ROW = 6
"""A row of the heat map is half an hour."""

LEVELS = 4
"""Shades of a number above nothing."""

FIRST_YEAR, LAST_YEAR = 2000, 2100
GROUP_NAMES: Mapping[str, str] = {
    "initial": "Initial",
    "first-commitment": "First commitment",
    "habitual-residency": "Habitual residency",
    "gateway": "Gateway",
}
"""The four groups that are checked each week, as people say them, in the order of their keys."""

AGENT = "provider agent"
_WEEK = re.compile(r"([0-9]{4})-[Ww]([0-9]{1,2})")
_ROW = (1 << TICKS_PER_ROW) - 1

Table = tuple[tuple[int, ...], ...]


class BadWeek(ValueError):
    """A week, type, group, team or diary that there is not; the message is a sentence."""


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """A week of the ISO calendar, Monday to Sunday."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Week":
        """Return the week in which a day lies."""
        year, number, _weekday = day.isocalendar()
        return cls(year, number)

    @property
    def monday(self) -> date:
        """Return its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        """Return its last day."""
        return self.monday + timedelta(days=6)

    @property
    def days(self) -> tuple[date, ...]:
        """Return its seven days."""
        return tuple(self.monday + timedelta(days=number) for number in range(7))

    def later(self, weeks: int) -> "Week":
        """Return the week that comes some weeks later, before where they are negative, within the years that are read."""
        first, last = date.fromisocalendar(FIRST_YEAR, 1, 1), date.fromisocalendar(LAST_YEAR, 52, 1)
        return Week.of(max(first, min(last, self.monday + timedelta(weeks=weeks))))

    def __str__(self) -> str:
        """Return it as it is written, "2026-W48"."""
        return f"{self.year}-W{self.number:02d}"


def read_week(text: str, today: date) -> Week:
    """Return the week that "this", "next" or "2026-W48" means; anything else raises BadWeek.

    A year of the ISO calendar has 52 weeks, or 53 if 28 December lies in the 53rd.
    """
    word = text.strip().lower()
    if word in ("this", "next"):
        return Week.of(today).later(word == "next")
    found = _WEEK.fullmatch(word)
    if found is None:
        raise BadWeek(f"{text.strip()[:20] or '(empty)'} is no week: write this, next or a week of the year such as 2026-W48.")
    year, number = int(found[1]), int(found[2])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadWeek(f"The year of week {text.strip()[:20]} must lie between {FIRST_YEAR} and {LAST_YEAR}.")
    last = date(year, 12, 28).isocalendar().week
    if not 1 <= number <= last:
        raise BadWeek(f"{year} has no week {number}: its weeks are 1 to {last}.")
    return Week(year, number)


@dataclass(frozen=True, slots=True)
class WeekAsked:
    """What a heat map is asked for: a week, types, and which diaries; `booker` None for the person who asks.

    With `channel` each type is looked for as held by it, as a search does it.
    """

    week: Week
    types: tuple[str, ...]
    team: str | None = None
    diary: str | None = None
    channel: str | None = None
    booker: str | None = None


@dataclass(frozen=True, slots=True)
class WeekNote:
    """Why a part of the heat map is empty: the type that it concerns (None for all), the rule, and a sentence."""

    type: str | None
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Start:
    """A start that can be booked: `start` to `end` in ticks."""

    diary: str
    type: str
    day: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class HeatMap:
    """How many starts can still be booked in each half hour of a week.

    `starts` are the first ticks of the rows, `days` the columns; `counts` and `by_diary` are read as [row][day]. A start
    that fits several of the types counts once for each, as `find --all` lists it for each. `masks` has the starts and the
    length in ticks by (diary, day) and type.
    """

    asked: WeekAsked
    days: tuple[date, ...]
    starts: tuple[int, ...]
    counts: Table
    by_diary: Mapping[str, Table]
    notes: tuple[WeekNote, ...] = ()
    masks: Mapping[tuple[str, date], Mapping[str, tuple[int, int]]] = field(default_factory=dict)

    @property
    def totals(self) -> tuple[int, ...]:
        """Return how many starts each day has."""
        return tuple(sum(row[column] for row in self.counts) for column in range(len(self.days)))

    @property
    def most(self) -> int:
        """Return the highest count of one half hour."""
        return max((count for row in self.counts for count in row), default=0)

    def starts_in(self, row: int, column: int) -> tuple[Start, ...]:
        """Return the starts of one half hour of a day, by start, diary and type; none outside the map."""
        if not (0 <= row < len(self.starts) and 0 <= column < len(self.days)):
            return ()
        day, first = self.days[column], self.starts[row]
        found = [
            Start(diary, code, day, tick, tick + length)
            for (diary, on), kinds in self.masks.items()
            if on == day
            for code, (mask, length) in kinds.items()
            for tick in ticks_in(mask & span(first, first + TICKS_PER_ROW))
        ]
        return tuple(sorted(found, key=lambda one: (one.start, one.diary, one.type)))


def level(count: int, most: int) -> int:
    """Return how dark a number is: 0 for nothing, 1 to LEVELS by its share of the highest number beside it."""
    return 0 if count <= 0 else max(1, min(LEVELS, -(-count * LEVELS // most)))


def types_of_group(catalogue: Catalogue, group: str) -> tuple[str, ...]:
    """Return the codes of the types that a weekly group has, by code; an unknown or empty group raises BadWeek.

    Source: seeds/spotlight-appointment-booking.txt, the weekly check of four groups.
    """
    if group not in WEEKLY_CHECKS:
        raise BadWeek(f"There is no group {_named(group, WEEKLY_CHECKS, 'The groups are')}")
    found = tuple(sorted(code for code, kind in catalogue.types.items() if kind.weekly_check == group))
    if not found:
        raise BadWeek(f"No type at {catalogue.site.name} belongs to the group {group}.")
    return found


def checked(catalogue: Catalogue, asked: WeekAsked) -> WeekAsked:
    """Return what is asked for with each type once; a type, team or diary that there is not raises BadWeek."""
    for code in asked.types:
        if code not in catalogue.types:
            raise BadWeek(f"There is no type {_named(code, catalogue.types, 'See the list: agent-tui types.', upper=True)}")
    if asked.team is not None and asked.team not in catalogue.teams:
        raise BadWeek(f"There is no team {_named(asked.team, catalogue.teams, 'The teams are')}")
    if asked.diary is not None and asked.diary not in catalogue.diaries:
        known = "See the list: agent-tui diaries."
        raise BadWeek(f"There is no diary {_named(asked.diary, catalogue.diaries, known, upper=True)}")
    return replace(asked, types=tuple(dict.fromkeys(asked.types)))


def _named(word: str, known: Iterable[str], else_say: str, *, upper: bool = False) -> str:
    names = sorted(known)
    close = get_close_matches(word.upper() if upper else word, names, n=1)
    if close:
        return f"{word[:30]}; did you mean {close[0]}?"
    return f"{word[:30]}. {else_say}" if else_say.endswith(".") else f"{word[:30]}. {else_say}: {', '.join(names) or 'none'}."


def diaries_of(catalogue: Catalogue, asked: WeekAsked) -> list[Diary]:
    """Return the enabled diaries that a heat map looks at, whatever types they have, by code."""
    return [
        one
        for one in sorted(catalogue.diaries.values(), key=lambda one: one.code)
        if one.enabled and asked.diary in (None, one.code) and asked.team in (None, one.team)
    ]


def heat_map(catalogue: Catalogue, asked: WeekAsked, occupied: Occupied, now: Now) -> HeatMap:
    """Return the heat map of a week: the starts that a search with `every` finds for each of the types.

    The rows are the half hours from the first to the last in which one of the diaries is open, so that they stay the same
    whatever the type; the columns are Monday to Friday, and Saturday or Sunday where one of the diaries is open then.
    A type that the booker may not book, or that no diary takes, has no start, and a note says so.
    """
    diaries = diaries_of(catalogue, asked)
    days, rows = _frame(catalogue, asked.week, diaries)
    notes = list(_notes_of_frame(catalogue, asked, diaries, days, now))
    masks: dict[tuple[str, date], dict[str, tuple[int, int]]] = {}
    taken: dict[tuple[str, date], int] = {}
    listed: set[str] = set()
    ahead = [day for day in days if day >= now.day]
    for code in asked.types:
        request = request_of(asked, code)
        refused = no_search(catalogue, request)
        if refused is not None:
            notes += [WeekNote(code, one.rule, _refusal(catalogue, code, one.rule, one.text)) for one in refused.reasons]
            continue
        search = Search(catalogue, request, occupied, now)
        taking = search.diaries()
        if diaries and not taking:
            notes.append(WeekNote(code, "not_here", f"{search.kind.name} is assigned to none of these diaries."))
        for diary in taking:
            listed.add(diary.code)
            for day in ahead:
                place = (diary.code, day)
                if place not in taken:
                    taken[place] = search.taken(diary, day)
                starts, length = search.starts_beside(taken[place], diary, day)
                if starts:
                    masks.setdefault(place, {})[code] = (starts, length)
    nothing: Table = ((0,) * len(days),) * len(rows)
    filled = {code: _table(masks, code, days, rows) for code in {code for code, _day in masks}}
    by_diary = {code: filled.get(code, nothing) for code in sorted(listed)}
    counts = tuple(tuple(map(sum, zip(*same, strict=True))) for same in zip(nothing, *filled.values(), strict=True))
    return HeatMap(asked, days, rows, counts, by_diary, tuple(notes), masks)


def request_of(asked: WeekAsked, code: str) -> Request:
    """Return the search for one type whose starts a heat map counts."""
    return Request(
        code,
        asked.week.monday,
        asked.week.sunday,
        diary=asked.diary,
        team=asked.team,
        channel=asked.channel,
        booker=asked.booker,
        limit=None,
        every=True,
    )


def _frame(catalogue: Catalogue, week: Week, diaries: list[Diary]) -> tuple[tuple[date, ...], tuple[int, ...]]:
    """Return the days that are columns and the first ticks of the rows."""
    open_on = {day: 0 for day in week.days}
    for day in week.days:
        if day not in catalogue.closures:
            for diary in diaries:
                open_on[day] |= catalogue.plan(diary.code, day).open_mask
    days = tuple(day for day in week.days if day.weekday() < 5 or open_on[day])
    whole = 0
    for mask in open_on.values():
        whole |= mask
    if not whole:
        return days, ()
    first = ((whole & -whole).bit_length() - 1) // TICKS_PER_ROW * TICKS_PER_ROW
    return days, tuple(range(first, min(whole.bit_length(), TICKS_PER_DAY), TICKS_PER_ROW))


def _table(
    masks: Mapping[tuple[str, date], Mapping[str, tuple[int, int]]], diary: str, days: tuple[date, ...], rows: tuple[int, ...]
) -> Table:
    kinds = [[mask for mask, _length in masks.get((diary, day), {}).values()] for day in days]
    return tuple(tuple(sum((mask >> row & _ROW).bit_count() for mask in found) for found in kinds) for row in rows)


def _notes_of_frame(
    catalogue: Catalogue, asked: WeekAsked, diaries: list[Diary], days: tuple[date, ...], now: Now
) -> Iterable[WeekNote]:
    if not diaries:
        yield WeekNote(None, "no_diary", _no_diary(catalogue, asked))
    for day in days:
        if day in catalogue.closures:
            yield WeekNote(None, "closure", f"Closed on {short_date(day)}: {catalogue.closures[day]}.")
    if asked.week.sunday < now.day:
        yield WeekNote(None, "past", f"Week {asked.week} is past: nothing in it can be booked.")


def _no_diary(catalogue: Catalogue, asked: WeekAsked) -> str:
    named = catalogue.diaries.get(asked.diary or "")
    if named is not None and named.enabled:
        return f"The diary {named.code} is not in team {asked.team}."
    if named is not None:
        return f"The diary {named.code} is {'switched off' if named.retired is None else 'retired'}."
    return "No diary is switched on." if asked.team is None else f"Team {asked.team} has no diary that is switched on."


def _refusal(catalogue: Catalogue, code: str, rule: str, text: str) -> str:
    name = catalogue.types[code].name
    if rule == "not_assigned":
        return f"{name} is assigned to no diary: requests are handed off."
    return f"{text.removesuffix('.')}: requests are handed off." if rule == "diary_off" else text
