"""Demand for a simulation: a stream of requests that is the same for the same site, seed and load on every Python."""

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import TypeVar

from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.streams import StreamRow, open_minutes, usable_mix
from agent_tui.domain.ticks import MINUTES_PER_TICK, TICKS_PER_DAY

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Habits:
    """How claimants ask: shares of all requests, working days from the earliest to the latest day, and days of lead.

    `rebooked` is the share of those who cancel that ask again. Source: guides/offering.md (12% cancellations, half of the
    claimants strict about morning or afternoon); the rest is assumed.
    """

    strict: float = 0.5
    cancelled: float = 0.12
    rebooked: float = 0.75
    own_diary: float = 0.1
    window: int = 10
    lead: int = 14


USUAL = Habits()
OFFICE = (9 * 60, 17 * 60)
"""Minutes after midnight between which people ask."""
NOON = 12 * 60
QUARTER = 15


def pick(random: Random, choices: Sequence[T]) -> T:
    """Return one of some choices; drawn from random() alone, whose numbers no version of Python changes."""
    return choices[int(random.random() * len(choices))]


def generate(
    catalogue: Catalogue, mix: Mapping[str, int], days: Sequence[date], seed: int, load: float, habits: Habits = USUAL
) -> tuple[StreamRow, ...]:
    """Return requests in the order in which they are made, whose first requests ask for `load` of the open minutes.

    What somebody who cancelled asks for again is not counted a second time. A site without open minutes on the days, or
    one that takes nothing of the mix, raises ValueError.
    """
    available = open_minutes(catalogue, days)
    if not available:
        raise ValueError("No diary has any open time on these days.")
    world = _Demand(catalogue, usable_mix(catalogue, mix, days), days, Random(f"stream:{seed}"), habits)
    rows: list[StreamRow] = []
    for first in world.requests(load * available):
        number = len(rows) + 1
        named = replace(first, id=f"{number:06d}")
        again = world.again(named, f"{number + 1:06d}")
        rows += [named] if again is None else [named, again]
    return tuple(sorted(rows, key=lambda row: (row.asked_at, row.id)))


class _Demand:
    """Draws requests for some days of a site."""

    def __init__(
        self, catalogue: Catalogue, mix: Mapping[str, int], days: Sequence[date], random: Random, habits: Habits
    ) -> None:
        self.catalogue = catalogue
        self.random = random
        self.habits = habits
        self.codes = list(mix)
        self.sums = list(accumulate(mix.values()))
        self.days = [day for day in days if open_minutes(catalogue, [day])]
        self.starts = _quarters(catalogue, self.days)
        self.diaries: dict[str, list[Diary]] = {code: catalogue.diaries_for(code) for code in mix}

    def requests(self, wanted: float) -> Iterator[StreamRow]:
        """Yield requests without ids until they ask for the minutes wanted, as nearly as the last one allows."""
        asked = 0
        while True:
            row = self.request()
            if asked + row.minutes / 2 > wanted:
                return
            asked += row.minutes
            yield row

    def request(self) -> StreamRow:
        """Return one request."""
        random, habits = self.random, self.habits
        code = self.codes[bisect(self.sums, random.random() * self.sums[-1])]
        first, last = self._window()
        strict = random.random() < habits.strict
        own = pick(random, self.diaries[code]).code if random.random() < habits.own_diary else None
        asked = self._before(first, 1 + int(random.random() * habits.lead))
        minutes = self.catalogue.types[code].minutes_on(first)
        assert minutes is not None
        preferred = pick(random, [start for start in self.starts if start + minutes <= self.starts[-1] + QUARTER] or self.starts)
        gone = None
        if random.random() < habits.cancelled:
            gone = self._between(asked, datetime.combine(first, time(9)))
        half = "am" if preferred < NOON else "pm"
        return StreamRow("", asked, code, minutes, first, last, half, strict, preferred, own, gone)

    def again(self, row: StreamRow, key: str) -> StreamRow | None:
        """Return what somebody who cancelled asks for when they call, None where they do not ask again."""
        if row.cancelled_at is None or self.random.random() >= self.habits.rebooked:
            return None
        return replace(row, id=key, asked_at=row.cancelled_at, cancelled_at=None, rebook_of=row.id)

    def _window(self) -> tuple[date, date]:
        """Return the first and last day of a request."""
        number = int(self.random.random() * len(self.days))
        return self.days[number], self.days[min(len(self.days), number + self.habits.window) - 1]

    def _before(self, day: date, lead: int) -> datetime:
        minute = OFFICE[0] + int(self.random.random() * (OFFICE[1] - OFFICE[0]))
        return datetime.combine(day - timedelta(days=lead), time(*divmod(minute, 60)))

    def _between(self, first: datetime, last: datetime) -> datetime:
        minutes = int((last - first).total_seconds()) // 60
        return first + timedelta(minutes=int(self.random.random() * minutes))


def _quarters(catalogue: Catalogue, days: Sequence[date]) -> list[int]:
    """Return the quarter hours, in minutes after midnight, at which most of the site's diaries that are ever open are open."""
    counts = [0] * (TICKS_PER_DAY + 1)
    for day in days[:5]:
        for diary in catalogue.diaries.values():
            mask = catalogue.plan(diary.code, day).open_mask if diary.enabled else 0
            for tick in range(0, TICKS_PER_DAY, QUARTER // MINUTES_PER_TICK):
                counts[tick] += mask >> tick & 1
    most = max(counts)
    return [tick * MINUTES_PER_TICK for tick in range(TICKS_PER_DAY) if counts[tick] * 2 >= most and counts[tick]]
