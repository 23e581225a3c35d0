"""Key types: which of them have no diary or no start ahead, and the smallest change of segments that gives one starts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count

from agent_tui.domain.availability import Now, Occupied, Search, earliest, no_search, offers
from agent_tui.domain.pattern_change import Assignment, change_of
from agent_tui.domain.patterns import WEEKDAYS, Pattern, Stretch
from agent_tui.domain.requests import Reason, Request
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.templates import on_weekday
from agent_tui.domain.ticks import clock, span, starts_of
from agent_tui.domain.types import ANY_CHANNEL, AppointmentType, KeyFrom
from agent_tui.domain.wall_time import short_date

DAYS_AHEAD = 5
"""The working days, today's among them, in which a key type must have a start."""
MOST_TRIED = 40
"""Places that are tried for more starts than the first that helps gives."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class KeyType:
    """How a type stands: the enabled diaries that take it, its starts in the working days ahead, and what is wrong.

    `wrong` is "not_assigned", "diary_off", "no_start" or None, `reasons` say why as a search does, `changes` are the
    steps of the flag that are still to come.
    """

    code: str
    name: str
    minutes: int | None
    key: bool
    diaries: tuple[str, ...]
    starts: int
    wrong: str | None
    reasons: tuple[Reason, ...]
    changes: tuple[KeyFrom, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that gives a type starts: a diary's own segment that allows it, and whether the diary gets the type too.

    The segment is that of a weekday from `day` on, `start` to `end` in ticks; without `patterns` it allows the type
    already. `free` are the segment's free ticks on that day, `starts` those of the type in the `days` working days ahead.
    """

    type: str
    diary: str
    coach: str
    assign: bool
    patterns: tuple[Pattern, ...]
    day: date
    start: int
    end: int
    free: int
    starts: int
    days: int = DAYS_AHEAD

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """Return the types that the diary gets with it."""
        return ((self.diary, self.type),) if self.assign else ()

    @property
    def sentence(self) -> str:
        """Return what is proposed in one sentence."""
        steps = [f"assign {self.type} to diary {self.diary} of {self.coach}"] if self.assign else []
        if self.patterns:
            where = f"the segment {clock(self.start)}-{clock(self.end)} of {self.diary}"
            until = self.patterns[-1].effective_until
            ends = "" if until is None else f" until {short_date(until)}"
            day = f"each {WEEKDAYS[self.day.weekday()]} from {short_date(self.day)}{ends}"
            steps.append(f"allow {self.type} in {where}, {day}")
        said = " and ".join(steps)
        number = f"{self.starts} start{'' if self.starts == 1 else 's'}"
        within = f"{self.days} working day{'' if self.days == 1 else 's'}"
        return f"{said[0].upper()}{said[1:]}: {number} in the next {within}."


@dataclass(frozen=True, slots=True)
class _Place:
    """A stretch of a diary's day that could take a type, and what that needs."""

    diary: Diary
    day: date
    stretch: Stretch
    assign: bool
    allow: bool
    free: int

    @property
    def order(self) -> tuple[bool, bool, int, date, str, int]:
        """Return the order in which places are tried: the smaller change, then the more free time."""
        return self.assign, self.allow, -self.free, self.day, self.diary.code, self.stretch.start


def days_ahead(catalogue: Catalogue, today: date, days: int = DAYS_AHEAD) -> tuple[date, date]:
    """Return the first and the last of the working days in which a key type must have a start."""
    return today, catalogue.working_days_from(today, days)


def key_types(catalogue: Catalogue, occupied: Occupied, now: Now) -> list[KeyType]:
    """Return how each key type stands that is offered, by code, those too that become one later.

    Starts are counted as a search counts them, over all diaries and for every booker. What is booked straight into a diary
    as block time has none. Source: seeds/spotlight-appointment-booking.txt, "Assigning appointments".
    """
    return [standing(catalogue, kind, occupied, now) for kind in _listed(catalogue, now.day)]


def without_start(catalogue: Catalogue, occupied: Occupied, now: Now) -> list[AppointmentType]:
    """Return those of `key_types` with which something is wrong, by code, counting no further than the first start of each.

    For whoever looks at each change: on a site of 200 diaries all starts of all key types are 20 000 diary days.
    """
    return [kind for kind in _listed(catalogue, now.day) if not _has_start(catalogue, kind, occupied, now)]


def _listed(catalogue: Catalogue, today: date) -> list[AppointmentType]:
    return [
        kind
        for _code, kind in sorted(catalogue.types.items())
        if kind.booked_by == "offer" and (kind.key_on(today) or any(step.key for step in _later(kind, today)))
    ]


def _has_start(catalogue: Catalogue, kind: AppointmentType, occupied: Occupied, now: Now) -> bool:
    first, last = days_ahead(catalogue, now.day)
    request = Request(kind.code, first, last, limit=0, every=True)
    if no_search(catalogue, request) is not None:
        return False
    search = Search(catalogue, request, occupied, now)
    diaries = search.diaries()
    return any(search.starts_beside(search.taken(one, day), one, day)[0] for day in search.days() for one in diaries)


def standing(catalogue: Catalogue, kind: AppointmentType, occupied: Occupied, now: Now) -> KeyType:
    """Return how one type stands, key or not."""
    first, last = days_ahead(catalogue, now.day)
    found = offers(catalogue, Request(kind.code, first, last, limit=0, every=True), occupied, now)
    wrong = None if found.total else found.reasons[0].rule if found.status == "handoff" else "no_start"
    diaries = tuple(one.code for one in catalogue.diaries_for(kind.code) if one.enabled)
    minutes, key = kind.minutes_on(now.day), kind.key_on(now.day)
    return KeyType(kind.code, kind.name, minutes, key, diaries, found.total, wrong, found.reasons, _later(kind, now.day))


def _later(kind: AppointmentType, today: date) -> tuple[KeyFrom, ...]:
    return tuple(step for step in kind.keys if step.effective_from > today)


def propose(
    catalogue: Catalogue, occupied: Occupied, now: Now, code: str, *, least: int = 1, days: int = DAYS_AHEAD
) -> Proposal | None:
    """Return the smallest change that gives a type at least so many starts in the working days ahead, or None.

    Where none gives that many, the one that gives most is returned, if that is more than there are already.

    A diary that has the type is to allow it in one segment more; else one that takes other types of the same channel gets
    it, and allows it where it does not yet. Of the places that need as little, that with most free time is taken. Only a
    diary's own weekday pattern is changed; exceptions for single dates stay, and so do the versions that follow later.
    """
    kind = catalogue.types[code]
    first, last = days_ahead(catalogue, now.day, days)
    request, best = Request(code, first, last, limit=0, every=True), None
    most = offers(catalogue, request, occupied, now).total
    for tried, place in enumerate(sorted(_places(catalogue, occupied, now, kind, last), key=lambda one: one.order), start=1):
        patterns = tuple(_allowing(catalogue, place, code)) if place.allow else ()
        assign = [(place.diary.code, code)] if place.assign else []
        after = change_of(catalogue, patterns, (f"proposed-{number}" for number in count()), assign).after
        starts = offers(after, request, occupied, now).total
        if starts > most:
            part, diary, most = place.stretch, place.diary, starts
            own = (code, diary.code, diary.coach, place.assign, patterns)
            best = Proposal(*own, place.day, part.start, part.end, place.free, starts, days)
        if best is not None and (most >= least or tried >= MOST_TRIED):
            break
    return best


def _places(catalogue: Catalogue, occupied: Occupied, now: Now, kind: AppointmentType, last: date) -> Iterator[_Place]:
    day = now.day
    diaries = [one for one in catalogue.diaries.values() if one.enabled and one.retired is None]
    while day <= last:
        length = kind.ticks_on(day)
        if catalogue.is_working_day(day) and length:
            for diary in diaries:
                if kind.code in diary.types or _same_channel(catalogue, diary, kind):
                    yield from _places_of_day(catalogue, occupied, now, kind, diary, day, length)
        day += _DAY


def _same_channel(catalogue: Catalogue, diary: Diary, kind: AppointmentType) -> bool:
    return any(code in catalogue.types and catalogue.types[code].channel == kind.channel for code in diary.types)


def _places_of_day(
    catalogue: Catalogue, occupied: Occupied, now: Now, kind: AppointmentType, diary: Diary, day: date, length: int
) -> Iterator[_Place]:
    iso = day.isoformat()
    own = catalogue.in_force("diary", diary.code, day)
    dated = {one.id for one in catalogue.patterns if one.day == day}
    open_now = earliest(day, now, catalogue.site.notice_minutes) & ~occupied.masks.get((diary.code, iso), 0)
    for stretch in catalogue.plan(diary.code, day).stretches:
        part = stretch.segment
        full = part.limit is not None and occupied.limits.get((diary.code, iso, *stretch.limit_key), 0) >= part.limit
        free = span(stretch.start, stretch.end) & open_now
        if full or part.channel not in (ANY_CHANNEL, kind.channel) or not starts_of(free, length):
            continue
        allow, assign = kind.code not in part.types, kind.code not in diary.types
        # An exception for a single date is about that day; what is proposed is for each week.
        if allow and (stretch.pattern in dated or (own is not None and own.day is not None)):
            continue
        if allow or assign:
            yield _Place(diary, day, stretch, assign, allow, free.bit_count())


def _allowing(catalogue: Catalogue, place: _Place, code: str) -> list[Pattern]:
    """Return the diary's own patterns of a weekday with the type allowed in a stretch, until its plan changes next."""
    part = place.stretch.segment
    allowing = replace(part, start=place.stretch.start, end=place.stretch.end, types=part.types | {code})
    own = [one for one in catalogue.patterns if (one.level, one.owner) == ("diary", place.diary.code)]
    weekly = [one for one in own if one.weekday == place.day.weekday()]
    changes = [one.effective_from - _DAY for one in weekly if one.effective_from > place.day]
    changes += [one.effective_until for one in weekly if one.effective_until is not None and one.effective_until >= place.day]
    last = min(changes, default=None)
    return on_weekday(own, place.diary.code, place.day.weekday(), place.day, last, lambda _day: [allowing])
