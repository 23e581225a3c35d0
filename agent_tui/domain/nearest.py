"""The nearest start to which an appointment can go that must leave its own."""

from collections.abc import Mapping

from agent_tui.domain.availability import DiaryDay, Search
from agent_tui.domain.requests import Offer
from agent_tui.domain.ticks import ticks_in

OTHERS = 1_000


def nearest(search: Search, start: int, ranks: Mapping[str, int], *, only: frozenset[str] | None = None) -> Offer | None:
    """Return the offer nearest to a start tick of the search's first day, or None.

    The first day that has one counts, then the least distance in time of day; of two at one distance the diary with the
    lower rank (those without one come last), then the earlier start, then the diary's code. With `only` no other diary
    is asked.
    """
    diaries = [one for one in search.diaries() if only is None or one.code in only]
    for day in search.days():
        found = [one for one in (search.diary_day(diary, day) for diary in diaries) if isinstance(one, DiaryDay)]
        places = [
            ((abs(tick - start), ranks.get(one.diary.code, OTHERS), tick, one.diary.code), one, tick)
            for one in found
            for tick in ticks_in(one.starts)
        ]
        if places:
            _order, one, tick = min(places, key=lambda place: place[0])
            return search.offer(one, tick)
    return None
