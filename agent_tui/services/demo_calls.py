"""The demo's calls: a seeded stream of requests, placed only where the domain's own masks allow them."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import TypeVar

from agent_tui.domain.availability import DiaryDay, Now, Occupied, Search
from agent_tui.domain.requests import AFTERNOON, MORNING, ClockWindow, Offer, Request
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.ticks import MINUTES_PER_TICK, mask_of, span, starts_of, ticks_in
from agent_tui.services.demo_site import DemoSite

T = TypeVar("T")

SMALLEST = 10
NARROW = 10
GIVE_UP = 40
SLOPE = 0.1
QUARTERS = sum(1 << tick for tick in range(0, 288, 3))


def pick(rng: Random, choices: Sequence[T]) -> T:
    """Return one of some choices; drawn from random() alone, whose numbers no version of Python changes."""
    return choices[int(rng.random() * len(choices))]


def shuffled(rng: Random, items: Sequence[T]) -> list[T]:
    """Return items in a random order."""
    return [item for _, _, item in sorted((rng.random(), number, item) for number, item in enumerate(items))]


@dataclass(frozen=True, slots=True)
class Call:
    """A request that found its time: the type's code, what else it needs, and where it went."""

    code: str
    needs: tuple[str, ...]
    offer: Offer


@dataclass
class Calendar:
    """The days of the demo, what is open and what is booked on each, in minutes."""

    days: list[date]
    open: dict[date, int]
    booked: dict[date, int] = field(default_factory=dict)

    @property
    def available(self) -> int:
        """Return the open minutes of all days."""
        return sum(self.open.values())

    def targets(self, fill: float) -> dict[date, float]:
        """Return the minutes wanted on each day: near days fuller than later ones, together `fill` of what is open."""
        slope = min(SLOPE, (1 - fill) * 2 / 3, fill / 2)
        last = max(len(self.days) - 1, 1)
        return {day: self.open[day] * (fill + slope * (1 - 2 * number / last)) for number, day in enumerate(self.days)}


class Callers:
    """Places calls one after another into one catalogue until the wanted share of its time is booked."""

    def __init__(self, site: DemoSite, days: list[date], rng: Random) -> None:
        self.catalogue: Catalogue = site.catalogue
        self.rng = rng
        self.calls: list[Call] = []
        self.calendar = Calendar(days, {day: self._open_minutes(day) for day in days}, dict.fromkeys(days, 0))
        self._codes = list(site.mix)
        self._weights = list(accumulate(site.mix.values()))
        self._masks: dict[tuple[str, str], int] = {}
        self._limits: dict[tuple[str, str, str, int], int] = {}
        self._searches: dict[tuple[str, tuple[str, ...], ClockWindow | None], Search] = {}
        self._diaries: dict[str, list[Diary]] = {}
        self._narrow: dict[tuple[str, str, date], int] = {}
        self._booked = 0

    def _open_minutes(self, day: date) -> int:
        if day in self.catalogue.closures:
            return 0
        plans = (self.catalogue.plan(diary.code, day) for diary in self.catalogue.diaries.values() if diary.enabled)
        return sum(plan.open_mask.bit_count() for plan in plans) * MINUTES_PER_TICK

    def fill(self, share: float) -> None:
        """Take calls until `share` of the open time is booked, or nothing fits any more."""
        wanted = round(self.calendar.available * share)
        self._take_calls(wanted, self.calendar.targets(share))
        self._top_up(wanted)

    def _take_calls(self, wanted: int, targets: dict[date, float]) -> None:
        """Take random calls for random days, the emptiest against their target first; the last hour is left to `_top_up`."""
        rng, failed = self.rng, dict.fromkeys(targets, 0)
        while wanted - self._booked > 60:
            missing = [max(0.0, targets[day] - self.calendar.booked[day]) if failed[day] < GIVE_UP else 0.0 for day in targets]
            sums = list(accumulate(missing))
            if not sums or sums[-1] <= 0:
                return
            day = self.calendar.days[bisect(sums, rng.random() * sums[-1])]
            code = self._code()
            wish = rng.random()
            window = MORNING if wish < 0.3 else AFTERNOON if wish < 0.6 else None
            placed = self._place(code, self._needs(code), window, day)
            failed[day] = 0 if placed else failed[day] + 1

    def _code(self) -> str:
        return self._codes[bisect(self._weights, self.rng.random() * self._weights[-1])]

    def _needs(self, code: str) -> tuple[str, ...]:
        wish = self.rng.random()
        if self.catalogue.types[code].channel != "f2f" or wish > 0.015:
            return ()
        return ("accessible-room",) if wish < 0.01 else ("hearing-loop",)

    def _top_up(self, wanted: int) -> None:
        """Book what is still missing, diary day by diary day, until it is booked or nothing fits."""
        diaries = sorted(code for code, diary in self.catalogue.diaries.items() if diary.enabled)
        left = shuffled(self.rng, [(day, code) for day in self.calendar.days for code in diaries])
        long_first = sorted(self._codes, key=lambda code: (-(self.catalogue.types[code].minutes[0].minutes), code))
        while left and wanted - self._booked >= SMALLEST:
            still = []
            for day, diary in left:
                room = wanted - self._booked
                if room < SMALLEST:
                    return
                drawn = [self._code() for _ in range(3)]
                if any(self._fits(code, day, room) and self._place(code, (), None, day, diary) for code in (*drawn, *long_first)):
                    still.append((day, diary))
            left = still

    def _fits(self, code: str, day: date, room: int) -> bool:
        return (self.catalogue.types[code].minutes_on(day) or room + 1) <= room

    def _place(self, code: str, needs: tuple[str, ...], window: ClockWindow | None, day: date, diary: str | None = None) -> bool:
        search = self._search(code, needs, window)
        for candidate in self._candidates(code, day, diary):
            found = search.diary_day(candidate, day)
            if isinstance(found, DiaryDay):
                offer = search.place(found, self._start(found, self._narrow_starts(code, candidate, day, found.length)))
                self._take(Call(code, needs, offer))
                return True
        return False

    def _search(self, code: str, needs: tuple[str, ...], window: ClockWindow | None) -> Search:
        key = (code, needs, window)
        if key not in self._searches:
            first, last = self.calendar.days[0], self.calendar.days[-1]
            request = Request(code, first, last, window=window, needs=needs, every=True)
            taken = Occupied(self._masks, {}, self._limits)  # the same dictionaries in each, so all see every call
            self._searches[key] = Search(self.catalogue, request, taken, Now(first, 0))
        return self._searches[key]

    def _candidates(self, code: str, day: date, diary: str | None) -> Iterator[Diary]:
        """Yield the diaries to ask, from a random one on; mostly those first that keep a segment for this type."""
        if code not in self._diaries:
            self._diaries[code] = self._search(code, (), None).diaries()
        known = self._diaries[code]
        if diary is not None:
            yield from (one for one in known if one.code == diary)
            return
        first = int(self.rng.random() * len(known))
        turned = known[first:] + known[:first]
        if self.rng.random() < 0.8:
            turned.sort(key=lambda one: not self._narrow_mask(code, one, day))
        yield from turned

    def _narrow_mask(self, code: str, diary: Diary, day: date) -> int:
        """Return the ticks of segments that are kept for this type and few others."""
        key = (code, diary.code, day)
        if key not in self._narrow:
            stretches = self.catalogue.plan(diary.code, day).stretches
            kept = [one for one in stretches if code in one.segment.types and len(one.segment.types) <= NARROW]
            self._narrow[key] = mask_of((one.start, one.end) for one in kept)
        return self._narrow[key]

    def _narrow_starts(self, code: str, diary: Diary, day: date, length: int) -> int:
        mask = self._narrow_mask(code, diary, day)
        return starts_of(mask, length) if mask else 0

    def _start(self, found: DiaryDay, narrow: int) -> int:
        """Return a start: in a kept segment and else mostly flush; some on the quarter hour, as agents used to be offered."""
        flush = ~(found.free << 1)
        if found.starts & narrow:
            kept = found.starts & narrow
            return next(ticks_in(kept & flush or kept))
        style = self.rng.random()
        wanted = flush | ~(found.free >> found.length) if style < 0.7 else QUARTERS if style < 0.9 else -1
        return pick(self.rng, list(ticks_in(found.starts & wanted or found.starts)))

    def _take(self, call: Call) -> None:
        offer = call.offer
        iso = offer.day.isoformat()
        for resource in offer.resources:
            self._masks[resource, iso] = self._masks.get((resource, iso), 0) | span(offer.start, offer.end)
        for stretch in self.catalogue.plan(offer.diary, offer.day).limited(offer.start, offer.end):
            key = (offer.diary, iso, *stretch.limit_key)
            self._limits[key] = self._limits.get(key, 0) + 1
        minutes = (offer.end - offer.start) * MINUTES_PER_TICK
        self.calendar.booked[offer.day] += minutes
        self._booked += minutes
        self.calls.append(call)


def days_between(first: date, last: date) -> list[date]:
    """Return the days from `first` to `last`, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
