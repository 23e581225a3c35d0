"""Replaying a stream of requests through the booking rules: what a way to offer starts books, refuses and strands.

Requests are taken in the order of `asked_at`, at that moment of site time. What is cancelled by then is free again, unless
it has begun. A request that rebooks another always takes place; a time that the other still has is given back first.
A claimant with a diary of their own looks there first, over all their days, and then anywhere. A strict half of the day is
a condition; one that is not strict is looked at first on each day.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import heappop, heappush

from agent_tui.domain.availability import DiaryDay, Now, Occupied, Search, offers
from agent_tui.domain.requests import AFTERNOON, MORNING, Request
from agent_tui.domain.site import Catalogue
from agent_tui.domain.streams import StreamRow, open_minutes
from agent_tui.domain.ticks import FULL_DAY, MINUTES_PER_TICK, TICKS_PER_DAY, minutes_of_ticks, span, ticks_in
from agent_tui.domain.wall_time import first_open_tick
from agent_tui.domain.whitespace import stranded

POLICIES = ("offered", "offered-nearest", "grid15", "grid15-nearest", "first")
LONG_MINUTES = 40
WINDOWS = {"any": None, "am": MORNING, "pm": AFTERNOON}
GRID_TICKS = 3
GRID = sum(1 << tick for tick in range(0, TICKS_PER_DAY, GRID_TICKS))

Place = tuple[tuple[str, ...], date, int, int]
"""Where somebody was booked: the diary and what else is needed, the day, the start and end tick."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Simulated:
    """What one policy made of a stream; minutes are those of the appointments that stand at the end.

    `minutes_from_preferred` is the mean over all that were booked and had a preference, None where there are none; the other
    figures count requests: all, refused ones, those of LONG_MINUTES and over, and cancellations that freed a time.
    """

    policy: str
    available_minutes: int
    booked_minutes: int
    refused: int
    refused_long: int
    minutes_from_preferred: float | None
    stranded_minutes: int
    requests: int
    requests_long: int
    cancelled: int


def simulate(
    catalogue: Catalogue, days: Sequence[date], rows: Sequence[StreamRow], policy: str, progress: Progress | None = None
) -> Simulated:
    """Return what a policy of POLICIES makes of a stream on some days.

    Everybody takes the earliest day that has something for them. There `offered` takes the first of the recommended starts,
    `offered-nearest` the one of them that is nearest to the preferred time, `first` the first free start on the five-minute
    grid. `grid15` is today's practice: the first free quarter hour, and each appointment uses up the quarter hours that it
    touches; `grid15-nearest` takes the nearest of those.
    """
    run = Replay(catalogue, days, policy)
    ordered = sorted(rows, key=lambda row: row.asked_at)
    for number, row in enumerate(ordered):
        run.ask(row)
        if progress is not None and number % 100 == 0:
            progress(number, len(ordered))
    run.free_until(datetime.max)
    return run.result(len(ordered))


class Replay:
    """The time that is taken, who has it, and what was counted so far."""

    def __init__(self, catalogue: Catalogue, days: Sequence[date], policy: str) -> None:
        self.catalogue = catalogue
        self.days = days
        self.policy = policy
        self.grid = policy.startswith("grid15")
        self.nearest = policy.endswith("-nearest")
        self.masks: dict[tuple[str, str], int] = {}
        self.limits: dict[tuple[str, str, str, int], int] = {}
        self.occupied = Occupied(self.masks, limits=self.limits)
        self.standing: dict[str, Place] = {}
        self.due: list[tuple[datetime, str]] = []
        self.refused = self.refused_long = self.long = self.cancelled = 0
        self.away = self.with_preference = 0

    def ask(self, row: StreamRow) -> None:
        """Let somebody ask for an appointment, after all that was due before."""
        self.free_until(row.asked_at)
        if row.rebook_of is not None:
            self.give_back(row.rebook_of, row.asked_at)
        long = row.minutes >= LONG_MINUTES
        self.long += long
        place = self.place_for(row)
        if place is None:
            self.refused += 1
            self.refused_long += long
            return
        self.take(place, 1)
        self.standing[row.id] = place
        if row.preferred_start is not None:
            self.away += abs(place[2] * MINUTES_PER_TICK - row.preferred_start)
            self.with_preference += 1
        if row.cancelled_at is not None:
            heappush(self.due, (row.cancelled_at, row.id))

    def free_until(self, moment: datetime) -> None:
        """Free what was cancelled up to a moment."""
        while self.due and self.due[0][0] <= moment:
            when, key = heappop(self.due)
            self.give_back(key, when)

    def give_back(self, key: str, when: datetime) -> None:
        """Free the time of a request, if it has any and has not begun."""
        place = self.standing.get(key)
        if place is None or (place[1], place[2]) <= (when.date(), when.hour * 12 + when.minute // MINUTES_PER_TICK):
            return
        self.take(place, -1)
        del self.standing[key]
        self.cancelled += 1

    def take(self, place: Place, count: int) -> None:
        """Take a time (1) or free it (-1), the limits of the segments that it touches too."""
        resources, day, start, end = place
        iso = day.isoformat()
        ticks = span(start, self.used_until(end))
        for resource in resources:
            mask = self.masks.get((resource, iso), 0)
            self.masks[resource, iso] = mask | ticks if count > 0 else mask & ~ticks
        if self.catalogue.has_limits:
            for stretch in self.catalogue.plan(resources[0], day).limited(start, end):
                key = (resources[0], iso, *stretch.limit_key)
                self.limits[key] = self.limits.get(key, 0) + count

    def used_until(self, end: int) -> int:
        """Return the tick up to which an appointment's time is used up."""
        return min(TICKS_PER_DAY, -(-end // GRID_TICKS) * GRID_TICKS) if self.grid else end

    def place_for(self, row: StreamRow) -> Place | None:
        """Return where a request is booked, None where it is refused."""
        now = now_at(row.asked_at)
        for diary in dict.fromkeys((row.own_diary, None)):
            for day in self.days_of(row):
                for half in halves_of(row):
                    found = self.place_on(self.request_of(row, day, diary, half), now)
                    if found is not None:
                        return found
        return None

    def days_of(self, row: StreamRow) -> Iterator[date]:
        """Yield the simulated days of a request."""
        day, last = max(row.earliest_day, self.days[0]), min(row.latest_day, self.days[-1])
        while day <= last:
            yield day
            day += timedelta(days=1)

    def place_on(self, request: Request, now: Now) -> Place | None:
        """Return the start that the policy takes on a request's one day."""
        if self.policy.startswith("offered"):
            for offer in offers(self.catalogue, request, self.occupied, now).offers:
                return offer.resources, offer.day, offer.start, offer.end
            return None
        return self.any_start(request, now)

    def request_of(self, row: StreamRow, day: date, diary: str | None, half: str) -> Request:
        """Return the search for one day of a request, with room for one offer; where the policy says so, the nearest."""
        preferred = row.preferred_start if self.nearest else None
        near = None if preferred is None else round(preferred / MINUTES_PER_TICK)
        return Request(row.type, day, day, window=WINDOWS[half], near=near, diary=diary, limit=1)

    def any_start(self, request: Request, now: Now) -> Place | None:
        """Return the first start of a day, or the nearest to what is preferred, among all or those of the grid."""
        search = Search(self.catalogue, request, self.occupied, now)
        wanted = GRID if self.grid else FULL_DAY
        found = []
        starts = 0
        for diary in search.diaries() if request.first_day >= now.day else ():
            one = search.diary_day(diary, request.first_day)
            if isinstance(one, DiaryDay) and one.starts & wanted:
                found.append(one)
                starts |= one.starts & wanted
        if not starts:
            return None
        near = request.near
        tick = next(ticks_in(starts)) if near is None else min(ticks_in(starts), key=lambda start: (abs(start - near), start))
        offer = search.offer(next(one for one in found if one.starts >> tick & 1), tick)
        return offer.resources, offer.day, offer.start, offer.end

    def result(self, requests: int) -> Simulated:
        """Return the figures at the end."""
        minutes = sum(minutes_of_ticks(end - start) for _resources, _day, start, end in self.standing.values())
        return Simulated(
            self.policy,
            open_minutes(self.catalogue, self.days),
            minutes,
            self.refused,
            self.refused_long,
            self.away / self.with_preference if self.with_preference else None,
            self.stranded(),
            requests,
            self.long,
            self.cancelled,
        )

    def stranded(self) -> int:
        """Return the free minutes that nothing allowed there can use, by the rule of white space."""
        busy: dict[tuple[str, date], int] = {}
        for resources, day, start, end in self.standing.values():
            key = (resources[0], day)
            busy[key] = busy.get(key, 0) | span(start, end)
        total = 0
        for diary in self.catalogue.diaries.values():
            for day in self.days:
                if diary.enabled and day not in self.catalogue.closures:
                    total += stranded(self.catalogue, diary.code, day, busy.get((diary.code, day), 0))[1]
        return minutes_of_ticks(total)


def now_at(moment: datetime) -> Now:
    """Return site time as a search takes it."""
    return Now(moment.date(), first_open_tick(moment))


def halves_of(row: StreamRow) -> tuple[str, ...]:
    """Return the halves of a day in which a request looks, one after the other."""
    return (row.half,) if row.strict or row.half == "any" else (row.half, "any")
